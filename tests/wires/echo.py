"""A server that only sends back what it hears, on the product's own engine: what the public protocol suites talk to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from livefloor.declare.system import SocketIO
from livefloor.kernel.ids import new_id
from livefloor.realtime.wire import headers_of, seen_of
from livefloor.realtime.wires.engineio import Engine
from livefloor.realtime.wires.engineio_session import Receiver, Session, binary_frame
from livefloor.realtime.wires.socketio import Line
from livefloor.realtime.wires.socketio_packets import Kind, Packet
from livefloor.realtime.wires.websocket import text_frame
from livefloor.serve import make_server
from livefloor.testing.server import free_port

PATIENCE_S = 20
"""When to give up waiting; what is waited for takes milliseconds."""

WIRE = SocketIO(namespaces=("/", "/custom"), ping_interval_s=0.3, ping_timeout_s=0.2, connect_timeout_s=1)
"""The times that both suites are written for."""
CALM = SocketIO(namespaces=("/", "/custom"))
"""The same without a heartbeat in the middle of what is looked at."""


class EngineEcho:
    """Sends each message back."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def hear(self, message: str | bytes) -> None:
        if isinstance(message, str):
            self.session.write(text_frame(b"4" + message.encode()))
        else:
            self.session.write(binary_frame(message))

    def drained(self) -> None:
        pass

    def closed(self) -> None:
        pass


class MemberEcho:
    """Greets with `auth`; sends `message` back as `message-back`, and the rest of an event as its ack."""

    is_in = False

    def __init__(self, line: Line, namespace: str) -> None:
        self.line = line
        self.namespace = namespace

    def hear(self, packet: Packet) -> None:
        if packet.kind is Kind.CONNECT:
            self.is_in = True
            self.line.welcome()
            self.line.send(Packet(Kind.CONNECT, self.namespace, {"sid": new_id()}))
            self.line.send(Packet(Kind.EVENT, self.namespace, ["auth", packet.data or {}]))
        elif packet.id is not None:
            self.line.send(Packet(Kind.ACK, self.namespace, packet.data[1:], packet.id))
        else:
            self.line.send(Packet(Kind.EVENT, self.namespace, [f"{packet.data[0]}-back", *packet.data[1:]]))

    def drained(self) -> None:
        pass

    def left(self) -> None:
        pass


class Server:
    """The echo on a real server."""

    def __init__(self, wire: SocketIO, opened: Callable[[Session], Receiver]) -> None:
        self.engine = Engine(wire, [], opened)
        self.port = free_port()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            self.engine.close()
            await send({"type": "lifespan.shutdown.complete"})
        elif scope["type"] == "http":
            await self.engine.answer(scope, headers_of(scope), seen_of(scope), receive, send)
        else:
            await self.engine.hold(scope, headers_of(scope), seen_of(scope), receive, send)

    def leave(self) -> None:
        """Have nothing to prepare for the end."""

    def sessions(self) -> list[Any]:
        """Return what ends each session that polls."""
        return [session.close for session in self.engine.polling()]

    # -- a client of it -------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def http(self) -> AsyncIterator[httpx.AsyncClient]:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=PATIENCE_S) as client:
            yield client

    def socket(self, query: str = "EIO=4&transport=websocket", **options: Any) -> connect:
        address = f"ws://127.0.0.1:{self.port}/socket.io/?{query}"
        return connect(address, proxy=None, open_timeout=PATIENCE_S, **options)

    async def sid(self, client: httpx.AsyncClient) -> str:
        """Open a session by polling."""
        answer = await client.get("/socket.io/?EIO=4&transport=polling")
        return str(answer.text.split('"sid":"')[1].split('"')[0])

    async def gone(self, sid: str) -> None:
        """Wait until a session has ended."""
        async with asyncio.timeout(PATIENCE_S):
            while sid in self.engine.sessions:
                await asyncio.sleep(0)


def at(sid: str) -> str:
    """Return the address of a session that polls."""
    return f"/socket.io/?EIO=4&transport=polling&sid={sid}"


async def hear(socket: ClientConnection) -> str | bytes:
    """Return the next message."""
    return await asyncio.wait_for(socket.recv(), PATIENCE_S)


@asynccontextmanager
async def serving(wire: SocketIO, opened: Callable[[Session], Receiver]) -> AsyncIterator[Server]:
    """Serve."""
    app = Server(wire, opened)
    server = make_server(app, "127.0.0.1", app.port, 0)  # type: ignore[arg-type]
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0)
    try:
        yield app
    finally:
        server.should_exit = True
        await task
