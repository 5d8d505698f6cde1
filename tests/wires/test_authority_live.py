"""Rights that end, on real sockets of all wires at two processes: what comes after the change in the log is told nobody."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from livefloor import Ctx
from livefloor.identity.sessions import Session
from livefloor.testing.server import Process, process
from livefloor.testing.world import World
from tests.conftest import Postgres
from tests.platform.conftest import People
from tests.platform.shop import ShopTold, User, UserChanged
from tests.platform.shop import system as shop

PATIENCE_S = 30
"""When to give up waiting; what is waited for takes milliseconds."""
KEY = "authority"
SETTINGS = {
    "LIVEFLOOR_LIMITS": "off",
    "LIVEFLOOR_SECRET_KEY": "of those whose rights come and go",
    "LIVEFLOOR_PUSHER_APP_ID": "42",
    "LIVEFLOOR_PUSHER_KEY": KEY,
    "LIVEFLOOR_PUSHER_SECRET": "of those whose rights come and go",
    "LIVEFLOOR_DRAIN_SECONDS": "0",
    "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]),
}


@pytest.fixture(scope="module")
def servers(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[Process]]]:
    """Give the database, and the two processes that serve it."""
    url = postgres.url(asyncio.run(postgres.create(shop)))
    with ExitStack() as stack:
        said = {**SETTINGS, "LIVEFLOOR_DATABASE_URL": url}
        folder = tmp_path_factory.mktemp("authority")
        both = [
            stack.enter_context(process("tests.platform.shop:system", data=folder / name, wait=False, **said))
            for name in ("one", "two")
        ]
        for each in both:
            each.wait_until_ready(within_s=120)
        yield url, both


@pytest.fixture
async def world(servers: tuple[str, list[Process]]) -> AsyncIterator[World]:
    """Give a third process, which only writes, with the clock of the others."""
    async with World(shop, database_url=servers[0], environ=SETTINGS, start=datetime.now(UTC)) as world:
        yield world


class Line:
    """One connection on a real socket, and all that came over it."""

    def __init__(self, wire: str) -> None:
        self.wire = wire
        self.heard = b""
        self.code: int | None = None
        self.ended = False
        self._news = asyncio.Condition()

    async def follow(self, lines: Any) -> None:
        """Keep what comes until the server ends it."""
        try:
            async for text in lines:
                await self._keep(text if isinstance(text, bytes) else text.encode())
        except ConnectionClosed:
            pass
        if isinstance(lines, ClientConnection):
            self.code = lines.close_code
        self.ended = True
        await self._keep(b"")

    async def _keep(self, data: bytes) -> None:
        async with self._news:
            self.heard += data
            self._news.notify_all()

    async def until(self, *patterns: bytes) -> None:
        """Wait until all patterns were heard."""
        async with asyncio.timeout(PATIENCE_S), self._news:
            await self._news.wait_for(lambda: all(re.search(pattern, self.heard) for pattern in patterns))

    async def until_ended(self) -> None:
        """Wait until the server has ended it."""
        async with asyncio.timeout(PATIENCE_S), self._news:
            await self._news.wait_for(lambda: self.ended)


async def opened(stack: AsyncExitStack, wire: str, server: Process, token: str) -> Line:
    """Connect somebody by a wire, who is on `board` and `staff` then."""
    line, at = Line(wire), f"ws://127.0.0.1:{server.port}"
    headers = {"Authorization": f"Bearer {token}"}
    client = await stack.enter_async_context(
        httpx.AsyncClient(base_url=server.url, headers=headers, timeout=PATIENCE_S)
    )
    lines: Any
    said: list[Any] = []
    connected = [b"connected"]
    if wire == "sse":
        response = await stack.enter_async_context(client.stream("GET", "/api/stream"))
        lines = response.aiter_bytes()
    else:
        path = {"websocket": "/api/ws", "socketio": "/socket.io/?EIO=4&transport=websocket"}
        where = at + path.get(wire, f"/app/{KEY}?protocol=7")
        lines = await stack.enter_async_context(connect(where, proxy=None))
    if wire == "websocket":
        said = [json.dumps({"type": "auth", "token": token})]
    elif wire == "socketio":
        said, connected = ["40" + json.dumps({"token": token})], [rb'\["connected"']
    elif wire == "pusher":
        hello = json.loads(json.loads(await lines.recv())["data"])
        for name in ("private-board", "private-staff"):
            answer = await client.post("/pusher/auth", data={"socket_id": hello["socket_id"], "channel_name": name})
            said.append(json.dumps({"event": "pusher:subscribe", "data": {"channel": name, **answer.json()}}))
        connected = [b"caught_up.*private-board", b"caught_up.*private-staff"]
    for text in said:
        await lines.send(text)
    task = asyncio.create_task(line.follow(lines))
    stack.callback(task.cancel)
    await line.until(*connected)
    return line


async def tell(world: World, text: str) -> None:
    """Tell those on both channels something."""

    async def work(ctx: Ctx) -> None:
        for channel in ("staff", "board"):
            ctx.emit(ShopTold(channels=[channel], text=f"<{text}@{channel}>"))

    await world.change(work)


# -- how rights end -------------------------------------------------------------------------------------------------

Change = Callable[[World, People, Session, list[Process]], Awaitable[None]]


async def logged_out(world: World, people: People, session: Session, servers: list[Process]) -> None:
    """Sign out at the one."""
    headers = {"Authorization": f"Bearer {people.signed(session)}"}
    async with httpx.AsyncClient(base_url=servers[0].url, headers=headers, timeout=PATIENCE_S) as client:
        assert (await client.post("/api/auth/logout")).status_code == 200


async def revoked(world: World, people: People, session: Session, servers: list[Process]) -> None:
    """End the session from another one, at the other."""

    async def begin(ctx: Ctx) -> Session:
        columns = {name: getattr(session, name) for name in Session.column_names() - {"id"} if hasattr(session, name)}
        return await ctx.add(Session(id=session.id + "-2", **columns))

    headers = {"Authorization": f"Bearer {people.signed(await world.change(begin))}"}
    async with httpx.AsyncClient(base_url=servers[1].url, headers=headers, timeout=PATIENCE_S) as client:
        assert (await client.delete(f"/api/auth/sessions/{session.id}")).status_code < 300


async def demoted(world: World, people: People, session: Session, servers: list[Process]) -> None:
    """Change the role."""
    await _changed(world, session, role="customer")


async def shut_out(world: World, people: People, session: Session, servers: list[Process]) -> None:
    """Take the account its standing, and leave the session."""
    await _changed(world, session, status="suspended")


async def _changed(world: World, session: Session, **columns: str) -> None:
    async def work(ctx: Ctx) -> None:
        user = await ctx.find(User, session.user_id)
        assert user is not None
        for name, value in columns.items():
            setattr(user, name, value)
        await ctx.save(user)
        ctx.emit(UserChanged(user_id=user.id))

    await world.change(work)


CODES = {"websocket": 4401, "pusher": 4009, "socketio": 4401, "sse": None}


@pytest.mark.parametrize("change", [logged_out, revoked, demoted, shut_out])
async def test_rights_that_end_reach_every_wire_and_process(
    world: World, people: People, servers: tuple[str, list[Process]], change: Change
) -> None:
    """Eight lines of one person, on four wires at two processes: after the change none hears what it may not."""
    session = await people.account()
    async with AsyncExitStack() as stack:
        lines = [await opened(stack, wire, server, people.signed(session)) for server in servers[1] for wire in CODES]
        await tell(world, "before")
        for line in lines:
            await line.until(b"<before@staff>", b"<before@board>")
        await change(world, people, session, servers[1])
        await tell(world, "after")
        for line in lines:
            if change is demoted and line.wire != "pusher":
                await line.until(b"<after@board>")
                assert not line.ended
                assert b"<after@staff>" not in line.heard
            else:
                await line.until_ended()
                assert b"<after@" not in line.heard
                assert line.code == (4200 if change is demoted else CODES[line.wire])
