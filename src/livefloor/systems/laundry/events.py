"""The facts of machines, lists, faults and the catalogue, and the frames by which they are told live.

Facts carry whole views. `by_user_id` is who did it (null: the system), `owner_id` whose load it was. Nothing here holds a
student id or a phone number (R60).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Literal

from livefloor import Actor, Channel, Event, Frame, Role, Told
from livefloor.systems.laundry.rules import FaultKind, FaultStatus, MachineType
from livefloor.systems.laundry.views import CategoryView, EntryView, MachineView, members

STUDENT, STAFF, ADMIN = Role("student"), Role("staff"), Role("admin")
CREW = STAFF | ADMIN
EVERYONE = STUDENT | CREW

MACHINES = Channel("machines", EVERYONE, "Every machine of the room.")
WAITLIST = Channel("waitlist:{type}", EVERYONE, "The list of one type.")
ACTIVITIES = Channel("activities", EVERYONE, "The public feed.")
FAULTS = Channel("faults", STUDENT, "Fault reports, without their reporters.")
STAFF_ROOM = Channel("staff", CREW, "Fault reports with reporters and notes.")


def _is_own(actor: Actor, id: str) -> bool:
    return actor.id == id


USER = Channel("user:{id}", _is_own, "What concerns one account alone.")

CHANNELS = (MACHINES, WAITLIST, ACTIVITIES, FAULTS, STAFF_ROOM, USER)

Change = Literal[
    "started",
    "extended",
    "completed",
    "ended_early",
    "collected",
    "cancelled",
    "released",
    "cleared",
    "reported",
    "aborted",
    "held",
    "hold_released",
    "disabled",
    "enabled",
    "added",
    "changed",
    "retired",
]


# -- frames -----------------------------------------------------------------------------------------------------------


class MachineUpdate(MachineView, Frame):
    """A machine has changed: the whole of it, and what happened."""

    event: ClassVar[str] = "machine_update"
    change: Change


class CycleCompleted(Frame):
    """A load is done and waits to be taken out."""

    event: ClassVar[str] = "cycle_completed"
    machine_type: MachineType
    machine_id: int
    cycle_id: str
    user_id: str | None
    finish: Literal["timer", "early"]
    completed_at: datetime
    pickup_deadline: datetime


class WaitlistUpdate(Frame):
    """The list of a type has changed: the whole of it, and what happened."""

    event: ClassVar[str] = "waitlist_update"
    machine_type: MachineType
    change: str
    items: list[EntryView]
    count: int


class WaitlistCall(Frame):
    """It is your turn."""

    event: ClassVar[str] = "waitlist_called"
    item_id: str
    machine_type: MachineType
    machine_id: int
    claim_expires_at: datetime
    load_to_move: bool


class FaultReportFrame(Frame):
    """Somebody reported a fault."""

    event: ClassVar[str] = "fault_reported"
    id: str
    machine_type: MachineType
    machine_id: int
    kind: FaultKind
    description: str
    report_count: int
    threshold: int
    is_disabled: bool
    has_photo: bool
    created_at: datetime


class Reporter(Frame):
    """Who reported a fault, as staff are told live."""

    user_id: str
    display_name: str


class StaffFaultReportFrame(FaultReportFrame):
    """Somebody reported a fault, as staff are told."""

    photo_url: str | None
    reporter: Reporter | None


class FaultUpdateFrame(Frame):
    """A fault report was acknowledged, resolved or dismissed."""

    event: ClassVar[str] = "fault_updated"
    id: str
    machine_type: MachineType
    machine_id: int
    status: FaultStatus
    report_count: int


class StaffFaultUpdateFrame(FaultUpdateFrame):
    """A fault report was handled, as staff are told."""

    note: str | None
    handled_by: str | None
    reporter: Reporter | None


FRAMES = (
    MachineUpdate,
    CycleCompleted,
    WaitlistUpdate,
    WaitlistCall,
    FaultReportFrame,
    StaffFaultReportFrame,
    FaultUpdateFrame,
    StaffFaultUpdateFrame,
)


# -- machines ---------------------------------------------------------------------------------------------------------


class MachineFact(Event):
    """Something that happened to a machine; `machine` is how it stands after it."""

    rank: ClassVar[int] = 20
    change: ClassVar[Change | None] = None
    machine: MachineView

    def subject(self) -> str:
        """Return the machine."""
        return f"machine:{self.machine.id}"

    def frames(self) -> Sequence[Told]:
        """Tell all how the machine stands."""
        if self.change is None:
            return ()
        return (Told(MACHINES(), MachineUpdate(change=self.change, **members(self.machine))),)


class MachineStarted(MachineFact):
    """A load was started by its owner."""

    name: ClassVar[str] = "machine.started"
    change: ClassVar[Change | None] = "started"
    cycle_id: str
    owner_id: str
    minutes: int


class MachineExtended(MachineFact):
    """The owner chose a longer programme."""

    name: ClassVar[str] = "machine.extended"
    change: ClassVar[Change | None] = "extended"
    cycle_id: str
    owner_id: str
    minutes: int


class MachineFinished(MachineFact):
    """A load is done and still inside."""

    cycle_id: str
    owner_id: str | None
    finish: Literal["timer", "early"]
    completed_at: datetime
    pickup_deadline: datetime

    def frames(self) -> Sequence[Told]:
        """Tell all how the machine stands, and that the load is done."""
        done = CycleCompleted(
            machine_type=self.machine.machine_type,
            machine_id=self.machine.machine_id,
            cycle_id=self.cycle_id,
            user_id=self.owner_id,
            finish=self.finish,
            completed_at=self.completed_at,
            pickup_deadline=self.pickup_deadline,
        )
        return (*super().frames(), Told(MACHINES(), done))


class MachineCompleted(MachineFinished):
    """The time of a load was reached (J1)."""

    name: ClassVar[str] = "machine.completed"
    change: ClassVar[Change | None] = "completed"


class MachineEndedEarly(MachineFinished):
    """The owner or staff ended a load before its time; it is still inside."""

    name: ClassVar[str] = "machine.ended_early"
    change: ClassVar[Change | None] = "ended_early"
    by_user_id: str
    by_staff: bool
    reason: str | None


class MachineCollected(MachineFact):
    """The load was taken out by its owner or by staff. `was_running` when its time was not over."""

    name: ClassVar[str] = "machine.collected"
    change: ClassVar[Change | None] = "collected"
    cycle_id: str
    owner_id: str | None
    by_user_id: str
    by_staff: bool
    reason: str | None
    was_running: bool


class MachineCancelled(MachineFact):
    """A load never ran; the drum is empty."""

    name: ClassVar[str] = "machine.cancelled"
    change: ClassVar[Change | None] = "cancelled"
    cycle_id: str
    owner_id: str | None
    by_user_id: str
    by_staff: bool
    reason: str | None


class MachineReleased(MachineFact):
    """Somebody made room: the load was moved, or the drum was found empty."""

    name: ClassVar[str] = "machine.released"
    change: ClassVar[Change | None] = "released"
    cycle_id: str
    owner_id: str | None
    by_user_id: str
    by_staff: bool
    reason: Literal["empty", "moved"]
    place: str | None
    photo_id: str | None


class MachineCleared(MachineFact):
    """Staff put a left load away."""

    name: ClassVar[str] = "machine.cleared"
    change: ClassVar[Change | None] = "cleared"
    cycle_id: str
    owner_id: str | None
    by_user_id: str
    place: str
    note: str | None
    photo_id: str | None


class MachineReported(MachineFact):
    """Somebody said what is really in the machine (R30-R32)."""

    name: ClassVar[str] = "machine.reported"
    change: ClassVar[Change | None] = "reported"
    cycle_id: str
    owner_id: str | None
    by_user_id: str
    by_staff: bool
    seen: Literal["running", "full", "empty"]
    minutes_left: int | None


class MachineAborted(MachineFact):
    """The owner called a load off soon after its start because of a fault (R45)."""

    name: ClassVar[str] = "machine.aborted"
    change: ClassVar[Change | None] = "aborted"
    cycle_id: str
    owner_id: str
    report_id: str


class MachineHeld(MachineFact):
    """The machine is kept for somebody."""

    name: ClassVar[str] = "machine.held"
    change: ClassVar[Change | None] = "held"
    user_id: str
    item_id: str | None
    reason: Literal["waitlist", "finder"]
    expires_at: datetime


class MachineHoldProlonged(MachineFact):
    """The machine is kept longer, since the server was away (J7)."""

    name: ClassVar[str] = "machine.hold_prolonged"
    change: ClassVar[Change | None] = "held"
    user_id: str
    item_id: str | None
    expires_at: datetime


class MachineHoldReleased(MachineFact):
    """The machine is kept for nobody any more."""

    name: ClassVar[str] = "machine.hold_released"
    change: ClassVar[Change | None] = "hold_released"
    user_id: str
    item_id: str | None
    reason: Literal["expired", "left", "passed", "started_elsewhere", "removed"]


class MachineDisabled(MachineFact):
    """The machine is out of order. `owner_id` is whose running load was stopped, or whose load is still inside."""

    name: ClassVar[str] = "machine.disabled"
    change: ClassVar[Change | None] = "disabled"
    cause: Literal["staff", "reports", "safety"]
    reason: str
    by_user_id: str | None
    report_id: str | None
    cycle_id: str | None
    owner_id: str | None
    stopped: bool


class MachineEnabled(MachineFact):
    """Staff put the machine back to work. `owner_id` is whose load is inside."""

    name: ClassVar[str] = "machine.enabled"
    change: ClassVar[Change | None] = "enabled"
    by_user_id: str
    resolution: str
    cycle_id: str | None
    owner_id: str | None


class MachineAdded(MachineFact):
    """A machine was added, or a retired one came back."""

    name: ClassVar[str] = "machine.added"
    change: ClassVar[Change | None] = "added"
    by_user_id: str | None


class MachineChanged(MachineFact):
    """Label, place, expected return or code of a machine was changed; `fields` names which."""

    name: ClassVar[str] = "machine.changed"
    change: ClassVar[Change | None] = "changed"
    by_user_id: str
    fields: list[str]


class MachineRetired(MachineFact):
    """The machine is gone from the room."""

    name: ClassVar[str] = "machine.retired"
    change: ClassVar[Change | None] = "retired"
    by_user_id: str


class MachineNudged(MachineFact):
    """Somebody asks the owner to come; not told to others."""

    name: ClassVar[str] = "machine.nudged"
    cycle_id: str
    owner_id: str
    by_user_id: str


class MachineEndingSoon(MachineFact):
    """A load will be done in a few minutes (J2)."""

    name: ClassVar[str] = "machine.ending_soon"
    cycle_id: str
    owner_id: str
    minutes: int
    ends_at: datetime


class MachineOverdue(MachineFact):
    """The grace of a load is over (J3)."""

    name: ClassVar[str] = "machine.overdue"
    cycle_id: str
    owner_id: str | None


class MachinePickupReminder(MachineFact):
    """A load still waits, so many minutes after its end (J4)."""

    name: ClassVar[str] = "machine.pickup_reminder"
    cycle_id: str
    owner_id: str
    minutes: int


class MachineLeftLoad(MachineFact):
    """A load was left behind and becomes the staff's (J5)."""

    name: ClassVar[str] = "machine.left_load"
    cycle_id: str
    owner_id: str | None
    minutes: int


# -- lists ------------------------------------------------------------------------------------------------------------


class WaitlistFact(Event):
    """Something that happened to a place in a list; `items` is the whole list after the transaction."""

    rank: ClassVar[int] = 30
    change: ClassVar[str | None] = None
    item: EntryView
    user_id: str
    items: list[EntryView]
    count: int

    def subject(self) -> str:
        """Return the place in the list."""
        return f"waitlist:{self.item.id}"

    def frames(self) -> Sequence[Told]:
        """Tell all how the list stands."""
        if self.change is None:
            return ()
        kind = self.item.machine_type
        update = WaitlistUpdate(machine_type=kind, change=self.change, items=self.items, count=self.count)
        return (Told(WAITLIST(type=kind), update),)


class WaitlistJoined(WaitlistFact):
    """Somebody joined."""

    name: ClassVar[str] = "waitlist.joined"
    change: ClassVar[str | None] = "joined"


class WaitlistCalled(WaitlistFact):
    """It is somebody's turn (R22)."""

    name: ClassVar[str] = "waitlist.called"
    change: ClassVar[str | None] = "called"
    machine_pk: str
    machine_id: int
    claim_expires_at: datetime
    load_to_move: bool

    def frames(self) -> Sequence[Told]:
        """Tell all how the list stands, and the called person that it is their turn."""
        kind = self.item.machine_type
        call = WaitlistCall(
            item_id=self.item.id,
            machine_type=kind,
            machine_id=self.machine_id,
            claim_expires_at=self.claim_expires_at,
            load_to_move=self.load_to_move,
        )
        return (*super().frames(), Told(USER(id=self.user_id), call))


class WaitlistProlonged(WaitlistFact):
    """A called person has longer (R17, J7)."""

    name: ClassVar[str] = "waitlist.prolonged"
    change: ClassVar[str | None] = "prolonged"


class WaitlistFulfilled(WaitlistFact):
    """A member of the list started a machine."""

    name: ClassVar[str] = "waitlist.fulfilled"
    change: ClassVar[str | None] = "fulfilled"


class WaitlistLeft(WaitlistFact):
    """Somebody left."""

    name: ClassVar[str] = "waitlist.left"
    change: ClassVar[str | None] = "left"
    was_called: bool


class WaitlistPassed(WaitlistFact):
    """A called person let the next go first (R28)."""

    name: ClassVar[str] = "waitlist.passed"
    change: ClassVar[str | None] = "passed"
    load_to_move: bool


class WaitlistNoShow(WaitlistFact):
    """A called person did not come. `suspended_until` is set when it was once too often (R26)."""

    name: ClassVar[str] = "waitlist.no_show"
    change: ClassVar[str | None] = "no_show"
    machine_id: int
    suspended_until: datetime | None


class WaitlistRestored(WaitlistFact):
    """Somebody is back at the head, since their machine was taken from them (R30, R42, R45). `machine_id` is that one."""

    name: ClassVar[str] = "waitlist.restored"
    change: ClassVar[str | None] = "restored"
    machine_id: int
    cause: Literal["found_in_use", "disabled", "stopped", "aborted"]


class WaitlistRemoved(WaitlistFact):
    """Staff took somebody out, or their account was blocked or deleted."""

    name: ClassVar[str] = "waitlist.removed"
    change: ClassVar[str | None] = "removed"
    by_user_id: str | None
    reason: str


class WaitlistExpired(WaitlistFact):
    """A place became too old (J8)."""

    name: ClassVar[str] = "waitlist.expired"
    change: ClassVar[str | None] = "expired"


class WaitlistNextUp(WaitlistFact):
    """A waiting entry is the first of its list, and was not yet told so."""

    name: ClassVar[str] = "waitlist.next_up"


class WaitlistClaimExpiring(WaitlistFact):
    """A called person has a few minutes left (J6)."""

    name: ClassVar[str] = "waitlist.claim_expiring"
    machine_id: int
    claim_expires_at: datetime
    minutes: int


# -- faults -----------------------------------------------------------------------------------------------------------


class FaultFact(Event):
    """Something that happened to a fault report. `owner_id` is the reporter, null when the account is gone."""

    rank: ClassVar[int] = 10
    id: str
    machine_pk: str
    machine_type: MachineType
    machine_id: int
    kind: FaultKind
    description: str
    status: FaultStatus
    counts: bool
    reporter: Reporter | None
    report_count: int
    threshold: int
    photo_id: str | None
    created_at: datetime
    version: int

    def subject(self) -> str:
        """Return the report."""
        return f"fault:{self.id}"


class FaultReported(FaultFact):
    """Somebody reported a fault. `disables` when it put the machine out of order, `is_safety` for a safety kind."""

    name: ClassVar[str] = "fault.reported"
    is_disabled: bool
    disables: bool
    is_safety: bool

    def frames(self) -> Sequence[Told]:
        """Tell students without the reporter, staff with."""
        said = {
            "id": self.id,
            "machine_type": self.machine_type,
            "machine_id": self.machine_id,
            "kind": self.kind,
            "description": self.description,
            "report_count": self.report_count,
            "threshold": self.threshold,
            "is_disabled": self.is_disabled,
            "has_photo": self.photo_id is not None,
            "created_at": self.created_at,
        }
        url = f"/api/v1/fault-photos/{self.photo_id}" if self.photo_id else None
        return (
            Told(FAULTS(), FaultReportFrame.model_validate(said)),
            Told(
                STAFF_ROOM(),
                StaffFaultReportFrame.model_validate({**said, "photo_url": url, "reporter": self.reporter}),
            ),
        )


class FaultHandled(FaultFact):
    """Staff dealt with a report."""

    note: str | None
    by_user_id: str
    by_name: str | None

    def frames(self) -> Sequence[Told]:
        """Tell students without the reporter and notes, staff with."""
        said = {
            "id": self.id,
            "machine_type": self.machine_type,
            "machine_id": self.machine_id,
            "status": self.status,
            "report_count": self.report_count,
        }
        more = {**said, "note": self.note, "handled_by": self.by_name, "reporter": self.reporter}
        return (
            Told(FAULTS(), FaultUpdateFrame.model_validate(said)),
            Told(STAFF_ROOM(), StaffFaultUpdateFrame.model_validate(more)),
        )


class FaultAcknowledged(FaultHandled):
    """Staff have seen a report."""

    name: ClassVar[str] = "fault.acknowledged"


class FaultResolved(FaultHandled):
    """A report is dealt with."""

    name: ClassVar[str] = "fault.resolved"


class FaultDismissed(FaultHandled):
    """A report was wrong."""

    name: ClassVar[str] = "fault.dismissed"


# -- catalogue --------------------------------------------------------------------------------------------------------


class CategoryChanged(Event):
    """A programme was added or changed."""

    name: ClassVar[str] = "category.changed"
    rank: ClassVar[int] = 60
    category: CategoryView
    by_user_id: str | None

    def subject(self) -> str:
        """Return the programme."""
        return f"category:{self.category.machine_type}:{self.category.code}"


EVENTS: tuple[type[Event], ...] = (
    MachineStarted,
    MachineExtended,
    MachineCompleted,
    MachineEndedEarly,
    MachineCollected,
    MachineCancelled,
    MachineReleased,
    MachineCleared,
    MachineReported,
    MachineAborted,
    MachineHeld,
    MachineHoldProlonged,
    MachineHoldReleased,
    MachineDisabled,
    MachineEnabled,
    MachineAdded,
    MachineChanged,
    MachineRetired,
    MachineNudged,
    MachineEndingSoon,
    MachineOverdue,
    MachinePickupReminder,
    MachineLeftLoad,
    WaitlistJoined,
    WaitlistCalled,
    WaitlistProlonged,
    WaitlistFulfilled,
    WaitlistLeft,
    WaitlistPassed,
    WaitlistNoShow,
    WaitlistRestored,
    WaitlistRemoved,
    WaitlistExpired,
    WaitlistNextUp,
    WaitlistClaimExpiring,
    FaultReported,
    FaultAcknowledged,
    FaultResolved,
    FaultDismissed,
    CategoryChanged,
)
