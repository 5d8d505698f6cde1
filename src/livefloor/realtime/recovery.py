"""Log and live merged: a client that comes, or comes back, is told what it missed and then what happens; no hole, no double."""

from __future__ import annotations

import asyncio
import functools

from livefloor.kernel.problems import Gone, Invalid
from livefloor.realtime.hub import Hub
from livefloor.realtime.session import Connection
from livefloor.work.execute import Executor
from livefloor.work.history import History, Position


class Recovery:
    """Brings connections up to date from the log, the same on each wire."""

    def __init__(self, executor: Executor, history: History, hub: Hub) -> None:
        self._executor = executor
        self._history = history
        self._hub = hub

    async def join(self, connection: Connection, last_id: str | None, heartbeat_s: int) -> None:
        """Put a connection on its channels: hold live frames, read what was missed, then let go."""
        actor = connection.actor
        channels = list(self._hub.system.home(actor))
        connection.hold()
        self._hub.join(connection, channels)
        head = await self._head()
        connection.say(
            "connected",
            str(head) if last_id is None else None,
            connection_id=connection.id,
            user_id=actor.id,
            role=actor.role,
            channels=channels,
            server_time=self._executor.clock.now(),
            heartbeat_seconds=heartbeat_s,
            last_id=str(head),
        )
        self._hub.appear(connection)
        if last_id is None:
            connection.last = head
        else:
            await self._catch_up(connection, last_id)
        connection.release()

    async def sync(self, connection: Connection, last_id: str) -> None:
        """Bring an open connection up to date from a position."""
        connection.hold()
        try:
            await self._catch_up(connection, last_id)
        finally:
            connection.release()

    async def _head(self) -> Position:
        """Return where the stream stands, as far as no crash can take it back."""
        head = await self._executor.look(self._history.head)
        await self._executor.store.durable(head.seq)
        return head

    async def _catch_up(self, connection: Connection, last_id: str) -> None:
        """Replay what came after a position, as far as the client may see it now; or say that it must fetch anew."""
        head = await self._head()
        try:
            position = Position.parse(last_id)
            await self._executor.look(lambda look: self._history.check(look, position, head))
        except (Gone, Invalid):
            connection.last = head
            connection.say("resync", str(head), reason="history_gone")
            return
        connection.last = position
        while not connection.closing.done():
            await self._replay(connection, position, head)
            if not connection.overrun:
                return
            # More came meanwhile than is held back: what was not held is in the log.
            position = head
            connection.hold()
            head = await self._head()

    async def _replay(self, connection: Connection, position: Position, head: Position) -> None:
        """Send the frames between two positions, no quicker than the client reads."""
        more = True
        while more and not connection.closing.done():
            missed = await self._executor.look(functools.partial(self._history.missed, after=position, until=head.seq))
            for where, moment, told in missed.frames:
                if told.channel in connection.channels:
                    await connection.room()
                    connection.replay(where, connection.codec.frame(where.seq, where.place, moment, told))
            position, more = missed.reached, missed.more
            await asyncio.sleep(0)
        connection.last = max(connection.last, head)
