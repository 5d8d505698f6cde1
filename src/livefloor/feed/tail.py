"""Follows the log in order and hands each event on: to the hub, the stored answers, the durable readers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from livefloor.kernel.problems import Problem
from livefloor.store.log import AFTER
from livefloor.work.execute import Executor
from livefloor.work.history import Framed, History

log = structlog.get_logger("livefloor.tail")

Take = Callable[[Sequence[Framed]], Awaitable[None]]


class Tail:
    """One per system and process. It is woken after each commit of this process and by hints of others, and looks by
    itself every 250 ms: a lost hint delays, it never loses."""

    POLL_S = 0.25

    def __init__(self, executor: Executor, history: History, take: Take) -> None:
        self._executor = executor
        self._history = history
        self._take = take
        self._woken = asyncio.Event()
        self.position = 0
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Say that there may be something new."""
        self._woken.set()

    async def start(self) -> None:
        """Begin at the end of the log."""
        self.position = await self._executor.look(lambda look: look.head())
        self._task = asyncio.create_task(self._follow(), name="log-tail")

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _follow(self) -> None:
        while True:
            try:
                while await self._step():
                    pass
            except Problem as problem:
                log.warning("log_not_readable", error=str(problem))
            except Exception:
                log.exception("tail_failed")
            try:
                async with asyncio.timeout(self.POLL_S):  # wait_for may swallow a cancel on Python 3.11
                    await self._woken.wait()
            except TimeoutError:
                pass
            self._woken.clear()

    async def _step(self) -> bool:
        after = self.position
        rows = await self._executor.peek(lambda look: look.all(AFTER, after=after, until=2**62))
        if rows:
            await self._executor.store.durable(rows[-1].seq)
            await self._take([self._history.framed(row) for row in rows])
            self.position = rows[-1].seq
        return bool(rows)
