"""Clients of all wires on real sockets, which keep the bytes that they are told."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PATIENCE_S = 30
"""When to give up waiting; what is waited for takes milliseconds."""

LONG = re.compile(rb"x{9,}")
"""What only makes a message long, and is not kept."""


class Line:
    """One connection, and all that came over it."""

    def __init__(self, wire: str) -> None:
        self.wire = wire
        self.heard = b""
        self.code: int | None = None
        self.ended = False
        self._news = asyncio.Condition()
        self._goes = asyncio.Event()
        self._goes.set()

    async def follow(self, lines: Any) -> None:
        """Keep what comes until the server ends it."""
        try:
            async for text in lines:
                await self._keep(text if isinstance(text, bytes) else text.encode())
                await self._goes.wait()
        except (ConnectionClosed, httpx.TransportError):
            pass
        if isinstance(lines, ClientConnection):
            self.code = lines.close_code
        self.ended = True
        await self._keep(b"")

    def stop(self) -> None:
        """Read no more."""
        self._goes.clear()

    def go_on(self) -> None:
        """Read again."""
        self._goes.set()

    async def _keep(self, data: bytes) -> None:
        async with self._news:
            self.heard += LONG.sub(b"", data)
            self._news.notify_all()

    async def until(self, *patterns: bytes) -> None:
        """Wait until all patterns were heard."""
        async with asyncio.timeout(PATIENCE_S), self._news:
            await self._news.wait_for(lambda: all(re.search(pattern, self.heard) for pattern in patterns))

    async def until_ended(self) -> None:
        """Wait until the server has ended it."""
        async with asyncio.timeout(PATIENCE_S), self._news:
            await self._news.wait_for(lambda: self.ended)


async def opened(
    stack: AsyncExitStack, wire: str, port: int, token: str, since: str | None = None, pid: str = "", *, key: str = ""
) -> Line:
    """Connect somebody by a wire, who is on `board` and `staff` then if he may; from a position if one is given."""
    line = Line(wire)
    headers = {"Authorization": f"Bearer {token}"}
    base = f"http://127.0.0.1:{port}"
    client = await stack.enter_async_context(httpx.AsyncClient(base_url=base, headers=headers, timeout=PATIENCE_S))
    lines: Any
    said: list[str] = []
    connected = [b"connected"]
    signed = json.dumps({"token": token, **({"pid": pid, "offset": since} if since else {})})
    if wire == "sse":
        last = {"Last-Event-ID": since} if since else {}
        response = await stack.enter_async_context(client.stream("GET", "/api/stream", headers=last))
        lines = response.aiter_bytes()
    elif wire == "polling":
        lines, connected = _polls(client, signed), [rb'\["connected"']
    else:
        path = {"websocket": "/api/ws", "socketio": "/socket.io/?EIO=4&transport=websocket"}
        where = path.get(wire, f"/app/{key}?protocol=7")
        lines = await stack.enter_async_context(connect(f"ws{base[4:]}{where}", proxy=None, max_size=None, max_queue=1))
    if wire == "websocket":
        said = [json.dumps({"type": "auth", "token": token, **({"last_id": since} if since else {})})]
    elif wire == "socketio":
        said, connected = ["40" + signed], [rb'\["connected"']
    elif wire == "pusher":
        hello = json.loads(json.loads(await lines.recv())["data"])
        for name in ("private-board", "private-staff"):
            asked = {"socket_id": hello["socket_id"], "channel_name": name, **({"since": since} if since else {})}
            answer = await client.post("/pusher/auth", data=asked)
            if answer.status_code == 200:
                said.append(json.dumps({"event": "pusher:subscribe", "data": {"channel": name, **answer.json()}}))
        connected = [rb"caught_up[^}]*private-board"]
    for text in said:
        await lines.send(text)
    task = asyncio.create_task(line.follow(lines))
    stack.callback(task.cancel)
    await line.until(*connected)
    return line


async def _polls(client: httpx.AsyncClient, signed: str) -> AsyncIterator[bytes]:
    """Ask for messages over polling until the session is over."""
    path = "/socket.io/?EIO=4&transport=polling"
    path += "&sid=" + (await client.get(path)).text.partition('"sid":"')[2].partition('"')[0]
    assert (await client.post(path, content="40" + signed)).status_code == 200
    packets: list[bytes] = []
    while b"1" not in packets:
        answer = await client.get(path)
        if answer.status_code != 200:
            return
        packets = answer.content.split(b"\x1e")
        yield answer.content
