"""Backup and restore: the database as it was at one moment, the files, the secrets, in one archive."""

from __future__ import annotations

import asyncio
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

from livefloor import __version__
from livefloor.kernel.settings import Settings
from livefloor.platform_tables import MODULES as _TABLES  # noqa: F401 - makes the metadata whole
from livefloor.store.log import EPOCH

FOLDERS = ("photos", "secrets")
PIECE = 1 << 20


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
            names = [
                row[0]
                for row in await db.fetch("SELECT tablename FROM pg_tables WHERE schemaname = $1 ORDER BY 1", schema)
            ]
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


async def restore_backup(settings: Settings, system: str, database: Path, archive: Path, *, force: bool) -> None:
    """Put an archive back and jump the log's numbers, so that no client takes an old position for a new one.

    Raises FileExistsError when there is data and `force` is not given, ValueError for another system's archive.
    """
    with tempfile.TemporaryDirectory() as room:
        with tarfile.open(archive) as packed:
            packed.extractall(room, filter="data")
        about = json.loads((Path(room) / "about.json").read_text())
        kind = "postgresql" if settings.is_postgres else "sqlite"
        if about["system"] != system or about["kind"] != kind:
            raise ValueError(
                f"{archive} is a backup of {about['system']} on {about['kind']}, not of {system} on {kind}."
            )
        copy = Path(room) / "database"
        if settings.is_postgres:
            await _restore_postgres(settings.database_url, system, copy, force)
        else:
            _restore_sqlite(database, copy, force)
        for name in FOLDERS:
            if (Path(room) / name).is_dir():
                shutil.copytree(Path(room) / name, settings.data / name, dirs_exist_ok=True)


def _restore_sqlite(database: Path, copy: Path, force: bool) -> None:
    if database.exists() and not force:
        raise FileExistsError(f"{database} exists; stop the server and give --force to replace it.")
    source = sqlite3.connect(copy)
    try:
        source.execute("UPDATE log_head SET epoch_start = (seq / ? + 1) * ?, seq = (seq / ? + 1) * ?", (EPOCH,) * 4)
        source.commit()
    finally:
        source.close()
    database.parent.mkdir(parents=True, exist_ok=True)
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    unfinished = database.with_name(database.name + ".restoring")
    shutil.copy(copy, unfinished)
    os.replace(unfinished, database)


async def _restore_postgres(url: str, schema: str, copy: Path, force: bool) -> None:
    import asyncpg

    db = await asyncpg.connect(url, server_settings={"search_path": schema})
    try:
        async with db.transaction():
            if await db.fetchval("SELECT seq FROM log_head WHERE id = 1") and not force:
                raise FileExistsError(
                    f"the schema {schema} holds data; stop the servers and give --force to replace it."
                )
            tables = _read_tables(copy)
            names = ", ".join(f'"{table["table"]}"' for table, _ in tables)
            await db.execute(f"TRUNCATE {names}")
            await db.execute("SET CONSTRAINTS ALL DEFERRED")
            for table, at in await _in_order(db, schema, tables):
                source = _slice(copy, at, table["size"])
                await db.copy_to_table(
                    table["table"], schema_name=schema, source=source, columns=table["columns"], format="csv"
                )
            await db.execute("UPDATE log_head SET epoch_start = (seq / $1 + 1) * $1, seq = (seq / $1 + 1) * $1", EPOCH)
    finally:
        await db.close()


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
