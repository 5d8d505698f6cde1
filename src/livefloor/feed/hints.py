"""Hints between processes on PostgreSQL: "there is something new". They carry no data, so a lost one only delays."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import structlog

from livefloor.kernel.problems import Problem
from livefloor.store.engines import PostgresStore

log = structlog.get_logger("livefloor.hints")


class Hints:
    """Sends at most one NOTIFY in `QUIET_S` after commits of this process, and wakes this one for those of others."""

    QUIET_S = 0.005
    AGAIN_S = 1.0

    def __init__(self, store: PostgresStore, heard: Callable[[], None]) -> None:
        self._store = store
        self._heard = heard
        self._channel = f"livefloor_{store.schema}"
        self._due = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def send(self) -> None:
        """Say that this process has committed something."""
        self._due.set()

    async def start(self) -> None:
        """Begin to listen and to send."""
        self._tasks = [
            asyncio.create_task(self._send_on(), name="hints-send"),
            asyncio.create_task(self._listen_on(), name="hints-listen"),
        ]

    async def stop(self) -> None:
        """End."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _send_on(self) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            try:
                await self._store.notify(self._channel)
            except (Problem, OSError) as error:
                log.warning("hint_not_sent", error=str(error))
            await asyncio.sleep(self.QUIET_S)

    async def _listen_on(self) -> None:
        while True:
            try:
                await self._listen()
            except (Problem, OSError) as error:
                log.warning("hints_not_heard", error=str(error))
            await asyncio.sleep(self.AGAIN_S)

    async def _listen(self) -> None:
        db = await self._store.connection()
        lost = asyncio.Event()

        def heard(*_: Any) -> None:
            self._heard()

        db.add_termination_listener(lambda _: lost.set())
        try:
            await db.add_listener(self._channel, heard)
            await lost.wait()
        finally:
            await db.close(timeout=2)
