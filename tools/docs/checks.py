"""What is held against what: each check takes a page and returns what is wrong, by line."""

import ast
import importlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from livefloor.cli import known_systems, load
from scripts.reference.settings import OUTSIDE
from tools.docs.commands import wrong_in_line
from tools.docs.page import Page

ROOT = Path(__file__).parents[2]
SKIPPED = {".venv", ".tools", "node_modules", "results", "test-results", "data", "dist"}
"""Folders that are made, not kept."""
HOMES = (
    "",
    "src/livefloor",
    "src/livefloor/systems/laundry",
    "web",
    "web/packages",
    "examples/bikeshop",
    "src/livefloor/skeleton",
)
"""Where a path may begin that a page names."""
PATH = re.compile(r"[\w.<>*-]+(/[\w.<>*-]+)+/?|[\w-]+\.(?:py|md|toml|yaml|yml|sh|bat|example)")
SETTING = re.compile(r"\b(?:LIVEFLOOR_[A-Z0-9_]+|[A-Z][A-Z0-9]*_[A-Z0-9_]+)\b(?!…)")
FOREIGN = re.compile(r"OTEL_|SQLITE_|SIG|MAX_|PG[A-Z]")
"""Names in capitals that are others' own."""
Found = Iterator[tuple[int, str]]


def links(page: Page, pages: Mapping[Path, Page]) -> Found:
    """Return links that lead to no file, anchors that no heading has, and tests that their file does not hold."""
    for line, link, words in page.links:
        if re.match(r"[a-z]+:", link):
            continue
        where, _, anchor = unquote(link).partition("#")
        target = (page.path.parent / where).resolve() if where else page.path.resolve()
        if not target.exists():
            yield line, f"{link}: there is no such file"
        elif anchor and target in pages and anchor not in pages[target].anchors:
            yield line, f"{link}: there is no such heading"
        elif words.startswith("test_") and f"def {words}(" not in target.read_text():
            yield line, f"{link}: there is no test {words}"


def commands(page: Page, pages: Mapping[Path, Page]) -> Found:
    """Return what a shell, make or the command would not take."""
    for line, language, text in page.blocks:
        if language == "sh":
            whole = text.replace("\\\n", " ")
            for at, each in enumerate(whole.splitlines()):
                yield from ((line + at + 1, said) for said in wrong_in_line(each))
    for line, word in page.words:
        if re.match(r"(livefloor|coffee|make|\.venv/bin/\w+) \S", word):
            yield from ((line, said) for said in wrong_in_line(word))


def examples(page: Page, pages: Mapping[Path, Page]) -> Found:
    """Return Python that does not compile or imports what is not there, and JSON that is none."""
    for line, language, text in page.blocks:
        if language == "json":
            for at, each in enumerate([text] if _is_json(text) else text.strip().splitlines()):
                if not _is_json(each):
                    yield line + at + 1, f"not JSON: {each}"
        if language == "python":
            try:
                tree = ast.parse(text)
            except SyntaxError as error:
                yield line + (error.lineno or 0), f"not Python: {error.msg}"
            else:
                yield from ((line + at, said) for at, said in _unimportable(tree))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _unimportable(tree: ast.Module) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "livefloor":
            home = importlib.import_module(node.module)
            for name in node.names:
                if not hasattr(home, name.name) and not _is_module(f"{node.module}.{name.name}"):
                    yield node.lineno, f"{node.module} has no {name.name}"


def _is_module(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        return False
    return True


def settings(page: Page, pages: Mapping[Path, Page]) -> Found:
    """Return names of environment variables that no system reads."""
    known, systems = known_settings(), known_systems()
    texts = [*page.words, *((line, text) for line, language, text in page.blocks if language == "sh")]
    for line, text in texts:
        for name in SETTING.findall(text):
            bare = name.removeprefix("LIVEFLOOR_").removesuffix("_FILE")
            for system in systems:
                bare = bare.removeprefix(f"{system.upper()}_")
            if bare and not {bare, name} & known and not FOREIGN.match(name):
                yield line, f"{name}: no system reads this setting"


@cache
def known_settings() -> set[str]:
    """Return the settings of all systems, in capitals, what compose is told, and the `NAME` that stands for any."""
    found = {name.upper() for system in known_systems() for name in load(system).settings.model_fields}
    told = re.findall(r"\$\{([A-Z_]+)", (ROOT / "compose.yaml").read_text())
    return found | OUTSIDE.keys() | {*told, "NAME"}


def paths(page: Page, pages: Mapping[Path, Page]) -> Found:
    """Return paths of this repository that are not there."""
    tops = {each.name for each in ROOT.iterdir()} | {each.name for each in (ROOT / "src/livefloor").iterdir()}
    for line, word in page.words:
        if not PATH.fullmatch(word):
            continue
        if word.split("/")[0] in tops and not SKIPPED & set(word.split("/")) and not _is_there(page, word):
            yield line, f"{word}: there is no such path"


def _is_there(page: Page, word: str) -> bool:
    pattern = re.sub(r"<\w+>|NNNN-\w+|NNNN_\w+", "*", word).rstrip("/")
    homes = [page.path.parent, *(ROOT / home for home in HOMES)]
    return any((home / word).exists() or next(home.glob(pattern), None) is not None for home in homes)


CHECKS: tuple[Callable[[Page, Mapping[Path, Page]], Found], ...] = (links, commands, examples, settings, paths)
