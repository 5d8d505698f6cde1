"""Those who lead a coffee service: what happens at a cart is on their pages, and what they do there is true at once."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from livefloor.testing.server import Process, process
from tests.e2e.coffee import caller
from tests.e2e.test_coffee_pages import clear, cup, is_live, order, window
from tests.e2e.windows import DESKTOP, new_window, text_of, until

OWN_PASSWORD = "flat-white-at-ten"


@pytest.fixture(scope="module")
def cafe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """Give one coffee service to all tests of this file, with nothing to make at Foyer."""
    system = "coffee"
    with process(system, "--demo", data=tmp_path_factory.mktemp("coffee"), LIVEFLOOR_LIMITS="off") as server:
        clear(caller(server.url, "organizer"))
        yield server


def count(client: httpx.Client, station: int, code: str, quantity: int) -> None:
    """Set how much of an item a station has."""
    said = {"inventory": [{"code": code, "quantity": quantity, "reason": "count"}]}
    client.post(f"/inventory/station/{station}", json=said).raise_for_status()


def amount(client: httpx.Client, station: int, code: str) -> int:
    """Return how much of an item a station has."""
    rows = client.get(f"/inventory/station/{station}").raise_for_status().json()["inventory"]
    found: int = next(row["quantity"] for row in rows if row["code"] == code)
    return found


def press(where: Page | Locator, name: str) -> None:
    """Tap a button of this very name."""
    where.get_by_role("button", name=name, exact=True).click()


def test_a_cup_that_runs_an_item_low_is_on_the_dashboard(browser: Browser, cafe: Process) -> None:
    """The barista makes the cup; the organizer sees the alert without a reload and takes it on with one tap."""
    organizer = caller(cafe.url, "organizer")
    count(organizer, 1, "chai_syrup", 420)
    with (
        window(browser, cafe.url, f"{cafe.url}/", "organizer") as lead,
        window(browser, cafe.url, f"{cafe.url}/station/1", "barista") as tablet,
    ):
        expect(lead.get_by_role("heading", name="Dashboard")).to_be_visible()
        is_live(lead)
        is_live(tablet)
        alerts = lead.get_by_role("region", name="Alerts")
        stock = lead.get_by_role("region", name="Stock")
        expect(alerts.get_by_text("Chai syrup is low at Foyer")).to_have_count(0)
        order(caller(cafe.url, "support"), "Cleo", menu_item="chai_latte", milk="full")
        cup(tablet, "Next", "Cleo").get_by_role("button", name="Start").click()
        cup(tablet, "In progress", "Cleo").get_by_role("button", name="Ready").click()
        alert = alerts.get_by_role("article").filter(has_text="Chai syrup is low at Foyer")
        expect(alert).to_be_visible()
        expect(stock.get_by_role("row").filter(has_text="Chai syrup")).to_contain_text("Low")
        alert.get_by_role("button", name="I see to it").click()
        expect(alert).to_contain_text("Oren Vale sees to it")
        open_alerts = organizer.get("/alerts/", params={"open": True}).json()["items"]
        assert [one["acked_by"] is not None for one in open_alerts if one["subject"] == "chai_syrup"] == [True]


def test_a_restock_is_delivered_in_two_taps(browser: Browser, cafe: Process) -> None:
    """What a station asks for comes up on the runner's page; two taps later it is there, and gone from the storeroom."""
    organizer = caller(cafe.url, "organizer")
    count(organizer, 1, "milk_soy", 700)
    stored = amount(organizer, 9, "milk_soy")
    with window(browser, cafe.url, f"{cafe.url}/inventory?station=1", "support") as runner:
        is_live(runner)
        shelf = runner.get_by_role("region", name="Stock of Foyer").get_by_role("article").filter(has_text="Soy milk")
        expect(shelf).to_contain_text("700 ml of 12 l")
        wish = {"station_id": 1, "code": "milk_soy", "quantity": 4000, "urgency": "urgent"}
        caller(cafe.url, "barista").post("/inventory/restock-requests", json=wish).raise_for_status()
        press(runner, "Delivered: Soy milk for Foyer")
        press(runner.get_by_role("dialog"), "Delivered")
        expect(shelf).to_contain_text("4.7 l of 12 l")
        expect(runner.get_by_role("button", name="Delivered: Soy milk for Foyer")).to_have_count(0)
    assert amount(organizer, 9, "milk_soy") == stored - 4000


def test_two_who_count_at_once_decide(browser: Browser, cafe: Process) -> None:
    """Rule 31: a count made from older books is not taken silently; both numbers are shown."""
    organizer = caller(cafe.url, "organizer")
    count(organizer, 2, "ice", 5000)
    with window(browser, cafe.url, f"{cafe.url}/inventory?station=2", "organizer") as lead:
        press(lead, "Change Ice at Garden")
        dialog = lead.get_by_role("dialog")
        dialog.get_by_label("Counted now").fill("4000")
        count(organizer, 2, "ice", 4500)
        dialog.get_by_role("button", name="Save", exact=True).click()
        expect(dialog.get_by_text("4.5 kg", exact=True)).to_be_visible()
        dialog.get_by_role("button", name="Keep mine").click()
        dialog.get_by_role("button", name="Save", exact=True).click()
        expect(dialog).to_have_count(0)
    assert amount(organizer, 2, "ice") == 4000


def test_a_new_account_signs_in_with_its_one_time_password(browser: Browser, cafe: Process) -> None:
    """The password is shown once; at the first sign-in an own one is chosen; switched off, the session is over."""
    with window(browser, cafe.url, f"{cafe.url}/users", "organizer") as lead:
        press(lead, "New account")
        dialog = lead.get_by_role("dialog")
        dialog.get_by_role("button", name="New account").click()
        expect(dialog.get_by_text("1 to 40 characters, without < and >.")).to_be_visible()
        dialog.get_by_label("Name", exact=True).fill("Nora Quist")
        dialog.get_by_label("User name").fill("barista")
        dialog.get_by_label("Role").select_option("support")
        dialog.get_by_role("button", name="New account").click()
        expect(dialog.get_by_text("There is an account with this user name already.")).to_be_visible()
        dialog.get_by_label("User name").fill("nora")
        dialog.get_by_role("button", name="New account").click()
        shown = lead.get_by_role("dialog", name="One-time password for Nora Quist").locator("p.font-mono")
        once = shown.inner_text()
        press(lead, "I have passed it on")
        expect(lead.get_by_text(once)).to_have_count(0)
        context = new_window(browser, locale="en-GB")
        own = context.new_page()
        own.goto(f"{cafe.url}/login")
        own.get_by_label("User name").fill("nora")
        own.get_by_label("Password", exact=True).fill(once)
        press(own, "Sign in")
        own.get_by_label("Your own password").fill(OWN_PASSWORD)
        press(own, "Sign in")
        expect(own.get_by_role("button", name="Order", exact=True)).to_be_visible()
        press(lead, "Change Nora Quist")
        press(lead, "Switch off")
        press(lead.get_by_role("dialog", name="Switch Nora Quist off?"), "Switch off")
        expect(lead.get_by_text("Nora Quist is switched off.")).to_be_visible()
        expect(own.get_by_role("heading", name="Sign in")).to_be_visible()
        context.close()


def test_an_event_is_made_and_one_is_not_closed_by_accident(browser: Browser, cafe: Process) -> None:
    """A new event takes its hours by its own clock; closing one says first what becomes of open cups."""
    admin = caller(cafe.url, "admin")
    beat = {"queue_seq": 0, "pending_local": 0}  # a tablet that is not heard of gets no cups
    caller(cafe.url, "barista").post("/stations/1/heartbeat", json=beat).raise_for_status()
    order(caller(cafe.url, "support"), "Waits")
    with window(browser, cafe.url, f"{cafe.url}/events", "admin") as lead:
        lead.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        press(lead, "New event")
        dialog = lead.get_by_role("dialog")
        dialog.get_by_label("Name").fill("Autumn Summit")
        dialog.get_by_label("Time zone").fill("Europe/Berlin")
        dialog.get_by_label("Begins").fill("2030-07-01T08:00")
        dialog.get_by_label("Ends").fill("2030-07-01T18:00")
        dialog.get_by_label("Code for guests").fill("autumn")
        dialog.get_by_role("button", name="New event").click()
        expect(dialog).to_have_count(0)
        row = lead.get_by_role("row").filter(has_text="Autumn Summit")
        expect(row).to_contain_text("08:00–18:00 (Europe/Berlin)")
        made = next(one for one in admin.get("/events/").json()["items"] if one["code"] == "AUTUMN")
        assert (made["starts_at"][:16], made["status"]) == ("2030-07-01T06:00", "draft")
        press(lead, "Close Harbour Dev Days")
        press(dialog, "Close Harbour Dev Days")
        expect(dialog.get_by_text(re.compile("still open. If you close anyway"))).to_be_visible()
        press(lead, "Leave it as it is")
    assert [one["status"] for one in admin.get("/events/").json()["items"] if one["code"] == "HARBOUR"] == ["active"]


def test_figures_are_those_of_the_api(browser: Browser, cafe: Process, tmp_path: Path) -> None:
    """Feature row 30: the table shows what the API counts and comes as a file; a barista sees the own figures only."""
    people = caller(cafe.url, "organizer").get("/stats/performance").raise_for_status().json()["items"]
    with window(browser, cafe.url, f"{cafe.url}/performance", "organizer") as lead:
        table = lead.get_by_role("table", name="Baristas")
        for one in people:
            row = table.get_by_role("row").filter(has_text=one["name"])
            expect(row.get_by_role("cell").nth(1)).to_contain_text(str(one["orders_completed"]))
        with lead.expect_download() as saved:
            press(lead, "Take home as CSV")
        rows = text_of(saved.value, tmp_path).splitlines()
        assert (saved.value.suggested_filename, len(rows)) == ("performance.csv", 1 + len(people))
    bea = next(one for one in people if one["name"] == "Bea Holm")
    with window(browser, cafe.url, f"{cafe.url}/performance", "barista") as own:
        expect(own.get_by_role("heading", name="Your figures")).to_be_visible()
        expect(own.get_by_role("definition").first).to_have_text(str(bea["orders_completed"]))
        own.goto(f"{cafe.url}/users")
        expect(own.get_by_role("region", name="Next", exact=True)).to_be_visible()


def test_all_pages_are_behind_a_bar_of_five(browser: Browser, cafe: Process) -> None:
    """On a phone four pages and "More" are at hand; the rest is one tap further, and the page is named."""
    with window(browser, cafe.url, f"{cafe.url}/dashboard", "organizer") as phone:
        phone.set_viewport_size({"width": 360, "height": 740})
        bar = phone.get_by_role("navigation", name="Pages")
        expect(bar.get_by_role("link")).to_have_count(4)
        bar.get_by_role("button", name="More").click()
        phone.get_by_role("dialog", name="Pages").get_by_role("link", name="Log").click()
        expect(phone.get_by_role("heading", name="Log")).to_be_visible()
        expect(phone.get_by_role("dialog")).to_have_count(0)
        phone.get_by_label("What").fill("user_signed_in")
        press(phone, "Search")
        until(
            phone,
            "() => [...document.querySelectorAll('summary code')].every((one) => one.textContent === 'user_signed_in')",
        )
