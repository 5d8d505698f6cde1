"""Two server processes on one PostgreSQL: one runs the timers, both tell everything, each knows of the other's sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from typing import Any

import orjson
import pytest
from sqlalchemy import select
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from livefloor import System
from livefloor.store.timers import JobLease
from livefloor.testing.server import Process, process
from tests.conftest import Postgres
from tests.races.twins import SETTINGS, Pair, Twins, started
from tests.systems.laundry.conftest import Person, Room

PATIENCE_S = 30
"""When to give up waiting on a machine that is busy with other things; what is waited for takes milliseconds."""

LEASE = select(JobLease).where(JobLease.name == "jobs")


@pytest.fixture
def system() -> System:
    """Serve the laundry: the shop is known to the tests only, not to the command."""
    from livefloor.systems.laundry import system

    return system


@pytest.fixture(scope="module")
def pair(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Give two servers of one database."""
    from livefloor.systems.laundry import system

    name = asyncio.run(postgres.create(system))
    with ExitStack() as stack:
        yield started(stack, postgres.url(name), tmp_path_factory.mktemp("pair"))


@pytest.fixture
async def twins(system: System, pair: Pair) -> AsyncIterator[Twins]:
    """Give the room behind both."""
    async with Twins(system, pair) as twins:
        yield twins


@pytest.fixture
async def room(twins: Twins) -> AsyncIterator[Room]:
    """Give the room with nobody in it."""
    async with Room(twins) as room:
        yield room


def token_of(person: Person) -> str:
    """Return the access token of somebody."""
    return str(person.client.headers["Authorization"]).removeprefix("Bearer ")


@asynccontextmanager
async def socket_of(person: Person, server: Process) -> AsyncIterator[ClientConnection]:
    """Connect somebody to one of the servers."""
    async with connect(f"ws://127.0.0.1:{server.port}/api/ws", proxy=None) as socket:
        await socket.send(orjson.dumps({"type": "auth", "token": token_of(person)}).decode())
        assert orjson.loads(await socket.recv())["event"] == "connected"
        yield socket


async def frame(socket: ClientConnection, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Return the next frame that fits."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found: dict[str, Any] = orjson.loads(await socket.recv())
            if fits(found):
                return found


async def test_events_reach_the_sockets_of_the_other_process(twins: Twins, room: Room) -> None:
    """Whichever process a change comes through, the pages of both are told the same."""
    watcher, *students = await room.students(3)
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(socket_of(watcher, server)) for server in twins.servers]
        for number, (student, server) in enumerate(zip(students, twins.servers, strict=True), start=1):
            student.client = await stack.enter_async_context(twins.client_of(server, token_of(student)))
            await student.start(number)
            told = [await frame(socket, lambda one: one["event"] == "machine_update") for socket in sockets]
            assert told[0] == told[1]
            assert (told[0]["data"]["machine_id"], told[0]["data"]["change"]) == (number, "started")


async def test_signing_out_closes_the_sockets_at_the_other_process(twins: Twins, room: Room) -> None:
    """A session that is revoked at one process ends everywhere."""
    student = await room.student()
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(socket_of(student, server)) for server in twins.servers]
        client = await stack.enter_async_context(twins.client_of(twins.servers[0], token_of(student)))
        assert (await client.post("/api/v1/auth/logout")).status_code == 200
        for socket in sockets:
            with pytest.raises(ConnectionClosed) as closed:
                await frame(socket, lambda one: False)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4401


async def test_a_read_never_shows_less_than_the_other_process_has_told(twins: Twins, room: Room) -> None:
    """Stored answers of one process go when the other changes what they hold."""
    watcher, student = await room.students(2)
    async with AsyncExitStack() as stack:
        reader = await stack.enter_async_context(twins.client_of(twins.servers[0], token_of(watcher)))
        socket = await stack.enter_async_context(socket_of(watcher, twins.servers[0]))
        assert (await reader.get("/api/v1/machines/")).status_code == 200
        student.client = await stack.enter_async_context(twins.client_of(twins.servers[1], token_of(student)))
        await student.start(1)
        await frame(socket, lambda one: one["event"] == "machine_update")
        board = (await reader.get("/api/v1/machines/")).json()
        assert board["washers"][0]["status"] == "in_use"


async def test_active_connections_counts_both_processes(twins: Twins, room: Room) -> None:
    """The health of either tells of all sockets."""
    students = await room.students(3)
    async with AsyncExitStack() as stack:
        for student, server in zip(students, (*twins.servers, twins.servers[0]), strict=True):
            await stack.enter_async_context(socket_of(student, server))
        await twins.advance(seconds=15)
        clients = [await stack.enter_async_context(twins.client_of(server)) for server in twins.servers]
        async with asyncio.timeout(PATIENCE_S):
            for client in clients:
                while (await client.get("/api/health")).json()["active_connections"] != 3:
                    await asyncio.sleep(0)


async def test_one_runs_the_timers_and_the_other_takes_over(system: System, postgres: Postgres, tmp_path: Any) -> None:
    """Reminders go out once, from the process with the lease; when that one is killed, from the other 20 s later."""
    name = await postgres.create(system)
    said = {**SETTINGS, "LIVEFLOOR_DRAIN_SECONDS": "0", "LIVEFLOOR_DATABASE_URL": postgres.url(name)}
    with ExitStack() as servers:
        first = servers.enter_context(process("laundry", data=tmp_path / "one", wait=False, **said))
        await asyncio.to_thread(first.wait_until_ready, within_s=120)
        second = servers.enter_context(process("laundry", data=tmp_path / "two", wait=False, **said))
        await asyncio.to_thread(second.wait_until_ready, within_s=120)
        async with Twins(system, Pair(postgres.url(name), (first, second))) as twins, Room(twins) as room:
            early, late = await room.students(2)
            holder = await twins.look(lambda look: look.one(LEASE))
            assert holder is not None
            await early.start(1, category="normal")
            await late.start(2, category="extra_5")
            async with socket_of(early, second) as of_early, socket_of(late, second) as of_late:
                # Five minutes before the end of the first load: nothing but the runner tells its owner.
                await twins.advance(minutes=25, seconds=1)
                await frame(of_early, is_reminder)
                kept = await twins.look(lambda look: look.one(LEASE))
                assert kept is not None
                assert kept.owner == holder.owner
                await twins.advance(minutes=4)
                first.kill()
                # Twenty seconds later by the clock that is left the lease of the dead one is over.
                await twins.advance_one(second, 20)
                async with asyncio.timeout(PATIENCE_S):
                    while kept.owner == holder.owner:
                        kept = await twins.look(lambda look: look.one(LEASE))
                        assert kept is not None
                await twins.advance_one(second, 60)
                await frame(of_late, is_reminder)
            told = [one.event.name for one in await twins.events()]
            assert told.count("machine.ending_soon") == 2
            assert told.count("machine.completed") == 1
    await postgres.drop(name)


def is_reminder(found: dict[str, Any]) -> bool:
    """Tell whether a frame reminds of a load that ends soon."""
    return found["event"] == "notification_received" and found["data"]["notification_type"] == "cycle_ending"
