"""Two people, two windows: what one does the other sees, without a reload."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from livefloor.testing.server import Process

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1440, "height": 900}


@contextmanager
def signed_in(browser: Browser, server: Process, student: str, size: dict[str, int]) -> Iterator[Page]:
    """Open a window of its own and sign in through the page."""
    context = browser.new_context(viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(server.url)
    page.get_by_label("Student ID").fill(student)
    page.get_by_label("PIN", exact=True).fill("7305")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("button", name=re.compile(r"^Washer 3"))).to_be_visible(timeout=15000)
    yield page
    assert errors == []
    context.close()


def test_a_start_on_one_phone_is_seen_on_another(browser: Browser, server: Process) -> None:
    """A starts washer 3 in three taps on a phone; B's board turns by itself, and turns back when A takes the load out."""
    with signed_in(browser, server, "200001", PHONE) as a, signed_in(browser, server, "200002", DESKTOP) as b:
        b.evaluate("window.never_reloaded = true")
        a.get_by_role("button", name=re.compile(r"^Washer 3, free", re.I)).click()
        a.get_by_role("button", name=re.compile(r"^Start", re.I)).last.click()
        expect(b.get_by_role("button", name=re.compile(r"^Washer 3, running", re.I))).to_be_visible()
        expect(a.get_by_role("button", name=re.compile(r"^Washer 3, running", re.I)).first).to_be_visible()
        assert b.evaluate("window.never_reloaded") is True
