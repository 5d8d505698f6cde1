"""What a tablet did without a network: each operation once, in order, by the same checks."""

from datetime import timedelta
from typing import Any

import pytest

from livefloor.testing.world import World
from tests.systems.coffee.asking import order, wish
from tests.systems.coffee.conftest import Cafe, refused


def op(key: str, path: str, body: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return an operation."""
    return {"key": key, "method": "POST", "path": f"/api/{path}", "body": body, **more}


async def test_batch(cafe: Cafe, world: World) -> None:
    """Rules 74 and 75: in order, each once whatever comes again; what follows a failure about the same cup waits for a
    person, the rest goes on."""
    bea, tom, sue = await cafe.barista(1), await cafe.barista(1, "Tom Aster"), await cafe.support()
    mine, taken = await order(sue, station_id=1), await order(sue, station_id=1)
    await tom.post(f"orders/{taken['id']}/start")
    await world.advance(minutes=5)
    started = (cafe.now - timedelta(minutes=3)).isoformat()
    operations = [
        op("1", f"orders/{mine['id']}/start", occurred_at=started),
        op("2", f"orders/{taken['id']}/start"),
        op("3", f"orders/{taken['id']}/complete"),
        op("4", f"orders/{mine['id']}/complete", {}),
        op("5", "orders", wish(name="Walk Up", station_id=1, client_id="w1")),
        op("6", "chat/messages", {"room": "station_1", "message": "Back online", "client_id": "m1"}),
        op("7", f"orders/{mine['id']}/pick-up", base_version=1),
    ]
    body = {"device_id": "tablet-1", "operations": operations}
    done = (await bea.post("sync/batch", body))["results"]
    assert [(one["key"], one["status"]) for one in done] == [
        ("1", 200),
        ("2", 409),
        ("3", 424),
        ("4", 200),
        ("5", 201),
        ("6", 201),
        ("7", 412),
    ]
    assert done[0]["body"]["started_at"][:19] == started[:19]
    assert (done[1]["body"]["code"], done[2]["body"]["code"]) == ("order_taken", "earlier_failed")
    head = await world.head()
    again = (await bea.post("sync/batch", body))["results"]
    assert [one["status"] for one in again] == [one["status"] for one in done]
    assert again[4]["body"]["ticket"] == done[4]["body"]["ticket"]
    assert await world.head() == head
    # The same key over the route itself is the same operation.
    direct = await bea.do("POST", "chat/messages", operations[5]["body"], Idempotency_Key="6")
    assert direct.headers["idempotent-replay"] == "true"

    for wrong in (op("8", f"orders/{mine['id']}/cancel"), op("8", "settings/event", {}), op("8", "nowhere")):
        not_allowed = {"device_id": "t", "operations": [op("9", "orders", wish()), wrong]}
        refused(await bea.do("POST", "sync/batch", not_allowed), 422, "operation_not_allowed")
    assert await world.head() == head
    refused(await bea.do("POST", "sync/batch", {"device_id": "t", "operations": []}), 422, "validation_failed")


@pytest.mark.world(environ={"LIVEFLOOR_LIMITS": "on"})
@pytest.mark.usefixtures("within_a_minute")
async def test_each_operation_is_a_write(cafe: Cafe) -> None:
    """Rule 71: 120 writes a minute, however they come; what is too much comes again, and nothing overtakes it."""
    bea, results = await cafe.barista(1), []
    operations = [op(f"{n}", f"schedules/check-in/{n}") for n in range(130)]
    for some in (operations[:100], operations[100:]):
        results += (await bea.post("sync/batch", {"device_id": "tablet-1", "operations": some}))["results"]
    # The two requests that carried them are writes as well.
    assert [one["status"] for one in results] == [404] * 118 + [429] * 12
    assert {one["body"]["code"] for one in results[118:]} == {"rate_limited"}


async def test_stock_and_shifts(cafe: Cafe, world: World) -> None:
    """Counts, run-outs, check-ins and breaks may be in a batch; a failure about one item does not stop the others."""
    oren, bea = await cafe.organizer(), await cafe.barista(1)
    times = {"starts_at": cafe.now.isoformat(), "ends_at": (cafe.now + timedelta(hours=2)).isoformat()}
    shift = await oren.post("schedules/", {"user_id": bea.id, "station_id": 1, **times}, 201)
    delta = [{"code": "milk_oat", "delta": -99999}]
    operations = [
        op("1", f"schedules/check-in/{shift['id']}"),
        op("2", "inventory/station/1", {"inventory": delta}),
        op("3", "inventory/station/1", {"inventory": [{"code": "milk_oat", "quantity": 500}]}),
        op("4", "inventory/station/1", {"inventory": [{"code": "sugar", "quantity": 500}]}),
        op("5", "inventory/run-out", {"station_id": 1, "code": "milk_soy"}),
        op("6", f"schedules/{shift['id']}/break/start?force=true"),
        op("7", f"schedules/check-out/{shift['id']}"),
    ]
    done = (await bea.post("sync/batch", {"device_id": "t", "operations": operations}))["results"]
    assert [(one["key"], one["status"]) for one in done] == [
        ("1", 200),
        ("2", 409),
        ("3", 424),
        ("4", 200),
        ("5", 200),
        ("6", 200),
        ("7", 200),
    ]
    assert (await cafe.stock(1, "sugar")).quantity == 500


async def test_made_where_it_no_longer_was(cafe: Cafe, world: World) -> None:
    """Rule 46: a cup that was moved away while its tablet was lost, and made there all the same, counts there; the start
    that is refused before does not stop its completion."""
    bea, sue = await cafe.barista(1), await cafe.support()
    await bea.post("stations/1/heartbeat", {"queue_seq": 0, "pending_local": 0}, 204)
    cups = [await order(sue, station_id=1) for _ in range(4)]
    await world.advance(minutes=3, seconds=1)
    moved = await bea.get(f"orders/{cups[3]['id']}")
    assert moved["station_id"] != 1
    about = f"orders/{cups[3]['id']}"
    operations = [op("1", f"{about}/start"), op("2", f"{about}/complete"), op("3", f"orders/{cups[0]['id']}/start")]
    done = (await bea.post("sync/batch", {"device_id": "t", "operations": operations}))["results"]
    assert [one["status"] for one in done] == [409, 200, 200]
    assert done[0]["body"]["code"] == "order_moved"
    assert (done[1]["body"]["order"]["station_id"], done[1]["body"]["order"]["status"]) == (1, "completed")
