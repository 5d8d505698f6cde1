"""Guests on their own phones, without an account: what they order the tablet shows, and what is done there they see."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from livefloor.testing.server import Process, process
from tests.e2e.coffee import caller
from tests.e2e.line import line
from tests.e2e.test_coffee_pages import clear, cup, is_live, window
from tests.e2e.windows import PHONE, never_reloaded, new_window, watched

FROM = "+61491570156"


@pytest.fixture(scope="module")
def cafe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """Give a coffee service with the demo's stations, nothing to make at Foyer, and ready texts that go at once."""
    system, folder = "coffee", tmp_path_factory.mktemp("coffee")
    with process(system, "--demo", data=folder, LIVEFLOOR_LIMITS="off") as server:
        organizer = caller(server.url, "organizer")
        clear(organizer)
        organizer.post("/settings/event", json={"settings": {"ready_sms_delay_seconds": 0}}).raise_for_status()
        yield server


@contextmanager
def phone(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    """Open a page on a guest's phone."""
    with watched(new_window(browser, PHONE, locale="en-GB", **options)) as page:
        page.goto(address)
        yield page


def pick(page: Page, drink: str, *choices: str) -> None:
    """Choose a drink, and in its sheet what belongs to it."""
    page.get_by_role("button", name=drink, exact=True).click()
    sheet = page.get_by_role("dialog", name=drink)
    for choice in choices:
        sheet.get_by_role("button", name=re.compile(f"^{choice}")).click()
    sheet.get_by_role("button", name="Add to my order").click()
    expect(sheet).to_have_count(0)


def order_at_foyer(page: Page, name: str) -> Locator:
    """Order what was picked; return the number that is shown."""
    page.get_by_label("Name we call").fill(name)
    page.get_by_role("radio", name=re.compile("^Foyer")).check()
    page.get_by_role("button", name="Order", exact=True).click()
    number = page.get_by_role("heading", name=re.compile(r"^Order [A-Z]\d\d$"))
    expect(number).to_be_visible()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    return number


def test_a_guest_follows_a_cup_from_the_menu_to_the_last_sip(browser: Browser, cafe: Process) -> None:
    """Five taps and a name; start and ready on the tablet are seen at once, also after a reload; then five stars."""
    with (
        window(browser, cafe.url, f"{cafe.url}/station/1", "barista") as tablet,
        phone(browser, f"{cafe.url}/menu/harbour") as guest,
    ):
        is_live(tablet)
        pick(guest, "Latte", "Regular", "Oat")
        with never_reloaded(tablet, guest):
            order_at_foyer(guest, "Mina")
            guest_page = guest.url
            cup(tablet, "Next", "Mina").get_by_role("button", name="Start").click()
            expect(guest.get_by_role("main").get_by_text("Your order is being made.")).to_be_visible()
        loaded: list[str] = guest.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
        assert [name for name in loaded if not name.startswith(cafe.url) or "/assets/first-" in name] == []
        guest.reload()
        expect(guest.get_by_role("main").get_by_text("Your order is being made.")).to_be_visible()
        expect(guest.get_by_text("Regular latte, Oat")).to_be_visible()
        expect(guest.get_by_text("Live", exact=True)).to_be_visible()
        cup(tablet, "In progress", "Mina").get_by_role("button", name="Ready").click()
        expect(guest.get_by_role("main").get_by_text("Your order is ready!")).to_be_visible()
        guest.get_by_role("radio", name="5 stars").check(force=True)
        guest.get_by_label("Anything to tell us?").fill("Lovely")
        guest.get_by_role("button", name="Send rating").click()
        expect(guest.get_by_text("Thank you for the rating!")).to_be_visible()
        guest.goto(f"{cafe.url}/menu/HARBOUR")
        guest.get_by_role("link", name="Your order").click()
        expect(guest).to_have_url(guest_page)
        expect(guest.get_by_text("Thank you for the rating!")).to_be_visible()
        guest.goto(f"{cafe.url}/o/{'x' * 22}")
        expect(guest.get_by_role("heading", name="There is no such page")).to_be_visible()


def test_a_guest_cancels_one_cup_and_then_all(browser: Browser, cafe: Process) -> None:
    """Two taps each; the tablet loses the cups as it happens, and what the barista has begun is not cancelled."""
    with (
        window(browser, cafe.url, f"{cafe.url}/station/1", "barista") as tablet,
        phone(browser, f"{cafe.url}/menu/HARBOUR") as guest,
    ):
        is_live(tablet)
        pick(guest, "Espresso")
        pick(guest, "Flat white", "Small", "Soy")
        number = order_at_foyer(guest, "Otto").inner_text()[-3:]
        expect(cup(tablet, "Next", "Otto")).to_have_count(2)
        guest.get_by_role("button", name=f"Cancel {number}-1").click()
        guest.get_by_role("button", name="Yes, cancel").click()
        expect(cup(tablet, "Next", "Otto")).to_have_count(1)
        guest.get_by_role("button", name="Cancel order").click()
        guest.get_by_role("button", name="Yes, cancel").click()
        expect(guest.get_by_role("main").get_by_text("This order is cancelled.")).to_be_visible()
        expect(cup(tablet, "Next", "Otto")).to_have_count(0)
        expect(guest.get_by_role("button", name="Cancel order")).to_have_count(0)


def test_an_order_is_shown_again_without_a_network(browser: Browser, cafe: Process) -> None:
    """Section 10: what is known of the own order comes again with its age, and goes on when the network is back."""
    cup = {"menu_item": "espresso", "size": "small"}
    asked = {"event_code": "HARBOUR", "customer_name": "Yuri", "items": [cup], "station_id": 1}
    ticket = httpx.post(f"{cafe.url}/api/public/orders", json=asked).raise_for_status().json()["ticket"]
    opened = f"/o/{ticket['token']}"
    with line(cafe.port) as cable, phone(browser, cable.url + opened, service_workers="allow") as guest:
        number = guest.get_by_role("heading", name=f"Order {ticket['number']}")
        expect(guest.get_by_text("Live", exact=True)).to_be_visible()
        guest.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
        cable.cut()
        guest.reload()
        expect(number).to_be_visible()
        expect(guest.get_by_role("status").filter(has_text="No connection")).to_be_visible()
        cable.mend()
        expect(guest.get_by_text("Live", exact=True)).to_be_visible()


def test_a_text_of_the_simulator_becomes_a_cup_and_the_ready_text_comes_back(browser: Browser, cafe: Process) -> None:
    """Feature rows 42, 43: the whole way of an order by text, played on the simulator's phone."""
    for station in (2, 3):  # so that the order comes to the tablet that is looked at
        pause = {"status": "paused", "queue": "keep"}
        caller(cafe.url, "organizer").post(f"/stations/{station}/status", json=pause).raise_for_status()
    with (
        window(browser, cafe.url, f"{cafe.url}/station/1", "barista") as tablet,
        phone(browser, f"{cafe.url}/phone-simulator") as guest,
    ):
        is_live(tablet)
        thread = guest.get_by_role("region", name=f"Texts of {FROM}")
        for said, answer in (("large latte oat for Kim", "for Kim?"), ("Y", "Thanks Kim!")):
            thread.get_by_label("Text message").fill(said)
            thread.get_by_role("button", name="Send").click()
            expect(thread.get_by_text(answer)).to_be_visible()
        cup(tablet, "Next", "Kim").get_by_role("button", name="Start").click()
        cup(tablet, "In progress", "Kim").get_by_role("button", name="Ready").click()
        ready = thread.get_by_role("listitem").filter(has_text="is ready at Foyer")
        expect(ready).to_contain_text("delivered")
        guest.get_by_role("button", name="Texts of +61491570157").click()
        expect(guest.get_by_text("No texts yet.")).to_be_visible()
    for station in (2, 3):
        caller(cafe.url, "organizer").post(f"/stations/{station}/status", json={"status": "open"}).raise_for_status()


def test_a_group_by_list_and_a_group_by_code(browser: Browser, cafe: Process) -> None:
    """A pasted list says what is wrong by line, and is ordered whole; an open group is joined from a phone, seen live."""
    with window(browser, cafe.url, f"{cafe.url}/group", "support") as desk:
        is_live(desk)
        desk.get_by_role("button", name="New group").click()
        desk.get_by_label("Name of the group").fill("Row 7")
        desk.get_by_label("Who collects").fill("Ann")
        lines = desk.get_by_label("Cups", exact=True)
        lines.fill("Ida, flat white, oat\nTom, latte")
        expect(desk.get_by_role("listitem").filter(has_text="Line 2")).to_contain_text("This drink needs a milk.")
        desk.get_by_role("button", name="Order for the group").click()
        expect(desk.get_by_text("1 line needs a look.")).to_be_visible()
        lines.fill("Ida, flat white, oat\nTom, latte, soy, large")
        desk.get_by_role("button", name="Order for the group").click()
        expect(desk.get_by_role("row").filter(has_text="Tom")).to_contain_text("Large latte")
        expect(desk.get_by_role("img", name="QR code for Row 7")).to_be_visible()
        desk.get_by_role("link", name="All groups").click()
        desk.get_by_role("button", name="New group").click()
        desk.get_by_text("Each adds their own", exact=True).click()
        desk.get_by_label("Name of the group").fill("Team Kestrel")
        desk.get_by_label("Who collects").fill("Bo")
        desk.get_by_label("Cups at most").fill("1")
        desk.get_by_role("button", name="Begin the group").click()
        expect(desk.get_by_text("Nobody has joined yet.")).to_be_visible()
        with never_reloaded(desk), phone(browser, f"{cafe.url}/g/{desk.url.rpartition('/')[2].lower()}") as guest:
            pick(guest, "Cappuccino", "Small", "Oat")
            guest.get_by_label("Your first name").fill("Priya")
            guest.get_by_role("button", name="Join with this drink").click()
            expect(guest.get_by_text("You are in, Priya: Small cappuccino, Oat.")).to_be_visible()
            expect(guest.get_by_text("This group is full.")).to_be_visible()
            expect(desk.get_by_role("row").filter(has_text="Priya")).to_be_visible()
            desk.get_by_role("button", name="Order now").click()
            expect(desk.get_by_text("Team Kestrel is ordered.")).to_be_visible()
            guest.get_by_role("button", name="Refresh").click()
            expect(guest.get_by_text("The order is placed: nobody can join any more.")).to_be_visible()
        desk.get_by_role("button", name="Cancel group").click()
        desk.get_by_role("button", name="Yes, cancel").click()
        expect(desk.get_by_role("row").filter(has_text="Priya")).to_contain_text("cancelled")
