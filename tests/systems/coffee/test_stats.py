"""Figures on a fixed set of cups and shifts: tiles, stations, time, people, stock, exports, what is kept."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from livefloor import Ctx
from livefloor.systems.coffee.models import Order, Schedule, StationHour, UserDay
from livefloor.testing.world import World
from tests.systems.coffee.asking import cup, order
from tests.systems.coffee.conftest import Cafe, Person, refused


class Day:
    """Two hours of a day: Bea made three cups, one of them badly; Tom one; a guest gave up."""

    def __init__(self, cafe: Cafe, bea: Person, tom: Person, oren: Person) -> None:
        self.cafe, self.bea, self.tom, self.oren = cafe, bea, tom, oren
        self.cups: list[dict[str, Any]] = []

    async def live(self) -> None:
        """Let it happen."""
        start = self.cafe.now - timedelta(hours=2)
        for name in ("=Mina", "Ann", "Kit", "Jo", "Lu"):
            self.cups.append(await order(self.bea, cup(milk="full"), name=name, station_id=1))

        async def put(ctx: Ctx) -> None:
            for minute, wait, make, barista, more in (
                (0, 4, 120, self.bea, {"rating": 5, "picked_up_at": 6}),
                (5, 5, 60, self.bea, {"rating": 4}),
                (10, 30, 100, self.bea, {"rating": 3, "status": "uncollected"}),
                (20, 6, 90, self.tom, {}),
            ):
                row = await ctx.find(Order, self.cups[len(done)]["id"])
                assert row is not None
                done.append(row)
                row.queued_at = start + timedelta(minutes=minute)
                row.completed_at = row.queued_at + timedelta(minutes=wait)
                row.started_at = row.completed_at - timedelta(seconds=make)
                row.barista_id, row.rating = barista.id, more.get("rating")
                row.status = more.get("status", "picked_up" if "picked_up_at" in more else "completed")
                if "picked_up_at" in more:
                    row.picked_up_at = start + timedelta(minutes=more["picked_up_at"])
                await ctx.save(row)
            gone = await ctx.find(Order, self.cups[4]["id"])
            assert gone is not None
            gone.queued_at, gone.status = start + timedelta(minutes=30), "cancelled"
            gone.cancelled_at, gone.cancelled_by = start + timedelta(minutes=35), "guest"
            await ctx.save(gone)
            for person, hours, late in ((self.bea, 2.0, 6), (self.tom, 0.2, 0)):
                row = Schedule(event_id=event_id, user_id=person.id, station_id=1, role="barista", status="checked_out")
                row.starts_at, row.ends_at = start, start + timedelta(hours=2)
                row.checked_in_at, row.checked_out_at = start, start + timedelta(hours=hours)
                row.late_minutes = late
                await ctx.add(row)

        done: list[Order] = []
        event_id = await self.cafe.event_id()
        await self.cafe.world.change(put)


@pytest.fixture
async def day(cafe: Cafe) -> Day:
    """Give a day with figures."""
    bea, tom = await cafe.barista(1), await cafe.barista(1, "Tom Aster")
    found = Day(cafe, bea, tom, await cafe.organizer())
    await found.live()
    return found


async def test_people(cafe: Cafe, day: Day) -> None:
    """Feature 12: the figures of section 9 on this set; one's own, or anybody's for leads."""
    found = await day.bea.get(f"users/{day.bea.id}/stats")
    assert {name: found[name] for name in ("orders_completed", "orders_per_hour", "remakes", "rating_average")} == {
        "orders_completed": 3,
        "orders_per_hour": 1.5,
        "remakes": 0,
        "rating_average": 4.0,
    }
    assert (found["median_make_seconds"], found["p90_make_seconds"]) == (100.0, 116.0)
    # The third took 30 minutes: longer than its quote and than a cup may take.
    assert found["on_time_rate"] == 0.6667
    assert found["by_drink"] == [{"code": "latte", "n": 3}]
    assert sum(one["n"] for one in found["by_hour"]) == 3
    assert found["shifts"] == {
        "planned": 1,
        "worked": 1,
        "late": 1,
        "no_show": 0,
        "minutes_worked": 120,
        "break_minutes": 0,
    }
    # Tom was there for twelve minutes: too short for a pace and for a rank.
    tom = await day.oren.get(f"users/{day.tom.id}/stats")
    assert (tom["orders_completed"], tom["orders_per_hour"], tom["rank"]) == (1, None, {"of": 1, "by_orders": None})
    assert found["rank"] == {"of": 1, "by_orders": 1}
    assert (await day.bea.get(f"users/{day.bea.id}/stats", to="2025-03-02T17:10:30Z"))["orders_completed"] == 2
    refused(await day.bea.do("GET", f"users/{day.tom.id}/stats"), 403, "forbidden")
    refused(await day.oren.do("GET", "users/nobody/stats"), 404, "not_found")
    refused(await day.oren.do("GET", f"users/{day.bea.id}/stats?from=2025-03-03&to=2025-03-01"), 422, "range")
    table = await day.oren.get("stats/performance")
    assert [(one["name"], one["orders_completed"]) for one in table["items"]] == [("Bea Holm", 3), ("Tom Aster", 1)]
    # An empty set gives null, never 0 seconds.
    empty = await day.bea.get(f"users/{day.bea.id}/stats", **{"from": "2024-01-01", "to": "2024-01-02"})
    assert (empty["median_make_seconds"], empty["on_time_rate"], empty["rating_average"]) == (None, None, None)


async def test_event(cafe: Cafe, world: World, day: Day) -> None:
    """Feature 53: tiles, stations, the course of time and what the stock was used for."""
    await world.run_due()
    found = await day.oren.get("stats/overview")
    figures = found["figures"]
    assert (figures["ordered"], figures["completed"], figures["cancelled"]) == (5, 4, 1)
    assert figures["wait"] == {"median": 330.0, "p90": 1368.0}
    assert (figures["abandon_rate"], figures["uncollected_rate"]) == (0.2, 0.25)
    assert figures["hand_over"]["median"] == 120
    assert found["by_channel"] == {"walk_up": 5}
    assert (found["late_check_in_rate"], found["no_show_rate"]) == (0.5, 0.0)
    assert found["tiles"]["stations"] == {"open": 3, "paused": 0, "offline": 0, "closed": 1}
    assert (found["tiles"]["completed_today"], found["tiles"]["ready_not_collected"]) == (4, 2)
    stations = (await day.oren.get("stats/stations"))["items"]
    assert [(one["name"], one["completed"]) for one in stations] == [
        ("Foyer", 4),
        ("Garden", 0),
        ("Hall", 0),
        ("Rooftop", 0),
    ]
    # 4 × 42 s of work in 2.2 hours of presence.
    assert stations[0]["utilisation"] == round(4 * 42 / (2.2 * 3600), 4)
    assert stations[1]["utilisation"] is None
    timeline = await day.oren.get("stats/timeline", bucket="1h")
    assert [one["ordered"] for one in timeline["items"]][:3] == [0, 5, 0]
    assert sum(one["completed"] for one in timeline["items"]) == 4
    refused(await day.oren.do("GET", "stats/timeline?bucket=5m&from=2024-03-01&to=2025-02-28"), 422, "range")
    refused(await day.bea.do("GET", "stats/overview"), 403, "forbidden")

    await world.advance(seconds=5)
    made = await order(day.bea, cup(milk="oat"), station_id=1)
    for step in ("start", "complete"):
        await day.bea.post(f"orders/{made['id']}/{step}")
    usage = {item["code"]: item for item in (await day.oren.get("stats/inventory-usage"))["items"]}
    assert (usage["milk_oat"]["used"], usage["milk_oat"]["per_cup"], usage["beans"]["used"]) == (180, 180.0, 18)
    assert usage["milk_oat"]["waste_rate"] == 0.0
    before = await world.head()
    await world.advance(seconds=5)
    ticks = [f["data"]["tiles"] for f in await world.frames(before) if f["event"] == "stats_tick"]
    assert len(ticks) == 1
    # What changed is told, and nothing else.
    assert (ticks[0]["completed_today"], ticks[0]["ready_not_collected"]) == (5, 3)
    assert not {"stations", "cup_cap", "texts_failing"} & ticks[0].keys()


async def test_export(cafe: Cafe, world: World, day: Day) -> None:
    """Tables hold no phone number and no formula; that one was taken is in the log."""
    before = await world.head()
    for what, rows in (("orders", 5), ("shifts", 2), ("performance", 2), ("inventory", 0)):
        answer = await day.oren.do("GET", f"stats/export.csv?what={what}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
        table = list(csv.reader(io.StringIO(answer.text)))
        assert len(table) == 1 + rows
        assert not any("phone" in column for column in table[0])
        if what == "orders":
            assert table[1][2] == "'=Mina"
    told = [found.event for found in await world.events(before)]
    assert [(fact.name, getattr(fact, "rows", None)) for fact in told] == [
        ("export_made", 5),
        ("export_made", 2),
        ("export_made", 2),
        ("export_made", 0),
    ]
    refused(await day.bea.do("GET", "stats/export.csv"), 403, "forbidden")
    refused(await day.oren.do("GET", "stats/export.csv?what=phones"), 422, "validation_failed")


async def test_what_is_kept(cafe: Cafe, world: World, day: Day) -> None:
    """Hours are kept at two minutes past, days at 04:10 by the event's clock; what was missed is made up for."""
    await world.advance(minutes=2)
    hours = await world.look(lambda look: look.all(select(StationHour).order_by(StationHour.hour)))
    assert {row.hour.hour for row in hours} == {18}
    world.clock.advance(timedelta(hours=5))
    await world.run_due()
    hours = await world.look(lambda look: look.all(select(StationHour)))
    assert len({row.hour for row in hours}) == 6
    await world.advance(hours=20)
    days = await world.look(lambda look: look.all(select(UserDay)))
    assert {(row.user_id, row.day, row.figures["orders_completed"]) for row in days} == {
        (day.bea.id, "2025-03-03", 3),
        (day.tom.id, "2025-03-03", 1),
    }
