"""The import contracts bite: each is broken on purpose in a copy of the source, and must say so by name."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LAYERS = "The platform is layered"
SYSTEMS = "The systems do not know each other"
SERVERS = "A system never sees the servers"
INSIDE = "Inside is reached through the face, the parts, or the kernel"
RULES = "Rules are plain Python"
DECLARATIONS = "Declarations know no web and no database"
WEB = "The web's libraries have their home in http"
DRIVERS = "The databases' drivers have their home in store"

PLANTED = [
    ("kernel.clock", "livefloor.declare.part", LAYERS),
    ("store.log", "livefloor.work.ctx", LAYERS),
    ("store.engines", "livefloor.ports.sms", LAYERS),
    ("http.app", "livefloor.realtime.hub", LAYERS),
    ("parts.notifications", "livefloor.serve", LAYERS),
    ("serve", "livefloor.cli", LAYERS),
    ("systems.laundry.machines", "livefloor.systems.neighbour", SYSTEMS),
    ("systems.laundry.machines", "livefloor.serve", SERVERS),
    ("systems.laundry.models", "starlette", SERVERS),
    ("systems.laundry.machines", "livefloor.store.engines", INSIDE),
    ("systems.laundry.models", "livefloor.work.execute", INSIDE),
    ("systems.laundry.rules", "sqlalchemy", RULES),
    ("declare.part", "sqlalchemy", DECLARATIONS),
    ("identity.access", "starlette", WEB),
    ("realtime.hub", "asyncpg", DRIVERS),
]
"""A module, what is planted into it, and the contract that must speak."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what import-linter says of a copy of the source with all of it planted."""
    folder = tmp_path_factory.mktemp("planted")
    skipped = shutil.ignore_patterns("pages", "__pycache__", "*.db")
    source = shutil.copytree(ROOT / "src" / "livefloor", folder / "livefloor", ignore=skipped)
    (source / "systems" / "neighbour").mkdir()
    (source / "systems" / "neighbour" / "__init__.py").touch()
    (source / "homeless.py").touch()
    for module, imported, _ in PLANTED:
        path = source / (module.replace(".", "/") + ".py")
        path = path if path.exists() or "." in module else source / module / "__init__.py"
        with path.open("a") as file:
            file.write(f"\nimport {imported}\n")
    script = Path(sys.executable).parent / "lint-imports"
    told = subprocess.run(
        [script, "--config", ROOT / "pyproject.toml", "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1, told.stdout + told.stderr
    return told.stdout


@pytest.mark.parametrize(("module", "imported", "contract"), PLANTED)
def test_a_planted_import_is_caught(report: str, module: str, imported: str, contract: str) -> None:
    assert f"livefloor.{module} -> {imported} " in section(report, contract)


def test_a_module_without_a_place_is_caught(report: str) -> None:
    assert "homeless" in section(report, LAYERS)


def section(report: str, contract: str) -> str:
    """Return what a report says of one broken contract."""
    found = re.search(rf"^{re.escape(contract)}\n-+\n(.*?)(?=^[^\n]+\n-{{3,}}\n|\Z)", report, re.MULTILINE | re.DOTALL)
    assert found is not None, f"{contract}: kept\n{report}"
    return re.sub(r"\s+", " ", found[1])
