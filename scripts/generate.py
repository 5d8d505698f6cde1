"""Write anew what is generated from the declarations and kept in the repository, so that a changed contract is seen in
review: `make generate`. The tests hold the files against `GENERATED`."""

import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

from typer.testing import CliRunner

import livefloor
from livefloor.cli import app

ROOT = Path(__file__).parent.parent
SYSTEMS = ("laundry", "coffee")


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


def main() -> None:
    """Write the files, then the client's types from them."""
    for path, make in GENERATED.items():
        file, text = ROOT / path, make()
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_text() != text:
            file.write_text(text)
            print(path)
    subprocess.run(["npm", "run", "--silent", "generate"], cwd=ROOT / "web", check=True)


if __name__ == "__main__":
    main()
