"""The books: counts, levels, run-outs, transfers, requests, sync (section 5.2, rules 24 to 37)."""

from datetime import timedelta
from typing import Any

from livefloor.systems.coffee.models import InventoryItem
from livefloor.systems.coffee.run_out import answer
from livefloor.systems.coffee.stock_sync import repair_promises
from tests.systems.coffee.asking import alerts, books, cup, facts, head, order, row, wish
from tests.systems.coffee.conftest import Cafe, Person, refused


async def shown(person: Person, station_id: int, code: str) -> dict[str, Any]:
    """Return a row of the books as the route shows it."""
    found = await person.get(f"inventory/station/{station_id}")
    line: dict[str, Any] = next(each for each in found["inventory"] if each["code"] == code)
    return line


async def count(person: Person, station_id: int, *lines: dict[str, Any], status: int = 200, **more: Any) -> Any:
    """Save some lines of the books."""
    return await person.post(f"inventory/station/{station_id}", {"inventory": list(lines), **more}, status)


async def test_the_books_of_a_station(cafe: Cafe) -> None:
    """Rule 30: a count sets, and writes the difference. Rule 31: versions are refused when old, deltas always add."""
    bea, olga = await cafe.barista(1), await cafe.organizer()
    whole = await bea.get("inventory/station/1")
    assert (whole["station_id"], whole["total"], whole["next_cursor"]) == (1, 22, None)
    oat = await shown(bea, 1, "milk_oat")
    assert (oat["status"], oat["cups_left"], oat["milk"]["letter"], oat["runs_out_at"]) == ("ok", 63, "O", None)
    # The whole list as it was read: nothing changes.
    before = await head(cafe)
    saved = await bea.post("inventory/station/1", whole)
    assert (saved["applied"], saved["conflicts"]) == (22, [])
    assert await facts(cafe, "inventory_updated", before) == []
    first = await count(bea, 1, {"code": "milk_oat", "quantity": 9000, "version": oat["version"]})
    assert next(each for each in first["inventory"] if each["code"] == "milk_oat")["quantity"] == 9000
    told = (await facts(cafe, "inventory_updated", before))[0]
    assert (told.reason, [item.quantity for item in told.items]) == ("count", [9000])
    stale = {"code": "milk_oat", "quantity": 8000, "version": oat["version"]}
    lines = [stale, {"item_id": (await cafe.ids(InventoryItem))["beans"], "delta": -500, "reason": "adjust"}]
    body = refused(await bea.do("POST", "inventory/station/1", {"inventory": lines}), 412, "stale_version")
    assert [(each["code"], each["yours"], each["current"]["quantity"]) for each in body["conflicts"]] == [
        ("milk_oat", 8000, 9000)
    ]
    assert (await books(cafe, 1, "beans"))["beans"] == (10000, 0)
    skipped = await count(bea, 1, *lines, on_conflict="skip")
    assert (skipped["applied"], len(skipped["conflicts"])) == (1, 1)
    assert (await books(cafe, 1, "beans"))["beans"] == (9500, 0)
    refused(await bea.do("POST", "inventory/station/2", {"inventory": lines}), 403, "not_your_station")
    refused(
        await bea.do("POST", "inventory/station/1", {"inventory": [{"code": "beans", "delta": -20000}]}),
        409,
        "below_zero",
    )
    refused(
        await bea.do("POST", "inventory/station/1", {"inventory": [{"code": "tar", "delta": 1}]}), 404, "unknown_item"
    )
    both = {"code": "beans", "delta": 1, "quantity": 1}
    refused(await bea.do("POST", "inventory/station/1", {"inventory": [both]}), 422, "quantity_or_delta")
    same, other = {"code": "beans", "low_threshold": 2000}, {"code": "beans", "low_threshold": 2500}
    await count(bea, 1, same)
    refused(await bea.do("POST", "inventory/station/1", {"inventory": [other]}), 403, "forbidden")
    await count(olga, 1, other)
    assert (await shown(olga, 1, "beans"))["low_threshold"] == 2500
    moved = await olga.get("inventory/movements", station_id=1)
    assert [(each["code"], each["kind"], each["delta"]) for each in moved["items"]] == [
        ("beans", "adjust", -500), ("milk_oat", "count", -3000),
    ]  # fmt: skip
    assert (await (await cafe.barista(2)).get("inventory/movements"))["total"] == 0


async def test_levels_on_the_way_down(cafe: Cafe) -> None:
    """Rule 32: each level is told once going down, and armed again well above. Rule 33: the menu follows at once."""
    sue, olga = await cafe.support(), await cafe.organizer()
    await cafe.set_stock(1, "milk_oat", 2100)
    before = await head(cafe)
    first = await order(sue, station_id=1)
    second = await order(sue, station_id=1)
    told = await facts(cafe, "low_stock_alert", before)
    assert [(fact.level, fact.available, fact.threshold, fact.item.code) for fact in told] == [
        ("low", 1920, 2000, "milk_oat")
    ]
    assert await alerts(olga, "low_stock") == [(1, "warn")]
    assert (await shown(olga, 1, "milk_oat"))["status"] == "low"
    await sue.post(f"orders/{first['id']}/cancel")
    await sue.post(f"orders/{second['id']}/cancel")
    await order(sue, station_id=1)
    assert len(await facts(cafe, "low_stock_alert", before)) == 1
    await count(olga, 1, {"code": "milk_oat", "quantity": 700})
    await count(olga, 1, {"code": "milk_oat", "quantity": 180})
    assert [fact.level for fact in await facts(cafe, "low_stock_alert", before)] == ["low", "critical", "out"]
    assert await alerts(olga, "out_of_stock") == [(1, "critical")]
    before = await head(cafe)
    await count(olga, 1, {"code": "milk_oat", "delta": 4000, "reason": "restock"})
    back = (await facts(cafe, "menu_updated", before))[0]
    assert ("latte", "small", "oat") in {(each.menu_item, each.size, each.milk) for each in back.back}
    assert await alerts(olga, "out_of_stock") == await alerts(olga, "low_stock") == []
    assert [each["code"] for each in (await olga.get("inventory/station/1", status="low,out"))["inventory"]] == []
    seen = await olga.get("inventory/")
    assert next(each for each in seen["stations"] if each["station_id"] == 1)["ok"] == 22


async def test_a_count_below_what_is_promised(cafe: Cafe) -> None:
    """Rule 30: the newest cups that need it are helped as in rule 36; the others keep their promise."""
    olga = await cafe.organizer()
    made = [await order(olga, station_id=1) for _ in range(3)]
    for number in (2, 3):
        await cafe.set_stock(number, "milk_oat", 180 if number == 3 else 0)
    await count(olga, 1, {"code": "milk_oat", "quantity": 200})
    stations = [(await row(cafe, each["id"])).station_id for each in made]
    marks = [(await row(cafe, each["id"])).attention for each in made]
    assert (stations, marks) == ([1, 3, 1], [None, None, "out_of_stock"])
    assert (await books(cafe, 1, "milk_oat"))["milk_oat"] == (200, 180)
    refused(await olga.do("POST", f"orders/{made[2]['id']}/start"), 409, "out_of_stock")
    await count(olga, 1, {"code": "milk_oat", "delta": 500, "reason": "restock"})
    assert (await olga.post(f"orders/{made[2]['id']}/start"))["status"] == "in_progress"
    assert (await books(cafe, 1, "milk_oat"))["milk_oat"] == (700, 360)


async def test_run_out(cafe: Cafe) -> None:
    """Rule 36: (a) elsewhere, (b) the guest is asked and the cup keeps its place, (c) staff; those in hand stay.
    Rule 24: with allergies declared nobody is asked by text."""
    sue, bea = await cafe.support(), await cafe.barista(1)
    in_hand, goes = await order(sue, station_id=1), await order(sue, station_id=1)
    asked = await order(sue, station_id=1, phone="0491 570 156")
    held = await order(sue, cup(allergies=["milk"]), station_id=1, phone="0491 570 157")
    await bea.post(f"orders/{in_hand['id']}/start")
    await cafe.set_stock(2, "milk_oat", 180)
    await cafe.set_stock(3, "milk_oat", 0)
    before = await head(cafe)
    gone = await bea.post("inventory/run-out", {"station_id": 1, "code": "milk_oat"})
    assert (gone["moved"], gone["asked"], gone["held"]) == ([goes["id"]], [asked["id"]], [held["id"]])
    assert (gone["restock_request"]["urgency"], gone["restock_request"]["status"]) == ("urgent", "open")
    names = {found.event.name for found in await cafe.world.events(before)}
    assert {"inventory_updated", "low_stock_alert", "menu_updated", "order_updated", "restock_requested"} <= names
    assert (await row(cafe, in_hand["id"])).status == "in_progress"
    assert (await row(cafe, goes["id"])).station_id == 2
    waiting = await row(cafe, asked["id"])
    assert (waiting.attention, waiting.station_id) == ("substitute_asked", 1)
    refused(await bea.do("POST", f"orders/{asked['id']}/start"), 409, "awaiting_guest")
    assert (await books(cafe, 1, "milk_oat", "beans"))["beans"] == (10000, 18)
    await cafe.world.advance(seconds=181)
    assert (await row(cafe, asked["id"])).attention == "out_of_stock"
    refused(await bea.do("POST", f"orders/{asked['id']}/start"), 409, "out_of_stock")
    # Staff name the new milk with the guest.
    changed = await sue.put(f"orders/{asked['id']}", {"milk": "soy"})
    assert (changed["milk"]["code"], changed["attention"]) == ("soy", None)
    assert (await bea.post(f"orders/{asked['id']}/start"))["status"] == "in_progress"
    refused(await bea.do("POST", "inventory/run-out", {"station_id": 1, "code": "tar"}), 404, "unknown_item")


async def test_the_guest_answers(cafe: Cafe) -> None:
    """Rule 36 b: an answer changes the milk, X drops the cup; a milk that has gone meanwhile is asked for again."""
    sue = await cafe.support()
    made = [await order(sue, station_id=1, phone=f"0491 570 15{n}") for n in (6, 7, 8)]
    for number in (2, 3):
        await cafe.set_stock(number, "milk_oat", 0)
    gone = await sue.post("inventory/run-out", {"station_id": 1, "code": "milk_oat", "restock": False})
    assert (gone["asked"], gone["restock_request"]) == ([each["id"] for each in made], None)

    async def answers(n: int, milk: str | None) -> str:
        return await cafe.world.change(lambda ctx: answer(ctx, made[n]["id"], milk))

    await cafe.set_stock(1, "milk_soy", 180)
    assert await answers(0, "soy") == "changed"
    assert await answers(1, "soy") == "asked"
    assert (await row(cafe, made[1]["id"])).attention == "substitute_asked"
    assert await answers(2, None) == "dropped"
    assert (await row(cafe, made[2]["id"])).cancelled_by == "guest"
    await cafe.world.advance(seconds=181)
    assert (await row(cafe, made[0]["id"])).attention is None
    assert await answers(1, "full") == "over"
    assert await books(cafe, 1, "milk_soy", "beans") == {"milk_soy": (180, 180), "beans": (10000, 18)}


async def test_depletion_by_hand(cafe: Cafe) -> None:
    """Rule 27: a made cup answers with what it took; samples and spills are waste."""
    bea = await cafe.barista(1)
    made = await order(bea, station_id=1)
    refused(await bea.do("POST", "inventory/deplete", {"order_id": made["id"]}), 409, "order_not_completed")
    await bea.post(f"orders/{made['id']}/complete")
    again = await bea.post("inventory/deplete", {"order_id": made["id"]})
    assert again["already_depleted"] is True
    assert {(each["code"], each["quantity"]) for each in again["depleted"]} == {
        ("beans", 18), ("milk_oat", 180), ("cup_small", 1), ("lid", 1),
    }  # fmt: skip
    spilt = {"station_id": 1, "items": [{"code": "milk_oat", "quantity": 500}], "reason": "spill"}
    assert (await bea.post("inventory/deplete", spilt))["depleted"][0]["quantity_after"] == 11320
    assert (await bea.do("POST", "inventory/deplete", {"station_id": 1})).status_code == 422
    assert await books(cafe, 1, "milk_oat") == {"milk_oat": (11320, 0)}
    line = await shown(bea, 1, "milk_oat")
    # Two movements: too few for the last half hour, so the average since the start of the event, three hours ago.
    assert line["runs_out_at"] == (cafe.now + timedelta(hours=11320 * 3 / 680)).isoformat().replace("+00:00", "Z")
    assert line["cups_left"] == 11320 // 180


async def test_transfers_and_requests(cafe: Cafe) -> None:
    """Rule 37: only free stock goes, both rows in one change. Rule 38: a storeroom holds stock."""
    sue, bea, tom = await cafe.support(), await cafe.barista(1), await cafe.support("Tom Aster")
    await cafe.set_stock(1, "milk_oat", 1000)
    await order(sue, station_id=1)

    def goes(source: int, target: int, quantity: int) -> dict[str, Any]:
        items = [{"code": "milk_oat", "quantity": quantity}]
        return {"from_station_id": source, "to_station_id": target, "items": items}

    refused(await sue.do("POST", "inventory/transfer", goes(1, 1, 1)), 422, "same_station")
    body = refused(await sue.do("POST", "inventory/transfer", goes(1, 2, 821)), 409, "insufficient_stock")
    assert body["missing"] == [{"code": "milk_oat", "needed": 821, "available": 820}]
    before = await head(cafe)
    done = await sue.post("inventory/transfer", goes(1, 2, 820))
    assert [done[at]["inventory"][0]["quantity"] for at in ("from_station", "to_station")] == [180, 12820]
    assert [fact.station_id for fact in await facts(cafe, "inventory_updated", before)] == [1, 2]
    asked = await bea.post("inventory/restock-requests", {"station_id": 1, "code": "milk_oat"}, 201)
    raised = await sue.post("inventory/restock-requests", {"station_id": 1, "code": "milk_oat", "urgency": "urgent"})
    assert (raised["id"], raised["urgency"]) == (asked["id"], "urgent")
    path = f"inventory/restock-requests/{asked['id']}"
    refused(await bea.do("POST", f"{path}/accept"), 403, "forbidden")
    assert (await sue.post(f"{path}/accept"))["accepted_by"] == sue.id
    body = refused(await tom.do("POST", f"{path}/accept"), 409, "already_accepted")
    assert body["by"]["name"] == "Sue Fenn"
    refused(
        await sue.do("POST", f"{path}/deliver", {"quantity": 99999, "from_station_id": 9}), 409, "insufficient_stock"
    )
    assert (await sue.post(f"{path}/deliver", {"quantity": 4000, "from_station_id": 9}))["status"] == "delivered"
    assert (await books(cafe, 1, "milk_oat"))["milk_oat"] == (4180, 180)
    assert (await books(cafe, 9, "milk_oat"))["milk_oat"] == (8000, 0)
    refused(await sue.do("POST", f"{path}/cancel"), 409, "not_open")
    new = await bea.post("inventory/restock-requests", {"station_id": 1, "code": "lid", "quantity": 100}, 201)
    await sue.post(f"inventory/restock-requests/{new['id']}/deliver", {"quantity": 100})
    assert (await books(cafe, 1, "lid"))["lid"] == (1100, 1)
    assert (await sue.get("inventory/restock-requests", status="delivered"))["total"] == 2


async def test_catalogue_and_sync(cafe: Cafe) -> None:
    """Rule 35: rows are added, fields copied, promises recomputed, differences told; a second run changes nothing."""
    olga = await cafe.organizer()
    item = {"code": "syrup_rose", "name": "Rose syrup", "category": "syrup", "unit": "ml", "default_low": 100}
    made = await olga.post("inventory/items", item, 201)
    refused(await olga.do("POST", "inventory/items", item), 409, "code_taken")
    assert (await shown(olga, 2, "syrup_rose"))["quantity"] == 0
    await count(olga, 2, {"code": "syrup_rose", "quantity": 500})
    refused(await olga.do("PUT", f"inventory/items/{made['id']}", {"unit": "g"}), 409, "unit_in_use")
    changed = await olga.put(f"inventory/items/{made['id']}", {"default_low": 150, "version": made["version"]})
    refused(await olga.do("PUT", f"inventory/items/{made['id']}", {"name": "X", "version": 1}), 412, "stale_version")
    assert changed["default_low"] == 150
    ids = await cafe.ids(InventoryItem)
    refused(await olga.do("DELETE", f"inventory/items/{ids['milk_oat']}"), 409, "item_in_recipe")
    await order(olga, station_id=1)
    row_of_oat = await cafe.stock(1, "milk_oat")
    row_of_oat.reserved = 999

    async def spoil(ctx: Any) -> None:
        await ctx.save(row_of_oat)

    await cafe.world.change(spoil)
    looked = await olga.post("inventory/sync", {"dry_run": True})
    first = next(each for each in looked["stations"] if each["station_id"] == 1)
    assert first["reserved_fixed"] == [{"code": "milk_oat", "from": 999, "to": 180}]
    assert {"code": "syrup_rose", "field": "low_threshold", "from": 100, "to": 150} in first["changed"]
    assert {"code": "beans", "quantity": 10000, "ledger": 0} in first["ledger_difference"]
    assert (await cafe.stock(1, "milk_oat")).reserved == 999
    before = await head(cafe)
    await olga.post("inventory/sync")
    assert len(await facts(cafe, "sync_completed", before)) == 1
    again = await olga.post("inventory/sync")
    assert all(not (each["added"] or each["changed"] or each["reserved_fixed"]) for each in again["stations"])
    assert (await cafe.stock(1, "milk_oat")).reserved == 180
    await cafe.world.change(spoil_with(await cafe.stock(1, "milk_oat"), 7))
    await cafe.world.change(repair_promises)
    assert (await cafe.stock(1, "milk_oat")).reserved == 180
    await olga.client.delete(f"/api/inventory/items/{made['id']}")
    assert "syrup_rose" not in {each["code"] for each in (await olga.get("inventory/station/1"))["inventory"]}


def spoil_with(stock: Any, reserved: int) -> Any:
    """Return a change that promises what nobody needs."""

    async def spoil(ctx: Any) -> None:
        stock.reserved = reserved
        await ctx.save(stock)

    return spoil


async def test_edits_exchange_the_promise(cafe: Cafe) -> None:
    """Rule 17: pending or scheduled only; drink or milk change their stock at once or fail whole."""
    sue, bea = await cafe.support(), await cafe.barista(1)
    made = await order(sue, station_id=1)
    edited = await sue.put(f"orders/{made['id']}", {"milk": "soy", "size": "regular", "customer_name": "Mia"})
    assert (edited["milk"]["code"], edited["size"], edited["customer_name"]) == ("soy", "regular", "Mia")
    assert await books(cafe, 1, "milk_oat", "milk_soy", "cup_small", "cup_regular") == {
        "milk_oat": (12000, 0), "milk_soy": (12000, 270), "cup_small": (500, 0), "cup_regular": (500, 1),
    }  # fmt: skip
    await cafe.set_stock(1, "milk_almond", 100)
    refused(await sue.do("PUT", f"orders/{made['id']}", {"milk": "almond"}), 409, "out_of_stock")
    assert (await books(cafe, 1, "milk_soy"))["milk_soy"] == (12000, 270)
    refused(await sue.do("PUT", f"orders/{made['id']}", {"allergies": ["soy"]}), 422, "allergen_conflict")
    refused(await sue.do("PUT", f"orders/{made['id']}", {"notes": "hot", "version": 1}), 412, "stale_version")
    raised = await sue.post(f"orders/{made['id']}/priority", {"priority": "vip"})
    assert raised["priority"] == "vip"
    label = await sue.get(f"orders/{made['id']}/label", format="json")
    assert (label["number"], label["milk"]["letter"]) == (made["number"], "S")
    await bea.post(f"orders/{made['id']}/start")
    refused(await sue.do("PUT", f"orders/{made['id']}", {"milk": "oat"}), 409, "order_started")
    refused(await sue.do("POST", f"orders/{made['id']}/priority", {"priority": "normal"}), 409, "order_started")
    assert (await sue.do("POST", "orders/", wish(cup(), cup()))).status_code == 201
