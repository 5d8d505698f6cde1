"""The room on SQLite, on PostgreSQL, and on PostgreSQL behind two server processes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from livefloor import System
from livefloor.testing.world import World

from tests.conftest import Postgres, Run
from tests.races.twins import Twins
from tests.systems.laundry.conftest import Room

QUICK = {"LIVEFLOOR_LAUNDRY_BCRYPT_ROUNDS": "4"}


@pytest.fixture(params=["sqlite", "postgres", "two-processes"])
def size(request: pytest.FixtureRequest) -> str:
    """Name the size of the running system."""
    named: str = request.param
    return named


@pytest.fixture
def database_url(request: pytest.FixtureRequest, run: Run[Any], system: System, size: str) -> Iterator[str]:
    """Give a fresh database; the two processes share one."""
    if size == "sqlite":
        yield ""
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    name = run(postgres.create(system))
    yield postgres.url(name)
    run(postgres.drop(name))


@pytest.fixture
async def world(system: System, database_url: str, size: str) -> AsyncIterator[World]:
    """Give the running system."""
    kind = Twins if size == "two-processes" else World
    async with kind(system, database_url=database_url, environ=QUICK) as world:
        yield world


@pytest.fixture
async def room(world: World) -> AsyncIterator[Room]:
    """Give the room with twelve machines and nobody in it yet."""
    async with Room(world) as room:
        yield room
