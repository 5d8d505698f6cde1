"""JSON schemas in words: the type of a value, the table of an object's fields, and an example that fits."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

Schema = Mapping[str, Any]
MOMENT = "2026-03-02T19:00:00Z"
BY_FORMAT = {
    "date-time": MOMENT,
    "date": "2026-03-02",
    "time": "19:00:00",
    "uuid": "0195f5c2-8a00-7000-8000-000000000001",
    "email": "ana@example.org",
    "uri": "https://example.org/",
    "binary": "…",
}
BOUNDS = {
    "minimum": "≥ {}",
    "exclusiveMinimum": "> {}",
    "maximum": "≤ {}",
    "exclusiveMaximum": "< {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} of them",
    "maxItems": "at most {} of them",
    "pattern": "`{}`",
}
HUGE = (20_000_000, 2**63, 2**63 - 1)
"""The longest text that any input takes, and the largest number of a database: no bounds worth a word."""


def name_of(reference: str) -> str:
    """Return what a shape is called: a name that several modules have begins with its module's."""
    name = reference.rsplit("/", 1)[-1]
    return ".".join(name.split("__")[-2:]) if name.startswith("livefloor__") else name


def slug(heading: str) -> str:
    """Return the anchor that GitHub gives to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def words(schema: Schema, shapes: str | None) -> str:
    """Return the type of a value; `shapes` is the page of the shapes that it refers to, None where they have none."""
    if "$ref" in schema:
        name = name_of(schema["$ref"])
        if shapes is None:
            return f"object ({name})"
        return f"[{name}]({shapes}#{slug(name)})"
    for kind in ("anyOf", "oneOf"):
        if kind in schema:
            return " or ".join(dict.fromkeys(words(each, shapes) for each in schema[kind]))
    if "allOf" in schema:
        return " and ".join(words(each, shapes) for each in schema["allOf"])
    if "const" in schema:
        return code(schema["const"])
    if "enum" in schema:
        return ", ".join(code(each) for each in schema["enum"])
    kind = schema.get("type", "anything")
    if kind == "array":
        if "prefixItems" in schema:
            return "list of " + ", ".join(words(each, shapes) for each in schema["prefixItems"])
        return f"list of {words(schema.get('items', {}), shapes)}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"object of {words(schema['additionalProperties'], shapes)}"
    return {"string": "text", "boolean": "true or false", "integer": "whole number"}.get(kind, kind) + _format(schema)


def _format(schema: Schema) -> str:
    given = schema.get("format")
    return f" ({given})" if given else ""


def code(value: Any) -> str:
    """Return a JSON value between backticks."""
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def _remarks(schema: Schema) -> str:
    """Return what else is said of a value: its meaning, its bounds, what it is when it is left out."""
    found = [schema["description"]] if schema.get("description") else []
    for each in (schema, *schema.get("anyOf", ()), schema.get("items", {})):
        found += [text.format(each[key]) for key, text in BOUNDS.items() if key in each and each[key] not in HUGE]
    if schema.get("default") is not None:
        found.append(f"{code(schema['default'])} unless given")
    return "; ".join(dict.fromkeys(found))


def cell(text: str) -> str:
    """Return a text that a cell of a table can hold."""
    return text.replace("\n", " ").replace("|", "\\|").strip()


def row(*cells: str) -> str:
    """Return one line of a table."""
    return f"| {' | '.join(cell(each) for each in cells)} |"


def table(head: Iterable[str], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Return the lines of a table, or none when it has no rows."""
    found = [row(*each) for each in rows]
    titles = list(head)
    return [row(*titles), f"|{'---|' * len(titles)}", *found, ""] if found else []


def fields(schema: Schema, shapes: str | None) -> list[tuple[str, str, str]]:
    """Return name, type and remarks of an object's fields; a name with `?` may be left out."""
    required = set(schema.get("required", ()))
    return [
        (f"`{name}`" + ("" if name in required else " ?"), words(each, shapes), _remarks(each))
        for name, each in schema.get("properties", {}).items()
    ]


def answered(schema: Schema, shapes: str | None) -> list[tuple[str, str, str]]:
    """Return the fields of what goes out: a default there says nothing, since all fields are always given."""
    plain = {
        name: {key: value for key, value in each.items() if key != "default"}
        for name, each in schema.get("properties", {}).items()
    }
    return [
        (name.removesuffix(" ?"), kind, said) for name, kind, said in fields({**schema, "properties": plain}, shapes)
    ]


def example(schema: Schema, shapes: Mapping[str, Schema], name: str = "", depth: int = 0) -> Any:
    """Return a value that fits a schema, the same each time; `shapes` are those that it may refer to."""
    if "$ref" in schema:
        return example(shapes[schema["$ref"].rsplit("/", 1)[-1]], shapes, name, depth)
    for key in ("const", "default"):
        if schema.get(key) is not None:
            return schema[key]
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return example(schema[key][0], shapes, name, depth)
    kind = schema.get("type")
    if "allOf" in schema or kind == "object":
        return _object(schema, shapes, depth)
    if kind == "array":
        several = schema.get("prefixItems") or [schema.get("items", {})]
        return [example(each, shapes, name.removesuffix("s"), depth + 1) for each in several] if depth < 4 else []
    return _plain(schema, name)


def _object(schema: Schema, shapes: Mapping[str, Schema], depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in schema.get("allOf", ()):
        found |= example(each, shapes, "", depth)
    for key, value in schema.get("properties", {}).items():
        found[key] = example(value, shapes, key, depth + 1)
    return found


def _plain(schema: Schema, name: str) -> Any:
    kind = schema.get("type")
    if kind == "integer":
        return max(schema.get("minimum", 1), schema.get("exclusiveMinimum", -1) + 1, min(3, schema.get("maximum", 3)))
    if kind == "number":
        return max(float(schema.get("minimum", 1)), 1.5 if schema.get("maximum", 2) >= 1.5 else 0.5)
    if kind == "boolean":
        return True
    if kind == "string":
        text = BY_FORMAT.get(schema.get("format", ""), name or "text")
        return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength", 200)]
    return None


def printed(value: Any) -> list[str]:
    """Return a JSON value as a block of code."""
    return ["```json", json.dumps(value, ensure_ascii=False, indent=1), "```", ""]
