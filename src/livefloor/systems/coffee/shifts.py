"""Shifts: who is planned where, the day and the week of the event, and when no barista is (section 5.3, rule 67)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import AwareDatetime, Field
from sqlalchemy import select

from livefloor import (
    DELETE,
    GET,
    POST,
    PUT,
    Conflict,
    Ctx,
    Cursor,
    Input,
    Invalid,
    Items,
    Look,
    NotFound,
    PageLimit,
    Part,
    UtcTime,
    View,
    bindparam,
    page,
)
from livefloor.kernel.moments import Moment, moment_of
from livefloor.systems.coffee.attendance import automatic_check_out, no_show
from livefloor.systems.coffee.localtime import event_day, event_zone
from livefloor.systems.coffee.models import Occasion, Schedule, ScheduleBreak, Station, User
from livefloor.systems.coffee.occasions import ACTIVE, active_occasion
from livefloor.systems.coffee.rooms import LEADS, STAFF, by
from livefloor.systems.coffee.rules.schedules import (
    AT_WORK,
    CHECK_OUT_AFTER,
    NO_SHOW_AFTER,
    ScheduleStatus,
    Shift,
    check_change,
    check_times,
    day_bounds,
    gaps,
    overlapping,
    week_bounds,
    week_start,
)
from livefloor.systems.coffee.shift_events import (
    SHIFTS,
    ScheduleCreated,
    ScheduleDeleted,
    ScheduleUpdated,
    ShiftRole,
    ShiftView,
    shift_view,
    shown,
)

LONGEST_LIST = timedelta(days=62)

_TOUCHING = SHIFTS.where(
    Schedule.starts_at < bindparam("until", type_=UtcTime()), Schedule.ends_at > bindparam("since", type_=UtcTime())
)
TOUCHING = _TOUCHING.where(Schedule.status != "cancelled").order_by(Schedule.starts_at, Schedule.id)
NEAR = select(Schedule).where(
    Schedule.user_id == bindparam("user_id"),
    Schedule.status != "cancelled",
    Schedule.starts_at < bindparam("until", type_=UtcTime()),
    Schedule.ends_at > bindparam("since", type_=UtcTime()),
)
SERVING = select(Station.id).where(Station.kind == "service").order_by(Station.id)
BREAKS = (
    select(ScheduleBreak)
    .where(ScheduleBreak.schedule_id == bindparam("schedule_id"))
    .order_by(ScheduleBreak.started_at, ScheduleBreak.id)
)

Minutes = Annotated[int, Field(ge=0, le=120)]
Notes = Annotated[str, Field(max_length=200)]


class NewShift(Input):
    """A shift to be given."""

    user_id: str
    station_id: int
    role: ShiftRole | None = None
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    break_minutes: Minutes = 0
    notes: Notes = ""
    allow_overlap: bool = False


class ShiftChange(Input):
    """What to change of a shift."""

    version: int | None = None
    user_id: str | None = None
    station_id: int | None = None
    role: ShiftRole | None = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    break_minutes: Minutes | None = None
    notes: Notes | None = None
    allow_overlap: bool = False


class Gap(View):
    """A stretch without a barista."""

    from_: datetime = Field(serialization_alias="from")
    to: datetime


class Coverage(View):
    """When a station has no barista planned."""

    station_id: int
    gaps: list[Gap]


class DayPlan(View):
    """The shifts that touch a day of the event, and what they leave open."""

    date: date
    schedules: list[ShiftView]
    coverage: list[Coverage]
    total: int
    next_cursor: None = None


class WeekPlan(View):
    """The shifts that touch a week, Monday to Sunday, what they leave open, and the zone in which its days are told."""

    week_start: date
    week_end: date
    timezone: str
    schedules: list[ShiftView]
    coverage: list[Coverage]
    total: int
    next_cursor: None = None


class BreakView(View):
    """A break within a shift."""

    started_at: datetime
    ended_at: datetime | None


class ShiftWithBreaks(ShiftView):
    """A shift and the breaks in it."""

    breaks: list[BreakView]


shifts = Part("shifts")


# -- looking ----------------------------------------------------------------------------------------------------------


@shifts.query(GET("/api/schedules/today"), allow=STAFF)
async def schedules_today(look: Look, station_id: int | None = None, user_id: str | None = None) -> DayPlan:
    """Show the shifts that touch today, by the event's clock, and where no barista is planned."""
    day, zone = await event_day(look), await event_zone(look)
    since, until = day_bounds(day, zone)
    found, coverage = await _plan(look, since, until, station_id, user_id)
    views = [shift_view(*row) for row in found]
    return DayPlan(date=day, schedules=views, coverage=coverage, total=len(views))


async def _plan(
    look: Look, since: datetime, until: datetime, station_id: int | None, user_id: str | None
) -> tuple[Sequence[Any], list[Coverage]]:
    """Return the shifts between two moments, and what they leave open: whoever looks at one person sees the whole crew's."""
    found = await look.tuples(_of(TOUCHING, station_id, user_id), since=since, until=until)
    whole = found if user_id is None else await look.tuples(_of(TOUCHING, station_id), since=since, until=until)
    return found, await _coverage(look, [row[0] for row in whole], since, until, station_id)


def _of(statement: Any, station_id: int | None, user_id: str | None = None) -> Any:
    if station_id is not None:
        statement = statement.where(Schedule.station_id == station_id)
    return statement if user_id is None else statement.where(Schedule.user_id == user_id)


async def _coverage(
    look: Look, planned: Iterable[Schedule], since: datetime, until: datetime, station_id: int | None
) -> list[Coverage]:
    """Return the gaps of each station within the hours of the active event; stations without one are left out."""
    event = await look.one(ACTIVE)
    if event is None:
        return []
    opens, closes = max(since, event.starts_at), min(until, event.ends_at)
    if opens >= closes:
        return []
    shifts_of: dict[int, list[Shift]] = {
        id: [] for id in await look.all(SERVING) if station_id is None or id == station_id
    }
    for row in planned:
        if row.station_id in shifts_of:
            shifts_of[row.station_id].append(plain(row))
    open_of = {id: gaps(of_station, opens, closes) for id, of_station in shifts_of.items()}
    return [
        Coverage(station_id=id, gaps=[Gap(from_=start, to=end) for start, end in found])
        for id, found in open_of.items()
        if found
    ]


@shifts.query(GET("/api/schedules/week"), allow=STAFF)
async def schedules_week(
    look: Look, start: str | None = None, station_id: int | None = None, user_id: str | None = None
) -> WeekPlan:
    """Show the shifts of a week from Monday 00:00 to Monday 00:00 by the event's clock; of this one unless told."""
    try:
        zone = await event_zone(look)
        monday = week_start(date.fromisoformat(start) if start is not None else await event_day(look))
        since, until = week_bounds(monday, zone)
    except (ValueError, OverflowError) as error:
        raise Invalid.field("start", "is not a day, such as 2025-03-10", "bad_date") from error
    found, coverage = await _plan(look, since, until, station_id, user_id)
    views = [shift_view(*row) for row in found]
    return WeekPlan(
        week_start=monday,
        week_end=monday + timedelta(days=6),
        timezone=str(zone),
        schedules=views,
        coverage=coverage,
        total=len(views),
    )


@shifts.query(GET("/api/schedules/"), allow=STAFF)
async def list_schedules(
    look: Look,
    from_: Annotated[Moment, Field(alias="from")] = None,
    to: Moment = None,
    user_id: str | None = None,
    station_id: int | None = None,
    status: ScheduleStatus | None = None,
    cursor: Cursor = None,
    limit: PageLimit = 50,
) -> Items[ShiftView]:
    """List the shifts that touch a stretch of up to 62 days; from a week ago on unless told."""
    zone = await event_zone(look)
    since = moment_of(from_, zone) if from_ is not None else look.now - timedelta(days=7)
    until = moment_of(to, zone, end=True) if to is not None else since + LONGEST_LIST
    if not since < until <= since + LONGEST_LIST + timedelta(hours=1):
        raise Invalid.field("to", "lies after `from` by 62 days at the most", "range")
    statement = _of(SHIFTS, station_id, user_id).where(Schedule.starts_at < until, Schedule.ends_at > since)
    if status is not None:
        statement = statement.where(Schedule.status == status)
    order = (Schedule.starts_at, Schedule.id)
    found: Any = await page(look, statement, order=order, cursor=cursor, limit=limit)
    return Items[ShiftView](items=[shift_view(*row) for row in found.rows], **found.place())


@shifts.query(GET("/api/schedules/{schedule_id}"), allow=STAFF)
async def get_schedule(look: Look, schedule_id: str) -> ShiftWithBreaks:
    """Show a shift with its breaks."""
    view = await shown(look, schedule_id)
    breaks = await look.all(BREAKS, schedule_id=schedule_id)
    return ShiftWithBreaks.model_validate(
        {**view.model_dump(), "breaks": [BreakView.model_validate(one) for one in breaks]}
    )


# -- planning ---------------------------------------------------------------------------------------------------------


def plain(row: Schedule) -> Shift:
    """Return a shift as the rules read it: whoever has checked out works no longer, whatever was planned."""
    return Shift(
        id=row.id,
        user_id=row.user_id,
        station_id=row.station_id,
        starts_at=row.starts_at,
        ends_at=min(row.ends_at, row.checked_out_at or row.ends_at),
        status=row.status,  # type: ignore[arg-type]
        role=row.role,
    )


@shifts.command(POST("/api/schedules/", 201), allow=LEADS, refuses=(404,))
async def create_schedule(ctx: Ctx, body: NewShift) -> ShiftView:
    """Give somebody a shift. Two of one person do not overlap unless that is wanted (rule 67)."""
    event = await active_occasion(ctx)
    await ctx.lock(f"shifts:{body.user_id}")
    user = await _user(ctx, body.user_id)
    given = body.model_dump(exclude={"allow_overlap", "role"})
    row = Schedule(event_id=event.id, role=body.role or _role_of(user), **given)
    await _check_station(ctx, row.station_id)
    check_times(row.starts_at, row.ends_at, event_starts=event.starts_at, event_ends=event.ends_at)
    await ctx.add(row)
    overlaps = await _check_overlap(ctx, row, allowed=body.allow_overlap)
    await ctx.schedule(no_show, row.starts_at + NO_SHOW_AFTER, schedule_id=row.id)
    view = await shown(ctx, row.id)
    ctx.emit(ScheduleCreated(actor=by(ctx), station_id=row.station_id, schedule=view, overlaps=overlaps))
    return view


@shifts.command(PUT("/api/schedules/{schedule_id}"), allow=LEADS, refuses=(409, 412))
async def update_schedule(ctx: Ctx, schedule_id: str, body: ShiftChange) -> ShiftView:
    """Change a shift; after check-in its end, its station and its notes alone."""
    row = await _locked(ctx, schedule_id, body.user_id)
    ctx.check_version(row.version, body.version, await shown(ctx, row.id))
    given = {name: value for name, value in body if value is not None and name not in ("version", "allow_overlap")}
    changed = {name: value for name, value in given.items() if getattr(row, name) != value}
    check_change(row.status, changed)  # type: ignore[arg-type]
    if not changed:
        return await shown(ctx, row.id)
    former = {"station_id": row.station_id, "user_id": row.user_id}
    for name, value in changed.items():
        setattr(row, name, value)
    overlaps = await _check_changed(ctx, row, changed, allowed=body.allow_overlap)
    await ctx.save(row)
    await _set_timers(ctx, row)
    view = await shown(ctx, row.id)
    moved = former if former != {"station_id": row.station_id, "user_id": row.user_id} else None
    fact = ScheduleUpdated(actor=by(ctx), station_id=row.station_id, schedule=view, former=moved, overlaps=overlaps)
    ctx.emit(fact)
    return view


async def _check_changed(ctx: Ctx, row: Schedule, changed: dict[str, Any], *, allowed: bool) -> str | None:
    """Hold the changed shift against what a new one is held against; return the shift that it overlaps, if it may."""
    if "user_id" in changed:
        await _user(ctx, row.user_id)
    if "station_id" in changed:
        await _check_station(ctx, row.station_id)
    if not changed.keys() & {"starts_at", "ends_at", "user_id"}:
        return None
    event = await ctx.find(Occasion, row.event_id)
    assert event is not None
    check_times(row.starts_at, row.ends_at, event_starts=event.starts_at, event_ends=event.ends_at)
    return await _check_overlap(ctx, row, allowed=allowed)


async def _set_timers(ctx: Ctx, row: Schedule) -> None:
    if row.status in AT_WORK:
        await ctx.schedule(automatic_check_out, row.ends_at + CHECK_OUT_AFTER, schedule_id=row.id)
    elif row.status == "planned":
        await ctx.schedule(no_show, row.starts_at + NO_SHOW_AFTER, schedule_id=row.id)


@shifts.command(DELETE("/api/schedules/{schedule_id}"), allow=LEADS, refuses=(409,))
async def delete_schedule(ctx: Ctx, schedule_id: str) -> None:
    """Take a shift back; it is kept as cancelled."""
    row = await _locked(ctx, schedule_id)
    if row.status == "cancelled":
        return
    if row.status in (*AT_WORK, "checked_out"):
        raise Conflict("shift_started", "Somebody has worked in this shift: change its end instead.")
    row.status = "cancelled"
    await ctx.save(row)
    await ctx.cancel(no_show, schedule_id=row.id)
    ctx.emit(ScheduleDeleted(actor=by(ctx), station_id=row.station_id, schedule_id=row.id, user_id=row.user_id))


# -- checks -----------------------------------------------------------------------------------------------------------


async def _locked(ctx: Ctx, schedule_id: str, next_user_id: str | None = None) -> Schedule:
    """Return a shift while nobody else changes the shifts of its person, or of the next. Raises NotFound."""
    owner = await ctx.one(select(Schedule.user_id).where(Schedule.id == schedule_id))
    if owner is None:
        raise NotFound()
    for user_id in sorted({owner, next_user_id or owner}):
        await ctx.lock(f"shifts:{user_id}")
    row = await ctx.locked(Schedule, schedule_id)
    assert row is not None
    return row


async def _user(ctx: Ctx, user_id: str) -> User:
    """Return who is to work. Raises Invalid for nobody, Conflict user_inactive."""
    user = await ctx.find(User, user_id)
    if user is None:
        raise Invalid.field("user_id", "there is no such account")
    if user.status != "active":
        raise Conflict("user_inactive", "This account is not active.")
    return user


def _role_of(user: User) -> str:
    return "support" if user.role == "support" else "barista"


async def _check_station(ctx: Ctx, station_id: int) -> None:
    if await ctx.find(Station, station_id) is None:
        raise Invalid.field("station_id", "there is no such station")


async def _check_overlap(ctx: Ctx, row: Schedule, *, allowed: bool) -> str | None:
    """Return the id of a shift of the same person that this one overlaps, if that is allowed. Raises Conflict."""
    near = await ctx.all(NEAR, user_id=row.user_id, since=row.starts_at, until=row.ends_at)
    other = overlapping(plain(row), [plain(one) for one in near])
    if other is None:
        return None
    if not allowed:
        view = await shown(ctx, other.id)
        raise Conflict("shift_overlap", "This person has another shift then.", conflict=view.model_dump(mode="json"))
    return other.id
