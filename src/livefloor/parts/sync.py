"""The frames of the socket over HTTP: for catching up without a socket, and for polling."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from livefloor.declare.event import View
from livefloor.declare.part import GET, Part
from livefloor.declare.roles import Roles
from livefloor.work.ctx import Look
from livefloor.work.history import History, Position


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
        mine = set(look.means.system.home(look.actor))
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
        for where, at, told in missed.frames:
            if told.channel not in mine:
                continue
            if len(items) == limit:
                return items, Position.parse(items[-1].id)
            data = told.frame.model_dump(mode="json")
            items.append(FrameView(event=told.frame.event, id=str(where), seq=where.seq, at=at, data=data))
        position, more = missed.reached, missed.more
    return items, max(position, head)
