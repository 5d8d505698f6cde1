"""A real server and a real browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright

from livefloor.testing.server import Process, process

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or ""
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """Give a laundry of its own process, with two students."""
    data: Path = tmp_path_factory.mktemp("laundry")
    with process("laundry", data=data, LIVEFLOOR_LIMITS="off") as server:
        for student in ("200001", "200002"):
            body = {"student_id": student, "pin": "7305", "phone_number": f"5551{student}"}
            httpx.post(f"{server.url}/api/v1/auth/register", json=body).raise_for_status()
        yield server


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Give Chromium as the system has it, for one test: Playwright keeps a loop running, which others would stumble over."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=QUIET)
        yield browser
        browser.close()
