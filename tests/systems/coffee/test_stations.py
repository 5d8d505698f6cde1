"""Stations: made, edited, opened and closed, heard again (section 5.8, rules 38 to 40 and 47)."""

from datetime import timedelta

from livefloor.testing.world import World
from tests.systems.coffee.conftest import Cafe, refused


async def test_make_and_edit(cafe: Cafe, world: World) -> None:
    """A new station has nothing of everything; names and numbers are there once; one with a history stays."""
    admin, lead = await cafe.admin(), await cafe.organizer()
    made = await lead.post("stations/", {"name": "Terrace", "max_queue": 10}, 201)
    assert (made["id"], made["status"], made["connection"]) == (5, "closed", "never")
    row = await cafe.stock(5, "milk_oat")
    assert (row.quantity, row.low_threshold, row.critical_threshold, row.capacity) == (0, 2000, 800, 12000)
    assert (await lead.get("settings/station/5"))["settings"]["max_queue"] == 10
    refused(await lead.do("POST", "stations", {"name": "terrace"}), 409, "name_taken")
    refused(await lead.do("POST", "stations", {"name": "Attic", "id": 5}), 409, "number_taken")
    refused(await lead.do("POST", "stations", {"name": "Attic", "max_queue": 0}), 422, "validation_failed")
    changed = await lead.put("stations/5", {"machine_positions": 2, "version": 1})
    assert (changed["machine_positions"], changed["version"]) == (2, 2)
    refused(await lead.do("PUT", "stations/5", {"sort": 3, "version": 1}), 412, "stale_version")
    refused(await lead.do("PUT", "stations/5", {"name": "Hall"}), 409, "name_taken")
    refused(await lead.do("DELETE", "stations/5"), 403, "forbidden")
    assert (await admin.do("DELETE", "stations/5")).status_code == 204
    refused(await lead.do("GET", "stations/5"), 404, "not_found")
    names = [lambda: lead.do("POST", "stations", {"name": "Attic"}) for _ in range(2)]
    assert sorted(answer.status_code for answer in await world.race(names)) == [201, 409]


async def test_states(cafe: Cafe, world: World) -> None:
    """Rule 39: the last open one needs force. Rule 40: a pause ends by itself. Rule 38: a storeroom never opens."""
    lead, bea = await cafe.organizer(), await cafe.barista(1)
    until = (cafe.now + timedelta(minutes=10)).isoformat()
    before = await world.head()
    paused = await bea.post("stations/1/status", {"status": "paused", "reason": "milk", "until": until})
    assert (paused["station"]["status"], paused["station"]["status_reason"]) == ("paused", "milk")
    assert (paused["moved"], paused["stranded"]) == ([], [])
    frames = await world.frames(before)
    assert [(frame["event"], frame["channel"]) for frame in frames] == [
        ("station_updated", "station_1"),
        ("station_updated", "organizers"),
    ]
    assert frames[0]["data"]["previous_status"] == "open"
    await world.advance(minutes=10)
    assert (await bea.get("stations/1"))["status"] == "open"
    refused(await bea.do("POST", "stations/2/status", {"status": "paused"}), 403, "not_your_station")
    refused(await bea.do("POST", "stations/1/status", {"status": "open", "until": until}), 422, "validation_failed")
    refused(await lead.do("POST", "stations/9/status", {"status": "open"}), 409, "storage_station")
    offline = await lead.post("stations/2/status", {"status": "offline", "reason": "no water"})
    assert offline["station"]["status"] == "offline"
    body = refused(await lead.do("POST", "stations/2/status", {"status": "paused"}), 409, "bad_transition")
    assert (body["from"], body["to"], body["allowed"]) == ("offline", "paused", ["open"])
    await lead.post("stations/3/status", {"status": "closed"})
    refused(await bea.do("POST", "stations/1/status", {"status": "paused"}), 409, "last_open_station")
    await bea.post("stations/1/status", {"status": "paused", "force": True})
    both = [lambda n=n: lead.do("POST", f"stations/{n}/status", {"status": "open"}) for n in (1, 2)]
    assert [answer.status_code for answer in await world.race(both)] == [200, 200]
    last = [lambda n=n: lead.do("POST", f"stations/{n}/status", {"status": "paused"}) for n in (1, 2)]
    assert sorted(answer.status_code for answer in await world.race(last)) == [200, 409]


async def test_heartbeat(cafe: Cafe, world: World) -> None:
    """Rule 47: the first heartbeat makes a station live, and is told; the next ones are quiet."""
    bea = await cafe.barista(4)
    beat = {"queue_seq": 0, "pending_local": 0}
    assert (await bea.do("POST", "stations/4/heartbeat", beat)).status_code == 204
    assert (await bea.get("stations/4"))["connection"] == "live"
    head = await world.head()
    await world.advance(seconds=20)
    assert (await bea.do("POST", "stations/4/heartbeat", beat)).status_code == 204
    assert await world.head() == head
    assert (await bea.get("stations/4"))["last_heartbeat_at"].startswith(cafe.now.isoformat()[:19])
    refused(await bea.do("POST", "stations/1/heartbeat", beat), 403, "not_your_station")
    refused(
        await bea.do("POST", "stations/4/heartbeat", {"queue_seq": -1, "pending_local": 0}), 422, "validation_failed"
    )
