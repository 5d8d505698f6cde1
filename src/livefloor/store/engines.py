"""SQLite (one writer with group commit, many readers) and PostgreSQL behind one pair of verbs: `read` and `write`.

On SQLite a unit of work runs on the event loop without a hop: its statements take microseconds and never suspend. Only
COMMIT, which waits for the disk, goes to a thread; what arrives meanwhile is the next group.
"""

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from pathlib import Path
from typing import Any, Protocol, TypeVar

import orjson
from sqlalchemy import Dialect

from livefloor.kernel.problems import Stale, Unavailable
from livefloor.store.alone import name_of
from livefloor.store.log import SQLITE_APPEND, SQLITE_RAISE, Entry
from livefloor.store.sql import POSTGRES, SQLITE, Prepared, Statements

T = TypeVar("T")
R = TypeVar("R")


class UniqueViolation(Exception):
    """A unique constraint was broken; `text` is the database's own sentence."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Session(Protocol):
    """One transaction, or one snapshot for reading."""

    statements: Statements
    log: list[Entry]
    woke: bool

    async def fetch(self, prepared: Prepared, parameters: Sequence[Any]) -> list[Any]:
        """Return the rows of a statement."""
        ...

    async def run(self, prepared: Prepared, parameters: Sequence[Any]) -> int:
        """Return the number of rows that a statement changed."""
        ...

    async def run_many(self, prepared: Prepared, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each row of parameters, in one trip to the database."""
        ...

    async def lock(self, name: str) -> None:
        """Wait until no other transaction holds this name."""
        ...


Work = Callable[[Session], Awaitable[T]]


class Store(Protocol):
    """Where a system keeps its rows and its log."""

    dialect: Dialect

    async def open(self) -> None:
        """Connect."""
        ...

    async def close(self) -> None:
        """Let go of all connections."""
        ...

    async def read(self, work: Work[T], *, heavy: bool = False) -> T:
        """Run work on one snapshot; `heavy` work runs beside the event loop."""
        ...

    async def peek(self, work: Work[T]) -> T:
        """Run work of one statement, which needs no snapshot around it."""
        ...

    async def write(self, work: Work[T]) -> T:
        """Run work in one transaction and commit it; when it raises, nothing of it stays."""
        ...

    async def durable(self, seq: int) -> None:
        """Return when the log up to a number is on the disk: what a crash could take back is shown to nobody."""
        ...


class SqliteSession:
    """A transaction or snapshot on one SQLite connection; its coroutines never suspend."""

    __slots__ = ("_db", "log", "statements", "woke")

    def __init__(self, db: sqlite3.Connection, statements: Statements) -> None:
        self._db = db
        self.statements = statements
        self.log: list[Entry] = []
        self.woke = False

    async def fetch(self, prepared: Prepared, parameters: Sequence[Any]) -> list[Any]:
        """Return the rows of a statement."""
        try:
            return self._db.execute(prepared.sql, parameters).fetchall()
        except sqlite3.IntegrityError as error:
            raise _sqlite_violation(error) from error

    async def run(self, prepared: Prepared, parameters: Sequence[Any]) -> int:
        """Return the number of rows that a statement changed."""
        try:
            return self._db.execute(prepared.sql, parameters).rowcount
        except sqlite3.IntegrityError as error:
            raise _sqlite_violation(error) from error

    async def run_many(self, prepared: Prepared, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each row of parameters."""
        try:
            self._db.executemany(prepared.sql, rows)
        except sqlite3.IntegrityError as error:
            raise _sqlite_violation(error) from error

    async def lock(self, name: str) -> None:
        """Do nothing: the one writer is the lock."""

    def append(self) -> None:
        """Give the entries their numbers and put them in."""
        many = len(self.log)
        if not many:
            return
        top: int = self._db.execute(SQLITE_RAISE, (many,)).fetchone()[0]
        for place, entry in enumerate(self.log):
            entry.seq = top - many + 1 + place
            self._db.execute(
                SQLITE_APPEND,
                (
                    entry.seq,
                    entry.id,
                    entry.name,
                    orjson.dumps(entry.channels).decode(),
                    orjson.dumps(entry.actor).decode(),
                    entry.subject,
                    entry.data.decode(),
                    entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
                ),
            )


def _sqlite_violation(error: sqlite3.IntegrityError) -> Exception:
    if error.sqlite_errorcode in (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY):
        return UniqueViolation(str(error))
    return error


class SqliteStore:
    """One file, or memory; WAL, synchronous=FULL."""

    dialect = SQLITE
    SLICE_S = 0.005
    """How long one group may hold the event loop before it is committed."""
    PATIENCE_S = 5.0
    """How long a change waits while another program holds the file."""

    def __init__(self, path: Path, *, on_commit: Callable[[Sequence[Entry], bool], None]) -> None:
        self.path = path
        self._on_commit = on_commit
        self._statements = Statements(SQLITE)
        self._queue: deque[tuple[Work[Any], asyncio.Future[Any]]] = deque()
        self._arrived = asyncio.Event()
        self._readers: list[sqlite3.Connection] = []
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="sqlite-commit")
        self._heavy = ThreadPoolExecutor(2, thread_name_prefix="sqlite-heavy")
        self._task: asyncio.Task[None] | None = None

    def connect(self) -> sqlite3.Connection:
        """Open one connection with the house's settings."""
        db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, cached_statements=512)
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "busy_timeout=5000",
            "foreign_keys=ON",
            "cache_size=-32768",
        ):
            db.execute(f"PRAGMA {pragma}")
        return db

    async def open(self) -> None:
        """Connect and start the writer."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = self.connect()
        self._writer.execute("PRAGMA busy_timeout=0")
        self._task = asyncio.create_task(self._write_groups(), name="sqlite-writer")

    async def close(self) -> None:
        """Finish what was asked for, then close."""
        if self._task is not None:
            await self.write(_nothing)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._disk.shutdown()
        self._heavy.shutdown()
        for reader in self._readers:
            reader.close()
        self._writer.close()

    async def read(self, work: Work[T], *, heavy: bool = False) -> T:
        """Run work on one snapshot."""
        if heavy:
            return await asyncio.get_running_loop().run_in_executor(self._heavy, self._read_aside, work)
        db = self._readers.pop() if self._readers else self.connect()
        try:
            db.execute("BEGIN")
            return await work(SqliteSession(db, self._statements))
        except sqlite3.OperationalError as error:
            raise Unavailable("unavailable", f"The database cannot be read: {error}.") from error
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")
            self._readers.append(db)

    async def peek(self, work: Work[T]) -> T:
        """Run work of one statement."""
        db = self._readers.pop() if self._readers else self.connect()
        try:
            return await work(SqliteSession(db, self._statements))
        finally:
            self._readers.append(db)

    def _read_aside(self, work: Work[T]) -> T:
        db = self.connect()
        try:
            db.execute("BEGIN")
            return drive(work(SqliteSession(db, self._statements)))
        finally:
            db.close()

    async def write(self, work: Work[T]) -> T:
        """Run work in the next group."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.append((work, future))
        self._arrived.set()
        return await future

    async def durable(self, seq: int) -> None:
        """Do nothing: what is committed is on the disk."""

    async def _write_groups(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._queue:
                await self._write_group(loop)

    async def _begin(self, db: sqlite3.Connection) -> bool:
        """Open a transaction; while another program holds the file, wait without holding up the loop."""
        ends = time.monotonic() + self.PATIENCE_S
        while True:
            try:
                db.execute("BEGIN IMMEDIATE")
                return True
            except sqlite3.OperationalError:
                if time.monotonic() > ends:
                    return False
                await asyncio.sleep(0.005)

    async def _write_group(self, loop: asyncio.AbstractEventLoop) -> None:
        db = self._writer
        done: list[tuple[asyncio.Future[Any], Any, SqliteSession]] = []
        refused: list[tuple[asyncio.Future[Any], BaseException]] = []
        if not await self._begin(db):
            _, future = self._queue.popleft()
            _settle(future, error=Unavailable("unavailable", "The database is held by another program."))
            return
        ends = time.perf_counter() + self.SLICE_S
        while self._queue and time.perf_counter() < ends:
            work, future = self._queue.popleft()
            if future.cancelled():
                continue
            session = SqliteSession(db, self._statements)
            db.execute("SAVEPOINT item")
            try:
                result = await work(session)
                session.append()
            except BaseException as error:  # one item's failure is its own: the group and the writer go on
                db.execute("ROLLBACK TO item")
                db.execute("RELEASE item")
                refused.append((future, error))
                if isinstance(error, asyncio.CancelledError):
                    db.execute("ROLLBACK")
                    raise
            else:
                db.execute("RELEASE item")
                done.append((future, result, session))
        try:
            await loop.run_in_executor(self._disk, db.execute, "COMMIT")
        except sqlite3.Error as error:
            if db.in_transaction:
                db.execute("ROLLBACK")
            refused.extend(
                (future, Unavailable("unavailable", f"The change could not be stored: {error}."))
                for future, _, _ in done
            )
            done = []
        log = [entry for _, _, session in done for entry in session.log]
        if log or any(session.woke for _, _, session in done):
            self._on_commit(log, any(session.woke for _, _, session in done))
        for future, result, _ in done:
            _settle(future, result)
        for future, failure in refused:
            _settle(future, error=failure)


async def _as_it_is(connection: Any) -> None:
    """Give a connection back without a round trip: nothing here changes its settings, and the pool rolls back."""


async def _nothing(session: Session) -> None:
    """Change nothing; what was asked for before is done when this is."""


def _settle(future: asyncio.Future[Any], result: Any = None, *, error: BaseException | None = None) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)


def drive(work: Awaitable[T]) -> T:
    """Run a coroutine that never suspends, on the thread at hand."""
    try:
        work.__await__().send(None)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]
    raise RuntimeError("a heavy read must not wait for anything but the database")


class PostgresSession:
    """A transaction or snapshot on one PostgreSQL connection."""

    __slots__ = ("_db", "log", "statements", "woke")

    def __init__(self, db: Any, statements: Statements) -> None:
        self._db = db
        self.statements = statements
        self.log: list[Entry] = []
        self.woke = False

    async def fetch(self, prepared: Prepared, parameters: Sequence[Any]) -> list[Any]:
        """Return the rows of a statement."""
        import asyncpg

        try:
            return await self._db.fetch(prepared.sql, *parameters)  # type: ignore[no-any-return]
        except asyncpg.UniqueViolationError as error:
            raise UniqueViolation(str(error)) from error

    async def run(self, prepared: Prepared, parameters: Sequence[Any]) -> int:
        """Return the number of rows that a statement changed."""
        import asyncpg

        try:
            tag: str = await self._db.execute(prepared.sql, *parameters)
        except asyncpg.UniqueViolationError as error:
            raise UniqueViolation(str(error)) from error
        last = tag.rsplit(" ", 1)[-1]
        return int(last) if last.isdigit() else 0

    async def run_many(self, prepared: Prepared, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each row of parameters, in one trip to the database."""
        import asyncpg

        try:
            await self._db.executemany(prepared.sql, rows)
        except asyncpg.UniqueViolationError as error:
            raise UniqueViolation(str(error)) from error

    async def lock(self, name: str) -> None:
        """Wait for the name, until the end of this transaction."""
        await self._db.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", name)

    def appending(self) -> str:
        """Return the statement that numbers the entries and puts them in; values are quoted as standard SQL text."""
        entries = [
            {
                "id": entry.id,
                "name": entry.name,
                "channels": orjson.dumps(entry.channels).decode(),
                "actor": orjson.dumps(entry.actor).decode(),
                "subject": entry.subject,
                "data": entry.data.decode(),
                "at": entry.at.astimezone(UTC).isoformat(),
            }
            for entry in self.log
        ]
        return "SELECT livefloor_append('" + orjson.dumps(entries).decode().replace("'", "''") + "')"


class PostgresStore:
    """A schema of its own in one database; a pool of connections."""

    dialect = POSTGRES
    TRIES = 4
    CLOSE_S = 10.0

    def __init__(
        self, url: str, schema: str, *, on_commit: Callable[[Sequence[Entry], bool], None], pool: int = 10
    ) -> None:
        self.url = url
        self.schema = schema
        self._size = pool
        self._on_commit = on_commit
        self._statements = Statements(POSTGRES)
        self._pool: Any = None
        self._flushed = 0
        self._flush: asyncio.Future[None] | None = None
        self._reaching: asyncio.Future[None] | None = None
        self._flushing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Open the pool; times out with Unavailable."""
        import asyncpg

        self._pool = await asyncpg.create_pool(
            self.url,
            min_size=2,
            max_size=self._size,
            command_timeout=60,
            timeout=10,
            statement_cache_size=1024,
            reset=_as_it_is,
            server_settings={
                "search_path": self.schema,
                "timezone": "UTC",
                "standard_conforming_strings": "on",
                "application_name": name_of(self.schema),
                "idle_in_transaction_session_timeout": "60000",
            },
        )

    async def close(self) -> None:
        """Close the pool."""
        if self._pool is None:
            return
        try:
            async with asyncio.timeout(self.CLOSE_S):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    async def connection(self) -> Any:
        """Return a connection outside the pool, for LISTEN. Raises Unavailable."""
        import asyncpg

        try:
            return await asyncpg.connect(self.url, timeout=10)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
            raise Unavailable("unavailable", "The database does not answer.") from error

    async def notify(self, channel: str) -> None:
        """Send an empty notification. Raises Unavailable."""

        async def send(db: Any, work: Work[None]) -> None:
            await db.execute("SELECT pg_notify($1, '')", channel)

        await self._attempt(send, _nothing)

    async def read(self, work: Work[T], *, heavy: bool = False) -> T:
        """Run work on one snapshot."""
        return await self._attempt(self._read, work)

    async def peek(self, work: Work[T]) -> T:
        """Run work of one statement."""
        return await self._attempt(self._peek, work)

    async def _peek(self, db: Any, work: Work[T]) -> T:
        return await work(PostgresSession(db, self._statements))

    async def _read(self, db: Any, work: Work[T]) -> T:
        async with db.transaction(isolation="repeatable_read", readonly=True):
            return await work(PostgresSession(db, self._statements))

    async def write(self, work: Work[T]) -> T:
        """Run work in one transaction; deadlocks are tried again."""
        result, session = await self._attempt(self._write, work)
        if session.log:
            await self.durable(session.log[-1].seq)
        if session.log or session.woke:
            self._on_commit(session.log, session.woke)
        return result

    async def durable(self, seq: int) -> None:
        """Wait for the next flush that begins, unless the log is known to be on the disk up to this number.

        A flush brings all to the disk that was committed before it began. Raises Unavailable.
        """
        while seq > self._flushed:
            if self._flush is None:
                self._flush = asyncio.get_running_loop().create_future()
            if self._flushing is None or self._flushing.done():
                self._flushing = asyncio.create_task(self._flush_all(), name="postgres-flush")
            reached = self._flush
            await asyncio.shield(reached)
            self._flushed = max(self._flushed, seq)

    async def _flush_all(self) -> None:
        """Flush for all that wait, and again for those that came meanwhile."""
        while self._flush is not None:
            try:
                await self._attempt(self._flush_on, _nothing)
            except Exception as error:  # noqa: BLE001 - whatever it was, nobody may wait for it for ever
                for waiting in (self._reaching, self._flush):
                    if waiting is not None and not waiting.done():
                        waiting.set_exception(Unavailable("unavailable", f"The log could not be flushed: {error}."))
                self._flush = None

    async def _flush_on(self, db: Any, work: Work[None]) -> None:
        while self._flush is not None:
            waiting, self._flush = self._flush, None
            self._reaching = waiting
            # Any commit that waits for the disk takes with it all that was written before; this one changes nothing.
            await db.execute("SELECT pg_logical_emit_message(true, 'livefloor', '')")
            waiting.set_result(None)

    async def _write(self, db: Any, work: Work[T]) -> tuple[T, PostgresSession]:
        """Run work and commit; the head of the log is let go before the flush, which `durable` shares among many."""
        session = PostgresSession(db, self._statements)
        await db.execute("BEGIN")
        try:
            result = await work(session)
            if session.log:
                await self._append_and_commit(db, session)
            else:
                await db.execute("COMMIT")
        except BaseException:
            if not db.is_closed():
                await asyncio.shield(db.execute("ROLLBACK"))
            raise
        return result, session

    async def _append_and_commit(self, db: Any, session: PostgresSession) -> None:
        """Append and commit in one round trip; the last number comes back as a message on the way."""
        told: list[int] = []

        def hear(_: Any, message: Any) -> None:
            if message.severity_en == "INFO":
                told.append(int(message.message))

        db.add_log_listener(hear)
        try:
            await db.execute(f"SET LOCAL synchronous_commit TO off; {session.appending()}; COMMIT")
        finally:
            db.remove_log_listener(hear)
        (top,) = told
        for place, entry in enumerate(session.log):
            entry.seq = top - len(session.log) + 1 + place

    async def _attempt(self, run: Callable[[Any, Work[T]], Awaitable[R]], work: Work[T]) -> R:
        import asyncpg

        for left in range(self.TRIES - 1, -1, -1):
            try:
                async with self._pool.acquire(timeout=10) as db:
                    return await run(db, work)
            except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError):
                if not left:
                    raise Stale("stale_version", "Too many changed this at the same moment; try again.") from None
            except (
                OSError,
                asyncpg.InterfaceError,
                asyncpg.PostgresConnectionError,
                asyncpg.OperatorInterventionError,
                asyncpg.TooManyConnectionsError,
                TimeoutError,
            ) as error:
                raise Unavailable("unavailable", "The database does not answer.") from error
        raise AssertionError("unreachable")
