"""The wire of Socket.IO with the stock socket.io-client: live events, recovery whatever happens, and who may not in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from livefloor import Ctx, Frame, Pusher, SocketIO
from livefloor.declare.check import check_system
from livefloor.identity.sessions import Session
from livefloor.kernel.problems import Unavailable
from livefloor.realtime.asyncapi import document
from livefloor.realtime.codes import GOING_AWAY
from livefloor.realtime.session import Connection
from livefloor.realtime.wires import socketio
from livefloor.realtime.wires.websocket import SocketProtocol
from livefloor.serve import Runtime
from livefloor.testing.server import served
from livefloor.testing.world import World
from tests.platform.conftest import People
from tests.platform.shop import PersonTold, User, UserChanged
from tests.platform.shop import system as shop
from tests.wires.relay import Relay
from tests.wires.stock import PATIENCE_S, Stock, stock

POLLING, SOCKET = {"transports": ["polling"]}, {"transports": ["websocket"]}
EACH = pytest.mark.parametrize("options", [POLLING, SOCKET], ids=["polling", "websocket"])


@pytest.fixture
async def port(world: World) -> AsyncIterator[int]:
    """Give the port of a real server."""
    async with served(world.runtime) as port:
        yield port


@pytest.fixture
async def js() -> AsyncIterator[Stock]:
    """Give the stock client."""
    async with stock("socketio_client.mjs") as js:
        yield js


async def come(js: Stock, port: int, token: Any, options: Any = None, name: str = "me", **how: Any) -> dict[str, Any]:
    """Connect; return what the client is told first, with the offset at its end."""
    url = f"http://127.0.0.1:{port}"
    js.do("open", name=name, url=url, auth={"token": token}, options=options or SOCKET, **how)
    await js.hear("connect", name=name)
    args = (await js.hear("event", name=name, event="connected"))["args"]
    return {**args[0], "offset": args[1]}


async def open_tickets(client: httpx.AsyncClient, *bikes: str) -> None:
    """Let things happen."""
    for bike in bikes:
        assert (await client.post("/api/tickets", json={"bike": bike})).status_code == 201


def connections_of(world: World, user_id: str) -> list[Connection]:
    """Return the open connections of a user."""
    return [one for one in world.runtime.hub.connections.values() if one.actor.id == user_id]


async def until_nobody(world: World) -> None:
    """Wait until all connections and sessions are forgotten."""
    wire: Any = world.runtime.wires["/socket.io"]
    async with asyncio.timeout(PATIENCE_S):
        while world.runtime.hub.connections or wire.engine.sessions:
            await asyncio.sleep(0)


async def until_all_listen(world: World) -> None:
    """Wait until each client's request for messages is there: a cut in between polls might miss it."""
    wire: Any = world.runtime.wires["/socket.io"]
    async with asyncio.timeout(PATIENCE_S):
        while any(session.is_full() for session in wire.engine.sessions.values()):
            await asyncio.sleep(0)


# -- live -----------------------------------------------------------------------------------------------------------


@EACH
async def test_connected_then_live(world: World, people: People, port: int, js: Stock, options: Any) -> None:
    """A client is told who it is and then each frame of its channels, once and in order, with its position at the end."""
    token, mechanic = await people.token("customer"), await people.client()
    hello = await come(js, port, token, options)
    assert (hello["role"], hello["offset"], hello["last_id"]) == ("customer", "0.0", "0.0")
    assert hello["channels"][0] == "board"
    await open_tickets(mechanic, "a", "b", "line\nbreak \u2028 ü")
    heard = await js.events("me", "ticket_update", 3)
    assert [(data["seq"], data["ticket"]["bike"], offset) for data, offset in heard] == [
        (1, "a", "1.0"),
        (2, "b", "2.0"),
        (3, "line\nbreak \u2028 ü", "3.0"),
    ]
    assert heard[0][0]["at"].endswith("Z")
    js.do("close", name="me")
    await js.hear("disconnect", reason="io client disconnect")
    await until_nobody(world)


async def test_from_polling_to_a_websocket_without_a_gap(people: People, port: int, js: Stock) -> None:
    """The client changes over while things happen; nothing is lost or turned round."""
    token, mechanic = await people.token("customer"), await people.client()
    pour = asyncio.create_task(open_tickets(mechanic, *map(str, range(60))))
    await come(js, port, token, {"transports": ["polling", "websocket"]})
    assert (await js.hear("upgrade", name="me"))["to"] == "websocket"
    await pour
    await open_tickets(mechanic, "last")
    seqs: list[int] = []
    while not seqs or seqs[-1] < 61:
        seqs += [data["seq"] for data, _ in await js.events("me", "ticket_update", 1)]
    assert seqs == list(range(seqs[0], 62))


@EACH
async def test_two_namespaces_share_a_line(world: World, people: People, port: int, js: Stock, options: Any) -> None:
    """Each has its own token, connection and offsets; leaving one leaves the other."""
    token, other, mechanic = await people.token("customer"), await people.token(), await people.client()
    await come(js, port, token, options)
    hello = await come(js, port, other, options, name="floor", line="me", namespace="/floor")
    assert hello["role"] == "mechanic"
    assert len({id(one.pipe) for one in world.runtime.hub.connections.values()}) == 1
    await open_tickets(mechanic, "a")
    assert [offset for _, offset in await js.events("me", "ticket_update", 1)] == ["1.0"]
    assert [offset for _, offset in await js.events("floor", "ticket_update", 2)] == ["1.0", "1.1"]
    js.do("close", name="floor")
    await js.hear("disconnect", name="floor")
    await open_tickets(mechanic, "b")
    assert [offset for _, offset in await js.events("me", "ticket_update", 1)] == ["2.0"]
    assert len(world.runtime.hub.connections) == 1
    js.do("open", name="wrong", url=f"http://127.0.0.1:{port}", namespace="/nothing", auth={}, line="me")
    assert (await js.hear("connect_error", name="wrong"))["message"] == "Invalid namespace"


async def test_nobody_hears_what_is_for_another(world: World, people: People, port: int, js: Stock) -> None:
    """Live or replayed, a word to one person and frames for the staff reach nobody else."""
    me, you, mechanic = await people.account("customer"), await people.account("customer"), await people.client()

    async def tell(ctx: Ctx) -> None:
        ctx.emit(PersonTold(user_id=you.user_id, text="for you"))
        ctx.emit(PersonTold(user_id=me.user_id, text="for me"))

    await come(js, port, people.signed(me, "customer"))
    await world.change(tell)
    await open_tickets(mechanic, "for all")
    assert [[d["text"], o] for d, o in await js.events("me", "word", 1)] == [["for me", "2.0"]]
    assert [o for _, o in await js.events("me", "ticket_update", 1)] == ["3.0"]
    js.do("offset", name="me", offset="0.0")
    js.do("cut", name="me")
    assert (await js.hear("connect"))["recovered"]
    assert [[d["text"], o] for d, o in await js.events("me", "word", 1)] == [["for me", "2.0"]]
    assert [o for _, o in await js.events("me", "ticket_update", 1)] == ["3.0"]
    assert not [one for one in js.unheard if one.get("event") in ("word", "ticket_update")]


# -- recovery -------------------------------------------------------------------------------------------------------


@EACH
async def test_recovery_after_cuts(world: World, people: People, port: int, js: Stock, options: Any) -> None:
    """Fifty changes while the line is cut again and again: all come, once and in order, and `recovered` says so."""
    token, mechanic = await people.token(), await people.client()
    async with Relay(port).listening() as line:
        await come(js, line.port, token, options)
        for turn in range(50):
            await open_tickets(mechanic, str(turn))
            if turn % 12 == 5:
                await until_all_listen(world)
                line.cut()
                await open_tickets(mechanic, "while away")
                line.mend()
                assert (await js.hear("connect", name="me"))["recovered"] is True
            elif turn % 12 == 11:
                for connection in tuple(world.runtime.hub.connections.values()):
                    connection.close(GOING_AWAY)
                assert (await js.hear("connect", name="me"))["recovered"] is True
        head = await world.head()
        heard = [offset for _, offset in await js.events("me", "ticket_update", 2 * head)]
        assert heard == [f"{seq}.{place}" for seq in range(1, head + 1) for place in (0, 1)]


@EACH
async def test_recovery_over_a_restart(world: World, people: People, js: Stock, options: Any) -> None:
    """The server is gone and another comes up on the same data: the client goes on with what happened between them."""
    token, mechanic = await people.token("customer"), await people.token()
    async with Relay(0).listening() as line:
        async with served(world.runtime) as line.to:
            await come(js, line.port, token, options)
            async with world.client(mechanic) as client:
                await open_tickets(client, "before")
            await js.events("me", "ticket_update", 1)
            await until_all_listen(world)
            line.cut()
        async with world.client(mechanic) as client:
            await open_tickets(client, "between", "them")
        await world.runtime.close()
        world.runtime = Runtime(world.system, world.settings, world.clock)
        await world.runtime.open(background=False)
        async with served(world.runtime) as line.to:
            line.mend()
            assert (await js.hear("connect", name="me"))["recovered"] is True
            assert [o for _, o in await js.events("me", "ticket_update", 2)] == ["2.0", "3.0"]
            async with world.client(mechanic) as client:
                await open_tickets(client, "after")
            assert [o for _, o in await js.events("me", "ticket_update", 1)] == ["4.0"]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_recovery_at_another_process(world: World, people: People, port: int, js: Stock) -> None:
    """Whichever process a client comes to, it gets the rest from there, and nothing twice."""
    token, mechanic = await people.token("customer"), await people.client()
    other = Runtime(world.system, world.settings, world.clock)
    await other.open(background=False)
    try:
        async with served(other) as second, Relay(port).listening() as line:
            await come(js, line.port, token)
            for turn in range(4):
                await open_tickets(mechanic, "here", "and here")
                line.cut()
                line.to = second if turn % 2 == 0 else port
                await open_tickets(mechanic, "between")
                line.mend()
                assert (await js.hear("connect", name="me"))["recovered"] is True
            assert [o for _, o in await js.events("me", "ticket_update", 12)] == [f"{seq}.0" for seq in range(1, 13)]
            assert not js.unheard or all(one.get("event") != "ticket_update" for one in js.unheard)
    finally:
        await other.close()


@EACH
async def test_nothing_is_lost_while_all_goes_wrong(
    world: World, people: People, port: int, js: Stock, options: Any
) -> None:
    """Changes pour in while three clients are cut again and again, by the network and by the server."""
    token, mechanic = await people.token(), await people.client()
    names = ("one", "two", "three")

    async def break_things(line: Relay) -> None:
        for turn in range(12):
            if turn % 3 == 0:
                for connection in tuple(world.runtime.hub.connections.values()):
                    connection.close(GOING_AWAY)
            else:
                await until_all_listen(world)
                line.cut()
                line.mend()
            for name in names:
                await js.hear("connect", name=name)

    async def pour(stop: asyncio.Event) -> None:
        while not stop.is_set():
            await open_tickets(mechanic, "x")

    async with Relay(port).listening() as line:
        for name in names:
            await come(js, line.port, token, options, name=name)
        stop = asyncio.Event()
        pouring = asyncio.create_task(pour(stop))
        await break_things(line)
        stop.set()
        await pouring
        head = await world.head()
        for name in names:
            heard = [offset for _, offset in await js.events(name, "ticket_update", 2 * head)]
            assert heard == [f"{seq}.{place}" for seq in range(1, head + 1) for place in (0, 1)]
        assert not [one for one in js.unheard if one.get("event") in ("ticket_update", "resync")]


async def test_after_the_window_it_is_told(world: World, people: People, port: int, js: Stock) -> None:
    """Past retention, with nonsense, or with a pid of another: connected anew, and told to fetch everything anew."""
    account, mechanic = await people.account("customer"), await people.client()
    await come(js, port, people.signed(account, "customer"))
    js.do("close", name="me")
    await js.hear("disconnect", name="me")
    await open_tickets(mechanic, "old", "old too")
    await world.advance(hours=25)
    js.do("auth", name="me", auth={"token": people.signed(account, "customer")})
    mechanic = await people.client()
    head = await world.head()
    for wrong in (
        {"offset": "0.0"},
        {"offset": "99.0"},
        {"offset": "tick"},
        {"offset": None},
        {"offset": 7},
        {"pid": "x.y"},
        {"pid": "ü"},
        {"pid": 7},
    ):
        for what, value in wrong.items():
            js.do(what, name="me", **{what: value})
        js.do("connect", name="me")
        assert (await js.hear("connect", name="me"))["recovered"] is False
        ([data, offset],) = await js.events("me", "resync", 1)
        assert (data, offset.split(".")[0]) == ({"reason": "history_gone"}, str(head))
        js.do("cut", name="me")
        assert (await js.hear("connect", name="me"))["recovered"] is True
        js.do("close", name="me")
        await js.hear("disconnect", name="me", reason="io client disconnect")
    js.do("connect", name="me")
    assert (await js.hear("connect", name="me"))["recovered"] is True
    await open_tickets(mechanic, "new")
    assert (await js.events("me", "ticket_update", 1))[0][0]["ticket"]["bike"] == "new"


async def test_a_pid_is_its_users_own(world: World, people: People, port: int, js: Stock) -> None:
    """With another's pid one starts anew, however good the offset."""
    mine, theirs = await people.token("customer"), await people.token("customer")
    wire: Any = world.runtime.wires["/socket.io"]
    await come(js, port, mine)
    js.do("cut", name="me")
    assert (await js.hear("connect", name="me"))["recovered"] is True
    js.do("auth", name="me", auth={"token": theirs})
    js.do("cut", name="me")
    assert (await js.hear("connect", name="me"))["recovered"] is False
    await js.events("me", "resync", 1)
    pid = wire.sign("/", "u", "salt")
    assert wire.is_pid(pid, "/", "u")
    for namespace, user, other in (
        ("/", "v", pid),
        ("/floor", "u", pid),
        ("/", "u", "salt2" + pid[4:]),
        ("/", "u", ""),
    ):
        assert not wire.is_pid(other, namespace, user)


# -- what the client says -------------------------------------------------------------------------------------------


@EACH
async def test_talk(people: People, port: int, js: Stock, options: Any) -> None:
    """What a client says is answered by an ack if it asks for one, else by an event."""
    token, mechanic = await people.token(), await people.client()
    await come(js, port, token, options)

    async def ask(event: str, *args: Any) -> Any:
        js.do("ask", name="me", event=event, args=args, tag=event)
        return (await js.hear("ack", tag=event))["args"]

    assert (await ask("ping"))["server_time"].endswith("Z")
    assert "board" not in (await ask("unsubscribe", {"channels": ["board"]}))["channels"]
    await open_tickets(mechanic, "x")
    assert [o for _, o in await js.events("me", "ticket_update", 1)] == ["1.1"]
    answer = await ask("subscribe", {"channels": ["board", "user:someone"]})
    assert answer["error"]["code"] == "forbidden_channel"
    assert "board" in answer["channels"] and "user:someone" not in answer["channels"]
    assert (await ask("subscribe", "board"))["error"]["code"] == "validation_error"
    assert (await ask("publish", {"a": 1}))["error"]["code"] == "unknown_event"
    assert (await ask("auth", {"token": token}))["server_time"]
    assert await ask("sync", {"last_id": "0.0"}) == {}
    assert [o for _, o in await js.events("me", "ticket_update", 2)] == ["1.0", "1.1"]
    js.do("binary", name="me", event="upload", tag="binary")
    assert (await js.hear("ack", tag="binary"))["args"]["error"]["code"] == "unknown_event"
    js.do("emit", name="me", event="ping")
    js.do("emit", name="me", event="publish")
    js.do("emit", name="me", event="subscribe", args=[{"channels": ["staff"]}])
    assert "server_time" in (await js.events("me", "pong", 1))[0][0]
    assert (await js.events("me", "error", 1))[0][0]["code"] == "unknown_event"
    assert "staff" in (await js.events("me", "subscribed", 1))[0][0]["channels"]
    # None of these words has spoilt the offset.
    js.do("cut", name="me")
    assert (await js.hear("connect", name="me"))["recovered"] is True


async def test_too_many_messages(people: People, port: int, js: Stock) -> None:
    """Who talks too fast is cut, and complete when it is back."""
    await come(js, port, await people.token())
    for _ in range(25):
        js.do("emit", name="me", event="ping")
    assert (await js.hear("disconnect", name="me"))["reason"] == "transport close"
    assert (await js.hear("connect", name="me"))["recovered"] is True


async def test_what_waits_to_be_followed_is_bounded(
    world: World, people: People, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who says more than is followed, while it is still being let in, is cut."""
    monkeypatch.setattr(socketio, "MESSAGES", 3)
    connect = f'40{{"token":"{await people.token()}"}}'
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        for events, status in ((2, 200), (3, 400)):
            opened = (await client.get("/socket.io/?EIO=4&transport=polling")).text
            at = "/socket.io/?EIO=4&transport=polling&sid=" + json.loads(opened[1:])["sid"]
            await client.post(at, content="\x1e".join([connect] + ['42["ping"]'] * events))
            assert (await client.get(at)).status_code == status


# -- who may not in -------------------------------------------------------------------------------------------------


@EACH
async def test_nobody_in_without_proof(world: World, people: People, port: int, js: Stock, options: Any) -> None:
    """No token, nonsense, and one that is over are refused with their code; the client does not try again by itself."""
    token, url = await people.token(), f"http://127.0.0.1:{port}"
    bad: tuple[Any, ...] = ({}, {"token": 7}, {"token": "a.b.c"}, {"token": ""}, {"user_id": "1"})
    for turn, auth in enumerate(bad):
        js.do("open", name=f"bad{turn}", url=url, auth=auth, options=options)
        refused = await js.hear("connect_error", name=f"bad{turn}")
        assert (refused["data"]["code"], refused["active"]) == ("not_authenticated", False)
    world.clock.advance(timedelta(hours=25))
    js.do("open", name="late", url=url, auth={"token": token}, options=options)
    refused = await js.hear("connect_error", name="late")
    assert (refused["data"]["code"], refused["active"]) == ("token_expired", False)
    assert not world.runtime.hub.connections


async def test_who_comes_while_the_database_is_away_comes_again(
    world: World, people: People, port: int, js: Stock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a refusal the stock client would stay away for good; what is the server's fault is none."""
    token, asked = await people.token("customer"), 0
    ask = world.runtime.access.of_token

    async def away(*args: Any, **seen: str) -> Any:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise Unavailable("unavailable", "The database does not answer.")
        return await ask(*args, **seen)

    monkeypatch.setattr(world.runtime.access, "of_token", away)
    await come(js, port, token, {"transports": ["websocket"]})
    assert asked == 2


@EACH
async def test_revocation_and_expiry_reach_open_lines(
    world: World, people: People, port: int, js: Stock, options: Any
) -> None:
    """A session that ends, or a token, ends its namespace for good; a role that changes loses its channels."""
    gone, demoted = await people.account(), await people.account()
    mechanic = await people.client()
    await come(js, port, people.signed(gone), options, name="gone")
    await come(js, port, people.signed(demoted), options, name="floor", line="gone", namespace="/floor")

    async def revoke(ctx: Ctx) -> None:
        session = await ctx.find(Session, gone.id)
        assert session is not None
        session.revoked_at = ctx.now
        await ctx.save(session)
        user = await ctx.find(User, demoted.user_id)
        assert user is not None
        user.role = "customer"
        await ctx.save(user)
        ctx.emit(UserChanged(user_id=gone.user_id))
        ctx.emit(UserChanged(user_id=demoted.user_id))

    await world.change(revoke)
    assert (await js.events("gone", "error", 1))[0][0] == {"code": "not_authenticated"}
    ended = await js.hear("disconnect", name="gone")
    assert (ended["reason"], ended["active"]) == ("io server disconnect", False)
    [connection] = connections_of(world, demoted.user_id)
    async with asyncio.timeout(2):
        while "staff" in connection.channels:
            await asyncio.sleep(0)
    await open_tickets(mechanic, "a", "b")
    assert [o for _, o in await js.events("floor", "ticket_update", 2)] == [f"{n}.0" for n in _last(await world.head())]
    world.clock.advance(timedelta(hours=25))
    ended = await js.hear("disconnect", name="floor")
    assert (ended["reason"], ended["active"]) == ("io server disconnect", False)
    js.do("connect", name="gone")
    assert (await js.hear("connect_error", name="gone"))["active"] is False
    await until_nobody(world)


def _last(head: int) -> tuple[int, int]:
    return head - 1, head


async def test_a_token_of_another_ends_the_namespace(people: People, port: int, js: Stock) -> None:
    """Nobody goes on as somebody else."""
    await come(js, port, await people.token())
    js.do("ask", name="me", event="auth", args=[{"token": await people.token()}], tag="auth")
    assert (await js.hear("ack", tag="auth"))["args"]["error"]["code"] == "forbidden"
    assert (await js.hear("disconnect", name="me"))["reason"] == "io server disconnect"


@asynccontextmanager
async def raw(port: int, token: str) -> AsyncIterator[ClientConnection]:
    """Ask to be let in, without a client's help."""
    async with connect(f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket", proxy=None) as socket:
        await socket.recv()
        await socket.send(f'40{{"token":"{token}"}}')
        yield socket


async def test_whoever_is_sent_away_is_told_first(people: People, port: int) -> None:
    """The reason, the DISCONNECT, then the end of the WebSocket, whatever the client does."""
    async with raw(port, await people.token()) as socket, asyncio.timeout(PATIENCE_S):
        await socket.send('42["auth",{"token":"a.b.c"}]')
        heard = [message async for message in _until_closed(socket)]
        assert heard[0].startswith("40{") and heard[1].startswith('42["connected"')
        assert heard[2:] == ['42["error",{"code":"not_authenticated"}]', "41"]
        assert socket.close_code == 4401


async def _until_closed(socket: ClientConnection) -> AsyncIterator[str]:
    with suppress(ConnectionClosed):
        while True:
            yield str(await socket.recv())


async def test_who_leaves_while_it_is_let_in_leaves_nothing(world: World, people: People, port: int) -> None:
    """However quick a client is gone again, the hub forgets it."""
    token = await people.token()
    for turn in range(20):
        async with raw(port, token) as socket:
            if turn % 2:
                await socket.send("41")
            else:
                socket.transport.abort()
    await until_nobody(world)
    assert not world.runtime.hub._channels and not world.runtime.hub._users


async def test_a_stop_ends_sessions_that_nobody_waits_for(world: World, people: People) -> None:
    """A client between two polls has no request that a server could end; its session goes with the system."""
    connect = f'40{{"token":"{await people.token()}"}}'
    wire: Any = world.runtime.wires["/socket.io"]
    async with world.client() as client:
        opened = (await client.get("/socket.io/?EIO=4&transport=polling")).text
        await client.post("/socket.io/?EIO=4&transport=polling&sid=" + json.loads(opened[1:])["sid"], content=connect)
        assert wire.engine.sessions
        await world.runtime.close()
    left = [*wire.engine.sessions, *world.runtime.hub.connections, *wire.tasks]
    world.runtime = Runtime(world.system, world.settings, world.clock)
    await world.runtime.open(background=False)
    assert not left


async def test_a_sixth_line_closes_the_oldest(world: World, people: People, port: int, js: Stock) -> None:
    """Lines are counted, not namespaces."""
    account = await people.account()
    token = people.signed(account)
    for turn in range(5):
        how = {"options": {**SOCKET, "reconnection": False}}
        await come(js, port, token, name=f"a{turn}", **how)
        await come(js, port, token, name=f"b{turn}", line=f"a{turn}", namespace="/floor", **how)
    assert len(connections_of(world, account.user_id)) == 10
    await come(js, port, token, name="sixth")
    assert (await js.hear("disconnect", name="a0"))["reason"] == "transport close"
    await js.hear("disconnect", name="b0")
    assert len(connections_of(world, account.user_id)) == 9


# -- slow and stopped -----------------------------------------------------------------------------------------------


@EACH
async def test_a_slow_reader_is_cut_and_complete_when_it_returns(
    world: World, people: People, port: int, js: Stock, monkeypatch: pytest.MonkeyPatch, options: Any
) -> None:
    """A client that does not read loses its line once its queue is full, harms nobody, and catches up whole."""
    monkeypatch.setattr(Connection, "QUEUE", 8)
    slow, quick, mechanic = await people.account("customer"), await people.token("customer"), await people.client()
    async with Relay(port).listening() as line:
        await come(js, line.port, people.signed(slow, "customer"), options, name="slow")
        await come(js, port, quick, name="quick")
        await until_all_listen(world)
        [stalled] = connections_of(world, slow.user_id)
        socket = stalled.pipe.socket  # type: ignore[attr-defined]
        line.stop()
        for turn in range(60):
            await open_tickets(mechanic, str(turn) + "x" * 200_000)
            await js.events("quick", "ticket_update", 1)
        assert (stalled.closing.result().code, stalled.waiting) == (4410, 0)
        async with asyncio.timeout(PATIENCE_S):
            while connections_of(world, slow.user_id):
                await asyncio.sleep(0)
            # Its line is cut off, not ended: what waits in the kernel for a machine that hangs would wait for hours.
            while isinstance(socket, SocketProtocol) and not socket.disconnected:
                await asyncio.sleep(0)
        line.cut()
        line.mend()
        assert (await js.hear("connect", name="slow"))["recovered"] is True
        heard = [offset for _, offset in await js.events("slow", "ticket_update", 60)]
        assert heard == [f"{seq}.0" for seq in range(1, 61)]


async def test_shutdown_sends_clients_elsewhere(world: World, people: People, js: Stock) -> None:
    """When the server stops, each client is told in a way after which it comes back."""
    token = await people.token()
    async with served(world.runtime) as port:
        await come(js, port, token, POLLING, name="polling")
        await come(js, port, token, SOCKET, name="socket")
    for name in ("polling", "socket"):
        ended = await js.hear("disconnect", name=name)
        assert (ended["reason"].startswith("transport"), ended["active"]) == (True, True)
    assert not world.runtime.hub.connections


class Disconnect(Frame):
    """A frame that no client of Socket.IO would be told."""

    event: ClassVar[str] = "disconnect"


def test_names_that_the_client_keeps_for_itself_are_refused() -> None:
    """Whoever declares them is told before the system serves."""
    assert check_system(shop) == []
    assert len(check_system(replace(shop, frames=[*shop.frames, Disconnect]))) == 1
    assert len(check_system(replace(shop, wires=[Pusher(), SocketIO(namespaces=("floor", "/a,b", "/"))]))) == 2


def test_asyncapi_describes_it() -> None:
    """The arguments of an event end with its position; the data of a frame is the same as on the other wires."""
    found = document(shop)
    messages = found["components"]["messages"]
    assert found["channels"]["socketio"]["address"] == "/socket.io"
    assert {"socketio.ticket_update", "socketio.connected", "socketio.say.subscribe"} <= set(
        found["channels"]["socketio"]["messages"]
    )
    name, data, offset = messages["socketio.ticket_update"]["payload"]["prefixItems"]
    assert (name, offset["type"]) == ({"const": "ticket_update"}, "string")
    assert messages["ticket_update"]["payload"]["properties"]["data"] in data["allOf"]
    assert found["operations"]["hear_socketio"]["action"] == "send"
    assert found["operations"]["say_socketio"]["action"] == "receive"
