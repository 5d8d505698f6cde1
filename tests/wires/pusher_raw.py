"""A client of Pusher's protocol that says and hears raw frames."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from livefloor import Ctx
from livefloor.identity.pusher import App
from livefloor.identity.sessions import Session
from livefloor.testing.world import World
from tests.platform.shop import ShopTold, User, UserChanged

PATIENCE_S = 20
"""When to give up waiting; what is waited for takes milliseconds."""

ASKED = "protocol=7&client=js&version=8.6.0&flash=false"


def app_of(world: World) -> App:
    """Return the credentials of the running system."""
    return App.of(world.runtime.means.secrets)


class Client:
    """One socket; `socket_id` is what the server said."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.socket_id = ""
        self.minds_positions = False
        """Whether it hears from where its channels go on; once it has asked for what was missed, it does."""

    async def hear(self) -> dict[str, Any]:
        """Return the next frame, its data read if it is a string of JSON."""
        while True:
            said: dict[str, Any] = json.loads(await asyncio.wait_for(self.socket.recv(), PATIENCE_S))
            if isinstance(said.get("data"), str):
                said["data"] = json.loads(said["data"])
            if self.minds_positions or said["event"] != "livefloor:caught_up":
                return said

    async def hear_of(self, *events: str) -> dict[str, Any]:
        """Return the next frame of one of these names, past all others."""
        while (said := await self.hear())["event"] not in events:
            pass
        return said

    async def say(self, event: str, data: Any = None, **more: Any) -> None:
        """Say something."""
        await self.socket.send(json.dumps({"event": event, "data": {} if data is None else data, **more}))

    async def ask(self, event: str, data: Any, **more: Any) -> dict[str, Any]:
        """Say something and return the next frame."""
        await self.say(event, data, **more)
        return await self.hear()

    async def settled(self) -> list[dict[str, Any]]:
        """Return what is heard before the answer to a ping: all that the server had to say so far."""
        await self.say("pusher:ping")
        heard = []
        while (said := await self.hear())["event"] != "pusher:pong":
            heard.append(said)
        return heard

    async def subscribe(self, channel: str, page: httpx.AsyncClient | None = None, **asked: Any) -> dict[str, Any]:
        """Join a channel, as a page that may ask for authorization; return the answer."""
        given = await authorized(page, self.socket_id, channel, **asked) if page is not None else {"auth": ""}
        self.minds_positions |= asked.get("since", "") not in ("", "null", "undefined")
        await self.say("pusher:subscribe", {"channel": channel, **given})
        return await self.hear_of("pusher_internal:subscription_succeeded", "pusher:subscription_error")

    async def sign_in(self, page: httpx.AsyncClient) -> dict[str, Any]:
        """Say whose socket it is; return the answer."""
        answer = await page.post("/pusher/user-auth", data={"socket_id": self.socket_id})
        assert answer.status_code == 200
        return await self.ask("pusher:signin", answer.json())

    async def close_code(self) -> int:
        """Return the code with which the server closes."""
        with pytest.raises(ConnectionClosed) as ended:
            while True:
                await asyncio.wait_for(self.socket.recv(), PATIENCE_S)
        assert ended.value.rcvd is not None
        return ended.value.rcvd.code


async def authorized(page: httpx.AsyncClient, socket_id: str, channel: str, **asked: Any) -> Mapping[str, Any]:
    """Return what lets a socket join a channel."""
    answer = await page.post("/pusher/auth", data={"socket_id": socket_id, "channel_name": channel, **asked})
    assert answer.status_code == 200, answer.text
    given: dict[str, Any] = answer.json()
    return given


@asynccontextmanager
async def dialled(port: int, path: str, **options: Any) -> AsyncIterator[Client]:
    """Open a socket at a path."""
    async with connect(f"ws://127.0.0.1:{port}{path}", proxy=None, **{"max_queue": None, **options}) as socket:
        yield Client(socket)


@asynccontextmanager
async def connected(world: World, port: int, **options: Any) -> AsyncIterator[Client]:
    """Open a socket and hear who it is."""
    async with dialled(port, f"/app/{app_of(world).key}?{ASKED}", **options) as client:
        hello = await client.hear()
        assert hello["event"] == "pusher:connection_established"
        client.socket_id = hello["data"]["socket_id"]
        yield client


async def tell(world: World, text: str, *channels: str) -> None:
    """Tell everybody on some channels something; it goes into the log."""

    async def work(ctx: Ctx) -> None:
        ctx.emit(ShopTold(channels=list(channels), text=text))

    await world.change(work)


async def end(world: World, session: Session) -> None:
    """End a session, as a log-out does."""

    async def work(ctx: Ctx) -> None:
        row = await ctx.find(Session, session.id)
        assert row is not None
        row.revoked_at = ctx.now
        await ctx.save(row)
        ctx.emit(UserChanged(user_id=session.user_id))

    await world.change(work)


async def demote(world: World, session: Session) -> None:
    """Make a mechanic a customer."""

    async def work(ctx: Ctx) -> None:
        user = await ctx.find(User, session.user_id)
        assert user is not None
        user.role = "customer"
        await ctx.save(user)
        ctx.emit(UserChanged(user_id=user.id))

    await world.change(work)
