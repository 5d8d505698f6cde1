"""What the drivers raise when a database cannot be reached, read or written, and how that is said."""

import sqlite3

from sqlalchemy.exc import DBAPIError


def errors() -> tuple[type[Exception], ...]:
    """Return what is raised; the driver of PostgreSQL is loaded only for this."""
    import asyncpg

    return (OSError, TimeoutError, sqlite3.Error, DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError)


def sentence(system: str, error: BaseException) -> str:
    """Return what a person is told of such an error."""
    said = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
    return f"{system}: the database cannot be used: {said.rstrip('.')}. livefloor doctor says more."
