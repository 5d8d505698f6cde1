"""Every page for everybody: nothing in the way of a screen reader or a keyboard, nothing cut, in light and dark."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser

from livefloor.testing.server import process
from tests.e2e.pages import SITES, barriers, is_too_wide, settled
from tests.e2e.windows import DESKTOP, PHONE


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


@pytest.mark.parametrize(
    ("size", "scheme", "language"),
    [(PHONE, "light", "de-DE"), (DESKTOP, "dark", "en-GB")],
    ids=["phone-light-german", "desktop-dark-english"],
)
@pytest.mark.parametrize(("name", "role"), [(name, role) for name, site in SITES.items() for role in site.roles])
def test_nothing_is_in_the_way(
    browser: Browser,
    request: pytest.FixtureRequest,
    name: str,
    role: str,
    size: dict[str, int],
    scheme: str,
    language: str,
) -> None:
    """Axe finds nothing serious in the look it sees the page in; nothing scrolls sideways, no script fails, the language is told."""
    site = SITES[name]
    demo: Served = request.getfixturevalue(name)
    who, pages = site.roles[role]
    context = browser.new_context(viewport=size, color_scheme=scheme, locale=language)  # type: ignore[arg-type]
    if who is not None:
        site.keep_session(context, demo.url, who)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    for number, path in enumerate(pages):
        page.goto(f"{demo.url}/{path.format(**demo.places)}")
        settled(page, rests=site.rests)
        # Axe takes seconds: it sees each page once, every other one in each look.
        if number % 2 == (scheme == "dark"):
            wrong += [f"/{path}: {one}" for one in barriers(page)]
        if is_too_wide(page):
            wrong.append(f"/{path}: scrolls sideways")
        if page.locator("html").get_attribute("lang") != language[:2]:
            wrong.append(f"/{path}: does not say its language")
    context.close()
    assert wrong == []
