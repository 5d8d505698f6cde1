"""A real server and a real browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from livefloor.testing.server import Process, process
from tests.e2e.windows import register

# How long a page may take on a machine that runs all tests at once; what is seen earlier is taken at once.
expect.set_options(timeout=20_000)

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or ""
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Process]:
    """Give a laundry of its own process, with two students."""
    with process("laundry", data=tmp_path / "laundry", LIVEFLOOR_LIMITS="off") as server:
        for student in ("200001", "200002"):
            register(server.url, student)
        yield server


@pytest.fixture
def playwright() -> Iterator[Playwright]:
    """Give Playwright for one test: it keeps a loop running, which others would stumble over."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Give Chromium as the system has it."""
    browser = playwright.chromium.launch(executable_path=BROWSER, args=QUIET)
    yield browser
    browser.close()
