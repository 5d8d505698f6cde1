"""Every page for everybody: nothing in the way of a screen reader or a keyboard, nothing cut, in light and dark."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from livefloor.testing.server import Process, process
from tests.e2e.pages import ROLES, barriers, is_too_wide, settled
from tests.e2e.windows import DESKTOP, PHONE, keep_session


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """Give laundry with its demo data."""
    with process("laundry", "--demo", data=tmp_path_factory.mktemp("demo"), LIVEFLOOR_LIMITS="off") as demo:
        yield demo


@pytest.mark.parametrize(
    ("size", "scheme", "language"),
    [(PHONE, "light", "de-DE"), (DESKTOP, "dark", "en-GB")],
    ids=["phone-light-german", "desktop-dark-english"],
)
@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_in_the_way(
    browser: Browser, demo: Process, role: str, size: dict[str, int], scheme: str, language: str
) -> None:
    """Axe finds nothing serious, nothing scrolls sideways, no script fails, and the page says its language."""
    who, pages = ROLES[role]
    context = browser.new_context(viewport=size, color_scheme=scheme, locale=language)  # type: ignore[arg-type]
    if who is not None:
        keep_session(context, demo.url, who)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    for path in pages:
        page.goto(f"{demo.url}/{path}")
        settled(page)
        wrong += [f"/{path}: {one}" for one in barriers(page)]
        if is_too_wide(page):
            wrong.append(f"/{path}: scrolls sideways")
        if page.locator("html").get_attribute("lang") != language[:2]:
            wrong.append(f"/{path}: does not say its language")
    context.close()
    assert wrong == []
