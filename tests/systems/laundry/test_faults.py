"""Faults: reporting, going out of order, coming back (R40-R46)."""

from datetime import timedelta
from functools import partial

from tests.systems.laundry.conftest import Person, Room, good, refused


async def report_all(people: list[Person], number: int = 1, kind: str = "washer") -> list[dict[str, object]]:
    """Let each of these people report a machine."""
    return [good(await person.report(number, kind), 201) for person in people]


async def test_r40_the_third_person_disables(room: Room) -> None:
    people = await room.students(3)
    made = await report_all(people)
    assert [(one["report_count"], one["is_disabled"], one["counts"]) for one in made] == [
        (1, False, True),
        (2, False, True),
        (3, True, True),
    ]
    machine = await people[0].machine(1)
    assert (machine["status"], machine["enabled"], machine["report_count"]) == ("disabled", False, 3)
    assert machine["out_of_order"]["since"] == room.now.isoformat().replace("+00:00", "Z")
    assert await room.names() == ["fault.reported", "fault.reported", "fault.reported", "machine.disabled"]
    frame = [frame["data"] for frame in await room.world.frames(channels=["faults"])][-1]
    assert (frame["report_count"], frame["is_disabled"], "reporter" in frame) == (3, True, False)
    told = [frame["data"] for frame in await room.world.frames(channels=["staff"])][-1]
    assert told["reporter"]["user_id"] == people[2].id
    assert "student_id" not in told["reporter"]


async def test_r40_one_open_report_a_person(room: Room) -> None:
    student = await room.student()
    first = good(await student.report(1), 201)
    again = refused(await student.report(1), 409, "already_reported")
    assert again["report_id"] == first["id"]
    good(await student.report(2), 201)


async def test_r40_who_is_often_wrong_does_not_count(room: Room) -> None:
    student, staff = await room.student(), await room.staff()
    for number in (1, 2, 3):
        report = good(await student.report(number), 201)
        body = {"status": "dismissed", "note": "nothing wrong", "version": report["version"]}
        good(await staff.do("PATCH", f"faults/{report['id']}", body))
    fourth = good(await student.report(4), 201)
    assert (fourth["counts"], fourth["report_count"]) == (False, 0)
    good(await student.report(5, fault="water_leak"), 201)
    assert (await student.machine(5))["status"] == "available"
    await room.world.advance(days=31)
    assert good(await student.report(6), 201)["counts"] is True


async def test_r40_five_reports_an_hour(room: Room) -> None:
    student = await room.student()
    for number in range(1, 6):
        good(await student.report(number), 201)
    refused(await student.report(6), 429, "rate_limited")
    await room.world.advance(hours=1)
    good(await student.report(6), 201)


async def test_r41_a_safety_fault_disables_at_once(room: Room) -> None:
    student, admin, staff = await room.student(), await room.admin(), await room.staff()
    assert good(await student.report(1, fault="water_leak"), 201)["is_disabled"] is True
    assert "staff_fault" in await staff.notices()
    await room.settings(admin, safety_fault_threshold=2)
    other = await room.student()
    assert good(await student.report(2, fault="burning_smell"), 201)["is_disabled"] is False
    assert good(await other.report(2, fault="noise"), 201)["is_disabled"] is False
    assert good(await (await room.student()).report(3, fault="noise"), 201)["is_disabled"] is False
    assert good(await other.report(3, fault="electric_shock"), 201)["is_disabled"] is False


async def test_r42_a_running_load_is_stopped_and_its_owner_comes_first(room: Room) -> None:
    people, staff = await room.students(8), await room.staff()
    await room.fill(people[:6])
    await people[6].join()
    good(await staff.do("POST", "admin/machines/washer/1/disable", {"reason": "no water"}))
    machine = await people[0].machine(1)
    assert (machine["status"], machine["laundry_inside"], machine["current_user_id"]) == (
        "disabled",
        True,
        people[0].id,
    )
    load = (await people[0].get("cycles/", open=True))["items"][0]
    assert (load["finish"], load["completed_at"]) == ("faulted", room.now.isoformat().replace("+00:00", "Z"))
    assert [entry["user_id"] for entry in await people[0].list()] == [people[0].id, people[6].id]
    assert {"cycle_stopped", "waitlist_restored"} <= set(await people[0].notices())
    good(await people[2].ask("end", 3, collected=True))
    assert [(entry["user_id"], entry["machine_id"]) for entry in await people[0].list()] == [
        (people[0].id, 3),
        (people[6].id, None),
    ]


async def test_r42_the_owner_is_not_called_to_the_broken_machine(room: Room) -> None:
    people, staff = await room.students(6), await room.staff()
    await room.fill(people)
    good(await staff.do("POST", "admin/machines/washer/1/disable", {"reason": "no water"}))
    good(await people[0].ask("end", 1, collected=True))
    good(await staff.do("POST", "admin/machines/washer/1/enable", {"resolution": "tap was shut"}))
    assert (await people[0].machine(1))["hold"] is None
    assert (await people[0].list())[0]["status"] == "waiting"


async def test_r42_a_hold_goes_back_to_the_list(room: Room) -> None:
    holder, staff = await room.student(), await room.staff()
    await holder.join()
    good(await staff.do("POST", "admin/machines/washer/1/disable", {"reason": "broken"}))
    machine = await holder.machine(1)
    assert machine["hold"] is None
    entry = (await holder.list())[0]
    assert (entry["status"], entry["machine_id"]) == ("called", 2)
    assert "waitlist_restored" in await holder.notices()


async def test_r42_a_finished_load_stays_its_owners_duty(room: Room) -> None:
    owner, staff = await room.student(), await room.staff()
    await owner.start(1)
    await room.world.advance(minutes=30)
    good(await staff.do("POST", "admin/machines/washer/1/disable", {"reason": "broken"}))
    await room.world.advance(minutes=10)
    refused(await owner.ask("start", 2, category="normal"), 409, "collect_first")
    assert await owner.list() == []
    good(await owner.ask("end", 1, collected=True))
    await owner.start(2)


async def test_r43_only_staff_enable_and_all_reports_are_closed(room: Room) -> None:
    people, staff = await room.students(3), await room.staff()
    made = await report_all(people)
    refused(await people[0].do("POST", "admin/machines/washer/1/enable", {"resolution": "fine"}), 403, "forbidden")
    one = good(await staff.do("PATCH", f"faults/{made[0]['id']}", {"status": "resolved", "note": "ok", "version": 1}))
    assert one["status"] == "resolved"
    assert (await people[0].machine(1))["status"] == "disabled"
    body = {"resolution": "new pump", "dismiss_ids": [made[1]["id"]]}
    machine = good(await staff.do("POST", "admin/machines/washer/1/enable", body))
    assert (machine["status"], machine["enabled"], machine["report_count"], machine["out_of_order"]) == (
        "available",
        True,
        0,
        None,
    )
    found = (await staff.get("faults/", machine_type="washer"))["items"]
    assert [report["status"] for report in found] == ["resolved", "dismissed", "resolved"]
    assert (await people[2].notices())[-1] == "fault_update"
    refused(await staff.do("POST", "admin/machines/washer/1/enable", body), 409, "not_disabled")
    assert good(await people[0].report(1), 201)["report_count"] == 1


async def test_r43_a_load_inside_comes_back_with_a_new_deadline(room: Room) -> None:
    owner, staff = await room.student(), await room.staff()
    await owner.start(1)
    good(await staff.do("POST", "admin/machines/washer/1/disable", {"reason": "broken"}))
    await room.world.advance(hours=1)
    machine = good(await staff.do("POST", "admin/machines/washer/1/enable", {"resolution": "repaired"}))
    deadline = (room.now + timedelta(minutes=10)).isoformat().replace("+00:00", "Z")
    assert (machine["status"], machine["pickup_deadline"], machine["overdue"]) == ("completed", deadline, False)


async def test_r43_an_enabled_machine_is_given_to_the_list(room: Room) -> None:
    people, staff = await room.students(6), await room.staff()
    for number, person in enumerate(people[:5], start=2):
        await person.start(number)
    good(await staff.do("POST", "admin/machines/washer/1/disable", {"reason": "broken"}))
    await people[5].join()
    machine = good(await staff.do("POST", "admin/machines/washer/1/enable", {"resolution": "repaired"}))
    assert machine["hold"]["user_id"] == people[5].id


async def test_r44_a_report_on_a_disabled_machine_changes_nothing(room: Room) -> None:
    people, staff = await room.students(4), await room.staff()
    good(await staff.do("POST", "admin/machines/washer/1/disable", {"reason": "broken"}))
    before = await room.world.head()
    made = await report_all(people)
    assert [one["is_disabled"] for one in made] == [True] * 4
    assert set(await room.names(before)) == {"fault.reported"}


async def test_r44_a_lower_threshold_holds_from_the_next_report_on(room: Room) -> None:
    people, admin = await room.students(3), await room.admin()
    await report_all(people[:2])
    await room.settings(admin, fault_report_disable_threshold=2)
    assert (await people[0].machine(1))["status"] == "available"
    assert good(await people[2].report(1), 201)["is_disabled"] is True


async def test_r45_a_load_called_off_by_its_owner(room: Room) -> None:
    people = await room.students(7)
    await room.fill(people[:6])
    await people[6].join()
    good(await people[0].report(1, abort_cycle=True, fault="no_water"), 201)
    machine = await people[0].machine(1)
    # The drum is empty and nobody before: the next in the list gets the machine, the owner skips it.
    assert (machine["laundry_inside"], machine["hold"]["user_id"]) == (False, people[6].id)
    assert [entry["user_id"] for entry in await people[0].list()] == [people[0].id, people[6].id]
    load = (await people[0].get("cycles/"))["items"][0]
    assert (load["finish"], load["close_reason"], machine["total_cycles"]) == ("faulted", "aborted", 0)


async def test_r45_in_any_other_case_the_flag_is_ignored(room: Room) -> None:
    owner, other = await room.students(2)
    await owner.start(1)
    good(await other.report(1, abort_cycle=True), 201)
    assert (await owner.machine(1))["status"] == "in_use"
    await room.world.advance(minutes=10, seconds=1)
    good(await owner.report(1, abort_cycle=True), 201)
    assert (await owner.machine(1))["status"] == "in_use"


async def test_r46_two_third_reports_at_once(room: Room) -> None:
    people = await room.students(4)
    await report_all(people[:2])
    answers = await room.world.race([partial(person.report, 1) for person in people[2:]])
    assert [answer.status_code for answer in answers] == [201, 201]
    assert (await room.names()).count("machine.disabled") == 1
    assert (await people[0].get("faults/washer/1"))["report_count"] == 4


async def test_r46_one_person_reporting_many_times_at_once(room: Room) -> None:
    student = await room.student()
    answers = await room.world.race([partial(student.report, 1) for _ in range(6)])
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 5]


async def test_faults_of_a_machine_are_counted(room: Room) -> None:
    people, staff = await room.students(2), await room.staff()
    made = await report_all(people)
    good(await staff.do("PATCH", f"faults/{made[0]['id']}", {"status": "acknowledged", "version": 1}))
    found = await people[0].get("faults/washer/1")
    now = room.now.isoformat().replace("+00:00", "Z")
    assert found == {
        "machine_type": "washer",
        "machine_id": 1,
        "report_count": 2,
        "threshold": 3,
        "is_disabled": False,
        "total_reports": 2,
        "last_report_at": now,
    }
    refused(await people[0].do("GET", "faults/washer/9"), 404, "machine_not_found")


async def test_students_see_no_reporters(room: Room) -> None:
    people, staff = await room.students(2), await room.staff()
    await report_all(people)
    text = (await people[0].do("GET", "faults/")).text
    assert people[1].id not in text
    assert not any(person.student_id in text for person in people)
    assert [item["reporter"]["student_id"] for item in (await staff.get("faults/"))["items"]] == [
        person.student_id for person in reversed(people)
    ]
    assert (await people[0].get("faults/", mine=True))["total"] == 1


async def test_handling_a_report(room: Room) -> None:
    student, staff = await room.student(), await room.staff()
    report = good(await student.report(1), 201)
    path = f"faults/{report['id']}"
    refused(await staff.do("PATCH", path, {"status": "dismissed", "version": 1}), 422, "validation_error")
    good(await staff.do("PATCH", path, {"status": "acknowledged", "version": 1}))
    refused(await staff.do("PATCH", path, {"status": "resolved", "version": 1}), 412, "stale_version")
    handled = good(await staff.do("PATCH", path, {"status": "resolved", "note": "cleaned", "version": 2}))
    assert (handled["status"], handled["note"], handled["handled_by"]) == ("resolved", "cleaned", staff.id)
    refused(await staff.do("PATCH", path, {"status": "dismissed", "note": "no", "version": 3}), 409, "already_closed")
    refused(await student.do("PATCH", path, {"status": "resolved", "version": 3}), 403, "forbidden")
    frames = [
        frame["data"] for frame in await room.world.frames(channels=["faults"]) if frame["event"] == "fault_updated"
    ]
    assert [(frame["status"], frame["report_count"]) for frame in frames] == [("acknowledged", 1), ("resolved", 0)]
    assert await student.notices() == ["fault_update", "fault_update"]


async def test_clearing_a_left_load(room: Room) -> None:
    owner, staff = await room.student(), await room.staff()
    path = "admin/machines/washer/1/clear"
    refused(await staff.do("POST", path, {"place": "the office"}), 409, "nothing_inside")
    await owner.start(1)
    refused(await staff.do("POST", path, {"place": "the office"}), 409, "machine_in_use")
    good(await owner.ask("end", 1))
    machine = good(await staff.do("POST", path, {"place": "the office", "note": "blue bag"}))
    assert machine["status"] == "available"
    load = (await owner.get("cycles/"))["items"][0]
    assert (load["close_reason"], load["moved_place"]) == ("staff_cleared", "the office")
    assert (await owner.notices())[-1] == "laundry_moved"
    await owner.start(2)
    good(await staff.do("POST", "admin/machines/washer/2/disable", {"reason": "broken"}))
    cleared = good(await staff.do("POST", "admin/machines/washer/2/clear", {"place": "the office"}))
    assert (cleared["status"], cleared["laundry_inside"]) == ("disabled", False)


async def test_disabling(room: Room) -> None:
    student, staff = await room.student(), await room.staff()
    path = "admin/machines/dryer/2/disable"
    refused(await student.do("POST", path, {"reason": "because"}), 403, "forbidden")
    body = {"reason": "belt torn", "expected_back_at": "2025-03-07T12:00:00Z"}
    machine = good(await staff.do("POST", path, body))
    assert machine["out_of_order"]["expected_back_at"] == "2025-03-07T12:00:00Z"
    assert machine["out_of_order"]["reason"] == "belt torn"
    refused(await staff.do("POST", path, body), 409, "already_disabled")
    refused(await staff.do("POST", "admin/machines/dryer/77/disable", body), 404, "machine_not_found")
