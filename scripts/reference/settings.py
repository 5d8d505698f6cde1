"""The page of all settings: every environment variable, its default, what it takes and means."""

from collections.abc import Iterable, Mapping
from typing import Any

from livefloor.declare.system import System
from livefloor.kernel.settings import Settings
from scripts.reference.routes import MADE
from scripts.reference.shapes import BOUNDS, table

OUTSIDE = {
    "PORT": "The port, where `--port` does not say it.",
    "DEBUG": "The older name of `ENV`, for a system that is served alone: true is `development`, false `production`.",
    "LIVEFLOOR_API": "Where the pages' development server finds the API (`npm run dev` in `web/`).",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "Where traces go; without it there are none. The other `OTEL_…` variables of the standard count too.",
}
"""What is read from the environment beside the settings of a system."""


def settings_page(systems: Iterable[System]) -> str:
    """Return the page of the settings that every system has, and of those that each adds or changes."""
    lines = ["# Settings", "", MADE, ""]
    lines += [
        (
            "Each is read from `LIVEFLOOR_<SYSTEM>_<NAME>`, then `LIVEFLOOR_<NAME>`, then, for a system served alone, `<NAME>`; each name may "
            "end in `_FILE` and give the file that holds the value. A `.env` file in the folder of the start counts too, and the environment "
            "wins over it. A wrong value stops the start and is named. The [operating guide](../guides/operating.md) says what matters first."
        ),
        "",
        "## Every system",
        "",
    ]
    common = Settings.model_json_schema()["properties"]
    lines += _table(common)
    for system in systems:
        own = system.settings.model_json_schema()["properties"]
        changed = {name: each for name, each in own.items() if common.get(name) != each}
        if changed:
            lines += [f"## {system.title}", "", *_table(changed)]
    lines += ["## Beside the settings", ""]
    lines += table(("name", "what"), [(f"`{name}`", what) for name, what in OUTSIDE.items()])
    return "\n".join(lines).rstrip() + "\n"


def _table(settings: Mapping[str, Any]) -> list[str]:
    return table(
        ("name", "default", "takes", "for example", "what"),
        [
            (
                f"`{name.upper()}`",
                _default(each.get("default")),
                _takes(each),
                f"`{each['examples'][0]}`" if each.get("examples") else "",
                each.get("description", ""),
            )
            for name, each in settings.items()
        ],
    )


def _default(value: Any) -> str:
    return "" if value in ("", None, []) else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _takes(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"] if each)
    kinds = [each for each in (schema, *schema.get("anyOf", ())) if each.get("type") not in (None, "null")]
    kind = kinds[0] if kinds else {}
    plain = {"string": "text", "integer": "whole number", "boolean": "true or false", "array": "words between commas"}
    said = [plain.get(kind.get("type", ""), kind.get("type", "")) if not kind.get("format") else kind["format"]]
    said += [text.format(schema[key]) for key, text in BOUNDS.items() if key in schema]
    return "; ".join(said)
