"""What is done at certain hours: forgetting (J12), backups (J13), word of open faults (J14)."""

import tarfile
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from livefloor import Ctx
from livefloor.identity.lockout import LoginAttempt
from livefloor.identity.sessions import RefreshToken, Session
from livefloor.parts.activity import Activity
from livefloor.parts.notifications import Delivery, Notification, notify
from livefloor.parts.outbox import OutboxMessage
from livefloor.store.idempotency import IdempotencyKey
from livefloor.systems.laundry.upkeep import BackupMade, BackupMissing
from livefloor.testing.world import World
from tests.systems.laundry.conftest import Room, good
from tests.systems.laundry.visitors import PHONE, QUICK, WRONG, login, post, register


async def count(world: World, model: type[Any]) -> int:
    """Return how many rows a table has."""
    return await world.look(lambda look: look.one(select(func.count()).select_from(model))) or 0


# -- forgetting -------------------------------------------------------------------------------------------------------


async def test_j12_notifications_are_kept_for_90_days_activities_for_180(room: Room) -> None:
    person = await room.student(phone_number="5551234567", notify_sms=True)
    await person.start(1)
    await room.world.advance(minutes=30)
    assert await count(room.world, OutboxMessage) == 1
    await room.world.advance(days=9)
    assert await count(room.world, OutboxMessage) == 0
    await room.world.advance(days=80)
    assert "cycle_complete" in await person.notices()
    assert await count(room.world, Delivery) == 1
    await room.world.advance(days=2)
    assert "cycle_complete" not in await person.notices()
    assert await count(room.world, Delivery) == 0
    assert (await person.get("activities/"))["total"] == 2
    await room.world.advance(days=91)
    assert (await person.get("activities/"))["total"] == 0


@pytest.mark.world(environ=QUICK)
async def test_j12_tries_sessions_and_keys(world: World) -> None:
    token = (await register(world))["access_token"]
    await login(world, pin=WRONG)
    async with world.client(token) as client:
        await client.post("/api/v1/waitlist/join", json={"machine_type": "washer"}, headers={"Idempotency-Key": "k"})
    assert await count(world, IdempotencyKey) == 1
    await world.advance(days=2)
    assert await count(world, IdempotencyKey) == 0
    assert await count(world, LoginAttempt) > 0
    await world.advance(days=30)
    assert await count(world, LoginAttempt) == 0
    assert await count(world, Session) == 1
    await world.advance(days=31)
    assert (await count(world, Session), await count(world, RefreshToken)) == (0, 0)
    assert (
        await post(world, "auth/register", {"student_id": "100002", "pin": "7305", "phone_number": PHONE}, "127.0.0.1")
    ).status_code == 201


async def test_j12_runs_at_half_past_three_by_the_rooms_clock(room: Room) -> None:
    admin = await room.admin()
    await room.settings(admin, timezone="Asia/Kuala_Lumpur")  # 3:00 in the room

    async def old(ctx: Ctx) -> None:
        await notify(ctx, user_id=admin.id, kind="nudge", title="t", message="m", link="/")
        row = (await ctx.all(select(Notification)))[0]
        row.created_at = ctx.now - timedelta(days=91)
        await ctx.save(row)

    await room.world.change(old)
    await room.world.runtime.jobs.set_periods()
    await room.world.advance(days=1, minutes=29)
    before = await count(room.world, Activity)
    assert before == 0
    await room.world.advance(minutes=1)
    assert await count(room.world, Notification) == 0


# -- backups ----------------------------------------------------------------------------------------------------------


async def facts(world: World, kind: type[Any]) -> Sequence[Any]:
    """Return the events of a kind."""
    return [found.event for found in await world.events() if isinstance(found.event, kind)]


async def test_j13_a_backup_each_night_holds_database_and_photos(room: Room) -> None:
    room.world.runtime.means.ports.files.put("0195aaaa-bbbb.jpg", b"photo")
    await room.world.advance(hours=8)  # 3:00
    [made] = await facts(room.world, BackupMade)
    path = room.world.data / "backups" / made.file
    assert path.stat().st_size == made.bytes
    with tarfile.open(path) as archive:
        names = archive.getnames()
    assert "database" in names
    assert any(name.startswith("photos/") and name.endswith("0195aaaa-bbbb.jpg") for name in names)


async def test_j13_staff_hear_of_two_days_without_a_backup(room: Room) -> None:
    staff, student = await room.staff(), await room.student()

    async def fails() -> None:
        raise OSError("disk full")

    room.world.runtime.means.services["backup"] = fails
    await room.world.advance(hours=47)
    await room.world.advance(hours=1)
    assert await staff.notices() == []
    await room.world.advance(hours=1)
    assert await staff.notices() == ["staff_backup"]
    await room.world.advance(hours=47)
    assert await staff.notices() == ["staff_backup"]
    for _ in range(2):
        await room.world.advance(hours=1)
    assert await staff.notices() == ["staff_backup"] * 2
    assert len(await facts(room.world, BackupMissing)) == 2
    assert await student.notices() == []


# -- faults that stay open --------------------------------------------------------------------------------------------


async def test_j14_staff_hear_of_reports_open_for_more_than_three_days(room: Room) -> None:
    staff, people = await room.staff(), await room.students(3)
    good(await people[0].report(2, fault="noise"), 201)
    good(await people[1].report(2, fault="door"), 201)
    report = good(await people[2].report(5, fault="noise"), 201)
    good(
        await staff.do(
            "PATCH", f"faults/{report['id']}", {"status": "resolved", "note": "", "version": report["version"]}
        )
    )
    await room.world.advance(days=3)
    assert "staff_fault" not in await staff.notices()
    await room.world.advance(hours=14)  # 9:00
    found = [
        item for item in (await staff.get("notifications/"))["items"] if item["notification_type"] == "staff_fault"
    ]
    assert [(item["title"], item["message"]) for item in found] == [
        ("2 fault reports are open for more than 3 days", "Washer 2.")
    ]
