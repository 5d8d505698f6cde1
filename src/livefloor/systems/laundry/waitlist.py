"""The two lists: who is next, who is called, for how long; and the call pass that no machine is free without."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import func, select

from livefloor import (
    DELETE,
    GET,
    LAST_TICK,
    POST,
    Conflict,
    Ctx,
    Forbidden,
    Input,
    Look,
    NotFound,
    Part,
    TooMany,
    UtcTime,
    bindparam,
)
from livefloor.systems.laundry import estimates
from livefloor.systems.laundry.account_events import UserBlocked
from livefloor.systems.laundry.events import (
    CREW,
    EVERYONE,
    STUDENT,
    MachineHeld,
    MachineHoldProlonged,
    MachineHoldReleased,
    WaitlistCalled,
    WaitlistClaimExpiring,
    WaitlistExpired,
    WaitlistFact,
    WaitlistJoined,
    WaitlistLeft,
    WaitlistNextUp,
    WaitlistNoShow,
    WaitlistPassed,
    WaitlistProlonged,
    WaitlistRemoved,
    WaitlistRestored,
)
from livefloor.systems.laundry.machines import (
    Seen,
    find_machine_by_key,
    keep,
    machines_of_type,
    spot_of,
    type_of,
)
from livefloor.systems.laundry.models import Cycle, Machine, User, WaitlistItem
from livefloor.systems.laundry.rules import (
    FREED_HOLD,
    MACHINE_TYPES,
    SORT_STEP,
    Candidate,
    MachineType,
    calls,
    in_order,
    may_start,
    next_sort_key,
    place_behind_next,
    shown_name,
)
from livefloor.systems.laundry.settings import RoomSettings, SettingsChanged, room_settings
from livefloor.systems.laundry.views import Done, EntryView, JoinedView, WaitlistView, members

OUTAGE = timedelta(seconds=60)
"""From this gap in the signs of life on, the server counts as having been away (J7)."""

NOW = bindparam("now", type_=UtcTime())


def own_open(user: Any, machine_type: Any) -> Any:
    """Return the count of a user's open cycles of a type."""
    return (
        select(func.count())
        .where(Cycle.user_id == user, Cycle.machine_type == machine_type, Cycle.closed_at.is_(None))
        .scalar_subquery()
    )


def own_overdue(user: Any, machine_type: Any) -> Any:
    """Return the count of a user's finished cycles of a type that are past their grace."""
    return (
        select(func.count())
        .where(
            Cycle.user_id == user,
            Cycle.machine_type == machine_type,
            Cycle.closed_at.is_(None),
            Cycle.completed_at.is_not(None),
            Cycle.pickup_deadline <= NOW,
        )
        .scalar_subquery()
    )


OPEN = WaitlistItem.status.in_(("waiting", "called"))
LISTED: Any = (
    select(
        WaitlistItem,
        User.display_name,
        User.student_id,
        User.status,
        Machine.machine_id,
        own_open(WaitlistItem.user_id, WaitlistItem.machine_type).label("own_open"),
        own_overdue(WaitlistItem.user_id, WaitlistItem.machine_type).label("own_overdue"),
    )
    .join(User, User.id == WaitlistItem.user_id)
    .outerjoin(Machine, Machine.id == WaitlistItem.machine_pk)
    .where(WaitlistItem.machine_type == bindparam("machine_type"), OPEN)
    .order_by(WaitlistItem.priority.desc(), WaitlistItem.sort_key, WaitlistItem.id)
)
OWN_ENTRY = select(WaitlistItem).where(
    WaitlistItem.user_id == bindparam("user_id"), WaitlistItem.machine_type == bindparam("machine_type"), OPEN
)
OPEN_ENTRY = select(WaitlistItem).where(WaitlistItem.id == bindparam("key"), OPEN)
TYPES_OF = select(WaitlistItem.machine_type).where(WaitlistItem.user_id == bindparam("user_id"), OPEN)
NAMES: Any = select(User.display_name, User.student_id).where(User.id == bindparam("user_id"))
LAST_KEY = select(func.max(WaitlistItem.sort_key)).where(WaitlistItem.machine_type == bindparam("machine_type"), OPEN)
LAST_COSTLY = (
    select(WaitlistItem.closed_at)
    .where(
        WaitlistItem.user_id == bindparam("user_id"),
        WaitlistItem.machine_type == bindparam("machine_type"),
        (WaitlistItem.status == "no_show") | (WaitlistItem.left_called.is_(True)),
        WaitlistItem.closed_at > bindparam("since", type_=UtcTime()),
    )
    .order_by(WaitlistItem.closed_at.desc())
    .limit(1)
)
NO_SHOWS = select(func.count()).where(
    WaitlistItem.user_id == bindparam("user_id"),
    WaitlistItem.status == "no_show",
    WaitlistItem.closed_at > bindparam("since", type_=UtcTime()),
)
HELD_BY = select(Machine.machine_id).where(
    Machine.hold_user_id == bindparam("user_id"),
    Machine.machine_type == bindparam("machine_type"),
    Machine.hold_reason == "finder",
)
OWN_LOADS: Any = select(
    own_open(bindparam("user_id"), bindparam("machine_type")),
    own_overdue(bindparam("user_id"), bindparam("machine_type")),
)


@dataclass(slots=True)
class Room:
    """One change about the machines of one type. It gathers what happens to the list, so that every fact of the
    transaction tells the list as it is in the end."""

    ctx: Ctx
    machine_type: MachineType
    settings: RoomSettings
    facts: list[tuple[type[WaitlistFact], WaitlistItem, dict[str, Any]]] = field(default_factory=list)

    def tell(self, fact: type[WaitlistFact], item: WaitlistItem, **said: Any) -> None:
        """Tell a fact of the list at the end of the change."""
        self.facts.append((fact, item, said))


async def enter(ctx: Ctx, machine_type: MachineType) -> Room:
    """Begin a change about a type: no other is under way until this transaction ends."""
    await ctx.lock(machine_type)
    return Room(ctx, machine_type, await room_settings(ctx))


async def leave_room(room: Room, *, finder: str | None = None, emptied: str | None = None) -> None:
    """End a change: call whoever can be called, then tell the list.

    `finder` made room in the machine `emptied` and gets it for a while if nobody is called to it (R17).
    """
    await _call_pass(room)
    if finder is not None and emptied is not None:
        await _keep_for_finder(room, finder, emptied)
    await tell_list(room)


async def _call_pass(room: Room) -> None:
    ctx = room.ctx
    listed = await ctx.tuples(LISTED, machine_type=room.machine_type, now=ctx.now)
    waiting = [row for row in listed if row[0].status == "waiting"]
    if not waiting:
        return
    seen_by_key = {found.machine.id: found for found in await machines_of_type(ctx, room.machine_type)}
    candidates = [
        Candidate(
            item.id,
            status == "active" and may_start(open_cycles, overdue > 0, room.settings.max_active_per_type),
            item.skip_machine_pk,
            item.skip_cycle_id,
        )
        for item, _, _, status, _, open_cycles, overdue in waiting
    ]
    items = {row[0].id: row[0] for row in waiting}
    for entry_id, spot in calls([spot_of(found) for found in seen_by_key.values()], candidates, ctx.now):
        await _call(room, items[entry_id], seen_by_key[spot.pk])


async def _call(room: Room, item: WaitlistItem, found: Seen) -> None:
    ctx, machine = room.ctx, found.machine
    expires_at = ctx.now + timedelta(minutes=room.settings.claim_window_minutes)
    item.status, item.called_at, item.claim_expires_at, item.machine_pk = "called", ctx.now, expires_at, machine.id
    item.first_called_at = item.first_called_at or ctx.now
    await ctx.save(item)
    machine.hold_user_id, machine.hold_item_id, machine.hold_reason = item.user_id, item.id, "waitlist"
    machine.hold_expires_at = expires_at
    view = await keep(ctx, found)
    ctx.emit(MachineHeld(machine=view, user_id=item.user_id, item_id=item.id, reason="waitlist", expires_at=expires_at))
    room.tell(
        WaitlistCalled,
        item,
        machine_pk=machine.id,
        machine_id=machine.machine_id,
        claim_expires_at=expires_at,
        load_to_move=machine.status == "completed",
    )
    await set_claim_timers(room, machine)


async def _keep_for_finder(room: Room, finder: str, emptied: str) -> None:
    ctx = room.ctx
    found = await find_machine_by_key(ctx, emptied)
    if found is None or found.machine.status != "available" or found.machine.hold_user_id is not None:
        return
    machine = found.machine
    expires_at = ctx.now + timedelta(minutes=room.settings.finder_hold_minutes)
    machine.hold_user_id, machine.hold_reason, machine.hold_expires_at = finder, "finder", expires_at
    view = await keep(ctx, found)
    ctx.emit(MachineHeld(machine=view, user_id=finder, item_id=None, reason="finder", expires_at=expires_at))
    await set_claim_timers(room, machine)


async def set_claim_timers(room: Room, machine: Machine) -> None:
    """Set when the hold of a machine ends, and when its holder is reminded."""
    ctx, expires_at = room.ctx, machine.hold_expires_at
    if expires_at is None:
        return
    await ctx.schedule(end_claim, expires_at, machine_type=room.machine_type, machine_pk=machine.id)
    reminder = expires_at - timedelta(minutes=room.settings.claim_reminder_minutes)
    if machine.hold_reason == "waitlist" and reminder > ctx.now:
        await ctx.schedule(remind_of_claim, reminder, machine_type=room.machine_type, machine_pk=machine.id)


async def tell_list(room: Room) -> None:
    """Tell what happened to the list, each fact with the whole list as it is now."""
    if not room.facts:
        return
    ctx = room.ctx
    listed = await ctx.tuples(LISTED, machine_type=room.machine_type, now=ctx.now)
    if listed and listed[0][0].status == "waiting" and not listed[0][0].next_notified:
        first: WaitlistItem = listed[0][0]
        first.next_notified = True
        await ctx.save(first)
        room.tell(WaitlistNextUp, first)
    items = await _entries(room.ctx, room.machine_type, listed, room.settings)
    of_item = {item.id: item for item in items}
    for fact, item, said in room.facts:
        view = of_item.get(item.id) or await _closed_entry(ctx, item)
        ctx.emit(
            fact.model_validate({"item": view, "user_id": item.user_id, "items": items, "count": len(items), **said})
        )
    room.facts = []


async def _closed_entry(ctx: Ctx, item: WaitlistItem) -> EntryView:
    names = await ctx.one(NAMES, user_id=item.user_id) or (None, None)
    return _entry_view(item, shown_name(*names), None, None, None)


def _entry_view(
    item: WaitlistItem, name: str, position: int | None, machine_id: int | None, wait: int | None
) -> EntryView:
    return EntryView.model_validate(
        {
            "id": item.id,
            "user_id": item.user_id,
            "display_name": name,
            "machine_type": item.machine_type,
            "position": position,
            "status": item.status,
            "joined_at": item.joined_at,
            "called_at": item.called_at,
            "claim_expires_at": item.claim_expires_at,
            "machine_id": machine_id,
            "estimated_wait_minutes": wait,
            "version": item.version,
        }
    )


async def _entries(look: Look, machine_type: str, listed: Sequence[Any], settings: RoomSettings) -> list[EntryView]:
    count = sum(row[0].status == "waiting" for row in listed)
    waits: list[int | None] = []
    if count:
        spots = [spot_of(found) for found in await machines_of_type(look, machine_type)]
        outlook = await estimates.outlook(look, machine_type, settings.pickup_grace_minutes)
        waits = outlook.waits(spots, count, look.now)
    upcoming = iter(waits)
    return [
        _entry_view(
            item,
            shown_name(display_name, student_id),
            place + 1,
            machine_id,
            0 if item.status == "called" else next(upcoming),
        )
        for place, (item, display_name, student_id, _, machine_id, _, _) in enumerate(listed)
    ]


async def entries_of_type(look: Look, machine_type: str) -> list[EntryView]:
    """Return the whole list of a type, by position."""
    listed = await look.tuples(LISTED, machine_type=machine_type, now=look.now)
    return await _entries(look, machine_type, listed, await room_settings(look))


async def entries_of_user(look: Look, user_id: str) -> list[EntryView]:
    """Return the places of a user in both lists."""
    kinds = await look.all(TYPES_OF, user_id=user_id)
    return [entry for kind in sorted(kinds) for entry in await entries_of_type(look, kind) if entry.user_id == user_id]


# -- what happens to places and holds -----------------------------------------------------------------------------------


async def close_entry(room: Room, item: WaitlistItem, status: str, fact: type[WaitlistFact], **said: Any) -> None:
    """End a place in the list."""
    item.status, item.closed_at = status, room.ctx.now
    item.called_at = item.claim_expires_at = item.machine_pk = None
    await room.ctx.save(item)
    room.tell(fact, item, **said)


def forget_hold(machine: Machine) -> None:
    """Take the hold off a machine that is about to be stored."""
    machine.hold_user_id = machine.hold_item_id = machine.hold_reason = machine.hold_expires_at = None


async def release_hold(room: Room, machine_pk: str, reason: str) -> Seen | None:
    """Keep a machine for nobody any more; return it."""
    found = await find_machine_by_key(room.ctx, machine_pk)
    if found is None or found.machine.hold_user_id is None:
        return found
    user_id, item_id = found.machine.hold_user_id, found.machine.hold_item_id
    forget_hold(found.machine)
    view = await keep(room.ctx, found)
    said = {"machine": view, "user_id": user_id, "item_id": item_id, "reason": reason}
    room.ctx.emit(MachineHoldReleased.model_validate(said))
    return found


async def restore(room: Room, item_id: str, machine: Machine, cause: str, *, skip: bool = False) -> None:
    """Put somebody back at the head whose machine was taken away; `skip`: not to be called to that one again."""
    item = await room.ctx.one(OPEN_ENTRY, key=item_id)
    if item is None:
        return
    item.priority = 1
    if skip:
        item.skip_machine_pk = machine.id
    if item.machine_pk == machine.id:
        item.status = "waiting"
        item.called_at = item.claim_expires_at = item.machine_pk = None
    await room.ctx.save(item)
    room.tell(WaitlistRestored, item, machine_id=machine.machine_id, cause=cause)


async def put_at_head(room: Room, user_id: str, machine: Machine, cause: str) -> None:
    """Put the owner of a stopped load at the head of the list, without the limits of joining (R42)."""
    ctx = room.ctx
    user = await ctx.find(User, user_id)
    if user is None or user.status != "active":
        return
    own = await ctx.one(OWN_ENTRY, user_id=user_id, machine_type=room.machine_type)
    if own is None:
        own = await _new_entry(room, user_id, priority=1)
    await restore(room, own.id, machine, cause, skip=True)


async def _new_entry(room: Room, user_id: str, *, priority: int = 0) -> WaitlistItem:
    ctx = room.ctx
    item = WaitlistItem(
        user_id=user_id,
        machine_type=room.machine_type,
        priority=priority,
        sort_key=next_sort_key(ctx.now, await ctx.one(LAST_KEY, machine_type=room.machine_type)),
        joined_at=ctx.now,
    )
    await ctx.add(item)
    expires_at = ctx.now + timedelta(hours=room.settings.waitlist_entry_max_hours)
    await ctx.schedule(expire_entry, expires_at, machine_type=room.machine_type, item_id=item.id)
    return item


async def prolong_after_emptying(room: Room, machine: Machine) -> None:
    """Give the holder of a machine that was just emptied time to come: at least five minutes from now (R17).

    The machine is stored by the caller.
    """
    ctx = room.ctx
    if machine.hold_expires_at is None:
        return
    expires_at = max(machine.hold_expires_at, ctx.now + FREED_HOLD)
    if expires_at == machine.hold_expires_at:
        return
    machine.hold_expires_at = expires_at
    await set_claim_timers(room, machine)
    if machine.hold_item_id is not None:
        await _prolong_entry(room, machine)


async def _prolong_entry(room: Room, machine: Machine) -> None:
    item = await room.ctx.one(OPEN_ENTRY, key=machine.hold_item_id)
    if item is not None:
        item.claim_expires_at = machine.hold_expires_at
        await room.ctx.save(item)
        room.tell(WaitlistProlonged, item)


async def remove_from_lists(ctx: Ctx, user_id: str, *, by_user_id: str | None, reason: str) -> None:
    """Take a user out of both lists and let go of what is kept for them (R61, R62)."""
    for machine_type in sorted(MACHINE_TYPES):
        room = await enter(ctx, machine_type)
        for found in await machines_of_type(ctx, machine_type):
            if found.machine.hold_user_id == user_id:
                await release_hold(room, found.machine.id, "removed")
        item = await ctx.one(OWN_ENTRY, user_id=user_id, machine_type=machine_type)
        if item is not None:
            await close_entry(room, item, "removed", WaitlistRemoved, by_user_id=by_user_id, reason=reason)
        await leave_room(room)


waitlist = Part("waitlist")


# -- timers -------------------------------------------------------------------------------------------------------------


@waitlist.timer(order=30)
async def end_claim(ctx: Ctx, machine_type: MachineType, machine_pk: str) -> None:
    """End a hold whose time is over (J7): its holder did not come."""
    room = await enter(ctx, machine_type)
    machine = await ctx.find(Machine, machine_pk)
    if machine is None or machine.hold_expires_at is None or machine.hold_expires_at > ctx.now:
        return
    item_id = machine.hold_item_id
    await release_hold(room, machine_pk, "expired")
    item = await ctx.one(OPEN_ENTRY, key=item_id) if item_id is not None else None
    if item is not None:
        await _no_show(room, item, machine.machine_id)
    await leave_room(room)


async def _no_show(room: Room, item: WaitlistItem, machine_id: int) -> None:
    ctx, settings = room.ctx, room.settings
    item.status, item.closed_at = "no_show", ctx.now
    item.called_at = item.claim_expires_at = item.machine_pk = None
    await ctx.save(item)
    user = await ctx.find(User, item.user_id)
    suspended_until = None
    if user is not None:
        since = no_shows_since(user, ctx, settings)
        if (await ctx.one(NO_SHOWS, user_id=user.id, since=since) or 0) >= settings.no_show_limit:
            suspended_until = user.waitlist_suspended_until = ctx.now + timedelta(hours=settings.suspension_hours)
            await ctx.save(user)
    room.tell(WaitlistNoShow, item, machine_id=machine_id, suspended_until=suspended_until)


def no_shows_since(user: User, look: Look, settings: RoomSettings) -> Any:
    """Return from when on a user's no-shows count (R26)."""
    since = look.now - timedelta(days=settings.no_show_period_days)
    return max(since, user.no_shows_cleared_at) if user.no_shows_cleared_at is not None else since


async def count_no_shows(look: Look, user: User) -> int:
    """Return how many of a user's no-shows count now."""
    since = no_shows_since(user, look, await room_settings(look))
    return await look.one(NO_SHOWS, user_id=user.id, since=since) or 0


@waitlist.timer(order=60, settles=False)
async def remind_of_claim(ctx: Ctx, machine_type: MachineType, machine_pk: str) -> None:
    """Remind a called person that the time is nearly over (J6)."""
    room = await enter(ctx, machine_type)
    machine = await ctx.find(Machine, machine_pk)
    if machine is None or machine.hold_item_id is None or machine.hold_expires_at is None:
        return
    left = machine.hold_expires_at - ctx.woken_at
    reminder = timedelta(minutes=room.settings.claim_reminder_minutes)
    item = await ctx.one(OPEN_ENTRY, key=machine.hold_item_id)
    # The reminder of an earlier hold of the same machine, or one that comes too late, is none.
    if item is None or not timedelta(0) < left <= reminder:
        return
    minutes = -(-int(left.total_seconds()) // 60)
    said = {"machine_id": machine.machine_id, "claim_expires_at": machine.hold_expires_at, "minutes": minutes}
    room.tell(WaitlistClaimExpiring, item, **said)
    await tell_list(room)


@waitlist.timer(order=40)
async def expire_entry(ctx: Ctx, machine_type: MachineType, item_id: str) -> None:
    """End a place that has waited too long (J8); a called one keeps its turn."""
    room = await enter(ctx, machine_type)
    item = await ctx.one(OPEN_ENTRY, key=item_id)
    if item is None:
        return
    if item.status == "called" and item.claim_expires_at is not None:
        again = max(item.claim_expires_at, ctx.now) + timedelta(seconds=1)
        await ctx.schedule(expire_entry, again, machine_type=machine_type, item_id=item_id)
        return
    await close_entry(room, item, "expired", WaitlistExpired)
    await leave_room(room)


@waitlist.at_start
async def keep_claims(ctx: Ctx) -> None:
    """Give every holder the whole window again after an outage: nobody is a no-show for it (J7)."""
    last = await ctx.one(LAST_TICK)
    if last is None or ctx.now - last <= OUTAGE:
        return
    for machine_type in sorted(MACHINE_TYPES):
        room = await enter(ctx, machine_type)
        expires_at = ctx.now + timedelta(minutes=room.settings.claim_window_minutes)
        for found in await machines_of_type(ctx, machine_type):
            machine = found.machine
            if machine.hold_user_id is None or machine.hold_expires_at is None or machine.hold_expires_at >= expires_at:
                continue
            machine.hold_expires_at = expires_at
            view = await keep(ctx, found)
            ctx.emit(
                MachineHoldProlonged(
                    machine=view, user_id=machine.hold_user_id, item_id=machine.hold_item_id, expires_at=expires_at
                )
            )
            await set_claim_timers(room, machine)
            if machine.hold_item_id is not None:
                await _prolong_entry(room, machine)
        await tell_list(room)


# -- reactions ----------------------------------------------------------------------------------------------------------


@waitlist.within(UserBlocked)
async def leave_lists(ctx: Ctx, event: UserBlocked) -> None:
    """Take a blocked account out of the lists (R61)."""
    await remove_from_lists(ctx, event.user_id, by_user_id=ctx.actor.id, reason="The account was blocked.")


@waitlist.within(SettingsChanged)
async def call_again(ctx: Ctx, event: SettingsChanged) -> None:
    """Call whoever may start now that a limit is another."""
    for machine_type in sorted(MACHINE_TYPES):
        await leave_room(await enter(ctx, machine_type))


# -- routes -------------------------------------------------------------------------------------------------------------


class OfType(Input):
    """A type of machine."""

    machine_type: MachineType


@waitlist.query(GET("/api/v1/waitlist/{machine_type}"), allow=EVERYONE)
async def list_waitlist(look: Look, machine_type: str) -> WaitlistView:
    """Show the list of a type, by position."""
    kind = type_of(machine_type)
    items = await entries_of_type(look, kind)
    return WaitlistView(machine_type=kind, items=items, next_cursor=None, total=len(items), count=len(items))


@waitlist.command(POST("/api/v1/waitlist/join", 201), allow=STUDENT, refuses=(403, 409, 429))
async def join_waitlist(ctx: Ctx, body: OfType) -> JoinedView:
    """Join the list of a type; while a machine is free, be called to it at once."""
    room = await enter(ctx, body.machine_type)
    user_id = ctx.actor.id or ""
    await _may_join(room, user_id)
    item = await _new_entry(room, user_id)
    room.tell(WaitlistJoined, item)
    await leave_room(room)
    entry = await _own_view(room, item.id)
    return JoinedView(**members(entry), ahead=(entry.position or 1) - 1)


async def _may_join(room: Room, user_id: str) -> None:
    """Refuse to let somebody in, by the first reason that holds."""
    ctx, settings, kind = room.ctx, room.settings, room.machine_type
    user = await ctx.find(User, user_id)
    if user is None:
        raise NotFound()
    until = user.waitlist_suspended_until
    if until is not None and until > ctx.now:
        raise Forbidden(
            "waitlist_suspended", "Too many missed turns: you may not join a list for a while.", until=until
        )
    listed = [row[0] for row in await ctx.tuples(LISTED, machine_type=kind, now=ctx.now)]
    for place, item in enumerate(listed):
        if item.user_id == user_id:
            raise Conflict(
                "already_waiting", f"You are in this list already, at place {place + 1}.", position=place + 1
            )
    if await ctx.one(HELD_BY, user_id=user_id, machine_type=kind) is not None:
        raise Conflict("already_holding", f"A {kind} is kept for you already.")
    open_cycles, overdue = await ctx.one(OWN_LOADS, user_id=user_id, machine_type=kind, now=ctx.now) or (0, 0)
    refuse_loads(kind, open_cycles, overdue, settings)
    cooldown = timedelta(minutes=settings.rejoin_cooldown_minutes)
    last = await ctx.one(LAST_COSTLY, user_id=user_id, machine_type=kind, since=ctx.now - cooldown)
    if last is not None:
        left = int((last + cooldown - ctx.now).total_seconds()) + 1
        raise TooMany(
            "rejoin_cooldown", "You gave up a turn just now; wait a little before you join again.", retry_after=left
        )
    if len(listed) >= settings.waitlist_max:
        raise Conflict("waitlist_full", "The list is full.")


def refuse_loads(kind: str, open_cycles: int, overdue: int, settings: RoomSettings) -> None:
    """Refuse somebody who has a left load of the type, or as many machines as one may have (R12, R13)."""
    if overdue:
        raise Conflict("collect_first", f"Take your finished load out of the {kind} first.")
    if open_cycles >= settings.max_active_per_type:
        raise Conflict("too_many_machines", f"You have {open_cycles} {kind}s already.")


async def _own_view(room: Room, item_id: str) -> EntryView:
    for entry in await entries_of_type(room.ctx, room.machine_type):
        if entry.id == item_id:
            return entry
    raise NotFound("not_waiting", "You are not in this list.")


async def _own_entry(room: Room) -> WaitlistItem:
    item = await room.ctx.one(OWN_ENTRY, user_id=room.ctx.actor.id, machine_type=room.machine_type)
    if item is None:
        raise NotFound("not_waiting", "You are not in this list.")
    return item


@waitlist.command(POST("/api/v1/waitlist/leave"), allow=STUDENT, refuses=(404,))
async def leave_waitlist(ctx: Ctx, body: OfType) -> Done:
    """Leave the list of a type; a machine that is kept goes to the next."""
    room = await enter(ctx, body.machine_type)
    item = await _own_entry(room)
    machine_pk = item.machine_pk
    item.left_called = item.status == "called"
    if machine_pk is not None:
        await release_hold(room, machine_pk, "left")
    await close_entry(room, item, "left", WaitlistLeft, was_called=machine_pk is not None)
    await leave_room(room)
    return Done()


@waitlist.command(POST("/api/v1/waitlist/pass"), allow=STUDENT, refuses=(404, 409))
async def pass_turn(ctx: Ctx, body: OfType) -> EntryView:
    """Let the next in the list go first."""
    room = await enter(ctx, body.machine_type)
    item = await _own_entry(room)
    if item.machine_pk is None:
        raise Conflict("not_called", "It is not your turn yet.")
    found = await find_machine_by_key(ctx, item.machine_pk)
    load_to_move = found is not None and found.machine.status == "completed"
    if found is not None and load_to_move:
        item.skip_cycle_id = found.machine.current_cycle_id
    else:
        await _go_behind_next(room, item)
    machine_pk = item.machine_pk
    item.status = "waiting"
    item.called_at = item.claim_expires_at = item.machine_pk = None
    await ctx.save(item)
    await release_hold(room, machine_pk, "passed")
    room.tell(WaitlistPassed, item, load_to_move=load_to_move)
    await leave_room(room)
    return await _own_view(room, item.id)


async def _go_behind_next(room: Room, item: WaitlistItem) -> None:
    if item.pass_used:
        raise Conflict("pass_used", "You have let somebody go first already.")
    others = [row[0] for row in await room.ctx.tuples(LISTED, machine_type=room.machine_type, now=room.ctx.now)]
    entries = in_order([item, *(other for other in others if other.id != item.id)])
    place = place_behind_next(entries, item)
    if place is None:
        raise Conflict("nobody_behind", "Nobody is waiting behind you.")
    after, sort_key, following = place
    for other in following:
        other.sort_key += SORT_STEP
        await room.ctx.save(other)
    item.priority, item.sort_key, item.pass_used = after.priority, sort_key, True


@waitlist.command(DELETE("/api/v1/admin/waitlist/{id}"), allow=CREW, refuses=(404,))
async def remove_from_waitlist(ctx: Ctx, id: str, reason: Annotated[str, Field(min_length=3, max_length=200)]) -> None:
    """Take somebody out of a list; the person is told."""
    found = await ctx.one(OPEN_ENTRY, key=id)
    if found is None:
        raise NotFound()
    room = await enter(ctx, type_of(found.machine_type))
    item = await ctx.one(OPEN_ENTRY, key=id)
    if item is None:
        raise NotFound()
    if item.machine_pk is not None:
        await release_hold(room, item.machine_pk, "removed")
    await close_entry(room, item, "removed", WaitlistRemoved, by_user_id=ctx.actor.id, reason=reason)
    await leave_room(room)
