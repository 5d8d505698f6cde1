"""The bus between processes on a real Redis: order, loss that is seen, and coming back by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
import structlog

from livefloor.realtime.bus import Bus, topic_of
from tests.conftest import Redis

PATIENCE_S = 20
"""When to give up waiting; what is waited for takes milliseconds."""


class Party:
    """Processes that meet on a Redis, and what each has heard."""

    def __init__(self, url: str, stack: AsyncExitStack) -> None:
        self.url = url
        self.heard: dict[str, list[Any]] = {}
        self._stack = stack

    async def add(self, name: str, topic: str = "topic") -> Bus:
        """Start the bus of one process and wait until it is joined."""
        bus = Bus(self.url, topic, name)
        self.heard[name] = []

        async def hear(sender: str, said: Any) -> None:
            self.heard[name].append((sender, said))

        bus.on("word", hear)
        await bus.start()
        self._stack.push_async_callback(bus.stop)
        await until(bus, joined=True)
        return bus


@asynccontextmanager
async def party(redis: Redis) -> AsyncIterator[Party]:
    """Give a party."""
    async with AsyncExitStack() as stack:
        yield Party(redis.url, stack)


async def until(bus: Bus, *, joined: bool) -> None:
    """Wait until a bus is joined or lost."""
    async with asyncio.timeout(PATIENCE_S):
        while bus.is_joined is not joined:
            await bus.changed.wait()


async def settled(fits: Callable[[], bool]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(PATIENCE_S):
        while not fits():
            await asyncio.sleep(0)


async def test_others_hear_in_order_and_the_speaker_does_not(redis: Redis) -> None:
    """What one says all others hear, once and in order; other topics and kinds do not."""
    async with party(redis) as room:
        one = await room.add("one")
        for name in ("two", "three"):
            await room.add(name)
        await room.add("stranger", topic="elsewhere")
        one.publish("other", {})
        for number in range(500):
            one.publish("word", number)
        await settled(lambda: all(len(room.heard[name]) >= 500 for name in ("two", "three")))
        assert room.heard["two"] == room.heard["three"] == [("one", number) for number in range(500)]
        assert room.heard["one"] == room.heard["stranger"] == []


async def test_a_broken_message_harms_no_other(redis: Redis) -> None:
    """Garbage, another shape and a handler that fails are logged; the next message is heard."""
    from redis.asyncio import Redis as Client

    async with party(redis) as room, Client.from_url(redis.url) as client:
        bus = await room.add("one")

        async def fail(sender: str, said: Any) -> None:
            raise RuntimeError("no")

        bus.on("bad", fail)
        with structlog.testing.capture_logs() as logs:
            for garbage in (b"\xff", b"{}", b"[1,2]", b'["x",[],{}]', b'["x","bad",{}]', b'["x","word","last"]'):
                await client.publish("topic", garbage)
            await settled(lambda: bool(room.heard["one"]))
        assert room.heard["one"] == [("x", "last")]
        assert {line["event"] for line in logs} == {"bus_message_failed"}


async def test_without_redis_nothing_waits_and_one_line_says_so(redis: Redis) -> None:
    """A Redis that goes away is told once; messages are dropped and counted, not kept; then the bus is back by itself."""
    async with party(redis) as room:
        one, two = await room.add("one"), await room.add("two")
        with structlog.testing.capture_logs() as logs:
            redis.kill()
            try:
                for bus in (one, two):
                    await until(bus, joined=False)
                one.publish("word", "lost")
                assert one.dropped == 1
                # Long enough for some tries in vain: each would have a line of its own.
                tries = 0
                original = one._join

                async def counted() -> None:
                    nonlocal tries
                    tries += 1
                    await original()

                one._join = counted  # type: ignore[method-assign]
                await settled(lambda: tries >= 3)
            finally:
                redis.start()
            for bus in (one, two):
                await until(bus, joined=True)
        one.publish("word", "back")
        await settled(lambda: bool(room.heard["two"]))
        assert room.heard["two"] == [("one", "back")]
        assert [line["event"] for line in logs].count("bus_lost") == 2
        assert [line["event"] for line in logs].count("bus_joined") == 2


async def test_the_queue_is_bounded(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than the queue takes in one go is dropped and counted."""
    monkeypatch.setattr(Bus, "QUEUE", 10)
    async with party(redis) as room:
        one = await room.add("one")
        await room.add("two")
        for number in range(25):
            one.publish("word", number)
        assert one.dropped == 15
        await settled(lambda: len(room.heard["two"]) >= 10)
        assert [said for _, said in room.heard["two"]] == list(range(10))


async def test_a_silent_line_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that takes the connection and then says nothing is given up, as often as it does so."""
    monkeypatch.setattr(Bus, "CONNECT_S", 0.05)
    taken = 0

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal taken
        taken += 1
        await reader.read()
        writer.close()

    server = await asyncio.start_server(mute, "127.0.0.1", 0)
    async with server:
        bus = Bus(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}", "topic", "one")
        await bus.start()
        await settled(lambda: taken >= 2)
        assert not bus.is_joined
        await bus.stop()


async def test_an_established_line_that_falls_silent_is_lost(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Redis that stands still is noticed by the echo that does not come, and left; moving again, it is joined again."""
    monkeypatch.setattr(Bus, "BEAT_S", 0.05)
    monkeypatch.setattr(Bus, "SILENT_S", 0.3)
    async with party(redis) as room:
        one = await room.add("one")
        redis.freeze()
        try:
            await until(one, joined=False)
        finally:
            redis.thaw()
        await until(one, joined=True)


async def test_alone_it_tells_nobody_and_counts_nothing() -> None:
    """Without an address there is nobody to tell."""
    bus = Bus("", "topic", "one")
    await bus.start()
    bus.publish("word", 1)
    assert (bus.is_joined, bus.dropped) == (False, 0)
    await bus.stop()


def test_deployments_that_share_a_redis_do_not_meet() -> None:
    """The topic is of the system and of the deployment's secret, which it does not show."""
    topics = {topic_of(system, secret) for system in ("shop", "laundry") for secret in ("secret", "another")}
    assert len(topics) == 4
    assert not any("secret" in topic for topic in topics)
