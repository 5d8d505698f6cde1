"""Machines and loads: starting, extending, ending, making room (R1-R19)."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from livefloor.store.timers import DueTimer, Heartbeat
from livefloor.systems.laundry.cycles import end_overdue_times
from livefloor.systems.laundry.models import Cycle, Machine
from tests.systems.laundry.conftest import Room, good, refused


def moment(text: str) -> datetime:
    """Read a time of an answer."""
    return datetime.fromisoformat(text)


# -- what is shown ----------------------------------------------------------------------------------------------------


async def test_the_room_begins_with_twelve_free_machines(room: Room) -> None:
    board = await (await room.student()).get("machines/")
    assert [machine["machine_id"] for machine in board["washers"]] == [1, 2, 3, 4, 5, 6]
    assert [machine["label"] for machine in board["dryers"]] == [f"Dryer {number}" for number in range(1, 7)]
    assert board["summary"]["washer"] == {
        "total": 6,
        "available": 6,
        "held": 0,
        "in_use": 0,
        "completed": 0,
        "disabled": 0,
        "waiting": 0,
        "next_free_at": None,
    }


async def test_r1_free_is_available_and_kept_for_nobody(room: Room) -> None:
    first, second, third, staff = *(await room.students(3)), await room.staff()
    await first.start(1)
    await second.start(2)
    good(await second.ask("end", 2))
    good(await staff.do("POST", "admin/machines/washer/3/disable", {"reason": "broken door"}))
    await third.join()
    board = await first.get("machines/")
    assert [machine["status"] for machine in board["washers"]] == [
        "in_use",
        "completed",
        "disabled",
        *["available"] * 3,
    ]
    summary = board["summary"]["washer"]
    assert [summary[word] for word in ("available", "held", "in_use", "completed", "disabled")] == [2, 1, 1, 1, 1]
    assert sum(summary[word] for word in ("available", "held", "in_use", "completed", "disabled")) == summary["total"]


async def test_r1_a_held_machine_that_is_done_counts_as_held(room: Room) -> None:
    people = await room.students(7)
    await room.fill(people[:6])
    await people[6].join()
    await room.world.advance(minutes=40)
    summary = (await people[0].get("machines/"))["summary"]["washer"]
    assert (summary["held"], summary["completed"], summary["available"], summary["waiting"]) == (1, 5, 0, 0)


async def test_one_machine_has_todays_cycles_and_its_open_reports(room: Room) -> None:
    student, admin = await room.student(), await room.admin()
    await student.start(3)
    good(await student.ask("cancel", 3))
    await student.start(3)
    good(await student.report(3, fault="noise"), 201)
    found = await student.machine(3)
    assert found["cycles_today"] == 1  # a cancelled one is none
    assert [(report["kind"], report["description"]) for report in found["open_reports"]] == [("noise", "It is broken")]
    assert "machine_code" not in found
    assert len((await admin.machine(3))["machine_code"]) == 4


@pytest.mark.parametrize("path", ["washer/7", "washer/0", "washer/x", "mangle/1", "washer/%F0", "washer/１"])
async def test_unknown_machines_are_not_found(room: Room, path: str) -> None:
    answer = await (await room.student()).do("GET", f"machines/{path}")
    assert answer.status_code == 404


async def test_own_cycles_are_listed_and_staff_see_all(room: Room) -> None:
    first, second, staff = *(await room.students(2)), await room.staff()
    await first.start(1)
    await second.start(2, category="extra_15")
    good(await second.ask("end", 2, collected=True))
    mine = await second.get("cycles/")
    assert [(cycle["machine_id"], cycle["minutes"], cycle["close_reason"]) for cycle in mine["items"]] == [
        (2, 45, "collected")
    ]
    assert (await second.get("cycles/", user_id=first.id))["total"] == 0
    assert (await staff.get("cycles/"))["total"] == 2
    assert [cycle["user_id"] for cycle in (await staff.get("cycles/", open=True))["items"]] == [first.id]
    assert (await staff.get("cycles/", machine_type="dryer"))["total"] == 0


# -- starting ---------------------------------------------------------------------------------------------------------


async def test_r2_start_refuses_by_the_first_reason(room: Room) -> None:
    student, other, staff = *(await room.students(2)), await room.staff()
    refused(await room.world.client().post("/api/v1/machines/start", json={}), 401, "not_authenticated")
    refused(await student.ask("start", 1, "washer"), 422, "validation_error")
    refused(await student.ask("start", 1, "mangle", category="normal"), 422, "validation_error")
    refused(await student.ask("start", 9, category="no_such"), 404, "machine_not_found")
    good(await staff.do("POST", "admin/machines/washer/1/disable", {"reason": "broken"}))
    refused(await student.ask("start", 1, category="no_such"), 422, "unknown_category")
    refused(await student.ask("start", 1, category="normal"), 409, "machine_disabled")
    await other.start(2)
    refused(await student.ask("start", 2, category="normal"), 409, "machine_in_use")
    good(await other.ask("end", 2))
    refused(await student.ask("start", 2, category="normal"), 409, "machine_not_emptied")
    await other.join()
    held = refused(await student.ask("start", 3, category="normal"), 409, "machine_held")
    assert moment(held["hold_expires_at"]) == room.now + timedelta(minutes=10)
    assert held["detail"] == f"Washer 3 is kept for the next in line until {room.now + timedelta(minutes=10):%H:%M}."
    refused(await staff.ask("start", 4, category="normal"), 403, "forbidden")


async def test_r2_own_loads_are_checked_before_the_code(room: Room) -> None:
    student, admin = await room.student(), await room.admin()
    await room.settings(admin, presence_check="code")
    codes = {number: (await admin.machine(number))["machine_code"] for number in (1, 2, 3)}
    await student.start(1, machine_code=codes[1])
    await student.start(2, machine_code=codes[2])
    refused(await student.ask("start", 3, category="normal"), 409, "too_many_machines")
    await room.world.advance(minutes=40)
    refused(await student.ask("start", 3, category="normal"), 409, "collect_first")


async def test_r2_ten_wrong_codes_an_hour(room: Room) -> None:
    student, admin = await room.student(), await room.admin()
    await room.settings(admin, presence_check="code")
    right = (await admin.machine(1))["machine_code"]
    for _ in range(10):
        refused(await student.ask("start", 1, category="normal", machine_code="no"), 403, "machine_code_wrong")
    refused(await student.ask("start", 1, category="normal", machine_code=right), 429, "rate_limited")
    await room.world.advance(minutes=61)
    await student.start(1, machine_code=right)


async def test_r3_fifty_starts_one_wins(room: Room) -> None:
    people = await room.students(50)
    for _ in range(6):
        await people[0].start(6, "dryer")
        good(await people[0].ask("cancel", 6, "dryer"))
    await people[1].start(2)
    await people[1].start(3)
    good(await people[1].ask("cancel", 3))
    before = await room.world.head()
    calls = [partial(person.ask, "start", 1, category="normal") for person in people]
    answers = await room.world.race(calls)
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 49]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"machine_in_use"}
    assert await room.names(before) == ["machine.started"]
    open_cycles = select(func.count()).where(Cycle.closed_at.is_(None), Cycle.machine_id == 1)
    assert await room.world.look(lambda look: look.one(open_cycles)) == 1


async def test_r3_the_loser_keeps_the_place_in_the_list(room: Room) -> None:
    people = await room.students(8)
    await room.fill(people[:6])
    await people[6].join()
    refused(await people[6].ask("start", 1, category="normal"), 409, "machine_in_use")
    assert [entry["user_id"] for entry in await people[0].list()] == [people[6].id]


async def test_r4_the_end_is_fixed_at_the_start(room: Room) -> None:
    people, admin = await room.students(4), await room.admin()
    minutes = []
    for number, (person, category) in enumerate(
        zip(people, ("normal", "extra_5", "extra_10", "extra_15"), strict=True), 1
    ):
        machine = await person.start(number, category=category)
        minutes.append((moment(machine["ends_at"]) - moment(machine["started_at"])) / timedelta(minutes=1))
    assert minutes == [30, 35, 40, 45]
    change = {"label": "Normal", "minutes": 50, "enabled": True, "sort": 0}
    good(await admin.do("PUT", "admin/categories/washer/normal", change))
    assert moment((await people[0].machine(1))["ends_at"]) == room.now + timedelta(minutes=30)
    longer = await people[3].start(5)
    assert moment(longer["ends_at"]) == room.now + timedelta(minutes=50)
    assert moment((await people[0].start(1, "dryer"))["ends_at"]) == room.now + timedelta(minutes=30)


async def test_r5_what_is_due_is_settled_before_anything_is_shown(room: Room) -> None:
    people = await room.students(8)
    await room.fill(people[:6])
    await people[6].join()
    await people[7].join()
    room.world.clock.advance(timedelta(minutes=40))
    board = await people[0].get("machines/")
    assert {machine["status"] for machine in board["washers"]} == {"completed"}
    assert [machine["hold"] and machine["hold"]["user_id"] for machine in board["washers"][:2]] == [
        people[6].id,
        people[7].id,
    ]
    told = [found.event.name for found in await room.told() if found.event.name != "machine.started"]
    assert told.index("machine.held") > max(place for place, name in enumerate(told) if name == "machine.completed")


async def test_r5_a_start_at_the_second_a_claim_ends_finds_it_ended(room: Room) -> None:
    holder, other = await room.students(2)
    await holder.join()
    room.world.clock.advance(timedelta(minutes=10) - timedelta(microseconds=1))
    refused(await other.ask("start", 1, category="normal"), 409, "machine_held")
    room.world.clock.advance(timedelta(microseconds=1))
    await other.start(1)
    assert (await room.names())[-2:] == ["waitlist.no_show", "machine.started"]
    assert await holder.list() == []


async def test_r5_last_second_race_of_a_claim(room: Room) -> None:
    holder, other = await room.students(2)
    await holder.join()
    room.world.clock.advance(timedelta(minutes=10))
    answers = await room.world.race([partial(person.ask, "start", 1, category="normal") for person in (holder, other)])
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    names = await room.names()
    assert (names.count("waitlist.no_show"), names.count("machine.hold_released"), names.count("machine.started")) == (
        1,
        1,
        1,
    )


async def test_r6_one_transaction_tells_in_order(room: Room) -> None:
    people = await room.students(3)
    await people[0].start(1)
    for person in people[1:]:
        good(await person.report(1), 201)
    before = await room.world.head()
    good(await people[0].report(1, abort_cycle=True), 201)
    names = [found.event.name for found in await room.world.events(before)]
    order = ["fault", "machine", "waitlist", "activity", "notification"]
    ranks = [order.index(name.split(".")[0]) for name in names]
    assert ranks == sorted(ranks)
    assert names[:3] == ["fault.reported", "machine.aborted", "machine.disabled"]


async def test_r6_a_refused_request_leaves_nothing(room: Room) -> None:
    first, second = await room.students(2)
    await first.start(1)
    before, timers = await room.world.head(), select(func.count()).select_from(DueTimer)
    count = await room.world.look(lambda look: look.one(timers))
    refused(await second.ask("start", 1, category="normal"), 409, "machine_in_use")
    refused(await second.ask("end", 1, collected=True), 403, "not_your_cycle")
    assert (await room.world.head(), await room.world.look(lambda look: look.one(timers))) == (before, count)


async def test_r7_time_left(room: Room) -> None:
    student = await room.student()
    assert (await student.start(1))["time_left_seconds"] == 1800
    room.world.clock.advance(timedelta(seconds=0.5))
    assert (await student.machine(1))["time_left_seconds"] == 1800
    room.world.clock.advance(timedelta(seconds=0.5))
    assert (await student.machine(1))["time_left_seconds"] == 1799
    await room.world.advance(minutes=31)
    assert (await student.machine(1))["time_left_seconds"] == 0


# -- ending -----------------------------------------------------------------------------------------------------------


async def test_r8_end_leaves_the_load_inside_until_it_is_collected(room: Room) -> None:
    student = await room.student()
    await student.start(1)
    done = good(await student.ask("end", 1))
    assert (done["status"], done["laundry_inside"], done["current_user_id"]) == ("completed", True, student.id)
    before = await room.world.head()
    again = good(await student.ask("end", 1))
    assert (again["status"], await room.world.head()) == ("completed", before)
    free = good(await student.ask("end", 1, collected=True))
    assert (free["status"], free["laundry_inside"], free["cycle_id"]) == ("available", False, None)
    refused(await student.ask("end", 1), 409, "no_active_cycle")


async def test_r8_a_running_load_can_be_taken_out_at_once(room: Room) -> None:
    student = await room.student()
    await student.start(1)
    assert good(await student.ask("end", 1, collected=True))["status"] == "available"
    assert (await room.names())[-1] == "machine.collected"


async def test_r8_a_disabled_machine_is_only_emptied(room: Room) -> None:
    student, staff = await room.student(), await room.staff()
    await student.start(1)
    good(await staff.do("POST", "admin/machines/washer/1/disable", {"reason": "leaks"}))
    assert good(await student.ask("end", 1))["status"] == "disabled"
    emptied = good(await student.ask("end", 1, collected=True))
    assert (emptied["status"], emptied["laundry_inside"]) == ("disabled", False)


async def test_r9_cancel_only_while_it_runs(room: Room) -> None:
    student = await room.student()
    refused(await student.ask("cancel", 1), 409, "not_in_use")
    await student.start(1)
    free = good(await student.ask("cancel", 1))
    assert (free["status"], free["total_cycles"]) == ("available", 0)
    await student.start(1)
    await room.world.advance(minutes=30)
    refused(await student.ask("cancel", 1), 409, "not_in_use")


async def test_r10_the_order_of_the_checks(room: Room) -> None:
    owner, other, staff = *(await room.students(2)), await room.staff()
    refused(await owner.ask("end", 1), 409, "no_active_cycle")
    refused(await owner.ask("cancel", 1), 409, "not_in_use")
    refused(await owner.ask("extend", 1, category="extra_5"), 409, "not_in_use")
    old = (await owner.start(1))["cycle_id"]
    good(await owner.ask("end", 1, collected=True))
    await other.start(1)
    for verb, said in (("end", {"collected": True}), ("cancel", {}), ("extend", {"category": "extra_5"})):
        refused(await owner.ask(verb, 1, cycle_id=old, **said), 409, "cycle_changed")
        refused(await owner.ask(verb, 1, **said), 403, "not_your_cycle")
    refused(await staff.ask("end", 1), 422, "validation_error")
    refused(await staff.ask("extend", 1, category="extra_5"), 403, "forbidden")
    assert good(await staff.ask("end", 1, reason="closing the room"))["status"] == "completed"
    refused(await other.ask("extend", 1, category="extra_15"), 409, "not_in_use")


async def test_r11_extend_counts_from_the_start(room: Room) -> None:
    people = await room.students(7)
    await room.fill(people[:6])
    await people[6].join()
    await room.world.advance(minutes=20)
    longer = good(await people[0].ask("extend", 1, category="extra_10"))
    assert moment(longer["ends_at"]) == moment(longer["started_at"]) + timedelta(minutes=40)
    refused(await people[0].ask("extend", 1, category="extra_10"), 409, "not_longer")
    refused(await people[0].ask("extend", 1, category="normal"), 409, "not_longer")
    refused(await people[0].ask("extend", 1, category="nonsense"), 422, "unknown_category")
    await room.world.advance(minutes=10)
    assert [(await people[0].machine(number))["status"] for number in (1, 2)] == ["in_use", "completed"]
    await room.world.advance(minutes=10)
    assert (await people[0].machine(1))["status"] == "completed"


async def test_r12_two_machines_of_a_type(room: Room) -> None:
    student = await room.student()
    await student.start(1)
    await student.start(2)
    refused(await student.ask("start", 3, category="normal"), 409, "too_many_machines")
    await student.start(1, "dryer")
    good(await student.ask("end", 1))
    refused(await student.ask("start", 3, category="normal"), 409, "too_many_machines")
    good(await student.ask("end", 1, collected=True))
    await student.start(3)


async def test_r13_collect_first_holds_for_the_type(room: Room) -> None:
    student = await room.student()
    await student.start(1)
    await room.world.advance(minutes=39)
    await student.start(2)
    good(await student.ask("end", 2, collected=True))
    await room.world.advance(minutes=1)
    refused(await student.ask("start", 2, category="normal"), 409, "collect_first")
    refused(await student.ask("join"), 409, "collect_first")
    await student.start(1, "dryer")


async def test_r14_the_grace_begins_when_the_load_is_done(room: Room) -> None:
    student = await room.student()
    await student.start(1)
    await room.world.advance(minutes=30)
    done = await student.machine(1)
    assert moment(done["pickup_deadline"]) == moment(done["completed_at"]) + timedelta(minutes=10)
    assert await student.notices() == ["cycle_complete"]


async def test_r14_after_an_outage_the_owner_has_the_whole_grace(room: Room) -> None:
    owner, other = await room.students(2)
    await owner.start(1)
    good(await other.ask("report-status", 2, seen="running", minutes_left=30))
    began = room.now
    room.world.clock.advance(timedelta(hours=2))
    await room.world.runtime.executor.change(end_overdue_times, settled=True)
    await room.world.run_due()
    machines = [await owner.machine(1), await owner.machine(2)]
    assert [moment(machine["completed_at"]) for machine in machines] == [began + timedelta(minutes=30)] * 2
    assert moment(machines[0]["pickup_deadline"]) == room.now + timedelta(minutes=10)
    assert moment(machines[1]["pickup_deadline"]) == began + timedelta(minutes=40)


async def test_r15_nobody_else_frees_a_machine_in_the_grace(room: Room) -> None:
    owner, other = await room.students(2)
    cycle_id = (await owner.start(1))["cycle_id"]
    good(await owner.ask("end", 1))
    early = refused(await other.ask("release", 1, cycle_id=cycle_id, reason="empty"), 409, "grace_running")
    assert moment(early["pickup_deadline"]) == room.now + timedelta(minutes=10)
    await room.world.advance(days=2)
    assert (await other.machine(1))["status"] == "completed"


async def test_r16_after_the_grace_anyone_may_make_room(room: Room) -> None:
    owner, other, staff = *(await room.students(2)), await room.staff()
    cycle_id = (await owner.start(1))["cycle_id"]
    release = partial(other.ask, "release", 1, cycle_id=cycle_id)
    refused(await release(reason="empty"), 409, "not_completed")
    await room.world.advance(minutes=40)
    refused(await release(reason="moved"), 422, "validation_error")
    refused(await release(reason="moved", place="the roof"), 422, "unknown_place")
    refused(await other.ask("release", 1, cycle_id="0195", reason="empty"), 409, "cycle_changed")
    freed = good(await release(reason="moved", place="Basket shelf"))
    assert (freed["status"], freed["cycle_id"]) == ("available", None)
    assert (await owner.notices())[-1] == "laundry_moved"
    load = (await owner.get("cycles/"))["items"][0]
    assert (load["close_reason"], load["moved_place"], load["moved_photo_url"]) == ("moved", "Basket shelf", None)
    cycle_id = (await owner.start(2))["cycle_id"]
    good(await owner.ask("end", 2))
    good(await staff.ask("release", 2, cycle_id=cycle_id, reason="empty"))


async def test_r16_only_the_holder_may_empty_a_held_machine(room: Room) -> None:
    people = await room.students(8)
    await room.fill(people[:6])
    await people[6].join()
    await room.world.advance(minutes=40)
    machine = await people[0].machine(1)
    assert machine["hold"]["user_id"] == people[6].id
    said = {"cycle_id": machine["cycle_id"], "reason": "empty"}
    refused(await people[7].ask("release", 1, **said), 409, "machine_held")
    good(await people[6].ask("release", 1, **said))
    await people[6].start(1)


async def test_r16_a_walk_up_has_a_grace_too(room: Room) -> None:
    student = await room.student()
    walk_up = good(await student.ask("report-status", 1, seen="full"))
    said = {"cycle_id": walk_up["cycle_id"], "reason": "empty"}
    refused(await student.ask("release", 1, **said), 409, "grace_running")
    await room.world.advance(minutes=10)
    assert good(await student.ask("release", 1, **said))["status"] == "available"


async def test_r17_who_makes_room_gets_the_machine_for_a_while(room: Room) -> None:
    owner, finder, other = await room.students(3)
    cycle_id = (await owner.start(1))["cycle_id"]
    await room.world.advance(minutes=40)
    freed = good(await finder.ask("release", 1, cycle_id=cycle_id, reason="empty"))
    assert freed["hold"] == {
        "user_id": finder.id,
        "reason": "finder",
        "expires_at": (room.now + timedelta(minutes=5)).isoformat().replace("+00:00", "Z"),
    }
    refused(await other.ask("start", 1, category="normal"), 409, "machine_held")
    await room.world.advance(minutes=5)
    assert (await finder.machine(1))["hold"] is None
    assert "waitlist.no_show" not in await room.names()
    await other.start(1)


async def test_r17_a_hold_lives_at_least_five_minutes_after_the_machine_is_emptied(room: Room) -> None:
    people = await room.students(7)
    await room.fill(people[:6])
    await people[6].join()
    await room.world.advance(minutes=48)
    freed = good(await people[0].ask("end", 1, collected=True))
    assert moment(freed["hold"]["expires_at"]) == room.now + timedelta(minutes=5)
    entry = (await people[6].list())[0]
    assert moment(entry["claim_expires_at"]) == room.now + timedelta(minutes=5)
    await room.world.advance(minutes=4)
    await people[6].start(1)


async def test_r17_the_first_of_the_list_is_called_before_a_finder(room: Room) -> None:
    people, staff = await room.students(9), await room.staff()
    await room.fill(people[:6])
    await room.world.advance(minutes=40)
    for person in people[6:8]:
        await person.join()
    held = [(await people[0].machine(number))["hold"]["user_id"] for number in (1, 2)]
    assert held == [people[6].id, people[7].id]
    third = await people[0].machine(3)
    freed = good(await staff.ask("release", 3, cycle_id=third["cycle_id"], reason="empty"))
    assert freed["hold"] is None  # staff do not hold machines


async def test_r18_nudges(room: Room) -> None:
    owner, other = await room.students(2)
    refused(await other.ask("nudge", 1), 409, "not_completed")
    await owner.start(1)
    good(await owner.ask("end", 1))
    assert good(await other.ask("nudge", 1), 202) == {"sent": True}
    soon = await other.ask("nudge", 1)
    assert refused(soon, 429, "nudged_recently")["retry_after"] == int(soon.headers["Retry-After"]) <= 301
    for _ in range(2):
        await room.world.advance(minutes=5)
        good(await other.ask("nudge", 1), 202)
    await room.world.advance(minutes=5)
    refused(await other.ask("nudge", 1), 429, "nudged_recently")
    assert (await owner.notices()).count("nudge") == 3
    frames = await room.world.frames()
    assert "nudged" not in {frame["data"].get("change") for frame in frames}
    good(await other.ask("report-status", 2, seen="full"))
    refused(await other.ask("nudge", 2), 409, "no_owner")


async def test_r19_what_counts_as_a_cycle(room: Room) -> None:
    student, staff = await room.student(), await room.staff()

    async def total() -> int:
        count: int = (await student.machine(1))["total_cycles"]
        return count

    await student.start(1)
    good(await student.ask("cancel", 1))
    assert await total() == 0
    await student.start(1)
    await room.world.advance(minutes=30)
    good(await student.ask("end", 1, collected=True))
    assert await total() == 1
    await student.start(1)
    good(await student.ask("end", 1))
    good(await student.ask("end", 1, collected=True))
    assert await total() == 2
    await student.start(1)
    good(await student.ask("end", 1, collected=True))
    assert await total() == 3
    await student.start(1)
    good(await staff.do("POST", "admin/machines/washer/1/disable", {"reason": "smoke"}))
    good(await student.ask("end", 1, collected=True))
    assert await total() == 3
    good(await staff.do("POST", "admin/machines/washer/1/enable", {"resolution": "was dust"}))
    walk_up = good(await student.ask("report-status", 1, seen="running", minutes_left=1))
    await room.world.advance(minutes=11)
    good(await student.ask("release", 1, cycle_id=walk_up["cycle_id"], reason="empty"))
    assert await total() == 4


# -- what time does ---------------------------------------------------------------------------------------------------


async def test_reminders_of_a_load(room: Room) -> None:
    owner, staff = await room.student(), await room.staff()
    await owner.start(1)
    await room.world.advance(minutes=25)
    assert await owner.notices() == ["cycle_ending"]
    await room.world.advance(minutes=5)
    await room.world.advance(minutes=10)
    await room.world.advance(minutes=20)
    await room.world.advance(minutes=30)
    assert await owner.notices() == ["cycle_ending", "cycle_complete", *["pickup_reminder"] * 3]
    assert await staff.notices() == []
    await room.world.advance(minutes=60)
    assert await staff.notices() == ["staff_left_load"]
    assert (await owner.notices()).count("pickup_reminder") == 3


async def test_a_late_ending_reminder_is_dropped_and_of_missed_ones_the_last_is_sent(room: Room) -> None:
    owner = await room.student()
    await owner.start(1)
    await room.world.advance(minutes=95)
    names = await room.names()
    assert "machine.ending_soon" not in names
    assert names.count("machine.pickup_reminder") == 1
    reminded = [found.event for found in await room.told() if found.event.name == "machine.pickup_reminder"]
    assert [getattr(event, "minutes", None) for event in reminded] == [60]


async def test_short_cycles_are_not_announced(room: Room) -> None:
    student, admin = await room.student(), await room.admin()
    body = {"label": "Spin", "minutes": 10, "enabled": True, "sort": 9}
    good(await admin.do("PUT", "admin/categories/washer/spin", body))
    await student.start(1, category="spin")
    await room.world.advance(minutes=5)
    assert await student.notices() == []


async def test_the_timer_of_an_ended_load_does_nothing_to_the_next(room: Room) -> None:
    first, second = await room.students(2)
    await first.start(1)
    await room.world.advance(minutes=20)
    good(await first.ask("end", 1, collected=True))
    await second.start(1)
    await room.world.advance(minutes=15)
    assert (await second.machine(1))["status"] == "in_use"
    assert await second.notices() == []
    await room.world.advance(minutes=15)
    assert (await second.machine(1))["status"] == "completed"


async def test_no_claim_is_lost_by_an_outage(room: Room) -> None:
    from livefloor.systems.laundry.waitlist import keep_claims

    people = await room.students(2)
    for person in people:
        await person.join()

    async def last_seen(ctx: object) -> None:
        await ctx.add(Heartbeat(process="p", last_tick_at=room.now))  # type: ignore[attr-defined]

    await room.world.change(last_seen)
    room.world.clock.advance(timedelta(hours=1))
    await room.world.runtime.executor.change(keep_claims, settled=True)
    await room.world.run_due()
    entries = await people[0].list()
    assert [entry["status"] for entry in entries] == ["called", "called"]
    assert {moment(entry["claim_expires_at"]) for entry in entries} == {room.now + timedelta(minutes=10)}
    assert moment((await people[0].machine(1))["hold"]["expires_at"]) == room.now + timedelta(minutes=10)
    await people[0].start(1)


async def test_a_replayed_start_gives_the_first_answer(room: Room) -> None:
    student = await room.student()
    body = {"machine_type": "washer", "machine_id": 1, "category": "normal"}
    first = await student.do("POST", "machines/start", body, **{"Idempotency-Key": "k1"})
    again = await student.do("POST", "machines/start", body, **{"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert (await room.names()).count("machine.started") == 1


async def test_the_database_itself_refuses_a_second_open_load(room: Room) -> None:
    student = await room.student()
    await student.start(1)

    async def another(ctx: object) -> bool:
        machine = await ctx.one(select(Machine).where(Machine.machine_type == "washer", Machine.machine_id == 1))  # type: ignore[attr-defined]
        cycle = Cycle(
            machine_pk=machine.id,
            machine_type="washer",
            machine_id=1,
            user_id=student.id,
            category="normal",
            minutes=30,
            started_at=room.now,
            ends_at=room.now + timedelta(minutes=30),
        )
        return await ctx.try_add(cycle)  # type: ignore[attr-defined]

    assert await room.world.change(another) is False
