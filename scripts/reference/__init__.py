"""The reference in docs/reference, made from the declarations: routes, shapes and events of each system, settings, commands."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from livefloor.cli import load
from scripts.reference.commands import commands_page
from scripts.reference.events import events_page
from scripts.reference.routes import MADE, routes_page, shapes_page
from scripts.reference.settings import settings_page
from scripts.reference.shapes import table

FOLDER = "docs/reference"


def reference(systems: tuple[str, ...], said: Callable[..., str]) -> dict[str, Callable[[], str]]:
    """Return each page's path and what makes it; `said` returns what the command prints."""

    @cache
    def document(kind: str, name: str) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(said(kind, name))
        return read

    pages: dict[str, Callable[[], str]] = {
        f"{FOLDER}/README.md": lambda: _index(systems),
        f"{FOLDER}/settings.md": lambda: settings_page(map(load, systems)),
        f"{FOLDER}/commands.md": lambda: commands_page(map(load, systems)),
    }
    for name in systems:
        pages |= {
            f"{FOLDER}/{name}/routes.md": lambda name=name: routes_page(load(name), document("openapi", name)),
            f"{FOLDER}/{name}/shapes.md": lambda name=name: shapes_page(load(name), document("openapi", name)),
            f"{FOLDER}/{name}/events.md": lambda name=name: events_page(load(name), document("asyncapi", name)),
        }
    return pages


def _index(systems: tuple[str, ...]) -> str:
    """Return the page that names the others."""
    rows = []
    for system in (load(name) for name in systems):
        counts = f"{len(system.verbs())} routes, {len(system.events)} facts, {len({each.event for each in system.frames})} live events"
        pages = ", ".join(f"[{page}]({system.name}/{page}.md)" for page in ("routes", "shapes", "events"))
        rows.append((f"`{system.name}`", pages, counts))
    rows.append(("all", "[settings](settings.md), [commands](commands.md)", ""))
    lines = ["# Reference", "", MADE, ""]
    lines += [
        (
            "Made from the declarations by `make generate`; `make static` fails when a page is not what they say. For programs: "
            "`livefloor openapi laundry` and `livefloor asyncapi laundry`, kept in `specs/generated/`. How things are used: [guides](../README.md)."
        ),
        "",
        *table(("system", "pages", "holds"), rows),
    ]
    return "\n".join(lines).rstrip() + "\n"
