"""Who is connected to which channels; gives each frame to all of them, encoded once for each wire."""

from __future__ import annotations

import asyncio
import functools
import itertools
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog

from livefloor.declare.roles import Actor
from livefloor.declare.system import System
from livefloor.kernel.problems import NotAuthenticated
from livefloor.realtime.bus import Bus
from livefloor.realtime.codes import EXPIRED, NOT_AUTHENTICATED, TOO_MANY
from livefloor.realtime.frames import Codec, Place, Telling
from livefloor.realtime.presence import Info, Member, Presence
from livefloor.realtime.session import Batch, Connection
from livefloor.work.history import Framed, told_before

log = structlog.get_logger("livefloor.hub")


class Hub:
    """The live connections of one system in this process."""

    SLICE = 256
    """Writes between two breaths, so that other requests are answered during a large fan-out."""
    AT_ONCE = 32
    """Frames that one write carries at the most: what waits together for a client goes together."""
    PER_USER = 5
    SIGNALS_KEPT = 1000
    RECENT = 500
    """Frames kept in memory, so that many who come back at once do not each read the log."""

    def __init__(self, system: System, again: Callable[[Actor], Awaitable[Actor]], bus: Bus) -> None:
        self.system = system
        self.bus = bus
        self.presence = Presence(bus, self._came_or_went)
        if system.live.grace_s is not None:
            self.presence.GRACE_S = system.live.grace_s
        bus.on("signal", self._hear_signal)
        bus.on("terminate", self._hear_terminate)
        self._again = again
        self.connections: dict[str, Connection] = {}
        self._channels: defaultdict[str, dict[str, Connection]] = defaultdict(dict)
        self._users: defaultdict[str, list[Connection]] = defaultdict(list)
        self._watching: defaultdict[str, dict[str, Connection]] = defaultdict(dict)
        self.delivered = 0
        self.dropped: Counter[str] = Counter()
        self.closed: Counter[tuple[str, str]] = Counter()
        """Frames thrown away by wire, and connections closed by wire and reason."""
        self._moves = 0
        """How often somebody joined or left a channel."""
        self._late: list[Connection] | None = None
        """During a delivery, those who have joined a channel since it began."""
        self._recent: deque[Telling] = deque(maxlen=self.RECENT)
        self.reached: Place = (0, -1)
        """The last frame that was given to all who were on its channel."""
        self.kept: OrderedDict[str, tuple[Place, str, Any]] = OrderedDict()
        """The last signal on each channel where it is kept for those who join later, and how far the log was then."""

    def add(self, connection: Connection) -> None:
        """Add a connection that is on no channel yet."""
        self.connections[connection.id] = connection
        self._count(connection)

    def know(self, connection: Connection, actor: Actor) -> None:
        """Take note of whose connection it is."""
        self._uncount(connection)
        connection.actor = actor
        self._count(connection)

    def join(self, connection: Connection, channels: Sequence[str]) -> None:
        """Add a connection and put it on its channels; a user's sixth line closes the oldest."""
        if connection.id not in self.connections:
            self.add(connection)
        for channel in channels:
            connection.channels.add(channel)
            self._channels[channel][connection.id] = connection
        self._moves += 1
        if self._late is not None:
            self._late.append(connection)

    def leave(self, connection: Connection, channels: Sequence[str], *, grace: bool = False) -> None:
        """Take a connection off channels; with `grace` its user may be back before anybody is told."""
        self._moves += 1
        for channel in channels:
            connection.channels.discard(channel)
            _take_out(self._channels, channel, connection)
            if channel in connection.present:
                connection.present -= {channel}
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
        self._uncount(connection)

    def _count(self, connection: Connection) -> None:
        if connection.actor.id is None or connection.closing.done():
            return
        mine = self._users[connection.actor.id]
        mine.append(connection)
        # Several connections may share one line: they go together, and count once.
        most = self.system.live.lines.get(connection.actor.role, self.PER_USER)
        if len(mine) > most and len({id(one.pipe) for one in mine}) > most:
            oldest = mine[0].pipe
            for one in [one for one in mine if one.pipe is oldest]:
                mine.remove(one)
                one.close(TOO_MANY)

    def _uncount(self, connection: Connection) -> None:
        mine = self._users.get(connection.actor.id or "", [])
        if connection in mine:
            mine.remove(connection)
            if not mine:
                del self._users[connection.actor.id or ""]

    def on(self, channel: str) -> Sequence[Connection]:
        """Return the connections on a channel."""
        return tuple(self._channels.get(channel, {}).values())

    def occupied(self) -> Sequence[str]:
        """Return the channels that somebody is on."""
        return tuple(self._channels)

    # -- presence -------------------------------------------------------------------------------------------------

    def appear(self, connection: Connection) -> None:
        """Show the user of a connection on those of its channels that have presence, and tell it who is there."""
        actor = connection.actor
        for channel in connection.channels - connection.present:
            if actor.id is not None and self.system.has_presence(channel):
                self.show(connection, channel, {"name": actor.name, "role": actor.role})

    def show(self, connection: Connection, channel: str, info: Info, shown: Callable[[], None] | None = None) -> None:
        """Show the user of a connection on one channel; call back when it has been told who is there."""
        connection.present |= {channel}
        self.presence.enter(channel, connection.actor.id or "", info, connection.id)
        greet = functools.partial(self._greet, connection, channel, shown)
        self.presence.greet((connection.id, channel), channel, greet)

    def _greet(
        self, connection: Connection, channel: str, shown: Callable[[], None] | None, members: Sequence[Member]
    ) -> None:
        if channel in connection.present:
            self._watching[channel][connection.id] = connection
            users = [{**member.info, "id": member.id} for member in members]
            if self.system.live.presence is not None:
                frame = self.system.live.presence.frame(channel, users)
                connection.say(frame.event, None, **frame.model_dump(mode="json"))
            else:
                connection.say("members", channel=channel, users=users)
        if shown is not None:
            shown()

    async def _came_or_went(self, channel: str, member: Member, came: bool) -> None:
        """Tell those who watch a channel of one who came or went."""
        there = tuple(self._watching.get(channel, {}).values())
        if self.system.live.presence is not None:
            users = [{**one.info, "id": one.id} for one in self.presence.members(channel)]
            frame = self.system.live.presence.frame(channel, users)
            await self._mention(there, frame.event, frame.model_dump(mode="json"))
            return
        data = (
            {"channel": channel, "user": {**member.info, "id": member.id}}
            if came
            else {"channel": channel, "user_id": member.id}
        )
        name = "member_added" if came else "member_removed"
        await self._mention(there, name, data)

    async def _mention(self, there: Sequence[Connection], event: str, data: Mapping[str, Any]) -> None:
        """Say a word of the server that is not in the log, encoded once for each wire."""
        encoded: dict[Codec, bytes] = {}
        for number, connection in enumerate(there, start=1):
            codec = connection.codec
            if codec not in encoded:
                encoded[codec] = codec.said(event, None, data)
            connection.mention(encoded[codec])
            if number % self.SLICE == 0:
                await asyncio.sleep(0)

    # -- telling --------------------------------------------------------------------------------------------------

    async def deliver(self, events: Sequence[Framed]) -> None:
        """Give the frames of events to all who are on their channels, in order."""
        frames = [
            Telling((item.row.seq, place), item.row.at, told, told_before(item.frames, place))
            for item in events
            for place, told in enumerate(item.frames)
        ]
        start = 0
        while start < len(frames):
            end = min(start + self.AT_ONCE, len(frames))
            # The frames of one event stay together, so that each client is told it once.
            while end < len(frames) and frames[end].place[0] == frames[end - 1].place[0]:
                end += 1
            await self._give(frames[start:end])
            start = end

    async def _give(self, frames: Sequence[Telling]) -> None:
        """Give to each connection those of the frames that go to its channels, as one."""
        names = frozenset(frame.told.channel for frame in frames)
        there: dict[str, Connection] = {}
        for name in names:
            there.update(self._channels.get(name, {}))
        batches, moves, is_one = _Batches(frames), self._moves, len(names) == 1
        late, told = list[Connection](), 0
        self._late = late
        for number, connection in enumerate(itertools.chain(tuple(there.values()), late), start=1):
            # As long as nobody moves, those who were on the only channel are on it.
            mine = names if is_one and moves == self._moves else names & connection.channels
            if mine:
                batch = batches[connection.codec, mine]
                connection.tell(batch)
                told += len(batch.frames)
            if number % self.SLICE == 0:
                await asyncio.sleep(0)
        self._late = None
        self.delivered += told
        # What could not be told to the end is told again, and is here already.
        self._recent.extend(frame for frame in frames if frame.place > self.reached)
        self.reached = max(self.reached, frames[-1].place)

    def since(self, place: Place, since: datetime) -> Sequence[Telling] | None:
        """Return what was told after a place, or None when not all of it is in memory or some is older than `since`."""
        if not self._recent or not self._recent[0].place <= place <= self.reached:
            return None
        found = list(itertools.takewhile(lambda telling: telling.place > place, reversed(self._recent)))
        found.reverse()
        return found if not found or found[0].at >= since else None

    async def signal(
        self,
        channel: str,
        name: str,
        data: Any,
        *,
        user_id: str | None = None,
        but: str | None = None,
        keep: bool = False,
    ) -> None:
        """Tell all on a channel, `but` one connection, what passes by the log; with `keep` also who joins later.

        Those of other processes hear it over the bus, as far as it is there.
        """
        said = {"channel": channel, "name": name, "data": data, "user_id": user_id, "keep": keep}
        self.bus.publish("signal", said)
        await self._signalled(but, **said)

    async def _hear_signal(self, process: str, said: Any) -> None:
        await self._signalled(None, **said)

    async def _signalled(
        self, but: str | None, *, channel: str, name: str, data: Any, user_id: str | None, keep: bool
    ) -> None:
        if keep:
            self.kept[channel] = (self.reached, name, data)
            self.kept.move_to_end(channel)
            if len(self.kept) > self.SIGNALS_KEPT:
                self.kept.popitem(last=False)
        who = {"user_id": user_id} if user_id is not None else {}
        there = [connection for connection in self.on(channel) if connection.id != but]
        await self._mention(there, "signal", {"channel": channel, "name": name, "data": data, **who})

    async def recheck(self, user_id: str) -> None:
        """Hold the open connections of a user against what the user may now."""
        for connection in tuple(self._users.get(user_id, ())):
            try:
                actor = await self._again(connection.actor)
            except NotAuthenticated:
                connection.close(NOT_AUTHENTICATED)
                continue
            connection.actor = actor
            lost = [name for name in connection.channels if not self.system.admits(actor, name)]
            self.leave(connection, lost)
            if lost:
                connection.lost(lost)

    def terminate(self, user_id: str) -> None:
        """Close the connections of a user, at every process that the bus reaches."""
        self.bus.publish("terminate", user_id)
        self._terminated(user_id)

    async def _hear_terminate(self, process: str, user_id: Any) -> None:
        self._terminated(user_id)

    def _terminated(self, user_id: str) -> None:
        for connection in tuple(self._users.get(user_id, ())):
            connection.close(NOT_AUTHENTICATED)

    def expire(self, now: float) -> None:
        """Close the connections whose token is over; warn before where the system does."""
        warns_s = self.system.live.warns_s
        for connection in tuple(self.connections.values()):
            ends = connection.actor.expires_at
            if ends <= now:
                connection.close(EXPIRED)
            elif warns_s is not None and ends <= now + warns_s and not connection.warned:
                connection.warned = True
                connection.say("session_expiring", expires_at=datetime.fromtimestamp(ends, UTC))


class _Batches(dict[tuple[Codec, frozenset[str]], Batch]):
    """Frames as a wire writes those that go to some channels, for all connections on the same."""

    def __init__(self, frames: Sequence[Telling]) -> None:
        super().__init__()
        self._frames = frames

    def __missing__(self, key: tuple[Codec, frozenset[str]]) -> Batch:
        codec, channels = key
        written = [
            (frame.place, frame.by(codec))
            for frame in self._frames
            if frame.told.channel in channels and (codec.by_channel or not frame.before & channels)
        ]
        self[key] = batch = Batch(written[0][0], written[-1][0], written, b"".join(data for _, data in written))
        return batch


def _take_out(channels: dict[str, dict[str, Connection]], channel: str, connection: Connection) -> None:
    there = channels.get(channel)
    if there is not None:
        there.pop(connection.id, None)
        if not there:
            del channels[channel]
