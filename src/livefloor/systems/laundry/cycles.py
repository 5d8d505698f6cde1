"""Loads: start, extend, cancel, end, make room for the next, and what time does to them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, cast

import orjson
from pydantic import Field, StringConstraints
from sqlalchemy import ColumnElement, and_, func, select, true

from livefloor import (
    GET,
    POST,
    Actor,
    Conflict,
    Ctx,
    Cursor,
    Flow,
    Forbidden,
    Input,
    Invalid,
    Items,
    Look,
    NotFound,
    PageLimit,
    Part,
    Raw,
    TooMany,
    UtcTime,
    bindparam,
    page,
)
from livefloor.parts.files import TakenPicture, add_photo, take_picture
from livefloor.systems.laundry.estimates import normal_minutes
from livefloor.systems.laundry.events import (
    CREW,
    EVERYONE,
    STUDENT,
    MachineCancelled,
    MachineCleared,
    MachineCollected,
    MachineCompleted,
    MachineEndedEarly,
    MachineEndingSoon,
    MachineExtended,
    MachineLeftLoad,
    MachineNudged,
    MachineOverdue,
    MachinePickupReminder,
    MachineReleased,
    MachineReported,
    MachineStarted,
    WaitlistFulfilled,
)
from livefloor.systems.laundry.machines import (
    SEEN,
    Seen,
    find_machine,
    find_machine_by_key,
    keep,
    number_of,
    seen,
    type_of,
    view_now,
    view_of,
)
from livefloor.systems.laundry.models import CodeMiss, Cycle, CycleCategory, Machine, StatusReport, User, WaitlistItem
from livefloor.systems.laundry.rules import (
    CODE_MISSES_PER_HOUR,
    NUDGE_EVERY,
    NUDGES_PER_CYCLE,
    REOPEN_LIMIT,
    REOPENED_MINUTES,
    SHORT_CYCLE_MINUTES,
    STATUS_REPORTS_PER_HOUR,
    MachineType,
    pickup_deadline,
    reminder_moments,
    shown_name,
)
from livefloor.systems.laundry.settings import RoomSettings, room_settings
from livefloor.systems.laundry.views import CycleView, MachineNumber, MachineView, Sent, StartedView, members, photo_url
from livefloor.systems.laundry.waitlist import (
    OPEN_ENTRY,
    Room,
    close_entry,
    enter,
    forget_hold,
    leave_room,
    own_open,
    own_overdue,
    prolong_after_emptying,
    refuse_loads,
    release_hold,
    restore,
)

LATE = timedelta(minutes=2)
"""A reminder that a load ends soon is dropped when it is later than this (J2)."""

HOUR = timedelta(hours=1)

STARTING: Any = (
    SEEN.add_columns(CycleCategory.minutes)
    .outerjoin(
        CycleCategory,
        and_(
            CycleCategory.machine_type == Machine.machine_type,
            CycleCategory.code == bindparam("category"),
            CycleCategory.enabled.is_(True),
        ),
    )
    .where(Machine.machine_type == bindparam("machine_type"), Machine.machine_id == bindparam("number"))
)
"""The machine and the minutes of the chosen programme in one look."""

STARTER: Any = (
    select(
        User.display_name,
        User.student_id,
        own_open(User.id, bindparam("machine_type")),
        own_overdue(User.id, bindparam("machine_type")),
        WaitlistItem.id,
        select(Machine.id)
        .where(
            Machine.machine_type == bindparam("machine_type"),
            Machine.hold_user_id == User.id,
            Machine.id != bindparam("but"),
        )
        .limit(1)
        .scalar_subquery(),
    )
    .outerjoin(
        WaitlistItem,
        and_(
            WaitlistItem.user_id == User.id,
            WaitlistItem.machine_type == bindparam("machine_type"),
            WaitlistItem.status.in_(("waiting", "called")),
        ),
    )
    .where(User.id == bindparam("user_id"))
)
"""All that a start depends on of who starts: name, own loads, place in the list, another machine kept for them."""

MINUTES_OF = select(CycleCategory.minutes).where(
    CycleCategory.machine_type == bindparam("machine_type"),
    CycleCategory.code == bindparam("category"),
    CycleCategory.enabled.is_(True),
)
MISSES = select(func.count()).where(
    CodeMiss.user_id == bindparam("user_id"), CodeMiss.at > bindparam("since", type_=UtcTime())
)
STATUS_REPORTS = select(StatusReport.at).where(
    StatusReport.user_id == bindparam("user_id"), StatusReport.at > bindparam("since", type_=UtcTime())
)

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200)]
Code = Annotated[str, Field(max_length=20)]
CycleId = Annotated[str, Field(max_length=36)]


class OfMachine(Input):
    """A machine as people name it."""

    machine_type: MachineType
    machine_id: MachineNumber


class Start(OfMachine):
    """Which machine, and which programme; the code on the machine where the room asks for it."""

    category: Code
    machine_code: Annotated[str, Field(max_length=20)] | None = None


class Cancel(OfMachine):
    """Which load; staff say why."""

    cycle_id: CycleId | None = None
    reason: Reason | None = None


class End(Cancel):
    """Which load, and whether it is out already."""

    collected: bool = False


class Extend(OfMachine):
    """Which load, and the longer programme."""

    category: Code
    cycle_id: CycleId | None = None


class Release(OfMachine):
    """Which left load was moved where, or that the drum was empty."""

    cycle_id: CycleId
    reason: Literal["empty", "moved"]
    place: Annotated[str, Field(max_length=80)] | None = None
    photo_data: str | None = None


class Clear(Input):
    """Where staff put a left load."""

    place: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    note: Annotated[str, Field(max_length=500)] | None = None
    photo_data: str | None = None


class StatusSeen(OfMachine):
    """What is really in a machine."""

    seen: Literal["running", "full", "empty"]
    minutes_left: Annotated[int, Field(ge=1, le=120)] | None = None


@dataclass(frozen=True, slots=True)
class Refusal(Raw):
    """A refusal that is an answer, so that what it counts stays in the database."""


cycles = Part("cycles")


@cycles.visible(Cycle)
def own_cycles(actor: Actor) -> ColumnElement[bool]:
    """Show their own loads to students, all of them to staff."""
    return true() if actor.role in CREW else Cycle.user_id == actor.id


# -- start --------------------------------------------------------------------------------------------------------------


@cycles.command(
    POST("/api/v1/machines/start", 201), allow=STUDENT, refuses=(403, 404, 409, 429), limit="machine_actions"
)
async def start_machine(ctx: Ctx, body: Start) -> StartedView:
    """Start a machine with one's load."""
    room = await enter(ctx, body.machine_type)
    row = await ctx.one(STARTING, machine_type=body.machine_type, number=body.machine_id, category=body.category)
    if row is None:
        raise NotFound("machine_not_found", "There is no such machine.")
    found, minutes, user_id = seen(row), row[-1], ctx.actor.id or ""
    machine = found.machine
    if minutes is None:
        raise Invalid("unknown_category", f"There is no programme {body.category} for this type.")
    _refuse_taken(found, user_id, room.settings)
    starter = await ctx.one(STARTER, user_id=user_id, machine_type=body.machine_type, but=machine.id, now=ctx.now)
    if starter is None:
        raise NotFound()
    display_name, student_id, open_cycles, overdue, entry_id, other_held = starter
    refuse_loads(body.machine_type, open_cycles, overdue, room.settings)
    if room.settings.presence_check == "code":
        refusal = await _check_code(ctx, machine, body.machine_code)
        if refusal is not None:
            # The answer is bytes already; the annotation is what the route gives when it is granted.
            return cast(StartedView, refusal)
    ends_at = ctx.now + timedelta(minutes=minutes)
    await _fill(room, found, user_id=user_id, category=body.category, minutes=minutes, ends_at=ends_at)
    found.owner_name = shown_name(display_name, student_id)
    view = await _keep_machine(ctx, found)
    ctx.emit(MachineStarted(machine=view, cycle_id=view.cycle_id or "", owner_id=user_id, minutes=minutes))
    await _set_end(room, found)
    if entry_id is None and other_held is None:
        return StartedView.model_construct(**members(view))
    if other_held is not None:
        await release_hold(room, other_held, "started_elsewhere")
    item = await ctx.one(OPEN_ENTRY, key=entry_id) if entry_id is not None else None
    if item is not None:
        await close_entry(room, item, "fulfilled", WaitlistFulfilled)
    await leave_room(room)
    return StartedView(**members(view), waitlist_removed=True if item is not None else None)


def _refuse_taken(found: Seen, user_id: str, settings: RoomSettings) -> None:
    """Refuse to start a machine that is not free for this person, by the first reason that holds (R2)."""
    machine = found.machine
    if machine.status == "disabled":
        raise Conflict("machine_disabled", f"{found.name} is out of order.")
    if machine.status == "in_use":
        raise Conflict("machine_in_use", f"{found.name} is running.")
    if machine.status == "completed":
        raise Conflict("machine_not_emptied", f"{found.name} still holds a finished load.")
    if machine.hold_user_id is not None and machine.hold_user_id != user_id:
        raise _held(found, settings)


def _held(found: Seen, settings: RoomSettings) -> Conflict:
    until = found.machine.hold_expires_at
    time = "" if until is None else f" until {settings.clock_text(until)}"
    return Conflict("machine_held", f"{found.name} is kept for the next in line{time}.", hold_expires_at=until)


async def _check_code(ctx: Ctx, machine: Machine, code: str | None) -> Refusal | None:
    """Compare the code on the machine; a wrong one is counted (R2)."""
    if (await ctx.one(MISSES, user_id=ctx.actor.id, since=ctx.now - HOUR) or 0) >= CODE_MISSES_PER_HOUR:
        raise TooMany("rate_limited", "Too many wrong codes; wait a while.", retry_after=3600)
    if code == machine.machine_code:
        return None
    await ctx.add(CodeMiss(user_id=ctx.actor.id, at=ctx.now))
    problem = Forbidden("machine_code_wrong", "This is not the code on the machine.")
    return Refusal(orjson.dumps(problem.body()), "application/problem+json", status=problem.status)


async def _fill(
    room: Room,
    found: Seen,
    *,
    user_id: str | None,
    category: str,
    minutes: int,
    ends_at: datetime,
    reported_by: str | None = None,
) -> None:
    """Put a new running load into an empty machine; the machine is stored by the caller."""
    ctx, machine = room.ctx, found.machine
    cycle = Cycle(
        machine_pk=machine.id,
        machine_type=machine.machine_type,
        machine_id=machine.machine_id,
        user_id=user_id,
        source="app" if reported_by is None else "walk_up",
        reported_by=reported_by,
        category=category,
        minutes=minutes,
        started_at=ctx.now,
        ends_at=ends_at,
    )
    if not await ctx.try_add(cycle):
        raise Conflict("machine_in_use", f"{found.name} is running.")
    found.cycle = cycle
    machine.status, machine.laundry_inside, machine.current_cycle_id = "in_use", True, cycle.id
    if machine.hold_user_id is not None:
        forget_hold(machine)


async def _keep_machine(ctx: Ctx, found: Seen) -> MachineView:
    await ctx.save(found.machine)
    return view_of(found, ctx.now)


async def _set_end(room: Room, found: Seen) -> None:
    """Set when a running load is done, and when its owner is told that it soon will be."""
    ctx, machine, cycle = room.ctx, found.machine, found.cycle
    assert cycle is not None
    await ctx.schedule(end_time, cycle.ends_at, machine_type=room.machine_type, machine_pk=machine.id)
    soon = cycle.ends_at - timedelta(minutes=room.settings.ending_soon_minutes)
    if (
        cycle.user_id is not None
        and cycle.ends_at - ctx.now > timedelta(minutes=SHORT_CYCLE_MINUTES)
        and soon > ctx.now
    ):
        await ctx.schedule(remind_of_end, soon, machine_type=room.machine_type, machine_pk=machine.id)


# -- extend, cancel, end ------------------------------------------------------------------------------------------------


def _own_cycle(found: Seen, actor: Actor, cycle_id: str | None, none: str, *, staff: bool = True) -> Cycle:
    """Return the load that the actor may act on, or refuse in the order of R10."""
    cycle = found.cycle
    if cycle is None:
        raise Conflict(none, f"There is no load in {found.name}.")
    if cycle_id is not None and cycle_id != cycle.id:
        raise Conflict("cycle_changed", f"There is another load in {found.name} now.")
    if cycle.user_id != actor.id and not (staff and actor.role in CREW):
        raise Forbidden("not_your_cycle", f"The load in {found.name} is not yours.")
    return cycle


def _staff_reason(actor: Actor, reason: str | None) -> None:
    if actor.role in CREW and reason is None:
        raise Invalid.field("reason", "staff say why")


@cycles.command(POST("/api/v1/machines/extend"), allow=STUDENT, refuses=(404, 409), limit="machine_actions")
async def extend_cycle(ctx: Ctx, body: Extend) -> MachineView:
    """Choose a longer programme for one's running load."""
    room = await enter(ctx, body.machine_type)
    found = await find_machine(ctx, body.machine_type, body.machine_id)
    minutes = await ctx.one(MINUTES_OF, machine_type=body.machine_type, category=body.category)
    if minutes is None:
        raise Invalid("unknown_category", f"There is no programme {body.category} for this type.")
    cycle = _own_cycle(found, ctx.actor, body.cycle_id, "not_in_use", staff=False)
    if found.machine.status != "in_use":
        raise Conflict("not_in_use", f"{found.name} is not running.")
    ends_at = cycle.started_at + timedelta(minutes=minutes)
    if minutes <= cycle.minutes or ends_at <= cycle.ends_at:
        raise Conflict("not_longer", "This programme is not longer.")
    cycle.category, cycle.minutes, cycle.ends_at = body.category, minutes, ends_at
    found.machine.updated_at = ctx.now
    view = await keep(ctx, found)
    ctx.emit(MachineExtended(machine=view, cycle_id=cycle.id, owner_id=cycle.user_id or "", minutes=minutes))
    await _set_end(room, found)
    return view


@cycles.command(POST("/api/v1/machines/cancel"), allow=EVERYONE, refuses=(403, 404, 409), limit="machine_actions")
async def cancel_cycle(ctx: Ctx, body: Cancel) -> MachineView:
    """Say that a started machine is not running and its drum is empty."""
    _staff_reason(ctx.actor, body.reason)
    room = await enter(ctx, body.machine_type)
    found = await find_machine(ctx, body.machine_type, body.machine_id)
    cycle = _own_cycle(found, ctx.actor, body.cycle_id, "not_in_use")
    if found.machine.status != "in_use":
        raise Conflict("not_in_use", f"{found.name} is not running.")
    cycle.finish = "cancelled"
    view = await empty(room, found, "cancelled")
    by_staff = ctx.actor.role in CREW
    ctx.emit(
        MachineCancelled(
            machine=view,
            cycle_id=cycle.id,
            owner_id=cycle.user_id,
            by_user_id=ctx.actor.id or "",
            by_staff=by_staff,
            reason=body.reason,
        )
    )
    await leave_room(room)
    return await view_now(ctx, found.machine.id, view)


@cycles.command(POST("/api/v1/machines/end"), allow=EVERYONE, refuses=(403, 404, 409), limit="machine_actions")
async def end_cycle(ctx: Ctx, body: End) -> MachineView:
    """End a running load, or say that it is out of the machine."""
    _staff_reason(ctx.actor, body.reason)
    room = await enter(ctx, body.machine_type)
    found = await find_machine(ctx, body.machine_type, body.machine_id)
    cycle = _own_cycle(found, ctx.actor, body.cycle_id, "no_active_cycle")
    running = found.machine.status == "in_use"
    by: dict[str, Any] = {
        "cycle_id": cycle.id,
        "owner_id": cycle.user_id,
        "by_user_id": ctx.actor.id,
        "by_staff": ctx.actor.role in CREW,
        "reason": body.reason,
    }
    if not body.collected:
        if running:
            view, said = await _finish(room, found, at=ctx.now, finish="early")
            ctx.emit(MachineEndedEarly.model_validate({**said, **by}))
            return view
        return view_of(found, ctx.now)
    if running:
        cycle.finish, cycle.completed_at = "early", ctx.now
        _count(found)
    view = await empty(room, found, "collected")
    ctx.emit(MachineCollected.model_validate({"machine": view, **by, "was_running": running}))
    await leave_room(room)
    return await view_now(ctx, found.machine.id, view)


def _count(found: Seen) -> None:
    """Count a completed load once, however often it was reopened (R19, R31)."""
    if found.cycle is not None and not found.cycle.counted:
        found.cycle.counted = True
        found.machine.total_cycles += 1


async def _finish(room: Room, found: Seen, *, at: datetime, finish: str) -> tuple[MachineView, dict[str, Any]]:
    """Make a running load a finished one that waits inside; return the machine, and what its fact says."""
    ctx, machine, cycle = room.ctx, found.machine, found.cycle
    assert cycle is not None
    told_at = ctx.now if cycle.user_id is not None else None
    cycle.finish, cycle.completed_at = finish, at
    cycle.pickup_deadline = pickup_deadline(at, told_at, room.settings.pickup_grace_minutes)
    machine.status = "completed"
    _count(found)
    view = await keep(ctx, found)
    await set_pickup_timers(room, found)
    return view, {
        "machine": view,
        "cycle_id": cycle.id,
        "owner_id": cycle.user_id,
        "finish": finish,
        "completed_at": at,
        "pickup_deadline": cycle.pickup_deadline,
    }


async def set_pickup_timers(room: Room, found: Seen) -> None:
    """Set when a finished load is overdue, and when it is next reminded of."""
    ctx, machine, cycle = room.ctx, found.machine, found.cycle
    assert cycle is not None
    assert cycle.completed_at is not None
    assert cycle.pickup_deadline is not None
    await ctx.schedule(end_grace, cycle.pickup_deadline, machine_type=room.machine_type, machine_pk=machine.id)
    for moment, _, _ in _reminders(cycle.completed_at, room.settings):
        if moment > ctx.now:
            await ctx.schedule(remind_of_load, moment, machine_type=room.machine_type, machine_pk=machine.id)
            return


def _reminders(completed_at: datetime, settings: RoomSettings) -> list[tuple[datetime, int, bool]]:
    return reminder_moments(completed_at, settings.pickup_reminder_minutes, settings.abandoned_minutes)


async def empty(room: Room, found: Seen, close_reason: str) -> MachineView:
    """Take the load out of a machine for good: closes it, and frees the machine unless it is out of order."""
    ctx, machine, cycle = room.ctx, found.machine, found.cycle
    assert cycle is not None
    cycle.closed_at, cycle.close_reason, cycle.closed_by = ctx.now, close_reason, ctx.actor.id
    await ctx.save(cycle)
    machine.current_cycle_id, machine.laundry_inside = None, False
    if machine.status != "disabled":
        machine.status = "available"
    await prolong_after_emptying(room, machine)
    found.cycle, found.owner_name = None, None
    return await _keep_machine(ctx, found)


# -- making room --------------------------------------------------------------------------------------------------------


@cycles.flow(POST("/api/v1/machines/release"), allow=EVERYONE, refuses=(404, 409, 413, 415), limit="machine_actions")
async def release_machine(flow: Flow, body: Release) -> MachineView:
    """Make room: say that a left load was moved, or that the drum was empty."""
    if body.reason == "moved" and body.place is None:
        raise Invalid.field("place", "say where the load was put")
    taken = await take_picture(flow, body.photo_data)
    return await flow.execute(release_load, body, taken)


async def release_load(ctx: Ctx, body: Release, taken: TakenPicture | None) -> MachineView:
    """Take a left load out of a machine after its grace (R16)."""
    room = await enter(ctx, body.machine_type)
    found = await find_machine(ctx, body.machine_type, body.machine_id)
    machine, cycle, by_staff = found.machine, found.cycle, ctx.actor.role in CREW
    if body.reason == "moved" and body.place not in room.settings.pickup_places:
        raise Invalid("unknown_place", "There is no such place for left loads.")
    if machine.status != "completed" or cycle is None:
        raise Conflict("not_completed", f"There is no finished load in {found.name}.")
    if body.cycle_id != cycle.id:
        raise Conflict("cycle_changed", f"There is another load in {found.name} now.")
    is_owner = cycle.user_id == ctx.actor.id
    if not by_staff and not is_owner:
        if cycle.pickup_deadline is not None and ctx.now < cycle.pickup_deadline:
            raise Conflict("grace_running", "The owner still has time.", pickup_deadline=cycle.pickup_deadline)
        if machine.hold_user_id not in (None, ctx.actor.id):
            raise _held(found, room.settings)
    place = body.place if body.reason == "moved" else None
    photo_id = await _keep_photo(ctx, taken)
    cycle.moved_place, cycle.moved_photo_id = place, photo_id
    view = await empty(room, found, body.reason)
    ctx.emit(
        MachineReleased(
            machine=view,
            cycle_id=cycle.id,
            owner_id=cycle.user_id,
            by_user_id=ctx.actor.id or "",
            by_staff=by_staff,
            reason=body.reason,
            place=place,
            photo_id=photo_id,
        )
    )
    finder = ctx.actor.id if not by_staff and not is_owner else None
    await leave_room(room, finder=finder, emptied=machine.id)
    return await view_now(ctx, machine.id, view)


async def _keep_photo(ctx: Ctx, taken: TakenPicture | None) -> str | None:
    if taken is None:
        return None
    kept_until = ctx.now + timedelta(days=90)
    return (await add_photo(ctx, taken, purpose="moved", owner_id=ctx.actor.id or "", delete_after=kept_until)).id


@cycles.flow(POST("/api/v1/admin/machines/{machine_type}/{machine_id}/clear"), allow=CREW, refuses=(404, 409, 413, 415))
async def clear_machine(flow: Flow, machine_type: str, machine_id: str, body: Clear) -> MachineView:
    """Put a left load away."""
    taken = await take_picture(flow, body.photo_data)
    return await flow.execute(clear_load, type_of(machine_type), number_of(machine_id), body, taken)


async def clear_load(
    ctx: Ctx, machine_type: MachineType, number: int, body: Clear, taken: TakenPicture | None
) -> MachineView:
    """Take a left load out of a machine; the owner is told where it is."""
    room = await enter(ctx, machine_type)
    found = await find_machine(ctx, machine_type, number)
    cycle = found.cycle
    if cycle is None:
        raise Conflict("nothing_inside", f"There is nothing in {found.name}.")
    if found.machine.status == "in_use":
        raise Conflict("machine_in_use", f"{found.name} is running; end it first.")
    photo_id = await _keep_photo(ctx, taken)
    cycle.moved_place, cycle.moved_photo_id = body.place, photo_id
    view = await empty(room, found, "staff_cleared")
    ctx.emit(
        MachineCleared(
            machine=view,
            cycle_id=cycle.id,
            owner_id=cycle.user_id,
            by_user_id=ctx.actor.id or "",
            place=body.place,
            note=body.note,
            photo_id=photo_id,
        )
    )
    await leave_room(room)
    return await view_now(ctx, found.machine.id, view)


@cycles.command(POST("/api/v1/machines/nudge", 202), allow=EVERYONE, refuses=(404, 409, 429), limit="machine_actions")
async def nudge_owner(ctx: Ctx, body: OfMachine) -> Sent:
    """Ask the owner of a finished load to come."""
    await enter(ctx, body.machine_type)
    found = await find_machine(ctx, body.machine_type, body.machine_id)
    cycle = found.cycle
    if found.machine.status != "completed" or cycle is None:
        raise Conflict("not_completed", f"There is no finished load in {found.name}.")
    if cycle.user_id is None:
        raise Conflict("no_owner", "Nobody knows whose load this is.")
    since = ctx.now - cycle.nudged_at if cycle.nudged_at is not None else None
    if since is not None and since < NUDGE_EVERY:
        left = int((NUDGE_EVERY - since).total_seconds()) + 1
        raise TooMany("nudged_recently", "The owner was reminded just now.", retry_after=left)
    if cycle.nudges >= NUDGES_PER_CYCLE:
        raise TooMany("nudged_recently", "The owner was reminded often enough.", retry_after=3600)
    cycle.nudges, cycle.nudged_at = cycle.nudges + 1, ctx.now
    await ctx.save(cycle)
    said = {"cycle_id": cycle.id, "owner_id": cycle.user_id, "by_user_id": ctx.actor.id}
    ctx.emit(MachineNudged.model_validate({"machine": view_of(found, ctx.now), **said}))
    return Sent()


# -- the truth in the room ----------------------------------------------------------------------------------------------


@cycles.command(
    POST("/api/v1/machines/report-status"), allow=EVERYONE, refuses=(404, 409, 429), limit="machine_actions"
)
async def report_status(ctx: Ctx, body: StatusSeen) -> MachineView:
    """Say what is really in a machine."""
    room = await enter(ctx, body.machine_type)
    found = await find_machine(ctx, body.machine_type, body.machine_id)
    _refuse_report(found, body.seen)
    await _count_report(ctx, found.machine, body)
    if body.seen == "empty":
        cycle_id, owner_id = await _report_empty(room, found)
    elif found.machine.status == "completed":
        cycle_id, owner_id = await _report_running_again(room, found, body.minutes_left)
    else:
        cycle_id, owner_id = await _report_walk_up(room, found, body.seen, body.minutes_left)
    view = view_of(found, ctx.now)
    ctx.emit(
        MachineReported(
            machine=view,
            cycle_id=cycle_id,
            owner_id=owner_id,
            by_user_id=ctx.actor.id or "",
            by_staff=ctx.actor.role in CREW,
            seen=body.seen,
            minutes_left=body.minutes_left,
        )
    )
    await leave_room(room)
    return await view_now(ctx, found.machine.id, view)


def _refuse_report(found: Seen, seen_now: str) -> None:
    """Refuse a report that says nothing new, or that others have to make (R30-R32)."""
    status, cycle = found.machine.status, found.cycle
    if status == "disabled":
        raise Conflict("machine_disabled", f"{found.name} is out of order.")
    if {"available": "empty", "in_use": "running", "completed": "full"}[status] == seen_now:
        raise Conflict("already_so", f"{found.name} is shown so already.")
    if status == "in_use" and (seen_now == "full" or (cycle is not None and cycle.source == "app")):
        raise Conflict("not_allowed", "Only its owner or staff can end this load.")
    if status == "completed" and seen_now == "empty":
        raise Conflict("not_allowed", "Use release to say that the drum is empty.")
    if status == "completed" and cycle is not None and cycle.reopened >= REOPEN_LIMIT:
        raise Conflict("reopen_limit", "This load was reported as running twice already.")


async def _count_report(ctx: Ctx, machine: Machine, body: StatusSeen) -> None:
    if ctx.actor.role in STUDENT:
        made = await ctx.all(STATUS_REPORTS, user_id=ctx.actor.id, since=ctx.now - HOUR)
        if len(made) >= STATUS_REPORTS_PER_HOUR:
            left = int((min(made) + HOUR - ctx.now).total_seconds()) + 1
            raise TooMany("rate_limited", "You have reported enough for this hour.", retry_after=left)
    report = StatusReport(
        user_id=ctx.actor.id, machine_pk=machine.id, seen=body.seen, minutes_left=body.minutes_left, at=ctx.now
    )
    await ctx.add(report)


async def _report_empty(room: Room, found: Seen) -> tuple[str, str | None]:
    assert found.cycle is not None
    cycle_id = found.cycle.id
    found.cycle.finish = "cancelled"
    await empty(room, found, "empty")
    return cycle_id, None


async def _report_running_again(room: Room, found: Seen, minutes_left: int | None) -> tuple[str, str | None]:
    """Reopen a finished load that still runs (R31)."""
    ctx, machine, cycle = room.ctx, found.machine, found.cycle
    assert cycle is not None
    cycle.finish = cycle.completed_at = cycle.pickup_deadline = None
    cycle.ends_at = ctx.now + timedelta(minutes=minutes_left or REOPENED_MINUTES)
    cycle.reopened += 1
    machine.status = "in_use"
    item_id = machine.hold_item_id
    if machine.hold_user_id is not None:
        forget_hold(machine)
    await keep(ctx, found)
    await _set_end(room, found)
    if item_id is not None:
        await restore(room, item_id, machine, "found_in_use")
    return cycle.id, cycle.user_id


async def _report_walk_up(room: Room, found: Seen, seen_now: str, minutes_left: int | None) -> tuple[str, str | None]:
    """Put a load of nobody into a machine that was thought empty (R30)."""
    ctx, machine, item_id = room.ctx, found.machine, found.machine.hold_item_id
    minutes = 0
    if seen_now == "running":
        minutes = minutes_left or await normal_minutes(ctx, room.machine_type)
    ends_at = ctx.now + timedelta(minutes=minutes)
    await _fill(
        room, found, user_id=None, category="normal", minutes=minutes, ends_at=ends_at, reported_by=ctx.actor.id or ""
    )
    if seen_now == "running":
        await keep(ctx, found)
        await _set_end(room, found)
    else:
        await _finish(room, found, at=ctx.now, finish="timer")
    if item_id is not None:
        await restore(room, item_id, machine, "found_in_use")
    assert found.cycle is not None
    return found.cycle.id, None


# -- timers -------------------------------------------------------------------------------------------------------------


@cycles.timer(order=10)
async def end_time(ctx: Ctx, machine_type: MachineType, machine_pk: str) -> None:
    """Complete a load whose time is reached (J1)."""
    room = await enter(ctx, machine_type)
    found = await find_machine_by_key(ctx, machine_pk)
    if found is None or found.cycle is None or found.machine.status != "in_use" or found.cycle.ends_at > ctx.now:
        return
    _, said = await _finish(room, found, at=found.cycle.ends_at, finish="timer")
    ctx.emit(MachineCompleted.model_validate(said))


@cycles.at_start
async def end_overdue_times(ctx: Ctx) -> None:
    """Complete the loads whose time was reached while the server was away; their owners have the whole grace from now,
    when they are told (R14)."""
    for machine_type in ("dryer", "washer"):
        room = await enter(ctx, type_of(machine_type))
        for key in await ctx.all(RUN_OUT, machine_type=machine_type, now=ctx.now):
            found = await find_machine_by_key(ctx, key)
            if found is not None and found.cycle is not None:
                _, said = await _finish(room, found, at=found.cycle.ends_at, finish="timer")
                ctx.emit(MachineCompleted.model_validate(said))


RUN_OUT = (
    select(Machine.id)
    .join(Cycle, Cycle.id == Machine.current_cycle_id)
    .where(
        Machine.machine_type == bindparam("machine_type"),
        Machine.status == "in_use",
        Cycle.ends_at <= bindparam("now", type_=UtcTime()),
    )
    .order_by(Cycle.ends_at, Machine.machine_id)
)


@cycles.timer(order=60, settles=False)
async def remind_of_end(ctx: Ctx, machine_type: MachineType, machine_pk: str) -> None:
    """Tell an owner that the load ends soon (J2)."""
    settings = await room_settings(ctx)
    found = await find_machine_by_key(ctx, machine_pk)
    if found is None or found.cycle is None or found.machine.status != "in_use" or found.owner_id is None:
        return
    left = found.cycle.ends_at - ctx.now
    # The timer of an earlier load of this machine may still stand: it says nothing about this one.
    if ctx.woken_at - ctx.now > LATE or not timedelta(0) < left <= timedelta(minutes=settings.ending_soon_minutes):
        return
    ctx.emit(
        MachineEndingSoon(
            machine=view_of(found, ctx.now),
            cycle_id=found.cycle.id,
            owner_id=found.owner_id,
            minutes=-(-int(left.total_seconds()) // 60),
            ends_at=found.cycle.ends_at,
        )
    )


def _left_inside(found: Seen | None, now: datetime) -> Cycle | None:
    """Return the finished load in a machine that is past its grace, if there is one."""
    if found is None or found.cycle is None or found.cycle.completed_at is None:
        return None
    deadline = found.cycle.pickup_deadline
    return found.cycle if deadline is not None and deadline <= now else None


@cycles.timer(order=20)
async def end_grace(ctx: Ctx, machine_type: MachineType, machine_pk: str) -> None:
    """Remind the owner of an overdue load, and call the next in the list to it (J3)."""
    room = await enter(ctx, machine_type)
    found = await find_machine_by_key(ctx, machine_pk)
    cycle = _left_inside(found, ctx.now)
    if found is None or cycle is None:
        return
    ctx.emit(MachineOverdue(machine=view_of(found, ctx.now), cycle_id=cycle.id, owner_id=cycle.user_id))
    await leave_room(room)


@cycles.timer(order=60, settles=False)
async def remind_of_load(ctx: Ctx, machine_type: MachineType, machine_pk: str) -> None:
    """Remind the owner of a left load, at last the staff (J4, J5); of several moments that were missed only the last."""
    settings = await room_settings(ctx)
    found = await find_machine_by_key(ctx, machine_pk)
    if found is None or found.cycle is None or found.cycle.completed_at is None:
        return
    cycle, view = found.cycle, view_of(found, ctx.now)
    moments = _reminders(found.cycle.completed_at, settings)
    due = [moment for moment in moments if ctx.now <= moment[0] <= ctx.woken_at]
    to_owner = [minutes for _, minutes, staff in due if not staff]
    to_staff = [minutes for _, minutes, staff in due if staff]
    if to_owner and cycle.user_id is not None:
        said = {"machine": view, "cycle_id": cycle.id, "owner_id": cycle.user_id, "minutes": to_owner[-1]}
        ctx.emit(MachinePickupReminder.model_validate(said))
    if to_staff:
        ctx.emit(MachineLeftLoad(machine=view, cycle_id=cycle.id, owner_id=cycle.user_id, minutes=to_staff[-1]))
    for moment, _, _ in moments:
        if moment > ctx.woken_at:
            await ctx.schedule(remind_of_load, moment, machine_type=machine_type, machine_pk=machine_pk)
            return


# -- loads of before ----------------------------------------------------------------------------------------------------


@cycles.query(GET("/api/v1/cycles/"), allow=EVERYONE)
async def list_cycles(
    look: Look,
    open: bool | None = None,
    machine_type: MachineType | None = None,
    user_id: str | None = None,
    cursor: Cursor = None,
    limit: PageLimit = 50,
) -> Items[CycleView]:
    """List one's own loads, newest first; staff list everybody's."""
    rows = look.rows(Cycle)
    if open is not None:
        rows = rows.where(Cycle.closed_at.is_(None) if open else Cycle.closed_at.is_not(None))
    if machine_type is not None:
        rows = rows.where(Cycle.machine_type == machine_type)
    if user_id is not None:
        rows = rows.where(Cycle.user_id == user_id)
    order = (Cycle.started_at.desc(), Cycle.id.desc())
    found = await page(look, rows, order=order, cursor=cursor, limit=limit)
    return Items[CycleView](items=[cycle_view(row) for row in found.rows], **found.place())


def cycle_view(cycle: Cycle) -> CycleView:
    """Return a load as its owner and staff see it."""
    said = {name: getattr(cycle, name, None) for name in CycleView.model_fields}
    return CycleView.model_validate({**said, "moved_photo_url": photo_url(cycle.moved_photo_id)})
