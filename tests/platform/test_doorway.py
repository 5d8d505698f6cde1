"""Thousands who come at once: plain requests are answered before them, and what they leave behind goes by itself."""

import asyncio
import gc
import json

import pytest
from websockets.asyncio.client import connect

from livefloor.realtime.doorway import Doorway
from livefloor.realtime.pipe import LivePipe
from livefloor.testing.server import served
from livefloor.testing.world import World
from tests.platform.conftest import People

pytestmark = pytest.mark.line_only

MANY = 64
SOCKET = (
    b"GET /api/ws HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
STREAM = b"GET /api/stream?ticket=none HTTP/1.1\r\nHost: here\r\nAccept: text/event-stream\r\n\r\n"
PLAIN = b"GET /api/health HTTP/1.1\r\nHost: here\r\n\r\n"


@pytest.mark.parametrize("request_", [SOCKET, STREAM], ids=["sockets", "streams"])
async def test_a_plain_request_does_not_wait_for_those_who_come_to_stay(
    world: World, monkeypatch: pytest.MonkeyPatch, request_: bytes
) -> None:
    monkeypatch.setattr(Doorway, "AT_ONCE", 1)
    answered: list[str] = []

    async def ask(reader: asyncio.StreamReader, name: str) -> None:
        assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1")
        answered.append(name)

    async with served(world.runtime) as port:
        lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(MANY + 1)]
        for _, writer in lines[:MANY]:
            writer.write(request_)
        lines[MANY][1].write(PLAIN)
        await asyncio.gather(
            *(ask(reader, "live" if number < MANY else "plain") for number, (reader, _) in enumerate(lines))
        )
        for _, writer in lines:
            writer.close()
    assert answered.index("plain") < MANY / 2


async def test_who_waits_at_the_door_and_leaves_is_not_heard(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others come in all the same, in the order of their coming."""
    monkeypatch.setattr(Doorway, "AT_ONCE", 1)
    async with served(world.runtime) as port:
        lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(MANY)]
        for number, (_, writer) in enumerate(lines):
            writer.write(SOCKET)
            if number % 2:
                writer.transport.abort()
        for reader, writer in lines[::2]:
            assert await reader.readuntil(b"\r\n") == b"HTTP/1.1 101 Switching Protocols\r\n"
            writer.close()


async def test_a_line_that_has_ended_leaves_nothing_to_the_collector(world: World, people: People) -> None:
    """A full collection stops everybody, so it is seldom made: what it alone could free would pile up."""
    token = await people.token()

    async def come_and_go(port: int) -> None:
        async with connect(f"ws://127.0.0.1:{port}/api/ws", proxy=None) as socket:
            await socket.send(json.dumps({"type": "auth", "token": token}))
            await socket.recv()
        while world.runtime.hub.connections:
            await asyncio.sleep(0)

    async with served(world.runtime) as port:
        await come_and_go(port)
        gc.collect()
        gc.disable()
        gc.set_debug(gc.DEBUG_SAVEALL)
        try:
            await come_and_go(port)
            gc.collect()
            assert [found for found in gc.garbage if isinstance(found, LivePipe)] == []
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
            gc.enable()
