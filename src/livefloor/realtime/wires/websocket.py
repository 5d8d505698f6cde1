"""The plain WebSocket wire: JSON frames, a first message that signs in, positions by which a client catches up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import orjson
import structlog
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from livefloor.declare.event import Told
from livefloor.declare.roles import Actor
from livefloor.declare.system import WebSocketJSON
from livefloor.kernel.problems import NotAuthenticated
from livefloor.realtime.codes import BAD_MESSAGE, FORBIDDEN, GOING_AWAY, NOT_AUTHENTICATED, SILENT, TOO_MANY, Close
from livefloor.realtime.frames import Codec, data_json
from livefloor.realtime.pipe import LivePipe
from livefloor.realtime.said import Pace, Sayings, Word, is_ours
from livefloor.realtime.session import Connection
from livefloor.realtime.wire import Live, LiveWire, Receive, Scope, Send, headers_of, seen_of

log = structlog.get_logger("livefloor.websocket")

AUTH_WITHIN_S = 10.0
SILENT_AFTER_S = 60.0
MAX_MESSAGE = 16 * 1024
"""The largest message, in bytes, unless a wire sets its own on its connection."""
LEFT = "livefloor.left"
"""What is heard of a connection that somebody else on our side wants to end."""


class Heard:
    """What a client said and nobody has taken yet: as much of asyncio's queue as uvicorn uses, in a tenth of the memory."""

    __slots__ = ("_messages", "_waits")

    def __init__(self) -> None:
        self._messages: list[Any] = []
        self._waits: asyncio.Future[None] | None = None

    def put_nowait(self, message: Any) -> None:
        """Add a message."""
        self._messages.append(message)
        if self._waits is not None and not self._waits.done():
            self._waits.set_result(None)

    async def get(self) -> Any:
        """Return the next message, when there is one; for one caller at a time."""
        while not self._messages:
            self._waits = asyncio.get_running_loop().create_future()
            await self._waits
        self._waits = None
        return self._messages.pop(0)

    def empty(self) -> bool:
        """Tell whether nothing waits."""
        return not self._messages


class _Writable:
    """Stands where uvicorn waits until a client reads: the hub minds that by itself, and a good-bye must not wait."""

    def set(self) -> None: ...

    def clear(self) -> None: ...

    async def wait(self) -> None: ...


class SocketProtocol(LivePipe, WebSocketsSansIOProtocol):
    """uvicorn's WebSocket protocol, open to a hub that writes finished frames straight to the transport."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.queue = cast(Any, Heard())
        self.writable = cast(Any, _WRITABLE)

    LINGER_S = 10.0
    """How long a client has to take the close in."""
    heard_at: float = 0.0
    good_bye: tuple[bytes, Close] = (b"", GOING_AWAY)
    """The last frame and the close of a server that goes away, as the wire that is spoken here says them."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to listen."""
        super().connection_made(transport)
        self.heard_at = self.loop.time()

    def handle_connect(self, event: Any) -> None:
        """Hand the protocol to the application in the scope."""
        super().handle_connect(event)
        if hasattr(self, "scope"):
            cast(dict[str, Any], self.scope)["livefloor.pipe"] = self

    def is_entering(self, data: bytes) -> bool:
        """Tell whether it is not known yet who speaks."""
        return self.live is None

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of what holds the protocol, and of the parser, which holds itself: circles would wait for the collector."""
        super().connection_lost(exc)
        if hasattr(self, "scope"):
            cast(dict[str, Any], self.scope).pop("livefloor.pipe", None)
        self.conn.parser.close()

    def data_received(self, data: bytes) -> None:
        """Remember when the client was last heard."""
        self.heard_at = self.loop.time()
        super().data_received(data)

    def is_live(self) -> bool:
        """Tell whether there is somebody to say good-bye to."""
        return bool(self.handshake_complete and not self.close_sent)

    def go_away(self) -> None:
        """Say good-bye."""
        if not self.close_sent and not self.transport.is_closing():
            last, why = self.good_bye
            self.queue.put_nowait({"type": "websocket.disconnect", "code": why.code})
            self.conn.send_close(why.code, why.reason)
            self.transport.write(last + b"".join(self.conn.data_to_send()))
            self.transport.close()

    def forget_handshake(self) -> None:
        """Let go of what nobody asks for after the handshake: half of what an idle line would hold."""
        scope: Any = self.scope
        scope["headers"].clear()
        del self.request, self.response

    async def end(self, why: Close, send: Send) -> None:
        """Say the close, and cut the line of a client that does not take it in for long."""
        await send({"type": "websocket.close", "code": why.code, "reason": why.reason})
        if self.close_timer is not None:
            self.close_timer.cancel()
            self.close_timer = self.loop.call_later(self.LINGER_S, self._cut)

    def _cut(self) -> None:
        if self.is_full():
            self.transport.abort()
        else:
            self.transport.close()

    def leave(self, why: Close) -> None:
        """Wake the task that hears this, to end it."""
        self.queue.put_nowait(cast(Any, {"type": LEFT, "why": why}))

    def wake(self, closing: asyncio.Future[Close]) -> None:
        """Wake the task that hears this, for the hub has closed its connection."""
        self.leave(closing.result())

    def write(self, data: bytes) -> None:
        """Write a finished frame, unless the last one was said."""
        if not self.close_sent and not self.transport.is_closing():
            self.transport.write(data)

    def ping(self) -> None:
        """Send a ping (RFC 6455 section 5.5.2)."""
        self.write(b"\x89\x00")


_WRITABLE = _Writable()


def text_frame(payload: bytes) -> bytes:
    """Return an unmasked text frame (RFC 6455 section 5.2)."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 65536:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


def frame_json(seq: int, place: int, at: datetime, told: Told) -> bytes:
    """Return a frame as JSON, the same bytes at the first sending and at each replay."""
    frame = told.frame
    head = orjson.dumps({"event": frame.event, "id": f"{seq}.{place}", "seq": seq, "at": at}, option=orjson.OPT_UTC_Z)
    return head[:-1] + b',"data":' + data_json(told) + b"}"


def encode(seq: int, place: int, at: datetime, told: Told) -> bytes:
    """Return a frame ready for the transport."""
    return text_frame(frame_json(seq, place, at, told))


def encode_said(event: str, at: str | None, data: Mapping[str, Any]) -> bytes:
    """Return a message of the server ready for the transport."""
    return text_frame(orjson.dumps({"event": event, "data": data}, option=orjson.OPT_UTC_Z))


CODEC = Codec(encode, encode_said, "websocket")


class WebSocketWire(LiveWire):
    """Speaks the JSON protocol at one path."""

    name = CODEC.wire

    def __init__(self, wire: WebSocketJSON, live: Live) -> None:
        super().__init__(live)
        self.wire = wire
        self.paths = (wire.path,)

    async def hold(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold one connection from its handshake to its end."""
        await receive()
        await send({"type": "websocket.accept"})
        pipe: SocketProtocol = scope["livefloor.pipe"]
        headers = headers_of(scope)
        talk = _Talk(self, headers.get("authorization"), seen_of(scope), receive, pipe)
        is_welcome = is_ours(headers, self.live.settings.cors_origins)
        del headers
        pipe.forget_handshake()
        try:
            why = await talk.run() if is_welcome else FORBIDDEN
        finally:
            pipe.carry(None)
            if talk.connection is not None:
                self.live.hub.remove(talk.connection)
        if why is not None:
            await pipe.end(why, send)


class _Talk:
    """The conversation with one client."""

    def __init__(
        self,
        wire: WebSocketWire,
        authorization: str | None,
        seen: Mapping[str, str],
        receive: Any,
        pipe: SocketProtocol,
    ) -> None:
        self.wire = wire
        self.authorization = authorization
        self.seen = seen
        self.receive = receive
        self.pipe = pipe
        self.connection: Connection | None = None
        self._pace = Pace()

    async def run(self) -> Close | None:
        """Talk until either side ends it; return the close to say, or None when the client is gone."""
        first = await self._first()
        if first is None or isinstance(first, Close):
            return first
        actor, last_id = first
        self.connection = Connection(actor, self.pipe, CODEC)
        self.pipe.carry(self.connection)
        await self.wire.live.recovery.join(self.connection, last_id, self.wire.wire.heartbeat_s)
        return await self._listen()

    async def _first(self) -> tuple[Actor, str | None] | Close | None:
        """Return who connects, by the upgrade's header or by the first message."""
        try:
            if self.authorization is not None:
                return await self.wire.live.access.actor(self.authorization, **self.seen), None
            async with asyncio.timeout(AUTH_WITHIN_S):
                message = await self.receive()
            if message["type"] == "websocket.disconnect":
                return None
            said = _parse(message)
            if said is None:
                return BAD_MESSAGE
            token, last_id = said.get("token"), said.get("last_id")
            if said.get("type") != "auth" or not isinstance(token, str):
                return NOT_AUTHENTICATED
            actor = await self.wire.live.access.of_token(token, **self.seen)
            return actor, last_id if isinstance(last_id, str) else None
        except (NotAuthenticated, TimeoutError):
            return NOT_AUTHENTICATED

    async def _listen(self) -> Close | None:
        """Answer the client's messages until the end."""
        assert self.connection is not None
        loop, connection = asyncio.get_running_loop(), self.connection
        sayings = Sayings(self.wire.live, connection, self.seen)
        self._next_ping = loop.time() + self.wire.wire.heartbeat_s
        self._beat()
        connection.closing.add_done_callback(self.pipe.wake)
        try:
            while True:
                message = await self.receive()
                if connection.closing.done():
                    return connection.closing.result()
                if message["type"] == "websocket.disconnect":
                    return None
                if self._pace.is_too_fast(loop.time()):
                    return TOO_MANY
                why = await self._answer(message, sayings)
                if why is not None:
                    return why
        finally:
            self._timer.cancel()
            connection.closing.remove_done_callback(self.pipe.wake)

    def _beat(self) -> None:
        """Ping when it is time; close a connection from which nothing is heard."""
        assert self.connection is not None
        loop, silent_at = self.pipe.loop, self.pipe.heard_at + SILENT_AFTER_S
        now = loop.time()
        if now >= silent_at:
            self.connection.close(SILENT)
            return
        if now >= self._next_ping:
            self.pipe.ping()
            self._next_ping = now + self.wire.wire.heartbeat_s
        self._timer = loop.call_at(min(self._next_ping, silent_at), self._beat)

    async def _answer(self, message: Mapping[str, Any], sayings: Sayings) -> Close | None:
        said = _parse(message)
        if said is None:
            return BAD_MESSAGE
        reply = await sayings.answer(said.get("type"), said)
        if isinstance(reply, Close):
            return reply
        if reply is None:
            reply = [Word("error", {"code": "unknown_type", "detail": "This type of message is not known."})]
        for event, data in reply:
            sayings.connection.say(event, **data)
        return None


def _parse(message: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the JSON object of a message, or None."""
    try:
        said = orjson.loads(message.get("text") or message.get("bytes") or b"")
    except orjson.JSONDecodeError:
        return None
    return said if isinstance(said, dict) else None
