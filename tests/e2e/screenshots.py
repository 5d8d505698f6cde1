"""Take the pictures of every page for the docs: `make screenshots`."""

import sys
import tempfile
from pathlib import Path

import httpx
from playwright.sync_api import Browser, sync_playwright

from livefloor.testing.server import process
from tests.e2e.conftest import BROWSER, QUIET
from tests.e2e.pages import ROLES, settled
from tests.e2e.windows import DESKTOP, PHONE, keep_session

ROOT = Path(__file__).parents[2] / "docs" / "images" / "pages"
LOOKS = {
    "public": [("phone", PHONE, "light", "en-GB")],
    "student": [("phone", PHONE, "light", "en-GB"), ("phone-dark", PHONE, "dark", "de-DE")],
    "staff": [("desktop", DESKTOP, "light", "en-GB"), ("phone-dark", PHONE, "dark", "de-DE")],
    "admin": [("desktop", DESKTOP, "light", "en-GB")],
}


def take(browser: Browser, url: str, role: str) -> None:
    """Take all pages of a role, each as it is looked at most."""
    who, pages = ROLES[role]
    for name, size, scheme, language in LOOKS[role]:
        context = browser.new_context(viewport=size, color_scheme=scheme, locale=language, reduced_motion="reduce")  # type: ignore[arg-type]
        if who is not None:
            keep_session(context, url, who)
        page = context.new_page()
        for path in pages:
            page.goto(f"{url}/{path}")
            settled(page)
            place = path.split("?")[0].replace("/", "-") or "room"
            page.screenshot(path=ROOT / f"{role}-{place}-{name}.png")
        context.close()


def main() -> None:
    """Serve the demo data and take the pictures of the roles named, else of all."""
    ROOT.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        process("laundry", "--demo", data=Path(folder), LIVEFLOOR_LIMITS="off") as server,
        sync_playwright() as playwright,
    ):
        for student in ("100001", "100002"):  # so that the outbox has something to show
            httpx.post(f"{server.url}/api/v1/auth/pin/forgot", json={"student_id": student}).raise_for_status()
        browser = playwright.chromium.launch(executable_path=BROWSER, args=QUIET)
        for role in sys.argv[1:] or ROLES:
            take(browser, server.url, role)
        browser.close()


if __name__ == "__main__":
    main()
