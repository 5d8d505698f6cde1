"""The wire of Server-Sent Events: what the browser's EventSource hears, from the position that it last saw."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import orjson
import structlog

from livefloor.declare.event import Told
from livefloor.declare.roles import Actor
from livefloor.declare.system import SSE
from livefloor.identity import tickets
from livefloor.kernel.problems import MethodNotAllowed, Unavailable
from livefloor.realtime.bounds import BoundedProtocol
from livefloor.realtime.codes import GOING_AWAY, REPLACED, TOO_MANY
from livefloor.realtime.frames import Codec, data_json
from livefloor.realtime.pipe import LivePipe
from livefloor.realtime.session import Connection
from livefloor.realtime.wire import LEAVING, Live, LiveWire, Receive, Scope, Send

log = structlog.get_logger("livefloor.sse")

RETRY_S, RETRY_LATER_S = 3.0, 60.0
"""After how long a client comes back, ±50 %; after the longer time when it has more connections than it may, or another has
its ticket."""

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
    (b"connection", b"close"),
]


HEAD = 8192
"""How far into what came the headers of a request are looked for, in bytes: the rest is body."""
LIVE = re.compile(rb"text/event-stream|upgrade:[ \t]*websocket", re.IGNORECASE)


class StreamProtocol(LivePipe, BoundedProtocol):
    """uvicorn's HTTP protocol, open to a hub that writes finished events straight to the transport."""

    def is_entering(self, data: bytes) -> bool:
        """Tell whether this asks for a stream or a WebSocket: a plain request is answered before thousands of those."""
        return LIVE.search(data, 0, HEAD) is not None

    def on_message_begin(self) -> None:
        """Hand the protocol to the application in the scope."""
        super().on_message_begin()
        scope: Any = self.scope
        scope["livefloor.pipe"] = self

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of what holds the protocol."""
        super().connection_lost(exc)
        self._let_go()

    def handle_websocket_upgrade(self) -> None:
        """Hand the line to the WebSocket's protocol, and be gone."""
        super().handle_websocket_upgrade()
        self._let_go()

    def _let_go(self) -> None:
        """Drop what holds the protocol: a circle would wait for the collector, which seldom comes."""
        self.parser = None  # type: ignore[assignment]
        if self.scope is not None:
            self.scope.pop("livefloor.pipe", None)  # type: ignore[typeddict-item]

    def go_away(self) -> None:
        """End the stream; its client comes back by itself."""
        if self.live is not None:
            self.live.close(GOING_AWAY)


def chunk(text: bytes) -> bytes:
    """Return bytes of the stream as a chunk (RFC 9112 section 7.1)."""
    return b"%x\r\n%b\r\n" % (len(text), text)


def event(name: str, at: str | None, data: bytes) -> bytes:
    """Return an event of the stream; its id is where the client stands then. JSON has no line breaks: one line holds it."""
    where = f"id: {at}\n" if at is not None else ""
    return chunk(b"%bevent: %b\ndata: %b\n\n" % (where.encode(), name.encode(), data))


def frame_event(seq: int, place: int, at: datetime, told: Told) -> bytes:
    """Return a frame ready for the transport."""
    return event(told.frame.event, f"{seq}.{place}", data_json(told))


def said_event(name: str, at: str | None, data: Mapping[str, Any]) -> bytes:
    """Return what the server says of itself."""
    return event(name, at, orjson.dumps(data, option=orjson.OPT_UTC_Z))


def retry(seconds: float) -> bytes:
    """Return the line that tells a client after how long to come back: not all at the same moment."""
    return chunk(b"retry: %d\n\n" % _retry_ms(seconds))


def _retry_ms(seconds: float) -> float:
    return 1000 * seconds * random.uniform(0.5, 1.5)


async def _later(send: Send) -> None:
    """Send a client away for a moment: EventSource takes every status but 200 for the end (WHATWG HTML section 9.2.3)."""
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": b"retry: %d\n\n" % _retry_ms(RETRY_S)})


CODEC = Codec(frame_event, said_event, "sse")
COMMENT = chunk(b":\n\n")


class SseWire(LiveWire):
    """Speaks Server-Sent Events at one path."""

    name = CODEC.wire

    def __init__(self, wire: SSE, live: Live) -> None:
        super().__init__(live)
        self.wire = wire
        self.paths = (wire.path,)
        self._by_ticket: dict[str, Connection] = {}

    async def answer(
        self, scope: Scope, headers: Mapping[str, str], seen: Mapping[str, str], receive: Receive, send: Send
    ) -> None:
        """Hold one stream from its request to its end. Raises NotAuthenticated, after which EventSource stays away."""
        if scope["method"] != "GET":
            raise MethodNotAllowed(allow=("GET",))
        pipe: StreamProtocol | None = scope.get("livefloor.pipe")
        if pipe is None:
            raise Unavailable("unavailable", "The line is gone, or this server cannot hold streams.")
        asked = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        ticket = asked.get("ticket") if "authorization" not in headers else None
        try:
            if scope.get(LEAVING):
                raise Unavailable("draining", "This server goes away; come back.")
            actor = await self._actor(headers, ticket, seen)
        except Unavailable:
            await _later(send)
            return
        # What the browser remembers is newer than the address that the page once gave it.
        last_id = headers.get("last-event-id") or asked.get("last_id") or None
        connection = Connection(actor, pipe, CODEC)
        if ticket is not None:
            self._replace(ticket, connection)
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        pipe.carry(connection)
        left = asyncio.create_task(self._leave(receive, connection))
        beat = asyncio.create_task(self._beat(connection))
        try:
            await self._tell(connection, last_id)
            beat.cancel()
            await self._end(connection, pipe, left, send)
        finally:
            pipe.carry(None)
            beat.cancel()
            left.cancel()

    async def _tell(self, connection: Connection, last_id: str | None) -> None:
        """Tell what was missed and what happens, until somebody closes the connection."""
        connection.send(retry(RETRY_S))
        try:
            await self.live.recovery.join(connection, last_id, self.wire.heartbeat_s)
            await connection.closing
        except Exception:
            log.exception("stream_failed", connection=connection.id)
            connection.close(GOING_AWAY)
        finally:
            self.live.hub.remove(connection)

    async def _actor(self, headers: Mapping[str, str], ticket: str | None, seen: Mapping[str, str]) -> Actor:
        """Return who listens: by the header, or by the ticket of a browser, whose EventSource can set no header."""
        if ticket is not None:
            return await self.live.access.of_ticket(ticket, "stream", **seen)
        return await self.live.access.actor(headers.get("authorization", ""), **seen)

    def _replace(self, ticket: str, connection: Connection) -> None:
        """Close the stream that this ticket opened before: its client has left it, or somebody has copied the address."""
        of_hash = tickets.hashed("stream", ticket)
        before = self._by_ticket.get(of_hash)
        self._by_ticket[of_hash] = connection
        connection.closing.add_done_callback(lambda _: self._forget(of_hash, connection))
        if before is not None:
            before.close(REPLACED)
            # At once, lest the limit of one user's lines counts both and closes a third.
            self.live.hub.remove(before)

    def _forget(self, of_hash: str, connection: Connection) -> None:
        if self._by_ticket.get(of_hash) is connection:
            del self._by_ticket[of_hash]

    async def _leave(self, receive: Receive, connection: Connection) -> None:
        """Close the connection when the client is gone."""
        while (await receive())["type"] != "http.disconnect":
            pass
        connection.close(GOING_AWAY)

    async def _beat(self, connection: Connection) -> None:
        """Send a sign of life; a client that does not read for long is closed."""
        while not connection.closing.done():
            await asyncio.sleep(self.wire.heartbeat_s)
            await connection.room()
            connection.send(COMMENT)

    async def _end(self, connection: Connection, pipe: StreamProtocol, left: asyncio.Task[None], send: Send) -> None:
        """End the answer; one that is not read is cut, and what was cut off comes again from the log."""
        if connection.closing.result() in (TOO_MANY, REPLACED):
            pipe.write(retry(RETRY_LATER_S))
        if pipe.is_full():
            pipe.transport.abort()
            await left
        else:
            await send({"type": "http.response.body", "body": b""})
