"""What the first page weighs and when it stands: JavaScript gzipped, and the largest paint on a slow phone.

`uv run python bench/pages.py [--runs N]` serves the laundry with demo data and opens it in Chromium with the processor
four times slower and the line of "Fast 4G" (9 Mbit/s down, 1.5 Mbit/s up, 165 ms), as Lighthouse and DevTools set it.
It also measures how long a tap takes to the other window, kills the server under open pages and measures until each is live again after the server answers.
"""

import argparse
import gzip
import re
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from livefloor.testing.server import free_port, process

PAGES = Path(__file__).parent.parent / "src/livefloor/pages/laundry"
KILOBYTES, PAINT_MS, SEEN_S, BACK_S = 200, 1500, 1.0, 3.0
FAST_4G = {
    "offline": False,
    "latency": 165,
    "downloadThroughput": 9_000_000 / 8 * 0.9,
    "uploadThroughput": 1_500_000 / 8 * 0.9,
}
PAINT = """() => new Promise((done) => new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime))
    .observe({ type: "largest-contentful-paint", buffered: true }))"""


def first_scripts() -> int:
    """Return the gzipped bytes of the scripts that the first page asks for."""
    page = (PAGES / "index.html").read_text()
    names = re.findall(r'(?:src|href)="\./(assets/[^"]+\.js)"', page)
    return sum(len(gzip.compress((PAGES / name).read_bytes(), 9)) for name in names)


def slow(page: Page) -> None:
    """Make the processor and the line of a page those of a slow phone."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", FAST_4G)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})


def paint_ms(browser: Browser, url: str, path: str, state: Any = None) -> float:
    """Return the largest contentful paint of a first visit, in milliseconds."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, storage_state=state)
    page = context.new_page()
    slow(page)
    page.goto(f"{url}{path}", wait_until="networkidle")
    found: float = page.evaluate(PAINT)
    context.close()
    return found


def signed_in(browser: Browser, url: str) -> Any:
    """Return what a browser keeps after a demo student has signed in."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(url)
    page.get_by_label("Student ID").fill("100001")
    page.get_by_label("PIN", exact=True).fill("7305")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name=re.compile("^Washer 3")).first.wait_for()
    state = context.storage_state()
    context.close()
    return state


def back_s(browser: Browser, data: Path, port: int, state: Any, windows: int) -> list[float]:
    """Return for each window the seconds from the server's first answer to its line being live again."""
    pages: list[Page] = []
    with process("laundry", "--demo", data=data, port=port, LIVEFLOOR_LIMITS="off") as server:
        for _ in range(windows):
            pages.append(browser.new_context(storage_state=state).new_page())
            pages[-1].goto(server.url)
            pages[-1].get_by_text("Live", exact=True).wait_for()
        server.kill()
        for page in pages:
            page.get_by_text(re.compile("^Offline")).wait_for()
    with process("laundry", "--demo", data=data, port=port, LIVEFLOOR_LIMITS="off"):
        answered = time.monotonic()
        found = []
        for page in pages:
            page.get_by_text("Live", exact=True).wait_for()
            found.append(time.monotonic() - answered)
        return found


def seen_s(browser: Browser, url: str, state: Any, runs: int) -> float:
    """Return the median seconds from the tap that starts or empties a dryer to the other window's showing it."""
    tapping, looking = (browser.new_context(storage_state=state).new_page() for _ in range(2))
    for page in (tapping, looking):
        page.goto(url)
        page.get_by_text("Live", exact=True).wait_for()
    found = []
    for _ in range(runs):
        for taps, state_then in ((("Start",), "running"), (("I've taken it out", "Yes, the machine is empty"), "free")):
            tapping.get_by_role("button", name=re.compile("^Dryer 4")).first.click()
            for tap in taps:
                tapping.get_by_role("button", name=tap, exact=True).click()
            tapped = time.monotonic()
            looking.get_by_role("button", name=re.compile(f"^Dryer 4, {state_then}")).first.wait_for()
            found.append(time.monotonic() - tapped)
            tapping.get_by_role("dialog").wait_for(state="hidden")
    return statistics.median(found)


def verdict(reached: bool) -> str:
    """Return whether a goal is reached, in words."""
    return "reached" if reached else "**not reached**"


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    port = free_port()  # one for all: what a browser keeps is kept for an address
    folder = Path(tempfile.mkdtemp(prefix="livefloor-pages-"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        with process("laundry", "--demo", data=folder, port=port, LIVEFLOOR_LIMITS="off") as server:
            state = signed_in(browser, server.url)
            entry = statistics.median(paint_ms(browser, server.url, "/sign-in") for _ in range(runs))
            seen = seen_s(browser, server.url, state, runs)
            board = statistics.median(paint_ms(browser, server.url, "/", state) for _ in range(runs))
        back = back_s(browser, folder, port, state, 4)
        browser.close()
    shutil.rmtree(folder)
    size = first_scripts() / 1000
    print(f"First page, Chromium, processor 4 times slower, Fast 4G, medians of {runs} first visits.\n")
    print("| | figure | goal |\n|---|--:|---|")
    print(f"| JavaScript, gzipped | {size:.1f} kB | ≤ {KILOBYTES} kB: {verdict(size <= KILOBYTES)} |")
    print(f"| largest paint, sign-in | {entry:,.0f} ms | ≤ {PAINT_MS:,} ms: {verdict(entry <= PAINT_MS)} |")
    print(f"| largest paint, board | {board:,.0f} ms | ≤ {PAINT_MS:,} ms: {verdict(board <= PAINT_MS)} |")
    print(f"| a tap seen in the other window | {seen:.2f} s | ≤ {SEEN_S:g} s: {verdict(seen <= SEEN_S)} |")
    slowest = max(back)
    print(
        f"| live again after kill and start, slowest of 4 windows | {slowest:.1f} s | ≤ {BACK_S:g} s: {verdict(slowest <= BACK_S)} |"
    )


if __name__ == "__main__":
    main()
