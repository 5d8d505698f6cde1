"""Who is at work: check-in and check-out, breaks, nobody coming, nobody checking out (section 5.3, rules 68 to 70)."""

from datetime import datetime

from pydantic import AwareDatetime, Field
from sqlalchemy import func, select, update

from livefloor import POST, Conflict, Ctx, Forbidden, Input, NotFound, Part, UniqueViolation, UtcTime, View, bindparam
from livefloor.systems.coffee.alerts import close_alert, open_alert
from livefloor.systems.coffee.cups import held, take
from livefloor.systems.coffee.models import Order, Schedule, ScheduleBreak, Station, User
from livefloor.systems.coffee.rooms import LEADS, STAFF, by
from livefloor.systems.coffee.rules import orders as steps
from livefloor.systems.coffee.rules.schedules import AT_WORK, CHECK_OUT_AFTER, ScheduleStatus, Shift, check_in
from livefloor.systems.coffee.shift_events import (
    BaristaCheckedIn,
    BaristaCheckedOut,
    ScheduleUpdated,
    ShiftView,
    shown,
)
from livefloor.systems.coffee.staffing import present, running_shift
from livefloor.systems.coffee.waiting import tell_soon

END_BREAK = (
    update(ScheduleBreak)
    .where(ScheduleBreak.schedule_id == bindparam("of_id"), ScheduleBreak.ended_at.is_(None))
    .values(ended_at=bindparam("now", type_=UtcTime()))
)
WAITING = (
    select(func.count())
    .select_from(Order)
    .where(Order.station_id == bindparam("station_id"), Order.status.in_(("pending", "in_progress")))
)


IN_HAND = (
    select(Order.id)
    .where(Order.barista_id == bindparam("barista_id"), Order.status == "in_progress")
    .order_by(Order.station_id, Order.id)
)


class Arrival(Input):
    """When it was, if it was done without a network (rule 75)."""

    occurred_at: AwareDatetime | None = None


class Departure(Input):
    """What the next one should know."""

    handover_note: str | None = Field(None, max_length=500)


class StationOfShift(View):
    """The station at which somebody now works."""

    id: int
    name: str
    location: str
    status: str


class CheckedIn(View):
    """The shift, where it is, and how late it began."""

    schedule: ShiftView
    station: StationOfShift
    late_minutes: int
    unchanged: bool = False


class CheckedOut(ShiftView):
    """The shift that is over; `warnings` say what it leaves."""

    warnings: list[str] = Field(default_factory=list)
    unchanged: bool = False


attendance = Part("attendance")


async def _own_shift(ctx: Ctx, schedule_id: str) -> Schedule:
    """Return a shift of the caller's own, or anybody's for a lead, held until the end. Raises NotFound, Forbidden."""
    user_id = await ctx.one(select(Schedule.user_id).where(Schedule.id == schedule_id))
    if user_id is None:
        raise NotFound()
    if user_id != ctx.actor.id and not ctx.actor.is_in(LEADS):
        raise Forbidden("forbidden", "This is somebody else's shift.")
    await ctx.lock(f"shifts:{user_id}")
    row = await ctx.locked(Schedule, schedule_id)
    assert row is not None
    return row


async def _name_of(ctx: Ctx, user_id: str) -> str:
    return await ctx.one(select(User.display_name).where(User.id == user_id)) or ""


# -- coming -----------------------------------------------------------------------------------------------------------


@attendance.command(POST("/api/schedules/check-in/{schedule_id}"), allow=STAFF, refuses=(409,))
async def check_in_to_schedule(ctx: Ctx, schedule_id: str, body: Arrival | None = None) -> CheckedIn:
    """Begin a shift, from 30 minutes before its start to its end; a repeat changes nothing (rules 68, 69)."""
    row = await _own_shift(ctx, schedule_id)
    moment = steps.counted_moment(body.occurred_at if body is not None else None, ctx.now, None)
    running = await running_shift(ctx, row.user_id)
    shift = Shift(
        id=row.id,
        user_id=row.user_id,
        station_id=row.station_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        status=row.status,  # type: ignore[arg-type]
    )
    found = check_in(shift, moment, at_work_elsewhere=running is not None and running.id != row.id)
    if not found.unchanged:
        await _begin(ctx, row, moment, found.late_minutes)
    station = await ctx.find(Station, row.station_id)
    return CheckedIn(
        schedule=await shown(ctx, row.id),
        station=StationOfShift.model_validate(station),
        late_minutes=row.late_minutes or 0,
        unchanged=found.unchanged,
    )


async def _begin(ctx: Ctx, row: Schedule, moment: datetime, late_minutes: int) -> None:
    was = row.status
    row.status, row.checked_in_at, row.checked_in_by = "checked_in", moment, ctx.actor.id
    row.late_minutes = late_minutes
    try:
        await ctx.save(row)
    except UniqueViolation as error:
        raise Conflict(
            "already_checked_in_elsewhere", "You are checked in for another shift: check out first."
        ) from error
    await ctx.cancel(no_show, schedule_id=row.id)
    await ctx.schedule(automatic_check_out, row.ends_at + CHECK_OUT_AFTER, schedule_id=row.id)
    ctx.emit(
        BaristaCheckedIn(
            actor=by(ctx),
            station_id=row.station_id,
            schedule_id=row.id,
            user_id=row.user_id,
            user_name=await _name_of(ctx, row.user_id),
            late_minutes=late_minutes,
            occurred_at=moment,
        )
    )
    await tell_soon(ctx, row.station_id)
    if was == "no_show":
        await close_alert(ctx, "no_show", station_id=row.station_id, subject=f"schedule:{row.id}")


@attendance.timer()
async def no_show(ctx: Ctx, schedule_id: str) -> None:
    """Mark a shift to which nobody came; whoever could still come is asked for by an alert (rule 69)."""
    row = await ctx.locked(Schedule, schedule_id)
    if row is None or row.status != "planned":
        return
    row.status = "no_show"
    await ctx.save(row)
    ctx.emit(ScheduleUpdated(station_id=row.station_id, schedule=await shown(ctx, row.id)))
    if ctx.woken_at < row.ends_at:
        await open_alert(ctx, "no_show", "warn", station_id=row.station_id, subject=f"schedule:{row.id}")


# -- going ------------------------------------------------------------------------------------------------------------


@attendance.command(POST("/api/schedules/check-out/{schedule_id}"), allow=STAFF, refuses=(409,))
async def check_out_of_schedule(ctx: Ctx, schedule_id: str, body: Departure | None = None) -> CheckedOut:
    """End a shift; what one was making waits again. Who leaves a queue alone is warned (rule 70)."""
    row = await _own_shift(ctx, schedule_id)
    if row.status == "checked_out":
        return await _checked_out(ctx, row.id, unchanged=True)
    if row.status not in AT_WORK:
        raise Conflict("not_checked_in", "Nobody is checked in to this shift.")
    was_last = await _is_last(ctx, row)
    row.handover_note = body.handover_note if body is not None else None
    await _end(ctx, row, ctx.now, at_planned_end=False)
    left = was_last and bool(await ctx.one(WAITING, station_id=row.station_id))
    return await _checked_out(ctx, row.id, warnings=["last_barista"] if left else [])


async def _checked_out(
    ctx: Ctx, schedule_id: str, *, warnings: list[str] | None = None, unchanged: bool = False
) -> CheckedOut:
    view = await shown(ctx, schedule_id)
    return CheckedOut.model_validate({**view.model_dump(), "warnings": warnings or [], "unchanged": unchanged})


async def _is_last(ctx: Ctx, row: Schedule) -> bool:
    """Tell whether nobody else makes coffee at this person's station."""
    return row.status == "checked_in" and [one.id for one in await present(ctx, row.station_id)] == [row.user_id]


async def _end(ctx: Ctx, row: Schedule, moment: datetime, *, at_planned_end: bool) -> None:
    row.status, row.checked_out_at, row.left_open = "checked_out", moment, at_planned_end
    await ctx.save(row)
    # A break that began after the planned end lasts no time.
    await _end_break(ctx, row.id, moment)
    await ctx.cancel(automatic_check_out, schedule_id=row.id)
    view = await shown(ctx, row.id)
    ctx.emit(
        BaristaCheckedOut(
            actor=by(ctx),
            station_id=row.station_id,
            schedule_id=row.id,
            user_id=row.user_id,
            user_name=view.user_name,
            schedule=view,
            at_planned_end=at_planned_end,
        )
    )
    await tell_soon(ctx, row.station_id)


@attendance.within(BaristaCheckedOut)
async def give_cups_back(ctx: Ctx, told: BaristaCheckedOut) -> None:
    """Let what somebody leaves in hand wait again, at its old place (rule 70)."""
    for order_id in await ctx.all(IN_HAND, barista_id=told.user_id):
        cup = await held(ctx, order_id, actor=steps.By(organizer=True))
        await take(ctx, cup, steps.put_back(cup.cup, cup.by))


async def _end_break(ctx: Ctx, schedule_id: str, moment: datetime) -> None:
    started = await ctx.one(
        select(ScheduleBreak.started_at).where(
            ScheduleBreak.schedule_id == schedule_id, ScheduleBreak.ended_at.is_(None)
        )
    )
    if started is not None:
        await ctx.run(END_BREAK, of_id=schedule_id, now=max(started, moment))


@attendance.timer()
async def automatic_check_out(ctx: Ctx, schedule_id: str) -> None:
    """End a shift that nobody checked out of for an hour, as of its planned end (section 8)."""
    row = await ctx.locked(Schedule, schedule_id)
    if row is not None and row.status in AT_WORK:
        await _end(ctx, row, max(row.ends_at, row.checked_in_at or row.ends_at), at_planned_end=True)


# -- breaks -----------------------------------------------------------------------------------------------------------


@attendance.command(POST("/api/schedules/{schedule_id}/break/start"), allow=STAFF, refuses=(409,))
async def start_break(ctx: Ctx, schedule_id: str, force: bool = False) -> ShiftView:
    """Begin a break; the last barista of a station is asked first, and may do it all the same with `force`."""
    row = await _own_shift(ctx, schedule_id)
    if row.status == "on_break":
        return await shown(ctx, row.id)
    if row.status != "checked_in":
        raise Conflict("not_checked_in", "Nobody is checked in to this shift.")
    if not force and row.role == "barista" and await _is_last(ctx, row):
        raise Conflict("last_barista", "Nobody else makes coffee here now; force=true goes all the same.")
    await ctx.add(ScheduleBreak(schedule_id=row.id, started_at=ctx.now))
    return await _turn(ctx, row, "on_break")


@attendance.command(POST("/api/schedules/{schedule_id}/break/end"), allow=STAFF, refuses=(409,))
async def end_break(ctx: Ctx, schedule_id: str) -> ShiftView:
    """End a break."""
    row = await _own_shift(ctx, schedule_id)
    if row.status != "on_break":
        raise Conflict("not_on_break", "This shift is not on a break.")
    await ctx.run(END_BREAK, of_id=row.id, now=ctx.now)
    return await _turn(ctx, row, "checked_in")


async def _turn(ctx: Ctx, row: Schedule, status: ScheduleStatus) -> ShiftView:
    row.status = status
    await ctx.save(row)
    view = await shown(ctx, row.id)
    ctx.emit(ScheduleUpdated(actor=by(ctx), station_id=row.station_id, schedule=view))
    await tell_soon(ctx, row.station_id)
    return view
