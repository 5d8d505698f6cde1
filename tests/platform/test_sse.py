"""The wire of Server-Sent Events on a real server: who may listen, what is told, and that nothing is missed or told twice."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

import httpx
import pytest
from websockets.asyncio.client import connect

from livefloor import SSE, Ctx
from livefloor.declare.check import check_system
from livefloor.identity.sessions import Session
from livefloor.realtime.asyncapi import SAID_OF_PRESENCE, document
from livefloor.realtime.codes import GOING_AWAY
from livefloor.realtime.session import Connection
from livefloor.serve import Runtime
from livefloor.testing.server import served
from livefloor.testing.world import World
from tests.platform.conftest import People
from tests.platform.shop import PersonTold, User, UserChanged
from tests.platform.shop import system as shop

PATIENCE_S = 20
"""When to give up waiting; what is waited for takes milliseconds."""


class Heard(NamedTuple):
    """An event as EventSource gives it."""

    event: str
    id: str
    data: str


class Ended(Exception):
    """The stream has ended, or was cut."""


async def lines_of(response: httpx.Response) -> AsyncIterator[str]:
    """Return the lines of a stream; httpx's own would also break at U+2028. Raises Ended."""
    text = ""
    try:
        async for more in response.aiter_text():
            *lines, text = (text + more).split("\n")
            for line in lines:
                yield line
    except httpx.TransportError as error:
        raise Ended from error
    raise Ended


class Ear:
    """Reads a stream as the standard says."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.retry = 0
        self.comments = 0
        self.last_id = ""
        self._lines = lines_of(response)

    async def hear(self) -> Heard:
        """Return the next event. Raises Ended."""
        name, data = "", []
        async with asyncio.timeout(PATIENCE_S):
            while True:
                line = await anext(self._lines)
                field, _, value = line.partition(":")
                match field, value.removeprefix(" "):
                    case "", "" if line == "":
                        if data:
                            return Heard(name, self.last_id, "\n".join(data))
                        name = ""
                    case "", _:
                        self.comments += 1
                    case "event", name:
                        pass
                    case "id", where:
                        self.last_id = where
                    case "data", text:
                        data.append(text)
                    case "retry", number:
                        self.retry = int(number)

    async def rest(self) -> list[Heard]:
        """Return what comes until the server ends the stream."""
        heard = []
        try:
            while True:
                heard.append(await self.hear())
        except Ended:
            return heard


@pytest.fixture
async def port(world: World) -> AsyncIterator[int]:
    """Give the port of a real server."""
    async with served(world.runtime) as port:
        yield port


@asynccontextmanager
async def request(port: int, token: str | None, seen: str | None, **query: str) -> AsyncIterator[httpx.Response]:
    """Ask for the stream, as a program does."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if seen is not None:
        headers["Last-Event-ID"] = seen
    async with (
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=PATIENCE_S) as client,
        client.stream("GET", "/api/stream", params=query) as response,
    ):
        yield response


@asynccontextmanager
async def stream(
    port: int, token: str | None = None, seen: str | None = None, **query: str
) -> AsyncIterator[tuple[Ear, dict[str, Any]]]:
    """Open the stream; give it with what it said first."""
    async with request(port, token, seen, **query) as response:
        assert response.status_code == 200
        ear = Ear(response)
        hello = await ear.hear()
        assert hello.event == "connected"
        yield ear, json.loads(hello.data)


async def refused(port: int, token: str | None = None, **query: str) -> tuple[int, str]:
    """Return the status and code with which the stream is refused."""
    async with request(port, token, None, **query) as response:
        await response.aread()
        return response.status_code, response.json()["code"]


async def ticket(client: httpx.AsyncClient) -> str:
    """Get a ticket."""
    answer = await client.post("/api/stream/ticket")
    assert (answer.status_code, answer.json()["expires_in"]) == (200, 60)
    return str(answer.json()["ticket"])


async def end(world: World, session: Session) -> None:
    """End a session, as a log-out does."""

    async def work(ctx: Ctx) -> None:
        row = await ctx.find(Session, session.id)
        assert row is not None
        row.revoked_at = ctx.now
        await ctx.save(row)
        ctx.emit(UserChanged(user_id=session.user_id))

    await world.change(work)


async def test_connected_then_live(world: World, people: People, port: int) -> None:
    """A stream begins with who one is and where it stands, then gives each frame of one's channels, once and in order."""
    token, mechanic = await people.token("customer"), await people.client()
    async with stream(port, token) as (ear, hello):
        assert hello["role"] == "customer" and hello["channels"][0] == "board" and hello["heartbeat_seconds"] == 15
        assert (hello["last_id"], ear.last_id) == ("0.0", "0.0")
        assert 1500 <= ear.retry <= 4500
        headers = ear.response.headers
        assert headers["content-type"] == "text/event-stream; charset=utf-8"
        assert (headers["cache-control"], headers["x-accel-buffering"]) == ("no-store", "no")
        assert "content-encoding" not in headers
        for bike in "abc":
            await mechanic.post("/api/tickets", json={"bike": bike})
        heard = [await ear.hear() for _ in range(3)]
    assert [(one.event, one.id, json.loads(one.data)["ticket"]["bike"]) for one in heard] == [
        ("ticket_update", "1.0", "a"),
        ("ticket_update", "2.0", "b"),
        ("ticket_update", "3.0", "c"),
    ]
    async with asyncio.timeout(PATIENCE_S):
        while world.runtime.hub.connections:  # a client that is gone is forgotten
            await asyncio.sleep(0)


async def test_live_missed_and_the_socket_give_the_same_bytes(world: World, people: People, port: int) -> None:
    """Whoever returns with a position gets exactly what the log has for its channels, and the socket tells the same."""
    token, mechanic = await people.token(), await people.client()
    async with (
        stream(port, token) as (staying, _),
        connect(f"ws://127.0.0.1:{port}/api/ws", additional_headers={"Authorization": f"Bearer {token}"}) as socket,
    ):
        await socket.recv()
        for bike in ("a", "b", "line\nbreak \u2028 ü", "d", "e", "f"):
            await mechanic.post("/api/tickets", json={"bike": bike})
        live = [await staying.hear() for _ in range(12)]
        told = [str(await asyncio.wait_for(socket.recv(), PATIENCE_S)) for _ in range(12)]
    for one, text in zip(live, told, strict=True):
        assert (one.event, one.id) == (json.loads(text)["event"], json.loads(text)["id"])
        assert text.endswith(f',"data":{one.data}}}')
    async with stream(port, token, seen="2.0") as (returning, hello):
        assert hello["last_id"] == "6.1"
        assert [await returning.hear() for _ in range(9)] == live[3:]
    async with stream(port, token, last_id="5.0") as (first, _), stream(port, token) as (fresh, _):
        assert [await first.hear() for _ in range(3)] == live[9:]
        await mechanic.post("/api/tickets", json={"bike": "now"})
        assert (await fresh.hear()).id == "7.0"


async def test_the_header_wins_over_the_address(people: People, port: int) -> None:
    """A browser that reconnects repeats the address; what it has seen since stands in the header."""
    token, mechanic = await people.token("customer"), await people.client()
    for bike in "abc":
        await mechanic.post("/api/tickets", json={"bike": bike})
    async with request(port, token, "2.0", last_id="0.0") as response:
        ear = Ear(response)
        assert [(await ear.hear()).event, (await ear.hear()).id] == ["connected", "3.0"]


async def test_order_and_no_doubles_while_it_reconnects(world: World, people: People, port: int) -> None:
    """Fifty changes pour in while clients are cut again and again, by themselves and by the server."""
    token, other, mechanic = await people.token("customer"), await people.token(), await people.client()

    async def pour() -> None:
        for turn in range(50):
            await mechanic.post("/api/tickets", json={"bike": str(turn)})
            if turn % 9 == 0:
                for connection in tuple(world.runtime.hub.connections.values()):
                    connection.close(GOING_AWAY)

    async def follow(token: str, until: str, at_once: int) -> list[str]:
        seen: list[str] = []
        while not seen or seen[-1] != until:
            with suppress(Ended):
                async with stream(port, token, seen=seen[-1] if seen else "0.0") as (ear, _):
                    for _ in range(at_once):
                        seen.append((await ear.hear()).id)
                        if seen[-1] == until:
                            break
        return seen

    _, one, two, three = await asyncio.gather(
        pour(), follow(token, "50.0", 3), follow(token, "50.0", 100), follow(other, "50.1", 4)
    )
    assert one == two == [f"{seq}.0" for seq in range(1, 51)]
    assert three == [f"{seq}.{place}" for seq in range(1, 51) for place in (0, 1)]


async def test_what_was_missed_over_a_restart(world: World, people: People) -> None:
    """A client that stood in one server goes on at the next, with what happened between them."""
    token = await people.token("customer")
    mechanic_token = await people.token()
    async with served(world.runtime) as port, stream(port, token) as (ear, _):
        async with world.client(mechanic_token) as mechanic:
            await mechanic.post("/api/tickets", json={"bike": "before"})
        last = await ear.hear()
    async with world.client(mechanic_token) as mechanic:
        await mechanic.post("/api/tickets", json={"bike": "without a server"})
    await world.runtime.close()
    world.runtime = Runtime(world.system, world.settings, world.clock)
    await world.runtime.open(background=False)
    async with world.client(mechanic_token) as mechanic:
        await mechanic.post("/api/tickets", json={"bike": "after"})
        async with served(world.runtime) as port, stream(port, token, seen=last.id) as (ear, _):
            await mechanic.post("/api/tickets", json={"bike": "live"})
            heard = [await ear.hear() for _ in range(3)]
    assert [json.loads(one.data)["ticket"]["bike"] for one in heard] == ["without a server", "after", "live"]


async def test_too_far_back_is_said_plainly(world: World, people: People, port: int) -> None:
    """A position out of the window, unknown or of nonsense gives one resync that moves the client on, then live frames."""
    mechanic = await people.client()
    for _ in range(2):
        await mechanic.post("/api/tickets", json={"bike": "old"})
    await world.advance(hours=25)
    token, mechanic = await people.token("customer"), await people.client()
    for last_id in ("1.0", "99.0", "nonsense", "1.0\nevent: forged\ndata: x\n\n"):
        head = await world.head()
        async with stream(port, token, last_id=last_id) as (ear, _):
            assert ear.last_id == ""  # cut here, it would ask from the old position again
            assert await ear.hear() == Heard("resync", f"{head}.1", '{"reason":"history_gone"}')
            await mechanic.post("/api/tickets", json={"bike": "new"})
            assert (await ear.hear()).id == f"{head + 1}.0"


async def test_nobody_in_without_proof(world: World, people: People, port: int) -> None:
    """No token, nonsense, a wrong ticket and an expired token are each refused with 401, at which EventSource stops."""
    session = await people.account()
    token = people.signed(session)
    assert await refused(port) == (401, "not_authenticated")
    assert await refused(port, "a.b.c") == (401, "not_authenticated")
    assert await refused(port, None, access_token=token) == (401, "not_authenticated")
    assert await refused(port, None, ticket="wrong") == (401, "invalid_ticket")
    assert await refused(port, None, ticket=token) == (401, "invalid_ticket")
    anonymous = await people.anonymous()
    assert (await anonymous.post("/api/stream/ticket")).status_code == 401
    assert (await anonymous.post("/api/stream")).status_code == 405
    world.clock.advance(timedelta(hours=25))
    assert await refused(port, token) == (401, "token_expired")


async def test_revocation_and_roles_reach_open_streams(world: World, people: People, port: int) -> None:
    """A session that ends loses its stream and gets 401 on return; a changed role loses the channels not for it."""
    gone, demoted, mechanic = await people.account(), await people.account(), await people.client()
    token = people.signed(gone)
    async with stream(port, token) as (one, _), stream(port, people.signed(demoted)) as (two, _):

        async def demote(ctx: Ctx) -> None:
            user = await ctx.find(User, demoted.user_id)
            assert user is not None
            user.role = "customer"
            await ctx.save(user)
            ctx.emit(UserChanged(user_id=user.id))

        await end(world, gone)
        await world.change(demote)
        async with asyncio.timeout(2):
            assert await one.rest() == []
        connection = next(c for c in world.runtime.hub.connections.values() if c.actor.id == demoted.user_id)
        async with asyncio.timeout(2):
            while "staff" in connection.channels:
                await asyncio.sleep(0)
        for bike in "ab":
            await mechanic.post("/api/tickets", json={"bike": bike})
        assert [(await two.hear()).id.split(".")[1] for _ in range(2)] == ["0", "0"]
    assert await refused(port, token) == (401, "session_revoked")


async def test_nobody_hears_what_is_for_another(world: World, people: People, port: int) -> None:
    """Live or replayed, a word to one person and frames for the staff reach nobody else."""
    me, you, mechanic = await people.account("customer"), await people.account("customer"), await people.client()

    async def tell(ctx: Ctx) -> None:
        ctx.emit(PersonTold(user_id=you.user_id, text="for you"))
        ctx.emit(PersonTold(user_id=me.user_id, text="for me"))

    async def speak() -> None:
        await world.change(tell)
        await mechanic.post("/api/tickets", json={"bike": "for all"})

    async with stream(port, people.signed(me, "customer")) as (ear, _):
        await speak()
        await speak()
        live = [await ear.hear() for _ in range(4)]
    assert [one.id for one in live] == ["2.0", "3.0", "5.0", "6.0"]
    assert [json.loads(one.data).get("text") for one in live] == ["for me", None, "for me", None]
    async with stream(port, people.signed(me, "customer"), seen="0.0") as (ear, _):
        assert [await ear.hear() for _ in range(4)] == live
        await speak()
        assert [(await ear.hear()).id for _ in range(2)] == ["8.0", "9.0"]


async def test_a_slow_reader_is_cut_and_complete_when_it_returns(
    world: World, people: People, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that stops reading is cut once its queue is full, harms nobody, and catches up whole."""
    monkeypatch.setattr(Connection, "QUEUE", 8)
    slow, quick, mechanic = await people.token("customer"), await people.token("customer"), await people.client()
    bike = "x" * 200_000
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    writer.write(f"GET /api/stream HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer {slow}\r\n\r\n".encode())
    await reader.readuntil(b"connected")
    stalled = next(iter(world.runtime.hub.connections.values()))
    async with stream(port, quick) as (reading, _):
        for _ in range(60):
            await mechanic.post("/api/tickets", json={"bike": bike})
            await reading.hear()
    assert stalled.closing.result().code == 4410
    assert stalled.waiting == 0
    async with asyncio.timeout(PATIENCE_S):
        while stalled.id in world.runtime.hub.connections:
            await asyncio.sleep(0)
        tail = b""
        with suppress(ConnectionError):
            while more := await reader.read(65536):
                tail = more
    assert not tail.endswith(b"0\r\n\r\n")  # cut, not ended: what waited for it is not kept
    writer.transport.abort()
    async with stream(port, slow, seen="0.0") as (returned, _):
        assert [(await returned.hear()).id for _ in range(60)] == [f"{seq}.0" for seq in range(1, 61)]


async def test_a_sixth_stream_closes_the_oldest_for_a_while(people: People, port: int) -> None:
    """The limit of the hub holds over all wires; the one that is closed is told to come back much later."""
    token = await people.token()
    async with AsyncExitStack() as stack:
        oldest, _ = await stack.enter_async_context(stream(port, token))
        for _ in range(5):
            await stack.enter_async_context(stream(port, token))
        assert await oldest.rest() == []
        assert oldest.retry >= 30_000


async def test_a_sign_of_life(world: World, people: People, port: int) -> None:
    """Comments keep the line open between frames."""
    world.runtime.wires["/api/stream"].wire = SSE("/api/stream", heartbeat_s=0)  # type: ignore[attr-defined]
    token, mechanic = await people.token("customer"), await people.client()
    async with stream(port, token) as (ear, _):
        await mechanic.post("/api/tickets", json={"bike": "a"})
        await ear.hear()
        assert ear.comments > 0


async def test_shutdown_ends_streams(world: World, people: People) -> None:
    """When the server stops, each stream comes to its proper end, after which EventSource comes back."""
    token = await people.token()
    async with AsyncExitStack() as stack:
        async with served(world.runtime) as port:
            ear, _ = await stack.enter_async_context(stream(port, token))
        assert await ear.rest() == []
    assert not world.runtime.hub.connections


def test_asyncapi_describes_each_wire() -> None:
    """The data of a frame has one schema, whichever wire it goes over."""
    found = document(shop)
    assert {name: channel["address"] for name, channel in found["channels"].items()} == {
        "socket": "/api/ws",
        "stream": "/api/stream",
        "socketio": "/socket.io",
        "pusher": "/app/{key}",
    }
    messages = found["components"]["messages"]
    heard = messages["stream.ticket_update"]
    assert heard["payload"] == messages["ticket_update"]["payload"]["properties"]["data"]
    assert set(found["channels"]["stream"]["messages"]) == {
        "stream.ticket_update",
        "stream.word",
        "stream.connected",
        "stream.resync",
        *(f"stream.{name}" for name in SAID_OF_PRESENCE),
        "stream.signal",
    }
    assert set(found["operations"]["listen"]["bindings"]["http"]["query"]["properties"]) == {"ticket", "last_id"}


def test_two_at_one_path_are_refused() -> None:
    """A wire's path is its own."""
    assert check_system(shop) == []
    assert len(check_system(replace(shop, wires=[*shop.wires, SSE("/api/ws")]))) == 1
    assert len(check_system(replace(shop, wires=[*shop.wires, SSE("/api/tickets")]))) == 1
