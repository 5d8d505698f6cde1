"""The machines as they stand: the board, one machine's page, and how a row becomes the view that everybody gets."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, select

from livefloor import GET, Actor, Ctx, Look, NotFound, Part, Stored, UtcTime, bindparam
from livefloor.systems.laundry import estimates
from livefloor.systems.laundry.account_events import ProfileUpdated, UserChanged
from livefloor.systems.laundry.events import ADMIN, EVERYONE, CategoryChanged, FaultFact, MachineFact, WaitlistFact
from livefloor.systems.laundry.models import Cycle, FaultReport, Machine, User, WaitlistItem
from livefloor.systems.laundry.rules import (
    MACHINE_TYPES,
    MachineType,
    Spot,
    is_free,
    is_overdue,
    machine_name,
    shown_name,
    time_left_seconds,
)
from livefloor.systems.laundry.settings import SettingsChanged, room_settings
from livefloor.systems.laundry.views import (
    BoardView,
    HoldView,
    MachinePageView,
    MachineView,
    OpenReportView,
    OutOfOrderView,
    RoomSummary,
    TypeSummary,
    members,
)

REPORTS = (
    select(func.count())
    .where(
        FaultReport.machine_pk == Machine.id,
        FaultReport.status.in_(("open", "acknowledged")),
        FaultReport.counts.is_(True),
    )
    .correlate(Machine)
    .scalar_subquery()
)
"""How many open reports of a machine count (R40)."""

SEEN: Select[Any] = (
    select(Machine, Cycle, User.display_name, User.student_id, REPORTS)
    .outerjoin(Cycle, Cycle.id == Machine.current_cycle_id)
    .outerjoin(User, User.id == Cycle.user_id)
    .where(Machine.retired_at.is_(None))
)
ALL_SEEN = SEEN.order_by(Machine.machine_type, Machine.machine_id)
OF_TYPE = SEEN.where(Machine.machine_type == bindparam("machine_type")).order_by(Machine.machine_id)
ONE_SEEN = SEEN.where(Machine.machine_type == bindparam("machine_type"), Machine.machine_id == bindparam("number"))
SEEN_BY_KEY = SEEN.where(Machine.id == bindparam("key"))
SEEN_OF_USER = (
    select(Machine, Cycle, User.display_name, User.student_id, REPORTS)
    .join(Cycle, Cycle.machine_pk == Machine.id)
    .join(User, User.id == Cycle.user_id)
    .where(Cycle.user_id == bindparam("user_id"), Cycle.closed_at.is_(None))
    .order_by(Machine.machine_type, Machine.machine_id)
)
OPEN_REPORTS = (
    select(FaultReport)
    .where(FaultReport.machine_pk == bindparam("key"), FaultReport.status.in_(("open", "acknowledged")))
    .order_by(FaultReport.created_at.desc(), FaultReport.id.desc())
)
CYCLES_SINCE = select(func.count()).where(
    Cycle.machine_pk == bindparam("key"),
    Cycle.started_at >= bindparam("since", type_=UtcTime()),
    Cycle.finish.is_distinct_from("cancelled"),
)
WAITING: Any = (
    select(WaitlistItem.machine_type, func.count())
    .where(WaitlistItem.status == "waiting")
    .group_by(WaitlistItem.machine_type)
)


@dataclass(slots=True)
class Seen:
    """A machine with the load that is in it, that load's owner, and its open reports."""

    machine: Machine
    cycle: Cycle | None
    owner_name: str | None
    reports: int

    @property
    def name(self) -> str:
        """Return what people call the machine."""
        return machine_name(self.machine.machine_type, self.machine.machine_id)

    @property
    def owner_id(self) -> str | None:
        """Return whose load is inside."""
        return self.cycle.user_id if self.cycle is not None else None


def seen(row: Any) -> Seen:
    """Return a machine of a row of `SEEN`."""
    machine, cycle, display_name, student_id, reports, *_ = row
    if cycle.id is None:
        return Seen(machine, None, None, reports)
    return Seen(machine, cycle, shown_name(display_name, student_id) if cycle.user_id else None, reports)


def view_of(found: Seen, now: datetime) -> MachineView:
    """Return a machine as everybody sees it."""
    machine, cycle = found.machine, found.cycle
    hold = None
    if machine.hold_user_id is not None:
        hold = HoldView.model_validate(
            {"user_id": machine.hold_user_id, "reason": machine.hold_reason, "expires_at": machine.hold_expires_at}
        )
    out_of_order = None
    if machine.out_of_order_since is not None:
        out_of_order = OutOfOrderView(
            since=machine.out_of_order_since,
            reason=machine.out_of_order_reason or "",
            expected_back_at=machine.expected_back_at,
        )
    return MachineView.model_validate(
        {
            "id": machine.id,
            "machine_type": machine.machine_type,
            "machine_id": machine.machine_id,
            "label": machine.label,
            "location": machine.location,
            "status": machine.status,
            "enabled": machine.enabled,
            "current_category": cycle.category if cycle else None,
            "current_user_id": cycle.user_id if cycle else None,
            "in_use_by": found.owner_name,
            "cycle_id": cycle.id if cycle else None,
            "source": cycle.source if cycle else None,
            "started_at": cycle.started_at if cycle else None,
            "ends_at": cycle.ends_at if cycle else None,
            "time_left_seconds": time_left_seconds(machine.status, cycle.ends_at, now) if cycle else 0,
            "completed_at": cycle.completed_at if cycle else None,
            "pickup_deadline": cycle.pickup_deadline if cycle else None,
            "overdue": is_overdue(machine.status, cycle.pickup_deadline, now) if cycle else False,
            "laundry_inside": machine.laundry_inside,
            "hold": hold,
            "report_count": found.reports,
            "out_of_order": out_of_order,
            "total_cycles": machine.total_cycles,
            "version": machine.version,
        }
    )


def spot_of(found: Seen) -> Spot:
    """Return a machine as the list sees it."""
    machine, cycle = found.machine, found.cycle
    return Spot(
        machine.id,
        machine.machine_id,
        machine.status,
        machine.hold_user_id is not None,
        cycle.id if cycle else None,
        cycle.ends_at if cycle else None,
        cycle.completed_at if cycle else None,
        cycle.pickup_deadline if cycle else None,
    )


def type_of(machine_type: str) -> MachineType:
    """Return the type that a path names. Raises NotFound."""
    for known in MACHINE_TYPES:
        if machine_type == known:
            return known
    raise NotFound("machine_not_found", "There is no such machine.")


def number_of(machine_id: str) -> int:
    """Return the number that a path names. Raises NotFound."""
    if not (machine_id.isascii() and machine_id.isdigit() and len(machine_id) <= 2):
        raise NotFound("machine_not_found", "There is no such machine.")
    return int(machine_id)


async def machines_of_type(look: Look, machine_type: str) -> list[Seen]:
    """Return the machines of a type by number."""
    return [seen(row) for row in await look.tuples(OF_TYPE, machine_type=machine_type)]


async def find_machine(look: Look, machine_type: str, number: int) -> Seen:
    """Return a machine by its type and number. Raises NotFound."""
    row = await look.one(ONE_SEEN, machine_type=machine_type, number=number)
    if row is None:
        raise NotFound("machine_not_found", "There is no such machine.")
    return seen(row)


async def find_machine_by_key(look: Look, key: str) -> Seen | None:
    """Return a machine by its id, None when it is retired."""
    row = await look.one(SEEN_BY_KEY, key=key)
    return None if row is None else seen(row)


async def view_now(look: Look, key: str, before: MachineView) -> MachineView:
    """Return how a machine stands after its list was served; as it stood before when it is retired."""
    found = await find_machine_by_key(look, key)
    return before if found is None else view_of(found, look.now)


async def machines_of_user(look: Look, user_id: str) -> list[MachineView]:
    """Return the machines that hold loads of a user."""
    return [view_of(seen(row), look.now) for row in await look.tuples(SEEN_OF_USER, user_id=user_id)]


async def keep(ctx: Ctx, found: Seen) -> MachineView:
    """Store what changed of a machine and its load; return how it stands then."""
    if found.cycle is not None:
        await ctx.save(found.cycle)
    await ctx.save(found.machine)
    return view_of(found, ctx.now)


def _summary(machines: list[MachineView], waiting: int, next_free_at: datetime | None) -> TypeSummary:
    held = [machine for machine in machines if machine.hold is not None]
    others = [machine.status for machine in machines if machine.hold is None]
    return TypeSummary(
        total=len(machines),
        available=others.count("available"),
        held=len(held),
        in_use=others.count("in_use"),
        completed=others.count("completed"),
        disabled=others.count("disabled"),
        waiting=waiting,
        next_free_at=next_free_at,
    )


machines = Part("machines")


@machines.visible(Machine)
def machines_in_the_room(actor: Actor) -> ColumnElement[bool]:
    """Show the machines that are not retired."""
    return Machine.retired_at.is_(None)


@machines.query(
    GET("/api/v1/machines/"),
    allow=EVERYONE,
    stored=Stored(
        drops=(MachineFact, WaitlistFact, FaultFact, CategoryChanged, SettingsChanged, ProfileUpdated, UserChanged)
    ),
)
async def list_machines(look: Look) -> BoardView:
    """Show the whole room at this moment."""
    settings = await room_settings(look)
    waiting: dict[str, int] = dict(await look.tuples(WAITING))
    of_type: dict[str, list[MachineView]] = {kind: [] for kind in MACHINE_TYPES}
    spots: dict[str, list[Spot]] = {kind: [] for kind in MACHINE_TYPES}
    for row in await look.tuples(ALL_SEEN):
        found = seen(row)
        of_type[found.machine.machine_type].append(view_of(found, look.now))
        spots[found.machine.machine_type].append(spot_of(found))
    summary = {}
    for kind in MACHINE_TYPES:
        count = waiting.get(kind, 0)
        free_now = not count and any(
            is_free(machine.status, machine.hold.user_id if machine.hold is not None else None)
            for machine in of_type[kind]
        )
        outlook = None if free_now else await estimates.outlook(look, kind, settings.pickup_grace_minutes)
        next_free_at = outlook.next_free_at(spots[kind], count, look.now) if outlook is not None else None
        summary[kind] = _summary(of_type[kind], count, next_free_at)
    return BoardView(
        washers=of_type["washer"],
        dryers=of_type["dryer"],
        summary=RoomSummary(washer=summary["washer"], dryer=summary["dryer"]),
        server_time=look.now,
        last_id=await look.position(),
    )


@machines.query(GET("/api/v1/machines/{machine_type}/{machine_id}"), allow=EVERYONE)
async def get_machine(look: Look, machine_type: str, machine_id: str) -> MachinePageView:
    """Show one machine with its open reports."""
    found = await find_machine(look, type_of(machine_type), number_of(machine_id))
    zone = ZoneInfo((await room_settings(look)).timezone)
    midnight = look.now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    reports = await look.all(OPEN_REPORTS, key=found.machine.id)
    return MachinePageView(
        **members(view_of(found, look.now)),
        cycles_today=await look.one(CYCLES_SINCE, key=found.machine.id, since=midnight) or 0,
        open_reports=[OpenReportView.model_validate(report) for report in reports],
        machine_code=found.machine.machine_code if look.actor.role in ADMIN else None,
    )
