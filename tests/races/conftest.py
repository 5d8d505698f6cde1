"""The room on SQLite, on PostgreSQL, and on PostgreSQL behind two server processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from livefloor import System
from livefloor.testing.world import World
from tests.conftest import Postgres, Run
from tests.races.twins import Pair, Twins, started
from tests.systems.laundry.conftest import Room

QUICK = {"LIVEFLOOR_LAUNDRY_BCRYPT_ROUNDS": "4"}


@pytest.fixture(params=["sqlite", "postgres", "two-processes"])
def size(request: pytest.FixtureRequest) -> str:
    """Name the size of the running system."""
    named: str = request.param
    return named


@pytest.fixture(scope="session")
def pair(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Give two servers of one database, started once for all tests of this worker."""
    from livefloor.systems.laundry import system

    name = asyncio.run(postgres.create(system))
    with ExitStack() as stack:
        yield started(stack, postgres.url(name), tmp_path_factory.mktemp("pair"))


@pytest.fixture
def database_url(request: pytest.FixtureRequest, run: Run[Any], system: System, size: str) -> Iterator[str]:
    """Give a fresh database; the two processes have one of their own."""
    if size == "two-processes":
        request.getfixturevalue("pair")  # started here, where no loop runs yet
    if size != "postgres":
        yield ""
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    name = run(postgres.create(system))
    yield postgres.url(name)
    run(postgres.drop(name))


@pytest.fixture
async def world(request: pytest.FixtureRequest, system: System, database_url: str, size: str) -> AsyncIterator[World]:
    """Give the running system."""
    if size == "two-processes":
        async with Twins(system, request.getfixturevalue("pair")) as twins:
            yield twins
    else:
        async with World(system, database_url=database_url, environ=QUICK) as world:
            yield world


@pytest.fixture
async def room(world: World) -> AsyncIterator[Room]:
    """Give the room with twelve machines and nobody in it yet."""
    async with Room(world) as room:
        yield room
