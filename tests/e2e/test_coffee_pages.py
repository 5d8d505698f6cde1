"""A coffee cart and its window: what one orders the other makes, also through a hole in the network."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from livefloor.testing.server import Process, process
from tests.e2e.coffee import caller, keep_session
from tests.e2e.line import line
from tests.e2e.windows import new_window, until

TABLET = {"width": 1280, "height": 800}


@pytest.fixture
def cafe(tmp_path: Path) -> Iterator[Process]:
    """Give a coffee service of its own process with the demo's stations and nothing to make at Foyer."""
    system = "coffee"
    with process(system, "--demo", data=tmp_path / "coffee", LIVEFLOOR_LIMITS="off") as server:
        clear(caller(server.url, "organizer"))
        yield server


def clear(organizer: httpx.Client) -> None:
    """Hand out what is ready at Foyer, and cancel what is not."""
    for status in ("completed", "in_progress", "pending"):
        asked = {"status": status, "station_id": 1, "limit": 100}
        for cup in organizer.get("/orders/", params=asked).raise_for_status().json()["items"]:
            step, body = ("pick-up", {}) if status == "completed" else ("cancel", {"reason": "test", "notify": False})
            organizer.post(f"/orders/{cup['id']}/{step}", json=body).raise_for_status()


@contextmanager
def window(browser: Browser, server: str, url: str, who: str, **options: Any) -> Iterator[Page]:
    """Open a window in which somebody is signed in already."""
    context = new_window(browser, TABLET, locale="en-GB", **options)
    keep_session(context, server, who)
    page = context.new_page()
    page.goto(url)
    yield page
    context.close()


def order(client: httpx.Client, name: str, **more: Any) -> dict[str, Any]:
    """Order a small flat white with oat at Foyer through the API; return the cup."""
    item = {"menu_item": "flat_white", "size": "small", "milk": "oat", **more}
    answer = client.post("/orders/", json={"customer_name": name, "station_id": 1, "items": [item]})
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()["orders"][0]
    return found


def column(page: Page, name: str) -> Locator:
    """Find one of the three columns of a station."""
    return page.get_by_role("region", name=name, exact=True)


def cup(page: Page, where: str, name: str) -> Locator:
    """Find the card of a guest in a column."""
    return column(page, where).get_by_role("article").filter(has_text=name)


def is_live(page: Page) -> None:
    """Wait until the page says that it is live."""
    expect(page.get_by_role("status").get_by_text("Live", exact=True)).to_be_visible()


def test_a_cup_goes_from_the_window_to_the_tablet_and_out(browser: Browser, cafe: Process) -> None:
    """Four taps and a name at the window; on the tablet without a reload; start, ready, undo, ready, hand over."""
    with (
        window(browser, cafe.url, f"{cafe.url}/station/1", "barista") as tablet,
        window(browser, cafe.url, f"{cafe.url}/order", "support") as desk,
    ):
        is_live(tablet)
        tablet.evaluate("addEventListener('ws:orderUpdate', (event) => (window.told = event.detail.order))")
        expect(column(tablet, "Next").get_by_text("No cups waiting")).to_be_visible()
        for tap in ("Latte", "Regular", "Oat"):
            desk.get_by_role("button", name=tap, exact=True).click()
        desk.get_by_label("Name to call").fill("Mina")
        desk.get_by_role("radio", name=re.compile("^Foyer")).check()
        desk.get_by_role("button", name="Order", exact=True).click()
        told = desk.get_by_text(re.compile(r"[A-Z]\d\d for Mina: Foyer"))
        expect(told).to_be_visible()
        number = told.inner_text().partition(" ")[0]
        card = cup(tablet, "Next", "Mina")
        expect(card).to_contain_text("Regular latte")
        card.get_by_role("button", name="Start").click()
        cup(tablet, "In progress", "Mina").get_by_role("button", name="Ready").click()
        expect(cup(tablet, "Ready", "Mina")).to_be_visible()
        tablet.get_by_role("button", name="Undo").last.click()
        cup(tablet, "In progress", "Mina").get_by_role("button", name="Ready").click()
        cup(tablet, "Ready", "Mina").get_by_role("button", name="Hand over").click()
        expect(column(tablet, "Ready").get_by_text("Nothing to hand over.")).to_be_visible()
        until(tablet, "() => window.told?.status === 'picked_up'")
        made = caller(cafe.url, "support").get("/orders/", params={"q": number}).json()["items"][0]
        assert made["status"] == "picked_up"
        assert tablet.evaluate("window.told.number") == number


def test_an_allergy_is_said_and_asked(browser: Browser, cafe: Process) -> None:
    """Rule 22: the bar names it, and a cup with it is ready only after the answer."""
    order(caller(cafe.url, "support"), "Priya", milk="soy", allergies=["tree_nut"])
    with window(browser, cafe.url, f"{cafe.url}/station/1", "barista") as tablet:
        expect(cup(tablet, "Next", "Priya")).to_contain_text("Allergy: Tree nuts")
        cup(tablet, "Next", "Priya").get_by_role("button", name="Start").click()
        cup(tablet, "In progress", "Priya").get_by_role("button", name="Ready").click()
        tablet.get_by_role("button", name="Yes, clean: ready").click()
        expect(cup(tablet, "Ready", "Priya")).to_be_visible()


def test_ten_taps_without_a_network_come_true_once(browser: Browser, cafe: Process) -> None:
    """Rule 74: ten taps while the line is cut, also over a reload of the page, are applied once each, in order."""
    support = caller(cafe.url, "support")
    names = ["Ana", "Ben", "Cleo", "Dev"]
    cups = {name: order(support, name) for name in names}
    with (
        line(cafe.port) as cable,
        window(browser, cafe.url, f"{cable.url}/station/1", "barista", service_workers="allow") as tablet,
    ):
        is_live(tablet)
        expect(column(tablet, "Next").get_by_role("article")).to_have_count(4)
        tablet.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
        cable.cut()
        expect(tablet.get_by_text("Offline since")).to_be_visible()
        for name in names:
            cup(tablet, "Next", name).get_by_role("button", name="Start").click()
        for name in names[:3]:
            cup(tablet, "In progress", name).get_by_role("button", name="Ready").click()
        for name in names[:3]:
            cup(tablet, "Ready", name).get_by_role("button", name="Hand over").click()
        expect(tablet.get_by_role("button", name="Show what waits")).to_have_text("10 actions waiting")
        tablet.reload()
        expect(tablet.get_by_role("button", name="Show what waits")).to_have_text("10 actions waiting")
        expect(column(tablet, "In progress").get_by_role("article")).to_have_count(1)
        cable.mend()
        is_live(tablet)
        expect(tablet.get_by_role("button", name="Show what waits")).to_have_count(0)
        for name in names:
            told = support.get(f"/orders/{cups[name]['id']}").json()
            steps = [entry["data"]["status"] for entry in told["history"] if entry["name"] == "order_updated"]
            expected = ["in_progress"] if name == "Dev" else ["in_progress", "completed", "picked_up"]
            assert [step for step in reversed(steps) if step != "pending"] == expected
            taken = [move for move in told["movements"] if move["kind"] == "deplete"]
            assert len(taken) == len({move["item_id"] for move in taken})


def test_a_board_is_paired_shows_names_and_goes_dark(browser: Browser, cafe: Process) -> None:
    """A code of six digits makes a screen a board; it shows who is ready as it happens, and nothing once it is revoked."""
    barista, organizer = caller(cafe.url, "barista"), caller(cafe.url, "organizer")
    made = order(caller(cafe.url, "support"), "Mina")
    barista.post(f"/orders/{made['id']}/start").raise_for_status()
    device = organizer.post("/display/devices", json={"name": "Foyer TV", "station_id": 1}).json()
    context = new_window(browser, {"width": 1920, "height": 1080}, locale="en-GB")
    screen = context.new_page()
    screen.goto(f"{cafe.url}/display")
    screen.get_by_label("Code").fill(device["pair_code"])
    screen.get_by_role("button", name="Pair this board").click()
    expect(column(screen, "Being made")).to_contain_text("Mina")
    barista.post(f"/orders/{made['id']}/complete", json={}).raise_for_status()
    expect(column(screen, "Ready")).to_contain_text("Mina")
    expect(screen.get_by_role("img", name="QR code of the menu")).to_be_visible()
    expect(screen.get_by_text(f"127.0.0.1:{cafe.port}/menu/HARBOUR")).to_be_visible()
    organizer.delete(f"/display/devices/{device['id']}").raise_for_status()
    expect(screen.get_by_role("heading", name="Pair this board")).to_be_visible()
    expect(screen.get_by_text("Mina")).to_have_count(0)
    context.close()
