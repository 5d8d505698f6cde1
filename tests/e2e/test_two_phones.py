"""Two people, two windows: what one does the other sees, without a reload."""

import re

from playwright.sync_api import Browser, expect

from livefloor.testing.server import Process
from tests.e2e.windows import DESKTOP, PHONE, signed_in, tile


def test_a_start_on_one_phone_is_seen_on_another(browser: Browser, server: Process) -> None:
    """A starts washer 3 in three taps on a phone; B's board turns by itself, and turns back when A takes the load out."""
    with (
        signed_in(browser, server.url, "200001", PHONE) as a,
        signed_in(browser, server.url, "200002", DESKTOP) as b,
    ):
        b.evaluate("window.never_reloaded = true")
        tile(a, "Washer 3", "free").click()
        a.get_by_role("button", name=re.compile(r"^Start", re.I)).last.click()
        expect(tile(b, "Washer 3", "running")).to_be_visible()
        expect(tile(a, "Washer 3", "running")).to_be_visible()
        tile(a, "Washer 3").click()
        a.get_by_role("button", name="I've taken it out").click()
        a.get_by_role("button", name="Yes, the machine is empty").click()
        expect(tile(b, "Washer 3", "free")).to_be_visible()
        assert b.evaluate("window.never_reloaded") is True
