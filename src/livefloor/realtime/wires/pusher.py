"""Pusher's protocol 7: stock pusher-js, with everything that happens while it is away given to it when it returns."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlsplit

import structlog

from livefloor.declare.system import Pusher
from livefloor.identity.pusher import App, names_of
from livefloor.kernel.problems import NotFound
from livefloor.realtime.codes import GOING_AWAY, RIGHTS_CHANGED, Close
from livefloor.realtime.session import NOBODY, Connection
from livefloor.realtime.wire import Live, LiveWire, Receive, Scope, Send, headers_of, seen_of
from livefloor.realtime.wires.pusher_frames import (
    BAD_PATH,
    BAD_PROTOCOL,
    BAD_VERSION,
    CLOSES,
    NO_PROTOCOL,
    UNAUTHORIZED,
    UNKNOWN_APP,
    codec_of,
    error,
    frame,
)
from livefloor.realtime.wires.pusher_http import PublisherApi
from livefloor.realtime.wires.pusher_talk import Talk
from livefloor.realtime.wires.websocket import SocketProtocol

log = structlog.get_logger("livefloor.pusher")

COUNT_EVERY_S, COUNT_AT_ONCE = 5.0, 100
"""Above so many on a channel they are told their number only so often."""


class Socket(Connection):
    """A connection of Pusher's, which must come again when it has lost a channel: its client knows no other way."""

    def lost(self, channels: Sequence[str]) -> None:
        """End, so that the client joins again what it still may."""
        self.close(RIGHTS_CHANGED)


class PusherWire(LiveWire):
    """Speaks Pusher's protocol to clients, and its HTTP API to publishers."""

    name = "pusher"

    def __init__(self, wire: Pusher, live: Live) -> None:
        super().__init__(live)
        self.wire = wire
        self.paths = (f"{wire.path}/", "/apps/")
        self.app = App.of(live.secrets)
        self.names = names_of(tuple(live.system.channels))
        self.codec = codec_of(self.names)
        self._api = PublisherApi(live, self.app, self.names)
        self._counting: dict[str, asyncio.TimerHandle] = {}

    async def answer(
        self, scope: Scope, headers: Mapping[str, str], seen: Mapping[str, str], receive: Receive, send: Send
    ) -> None:
        """Answer a publisher. Raises Problem."""
        if not scope["path"].startswith("/apps/"):
            raise NotFound("not_found", "This address is for WebSockets.")
        await self._api.answer(scope, receive, send)

    async def hold(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold one connection from its handshake to its end."""
        await receive()
        # A refusal before the upgrade would be taken for a lost line, and tried again for ever.
        await send({"type": "websocket.accept"})
        pipe: SocketProtocol = scope["livefloor.pipe"]
        seen, why = seen_of(scope), self._refusal(scope, headers_of(scope))
        pipe.forget_handshake()
        if why is None:
            why = await self._talk(seen, receive, pipe)
        if why is not None:
            said = CLOSES.get(why, why)
            if not pipe.is_full():
                pipe.write(error(said.code, said.reason))
            await pipe.end(said, send)

    def _refusal(self, scope: Scope, headers: Mapping[str, str]) -> Close | None:
        """Return why this handshake leads nowhere, if so."""
        asked = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        key = scope["path"].removeprefix(self.paths[0])
        origin = headers.get("origin")
        if not re.fullmatch(r"[\w-]+", key):
            return BAD_PATH
        if key != self.app.key:
            return UNKNOWN_APP
        if "protocol" not in asked:
            return NO_PROTOCOL
        if asked["protocol"] not in ("5", "6", "7"):
            return BAD_PROTOCOL
        if "version" in asked and not re.fullmatch(r"\d{1,4}(\.\d{1,6}){0,3}[\w.+-]{0,32}", asked["version"], re.ASCII):
            return BAD_VERSION
        ours = (headers.get("host"), *(urlsplit(each).netloc for each in self.live.settings.cors_origins))
        if origin is not None and urlsplit(origin).netloc not in ours and "*" not in self.live.settings.cors_origins:
            return UNAUTHORIZED
        return None

    async def _talk(self, seen: Mapping[str, str], receive: Receive, pipe: SocketProtocol) -> Close | None:
        going = CLOSES[GOING_AWAY]
        pipe.good_bye = (error(going.code, going.reason), going)
        socket = Socket(NOBODY, pipe, self.codec, f"{random.randint(1, 10**9)}.{random.randint(1, 10**9)}")
        talk = Talk(self, socket, pipe, seen)
        pipe.carry(socket)
        self.live.hub.add(socket)
        why: Close | None = None
        try:
            socket.send(
                frame(
                    "pusher:connection_established",
                    {"socket_id": socket.id, "activity_timeout": self.wire.activity_s},
                )
            )
            why = await talk.listen(receive)
        finally:
            pipe.carry(None)
            if why is not None:
                socket.close(why)
            left = tuple(socket.channels)
            self.live.hub.remove(socket)
            for channel in left:
                self.count(channel)
        return why

    def count(self, channel: str) -> None:
        """Tell those on a channel how many they are: at once, or when there are many, now and then."""
        known = self.names.channel(channel)
        if not self.wire.counts or channel in self._counting or known is None or known.presence:
            return
        many = len(self.live.hub.on(channel)) > COUNT_AT_ONCE
        loop = asyncio.get_running_loop()
        self._counting[channel] = loop.call_later(COUNT_EVERY_S if many else 0, self._count, channel)

    def _count(self, channel: str) -> None:
        del self._counting[channel]
        there = self.live.hub.on(channel)
        said = frame("pusher_internal:subscription_count", {"subscription_count": len(there)}, self.names.name(channel))
        for connection in there:
            if connection.codec is self.codec:
                connection.mention(said)
