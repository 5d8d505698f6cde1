"""What is really in the machines, said by those who stand before them (R30-R33)."""

from datetime import datetime, timedelta

from tests.systems.laundry.conftest import Room, good, refused


def moment(text: str) -> datetime:
    """Read a time of an answer."""
    return datetime.fromisoformat(text)


async def test_r30_a_running_walk_up(room: Room) -> None:
    student = await room.student()
    machine = good(await student.ask("report-status", 1, seen="running", minutes_left=12))
    assert (machine["status"], machine["source"], machine["in_use_by"]) == ("in_use", "walk_up", None)
    assert moment(machine["ends_at"]) == room.now + timedelta(minutes=12)
    usual = good(await student.ask("report-status", 2, seen="running"))
    assert moment(usual["ends_at"]) == room.now + timedelta(minutes=30)
    await room.world.advance(minutes=12)
    done = await student.machine(1)
    assert (done["status"], moment(done["pickup_deadline"])) == ("completed", room.now + timedelta(minutes=10))
    assert await student.notices() == []


async def test_r30_a_full_walk_up(room: Room) -> None:
    student = await room.student()
    machine = good(await student.ask("report-status", 1, seen="full"))
    assert (machine["status"], machine["total_cycles"]) == ("completed", 1)
    assert moment(machine["pickup_deadline"]) == room.now + timedelta(minutes=10)


async def test_r30_who_was_called_goes_back_to_the_head(room: Room) -> None:
    people = await room.students(8)
    for number, person in enumerate(people[:5], start=2):
        await person.start(number)
    await people[5].join()
    await people[6].join()
    assert (await people[5].machine(1))["hold"]["user_id"] == people[5].id
    good(await people[7].ask("report-status", 1, seen="running"))
    entries = await people[5].list()
    assert [(entry["user_id"], entry["status"], entry["machine_id"]) for entry in entries] == [
        (people[5].id, "waiting", None),
        (people[6].id, "waiting", None),
    ]
    assert "waitlist_restored" in await people[5].notices()
    good(await people[0].ask("end", 2, collected=True))
    assert (await people[5].list())[0]["machine_id"] == 2


async def test_r30_a_restored_person_is_called_to_the_next_free_machine(room: Room) -> None:
    first, second = await room.students(2)
    await first.join()
    good(await second.ask("report-status", 1, seen="full"))
    entry = (await first.list())[0]
    assert (entry["status"], entry["machine_id"]) == ("called", 2)


async def test_r31_a_load_that_still_runs(room: Room) -> None:
    owner, other = await room.students(2)
    await owner.start(1)
    await room.world.advance(minutes=30)
    again = good(await other.ask("report-status", 1, seen="running"))
    assert (again["status"], again["current_user_id"], again["completed_at"]) == ("in_use", owner.id, None)
    assert moment(again["ends_at"]) == room.now + timedelta(minutes=5)
    await room.world.advance(minutes=5)
    good(await owner.ask("report-status", 1, seen="running", minutes_left=3))
    await room.world.advance(minutes=3)
    assert (await owner.machine(1))["total_cycles"] == 1
    refused(await other.ask("report-status", 1, seen="running"), 409, "reopen_limit")


async def test_r31_the_hold_of_a_reopened_load_goes_back(room: Room) -> None:
    people = await room.students(8)
    await room.fill(people[:6])
    await people[6].join()
    await room.world.advance(minutes=40)
    assert (await people[6].list())[0]["machine_id"] == 1
    machine = good(await people[7].ask("report-status", 1, seen="running"))
    assert machine["hold"] is None
    entry = (await people[6].list())[0]
    assert (entry["status"], entry["machine_id"]) == ("called", 2)


async def test_r32_what_may_not_be_said(room: Room) -> None:
    owner, other, staff = *(await room.students(2)), await room.staff()
    refused(await other.ask("report-status", 1, seen="empty"), 409, "already_so")
    await owner.start(1)
    refused(await other.ask("report-status", 1, seen="running"), 409, "already_so")
    refused(await other.ask("report-status", 1, seen="empty"), 409, "not_allowed")
    refused(await staff.ask("report-status", 1, seen="full"), 409, "not_allowed")
    await room.world.advance(minutes=30)
    refused(await other.ask("report-status", 1, seen="full"), 409, "already_so")
    refused(await other.ask("report-status", 1, seen="empty"), 409, "not_allowed")
    good(await staff.do("POST", "admin/machines/washer/1/disable", {"reason": "broken"}))
    refused(await other.ask("report-status", 1, seen="running"), 409, "machine_disabled")
    refused(await other.ask("report-status", 9, seen="running"), 404, "machine_not_found")
    refused(await other.ask("report-status", 2, seen="running", minutes_left=121), 422, "validation_error")


async def test_r32_a_walk_up_that_is_empty(room: Room) -> None:
    first, second = await room.students(2)
    good(await first.ask("report-status", 1, seen="running"))
    machine = good(await second.ask("report-status", 1, seen="empty"))
    assert (machine["status"], machine["total_cycles"], machine["source"]) == ("available", 0, None)


async def test_r33_three_reports_an_hour(room: Room) -> None:
    student, staff = await room.student(display_name="Mango"), await room.staff()
    for number in (1, 2, 3):
        good(await student.ask("report-status", number, seen="full"))
    answer = await student.ask("report-status", 4, seen="full")
    refused(answer, 429, "rate_limited")
    assert int(answer.headers["Retry-After"]) <= 3601
    for number in (4, 5, 6):
        good(await staff.ask("report-status", number, seen="full"))
    feed = (await student.get("activities/", activity_type="status_reported"))["items"]
    assert [item["display_name"] for item in feed] == ["Sam", "Sam", "Sam", "Mango", "Mango", "Mango"]
    await room.world.advance(minutes=60, seconds=1)
    good(await student.ask("report-status", 4, "dryer", seen="full"))
