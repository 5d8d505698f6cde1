"""The steps in the life of a cup: who may take which, and what it writes (section 4, rules 10 to 18)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from livefloor.kernel.problems import Conflict, Forbidden, Invalid
from livefloor.systems.coffee.rules.order_states import (
    EDITABLE,
    MADE,
    TABLE,
    Attention,
    OrderEvent,
    OrderStatus,
    Priority,
    RemakeReason,
    Stock,
    refusal,
)
from livefloor.systems.coffee.rules.tickets import service_day

UNDO_WITHIN = timedelta(seconds=300)
REMAKE_WITHIN = timedelta(minutes=30)
REMAKES_PER_CUP = 2
IN_PROGRESS_PER_BARISTA = 4
EARLIEST_AHEAD = timedelta(minutes=5)
NOT_CHARGED: frozenset[RemakeReason] = frozenset({"spilled", "not_found"})
RELEASE_MARGIN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cup:
    """One row of orders, as far as its steps go; `moved_from` and `failed_over_from` come from its moves."""

    id: str
    status: OrderStatus
    station_id: int | None
    queued_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    picked_up_at: datetime | None = None
    barista_id: str | None = None
    barista_name: str | None = None
    attention: Attention | None = None
    allergies: tuple[str, ...] = ()
    requested_for: datetime | None = None
    remake_of: str | None = None
    remakes: int = 0
    """How many cups were made again for the first cup of this one."""
    depletion_cycle: int = 0
    moved_from: frozenset[int] = frozenset()
    failed_over_from: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who takes the step: a barista at a station, somebody who may anywhere, or the guest."""

    id: str | None = None
    station_id: int | None = None
    anywhere: bool = False
    organizer: bool = False
    guest: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What a step makes of the cup; `unchanged` writes nothing and tells nobody (rule 11)."""

    status: OrderStatus
    values: Mapping[str, Any] = field(default_factory=dict)
    """The columns of the cup to write, the status among them."""
    stock: tuple[Stock, ...] = ()
    written: tuple[str, ...] = ()
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Remake:
    """The new cup that is made for a spoilt one (rule 16)."""

    remake_of: str
    charged_to: str | None
    priority: Priority = "remake"


def opening(now: datetime, requested_for: datetime | None, *, ends_at: datetime, in_open_group: bool) -> OrderStatus:
    """Return the first state of a cup. Raises Invalid for a time that is too near or after the event (section 4)."""
    if in_open_group:
        return "scheduled"
    if requested_for is None:
        return "pending"
    if requested_for < now + EARLIEST_AHEAD:
        raise Invalid.field("requested_for", "This must be at least 5 minutes ahead.", "requested_too_soon")
    if requested_for > ends_at:
        raise Invalid.field("requested_for", "This must be before the end of the event.", "requested_too_late")
    return "scheduled"


def release_at(requested_for: datetime, wait_seconds: float) -> datetime:
    """Return when a cup ordered ahead goes into the queue (rule 18)."""
    return requested_for - timedelta(seconds=wait_seconds) - RELEASE_MARGIN


def release(cup: Cup, now: datetime, station_id: int | None) -> Step:
    """Put a scheduled cup into a station's queue; without a station it waits on, marked for staff (rule 18)."""
    if cup.status == "pending":
        return _same(cup)
    if cup.status != "scheduled":
        raise refusal("bad_transition", cup.status, "pending")
    if station_id is None:
        if cup.attention == "no_station":
            return _same(cup)
        return Step("scheduled", {"attention": "no_station"}, (), ("order_updated",))
    return _step(cup, "release", "pending", {"station_id": station_id, "queued_at": now, "attention": None})


def submit(cup: Cup, now: datetime, station_id: int, pickup_at: datetime | None) -> Step:
    """Queue a cup of a group that was handed in, or set it for the time of pick-up (rule 65)."""
    if cup.status != "scheduled" or cup.requested_for is not None:
        raise refusal("bad_transition", cup.status, "pending")
    if pickup_at is not None:
        return _step(cup, "submit", "scheduled", {"station_id": station_id, "requested_for": pickup_at})
    return _step(cup, "submit", "pending", {"station_id": station_id, "queued_at": now})


def start(cup: Cup, by: By, now: datetime, *, in_progress: int) -> Step:
    """Take a pending cup in hand; `in_progress` counts the barista's other cups (rules 10, 12 to 14, 36).

    Raises Conflict order_taken, order_moved, order_cancelled, awaiting_guest, too_many_in_progress, bad_transition;
    Forbidden not_your_station. A cup marked out_of_stock asks for its lines again: the caller refuses when they fail.
    """
    _at_own_station(cup, by, "in_progress")
    if cup.status == "in_progress":
        if cup.barista_id == by.id:
            return _same(cup)
        raise refusal("order_taken", cup.status, "in_progress", by={"id": cup.barista_id, "name": cup.barista_name})
    _from(cup, "start", "in_progress")
    _answered(cup, "in_progress")
    if in_progress >= IN_PROGRESS_PER_BARISTA:
        raise refusal("too_many_in_progress", cup.status, "in_progress", limit=IN_PROGRESS_PER_BARISTA)
    kept = "restarted" if cup.attention == "restarted" else None
    values = {"barista_id": by.id, "started_at": now, "attention": kept}
    return _step(cup, "start", "in_progress", values, _owed(cup))


def put_back(cup: Cup, by: By) -> Step:
    """Give a cup in hand back to the queue, at its old place. Raises Forbidden unless it is the barista's own cup."""
    _at_own_station(cup, by, "pending")
    if cup.status == "pending":
        return _same(cup)
    _from(cup, "put_back", "pending")
    if cup.barista_id != by.id and not by.organizer:
        raise Forbidden(None, "Somebody else has this cup in hand.")
    return _step(cup, "put_back", "pending", {"barista_id": None, "started_at": None})


def restart(cup: Cup, station_id: int | None) -> Step:
    """Take a cup out of the hands of a station that broke down; its stock there is written off (rule 41).

    With no other station it goes back to the queue of its own, marked no_station (rule 42), and reserves there again;
    where that fails the caller marks it out_of_stock, so that its start asks for the lines.
    """
    _from(cup, "restart", "pending")
    values: dict[str, Any] = {"barista_id": None, "started_at": None}
    if station_id is None:
        return _step(cup, "restart", "pending", {**values, "attention": "no_station"}, ("waste", "reserve"))
    return _step(
        cup, "restart", "pending", {**values, "station_id": station_id, "attention": "restarted"}, ("waste", "reserve")
    )


def complete(cup: Cup, by: By, now: datetime, *, allergen_ack: bool = False) -> Step:
    """Call a cup made (rules 11, 22, 46, 76); straight from the queue it counts as started in the same moment.

    Raises Conflict allergen_ack_required, order_moved, order_cancelled, awaiting_guest, bad_transition; Forbidden
    not_your_station.
    """
    former = cup.status == "pending" and _made_at_former(cup, by)
    if not former:
        _at_own_station(cup, by, "completed")
    if cup.status in MADE:
        return _same(cup)
    _from(cup, "complete", "completed")
    if not former:
        _answered(cup, "completed")
    if cup.allergies and not allergen_ack:
        raise refusal("allergen_ack_required", cup.status, "completed", allergies=list(cup.allergies))
    values: dict[str, Any] = {"completed_at": now, "attention": None}
    if cup.allergies:
        values["allergen_ack_by"] = by.id
    if cup.status == "pending":
        values |= {"started_at": now, "barista_id": by.id}
    if former:
        return _step(
            cup,
            "complete_at_former",
            "completed",
            {**values, "station_id": by.station_id},
            ("free_here", "deplete_former"),
        )
    return _step(cup, "complete", "completed", values, (*_owed(cup), "deplete"))


def pick_up(cup: Cup, by: By, now: datetime, zone: ZoneInfo) -> Step:
    """Hand a made cup to its guest; an uncollected one within its service day. Raises Conflict not_ready."""
    _at_own_station(cup, by, "picked_up")
    if cup.status == "picked_up":
        return _same(cup)
    if cup.status not in MADE:
        raise refusal("order_cancelled" if cup.status == "cancelled" else "not_ready", cup.status, "picked_up")
    made = cup.completed_at or now
    if cup.status == "uncollected" and service_day(made, zone) != service_day(now, zone):
        raise refusal("bad_transition", cup.status, "picked_up")
    return _step(cup, "pick_up", "picked_up", {"picked_up_at": now})


def undo(cup: Cup, by: By, now: datetime) -> Step:
    """Step back one state within 300 s (rule 15). Raises Conflict undo_expired, nothing_to_undo."""
    _at_own_station(cup, by, cup.status)
    if cup.status == "completed" and cup.completed_at is not None:
        since, to = cup.completed_at, "in_progress"
    elif cup.status == "picked_up" and cup.picked_up_at is not None:
        since, to = cup.picked_up_at, "completed"
    else:
        raise Conflict("nothing_to_undo", "There is no step to take back.", **{"from": cup.status})
    if now - since > UNDO_WITHIN:
        raise Conflict("undo_expired", "A step can be taken back for 5 minutes.", **{"from": cup.status, "to": to})
    if to == "completed":
        return _step(cup, "undo", "completed", {"picked_up_at": None})
    values = {"completed_at": None, "allergen_ack_by": None, "depletion_cycle": cup.depletion_cycle + 1}
    return _step(cup, "undo", "in_progress", values, ("reverse",))


def cancel(cup: Cup, by: By, now: datetime, *, reason: str, wasted: bool = True) -> Step:
    """Call a cup off: a guest only before it is started, staff also in hand (rule 12).

    Raises Conflict already_started for the guest, bad_transition for staff.
    """
    if not by.guest:
        _at_own_station(cup, by, "cancelled")
    if cup.status == "cancelled":
        return _same(cup)
    if by.guest and cup.status not in EDITABLE:
        raise refusal("already_started", cup.status, "cancelled")
    _from(cup, "cancel", "cancelled")
    values = {"cancelled_at": now, "cancel_reason": reason, "attention": None}
    if cup.status != "in_progress":
        return _step(cup, "cancel", "cancelled", values, ("free",))
    step = _step(cup, "cancel", "cancelled", values, ("waste" if wasted else "free",))
    return step if wasted else Step(step.status, step.values, step.stock, ("order_updated",))


def expire(cup: Cup, now: datetime, after: timedelta) -> Step:
    """Call a made cup uncollected when nobody came for it; a cup that is elsewhere by now stays as it is."""
    if cup.status != "completed" or cup.completed_at is None or now - cup.completed_at < after:
        return _same(cup)
    return _step(cup, "expire", "uncollected", {})


def remake(cup: Cup, now: datetime, reason: RemakeReason) -> Remake:
    """Return what the new cup owes to the spoilt one (rule 16). Raises Conflict not_made, remake_limit."""
    if cup.status not in MADE or cup.completed_at is None:
        raise refusal("not_made", cup.status, "pending")
    if cup.remakes >= REMAKES_PER_CUP:
        raise Conflict("remake_limit", "A cup is made again at most twice.", limit=REMAKES_PER_CUP)
    if now - cup.completed_at > REMAKE_WITHIN:
        raise Conflict("remake_limit", "A cup is made again for 30 minutes.")
    return Remake(cup.remake_of or cup.id, None if reason in NOT_CHARGED else cup.barista_id)


def check_editable(cup: Cup, to: OrderStatus | None = None) -> None:
    """Refuse to edit, move or raise a cup that somebody has begun. Raises Conflict order_started, order_cancelled."""
    if cup.status not in EDITABLE:
        code = "order_cancelled" if cup.status == "cancelled" else "order_started"
        raise refusal(code, cup.status, to or cup.status)


def counted_moment(occurred_at: datetime | None, now: datetime, queued_at: datetime | None) -> datetime:
    """Return the moment that counts for a tap: the tablet's own when it can be true, else the server's (rule 75)."""
    if occurred_at is None or not now - timedelta(hours=12) <= occurred_at <= now + timedelta(minutes=2):
        return now
    return now if queued_at is not None and occurred_at < queued_at else occurred_at


def _made_at_former(cup: Cup, by: By) -> bool:
    return by.station_id is not None and by.station_id != cup.station_id and by.station_id in cup.failed_over_from


def _at_own_station(cup: Cup, by: By, to: OrderStatus) -> None:
    if by.anywhere or by.organizer or (cup.station_id is not None and by.station_id == cup.station_id):
        return
    if by.station_id in cup.moved_from | cup.failed_over_from:
        raise refusal("order_moved", cup.status, to, station_id=cup.station_id)
    raise Forbidden("not_your_station", "This cup belongs to another station.", station_id=cup.station_id)


def _from(cup: Cup, event: OrderEvent, to: OrderStatus) -> None:
    if not any(row.from_status == cup.status and row.event == event and row.to_status == to for row in TABLE):
        told = event in ("start", "complete") and cup.status == "cancelled"
        raise refusal("order_cancelled" if told else "bad_transition", cup.status, to)


def _answered(cup: Cup, to: OrderStatus) -> None:
    if cup.status == "pending" and cup.attention == "substitute_asked":
        raise refusal("awaiting_guest", cup.status, to)


def _owed(cup: Cup) -> tuple[Stock, ...]:
    return ("reserve",) if cup.status == "pending" and cup.attention == "out_of_stock" else ()


def _same(cup: Cup) -> Step:
    return Step(cup.status, unchanged=True)


def _step(
    cup: Cup, event: OrderEvent, to: OrderStatus, values: Mapping[str, Any], stock: tuple[Stock, ...] = ()
) -> Step:
    row = next(r for r in TABLE if r.from_status == cup.status and r.event == event and r.to_status == to)
    return Step(to, {**values, "status": to}, stock, row.written)
