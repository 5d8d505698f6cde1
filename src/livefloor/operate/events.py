"""The commands that look at the log: `verify`, `events head`, `events tail`."""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, TypeVar

import orjson
import typer
from sqlalchemy import select

from livefloor.operate import projections, walk
from livefloor.operate.progress import counted
from livefloor.operate.snapshots import Snapshot, Unreadable, snapshot_of
from livefloor.operate.systems import AsJson, Data, SystemName, runtimes_of
from livefloor.operate.walk import Head, Report
from livefloor.store.log import AFTER, LoggedEvent
from livefloor.work.ctx import Look

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, help="Look at the log of a system.")

BEFORE_LAST = select(LoggedEvent.seq).order_by(LoggedEvent.seq.desc()).limit(1)
LOOKS_EVERY_S = 0.5
"""How often `tail --follow` looks: it stands beside the server and hears no hint of it."""


def _looked(runtime: Any, look: Callable[[Snapshot], Awaitable[T]]) -> T:
    """Return what is seen in a system's database; ends the command when there is none."""

    async def run() -> T:
        async with snapshot_of(runtime) as snapshot:
            return await look(snapshot)

    try:
        return asyncio.run(run())
    except Unreadable as error:
        typer.echo(f"{runtime.system.name}: the database cannot be read: {error}.", err=True)
        raise typer.Exit(2) from error


def verify(
    system: SystemName,
    against: Annotated[
        list[Path] | None,
        typer.Option(help="A head that `events head --json` wrote earlier; may be given several times.", exists=True),
    ] = None,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Hold the log against its hash chain, and the tables that are made of it against the log, also while the system serves.

    Each entry that is not as it was sealed is named, and each row that the log does not make so.

    Ends with 0 when all is as it was, 1 when something is not, 2 when the database cannot be read.

    For example: livefloor verify laundry --against /mnt/other-machine/head.json
    """
    runtime = runtimes_of([system], data)[0]
    heads = [_head_in(path, runtime.system.name) for path in against or ()]
    with counted("Looking at the log", quiet=as_json) as progress:

        async def look(snapshot: Snapshot) -> tuple[Report, dict[str, str]]:
            report = await walk.verify(snapshot, heads, progress)
            # What a forged log makes of a table says nothing about the table.
            return report, {} if report.findings else await projections.compare(runtime, snapshot, report)

        report, tables = _looked(runtime, look)
    if as_json:
        said = {"system": runtime.system.name, "ok": not report.findings, **asdict(report), "tables": tables}
        typer.echo(json.dumps(said, indent=1))
    else:
        _tell(runtime.system.name, report, len(heads))
        for table, what in tables.items():
            typer.echo(f"{table}: {what}.")
    if report.findings:
        raise typer.Exit(1)


def _head_in(path: Path, system: str) -> Head:
    try:
        head = Head(**json.loads(path.read_text()))
    except (ValueError, TypeError, OSError) as error:
        typer.echo(f"{path} is not what `livefloor events head --json` writes: {error}.", err=True)
        raise typer.Exit(2) from error
    if head.system != system:
        typer.echo(f"{path} is a head of {head.system}, not of {system}.", err=True)
        raise typer.Exit(2)
    return head


def _tell(system: str, report: Report, heads: int) -> None:
    for finding in report.findings:
        typer.echo(finding.says, err=True)
    if report.more:
        typer.echo(f"… and {report.more} more.", err=True)
    counts = f"{report.entries} entries, {report.unsealed} of them not sealed yet, {report.erased} erased in part"
    pruned = f", pruned up to entry {report.pruned_to}" if report.pruned_to else ""
    held = f", and against {heads} kept head{'s' if heads > 1 else ''}" if heads else ""
    verdict = f"{len(report.findings) + report.more} findings" if report.findings else f"as it was sealed{held}"
    typer.echo(f"{system}: {counts}{pruned}: {verdict}.")
    typer.echo(f"The chain ends with {report.head}")


@app.command()
def head(system: SystemName, as_json: AsJson = False, data: Data = None) -> None:
    """Print the end of the hash chain. Kept where the system cannot write, it shows later that nothing before it was touched.

    For example: livefloor events head laundry --json > /mnt/other-machine/head.json
    """
    runtime = runtimes_of([system], data)[0]
    found = _looked(runtime, lambda snapshot: walk.head_of(snapshot, runtime.system.name))
    if found is None:
        typer.echo(
            f"{system}: nothing is sealed yet; it is a second after the first event of a running system.", err=True
        )
        raise typer.Exit(1)
    if as_json:
        typer.echo(json.dumps(asdict(found)))
    else:
        typer.echo(f"{found.head}  entry {found.seq}, seal {found.seal}, {found.at}")


@app.command()
def tail(
    system: SystemName,
    lines: Annotated[int, typer.Option("--lines", "-n", help="How many of the last events.", min=0)] = 10,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes, until Ctrl-C.")] = False,
    name: Annotated[str, typer.Option(help="Only events whose name begins so.")] = "",
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Print the last events of the log, one a line.

    For example: livefloor events tail laundry --follow --name machine.
    """
    runtime = runtimes_of([system], data)[0]
    _looked(runtime, walk.is_there)

    async def run() -> None:
        runtime.assemble()
        await runtime.store.open()
        try:
            async for row in _rows(runtime, lines, name, follow=follow):
                typer.echo(_line(row, as_json))
        finally:
            await runtime.store.close()

    try:
        asyncio.run(run())
    except KeyboardInterrupt:
        return


async def _rows(runtime: Any, lines: int, name: str, *, follow: bool) -> AsyncIterator[LoggedEvent]:
    """Give the last events whose name begins so, then those that come."""
    before = BEFORE_LAST.where(LoggedEvent.name.startswith(name, autoescape=True)).offset(lines)
    after = await runtime.executor.peek(lambda look: look.one(before)) or 0
    while True:
        rows = await runtime.executor.peek(functools.partial(_after, after=after))
        for row in rows:
            if row.name.startswith(name):
                yield row
        after = rows[-1].seq if rows else after
        if not rows:
            if not follow:
                return
            await asyncio.sleep(LOOKS_EVERY_S)


async def _after(look: Look, after: int) -> list[LoggedEvent]:
    return await look.all(AFTER, after=after, until=2**62)


def _line(row: LoggedEvent, as_json: bool) -> str:
    if as_json:
        said = {column: getattr(row, column) for column in LoggedEvent.column_names()}
        return orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode()
    actor = row.actor.get("id") or row.actor.get("role")
    return f"{row.seq}  {row.at:%Y-%m-%d %H:%M:%S}  {row.name}  {row.subject}  {actor}"
