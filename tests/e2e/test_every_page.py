"""Every page for everybody: nothing in the way of a screen reader or a keyboard, nothing cut, in light and dark."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from livefloor.testing.server import process
from tests.e2e.pages import SITES, barriers, is_too_wide, settled
from tests.e2e.windows import DESKTOP, PHONE, new_window


class Served(NamedTuple):
    """A system in a process of its own, and what its pages show by the names that paths have for it."""

    url: str
    places: dict[str, str]


def served(name: str, folder: Path) -> Iterator[Served]:
    """Give a system with its demo data, and what its pages need."""
    with process(SITES[name].system, "--demo", data=folder, LIVEFLOOR_LIMITS="off") as server:
        yield Served(server.url, SITES[name].furnish(server.url))


@pytest.fixture(scope="module")
def laundry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Give laundry."""
    yield from served("laundry", tmp_path_factory.mktemp("laundry"))


@pytest.fixture(scope="module")
def coffee(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Give coffee."""
    yield from served("coffee", tmp_path_factory.mktemp("coffee"))


LOOKS = (PHONE, "light"), (DESKTOP, "dark")


@pytest.mark.parametrize(("name", "role"), [(name, role) for name, site in SITES.items() for role in site.roles])
def test_nothing_is_in_the_way(browser: Browser, request: pytest.FixtureRequest, name: str, role: str) -> None:
    """Axe finds nothing serious; nothing scrolls sideways in either look, no script fails, the language is told.

    In German, which has the longer words; the stories of the other files are played in English.
    """
    site = SITES[name]
    demo: Served = request.getfixturevalue(name)
    who, pages = site.roles[role]
    context = new_window(browser, locale="de-DE")
    if who is not None:
        site.keep_session(context, demo.url, who)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    for number, path in enumerate(pages):
        # Axe takes seconds: it sees each page in the first look, which is every other one's second.
        looks = LOOKS if number % 2 == 0 else LOOKS[::-1]
        wear(page, *looks[0])
        page.goto(f"{demo.url}/{path.format(**demo.places)}")
        settled(page)
        wrong += [f"/{path}: {one}" for one in barriers(page)]
        for look in looks:
            wear(page, *look)
            if is_too_wide(page):
                wrong.append(f"/{path}: scrolls sideways as {look}")
        if page.locator("html").get_attribute("lang") != "de":
            wrong.append(f"/{path}: does not say its language")
    context.close()
    assert wrong == []


def wear(page: Page, size: ViewportSize, scheme: Literal["light", "dark"]) -> None:
    """Put a page into a look, and wait until it is drawn in it."""
    if page.viewport_size != size:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
