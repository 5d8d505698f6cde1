"""Setting the event up and planning shifts: what one window saves, the others have, and nothing typed is lost."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from livefloor.testing.server import Process, process
from tests.e2e.coffee import PASSWORD, caller
from tests.e2e.line import line
from tests.e2e.test_coffee_pages import cup, is_live, order, window


@pytest.fixture(scope="module")
def cafe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """Give a coffee service of its own process with the demo's data."""
    data = tmp_path_factory.mktemp("coffee")
    with process("coffee", "--demo", data=data, LIVEFLOOR_LIMITS="off") as server:
        yield server


def settings(cafe: Process) -> dict[str, Any]:
    """Return the settings of the event."""
    found: dict[str, Any] = caller(cafe.url, "organizer").get("/settings/event").json()["settings"]
    return found


def save(page: Page) -> None:
    """Save the form that has something to save."""
    page.get_by_role("button", name="Save", exact=True).click()


def test_two_organisers_in_one_form_lose_nothing(browser: Browser, cafe: Process) -> None:
    """Different fields are both kept; for the same one both versions are shown, and the second person chooses."""
    url = f"{cafe.url}/settings/event"
    with window(browser, cafe.url, url, "organizer") as one, window(browser, cafe.url, url, "admin") as other:
        late, starved = "A cup is late after", "Nobody waits behind VIPs longer than"
        expect(other.get_by_label(late)).to_have_value("10")
        other.get_by_label(starved).fill("14")
        one.get_by_label(late).fill("8")
        save(one)
        expect(one.get_by_role("status").get_by_text("Saved.")).to_be_visible()
        save(other)
        expect(other.get_by_text(f"{late}: now 8 minutes. Taken over.")).to_be_visible()
        expect(other.get_by_label(late)).to_have_value("8")
        assert (settings(cafe)["late_minutes"], settings(cafe)["starvation_minutes"]) == (8, 14)
        other.get_by_label(late).fill("12")
        one.get_by_label(late).fill("9")
        save(one)
        expect(one.get_by_role("button", name="Save", exact=True)).to_be_disabled()
        save(other)
        asked = other.get_by_role("group", name=late)
        expect(asked).to_contain_text("12 minutes")
        expect(asked).to_contain_text("By Oren Vale")
        expect(asked).to_contain_text("9 minutes")
        assert settings(cafe)["late_minutes"] == 9
        asked.get_by_role("button", name="Keep mine").click()
        save(other)
        expect(one.get_by_label(late)).to_have_value("12")
        assert settings(cafe)["late_minutes"] == 12


def test_each_setting_is_on_a_page(browser: Browser, cafe: Process) -> None:
    """Section 5.5: all settings of the event can be changed by hand, and what is wrong is said at its field."""
    with window(browser, cafe.url, f"{cafe.url}/settings/event", "organizer") as page:
        found: set[str] = set()
        for path in ("event", "vip", "sms"):
            page.goto(f"{cafe.url}/settings/{path}")
            expect(page.get_by_role("button", name="Save", exact=True).first).to_be_visible()
            found |= set(page.locator("form [name]").evaluate_all("all => all.map((one) => one.name)"))
        assert settings(cafe).keys() - {"sms_wordings"} <= found
        ready = page.get_by_label("Ready", exact=True)
        ready.fill("{name}, come quickly.")
        expect(page.get_by_text("These must stay: {number} {drink} {station}")).to_be_visible()
        ready.fill("{name}, {number} {drink} waits for you at {station}.")
        expect(page.get_by_text("Mina, A17 small flat white, oat waits for you at Garden.")).to_be_visible()
        page.locator("form", has=ready).get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("status").get_by_text("Saved.")).to_be_visible()
        assert settings(cafe)["sms_wordings"] == {"ready": "{name}, {number} {drink} waits for you at {station}."}
        # Section 5.8: an option goes off, and comes back, station by station.
        page.goto(f"{cafe.url}/settings/menu")
        page.get_by_role("button", name="Change Vanilla").click()
        foyer = page.get_by_role("dialog").get_by_role("listitem").filter(has_text="Foyer")
        foyer.get_by_role("button", name="Take off").click()
        expect(foyer).to_contain_text("taken off by hand")
        shown = httpx.get(f"{cafe.url}/api/public/menu").json()["options"]
        assert next(one["stations"] for one in shown if one["code"] == "vanilla") == [2, 3]
        foyer.get_by_role("button", name="Put back").click()
        expect(foyer).to_contain_text("on the menu")


def band(page: Page, name: str) -> Locator:
    """Find the band of milk on a waiting cup."""
    return cup(page, "Next", name).locator("[style*=background-color]").first


def test_a_milk_in_another_colour_is_on_the_tablet(browser: Browser, cafe: Process) -> None:
    """Rule 21: colour, letter and pattern change everywhere at once, without a reload; two alike are refused at once."""
    # Nobody has looked at Foyer's tablet for a while, and a station that is not heard of gets no cups.
    beat = {"queue_seq": 0, "pending_local": 0}
    caller(cafe.url, "barista").post("/stations/1/heartbeat", json=beat).raise_for_status()
    order(caller(cafe.url, "support"), "Nora")
    with (
        window(browser, cafe.url, f"{cafe.url}/station/1", "barista") as tablet,
        window(browser, cafe.url, f"{cafe.url}/settings/milks", "organizer") as page,
    ):
        is_live(tablet)
        expect(band(tablet, "Nora")).to_have_css("background-color", "rgb(217, 164, 65)")
        oat = page.get_by_role("group", name="Oat", exact=True)
        oat.get_by_label("Colour", exact=True).fill("#1e66d1")
        expect(oat.get_by_text("Looks too much like Full cream.")).to_be_visible()
        oat.get_by_label("Colour", exact=True).fill("#8d6e63")
        oat.get_by_label("Pattern").select_option("ring")
        expect(oat.get_by_text("Letter on colour: 4.6 to 1")).to_be_visible()
        save(page)
        expect(band(tablet, "Nora")).to_have_css("background-color", "rgb(141, 110, 99)")
        oat.get_by_role("button", name="As it came").click()
        save(page)
        expect(band(tablet, "Nora")).to_have_css("background-color", "rgb(217, 164, 65)")


def newcomer(organizer: httpx.Client, username: str, name: str) -> str:
    """Make a barista who has no shift yet; return the id."""
    asked = {"username": username, "display_name": name, "role": "barista", "password": PASSWORD, "station_id": 1}
    found: str = organizer.post("/users/", json=asked).raise_for_status().json()["id"]
    return found


def test_a_shift_is_drawn_worked_and_seen(browser: Browser, cafe: Process) -> None:
    """A shift drawn on the plan is on the barista's phone; checked in there, also without a network, the plan shows it."""
    newcomer(caller(cafe.url, "organizer"), "ivy", "Ivy Moss")
    with (
        line(cafe.port) as cable,
        window(browser, cafe.url, f"{cafe.url}/schedule", "organizer") as plan,
        window(browser, cafe.url, f"{cable.url}/shift", "ivy", service_workers="allow") as phone,
    ):
        expect(phone.get_by_text("You have no shift")).to_be_visible()
        lane = plan.get_by_role("region", name="Rooftop", exact=True).locator("[data-station]")
        expect(lane).to_contain_text("Nobody")
        box = lane.bounding_box()
        assert box is not None
        first, last = (float(lane.get_attribute(f"data-{end}") or 0) / 1000 for end in ("from", "to"))
        now = datetime.now(UTC).timestamp()

        def at(moment: float) -> float:
            assert box is not None
            return box["x"] + (moment - first) / (last - first) * box["width"]

        # Above the gap, which lies in the lane's lowest row.
        plan.mouse.move(at(now - 300), box["y"] + 20)
        plan.mouse.down()
        plan.mouse.move(at(now + 2700), box["y"] + 24, steps=4)
        plan.mouse.up()
        sheet = plan.get_by_role("dialog")
        sheet.get_by_label("Who").select_option(label="Ivy Moss (Barista)")
        sheet.get_by_role("button", name="New shift").click()
        expect(plan.get_by_role("button", name=re.compile("^Ivy Moss, .*, planned$")).first).to_be_visible()
        phone.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
        expect(phone.get_by_role("button", name="Check in")).to_be_enabled()
        is_live(phone)
        cable.cut()
        expect(phone.get_by_text("Offline since")).to_be_visible()
        phone.get_by_role("button", name="Check in").click()
        expect(phone.get_by_text("not sent yet")).to_be_visible()
        cable.mend()
        expect(phone.get_by_text("not sent yet")).to_have_count(0)
        expect(plan.get_by_role("button", name=re.compile("^Ivy Moss, .*, at work")).first).to_be_visible()
        # Rule 68: the tablet is now that station's, wherever its person is at home.
        phone.get_by_role("link", name="Expresso").click()
        expect(phone).to_have_url(re.compile("/station/4$"))
        phone.get_by_role("navigation").get_by_role("link", name="Shift").first.click()
        phone.get_by_role("button", name="Check out").click()
        phone.get_by_label("What should the next one know?").fill("Oat is running low.")
        phone.get_by_role("dialog").get_by_role("button", name="Check out").click()
        expect(plan.get_by_role("button", name=re.compile("^Ivy Moss, .*, over")).first).to_be_visible()


def test_what_the_server_has_against_a_shift_is_said(browser: Browser, cafe: Process) -> None:
    """Rule 67: two shifts of one person overlap only when that is wanted, and the page says which one is in the way."""
    organizer = caller(cafe.url, "organizer")
    max_id = newcomer(organizer, "max", "Max Reed")
    start = datetime.now(UTC)  # so that both are on the plan of today, whatever the hour is there
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=2)).isoformat()}
    organizer.post("/schedules/", json={"user_id": max_id, "station_id": 2, **times}).raise_for_status()
    with window(browser, cafe.url, f"{cafe.url}/schedule", "organizer") as plan:
        plan.get_by_role("button", name="New shift", exact=True).click()
        sheet = plan.get_by_role("dialog")
        sheet.get_by_label("Who").select_option(label="Max Reed (Barista)")
        sheet.get_by_label("Station").select_option(label="Foyer")
        sheet.get_by_role("button", name="New shift").click()
        expect(sheet.get_by_text(re.compile("Max Reed has another shift then: Garden, "))).to_be_visible()
        sheet.get_by_role("button", name="Give it all the same").click()
        sheet.get_by_role("button", name="New shift").click()
        expect(plan.get_by_role("button", name=re.compile("^Max Reed, "))).to_have_count(2)
