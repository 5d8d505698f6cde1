"""Runs the durable readers: each event takes effect once, in order; what fails too often is set aside and shown."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import timedelta

import orjson
import structlog

from livefloor.declare.part import After
from livefloor.declare.roles import SYSTEM
from livefloor.kernel import tracing
from livefloor.kernel.ids import new_id
from livefloor.kernel.problems import NotFound, Problem
from livefloor.store import readers
from livefloor.store.log import AFTER, LoggedEvent
from livefloor.store.readers import DeadLetter, ReaderPosition
from livefloor.work.ctx import Ctx
from livefloor.work.execute import Executor
from livefloor.work.history import History

log = structlog.get_logger("livefloor.readers")

TRIES = 8
LAZY = 1000
"""Events that concern a reader not move its stored position only now and then, so that they cost no commit."""


class Readers:
    """The durable readers of one system. Several processes may run them: the row of the position is the lock."""

    POLL_S = 1.0

    def __init__(self, executor: Executor, history: History) -> None:
        self._executor = executor
        self._history = history
        self._by_name: defaultdict[str, list[After]] = defaultdict(list)
        for reader in executor.system.readers():
            self._by_name[reader.reader].append(reader)
        self._woken = {name: asyncio.Event() for name in self._by_name}
        self._scanned: dict[str, int] = {}
        self._passed: defaultdict[str, int] = defaultdict(int)
        self._tasks: list[asyncio.Task[None]] = []

    def wake(self) -> None:
        """Say that there may be something new."""
        for woken in self._woken.values():
            woken.set()

    async def start(self) -> None:
        """Begin where each reader stopped; a new one begins at the end of the log, or with it where it makes tables of it."""
        await self.place()
        for name in self._by_name:
            self._tasks.append(asyncio.create_task(self._run(name), name=f"reader-{name}"))

    async def place(self) -> None:
        """Give a new reader its position."""
        for name, of_name in self._by_name.items():
            from_start = any(reader.makes for reader in of_name)

            async def place(ctx: Ctx, name: str = name, from_start: bool = from_start) -> None:
                await ctx.try_add(ReaderPosition(name=name, seq=0 if from_start else await ctx.head()))

            await self._executor.change(place, settled=True)

    async def stop(self) -> None:
        """End."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def catch_up(self) -> None:
        """Take all that is there, now; for tests and commands."""
        for name in self._by_name:
            while await self._step(name):
                pass

    async def _run(self, name: str) -> None:
        while True:
            try:
                while await self._step(name):
                    pass
            except Problem as problem:
                log.warning("reader_waits", reader=name, error=str(problem))
            except Exception:
                log.exception("reader_failed", reader=name)
            try:
                async with asyncio.timeout(self.POLL_S):  # wait_for may swallow a cancel on Python 3.11
                    await self._woken[name].wait()
            except TimeoutError:
                pass
            self._woken[name].clear()

    async def _step(self, name: str) -> bool:
        """Take the next event that concerns the reader; return False when there is none, or none yet."""
        start = self._scanned.get(name)
        if start is not None and not await self._worth(name, start):
            return False
        given: list[tuple[ReaderPosition, LoggedEvent]] = []

        async def take(ctx: Ctx) -> tuple[int, bool]:
            position = await ctx.one(readers.POSITION, name=name)
            if position is None or (position.next_try_at is not None and position.next_try_at > ctx.woken_at):
                return (position.seq if position is not None else 0), False
            found = await ctx.all(AFTER, after=position.seq, until=2**62)
            row = next((row for row in found if self._concerns(name, row)), None)
            if row is not None:
                given.append((position, row))
                await self._give(ctx, name, row)
            if found:
                position.seq = (row or found[-1]).seq
                position.tries, position.next_try_at, position.error = 0, None, None
                await ctx.save(position)
            return position.seq, bool(found)

        try:
            self._scanned[name], more = await self._executor.change(take, SYSTEM, settled=True)
        except Exception as error:
            if not given:
                raise
            await self._failed(name, *given[-1], error)
            return True
        return more

    async def _worth(self, name: str, start: int) -> bool:
        """Tell whether a step would do more than move the stored position a little; remember what was passed over."""
        rows = await self._executor.peek(lambda look: look.all(AFTER, after=start, until=2**62))
        if any(self._concerns(name, row) for row in rows):
            return True
        if rows:
            self._passed[name] += len(rows)
            self._scanned[name] = rows[-1].seq
            if self._passed[name] >= LAZY:
                self._passed[name] = 0
                return True
            return await self._worth(name, rows[-1].seq)
        return False

    def _concerns(self, name: str, row: LoggedEvent) -> bool:
        kind = self._executor.system.event(row.name)
        return kind is not None and any(issubclass(kind, reader.events) for reader in self._by_name[name])

    async def _give(self, ctx: Ctx, name: str, row: LoggedEvent) -> None:
        recorded = self._history.recorded(row)
        if recorded is None:
            raise LookupError(f"event {row.seq} ({row.name}) cannot be read")
        with tracing.follow(f"reader {name}", row.actor, seq=row.seq):
            for reader in self._by_name[name]:
                if isinstance(recorded.event, reader.events):
                    await reader.func(ctx, recorded.event)

    async def _failed(self, name: str, position: ReaderPosition, row: LoggedEvent, error: Exception) -> None:
        """Wait twice as long before each further try; set the event aside after the last, so that the rest go on."""
        why = f"{type(error).__name__}: {error}"[:2000]
        log.warning("reader_event_failed", reader=name, seq=row.seq, tries=position.tries + 1, error=why)

        async def note(ctx: Ctx) -> None:
            now = await ctx.one(readers.POSITION, name=name)
            if now is None or now.seq >= row.seq:
                return
            now.tries, now.error = now.tries + 1, why
            now.next_try_at = ctx.now + timedelta(seconds=min(3600, 2**now.tries))
            if now.tries >= TRIES:
                letter = DeadLetter(id=new_id(), kind="event", name=name, seq=row.seq, args=None, error=why, at=ctx.now)
                await ctx.add(letter)
                now.seq, now.tries, now.next_try_at = row.seq, 0, None
            await ctx.save(now)

        await self._executor.change(note, settled=True)

    async def retry(self, letter_id: str) -> None:
        """Try a dead letter again; it goes away when that succeeds. Raises NotFound, or what the try raised.

        An event is given to its reader once more; a timer is set anew and runs with what is due.
        """

        async def again(ctx: Ctx) -> None:
            letter = await ctx.one(readers.DEAD_LETTER, id=letter_id)
            if letter is None:
                raise NotFound()
            if letter.kind == "event":
                after = (letter.seq or 0) - 1
                rows = await ctx.all(AFTER, after=after, until=after + 1)
                await self._give(ctx, letter.name, rows[0])
            else:
                timer = self._executor.system.timer(letter.name)
                if timer is None:
                    raise LookupError(f"no timer is called {letter.name} any more")
                await ctx.schedule(timer.func, ctx.now, **orjson.loads(letter.args or "{}"))
            await ctx.delete(letter)

        await self._executor.change(again, settled=True)
