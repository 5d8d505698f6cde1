"""`livefloor new`: a system of one's own in a new folder; and what is said when its tables have changed."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import livefloor.cli
from livefloor.declare.check import check_system
from livefloor.scaffold import SKELETON
from livefloor.testing.world import World

NAME = "icecream_van"


def run(*words: str) -> Result:
    """Run `livefloor <words>`."""
    return CliRunner().invoke(livefloor.cli.app, list(words))


def forget() -> None:
    """Let the next import read the system anew."""
    importlib.invalidate_caches()
    for name in [name for name in sys.modules if name.partition(".")[0] == NAME]:
        del sys.modules[name]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Stand in an empty folder, and make a system there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    made = run("new", NAME)
    assert made.exit_code == 0, made.output
    monkeypatch.chdir(tmp_path / NAME)
    yield tmp_path / NAME
    forget()


async def test_what_is_made_is_a_system_of_that_name(folder: Path) -> None:
    made = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    kept = {path.relative_to(SKELETON).as_posix() for path in SKELETON.rglob("*") if "__pycache__" not in path.parts}
    assert made == {path.replace("bikeshop", NAME) for path in kept if (SKELETON / path).is_file()}
    assert not [path for path in made if "bikeshop" in (folder / path).read_text().lower()]
    system = livefloor.cli.load(f"{NAME}:system")
    assert (system.name, system.title, check_system(system)) == (NAME, "Icecream van", [])
    async with World(system) as world:
        page = await world.client().get("/")
        assert "<h1>Icecream van</h1>" in page.text
        assert (await world.client().get("/api/tickets")).status_code == 401


@pytest.mark.parametrize(
    ("name", "sentence"),
    {
        "2shop": "'2shop' cannot name a Python package; take a-z, 0-9 and _, and a letter first",
        "Shop": "cannot name a Python package",
        "../shop": "cannot name a Python package",
        "class": "cannot name a Python package",
        "json": "There is a Python module called 'json' already; choose another name, e.g. my_json.",
        "livefloor": "There is a Python module called 'livefloor' already",
        "tests": "There is a Python module called 'tests' already",
        "here": "here is there already; choose another name, or remove it.",
    }.items(),
)
def test_what_cannot_be_made_is_refused(
    name: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").mkdir()
    said = run("new", name)
    assert (said.exit_code, sentence in said.output) == (2, True), said.output
    assert [path.name for path in tmp_path.rglob("*")] == ["here"]


def test_a_column_without_a_migration_is_refused_and_the_migration_is_written(folder: Path) -> None:
    source = folder / NAME / "__init__.py"
    column = "    title: Mapped[str]\n"
    source.write_text(source.read_text().replace(column, f"{column}    flavour: Mapped[str | None]\n", 1))
    cure = f'livefloor revise {NAME}:system "what changes"'
    for word, code in {"serve": 2, "check": 1}.items():
        refused = run(word, f"{NAME}:system")
        assert f"The database has no column tickets.flavour; write the migration: {cure}" in refused.output
        assert refused.exit_code == code
    assert run("revise", f"{NAME}:system", "which flavour").exit_code == 0
    written = folder / NAME / "migrations" / "0002_which_flavour.py"
    assert "batch_op.add_column(sa.Column('flavour', sa.String(), nullable=True))" in written.read_text()
    assert run("check", f"{NAME}:system").exit_code == 0
    again = run("revise", f"{NAME}:system", "which flavour")
    assert "there is nothing to write" in again.output
    assert len(list(written.parent.glob("0*.py"))) == 2
