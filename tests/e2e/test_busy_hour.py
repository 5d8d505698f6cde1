"""Sunday 19:00 to 20:00 in a full room, as three people see it who never reload their pages."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from playwright.sync_api import Browser, Locator, Page, expect

from livefloor.systems.laundry import system
from livefloor.systems.laundry.busy import FIRST, KIWI, NORI, WREN, busy_hour
from livefloor.systems.laundry.demo import demo
from livefloor.testing.server import served
from livefloor.testing.world import World
from tests.e2e.line import Line, line
from tests.e2e.windows import DESKTOP, PHONE, caller, entered, never_reloaded, tile

OPENED = datetime(2025, 3, 2, 10, 28, tzinfo=UTC)
"""18:28 of a Sunday in Kuala Lumpur."""
STAFF = "900001"


class Hour:
    """The busy hour in a room of its own, played as far as a test wants to see it."""

    def __init__(self, portal: BlockingPortal) -> None:
        self._portal = portal
        self._world = World(system, start=OPENED, environ={"LIVEFLOOR_BCRYPT_ROUNDS": "4"})
        self.port = 0

    @contextmanager
    def opened(self) -> Iterator["Hour"]:
        """Serve the room with the demo's people in it."""
        wrap = self._portal.wrap_async_context_manager
        with wrap(self._world), wrap(served(self._world.runtime)) as self.port:
            self._portal.call(self._world.change, demo)
            client = self._world.client()
            self._steps = busy_hour(client, 0)
            yield self
            self._portal.call(self._steps.aclose)
            self._portal.call(client.aclose)

    @property
    def url(self) -> str:
        """Return where the room is served."""
        return f"http://127.0.0.1:{self.port}"

    def plays(self, until: str) -> str:
        """Play on, up to and with what happens at this minute; return what is told of it."""
        return self._portal.call(self._play, until)

    async def _play(self, until: str) -> str:
        async for minute, told in self._steps:
            assert "another way" not in told
            if minute == until:
                return told
        raise AssertionError(f"nothing happens at {until}")


@pytest.fixture
def hour() -> Iterator[Hour]:
    """Give the hour, about to begin."""
    with start_blocking_portal() as portal, Hour(portal).opened() as hour:
        yield hour


def region(page: Page, name: str) -> Locator:
    """Return a named part of a page."""
    return page.get_by_role("region", name=name, exact=True)


def told(page: Page) -> list[dict[str, Any]]:
    """Return the list to which each numbered frame is added that the page hears from now on."""
    frames: list[dict[str, Any]] = []

    def add(text: str | bytes) -> None:
        frame = json.loads(text)
        if "id" in frame:
            frames.append(frame)

    page.on("websocket", lambda socket: socket.on("framereceived", add))
    return frames


def test_the_turn_of_the_first_in_line(browser: Browser, hour: Hour) -> None:
    """19:00 to 19:15 in light: done is not free, kept is not free, and only whose turn it is may start."""
    hour.plays("19:00")
    with (
        entered(browser, hour.url, FIRST, PHONE, color_scheme="light") as first,
        entered(browser, hour.url, KIWI, PHONE, color_scheme="light") as kiwi,
        entered(browser, hour.url, STAFF, DESKTOP, "desk", color_scheme="light") as desk,
        never_reloaded(first, kiwi, desk),
    ):
        for page in (first, kiwi):
            expect(region(page, "Washers")).to_contain_text("No washer free")
            expect(region(page, "Washers")).to_contain_text("next done in 6 min")
            expect(tile(page, "Washer 2", "running, 6 min left")).to_be_visible()

        hour.plays("19:02")
        expect(region(first, "Washer list")).to_contain_text("You are 1st")
        expect(region(kiwi, "Washer list")).to_contain_text("3 waiting")
        expect(region(desk, "Washer list").get_by_role("listitem")).to_have_count(3)

        hour.plays("19:06")
        for page in (first, kiwi, desk):
            expect(tile(page, "Washer 2", "done")).to_be_visible()
        expect(region(kiwi, "Washers")).to_contain_text("No washer free")
        expect(region(desk, "Loads left")).to_contain_text("Washer 2")

        hour.plays("19:11")
        turn = region(first, "Your turn")
        expect(turn).to_contain_text("Washer 2 is kept for you until 19:21.")
        expect(turn.get_by_role("link", name="Start Washer 2")).to_be_visible()
        expect(tile(first, "Washer 2", "kept for you until 19:21")).to_be_visible()
        expect(tile(kiwi, "Washer 2", "kept until 19:21")).to_be_visible()
        expect(region(kiwi, "Washers")).to_contain_text("No washer free")
        expect(region(desk, "Washer list")).to_contain_text("Washer 2 until 19:21")
        expect(region(desk, "Loads left")).not_to_contain_text("Washer 2")

        tile(kiwi, "Washer 2").click()
        sheet = kiwi.get_by_role("dialog", name="Washer 2")
        expect(sheet).to_contain_text("Kept for the next in line until 19:21.")
        expect(sheet.get_by_role("button", name="Start")).to_have_count(0)
        assert "kept for the next in line until 19:21" in hour.plays("19:13")
        expect(turn).to_be_visible()

        hour.plays("19:15")
        expect(turn).to_have_count(0)
        expect(tile(first, "Washer 2", "running.*yours")).to_be_visible()
        expect(sheet).to_contain_text("Done at 19:45")
        expect(region(first, "Washer list")).to_contain_text("2 waiting")
        expect(region(desk, "Washer list").get_by_role("listitem")).to_have_count(2)


def test_a_left_load_a_cold_dryer_and_the_wifi(browser: Browser, hour: Hour) -> None:
    """19:18 to 20:01 in the dark: the owner reads where the load is, all see what is broken, a phone misses nothing."""
    hour.plays("19:15")
    with (
        line(hour.port) as cable,
        entered(browser, hour.url, NORI, PHONE, "mine", color_scheme="dark") as nori,
        entered(browser, cable.url, WREN, PHONE, color_scheme="dark") as wren,
        entered(browser, hour.url, STAFF, DESKTOP, "desk", color_scheme="dark") as desk,
        never_reloaded(nori, wren, desk),
    ):
        expect(nori.get_by_role("button", name="I've taken it out")).to_be_visible()
        hour.plays("19:18")
        expect(nori.get_by_text("What was in Washer 5 is here: Basket shelf.")).to_be_visible()
        expect(nori.get_by_role("link", name=re.compile(r"Notifications, \d+ unread"))).to_be_visible()
        expect(nori.get_by_role("button", name="I've taken it out")).to_have_count(0)
        expect(tile(desk, "Washer 5", "running")).to_be_visible()
        expect(region(wren, "Washer list")).to_contain_text("You are 1st")

        hour.plays("19:22")
        expect(region(wren, "Your turn")).to_contain_text("Washer 4 is kept for you until 19:32.")
        hour.plays("19:24")
        expect(tile(wren, "Washer 4", "running.*yours")).to_be_visible()
        expect(region(wren, "Washer list")).to_contain_text("Nobody is waiting.")

        hour.plays("19:25")
        expect(tile(wren, "Dryer 4", r"out of order since 2\sMar")).to_be_visible()
        expect(region(desk, "Out of order")).to_contain_text(re.compile(r"Dryer 4.*3 fault reports.*since 2\sMar"))
        tile(wren, "Dryer 4").click()
        expect(wren.get_by_role("dialog", name="Dryer 4")).to_contain_text("3 fault reports")
        wren.get_by_role("button", name="Close").click()

        hour.plays("19:40")
        expect(tile(wren, "Dryer 1", "running, 35 min left")).to_be_visible()
        expect(tile(desk, "Dryer 1", "running, 35 min left, started by hand")).to_be_visible()
        tile(wren, "Dryer 1").click()
        expect(wren.get_by_role("dialog", name="Dryer 1")).to_contain_text("Done at 20:15 · started by hand")
        wren.get_by_role("button", name="Close").click()

        hour.plays("20:00")
        misses_only_what_it_catches_up_with(hour, cable, wren)


def misses_only_what_it_catches_up_with(hour: Hour, cable: Line, phone: Page) -> None:
    """Cut the phone's network for the minute in which two washers are started."""
    expect(region(phone, "Washers")).to_contain_text("5 washers free")
    with caller(hour.url, WREN) as wren:
        last = wren.get("/machines/").json()["last_id"]
        cable.cut()
        expect(phone.get_by_text("Offline, as of 20:00", exact=True)).to_be_visible(timeout=20_000)
        heard = told(phone)
        hour.plays("20:01")
        expect(tile(phone, "Washer 1", "not known")).to_be_visible()
        expect(region(phone, "Washers")).not_to_contain_text("free now")
        cable.mend()
        expect(phone.get_by_text("Live", exact=True)).to_be_visible(timeout=20_000)
        for washer in ("Washer 1", "Washer 2"):
            expect(tile(phone, washer, "running, 30 min left")).to_be_visible()
        expect(region(phone, "Washers")).to_contain_text("3 washers free")
        missed = wren.get("/events", params={"after": last}).json()["items"]
    assert heard == missed
