"""Log and live merged: a client that comes, or comes back, is told what it missed and then what happens; no hole, no double."""

from __future__ import annotations

import asyncio
import functools
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence, Set
from typing import Any

from livefloor.kernel.problems import Gone, Invalid
from livefloor.realtime.frames import Codec, Place, Telling
from livefloor.realtime.hub import Hub
from livefloor.realtime.session import Connection
from livefloor.store.log import PAGE
from livefloor.work.execute import Executor
from livefloor.work.history import WINDOW, WINDOW_EVENTS, History, Position

MOST_PLACES = 9999
"""A place after the last frame of any event."""
MOST_AT_ONCE = 32 * 1024
"""How many bytes of what was missed go in one write, or one frame that is larger."""


Page = Sequence[Telling]


class Recovery:
    """Brings connections up to date from the log, the same on each wire."""

    def __init__(self, executor: Executor, history: History, hub: Hub) -> None:
        self._executor = executor
        self._history = history
        self._hub = hub
        self._pages = _Pages(self._read)

    async def join(
        self,
        connection: Connection,
        last_id: str | None,
        heartbeat_s: int,
        greet: Callable[[bool], None] = lambda resumes: None,
    ) -> None:
        """Put a connection on its channels: hold live frames, read what was missed, then let go.

        `greet` is called before anything is said, with whether the connection goes on from its position.
        """
        actor = connection.actor
        channels = self._hub.system.home_of(actor)
        connection.hold()
        self._hub.join(connection, channels)
        head, position = await self._stands(last_id)
        greets = self._hub.system.live.greets
        further = await self._executor.look(greets, actor) if greets is not None else {}
        greet(position is not None)
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
            **further,
        )
        self._hub.appear(connection)
        if last_id is None:
            connection.last = head
        else:
            await self._catch_up(connection, position, head)
        connection.release()

    async def sync(self, connection: Connection, last_id: str) -> None:
        """Bring an open connection up to date from a position."""
        connection.hold()
        head, position = await self._stands(last_id)
        await self._catch_up(connection, position, head)
        connection.release()

    async def subscribe(
        self,
        connection: Connection,
        channel: str,
        since: str | Position | None,
        joined: Callable[[], Awaitable[None]],
    ) -> None:
        """Put an open connection on one more channel, where it goes on from a position of its own, or from now.

        `joined` is called before anything of the channel is told; when all that was missed is, `caught_up` says from where
        the channel goes on.
        """
        connection.hold()
        # Up to here the connection was told all of its channels, whether there was anything to tell or not.
        connection.last = max(connection.last, self._hub.reached)
        self._hub.join(connection, [channel])
        await joined()
        if since is not None or connection.overrun:
            await self._catch_up_on(connection, channel, since)
        else:
            connection.say("caught_up", _written(connection.last), channel=channel)
        connection.release()

    async def newest(self, channel: str) -> tuple[Position, Position | None]:
        """Return where the stream stands, and the position of the last frame on a channel, if it is still kept."""
        head = await self._head()
        return head, await self._executor.look(lambda look: self._history.newest(look, channel, head))

    async def _stands(self, last_id: str | None) -> tuple[Position, Position | None]:
        """Return where the stream stands, and a client; None for one that gives no position, or one that leads nowhere."""
        position = _position(last_id)
        if position is not None and self._recent(position) is not None:
            return Position(*self._hub.reached), position
        head = await self._head()
        return head, None if last_id is None else await self._checked(last_id, head)

    def _recent(self, after: Position) -> Sequence[Telling] | None:
        """Return what was told after a position, as far as memory serves."""
        return self._hub.since(after, self._executor.clock.now() - WINDOW)

    async def _head(self) -> Position:
        """Return where the stream stands, as far as no crash can take it back."""
        head = await self._executor.look(self._history.head)
        await self._executor.store.durable(head.seq)
        return head

    async def _catch_up(self, connection: Connection, position: Position | None, head: Position) -> None:
        """Replay what came after a position, as far as the client may see it now; or say that it must fetch anew."""
        if position is None:
            connection.last = head
            connection.say("resync", str(head), reason="history_gone")
        else:
            await self._until_live(connection, position, {}, head)

    async def _catch_up_on(self, connection: Connection, channel: str, since: str | Position | None) -> None:
        """Replay what came after a position on one channel, and meanwhile on the others."""
        head = await self._head()
        joined = Position(*connection.last)
        position = await self._checked(since, head) if isinstance(since, str) else since or joined
        if position is None:
            connection.say("resync", str(head), reason="history_gone", channel=channel)
        head = await self._until_live(connection, joined, {channel: position or head}, head)
        connection.say("caught_up", str(head), channel=channel)

    async def _checked(self, last_id: str, head: Position) -> Position | None:
        """Return the position that a client gives, be it the number of an event seen whole; None when it leads nowhere."""
        position = _position(last_id)
        if position is None:
            return None
        asked = position if "." in last_id else Position(position.seq, 0)
        try:
            await self._executor.look(lambda look: self._history.check(look, asked, head))
        except (Gone, Invalid):
            return None
        return position

    async def _until_live(
        self, connection: Connection, position: Position, own: Mapping[str, Position], head: Position
    ) -> Position:
        """Replay until nothing is missing between the log and what is held; return how far that was.

        Channels go on from their `own` position, the others from the common one.
        """
        while not connection.closing.done():
            await self._replay(connection, position, own, head)
            connection.last = max(connection.last, head)
            if not connection.overrun:
                break
            # More came meanwhile than is held back: what was not held is in the log.
            position, own = head, {}
            connection.hold()
            head = await self._head()
        return head

    async def _replay(
        self, connection: Connection, position: Position, own: Mapping[str, Position], head: Position
    ) -> None:
        """Send the frames up to the head, no quicker than the client reads."""
        after = min([position, *own.values()])
        more = True
        while more and not connection.closing.done():
            frames, after, more = await self._missed(after, head)
            due = [
                frame
                for frame in frames
                if frame.told.channel in connection.channels and frame.place > own.get(frame.told.channel, position)
            ]
            if not connection.codec.by_channel:
                due = _once(due, position, connection.channels)
            for some in _parts(due, connection.codec):
                await connection.room()
                connection.send(
                    b"".join(frame.by(connection.codec) for frame in some if frame.told.channel in connection.channels)
                )
            await asyncio.sleep(0)

    async def _missed(self, after: Position, head: Position) -> tuple[Sequence[Telling], Position, bool]:
        """Return the next frames after a position, the position that they reach, and whether there are more."""
        recent = self._recent(after) if head <= self._hub.reached else None
        if recent is not None:
            return [frame for frame in recent if frame.place <= head], head, False
        number = after.seq // PAGE
        page_after = Position((number + 1) * PAGE, -1)
        if page_after.seq > head.seq:
            return await self._read(after, head.seq), head, False
        return [frame for frame in await self._pages.get(number) if frame.place > after], page_after, True

    async def _read(self, after: Position, until: int) -> Page:
        missed = await self._executor.look(functools.partial(self._history.missed, after=after, until=until))
        return [Telling(*frame) for frame in missed.frames]


class _Pages:
    """Full pages of the log, read and written for each wire once, however many clients come back at the same time."""

    MOST = WINDOW_EVENTS // PAGE + 1

    def __init__(self, read: Callable[[Position, int], Coroutine[Any, Any, Page]]) -> None:
        self._read = read
        self._kept: OrderedDict[int, asyncio.Task[Page]] = OrderedDict()

    async def get(self, number: int) -> Page:
        """Return a page that the log has whole."""
        task = self._kept.get(number)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = self._kept[number] = asyncio.create_task(
                self._read(Position(number * PAGE, -1), (number + 1) * PAGE - 1)
            )
        self._kept.move_to_end(number)
        while len(self._kept) > self.MOST:
            self._kept.popitem(last=False)
        return await asyncio.shield(task)  # others may wait for the same


def _once(due: Sequence[Telling], position: Position, channels: Set[str]) -> list[Telling]:
    """Return what is due without what goes, or went before the position, to the same client on another channel."""
    found: list[Telling] = []
    given: set[tuple[int, int]] = set()
    for frame in due:
        key = (frame.place[0], id(frame.told.frame))
        if key not in given and not (frame.place[0] == position.seq and frame.before & channels):
            given.add(key)
            found.append(frame)
    return found


def _parts(frames: Sequence[Telling], codec: Codec) -> Iterator[list[Telling]]:
    """Give frames in parts, each of which one write carries."""
    part: list[Telling] = []
    size = 0
    for frame in frames:
        part.append(frame)
        size += len(frame.by(codec))
        if size >= MOST_AT_ONCE:
            yield part
            part, size = [], 0
    if part:
        yield part


def _position(last_id: str | None) -> Position | None:
    """Return the position that a client gives, be it the number of an event seen whole; None when it is none."""
    if last_id is None:
        return None
    try:
        position = Position.parse(last_id if "." in last_id else f"{last_id}.0")
    except Invalid:
        return None
    return position if "." in last_id else Position(position.seq, MOST_PLACES)


def _written(place: Place) -> str:
    """Return a position as clients give it back: the number alone of an event that was told whole."""
    return str(place[0]) if place[1] == MOST_PLACES else str(Position(*place))
