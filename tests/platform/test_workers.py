"""`--workers`: several processes on one port, as one server to whoever is outside."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from livefloor import System
from livefloor.kernel.settings import Settings, kept_secret
from livefloor.testing.server import Process, process
from tests.conftest import Postgres, Redis, Run
from tests.races.twins import SETTINGS, Pair, Twins
from tests.systems.laundry.conftest import Person, Room

PATIENCE_S = 60
"""When to give up waiting on a machine that is busy with other things."""


@pytest.fixture
def system() -> System:
    """Serve the laundry: the shop is known to the tests only, not to the command."""
    from livefloor.systems.laundry import system

    return system


@pytest.fixture(params=["postgres"])
def database_url(run: Run[Any], postgres: Postgres) -> Iterator[str]:
    """Give a database without any tables."""
    name = run(postgres.create())
    yield postgres.url(name)
    run(postgres.drop(name))


@pytest.fixture
def server(database_url: str, redis: Redis, tmp_path: Path) -> Iterator[Process]:
    """Give two processes behind one port."""
    said = {"LIVEFLOOR_DRAIN_SECONDS": "0", "LIVEFLOOR_DATABASE_URL": database_url, "LIVEFLOOR_REDIS_URL": redis.url}
    with process("laundry", "--workers", "2", data=tmp_path, wait=False, **{**SETTINGS, **said}) as server:
        server.wait_until_ready(within_s=120)
        yield server


@pytest.fixture
async def room(system: System, database_url: str, server: Process) -> AsyncIterator[Room]:
    """Give the room behind both."""
    async with Twins(system, Pair(database_url, (server, server))) as twins, Room(twins) as room:
        yield room


def workers_of(server: Process) -> list[int]:
    """Return the process ids of the workers that live."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    return [int(pid) for pid in children.read_text().split()]


async def until(fits: Callable[[], bool]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(PATIENCE_S):
        while not fits():
            await asyncio.sleep(0)


async def socket_of(stack: AsyncExitStack, person: Person, server: Process) -> ClientConnection:
    """Connect somebody."""
    url = f"ws://127.0.0.1:{server.port}/api/ws"
    socket = await stack.enter_async_context(connect(url, proxy=None))
    token = str(person.client.headers["Authorization"]).removeprefix("Bearer ")
    await socket.send(orjson.dumps({"type": "auth", "token": token}).decode())
    async with asyncio.timeout(PATIENCE_S):
        assert orjson.loads(await socket.recv())["event"] == "connected"
    return socket


async def heard(socket: ClientConnection, event: str) -> dict[str, Any]:
    """Return the next frame of a name."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found: dict[str, Any] = orjson.loads(await socket.recv())
            if found["event"] == event:
                return found


async def test_a_killed_worker_is_started_anew(server: Process, room: Room) -> None:
    """While one is dead the other answers; the new one takes its place and hears all; the parent stays the same."""
    watcher, student = await room.students(2)
    before = workers_of(server)
    assert len(before) == 2
    async with AsyncExitStack() as stack:
        for pid in before:
            os.kill(pid, signal.SIGKILL)
            async with httpx.AsyncClient(base_url=server.url, timeout=PATIENCE_S) as client:
                assert (await client.get("/api/health")).status_code == 200
            await until(lambda pid=pid: len(workers_of(server)) == 2 and pid not in workers_of(server))
        sockets = [await socket_of(stack, watcher, server) for _ in range(4)]
        await student.start(1)
        for socket in sockets:
            assert (await heard(socket, "machine_update"))["data"]["machine_id"] == 1
    assert not set(before) & set(workers_of(server))
    assert server.status is None


async def test_an_end_drains_every_worker(server: Process, room: Room) -> None:
    """SIGTERM to the parent says 1001 to the clients of all workers, and leaves none behind."""
    people = await room.students(6)
    workers = workers_of(server)
    async with AsyncExitStack() as stack:
        sockets = [await socket_of(stack, person, server) for person in people]
        assert await asyncio.to_thread(server.terminate) == 0
        for socket in sockets:
            with pytest.raises(ConnectionClosed) as closed:
                await heard(socket, "nothing of the kind")
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1001
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)


async def test_workers_end_with_a_killed_parent(server: Process) -> None:
    """No worker is left on the port when its parent was killed."""
    workers = workers_of(server)
    server.kill()
    await until(lambda: not any(_runs(pid) for pid in workers))


def _runs(pid: int) -> bool:
    """Tell whether a process runs: one that nobody waits for is over too."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_sqlite_is_refused(tmp_path: Path) -> None:
    """Several processes on SQLite are refused before anything starts, with the setting that helps."""
    with process("laundry", "--workers", "2", data=tmp_path, wait=False) as server:
        assert server.wait(PATIENCE_S) == 2
        said = server.log.read_text()
    assert "--workers 2: laundry" in said and "SQLite" in said and "LIVEFLOOR_DATABASE_URL=postgresql://" in said


def test_a_database_that_is_not_there_ends_the_parent(tmp_path: Path) -> None:
    """Workers that cannot even start are not started for ever."""
    away = {"LIVEFLOOR_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}
    with process("laundry", "--workers", "2", data=tmp_path, wait=False, **away) as server:
        assert server.wait(PATIENCE_S) == 3


def test_a_taken_port_is_said(server: Process, database_url: str, tmp_path: Path) -> None:
    """Another start on the same port ends with a sentence."""
    said = {"LIVEFLOOR_DATABASE_URL": database_url}
    again = process("laundry", "--workers", "2", data=tmp_path / "b", port=server.port, wait=False, **said)
    with again as second:
        assert second.wait(PATIENCE_S) == 3
        said_so = second.log.read_text()
        assert "port_not_to_be_had" in said_so and str(server.port) in said_so


async def test_processes_that_start_at_once_have_one_secret(tmp_path: Path) -> None:
    """Of many that make the first secret one wins, and all have it whole."""
    settings = Settings(data=tmp_path)
    made = await asyncio.gather(*(asyncio.to_thread(kept_secret, settings, "key", "KEY", "") for _ in range(32)))
    assert len(set(made)) == 1 and len(made[0]) == 64
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["key"]
    assert (tmp_path / "secrets" / "key").stat().st_mode & 0o777 == 0o600


STUBBORN = """
import os, signal, sys
from pathlib import Path
from livefloor.workers import Workers

folder = Path(sys.argv[1])

def serve():
    before = len(list(folder.iterdir()))
    if before == 2:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    (folder / str(os.getpid())).touch()
    if before < 2:
        raise SystemExit((1, 3)[before])
    while True:
        signal.pause()

raise SystemExit(Workers(1, serve, 0.2).run())
"""
"""A worker whose first start crashes, whose second cannot start, and whose third does not listen to SIGTERM."""


async def test_only_a_first_start_that_fails_is_the_end_and_who_does_not_end_is_killed(tmp_path: Path) -> None:
    """A database that is away while a worker is started anew takes nothing else down; the end comes in any case."""
    with subprocess.Popen([sys.executable, "-c", STUBBORN, tmp_path], env=os.environ) as parent:  # noqa: ASYNC220 - a start waits for nothing
        try:
            await until(lambda: len(list(tmp_path.iterdir())) == 3)
            parent.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(parent.wait, PATIENCE_S) == 0
        finally:
            parent.kill()
    assert not any(_runs(int(path.name)) for path in tmp_path.iterdir())
