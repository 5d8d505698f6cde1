"""Write anew what is generated from the declarations and kept in the repository, so that a changed contract is seen in
review: `make generate`. With `--check` nothing is written, and what is not fresh is named: `make static`."""

import subprocess
import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from typer.testing import CliRunner

import livefloor
from livefloor.cli import app
from scripts.reference import reference

ROOT = Path(__file__).parent.parent
SYSTEMS = ("laundry", "coffee")
FOLDERS = ("specs/generated", "docs/reference")
"""Folders in which nothing else may be."""


@cache
def said(*command: str) -> str:
    """Return what `livefloor` prints. Raises RuntimeError when it fails."""
    result = CliRunner().invoke(app, command)
    if result.exit_code:
        raise RuntimeError(
            f"livefloor {' '.join(command)}: {result.output or result.exception!r}"
        ) from result.exception
    return result.stdout


def face() -> str:
    """Return the names of the public face."""
    return "".join(f"{name}\n" for name in livefloor.__all__)


GENERATED: dict[str, Callable[[], str]] = {"tests/contracts/golden/face.txt": face}
"""Each generated file's path below the root, and what makes its text."""
for _name in SYSTEMS:
    GENERATED[f"specs/generated/{_name}.openapi.json"] = partial(said, "openapi", _name)
    GENERATED[f"specs/generated/{_name}.asyncapi.json"] = partial(said, "asyncapi", _name)
    GENERATED[f"specs/generated/{_name}.verbs.txt"] = partial(said, "check", _name, "--table")
    GENERATED[f"web/openapi/{_name}.json"] = partial(said, "openapi", _name)
GENERATED |= reference(SYSTEMS, said)


def stale() -> list[str]:
    """Return the files that are not what the declarations say, or are generated no more."""
    kept = {
        path.relative_to(ROOT).as_posix() for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()
    }
    wrong = [
        path for path, make in GENERATED.items() if not (ROOT / path).is_file() or (ROOT / path).read_text() != make()
    ]
    return wrong + sorted(kept - GENERATED.keys())


def main() -> None:
    """Write the files, then the client's types from them; with `--check` only name those that are stale."""
    if sys.argv[1:] == ["--check"]:
        found = stale()
        print("".join(f"{path}: not what the declarations say; run: make generate\n" for path in found), end="")
        sys.exit(1 if found else 0)
    for path, make in GENERATED.items():
        file, text = ROOT / path, make()
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_text() != text:
            file.write_text(text)
            print(path)
    subprocess.run(["npm", "run", "--silent", "generate"], cwd=ROOT / "web", check=True)


if __name__ == "__main__":
    main()
