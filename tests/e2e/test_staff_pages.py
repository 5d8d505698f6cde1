"""The staff's pages: desk, faults, people, insights, on a phone in the room and on a desktop."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from livefloor.testing.server import Process, process
from tests.e2e.windows import DESKTOP, PHONE, caller, entered, text_of

NARROW = {"width": 320, "height": 640}
AINA, RAVI = "900001", "900002"
PAGES = ("desk", "desk?machine=washer-5", "desk?machine=washer-4", "faults", "people", "insights")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """Give the demo room a server of its own. Each test keeps to its own machines and people."""
    data: Path = tmp_path_factory.mktemp("demo")
    with process("laundry", "--demo", data=data, LIVEFLOOR_LIMITS="off") as server:
        yield server


def wrong_pin(room: Process, student: str) -> httpx.Response:
    """Try to sign in with a PIN that is not the student's."""
    return httpx.post(f"{room.url}/api/v1/auth/login", json={"student_id": student, "pin": "8264"})


@contextmanager
def window(
    browser: Browser,
    room: Process,
    path: str,
    *,
    who: str = AINA,
    size: dict[str, int] = PHONE,
    language: str = "en",
) -> Iterator[Page]:
    """Open a page in a window of its own, with the session in it."""
    with entered(browser, room.url, who, size, path, locale=language) as page:
        yield page


def tile(page: Page, name: str, state: str) -> Locator:
    """Return the tile of a machine in a state."""
    return page.get_by_role("button", name=re.compile(rf"^{name}, {state}", re.I))


# -- the desk ---------------------------------------------------------------------------------------------------------


def test_a_machine_goes_back_to_work_in_three_taps(browser: Browser, room: Process) -> None:
    """Tile, text, done; a colleague's board turns by itself, and the reports are closed."""
    with window(browser, room, "desk") as page, window(browser, room, "desk", who=RAVI, size=DESKTOP) as other:
        tile(page, "Washer 5", "out of order").click()
        page.get_by_role("button", name="Repaired and tested").click()
        page.get_by_role("button", name="Put back to work", exact=True).click()
        expect(page.get_by_text("Washer 5 is back to work.")).to_be_visible()
        expect(tile(other, "Washer 5", "(kept|free)")).to_be_visible()
        expect(other.get_by_role("region", name="Out of order")).not_to_contain_text("Washer 5")
    with caller(room.url, AINA) as aina:
        closed = aina.get("faults/", params={"machine_type": "washer", "machine_id": 5, "status": "resolved"}).json()
        assert sum(item["note"] == "Repaired and tested" for item in closed["items"]) == 3


def test_a_left_load_is_put_away_and_its_owner_told_where(browser: Browser, room: Process) -> None:
    """The overdue load stands first, its form open: place, photo, note."""
    picture = BytesIO()
    Image.new("RGB", (2400, 1800), (120, 90, 60)).save(picture, "PNG")
    photo = FilePayload(name="shelf.png", mimeType="image/png", buffer=picture.getvalue())
    with window(browser, room, "desk") as page:
        left = page.get_by_role("region", name="Loads left")
        expect(left.get_by_role("listitem").first).to_contain_text("Washer 4")
        left.get_by_role("button", name="Put away: Washer 4").click()
        page.get_by_label("Folding table").check()
        page.get_by_label("Take a photo").set_input_files(photo)
        expect(page.get_by_role("img", name="The photo as it will be sent")).to_be_visible()
        page.get_by_label("Note").fill("One sock is missing")
        page.get_by_role("button", name="Put the load away").click()
        expect(page.get_by_text("Washer 4 is empty.")).to_be_visible()
        expect(left).not_to_contain_text("Washer 4")
    with caller(room.url, "100009") as owner:
        load = owner.get("cycles/").json()["items"][0]
        assert (load["close_reason"], load["moved_place"]) == ("staff_cleared", "Folding table")
        assert owner.get(load["moved_photo_url"].removeprefix("/api/v1/")).headers["content-type"] == "image/jpeg"


def test_a_cycle_is_ended_only_with_a_reason(browser: Browser, room: Process) -> None:
    """Without a reason the button does nothing; with one the owner reads it."""
    with window(browser, room, "desk?machine=dryer-2", size=DESKTOP) as page:
        page.get_by_role("button", name="End the cycle").click()
        end = page.get_by_role("button", name="End the cycle")
        expect(end).to_be_disabled()
        page.get_by_label("Reason", exact=True).fill("Fire drill")
        end.click()
        expect(page.get_by_text("The cycle in Dryer 2 has ended.")).to_be_visible()
        expect(tile(page, "Dryer 2", "done")).to_be_visible()
    with caller(room.url, "100008") as owner:
        told = owner.get("notifications/").json()["items"]
        assert any(note["notification_type"] == "cycle_stopped" and "Fire drill" in note["message"] for note in told)


def test_out_of_order_until_a_day(browser: Browser, room: Process) -> None:
    """A reason and a day; the board says both in the room's time."""
    with window(browser, room, "desk?machine=dryer-4") as page:
        page.get_by_role("button", name="Put out of order").click()
        page.get_by_role("button", name="Does not heat").click()
        page.get_by_label("Expected back").fill("2031-03-07")
        page.get_by_role("button", name="Put out of order").click()
        expect(page.get_by_text("Dryer 4 is out of order.")).to_be_visible()
        expect(page.get_by_role("region", name="Out of order")).to_contain_text(
            re.compile("Dryer 4.*Does not heat.*7.Mar")
        )
    with caller(room.url, AINA) as aina:
        out = aina.get("machines/dryer/4").json()["out_of_order"]
        # Noon of that day in Kuala Lumpur.
        assert out["expected_back_at"].startswith("2031-03-07T04:00")


def test_somebody_is_taken_out_of_the_list(browser: Browser, room: Process) -> None:
    """With a reason, which the person is told."""
    with window(browser, room, "desk") as page:
        page.get_by_role("button", name="Remove Pixel from the list").click()
        page.get_by_role("button", name="Asked for it at the desk").click()
        page.get_by_role("button", name="Remove", exact=True).click()
        expect(page.get_by_text("Pixel is no longer in the list.")).to_be_visible()
        expect(page.get_by_role("region", name="Washer list")).not_to_contain_text("Pixel")
    with caller(room.url, "100007") as pixel:
        told = pixel.get("notifications/").json()["items"]
        assert any(note["notification_type"] == "waitlist_removed" for note in told)


# -- faults -----------------------------------------------------------------------------------------------------------


def test_a_faster_colleague_does_not_cost_the_note(browser: Browser, room: Process) -> None:
    """Aina types while Ravi acknowledges, then while he resolves: she sees who and what, and her text stays."""
    with (
        window(browser, room, "faults?machine=dryer-6") as aina,
        window(browser, room, "faults?machine=dryer-6", who=RAVI, size=DESKTOP) as ravi,
    ):
        aina.get_by_role("article").filter(has_text="Squeaks").get_by_role("button", name="Close report").click()
        note = aina.get_by_label("Note to the reporter")
        note.fill("Oiled it")
        squeak = ravi.get_by_role("article").filter(has_text="Squeaks")
        squeak.get_by_role("button", name="Acknowledge").click()
        expect(aina.get_by_text("Ravi was faster: the report is acknowledged now.")).to_be_visible()
        expect(note).to_have_value("Oiled it")
        aina.get_by_role("button", name="Resolve", exact=True).click()
        expect(aina.get_by_text("Resolved. The reporter is told.")).to_be_visible()
        expect(squeak).to_have_count(0)

        aina.get_by_role("article").filter(has_text="wet").get_by_role("button", name="Close report").click()
        note.fill("Changed the belt")
        ravi.get_by_role("article").filter(has_text="wet").get_by_role("button", name="Close report").click()
        ravi.get_by_label("Dismissed").check()
        ravi.get_by_role("button", name="Tried it, works").click()
        ravi.get_by_role("button", name="Dismiss", exact=True).click()
        expect(
            aina.get_by_text(re.compile("Ravi was faster: the report is dismissed now.*Tried it, works"))
        ).to_be_visible()
        expect(note).to_have_value("Changed the belt")
        expect(aina.get_by_role("button", name="Resolve", exact=True)).to_be_disabled()


def test_a_report_appears_by_itself_with_reporter_and_photo(browser: Browser, room: Process) -> None:
    """Staff see who reported; the photo comes with the session."""
    picture = BytesIO()
    Image.new("RGB", (64, 64), (20, 90, 160)).save(picture, "PNG")
    with window(browser, room, "faults") as page:
        said = {"machine_type": "dryer", "machine_id": "1", "kind": "noise", "description": "It sings"}
        with caller(room.url, "100002") as otter:
            otter.post("faults/report", data=said, files={"photo": ("a.png", picture.getvalue())}).raise_for_status()
        report = page.get_by_role("article").filter(has_text="It sings")
        expect(report.get_by_role("link", name="Otter (100002)")).to_be_visible()
        report.get_by_role("button", name="Show photo").click()
        expect(report.get_by_role("img", name="Photo of the report: Noise, Dryer 1")).to_be_visible()
        report.get_by_role("button", name="Acknowledge").click()
        expect(report).to_contain_text("Acknowledged by you")


# -- people -----------------------------------------------------------------------------------------------------------


def test_a_locked_student_is_let_in_again(browser: Browser, room: Process) -> None:
    """Found by three digits, unlocked; then a code to choose a new PIN with."""
    for _ in range(5):
        wrong_pin(room, "100021")
    assert wrong_pin(room, "100021").json()["code"] == "account_locked"
    with window(browser, room, "people") as page:
        page.get_by_label("Search").fill("10")
        expect(page.get_by_text("Type at least 3 digits of the ID.")).to_be_visible()
        page.get_by_label("Search").fill("100021")
        page.get_by_role("link", name="100021").click()
        expect(page.get_by_text(re.compile("Locked for new devices until .*, after 5 wrong tries"))).to_be_visible()
        page.get_by_role("button", name="Unlock").click()
        expect(page.get_by_text("Unlocked. The PIN stays as it was.")).to_be_visible()
        expect(page.get_by_text("Not locked", exact=False).first).to_be_visible()
        page.get_by_role("button", name="Give a code").click()
        page.get_by_role("button", name="Make the code").click()
        spoken = page.get_by_text(re.compile(r"^Code: [\d ]+$")).text_content() or ""
        page.get_by_role("button", name="Done").click()
        expect(page.get_by_text("Code: ")).to_have_count(0)
    code = re.sub(r"\D", "", spoken)
    body = {"student_id": "100021", "code": code, "new_pin": "8264"}
    assert httpx.post(f"{room.url}/api/v1/auth/pin/reset", json=body).status_code == 200


def test_blocking_says_what_happens_and_is_undone(browser: Browser, room: Process) -> None:
    """Confirm first; a colleague's change in between is shown, not overwritten."""
    with caller(room.url, RAVI) as ravi, window(browser, room, "people?q=Robin", size=DESKTOP) as page:
        page.get_by_role("link", name="Robin").click()
        page.get_by_role("button", name="Block", exact=True).click()
        expect(page.get_by_text("All sessions end at once", exact=False)).to_be_visible()
        robin = ravi.get("admin/users", params={"q": "100022"}).json()["items"][0]
        of = f"admin/users/{robin['id']}"
        blocked = ravi.patch(of, json={"status": "blocked", "version": robin["version"]}).json()
        ravi.patch(of, json={"status": "active", "version": blocked["version"]}).raise_for_status()
        page.get_by_role("button", name="Yes, block").click()
        expect(page.get_by_text("Somebody else changed this account meanwhile", exact=False)).to_be_visible()
        page.get_by_role("button", name="Yes, block").click()
        expect(page.get_by_text("Blocked and signed out everywhere.")).to_be_visible()
        page.get_by_role("button", name="Unblock").click()
        expect(page.get_by_text("Unblocked. The person can sign in again.")).to_be_visible()


def test_a_suspension_is_lifted(browser: Browser, room: Process) -> None:
    """The suspended student may join again."""
    with window(browser, room, "people?q=Cleo") as page:
        expect(page.get_by_text("Suspended")).to_be_visible()
        page.get_by_role("link", name="Cleo").click()
        page.get_by_role("button", name="Lift the suspension").click()
        expect(page.get_by_text("May join the lists.", exact=True)).to_be_visible()
    with caller(room.url, "100023") as cleo:
        assert cleo.get("profile/me").json()["waitlist_suspended_until"] is None


# -- insights ---------------------------------------------------------------------------------------------------------


def test_figures_of_chosen_days_and_their_file(browser: Browser, room: Process, tmp_path: Path) -> None:
    """Presets, a span of one's own, CSV with the session."""
    with window(browser, room, "insights", size=DESKTOP) as page:
        expect(page.get_by_role("heading", name="Cycles by day")).to_be_visible()
        page.get_by_text("90 days", exact=True).click()
        expect(page.get_by_role("heading", name="Cycles by week")).to_be_visible()
        expect(page.get_by_role("table", name="Each machine").get_by_role("row")).to_have_count(13)
        page.get_by_text("Other", exact=True).click()
        page.get_by_label("From").fill("2031-01-01")
        expect(page.get_by_text("The first day comes after the last one.")).to_be_visible()
        page.get_by_text("7 days", exact=True).click()
        with page.expect_download() as download:
            page.get_by_role("button", name="Download CSV").click()
        assert download.value.suggested_filename.startswith("insights-")
        assert text_of(download.value, tmp_path).startswith("day,machine_type,machine_id,figure,value")


# -- all of them ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_cut_on_the_narrowest_phone(browser: Browser, room: Process, path: str) -> None:
    """No page scrolls sideways at 320 px, in the language with the longer words."""
    with window(browser, room, path, size=NARROW, language="de") as page:
        expect(page.get_by_text("Live", exact=True)).to_be_visible()
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) == 0
        assert page.locator("html").get_attribute("lang") == "de"


def test_students_are_led_back_to_the_room(browser: Browser, room: Process) -> None:
    """The staff's pages are for staff."""
    with window(browser, room, "people", who="100012") as page:
        expect(page).to_have_url(f"{room.url}/")
