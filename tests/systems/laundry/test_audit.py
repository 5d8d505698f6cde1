"""The audit trail: who did what when, for admins (R65)."""

import csv
import io
from typing import Any

import pytest

from livefloor.testing.world import World
from tests.systems.laundry.conftest import Person, Room, good, refused


async def names(admin: Person, **query: Any) -> list[str]:
    """Return the names of the events that are found, newest first."""
    return [item["name"] for item in (await admin.get("admin/audit", limit=200, **query))["items"]]


async def test_anonymous_students_and_staff_may_not(world: World) -> None:
    async with world.client() as client:
        assert (await client.get("/api/v1/admin/audit")).status_code == 401
    async with Room(world) as room:
        refused(await (await room.student()).do("GET", "admin/audit"), 403, "forbidden")
        refused(await (await room.staff()).do("GET", "admin/audit"), 403, "forbidden")


async def test_r65_every_change_is_there_with_who_did_it(room: Room) -> None:
    admin, staff, student = await room.admin(), await room.staff(), await room.student()
    machine = await student.start(1)
    good(await staff.ask("cancel", 1, reason="wrong machine"))
    [entry] = (await admin.get("admin/audit", name="machine.cancelled"))["items"]
    assert (entry["actor"]["id"], entry["actor"]["role"]) == (staff.id, "staff")
    assert entry["subject"] == f"machine:{machine['id']}"
    assert entry["data"]["reason"] == "wrong machine"
    assert (await names(admin))[-1] == "machine.started"
    assert await names(admin, name="machine") == ["machine.cancelled", "machine.started"]
    assert set(await names(admin, actor=student.id)) == {"machine.started", "activity.logged"}
    assert "machine.cancelled" in await names(admin, actor="staff")
    assert set(await names(admin, subject="machine")) == {"machine.started", "machine.cancelled"}
    assert await names(admin, subject=entry["subject"]) == ["machine.cancelled", "machine.started"]


async def test_by_time_in_the_rooms_days(room: Room) -> None:
    admin, student = await room.admin(), await room.student()
    await room.settings(admin, timezone="Asia/Kuala_Lumpur")
    await student.start(1)  # 2 March 19:00 UTC is 3 March in the room
    await room.world.advance(days=1)
    good(await student.ask("end", 1, collected=True))
    assert "machine.started" in await names(admin, **{"from": "2025-03-03", "to": "2025-03-03"})
    assert "machine.collected" not in await names(admin, to="2025-03-03")
    assert "machine.started" not in await names(admin, **{"from": "2025-03-04"})
    assert "machine.collected" in await names(admin, **{"from": "2025-03-03T19:00:00Z"})
    assert await names(admin, to="2025-03-02") == []


async def test_pages(room: Room) -> None:
    admin, student = await room.admin(), await room.student()
    for _ in range(3):
        await student.start(1)
        good(await student.ask("cancel", 1))
    everything = await admin.get("admin/audit", limit=200)
    seen, cursor = [], None
    while True:
        page = await admin.get("admin/audit", limit=5, **({"cursor": cursor} if cursor else {}))
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == everything["items"]
    assert [item["seq"] for item in seen] == list(range(everything["total"], 0, -1))


async def test_as_a_table_that_no_spreadsheet_runs(room: Room) -> None:
    admin, staff = await room.admin(), await room.staff()
    good(await staff.do("POST", "admin/machines/washer/1/disable", {"reason": "=cmd|' /C calc'!A0"}))
    answer = await admin.client.get("/api/v1/admin/audit?format=csv&name=machine.disabled")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="audit.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["name"], row["role"], row["actor"]) for row in rows] == [("machine.disabled", "staff", staff.id)]
    assert not any(cell[:1] in "=+-@" for row in rows for cell in row.values() if cell)


@pytest.mark.parametrize("query", ["from=yesterday", "to=2025-02-30", "format=pdf", "limit=0", "cursor=x"])
async def test_a_query_that_makes_no_sense_is_refused(room: Room, query: str) -> None:
    refused(await (await room.admin()).do("GET", f"admin/audit?{query}"), 422, "validation_error")


@pytest.mark.parametrize("query", ["name=%25", "actor=%22%25", "subject=_", "name='%20or%201=1--"])
async def test_hostile_words_are_words(room: Room, query: str) -> None:
    admin, student = await room.admin(), await room.student()
    await student.start(1)
    assert good(await admin.do("GET", f"admin/audit?{query}"))["items"] == []


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kuala_Lumpur", "America/New_York"])
async def test_the_ends_of_time(room: Room, zone: str) -> None:
    admin = await room.admin()
    await room.settings(admin, timezone=zone)
    for query in (
        "from=0001-01-01",
        "to=9999-12-31",
        "from=0001-01-01T00:00:00%2B14:00",
        "to=9999-12-31T23:59:59-14:00",
    ):
        assert (await admin.do("GET", f"admin/audit?{query}")).status_code in (200, 422)
