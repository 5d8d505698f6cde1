"""What runs by itself: a job that fails too often is set aside, seen on the page, and taken up again from there."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from livefloor.testing.server import forked, free_port
from tests.e2e.pages import is_too_wide
from tests.e2e.serving import laundry_that_fails
from tests.e2e.windows import DESKTOP, caller, keep_session, new_window, watched

PATIENCE_S = 60
"""For an answer of a server on a busy machine."""


def test_what_was_set_aside_is_seen_and_taken_up_again(browser: Browser, tmp_path: Path) -> None:
    """It is there by itself on a page that was open before; the log says who took it up; nothing is cut at 320 px."""
    port = free_port()
    (tmp_path / "broken").touch()
    with forked(laundry_that_fails, port, tmp_path, data=tmp_path, port=port) as server:
        server.wait_until_ready()
        context = new_window(browser, DESKTOP)
        keep_session(context, server.url, "900000")
        with watched(context) as page, caller(server.url, "900000") as http:
            http.timeout = PATIENCE_S
            page.goto(f"{server.url}/admin/running")
            aside = page.get_by_role("region", name="Set aside")
            expect(aside.get_by_text("Nothing is set aside.")).to_be_visible()
            expect(page.get_by_role("region", name="Live connections by protocol")).to_contain_text("websocket")
            for _ in range(5):
                http.post("/debug/clock", json={"advance_seconds": 60}).raise_for_status()
            letter = aside.get_by_role("article", name="boiler.heat")
            expect(letter).to_contain_text("the boiler is cold")
            page.set_viewport_size({"width": 320, "height": 640})
            assert not is_too_wide(page)
            (tmp_path / "broken").unlink()
            letter.get_by_role("button", name="Try again").click()
            expect(page.get_by_text("boiler.heat is taken up again.")).to_be_visible()
            expect(aside.get_by_text("Nothing is set aside.")).to_be_visible()
            http.post("/debug/clock", json={"advance_seconds": 0}).raise_for_status()
            assert (tmp_path / "hot").exists()
            [told] = http.get("/admin/audit", params={"name": "dead_letter.retried"}).json()["items"]
            assert (told["actor"]["role"], told["data"]["work"]) == ("admin", "boiler.heat")
            page.get_by_role("link", name="Search the log").click()
            expect(page.get_by_role("heading", level=1)).to_have_text("Audit log")
