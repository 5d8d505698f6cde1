"""The command `move`: all of a system's data from SQLite to PostgreSQL, with nobody serving it meanwhile."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from sqlalchemy import Boolean, Column, Date, Table

from livefloor.kernel.settings import SettingError
from livefloor.operate.progress import counted
from livefloor.operate.systems import AsJson, Data, SystemName, runtimes_of
from livefloor.operate.walk import LAST_SEAL
from livefloor.store import migrate, moved
from livefloor.store.alone import Served, alone
from livefloor.store.models import PlatformTables, UtcTime
from livefloor.store.sequences import go_on

if TYPE_CHECKING:
    from livefloor.serve import Runtime

Record = tuple[Any, ...]
PAGE = 5000


class CannotMove(Exception):
    """Why a database was not moved; nothing of it has changed."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved: how many rows of each table, and the end of the log's chain."""

    system: str
    to: str
    tables: dict[str, int]
    head: str


@dataclass(slots=True)
class Sum:
    """The rows of one table, whatever their order: how many, and the sum of their digests."""

    rows: int = 0
    digests: int = 0

    def add(self, record: Record) -> None:
        """Take one more row in."""
        self.rows += 1
        found = hashlib.blake2b(repr(record).encode(), digest_size=16).digest()
        self.digests = (self.digests + int.from_bytes(found)) % 2**128


def shown(url: str) -> str:
    """Return an address without its password."""
    return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:…@", url)


def tables_of(runtime: Runtime) -> list[Table]:
    """Return all tables of a system, each after those that its foreign keys name."""
    return [*PlatformTables.metadata.sorted_tables, *runtime.system.tables.metadata.sorted_tables]


def reader_of(column: Column[Any]) -> Callable[[Any], Any] | None:
    """Return what makes of a value that SQLite keeps the one that PostgreSQL takes."""
    if isinstance(column.type, UtcTime):
        return datetime.fromisoformat
    if isinstance(column.type, Date):
        return date.fromisoformat
    return bool if isinstance(column.type, Boolean) else None


def names_of(table: Table) -> list[str]:
    """Return the names of a table's columns, in order."""
    return [column.name for column in table.columns]


def _records(db: sqlite3.Connection, table: Table) -> Iterator[Record]:
    """Give the rows of a table as PostgreSQL takes them."""
    readers = [(place, read) for place, column in enumerate(table.columns) if (read := reader_of(column)) is not None]
    quoted = ", ".join(f'"{name}"' for name in names_of(table))
    rows = db.execute(f'SELECT {quoted} FROM "{table.name}"')  # noqa: S608 - the names are our own
    while page := rows.fetchmany(PAGE):
        for row in page:
            values = list(row)
            for place, read in readers:
                if values[place] is not None:
                    values[place] = read(values[place])
            yield tuple(values)


async def move(source: Runtime, url: str, at: datetime, progress: Callable[[int], None] = lambda rows: None) -> Moved:
    """Copy all of a system's data into an empty PostgreSQL, compare, and mark the source. Raises CannotMove."""
    if not source.database.exists():
        raise CannotMove(f"there is no database {source.database}")
    migrate.on_sqlite(source.database, lambda connection: _check_source(connection, source))
    tables, schema = tables_of(source), source.system.name
    try:
        with alone(source.database) as db:
            await _prepare(url, source, tables)
            report = await _copy(db, url, schema, tables, progress)
            moved.mark(db, shown(url), at)
            db.execute("COMMIT")  # allow(no-commit-outside-work): the source is not served, and from now on never
    except Served as error:
        raise CannotMove(str(error)) from error
    return report


def _check_source(connection: Any, source: Runtime) -> None:
    moved.refuse_moved(source.database)
    for chain in source.chains():
        if migrate.current(connection, chain) != chain.head():
            raise CannotMove(f"{source.database} is not of this version; run `livefloor migrate {source.system.name}`")


async def _prepare(url: str, source: Runtime, tables: Sequence[Table]) -> None:
    """Make the tables, unless there is something in them. Raises CannotMove."""
    import asyncpg

    schema = source.system.name
    try:
        db = await asyncpg.connect(url, timeout=10, server_settings={"search_path": schema})
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
        raise CannotMove(f"{shown(url)} does not answer: {str(error) or type(error).__name__}") from error
    try:
        there = {row[0] for row in await db.fetch("SELECT tablename FROM pg_tables WHERE schemaname = $1", schema)}
        for table in tables:
            less = " WHERE seq > 0" if table.name == "log_head" else ""
            asked = f'SELECT EXISTS (SELECT FROM "{table.name}"{less})'  # noqa: S608 - the names are our own
            if table.name in there and await db.fetchval(asked):
                raise CannotMove(
                    f"the schema {schema} of {shown(url)} holds data already (in {table.name}); use another database, or "
                    f'DROP SCHEMA "{schema}" CASCADE if nobody needs what is there'
                )
    finally:
        await db.close()
    await migrate.on_postgres(url, schema, lambda connection: migrate.upgrade(connection, source.chains()))


async def _copy(
    db: sqlite3.Connection, url: str, schema: str, tables: Sequence[Table], progress: Callable[[int], None]
) -> Moved:
    """Copy in one transaction, which ends only when both sides hold the same. Raises CannotMove."""
    import asyncpg

    target = await asyncpg.connect(url, server_settings={"search_path": schema, "timezone": "UTC"})
    counts: dict[str, int] = {}
    try:
        async with target.transaction():
            await target.execute("DELETE FROM log_head")
            for table in tables:
                before = sum(counts.values())
                taken = Sum()

                def told(records: Iterator[Record], taken: Sum = taken, before: int = before) -> Iterator[Record]:
                    for record in records:
                        taken.add(record)
                        if taken.rows % PAGE == 0:
                            progress(before + taken.rows)
                        yield record

                await target.copy_records_to_table(
                    table.name, schema_name=schema, columns=names_of(table), records=told(_records(db, table))
                )
                if await _sum(target, table) != taken:
                    raise CannotMove(f"{table.name} did not arrive as it was; nothing was moved")
                counts[table.name] = taken.rows
            await go_on(target, schema)
            head = await _same_head(db, target)
        await target.execute("ANALYZE")
    except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
        raise CannotMove(f"PostgreSQL does not take what is in {table.name}: {error}; nothing was moved") from error
    finally:
        await target.close()
    return Moved(schema, shown(url), counts, head)


async def _sum(target: Any, table: Table) -> Sum:
    """Return what a table of the target holds."""
    quoted = ", ".join(f'"{name}"' for name in names_of(table))
    found = Sum()
    rows = await target.cursor(f'SELECT {quoted} FROM "{table.name}"')  # noqa: S608 - the names are our own
    while page := await rows.fetch(PAGE):
        for row in page:
            found.add(tuple(row))
    return found


async def _same_head(db: sqlite3.Connection, target: Any) -> str:
    """Return the end of the log's chain, which is the same on both sides. Raises CannotMove."""
    asked = LAST_SEAL.replace(", {at}", "")
    here, there = db.execute(asked).fetchone(), await target.fetchrow(asked)
    if (here is None) != (there is None) or (here is not None and tuple(here) != tuple(there)):
        raise CannotMove("the chain of the log does not end alike on both sides; nothing was moved")
    return str(here[1]) if here is not None else ""


def command(
    system: SystemName,
    to: Annotated[str, typer.Option(help="Where to: postgresql://user:password@host/name, empty for this system.")],
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Move a system's data from SQLite to PostgreSQL, with its server stopped.

    All tables are copied and compared row by row before anything counts; when something is not the same nothing has moved. The
    old file is kept and marked: a start on it is refused. Clients go on from their old position.

    Ends with 0 when all has moved, 2 when nothing has.

    For example: livefloor move laundry --to postgresql://livefloor:secret@localhost/livefloor
    """
    source = _source_of(system, data)
    try:
        if not to.startswith(("postgres://", "postgresql://")):
            raise CannotMove(
                f"{shown(to)} is no PostgreSQL; for example --to postgresql://user:password@host/livefloor"
            )
        with counted("Moving rows", quiet=as_json) as progress:
            report = asyncio.run(move(source, to, source.clock.now(), progress))
    except (CannotMove, SettingError) as error:
        typer.echo(f"{system}: {error}.", err=True)
        raise typer.Exit(2) from error
    if as_json:
        typer.echo(json.dumps(asdict(report), indent=1))
        return
    typer.echo(
        f"{system}: {sum(report.tables.values())} rows of {len(report.tables)} tables are at {report.to}, all as they were.\n"
        f"The chain of the log ends with {report.head or 'nothing yet'}.\n"
        f"Start it with LIVEFLOOR_DATABASE_URL={report.to} and the same data folder; {source.database} is marked as moved."
    )


def _source_of(system: str, data: Path | None) -> Any:
    """Return the runtime of the SQLite file, whatever the settings say by now."""
    found = runtimes_of([system], data)[0]
    return runtimes_of([system], data, database_url="")[0] if found.settings.is_postgres else found
