"""`livefloor bench`: figures of this machine, and nothing left behind."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from typer.testing import CliRunner

from livefloor import cli
from livefloor.store import migrate
from tests.conftest import Run

SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'livefloor_bench%'"


def test_what_the_machine_carries(
    database_url: str, tmp_path: Path, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the disk and of either database; the folder of the data, and the database, are as they were."""
    monkeypatch.setenv("LIVEFLOOR_DATABASE_URL", database_url)
    words = ["bench", "--seconds", "0.05", "--data", str(tmp_path)]
    done = CliRunner().invoke(cli.app, [*words, "--json"])
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert found.pop("database") == ("PostgreSQL" if database_url else "SQLite")
    assert list(found) == [
        "a flush of the disk",
        "changes, one after another",
        "changes, 32 at once",
        "reads, 32 at once",
    ]
    for pace in found.values():
        assert pace["per_second"] > 0 and 0 <= pace["p50_ms"] <= pace["p99_ms"]
    assert CliRunner().invoke(cli.app, words).stdout.count(" /s ") == 4
    assert list(tmp_path.iterdir()) == []
    if database_url:

        def schemas(connection: Connection) -> int:
            return len(connection.exec_driver_sql(SCHEMAS).all())

        assert run(migrate.on_postgres(database_url, "public", schemas)) == 0


def test_a_database_that_is_away_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a sentence, with status 2."""
    monkeypatch.setenv("LIVEFLOOR_DATABASE_URL", "postgresql://127.0.0.1:1/nowhere")
    done = CliRunner().invoke(cli.app, ["bench", "--seconds", "0.05", "--data", str(tmp_path)])
    assert (done.exit_code, "Traceback" in done.stderr) == (2, False)
    assert done.stderr
    assert list(tmp_path.iterdir()) == []
