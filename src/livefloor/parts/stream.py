"""Tickets with which a browser's EventSource opens its stream."""

from livefloor.declare.event import View
from livefloor.declare.part import POST, Part
from livefloor.declare.roles import Roles
from livefloor.identity import tickets
from livefloor.work.ctx import Ctx


class StreamTicketView(View):
    """A ticket, and within how many seconds it must be used first."""

    ticket: str
    expires_in: int


def stream_part(path: str, *, allow: Roles) -> Part:
    """Return the part that gives tickets at a path."""
    part = Part("stream")

    @part.command(POST(path), allow=allow, replay=False)
    async def create_stream_ticket(ctx: Ctx) -> StreamTicketView:
        """Get a ticket that opens one live stream as the caller, first within a minute, then again while its token lives."""
        return StreamTicketView(
            ticket=await tickets.issue(ctx, "stream"), expires_in=int(tickets.LIVES.total_seconds())
        )

    return part
