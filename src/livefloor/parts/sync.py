"""The frames of the socket over HTTP: for catching up without a socket, and for polling.

`sync_part` serves them by position; a system that counts in events makes its own of `changes_since`.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field

from livefloor.declare.event import View
from livefloor.declare.part import GET, Part
from livefloor.declare.roles import Roles
from livefloor.kernel.problems import Gone, Invalid
from livefloor.work.ctx import Look
from livefloor.work.history import WINDOW, History, Position

WHOLE = 9999
"""A place after the last frame of any event."""


class FrameView(View):
    """A frame as the socket sends it."""

    event: str
    id: str
    seq: int
    at: datetime
    data: dict[str, Any]


class Frames(View):
    """The frames after a position; `last_id` is where to go on from, `next_cursor` is set while there are more."""

    items: list[FrameView]
    last_id: str
    next_cursor: str | None
    total: int


class Change(View):
    """A frame as the socket sends it, by the number of its event."""

    event: str
    seq: int
    at: datetime
    data: dict[str, Any]


class Changes(View):
    """What happened after an event, up to the event `last_seq`; there may be more."""

    events: list[Change]
    last_seq: int
    more: bool


async def changes_since(
    look: Look, channels: Collection[str], since: int, *, limit: int = 500, window: timedelta = WINDOW
) -> Changes | None:
    """Return the frames on some channels after an event, each once, up to about `limit`; None when it lies too far back.

    An event is told whole, so that its number is a place to go on from.
    """
    history: History = look.means.services["history"]
    head = await history.head(look)
    position = Position(since, WHOLE)
    try:
        await history.check(look, Position(since, 0), Position(head.seq, WHOLE), window=window)
    except (Gone, Invalid):
        return None
    found: list[Change] = []
    more = True
    while more:
        missed = await history.missed(look, position, head.seq)
        for where, at, told, before in missed.frames:
            if told.channel not in channels or before & set(channels):
                continue
            if len(found) >= limit and found[-1].seq != where.seq:
                return Changes(events=found, last_seq=found[-1].seq, more=True)
            data = {"seq": where.seq, "at": at, **told.frame.model_dump(mode="json", by_alias=True)}
            found.append(Change(event=told.frame.event, seq=where.seq, at=at, data=data))
        position, more = Position(missed.reached.seq, WHOLE), missed.more
    return Changes(events=found, last_seq=max(since, head.seq), more=False)


PositionText = Annotated[
    str, Field(pattern=r"^[0-9]{1,15}\.[0-9]{1,3}$", description="Position of the last frame seen.")
]


def sync_part(path: str, *, allow: Roles) -> Part:
    """Return the part that serves the frames at a path."""
    part = Part("sync")

    @part.query(GET(path), allow=allow, refuses=(410,))
    async def list_events(
        look: Look, after: PositionText | None = None, limit: Annotated[int, Field(ge=1, le=500)] = 200
    ) -> Frames:
        """Return the frames after a position that the caller may see now; without one, where the stream stands."""
        history: History = look.means.services["history"]
        head = await history.head(look)
        if after is None:
            return Frames(items=[], last_id=str(head), next_cursor=None, total=0)
        position = Position.parse(after)
        await history.check(look, position, head)
        mine = set(look.means.system.home_of(look.actor))
        items, reached = await _collect(look, history, position, head, mine, limit)
        return Frames(
            items=items, last_id=str(reached), next_cursor=None if reached >= head else str(reached), total=len(items)
        )

    return part


async def _collect(
    look: Look, history: History, position: Position, head: Position, mine: set[str], limit: int
) -> tuple[list[FrameView], Position]:
    """Return up to `limit` frames after a position and the position that they reach."""
    items: list[FrameView] = []
    more = True
    while more:
        missed = await history.missed(look, position, head.seq)
        for where, at, told, _ in missed.frames:
            if told.channel not in mine:
                continue
            if len(items) == limit:
                return items, Position.parse(items[-1].id)
            data = told.frame.model_dump(mode="json")
            items.append(FrameView(event=told.frame.event, id=str(where), seq=where.seq, at=at, data=data))
        position, more = missed.reached, missed.more
    return items, max(position, head)
