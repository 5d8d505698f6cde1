"""Of any number who start one machine at the same moment exactly one has it (R3, R59, R46)."""

from collections import Counter
from functools import partial
from typing import Any

import httpx
from sqlalchemy import func, select

from livefloor.systems.laundry.models import Cycle, FaultReport, Machine
from tests.systems.laundry.conftest import Room

OPEN_CYCLES = select(func.count()).select_from(Cycle).where(Cycle.closed_at.is_(None))
REPORTS = select(func.count()).select_from(FaultReport)
WASHER_1 = select(Machine).where(Machine.machine_type == "washer", Machine.machine_id == 1)


def codes(answers: list[httpx.Response]) -> Counter[tuple[int, Any]]:
    """Count the answers by status and code."""
    return Counter((answer.status_code, answer.json().get("code")) for answer in answers)


async def test_r3_fifty_students_start_one_machine(room: Room) -> None:
    """One 201, 49 times 409 machine_in_use, one machine.started; and nobody else's limits or rows are touched."""
    students = await room.students(50)
    answers = await room.world.race([partial(one.ask, "start", 1, category="normal") for one in students])
    assert codes(answers) == {(201, None): 1, (409, "machine_in_use"): 49}
    assert (await room.names()).count("machine.started") == 1
    assert await room.world.look(lambda look: look.one(OPEN_CYCLES)) == 1
    winner = next(answer.json() for answer in answers if answer.status_code == 201)
    shown = await students[0].machine(1)
    assert (shown["cycle_id"], shown["current_user_id"]) == (winner["cycle_id"], winner["current_user_id"])


async def test_r3_fifty_students_start_six_machines(room: Room) -> None:
    """Each machine goes to one of those who wanted it; losers may try the next at once."""
    students = await room.students(50)
    calls = [partial(one.ask, "start", 1 + place % 6, category="normal") for place, one in enumerate(students)]
    answers = await room.world.race(calls)
    assert codes(answers) == {(201, None): 6, (409, "machine_in_use"): 44}
    told = [one.event for one in await room.told() if one.event.name == "machine.started"]
    assert sorted(event.machine.machine_id for event in told) == [1, 2, 3, 4, 5, 6]  # type: ignore[attr-defined]


async def test_r12_one_student_starts_six_machines_at_once(room: Room) -> None:
    """The limit of two machines a person holds when all requests come at once."""
    student = await room.student()
    answers = await room.world.race(
        [partial(student.ask, "start", number, category="normal") for number in range(1, 7)]
    )
    assert codes(answers) == {(201, None): 2, (409, "too_many_machines"): 4}
    assert await room.world.look(lambda look: look.one(OPEN_CYCLES)) == 2


async def test_one_key_many_times_is_one_start(room: Room) -> None:
    """The same Idempotency-Key sent ten times at once starts once; the others are told the same or to wait."""
    student = await room.student()
    body = {"machine_type": "washer", "machine_id": 1, "category": "normal"}
    send = partial(student.do, "POST", "machines/start", body, **{"Idempotency-Key": "one"})
    answers = await room.world.race([send] * 10)
    found = codes(answers)
    assert set(found) <= {(201, None), (409, "request_in_progress")}
    assert found[201, None] >= 1
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert (await room.names()).count("machine.started") == 1


async def test_r46_two_third_reports_at_once(room: Room) -> None:
    """Both are stored; one machine.disabled is told; the machine is out of order once."""
    students = await room.students(4)
    for student in students[:2]:
        assert (await student.report(1)).status_code == 201
    answers = await room.world.race([partial(student.report, 1) for student in students[2:]])
    assert [answer.status_code for answer in answers] == [201, 201]
    assert sorted(answer.json()["report_count"] for answer in answers) == [3, 4]
    names = await room.names()
    assert (names.count("fault.reported"), names.count("machine.disabled")) == (4, 1)
    assert await room.world.look(lambda look: look.one(REPORTS)) == 4
    machine = await room.world.look(lambda look: look.one(WASHER_1))
    assert machine is not None
    assert (machine.status, machine.enabled) == ("disabled", False)


async def test_r46_the_third_report_and_a_start_at_once(room: Room) -> None:
    """Whichever comes first, the machine ends out of order, and a load that got in is stopped and told of."""
    students = await room.students(3)
    starter = await room.student()
    for student in students[:2]:
        assert (await student.report(1)).status_code == 201
    answers = await room.world.race(
        [partial(students[2].report, 1), partial(starter.ask, "start", 1, category="normal")]
    )
    report, start = answers
    assert report.status_code == 201
    shown = await starter.machine(1)
    assert shown["status"] == "disabled"
    names = await room.names()
    assert names.count("machine.disabled") == 1
    if start.status_code == 201:
        assert shown["laundry_inside"]
    else:
        assert codes([start]) == {(409, "machine_disabled"): 1}
        assert not shown["laundry_inside"]
        assert "machine.started" not in names


async def test_r20_joining_twice_at_once_is_one_entry(room: Room) -> None:
    """One open entry a person and list, and positions without gaps, when everybody joins at the same moment."""
    owners = await room.students(3)
    for place, owner in enumerate(owners):
        for number in (1 + 2 * place, 2 + 2 * place):
            await owner.start(number)
    students = await room.students(10)
    answers = await room.world.race([partial(one.ask, "join") for one in students for _ in range(2)])
    assert codes(answers) == {(201, None): 10, (409, "already_waiting"): 10}
    items = await students[0].list()
    assert [item["position"] for item in items] == list(range(1, 11))
    assert len({item["user_id"] for item in items}) == 10
