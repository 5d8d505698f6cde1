"""The wire of Socket.IO 5: namespaces over one Engine.IO session, acks, and recovery from the log for the stock client.

The client keeps two strings for us: `pid`, which we signed, and the last element of the last event that ended with a string.
That is the position in the log, so that any process gives it what it missed, whatever was restarted meanwhile; and it is
why whatever we say without a position ends with an object.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

import orjson
import structlog

from livefloor.declare.event import Told
from livefloor.declare.system import SocketIO
from livefloor.kernel.problems import NotAuthenticated
from livefloor.realtime.codes import GOING_AWAY, SILENT, TOO_MANY, Close
from livefloor.realtime.frames import Codec, data_json
from livefloor.realtime.said import MESSAGES, Pace, Sayings, Word
from livefloor.realtime.session import Connection
from livefloor.realtime.wire import Live, LiveWire, Receive, Scope, Send, headers_of, seen_of
from livefloor.realtime.wires.engineio import Engine
from livefloor.realtime.wires.engineio_session import Session, binary_frame
from livefloor.realtime.wires.socketio_packets import Assembler, BadPacket, Kind, Packet, encode
from livefloor.realtime.wires.websocket import text_frame

log = structlog.get_logger("livefloor.socketio")


def frames_of(packet: Packet) -> bytes:
    """Return a packet ready for the transport, with its attachments right behind it."""
    return b"".join(
        text_frame(b"4" + part.encode()) if isinstance(part, str) else binary_frame(part) for part in encode(packet)
    )


@functools.cache
def codec_of(namespace: str) -> Codec:
    """Return how events are written in a namespace."""
    head = b"42[" if namespace == "/" else b"42" + namespace.encode() + b",["

    def frame(seq: int, place: int, at: datetime, told: Told) -> bytes:
        own = {"seq": seq, "at": at}
        # A frame that has such a field itself has its own value there.
        before = {name: value for name, value in own.items() if name not in type(told.frame).model_fields}
        data = orjson.dumps(before, option=orjson.OPT_UTC_Z)[:-1], data_json(told)[1:]
        glue = b"," if before and data[1] != b"}" else b""
        name = orjson.dumps(told.frame.event)
        return text_frame(b'%b%b,%b%b%b,"%d.%d"]' % (head, name, data[0], glue, data[1], seq, place))

    def said(event: str, at: str | None, data: Mapping[str, Any]) -> bytes:
        args = [event, data] if at is None else [event, data, at]
        return text_frame(head + orjson.dumps(args, option=orjson.OPT_UTC_Z)[1:])

    return Codec(frame, said, "socketio")


class Member(Protocol):
    """One side of a namespace, from the client's CONNECT on."""

    is_in: bool

    def hear(self, packet: Packet) -> None:
        """Take a packet: first a CONNECT, then events and acks. Raises BadPacket."""
        ...

    def drained(self) -> None:
        """Write what waits."""
        ...

    def left(self) -> None:
        """Hear that the client, or the line, is gone."""
        ...


class Line:
    """Socket.IO over one Engine.IO session: sorts packets to the members of its namespaces."""

    def __init__(self, session: Session, wire: SocketIO, joins: Callable[[Line, str], Member]) -> None:
        self.session = session
        self.members: dict[str, Member] = {}
        self._wire = wire
        self._joins = joins
        self._assembler = Assembler(wire.max_payload)
        self._pace = Pace()
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(wire.connect_timeout_s, session.close, SILENT)

    def hear(self, message: str | bytes) -> None:
        """Take a message of the client. Raises BadPacket."""
        if self._pace.is_too_fast(self._loop.time()):
            self.session.close(TOO_MANY)
            return
        packet = self._assembler.add(message)
        if packet is None:
            return
        member = self.members.get(packet.namespace)
        if packet.kind is Kind.CONNECT:
            if member is not None:
                raise BadPacket("connected already")
            self._connect(packet)
        elif member is None or packet.kind is Kind.CONNECT_ERROR:
            raise BadPacket("not connected, or not for a client to say")
        elif packet.kind is Kind.DISCONNECT:
            self.leave(packet.namespace)
            member.left()
        else:
            member.hear(packet)

    def _connect(self, packet: Packet) -> None:
        if packet.namespace not in self._wire.namespaces:
            self.send(Packet(Kind.CONNECT_ERROR, packet.namespace, {"message": "Invalid namespace"}))
            return
        member = self.members[packet.namespace] = self._joins(self, packet.namespace)
        member.hear(packet)

    def send(self, packet: Packet) -> None:
        """Send a packet past what waits."""
        self.session.write(frames_of(packet))

    def welcome(self) -> None:
        """Take note that a member was let in: the session may stay."""
        self._timer.cancel()
        self.session.let_in()

    def leave(self, namespace: str) -> None:
        """Forget the member of a namespace; a session without any has as long to connect as at its beginning."""
        member = self.members.pop(namespace)
        if member.is_in and not any(other.is_in for other in self.members.values()):
            self._timer = self._loop.call_later(self._wire.connect_timeout_s, self.session.close, SILENT)

    def drained(self) -> None:
        """Let the members go on."""
        for member in tuple(self.members.values()):
            member.drained()

    def closed(self) -> None:
        """Tell the members that the session has ended."""
        self._timer.cancel()
        members, self.members = tuple(self.members.values()), {}
        for member in members:
            member.left()


class SocketIOWire(LiveWire):
    """Speaks Socket.IO at one path."""

    name = "socketio"

    def __init__(self, wire: SocketIO, live: Live) -> None:
        super().__init__(live)
        self.wire = wire
        self.paths = (wire.path,)
        self.tasks: set[asyncio.Task[None]] = set()
        self.engine = Engine(
            wire,
            live.settings.cors_origins,
            lambda session: Line(session, wire, lambda line, namespace: _Guest(self, line, namespace)),
        )

    async def answer(
        self, scope: Scope, headers: Mapping[str, str], seen: Mapping[str, str], receive: Receive, send: Send
    ) -> None:
        """Answer one polling request."""
        await self.engine.answer(scope, headers, seen, receive, send)

    async def hold(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold one WebSocket."""
        await self.engine.hold(scope, headers_of(scope), seen_of(scope), receive, send)

    def sessions(self) -> list[Callable[[], None]]:
        """Return what ends each session that polls."""
        return [session.close for session in self.engine.polling()]

    async def close(self) -> None:
        """End all sessions and what is still being done for them."""
        self.engine.close()
        await asyncio.gather(*self.tasks)

    def sign(self, namespace: str, user_id: str, salt: str) -> str:
        """Return the `pid` of a user: whoever has the user's token and this goes on where it stood."""
        said = "\n".join(("socketio-pid", self.live.system.name, namespace, user_id, salt))
        proof = hmac.new(self.live.secrets["secret_key"].encode(), said.encode(), hashlib.sha256).hexdigest()
        return f"{salt}.{proof}"

    def is_pid(self, pid: Any, namespace: str, user_id: str) -> bool:
        """Tell whether this is a `pid` that we gave to this user."""
        if not isinstance(pid, str) or not pid.isascii():
            return False
        return hmac.compare_digest(pid, self.sign(namespace, user_id, pid.partition(".")[0]))


class _Guest:
    """One client in one namespace; what it says is followed one after the other, by a task that lives only meanwhile."""

    def __init__(self, wire: SocketIOWire, line: Line, namespace: str) -> None:
        self.wire = wire
        self.line = line
        self.namespace = namespace
        self.is_in = False
        self._gone = False
        self._connection: Connection | None = None
        self._sayings: Sayings | None = None
        self._heard: list[Packet] = []
        self._work: asyncio.Task[None] | None = None

    # -- what the line tells ----------------------------------------------------------------------------------------

    def hear(self, packet: Packet) -> None:
        """Take a packet; who says more than is followed is too fast."""
        if packet.kind is Kind.ACK:
            return  # we ask for none
        self._heard.append(packet)
        if len(self._heard) > MESSAGES:
            self.line.session.close(TOO_MANY)
        elif self._work is None:
            self._work = asyncio.create_task(self._follow())
            self.wire.tasks.add(self._work)
            self._work.add_done_callback(self.wire.tasks.discard)

    def drained(self) -> None:
        """Write what waits."""
        if self._connection is not None:
            self._connection.drained()

    def left(self) -> None:
        """Forget a client that is gone."""
        self._gone = True
        self._heard.clear()
        if self._connection is not None:
            self._connection.close(GOING_AWAY)
            self.wire.live.hub.remove(self._connection)

    # -- what the client says ---------------------------------------------------------------------------------------

    async def _follow(self) -> None:
        """Follow packet after packet; on a failure of ours the client comes back."""
        try:
            while self._heard and not self._gone:
                packet = self._heard.pop(0)
                if packet.kind is Kind.CONNECT:
                    await self._enter(packet.data or {})
                else:
                    await self._answer(packet)
        except Exception:
            log.exception("socketio_failed", namespace=self.namespace)
            self.line.session.close(GOING_AWAY)
        finally:
            self._work = None

    async def _enter(self, auth: Mapping[str, Any]) -> None:
        """Let a client in by its token, and bring it up to date."""
        try:
            token = auth.get("token")
            if not isinstance(token, str):
                raise NotAuthenticated()
            actor = await self.wire.live.access.of_token(token, **self.line.session.seen)
        except NotAuthenticated as problem:
            # Only this is the client's: after a refusal it stays away, after a failure of ours it comes again.
            self._refuse(problem)
            return
        if self._gone:
            return
        user_id, pid, offset = actor.id or "", auth.get("pid"), auth.get("offset")
        knows = self.wire.is_pid(pid, self.namespace, user_id)
        # Whoever comes with a pid was here before: if we cannot go on from there, it is told.
        last_id = None if pid is None else offset if knows and isinstance(offset, str) else ""
        self._connection = connection = Connection(actor, self.line.session, codec_of(self.namespace))
        self._sayings = Sayings(self.wire.live, connection, self.line.session.seen)
        connection.closing.add_done_callback(self._leave)
        self.is_in = True
        self.line.welcome()

        def greet(resumes: bool) -> None:
            mine = pid if resumes else self.wire.sign(self.namespace, user_id, secrets.token_urlsafe(12))
            self._send(Kind.CONNECT, {"sid": connection.id, "pid": mine})

        await self.wire.live.recovery.join(connection, last_id, round(self.wire.wire.ping_interval_s), greet)

    def _refuse(self, problem: NotAuthenticated) -> None:
        if not self._gone:
            self.line.leave(self.namespace)
            data = {"message": problem.detail, "data": {"code": problem.code, **problem.extra}}
            self.line.send(Packet(Kind.CONNECT_ERROR, self.namespace, data))

    async def _answer(self, packet: Packet) -> None:
        """Follow an event; what is to be said goes into the ack if one is asked for."""
        assert self._connection is not None
        assert self._sayings is not None
        name, said = packet.data[0], packet.data[1] if len(packet.data) > 1 else {}
        reply = await self._sayings.answer(name, said if isinstance(said, dict) else {})
        if reply is None:
            reply = [Word("error", {"code": "unknown_event", "detail": "This event is not known."})]
        words = [Word("error", {"code": reply.reason})] if isinstance(reply, Close) else reply
        if packet.id is not None:
            told: dict[str, Any] = {}
            for event, data in reversed(words):
                told.update({"error": data} if event == "error" else data)
            self._send(Kind.ACK, [told], packet.id)
        if isinstance(reply, Close):
            self._connection.close(reply)  # which says why by itself
        elif packet.id is None:
            for event, data in words:
                self._connection.say(event, **data)

    def _send(self, kind: Kind, data: Any, number: int | None = None) -> None:
        assert self._connection is not None
        self._connection.send(frames_of(Packet(kind, self.namespace, data, number)))

    # -- the end ----------------------------------------------------------------------------------------------------

    def _leave(self, closing: asyncio.Future[Close]) -> None:
        """End what the hub has closed: with the line, after which the client comes back; or for good, by a DISCONNECT."""
        if self._gone:
            return
        assert self._connection is not None
        why = closing.result()
        if why.come_back:
            self.line.session.close(why)
            return
        self._gone = True
        self.wire.live.hub.remove(self._connection)
        self.line.leave(self.namespace)
        self.line.send(Packet(Kind.EVENT, self.namespace, ["error", {"code": why.reason}]))
        self.line.send(Packet(Kind.DISCONNECT, self.namespace))
        # Over polling the close would overtake the packets of the same answer: there the client ends it, or the timer.
        if not self.line.members and self.line.session.socket is not None:
            self.line.session.close(why)
