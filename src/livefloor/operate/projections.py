"""Makes the tables that readers make of the log anew, in a folder of its own, and compares them with what is there."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from pydantic import ValidationError
from sqlalchemy import Table

from livefloor.declare.event import Event
from livefloor.declare.part import After
from livefloor.operate.move import names_of, reader_of
from livefloor.operate.snapshots import Snapshot, SqliteSnapshot, snapshot_of
from livefloor.operate.walk import ENTRIES, Report
from livefloor.work.ctx import Ctx

if TYPE_CHECKING:
    from livefloor.serve import Runtime

AT_ONCE = 200
"""How many events are taken in one transaction."""
MOST_NAMED = 10
POSITIONS = "SELECT name, seq FROM readers"
SET_ASIDE = "SELECT name FROM dead_letters WHERE kind = 'event'"


@dataclass(frozen=True, slots=True)
class Projection:
    """A reader that makes tables, and what it does with each event."""

    name: str
    readers: Sequence[After]
    tables: Sequence[Table]


def projections_of(system: Any) -> list[Projection]:
    """Return the readers of a system that make tables of the log alone."""
    by_name: defaultdict[str, list[After]] = defaultdict(list)
    for reader in system.readers():
        by_name[reader.reader].append(reader)
    found = []
    for name, readers in by_name.items():
        tables = {model.__table__ for reader in readers for model in reader.makes}
        if tables:
            found.append(Projection(name, readers, sorted(tables, key=lambda table: table.name)))
    return found


async def compare(runtime: Runtime, snapshot: Snapshot, report: Report) -> dict[str, str]:
    """Hold the tables that are made of the log against the log; return what became of each, add what differs to a report."""
    said: dict[str, str] = {}
    projections = projections_of(runtime.system)
    if not projections:
        return said
    positions = {row[0]: row[1] async for page in snapshot.pages(POSITIONS) for row in page}
    aside = {row[0] async for page in snapshot.pages(SET_ASIDE) for row in page}
    for each in projections:
        why = "the beginning of the log is pruned" if report.pruned_to else ""
        why = why or ("events were set aside" if each.name in aside else "")
        why = why or ("the reader has not begun" if each.name not in positions else "")
        if why:
            said.update((table.name, f"cannot be made anew: {why}") for table in each.tables)
            continue
        said.update(await _compare_one(runtime, snapshot, each, positions[each.name], report))
    return said


async def _compare_one(
    runtime: Runtime, snapshot: Snapshot, projection: Projection, until: int, report: Report
) -> dict[str, str]:
    said = {}
    with tempfile.TemporaryDirectory(prefix="livefloor-anew-") as folder:
        settings = runtime.settings.model_copy(
            update={"data": Path(folder), "database_url": "", "redis_url": "", "auto_migrate": True}
        )
        anew = type(runtime)(runtime.system, settings, runtime.clock)
        try:
            await _make(anew, snapshot, projection, until)
        except ValidationError:
            return {table.name: "cannot be made anew: an event cannot be read any more" for table in projection.tables}
        async with snapshot_of(anew) as made:
            for table in projection.tables:
                here, there = await rows_of(snapshot, table), await rows_of(made, table)
                wrong = sorted((key for key in here.keys() | there.keys() if here.get(key) != there.get(key)), key=repr)
                for key in wrong[:MOST_NAMED]:
                    named = ", ".join(map(str, key))
                    report.add("projection", until, until, f"{table.name} {named} is not what the log makes of it.")
                report.more += max(0, len(wrong) - MOST_NAMED)
                said[table.name] = "differs from the log" if wrong else "as the log makes it"
    return said


async def _make(anew: Runtime, snapshot: Snapshot, projection: Projection, until: int) -> None:
    """Let a reader take the log from its beginning into an empty database."""
    await anew.migrated()
    anew.assemble()
    await anew.store.open()
    try:
        waiting: list[Event] = []
        async for page in snapshot.pages(ENTRIES):
            for row in page:
                event = _event(anew, projection, row) if row[0] <= until else None
                waiting += [event] if event is not None else []
            while len(waiting) >= AT_ONCE:
                await _take(anew, projection, waiting[:AT_ONCE])
                del waiting[:AT_ONCE]
        await _take(anew, projection, waiting)
    finally:
        await anew.store.close()
        await anew.means.ports.close()
        anew.means.threads.shutdown(wait=False)


def _event(anew: Runtime, projection: Projection, row: Sequence[Any]) -> Event | None:
    kind = anew.system.event(row[2])
    if kind is None or not any(issubclass(kind, reader.events) for reader in projection.readers):
        return None
    return kind.model_validate(orjson.loads(row[6]))


async def _take(anew: Runtime, projection: Projection, events: Sequence[Event]) -> None:
    async def take(ctx: Ctx) -> None:
        for event in events:
            for reader in projection.readers:
                if isinstance(event, reader.events):
                    await reader.func(ctx, event)

    await anew.executor.change(take, settled=True)


async def rows_of(snapshot: Snapshot, table: Table) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Return the rows of a table by their keys, alike on both databases."""
    columns = list(table.columns)
    readers = [reader_of(column) if isinstance(snapshot, SqliteSnapshot) else None for column in columns]
    keys = [place for place, column in enumerate(columns) if column.primary_key]
    quoted = ", ".join(f'"{name}"' for name in names_of(table))
    found = {}
    async for page in snapshot.pages(f'SELECT {quoted} FROM "{table.name}"'):  # noqa: S608 - the names are our own
        for row in page:
            values = tuple(
                value if read is None or value is None else read(value)
                for value, read in zip(row, readers, strict=True)
            )
            found[tuple(values[place] for place in keys)] = values
    return found
