"""The hub itself: what waits together goes together, whoever comes meanwhile misses nothing, memory serves like the log."""

import asyncio
import json
import math
import socket as sockets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from livefloor.declare.channel import Address
from livefloor.declare.event import Told
from livefloor.declare.roles import Actor
from livefloor.realtime import recovery
from livefloor.realtime.bus import Bus
from livefloor.realtime.frames import Telling
from livefloor.realtime.hub import Hub
from livefloor.realtime.pipe import LivePipe
from livefloor.realtime.recovery import _once
from livefloor.realtime.session import Connection
from livefloor.realtime.wires.websocket import CODEC, SocketProtocol
from livefloor.testing.world import World
from livefloor.work.history import Framed, Position
from tests.platform.conftest import People
from tests.platform.shop import Word
from tests.platform.shop import system as shop
from tests.platform.test_websocket import hear, line, port

__all__ = ["port"]
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Paper:
    """A pipe that keeps each write, and calls back at it."""

    def __init__(self, wrote: Callable[[], None] = lambda: None) -> None:
        self.writes: list[str] = []
        self._wrote = wrote

    def write(self, data: bytes) -> None:
        self.writes.append("".join(json.loads(part)["data"]["text"] for part in _payloads(data)))
        self._wrote()

    def is_full(self) -> bool:
        return False


def _payloads(data: bytes) -> list[bytes]:
    """Return the payloads of small WebSocket frames."""
    found = []
    while data:
        wide = data[1] == 126
        size, at = (int.from_bytes(data[2:4], "big"), 4) if wide else (data[1], 2)
        found.append(data[at : at + size])
        data = data[at + size :]
    return found


def _hub() -> Hub:
    async def again(actor: Actor) -> Actor:
        return actor

    return Hub(shop, again, Bus("", "test", "one"))


def _on(hub: Hub, pipe: Paper, *channels: str) -> Connection:
    connection = Connection(Actor("1", "customer", expires_at=math.inf), pipe, CODEC)
    hub.join(connection, channels)
    return connection


def _event(seq: int, *told: tuple[str, str], at: datetime = NOW) -> Framed:
    row: Any = SimpleNamespace(seq=seq, at=at)
    return Framed(row, None, [Told(Address(channel), Word(text=text)) for channel, text in told])


async def test_what_waits_together_goes_in_one_write_of_what_is_ones_own() -> None:
    """Frames of several events reach each connection as one write, in order, and none of a channel it is not on."""
    hub, both, one, none = _hub(), Paper(), Paper(), Paper()
    _on(hub, both, "a", "b")
    _on(hub, one, "b")
    _on(hub, none, "c")
    await hub.deliver([_event(1, ("a", "1")), _event(2, ("b", "2"), ("a", "3")), _event(3, ("b", "4"))])
    assert (both.writes, one.writes, none.writes) == (["1234"], ["24"], [])
    assert hub.reached == (3, 0) and hub.delivered == 6


async def test_one_frame_on_several_channels_reaches_a_client_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is on two of its channels is told it once; on a wire whose frames name their channel, for each."""
    monkeypatch.setattr(Hub, "AT_ONCE", 1)
    hub, both, one, each = _hub(), Paper(), Paper(), Paper()
    _on(hub, both, "a", "b")
    _on(hub, one, "b")
    by_channel = Connection(Actor("2", "customer", expires_at=math.inf), each, replace(CODEC, by_channel=True))
    hub.join(by_channel, ["a", "b"])
    word, row = Word(text="1"), SimpleNamespace(seq=1, at=NOW)
    same: Any = [Told(Address(channel), word) for channel in ("a", "b")]
    await hub.deliver([Framed(row, None, same)])  # type: ignore[arg-type]
    assert (both.writes, one.writes, each.writes) == (["1"], ["1"], ["11"])


def test_what_was_missed_is_told_once() -> None:
    """Of one frame on several channels the first that is due is told; none when one was told before the line was cut."""
    word = Word(text="1")
    frames = [
        Telling((1, place), NOW, Told(Address(channel), word), frozenset("ab"[:place]))
        for place, channel in enumerate("ab")
    ]
    both = {"a", "b"}
    assert _once(frames, Position(0, 9999), both) == frames[:1]
    assert _once(frames[1:], Position(1, 0), both) == []
    # Before it was cut it was on the second channel alone.
    assert _once(frames[1:], Position(1, 0), {"b"}) == frames[1:]
    # The first was not due: its channel goes on from a later position.
    assert _once(frames[1:], Position(0, 9999), both) == frames[1:]


async def test_who_comes_or_goes_during_a_delivery_is_told_what_is_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever joins while others are told hears it, in order; whoever has left hears nothing more of the channel."""
    monkeypatch.setattr(Hub, "SLICE", 1)
    hub, late, gone = _hub(), Paper(), Paper()

    def in_between() -> None:
        asyncio.get_running_loop().call_soon(_on, hub, late, "a")
        asyncio.get_running_loop().call_soon(hub.leave, leaver, ["a"])

    first = Paper(in_between)
    _on(hub, first, "a")
    leaver = _on(hub, gone, "a")
    await hub.deliver([_event(1, ("a", "1")), _event(2, ("a", "2"))])
    assert (late.writes, gone.writes) == (["12"], [])
    first._wrote = lambda: None
    await hub.deliver([_event(3, ("a", "3"))])
    assert late.writes == ["12", "3"]


async def test_a_delivery_that_is_repeated_is_told_once() -> None:
    """What is given once more after a failure reaches nobody twice, and stands in memory once."""
    hub, paper = _hub(), Paper()
    _on(hub, paper, "a")
    await hub.deliver([_event(1, ("a", "1"))])
    await hub.deliver([_event(1, ("a", "1")), _event(2, ("a", "2"))])
    assert paper.writes == ["1", "2"]
    assert [telling.place for telling in hub.since((1, 0), NOW) or ()] == [(2, 0)]


async def test_memory_serves_only_what_it_holds_whole() -> None:
    """Places before the oldest kept, after the newest told, or followed by what is too old are left to the log."""
    hub = _hub()
    hub._recent = type(hub._recent)(maxlen=3)
    assert hub.since((0, 0), NOW) is None
    for seq in range(1, 6):
        await hub.deliver([_event(seq, ("a", str(seq)), at=NOW + timedelta(seconds=seq))])
    assert [hub.since(place, NOW) for place in ((2, 0), (5, 1), (9, 0))] == [None, None, None]
    assert [telling.place for telling in hub.since((3, 0), NOW) or ()] == [(4, 0), (5, 0)]
    assert hub.since((5, 0), NOW) == []
    assert hub.since((3, 0), NOW + timedelta(seconds=4, microseconds=1)) is None


async def test_memory_and_log_catch_up_alike(
    world: World, people: People, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who comes back is told the same from memory, without a read of missed events, as from the log."""
    token, mechanic = await people.token("mechanic"), await people.client()
    for bike in "abcde":
        await mechanic.post("/api/tickets", json={"bike": bike})
    while world.runtime.hub.reached < (5, 1):
        await asyncio.sleep(0)
    read: list[int] = []
    history, missed = world.runtime.history, world.runtime.history.missed

    async def counted(*given: Any, **named: Any) -> Any:
        read.append(1)
        return await missed(*given, **named)

    monkeypatch.setattr(history, "missed", counted)
    heard = []
    for reads in (0, 1):
        async with line(port, token, last_id="2.0") as socket:
            hello = await hear(socket)
            assert hello["data"]["last_id"] == "5.1"
            heard.append([await hear(socket) for _ in range(7)])
        assert len(read) == reads
        world.runtime.hub._recent.clear()
    assert heard[0] == heard[1]
    assert [frame["id"] for frame in heard[0]] == ["2.1", "3.0", "3.1", "4.0", "4.1", "5.0", "5.1"]


async def test_what_many_missed_is_read_once(
    world: World, people: People, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clients that come back from further than memory goes share the pages of the log; each is told all of it, in order."""
    monkeypatch.setattr(recovery, "PAGE", 2)
    token, mechanic = await people.token("mechanic"), await people.client()
    for bike in "abcde":
        await mechanic.post("/api/tickets", json={"bike": bike})
    while world.runtime.hub.reached < (5, 1):
        await asyncio.sleep(0)
    world.runtime.hub._recent.clear()
    read: list[tuple[int, int]] = []
    history, missed = world.runtime.history, world.runtime.history.missed

    async def counted(look: Any, *, after: Any, until: int) -> Any:
        read.append((after.seq, until))
        return await missed(look, after=after, until=until)

    monkeypatch.setattr(history, "missed", counted)

    async def comes_back(from_: str) -> list[str]:
        async with line(port, token, last_id=from_) as socket:
            await hear(socket)
            return [(await hear(socket))["id"] for _ in range(7 if from_ == "2.0" else 6)]

    heard = await asyncio.gather(*[comes_back("2.0") for _ in range(2)], *[comes_back("2.1") for _ in range(2)])
    whole = ["2.1", "3.0", "3.1", "4.0", "4.1", "5.0", "5.1"]
    assert heard == [whole] * 2 + [whole[1:]] * 2
    assert [pages for pages in read if pages[1] == 3] == [(2, 3)]


async def test_a_client_that_never_reads_again_is_cut(
    world: World, people: People, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line whose client does not even take the close in is let go; the kernel holds no more for it than we allow."""
    monkeypatch.setattr(Connection, "QUEUE", 8)
    monkeypatch.setattr(SocketProtocol, "LINGER_S", 0.1)
    lost = asyncio.Event()
    lose = LivePipe.connection_lost
    monkeypatch.setattr(LivePipe, "connection_lost", lambda self, exc: (lose(self, exc), lost.set()))
    token, mechanic = await people.token("customer"), await people.client()
    async with line(port, token, max_size=None, max_queue=1) as stalled:
        await hear(stalled)
        [connection] = world.runtime.hub.connections.values()
        server = cast(SocketProtocol, connection.pipe).transport.get_extra_info("socket")
        assert server.getsockopt(sockets.IPPROTO_TCP, sockets.TCP_NOTSENT_LOWAT) == LivePipe.UNSENT
        stalled.transport.pause_reading()
        await _fill(mechanic, connection)
        async with asyncio.timeout(10):
            await lost.wait()
        stalled.transport.resume_reading()


async def _fill(mechanic: httpx.AsyncClient, connection: Connection) -> None:
    """Tell more than a client's line and queue hold."""
    while not connection.closing.done():
        await mechanic.post("/api/tickets", json={"bike": "x" * 200_000})
