"""Brings a database to the newest form: two chains of Alembic migrations, the platform's and the system's, one head each.

Alembic is imported only when there is something to do: it costs a second of every start.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, MetaData, create_engine, inspect, text

from livefloor.store.log import POSTGRES_APPEND
from livefloor.store.models import Json, PlatformTables, UtcTime

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

HERE = Path(__file__).parent / "migrations"
HEAD_ROW = text("INSERT INTO log_head (id, seq, epoch_start) SELECT 1, 0, 0 WHERE NOT EXISTS (SELECT 1 FROM log_head)")


@dataclass(frozen=True, slots=True)
class Chain:
    """One chain of migrations: its tables, its folder, and the table that holds its version."""

    name: str
    metadata: MetaData
    versions: Path

    @property
    def version_table(self) -> str:
        """Return the name of the table that holds the version."""
        return f"{self.name}_version"

    def head(self) -> str | None:
        """Return the newest revision, from the files' names (NNNN_words.py)."""
        found = sorted(path.name.split("_")[0] for path in self.versions.glob("[0-9]*_*.py"))
        return found[-1] if found else None


def chains_of(name: str, migrations: str, metadata: MetaData) -> list[Chain]:
    """Return the platform's chain and the system's, in the order in which they are applied."""
    folder = Path(str(import_module(migrations).__file__)).parent
    return [Chain("livefloor", PlatformTables.metadata, HERE / "versions"), Chain(name, metadata, folder)]


def render_type(kind: str, thing: Any, autogen: Any) -> str | bool:
    """Write our own column types by their names."""
    if kind == "type" and isinstance(thing, UtcTime | Json):
        return f"{type(thing).__name__}()"
    return False


def _config(chain: Chain, connection: Connection, chains: list[Chain]) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", str(chain.versions))
    others = {table for other in chains if other is not chain for table in other.metadata.tables}
    others |= {other.version_table for other in chains}

    def include_name(name: str | None, kind: str, parents: Any) -> bool:
        return kind != "table" or name not in others

    config.attributes.update(
        connection=connection, metadata=chain.metadata, version_table=chain.version_table, include_name=include_name
    )
    return config


def current(connection: Connection, chain: Chain) -> str | None:
    """Return the revision that a database is at, or None for a new one."""
    if not inspect(connection).has_table(chain.version_table):
        return None
    return connection.execute(text(f"SELECT version_num FROM {chain.version_table}")).scalar()  # noqa: S608 - our own name


def upgrade(connection: Connection, chains: list[Chain]) -> list[str]:
    """Apply what is missing and make sure of what every log needs; return the revisions that were reached."""
    done = upgrade_only(connection, chains)
    if done:
        complete(connection)
    return done


def complete(connection: Connection) -> None:
    """Make sure of what every log needs beside its tables."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(POSTGRES_APPEND)
    connection.execute(HEAD_ROW)


def upgrade_only(connection: Connection, chains: list[Chain], to: Mapping[str, str] | None = None) -> list[str]:
    """Apply the migrations that are missing, of each chain up to the revision that `to` names for it."""
    done = []
    for chain in chains:
        reached = chain.head() if to is None else to.get(chain.name)
        if reached is None or current(connection, chain) == reached:
            continue
        from alembic import command

        command.upgrade(_config(chain, connection, chains), reached)
        done.append(f"{chain.name} {reached}")
    return done


def refuse_newer(versions: Mapping[str, str | None], chains: list[Chain]) -> None:
    """Refuse revisions that this version has no migrations of. Raises ValueError."""
    for chain in chains:
        at, head = versions.get(chain.name) or "", chain.head() or ""
        if at > head:
            raise ValueError(f"the tables of {chain.name} are at {at}, and this livefloor knows {head}: it is older")


def revise(connection: Connection, chain: Chain, chains: list[Chain], message: str) -> None:
    """Write the next migration of a chain from the difference between its tables and the database."""
    from alembic import command

    number = f"{int(chain.head() or 0) + 1:04d}"
    config = _config(chain, connection, chains)
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    command.revision(
        config, message, autogenerate=True, rev_id=number, version_path=str(chain.versions), head=chain.head() or "base"
    )


def drift(connection: Connection, chains: list[Chain]) -> list[str]:
    """Return the differences between the tables in code and in the database; none when they agree."""
    return [difference for chain in chains for difference in drift_of(connection, chain, chains)]


def drift_of(connection: Connection, chain: Chain, chains: list[Chain]) -> list[str]:
    """Return the differences between the tables of one chain and the database; none when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    others = {table for other in chains if other is not chain for table in other.metadata.tables}
    others |= {other.version_table for other in chains}

    def include_name(name: str | None, kind: str, parents: Any) -> bool:
        return kind != "table" or name not in others

    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": include_name})
    return [str(difference) for difference in compare_metadata(context, chain.metadata)]


def lacking(connection: Connection, chains: list[Chain]) -> list[str]:
    """Return the tables and columns of the code that a database has not; quick, and blind to all other differences."""
    found = []
    here = inspect(connection)
    there = {name: {column["name"] for column in here.get_columns(name)} for name in here.get_table_names()}
    for chain in chains:
        for name, table in chain.metadata.tables.items():
            if name not in there:
                found.append(f"table {name}")
            else:
                found += [f"column {name}.{column}" for column in set(table.columns.keys()) - there[name]]
    return sorted(found)


def on_sqlite(path: Path, work: Callable[[Connection], Any]) -> Any:
    """Run work on a plain connection to a SQLite file, in one transaction."""
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.begin() as connection:
            return work(connection)
    finally:
        engine.dispose()


async def on_postgres(url: str, schema: str, work: Callable[[Connection], Any]) -> Any:
    """Run work on a plain connection to a PostgreSQL schema, in one transaction, one process at a time."""
    async with postgres(url, schema) as connection:
        return await connection.run_sync(work)


@asynccontextmanager
async def postgres(url: str, schema: str) -> AsyncIterator[AsyncConnection]:
    """Give a plain connection to a PostgreSQL schema, made if need be, in one transaction, one process at a time."""
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    plain = re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql+asyncpg://", url)
    engine = create_async_engine(plain, poolclass=NullPool, connect_args={"server_settings": {"search_path": schema}})
    try:
        async with engine.begin() as connection:
            await connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7215431)")
            await connection.exec_driver_sql(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
            yield connection
    finally:
        await engine.dispose()
