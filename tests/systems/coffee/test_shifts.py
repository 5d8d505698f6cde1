"""Shifts: planning, the day and the week, coming and going, breaks, and what happens when nobody comes or leaves."""

from datetime import datetime, timedelta
from typing import Any

from livefloor import Actor
from livefloor.systems.coffee.models import Occasion
from livefloor.systems.coffee.staffing import own_station, present
from livefloor.testing.world import World
from tests.systems.coffee.asking import order
from tests.systems.coffee.conftest import Cafe, Person, refused


def at(cafe: Cafe, **after: float) -> str:
    """Return a moment from now on as text."""
    return (cafe.now + timedelta(**after)).isoformat()


async def give(lead: Person, to: Person, station_id: int, start: float, end: float, **more: Any) -> dict[str, Any]:
    """Give a shift between two moments, in hours from now."""
    body = {"user_id": to.id, "station_id": station_id, "starts_at": at(lead.cafe, hours=start)}
    found: dict[str, Any] = await lead.post("schedules/", {**body, "ends_at": at(lead.cafe, hours=end), **more}, 201)
    return found


async def test_planning(cafe: Cafe, world: World) -> None:
    """Rule 67: shifts of one person do not overlap, touching ends are fine, and who overlaps on purpose is in the log."""
    oren, bea, sue = await cafe.organizer(), await cafe.barista(name="Bea Holm"), await cafe.support()
    before = await world.head()
    first = await give(oren, bea, 1, 1, 3, break_minutes=20)
    assert first["user_name"] == "Bea Holm"
    assert (first["station_name"], first["role"], first["status"], first["version"]) == (
        "Foyer",
        "barista",
        "planned",
        1,
    )
    assert (await give(oren, sue, 1, 1, 3))["role"] == "support"
    body = {"user_id": bea.id, "station_id": 2, "starts_at": at(cafe, hours=2), "ends_at": at(cafe, hours=4)}
    clash = refused(await oren.do("POST", "schedules/", body), 409, "shift_overlap")
    assert clash["conflict"]["id"] == first["id"]
    touching = await give(oren, bea, 2, 3, 4)
    wanted = await oren.post("schedules", {**body, "allow_overlap": True}, 201)
    facts = [found.event for found in await world.events(before)]
    assert [getattr(fact, "overlaps", None) for fact in facts] == [None, None, None, first["id"]]
    told = {frame["channel"] for frame in await world.frames(before)}
    assert told == {"station_1", "station_2", "organizers", f"user_{bea.id}", f"user_{sue.id}"}

    refused(await bea.do("POST", "schedules/", body), 403, "forbidden")
    for wrong, code in (
        ({"ends_at": at(cafe, hours=2, minutes=10)}, "validation_failed"),
        ({"starts_at": at(cafe, hours=10), "ends_at": at(cafe, hours=12)}, "not_in_event"),
        ({"station_id": 77}, "validation_failed"),
        ({"user_id": "nobody"}, "validation_failed"),
        ({"unknown": 1}, "validation_failed"),
    ):
        refused(await oren.do("POST", "schedules/", {**body, **wrong}), 422, code)

    refused(await oren.do("PUT", f"schedules/{touching['id']}", {"version": 7, "notes": "x"}), 412, "stale_version")
    earlier = {"starts_at": at(cafe, hours=1), "ends_at": at(cafe, hours=2)}
    refused(await oren.do("PUT", f"schedules/{touching['id']}", earlier), 409, "shift_overlap")
    moved = await oren.put(f"schedules/{touching['id']}", {"station_id": 3, "notes": "Take the spare grinder"})
    assert (moved["station_name"], moved["version"]) == ("Hall", 2)
    assert await oren.put(f"schedules/{touching['id']}", {"station_id": 3}) == moved
    channels = {f["channel"] for f in await world.frames(before) if f["event"] == "schedule_updated"}
    assert channels == {"station_2", "station_3", "organizers", f"user_{bea.id}"}

    assert (await oren.do("DELETE", f"schedules/{wanted['id']}")).status_code == 204
    assert (await oren.do("DELETE", f"schedules/{wanted['id']}")).status_code == 204
    assert (await cafe.told(before)).count("schedule_deleted") == 1
    assert (await bea.get("schedules/", status="cancelled"))["total"] == 1
    refused(await oren.do("PUT", f"schedules/{wanted['id']}", {"notes": "x"}), 409, "shift_finished")
    assert (await bea.get("schedules", user_id=bea.id, station_id=3))["items"] == [moved]
    refused(await bea.do("GET", "schedules?from=2025-01-01&to=2025-06-01"), 422, "range")


async def test_day_and_week(cafe: Cafe, world: World) -> None:
    """The day and the week are the event's, and what no barista covers is told."""
    oren, bea, sue = await cafe.organizer(), await cafe.barista(), await cafe.support()
    mine = await give(oren, bea, 1, 0, 4)
    await give(oren, sue, 2, 0, 4)
    day = await bea.get("schedules/today")
    # It is Sunday evening in UTC, and Monday morning at the event.
    assert (day["date"], day["total"], day["next_cursor"]) == ("2025-03-03", 2, None)
    gaps = {found["station_id"]: found["gaps"] for found in day["coverage"]}
    end = datetime.fromisoformat(mine["ends_at"])
    opens, closes = cafe.now - timedelta(hours=3), cafe.now + timedelta(hours=7)
    assert [tuple(map(datetime.fromisoformat, gap.values())) for gap in gaps[1]] == [(opens, cafe.now), (end, closes)]
    # Whoever hands out makes no coffee; a storeroom needs nobody.
    assert [tuple(map(datetime.fromisoformat, gap.values())) for gap in gaps[2]] == [(opens, closes)]
    assert 9 not in gaps
    one = await bea.get("schedules/today", user_id=bea.id, station_id=1)
    assert [shift["id"] for shift in one["schedules"]] == [mine["id"]]
    week = await bea.get("schedules/week")
    assert (week["week_start"], week["week_end"], len(week["schedules"])) == ("2025-03-03", "2025-03-09", 2)
    assert (week["timezone"], week["coverage"]) == ("Australia/Sydney", day["coverage"])
    assert (await bea.get("schedules/week", start="2025-02-26"))["week_start"] == "2025-02-24"
    assert (await bea.get("schedules/week", start="2025-02-26"))["schedules"] == []
    for wrong in ("soon", "9999-12-31"):
        refused(await bea.do("GET", f"schedules/week?start={wrong}"), 422, "bad_date")


async def test_coming_and_going(cafe: Cafe, world: World) -> None:
    """Rule 68: from 30 minutes before; late in whole minutes; once; one place at a time; it gives the rights there."""
    oren, bea, tom = await cafe.organizer(), await cafe.barista(2), await cafe.barista(3, "Tom Aster")
    shift, later = await give(oren, bea, 1, 1, 3), await give(oren, bea, 2, 3, 4)
    early = refused(await bea.do("POST", f"schedules/check-in/{shift['id']}"), 409, "too_early")
    assert early["opens_at"]
    refused(await tom.do("POST", f"schedules/check-in/{shift['id']}"), 403, "forbidden")
    await world.advance(hours=1, minutes=7, seconds=40)
    before = await world.head()
    done = await bea.post(f"schedules/check-in/{shift['id']}", {"occurred_at": at(cafe, minutes=-1)})
    assert (done["late_minutes"], done["station"]["name"], done["unchanged"]) == (6, "Foyer", False)
    again = await oren.post(f"schedules/check-in/{shift['id']}")
    assert again == {**done, "unchanged": True}
    assert await cafe.told(before) == ["barista_checked_in"]
    assert {f["channel"] for f in await world.frames(before)} == {"station_1", "organizers", "baristas"}
    assert [one.name for one in await world.look(lambda look: present(look, 1))] == ["Bea Holm"]
    assert await world.look(lambda look: own_station(look, Actor(bea.id, "barista"))) == 1
    assert await world.look(lambda look: own_station(look, Actor(tom.id, "barista"))) == 3

    refused(await oren.do("DELETE", f"schedules/{shift['id']}"), 409, "shift_started")
    refused(await oren.do("PUT", f"schedules/{shift['id']}", {"role": "support"}), 409, "shift_started")
    await oren.put(f"schedules/{shift['id']}", {"ends_at": at(cafe, hours=1)})
    await world.advance(hours=1, minutes=30)
    refused(await bea.do("POST", f"schedules/check-in/{later['id']}"), 409, "already_checked_in_elsewhere")
    over = await bea.post(f"schedules/check-out/{shift['id']}", {"handover_note": "Grinder sticks"})
    assert (over["status"], over["handover_note"], over["warnings"]) == ("checked_out", "Grinder sticks", [])
    assert (await bea.post(f"schedules/check-out/{shift['id']}"))["unchanged"] is True
    refused(await bea.do("POST", f"schedules/check-in/{shift['id']}"), 409, "too_late")
    # The station of the session is that of the running shift (rule 68), else the one of the account.
    await bea.post(f"schedules/check-in/{later['id']}")
    assert [(await one.get("auth/me"))["user"]["station_id"] for one in (bea, tom)] == [2, 3]
    assert (await cafe.told(before)).count("barista_checked_out") == 1


async def test_whoever_has_gone_is_free(cafe: Cafe, world: World) -> None:
    """Rule 67: a shift blocks its person until the check-out, not until its planned end; what it leaves is not covered."""
    oren, bea = await cafe.organizer(), await cafe.barista()
    shift = await give(oren, bea, 1, 0, 4)
    body = {"user_id": bea.id, "station_id": 2, "starts_at": at(cafe, hours=1), "ends_at": at(cafe, hours=3)}
    await bea.post(f"schedules/check-in/{shift['id']}")
    await world.advance(hours=1)
    refused(await oren.do("POST", "schedules/", body), 409, "shift_overlap")
    await bea.post(f"schedules/check-out/{shift['id']}")
    left = cafe.now
    assert (await oren.post("schedules/", body, 201))["status"] == "planned"
    [*_, gap] = next(at for at in (await oren.get("schedules/today"))["coverage"] if at["station_id"] == 1)["gaps"]
    assert datetime.fromisoformat(gap["from"]) == left


async def missed(person: Person) -> list[str]:
    """Return for which shifts somebody is asked for."""
    found = (await person.get("alerts/", open="true"))["items"]
    return [alert["subject"] for alert in found if alert["kind"] == "no_show"]


async def test_nobody_comes_nobody_leaves(cafe: Cafe, world: World) -> None:
    """Rule 69: nobody came by 15 minutes after the start; who comes later all the same is at work. An hour after the end
    whoever did not check out is checked out as of the planned end."""
    oren, bea, tom = await cafe.organizer(), await cafe.barista(), await cafe.barista(name="Tom Aster")
    shift, cancelled = await give(oren, bea, 1, 1, 3), await give(oren, tom, 1, 1, 3)
    await oren.do("DELETE", f"schedules/{cancelled['id']}")
    await world.advance(hours=1, minutes=15)
    assert (await bea.get(f"schedules/{shift['id']}"))["status"] == "no_show"
    assert await missed(bea) == [f"schedule:{shift['id']}"]
    assert (await bea.post(f"schedules/check-in/{shift['id']}"))["late_minutes"] == 15
    assert await missed(bea) == []
    await world.advance(hours=2, minutes=44)
    assert (await bea.get(f"schedules/{shift['id']}"))["status"] == "checked_in"
    await world.advance(minutes=1)
    left = await bea.get(f"schedules/{shift['id']}")
    assert (left["status"], left["left_open"], left["checked_out_at"]) == ("checked_out", True, left["ends_at"])
    # Nobody is looked for in a shift that is over by the time the service is up again.
    await give(oren, tom, 1, 0.1, 0.5)
    world.clock.advance(timedelta(hours=5))
    await world.run_due()
    assert await missed(bea) == []


async def test_breaks(cafe: Cafe, world: World) -> None:
    """Rule 4: who is on a break is not present. The last barista of a station is asked before a break."""
    oren, bea, tom = await cafe.organizer(), await cafe.barista(), await cafe.barista(name="Tom Aster")
    shifts = [(await give(oren, one, 1, 0, 3))["id"] for one in (bea, tom)]
    refused(await bea.do("POST", f"schedules/{shifts[0]}/break/start"), 409, "not_checked_in")
    for one, id in zip((bea, tom), shifts, strict=True):
        await one.post(f"schedules/check-in/{id}")
    refused(await bea.do("POST", f"schedules/{shifts[0]}/break/end"), 409, "not_on_break")
    assert (await bea.post(f"schedules/{shifts[0]}/break/start"))["status"] == "on_break"
    assert (await bea.post(f"schedules/{shifts[0]}/break/start"))["status"] == "on_break"
    assert [one.name for one in await world.look(lambda look: present(look, 1))] == ["Tom Aster"]
    refused(await tom.do("POST", f"schedules/{shifts[1]}/break/start"), 409, "last_barista")
    assert (await tom.post(f"schedules/{shifts[1]}/break/start?force=true"))["status"] == "on_break"
    await world.advance(minutes=10)
    assert (await bea.post(f"schedules/{shifts[0]}/break/end"))["status"] == "checked_in"
    breaks = (await bea.get(f"schedules/{shifts[0]}"))["breaks"]
    assert len(breaks) == 1
    assert datetime.fromisoformat(breaks[0]["ended_at"]) - datetime.fromisoformat(breaks[0]["started_at"]) == timedelta(
        minutes=10
    )
    await tom.post(f"schedules/check-out/{shifts[1]}")
    assert (await tom.get(f"schedules/{shifts[1]}"))["breaks"][0]["ended_at"]


async def test_two_shifts_at_once(cafe: Cafe, world: World) -> None:
    """Rule 67 and 68 hold for what comes at the same moment: one of two overlapping shifts is given, one begins."""
    oren, bea = await cafe.organizer(), await cafe.barista()
    body = {"user_id": bea.id, "station_id": 1, "starts_at": at(cafe, hours=0), "ends_at": at(cafe, hours=2)}
    answers = await world.race([lambda: oren.do("POST", "schedules/", body)] * 4)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    other = await oren.post("schedules/", {**body, "station_id": 2, "allow_overlap": True}, 201)
    first = next(answer.json()["id"] for answer in answers if answer.status_code == 201)
    came = await world.race([lambda id=id: bea.do("POST", f"schedules/check-in/{id}") for id in (first, other["id"])])
    assert sorted(answer.status_code for answer in came) == [200, 409]


async def test_without_an_event(cafe: Cafe, world: World) -> None:
    """Without an active event nothing can be planned, and the day is still shown."""
    oren = await cafe.organizer()
    event_id = await cafe.event_id()

    async def close(ctx: Any) -> None:
        event = await ctx.find(Occasion, event_id)
        event.status = "closed"
        await ctx.save(event)

    await world.change(close)
    body = {"user_id": oren.id, "station_id": 1, "starts_at": at(cafe, hours=0), "ends_at": at(cafe, hours=2)}
    refused(await oren.do("POST", "schedules/", body), 404, "no_active_event")
    assert (await oren.get("schedules/today"))["coverage"] == []


async def test_what_is_left_in_hand(cafe: Cafe, world: World) -> None:
    """Rule 70: cups in hand wait again when their barista goes, by hand or not; who leaves a queue alone is warned."""
    oren, bea = await cafe.organizer(), await cafe.barista()
    for leave in ("hand", "time"):
        shift = await give(oren, bea, 1, 0, 1, allow_overlap=True)
        await bea.post(f"schedules/check-in/{shift['id']}")
        cups = [await order(oren, station_id=1) for _ in range(2)]
        for cup in cups:
            await bea.post(f"orders/{cup['id']}/start")
        before = await world.head()
        if leave == "hand":
            assert (await bea.post(f"schedules/check-out/{shift['id']}"))["warnings"] == ["last_barista"]
        else:
            await world.advance(hours=2)
        queue = await oren.get("orders/queue/station/1")
        assert queue["in_progress"] == []
        assert {cup["id"] for cup in cups} <= {cup["id"] for cup in queue["pending"]}
        assert (await cafe.told(before)).count("barista_checked_out") == 1
