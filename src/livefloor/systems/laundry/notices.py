"""Who is told what: notifications as reactions on facts. What concerns the safety of an account stands with sign-in."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from livefloor import Ctx, Look, Part, bindparam
from livefloor.parts.notifications import Contact, forget_account, notifications, notify
from livefloor.systems.laundry.account_events import UserDeleted
from livefloor.systems.laundry.events import (
    EVERYONE,
    FaultAcknowledged,
    FaultDismissed,
    FaultHandled,
    FaultReported,
    FaultResolved,
    MachineCancelled,
    MachineCleared,
    MachineCollected,
    MachineCompleted,
    MachineDisabled,
    MachineEndedEarly,
    MachineEndingSoon,
    MachineLeftLoad,
    MachineNudged,
    MachineOverdue,
    MachinePickupReminder,
    MachineReleased,
    WaitlistCalled,
    WaitlistClaimExpiring,
    WaitlistExpired,
    WaitlistNextUp,
    WaitlistNoShow,
    WaitlistRemoved,
    WaitlistRestored,
)
from livefloor.systems.laundry.models import User
from livefloor.systems.laundry.rules import machine_name
from livefloor.systems.laundry.settings import room_settings
from livefloor.systems.laundry.views import MachineView

MINE = "/mine"
HOME = "/"

CONTACT = select(User.notify_push, User.notify_sms, User.phone_number).where(
    User.id == bindparam("of_id"), User.status == "active"
)
CREW_IDS = select(User.id).where(User.role.in_(("staff", "admin")), User.status == "active").order_by(User.id)


async def contact(look: Look, user_id: str) -> Contact | None:
    """Return how an account wants to be reached; None when it is closed."""
    found = await look.tuples(CONTACT, of_id=user_id)
    return Contact(*found[0]) if found else None


inbox = notifications(
    prefix="/api/v1/notifications",
    allow=EVERYONE,
    contact=contact,
    perishable=("waitlist_called", "claim_expiring", "cycle_complete", "cycle_ending"),
)

notices = Part("notices")


async def _clock(look: Look, moment: datetime) -> str:
    """Return the time of day in the room, for a sentence."""
    return (await room_settings(look)).clock_text(moment)


async def _day_and_clock(look: Look, moment: datetime) -> str:
    local = moment.astimezone(ZoneInfo((await room_settings(look)).timezone))
    return f"{local.day} {local:%b %H:%M}"


def _link(machine: MachineView) -> str:
    return f"/m/{machine.machine_type}/{machine.machine_id}"


async def notify_crew(ctx: Ctx, *, kind: str, title: str, message: str, link: str) -> None:
    """Tell all staff and admins, by push as well."""
    for user_id in await ctx.all(CREW_IDS):
        await notify(ctx, user_id=user_id, kind=kind, title=title, message=message, link=link, push=True)


# -- loads ------------------------------------------------------------------------------------------------------------


@notices.within(MachineEndingSoon)
async def tell_ending(ctx: Ctx, fact: MachineEndingSoon) -> None:
    """J2: your load is nearly done."""
    await notify(
        ctx,
        user_id=fact.owner_id,
        kind="cycle_ending",
        title=f"{fact.machine.label}: {fact.minutes} minutes left",
        message=f"It is done at {await _clock(ctx, fact.ends_at)}.",
        link=_link(fact.machine),
        push=True,
    )


@notices.within(MachineCompleted)
async def tell_completion(ctx: Ctx, fact: MachineCompleted) -> None:
    """J1: your load is done."""
    if fact.owner_id is None:
        return
    await notify(
        ctx,
        user_id=fact.owner_id,
        kind="cycle_complete",
        title=f"{fact.machine.label} is done",
        message=f"Collect by {await _clock(ctx, fact.pickup_deadline)}.",
        link=_link(fact.machine),
        push=True,
        sms=True,
    )


@notices.within(MachineOverdue)
async def tell_overdue(ctx: Ctx, fact: MachineOverdue) -> None:
    """J3: the grace is over."""
    if fact.owner_id is None:
        return
    done = f"Done since {await _clock(ctx, fact.machine.completed_at)}. " if fact.machine.completed_at else ""
    await notify(
        ctx,
        user_id=fact.owner_id,
        kind="pickup_reminder",
        title=f"Collect your laundry from {fact.machine.label}",
        message=f"{done}Others may take it out now.",
        link=_link(fact.machine),
        push=True,
    )


@notices.within(MachinePickupReminder)
async def remind_of_load(ctx: Ctx, fact: MachinePickupReminder) -> None:
    """J4: your load still waits."""
    done = f"Done since {await _clock(ctx, fact.machine.completed_at)}. " if fact.machine.completed_at else ""
    await notify(
        ctx,
        user_id=fact.owner_id,
        kind="pickup_reminder",
        title=f"Your laundry still waits in {fact.machine.label}",
        message=f"{done}That is {fact.minutes} minutes.",
        link=_link(fact.machine),
        push=True,
    )


@notices.within(MachineNudged)
async def tell_nudge(ctx: Ctx, fact: MachineNudged) -> None:
    """R18: somebody would like you to come; not who."""
    await notify(
        ctx,
        user_id=fact.owner_id,
        kind="nudge",
        title=f"Somebody waits for {fact.machine.label}",
        message=f"It is {await _clock(ctx, ctx.now)}. Please collect your laundry.",
        link=_link(fact.machine),
        push=True,
    )


@notices.within(MachineReleased)
async def tell_release(ctx: Ctx, fact: MachineReleased) -> None:
    """R16: your load was moved, or the drum was reported empty."""
    if fact.owner_id is None or fact.owner_id == fact.by_user_id:
        return
    at = await _clock(ctx, ctx.now)
    if fact.reason == "moved":
        title, message = "Your laundry was moved", f"From {fact.machine.label} to {fact.place} at {at}."
    else:
        title, message = f"{fact.machine.label} was reported empty", f"Somebody found it empty at {at}."
    await _tell_moved(ctx, fact.owner_id, title, message + (" There is a photo." if fact.photo_id else ""))


@notices.within(MachineCleared)
async def tell_clearing(ctx: Ctx, fact: MachineCleared) -> None:
    """Staff put your load away."""
    if fact.owner_id is None:
        return
    message = f"Staff put it from {fact.machine.label} to {fact.place} at {await _clock(ctx, ctx.now)}."
    message += (f" {fact.note}" if fact.note else "") + (" There is a photo." if fact.photo_id else "")
    await _tell_moved(ctx, fact.owner_id, "Your laundry was put away", message)


async def _tell_moved(ctx: Ctx, user_id: str, title: str, message: str) -> None:
    await notify(
        ctx, user_id=user_id, kind="laundry_moved", title=title, message=message, link=MINE, push=True, sms=True
    )


@notices.within(MachineCancelled)
async def tell_cancellation(ctx: Ctx, fact: MachineCancelled) -> None:
    """Staff cancelled your load."""
    if fact.by_staff and fact.owner_id is not None:
        await _tell_stopped(ctx, fact.owner_id, fact.machine, "was cancelled by staff", fact.reason)


@notices.within(MachineEndedEarly)
async def tell_early_end(ctx: Ctx, fact: MachineEndedEarly) -> None:
    """Staff ended your load; it is still inside."""
    if fact.by_staff and fact.owner_id is not None:
        await _tell_stopped(ctx, fact.owner_id, fact.machine, "was ended by staff", fact.reason)


@notices.within(MachineCollected)
async def tell_emptying(ctx: Ctx, fact: MachineCollected) -> None:
    """Staff took your load out."""
    if not fact.by_staff or fact.owner_id is None:
        return
    if fact.was_running:
        await _tell_stopped(ctx, fact.owner_id, fact.machine, "was ended and emptied by staff", fact.reason)
    else:
        because = f" {fact.reason}" if fact.reason else ""
        message = f"From {fact.machine.label} at {await _clock(ctx, ctx.now)}.{because}"
        await _tell_moved(ctx, fact.owner_id, "Staff took your laundry out", message)


@notices.within(MachineDisabled)
async def tell_outage(ctx: Ctx, fact: MachineDisabled) -> None:
    """R42: your running load was stopped; staff hear of machines that reports put out of order."""
    if fact.stopped and fact.owner_id is not None:
        await _tell_stopped(ctx, fact.owner_id, fact.machine, "was put out of order", fact.reason)
    if fact.cause != "staff":
        await notify_crew(
            ctx,
            kind="staff_fault",
            title=f"{fact.machine.label} is out of order",
            message=f"Since {await _clock(ctx, ctx.now)}: {fact.reason}",
            link=_link(fact.machine),
        )


async def _tell_stopped(ctx: Ctx, user_id: str, machine: MachineView, what: str, reason: str | None) -> None:
    await notify(
        ctx,
        user_id=user_id,
        kind="cycle_stopped",
        title=f"{machine.label} {what}",
        message=f"At {await _clock(ctx, ctx.now)}" + (f": {reason}" if reason else "."),
        link=_link(machine),
        push=True,
    )


@notices.within(MachineLeftLoad)
async def tell_crew_of_load(ctx: Ctx, fact: MachineLeftLoad) -> None:
    """J5: a load was left behind."""
    done = f"Done since {await _clock(ctx, fact.machine.completed_at)}. " if fact.machine.completed_at else ""
    await notify_crew(
        ctx,
        kind="staff_left_load",
        title=f"A load was left in {fact.machine.label}",
        message=f"{done}Nobody came for {fact.minutes} minutes.",
        link=_link(fact.machine),
    )


# -- lists ------------------------------------------------------------------------------------------------------------


@notices.within(WaitlistNextUp)
async def tell_next(ctx: Ctx, fact: WaitlistNextUp) -> None:
    """You are the next to be called."""
    about = fact.item.estimated_wait_minutes
    await notify(
        ctx,
        user_id=fact.user_id,
        kind="waitlist_next",
        title=f"You are next for a {fact.item.machine_type}",
        message="It will be your turn soon." if about is None else f"It will be your turn in about {about} minutes.",
        link=MINE,
        push=True,
    )


@notices.within(WaitlistCalled)
async def tell_call(ctx: Ctx, fact: WaitlistCalled) -> None:
    """R22: your turn."""
    name = machine_name(fact.item.machine_type, fact.machine_id)
    first = "Take out the load that was left in it, then start. " if fact.load_to_move else ""
    await notify(
        ctx,
        user_id=fact.user_id,
        kind="waitlist_called",
        title=f"Your turn: {name}",
        message=f"{first}It is kept for you until {await _clock(ctx, fact.claim_expires_at)}.",
        link=f"/m/{fact.item.machine_type}/{fact.machine_id}",
        push=True,
        sms=True,
    )


@notices.within(WaitlistClaimExpiring)
async def tell_claim_expiring(ctx: Ctx, fact: WaitlistClaimExpiring) -> None:
    """J6: your turn ends soon."""
    await notify(
        ctx,
        user_id=fact.user_id,
        kind="claim_expiring",
        title=f"{machine_name(fact.item.machine_type, fact.machine_id)}: {fact.minutes} minutes left to start",
        message=f"It is kept for you until {await _clock(ctx, fact.claim_expires_at)}.",
        link=f"/m/{fact.item.machine_type}/{fact.machine_id}",
        push=True,
    )


@notices.within(WaitlistNoShow)
async def tell_no_show(ctx: Ctx, fact: WaitlistNoShow) -> None:
    """R25, R26: you missed your turn, and perhaps once too often."""
    name = machine_name(fact.item.machine_type, fact.machine_id)
    await notify(
        ctx,
        user_id=fact.user_id,
        kind="waitlist_no_show",
        title="You missed your turn",
        message=f"{name} was kept for you until {await _clock(ctx, ctx.now)}.",
        link=MINE,
    )
    if fact.suspended_until is not None:
        await notify(
            ctx,
            user_id=fact.user_id,
            kind="waitlist_suspended",
            title="No joining lists for a while",
            message=f"You missed several turns, {name} the last. You can join again on "
            f"{await _day_and_clock(ctx, fact.suspended_until)}; free machines you can start as before.",
            link=MINE,
        )


RESTORED = {
    "found_in_use": "is running with somebody else's load",
    "disabled": "is out of order",
    "stopped": "is out of order",
    "aborted": "does not work",
}


@notices.within(WaitlistRestored)
async def tell_restoration(ctx: Ctx, fact: WaitlistRestored) -> None:
    """R30, R42, R45: you are back at the head."""
    name = machine_name(fact.item.machine_type, fact.machine_id)
    await notify(
        ctx,
        user_id=fact.user_id,
        kind="waitlist_restored",
        title="You are at the head of the list",
        message=f"{await _clock(ctx, ctx.now)}: {name} {RESTORED[fact.cause]}. The next free {fact.item.machine_type} is kept for you.",
        link=MINE,
        push=True,
    )


@notices.within(WaitlistRemoved)
async def tell_removal(ctx: Ctx, fact: WaitlistRemoved) -> None:
    """Staff took you out of a list; whose account closed is told nothing."""
    if fact.by_user_id is None or fact.by_user_id == fact.user_id:
        return
    await notify(
        ctx,
        user_id=fact.user_id,
        kind="waitlist_removed",
        title=f"You were taken out of the {fact.item.machine_type} list",
        message=f"At {await _clock(ctx, ctx.now)}: {fact.reason}",
        link=HOME,
    )


@notices.within(WaitlistExpired)
async def tell_expiry(ctx: Ctx, fact: WaitlistExpired) -> None:
    """J8: your place became too old."""
    await notify(
        ctx,
        user_id=fact.user_id,
        kind="waitlist_removed",
        title=f"Your place in the {fact.item.machine_type} list became too old",
        message=f"You joined at {await _clock(ctx, fact.item.joined_at)}. Join again if you still need a machine.",
        link=HOME,
    )


# -- faults -----------------------------------------------------------------------------------------------------------


@notices.within(FaultReported)
async def tell_crew_of_danger(ctx: Ctx, fact: FaultReported) -> None:
    """R41: staff hear of a safety fault also where it did not put the machine out of order."""
    if fact.is_safety and not fact.disables:
        name = machine_name(fact.machine_type, fact.machine_id)
        await notify_crew(
            ctx,
            kind="staff_fault",
            title=f"{name}: {fact.kind.replace('_', ' ')}",
            message=f"Reported at {await _clock(ctx, ctx.now)}: {fact.description}",
            link=f"/m/{fact.machine_type}/{fact.machine_id}",
        )


HANDLED = {
    "acknowledged": "Staff have seen your report",
    "resolved": "Your report is resolved",
    "dismissed": "Your report was dismissed",
}


@notices.within(FaultAcknowledged, FaultResolved, FaultDismissed)
async def tell_reporter(ctx: Ctx, fact: FaultHandled) -> None:
    """Tell what became of a report."""
    if fact.reporter is None or fact.reporter.user_id == fact.by_user_id:
        return
    name = machine_name(fact.machine_type, fact.machine_id)
    await notify(
        ctx,
        user_id=fact.reporter.user_id,
        kind="fault_update",
        title=HANDLED[fact.status],
        message=f"{name}, {fact.kind.replace('_', ' ')}, {await _clock(ctx, ctx.now)}"
        + (f": {fact.note}" if fact.note else "."),
        link=f"/m/{fact.machine_type}/{fact.machine_id}",
    )


@notices.within(UserDeleted)
async def forget(ctx: Ctx, fact: UserDeleted) -> None:
    """Erase what a deleted account was told (R62)."""
    await forget_account(ctx, fact.user_id)
