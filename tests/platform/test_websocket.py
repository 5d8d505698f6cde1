"""The WebSocket wire on a real server: who may in, what is told, and that nothing is missed or told twice."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from livefloor import Ctx
from livefloor.identity.sessions import Session
from livefloor.realtime.session import Connection
from livefloor.testing.server import served
from livefloor.testing.world import World
from tests.platform.conftest import People
from tests.platform.shop import User, UserChanged


@pytest.fixture
async def port(world: World) -> AsyncIterator[int]:
    """Give the port of a real server."""
    async with served(world.runtime) as port:
        yield port


@asynccontextmanager
async def line(
    port: int, token: str | None, last_id: str | None = None, **options: Any
) -> AsyncIterator[ClientConnection]:
    """Connect and sign in by the first message."""
    async with connect(f"ws://127.0.0.1:{port}/api/ws", **options) as socket:
        if token is not None:
            with suppress(ConnectionClosed):  # the server may have refused already
                await socket.send(
                    json.dumps({"type": "auth", "token": token, **({"last_id": last_id} if last_id else {})})
                )
        yield socket


async def hear(socket: ClientConnection) -> dict[str, Any]:
    """Return the next message."""
    said: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), 10))
    return said


async def closed_with(socket: ClientConnection) -> int:
    """Return the code with which the server closes."""
    with pytest.raises(ConnectionClosed) as ended:
        while True:
            await asyncio.wait_for(socket.recv(), 15)
    received = ended.value.rcvd
    assert received is not None
    return received.code


async def test_connected_then_live(world: World, people: People, port: int) -> None:
    """A connection is told who it is and then each frame of its channels, once and in order."""
    token, mechanic = await people.token("customer"), await people.client()
    async with line(port, token) as socket:
        hello = await hear(socket)
        assert hello["event"] == "connected"
        assert hello["data"]["role"] == "customer" and hello["data"]["channels"][0] == "board"
        assert hello["data"]["last_id"] == "0.0" and hello["data"]["heartbeat_seconds"] == 25
        for bike in "abc":
            await mechanic.post("/api/tickets", json={"bike": bike})
        frames = [await hear(socket) for _ in range(3)]
    assert [(frame["event"], frame["id"], frame["data"]["ticket"]["bike"]) for frame in frames] == [
        ("ticket_update", "1.0", "a"),
        ("ticket_update", "2.0", "b"),
        ("ticket_update", "3.0", "c"),
    ]


async def test_what_was_missed_comes_first_and_is_byte_for_byte_the_same(
    world: World, people: People, port: int
) -> None:
    """A client that returns with its position gets exactly what the log has for its channels."""
    token, mechanic = await people.token(), await people.client()
    async with line(port, token) as staying:
        await hear(staying)
        for bike in "abcdef":
            await mechanic.post("/api/tickets", json={"bike": bike})
        live = [await asyncio.wait_for(staying.recv(), 10) for _ in range(12)]
    async with line(port, token, last_id="2.0") as returning:
        assert (await hear(returning))["data"]["last_id"] == "6.1"
        replayed = [await asyncio.wait_for(returning.recv(), 10) for _ in range(9)]
    assert replayed == live[3:]


async def test_joining_in_a_storm_leaves_no_hole_and_no_double(world: World, people: People, port: int) -> None:
    """Clients that come while events pour in each see an unbroken rising line of numbers to the end."""
    token, mechanic = await people.token("customer"), await people.client()
    await mechanic.post("/api/tickets", json={"bike": "first"})

    async def pour() -> None:
        for turn in range(60):
            await mechanic.post("/api/tickets", json={"bike": str(turn)})

    async def come(delay: int) -> list[int]:
        while await world.head() < delay:
            await asyncio.sleep(0)
        async with line(port, token, last_id="1.0") as socket:
            await hear(socket)
            seen: list[int] = []
            while not seen or seen[-1] < 61:
                seen.append((await hear(socket))["seq"])
            return seen

    results = await asyncio.gather(pour(), *(come(delay) for delay in (1, 10, 30, 50)))
    assert all(seen == list(range(2, 62)) for seen in results[1:])


async def test_too_far_back_is_said_plainly(world: World, people: People, port: int) -> None:
    """A position out of the window, unknown or of nonsense gives one resync, then live frames."""
    mechanic = await people.client()
    await mechanic.post("/api/tickets", json={"bike": "old"})
    await mechanic.post("/api/tickets", json={"bike": "old too"})
    await world.advance(hours=25)
    token, mechanic = await people.token("customer"), await people.client()
    for last_id in ("1.0", "99.0", "nonsense"):
        async with line(port, token, last_id=last_id) as socket:
            await hear(socket)
            assert await hear(socket) == {"event": "resync", "data": {"reason": "history_gone"}}
            await mechanic.post("/api/tickets", json={"bike": "new"})
            assert (await hear(socket))["data"]["ticket"]["bike"] == "new"


async def test_nobody_in_without_proof(world: World, people: People, port: int) -> None:
    """A user id, nonsense, an expired token and a foreign origin are each closed with their code."""
    token = await people.token()
    for first, code in (
        ({"user_id": "1"}, 4401),
        ({"type": "auth"}, 4401),
        ({"type": "auth", "token": "a.b.c"}, 4401),
        ({"type": "auth", "token": 7}, 4401),
        ([], 4400),
    ):
        async with connect(f"ws://127.0.0.1:{port}/api/ws") as socket:
            await socket.send(json.dumps(first))
            assert await closed_with(socket) == code
    async with line(port, token, origin="https://evil.example") as socket:  # type: ignore[arg-type]
        assert await closed_with(socket) == 4403
    async with line(port, None, additional_headers={"Authorization": f"Bearer {token}"}) as socket:
        assert (await hear(socket))["event"] == "connected"
    world.clock.advance(timedelta(hours=25))
    async with line(port, token) as socket:
        assert await closed_with(socket) == 4401


async def test_revocation_and_expiry_reach_open_sockets(world: World, people: People, port: int) -> None:
    """A session that is revoked loses its socket; a role that changes loses the channels that were not for it."""
    gone, demoted, mechanic = await people.token(), await people.token(), await people.client()
    async with line(port, gone) as one, line(port, demoted) as two:
        one_is, two_is = (await hear(one))["data"]["user_id"], (await hear(two))["data"]["user_id"]

        async def revoke(ctx: Ctx) -> None:
            session = await ctx.one(select(Session).where(Session.user_id == one_is))
            assert session is not None
            session.revoked_at = ctx.now
            await ctx.save(session)
            user = await ctx.find(User, two_is)
            assert user is not None
            user.role = "customer"
            await ctx.save(user)
            ctx.emit(UserChanged(user_id=one_is))
            ctx.emit(UserChanged(user_id=two_is))

        await world.change(revoke)
        assert await closed_with(one) == 4401
        connection = next(c for c in world.runtime.hub.connections.values() if c.actor.id == two_is)
        while "staff" in connection.channels:
            await asyncio.sleep(0)
        await mechanic.post("/api/tickets", json={"bike": "a"})
        await mechanic.post("/api/tickets", json={"bike": "b"})
        assert [(await hear(two))["id"].split(".")[1] for _ in range(2)] == ["0", "0"]
        world.clock.advance(timedelta(hours=25))
        assert await closed_with(two) == 4401


async def test_talk(world: World, people: People, port: int) -> None:
    """Ping, channels, sync and what is not understood are each answered; the socket stays."""
    token, mechanic = await people.token(), await people.client()
    async with line(port, token) as socket:
        await hear(socket)
        await socket.send(json.dumps({"type": "ping"}))
        assert (await hear(socket))["event"] == "pong"
        await socket.send(json.dumps({"type": "unsubscribe", "channels": ["board"]}))
        assert "board" not in (await hear(socket))["data"]["channels"]
        await mechanic.post("/api/tickets", json={"bike": "x"})
        assert (await hear(socket))["id"] == "1.1"
        await socket.send(json.dumps({"type": "subscribe", "channels": ["board", "user:someone"]}))
        assert (await hear(socket))["data"]["code"] == "forbidden_channel"
        assert "board" in (await hear(socket))["data"]["channels"]
        await socket.send(json.dumps({"type": "sync", "last_id": "0.0"}))
        await socket.send(json.dumps({"type": "publish"}))
        heard = [await hear(socket) for _ in range(3)]
        assert [one.get("id") for one in heard] == ["1.0", "1.1", None]
        assert heard[2]["data"]["code"] == "unknown_type"
        await socket.send("not json")
        assert await closed_with(socket) == 4400


async def test_limits(world: World, people: People, port: int) -> None:
    """Too many messages, too large a one, and a sixth socket are each closed as the protocol says."""
    token = await people.token()
    async with line(port, token) as socket:
        await hear(socket)
        with suppress(ConnectionClosed):
            for _ in range(25):
                await socket.send(json.dumps({"type": "ping"}))
        assert await closed_with(socket) == 4429
    async with line(port, token) as socket:
        await hear(socket)
        await socket.send(json.dumps({"type": "ping", "pad": "x" * 17_000}))
        assert await closed_with(socket) == 1009
    async with line(port, token) as oldest:
        await hear(oldest)
        others = [await connect(f"ws://127.0.0.1:{port}/api/ws") for _ in range(5)]
        for socket in others:
            await socket.send(json.dumps({"type": "auth", "token": token}))
            await hear(socket)
        assert await closed_with(oldest) == 4429
        for socket in others:
            await socket.close()


async def test_a_slow_reader_is_closed_and_complete_when_it_returns(
    world: World, people: People, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that stops reading is closed with 4410 once its queue is full, harms nobody, and catches up whole."""
    monkeypatch.setattr(Connection, "QUEUE", 8)
    slow, quick, mechanic = await people.token("customer"), await people.token("customer"), await people.client()
    bike = "x" * 200_000
    async with line(port, quick, max_size=None) as reading, line(port, slow, max_size=None, max_queue=1) as stalled:
        await hear(reading)
        await hear(stalled)
        stalled.transport.pause_reading()
        for _ in range(60):
            await mechanic.post("/api/tickets", json={"bike": bike})
            await hear(reading)
        slow_one = [c for c in world.runtime.hub.connections.values() if c.actor.id != reading and c.closing.done()]
        assert slow_one == [] or slow_one[0].closing.result().code == 4410
        stalled.transport.resume_reading()
        assert await closed_with(stalled) == 4410
    async with line(port, slow, last_id="0.0", max_size=None) as returned:
        await hear(returned)
        assert [(await hear(returned))["seq"] for _ in range(60)] == list(range(1, 61))


async def test_shutdown_says_good_bye(world: World, people: People) -> None:
    """When the server stops, clients are told 1001, which means: come back."""
    token = await people.token()
    async with served(world.runtime) as port:
        socket = await connect(f"ws://127.0.0.1:{port}/api/ws")
        await socket.send(json.dumps({"type": "auth", "token": token}))
        await hear(socket)
    assert await closed_with(socket) == 1001


async def test_a_forwarded_address_counts_from_trusted_proxies_alone(people: People, port: int) -> None:
    """A header that anybody can send does not change who is calling."""
    app = people.world.runtime.http
    scope = {"client": ("127.0.0.1", 1)}
    forged = {"x-forwarded-for": "203.0.113.9"}
    assert app.address_of(scope, forged) == "127.0.0.1"
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        seen: list[str] = []
        app.address_of = lambda scope, headers: seen.append(scope["client"][0]) or "127.0.0.1"  # type: ignore[method-assign,func-returns-value]
        await client.get("/api/count", headers=forged)
    assert seen == ["127.0.0.1"]
