"""The page of the command: what each of its words takes, from the parser itself."""

import inspect
from collections.abc import Iterable, Iterator
from typing import Any

import typer

from livefloor.cli import app
from livefloor.declare.system import System
from scripts.reference.routes import MADE
from scripts.reference.shapes import slug, table

VALUES = {"str": "TEXT", "int": "NUMBER", "float": "NUMBER", "Path": "PATH"}


def commands_page(systems: Iterable[System]) -> str:
    """Return the page of all commands with their arguments, options and examples, then the systems' own words."""
    found = list(commands(typer.main.get_command(app), "livefloor"))
    lines = ["# The command `livefloor`", "", MADE, ""]
    lines += [
        "With `--help` each says the same. `coffee serve` is short for `livefloor serve coffee`, and so are the others.",
        "",
    ]
    lines += table(("command", "what"), [(f"[`{name}`](#{slug(f'`{name}`')})", _first(each)) for name, each in found])
    for name, each in found:
        lines += _command(name, each)
    words = [(system, word) for system in systems for word in system.words]
    lines += ["## Words of one system", ""]
    lines += table(
        ("word", "what"),
        [
            (f"`livefloor do {' '.join((system.name, word.name, *(f'<{each}>' for each in word.takes)))}`", word.says)
            for system, word in words
        ],
    )
    return "\n".join(lines).rstrip() + "\n"


def commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Return each command that is no group, by its whole name."""
    if not hasattr(command, "commands"):
        yield name, command
        return
    for word in sorted(command.commands):
        yield from commands(command.commands[word], f"{name} {word}")


def _first(command: Any) -> str:
    return inspect.cleandoc(command.help or "").split("\n\n")[0].replace("\n", " ")


def _command(name: str, command: Any) -> list[str]:
    given = [each for each in command.params if each.param_type_name == "argument"]
    taken = " ".join(each.name.upper() if each.required else f"[{each.name.upper()}]" for each in given)
    lines = [
        f"## `{name}`",
        "",
        _first(command),
        "",
        "```text",
        f"{name} {taken} [OPTIONS]".replace("  ", " "),
        "```",
        "",
    ]
    lines += table(("given", "what"), [_parameter(each) for each in command.params if each.name != "help"])
    for said in inspect.cleandoc(command.help or "").split("\n\n")[1:]:
        lead, _, example = said.partition("For example:")
        lines += [lead.replace("\n", " ").strip(), ""] if lead.strip() else []
        ran = [line.strip() for line in example.strip().splitlines()]
        lines += ["For example:", "", "```sh", *ran, "```", ""] if ran else []
    return lines


def _parameter(each: Any) -> tuple[str, str]:
    if each.param_type_name == "argument":
        return f"`{each.name.upper()}`", each.help or ""
    kind = getattr(each.type_descriptor.annotation, "__name__", "text")
    value = "" if each.is_flag else f" {VALUES.get(kind, kind.upper())}"
    shown = ", ".join(f"`{name}{value}`" for name in (*each.opts, *each.secondary_opts))
    said = each.help or ""
    default = "" if each.default in (None, False, ()) or "[default" in said else f" [default: {each.default}]"
    return shown, f"{said}{default}"
