"""The start page of several systems, and the outbox that shows what phones would have got."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from livefloor.testing.server import Process, forked, free_port, process
from tests.e2e.serving import laundry_and_shop
from tests.e2e.windows import DESKTOP, PHONE, watched


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """Give laundry, with its demo data, beside the shop."""
    port, folder = free_port(), tmp_path_factory.mktemp("both")
    with forked(laundry_and_shop, port, folder, data=folder, port=port) as both:
        both.wait_until_ready("/laundry/api/health")
        yield both


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Process]:
    """Give laundry alone, with its demo data."""
    with process("laundry", "--demo", data=tmp_path / "laundry") as demo:
        yield demo


def test_the_start_page_leads_to_each_system(browser: Browser, both: Process) -> None:
    """A newcomer copies an id with one tap and comes to the sign-in of the system it is for."""
    context = browser.new_context(viewport=PHONE, permissions=["clipboard-read", "clipboard-write"])  # type: ignore[arg-type]
    with watched(context) as page:
        page.goto(both.url)
        expect(page.get_by_role("heading", level=2)).to_have_text(["Laundry", "Shop"])
        picture = page.get_by_role("article").first.locator("img")
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
        page.get_by_role("button", name="Copy ID 100004").click()
        expect(page.get_by_text("ID copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == "100004"
        for name in ("Try the API", "Read the API", "OpenAPI", "Texts and pushes"):
            address = page.get_by_role("link", name=name).first.evaluate("link => link.href")
            assert httpx.get(address).status_code == 200, name
        page.get_by_role("link", name="Sign in: Student, whose turn it is").click()
        expect(page).to_have_url(f"{both.url}/laundry/sign-in")
        expect(page.get_by_label("Student ID")).to_be_visible()


def test_it_speaks_german_and_fits_a_small_phone(browser: Browser, both: Process) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, locale="de-DE", color_scheme="dark")
    with watched(context) as page:
        page.goto(both.url)
        expect(page.get_by_role("link", name="Laundry öffnen")).to_be_visible()
        assert page.evaluate("document.documentElement.lang") == "de"
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("link", name="Open Laundry")).to_be_visible()


def test_a_code_appears_in_the_outbox_without_a_reload(browser: Browser, demo: Process) -> None:
    """Nothing was sent; then a student asks for a new PIN, and the code is on the phone and can be taken with one tap."""
    context = browser.new_context(viewport=DESKTOP, permissions=["clipboard-read", "clipboard-write"])  # type: ignore[arg-type]
    with watched(context) as page:
        page.goto(f"{demo.url}/outbox")
        expect(page.get_by_role("heading", name="Nothing has been sent yet")).to_be_visible()
        asked = httpx.post(f"{demo.url}/api/v1/auth/pin/forgot", json={"student_id": "100001"})
        assert asked.status_code == 202
        phone = page.get_by_role("region", name="Messages to +601155500000")
        expect(phone).to_be_visible(timeout=15000)
        code = re.search(r"(\d{8}) is your code", phone.inner_text())
        assert code is not None
        phone.get_by_role("button", name=f"Copy code {code[1]}").click()
        expect(page.get_by_text(f"code {code[1]} copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == code[1]


def test_the_outbox_shows_each_recipient_and_says_when_the_server_is_away(browser: Browser, demo: Process) -> None:
    for student in ("100001", "100002"):
        httpx.post(f"{demo.url}/api/v1/auth/pin/forgot", json={"student_id": student}).raise_for_status()
    with watched(browser.new_context(viewport=PHONE, color_scheme="dark")) as page:  # type: ignore[arg-type]
        page.goto(f"{demo.url}/outbox")
        recipients = page.get_by_role("navigation", name="Sent to").get_by_role("button")
        expect(recipients).to_have_count(2, timeout=15000)
        page.get_by_role("button", name=re.compile(r"^\+601155500001")).click()
        expect(page.get_by_role("region", name="Messages to +601155500001")).to_be_visible()
        demo.kill()
        expect(page.get_by_text("The server cannot be reached.")).to_be_visible(timeout=15000)
        expect(page.get_by_role("region", name="Messages to +601155500001")).to_be_visible()
