"""Stock pusher-js in a Node process of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from livefloor.identity.pusher import App

HERE = Path(__file__).parent
WEB = HERE.parents[1] / "web" / "package.json"
PATIENCE_S = 30


class Stock:
    """Pages that use the stock client; each has an id."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.heard: list[dict[str, Any]] = []

    async def act(self, act: str, id: str = "a", **said: Any) -> None:
        """Let a page do something."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"act": act, "id": id, **said}).encode() + b"\n")
        await self._process.stdin.drain()

    async def open(self, port: int, app: App, token: str, id: str = "a", **options: Any) -> None:
        """Connect a page; its requests for authorization go to the same server."""
        host = "127.0.0.1"
        options |= {"cluster": "here", "wsHost": host, "wsPort": port, "wssPort": port, "forceTLS": False}
        options |= {"enabledTransports": ["ws"], "enableStats": False}
        await self.act("open", id, key=app.key, options=options, token=token, auth=f"http://{host}:{port}")

    async def until(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the next thing emitted that fits; what came before it stays in `heard`."""
        assert self._process.stdout is not None
        while True:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    line = await self._process.stdout.readline()
            except TimeoutError:
                raise AssertionError(f"nothing more came after {self.heard[-12:]}") from None
            assert line, "the client has ended"
            self.heard.append(json.loads(line))
            if fits(self.heard[-1]):
                return self.heard[-1]

    async def event(self, event: str, channel: str | None = None, id: str = "a") -> dict[str, Any]:
        """Return the next event of this name on a channel of a page."""
        return await self.until(
            lambda said: (
                said.get("event") == event and said["id"] == id and (channel is None or said.get("channel") == channel)
            )
        )

    async def state(self, state: str, id: str = "a") -> None:
        """Wait until the connection of a page is in a state."""
        await self.until(lambda said: said.get("state") == state and said["id"] == id)

    async def join(self, channel: str, id: str = "a", **said: Any) -> dict[str, Any]:
        """Subscribe and wait for the answer."""
        await self.act("subscribe", id, channel=channel, **said)
        return await self.event("pusher:subscription_succeeded", channel, id)

    def told(self, channel: str, id: str = "a", event: str = "word") -> list[int]:
        """Return the numbers of the events that a page heard on a channel so far."""
        return [
            said["data"]["seq"]
            for said in self.heard
            if said.get("channel") == channel and said["id"] == id and said.get("event") == event
        ]


@asynccontextmanager
async def stock() -> AsyncIterator[Stock]:
    """Start Node with the stock client; it ends with its input."""
    process = await asyncio.create_subprocess_exec(
        "node",
        HERE / "pusher_stock.cjs",
        WEB,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=16 * 1024 * 1024,
    )
    try:
        yield Stock(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(5):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
