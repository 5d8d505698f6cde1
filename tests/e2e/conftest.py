"""A real server and a real browser."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from livefloor.testing.server import Process, process
from tests.e2e.windows import register

# How long a page may take on a machine that runs all tests at once; what is seen earlier is taken at once.
expect.set_options(timeout=20_000)

WHOLE = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
"""The browser that people have; only what the shell has not is tested with it."""
BROWSER = shutil.which("chromium-headless-shell") or WHOLE
OFF = (
    # As Playwright has it: the last list is the one that counts.
    "PaintHolding",
    "Translate",
    "OptimizationHints",
    "MediaRouter",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "HttpsUpgrades",
    # These start renderers that nobody asked for, a third of all the processor that the browser took.
    "SpareRendererForSitePerProcess",
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-prefers-reduced-motion",
    f"--disable-features={','.join(OFF)}",
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Process]:
    """Give a laundry of its own process, with two students."""
    with process("laundry", data=tmp_path / "laundry", LIVEFLOOR_LIMITS="off") as server:
        for student in ("200001", "200002"):
            register(server.url, student)
        yield server


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Give Playwright for a file of tests: it keeps a loop running, which others would stumble over."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of the Chromium of this worker, as the system has it; starting one for each test takes longer."""
    config = tmp_path_factory.mktemp("chromium") / "launch.json"
    config.write_text(json.dumps({"executablePath": BROWSER, "args": QUIET, "headless": True}))
    command = [sys.executable, "-m", "playwright", "launch-server", "--browser", "chromium", "--config", config]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        os.killpg(server.pid, signal.SIGTERM)  # the command is but the parent of what serves


@pytest.fixture
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """Give the browser of this worker, with nothing in it of the test before."""
    browser = playwright.chromium.connect(chromium)
    yield browser
    browser.close()
