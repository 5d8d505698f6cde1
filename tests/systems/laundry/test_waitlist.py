"""The lists: joining, being called, passing, missing a turn (R20-R29)."""

from datetime import datetime, timedelta
from functools import partial

import httpx
from sqlalchemy import select

from livefloor.systems.laundry.models import WaitlistItem
from tests.systems.laundry.conftest import Person, Room, good, refused


def moment(text: str) -> datetime:
    """Read a time of an answer."""
    return datetime.fromisoformat(text)


async def crowd(room: Room, waiting: int, category: str = "normal") -> list[Person]:
    """Fill all washers and let some more wait for them; return all, those in the machines first."""
    people = await room.students(6 + waiting)
    await room.fill(people[:6], category=category)
    for person in people[6:]:
        await person.join()
    return people


async def statuses(person: Person) -> list[tuple[str, str]]:
    """Return who stands how in the list."""
    return [(entry["user_id"], entry["status"]) for entry in await person.list()]


async def test_r20_positions_have_no_gaps(room: Room) -> None:
    people = await crowd(room, 4)
    items = await people[0].list()
    assert [(entry["position"], entry["user_id"]) for entry in items] == [
        (place, person.id) for place, person in enumerate(people[6:], start=1)
    ]
    good(await people[7].ask("leave"))
    items = await people[0].list()
    assert [(entry["position"], entry["user_id"]) for entry in items] == [
        (1, people[6].id),
        (2, people[8].id),
        (3, people[9].id),
    ]
    frame = (await room.world.frames(channels=["waitlist:washer"]))[-1]
    assert (frame["event"], frame["data"]["change"], frame["data"]["count"]) == ("waitlist_update", "left", 3)
    assert [entry["position"] for entry in frame["data"]["items"]] == [1, 2, 3]


async def test_r20_one_place_in_each_list(room: Room) -> None:
    people = await crowd(room, 1)
    again = refused(await people[6].ask("join"), 409, "already_waiting")
    assert again["position"] == 1
    assert (await people[6].join("dryer"))["status"] == "called"


async def test_r20_two_joins_at_once_are_one(room: Room) -> None:
    people = await crowd(room, 0)
    answers = await room.world.race([partial(people[0].ask, "join") for _ in range(8)])
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]
    assert len(await people[0].list()) == 1


async def test_r21_free_machines_are_given_before_finished_ones(room: Room) -> None:
    people = await crowd(room, 3)
    await room.world.advance(minutes=29)
    good(await people[5].ask("end", 6))
    await room.world.advance(minutes=10)
    assert [entry["machine_id"] for entry in await people[0].list()] == [6, None, None]
    freed = good(await people[3].ask("end", 4, collected=True))
    assert (freed["status"], freed["hold"]["user_id"]) == ("available", people[7].id)
    assert [entry["machine_id"] for entry in await people[0].list()] == [6, 4, None]
    await room.world.advance(minutes=1)
    assert [entry["machine_id"] for entry in await people[0].list()] == [6, 4, 1]


async def test_r21_who_cannot_start_is_skipped_and_keeps_the_place(room: Room) -> None:
    people = await crowd(room, 0)
    await people[0].join()
    await people[1].join()
    good(await people[5].ask("end", 6, collected=True))
    await people[0].start(6)
    await people[2].join()
    refused(await people[0].ask("start", 1, category="normal"), 409, "machine_in_use")
    late = await room.student()
    await late.join()
    await room.world.advance(minutes=40)
    listed = await statuses(late)
    # people[1] has an overdue load, so only those without one are called, in their order.
    assert listed == [(people[1].id, "waiting"), (people[2].id, "waiting"), (late.id, "called")]
    good(await people[1].ask("end", 2, collected=True))
    assert (people[1].id, "called") in await statuses(late)


async def test_r21_nobody_behind_is_called_first(room: Room) -> None:
    people = await crowd(room, 4)
    called = []
    for number in (3, 1, 5, 2):
        good(await people[number - 1].ask("end", number, collected=True))
        called.append([entry["machine_id"] for entry in await people[0].list()])
    assert called == [[3, None, None, None], [3, 1, None, None], [3, 1, 5, None], [3, 1, 5, 2]]


async def test_r22_a_call_is_a_hold_with_a_reminder(room: Room) -> None:
    people = await crowd(room, 1)
    good(await people[0].ask("end", 1, collected=True))
    entry = (await people[6].list())[0]
    machine = await people[6].machine(1)
    ends = room.now + timedelta(minutes=10)
    assert (entry["status"], moment(entry["claim_expires_at"]), moment(machine["hold"]["expires_at"])) == (
        "called",
        ends,
        ends,
    )
    frames = await room.world.frames(channels=[f"user:{people[6].id}"])
    call = next(frame["data"] for frame in frames if frame["event"] == "waitlist_called")
    assert (call["item_id"], call["machine_id"], call["load_to_move"]) == (entry["id"], 1, False)
    assert "waitlist_called" in await people[6].notices()
    await room.world.advance(minutes=6)
    assert "claim_expiring" not in await people[6].notices()
    await room.world.advance(minutes=1)
    assert (await people[6].notices())[-1] == "claim_expiring"


async def test_r22_the_first_who_waits_is_told_once(room: Room) -> None:
    people = await crowd(room, 2)
    assert (await people[6].notices(), await people[7].notices()) == (["waitlist_next"], [])
    good(await people[6].ask("leave"))
    good(await people[0].ask("report-status", 1, "dryer", seen="full"))
    assert await people[7].notices() == ["waitlist_next"]


async def test_r23_a_start_fulfils_the_place(room: Room) -> None:
    people = await room.students(2)
    await people[0].join()
    started = await people[0].start(1)
    assert (started["waitlist_removed"], started["hold"]) == (True, None)
    assert await people[0].list() == []
    assert (await room.names())[-2:] == ["machine.started", "waitlist.fulfilled"]
    assert "waitlist_removed" not in await people[1].start(2)


async def test_r23_starting_another_machine_lets_go_of_the_held_one(room: Room) -> None:
    first, second = await room.students(2)
    await first.join()
    good(await first.ask("report-status", 4, "dryer", seen="running"))
    assert (await first.start(3))["waitlist_removed"] is True
    assert (await second.machine(1))["hold"] is None
    await second.start(1)


async def test_r23_those_behind_move_up(room: Room) -> None:
    people = await crowd(room, 3)
    good(await people[0].ask("end", 1, collected=True))
    await people[6].start(1)
    assert [entry["user_id"] for entry in await people[0].list()] == [people[7].id, people[8].id]


async def test_r24_the_holder_moves_the_load_and_starts(room: Room) -> None:
    people = await crowd(room, 1)
    await room.world.advance(minutes=40)
    call = next(
        frame["data"]
        for frame in await room.world.frames(channels=[f"user:{people[6].id}"])
        if frame["event"] == "waitlist_called"
    )
    assert call["load_to_move"] is True
    refused(await people[6].ask("start", 1, category="normal"), 409, "machine_not_emptied")
    machine = await people[6].machine(1)
    said = {"cycle_id": machine["cycle_id"], "reason": "moved", "place": "Folding table"}
    freed = good(await people[6].ask("release", 1, **said))
    assert (freed["status"], freed["hold"]["user_id"]) == ("available", people[6].id)
    assert (await people[6].start(1))["waitlist_removed"] is True


async def test_r24_the_owner_may_be_quicker(room: Room) -> None:
    people = await crowd(room, 1)
    await room.world.advance(minutes=40)
    good(await people[0].ask("end", 1, collected=True))
    await people[6].start(1)


async def test_r25_who_does_not_come_loses_the_turn(room: Room) -> None:
    people = await crowd(room, 2)
    good(await people[0].ask("end", 1, collected=True))
    await room.world.advance(minutes=10)
    assert await statuses(people[0]) == [(people[7].id, "called")]
    assert (await people[6].notices())[-1] == "waitlist_no_show"
    public = [item["activity_type"] for item in (await people[0].get("activities/"))["items"]]
    assert "waitlist_no_show" not in public
    assert (await people[7].machine(1))["hold"]["user_id"] == people[7].id


async def miss_a_turn(room: Room, person: Person) -> None:
    """Join, be called, and not come."""
    await person.join()
    await room.world.advance(minutes=10)
    await room.world.advance(minutes=10)


async def test_r26_three_missed_turns_close_the_lists(room: Room) -> None:
    student, staff = await room.student(), await room.staff()
    for _ in range(2):
        await miss_a_turn(room, student)
    await student.join("dryer")  # both lists count together
    await room.world.advance(minutes=10)
    until = refused(await student.ask("join"), 403, "waitlist_suspended")["until"]
    assert moment(until) == room.now + timedelta(hours=24)
    assert set((await student.notices())[-2:]) == {"waitlist_no_show", "waitlist_suspended"}
    await student.start(1)
    good(await student.ask("end", 1, collected=True))
    good(await staff.do("POST", f"admin/users/{student.id}/lift-suspension"))
    await student.join()
    await room.world.advance(minutes=20)
    await student.join()


async def test_r26_old_missed_turns_do_not_count(room: Room) -> None:
    student = await room.student()
    for _ in range(2):
        await miss_a_turn(room, student)
    await room.world.advance(days=7)
    await miss_a_turn(room, student)
    await student.join()


async def test_r27_giving_up_a_turn_closes_the_list_for_a_while(room: Room) -> None:
    student = await room.student()
    await student.join()
    assert good(await student.ask("leave")) == {"success": True}
    soon = await student.ask("join")
    refused(soon, 429, "rejoin_cooldown")
    assert 0 < int(soon.headers["Retry-After"]) <= 601
    await student.join("dryer")
    await room.world.advance(minutes=10)
    await student.join()


async def test_r27_leaving_while_waiting_costs_nothing(room: Room) -> None:
    people = await crowd(room, 2)
    good(await people[7].ask("leave"))
    await people[7].join()
    refused(await people[0].ask("leave"), 404, "not_waiting")


async def test_r28_passing_goes_behind_the_next(room: Room) -> None:
    people = await crowd(room, 3)
    refused(await people[6].ask("pass"), 409, "not_called")
    good(await people[0].ask("end", 1, collected=True))
    entry = good(await people[6].ask("pass"))
    assert (entry["position"], entry["status"]) == (2, "waiting")
    assert await statuses(people[0]) == [(people[7].id, "called"), (people[6].id, "waiting"), (people[8].id, "waiting")]
    good(await people[1].ask("end", 2, collected=True))
    refused(await people[6].ask("pass"), 409, "pass_used")
    good(await people[7].ask("pass"))
    assert [user for user, _ in await statuses(people[0])] == [people[6].id, people[8].id, people[7].id]


async def test_r28_two_who_pass_behind_the_same_one(room: Room) -> None:
    people = await crowd(room, 4)
    for number in (1, 2):
        good(await people[number - 1].ask("end", number, collected=True))
    good(await people[6].ask("pass"))
    good(await people[7].ask("pass"))
    assert [user for user, _ in await statuses(people[0])][0] == people[8].id


async def test_r28_nobody_behind(room: Room) -> None:
    people = await crowd(room, 1)
    refused(await people[0].ask("pass"), 404, "not_waiting")
    good(await people[0].ask("end", 1, collected=True))
    refused(await people[6].ask("pass"), 409, "nobody_behind")


async def test_r28_passing_a_load_to_move_is_free(room: Room) -> None:
    people = await crowd(room, 1, category="extra_5")
    good(await people[2].ask("end", 3))
    await room.world.advance(minutes=10)
    entry = good(await people[6].ask("pass"))
    assert (entry["position"], entry["status"]) == (1, "waiting")
    assert (await people[6].machine(3))["hold"] is None
    await room.world.advance(minutes=1)
    assert (await people[6].list())[0]["status"] == "waiting"  # not called to that load again
    good(await people[0].ask("end", 1, collected=True))
    assert (await people[6].list())[0]["machine_id"] == 1
    await people[6].start(1)


async def test_r29_joining_while_a_machine_is_free_is_a_call(room: Room) -> None:
    first, second = await room.students(2)
    joined = await first.join()
    assert (joined["status"], joined["machine_id"], joined["ahead"]) == ("called", 1, 0)
    assert (await second.join())["machine_id"] == 2
    assert (await room.names())[:2] == ["machine.held", "waitlist.joined"]


async def test_r29_who_made_room_holds_a_machine_already(room: Room) -> None:
    owner, finder = await room.students(2)
    cycle_id = (await owner.start(1))["cycle_id"]
    await room.world.advance(minutes=40)
    good(await finder.ask("release", 1, cycle_id=cycle_id, reason="empty"))
    refused(await finder.ask("join"), 409, "already_holding")
    await finder.start(2)
    assert (await finder.machine(1))["hold"] is None


async def test_the_order_in_which_joining_is_refused(room: Room) -> None:
    student, admin = await room.student(), await room.admin()
    await student.start(1)
    await student.start(2)
    refused(await student.ask("join"), 409, "too_many_machines")
    await room.world.advance(minutes=40)
    refused(await student.ask("join"), 409, "collect_first")
    people = await crowd_behind(room, student)
    await room.settings(admin, waitlist_max=1)
    await people[0].ask("join")
    refused(await (await room.student()).ask("join"), 409, "waitlist_full")


async def crowd_behind(room: Room, student: Person) -> list[Person]:
    """Take the remaining washers."""
    for number in (1, 2):
        good(await student.ask("end", number, collected=True))
    people = await room.students(7)
    await room.fill(people[1:])
    return people


async def test_staff_take_somebody_out(room: Room) -> None:
    people, staff = await crowd(room, 2), await room.staff()
    good(await people[0].ask("end", 1, collected=True))
    entry = (await staff.list())[0]
    answer = await staff.client.delete(f"/api/v1/admin/waitlist/{entry['id']}", params={"reason": "asked to"})
    assert answer.status_code == 204
    assert await statuses(people[0]) == [(people[7].id, "called")]
    assert (await people[6].notices())[-1] == "waitlist_removed"
    again = await staff.client.delete(f"/api/v1/admin/waitlist/{entry['id']}", params={"reason": "asked to"})
    assert again.status_code == 404


async def test_an_old_place_expires(room: Room) -> None:
    people = await crowd(room, 1)
    await room.world.advance(minutes=30)
    staff = await room.staff()
    for number in range(1, 7):
        good(await staff.do("POST", f"admin/machines/washer/{number}/disable", {"reason": "no water"}))
    await room.world.advance(hours=11, minutes=29)
    assert people[6].id in [user for user, _ in await statuses(people[0])]
    await room.world.advance(minutes=1)
    assert people[6].id not in [user for user, _ in await statuses(people[0])]
    assert (await people[6].notices())[-1] == "waitlist_removed"


async def test_a_blocked_student_leaves_the_lists(room: Room) -> None:
    people, staff = await crowd(room, 2), await room.staff()
    good(await people[0].ask("end", 1, collected=True))
    version = (await staff.get(f"admin/users/{people[6].id}"))["version"]
    good(await staff.do("PATCH", f"admin/users/{people[6].id}", {"status": "blocked", "version": version}))
    assert await statuses(people[0]) == [(people[7].id, "called")]


async def test_a_higher_limit_calls_who_may_start_now(room: Room) -> None:
    people, admin = await room.students(7), await room.admin()
    await room.settings(admin, max_active_per_type=1)
    await room.fill(people[:6])
    await people[6].join()
    good(await people[5].ask("end", 6, collected=True))
    await people[6].start(6)
    await room.settings(admin, max_active_per_type=2)
    await people[6].join()
    await room.settings(admin, max_active_per_type=1)
    good(await people[0].ask("end", 1, collected=True))
    assert await statuses(people[0]) == [(people[6].id, "waiting")]
    await room.settings(admin, max_active_per_type=2)
    assert await statuses(people[0]) == [(people[6].id, "called")]


async def test_estimated_waits_and_next_free(room: Room) -> None:
    people = await crowd(room, 2)
    items = await people[0].list()
    assert [entry["estimated_wait_minutes"] for entry in items] == [35, 35]  # 30 min to go, 5 until it is collected
    board = await people[0].get("machines/")
    assert moment(board["summary"]["washer"]["next_free_at"]) == room.now + timedelta(minutes=35)
    good(await people[0].ask("end", 1, collected=True))
    assert [entry["estimated_wait_minutes"] for entry in await people[0].list()] == [0, 35]


async def test_first_call_is_kept_for_the_figures(room: Room) -> None:
    people = await crowd(room, 3)
    good(await people[0].ask("end", 1, collected=True))
    first_called = room.now
    good(await people[6].ask("pass"))
    await room.world.advance(minutes=3)
    good(await people[1].ask("end", 2, collected=True))
    statement = select(WaitlistItem).where(WaitlistItem.user_id == people[6].id)
    item = await room.world.look(lambda look: look.one(statement))
    assert item is not None
    assert (item.first_called_at, item.called_at) == (first_called, room.now)


async def test_every_student_may_see_the_list_without_ids(room: Room) -> None:
    people = await crowd(room, 2)
    answer: httpx.Response = await people[0].do("GET", "waitlist/washer")
    assert not any(person.student_id in answer.text for person in people)
    assert answer.json()["count"] == answer.json()["total"] == 2
    refused(await people[0].do("GET", "waitlist/mangle"), 404, "machine_not_found")


async def test_r21_twenty_join_at_once_for_two_free_machines(room: Room) -> None:
    people = await room.students(20)
    for number, person in enumerate(people[:4], start=1):
        await person.start(number)
    before = await room.world.head()
    answers = await room.world.race([partial(person.ask, "join") for person in people])
    assert {answer.status_code for answer in answers} == {201}
    items = await people[0].list()
    assert [entry["position"] for entry in items] == list(range(1, 21))
    assert [entry["machine_id"] for entry in items] == [5, 6, *[None] * 18]
    assert (await room.names(before)).count("machine.held") == 2


async def test_r24_owner_and_holder_empty_a_machine_at_once(room: Room) -> None:
    people = await crowd(room, 1)
    await room.world.advance(minutes=40)
    cycle_id = (await people[0].machine(1))["cycle_id"]
    answers = await room.world.race(
        [
            partial(people[0].ask, "end", 1, collected=True, cycle_id=cycle_id),
            partial(people[6].ask, "release", 1, cycle_id=cycle_id, reason="empty"),
        ]
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    machine = await people[0].machine(1)
    assert (machine["status"], machine["hold"]["user_id"]) == ("available", people[6].id)
