"""The demo data is the room that section 12 describes, and lives on from there."""

import dataclasses
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from livefloor.kernel.settings import SettingError
from livefloor.parts.activity import Activity
from livefloor.parts.notifications import Notification
from livefloor.systems.laundry import system
from livefloor.systems.laundry.demo import demo, is_demo
from livefloor.systems.laundry.models import Cycle, FaultReport, User, WaitlistItem
from livefloor.systems.laundry.upkeep import refuse_demo_accounts
from livefloor.testing.world import World
from tests.systems.laundry.visitors import QUICK, call, login, staff_login

pytestmark = pytest.mark.world(environ=QUICK)


async def shown(world: World, path: str, student_id: str = "100001") -> Any:
    """Return what a demo student sees at a path."""
    token = (await login(world, student_id)).json()["access_token"]
    answer = await call(world, "GET", path, token)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def count(world: World, *conditions: Any, of: type[Any] = Cycle) -> int:
    """Return how many rows there are."""
    statement = select(func.count()).select_from(of).where(*conditions)
    return await world.look(lambda look: look.one(statement)) or 0


async def test_the_accounts(world: World) -> None:
    await world.change(demo)
    assert await world.look(is_demo)
    for student_id in ("100001", "100012", "100023"):
        assert (await login(world, student_id)).status_code == 200
    assert (await login(world, "100024")).json()["code"] == "account_blocked"
    for staff_id, role in (("900000", "admin"), ("900001", "staff"), ("900002", "staff")):
        assert (await staff_login(world, staff_id))["user"]["role"] == role
    profile = await shown(world, "profile/me", "100023")
    assert profile["waitlist_suspended_until"] is not None
    assert profile["no_shows_7d"] == 3
    assert profile["display_name"] == "Cleo"
    assert (await shown(world, "profile/me", "100003"))["display_name"] == "Student ··03"


async def test_the_room_stands_as_described(world: World) -> None:
    await world.change(demo)
    board = await shown(world, "machines/")
    washers = {machine["machine_id"]: machine for machine in board["washers"]}
    dryers = {machine["machine_id"]: machine for machine in board["dryers"]}
    assert [machine["status"] for machine in board["washers"]] == [
        "in_use",
        "in_use",
        "completed",
        "completed",
        "disabled",
        "available",
    ]
    assert [machine["status"] for machine in board["dryers"]] == [
        "available",
        "in_use",
        "in_use",
        "available",
        "completed",
        "available",
    ]
    assert (washers[1]["time_left_seconds"], washers[1]["current_category"], washers[1]["in_use_by"]) == (
        22 * 60,
        "extra_10",
        "Mango",
    )
    assert (washers[2]["time_left_seconds"], washers[2]["current_category"]) == (4 * 60, "normal")
    assert (washers[3]["overdue"], washers[4]["overdue"]) == (False, True)
    assert washers[4]["hold"]["reason"] == washers[6]["hold"]["reason"] == "waitlist"
    assert (washers[5]["report_count"], dryers[6]["report_count"]) == (3, 2)
    assert (dryers[3]["source"], dryers[3]["time_left_seconds"]) == ("walk_up", 31 * 60)
    assert board["summary"]["washer"]["waiting"] == 2
    items = (await shown(world, "waitlist/washer"))["items"]
    assert [(item["status"], item["machine_id"]) for item in items] == [
        ("called", 6),
        ("called", 4),
        ("waiting", None),
        ("waiting", None),
    ]
    left = [(item["claim_expires_at"]) for item in items[:1]]
    assert left == [(world.clock.now() + timedelta(minutes=7)).isoformat().replace("+00:00", "Z")]
    assert (await shown(world, "waitlist/dryer"))["items"] == []


async def test_four_weeks_of_history(world: World) -> None:
    await world.change(demo)
    assert 1500 <= await count(world) <= 1900
    assert 235 <= await count(world, of=WaitlistItem) <= 265
    assert await count(world, WaitlistItem.status == "no_show", of=WaitlistItem) == 18
    by_status = Counter(await world.look(lambda look: look.all(select(FaultReport.status))))
    assert by_status == {"resolved": 19, "dismissed": 3, "open": 5}
    assert await count(world, Activity.visibility == "public", of=Activity) == 40
    counts = await world.look(
        lambda look: look.tuples(
            select(User.student_id, func.count())
            .join(Notification, Notification.user_id == User.id)
            .where(User.role == "student")
            .group_by(User.student_id)
        )
    )
    assert len(counts) == 24
    assert all(2 <= many <= 6 for _, many in counts)
    assert await count(world, Cycle.moved_photo_id.is_not(None)) == 1
    grid = (await shown(world, "insights/quiet-times"))["grid"]
    assert all(cell is not None for day in grid for cell in day)
    assert max(range(24), key=lambda hour: grid[6][hour]) in range(17, 22)


async def test_photos_can_be_seen(world: World) -> None:
    await world.change(demo)
    token = (await staff_login(world, "900001"))["access_token"]
    [report] = await world.look(lambda look: look.all(select(FaultReport).where(FaultReport.photo_id.is_not(None))))
    [moved] = await world.look(lambda look: look.all(select(Cycle).where(Cycle.moved_photo_id.is_not(None))))
    for photo_id in (report.photo_id, moved.moved_photo_id):
        answer = await call(world, "GET", f"fault-photos/{photo_id}", token)
        assert answer.content[:3] == b"\xff\xd8\xff"


async def test_it_goes_into_an_empty_database_only(world: World) -> None:
    await world.change(demo)
    before = (await count(world), await count(world, of=User))
    await world.change(demo)
    assert (await count(world), await count(world, of=User)) == before


async def test_the_room_lives_on(world: World) -> None:
    await world.change(demo)
    await world.advance(minutes=4)
    washers = (await shown(world, "machines/"))["washers"]
    assert washers[1]["status"] == "completed"
    assert "Washer 2 is done" in [item["title"] for item in (await shown(world, "notifications/", "100002"))["items"]]
    await world.advance(minutes=3)  # nobody came to Washers 4 and 6: the third and fourth of the list were called
    items = (await shown(world, "waitlist/washer"))["items"]
    assert [(item["display_name"], item["machine_id"]) for item in items] == [("Student ··06", 3), ("Pixel", 4)]
    assert (await shown(world, "machines/"))["summary"]["washer"]["available"] == 1
    await world.advance(hours=13)
    assert (await shown(world, "waitlist/washer"))["items"] == []
    names = [recorded.event.name for recorded in await world.events()]
    assert names.count("machine.completed") == 4
    assert "machine.left_load" in names


async def test_production_refuses_to_serve_it(world: World) -> None:
    await world.change(refuse_demo_accounts)
    await world.change(demo)
    await world.change(refuse_demo_accounts)
    settings = world.settings.model_copy(update={"env": "production"})
    world.runtime.executor.means = dataclasses.replace(world.runtime.means, settings=settings)
    with pytest.raises(SettingError, match="LIVEFLOOR_ENV: production does not serve demo accounts"):
        await world.change(refuse_demo_accounts)


def test_the_system_knows_its_demo() -> None:
    assert system.demo is not None
    assert system.demo.fill is demo
