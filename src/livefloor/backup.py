"""Backup and restore: the database as it was at one moment, the files, the secrets, in one archive."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from livefloor import __version__
from livefloor.kernel.settings import Settings
from livefloor.platform_tables import MODULES as _TABLES  # noqa: F401 - makes the metadata whole
from livefloor.store import migrate
from livefloor.store.alone import alone, refuse_served
from livefloor.store.log import EPOCH
from livefloor.store.migrate import Chain
from livefloor.store.sequences import go_on

FOLDERS = ("photos", "secrets")
PIECE = 1 << 20
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = $1 ORDER BY 1"
JUMP = "UPDATE log_head SET epoch_start = (seq / {epoch} + 1) * {epoch}, seq = (seq / {epoch} + 1) * {epoch}"


async def make_backup(settings: Settings, system: str, database: Path, to: Path | None, at: datetime) -> Path:
    """Write an archive named by the moment `at`; return its path. The newest `settings.backups` in the backups folder are kept."""
    stamp = at.strftime("%Y%m%dT%H%M%S")
    folder = settings.data / "backups"
    path = to or folder / f"{system}-{stamp}.tar.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as room:
        copy = Path(room) / "database"
        if settings.is_postgres:
            await _copy_postgres(settings.database_url, system, copy)
        else:
            await asyncio.to_thread(_copy_sqlite, database, copy)
        unfinished = Path(room) / "archive"
        await asyncio.to_thread(_pack, settings, system, copy, unfinished, at)
        unfinished.chmod(0o600)
        os.replace(unfinished, path)
    for old in sorted(folder.glob(f"{system}-*.tar.gz"))[: -settings.backups]:
        old.unlink()
    return path


def _copy_sqlite(database: Path, copy: Path) -> None:
    source, target = sqlite3.connect(database), sqlite3.connect(copy)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()


async def _copy_postgres(url: str, schema: str, copy: Path) -> None:
    """Write all tables as COPY data from one snapshot, each with a line that names it and its size."""
    import asyncpg

    db = await asyncpg.connect(url, server_settings={"search_path": schema})
    try:
        async with db.transaction(isolation="repeatable_read", readonly=True):
            names = [row[0] for row in await db.fetch(TABLES, schema)]
            with copy.open("wb") as out, tempfile.TemporaryFile(dir=copy.parent) as data:
                for name in names:
                    data.seek(0)
                    data.truncate()
                    await db.copy_from_table(name, schema_name=schema, output=data, format="csv")
                    columns = [
                        row[0]
                        for row in await db.fetch(
                            "SELECT column_name FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2 ORDER BY ordinal_position",
                            schema,
                            name,
                        )
                    ]
                    head = {"table": name, "columns": columns, "size": data.tell()}
                    out.write(json.dumps(head).encode() + b"\n")
                    data.seek(0)
                    await asyncio.to_thread(shutil.copyfileobj, data, out)
    finally:
        await db.close()


def _pack(settings: Settings, system: str, copy: Path, to: Path, at: datetime) -> None:
    about = {
        "system": system,
        "version": __version__,
        "at": at.isoformat(),
        "kind": "postgresql" if settings.is_postgres else "sqlite",
    }
    with tarfile.open(to, "w:gz", compresslevel=3) as archive:
        text = json.dumps(about).encode()
        info = tarfile.TarInfo("about.json")
        info.size = len(text)
        archive.addfile(info, io.BytesIO(text))
        archive.add(copy, "database")
        for name in FOLDERS:
            if (settings.data / name).is_dir():
                archive.add(settings.data / name, name)


# -- restoring --------------------------------------------------------------------------------------------------------


async def restore_backup(
    settings: Settings, system: str, database: Path, archive: Path, chains: list[Chain], *, force: bool
) -> list[str]:
    """Put an archive back, bring it to the newest form and jump the log's numbers, so that no client takes an old position for
    a new one; return the revisions that were reached.

    What is there is replaced when all of the archive has been read and brought up. Raises FileExistsError when there is data
    and `force` is not given, Served while a server runs, ValueError for what is no backup of this system on this database.
    """
    with tempfile.TemporaryDirectory() as room:
        about = unpack(archive, Path(room))
        kind = "postgresql" if settings.is_postgres else "sqlite"
        if about["system"] != system or about["kind"] != kind:
            way = (
                "; restore it on SQLite, then livefloor move" if settings.is_postgres and about["kind"] != kind else ""
            )
            raise ValueError(
                f"{archive} is a backup of {about['system']} on {about['kind']}, not of {system} on {kind}{way}."
            )
        copy = Path(room) / "database"
        if settings.is_postgres:
            done = await _restore_postgres(settings.database_url, system, copy, chains, force)
        else:
            done = _restore_sqlite(database, copy, chains, force)
        for name in FOLDERS:
            if (Path(room) / name).is_dir():
                shutil.copytree(Path(room) / name, settings.data / name, dirs_exist_ok=True)
    return done


def unpack(archive: Path, room: Path) -> dict[str, str]:
    """Unpack an archive; return what it says of itself. Raises ValueError for what is no whole backup."""
    try:
        with tarfile.open(archive) as packed:
            for member in packed:
                _extract(packed, member, room)
        about = json.loads((room / "about.json").read_text())
        return {"system": about["system"], "kind": about["kind"]}
    except (tarfile.TarError, EOFError, zlib.error, FileNotFoundError, gzip.BadGzipFile, KeyError, ValueError) as error:
        raise ValueError(f"{archive} is no whole backup: {str(error).splitlines()[0].rstrip(':.')}.") from error


def _extract(packed: tarfile.TarFile, member: tarfile.TarInfo, room: Path) -> None:
    """Write a plain file below the folder; what is anything else, or would lie elsewhere, is in no backup.

    `tarfile` does the like with `filter="data"`, but since Python 3.11.4 only, and Debian 12 has 3.11.2.
    """
    to = (room / member.name).resolve()
    if not (member.isreg() or member.isdir()) or not to.is_relative_to(room.resolve()):
        raise ValueError(f"it holds {member.name!r}, which no backup has")
    content = packed.extractfile(member)
    if content is not None:
        to.parent.mkdir(parents=True, exist_ok=True)
        with content, to.open("wb") as file:
            shutil.copyfileobj(content, file)
        to.chmod(member.mode & 0o755)


def _restore_sqlite(database: Path, copy: Path, chains: list[Chain], force: bool) -> list[str]:
    if database.exists() and not force:
        raise FileExistsError(f"{database} exists; stop the server and give --force to replace it.")

    def bring_up(connection: Connection) -> list[str]:
        migrate.refuse_newer({chain.name: migrate.current(connection, chain) for chain in chains}, chains)
        done = migrate.upgrade(connection, chains)
        connection.exec_driver_sql(JUMP.format(epoch=EPOCH))
        return done

    done: list[str] = migrate.on_sqlite(copy, bring_up)
    database.parent.mkdir(parents=True, exist_ok=True)
    unfinished = database.with_name(database.name + ".restoring")
    shutil.copy(copy, unfinished)
    with _alone_if_readable(database):
        for suffix in ("-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
        os.replace(unfinished, database)
    return done


@contextmanager
def _alone_if_readable(database: Path) -> Iterator[None]:
    """Hold what is there against a server that has it open. What is damaged is no database to hold. Raises Served."""
    with ExitStack() as held:
        if database.exists():
            with suppress(sqlite3.DatabaseError):
                held.enter_context(alone(database))
        yield


async def _restore_postgres(url: str, schema: str, copy: Path, chains: list[Chain], force: bool) -> list[str]:
    tables = _read_tables(copy)
    versions = _versions(copy, tables, chains)
    migrate.refuse_newer(versions, chains)
    async with migrate.postgres(url, schema) as connection:
        db: Any = (await connection.get_raw_connection()).driver_connection
        await refuse_served(db, schema)
        if not force and await _has_data(db, schema):
            raise FileExistsError(f"the schema {schema} holds data; stop the servers and give --force to replace it.")
        await connection.run_sync(_make_tables, chains, versions, [table["table"] for table, _ in tables])
        there = {row[0] for row in await db.fetch(TABLES, schema)} - {chain.version_table for chain in chains}
        kept = [item for item in tables if item[0]["table"] in there]
        await db.execute(f"TRUNCATE {', '.join(_quoted(table['table']) for table, _ in kept)}")
        await db.execute("SET CONSTRAINTS ALL DEFERRED")
        for table, at in await _in_order(db, schema, kept):
            source = _slice(copy, at, table["size"])
            await db.copy_to_table(
                table["table"], schema_name=schema, source=source, columns=table["columns"], format="csv"
            )
        await go_on(db, schema)
        done: list[str] = await connection.run_sync(migrate.upgrade_only, chains)
        await connection.run_sync(migrate.complete)
        await db.execute(JUMP.format(epoch=EPOCH))
    return done


async def _has_data(db: Any, schema: str) -> bool:
    there = await db.fetchval("SELECT to_regclass(format('%I.log_head', $1::text)) IS NOT NULL", schema)
    return bool(there and await db.fetchval("SELECT seq FROM log_head WHERE id = 1"))


def _make_tables(connection: Connection, chains: list[Chain], versions: dict[str, str], archived: list[str]) -> None:
    """Have the tables as they were when the backup was made: only then do its rows fit."""
    if all(migrate.current(connection, chain) == versions.get(chain.name) for chain in chains):
        return
    known = {table for chain in chains for table in (*chain.metadata.tables, chain.version_table)}
    for name in sorted(known | set(archived)):
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {_quoted(name)} CASCADE")
    migrate.upgrade_only(connection, chains, versions)


def _versions(copy: Path, tables: list[tuple[dict[str, Any], int]], chains: list[Chain]) -> dict[str, str]:
    """Return at which revision each chain was when the backup was made."""
    found = {}
    places = {table["table"]: (at, table["size"]) for table, at in tables}
    with copy.open("rb") as packed:
        for chain in chains:
            at, size = places.get(chain.version_table, (0, 0))
            packed.seek(at)
            found[chain.name] = packed.read(size).decode().strip()
    return {name: version for name, version in found.items() if version}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _read_tables(copy: Path) -> list[tuple[dict[str, Any], int]]:
    """Return the tables of a copy, and where in it the rows of each begin."""
    tables = []
    with copy.open("rb") as packed:
        while line := packed.readline():
            head = json.loads(line)
            tables.append((head, packed.tell()))
            packed.seek(head["size"], os.SEEK_CUR)
    return tables


async def _slice(copy: Path, at: int, size: int) -> AsyncIterator[bytes]:
    """Give a part of a file, piece by piece."""
    with copy.open("rb") as packed:
        packed.seek(at)
        while size and (piece := packed.read(min(size, PIECE))):
            size -= len(piece)
            yield piece


async def _in_order(db: Any, schema: str, tables: list[tuple[dict[str, Any], int]]) -> list[tuple[dict[str, Any], int]]:
    """Return the tables so that each comes after those that its foreign keys name."""
    rows = await db.fetch(
        "SELECT c.relname AS child, p.relname AS parent FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid "
        "JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE k.contype = 'f' AND n.nspname = $1",
        schema,
    )
    needs: dict[str, set[str]] = {}
    for row in rows:
        if row["child"] != row["parent"]:
            needs.setdefault(row["child"], set()).add(row["parent"])
    done: set[str] = set()
    ordered: list[tuple[dict[str, Any], int]] = []
    left = list(tables)
    while left:
        ready = [item for item in left if not needs.get(item[0]["table"], set()) - done]
        for item in ready or left:
            ordered.append(item)
            done.add(item[0]["table"])
        left = [item for item in left if item[0]["table"] not in done]
    return ordered
