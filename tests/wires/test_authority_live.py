"""Rights that end, on real sockets of all wires at two processes: what comes after the change in the log is told nobody."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from livefloor import Ctx
from livefloor.identity.sessions import Session
from livefloor.testing.server import Process, process
from livefloor.testing.world import World
from tests.conftest import Postgres
from tests.platform.conftest import People
from tests.platform.shop import ShopTold, User, UserChanged
from tests.platform.shop import system as shop
from tests.wires.lines import opened

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
        lines = [
            await opened(stack, wire, server.port, people.signed(session), key=KEY)
            for server in servers[1]
            for wire in CODES
        ]
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
