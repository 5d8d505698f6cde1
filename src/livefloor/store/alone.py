"""Being alone with a system's database: what replaces or copies all of it must not do so under a running server."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

OTHERS = """SELECT count(*) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = $1 AND pid <> pg_backend_pid()"""


class Served(Exception):
    """A server has the database open."""


def name_of(schema: str) -> str:
    """Return the name under which a system's servers are known to PostgreSQL."""
    return f"livefloor {schema}"


@contextmanager
def alone(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a SQLite file in a transaction that lets nobody else in. Raises Served, and what sqlite3 raises."""
    db = sqlite3.connect(path, isolation_level=None, timeout=1)
    try:
        # Only who is alone may leave the write-ahead log: any server that has the file open stands against it.
        db.execute("PRAGMA journal_mode=DELETE")
        db.execute("BEGIN EXCLUSIVE")  # allow(no-commit-outside-work): nobody may write what would be left behind
        yield db
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise Served(f"{path} is open elsewhere; stop the server first") from error
        raise
    finally:
        db.close()


async def refuse_served(db: Any, schema: str) -> None:
    """Refuse a schema of PostgreSQL that a server has open. Raises Served."""
    if await db.fetchval(OTHERS, name_of(schema)):
        raise Served(f"a server of {schema} is connected to this database; stop all of them first")
