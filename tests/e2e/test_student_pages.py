"""The pages of a student beside the board: fault report, activity, profile, quiet times, messages, both languages."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from livefloor.testing.server import Process, process
from tests.e2e.windows import DESKTOP, PIN, caller, keep_session, new_window, watched

NARROW = {"width": 320, "height": 740}
PAGES = ("/", "/mine", "/report", "/activity", "/profile", "/quiet-times", "/notifications", "/m/washer/5")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """Give the demo room: a busy evening with four weeks behind it."""
    with process("laundry", "--demo", data=tmp_path_factory.mktemp("demo"), LIVEFLOOR_LIMITS="off") as room:
        yield room


@contextmanager
def window(
    browser: Browser, room: Process, student: str, size: dict[str, int] = NARROW, language: str = "en-GB"
) -> Iterator[Page]:
    """Open a window in a language with the student's session in it."""
    context = new_window(browser, size, locale=language, base_url=room.url)
    keep_session(context, room.url, student)
    with watched(context) as page:
        yield page


def picture(width: int = 4000, height: int = 3000) -> bytes:
    """Return a photo as large as phones take it."""
    written = io.BytesIO()
    Image.effect_noise((width // 8, height // 8), 60).resize((width, height)).save(written, "JPEG", quality=95)
    return written.getvalue()


def expect_to_fit(page: Page) -> None:
    """Nothing may stick out to the right."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url


@pytest.mark.parametrize(("language", "heading"), [("en-GB", "Report a fault"), ("de-DE", "Störung melden")])
def test_every_page_fits_a_narrow_phone(browser: Browser, room: Process, language: str, heading: str) -> None:
    """320 px wide, in both languages, nothing scrolls sideways and the page says its language."""
    with window(browser, room, "100017", language=language) as page:
        for path in PAGES:
            page.goto(path)
            expect(page.get_by_role("heading").first).to_be_attached()
            expect(page.locator("[aria-busy=true]")).to_have_count(0)
            expect_to_fit(page)
        page.goto("/report")
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        assert page.locator("html").get_attribute("lang") == language[:2]


def test_a_fault_is_reported_with_a_photo(browser: Browser, room: Process) -> None:
    """From the sheet of a machine to "1 of 3 reports", with a large photo made small; a second report is explained."""
    with window(browser, room, "100011") as page:
        page.goto("/m/dryer/4")
        page.get_by_role("link", name="Report a fault").click()
        expect(page.get_by_label("Machine")).to_have_value("dryer-4")
        page.get_by_role("button", name="Send report").click()
        expect(page.get_by_label("What did you see?")).to_be_focused()
        page.get_by_label("What is wrong?").select_option("not_heating")
        page.get_by_label("What did you see?").fill("Runs cold for an hour.")
        expect(page.get_by_text("22 of 500 characters")).to_be_visible()
        taken = {"name": "drum.jpg", "mimeType": "image/jpeg", "buffer": picture()}
        page.get_by_label("Add a photo").set_input_files(taken)  # type: ignore[arg-type]
        expect(page.get_by_role("img", name="The photo that will be sent")).to_be_visible()
        expect_to_fit(page)
        with page.expect_request("**/faults/report") as sent:
            page.get_by_role("button", name="Send report").click()
        assert len(sent.value.post_data_buffer or b"") < 2_000_000
        expect(page.get_by_text("1 of 3 reports.")).to_be_visible()
        expect(page.get_by_role("img", name="Photo of Dryer 4")).to_be_visible()
        page.get_by_role("button", name="Report another fault").click()
        page.get_by_label("Machine").select_option("dryer-4")
        page.get_by_label("What did you see?").fill("Still cold.")
        page.get_by_role("button", name="Send report").click()
        expect(page.get_by_role("alert")).to_contain_text("You have an open report for this machine.")


def test_the_third_report_says_out_of_order(browser: Browser, room: Process) -> None:
    """Two others reported dryer 6 before; its sheet lists them and, without a reload, the third."""
    with window(browser, room, "100019") as page, window(browser, room, "100020", DESKTOP) as other:
        other.goto("/m/dryer/6")
        expect(other.get_by_text("Clothes come out wet.")).to_be_visible()
        page.goto("/report?type=dryer&number=6")
        page.get_by_label("What did you see?").fill("The belt smells.")
        page.get_by_role("button", name="Send report").click()
        expect(page.get_by_text("Dryer 6 is out of order now.")).to_be_visible()
        expect(other.get_by_text("The belt smells.")).to_be_visible()


def test_the_feed_is_live_and_goes_on(browser: Browser, room: Process) -> None:
    """A neighbour's start stands on top at once; older lines come while scrolling; a machine can be chosen."""
    with window(browser, room, "100018") as page, caller(room.url, "100006") as pixel:
        page.goto("/activity")
        lines = page.locator("main ol > li")
        expect(lines.first).to_be_visible()
        before = lines.count()
        pixel.post("/machines/start", json={"machine_type": "dryer", "machine_id": 1, "category": "normal"})
        expect(lines.first).to_contain_text("started Dryer 1")
        page.keyboard.press("End")
        expect(lines.nth(before + 10)).to_be_attached()
        page.get_by_label("Machine").select_option("dryer-1")
        expect(lines.filter(has_not_text="Dryer 1")).to_have_count(0)
        expect(lines.first).to_contain_text("Dryer 1")
        page.get_by_label("What").select_option("waitlist_called")
        expect(page.get_by_text("Nothing like this has happened lately.")).to_be_visible()


def test_a_profile_changed_on_two_devices_is_merged(browser: Browser, room: Process) -> None:
    """What was typed stays, what the other device changed is taken over, and the next save has both."""
    with window(browser, room, "100013") as page, caller(room.url, "100013") as other:
        page.goto("/profile")
        page.get_by_label("Display name").fill("Sunrise")
        other.put("/profile/update", json={"phone_number": "+60115559999", "notify_sms": True})
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Your profile is saved.")).to_be_visible()
        expect(page.get_by_role("alert")).to_contain_text("Taken over: Phone number, Text messages.")
        expect(page.get_by_label("Phone number")).to_have_value("+60115559999")
        me = other.get("/profile/me").json()
        assert (me["display_name"], me["phone_number"]) == ("Sunrise", "+60115559999")
        page.get_by_role("button", name="Account and appearance").click()
        expect(page.get_by_role("dialog")).to_contain_text("Sunrise")


def test_a_clash_is_for_the_person_to_decide(browser: Browser, room: Process) -> None:
    """Both devices changed the name: both are shown, nothing is overwritten before one is chosen."""
    with window(browser, room, "100010") as page, caller(room.url, "100010") as other:
        page.goto("/profile")
        page.get_by_label("Display name").fill("Kiwi Two")
        other.put("/profile/update", json={"display_name": "Moon"})
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert")).to_contain_text("Display name was changed on both sides.")
        assert other.get("/profile/me").json()["display_name"] == "Moon"
        page.get_by_role("button", name="Keep mine: Kiwi Two").click()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Your profile is saved.")).to_be_visible()
        assert other.get("/profile/me").json()["display_name"] == "Kiwi Two"


def test_pin_and_sessions(browser: Browser, room: Process) -> None:
    """A weak PIN is said before sending, a wrong one at its field; a new one signs the other devices out."""
    with window(browser, room, "100014") as page, caller(room.url, "100014") as other:
        page.goto("/profile")
        expect(page.get_by_role("button", name=re.compile("^Sign out: "))).to_have_count(1)
        page.get_by_role("button", name="Change PIN").click()
        sheet = page.get_by_role("dialog")
        sheet.get_by_label("Current PIN").fill("7306")
        sheet.get_by_label("New PIN").fill("1234")
        expect(sheet.get_by_text("This PIN is easy to guess.")).to_be_visible()
        sheet.get_by_label("New PIN").fill("8462")
        sheet.get_by_role("button", name="Change PIN").click()
        expect(sheet.get_by_text("This is not your PIN.")).to_be_visible()
        sheet.get_by_label("Current PIN").fill(PIN)
        sheet.get_by_role("button", name="Change PIN").click()
        expect(page.get_by_text("Your PIN is changed.")).to_be_visible()
        expect(page.get_by_text("You are signed in on this device only.")).to_be_visible()
        assert other.get("/profile/me").status_code == 401


def test_an_account_is_deleted_only_without_laundry(browser: Browser, room: Process) -> None:
    """With a load inside the page says what to do first; after that the PIN ends it, and the sign-in page comes."""
    with window(browser, room, "100012") as page, caller(room.url, "100012") as echo:
        machine = {"machine_type": "dryer", "machine_id": 2}
        board = echo.get("/machines/").json()
        free = next(found for found in board["dryers"] if found["status"] == "available" and found["hold"] is None)
        machine["machine_id"] = free["machine_id"]
        echo.post("/machines/start", json={**machine, "category": "normal"}).raise_for_status()
        page.goto("/profile")
        page.get_by_role("button", name="Delete account").click()
        sheet = page.get_by_role("dialog")
        sheet.get_by_label("PIN").fill(PIN)
        sheet.get_by_role("button", name="Delete my account for good").click()
        expect(sheet.get_by_text("You still have laundry in a machine.")).to_be_visible()
        echo.post("/machines/end", json={**machine, "collected": True}).raise_for_status()
        sheet.get_by_role("button", name="Delete my account for good").click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_quiet_times_are_a_table_in_words(browser: Browser, room: Process) -> None:
    """24 rows of 7 days, each cell with its words; now is marked; the best times are named."""
    with window(browser, room, "100015") as page:
        page.goto("/quiet-times")
        table = page.get_by_role("table", name="How busy the Washers usually are")
        expect(table.get_by_role("cell")).to_have_count(7 * 24)
        expect(
            table.get_by_role("cell", name=re.compile(r"^\d+ percent, (quiet|some use|busy|nearly full)")).first
        ).to_be_attached()
        expect(table.get_by_role("cell", name=re.compile(r"\(now\)$"))).to_have_count(1)
        expect(page.get_by_text("Usually quietest between 7 and 23 h")).to_be_visible()
        page.get_by_text("Dryers", exact=True).click()
        expect(page.get_by_role("table", name="How busy the Dryers usually are")).to_be_visible()


def test_moved_laundry_is_shown_with_its_photo(browser: Browser, room: Process) -> None:
    """The holder of washer 4 puts the load on the shelf, with a photo; its owner reads where, and in German."""
    with window(browser, room, "100005") as page, window(browser, room, "100009", language="de-DE") as owner:
        owner.goto("/mine")
        expect(owner.get_by_role("button", name="Ich habe sie herausgenommen")).to_be_visible()
        page.goto("/m/washer/4")
        page.get_by_label("I moved it to: Basket shelf").check()
        taken = {"name": "shelf.jpg", "mimeType": "image/jpeg", "buffer": picture()}
        page.get_by_label("Add a photo of the place").set_input_files(taken)  # type: ignore[arg-type]
        expect(page.get_by_role("img", name="The photo that will be sent")).to_be_visible()
        page.get_by_role("button", name="Free the machine").click()
        expect(owner.get_by_text("Was in Waschmaschine 4 war, liegt jetzt hier: Basket shelf.")).to_be_visible()
        expect(owner.get_by_role("img", name="Foto deiner Wäsche: Basket shelf")).to_be_visible()
        owner.goto("/notifications")
        expect(owner.get_by_role("button", name=re.compile("^Deine Wäsche wurde weggelegt"))).to_be_visible()


def test_the_language_is_chosen_in_the_account(browser: Browser, room: Process) -> None:
    """English to German by the switch; refusals come in German as well."""
    with window(browser, room, "100016") as page:
        page.goto("/report?type=washer&number=5")
        page.get_by_role("button", name="Account and appearance").click()
        page.get_by_text("Deutsch").click()
        expect(page.get_by_role("heading", name="Störung melden")).to_be_visible()
        page.get_by_label("Maschine").select_option("washer-5")
        page.get_by_label("Was hast du gesehen?").fill("Noch immer Wasser in der Trommel.")
        page.get_by_role("button", name="Meldung senden").click()
        expect(page.get_by_role("alert")).to_contain_text("schon eine offene Meldung")
