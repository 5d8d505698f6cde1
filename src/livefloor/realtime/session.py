"""One live connection: its bounded queue, and where it stands in the log."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from livefloor.declare.roles import Actor
from livefloor.kernel.ids import new_id
from livefloor.realtime.codes import SLOW_CONSUMER, Close
from livefloor.realtime.frames import Codec, Place

NOBODY = Actor(None, "public", expires_at=math.inf)
"""Whose connection it is until somebody has signed in over it."""


class Batch(NamedTuple):
    """Frames that follow one another on one connection, and all of them as one."""

    first: Place
    last: Place
    frames: Sequence[tuple[Place, bytes]]
    joined: bytes


class Pipe(Protocol):
    """What carries bytes to one client without waiting."""

    def write(self, data: bytes) -> None:
        """Hand bytes to the kernel."""
        ...

    def is_full(self) -> bool:
        """Tell whether bytes still wait for the kernel."""
        ...


class Connection:
    """One client of the hub. Frames go straight to its pipe, or wait in a bounded queue while the pipe is full."""

    QUEUE = 256
    PATIENCE_S = 60.0
    """How long a client that is being caught up may read nothing."""

    def __init__(self, actor: Actor, pipe: Pipe, codec: Codec, id: str | None = None) -> None:
        self.id = id or new_id()
        self.actor = actor
        self.pipe = pipe
        self.codec = codec
        self.channels: set[str] = set()
        self.present: frozenset[str] = frozenset()
        """Those of its channels on which its user is shown as present."""
        self.last: Place = (0, -1)
        self.closing: asyncio.Future[Close] = asyncio.get_running_loop().create_future()
        self._queue: list[bytes] = []
        self._held: list[tuple[Place, bytes]] | None = None
        self._mentioned: list[bytes] = []
        self._room: asyncio.Event | None = None
        self.overrun = False
        self.warned = False
        """Whether it was told that its token will soon be over."""
        self.dropped = 0
        """How many frames were thrown away because the client did not read them."""

    @property
    def waiting(self) -> int:
        """Return how many frames wait for the client to read."""
        return len(self._queue)

    def hold(self) -> None:
        """Keep live frames back while what was missed is read from the log; `overrun` tells that they were too many."""
        self._held = []
        self.overrun = False

    def release(self) -> None:
        """Send what was kept back and not yet sent, then go on live."""
        held, self._held = self._held or [], None
        for place, data in held:
            self._tell(place, data)
        mentioned, self._mentioned = self._mentioned, []
        for data in mentioned:
            self.send(data)

    def tell(self, batch: Batch) -> None:
        """Send frames once: those that are not newer than the last are dropped."""
        if self._held is not None:
            room = self.QUEUE - len(self._held)
            self._held += batch.frames[:room]
            self.overrun |= len(batch.frames) > room
        elif batch.first > self.last:
            self.last = batch.last
            if self._queue or self.pipe.is_full():
                for _, data in batch.frames:
                    self.send(data)
            elif not self.closing.done():
                self.pipe.write(batch.joined)
        else:
            for place, data in batch.frames:
                self._tell(place, data)

    def _tell(self, place: Place, data: bytes) -> None:
        if place > self.last:
            self.last = place
            self.send(data)

    def mention(self, data: bytes) -> None:
        """Send what is not in the log; whoever is being caught up hears it afterwards, or comes again if it is too much."""
        if self._held is None:
            self.send(data)
        elif len(self._mentioned) < self.QUEUE:
            self._mentioned.append(data)
        else:
            self.close(SLOW_CONSUMER)

    def say(self, event: str, at: str | None = None, /, **data: Any) -> None:
        """Send a message of the server; whoever has heard one with a position need not be told again up to there."""
        self.send(self.codec.said(event, at, data))

    def send(self, data: bytes) -> None:
        """Send bytes now or when the client has read what waits; a client that does not is closed."""
        if self.closing.done() or not data:
            return
        if not self._queue and not self.pipe.is_full():
            self.pipe.write(data)
            return
        self._queue.append(data)
        if len(self._queue) > self.QUEUE:
            self.dropped += len(self._queue)
            self._queue.clear()
            self.close(SLOW_CONSUMER)

    async def room(self) -> None:
        """Wait until nothing waits for the client any more; one that reads nothing for long is closed."""
        while (self._queue or self.pipe.is_full()) and not self.closing.done():
            self._room = self._room or asyncio.Event()
            self._room.clear()
            try:
                async with asyncio.timeout(self.PATIENCE_S):
                    await self._room.wait()
            except TimeoutError:
                self.close(SLOW_CONSUMER)

    def drained(self) -> None:
        """Go on with what waits, now that the pipe has room."""
        if self._room is not None:
            self._room.set()
        while self._queue and not self.pipe.is_full() and not self.closing.done():
            self.pipe.write(self._queue.pop(0))

    def lost(self, channels: Sequence[str]) -> None:
        """Hear that it was taken off channels which its user may no longer be on."""

    def close(self, why: Close) -> None:
        """Ask for the end of this connection; its own task says good-bye."""
        if not self.closing.done():
            self.closing.set_result(why)
            if self._room is not None:
                self._room.set()
