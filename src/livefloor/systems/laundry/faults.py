"""What is broken: reports by people, machines that go out of order by them, and staff who put them back to work."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints
from sqlalchemy import ColumnElement, func, select, true

from livefloor import (
    GET,
    PATCH,
    POST,
    Actor,
    Conflict,
    Ctx,
    Cursor,
    Flow,
    Input,
    Invalid,
    Items,
    Look,
    NotFound,
    PageLimit,
    Part,
    Stale,
    TooMany,
    Upload,
    UtcTime,
    bindparam,
    page,
)
from livefloor.parts.files import TakenPicture, add_photo, delete_photo_after, take_picture
from livefloor.systems.laundry.cycles import HOUR, OfMachine, Reason, empty, set_pickup_timers
from livefloor.systems.laundry.events import (
    CREW,
    EVERYONE,
    FaultAcknowledged,
    FaultDismissed,
    FaultReported,
    FaultResolved,
    MachineAborted,
    MachineDisabled,
    MachineEnabled,
    Reporter,
)
from livefloor.systems.laundry.machines import (
    OPEN_REPORTS,
    Seen,
    find_machine,
    find_machine_by_key,
    keep,
    number_of,
    type_of,
    view_now,
)
from livefloor.systems.laundry.models import FaultReport, Machine, User
from livefloor.systems.laundry.rules import (
    ABORT_WITHIN,
    DISMISSED_LIMIT,
    DISMISSED_PERIOD,
    FAULT_REPORTS_PER_HOUR,
    SAFETY_KINDS,
    FaultKind,
    FaultStatus,
    MachineType,
    pickup_deadline,
    shown_name,
)
from livefloor.systems.laundry.settings import room_settings
from livefloor.systems.laundry.views import (
    FaultCountView,
    FaultView,
    MachineView,
    ReportedView,
    ReporterView,
    photo_url,
)
from livefloor.systems.laundry.waitlist import NAMES, Room, enter, forget_hold, leave_room, put_at_head, restore

PHOTO_KEPT = timedelta(days=90)
"""How long a photo stays after its report is closed (R46)."""

OWN_OPEN = select(FaultReport).where(
    FaultReport.machine_pk == bindparam("machine_pk"),
    FaultReport.user_id == bindparam("user_id"),
    FaultReport.status.in_(("open", "acknowledged")),
)
OWN_SINCE = select(FaultReport.created_at).where(
    FaultReport.user_id == bindparam("user_id"), FaultReport.created_at > bindparam("since", type_=UtcTime())
)
DISMISSED_SINCE = select(func.count()).where(
    FaultReport.user_id == bindparam("user_id"),
    FaultReport.status == "dismissed",
    FaultReport.handled_at > bindparam("since", type_=UtcTime()),
)
SAFETY_OPEN = select(func.count()).where(
    FaultReport.machine_pk == bindparam("machine_pk"),
    FaultReport.status.in_(("open", "acknowledged")),
    FaultReport.counts.is_(True),
    FaultReport.kind.in_(sorted(SAFETY_KINDS)),
)
TOTALS: Any = select(func.count(), func.max(FaultReport.created_at)).where(
    FaultReport.machine_pk == bindparam("machine_pk")
)

Description = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class Report(OfMachine):
    """What is wrong with a machine; one photo, as base64 or as a file."""

    description: Description
    kind: FaultKind = "other"
    photo_data: str | None = None
    photo: Upload | None = None
    abort_cycle: bool = False


class Handle(Input):
    """What staff make of a report."""

    status: Literal["acknowledged", "resolved", "dismissed"]
    note: Note | None = None
    version: int


class Disable(Input):
    """Why a machine is out of order, and until when."""

    reason: Reason
    expected_back_at: datetime | None = None


class Enable(Input):
    """What was done, and which reports were wrong."""

    resolution: Description
    dismiss_ids: list[Annotated[str, Field(max_length=36)]] = Field([], max_length=200)


faults = Part("faults")


@faults.visible(FaultReport)
def reports_of_all(actor: Actor) -> ColumnElement[bool]:
    """Show all reports to all; who reported is told to staff only."""
    return true()


# -- reporting ----------------------------------------------------------------------------------------------------------


@faults.flow(POST("/api/v1/faults/report", 201), allow=EVERYONE, refuses=(404, 409, 413, 415, 429))
async def report_fault(flow: Flow, body: Report) -> ReportedView:
    """Report a fault of a machine, with a photo if there is one."""
    taken = await take_picture(flow, body.photo_data, body.photo)
    return await flow.execute(record_report, body, taken)


async def record_report(ctx: Ctx, body: Report, taken: TakenPicture | None) -> ReportedView:
    """Record a report; enough of them, or one of a danger, put the machine out of order (R40, R41)."""
    room = await enter(ctx, body.machine_type)
    found = await find_machine(ctx, body.machine_type, body.machine_id)
    user_id = ctx.actor.id or ""
    await _refuse_report(ctx, found, user_id)
    dismissed = await ctx.one(DISMISSED_SINCE, user_id=user_id, since=ctx.now - DISMISSED_PERIOD) or 0
    counts = dismissed < DISMISSED_LIMIT
    photo_id = (await add_photo(ctx, taken, purpose="fault", owner_id=user_id)).id if taken is not None else None
    report = FaultReport(
        machine_pk=found.machine.id,
        machine_type=body.machine_type,
        machine_id=body.machine_id,
        user_id=user_id,
        kind=body.kind,
        description=body.description,
        photo_id=photo_id,
        counts=counts,
        created_at=ctx.now,
    )
    if not await ctx.try_add(report):
        raise Conflict("already_reported", f"You have reported {found.name} already.")
    found.reports += counts
    await _abort(room, found, report, wanted=body.abort_cycle)
    disables = await _is_too_much(room, found, report)
    cause = "safety" if body.kind in SAFETY_KINDS else "reports"
    said = await _fact_of(ctx, report, found, room.settings.fault_report_disable_threshold)
    is_disabled = disables or found.machine.status == "disabled"
    more = {"is_disabled": is_disabled, "disables": disables, "is_safety": body.kind in SAFETY_KINDS}
    ctx.emit(FaultReported.model_validate({**said, **more}))
    if disables:
        why = report.description if cause == "safety" else f"{found.reports} fault reports"
        await put_out_of_order(room, found, why[:200], cause=cause, report_id=report.id)
    await leave_room(room)
    return ReportedView(
        id=report.id,
        machine_type=body.machine_type,
        machine_id=body.machine_id,
        kind=body.kind,
        description=report.description,
        status="open",
        photo_url=photo_url(photo_id),
        report_count=found.reports,
        threshold=room.settings.fault_report_disable_threshold,
        is_disabled=is_disabled,
        counts=counts,
        created_at=report.created_at,
        version=report.version,
    )


async def _refuse_report(ctx: Ctx, found: Seen, user_id: str) -> None:
    own = await ctx.one(OWN_OPEN, machine_pk=found.machine.id, user_id=user_id)
    if own is not None:
        raise Conflict("already_reported", f"You have reported {found.name} already.", report_id=own.id)
    made = await ctx.all(OWN_SINCE, user_id=user_id, since=ctx.now - HOUR)
    if len(made) >= FAULT_REPORTS_PER_HOUR:
        left = int((min(made) + HOUR - ctx.now).total_seconds()) + 1
        raise TooMany("rate_limited", "You have reported enough for this hour.", retry_after=left)


async def _abort(room: Room, found: Seen, report: FaultReport, *, wanted: bool) -> None:
    """Call off the reporter's own load that was started just now (R45); in any other case nothing happens."""
    ctx, cycle = room.ctx, found.cycle
    if not wanted or cycle is None or found.machine.status != "in_use" or cycle.user_id != ctx.actor.id:
        return
    if ctx.now - cycle.started_at > ABORT_WITHIN:
        return
    owner_id, cycle_id = cycle.user_id or "", cycle.id
    cycle.finish = "faulted"
    view = await empty(room, found, "aborted")
    ctx.emit(MachineAborted(machine=view, cycle_id=cycle_id, owner_id=owner_id, report_id=report.id))
    await put_at_head(room, owner_id, found.machine, "aborted")


async def _is_too_much(room: Room, found: Seen, report: FaultReport) -> bool:
    """Tell whether this report puts the machine out of order (R40, R41, R44)."""
    if not report.counts or found.machine.status == "disabled":
        return False
    if found.reports >= room.settings.fault_report_disable_threshold:
        return True
    if report.kind not in SAFETY_KINDS:
        return False
    dangers = await room.ctx.one(SAFETY_OPEN, machine_pk=found.machine.id) or 0
    return dangers >= room.settings.safety_fault_threshold


async def put_out_of_order(
    room: Room,
    found: Seen,
    reason: str,
    *,
    cause: str,
    report_id: str | None = None,
    expected_back_at: datetime | None = None,
) -> MachineView:
    """Put a machine out of order: its hold goes, its running load stops, whoever loses by it goes to the head (R42)."""
    ctx, machine, cycle = room.ctx, found.machine, found.cycle
    item_id, stopped = machine.hold_item_id, machine.status == "in_use"
    if machine.hold_user_id is not None:
        forget_hold(machine)
    if stopped and cycle is not None:
        told_at = ctx.now if cycle.user_id is not None else None
        cycle.finish, cycle.completed_at = "faulted", ctx.now
        cycle.pickup_deadline = pickup_deadline(ctx.now, told_at, room.settings.pickup_grace_minutes)
    machine.status, machine.enabled = "disabled", False
    machine.out_of_order_since, machine.out_of_order_reason = ctx.now, reason
    machine.expected_back_at = expected_back_at
    view = await keep(ctx, found)
    said = {
        "machine": view,
        "cause": cause,
        "reason": reason,
        "by_user_id": ctx.actor.id,
        "report_id": report_id,
        "cycle_id": cycle.id if cycle is not None else None,
        "owner_id": cycle.user_id if cycle is not None else None,
        "stopped": stopped,
    }
    ctx.emit(MachineDisabled.model_validate(said))
    if item_id is not None:
        await restore(room, item_id, machine, "disabled")
    if stopped and cycle is not None:
        await set_pickup_timers(room, found)
        if cycle.user_id is not None:
            await put_at_head(room, cycle.user_id, machine, "stopped")
    return view


# -- reading ------------------------------------------------------------------------------------------------------------


@faults.query(GET("/api/v1/faults/{machine_type}/{machine_id}"), allow=EVERYONE)
async def count_faults(look: Look, machine_type: str, machine_id: str) -> FaultCountView:
    """Count the reports of a machine."""
    found = await find_machine(look, type_of(machine_type), number_of(machine_id))
    total, last = await look.one(TOTALS, machine_pk=found.machine.id) or (0, None)
    return FaultCountView(
        machine_type=type_of(machine_type),
        machine_id=found.machine.machine_id,
        report_count=found.reports,
        threshold=(await room_settings(look)).fault_report_disable_threshold,
        is_disabled=found.machine.status == "disabled",
        total_reports=total,
        last_report_at=last,
    )


@faults.query(GET("/api/v1/faults/"), allow=EVERYONE)
async def list_faults(
    look: Look,
    status: FaultStatus | None = None,
    machine_type: MachineType | None = None,
    machine_id: int | None = None,
    mine: bool | None = None,
    cursor: Cursor = None,
    limit: PageLimit = 50,
) -> Items[FaultView]:
    """List fault reports, newest first; staff see the reporters and notes."""
    rows = look.rows(FaultReport)
    if status is not None:
        rows = rows.where(FaultReport.status == status)
    if machine_type is not None:
        rows = rows.where(FaultReport.machine_type == machine_type)
    if machine_id is not None:
        rows = rows.where(FaultReport.machine_id == machine_id)
    if mine is not None:
        own = FaultReport.user_id == look.actor.id
        rows = rows.where(own if mine else FaultReport.user_id.is_distinct_from(look.actor.id))
    order = (FaultReport.created_at.desc(), FaultReport.id.desc())
    found = await page(look, rows, order=order, cursor=cursor, limit=limit)
    return Items[FaultView](items=[await _view_of_report(look, row) for row in found.rows], **found.place())


async def _view_of_report(look: Look, report: FaultReport) -> FaultView:
    by_staff = look.actor.role in CREW
    said: dict[str, Any] = {
        name: getattr(report, name) for name in FaultView.model_fields if name not in ("photo_url", "reporter")
    }
    said["photo_url"] = photo_url(report.photo_id) if by_staff or report.user_id == look.actor.id else None
    if by_staff:
        said["reporter"] = await _reporter(look, report.user_id)
    else:
        said["note"] = said["handled_by"] = said["handled_at"] = None
    return FaultView.model_validate(said)


async def _reporter(look: Look, user_id: str | None) -> ReporterView | None:
    user = await look.find(User, user_id) if user_id is not None else None
    if user is None:
        return None
    name = shown_name(user.display_name, user.student_id)
    return ReporterView(user_id=user.id, display_name=name, student_id=user.student_id)


async def _fact_of(ctx: Ctx, report: FaultReport, found: Seen, threshold: int) -> dict[str, Any]:
    """Return what every fact says of a report."""
    reporter = None
    if report.user_id is not None:
        names = await ctx.one(NAMES, user_id=report.user_id) or (None, None)
        reporter = Reporter(user_id=report.user_id, display_name=shown_name(*names))
    return {
        "id": report.id,
        "machine_pk": report.machine_pk,
        "machine_type": report.machine_type,
        "machine_id": report.machine_id,
        "kind": report.kind,
        "description": report.description,
        "status": report.status,
        "counts": report.counts,
        "reporter": reporter,
        "report_count": found.reports,
        "threshold": threshold,
        "photo_id": report.photo_id,
        "created_at": report.created_at,
        "version": report.version,
    }


# -- the staff's side ---------------------------------------------------------------------------------------------------


@faults.command(PATCH("/api/v1/faults/{id}"), allow=CREW, refuses=(404, 409, 412))
async def handle_fault(ctx: Ctx, id: str, body: Handle) -> FaultView:
    """Acknowledge, resolve or dismiss a report; its reporter is told."""
    if body.status == "dismissed" and not body.note:
        raise Invalid.field("note", "say why the report is dismissed")
    report = await ctx.find(FaultReport, id)
    if report is None:
        raise NotFound()
    room = await enter(ctx, type_of(report.machine_type))
    report = await ctx.get(FaultReport, id)
    if report.status in ("resolved", "dismissed"):
        raise Conflict("already_closed", "This report is closed already.")
    if report.version != body.version:
        raise Stale("stale_version", "The report was changed meanwhile.", version=report.version)
    found = await find_machine_by_key(ctx, report.machine_pk)
    await _handle(room, report, body.status, body.note, found)
    return await _view_of_report(ctx, report)


async def _handle(room: Room, report: FaultReport, status: str, note: str | None, found: Seen | None) -> None:
    ctx = room.ctx
    report.status, report.note, report.handled_by, report.handled_at = status, note, ctx.actor.id, ctx.now
    await ctx.save(report)
    closes = status != "acknowledged"
    if closes and report.photo_id is not None:
        await delete_photo_after(ctx, report.photo_id, ctx.now + PHOTO_KEPT)
    if found is None:
        # The machine was retired meanwhile: it has no count any more.
        machine = await ctx.get(Machine, report.machine_pk)
        found = Seen(machine, None, None, 0)
    elif closes and report.counts:
        found.reports -= 1
    said = await _fact_of(ctx, report, found, room.settings.fault_report_disable_threshold)
    names = await ctx.one(NAMES, user_id=ctx.actor.id) or (None, None)
    said |= {"note": note, "by_user_id": ctx.actor.id, "by_name": shown_name(*names)}
    fact = {"acknowledged": FaultAcknowledged, "resolved": FaultResolved, "dismissed": FaultDismissed}[status]
    ctx.emit(fact.model_validate(said))


@faults.command(POST("/api/v1/admin/machines/{machine_type}/{machine_id}/disable"), allow=CREW, refuses=(404, 409))
async def disable_machine(ctx: Ctx, machine_type: str, machine_id: str, body: Disable) -> MachineView:
    """Put a machine out of order."""
    room = await enter(ctx, type_of(machine_type))
    found = await find_machine(ctx, room.machine_type, number_of(machine_id))
    if found.machine.status == "disabled":
        raise Conflict("already_disabled", f"{found.name} is out of order already.")
    view = await put_out_of_order(
        room, found, body.reason, cause="staff", expected_back_at=_moment(body.expected_back_at)
    )
    await leave_room(room)
    return view


def _moment(moment: datetime | None) -> datetime | None:
    if moment is not None and moment.tzinfo is None:
        raise Invalid.field("expected_back_at", "a time needs its zone")
    return moment


@faults.command(POST("/api/v1/admin/machines/{machine_type}/{machine_id}/enable"), allow=CREW, refuses=(404, 409))
async def enable_machine(ctx: Ctx, machine_type: str, machine_id: str, body: Enable) -> MachineView:
    """Put a machine back to work; all its open reports are closed."""
    room = await enter(ctx, type_of(machine_type))
    found = await find_machine(ctx, room.machine_type, number_of(machine_id))
    machine, cycle = found.machine, found.cycle
    if machine.status != "disabled":
        raise Conflict("not_disabled", f"{found.name} is not out of order.")
    reports = await ctx.all(OPEN_REPORTS, key=machine.id)
    if unknown := set(body.dismiss_ids) - {report.id for report in reports}:
        raise Invalid.field("dismiss_ids", f"{sorted(unknown)[0]} is no open report of this machine")
    for report in reversed(reports):
        await _handle(
            room, report, "dismissed" if report.id in body.dismiss_ids else "resolved", body.resolution, found
        )
    machine.status, machine.enabled = ("available" if cycle is None else "completed"), True
    machine.out_of_order_since = machine.out_of_order_reason = machine.expected_back_at = None
    if cycle is not None:
        cycle.pickup_deadline = pickup_deadline(ctx.now, None, room.settings.pickup_grace_minutes)
        await set_pickup_timers(room, found)
    view = await keep(ctx, found)
    said = {"by_user_id": ctx.actor.id, "resolution": body.resolution}
    load = {"cycle_id": cycle.id if cycle else None, "owner_id": cycle.user_id if cycle else None}
    ctx.emit(MachineEnabled.model_validate({"machine": view, **said, **load}))
    await leave_room(room)
    return await view_now(ctx, machine.id, view)
