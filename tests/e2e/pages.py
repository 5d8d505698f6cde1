"""Every page there is, by who sees it; and what is looked for on each."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

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
    )
)
ROLES = {
    "public": (None, PUBLIC),
    "student": ("100001", STUDENT),
    "staff": ("900001", STAFF),
    "admin": ("900000", ADMIN),
}


def settled(page: Page) -> None:
    """Wait until nothing on the page loads any more."""
    expect(page.get_by_role("heading").first).to_be_attached(timeout=20000)
    page.wait_for_load_state("networkidle")
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
