"""The page of a system's routes, and that of the shapes which they take and give."""

import ast
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from livefloor.declare.event import Event
from livefloor.declare.part import Verb
from livefloor.declare.system import Limit, System
from livefloor.kernel import problems
from livefloor.kernel.problems import Problem
from scripts.reference.reach import Reached, codes_in, reach
from scripts.reference.shapes import Schema, answered, fields, name_of, slug, table, words

SHAPES = "shapes.md"
MADE = "<!-- Made by `make generate` from the declarations; a change here is lost. -->"
HEAD = ("name", "type", "what")
GATES = ("livefloor.http", "livefloor.work", "livefloor.identity.access", "livefloor.realtime.bounds")
"""The modules that every request passes."""


def facts_of(system: System, verb: Verb) -> Reached:
    """Return what a verb refuses and tells, with what the reactions within its transaction tell."""
    put_off = frozenset(timer.func for part in system.parts for timer in part.timers)
    found = reach([verb.func], without=put_off)
    if verb.kind == "query":
        found.facts.clear()
        return found
    waiting = set(found.facts)
    while waiting:
        fact = waiting.pop()
        for each in system.reactions():
            if issubclass(fact, each.events):
                new = reach([each.func], without=put_off).facts - found.facts
                found.facts |= new
                waiting |= new
    return found


def routes_page(system: System, document: Mapping[str, Any]) -> str:
    """Return the page of all routes, by part."""
    operations = {
        (method.upper(), path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    verbs = [verb for verb in system.verbs() if (verb.route.method, verb.route.path) in operations]
    lines = [f"# {system.title}: routes", "", MADE, "", *_opening(system), "## All routes", ""]
    lines += table(
        ("route", "who", "what"),
        [
            (f"[`{_called(verb)}`](#{slug(f'`{_called(verb)}`')})", ", ".join(verb.allow), verb.summary)
            for verb in verbs
        ],
    )
    part = ""
    for verb in verbs:
        if verb.part != part:
            part = verb.part
            lines += [f"## {part}", ""]
        lines += _route(system, verb, operations[verb.route.method, verb.route.path], document["components"]["schemas"])
    return "\n".join(lines).rstrip() + "\n"


def shapes_page(system: System, document: Mapping[str, Any]) -> str:
    """Return the page of all shapes by name."""
    lines = [f"# {system.title}: shapes", "", MADE, ""]
    lines += ["What the [routes](routes.md) take and give. A name with `?` may be left out of what is sent.", ""]
    shapes = document["components"]["schemas"]
    for name in sorted(shapes, key=name_of):
        schema = shapes[name]
        lines += [f"## {name_of(name)}", "", *_described(schema)]
        closed = schema.get("additionalProperties") is False
        lines += table(HEAD, (fields if closed else answered)(schema, ""))
    return "\n".join(lines).rstrip() + "\n"


def _described(schema: Schema) -> list[str]:
    said = str(schema.get("description", "")).strip()
    return [said, ""] if said else []


def _called(verb: Verb) -> str:
    return f"{verb.route.method} {verb.route.path}"


def _opening(system: System) -> list[str]:
    """Say what holds for every route."""
    lines = [
        (
            "A refusal is `application/problem+json` (RFC 9457) with a stable `code`; 422 names the fields in `errors`. Beside those at a "
            "route, every route may answer with those below; `public` ones ask for no sign-in. Refusals and facts are read from the code "
            "that a route reaches: on some road it leads there. [Shapes](shapes.md) has what is taken and given, "
            "[events](events.md) what is told live."
        ),
        "",
        "## For every route",
        "",
    ]
    by_status: dict[int, set[str]] = {}
    for status, code in gate_codes():
        by_status.setdefault(status, set()).add(system.code_of(code))
    titles = {kind.status: kind.title for kind in Problem.__subclasses__()}
    titles |= {kind.status: kind.title for kind in (problems.TooMany, problems.Locked)}
    lines += table(
        ("status", "codes", "says"),
        [
            (str(status), ", ".join(f"`{code}`" for code in sorted(codes)), titles[status])
            for status, codes in sorted(by_status.items())
        ],
    )
    lines += ["## Limits", "", *table(("limit", "how many", "for"), [_limited(limit) for limit in system.limits])]
    return lines


def _limited(limit: Limit) -> tuple[str, str, str]:
    whom = {"account": "each account", "address": "each address", "all": "all together"}[limit.by]
    known = ", unless signed in" if limit.unless_known else ""
    counts = {
        "requests": "every request",
        "writes": "every change",
        "public": "routes without a sign-in that have no limit of their own",
    }
    return (
        f"`{limit.name}`",
        f"{limit.count} in {limit.seconds} s",
        f"{whom}{known}; {counts.get(limit.name, 'routes that name it')}",
    )


@cache
def gate_codes() -> frozenset[tuple[int, str]]:
    """Return the refusals that the platform itself raises on the road of any request."""
    found: set[tuple[int, str]] = set()
    for package in GATES:
        home = import_module(package)
        inner = iter_modules(getattr(home, "__path__", []))
        for module in [home, *(import_module(f"{package}.{each.name}") for each in inner)]:
            names = vars(sys.modules[module.__name__])
            tree = ast.parse(Path(str(module.__file__)).read_text())
            for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
                found.update(codes_in(call, lambda node, names=names: _global(node, names)))
    return frozenset(found)


def _global(node: ast.AST, names: Mapping[str, Any]) -> Any:
    return names.get(node.id) if isinstance(node, ast.Name) else None


def _route(system: System, verb: Verb, operation: Mapping[str, Any], shapes: Mapping[str, Schema]) -> list[str]:
    """Return the section of one route."""
    whole = str(operation["description"]).split("\n\nFor: ")[0]
    lines = [f"### `{_called(verb)}`", "", whole, "", f"For {', '.join(verb.allow)}.{_terms(verb, operation)}", ""]
    lines += table(HEAD, _taken(operation, shapes))
    lines += [f"- {_answer(status, answer)}" for status, answer in operation["responses"].items() if status < "400"]
    found = facts_of(system, verb)
    lines += _refused(system, verb, found)
    told = sorted((fact for fact in found.facts if fact in system.events), key=lambda fact: fact.name)
    if told:
        lines.append(f"- tells {', '.join(_fact(fact) for fact in told)}")
    return [*lines, ""]


def _fact(fact: type[Event]) -> str:
    return f"[`{fact.name}`](events.md#{slug(f'fact `{fact.name}`')})"


def _terms(verb: Verb, operation: Mapping[str, Any]) -> str:
    """Say under which terms a route is called."""
    headers = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "header"}
    said = [f" Limit `{verb.limit}`."] if verb.limit else []
    said += [" Takes an `Idempotency-Key`."] if "Idempotency-Key" in headers else []
    said += [" Over HTTPS alone in production."] if verb.secure else []
    said += [" Only with `TEST_CLOCK`."] if verb.when is not None and verb.part == "debug" else []
    return "".join(said)


def _taken(operation: Mapping[str, Any], shapes: Mapping[str, Schema]) -> Iterator[tuple[str, str, str]]:
    """Return what a route takes, from path, query, headers and body."""
    for each in operation.get("parameters", ()):
        if each["name"] != "Idempotency-Key":
            one = {"properties": {each["name"]: each["schema"]}, "required": [each["name"]] if each["required"] else []}
            for name, kind, said in fields(one, SHAPES):
                yield name, kind, "; ".join(part for part in (f"in the {each['in']}", said) if part)
    content = operation.get("requestBody", {}).get("content", {})
    for media, given in list(content.items())[:1]:
        schema = given["schema"]
        named = shapes[schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in schema else schema
        found = fields(named, SHAPES)
        if not found:
            yield "the body", words(schema, SHAPES), ""
        for name, kind, said in found:
            yield name, kind, said
        others = [each for each in content if each != media]
        if others:
            yield "", "", f"the body also as {', '.join(f'`{each}`' for each in others)}"


def _answer(status: str, answer: Mapping[str, Any]) -> str:
    content = answer.get("content", {})
    given = [
        words(each["schema"], SHAPES) if media == "application/json" and each.get("schema") else f"`{media}`"
        for media, each in content.items()
    ]
    return f"{status}: {' or '.join(given) if given else 'nothing more'}"


def _refused(system: System, verb: Verb, found: Reached) -> list[str]:
    """Return the refusals that are a route's own."""
    by_status: dict[int, set[str]] = {}
    for status, code in found.codes:
        by_status.setdefault(status, set()).add(system.code_of(code))
    for status in verb.refuses:
        by_status.setdefault(status, set())
    return [
        f"- {status}{': ' if codes else ''}{', '.join(f'`{code}`' for code in sorted(codes))}"
        for status, codes in sorted(by_status.items())
    ]
