"""A world whose requests are answered by two real server processes on one PostgreSQL."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any

import httpx
from livefloor import Ctx, System, new_id
from livefloor.identity.sessions import Session, tokens_of
from livefloor.systems.laundry.models import User
from livefloor.testing.server import Process, process
from livefloor.testing.world import World

PLAIN = ssl.create_default_context()
"""Made once: a client makes one of its own otherwise, which takes longer than its request."""

SETTINGS = {"LIVEFLOOR_TEST_CLOCK": "1", "LIVEFLOOR_LIMITS": "off", "LIVEFLOOR_LAUNDRY_BCRYPT_ROUNDS": "4"}


class Twins(World):
    """The test reads and prepares the database beside the two; its clients go to one of them after the other."""

    def __init__(self, system: System, *, database_url: str, environ: dict[str, str] | None = None) -> None:
        super().__init__(system, database_url=database_url, start=datetime.now(UTC), environ={**SETTINGS, **(environ or {})})
        self._stack = ExitStack()
        self._turn = 0
        self._admin = ""
        self.processes: list[Process] = []

    async def __aenter__(self) -> Twins:
        """Open the database, then start both."""
        await super().__aenter__()
        url = self.settings.database_url
        for _ in range(2):
            started = process("laundry", data=self.data, wait=False, **{**self._environ, "LIVEFLOOR_DATABASE_URL": url})
            self.processes.append(self._stack.enter_context(started))
        await asyncio.gather(*(asyncio.to_thread(one.wait_until_ready) for one in self.processes))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End both, then close."""
        await asyncio.to_thread(self._stack.close)
        await super().__aexit__(kind, error, trace)

    def client(self, token: str | None = None, address: str = "", **headers: str) -> httpx.AsyncClient:
        """Return a client of the next of the two."""
        self._turn += 1
        return self.client_of(self.processes[self._turn % 2], token, **headers)

    def client_of(self, server: Process, token: str | None = None, **headers: str) -> httpx.AsyncClient:
        """Return a client of one of the two."""
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return httpx.AsyncClient(base_url=server.url, headers=headers, verify=PLAIN, timeout=60)

    async def advance(self, **by: float) -> None:
        """Move the clocks of all three."""
        self.clock.advance(timedelta(**by))
        seconds = int(timedelta(**by).total_seconds())
        for server in self.processes:
            if server.popen.poll() is None:
                await self.advance_one(server, seconds)

    async def advance_one(self, server: Process, seconds: int) -> None:
        """Move the clock of one of the two."""
        self._admin = self._admin or await self._admin_token()
        async with self.client_of(server, self._admin) as client:
            answer = await client.post("/api/v1/debug/clock", json={"advance_seconds": seconds})
            assert answer.status_code == 200, answer.text

    async def _admin_token(self) -> str:
        """Return a token of an admin who lives for as long as the test moves clocks."""
        session_id, lives = new_id(), timedelta(days=400)

        async def make(ctx: Ctx) -> Any:
            user = await ctx.add(User(role="admin", student_id="999999", display_name="Clock"))
            session = Session(
                id=session_id, user_id=user.id, user_agent="test", ip_prefix="", created_at=ctx.now, last_used_at=ctx.now,
                expires_at=ctx.now + lives,
            )  # fmt: skip
            await ctx.add(session)
            return user.id

        user_id = await self.change(make)
        return tokens_of(self.runtime.means).issue(user_id, session_id, "admin", self.clock.now(), lives)
