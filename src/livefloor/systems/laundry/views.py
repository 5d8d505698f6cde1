"""What goes out of the room: machines, cycles, places in a list, fault reports."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from livefloor import Items, View
from livefloor.systems.laundry.rules import EntryStatus, FaultKind, FaultStatus, MachineStatus, MachineType

Omitted = Field(default=None, exclude_if=lambda value: value is None)
"""A member that is left out where it does not apply."""

MachineNumber = Annotated[int, Field(ge=1, le=99)]


class HoldView(View):
    """For whom a machine is kept."""

    user_id: str
    reason: Literal["waitlist", "finder"]
    expires_at: datetime


class OutOfOrderView(View):
    """Since when and why a machine is out of order."""

    since: datetime
    reason: str
    expected_back_at: datetime | None


class MachineView(View):
    """A machine; holds nothing that depends on who looks."""

    collection: ClassVar[str] = "machines"
    id: str
    machine_type: MachineType
    machine_id: int
    label: str
    location: str
    status: MachineStatus
    enabled: bool
    current_category: str | None
    current_user_id: str | None
    in_use_by: str | None
    cycle_id: str | None
    source: Literal["app", "walk_up"] | None
    started_at: datetime | None
    ends_at: datetime | None
    time_left_seconds: int
    completed_at: datetime | None
    pickup_deadline: datetime | None
    overdue: bool
    laundry_inside: bool
    hold: HoldView | None
    report_count: int
    out_of_order: OutOfOrderView | None
    total_cycles: int
    version: int


class StartedView(MachineView):
    """The started machine; `waitlist_removed` where a place in the list was fulfilled."""

    waitlist_removed: Annotated[bool | None, Omitted]


class OpenReportView(View):
    """An open fault report as it stands on the machine's page."""

    id: str
    kind: FaultKind
    description: str
    created_at: datetime


class MachinePageView(MachineView):
    """A machine with what its page shows besides; the code is for admins."""

    cycles_today: int
    open_reports: list[OpenReportView]
    machine_code: Annotated[str | None, Omitted]


class TypeSummary(View):
    """How the machines of one type stand. The five numbers add up to `total`."""

    total: int
    available: int
    held: int
    in_use: int
    completed: int
    disabled: int
    waiting: int
    next_free_at: datetime | None


class RoomSummary(View):
    """Both types."""

    washer: TypeSummary
    dryer: TypeSummary


class BoardView(View):
    """The room at one moment; `last_id` is where live updates go on."""

    washers: list[MachineView]
    dryers: list[MachineView]
    summary: RoomSummary
    server_time: datetime
    last_id: str


class CycleView(View):
    """One load, from its start until the drum is empty."""

    collection: ClassVar[str] = "cycles"
    id: str
    machine_type: MachineType
    machine_id: int
    user_id: str | None
    source: Literal["app", "walk_up"]
    category: str
    minutes: int
    started_at: datetime
    ends_at: datetime
    finish: Literal["timer", "early", "cancelled", "faulted"] | None
    completed_at: datetime | None
    pickup_deadline: datetime | None
    closed_at: datetime | None
    close_reason: Literal["collected", "empty", "moved", "staff_cleared", "cancelled", "aborted"] | None
    moved_place: str | None
    moved_photo_url: str | None
    reopened: int
    nudges: int
    version: int


class EntryView(View):
    """A place in a list."""

    collection: ClassVar[str] = "waitlist"
    id: str
    user_id: str
    display_name: str
    machine_type: MachineType
    position: int | None
    status: EntryStatus
    joined_at: datetime
    called_at: datetime | None
    claim_expires_at: datetime | None
    machine_id: int | None
    estimated_wait_minutes: int | None
    version: int


class JoinedView(EntryView):
    """The new place, and how many are in front of it."""

    ahead: int


class WaitlistView(Items[EntryView]):
    """The whole list of a type, by position."""

    machine_type: MachineType
    count: int


class ReporterView(View):
    """Who reported a fault; for staff."""

    user_id: str
    display_name: str
    student_id: str | None


class FaultView(View):
    """A fault report; the staff's answers have the reporter and the notes as well."""

    collection: ClassVar[str] = "faults"
    id: str
    machine_type: MachineType
    machine_id: int
    kind: FaultKind
    description: str
    status: FaultStatus
    photo_url: str | None
    counts: bool
    created_at: datetime
    version: int
    reporter: Annotated[ReporterView | None, Omitted]
    note: Annotated[str | None, Omitted]
    handled_by: Annotated[str | None, Omitted]
    handled_at: Annotated[datetime | None, Omitted]


class ReportedView(View):
    """A report just made, and what it did."""

    id: str
    machine_type: MachineType
    machine_id: int
    kind: FaultKind
    description: str
    status: FaultStatus
    photo_url: str | None
    report_count: int
    threshold: int
    is_disabled: bool
    counts: bool
    created_at: datetime
    version: int


class FaultCountView(View):
    """How many reports a machine has."""

    machine_type: MachineType
    machine_id: int
    report_count: int
    threshold: int
    is_disabled: bool
    total_reports: int
    last_report_at: datetime | None


class CategoryView(View):
    """A programme of a type."""

    collection: ClassVar[str] = "categories"
    machine_type: MachineType
    code: str
    label: str
    minutes: int
    enabled: bool
    sort: int
    version: int


class Done(View):
    """It was done."""

    success: bool = True


class Sent(View):
    """It was sent."""

    sent: bool = True


def photo_url(photo_id: str | None) -> str | None:
    """Return where a photo is shown."""
    return f"/api/v1/fault-photos/{photo_id}" if photo_id else None


def members(view: View) -> dict[str, Any]:
    """Return the members of a view as they are, for a view or frame that has them and more."""
    return dict(view.__dict__)
