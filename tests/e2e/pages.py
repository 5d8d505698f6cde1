"""Every page there is, by who sees it; and what is looked for on each."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import coffee, windows

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"

PUBLIC = ("sign-in", "register", "new-pin", "staff", "outbox")
STUDENT = (
    "",
    "m/washer/1",
    "mine",
    "report?type=washer&number=2",
    "activity",
    "notifications",
    "profile",
    "quiet-times",
)
STAFF = ("desk", "faults", "people", "insights", "notifications", "profile")
ADMIN = tuple(
    f"admin{page}"
    for page in (
        "",
        "/machines",
        "/qr",
        "/catalogue",
        "/settings",
        "/staff",
        "/roster",
        "/guard",
        "/audit",
        "/running",
        "/webhooks",
    )
)
COFFEE_GUEST = ("menu/HARBOUR", "o/{ticket}", "g/{group}", "phone-simulator", "login")
COFFEE_BARISTA = (
    "station/1",
    "station/1/stock",
    "station/1/chat",
    "stations",
    "order",
    "shift",
    "schedule",
    "performance",
)
COFFEE_SUPPORT = ("order", "floor", "messages", "chat", "group", "group/{group}")
COFFEE_LEADS = (
    "dashboard",
    "inventory",
    "inventory?view=movements",
    "inventory?view=items",
    "inventory?view=books",
    "schedule",
    "schedule?view=week",
    "performance",
    "users",
)
COFFEE_ADMIN = (
    "events",
    "audit",
    "running",
    "webhooks",
    "settings",
    "settings/event",
    "settings/vip",
    "settings/sms",
    "settings/stations",
    "settings/stations/1",
    "settings/menu",
    "settings/menu/latte",
    "settings/milks",
    "settings/displays",
)
COFFEE_BOARD = ("display", "display/1")


class Site(NamedTuple):
    """A system with its pages, by who sees them: the account, if it takes one, and their paths."""

    system: str
    roles: Mapping[str, tuple[str | None, tuple[str, ...]]]
    keep_session: Callable[[BrowserContext, str, str], None]
    furnish: Callable[[str], dict[str, str]] = lambda _: {}
    """Make what the pages need; return it by the names that paths have for it."""


SITES = {
    "laundry": Site(
        "laundry",
        {
            "public": (None, PUBLIC),
            "student": ("100001", STUDENT),
            "staff": ("900001", STAFF),
            "admin": ("900000", ADMIN),
        },
        windows.keep_session,
        windows.forget_pins,
    ),
    "coffee": Site(
        "coffee",
        {
            "guest": (None, COFFEE_GUEST),
            "barista": ("barista", COFFEE_BARISTA),
            "support": ("support", COFFEE_SUPPORT),
            "organizer": ("organizer", COFFEE_LEADS),
            "admin": ("admin", COFFEE_ADMIN),
            "board": ("display", COFFEE_BOARD),
        },
        coffee.keep_session,
        coffee.furnish,
    ),
}


def settled(page: Page) -> None:
    """Wait until nothing on the page loads any more."""
    expect(page.get_by_role("heading").first).to_be_attached(timeout=20000)
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=20000)
    page.evaluate("document.fonts.ready.then(() => undefined)")
    page.evaluate(
        "Promise.all(document.getAnimations().filter((one) => one.effect.getTiming().iterations !== Infinity).map((one) => one.finished.catch(() => undefined))).then(() => undefined)"
    )


def barriers(page: Page) -> list[str]:
    """Return what axe calls serious or critical, each with its places.

    One rule that axe itself calls experimental is off: it wants all visible text of a control in its name as it stands,
    and a tile of the board shows a running countdown that its name tells in whole minutes.
    """
    page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate(
        """axe.run(document, {
            runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
            rules: { "label-content-name-mismatch": { enabled: false } },
        }).then(({ violations }) => violations)"""
    )
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def is_too_wide(page: Page) -> bool:
    """Tell whether the page scrolls sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
