"""Engine.IO 4: how HTTP requests and WebSockets reach their session, and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from livefloor.declare.system import SocketIO
from livefloor.kernel.problems import Unavailable
from livefloor.realtime.codes import BAD_MESSAGE, TOO_LARGE, TOO_MANY
from livefloor.realtime.said import is_ours
from livefloor.realtime.wire import LEAVING, Receive, Scope, Send
from livefloor.realtime.wires.engineio_session import PING, UPGRADE, Receiver, Session, packets_of
from livefloor.realtime.wires.socketio_packets import BadPacket
from livefloor.realtime.wires.websocket import LEFT, SocketProtocol, text_frame

UPGRADE_WITHIN_S = 10.0
STRANGERS = 10_000
"""How many sessions may wait to be let in by their receiver; one more ends the oldest."""

UNKNOWN_TRANSPORT, UNKNOWN_SID, BAD_METHOD, BAD_REQUEST, FORBIDDEN, BAD_VERSION = range(6)
REFUSALS = (
    "Transport unknown",
    "Session ID unknown",
    "Bad handshake method",
    "Bad request",
    "Forbidden",
    "Unsupported protocol version",
)

PLAIN = [
    (b"content-type", b"text/plain; charset=UTF-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
]


class Refused(Exception):
    """A request that is not answered; `code` is one of Engine.IO's."""

    def __init__(self, code: int) -> None:
        self.code = code


class Engine:
    """Holds the sessions of one wire; `opened` gives each its receiver."""

    def __init__(self, wire: SocketIO, origins: list[str], opened: Callable[[Session], Receiver]) -> None:
        self.wire = wire
        self._opened = opened
        self.sessions: dict[str, Session] = {}
        self.strangers: dict[str, Session] = {}
        self._origins = origins

    def polling(self) -> list[Session]:
        """Return the sessions that have no WebSocket."""
        return [session for session in self.sessions.values() if session.socket is None]

    def close(self) -> None:
        """End all sessions."""
        for session in tuple(self.sessions.values()):
            session.close()

    def _welcome(self, session: Session) -> None:
        """Count a session no longer as a stranger's."""
        self.strangers.pop(session.sid, None)

    def _forget(self, session: Session) -> None:
        """Know a session no more."""
        self.sessions.pop(session.sid, None)
        self.strangers.pop(session.sid, None)

    def _open(self, seen: Mapping[str, str], upgrades: list[str]) -> Session:
        session = Session(self.wire, seen, self._opened, self._welcome, self._forget)
        self.sessions[session.sid] = self.strangers[session.sid] = session
        if len(self.strangers) > STRANGERS:
            next(iter(self.strangers.values())).close(TOO_MANY)
        handshake = {
            "sid": session.sid,
            "upgrades": upgrades,
            "pingInterval": round(self.wire.ping_interval_s * 1000),
            "pingTimeout": round(self.wire.ping_timeout_s * 1000),
            "maxPayload": self.wire.max_payload,
        }
        session.write(text_frame(b"0" + orjson.dumps(handshake)))
        return session

    def _asked(self, scope: Scope, headers: Mapping[str, str], transport: str) -> Session | None:
        """Return the session that a request names, or None when it opens one. Raises Refused."""
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        if query.get("transport") not in ("polling", "websocket"):
            raise Refused(UNKNOWN_TRANSPORT)
        if query.get("EIO") != "4":
            raise Refused(BAD_VERSION)
        if not is_ours(headers, self._origins):
            raise Refused(FORBIDDEN)
        if query["transport"] != transport:
            raise Refused(BAD_REQUEST)
        if "sid" not in query:
            return None
        session = self.sessions.get(query["sid"])
        if session is None:
            raise Refused(UNKNOWN_SID)
        return session

    # -- polling --------------------------------------------------------------------------------------------------

    async def answer(
        self, scope: Scope, headers: Mapping[str, str], seen: Mapping[str, str], receive: Receive, send: Send
    ) -> None:
        """Answer one polling request. Raises Unavailable to one that would begin a session now."""
        try:
            session = self._asked(scope, headers, "polling")
            if scope["method"] == "GET":
                if session is None and scope.get(LEAVING):
                    raise Unavailable("draining", "This server goes away; come back.")
                await self._give(session or self._open(seen, ["websocket"]), receive, send)
            elif scope["method"] == "POST" and session is not None:
                await self._take(session, receive, send)
            else:
                raise Refused(BAD_METHOD)
        except Refused as refused:
            await _send(send, *refusal(refused.code))
        except BadPacket:
            await _send(send, *refusal(BAD_REQUEST))

    async def _give(self, session: Session, receive: Receive, send: Send) -> None:
        """Answer with what there is to hear, as soon as there is something."""
        answer = session.poll()
        left = asyncio.create_task(_left(receive))
        either: list[asyncio.Future[Any]] = [answer, left]
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if left.done():
                # Whoever breaks off a request cannot know what it has missed.
                session.close()
        finally:
            left.cancel()
        await _send(send, 200, answer.result(), PLAIN, end=session.closed)

    async def _take(self, session: Session, receive: Receive, send: Send) -> None:
        """Take what the client says. One such request at a time, or the session ends."""
        if session.is_posting or session.socket is not None:
            if session.socket is None:
                session.close(BAD_MESSAGE)
            raise Refused(BAD_REQUEST)
        session.is_posting = True
        try:
            body = await _body(receive, self.wire.max_payload)
            if body is None:
                session.close(TOO_LARGE)
                await _send(send, 413, b"too large", PLAIN, end=True)
                return
            for packet in packets_of(body):
                session.hear(packet)
        except BadPacket:
            session.close(BAD_MESSAGE)
            raise
        finally:
            session.is_posting = False
        await _send(send, 200, b"ok", PLAIN)

    # -- WebSocket ------------------------------------------------------------------------------------------------

    async def hold(
        self, scope: Scope, headers: Mapping[str, str], seen: Mapping[str, str], receive: Receive, send: Send
    ) -> None:
        """Hold one WebSocket: a session of its own, or one that comes over from polling."""
        await receive()
        try:
            session = self._asked(scope, headers, "websocket")
            if session is not None and (session.socket is not None or session.is_probing):
                raise Refused(BAD_REQUEST)
        except Refused as refused:
            await _send(send, *refusal(refused.code), kind="websocket.http.response")
            # uvicorn takes the handshake for unfinished, and complains, until the line is gone: its second word.
            await receive()
            await receive()
            return
        await send({"type": "websocket.accept"})
        socket: SocketProtocol = scope["livefloor.pipe"]
        socket.conn.max_message_size = self.wire.max_payload
        socket.forget_handshake()
        del headers
        if session is None:
            session = self._open(seen, [])
            session.carry(socket)
        elif not await self._probe(session, socket, receive):
            await send({"type": "websocket.close", "code": BAD_MESSAGE.code})
            return
        try:
            await self._listen(session, socket, receive, send)
        finally:
            socket.carry(None)
            session.close()

    async def _probe(self, session: Session, socket: SocketProtocol, receive: Receive) -> bool:
        """Try a WebSocket for a session that polls; tell whether it has come over."""
        session.is_probing = True
        try:
            async with asyncio.timeout(UPGRADE_WITHIN_S):
                if (await receive()).get("text") != PING + "probe":
                    return False
                socket.write(text_frame(b"3probe"))
                session.probed()
                if (await receive()).get("text") != UPGRADE or session.closed:
                    return False
        except TimeoutError:
            return False
        finally:
            session.end_probe()
        session.carry(socket)
        return True

    async def _listen(self, session: Session, socket: SocketProtocol, receive: Receive, send: Send) -> None:
        """Hear the client until either side ends it."""
        while (message := await receive())["type"] == "websocket.receive":
            text = message.get("text")
            try:
                session.hear(message["bytes"] if text is None else text)
            except BadPacket:
                session.close(BAD_MESSAGE)
        if message["type"] != LEFT:
            return
        if socket.is_full():
            # It does not read: no good-bye would reach it, and what waits comes again from the log.
            socket.transport.abort()
        else:
            await socket.end(message["why"], send)


def refusal(code: int) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
    """Return status, body and headers of a refusal."""
    body = orjson.dumps({"code": code, "message": REFUSALS[code]})
    return 403 if code == FORBIDDEN else 400, body, [(b"content-type", b"application/json"), *PLAIN[1:]]


async def _send(
    send: Send,
    status: int,
    body: bytes,
    headers: list[tuple[bytes, bytes]],
    *,
    end: bool = False,
    kind: str = "http.response",
) -> None:
    """Send an answer; with `end` the connection goes with it."""
    sized = [*headers, (b"content-length", str(len(body)).encode()), *([(b"connection", b"close")] if end else [])]
    await send({"type": f"{kind}.start", "status": status, "headers": sized})
    await send({"type": f"{kind}.body", "body": body})


async def _left(receive: Receive) -> None:
    """Return when the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _body(receive: Receive, most: int) -> bytes | None:
    """Return the body of a request, or None when it is too large. Raises BadPacket when the client breaks off."""
    body = b""
    more: Any = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadPacket("broken off")
        body += message.get("body", b"")
        more = message.get("more_body")
        if len(body) > most:
            return None
    return body
