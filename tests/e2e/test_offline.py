"""A phone in a basement: what is done without a network comes true once, in order, or is explained."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, Playwright, expect

from livefloor.testing.server import Process
from tests.e2e.conftest import BROWSER, QUIET
from tests.e2e.line import Line, line
from tests.e2e.windows import PHONE, caller, register, sign_in, tile, until

WAITS = re.compile("^Waits for the connection")


@contextmanager
def phone(playwright: Playwright, profile: Path) -> Iterator[Page]:
    """Open a browser that keeps what it knows in a folder, as a phone does."""
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=BROWSER,
        args=QUIET,
        viewport=PHONE,  # type: ignore[arg-type]
    )
    yield context.new_page()
    context.close()


def is_kept(page: Page) -> None:
    """Wait until the pages and the board are kept in the browser."""
    page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
    until(
        page,
        """async () => {
            const names = await indexedDB.databases();
            const name = names.map((one) => one.name).find((one) => one.startsWith("livefloor-laundry"));
            if (name === undefined) return false;
            const db = await new Promise((done) => (indexedDB.open(name).onsuccess = (event) => done(event.target.result)));
            const count = await new Promise((done) => (db.transaction("screens").objectStore("screens").count().onsuccess = (event) => done(event.target.result)));
            db.close();
            return count > 0;
        }""",
    )


def goes_offline(page: Page, cable: Line) -> None:
    """Cut the network and wait until the page says so."""
    cable.cut()
    expect(page.get_by_text(re.compile(r"^Offline, as of \d\d:\d\d"))).to_be_visible(timeout=20000)


def close(page: Page) -> None:
    """Close the sheet that is open."""
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def starts(page: Page, machine: str) -> None:
    """Start a machine, three taps."""
    tile(page, machine).click()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def takes_out(page: Page, machine: str) -> None:
    """Say that a running machine is empty."""
    tile(page, machine).click()
    page.get_by_role("button", name="I've taken it out").click()
    page.get_by_role("button", name="Yes, the machine is empty").click()
    expect(page.get_by_role("button", name=WAITS)).to_be_visible()
    close(page)


def reports(page: Page, kind: str, number: int) -> None:
    """Report a fault of a machine."""
    tile(page, f"{kind} {number}").click()
    page.get_by_role("link", name="Report a fault").click()
    page.get_by_label("What did you see").fill(f"{kind} {number} rattles")
    page.get_by_role("button", name="Send report").click()
    page.get_by_role("link", name="Room", exact=True).last.click()


def test_the_pages_can_be_installed(playwright: Playwright, server: Process, tmp_path: Path) -> None:
    """Chromium finds nothing that keeps the pages from being put on the home screen."""
    with phone(playwright, tmp_path / "profile") as page:
        sign_in(page, server.url, "200001")
        is_kept(page)
        session = page.context.new_cdp_session(page)
        manifest = session.send("Page.getAppManifest")
        assert (manifest["errors"], manifest["url"]) == ([], f"{server.url}/manifest.webmanifest")
        assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] == []


def test_a_reload_without_network_shows_the_last_board_with_its_time(
    playwright: Playwright, server: Process, tmp_path: Path
) -> None:
    """The board comes from the phone, with the time it was true at; no machine is shown as free."""
    with line(server.port) as cable, phone(playwright, tmp_path / "profile") as page:
        sign_in(page, cable.url, "200001")
        expect(tile(page, "Washer 3", "free")).to_be_visible()
        is_kept(page)
        goes_offline(page, cable)
        page.reload()
        expect(page.get_by_text(re.compile(r"^(Offline|Connecting), as of \d\d:\d\d"))).to_be_visible(timeout=15000)
        expect(tile(page, "Washer 3")).to_be_visible()
        expect(tile(page, "Washer 3", "free")).to_have_count(0)
        page.goto(f"{cable.url}/m/washer/3")
        expect(page.get_by_role("dialog", name="Washer 3")).to_be_visible()
        caller(server.url, "200002").post(
            "/machines/start", json={"machine_type": "washer", "machine_id": 3, "category": "normal"}
        ).raise_for_status()
        cable.mend()
        expect(page.get_by_role("dialog", name="Washer 3").get_by_text(re.compile("^Done at"))).to_be_visible(
            timeout=15000
        )


def test_ten_acts_without_network_come_true_once_and_in_order(
    playwright: Playwright, server: Process, tmp_path: Path
) -> None:
    """Ten acts are queued, outlive the browser, and are applied in order with their keys; a refused one says why."""
    me, other = caller(server.url, "200001"), caller(server.url, "200002")
    for kind in ("washer", "dryer"):
        said = {"machine_type": kind, "machine_id": 1, "category": "normal"}
        me.post("/machines/start", json=said).raise_for_status()
    with line(server.port) as cable:
        with phone(playwright, tmp_path / "profile") as page:
            sign_in(page, cable.url, "200001")
            is_kept(page)
            goes_offline(page, cable)
            takes_out(page, "Washer 1")
            starts(page, "Washer 2")
            takes_out(page, "Dryer 1")
            starts(page, "Dryer 2")
            starts(page, "Dryer 3")
            for number in (4, 5, 6):
                reports(page, "Washer", number)
            for number in (5, 6):
                reports(page, "Dryer", number)
            expect(page.get_by_role("button", name=re.compile("^Take back"))).to_have_count(10)
        other.post(
            "/machines/start", json={"machine_type": "dryer", "machine_id": 3, "category": "normal"}
        ).raise_for_status()
        cable.mend()
        with phone(playwright, tmp_path / "profile") as page:
            page.goto(cable.url)
            expect(tile(page, "Washer 2", "running")).to_be_visible(timeout=15000)
            expect(page.get_by_text(re.compile(r"^Refused: .*Dryer 3"))).to_be_visible(timeout=15000)
            expect(page.get_by_role("button", name=re.compile("^Take back"))).to_have_count(0, timeout=15000)
            page.get_by_role("button", name=re.compile("^Understood: Start Dryer 3")).click()
            expect(page.get_by_text(re.compile("^Refused"))).to_have_count(0)
    user = me.get("/profile/me").json()["id"]
    told = me.get(f"/activities/user/{user}").json()["items"]
    done = [(one["activity_type"], one["machine_type"], one["machine_id"]) for one in reversed(told)]
    wanted = {"machine_started", "laundry_collected", "fault_reported"}
    assert [one for one in done if one[0] in wanted] == [
        ("machine_started", "washer", 1),
        ("machine_started", "dryer", 1),
        ("laundry_collected", "washer", 1),
        ("machine_started", "washer", 2),
        ("laundry_collected", "dryer", 1),
        ("machine_started", "dryer", 2),
        ("fault_reported", "washer", 4),
        ("fault_reported", "washer", 5),
        ("fault_reported", "washer", 6),
        ("fault_reported", "dryer", 5),
        ("fault_reported", "dryer", 6),
    ]


def test_r66_a_start_is_dropped_after_two_minutes(playwright: Playwright, server: Process, tmp_path: Path) -> None:
    """A start that waited too long never comes true and says so; a place given up does, however late."""
    register(server.url, "200003")
    me = caller(server.url, "200001")
    for number in range(1, 7):
        register(server.url, f"30000{number}")
        caller(server.url, f"30000{number}").post(
            "/machines/start", json={"machine_type": "dryer", "machine_id": number, "category": "normal"}
        ).raise_for_status()
    me.post("/waitlist/join", json={"machine_type": "dryer"}).raise_for_status()
    with line(server.port) as cable, phone(playwright, tmp_path / "profile") as page:
        page.clock.install()
        sign_in(page, cable.url, "200001")
        goes_offline(page, cable)
        starts(page, "Washer 2")
        page.get_by_role("button", name="Leave dryer list").click()
        expect(page.get_by_role("button", name=re.compile("^Take back"))).to_have_count(2)
        page.clock.fast_forward("02:01")
        cable.mend()
        page.clock.fast_forward("00:30")
        expect(page.get_by_text(re.compile("Not sent in time"))).to_be_visible(timeout=15000)
        expect(page.get_by_role("button", name=re.compile("^Take back"))).to_have_count(0, timeout=15000)
    assert me.get("/waitlist/dryer").json()["items"] == []
    assert [one for one in me.get("/cycles/").json()["items"] if one["machine_type"] == "washer"] == []


def test_acts_outlive_a_session_that_ended(playwright: Playwright, server: Process, tmp_path: Path) -> None:
    """A session that was ended elsewhere meanwhile asks to sign in; then what waited is sent."""
    me = caller(server.url, "200001")
    said = {"machine_type": "washer", "machine_id": 1, "category": "normal"}
    me.post("/machines/start", json=said).raise_for_status()
    with line(server.port) as cable, phone(playwright, tmp_path / "profile") as page:
        sign_in(page, cable.url, "200001")
        goes_offline(page, cable)
        takes_out(page, "Washer 1")
        me.post("/auth/logout", json={"everywhere": True}).raise_for_status()
        cable.mend()
        expect(page.get_by_label("Student ID")).to_be_visible(timeout=15000)
        sign_in(page, cable.url, "200001")
        expect(tile(page, "Washer 1", "free")).to_be_visible(timeout=15000)
        expect(page.get_by_role("button", name=re.compile("^Take back"))).to_have_count(0)
