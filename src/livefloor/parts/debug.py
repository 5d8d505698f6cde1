"""The test clock: moves a development system's time and applies what falls due."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from livefloor.declare.event import Input, View
from livefloor.declare.part import POST, Part
from livefloor.declare.roles import Roles
from livefloor.work.ctx import Flow


class Advance(Input):
    """By how much."""

    advance_seconds: Annotated[int, Field(ge=0, le=604_800)]


class Now(View):
    """What time it is now."""

    now: datetime


def clock_part(path: str, *, allow: Roles) -> Part:
    """Return the part with the test clock at `path`; the route exists in development with TEST_CLOCK=1 alone."""
    part = Part("debug")

    @part.flow(POST(path), allow=allow, replay=False, when=lambda settings: settings.debug and settings.test_clock)
    async def move_clock(flow: Flow, body: Advance) -> Now:
        """Move the clock forward and apply everything that became due, in order of due time."""
        await flow.move_clock(body.advance_seconds)
        return Now(now=flow.means.clock.now())

    return part
