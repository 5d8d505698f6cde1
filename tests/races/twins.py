"""A world whose requests are answered by two real server processes on one PostgreSQL."""

from __future__ import annotations

import ssl
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import httpx
from sqlalchemy import text

from livefloor import Ctx, Recorded, System
from livefloor.systems.laundry.models import User
from livefloor.testing.server import Process, process
from livefloor.testing.sign_in import sign_in
from livefloor.testing.world import World

PLAIN = ssl.create_default_context()
"""Made once: a client makes one of its own otherwise, which takes longer than its request."""

SETTINGS = {
    "LIVEFLOOR_TEST_CLOCK": "1",
    "LIVEFLOOR_LIMITS": "off",
    "LIVEFLOOR_LAUNDRY_BCRYPT_ROUNDS": "4",
    "LIVEFLOOR_SECRET_KEY": "two processes and the test beside them",
    "LIVEFLOOR_LAUNDRY_PIN_PEPPER": "have the same secrets",
}

LEFT = (
    "activities", "cycles", "deliveries", "fault_reports", "idempotency_keys", "notifications", "status_reports",
    "waitlist_items", "refresh_tokens", "sessions", "devices", "users",
)  # fmt: skip
"""The tables in which a test leaves something behind."""

EMPTIED = """
UPDATE machines SET status = 'available', enabled = true, current_cycle_id = NULL, laundry_inside = false, hold_user_id = NULL,
    hold_item_id = NULL, hold_reason = NULL, hold_expires_at = NULL, out_of_order_since = NULL, out_of_order_reason = NULL,
    expected_back_at = NULL
"""


@dataclass(slots=True)
class Pair:
    """Two servers of one database."""

    database_url: str
    servers: tuple[Process, Process]


def started(stack: ExitStack, database_url: str, data: Path, *, system: str = "laundry", **environ: str) -> Pair:
    """Start two servers; they end with the stack."""
    said = {**SETTINGS, "LIVEFLOOR_DRAIN_SECONDS": "0", **environ, "LIVEFLOOR_DATABASE_URL": database_url}
    one, two = (stack.enter_context(process(system, data=data / name, wait=False, **said)) for name in ("one", "two"))
    one.wait_until_ready(within_s=120)
    two.wait_until_ready(within_s=120)
    return Pair(database_url, (one, two))


class Twins(World):
    """The test reads and prepares the database beside the two; its clients go to one of them after the other."""

    def __init__(self, system: System, pair: Pair) -> None:
        super().__init__(system, database_url=pair.database_url, start=datetime.now(UTC), environ=SETTINGS)
        self.servers = pair.servers
        self._turn = 0
        self._from = 0
        self._admin = ""

    async def __aenter__(self) -> Self:
        """Open the database and clear it of what the test before has left."""
        await super().__aenter__()

        async def clear(ctx: Ctx) -> None:
            await ctx.run(text(EMPTIED))
            for table in LEFT:
                await ctx.run(text(f"DELETE FROM {table}"))
            await ctx.run(text("DELETE FROM timers WHERE settles"))

        await self.change(clear)
        self._from = await self.head()
        return self

    def client(self, token: str | None = None, address: str = "", **headers: str) -> httpx.AsyncClient:
        """Return a client of the next of the two."""
        self._turn += 1
        return self.client_of(self.servers[self._turn % 2], token, **headers)

    def client_of(self, server: Process, token: str | None = None, **headers: str) -> httpx.AsyncClient:
        """Return a client of one of the two."""
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return httpx.AsyncClient(base_url=server.url, headers=headers, verify=PLAIN, timeout=60)

    async def events(self, after: int = 0) -> list[Recorded]:
        """Return the events of this test after a number."""
        return await super().events(max(after, self._from))

    async def advance(self, **by: float) -> None:
        """Move the clocks of all three."""
        self.clock.advance(timedelta(**by))
        for server in self.servers:
            await self.advance_one(server, int(timedelta(**by).total_seconds()))

    async def advance_one(self, server: Process, seconds: int) -> None:
        """Move the clock of one of the two."""
        self._admin = self._admin or await self._admin_token()
        async with self.client_of(server, self._admin) as client:
            answer = await client.post("/api/v1/debug/clock", json={"advance_seconds": seconds})
            assert answer.status_code == 200, answer.text

    async def _admin_token(self) -> str:
        """Return a token of an admin who lives for as long as the test moves clocks."""

        async def make(ctx: Ctx) -> str:
            user = await ctx.add(User(role="admin", student_id="999999", display_name="Clock"))
            return (await sign_in(ctx, user, timedelta(days=400)))[1]

        token: str = await self.change(make)
        return token
