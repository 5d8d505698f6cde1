"""Browsers that keep nothing, and two people at one of them."""

import re

import pytest
from playwright.sync_api import Browser, Route, expect

from livefloor.testing.server import Process
from tests.e2e.line import line
from tests.e2e.windows import PHONE, caller, sign_in, tile

REFUSED = "Object.defineProperty(window, 'indexedDB', {get() { throw new DOMException('No.', 'SecurityError'); }})"
STUCK = "IDBFactory.prototype.open = () => Object.create(IDBOpenDBRequest.prototype, {addEventListener: {value() {}}, removeEventListener: {value() {}}})"


@pytest.mark.parametrize("storage", [REFUSED, STUCK], ids=["refused", "stuck"])
def test_a_browser_that_keeps_nothing_still_works_and_says_what_it_cannot(
    browser: Browser, server: Process, storage: str
) -> None:
    """A start goes through online; without a network the person is told that it is not kept."""
    with line(server.port) as cable, browser.new_context(viewport=PHONE) as context:  # type: ignore[arg-type]
        context.add_init_script(storage)
        page = context.new_page()
        sign_in(page, cable.url, "200001")
        tile(page, "Washer 2").click()
        page.get_by_role("button", name="Start", exact=True).click()
        expect(tile(page, "Washer 2", "running")).to_be_visible()
        cable.cut()
        expect(page.get_by_text(re.compile("^Offline, as of"))).to_be_visible()
        tile(page, "Washer 3").click()
        page.get_by_role("button", name="Start", exact=True).click()
        expect(page.get_by_role("alert").get_by_text(re.compile("this browser does not keep"))).to_be_visible()


def test_an_act_is_not_done_in_the_name_of_whoever_signed_in_meanwhile(browser: Browser, server: Process) -> None:
    """A start that found no answer before another person signed in, in another tab, is neither theirs nor queued."""
    with browser.new_context(viewport=PHONE) as context:  # type: ignore[arg-type]
        page, other = context.new_page(), context.new_page()
        sign_in(page, server.url, "200001")
        held: list[Route] = []
        page.route("**/machines/start", lambda route: held.append(route))
        tile(page, "Washer 3").click()
        with page.expect_request("**/machines/start"):
            page.get_by_role("button", name="Start", exact=True).click()
        other.goto(server.url)
        other.get_by_role("button", name="Account and appearance").click()
        other.get_by_role("button", name="Sign out").click()
        sign_in(other, server.url, "200002")
        expect(page.get_by_text("Live", exact=True)).to_be_visible()
        for route in held:
            route.abort()
        page.unroute("**/machines/start")
        expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled()
        page.get_by_role("button", name="Close").click()
        expect(tile(page, "Washer 3", "free")).to_be_visible()
        expect(page.get_by_role("button", name=re.compile("^Take back"))).to_have_count(0)
        assert caller(server.url, "200002").get("/cycles/").json()["items"] == []
