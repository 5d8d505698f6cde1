"""The command `bench`: what this machine's disk and database carry, in a folder or schema that is gone afterwards."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from livefloor.kernel.settings import Settings, read_settings
from livefloor.operate.systems import AsJson, Data, dotenv, reached, refusals

if TYPE_CHECKING:
    from livefloor.serve import Runtime
    from livefloor.work.ctx import Look

HANDS = 32
"""How many want something at once."""
PIECE = 4096
"""Bytes that a flush writes: a page of the database."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a second, and how long one takes in milliseconds."""

    per_second: float
    p50_ms: float
    p99_ms: float


def command(
    seconds: Annotated[float, typer.Option(help="How long each figure is measured.", min=0.05)] = 3.0,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Measure what this machine's disk and database carry, with a folder or schema that is gone afterwards.

    A change is a row and its event in one transaction that a power cut would not take back. Nothing else ought to run
    meanwhile; a server beside it is slowed, and slows.

    For example: livefloor bench --data /var/lib/livefloor
    """
    from livefloor.kernel.logs import set_up_logs

    set_up_logs("warning", as_json=False)
    with refusals():
        settings = read_settings(Settings, "bench", dotenv(), alone=False, data=data)
    # On the disk that the data is on, or will be.
    place = next(folder for folder in (settings.data, *settings.data.resolve().parents) if folder.is_dir())
    with tempfile.TemporaryDirectory(prefix="livefloor-bench-", dir=place) as folder:
        found = {"a flush of the disk": _paced(partial(_flush, Path(folder) / "flush"), seconds)}
        found |= _of_database(settings.model_copy(update={"data": Path(folder), "redis_url": ""}), seconds)
    database = "PostgreSQL" if settings.is_postgres else "SQLite"
    if as_json:
        typer.echo(json.dumps({"database": database, **{what: asdict(pace) for what, pace in found.items()}}))
        return
    typer.echo(f"{database}, {seconds:g} s each, data in {settings.data}:")
    for what, pace in found.items():
        typer.echo(f"  {what:28}{pace.per_second:>10,.0f} /s   p50 {pace.p50_ms:8.2f} ms   p99 {pace.p99_ms:8.2f} ms")


def _of_database(settings: Settings, seconds: float) -> dict[str, Pace]:
    from livefloor.operate.bench.system import system_called
    from livefloor.serve import Runtime

    runtime = Runtime(system_called(f"livefloor_bench_{secrets.token_hex(4)}"), settings)
    with reached(runtime):
        try:
            return asyncio.run(_measure(runtime, seconds))
        finally:
            asyncio.run(runtime.migrated(_drop)) if settings.is_postgres else None


async def _measure(runtime: Runtime, seconds: float) -> dict[str, Pace]:
    from livefloor.operate.bench.system import come_in

    async def head(look: Look) -> int:
        return await look.head()

    await runtime.open()
    try:
        return {
            "changes, one after another": await _at_once(lambda: runtime.executor.change(come_in), 1, seconds),
            f"changes, {HANDS} at once": await _at_once(lambda: runtime.executor.change(come_in), HANDS, seconds),
            f"reads, {HANDS} at once": await _at_once(lambda: runtime.executor.look(head), HANDS, seconds),
        }
    finally:
        await runtime.close()


def _drop(connection: Any) -> None:
    schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
    connection.exec_driver_sql(f'DROP SCHEMA "{schema}" CASCADE')


async def _at_once(work: Callable[[], Awaitable[object]], hands: int, seconds: float) -> Pace:
    took: list[float] = []
    began = time.perf_counter()

    async def hand() -> None:
        at = began
        while at < began + seconds:
            await work()
            took.append((now := time.perf_counter()) - at)
            at = now

    await asyncio.gather(*(hand() for _ in range(hands)))
    return _pace(took, time.perf_counter() - began)


def _paced(work: Callable[[], object], seconds: float) -> Pace:
    took: list[float] = []
    began = at = time.perf_counter()
    while at < began + seconds:
        work()
        took.append((now := time.perf_counter()) - at)
        at = now
    return _pace(took, at - began)


def _flush(path: Path) -> None:
    with path.open("ab", buffering=0) as file:
        file.write(bytes(PIECE))
        os.fsync(file.fileno())


def _pace(took: list[float], lasted: float) -> Pace:
    took.sort()
    p50, p99 = (took[int(len(took) * share)] * 1000 for share in (0.5, 0.99))
    return Pace(round(len(took) / lasted, 1), round(p50, 3), round(p99, 3))
