"""The events at which coffee is served: list, make, activate, close (section 5.12).

What closing does to cups and stations stands where those are: each reacts to OccasionUpdated in the same transaction.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints
from sqlalchemy import func, select

from livefloor import (
    GET,
    POST,
    Address,
    Conflict,
    Ctx,
    Cursor,
    Event,
    Frame,
    Input,
    Invalid,
    Items,
    Look,
    NotFound,
    PageLimit,
    Part,
    View,
    bindparam,
    new_secret,
    page,
)
from livefloor.systems.coffee.models import Occasion, Order
from livefloor.systems.coffee.rooms import ADMIN, ALL_STAFF, DISPLAY_ALL, LEADS, Fact, by

ACTIVE = select(Occasion).where(Occasion.status == "active")
OPEN_CUPS = (
    select(func.count())
    .select_from(Order)
    .where(Order.event_id == bindparam("of_event"), Order.status.in_(("scheduled", "pending", "in_progress")))
)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("is not an IANA time zone, for example Australia/Sydney") from error
    return name


Zone = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_zone)]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")
]
Code = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[A-Z0-9a-z]{4,12}$")]


class OccasionView(View):
    """An event."""

    collection: ClassVar[str] = "events"
    id: str
    name: str
    venue: str
    timezone: str
    starts_at: datetime
    ends_at: datetime
    status: Literal["draft", "active", "closed"]
    code: str
    version: int


class NewOccasion(Input):
    """A new event; `copy_from` takes over another one's settings. Without a code it gets one of its name."""

    name: Name
    venue: Annotated[str, Field(max_length=80)] = ""
    timezone: Zone
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    code: Code | None = None
    copy_from: str | None = None


class Closing(Input):
    """Whether to close with cups that are still open: those that wait are cancelled."""

    force: bool = False


class OccasionUpdated(Fact):
    """An event was made, activated or closed."""

    name: ClassVar[str] = "event_updated"
    event_id: str
    change: Literal["created", "activated", "closed"]
    occasion: OccasionView

    def subject(self) -> str:
        """Name the event."""
        return f"event:{self.event_id}"

    def rooms(self) -> Sequence[Address]:
        """Return the rooms of the whole crew and of all boards."""
        return [*ALL_STAFF, DISPLAY_ALL()]


EVENTS: tuple[type[Event], ...] = (OccasionUpdated,)
FRAMES: tuple[type[Frame], ...] = (OccasionUpdated,)


async def active_occasion(look: Look) -> Occasion:
    """Return the event that runs. Raises NotFound `no_active_event`."""
    found = await look.one(ACTIVE)
    if found is None:
        raise NotFound("no_active_event", "No event is active.")
    return found


async def event_timezone(look: Look) -> str:
    """Return the time zone by which days and hours are counted; UTC while no event is active."""
    found = await look.one(ACTIVE)
    return found.timezone if found is not None else "UTC"


occasions = Part("occasions")


@occasions.query(GET("/api/events/"), allow=LEADS)
async def list_events(look: Look, cursor: Cursor = None, limit: PageLimit = 50) -> Items[OccasionView]:
    """List the events, the latest first."""
    order = (Occasion.starts_at.desc(), Occasion.id.desc())
    found = await page(look, select(Occasion), order=order, cursor=cursor, limit=limit)
    return Items[OccasionView](items=[OccasionView.model_validate(row) for row in found.rows], **found.place())


@occasions.command(POST("/api/events/", 201), allow=ADMIN, refuses=(409,))
async def create_event(ctx: Ctx, body: NewOccasion) -> OccasionView:
    """Make an event; it is a draft until it is activated."""
    if body.starts_at >= body.ends_at:
        raise Invalid.field("ends_at", "must be after starts_at")
    former = await ctx.find(Occasion, body.copy_from) if body.copy_from is not None else None
    if body.copy_from is not None and former is None:
        raise Invalid.field("copy_from", "there is no such event")
    occasion = Occasion(**body.model_dump(exclude={"copy_from", "code"}), code=body.code or _code_of(body.name))
    occasion.settings = former.settings if former is not None else {}
    if not await ctx.try_add(occasion):
        raise Conflict("code_taken", "Another event has this code.")
    return _tell(ctx, occasion, "created")


def _code_of(name: str) -> str:
    """Return a code that is like the name and hardly anybody's yet."""
    return re.sub(r"[^A-Z0-9]", "", name.upper())[:6] + re.sub(r"[^A-Z0-9]", "", new_secret().upper())[:6]


def _tell(ctx: Ctx, occasion: Occasion, change: Literal["created", "activated", "closed"]) -> OccasionView:
    view = OccasionView.model_validate(occasion)
    ctx.emit(OccasionUpdated(actor=by(ctx), event_id=occasion.id, change=change, occasion=view))
    return view


async def _found(ctx: Ctx, event_id: str) -> Occasion:
    """Return an event, held; whoever else opens or closes one waits. Raises NotFound, Stale."""
    await ctx.lock("occasions")
    occasion = await ctx.locked(Occasion, event_id)
    if occasion is None:
        raise NotFound()
    ctx.check_version(occasion.version, None, OccasionView.model_validate(occasion))
    return occasion


async def _refuse_open_orders(ctx: Ctx, occasion: Occasion) -> None:
    count = await ctx.one(OPEN_CUPS, of_event=occasion.id) or 0
    if count:
        raise Conflict("open_orders", f"{count} cups of {occasion.name} are still open.", open_orders=count)


@occasions.command(POST("/api/events/{event_id}/activate"), allow=ADMIN, refuses=(409, 412))
async def activate_event(ctx: Ctx, event_id: str) -> OccasionView:
    """Let an event run; the one before is closed."""
    occasion = await _found(ctx, event_id)
    if occasion.status == "active":
        return OccasionView.model_validate(occasion)
    former = await ctx.one(ACTIVE)
    if former is not None:
        await _refuse_open_orders(ctx, former)
        former.status = "closed"
        await ctx.save(former)
        _tell(ctx, former, "closed")
    occasion.status = "active"
    await ctx.save(occasion)
    return _tell(ctx, occasion, "activated")


@occasions.command(POST("/api/events/{event_id}/close"), allow=ADMIN, refuses=(409, 412))
async def close_event(ctx: Ctx, event_id: str, force: bool = False, body: Closing | None = None) -> OccasionView:
    """Close an event with its stations; with `force` cups that still wait are cancelled."""
    occasion = await _found(ctx, event_id)
    if occasion.status == "closed":
        return OccasionView.model_validate(occasion)
    if not (force or (body is not None and body.force)):
        await _refuse_open_orders(ctx, occasion)
    occasion.status = "closed"
    await ctx.save(occasion)
    return _tell(ctx, occasion, "closed")
