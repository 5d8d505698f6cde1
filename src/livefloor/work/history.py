"""The log read back: events, their frames, and what a client missed after its position."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from pydantic import ValidationError
from sqlalchemy import BigInteger, Text, bindparam, select, type_coerce

from livefloor.declare.event import Event, Recorded, Told
from livefloor.declare.system import System
from livefloor.kernel.problems import Gone, Invalid
from livefloor.store.log import AFTER, EPOCH_START, PAGE, LoggedEvent
from livefloor.store.models import UtcTime
from livefloor.work.ctx import Look

log = structlog.get_logger("livefloor.history")

WINDOW = timedelta(hours=24)
WINDOW_EVENTS = 10_000
"""How far back a live client is caught up; beyond it fetches anew (laundry section 6)."""

_FIRST_AT = (
    select(LoggedEvent.at)
    .where(LoggedEvent.seq > bindparam("after", type_=BigInteger))
    .order_by(LoggedEvent.seq)
    .limit(1)
)
_NEWEST_ON = (
    select(LoggedEvent.seq, LoggedEvent.channels)
    .where(
        LoggedEvent.seq > bindparam("after", type_=BigInteger),
        LoggedEvent.seq <= bindparam("until", type_=BigInteger),
        LoggedEvent.at >= bindparam("since", type_=UtcTime()),
        type_coerce(LoggedEvent.channels, Text).like(bindparam("pattern", type_=Text), escape="\\"),
    )
    .order_by(LoggedEvent.seq.desc())
    .limit(1)
)
_CHANNELS = select(LoggedEvent.channels).where(LoggedEvent.seq == bindparam("seq", type_=BigInteger))


class Position(NamedTuple):
    """A place in the stream of frames: an event's number and the place of a frame in it; written `1042.0`."""

    seq: int
    place: int

    def __str__(self) -> str:
        return f"{self.seq}.{self.place}"

    @classmethod
    def parse(cls, text: str) -> Position:
        """Read a position. Raises Invalid."""
        if not re.fullmatch(r"[0-9]{1,18}\.[0-9]{1,4}", text):
            raise Invalid.field("last_id", "is not a position such as 1042.0")
        seq, place = text.split(".")
        return cls(int(seq), int(place))


class Framed(NamedTuple):
    """An event of the log with the frames that tell it."""

    row: LoggedEvent
    event: Event | None
    frames: Sequence[Told]


def told_before(frames: Sequence[Told], place: int) -> frozenset[str]:
    """Return the channels to which the frame at a place went before, among the frames of the same event."""
    return frozenset(one.channel for one in frames[:place] if one.frame is frames[place].frame)


class Missed(NamedTuple):
    """Frames that a client has not seen, the position that they reach, and whether there are more."""

    frames: Sequence[tuple[Position, datetime, Told, frozenset[str]]]
    reached: Position
    more: bool


class History:
    """Turns rows of the log back into events and frames; what this process told itself is not parsed again."""

    def __init__(self, system: System, told: OrderedDict[str, tuple[Event, Sequence[Told]]] | None = None) -> None:
        self._system = system
        self._told = told if told is not None else OrderedDict()

    def framed(self, row: LoggedEvent) -> Framed:
        """Return the event of a row with its frames; a fact the system knows no more has none."""
        known = self._told.get(row.id)
        if known is not None:
            return Framed(row, *known)
        kind = self._system.event(row.name)
        if kind is None:
            return Framed(row, None, ())
        try:
            event = kind.model_validate(row.data)
        except ValidationError:
            log.exception("unreadable_event", seq=row.seq, event_name=row.name)
            return Framed(row, None, ())
        frames = event.frames()
        self._told[row.id] = (event, frames)
        return Framed(row, event, frames)

    def recorded(self, row: LoggedEvent) -> Recorded | None:
        """Return the event of a row as a reader is given it."""
        framed = self.framed(row)
        return None if framed.event is None else Recorded(row.seq, row.id, row.at, row.actor, framed.event)

    async def head(self, look: Look) -> Position:
        """Return the position of the last frame in this snapshot."""
        return Position.parse(await look.position())

    async def missed(self, look: Look, after: Position, until: int) -> Missed:
        """Return the next frames after a position, of at most 500 events; the event at the position may have some left."""
        rows = await look.all(AFTER, after=after.seq - 1, until=until)
        frames: list[tuple[Position, datetime, Told, frozenset[str]]] = []
        reached = after
        for row in rows:
            told = self.framed(row).frames
            frames += [
                (where, row.at, one, told_before(told, place))
                for place, one in enumerate(told)
                if (where := Position(row.seq, place)) > after
            ]
            reached = max(reached, Position(row.seq, max(0, len(told) - 1)))
        return Missed(frames, reached, len(rows) == PAGE)

    async def newest(self, look: Look, channel: str, head: Position) -> Position | None:
        """Return the position of the last frame on a channel, as far back as a client is caught up, or None."""
        start = max(head.seq - WINDOW_EVENTS, await look.one(EPOCH_START) or 0)
        pattern = '%"' + re.sub(r"([%_\\])", r"\\\1", channel) + '"%'
        given = {"after": start, "until": head.seq, "since": look.now - WINDOW, "pattern": pattern}
        for seq, channels in await look.tuples(_NEWEST_ON, **given):
            return Position(seq, max(place for place, name in enumerate(channels) if name == channel))
        return None

    async def check(self, look: Look, after: Position, head: Position, *, window: timedelta = WINDOW) -> None:
        """Raise Gone for a position out of the window or from before a restore, Invalid for one that never was."""
        if after > head:
            raise Invalid.field("last_id", "is not a position that was ever given")
        if after.seq and after.place and not await look.all(_CHANNELS, seq=after.seq):
            raise Gone("history_gone", "This position is not in the log.")
        start = await look.one(EPOCH_START) or 0
        first_at = await look.one(_FIRST_AT, after=after.seq)
        too_far = head.seq - after.seq > WINDOW_EVENTS or (first_at is not None and first_at < look.now - window)
        if after.seq < start or too_far:
            raise Gone("history_gone", "What came after this position is no longer kept; fetch everything anew.")
