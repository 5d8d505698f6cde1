"""Who is connected to which channels; gives each frame to all of them, encoded once for each wire."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog

from livefloor.declare.event import Told
from livefloor.declare.roles import Actor
from livefloor.declare.system import System
from livefloor.kernel.problems import NotAuthenticated
from livefloor.realtime.codes import NOT_AUTHENTICATED, TOO_MANY
from livefloor.realtime.frames import Codec
from livefloor.realtime.session import Connection

log = structlog.get_logger("livefloor.hub")


class Hub:
    """The live connections of one system in this process."""

    SLICE = 256
    """Writes between two breaths, so that other requests are answered during a large fan-out."""
    PER_USER = 5

    def __init__(self, system: System, again: Callable[[Actor], Awaitable[Actor]]) -> None:
        self.system = system
        self._again = again
        self.connections: dict[str, Connection] = {}
        self._channels: defaultdict[str, dict[str, Connection]] = defaultdict(dict)
        self._users: defaultdict[str, list[Connection]] = defaultdict(list)
        self.delivered = 0

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

    def leave(self, connection: Connection, channels: Sequence[str]) -> None:
        """Take a connection off channels."""
        for channel in channels:
            connection.channels.discard(channel)
            there = self._channels.get(channel)
            if there is not None:
                there.pop(connection.id, None)
                if not there:
                    del self._channels[channel]

    def remove(self, connection: Connection) -> None:
        """Forget a connection."""
        self.leave(connection, tuple(connection.channels))
        self.connections.pop(connection.id, None)
        user_id = connection.actor.id or ""
        mine = self._users.get(user_id, [])
        if connection in mine:
            mine.remove(connection)
        if not mine:
            self._users.pop(user_id, None)

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
