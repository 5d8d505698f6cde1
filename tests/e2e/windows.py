"""Windows of people: one browser context each, signed in through the page."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, Download, Page, ViewportSize, expect

PHONE: ViewportSize = {"width": 360, "height": 740}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PIN = "7305"
PASSWORD = "rinse-and-spin-42"
LOAD_MS = 20_000
"""For a first load of pages and board on a busy machine,"""
PATIENCE_S = 30
"""and for an answer of its server."""


def register(url: str, student: str) -> dict[str, Any]:
    """Make a student's account through the API; return the answer."""
    body = {"student_id": student, "pin": PIN, "phone_number": f"5551{student}"}
    answer = httpx.post(f"{url}/api/v1/auth/register", json=body, timeout=PATIENCE_S)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def session(url: str, who: str) -> dict[str, Any]:
    """Sign a student, or one of the demo's staff, in through the API; return the answer."""
    is_staff = who.startswith("9")
    said = {"staff_id": who, "password": PASSWORD} if is_staff else {"student_id": who, "pin": PIN}
    answer = httpx.post(f"{url}/api/v1/auth/{'staff/' if is_staff else ''}login", json=said, timeout=PATIENCE_S)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def caller(url: str, who: str) -> httpx.Client:
    """Return a client that acts for somebody."""
    token = session(url, who)["access_token"]
    # A connection for each request: nobody has to close what a test leaves behind.
    once = httpx.Limits(max_keepalive_connections=0)
    return httpx.Client(
        base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {token}"}, limits=once, timeout=PATIENCE_S
    )


def forget_pins(url: str) -> dict[str, str]:
    """Let two students forget their PIN, so that the outbox has something to show."""
    for student in ("100001", "100002"):
        httpx.post(f"{url}/api/v1/auth/pin/forgot", json={"student_id": student}, timeout=PATIENCE_S).raise_for_status()
    return {}


def keep_session(context: BrowserContext, url: str, who: str) -> None:
    """Put somebody's session into a browser, once: a page that ends it finds it gone."""
    kept = json.dumps(json.dumps(session(url, who)))
    context.add_init_script(f"sessionStorage.been ??= localStorage.setItem('livefloor-laundry /', {kept}) ?? 1")


def sign_in(page: Page, url: str, student: str) -> None:
    """Sign a student in through the page, and wait until the board is live."""
    page.goto(url)
    page.get_by_label("Student ID").fill(student)
    page.get_by_label("PIN", exact=True).fill(PIN)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(tile(page, "Washer 3")).to_be_visible(timeout=15000)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()


def tile(page: Page, machine: str, state: str = "") -> Any:
    """Return the tile of a machine on the board, or only in this state."""
    return page.get_by_role("button", name=re.compile(rf"^{machine}\b.*{state}", re.I)).first


def text_of(download: Download, folder: Path) -> str:
    """Return the text of a file that a page has given out."""
    path = folder / download.suggested_filename
    download.save_as(path)
    return path.read_text()


def until(page: Page, condition: str, within_ms: int = LOAD_MS) -> None:
    """Wait until a function holds in the page, whose security policy forbids Playwright's own way. Raises Error."""
    page.evaluate(
        f"""() => new Promise((done, fail) => {{
            const ends = performance.now() + {within_ms};
            const look = async () => {{
                if (await ({condition})()) done();
                else if (performance.now() > ends) fail(new Error("it never held"));
                else requestAnimationFrame(() => look().catch(fail));
            }};
            look().catch(fail);
        }})"""
    )


def new_window(browser: Browser, size: ViewportSize | None = None, **options: Any) -> BrowserContext:
    """Open a window of its own. Its pages go without their service worker unless `service_workers="allow"`: to fetch all files
    ahead of their use takes a quarter of the processor."""
    return browser.new_context(viewport=size, **{"service_workers": "block"} | options)


@contextmanager
def watched(context: BrowserContext) -> Iterator[Page]:
    """Give a page of a context; an error in its script fails the test."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []
    context.close()


@contextmanager
def signed_in(browser: Browser, url: str, student: str, size: dict[str, int], **options: Any) -> Iterator[Page]:
    """Open a window of its own and sign in."""
    context = new_window(browser, size, **options)
    with watched(context) as page:
        sign_in(page, url, student)
        yield page


@contextmanager
def entered(
    browser: Browser, url: str, who: str, size: dict[str, int], path: str = "", **options: Any
) -> Iterator[Page]:
    """Open a page in a window of its own with the session in it; wait until it is live."""
    context = new_window(browser, size, **options)
    keep_session(context, url, who)
    with watched(context) as page:
        page.goto(f"{url}/{path}")
        expect(page.get_by_text("Live", exact=True)).to_be_visible(timeout=LOAD_MS)
        yield page


@contextmanager
def never_reloaded(*pages: Page) -> Iterator[None]:
    """Fail when one of the pages is loaded anew in the block."""
    for page in pages:
        page.evaluate("window.neverReloaded = true")
    yield
    assert all(page.evaluate("window.neverReloaded") for page in pages)
