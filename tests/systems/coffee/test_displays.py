"""Boards: a device is paired once, by a code that ends, and reads what boards may until it is revoked."""

from livefloor import Ctx
from livefloor.systems.coffee.models import Order
from livefloor.testing.world import World
from tests.systems.coffee.asking import set_event
from tests.systems.coffee.conftest import Cafe, good, refused


async def test_pairing(cafe: Cafe, world: World) -> None:
    """A code works once and for ten minutes; the token is no user's, and ends when the device is revoked."""
    oren, bea = await cafe.organizer(), await cafe.barista()
    guest = await cafe.client()
    refused(await bea.do("POST", "display/devices", {"name": "TV"}), 403, "forbidden")
    refused(await oren.do("POST", "display/devices", {"name": "TV", "station_id": 55}), 422, "validation_failed")
    late, device = await oren.post("display/devices", {"name": "Old"}, 201), None
    await world.advance(minutes=10)
    device = await oren.post("display/devices", {"name": "Foyer TV", "station_id": 1}, 201)
    assert len(device["pair_code"]) == 6
    answer = await guest.post("/api/display/pair", json={"pair_code": late["pair_code"]})
    refused(answer, 410, "code_expired")
    codes = [device["pair_code"]] * 2
    answers = await world.race(
        [lambda code=code: guest.post("/api/display/pair", json={"pair_code": code}) for code in codes]
    )
    assert sorted(answer.status_code for answer in answers) == [200, 404]
    paired = next(answer.json() for answer in answers if answer.status_code == 200)
    assert (paired["name"], paired["station_id"]) == ("Foyer TV", 1)

    board = await cafe.client(paired["device_token"])
    assert good(await board.get("/api/auth/me"))
    refused(await board.get("/api/schedules/today"), 403, "forbidden")
    listed = await oren.get("display/devices")
    assert [row["name"] for row in listed["items"]] == ["Foyer TV", "Old"]
    assert "token_hash" not in listed["items"][0]
    assert (await oren.do("DELETE", f"display/devices/{device['id']}")).status_code == 204
    assert (await oren.do("DELETE", f"display/devices/{device['id']}")).status_code == 204
    refused(await oren.do("DELETE", "display/devices/none"), 404, "not_found")
    refused(await board.get("/api/auth/me"), 401, "not_signed_in")
    assert (await cafe.told()).count("display_updated") == 4


async def test_audit(cafe: Cafe) -> None:
    """The log is searched by actor, name, subject and time, by those who lead."""
    oren, bea = await cafe.organizer(), await cafe.barista()
    device = await oren.post("display/devices", {"name": "TV"}, 201)
    refused(await bea.do("GET", "audit"), 403, "forbidden")
    found = await oren.get("audit/", actor=oren.id, name="display_updated", subject=f"display:{device['id']}")
    assert [entry["data"]["device"]["name"] for entry in found["items"]] == ["TV"]
    assert (await oren.get("audit", to="2025-03-02"))["total"] == 0


async def test_boards(cafe: Cafe, world: World) -> None:
    """Rule 25 and 78: boards show numbers and names, never a phone number, and no offensive name."""
    oren, bea = await cafe.organizer(), await cafe.barista()
    body = {
        "items": [{"menu_item": "latte", "size": "small", "milk": "full"}],
        "station_id": 1,
        "phone": "+61491570006",
    }
    placed = [await bea.post("orders/", {**body, "customer_name": name}, 201) for name in ("Mina", "Fuck", "Kit")]

    async def become(ctx: Ctx) -> None:
        for status, one in zip(("in_progress", "completed", "completed"), placed, strict=True):
            order = await ctx.find(Order, one["orders"][0]["id"])
            assert order is not None
            order.status, order.started_at = status, ctx.now
            order.completed_at = ctx.now if status == "completed" else None
            await ctx.save(order)

    await world.change(become)
    await cafe.set_stock(1, "milk_oat", 0)
    numbers = [one["ticket"]["number"] for one in placed]
    device = await oren.post("display/devices", {"name": "TV", "station_id": 1}, 201)
    token = good(await (await cafe.client()).post("/api/display/pair", json={"pair_code": device["pair_code"]}))
    tv = await cafe.client(token["device_token"])
    answer = await tv.get("/api/display/station/1")
    board = good(answer)
    assert board["making"] == [{"number": numbers[0], "name": "Mina"}]
    assert [(cup["number"], cup["name"]) for cup in board["ready"]] == [
        (numbers[1], f"Guest {numbers[1]}"),
        (numbers[2], "Kit"),
    ]
    assert board["wait_minutes"] >= 2
    assert "491570006" not in answer.text
    refused(await tv.get("/api/display/station/2"), 403, "not_your_station")
    refused(await tv.get("/api/display/all"), 403, "not_your_station")
    assert [one["station_name"] for one in (await bea.get("display/all"))["stations"]] == ["Foyer", "Garden", "Hall"]
    refused(await bea.do("GET", "display/station/9"), 404, "not_found")
    await world.advance(minutes=10)
    assert (await bea.get("display/station/1"))["ready"] == []
    # Section 10: the way to order, as long as there is one.
    assert board["menu_code"] == "HARBOUR"
    await set_event(cafe, web_ordering=False)
    assert good(await tv.get("/api/display/station/1"))["menu_code"] is None
