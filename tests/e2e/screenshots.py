"""Take the pictures of every page for the docs: `make screenshots`."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from livefloor.testing.server import process
from tests.e2e.conftest import BROWSER, QUIET
from tests.e2e.pages import SITES, settled
from tests.e2e.windows import DESKTOP, PHONE

ROOT = Path(__file__).parents[2] / "docs" / "images" / "pages"
TABLET = {"width": 1180, "height": 820}
WALL = {"width": 1920, "height": 1080}
LOOKS = {
    "public": [("phone", PHONE, "light", "en-GB")],
    "student": [("phone", PHONE, "light", "en-GB"), ("phone-dark", PHONE, "dark", "de-DE")],
    "staff": [("desktop", DESKTOP, "light", "en-GB"), ("phone-dark", PHONE, "dark", "de-DE")],
    "admin": [("desktop", DESKTOP, "light", "en-GB")],
    "guest": [("phone", PHONE, "light", "en-GB"), ("phone-dark", PHONE, "dark", "de-DE")],
    "barista": [("tablet", TABLET, "light", "en-GB"), ("tablet-dark", TABLET, "dark", "de-DE")],
    "support": [("tablet", TABLET, "light", "en-GB"), ("phone-dark", PHONE, "dark", "de-DE")],
    "organizer": [("desktop", DESKTOP, "light", "en-GB")],
    "board": [("wall", WALL, "dark", "en-GB")],
}


def take(browser: Browser, name: str, url: str, places: dict[str, str], role: str) -> None:
    """Take all pages of a role, each as it is looked at most."""
    site = SITES[name]
    who, pages = site.roles[role]
    for look, size, scheme, language in LOOKS[role]:
        context = browser.new_context(viewport=size, color_scheme=scheme, locale=language, reduced_motion="reduce")  # type: ignore[arg-type]
        if who is not None:
            site.keep_session(context, url, who)
        page = context.new_page()
        for path in pages:
            page.goto(f"{url}/{path.format(**places)}")
            settled(page)
            # A place that is made anew each time is called by what it is.
            place = (
                path.replace("?view=", "-").split("?")[0].replace("/", "-").replace("{", "").replace("}", "") or "room"
            )
            page.screenshot(path=ROOT / f"{role}-{place}-{look}.png")
        context.close()


def main() -> None:
    """Serve the demo data and take the pictures of the roles named, else of all."""
    ROOT.mkdir(parents=True, exist_ok=True)
    wanted = set(sys.argv[1:] or LOOKS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=QUIET)
        for name, site in SITES.items():
            roles = [role for role in site.roles if role in wanted]
            if roles:
                with (
                    tempfile.TemporaryDirectory() as folder,
                    process(site.system, "--demo", data=Path(folder), LIVEFLOOR_LIMITS="off") as server,
                ):
                    places = site.furnish(server.url)
                    for role in roles:
                        take(browser, name, server.url, places, role)
        browser.close()


if __name__ == "__main__":
    main()
