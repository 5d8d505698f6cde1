"""The life of a cup: every row of the table, every pair that it lacks, and who may do what."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livefloor.kernel.problems import Conflict, Forbidden, Invalid, Problem
from livefloor.systems.coffee.rules import orders
from livefloor.systems.coffee.rules.order_states import (
    MADE,
    STATUSES,
    TABLE,
    OrderStatus,
    allowed,
    event_for,
)
from livefloor.systems.coffee.rules.orders import By, Cup, Step

NOW = datetime(2025, 3, 12, 0, 30, tzinfo=UTC)
ZONE = ZoneInfo("Australia/Sydney")
BEA = By(id="bea", station_id=1)
TOM = By(id="tom", station_id=1)
LIO = By(id="lio", station_id=2)
OREN = By(id="oren", anywhere=True, organizer=True)
SUE = By(id="sue", anywhere=True)
GUEST = By(guest=True)


def cup(status: OrderStatus = "pending", **values: Any) -> Cup:
    """Return a cup of station 1 as it is in that state, in Bea's hands when it is in any."""
    given_up: dict[str, Any] = {"id": "c", "station_id": 1}
    if status != "scheduled":
        given_up["queued_at"] = NOW - timedelta(minutes=6)
    if status in ("in_progress", *MADE):
        given_up |= {"barista_id": "bea", "barista_name": "Bea Holm", "started_at": NOW - timedelta(minutes=2)}
    if status in MADE:
        given_up["completed_at"] = NOW - timedelta(minutes=1)
    if status == "picked_up":
        given_up["picked_up_at"] = NOW - timedelta(seconds=30)
    return Cup(status=status, **{**given_up, **values})


def refused(call: Callable[[], object]) -> Problem:
    with pytest.raises(Problem) as caught:
        call()
    return caught.value


ALLOWED: dict[OrderStatus, list[OrderStatus]] = {
    "scheduled": ["pending", "cancelled"],
    "pending": ["in_progress", "completed", "cancelled"],
    "in_progress": ["pending", "completed", "cancelled"],
    "completed": ["in_progress", "picked_up"],
    "picked_up": ["completed"],
    "uncollected": ["picked_up"],
    "cancelled": [],
}


def test_every_pair_of_states() -> None:
    """Section 4: a pair of the table has its event, every other one is refused with from, to and allowed."""
    for source, to in product(STATUSES, STATUSES):
        assert allowed(source) == ALLOWED[source]
        if source == to or to in ALLOWED[source] or (source == "cancelled" and to in ("in_progress", "completed")):
            assert event_for(source, to)
            continue
        problem = refused(lambda s=source, t=to: event_for(s, t))
        assert (problem.status, problem.code) == (409, "bad_transition")
        assert problem.extra == {"from": source, "to": to, "allowed": ALLOWED[source]}
    assert event_for("completed", "in_progress") == event_for("picked_up", "completed") == "undo"
    assert event_for("in_progress", "pending") == "put_back"
    assert event_for("scheduled", "pending") == "release"


def steps(one: Cup) -> dict[str, Callable[[], Step]]:
    """Return each step that the table names, taken by whoever may."""
    return {
        "release": lambda: orders.release(one, NOW, 2),
        "submit": lambda: orders.submit(one, NOW, 1, None),
        "start": lambda: orders.start(one, BEA, NOW, in_progress=0),
        "put_back": lambda: orders.put_back(one, BEA),
        "restart": lambda: orders.restart(one, 2),
        "complete": lambda: orders.complete(one, BEA, NOW),
        "pick_up": lambda: orders.pick_up(one, BEA, NOW, ZONE),
        "undo": lambda: orders.undo(one, BEA, NOW),
        "cancel": lambda: orders.cancel(one, BEA, NOW, reason="other"),
        "expire": lambda: orders.expire(one, NOW, timedelta(seconds=60)),
    }


def test_every_step_from_every_state() -> None:
    """Section 4: what is a row goes where the row says and writes its events; all else changes nothing."""
    for status in STATUSES:
        for event, take in steps(cup(status)).items():
            rows = [row for row in TABLE if row.from_status == status and row.event == event]
            if rows:
                step = take()
                row = next(row for row in rows if row.to_status == step.status)
                assert step.values["status"] == step.status
                assert step.written == row.written
                assert not step.unchanged
                continue
            try:
                step = take()
            except Conflict:
                continue
            assert step == Step(status, unchanged=True)


@given(st.lists(st.sampled_from(sorted(steps(cup()))), max_size=12))
def test_no_path_leaves_the_table(events: list[str]) -> None:
    one, depleted = cup(), 0
    for event in events:
        try:
            step = steps(one)[event]()
        except Problem:
            continue
        if step.unchanged:
            assert not step.values
            assert not step.stock
            continue
        assert any((r.from_status, r.event, r.to_status) == (one.status, event, step.status) for r in TABLE)
        depleted += step.stock.count("deplete") - step.stock.count("reverse")
        known = {name: value for name, value in step.values.items() if name in Cup.__slots__}
        one = replace(one, **known)
        assert depleted == (one.status in MADE)
        assert (one.started_at is None) == (one.status == "pending") or one.status == "cancelled"


def test_the_first_state() -> None:
    """Section 4: create, create with a time, a cup of an open group."""
    ends = NOW + timedelta(hours=8)

    def first(ahead: timedelta | None, group: bool = False) -> OrderStatus:
        return orders.opening(NOW, None if ahead is None else NOW + ahead, ends_at=ends, in_open_group=group)

    assert first(None) == "pending"
    assert first(None, group=True) == "scheduled"
    assert first(timedelta(minutes=5)) == first(timedelta(hours=8)) == "scheduled"
    for ahead in (timedelta(minutes=4, seconds=59), timedelta(hours=8, seconds=1)):
        with pytest.raises(Invalid):
            first(ahead)


def test_release_and_submit() -> None:
    """Rules 18 and 65."""
    assert orders.release_at(NOW, 240) == NOW - timedelta(seconds=300)
    step = orders.release(cup("scheduled", attention="no_station"), NOW, 2)
    assert step.values == {"status": "pending", "station_id": 2, "queued_at": NOW, "attention": None}
    held = orders.release(cup("scheduled"), NOW, None)
    assert held.status == "scheduled"
    assert held.values == {"attention": "no_station"}
    assert orders.release(cup("scheduled", attention="no_station"), NOW, None).unchanged
    pickup = NOW + timedelta(hours=1)
    later = orders.submit(cup("scheduled"), NOW, 3, pickup)
    assert later.status == "scheduled"
    assert later.values["requested_for"] == pickup
    assert orders.submit(cup("scheduled"), NOW, 3, None).values["queued_at"] == NOW
    assert refused(lambda: orders.submit(cup("scheduled", requested_for=pickup), NOW, 3, None)).code == "bad_transition"


def test_one_of_two_starts_wins() -> None:
    """Rule 10: the same barista again is unchanged, another one hears who has it."""
    step = orders.start(cup(attention="late"), BEA, NOW, in_progress=3)
    assert step.values == {"status": "in_progress", "barista_id": "bea", "started_at": NOW, "attention": None}
    assert orders.start(cup("in_progress"), BEA, NOW, in_progress=1).unchanged
    problem = refused(lambda: orders.start(cup("in_progress"), TOM, NOW, in_progress=0))
    assert problem.code == "order_taken"
    assert problem.extra["by"] == {"id": "bea", "name": "Bea Holm"}


def test_who_may_start() -> None:
    """Rules 13 and 14, and the words after a move or a cancel."""
    assert refused(lambda: orders.start(cup(), BEA, NOW, in_progress=4)).code == "too_many_in_progress"
    foreign = refused(lambda: orders.start(cup(), LIO, NOW, in_progress=0))
    assert isinstance(foreign, Forbidden)
    assert foreign.code == "not_your_station"
    moved = refused(lambda: orders.start(cup(moved_from=frozenset({2})), LIO, NOW, in_progress=0))
    assert (moved.code, moved.extra["station_id"]) == ("order_moved", 1)
    assert orders.start(cup(), OREN, NOW, in_progress=0).values["barista_id"] == "oren"
    assert refused(lambda: orders.start(cup("cancelled"), BEA, NOW, in_progress=0)).code == "order_cancelled"
    assert orders.start(cup(attention="restarted"), BEA, NOW, in_progress=0).values["attention"] == "restarted"


def test_a_cup_without_its_lines() -> None:
    """Rule 36: not before the guest answers; out of stock it asks for its lines again."""
    asked = cup(attention="substitute_asked")
    assert refused(lambda: orders.start(asked, BEA, NOW, in_progress=0)).code == "awaiting_guest"
    assert refused(lambda: orders.complete(asked, BEA, NOW)).code == "awaiting_guest"
    out = cup(attention="out_of_stock")
    assert orders.start(out, BEA, NOW, in_progress=0).stock == ("reserve",)
    assert orders.complete(out, BEA, NOW).stock == ("reserve", "deplete")


def test_put_back_keeps_the_place() -> None:
    step = orders.put_back(cup("in_progress"), BEA)
    assert step.values == {"status": "pending", "barista_id": None, "started_at": None}
    assert orders.put_back(cup("in_progress"), OREN).status == "pending"
    assert orders.put_back(cup(), TOM).unchanged
    with pytest.raises(Forbidden):
        orders.put_back(cup("in_progress"), TOM)


def test_a_station_breaks_down() -> None:
    """Rules 41 and 42."""
    step = orders.restart(cup("in_progress"), 2)
    assert step.stock == ("waste", "reserve")
    assert (step.values["attention"], step.values["station_id"]) == ("restarted", 2)
    assert "queued_at" not in step.values
    nowhere = orders.restart(cup("in_progress"), None)
    assert (nowhere.values["attention"], nowhere.stock) == ("no_station", ("waste", "reserve"))


def test_complete_once() -> None:
    """Rules 11 and 76: again is unchanged, also after the hand-over; stock falls once."""
    assert orders.complete(cup("in_progress"), TOM, NOW).stock == ("deplete",)
    assert "barista_id" not in orders.complete(cup("in_progress"), TOM, NOW).values
    for status in sorted(MADE):
        assert orders.complete(cup(status), TOM, NOW).unchanged
    direct = orders.complete(cup(), TOM, NOW).values
    assert (direct["started_at"], direct["completed_at"], direct["barista_id"]) == (NOW, NOW, "tom")
    assert refused(lambda: orders.complete(cup("cancelled"), BEA, NOW)).code == "order_cancelled"
    assert refused(lambda: orders.complete(cup("scheduled"), BEA, NOW)).code == "bad_transition"


def test_allergies_are_acknowledged() -> None:
    """Rule 22."""
    for status in ("pending", "in_progress"):
        one = cup(status, allergies=("milk",))
        assert refused(lambda one=one: orders.complete(one, BEA, NOW)).code == "allergen_ack_required"
        assert orders.complete(one, BEA, NOW, allergen_ack=True).values["allergen_ack_by"] == "bea"


def test_a_cup_made_at_the_station_that_was_lost() -> None:
    """Rule 46: completed there before anyone began it here, the completion wins and takes its stock there."""
    failed_over = cup(moved_from=frozenset({2}), failed_over_from=frozenset({2}))
    step = orders.complete(failed_over, LIO, NOW)
    assert step.stock == ("free_here", "deplete_former")
    assert (step.values["station_id"], step.values["started_at"], step.values["completed_at"]) == (2, NOW, NOW)
    assert orders.complete(replace(failed_over, attention="substitute_asked"), LIO, NOW).status == "completed"
    assert refused(lambda: orders.complete(replace(failed_over, allergies=("soy",)), LIO, NOW)).status == 409
    begun = replace(failed_over, status="in_progress", barista_id="bea")
    assert refused(lambda: orders.complete(begun, LIO, NOW)).code == "order_moved"
    by_hand = cup(moved_from=frozenset({2}))
    assert refused(lambda: orders.complete(by_hand, LIO, NOW)).code == "order_moved"
    assert refused(lambda: orders.start(failed_over, LIO, NOW, in_progress=0)).code == "order_moved"


def test_hand_over() -> None:
    """Section 4: an uncollected cup is handed over within its service day."""
    assert orders.pick_up(cup("completed"), SUE, NOW, ZONE).values == {"status": "picked_up", "picked_up_at": NOW}
    assert orders.pick_up(cup("picked_up"), SUE, NOW, ZONE).unchanged
    assert orders.pick_up(cup("uncollected"), SUE, NOW, ZONE).status == "picked_up"
    late = refused(lambda: orders.pick_up(cup("uncollected"), SUE, NOW + timedelta(days=1), ZONE))
    assert late.code == "bad_transition"
    for status in ("scheduled", "pending", "in_progress"):
        assert refused(lambda s=status: orders.pick_up(cup(s), SUE, NOW, ZONE)).code == "not_ready"


def test_undo_steps_back_once() -> None:
    """Rule 15: within 300 s; a completion gives the stock back and opens a new cycle."""
    step = orders.undo(cup("completed"), BEA, NOW)
    assert (step.status, step.stock) == ("in_progress", ("reverse",))
    assert (step.values["completed_at"], step.values["depletion_cycle"]) == (None, 1)
    back = orders.undo(cup("picked_up"), BEA, NOW)
    assert (back.status, back.stock, back.values["picked_up_at"]) == ("completed", (), None)
    edge = cup("completed", completed_at=NOW - timedelta(seconds=300))
    assert orders.undo(edge, BEA, NOW).status == "in_progress"
    assert refused(lambda: orders.undo(edge, BEA, NOW + timedelta(seconds=1))).code == "undo_expired"
    for status in ("scheduled", "pending", "in_progress", "uncollected", "cancelled"):
        assert refused(lambda s=status: orders.undo(cup(s), BEA, NOW)).code == "nothing_to_undo"


def test_cancel() -> None:
    """Rule 12: the guest until the start, staff until it is made; what was poured is waste unless told otherwise."""
    for status in ("scheduled", "pending"):
        step = orders.cancel(cup(status), GUEST, NOW, reason="customer")
        assert (step.status, step.stock) == ("cancelled", ("free",))
        assert (step.values["cancelled_at"], step.values["cancel_reason"]) == (NOW, "customer")
    for status in ("in_progress", "completed", "picked_up", "uncollected"):
        problem = refused(lambda s=status: orders.cancel(cup(s), GUEST, NOW, reason="customer"))
        assert problem.code == "already_started"
    assert orders.cancel(cup("cancelled"), GUEST, NOW, reason="customer").unchanged
    assert orders.cancel(cup("in_progress"), BEA, NOW, reason="other").written[-1] == "inventory_depleted"
    kept = orders.cancel(cup("in_progress"), BEA, NOW, reason="other", wasted=False)
    assert (kept.stock, kept.written) == (("free",), ("order_updated",))
    assert refused(lambda: orders.cancel(cup("completed"), BEA, NOW, reason="other")).code == "bad_transition"
    assert refused(lambda: orders.cancel(cup(), LIO, NOW, reason="other")).code == "not_your_station"


def test_nobody_comes() -> None:
    """Section 8: 20 minutes after completion, and not when it was handed over meanwhile."""
    after = timedelta(minutes=20)
    waiting = cup("completed", completed_at=NOW - after)
    assert orders.expire(waiting, NOW, after).status == "uncollected"
    assert orders.expire(waiting, NOW - timedelta(seconds=1), after).unchanged
    assert orders.expire(cup("picked_up"), NOW, after).unchanged


def test_remake() -> None:
    """Rule 16: at most two per first cup, within 30 minutes, charged to its barista unless spilled or not found."""
    made = orders.remake(cup("picked_up"), NOW, "wrong_milk")
    assert (made.remake_of, made.charged_to, made.priority) == ("c", "bea", "remake")
    assert orders.remake(cup("completed", remake_of="first", remakes=1), NOW, "cold").remake_of == "first"
    for reason in ("spilled", "not_found"):
        assert orders.remake(cup("uncollected"), NOW, reason).charged_to is None  # type: ignore[arg-type]
    assert refused(lambda: orders.remake(cup("completed", remakes=2), NOW, "cold")).code == "remake_limit"
    old = cup("completed", completed_at=NOW - timedelta(minutes=30, seconds=1))
    assert refused(lambda: orders.remake(old, NOW, "cold")).code == "remake_limit"
    for status in ("scheduled", "pending", "in_progress", "cancelled"):
        assert refused(lambda s=status: orders.remake(cup(s), NOW, "cold")).code == "not_made"


def test_edits_stop_at_the_start() -> None:
    """Rule 17."""
    orders.check_editable(cup("scheduled"))
    orders.check_editable(cup("pending"))
    for status in ("in_progress", *sorted(MADE)):
        assert refused(lambda s=status: orders.check_editable(cup(s))).code == "order_started"
    assert refused(lambda: orders.check_editable(cup("cancelled"))).code == "order_cancelled"


def test_the_moment_of_an_offline_tap() -> None:
    """Rule 75."""
    queued = NOW - timedelta(minutes=30)
    for told, counts in (
        (None, False),
        (NOW - timedelta(minutes=10), True),
        (NOW + timedelta(minutes=2), True),
        (NOW + timedelta(minutes=3), False),
        (queued, True),
        (queued - timedelta(seconds=1), False),
    ):
        assert (orders.counted_moment(told, NOW, queued) != NOW) == counts
    assert orders.counted_moment(NOW - timedelta(hours=12), NOW, None) == NOW - timedelta(hours=12)
    assert orders.counted_moment(NOW - timedelta(hours=12, seconds=1), NOW, None) == NOW
