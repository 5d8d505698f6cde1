"""The wire of Socket.IO 5: namespaces over one Engine.IO session, acks, and recovery from the log for the stock client.

The client keeps two strings for us: `pid`, which we signed, and the last element of the last event that ended with a string.
That is the position in the log, so that any process gives it what it missed, whatever was restarted meanwhile; and it is
why whatever we say without a position ends with an object.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import orjson
import structlog

from livefloor.declare.roles import Actor
from livefloor.declare.system import SocketIO
from livefloor.identity.sessions import AccountInactive
from livefloor.kernel.problems import BadRequest, NotAuthenticated, Problem, TooMany
from livefloor.realtime import talk
from livefloor.realtime.codes import GOING_AWAY, SILENT, TOO_MANY, Close
from livefloor.realtime.said import MESSAGES, Pace, Sayings, Word
from livefloor.realtime.session import Connection
from livefloor.realtime.wire import Live, LiveWire, Receive, Scope, Send, headers_of, seen_of
from livefloor.realtime.wires.engineio import Engine
from livefloor.realtime.wires.engineio_session import Session
from livefloor.realtime.wires.socketio_codec import codec_of, frames_of
from livefloor.realtime.wires.socketio_packets import Assembler, BadPacket, Kind, Packet

log = structlog.get_logger("livefloor.socketio")


class Member(Protocol):
    """One side of a namespace, from the client's CONNECT on."""

    is_in: bool

    def hear(self, packet: Packet) -> None:
        """Take a packet: first a CONNECT, then events and acks. Raises BadPacket."""
        ...

    def refuse(self, packet: Packet) -> None:
        """Say that an event came too fast."""
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
        self._pace = Pace(*wire.pace)
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(wire.connect_timeout_s, session.close, SILENT)

    def hear(self, message: str | bytes) -> None:
        """Take a message of the client. Raises BadPacket."""
        is_too_fast = self._pace.is_too_fast(self._loop.time())
        if self._pace.over > self._wire.patience:
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
        elif is_too_fast:
            member.refuse(packet)
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
        self.sayings = live.system.sayings()
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
        self._talk: talk.Line | None = None
        self._heard: list[Packet] = []
        self._work: asyncio.Task[None] | None = None

    # -- what the line tells ----------------------------------------------------------------------------------------

    def hear(self, packet: Packet) -> None:
        """Take a packet; who says more than is followed is too fast."""
        if packet.kind is Kind.ACK:
            return  # we ask for none
        self._heard.append(packet)
        if len(self._heard) > (5 * self.wire.wire.pace[0] if self.wire.wire.patience else MESSAGES):
            self.line.session.close(TOO_MANY)
        elif self._work is None:
            self._work = asyncio.create_task(self._follow())
            self.wire.tasks.add(self._work)
            self._work.add_done_callback(self.wire.tasks.discard)

    def refuse(self, packet: Packet) -> None:
        """Say that an event came too fast."""
        if self.is_in and packet.kind is Kind.EVENT:
            self._reply(
                packet, self._refusal(TooMany("rate_limited", "Too many events; wait a moment.", retry_after=1))
            )

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
            actor = await self._actor(auth)
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
        codec = codec_of(self.namespace, self.wire.wire.acks_ok)
        self._connection = connection = Connection(actor, self.line.session, codec)
        self._sayings = Sayings(self.wire.live, connection, self.line.session.seen)
        self._talk = talk.Line(self.wire.live, connection, self.line.session.seen)
        connection.closing.add_done_callback(self._leave)
        self.is_in = True
        self.line.welcome()

        def greet(resumes: bool) -> None:
            mine = pid if resumes else self.wire.sign(self.namespace, user_id, secrets.token_urlsafe(12))
            self._send(Kind.CONNECT, {"sid": connection.id, "pid": mine})

        await self.wire.live.recovery.join(connection, last_id, round(self.wire.wire.ping_interval_s), greet)

    async def _actor(self, auth: Mapping[str, Any]) -> Actor:
        """Return whose token a client gives. Raises NotAuthenticated."""
        for name, code in self.wire.wire.tokens.items():
            token = auth.get(name)
            if isinstance(token, str):
                try:
                    return await self.wire.live.access.of_token(token, **self.line.session.seen)
                except AccountInactive as problem:
                    raise NotAuthenticated(self.wire.wire.inactive or problem.code, problem.detail) from problem
                except NotAuthenticated as problem:
                    if problem.code != NotAuthenticated.default_code:
                        raise
                    raise NotAuthenticated(code, problem.detail) from problem
        raise NotAuthenticated()

    def _refuse(self, problem: NotAuthenticated) -> None:
        if not self._gone:
            self.line.leave(self.namespace)
            code, detail = self.wire.live.system.code_of(problem.code), problem.detail
            if self.wire.wire.acks_ok:
                data = {"message": code, "data": {"code": code, "detail": detail, **problem.extra}}
            else:
                data = {"message": detail, "data": {"code": code, **problem.extra}}
            self.line.send(Packet(Kind.CONNECT_ERROR, self.namespace, data))

    async def _answer(self, packet: Packet) -> None:
        """Follow an event; what is to be said goes into the ack if one is asked for."""
        assert self._connection is not None
        assert self._sayings is not None
        name, said = packet.data[0], packet.data[1] if len(packet.data) > 1 else {}
        if self.wire.wire.acks_ok:
            self._reply(packet, await self._done(name, said))
            return
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

    async def _done(self, name: Any, said: Any) -> dict[str, Any]:
        """Do what the system lets clients say; return what the ack tells."""
        assert self._talk is not None
        try:
            saying = self.wire.sayings.get(name) if isinstance(name, str) else None
            if saying is None:
                raise BadRequest("unknown_event", "This event is not known.")
            return {"ok": True, **await talk.follow(self.wire.live, saying, self._talk, said)}
        except Problem as problem:
            return self._refusal(problem)
        except Exception:
            log.exception("socketio_failed", namespace=self.namespace, said=name)
            return self._refusal(Problem("internal_error", "Something went wrong on our side; it is logged."))

    def _refusal(self, problem: Problem) -> dict[str, Any]:
        body = self.wire.live.system.body_of(problem)
        told = {name: value for name, value in body.items() if name not in ("type", "title")}
        found: dict[str, Any] = orjson.loads(orjson.dumps({"ok": False, **told}, option=orjson.OPT_UTC_Z, default=str))
        return found

    def _reply(self, packet: Packet, told: dict[str, Any]) -> None:
        """Tell what came of an event: by the ack if one is asked for, else only what went wrong."""
        assert self._connection is not None
        if packet.id is not None:
            self._send(Kind.ACK, [told], packet.id)
        elif not told["ok"]:
            self._connection.say("error_message", None, **told)

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
        ok = self.wire.wire.acks_ok
        # Where a client is told that its session ended, so is the oldest line of too many: else the two would push each
        # other out in turn.
        if why.come_back and not (ok and why is TOO_MANY):
            self.line.session.close(why)
            return
        self._gone = True
        self.wire.live.hub.remove(self._connection)
        self.line.leave(self.namespace)
        code = self.wire.live.system.code_of(why.reason)
        self.line.send(Packet(Kind.EVENT, self.namespace, ["session_ended" if ok else "error", {"code": code}]))
        self.line.send(Packet(Kind.DISCONNECT, self.namespace))
        # Over polling the close would overtake the packets of the same answer: there the client ends it, or the timer.
        if not self.line.members and self.line.session.socket is not None:
            self.line.session.close(why)
