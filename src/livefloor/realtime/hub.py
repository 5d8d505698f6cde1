"""Who is connected to which channels; gives each frame to all of them, encoded once for each wire."""

from __future__ import annotations

import asyncio
import functools
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog

from livefloor.declare.event import Told
from livefloor.declare.roles import Actor
from livefloor.declare.system import System
from livefloor.kernel.problems import NotAuthenticated
from livefloor.realtime.bus import Bus
from livefloor.realtime.codes import NOT_AUTHENTICATED, TOO_MANY
from livefloor.realtime.frames import Codec
from livefloor.realtime.presence import Member, Presence
from livefloor.realtime.session import Connection

log = structlog.get_logger("livefloor.hub")


class Hub:
    """The live connections of one system in this process."""

    SLICE = 256
    """Writes between two breaths, so that other requests are answered during a large fan-out."""
    PER_USER = 5

    def __init__(self, system: System, again: Callable[[Actor], Awaitable[Actor]], bus: Bus) -> None:
        self.system = system
        self.bus = bus
        self.presence = Presence(bus, self._came_or_went)
        self._again = again
        self.connections: dict[str, Connection] = {}
        self._channels: defaultdict[str, dict[str, Connection]] = defaultdict(dict)
        self._users: defaultdict[str, list[Connection]] = defaultdict(list)
        self._watching: defaultdict[str, dict[str, Connection]] = defaultdict(dict)
        self.delivered = 0
        self.dropped: Counter[str] = Counter()
        self.closed: Counter[tuple[str, str]] = Counter()
        """Frames thrown away by wire, and connections closed by wire and reason."""

    def join(self, connection: Connection, channels: Sequence[str]) -> None:
        """Add a connection and put it on its channels; a user's sixth closes the oldest."""
        user_id = connection.actor.id or ""
        if connection.id not in self.connections:
            self.connections[connection.id] = connection
            self._users[user_id].append(connection)
            if len(self._users[user_id]) > self.PER_USER:
                self._users[user_id][0].close(TOO_MANY)
                del self._users[user_id][0]
        for channel in channels:
            connection.channels.add(channel)
            self._channels[channel][connection.id] = connection

    def leave(self, connection: Connection, channels: Sequence[str], *, grace: bool = False) -> None:
        """Take a connection off channels; with `grace` its user may be back before anybody is told."""
        for channel in channels:
            connection.channels.discard(channel)
            _take_out(self._channels, channel, connection)
            if channel in connection.present:
                connection.present.discard(channel)
                _take_out(self._watching, channel, connection)
                self.presence.leave(channel, connection.actor.id or "", connection.id, grace=grace)

    def remove(self, connection: Connection) -> None:
        """Forget a connection."""
        why = connection.closing.result() if connection.closing.done() else None
        self.leave(connection, tuple(connection.channels), grace=why is not NOT_AUTHENTICATED)
        if self.connections.pop(connection.id, None) is not None:
            wire = connection.codec.wire
            self.closed[wire, why.reason if why is not None else "left"] += 1
            self.dropped[wire] += connection.dropped
        user_id = connection.actor.id or ""
        mine = self._users.get(user_id, [])
        if connection in mine:
            mine.remove(connection)
        if not mine:
            self._users.pop(user_id, None)

    # -- presence -------------------------------------------------------------------------------------------------

    def appear(self, connection: Connection) -> None:
        """Show the user of a connection on those of its channels that have presence, and tell it who is there."""
        actor = connection.actor
        for channel in connection.channels - connection.present:
            if actor.id is not None and self.system.has_presence(channel):
                connection.present.add(channel)
                info = {"name": actor.name, "role": actor.role}
                self.presence.enter(channel, actor.id, info, connection.id)
                self.presence.greet(
                    (connection.id, channel), channel, functools.partial(self._greet, connection, channel)
                )

    def _greet(self, connection: Connection, channel: str, members: Sequence[Member]) -> None:
        if channel in connection.present:
            self._watching[channel][connection.id] = connection
            connection.say("members", channel=channel, users=[{**member.info, "id": member.id} for member in members])

    async def _came_or_went(self, channel: str, member: Member, came: bool) -> None:
        """Tell those who watch a channel of one who came or went."""
        data = (
            {"channel": channel, "user": {**member.info, "id": member.id}}
            if came
            else {"channel": channel, "user_id": member.id}
        )
        name = "member_added" if came else "member_removed"
        encoded: dict[Codec, bytes] = {}
        for number, connection in enumerate(tuple(self._watching.get(channel, {}).values()), start=1):
            codec = connection.codec
            if codec not in encoded:
                encoded[codec] = codec.said(name, None, data)
            connection.send(encoded[codec])
            if number % self.SLICE == 0:
                await asyncio.sleep(0)

    # -- telling --------------------------------------------------------------------------------------------------

    async def deliver(self, seq: int, at: datetime, frames: Sequence[Told]) -> None:
        """Give the frames of one event to all who are on their channels."""
        written = 0
        for place, told in enumerate(frames):
            there = self._channels.get(told.channel)
            if not there:
                continue
            encoded: dict[Codec, bytes] = {}
            where = (seq, place)
            for connection in tuple(there.values()):
                codec = connection.codec
                data = encoded.get(codec)
                if data is None:
                    data = encoded[codec] = codec.frame(seq, place, at, told)
                connection.tell(where, data)
                written += 1
                if written % self.SLICE == 0:
                    await asyncio.sleep(0)
        self.delivered += written

    async def recheck(self, user_id: str) -> None:
        """Hold the open connections of a user against what the user may now."""
        for connection in tuple(self._users.get(user_id, ())):
            try:
                actor = await self._again(connection.actor)
            except NotAuthenticated:
                connection.close(NOT_AUTHENTICATED)
                continue
            connection.actor = actor
            self.leave(connection, [name for name in connection.channels if not self.system.admits(actor, name)])

    def expire(self, now: float) -> None:
        """Close the connections whose token is over."""
        for connection in tuple(self.connections.values()):
            if connection.actor.expires_at <= now:
                connection.close(NOT_AUTHENTICATED)


def _take_out(channels: dict[str, dict[str, Connection]], channel: str, connection: Connection) -> None:
    there = channels.get(channel)
    if there is not None:
        there.pop(connection.id, None)
        if not there:
            del channels[channel]
