"""The administration: what an admin keeps, in two windows where two admins would be in each other's way."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from livefloor.testing.server import Process, process
from tests.e2e.pages import ADMIN
from tests.e2e.windows import DESKTOP, PASSWORD, PHONE, caller, new_window, text_of, watched


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """Give laundry with its demo data; each test changes something else in it."""
    data = tmp_path_factory.mktemp("admin") / "laundry"
    with process("laundry", "--demo", data=data, LIVEFLOOR_LIMITS="off") as server:
        yield server


def sign_in(page: Page, server: Process, staff_id: str = "900000") -> None:
    """Sign a member of the staff in through the page."""
    page.goto(f"{server.url}/staff")
    page.locator("input").nth(0).fill(staff_id)
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("button[type=submit]").click()
    expect(page.locator("header nav a").last).to_be_attached(timeout=15000)


@contextmanager
def admin(
    browser: Browser,
    server: Process,
    path: str,
    staff_id: str = "900000",
    size: dict[str, int] = DESKTOP,
    **options: Any,
) -> Iterator[Page]:
    """Open a window of an admin at a page of the administration."""
    with watched(new_window(browser, size, **options)) as page:
        sign_in(page, server, staff_id)
        page.goto(f"{server.url}/admin{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=15000)
        yield page


@pytest.fixture
def second_admin(server: Process) -> str:
    """Make Aina an admin; give her id."""
    with caller(server.url, "900000") as http:
        (aina,) = http.get("/admin/users", params={"q": "900001"}).json()["items"]
        change = {"role": "admin", "version": aina["version"]}
        http.patch(f"/admin/users/{aina['id']}", json=change).raise_for_status()
    return "900001"


def saved(page: Page) -> None:
    """Save the form, and wait until the server has it."""
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The settings are saved.")).to_be_visible()
    expect(page.get_by_text("Nothing changed yet")).to_be_visible()


def test_two_admins_save_different_settings_and_both_are_kept(
    browser: Browser, server: Process, second_admin: str
) -> None:
    """B's form is out of date: her change is saved all the same, A's is taken over and named."""
    with (
        admin(browser, server, "/settings") as a,
        admin(browser, server, "/settings", second_admin) as b,
        caller(server.url, "900000") as http,
    ):
        expect(b.get_by_label("Time to pick up")).to_have_value("10")
        a.get_by_label("Name of the room").fill("Sunday Wash")
        saved(a)
        b.get_by_label("Time to pick up").fill("15")
        saved(b)
        note = b.get_by_role("alert")
        expect(note).to_contain_text("Changed meanwhile by Desk admin")
        expect(note).to_contain_text("Name of the room: now Sunday Wash. Taken over.")
        expect(b.get_by_label("Name of the room")).to_have_value("Sunday Wash")
        stored = http.get("/admin/settings").json()
        assert (stored["room_name"], stored["pickup_grace_minutes"]) == ("Sunday Wash", 15)


def test_two_admins_change_the_same_setting_and_the_second_decides(
    browser: Browser, server: Process, second_admin: str
) -> None:
    """Nothing that was typed is lost, nothing that was saved is overwritten unseen: B sees both values and chooses."""
    with (
        admin(browser, server, "/settings") as a,
        admin(browser, server, "/settings", second_admin) as b,
        caller(server.url, "900000") as http,
    ):
        expect(b.get_by_label("Longest list")).to_have_value("50")
        a.get_by_label("Longest list").fill("40")
        a.get_by_label("Time to take one's turn").fill("12")
        saved(a)
        b.get_by_label("Longest list").fill("60")
        b.get_by_label("Time to take one's turn").fill("14")
        b.get_by_label("A place in a list lasts").fill("10")
        b.get_by_role("button", name="Save", exact=True).click()
        note = b.get_by_role("alert")
        expect(note).to_contain_text("Changed meanwhile by Desk admin")
        expect(b.get_by_role("button", name="Save", exact=True)).to_be_disabled()
        expect(b.get_by_label("Longest list")).to_have_value("60")
        assert http.get("/admin/settings").json()["waitlist_max"] == 40

        longest = note.get_by_role("group", name="Longest list")
        expect(longest).to_contain_text(re.compile(r"Yours\s*60.*Desk admin.*40"))
        longest.get_by_role("button", name="Take theirs").click()
        expect(b.get_by_label("Longest list")).to_have_value("40")
        note.get_by_role("group", name="Time to take one's turn").get_by_role("button", name="Keep mine").click()
        saved(b)
        stored = http.get("/admin/settings").json()
        assert stored["waitlist_max"] == 40
        assert (stored["claim_window_minutes"], stored["waitlist_entry_max_hours"]) == (14, 10)


def test_a_wrong_setting_is_told_at_its_field(browser: Browser, server: Process) -> None:
    with admin(browser, server, "/settings", size=PHONE) as page:
        page.get_by_label("Machine kept for who emptied it").fill("99")
        page.get_by_label("Who may register").select_option("room_code")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("A whole number from 1 to 15.")).to_be_visible()
        expect(page.get_by_label("Room code", exact=True)).to_have_attribute("aria-invalid", "true")
        page.get_by_role("button", name="Discard changes").click()
        expect(page.get_by_text("Nothing changed yet")).to_be_visible()


def test_a_machine_comes_is_renamed_and_goes(browser: Browser, server: Process) -> None:
    """Each step is in the list by itself; a machine in use cannot be retired, and the page says why."""
    with admin(browser, server, "/machines") as page:
        page.get_by_role("button", name="Add a machine").click()
        page.get_by_text("Dryer", exact=True).click()
        page.get_by_label("Place in the room").fill("By the window")
        page.get_by_role("dialog").get_by_role("button", name="Add a machine").click()
        # Not by its role: what lies under a dialog is hidden from assistive technology.
        row = page.locator("tr").filter(has_text="Dryer 7")
        expect(row).to_contain_text("By the window")

        row.get_by_role("button", name="Change Dryer 7").click()
        page.get_by_label("Name on the machine").fill("The big one")
        page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()
        expect(row).to_contain_text("The big one")
        code = page.get_by_role("dialog").get_by_text(re.compile(r"^\d{4}$"))
        page.get_by_role("button", name="Make a new code").click()
        told = page.get_by_text(re.compile(r"The new code is \d{4}"))
        expect(told).to_be_visible()
        expect(code).to_have_text(re.sub(r"\D", "", told.inner_text()))

        page.get_by_role("button", name="Retire this machine").click()
        page.get_by_role("button", name="Yes, retire it").click()
        expect(row).to_have_count(0)

        page.get_by_role("button", name="Change Washer 1").click()
        page.get_by_role("button", name="Retire this machine").click()
        page.get_by_role("button", name="Yes, retire it").click()
        expect(page.get_by_role("alert")).to_contain_text("There is laundry inside")


def test_labels_carry_the_address_and_the_code_and_print_alone(browser: Browser, server: Process) -> None:
    with caller(server.url, "900000") as http:
        version = http.get("/admin/settings").json()["version"]
        http.patch("/admin/settings", json={"presence_check": "code", "version": version}).raise_for_status()
    with admin(browser, server, "/qr", color_scheme="dark") as page:
        expect(page.get_by_role("img", name="QR code of Washer 3")).to_be_visible()
        label = page.get_by_role("listitem").filter(has_text="Washer 3")
        expect(label).to_contain_text(f"{server.url}/m/washer/3")
        expect(label).to_contain_text(re.compile(r"Code \d{4}"))
        page.emulate_media(media="print")
        expect(label).to_be_visible()
        expect(page.get_by_role("button", name="Print")).to_be_hidden()
        expect(page.locator("header").first).to_be_hidden()


def test_a_programme_is_added_and_the_normal_one_stays(browser: Browser, server: Process) -> None:
    with admin(browser, server, "/catalogue") as page:
        page.get_by_role("button", name="Add a programme for dryers").click()
        sheet = page.get_by_role("dialog")
        sheet.get_by_role("button", name="Add a programme").click()
        expect(sheet.get_by_text("A whole number from 1 to 240.")).to_be_visible()
        sheet.get_by_label("Name").fill("Woollens")
        sheet.get_by_label("Code").fill("wool")
        sheet.get_by_label("Minutes").fill("25")
        sheet.get_by_role("button", name="Add a programme").click()
        expect(page.get_by_role("row", name=re.compile("Woollens"))).to_contain_text("25 min")

        page.get_by_role("table", name="Washers").get_by_role("button", name="Change Normal").click()
        sheet.get_by_text("People can choose it").click()
        sheet.get_by_role("button", name="Save", exact=True).click()
        expect(sheet.get_by_role("alert")).to_contain_text("“Normal” cannot be switched off")


def test_staff_come_and_the_last_admin_stays(browser: Browser, server: Process) -> None:
    """A weak password is refused at its field; a person is added, made an admin and blocked."""
    with admin(browser, server, "/staff") as page:
        page.get_by_role("button", name="Add a person").click()
        sheet = page.get_by_role("dialog")
        sheet.get_by_label("Name").fill("Mei")
        sheet.get_by_label("Staff ID").fill("900009")
        sheet.get_by_label("First password").fill("password1234")
        sheet.get_by_role("button", name="Add a person").click()
        expect(sheet.get_by_text(re.compile("^Too easy to guess"))).to_be_visible()
        sheet.get_by_label("First password").fill("seven-quiet-otters")
        sheet.get_by_role("button", name="Add a person").click()
        row = page.get_by_role("row", name=re.compile("^Mei"))
        expect(row).to_contain_text("Staff")

        page.get_by_role("button", name="Change Mei").click()
        sheet.get_by_text("Admin", exact=True).click()
        sheet.get_by_role("button", name="Save", exact=True).click()
        expect(row).to_contain_text("Admin")
        page.get_by_role("button", name="Change Mei").click()
        sheet.get_by_role("button", name="Block").click()
        page.get_by_role("button", name="Yes, block").click()
        expect(row).to_contain_text("Blocked")

    with caller(server.url, "900000") as http:
        for other in http.get("/admin/users", params={"role": "admin", "status": "active"}).json()["items"]:
            if other["student_id"] != "900000":
                change = {"role": "staff", "version": other["version"]}
                http.patch(f"/admin/users/{other['id']}", json=change).raise_for_status()
    with admin(browser, server, "/staff") as page:
        page.get_by_role("button", name="Change Desk admin").click()
        page.get_by_role("button", name="Block").click()
        page.get_by_role("button", name="Yes, block").click()
        expect(page.get_by_role("alert")).to_contain_text("This is the last active admin")


def test_a_roster_is_pasted_loaded_and_pruned(browser: Browser, server: Process) -> None:
    """The preview says what will be taken before it is, the answer what was."""
    with admin(browser, server, "/roster") as page:
        page.get_by_label("Student IDs").fill("300001 300002\n30000\n300001")
        preview = page.get_by_role("region", name="What will be taken")
        expect(preview).to_contain_text("2 IDs")
        expect(preview).to_contain_text("Line 2: 30000")
        page.get_by_role("button", name="Add 2 IDs").click()
        expect(page.get_by_text("2 IDs added, 0 were there already.")).to_be_visible()
        expect(page.get_by_text("Line 2: 30000")).to_be_visible()

        file = {"name": "roster.csv", "mimeType": "text/csv", "buffer": b"student_id,note\n300002,\n300003,Room 2B\n"}
        page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
        page.get_by_role("button", name="Add 2 IDs").click()
        expect(page.get_by_text("1 ID added, 1 was there already.")).to_be_visible()
        row = page.get_by_role("row", name=re.compile("^300003"))
        expect(row).to_contain_text("Room 2B")
        page.get_by_role("button", name="Remove 300003").click()
        page.get_by_role("button", name="Yes, remove").click()
        expect(row).to_have_count(0)


def test_the_guard_tells_who_is_locked_and_lets_them_in(browser: Browser, server: Process) -> None:
    for _ in range(5):
        httpx.post(f"{server.url}/api/v1/auth/login", json={"student_id": "100009", "pin": "0000"})
    with admin(browser, server, "/guard") as page:
        expect(page.get_by_role("definition").first).to_have_text("5")
        locked = page.get_by_role("table", name="Locked accounts")
        expect(locked).to_contain_text("100009")
        locked.get_by_role("button", name=re.compile("^Unlock")).click()
        expect(page.get_by_text("No account is locked.")).to_be_visible()
        page.get_by_text("Always on").click()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Guard mode is on")).to_be_visible()
        page.get_by_text("By itself").click()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Guard mode is off")).to_be_visible()


def test_the_log_is_searched_opened_and_exported(browser: Browser, server: Process, tmp_path: Path) -> None:
    with caller(server.url, "900000") as http:
        http.post("/admin/roster", json={"student_ids": ["310001"]}).raise_for_status()
    with admin(browser, server, "/audit") as page:
        page.get_by_label("Event").fill("roster")
        page.get_by_label("Who").select_option(label="Desk admin")
        page.get_by_role("button", name="Search", exact=True).click()
        line = page.get_by_role("listitem").filter(has_text="roster.changed").first
        expect(line).to_contain_text("Desk admin")
        expect(page.get_by_role("listitem").filter(has_text="user.signed_in")).to_have_count(0)
        line.locator("summary").click()
        expect(line.get_by_text("added", exact=True)).to_be_visible()
        with page.expect_download() as download:
            page.get_by_role("button", name="Download CSV").click()
        lines = text_of(download.value, tmp_path).splitlines()
        assert lines[0].lstrip("\ufeff") == "seq,at,name,role,actor,subject,data"
        assert all(",roster.changed," in line for line in lines[1:])


@pytest.mark.parametrize("language", ["en-GB", "de-DE"])
def test_every_page_fits_a_small_phone(browser: Browser, server: Process, language: str) -> None:
    """Nothing has to be scrolled sideways, and no page is left in the other language."""
    with admin(browser, server, "", size={"width": 320, "height": 640}, locale=language) as page:
        for path in ADMIN:
            page.goto(f"{server.url}/{path}")
            title = page.get_by_role("heading", level=1)
            expect(title).to_be_visible()
            expect(page.get_by_role("status").filter(has=page.locator("[aria-busy=true]"))).to_have_count(0)
            assert page.evaluate("document.querySelector('main').scrollWidth") <= 320, path
            assert (title.inner_text() == "Verwaltung") == (path == "admin" and language == "de-DE")
