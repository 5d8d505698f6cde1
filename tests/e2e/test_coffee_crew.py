"""The crew beside the cups: stock that runs out, talking to each other, texts of guests, more to do with one cup."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from livefloor.testing.server import Process, process
from tests.e2e.coffee import caller
from tests.e2e.line import line
from tests.e2e.test_coffee_pages import clear, cup, is_live, order, window

GUEST = "+61491570199"


@pytest.fixture(scope="module")
def cafe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """Give a coffee service of its own process with the demo's stations; texts go to the simulator."""
    system, data = "coffee", tmp_path_factory.mktemp("crew")
    with process(system, "--demo", data=data, LIVEFLOOR_LIMITS="off") as server:
        clear(caller(server.url, "organizer"))
        yield server


def item(page: Page, name: str) -> Locator:
    """Find an item of the stock."""
    return page.get_by_role("article", name=name, exact=True)


def text(server: Process, body: str) -> None:
    """Let a guest write a text."""
    said = {"from": GUEST, "body": body}
    httpx.post(f"{server.url}/api/sms/simulator/inbound", json=said, timeout=20).raise_for_status()


def badge(page: Page, where: str) -> Locator:
    """Find the way to a page that says how much there waits to be read."""
    return page.get_by_role("navigation", name="Pages").first.get_by_role("link", name=where)


def test_what_runs_out_at_the_tablet_is_grey_at_the_window(browser: Browser, cafe: Process) -> None:
    """Held for a second, oat is out at Foyer: grey at the window, with where there is some; undone, it is back."""
    with (
        window(browser, cafe.url, f"{cafe.url}/station/1/stock", "barista") as tablet,
        window(browser, cafe.url, f"{cafe.url}/order", "support") as desk,
    ):
        is_live(desk)
        desk.get_by_role("radio", name=re.compile("^Foyer")).check()
        for tap in ("Latte", "Small"):
            desk.get_by_role("button", name=tap, exact=True).click()
        oat = desk.get_by_role("button", name=re.compile("^Oat"))
        expect(oat).to_be_enabled()
        run_out = item(tablet, "Oat milk").get_by_role("button", name=re.compile("has run out"))
        run_out.focus()
        tablet.keyboard.down("Enter")
        expect(item(tablet, "Oat milk")).to_contain_text("Out")
        tablet.keyboard.up("Enter")
        expect(oat).to_be_disabled()
        expect(oat).to_contain_text("at Garden, Hall")
        expect(item(tablet, "Oat milk")).to_contain_text("urgent")
        tablet.get_by_role("button", name="Undo").click()
        expect(oat).to_be_enabled()
        expect(item(tablet, "Oat milk")).to_contain_text("Enough")
        expect(item(tablet, "Oat milk").get_by_role("button", name="Ask for Oat milk")).to_be_visible()
        no_caramel = {"station_id": 1, "option": "caramel", "available": False}
        caller(cafe.url, "organizer").post("/menu/availability", json=no_caramel).raise_for_status()
        expect(desk.get_by_role("button", name="One more Caramel")).to_be_disabled()
        elsewhere = desk.get_by_text("at Garden, Hall").locator("..")
        expect(elsewhere.filter(has_text="Caramel")).to_be_visible()


def test_stock_changed_without_a_network_waits_with_its_mark(browser: Browser, cafe: Process) -> None:
    """A pack more and a short tap on run out, both without a network, are shown as not sent and come true once."""
    barista = caller(cafe.url, "barista")

    def quantities() -> dict[str, int]:
        rows = barista.get("/inventory/station/1").json()["inventory"]
        return {row["code"]: row["quantity"] for row in rows}

    before = quantities()
    with (
        line(cafe.port) as cable,
        window(browser, cafe.url, f"{cable.url}/station/1/stock", "barista", service_workers="allow") as tablet,
    ):
        is_live(tablet)
        tablet.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
        cable.cut()
        expect(tablet.get_by_text("Offline since")).to_be_visible()
        item(tablet, "Soy milk").get_by_role("button", name=re.compile("one pack more")).click()
        item(tablet, "Ice").get_by_role("button", name=re.compile("has run out")).click()
        tablet.get_by_role("button", name="Yes, run out").click()
        for name in ("Soy milk", "Ice"):
            expect(item(tablet, name)).to_contain_text("Not sent yet")
        tablet.reload()
        expect(item(tablet, "Ice")).to_contain_text("Not sent yet")
        expect(item(tablet, "Ice")).to_contain_text("Out")
        cable.mend()
        is_live(tablet)
        expect(tablet.get_by_text("Not sent yet")).to_have_count(0)
        expect(item(tablet, "Ice")).to_contain_text("Out")
    after = quantities()
    assert after["ice"] == 0
    assert after["milk_soy"] > before["milk_soy"]


def test_a_call_for_help_is_heard_and_read(browser: Browser, cafe: Process) -> None:
    """Two taps at the tablet; the organizer sees it counted, reads it, and the barista sees who has."""
    organizer = caller(cafe.url, "organizer")
    for room in ("all", "organizers"):
        newest = organizer.get("/chat/messages", params={"room": room}).json()["items"][:1]
        for message in newest:
            organizer.post("/chat/read", json={"room": room, "last_read_id": message["id"]}).raise_for_status()
    with (
        window(browser, cafe.url, f"{cafe.url}/station/1/chat", "barista") as tablet,
        window(browser, cafe.url, f"{cafe.url}/floor", "organizer") as lead,
    ):
        is_live(lead)
        tablet.get_by_role("button", name="Everybody").click()
        tablet.get_by_role("button", name="Please send help.").click()
        tablet.get_by_role("button", name="Send", exact=True).click()
        said = tablet.get_by_role("log").get_by_role("listitem").filter(has_text="Please send help.")
        expect(said).to_contain_text("Sent")
        expect(lead.get_by_text("Bea Holm: Please send help.").last).to_be_visible()
        expect(badge(lead, "Chat")).to_contain_text("1 unread")
        badge(lead, "Chat").click()
        expect(lead.get_by_role("log").get_by_text("Please send help.")).to_be_visible()
        expect(said).to_contain_text("Read by Oren Vale")
        expect(badge(lead, "Chat")).not_to_contain_text("unread")


def test_what_is_said_without_a_network_waits_with_a_clock(browser: Browser, cafe: Process) -> None:
    """A message waits on the tablet and is said once when the line is back."""
    with (
        line(cafe.port) as cable,
        window(browser, cafe.url, f"{cable.url}/station/1/chat", "barista", service_workers="allow") as tablet,
    ):
        is_live(tablet)
        cable.cut()
        expect(tablet.get_by_text("Offline since")).to_be_visible()
        tablet.get_by_label("Message").fill("Out of lids soon")
        tablet.keyboard.press("Enter")
        said = tablet.get_by_role("listitem").filter(has_text="Out of lids soon")
        expect(said).to_contain_text("Not sent yet")
        cable.mend()
        expect(said).to_contain_text("Sent")
        expect(said).to_have_count(1)
    kept = caller(cafe.url, "barista2").get("/chat/messages", params={"room": "all"}).json()["items"]
    assert [message["message"] for message in kept].count("Out of lids soon") == 1


def test_a_guest_who_is_not_understood_is_answered(browser: Browser, cafe: Process) -> None:
    """Two texts nobody understands ring; taken over, answered, delivered; the guest's cup stands beside it."""
    with window(browser, cafe.url, f"{cafe.url}/order", "support") as desk:
        is_live(desk)
        heard = {"queue_seq": 0, "pending_local": 0}
        caller(cafe.url, "barista").post("/stations/1/heartbeat", json=heard).raise_for_status()
        for body in ("small flat white oat for Zelda", "Y", "xyzzy plugh", "qwrt zzz"):
            text(cafe, body)
        expect(desk.get_by_text("Zelda needs a person").last).to_be_visible()
        expect(badge(desk, "Texts")).to_contain_text("unread")
        badge(desk, "Texts").click()
        unread = desk.get_by_role("region", name="Unread")
        expect(unread).to_contain_text("needs a person")
        unread.get_by_role("link", name=re.compile("Zelda")).click()
        expect(desk.get_by_role("region", name="Open cups")).to_contain_text("Small flat white")
        desk.get_by_role("button", name="Take over").click()
        expect(desk.get_by_text("You answer", exact=True).last).to_be_visible()
        desk.get_by_role("button", name="We are on it.").click()
        desk.get_by_role("button", name="Send", exact=True).click()
        answer = desk.get_by_role("log").get_by_role("listitem").filter(has_text="We are on it.")
        expect(answer).to_contain_text("delivered")
        desk.get_by_role("button", name="Give back").click()
        expect(desk.get_by_role("button", name="Take over")).to_be_visible()
    thread = httpx.get(f"{cafe.url}/api/sms/simulator/messages", params={"phone": GUEST}).json()
    assert "We are on it." in [message["body"] for message in thread["messages"]]


def test_what_else_is_done_with_a_cup(browser: Browser, cafe: Process) -> None:
    """Another milk, VIP, made again, moved and cancelled, each from the card; found and handed out by number."""
    organizer, support = caller(cafe.url, "organizer"), caller(cafe.url, "support")
    clear(organizer)
    for name in ("Xanthe", "Yorick"):
        order(support, name)
    with (
        window(browser, cafe.url, f"{cafe.url}/station/1", "barista") as tablet,
        window(browser, cafe.url, f"{cafe.url}/floor", "support") as desk,
    ):
        card = cup(tablet, "Next", "Xanthe")
        card.get_by_role("button", name=re.compile("^More for")).click()
        tablet.get_by_role("button", name="Other milk").click()
        tablet.get_by_role("radio", name="Soy").check()
        tablet.get_by_role("dialog").get_by_role("button", name="Other milk").click()
        expect(card).to_contain_text("Soy")
        card.get_by_role("button", name=re.compile("^More for")).click()
        tablet.get_by_role("button", name="Make it VIP").click()
        expect(card).to_contain_text("VIP")
        card.get_by_role("button", name=re.compile("^More for")).click()
        tablet.get_by_role("button", name="Ready at once").click()
        ready = cup(tablet, "Ready", "Xanthe")
        ready.get_by_role("button", name=re.compile("^More for")).click()
        tablet.get_by_role("button", name="Make it again").click()
        tablet.get_by_role("radio", name="Spilled").check()
        tablet.get_by_role("dialog").get_by_role("button", name="Make it again").click()
        expect(cup(tablet, "Next", "Xanthe")).to_contain_text("Again")
        cup(tablet, "Next", "Yorick").get_by_role("button", name=re.compile("^More for")).click()
        tablet.get_by_role("button", name="Cancel this cup").click()
        tablet.get_by_role("dialog").get_by_role("button", name="Cancel this cup").click()
        expect(cup(tablet, "Next", "Yorick")).to_have_count(0)

        number = ready.locator("span").filter(has_text=re.compile(r"^[A-Z]\d\d")).first.inner_text()
        search = desk.get_by_role("searchbox")
        search.fill(number)
        search.press("Enter")
        expect(ready).to_have_count(0)
        again = desk.get_by_role("listitem").filter(has_text="Xanthe")
        again.get_by_role("checkbox").check()
        desk.get_by_role("button", name="Move 1 cup").click()
        desk.get_by_role("radio", name=re.compile("^Hall")).check()
        desk.get_by_role("dialog").get_by_role("button", name="Move", exact=True).click()
        hall = desk.get_by_role("region", name="Hall", exact=True)
        expect(hall.get_by_role("listitem").filter(has_text="Xanthe")).to_be_visible()
        expect(cup(tablet, "Next", "Xanthe")).to_have_count(0)


def test_a_finger_takes_a_step_back(browser: Browser, cafe: Process) -> None:
    """A card in hand that is pushed aside waits again; one that is ready is in hand again."""
    support = caller(cafe.url, "support")
    clear(caller(cafe.url, "organizer"))
    order(support, "Cleo")
    with window(browser, cafe.url, f"{cafe.url}/station/1", "barista") as tablet:
        cup(tablet, "Next", "Cleo").get_by_role("button", name=re.compile("^Start")).click()
        cup(tablet, "In progress", "Cleo").get_by_role("button", name=re.compile("^Ready")).click()
        swipe(cup(tablet, "Ready", "Cleo"))
        swipe(cup(tablet, "In progress", "Cleo"))
        expect(cup(tablet, "Next", "Cleo")).to_be_visible()


def swipe(card: Locator) -> None:
    """Push a card to the right with a finger."""
    expect(card).to_be_visible()
    card.scroll_into_view_if_needed()
    box = card.bounding_box()
    assert box is not None
    x, y = box["x"] + 60, box["y"] + 20
    hand = card.page.context.new_cdp_session(card.page)
    hand.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for way in (20, 60, 110, 160):
        hand.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x + way, "y": y}]})
    hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    hand.detach()
