"""A server that is killed and started again under open pages: they come back by themselves, and nothing is missed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from livefloor.testing.server import Process, process
from tests.e2e.windows import DESKTOP, LOAD_MS, PASSWORD, PHONE, PIN, caller, entered, never_reloaded, tile

CALLED, LATE, NEIGHBOUR, WATCHER, STAFF = "100004", "100003", "100012", "100017", "900001"
"""Called for washer 6; done in washer 3, still in time; two who look on; staff."""


@contextmanager
def room(data: Path, port: int | None = None) -> Iterator[Process]:
    """Serve the demo's room; a second time at the same port it goes on with what is there."""
    with process("laundry", "--demo", data=data, port=port, LIVEFLOOR_LIMITS="off") as room:
        yield room


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Process]:
    """Give the demo's room, to be killed at will."""
    with room(tmp_path) as demo:
        yield demo


def start(url: str, who: str, kind: str, number: int) -> None:
    """Start a machine through the API."""
    with caller(url, who) as person:
        said = {"machine_type": kind, "machine_id": number, "category": "normal"}
        person.post("/machines/start", json=said).raise_for_status()


def is_live(page: Page) -> None:
    """Wait until the page has its line back."""
    expect(page.get_by_text("Live", exact=True)).to_be_visible(timeout=LOAD_MS)


def test_pages_come_back_by_themselves_and_miss_nothing(browser: Browser, demo: Process, tmp_path: Path) -> None:
    """What was done in the last moment before the kill and in the first one after the start is on every page."""
    with (
        entered(browser, demo.url, WATCHER, PHONE) as board,
        entered(browser, demo.url, STAFF, DESKTOP, "desk") as desk,
        entered(browser, demo.url, LATE, PHONE, "notifications") as notes,
        never_reloaded(board, desk, notes),
    ):
        start(demo.url, NEIGHBOUR, "dryer", 1)
        demo.kill()
        for page in (board, desk, notes):
            expect(page.get_by_text(re.compile(r"^(Reconnecting|Offline, as of \d\d:\d\d)$"))).to_be_visible()
        with room(tmp_path, demo.port) as again:
            start(again.url, CALLED, "washer", 6)
            with caller(again.url, NEIGHBOUR) as neighbour:
                washer = {"machine_type": "washer", "machine_id": 3}
                neighbour.post("/machines/nudge", json=washer).raise_for_status()
            for page in (board, desk, notes):
                is_live(page)
            for page in (board, desk):
                expect(tile(page, "Dryer 1", "running, 30 min left")).to_be_visible()
                expect(tile(page, "Washer 6", "running, 30 min left")).to_be_visible()
                expect(page.get_by_role("region", name="Washer list")).not_to_contain_text("Washer 6")
            expect(notes.get_by_role("listitem").first).to_contain_text("Washer 3")


def test_a_session_that_ended_meanwhile_leads_back_to_the_same_screen(
    browser: Browser, demo: Process, tmp_path: Path
) -> None:
    """Ended elsewhere in the last moment: the page asks to sign in, and then is where it was, with its sheet open."""
    with (
        entered(browser, demo.url, STAFF, DESKTOP, "desk?machine=washer-5") as desk,
        entered(browser, demo.url, WATCHER, PHONE, "m/dryer/1") as board,
        never_reloaded(desk, board),
    ):
        for who in (STAFF, WATCHER):
            with caller(demo.url, who) as person:
                person.post("/auth/logout", json={"everywhere": True}).raise_for_status()
        demo.kill()
        with room(tmp_path, demo.port):
            for page in (desk, board):
                expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=LOAD_MS)
            desk.get_by_role("link", name="Staff sign-in").click()
            desk.get_by_label("Staff ID").fill(STAFF)
            desk.get_by_label("Password").fill(PASSWORD)
            desk.get_by_role("button", name="Sign in", exact=True).click()
            expect(desk.get_by_role("dialog", name="Washer 5")).to_be_visible(timeout=LOAD_MS)
            board.get_by_label("Student ID").fill(WATCHER)
            board.get_by_label("PIN", exact=True).fill(PIN)
            board.get_by_role("button", name="Sign in", exact=True).click()
            expect(board.get_by_role("dialog", name="Dryer 1")).to_be_visible(timeout=LOAD_MS)
            for page in (desk, board):
                is_live(page)
