"""A whole system in a test: real store, real log, real HTTP side, a clock that the test moves."""

from __future__ import annotations

import asyncio
import functools
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import httpx

from livefloor.declare.event import Recorded
from livefloor.declare.roles import SYSTEM, Actor
from livefloor.declare.system import System
from livefloor.kernel.clock import Clock
from livefloor.kernel.settings import read_settings
from livefloor.serve import Runtime
from livefloor.store.log import AFTER, LoggedEvent
from livefloor.work.ctx import Ctx, Look

T = TypeVar("T")

START = datetime(2025, 3, 2, 19, 0, tzinfo=UTC)
"""Sunday evening, when the room is busy."""

_TEMPLATES: dict[str, Path] = {}


async def _after(look: Look, after: int) -> list[LoggedEvent]:
    return await look.all(AFTER, after=after, until=2**62)


class World:
    """One running system. Background tasks follow the log; timers run when the test moves the clock."""

    def __init__(
        self, system: System, *, database_url: str = "", start: datetime = START, environ: dict[str, str] | None = None
    ) -> None:
        self.system = system
        self._folder = tempfile.TemporaryDirectory(prefix="livefloor-")
        self._environ = {"LIVEFLOOR_TEST_CLOCK": "1", "LIVEFLOOR_LIMITS": "off", **(environ or {})}
        self.data = Path(self._folder.name)
        self.clock = Clock(frozen_at=start)
        self.settings = read_settings(
            system.settings, system.name, self._environ, alone=True, data=self.data, database_url=database_url
        )
        self.runtime = Runtime(system, self.settings, self.clock)

    async def __aenter__(self) -> World:
        """Open the system; migrations run once a process, each test gets a copy of the result."""
        if not self.settings.is_postgres:
            template = _TEMPLATES.get(self.system.name)
            if template is None:
                await self.runtime.migrated()
                template = _TEMPLATES[self.system.name] = (
                    Path(tempfile.mkdtemp(prefix="livefloor-template-")) / "system.db"
                )
                shutil.copy(self.runtime.database, template)
            else:
                shutil.copy(template, self.runtime.database)
        await self.runtime.open(background=False)
        for start in self.system.starts():
            await self.runtime.executor.change(start, settled=True)
        await self.runtime.jobs.set_periods()
        await self.runtime.readers.place()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        await self.runtime.close()
        self._folder.cleanup()

    def client(self, token: str | None = None, address: str = "127.0.0.1", **headers: str) -> httpx.AsyncClient:
        """Return a client that calls the system in this process, from the given address."""
        transport = httpx.ASGITransport(self.runtime, client=(address, 40000))
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=headers)

    async def advance(self, **by: float) -> None:
        """Move the clock by a timedelta's keywords and apply all that fell due, then what reads the log."""
        self.clock.advance(timedelta(**by))
        await self.run_due()

    async def run_due(self) -> None:
        """Apply all that is due now, and let the durable readers take what was told."""
        await self.runtime.jobs.run_due()
        await self.runtime.catch_up()
        await self.runtime.jobs.run_due()

    async def change(self, work: Callable[[Ctx], Awaitable[T]], actor: Actor = SYSTEM) -> T:
        """Run a change in one transaction."""
        return await self.runtime.executor.change(work, actor)

    async def look(self, work: Callable[[Look], Awaitable[T]], actor: Actor = SYSTEM) -> T:
        """Run a read on one snapshot."""
        return await self.runtime.executor.look(work, actor)

    async def head(self) -> int:
        """Return the number of the last event."""
        return await self.look(lambda look: look.head())

    async def events(self, after: int = 0) -> list[Recorded]:
        """Return the events of the log after a number."""
        found: list[Recorded] = []
        while rows := await self.look(functools.partial(_after, after=after)):
            found += [recorded for row in rows if (recorded := self.runtime.history.recorded(row)) is not None]
            after = rows[-1].seq
        return found

    async def frames(self, after: int = 0, channels: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """Return the frames of the log after a number, as they go over the wire, for the given channels or all."""
        found: list[dict[str, Any]] = []
        while rows := await self.look(functools.partial(_after, after=after)):
            for row in rows:
                for place, told in enumerate(self.runtime.history.framed(row).frames):
                    if channels is None or told.channel in channels:
                        data = told.frame.model_dump(mode="json")
                        found.append(
                            {
                                "event": told.frame.event,
                                "id": f"{row.seq}.{place}",
                                "seq": row.seq,
                                "channel": told.channel,
                                "data": data,
                            }
                        )
            after = rows[-1].seq
        return found

    async def race(self, calls: Sequence[Callable[[], Awaitable[T]]]) -> list[T]:
        """Run many calls at the same moment; return their results in the same order."""
        gate = asyncio.Event()

        async def one(call: Callable[[], Awaitable[T]]) -> T:
            await gate.wait()
            return await call()

        tasks = [asyncio.ensure_future(one(call)) for call in calls]
        gate.set()
        return list(await asyncio.gather(*tasks))

    @property
    def sms(self) -> list[Any]:
        """Return the messages that the local SMS stand-in took."""
        taken: list[Any] = self.runtime.means.ports.sms.taken
        return taken
