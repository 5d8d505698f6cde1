"""The conversation with one client of Pusher's: joining and leaving channels, signing in, telling the others."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import orjson
import structlog

from livefloor.declare.channel import OWN, Channel
from livefloor.declare.roles import Actor
from livefloor.identity.pusher import joining, signing_in
from livefloor.kernel.problems import NotAuthenticated
from livefloor.realtime.codes import SILENT, Close
from livefloor.realtime.session import Connection
from livefloor.realtime.wire import Receive
from livefloor.realtime.wires.pusher_frames import (
    FAILED,
    TOO_FAST,
    TOO_MANY_MESSAGES,
    TOO_MUCH_NONSENSE,
    UNAUTHORIZED,
    UNREADABLE,
    cache_miss,
    error,
    frame,
    raw_frame,
    refused,
)
from livefloor.realtime.wires.websocket import SocketProtocol
from livefloor.work.history import Position

if TYPE_CHECKING:
    from livefloor.realtime.wires.pusher import PusherWire

log = structlog.get_logger("livefloor.pusher")

PING_AFTER_S, PONG_WITHIN_S = 45.0, 30.0
MOST_CHANNELS = 100
MOST_MEMBERS = 100
MOST_INFO = 1024
MOST_DATA = 10 * 1024


class Rate:
    """At most so many in so many seconds."""

    def __init__(self, many: int, seconds: float) -> None:
        self._many = many
        self._seconds = seconds
        self._times: list[float] = []

    def is_over(self) -> bool:
        """Count one more; tell whether it is too many."""
        times, now = self._times, asyncio.get_running_loop().time()
        while times and (now - times[0] >= self._seconds or len(times) > self._many):
            times.pop(0)
        times.append(now)
        return len(times) > self._many


class Talk:
    """What one client says, and what it is answered."""

    def __init__(self, wire: PusherWire, socket: Connection, pipe: SocketProtocol, seen: Mapping[str, str]) -> None:
        self.wire = wire
        self.live = wire.live
        self.socket = socket
        self.pipe = pipe
        self.seen = seen
        self._messages = Rate(300, 10)
        self._nonsense = Rate(10, 60)
        self._client_events = Rate(10, 1)
        self._handlers: Mapping[str, Callable[[dict[str, Any]], Awaitable[Close | None]]] = {
            "pusher:ping": self._on_ping,
            "pusher:subscribe": self._on_subscribe,
            "pusher:unsubscribe": self._on_unsubscribe,
            "pusher:signin": self._on_signin,
        }

    async def listen(self, receive: Receive) -> Close | None:
        """Answer until either side ends it; return the close to say, or None when the client is gone."""
        closing = self.socket.closing
        self._beat()
        closing.add_done_callback(self.pipe.wake)
        try:
            while True:
                message = await receive()
                if closing.done():
                    return closing.result()
                if message["type"] == "websocket.disconnect":
                    return None
                why = await self._answer(message)
                if why is not None:
                    return why
        except Exception:
            log.exception("talk_failed", connection=self.socket.id)
            return FAILED
        finally:
            self._timer.cancel()
            closing.remove_done_callback(self.pipe.wake)

    def _beat(self) -> None:
        """Ask a client of which nothing is heard for a sign of life; browsers answer WebSocket's own pings unasked."""
        loop, ask_at = self.pipe.loop, self.pipe.heard_at + PING_AFTER_S
        if loop.time() < ask_at:
            self._timer = loop.call_at(ask_at, self._beat)
        else:
            self.socket.send(raw_frame("pusher:ping", {}))
            self._timer = loop.call_later(PONG_WITHIN_S, self._judge, loop.time())

    def _judge(self, asked_at: float) -> None:
        """Close a connection that has given no sign of life since it was asked."""
        if self.pipe.heard_at < asked_at:
            self.socket.close(SILENT)
        else:
            self._beat()

    # -- what is heard --------------------------------------------------------------------------------------------

    async def _answer(self, message: Mapping[str, Any]) -> Close | None:
        if self._messages.is_over():
            return TOO_MANY_MESSAGES
        said = _object(message.get("text"))
        event = said.get("event") if said is not None else None
        data = _object(said.get("data", {})) if said is not None else None
        if said is None or not isinstance(event, str):
            return self._not_understood("Invalid message format")
        if event.startswith("client-"):
            await self._on_client_event(event, said)
            return None
        handler = self._handlers.get(event)
        if handler is None:
            return None if event.startswith("pusher:") else self._not_understood("Events of clients begin with client-")
        if data is None:
            return self._not_understood("The data is an object")
        return await handler(data)

    def _not_understood(self, why: str) -> Close | None:
        if self._nonsense.is_over():
            return TOO_MUCH_NONSENSE
        self.socket.send(error(UNREADABLE, why))
        return None

    async def _on_ping(self, data: dict[str, Any]) -> None:
        self.socket.send(raw_frame("pusher:pong", "{}"))

    async def _on_signin(self, data: dict[str, Any]) -> Close | None:
        """Take note of whose socket it is."""
        auth, said = data.get("auth"), data.get("user_data")
        user = _object(said)
        if user is None or not isinstance(said, str) or not isinstance(user.get("id"), str):
            return UNAUTHORIZED
        actor = await self._proved(signing_in(self.socket.id, said), auth)
        if actor is None or actor.id != user["id"]:
            return UNAUTHORIZED
        self.live.hub.know(self.socket, actor)
        self.socket.send(frame("pusher:signin_success", {"user_data": said}))
        return None

    async def _proved(self, signed: str, auth: Any) -> Actor | None:
        """Return whose signature this is: right, of a session that stands, used once, and of nobody else than before."""
        if not isinstance(auth, str) or not self.wire.app.is_auth(signed, auth):
            return None
        try:
            actor = await self.live.access.of_ticket(auth, "socket", **self.seen)
        except NotAuthenticated:
            return None
        return actor if self.socket.actor.id in (None, actor.id) else None

    # -- channels -------------------------------------------------------------------------------------------------

    async def _on_subscribe(self, data: dict[str, Any]) -> None:
        name, said = data.get("channel"), data.get("channel_data")
        found = self.wire.names.find(name) if isinstance(name, str) else None
        if not isinstance(name, str) or found is None:
            self._refuse(str(name)[:200], "ChannelError", "There is no channel of this name", 404)
            return
        channel, address = found
        if address in self.socket.channels:
            self._succeeded(name, channel, address)
            return
        if len(self.socket.channels) >= MOST_CHANNELS:
            self._refuse(name, "LimitReached", f"At most {MOST_CHANNELS} channels on one connection", 4100)
            return
        actor = await self._admitted(name, channel, address, data)
        extra = _object(said) if actor is not None and said is not None else {}
        if actor is None or extra is None:
            self._refuse(name, "AuthError", "You may not join this channel", 401)
            return
        since = extra.get("since")
        await self._join(name, channel, address, extra, str(since)[:64] if since is not None else None)

    async def _admitted(self, name: str, channel: Channel, address: str, data: dict[str, Any]) -> Actor | None:
        """Return who may join: anybody a public channel, one's own after signing in, others with a signature."""
        auth, said = data.get("auth"), data.get("channel_data")
        actor: Actor | None = self.socket.actor
        if channel is not OWN and (auth or not channel.is_public or channel.presence or said is not None):
            text = said if isinstance(said, str) else None
            actor = await self._proved(joining(self.socket.id, name, text), auth) if said is text else None
            if actor is not None:
                self.live.hub.know(self.socket, actor)
        return actor if actor is not None and self.live.system.admits(actor, address) else None

    async def _join(self, name: str, channel: Channel, address: str, extra: dict[str, Any], since: str | None) -> None:
        """Put the socket on a channel, with what it missed there, or with the last that was told where that is kept."""
        hub, kept = self.live.hub, self.live.hub.kept.get(address)
        start: str | Position | None = since
        newest: Position | None = None
        if channel.cached and since is None:
            start, newest = await self.live.recovery.newest(address)
            if newest is not None and (kept is None or kept[0] < newest):
                start, kept = Position(newest.seq, newest.place - 1), None

        async def joined() -> None:
            if not channel.presence:
                self._succeeded(name, channel, address)
            elif not await self._enter(name, address, extra):
                hub.leave(self.socket, [address])
                return
            self.wire.count(address)
            if not channel.cached or since is not None:
                return
            if kept is not None:
                self.socket.send(raw_frame(kept[1], kept[2], name))
            elif newest is None:
                self.socket.send(cache_miss(name))

        await self.live.recovery.subscribe(self.socket, address, start, joined)

    async def _enter(self, name: str, address: str, extra: dict[str, Any]) -> bool:
        """Become a member of a channel, and be told so; tell whether there was room."""
        user_id, info = str(extra.get("user_id")), extra.get("user_info", {})
        members = self.live.hub.presence.members(address)
        if user_id != self.socket.actor.id or not isinstance(info, dict):
            self._refuse(name, "AuthError", "You are somebody else", 401)
        elif _size(info) > MOST_INFO:
            self._refuse(name, "LimitReached", f"At most {MOST_INFO} bytes about a member", 4100)
        elif len(members) >= MOST_MEMBERS and user_id not in {member.id for member in members}:
            self._refuse(name, "LimitReached", f"At most {MOST_MEMBERS} members of a channel", 4100)
        else:
            shown = asyncio.Event()
            self.live.hub.show(self.socket, address, info, shown.set)
            await shown.wait()
            return True
        return False

    def _succeeded(self, name: str, channel: Channel, address: str) -> None:
        if channel.presence:
            members = self.live.hub.presence.members(address)
            self.socket.say("members", channel=address, users=[{**member.info, "id": member.id} for member in members])
        else:
            self.socket.send(frame("pusher_internal:subscription_succeeded", {}, name))

    async def _on_unsubscribe(self, data: dict[str, Any]) -> None:
        name = data.get("channel")
        found = self.wire.names.find(name) if isinstance(name, str) else None
        if found is None or found[1] not in self.socket.channels:
            return
        address = found[1]
        self.live.hub.leave(self.socket, [address])
        self.wire.count(address)

    def _refuse(self, name: str, kind: str, why: str, status: int) -> None:
        self.socket.send(refused(name, kind, why, status))

    # -- telling the others ---------------------------------------------------------------------------------------

    async def _on_client_event(self, event: str, said: dict[str, Any]) -> None:
        name = said.get("channel")
        found = self.wire.names.find(name) if isinstance(name, str) else None
        if found is None or found[1] not in self.socket.channels:
            self.socket.send(error(TOO_FAST, "Join the channel first"))
            return
        channel, address = found
        if (channel.is_public and not channel.presence) or event.removeprefix("client-") not in channel.client_events:
            self.socket.send(error(TOO_FAST, "This event may not be sent on this channel"))
        elif _size(said.get("data")) > MOST_DATA:
            self.socket.send(error(TOO_FAST, f"An event holds at most {MOST_DATA} bytes"))
        elif self._client_events.is_over():
            self.socket.send(error(TOO_FAST, "At most 10 events in a second"))
        else:
            who = self.socket.actor.id if channel.presence else None
            await self.live.hub.signal(address, event, said.get("data"), user_id=who, but=self.socket.id)


def _size(data: Any) -> float:
    """Return how many bytes data is as JSON; too deep for it is too large."""
    try:
        return len(orjson.dumps(data))
    except orjson.JSONEncodeError:
        return math.inf


def _object(said: Any) -> dict[str, Any] | None:
    """Return an object, given as such or as JSON, or None."""
    if isinstance(said, str):
        try:
            said = orjson.loads(said)
        except orjson.JSONDecodeError:
            return None
    return said if isinstance(said, dict) else None
