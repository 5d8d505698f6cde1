"""The activity feed: a line for each thing that happened in the room, public or for one account alone.

The user of a line is whose load or place it is about, else who did it. Who reported a fault stands in no public line.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field
from sqlalchemy import select

from livefloor import (
    GET,
    Ctx,
    Cursor,
    Event,
    Forbidden,
    Frame,
    Items,
    Look,
    NotFound,
    PageLimit,
    Part,
    Told,
    View,
    bindparam,
)
from livefloor.parts import activity
from livefloor.parts.activity import Activity
from livefloor.systems.laundry.account_events import (
    AccountEvent,
    ProfileUpdated,
    UserDeleted,
    UserPinChanged,
    UserPinReset,
    UserSignedIn,
)
from livefloor.systems.laundry.events import (
    ACTIVITIES,
    CREW,
    EVERYONE,
    USER,
    FaultReported,
    FaultResolved,
    MachineAborted,
    MachineCancelled,
    MachineCleared,
    MachineCollected,
    MachineCompleted,
    MachineDisabled,
    MachineEnabled,
    MachineEndedEarly,
    MachineExtended,
    MachineNudged,
    MachineReleased,
    MachineReported,
    MachineStarted,
    WaitlistCalled,
    WaitlistExpired,
    WaitlistFact,
    WaitlistFulfilled,
    WaitlistJoined,
    WaitlistLeft,
    WaitlistNoShow,
    WaitlistPassed,
    WaitlistRemoved,
)
from livefloor.systems.laundry.models import User
from livefloor.systems.laundry.rules import MachineType, machine_name, shown_name
from livefloor.systems.laundry.views import MachineView, members

FORMER = "Former student"

ActivityType = Literal[
    "machine_started",
    "machine_extended",
    "machine_completed",
    "machine_ended",
    "machine_cancelled",
    "laundry_collected",
    "laundry_moved",
    "status_reported",
    "machine_disabled",
    "machine_enabled",
    "joined_waitlist",
    "left_waitlist",
    "waitlist_called",
    "waitlist_fulfilled",
    "fault_reported",
    "fault_resolved",
    "waitlist_no_show",
    "waitlist_passed",
    "profile_updated",
    "pin_changed",
    "signed_in",
    "nudged",
]


class ActivityView(View):
    """One line of the feed."""

    collection: ClassVar[str] = "activities"
    id: str
    user_id: str | None
    display_name: str | None
    activity_type: ActivityType
    machine_type: MachineType | None
    machine_id: int | None
    details: str
    created_at: datetime


class ActivityLine(ActivityView, Frame):
    """Something happened in the room."""

    event: ClassVar[str] = "activity_logged"


class ActivityLogged(Event):
    """A line was added to the feed."""

    name: ClassVar[str] = "activity.logged"
    rank: ClassVar[int] = 40
    activity: ActivityView
    public: bool

    def subject(self) -> str:
        """Name the line."""
        return f"activity:{self.activity.id}"

    def frames(self) -> Sequence[Told]:
        """Tell all, or the account alone."""
        line = ActivityLine(**members(self.activity))
        if self.public:
            return (Told(ACTIVITIES(), line),)
        return (Told(USER(id=self.activity.user_id), line),) if self.activity.user_id is not None else ()


EVENTS: tuple[type[Event], ...] = (ActivityLogged,)
FRAMES: tuple[type[Frame], ...] = (ActivityLine,)

NAME = select(User.display_name, User.student_id).where(User.id == bindparam("of_id"))
ROLE = select(User.role).where(User.id == bindparam("of_id"))

feed = Part("feed")


def _view(row: Activity) -> ActivityView:
    return ActivityView.model_construct(
        id=row.id,
        user_id=row.user_id,
        display_name=row.display_name,
        activity_type=row.activity_type,
        machine_type=row.subject_type,
        machine_id=row.subject_no,
        details=row.details,
        created_at=row.created_at,
    )


async def _log(
    ctx: Ctx,
    kind: ActivityType,
    details: str,
    *,
    user_id: str | None,
    name: str | None = None,
    machine_type: str | None = None,
    machine_id: int | None = None,
    public: bool = True,
) -> None:
    if user_id is not None and name is None:
        found = await ctx.tuples(NAME, of_id=user_id)
        name = shown_name(*found[0]) if found else FORMER
    row = await activity.record(
        ctx,
        kind=kind,
        user_id=user_id,
        display_name=name,
        details=details,
        subject_type=machine_type,
        subject_no=machine_id,
        public=public,
    )
    ctx.emit(ActivityLogged.model_construct(activity=_view(row), public=public))


async def _log_machine(
    ctx: Ctx, kind: ActivityType, details: str, machine: MachineView, *, user_id: str | None, public: bool = True
) -> None:
    # The view names its owner while the load is inside, which saves the look-up of a start.
    name = machine.in_use_by if user_id is not None and user_id == machine.current_user_id else None
    await _log(
        ctx,
        kind,
        f"{machine.label}{details}",
        user_id=user_id,
        name=name,
        machine_type=machine.machine_type,
        machine_id=machine.machine_id,
        public=public,
    )


def _because(reason: str | None) -> str:
    return f": {reason}" if reason else ""


# -- machines ---------------------------------------------------------------------------------------------------------


@feed.within(MachineStarted)
async def log_start(ctx: Ctx, fact: MachineStarted) -> None:
    """Log a start."""
    await _log_machine(ctx, "machine_started", f" for {fact.minutes} min", fact.machine, user_id=fact.owner_id)


@feed.within(MachineExtended)
async def log_extension(ctx: Ctx, fact: MachineExtended) -> None:
    """Log a longer programme."""
    await _log_machine(ctx, "machine_extended", f" to {fact.minutes} min", fact.machine, user_id=fact.owner_id)


@feed.within(MachineCompleted)
async def log_completion(ctx: Ctx, fact: MachineCompleted) -> None:
    """Log that a load is done."""
    await _log_machine(ctx, "machine_completed", " is done", fact.machine, user_id=fact.owner_id)


@feed.within(MachineEndedEarly)
async def log_early_end(ctx: Ctx, fact: MachineEndedEarly) -> None:
    """Log that a load was ended before its time."""
    said = f" ended by staff{_because(fact.reason)}" if fact.by_staff else " ended early"
    await _log_machine(ctx, "machine_ended", said, fact.machine, user_id=fact.owner_id)


@feed.within(MachineCollected)
async def log_collection(ctx: Ctx, fact: MachineCollected) -> None:
    """Log that a load was taken out."""
    said = f" emptied by staff{_because(fact.reason)}" if fact.by_staff else " emptied"
    await _log_machine(ctx, "laundry_collected", said, fact.machine, user_id=fact.owner_id)


@feed.within(MachineCancelled)
async def log_cancellation(ctx: Ctx, fact: MachineCancelled) -> None:
    """Log that a load never ran."""
    said = f" cancelled by staff{_because(fact.reason)}" if fact.by_staff else " cancelled"
    await _log_machine(ctx, "machine_cancelled", said, fact.machine, user_id=fact.owner_id)


@feed.within(MachineAborted)
async def log_abort(ctx: Ctx, fact: MachineAborted) -> None:
    """Log that a load was called off because of a fault."""
    await _log_machine(ctx, "machine_cancelled", " called off, it does not work", fact.machine, user_id=fact.owner_id)


@feed.within(MachineReleased)
async def log_release(ctx: Ctx, fact: MachineReleased) -> None:
    """Log that somebody made room; what staff did to a load stands in its owner's feed (R65)."""
    said = f": laundry moved to {fact.place}" if fact.reason == "moved" else " was found empty"
    if fact.by_staff:
        said += " by staff"
    user_id = fact.owner_id if fact.by_staff and fact.owner_id else fact.by_user_id
    await _log_machine(ctx, "laundry_moved", said, fact.machine, user_id=user_id)


@feed.within(MachineCleared)
async def log_clearing(ctx: Ctx, fact: MachineCleared) -> None:
    """Log that staff put a load away."""
    await _log_machine(
        ctx, "laundry_moved", f": laundry put away by staff to {fact.place}", fact.machine, user_id=fact.owner_id
    )


@feed.within(MachineReported)
async def log_status_report(ctx: Ctx, fact: MachineReported) -> None:
    """Log what somebody saw, with their name (R33)."""
    await _log_machine(ctx, "status_reported", f" seen {fact.seen}", fact.machine, user_id=fact.by_user_id)


@feed.within(MachineDisabled)
async def log_outage(ctx: Ctx, fact: MachineDisabled) -> None:
    """Log that a machine is out of order; the owner of a load in it sees it in the own feed."""
    by = fact.by_user_id if fact.cause == "staff" else None
    await _log_machine(ctx, "machine_disabled", f" out of order{_because(fact.reason)}", fact.machine, user_id=by)
    if fact.stopped and fact.owner_id is not None:
        await _log_machine(
            ctx,
            "machine_disabled",
            f" out of order, your load was stopped{_because(fact.reason)}",
            fact.machine,
            user_id=fact.owner_id,
            public=False,
        )


@feed.within(MachineEnabled)
async def log_return(ctx: Ctx, fact: MachineEnabled) -> None:
    """Log that a machine works again."""
    await _log_machine(
        ctx, "machine_enabled", f" works again{_because(fact.resolution)}", fact.machine, user_id=fact.by_user_id
    )


@feed.within(MachineNudged)
async def log_nudge(ctx: Ctx, fact: MachineNudged) -> None:
    """Log a nudge for who gave it."""
    await _log_machine(
        ctx, "nudged", ": you asked the owner to come", fact.machine, user_id=fact.by_user_id, public=False
    )


# -- lists ------------------------------------------------------------------------------------------------------------


async def _log_entry(
    ctx: Ctx,
    kind: ActivityType,
    details: str,
    fact: WaitlistFact,
    *,
    machine_id: int | None = None,
    public: bool = True,
) -> None:
    item = fact.item
    await _log(
        ctx,
        kind,
        details,
        user_id=fact.user_id,
        name=item.display_name,
        machine_type=item.machine_type,
        machine_id=machine_id,
        public=public,
    )


@feed.within(WaitlistJoined)
async def log_join(ctx: Ctx, fact: WaitlistJoined) -> None:
    """Log a new place in a list."""
    await _log_entry(ctx, "joined_waitlist", f"{fact.item.machine_type.capitalize()} list", fact)


@feed.within(WaitlistLeft)
async def log_leave(ctx: Ctx, fact: WaitlistLeft) -> None:
    """Log that somebody left a list."""
    await _log_entry(ctx, "left_waitlist", f"{fact.item.machine_type.capitalize()} list", fact)


@feed.within(WaitlistRemoved)
async def log_removal(ctx: Ctx, fact: WaitlistRemoved) -> None:
    """Log for the person that they were taken out of a list (R65)."""
    said = f"{fact.item.machine_type.capitalize()} list: removed{_because(fact.reason)}"
    await _log_entry(ctx, "left_waitlist", said, fact, public=False)


@feed.within(WaitlistExpired)
async def log_expiry(ctx: Ctx, fact: WaitlistExpired) -> None:
    """Log for the person that their place became too old."""
    said = f"{fact.item.machine_type.capitalize()} list: the place became too old"
    await _log_entry(ctx, "left_waitlist", said, fact, public=False)


@feed.within(WaitlistCalled)
async def log_call(ctx: Ctx, fact: WaitlistCalled) -> None:
    """Log a call."""
    said = f"{machine_name(fact.item.machine_type, fact.machine_id)} is kept"
    await _log_entry(ctx, "waitlist_called", said, fact, machine_id=fact.machine_id)


@feed.within(WaitlistFulfilled)
async def log_fulfilment(ctx: Ctx, fact: WaitlistFulfilled) -> None:
    """Log that a member of the list has a machine."""
    await _log_entry(ctx, "waitlist_fulfilled", f"{fact.item.machine_type.capitalize()} list", fact)


@feed.within(WaitlistNoShow)
async def log_no_show(ctx: Ctx, fact: WaitlistNoShow) -> None:
    """Log a missed turn for the person alone (R25)."""
    said = f"{machine_name(fact.item.machine_type, fact.machine_id)}: the turn was missed"
    await _log_entry(ctx, "waitlist_no_show", said, fact, machine_id=fact.machine_id, public=False)


@feed.within(WaitlistPassed)
async def log_pass(ctx: Ctx, fact: WaitlistPassed) -> None:
    """Log for the person that they let the next go first."""
    said = f"{fact.item.machine_type.capitalize()} list: the next goes first"
    await _log_entry(ctx, "waitlist_passed", said, fact, public=False)


# -- faults -----------------------------------------------------------------------------------------------------------


@feed.within(FaultReported)
async def log_fault(ctx: Ctx, fact: FaultReported) -> None:
    """Log a fault for all without its reporter, and for the reporter."""
    said = f"{machine_name(fact.machine_type, fact.machine_id)}: {fact.kind.replace('_', ' ')}"
    await _log(ctx, "fault_reported", said, user_id=None, machine_type=fact.machine_type, machine_id=fact.machine_id)
    if fact.reporter is not None:
        await _log(
            ctx,
            "fault_reported",
            f"{said} (your report)",
            user_id=fact.reporter.user_id,
            name=fact.reporter.display_name,
            machine_type=fact.machine_type,
            machine_id=fact.machine_id,
            public=False,
        )


@feed.within(FaultResolved)
async def log_repair(ctx: Ctx, fact: FaultResolved) -> None:
    """Log that a report is dealt with."""
    said = f"{machine_name(fact.machine_type, fact.machine_id)}: {fact.kind.replace('_', ' ')} resolved"
    await _log(
        ctx,
        "fault_resolved",
        said,
        user_id=fact.by_user_id,
        name=fact.by_name,
        machine_type=fact.machine_type,
        machine_id=fact.machine_id,
    )


# -- accounts ---------------------------------------------------------------------------------------------------------


@feed.within(ProfileUpdated, UserPinChanged, UserPinReset, UserSignedIn)
async def log_account(ctx: Ctx, fact: AccountEvent) -> None:
    """Log for the person what happened to their account."""
    match fact:
        case ProfileUpdated():
            await _log(ctx, "profile_updated", ", ".join(fact.fields), user_id=fact.user_id, public=False)
        case UserSignedIn():
            said = "from a new device" if fact.new_device else "from a known device"
            await _log(ctx, "signed_in", said, user_id=fact.user_id, public=False)
        case _:
            await _log(ctx, "pin_changed", "", user_id=fact.user_id, public=False)


@feed.within(UserDeleted)
async def forget(ctx: Ctx, fact: UserDeleted) -> None:
    """Take a deleted account out of the lines, which stay (R62)."""
    await activity.forget_account(ctx, fact.user_id, now_called=FORMER)


# -- reading ----------------------------------------------------------------------------------------------------------


@feed.query(GET("/api/v1/activities/"), allow=EVERYONE)
async def list_activities(
    look: Look,
    activity_type: ActivityType | None = None,
    machine_type: MachineType | None = None,
    machine_id: Annotated[int | None, Field(ge=1, le=99)] = None,
    cursor: Cursor = None,
    limit: PageLimit = 50,
) -> Items[ActivityView]:
    """List what happened in the room, newest first."""
    statement = activity.feed(kind=activity_type, subject_type=machine_type, subject_no=machine_id)
    found = await activity.newest(look, statement, cursor=cursor, limit=limit)
    return Items[ActivityView](items=[_view(row) for row in found.rows], **found.place())


@feed.query(GET("/api/v1/activities/user/{id}"), allow=EVERYONE)
async def list_activities_of(look: Look, id: str, cursor: Cursor = None, limit: PageLimit = 50) -> Items[ActivityView]:
    """List what one did oneself and what happened to one's loads; staff see students', admins everybody's."""
    if id != look.actor.id:
        if not look.actor.is_in(CREW):
            raise Forbidden("forbidden", "Only your own activities are shown to you.")
        role = await look.one(ROLE, of_id=id)
        if role is None:
            raise NotFound()
        if role != "student" and look.actor.role != "admin":
            raise Forbidden("forbidden", "Staff see the activities of students only.")
    return await activities_of(look, id, cursor=cursor, limit=limit)


async def activities_of(look: Look, user_id: str, *, cursor: str | None = None, limit: int = 20) -> Items[ActivityView]:
    """Return the newest activities of an account, the private ones with them."""
    found = await activity.newest(look, activity.feed_of(user_id), cursor=cursor, limit=limit)
    return Items[ActivityView](items=[_view(row) for row in found.rows], **found.place())
