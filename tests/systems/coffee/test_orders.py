"""Ordering: numbers, stations, quotes, promises of stock, what is refused (section 5.7)."""

from datetime import timedelta
from typing import Any

from tests.systems.coffee.asking import books, cup, facts, head, order, row, set_event, set_station, wish
from tests.systems.coffee.conftest import Cafe, refused


async def test_an_order_is_promised_a_station_and_its_stock(cafe: Cafe) -> None:
    """Rule 1: one row is one cup. Rule 2: numbers run. Rule 5: the quote. Rule 26: all lines are reserved."""
    sue = await cafe.support()
    before = await head(cafe)
    placed = await sue.post("orders/", wish(cup(), cup("espresso", "small", None), phone="0491 570 156"), 201)
    ticket, cups = placed["ticket"], placed["orders"]
    assert (ticket["number"], ticket["station_id"]) == ("A01", 1)
    assert ticket["track_url"].endswith(f"/o/{ticket['token']}")
    assert [each["number"] for each in cups] == ["A01-1", "A01-2"]
    assert (cups[0]["phone_masked"], cups[0]["channel"], cups[0]["milk"]["letter"]) == ("•••156", "walk_up", "O")
    assert [each["position"] for each in cups] == [1, 2]
    # Foyer has two places and nobody checked in: one pair of hands. 42 + 8 s of oat, then 25 s; two minutes at least.
    assert ticket["quoted_wait_seconds"] == 120
    assert (await row(cafe, cups[0]["id"])).prep_seconds == 50
    assert await books(cafe, 1, "beans", "milk_oat", "cup_small", "cup_espresso", "lid") == {
        "beans": (10000, 36),
        "milk_oat": (12000, 180),
        "cup_small": (500, 1),
        "cup_espresso": (200, 1),
        "lid": (1000, 1),
    }
    created = await facts(cafe, "order_created", before)
    assert [fact.order.number for fact in created] == ["A01-1", "A01-2"]
    told = [frame for frame in await cafe.world.frames(before) if frame["event"] == "order_created"]
    assert {frame["channel"] for frame in told} == {
        "station_1", "organizers", "support", f"ticket_{ticket['id']}", "display_1", "display_all",
    }  # fmt: skip
    outside = next(frame for frame in told if frame["channel"] == "display_1")
    assert not {"phone_masked", "notes", "allergies", "barista_name"} & outside["data"]["order"].keys()
    assert (await order(sue, cup("espresso", "small", None)))["number"] == "A02"
    page = await sue.get(f"orders/{cups[0]['id']}")
    assert ([entry["name"] for entry in page["history"]], page["moves"]) == (["order_created"], [])


async def test_station_by_the_wait(cafe: Cafe) -> None:
    """Rule 3: candidates. Rule 4: work. Rule 6: the smallest wait; within 15 s fewer open cups, then the lower number."""
    sue = await cafe.support()
    stations = [(await order(sue))["station_id"] for _ in range(4)]
    assert stations == [1, 2, 3, 1]
    await set_station(cafe, 2, status="paused")
    await set_station(cafe, 3, connection="lost")
    asked = await sue.post("orders/estimate", {"items": [cup()]})
    assert asked["best_station_id"] == 1
    assert [(each["station_id"], each["ok"], each["reason"]) for each in asked["stations"]] == [
        (1, True, None), (2, False, "not_open"), (3, False, "lost"), (4, False, "not_open"),
    ]  # fmt: skip
    # Three cups of 50 s at one pair of hands.
    assert asked["stations"][0]["wait_seconds"] == 150
    body = refused(await sue.do("POST", "orders/", wish(station_id=2)), 409, "station_unavailable")
    assert (body["reason"], body["alternatives"]) == ("not_open", [{"station_id": 1, "minutes": 3}])
    refused(await sue.do("POST", "orders/", wish(station_id=9)), 409, "station_unavailable")
    await set_station(cafe, 1, max_queue=3)
    assert (await order(sue))["station_id"] == 1
    body = refused(await sue.do("POST", "orders/", wish()), 409, "station_unavailable")
    assert body["reason"] == "queue_full"
    for number in (1, 3):
        await set_station(cafe, number, status="closed")
    refused(await sue.do("POST", "orders/", wish()), 409, "no_station_open")


async def test_queue_in_making_order(cafe: Cafe) -> None:
    """Rule 8: remakes, then VIPs, then the others. Rule 19: the jug. Rule 38: a storeroom has no queue."""
    sue, bea = await cafe.support(), await cafe.barista(1)
    first = await order(sue, station_id=1)
    await order(sue, cup("latte", "small", "full"), station_id=1)
    third = await order(sue, station_id=1, name="Kim")
    vip = await order(sue, cup("espresso", "small", None, priority="vip"), station_id=1)
    queue = await bea.get("orders/queue/station/1")
    assert [each["number"] for each in queue["pending"]] == [vip["number"], "A01", "A02", "A03"]
    assert [each["position"] for each in queue["pending"]] == [1, 2, 3, 4]
    assert [each["batch"] for each in queue["pending"]] == [None] * 4
    assert {"drink": "latte", "milk": "oat", "n": 2} in queue["all_day"]
    await bea.post(f"orders/{vip['id']}/start")
    queue = await bea.get("orders/queue/station/1")
    batch = [each["number"] for each in queue["pending"] if each["batch"]]
    assert batch == [first["number"], third["number"]]
    assert [each["id"] for each in queue["in_progress"]] == [vip["id"]]
    refused(await bea.do("GET", "orders/queue/station/9"), 404, "not_found")
    # All that happened within two seconds is told in one word; each guest hears of the own cups only.
    before = await head(cafe)
    await cafe.world.advance(seconds=2)
    (told,) = await facts(cafe, "queue_eta", before)
    assert (told.station_id, len(told.positions), told.minutes) == (1, 3, 4)
    own = [frame for frame in await cafe.world.frames(before) if frame["channel"] == f"ticket_{third['ticket_id']}"]
    assert [list(frame["data"]["positions"]) for frame in own] == [[third["id"]]]
    found = await bea.get("orders/", q="kim", station_id=1)
    assert ([each["id"] for each in found["items"]], found["total"]) == ([third["id"]], 1)


async def test_out_of_stock_names_what_is_missing(cafe: Cafe) -> None:
    """Rule 6: stock as the reason. Rule 26: the last portion. Rule 33: what cannot be made leaves the menu at once."""
    sue = await cafe.support()
    await cafe.set_stock(1, "milk_oat", 350)
    before = await head(cafe)
    await order(sue, station_id=1)
    body = refused(await sue.do("POST", "orders/", wish(station_id=1)), 409, "out_of_stock")
    assert body["missing"] == [{"code": "milk_oat", "needed": 180, "available": 170, "station_id": 1}]
    assert {"milk": "soy"} in body["alternatives"]
    assert {"station_id": 2, "minutes": 2} in body["alternatives"]
    gone = (await facts(cafe, "menu_updated", before))[0]
    assert gone.station_id == 1
    assert ("latte", "small", "oat") in {(each.menu_item, each.size, each.milk) for each in gone.gone}
    assert ("flat_white", "small", "oat") not in {(each.menu_item, each.size, each.milk) for each in gone.gone}
    assert (await order(sue))["station_id"] == 2
    for number in (2, 3):
        await cafe.set_stock(number, "milk_oat", 0)
    body = refused(await sue.do("POST", "orders/", wish()), 409, "out_of_stock")
    assert body["missing"][0]["code"] == "milk_oat"
    # Lids do not block.
    await cafe.set_stock(1, "lid", 0)
    assert (await order(sue, cup("latte", "small", "soy"), station_id=1))["station_id"] == 1
    # Nothing of a refused order is kept.
    refused(
        await sue.do("POST", "orders/", wish(cup("latte", "small", "soy"), cup(), station_id=1)), 409, "out_of_stock"
    )
    assert (await cafe.stock(1, "milk_soy")).reserved == 180


async def test_what_an_order_may_not_be(cafe: Cafe) -> None:
    """Rule 23: a declared allergen is refused. Rule 25: markup goes. Rule 58: a number that is none."""
    sue = await cafe.support()

    async def no(status: int, code: str, *cups: dict[str, Any], **more: Any) -> dict[str, Any]:
        return refused(await sue.do("POST", "orders/", wish(*cups, **more)), status, code)

    body = await no(422, "allergen_conflict", cup(allergies=["gluten", "other"], notes="figs"))
    assert body["conflicts"] == [{"item": "milk_oat", "allergen": "gluten"}]
    await no(422, "note_required", cup(allergies=["other"]))
    await no(422, "unknown_menu_item", cup("moon_milk"))
    await no(422, "size_not_made", cup("espresso", "large", None))
    await no(422, "unknown_milk", cup(milk="yak"))
    await no(422, "unknown_option", cup(options={"rum": 1}))
    await no(422, "option_count", cup(options={"extra_shot": 3}))
    await no(409, "milk_required", cup(milk=None))
    await no(422, "no_milk_in_drink", cup("espresso"))
    await no(422, "bad_phone", phone="12")
    assert (await sue.do("POST", "orders/", wish(name="  "))).status_code == 422
    made = await order(sue, cup(notes="<b>hot</b>\x07 please"), name="<i>Ann</i>")
    assert (made["customer_name"], made["notes"]) == ("Ann", "hot please")
    assert (await cafe.stock(1, "beans")).reserved == 18
    rude = await order(sue, name="Shit")
    assert (rude["customer_name"], rude["called"]) == ("Shit", f"Guest {rude['number']}")


async def test_recipes_follow_the_options(cafe: Cafe) -> None:
    """Rule 28: decaf takes decaf beans, half strength half, an extra shot 9 g more; large takes 27 g."""
    sue = await cafe.support()
    await order(sue, cup("latte", "large", "full", options={"decaf": 1, "half_strength": 1}), station_id=2)
    await order(sue, cup("long_black", "large", None, options={"extra_shot": 2, "sugar": 3}), station_id=2)
    await order(sue, cup("tea", "small", None), station_id=2)
    assert await books(cafe, 2, "beans_decaf", "beans", "sugar", "milk_full", "tea_bag") == {
        "beans_decaf": (2000, 14),
        "beans": (10000, 45),
        "sugar": (1000, 3),
        "milk_full": (24000, 360),
        "tea_bag": (200, 1),
    }


async def test_when_orders_are_taken(cafe: Cafe) -> None:
    """Rule 20: outside the windows and in the last minutes it is closed; scheduled cups are accepted."""
    sue = await cafe.support()
    await set_event(cafe, cup_cap=2)
    await order(sue)
    refused(await sue.do("POST", "orders/", wish(cup(), cup())), 409, "cap_reached")
    # The event is in Sydney, where it is 06:00 now.
    await set_event(cafe, service_windows=[{"start": "08:00", "end": "10:00"}])
    body = refused(await sue.do("POST", "orders/", wish()), 409, "service_closed")
    assert body["next_opening"] == (cafe.now + timedelta(hours=2)).isoformat()
    soon = (cafe.now + timedelta(minutes=30)).isoformat()
    later = await order(sue, requested_for=soon)
    assert (later["status"], later["position"], later["quoted_wait_seconds"]) == ("scheduled", None, None)
    early = (cafe.now + timedelta(minutes=2)).isoformat()
    assert (await sue.do("POST", "orders/", wish(requested_for=early))).status_code == 422
    await set_event(cafe)
    await cafe.world.advance(hours=6, minutes=55)
    refused(await sue.do("POST", "orders/", wish()), 409, "service_closed")


async def test_an_order_made_offline_is_made_once(cafe: Cafe) -> None:
    """Rule 73: the id made on the tablet brings back the first ticket. Rule 75: the time of the tap counts."""
    bea = await cafe.barista(1)
    at = (cafe.now - timedelta(minutes=9)).isoformat()
    body = wish(client_id="tablet-1", created_offline_at=at)
    first, again = [await bea.post("orders/", body, 201) for _ in range(2)]
    assert first["ticket"] == again["ticket"]
    assert first["orders"][0]["queued_at"].startswith(at[:19])
    assert (await cafe.stock(1, "beans")).reserved == 18


async def test_a_barista_finds_a_number_by_what_is_shown_of_it_and_no_more(cafe: Cafe) -> None:
    """Section 2: baristas see the last three digits, so that no longer end may be tried digit by digit."""
    support, barista = await cafe.support(), await cafe.barista(1)
    await support.post("orders/", wish(cup("espresso", "small", None), phone="+61491570482"), 201)
    assert [(await barista.get("orders/", q=end))["total"] for end in ("482", "0482")] == [1, 0]
    assert (await support.get("orders/", q="70482"))["total"] == 1
