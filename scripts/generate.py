"""Write anew what is generated from the declarations and kept in the repository, so that a changed contract is seen in
review: `make generate`. The tests hold the files against `made()`."""

import subprocess
from pathlib import Path

from typer.testing import CliRunner

import livefloor
from livefloor.cli import app

ROOT = Path(__file__).parent.parent
SYSTEMS = ("laundry",)


def said(*command: str) -> str:
    """Return what `livefloor` prints. Raises RuntimeError when it fails."""
    result = CliRunner().invoke(app, command)
    if result.exit_code:
        raise RuntimeError(f"livefloor {' '.join(command)}: {result.output or result.exception!r}") from result.exception
    return result.stdout


def made() -> dict[str, str]:
    """Return each generated file's path below the root and what must stand in it."""
    files = {"tests/contracts/golden/face.txt": "".join(f"{name}\n" for name in livefloor.__all__)}
    for name in SYSTEMS:
        openapi = said("openapi", name)
        files[f"specs/generated/{name}.openapi.json"] = openapi
        files[f"specs/generated/{name}.asyncapi.json"] = said("asyncapi", name)
        files[f"specs/generated/{name}.verbs.txt"] = said("check", name, "--table")
        files[f"web/openapi/{name}.json"] = openapi
    return files


def main() -> None:
    """Write the files, then the client's types from them."""
    for path, text in made().items():
        file = ROOT / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_text() != text:
            file.write_text(text)
            print(path)
    subprocess.run(["npm", "run", "--silent", "generate"], cwd=ROOT / "web", check=True)


if __name__ == "__main__":
    main()
