"""What a client may cost before it has said anything: the length of a head, and the time that a request takes to come."""

import asyncio
import json

import pytest

from livefloor.http.routes import read_body
from livefloor.kernel.problems import BadRequest
from livefloor.realtime.bounds import BoundedProtocol
from livefloor.testing.server import served
from livefloor.testing.world import World

pytestmark = pytest.mark.line_only

HEAD = b"GET /api/health HTTP/1.1\r\nHost: here\r\n"
BODY = b"POST /api/auth/refresh HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n{"


async def answer_to(port: int, *parts: bytes) -> bytes:
    """Return all that comes back until the server ends the line, which the client ends for its side after an empty part."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in parts:
        writer.write(part)
        await writer.drain()
    if parts[-1:] == (b"",):
        writer.write_eof()
    try:
        return await reader.read()
    finally:
        writer.close()


async def test_a_request_that_does_not_come_to_its_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BoundedProtocol, "HEAD_S", 0.05)
    monkeypatch.setattr(BoundedProtocol, "BODY_S", 0.05)
    async with served(world.runtime) as port:
        whole = HEAD + b"Connection: close\r\n\r\n"
        silent, head, body, good = await asyncio.gather(
            *(answer_to(port, *parts) for parts in ((), (HEAD,), (BODY,), (whole,)))
        )
    for late in (silent, head, body):
        assert late.startswith(b"HTTP/1.1 408 ")
        assert json.loads(late.partition(b"\r\n\r\n")[2])["code"] == "request_timeout"
    assert good.startswith(b"HTTP/1.1 200 ") and b"\r\ncache-control: no-store\r\n" in good


async def test_a_head_without_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BoundedProtocol, "MOST_HEAD", 4096)
    async with served(world.runtime) as port:
        assert (await answer_to(port, HEAD + b"X-Long: " + b"a" * 8192, b"")).startswith(b"HTTP/1.1 431 ")
        # Many requests over one line are not one long head, and a body is no head.
        again = [HEAD + b"X-Some: " + b"a" * 1000 + b"\r\n\r\n"] * 8
        last = BODY.replace(b"40", b"9000") + b"x" * 8999 + HEAD + b"Connection: close\r\n\r\n"
        assert (await answer_to(port, *again, last)).count(b"HTTP/1.1 200 ") == 9


async def test_a_part_of_a_body_is_none() -> None:
    """Half of a table reads like a whole one; whoever broke off did not send it."""
    came = [{"type": "http.request", "body": b"id\n100001\n", "more_body": True}, {"type": "http.disconnect"}]

    async def receive() -> dict[str, object]:
        return came.pop(0)

    with pytest.raises(BadRequest, match="body_broken_off"):
        await read_body(receive)
