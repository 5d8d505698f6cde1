"""What is wrong in a line for a shell: a target that make has not, a word or option that the command has not, a file
that is not there. Nothing is run."""

import re
import shlex
from collections.abc import Collection, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typer

from livefloor.cli import GROUPS, app, known_systems, load

ROOT = Path(__file__).parents[2]
OUTSIDE = {
    "apt-get", "cat", "cd", "cp", "curl", "docker", "echo", "export", "git", "helm", "journalctl", "kubectl", "mkdir", "nginx", "node", "npm",
    "npx", "openssl", "pip", "pytest", "sudo", "systemctl", "useradd", "uv", "chown", "chmod", "install", "rm", "umask", "psql", "crontab", "tar",
    "systemd-run", "systemd-sysusers",
}  # fmt: skip
"""Programs of others, which nothing here knows better."""
INSTALLED = re.compile(r"^(\.venv|/opt/livefloor)/bin/")
"""Where the programs of an environment are, here and on a server."""
ENDS = {"&&", "||", "|", ";", "&"}


def wrong_in_line(line: str) -> Iterator[str]:
    """Return what is wrong in a line, command by command."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="&|;<>")
    lexer.whitespace_split = True
    command: list[str] = []
    try:
        words = [*lexer, ";"]
    except ValueError as error:
        yield f"{line}: no line for a shell ({error})"
        return
    for word in words:
        if word in ENDS:
            yield from _wrong(_plain(command))
            command = []
        else:
            command.append(word)


def _plain(words: list[str]) -> list[str]:
    """Return a command without the variables before it and the files that it is led to."""
    while words and re.fullmatch(r"[A-Za-z_]+=.*", words[0]):
        words = words[1:]
    led = next((at for at, word in enumerate(words) if set(word) <= set("<>&") and word), len(words))
    return words[: led - 1 if led < len(words) and words[led - 1] == "2" else led]


def _wrong(words: list[str]) -> Iterator[str]:
    if not words:
        return
    program, given = INSTALLED.sub("", words[0]), words[1:]
    if program == "sudo":
        yield from _wrong([word for word in given if not word.startswith("-")])
    elif program == "make":
        yield from (
            f"make {word}: there is no such target" for word in given if "=" not in word and word not in _targets()
        )
    elif program == "livefloor":
        yield from _misused(given)
    elif program in _systems() and given:
        words_of = {word.name for word in load(program).words}
        known = given[0] in words_of
        at = 2 if given[0] in GROUPS else 1
        yield from _misused(["do", program, *given] if known else [*given[:at], program, *given[at:]])
    elif program in ("python", "python3"):
        if given[:1] == ["-m"] and not _is_module(given[1]):
            yield f"python -m {given[1]}: there is no such module"
        elif given and given[0].endswith(".py") and not (ROOT / given[0]).exists():
            yield f"{given[0]}: there is no such file"
    elif "/" in program:
        if not (ROOT / program).exists():
            yield f"{program}: there is no such program"
    elif program not in OUTSIDE and not (ROOT / ".venv/bin" / program).exists():
        yield f"{program}: neither a program of this repository nor one of those that a page may take for granted"


@cache
def _systems() -> Collection[str]:
    return frozenset(known_systems())


@cache
def _command() -> Any:
    return typer.main.get_command(app)


@cache
def _targets() -> set[str]:
    return set(re.findall(r"^([a-z][\w-]*):(?!=)", (ROOT / "Makefile").read_text(), re.M))


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _misused(given: list[str]) -> Iterator[str]:
    """Return what the command's own parser refuses, and systems that are not there."""
    command, name, left = _command(), "livefloor", [word for word in given if word not in ("…", "...")]
    while hasattr(command, "commands") and left and not left[0].startswith("-"):
        name = f"{name} {left[0]}"
        if left[0] not in command.commands:
            yield f"{name}: there is no such command"
            return
        command, left = command.commands[left[0]], left[1:]
    if hasattr(command, "commands") or "--help" in left:
        return
    context = command.context_class(command, info_name=name)
    try:
        options, arguments, _ = command.make_parser(context).parse_args(list(left))
    except Exception as error:  # noqa: BLE001 - whatever the parser refuses is what the page says wrong
        yield f"{name}: {error}"
        return
    takes = [each for each in command.params if each.param_type_name == "argument"]
    if len(left) and arguments:
        yield f"{name}: takes no {' '.join(map(str, arguments))}"
    for each in takes:
        value = options.get(each.name)
        for system in value if isinstance(value, list | tuple) else [value]:
            if (
                each.name in ("system", "systems")
                and system
                and system.islower()
                and ":" not in system
                and system not in _systems()
            ):
                yield f"{name}: there is no system {system}"
