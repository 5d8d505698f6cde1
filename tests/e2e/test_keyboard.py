"""A washer started by keyboard alone: all can be reached, and at each step it is seen where one is."""

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from livefloor.testing.server import Process
from tests.e2e.windows import DESKTOP, LOAD_MS, PHONE, PIN, new_window, until, watched

STEPS = 60
"""More than there are stops on any page."""

FOCUS = """() => {
    const at = document.activeElement;
    if (at === null || at === document.body) return "lost";
    if (at.getAttribute("role") === "dialog") return "";  // the frame itself, whose title is read first
    const drawn = (one) => one !== null && getComputedStyle(one).outlineStyle !== "none" && parseFloat(getComputedStyle(one).outlineWidth) >= 2;
    if (!at.matches(":focus-visible") || !(drawn(at) || drawn(at.closest("label")))) return "unseen";
    const { left, top, width, height } = at.getBoundingClientRect();
    const over = document.elementFromPoint(left + width / 2, top + height / 2);
    if (over?.closest("[role=status]")) return "";  // a message that goes by itself
    const isCovered = over === null || !(at.contains(over) || over.contains(at) || at.closest("label")?.contains(over));
    return isCovered ? `covered by ${over?.outerHTML.slice(0, 200)}` : "";
}"""


class Hands:
    """Somebody who has a keyboard only, and looks where they are after each key."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            try:
                # A sheet that closes gives the focus back a moment later.
                until(self.page, f"() => ({FOCUS})() === ''", within_ms=5000)
            except Error as error:
                raise AssertionError(
                    f"the focus is {self.page.evaluate(FOCUS)} after {key}: {self._where()}"
                ) from error

    def types(self, text: str) -> None:
        """Type into what is focused."""
        self.page.keyboard.type(text)

    def goes_to(self, role: str, name: str, key: str = "Tab") -> None:
        """Go on, or back with Shift+Tab, until this is focused."""
        wanted = self.page.get_by_role(role, name=name).first  # type: ignore[arg-type]
        expect(wanted).to_be_visible()
        for _ in range(STEPS):
            if wanted.evaluate("one => one === document.activeElement"):
                return
            self.press(key)
        raise AssertionError(f"{key} does not come to the {role} {name}")

    def _where(self) -> str:
        found: str = self.page.evaluate("document.activeElement?.outerHTML.slice(0, 200)")
        return found


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_washer_is_started_by_keyboard_alone(browser: Browser, server: Process, size: dict[str, int]) -> None:
    """Sign in, open washer 3, choose with the arrows, start, join a list, look at the account and leave it."""
    with watched(new_window(browser, size)) as page:
        page.goto(server.url)
        expect(page.get_by_label("Student ID")).to_be_focused(timeout=LOAD_MS)
        hands = Hands(page)
        hands.types("200001")
        hands.press("Tab")
        hands.types(PIN)
        page.keyboard.press("Enter")
        expect(page.get_by_text("Live", exact=True)).to_be_visible(timeout=LOAD_MS)

        hands.goes_to("button", "Washer 3, free")
        hands.press("Enter")
        sheet = page.get_by_role("dialog", name="Washer 3")
        expect(sheet).to_be_focused()
        hands.press("Escape")
        expect(page.get_by_role("button", name="Washer 3, free")).to_be_focused()
        hands.press("Space")
        hands.goes_to("radio", "Normal")
        hands.press("ArrowDown", "ArrowDown")
        expect(sheet.get_by_role("radio", name="Extra 10 min")).to_be_checked()
        hands.goes_to("button", "Start")
        page.keyboard.press("Enter")
        mine = page.get_by_role("button", name="Washer 3, running, 40 min left, yours")
        expect(sheet).to_have_count(0)
        expect(mine).to_be_focused()
        hands.press("Shift+Tab", "Tab")

        hands.goes_to("button", "Join dryer list")
        page.keyboard.press("Space")
        turn = page.get_by_role("region", name="Your turn")
        expect(turn).to_contain_text("Dryer 1 is kept for you")
        expect(page.get_by_role("region", name="Dryer list")).to_be_focused()
        hands.goes_to("link", "Start Dryer 1", "Shift+Tab")
        hands.press("Enter")
        expect(page.get_by_role("dialog", name="Dryer 1")).to_be_focused()
        hands.goes_to("button", "Start")
        page.keyboard.press("Enter")
        expect(turn).to_have_count(0)
        expect(page.get_by_role("main")).to_be_focused()

        hands.goes_to("button", "Account and appearance", "Shift+Tab")
        hands.press("Enter")
        account = page.get_by_role("dialog")
        expect(account).to_be_focused()
        hands.press("Tab", "Tab", "Escape")
        expect(account).to_have_count(0)
        expect(page.get_by_role("button", name="Account and appearance")).to_be_focused()
