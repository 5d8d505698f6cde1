"""A database read as it is at one moment, in pages, beside a server that goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from livefloor.serve import Runtime

Rows = list[Sequence[Any]]


class Unreadable(Exception):
    """Why a database cannot be read, in the driver's words."""


class Snapshot(Protocol):
    """What a database holds at one moment; statements are SQL that both databases know, `{at}` stands for a time as text."""

    def pages(self, statement: str) -> AsyncIterator[Rows]:
        """Give the rows of a statement, a page at a time."""
        ...


class SqliteSnapshot:
    """The moment of one transaction on a connection of its own."""

    PAGE = 2000

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    async def pages(self, statement: str) -> AsyncIterator[Rows]:
        """Give the rows of a statement, a page at a time."""
        rows = self._db.execute(statement.format(at="at"))
        while page := rows.fetchmany(self.PAGE):
            yield page


class PostgresSnapshot:
    """The moment of one transaction on a connection of its own."""

    PAGE = 5000
    AT = """to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')"""

    def __init__(self, db: Any) -> None:
        self._db = db

    async def pages(self, statement: str) -> AsyncIterator[Rows]:
        """Give the rows of a statement, a page at a time."""
        rows = await self._db.cursor(statement.format(at=self.AT))
        while page := await rows.fetch(self.PAGE):
            yield page


async def first(snapshot: Snapshot, statement: str) -> Sequence[Any] | None:
    """Return the first row of a statement, or None."""
    async for page in snapshot.pages(statement):
        return page[0]
    return None


@asynccontextmanager
async def snapshot_of(runtime: Runtime) -> AsyncIterator[Snapshot]:
    """Give what a system's database holds now. Raises Unreadable."""
    if runtime.settings.is_postgres:
        async with _postgres(runtime.settings.database_url, runtime.system.name) as snapshot:
            yield snapshot
        return
    if not runtime.database.exists():
        raise Unreadable(f"there is no database {runtime.database}")
    try:
        db = sqlite3.connect(runtime.database, isolation_level=None)
    except sqlite3.Error as error:
        raise Unreadable(str(error)) from error
    try:
        # What was forged need not be text; it is found by its digest and must not stop the reading.
        db.text_factory = lambda raw: raw.decode(errors="replace")
        db.execute("PRAGMA query_only=ON")
        db.execute("BEGIN")  # allow(no-commit-outside-work): a snapshot that only reads
        yield SqliteSnapshot(db)
    except sqlite3.Error as error:
        raise Unreadable(str(error)) from error
    finally:
        db.close()


@asynccontextmanager
async def _postgres(url: str, schema: str) -> AsyncIterator[Snapshot]:
    import asyncpg

    try:
        db = await asyncpg.connect(url, timeout=10, server_settings={"search_path": schema})
        try:
            async with db.transaction(isolation="repeatable_read", readonly=True):
                yield PostgresSnapshot(db)
        finally:
            await db.close()
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
        raise Unreadable(str(error) or type(error).__name__) from error
