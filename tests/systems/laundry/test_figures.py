"""The figures of the room (section 9), and that hours are written whatever happened (J11)."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from livefloor import Ctx
from livefloor.systems.laundry.figures import overlap, p90, share, spread
from livefloor.systems.laundry.models import Cycle, Machine, UsageHour, WaitlistItem
from livefloor.testing.world import World
from tests.systems.laundry.conftest import Room, good, refused

HOUR = datetime(2025, 3, 2, 19, 0, tzinfo=UTC)


async def hours(world: World, number: int = 1) -> list[tuple[str, int, int, int, int]]:
    """Return hour, enabled, in use, completed and starts of a washer."""
    statement = (
        select(UsageHour)
        .join(Machine, Machine.id == UsageHour.machine_pk)
        .where(Machine.machine_type == "washer", Machine.machine_id == number)
        .order_by(UsageHour.hour)
    )
    rows = await world.look(lambda look: look.all(statement))
    return [
        (f"{row.hour:%H}", row.enabled_seconds, row.in_use_seconds, row.completed_seconds, row.starts) for row in rows
    ]


# -- sums -------------------------------------------------------------------------------------------------------------


def test_sums() -> None:
    assert overlap(HOUR, HOUR + timedelta(minutes=30), HOUR + timedelta(minutes=10), HOUR + timedelta(hours=1)) == 1200
    assert overlap(HOUR, HOUR + timedelta(minutes=5), HOUR + timedelta(minutes=10), HOUR + timedelta(hours=1)) == 0
    assert (share(1, 4), share(0, 0), share(0, 5)) == (0.25, None, 0.0)
    assert p90([]) is None
    assert p90(list(range(1, 11))) == 9
    assert p90([7]) == 7
    found = spread([3, 1, 2])
    assert (found.count, found.median_seconds, found.p90_seconds) == (3, 2, 3)


# -- hours ------------------------------------------------------------------------------------------------------------


async def test_j11_an_hour_is_written_two_minutes_after_its_end(room: Room) -> None:
    owner = await room.student()
    await room.world.advance(minutes=10)
    await owner.start(1)
    await room.world.advance(minutes=30)
    await room.world.advance(minutes=10)
    good(await owner.ask("end", 1, collected=True))
    await room.world.advance(minutes=11)
    assert await hours(room.world) == []
    await room.world.advance(minutes=1)
    assert await hours(room.world) == [("19", 3600, 1800, 600, 1)]


async def test_j11_hours_missed_while_down_are_filled_from_the_cycles(room: Room) -> None:
    owner = await room.student()
    await owner.start(1)
    await room.world.advance(minutes=30)
    await room.world.advance(hours=4)
    found = await hours(room.world)
    assert [(hour, used, lay, starts) for hour, _, used, lay, starts in found] == [
        ("19", 1800, 1800, 1),
        ("20", 0, 3600, 0),
        ("21", 0, 3600, 0),
        ("22", 0, 3600, 0),
    ]
    await room.world.advance(hours=1)
    assert (await hours(room.world))[:4] == found


async def test_machines_out_of_order_count_out_of_capacity(room: Room) -> None:
    staff, owner = await room.staff(), await room.student()
    await owner.start(2)
    await room.world.advance(minutes=15)
    good(await staff.do("POST", "admin/machines/washer/1/disable", {"reason": "no power"}))
    await room.world.advance(minutes=30)
    good(await staff.do("POST", "admin/machines/washer/1/enable", {"resolution": "new fuse"}))
    await room.world.advance(minutes=5)
    good(await staff.do("POST", "admin/machines/washer/1/disable", {"reason": "again"}))
    await room.world.advance(minutes=90)
    assert [enabled for _, enabled, *_ in await hours(room.world)] == [1200, 0]
    figures = await staff.get("admin/insights")
    first = next(item for item in figures["machines"] if (item["machine_type"], item["machine_id"]) == ("washer", 1))
    assert first["availability"] == round(1 - 120 / 140, 4)
    assert figures["repairs"] == {"count": 1, "median_seconds": 1800.0, "p90_seconds": 1800.0}


async def test_a_cancelled_load_was_none(room: Room) -> None:
    owner = await room.student()
    await owner.start(1)
    await room.world.advance(minutes=5)
    good(await owner.ask("cancel", 1))
    await room.world.advance(minutes=60)
    assert await hours(room.world) == [("19", 3600, 0, 0, 0)]
    assert (await (await room.staff()).get("admin/insights"))["cycles"] == 0


# -- quiet times ------------------------------------------------------------------------------------------------------


async def use(world: World, days: list[int], *, enabled: int = 3600, used: int = 900) -> None:
    """Write the hour of 12:00 so many days ago, for every machine."""

    async def work(ctx: Ctx) -> None:
        for machine in await ctx.all(select(Machine)):
            for day in days:
                hour = datetime(2025, 3, 2, 12, tzinfo=UTC) - timedelta(days=day)
                busy = used if machine.machine_type == "washer" else 0
                await ctx.add(
                    UsageHour(
                        machine_pk=machine.id,
                        hour=hour,
                        enabled_seconds=enabled,
                        in_use_seconds=busy,
                        completed_seconds=0,
                        starts=0,
                    )
                )

    await world.change(work)


async def test_quiet_times_say_nothing_where_too_little_is_known(room: Room) -> None:
    person = await room.student()
    await use(room.world, [7])  # one Sunday
    await use(room.world, [6, 13])  # two Mondays
    await use(room.world, [5, 12], enabled=599)  # Tuesdays on which machines were hardly enabled
    await use(room.world, [0, 35])  # today, and too long ago
    shown = await person.get("insights/quiet-times")
    assert (shown["timezone"], shown["weeks"]) == ("UTC", 4)
    assert [len(day) for day in shown["grid"]] == [24] * 7
    assert shown["grid"][0][12] == 0.125
    assert sum(cell is not None for day in shown["grid"] for cell in day) == 1
    assert (await person.get("insights/quiet-times", machine_type="washer"))["grid"][0][12] == 0.25
    assert (await person.get("insights/quiet-times", machine_type="dryer"))["grid"][0][12] == 0.0
    refused(await person.do("GET", "insights/quiet-times?machine_type=toaster"), 422, "validation_error")


async def test_quiet_times_are_by_the_rooms_clock(room: Room) -> None:
    admin = await room.admin()
    await use(room.world, [6, 13])
    await room.settings(admin, timezone="Asia/Kuala_Lumpur")
    assert (await admin.get("insights/quiet-times"))["grid"][0][20] == 0.125


# -- insights ---------------------------------------------------------------------------------------------------------


async def test_roles(room: Room) -> None:
    refused(await (await room.student()).do("GET", "admin/insights"), 403, "forbidden")
    async with room.world.client() as anybody:
        assert (await anybody.get("/api/v1/insights/quiet-times")).status_code == 401


async def washers(room: Room, **query: Any) -> dict[str, Any]:
    """Return the figures of the washers."""
    staff = await room.staff()
    found: dict[str, Any] = (await staff.get("admin/insights", **query))["types"][0]
    return found


async def test_loads_pickups_left_loads_walk_ups(room: Room) -> None:
    people = await room.students(4)
    await people[0].start(1)
    await people[1].start(2)
    good(await people[2].ask("report-status", 3, seen="running", minutes_left=20))
    await room.world.advance(minutes=30)
    await room.world.advance(minutes=4)
    good(await people[0].ask("end", 1, collected=True))
    await room.world.advance(minutes=6)
    cycle_id = (await people[1].machine(2))["cycle_id"]
    good(await people[3].ask("release", 2, cycle_id=cycle_id, reason="moved", place="Basket shelf"))
    found = await washers(room)
    assert (found["cycles"], found["walk_up_share"], found["left_load_rate"]) == (3, 0.3333, 0.3333)
    assert found["pickup_delay"] == {"count": 1, "median_seconds": 240.0, "p90_seconds": 240.0}


async def test_waiting_leaving_missing(room: Room) -> None:
    people = await room.students(9)
    await room.fill(people[:6])
    for person in people[6:9]:
        await person.join()
    await room.world.advance(minutes=12)
    good(await people[8].ask("leave"))
    good(await people[0].ask("end", 1, collected=True))  # the seventh is called after 12 minutes
    await room.world.advance(minutes=10)  # and does not come; the eighth is called after 22
    found = await washers(room)
    assert found["joined"] == 3
    assert found["list_abandonment"] == 0.3333
    assert found["no_show_rate"] == 0.5
    assert found["wait"] == {"count": 2, "median_seconds": 1020.0, "p90_seconds": 1320.0}
    assert found["held_minutes"] == 10.0


async def test_no_machine_stands_idle_while_somebody_waits(room: Room) -> None:
    people = await room.students(8)
    await room.fill(people[:6])
    await people[6].join()
    await room.world.advance(minutes=20)
    await people[7].join()
    await room.world.advance(minutes=10)
    await room.world.advance(minutes=30)
    good(await people[0].ask("end", 1, collected=True))
    await room.world.advance(minutes=30)
    assert (await washers(room))["idle_while_waiting_minutes"] == 0.0


async def test_a_day_is_the_rooms_day_and_a_load_belongs_to_its_start(room: Room) -> None:
    admin, owner = await room.admin(), await room.student()
    await room.settings(admin, timezone="America/New_York")
    await room.world.advance(hours=9, minutes=50)  # 23:50 in the room
    await owner.start(1, category="extra_5")
    await room.world.advance(minutes=35)
    days = (await admin.get("admin/insights", **{"from": "2025-03-02", "to": "2025-03-03"}))["days"]
    assert [(day["day"], day["cycles"], day["by_category"]) for day in days if day["machine_type"] == "washer"] == [
        ("2025-03-02", 1, {"extra_5": 1}),
        ("2025-03-03", 0, {}),
    ]


async def test_a_span_is_at_most_a_year(room: Room) -> None:
    staff = await room.staff()
    for query in (
        "from=2024-01-01&to=2025-01-01",
        "from=2025-03-03&to=2025-03-02",
        "from=x",
        "to=9999-12-31",
        "to=0001-01-01",
    ):
        refused(await staff.do("GET", f"admin/insights?{query}"), 422, "validation_error")
    shown = await staff.get("admin/insights", **{"from": "2024-03-02", "to": "2025-03-02"})
    assert (shown["from"], shown["to"], len(shown["days"])) == ("2024-03-02", "2025-03-02", 366 * 2)


async def test_as_a_table(room: Room) -> None:
    staff, owner = await room.staff(), await room.student()
    await owner.start(1)
    await room.world.advance(minutes=30)
    answer = await staff.client.get("/api/v1/admin/insights?format=csv&from=2025-03-02&to=2025-03-02")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = {tuple(row.values())[:4]: row["value"] for row in csv.DictReader(io.StringIO(answer.text))}
    assert rows["", "", "", "cycles"] == "1"
    assert rows["", "washer", "1", "cycles"] == "1"
    assert rows["2025-03-02", "washer", "", "by_category_normal"] == "1"
    assert rows["", "washer", "", "wait_median_seconds"] == ""


@pytest.mark.parametrize("count", [1, 3])
async def test_reports_for_each_hundred_loads(room: Room, count: int) -> None:
    people = await room.students(count)
    for person in people:
        await person.start(1)
        await room.world.advance(minutes=30)
        good(await person.ask("end", 1, collected=True))
    good(await people[0].report(1, fault="noise"), 201)
    found = (await (await room.staff()).get("admin/insights"))["machines"]
    first = next(item for item in found if (item["machine_type"], item["machine_id"]) == ("washer", 1))
    assert (first["cycles"], first["reports"], first["reports_per_100_cycles"]) == (count, 1, round(100 / count, 2))


async def test_an_empty_room_has_figures_too(room: Room) -> None:
    shown = await (await room.staff()).get("admin/insights")
    assert (shown["cycles"], shown["utilisation"], shown["live"]["active_connections"]) == (0, None, 0)
    assert all(item["availability"] == 1.0 for item in shown["machines"])
    assert await room.world.look(lambda look: look.all(select(Cycle))) == []
    assert await room.world.look(lambda look: look.all(select(WaitlistItem))) == []
