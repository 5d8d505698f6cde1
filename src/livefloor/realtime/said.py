"""What a client of the hub may say, and what it means: the same on each wire, whatever its form there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from livefloor.kernel.problems import Problem
from livefloor.realtime.codes import FORBIDDEN, NOT_AUTHENTICATED, Close
from livefloor.realtime.session import Connection
from livefloor.realtime.wire import Live

MESSAGES, MESSAGES_IN_S = 20, 10.0
"""How many messages a client may send, in which time, unless its wire says otherwise."""


def is_ours(headers: Mapping[str, str], origins: Sequence[str]) -> bool:
    """Tell whether the page that asks, if it is a page, is of our own origin or of a listed one."""
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host") or origin in origins or "*" in origins


class Pace:
    """Counts the messages of one client."""

    def __init__(self, many: int = MESSAGES, in_s: float = MESSAGES_IN_S) -> None:
        self._many, self._in_s = many, in_s
        self._heard: list[float] = []
        self.over = 0
        """How many in a row were too many."""

    def is_too_fast(self, now: float) -> bool:
        """Count a message that comes `now`, in seconds; tell whether it is one too many."""
        self._heard = [*self._heard[-self._many :], now]
        is_over = len(self._heard) > self._many and self._heard[-1] - self._heard[0] < self._in_s
        self.over = self.over + 1 if is_over else 0
        return is_over


class Word(NamedTuple):
    """Something that the server says in reply."""

    event: str
    data: dict[str, Any]


Reply = list[Word] | Close
"""Words to say, or why to end the connection."""


class Sayings:
    """Follows what one client says."""

    def __init__(self, live: Live, connection: Connection, seen: Mapping[str, str]) -> None:
        self.live = live
        self.connection = connection
        self._seen = seen

    async def answer(self, kind: Any, said: Mapping[str, Any]) -> Reply | None:
        """Follow a message; return the reply, or None when there is no such kind of message."""
        match kind:
            case "ping":
                return self._pong()
            case "auth":
                return await self._auth(said)
            case "subscribe":
                return self._channels(said, self.live.hub.join)
            case "unsubscribe":
                return self._channels(said, self.live.hub.leave)
            case "sync":
                await self.live.recovery.sync(self.connection, str(said.get("last_id")))
                return []
        return None

    def _pong(self) -> Reply:
        return [Word("pong", {"server_time": self.live.clock.now()})]

    async def _auth(self, said: Mapping[str, Any]) -> Reply:
        """Go on with a new token of the same user."""
        try:
            actor = await self.live.access.of_token(str(said.get("token")), **self._seen)
        except Problem:
            return NOT_AUTHENTICATED
        if actor.id != self.connection.actor.id:
            return FORBIDDEN
        self.connection.actor = actor
        return self._pong()

    def _channels(self, said: Mapping[str, Any], change: Callable[[Connection, Sequence[str]], None]) -> Reply:
        """Join channels or leave them, as far as they are the client's."""
        asked = said.get("channels")
        if not isinstance(asked, list) or not all(isinstance(name, str) for name in asked):
            return [Word("error", {"code": "validation_error", "detail": "channels is a list of names."})]
        mine = set(self.live.hub.system.home_of(self.connection.actor))
        refused = {"code": "forbidden_channel", "detail": "You may not join this channel."}
        words = [Word("error", {**refused, "channel": name[:200]}) for name in asked if name not in mine]
        change(self.connection, [name for name in asked if name in mine])
        self.live.hub.appear(self.connection)
        return [*words, Word("subscribed", {"channels": sorted(self.connection.channels)})]
