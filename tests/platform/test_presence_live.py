"""Presence as clients hear it, over both wires, at one process and at two; and the figures by wire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

from livefloor import Ctx, System
from livefloor.declare.check import check_system
from livefloor.identity.sessions import Session
from livefloor.kernel.settings import SettingError, read_settings
from livefloor.realtime.asyncapi import document
from livefloor.realtime.bus import Bus
from livefloor.realtime.presence import Presence
from livefloor.realtime.session import Connection
from livefloor.serve import Runtime
from livefloor.testing.server import served
from livefloor.testing.world import World
from tests.conftest import Redis
from tests.platform.conftest import People
from tests.platform.shop import UserChanged
from tests.platform.test_bus import settled, until

PATIENCE_S = 20


class Time:
    """A clock for presence that stands still until it is moved."""

    def __init__(self, *runtimes: Runtime) -> None:
        self.now = 1000.0
        for runtime in runtimes:
            runtime.hub.presence.now = lambda: self.now

    def move(self, seconds: float, *runtimes: Runtime) -> None:
        """Move it, and let presence look."""
        self.now += seconds
        for runtime in runtimes:
            runtime.hub.presence.sweep()


class Line:
    """One open socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def hear(self) -> tuple[str, Any]:
        """Return the next message."""
        async with asyncio.timeout(PATIENCE_S):
            said = json.loads(await self.socket.recv())
        return said["event"], said["data"]

    async def says(self, event: str) -> Any:
        """Return the data of the next message, which is of this name."""
        name, data = await self.hear()
        assert name == event, (name, data)
        return data

    async def say(self, **message: Any) -> None:
        """Say something."""
        await self.socket.send(json.dumps(message))

    async def is_quiet(self) -> None:
        """Hold that nothing was said before the answer to a ping."""
        await self.say(type="ping")
        await self.says("pong")


@asynccontextmanager
async def line(port: int, token: str) -> AsyncIterator[Line]:
    """Connect and sign in."""
    async with connect(f"ws://127.0.0.1:{port}/api/ws", proxy=None) as socket:
        found = Line(socket)
        await found.say(type="auth", token=token)
        await found.says("connected")
        yield found


@pytest.fixture
async def port(world: World) -> AsyncIterator[int]:
    """Give the port of a real server."""
    async with served(world.runtime) as port:
        yield port


async def told_all(*runtimes: Runtime) -> None:
    """Wait until presence has told all that it has to tell."""
    for runtime in runtimes:
        told = asyncio.Event()
        runtime.hub.presence.greet("told", "", lambda _, told=told: told.set())
        async with asyncio.timeout(PATIENCE_S):
            await told.wait()


async def gone(runtime: Runtime, connections: int) -> None:
    """Wait until the hub holds so many connections."""
    await settled(lambda: len(runtime.hub.connections) == connections)


async def test_who_is_there_who_comes_who_goes(world: World, people: People, port: int) -> None:
    """A joiner is told all, the others of him; a second tab tells nothing; the last one gone tells once, after the grace."""
    time = Time(world.runtime)
    ana, ben = await people.account("clerk"), await people.account("clerk")
    as_ana, as_ben = ({"id": one.user_id, "name": "clerk", "role": "clerk"} for one in (ana, ben))
    async with line(port, people.signed(ana, "clerk")) as first:
        assert await first.says("members") == {"channel": "counter", "users": [as_ana]}
        async with line(port, people.signed(ben, "clerk")) as tab:
            there = await tab.says("members")
            assert there["channel"] == "counter"
            assert sorted(there["users"], key=lambda user: user["id"]) == sorted(
                (as_ana, as_ben), key=lambda user: user["id"]
            )
            assert await first.says("member_added") == {"channel": "counter", "user": as_ben}
            async with line(port, people.signed(ben, "clerk")) as second_tab:
                await second_tab.says("members")
            await gone(world.runtime, 2)
            time.move(5, world.runtime)
            await told_all(world.runtime)
            await first.is_quiet()
            await tab.is_quiet()
        await gone(world.runtime, 1)
        time.move(2.9, world.runtime)
        await told_all(world.runtime)
        await first.is_quiet()
        time.move(0.2, world.runtime)
        assert await first.says("member_removed") == {"channel": "counter", "user_id": ben.user_id}
        await first.is_quiet()


async def test_a_page_change_does_not_flicker(world: World, people: People, port: int) -> None:
    """Somebody who is back within the grace was never away."""
    time = Time(world.runtime)
    token, other = await people.token("clerk"), await people.token("clerk")
    async with line(port, token) as watcher:
        await watcher.says("members")
        for _ in range(3):
            async with line(port, other) as page:
                assert len((await page.says("members"))["users"]) == 2
            await gone(world.runtime, 1)
            time.move(2, world.runtime)
        await watcher.says("member_added")
        await watcher.is_quiet()


async def test_who_leaves_on_purpose_is_gone_at_once(world: World, people: People, port: int) -> None:
    """Unsubscribing needs no grace; who is off the channel is told nothing of it, and all again when he is back."""
    Time(world.runtime)
    async with line(port, await people.token("clerk")) as watcher, line(port, await people.token("clerk")) as other:
        await watcher.says("members")
        await other.says("members")
        await watcher.says("member_added")
        await other.say(type="unsubscribe", channels=["counter"])
        await other.says("subscribed")
        await watcher.says("member_removed")
        async with line(port, await people.token("clerk")) as third:
            assert len((await third.says("members"))["users"]) == 2
            await watcher.says("member_added")
            await other.is_quiet()
            await other.say(type="subscribe", channels=["counter"])
            await other.says("subscribed")
            assert len((await other.says("members"))["users"]) == 3
            for each in (watcher, third):
                await each.says("member_added")
            # Asked for again it changes nothing.
            await other.say(type="subscribe", channels=["counter"])
            await other.says("subscribed")
            await other.is_quiet()


async def test_a_dead_session_is_gone_at_once(world: World, people: People, port: int) -> None:
    """Whose session is revoked is not shown for a time of grace, in none of his tabs."""
    Time(world.runtime)
    session = await people.account("clerk")
    token = people.signed(session, "clerk")
    async with line(port, await people.token("clerk")) as watcher, line(port, token) as one, line(port, token) as two:
        for each in (watcher, one, two):
            await each.says("members")
        await watcher.says("member_added")

        async def revoke(ctx: Ctx) -> None:
            found = await ctx.find(Session, session.id)
            assert found is not None
            found.revoked_at = ctx.now
            await ctx.save(found)
            ctx.emit(UserChanged(user_id=session.user_id))

        await world.change(revoke)
        assert await watcher.says("member_removed") == {"channel": "counter", "user_id": session.user_id}


async def test_others_are_told_nothing(world: World, people: People, port: int) -> None:
    """Who is not on the channel hears nothing of it, and is not shown."""
    async with line(port, await people.token("customer")) as customer, line(port, await people.token("clerk")) as clerk:
        assert len((await clerk.says("members"))["users"]) == 1
        await customer.say(type="subscribe", channels=["counter"])
        await customer.says("error")
        await customer.says("subscribed")
        await customer.is_quiet()
        await clerk.is_quiet()


async def test_a_stream_hears_the_same(world: World, people: People, port: int) -> None:
    """Server-Sent Events tell who is there without an id, so that the place to go on from stays that of the log."""
    Time(world.runtime)
    token = await people.token("clerk")
    url = f"http://127.0.0.1:{port}/api/stream"
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=PATIENCE_S, trust_env=False))
        headers = {"Authorization": f"Bearer {token}"}
        stream = await stack.enter_async_context(client.stream("GET", url, headers=headers))
        lines = stream.aiter_lines()

        async def event(name: str) -> list[str]:
            found: list[str] = []
            async for one in lines:
                if one:
                    found.append(one)
                elif f"event: {name}" in found:
                    return found
                else:
                    found = []
            raise AssertionError("the stream has ended")

        members = await event("members")
        async with line(port, await people.token("clerk")) as other:
            await other.says("members")
            added = await event("member_added")
    assert not [one for one in (*members, *added) if one.startswith("id:")]
    assert json.loads(added[1].removeprefix("data: "))["channel"] == "counter"


# -- two processes --------------------------------------------------------------------------------------------------


@pytest.fixture
def shared(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Give the settings of processes that share a Redis, who lose no time over coming back to it."""
    monkeypatch.setattr(Bus, "AGAIN_S", 0.01)
    monkeypatch.setattr(Bus, "AGAIN_MOST_S", 0.05)
    return {"LIVEFLOOR_REDIS_URL": redis.url, "LIVEFLOOR_SECRET_KEY": "both processes have the same of it"}


class Pair:
    """The same shop in two worlds with a hub each, as two processes of it would be."""

    def __init__(self, one: World, two: World, ports: tuple[int, int], people: tuple[People, People]) -> None:
        self.worlds = (one, two)
        self.runtimes = (one.runtime, two.runtime)
        self.ports = ports
        self.people = people

    async def joined(self, *, joined: bool = True) -> None:
        """Wait until both have joined the bus, or lost it."""
        for runtime in self.runtimes:
            await until(runtime.bus, joined=joined)

    async def health(self, place: int) -> Any:
        """Return what one process says of its presence."""
        async with self.worlds[place].client() as client:
            return (await client.get("/api/health")).json()["presence"]


@pytest.fixture
async def pair(system: System, shared: dict[str, str]) -> AsyncIterator[Pair]:
    """Give two processes that are joined by Redis."""
    async with AsyncExitStack() as stack:
        worlds = [await stack.enter_async_context(World(system, environ=shared)) for _ in range(2)]
        ports = [await stack.enter_async_context(served(world.runtime)) for world in worlds]
        people = [People(world, stack) for world in worlds]
        made = Pair(worlds[0], worlds[1], (ports[0], ports[1]), (people[0], people[1]))
        await made.joined()
        yield made


async def test_two_processes_show_the_same(pair: Pair) -> None:
    """Who is at the other process is told like one's own."""
    time = Time(*pair.runtimes)
    async with line(pair.ports[0], await pair.people[0].token("clerk")) as here:
        await here.says("members")
        await settled(lambda: bool(pair.runtimes[1].hub.presence.members("counter")))
        async with line(pair.ports[1], await pair.people[1].token("clerk")) as there:
            assert len((await there.says("members"))["users"]) == 2
            await here.says("member_added")
        await gone(pair.runtimes[1], 0)
        time.move(3.1, *pair.runtimes)
        await here.says("member_removed")


async def test_a_killed_process_takes_its_people_with_it(pair: Pair) -> None:
    """Ghosts go when the lease of their process is over, not before, and in no more than 15 s."""
    time = Time(*pair.runtimes)
    async with (
        line(pair.ports[0], await pair.people[0].token("clerk")) as here,
        line(pair.ports[1], await pair.people[1].token("clerk")),
    ):
        await here.says("members")
        await here.says("member_added")
        time.move(4, *pair.runtimes)
        await pair.runtimes[1].bus.stop()
        time.move(Presence.LEASE_S - 4.1, pair.runtimes[0])
        await told_all(pair.runtimes[0])
        await here.is_quiet()
        time.move(4.2, pair.runtimes[0])
        await here.says("member_removed")
        assert Presence.LEASE_S + Presence.TICK_S <= 15


async def test_with_redis_away_presence_is_local_and_says_so(pair: Pair, redis: Redis) -> None:
    """Own people are told as ever; the health and a figure say what is missing; then all is right by itself."""
    time = Time(*pair.runtimes)
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(line(pair.ports[0], await pair.people[0].token("clerk")))]
        here = clients[0]
        await here.says("members")
        assert await pair.health(0) == "shared"
        await settled(lambda: len(pair.runtimes[1].hub.presence.members("counter")) == 1)
        await told_all(pair.runtimes[1])
        redis.kill()
        try:
            await pair.joined(joined=False)
            assert await pair.health(0) == await pair.health(1) == "local"
            there = await stack.enter_async_context(line(pair.ports[1], await pair.people[1].token("clerk")))
            await there.says("members")
            also = await stack.enter_async_context(line(pair.ports[0], await pair.people[0].token("clerk")))
            assert len((await also.says("members"))["users"]) == 2
            await here.says("member_added")
            mechanic = await pair.people[0].client("mechanic")
            assert (await mechanic.post("/api/tickets", json={"bike": "red"})).status_code == 201
            assert (await here.says("ticket_update"))["ticket"]["bike"] == "red"
            time.move(20, *pair.runtimes)
        finally:
            redis.start()
        await pair.joined()
        assert await pair.health(0) == "shared"
        await here.says("member_added")
        # Of those whom it had seen before one was taken for gone meanwhile.
        await there.says("member_removed")
        for _ in range(2):
            await there.says("member_added")
        for runtime in pair.runtimes:
            assert len(runtime.hub.presence.members("counter")) == 3


@pytest.mark.parametrize("url", ["localhost:6379", "redis://localhost:port", "http://localhost"])
def test_an_address_that_is_none_is_refused(system: System, url: str, tmp_path: Path) -> None:
    """A wrong address stops the start and is named with an example."""
    given = {"LIVEFLOOR_REDIS_URL": url}
    settings = read_settings(system.settings, system.name, given, alone=True, data=tmp_path)
    with pytest.raises(SettingError, match=r"LIVEFLOOR_REDIS_URL.*redis://"):
        Runtime(system, settings).check()


# -- figures and documents ------------------------------------------------------------------------------------------


async def test_health_says_local_without_redis(world: World, people: People) -> None:
    """One process alone knows its own people."""
    assert (await (await people.anonymous()).get("/api/health")).json()["presence"] == "local"


async def figures_of(people: People) -> dict[str, float]:
    """Return the figures by name and labels."""
    text = (await (await people.client()).get("/api/metrics")).text
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name.removeprefix("livefloor_"): float(value) for name, _, value in lines}


async def test_figures_by_wire(world: World, people: People, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections, what waits for them, what was dropped and why they ended are told for each wire; and the tail's lag."""
    monkeypatch.setattr(Connection, "QUEUE", 8)
    token, mechanic = await people.token("customer"), await people.client()
    none = await figures_of(people)
    assert none['wire_connections{wire="websocket"}'] == none['wire_connections{wire="sse"}'] == 0
    assert (none["bus_joined"], none["tail_lag"], none["tail_lag_seconds"]) == (0, 0, 0)
    url = f"ws://127.0.0.1:{port}/api/ws"
    async with connect(url, proxy=None, max_size=None, max_queue=1) as socket:
        await Line(socket).say(type="auth", token=token)
        await Line(socket).says("connected")
        socket.transport.pause_reading()
        connection = next(iter(world.runtime.hub.connections.values()))
        while connection.waiting < 5:
            await mechanic.post("/api/tickets", json={"bike": "x" * 200_000})
            await settled(lambda: connection.last[0] == world.runtime.tail.position)
        waiting = await figures_of(people)
        assert waiting['wire_connections{wire="websocket"}'] == 1
        assert waiting['wire_frames_waiting{wire="websocket"}'] == connection.waiting >= 5
        assert waiting['wire_frames_waiting_most{wire="websocket"}'] == connection.waiting
        assert waiting['wire_frames_waiting{wire="sse"}'] == 0
        while not connection.closing.done():
            await mechanic.post("/api/tickets", json={"bike": "x" * 200_000})
            await asyncio.sleep(0)
        socket.transport.abort()
        await gone(world.runtime, 0)
    after = await figures_of(people)
    assert after['wire_frames_dropped_total{wire="websocket"}'] == 9
    assert after['wire_connections_closed_total{reason="slow_consumer",wire="websocket"}'] == 1


async def test_the_tail_s_lag_is_told(world: World, people: People) -> None:
    """Events that were committed but not told yet are counted, with the age of the oldest."""
    mechanic = await people.client()
    await world.runtime.tail.stop()
    for bike in "ab":
        await mechanic.post("/api/tickets", json={"bike": bike})
    world.clock.advance(timedelta(seconds=7))
    late = await figures_of(people)
    assert (late["tail_lag"], late["tail_lag_seconds"]) == (2, 7)


def test_the_document_tells_of_presence_where_there_is_any(system: System) -> None:
    """AsyncAPI names what is said of presence on both wires, and nothing of it for a system that has none."""
    names = {"members", "member_added", "member_removed"}
    described = document(system)
    assert names | {f"stream.{name}" for name in names} <= set(described["components"]["messages"])
    without = replace(system, channels=[channel for channel in system.channels if not channel.presence])
    assert not names & set(document(without)["components"]["messages"])
    assert check_system(system) == []
