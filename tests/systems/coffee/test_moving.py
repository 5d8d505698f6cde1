"""Cups that change stations: by hand, by a proposal, because a station stops or falls silent (rules 38 to 48)."""

from tests.systems.coffee.asking import alerts, books, cup, facts, head, order, row, set_station, wish
from tests.systems.coffee.conftest import Cafe, Person, refused


async def beat(person: Person, station_id: int) -> None:
    """Let the tablet of a station be heard."""
    await person.post(f"stations/{station_id}/heartbeat", {"queue_seq": 1, "pending_local": 0}, 204)


async def test_a_move_takes_the_ticket_along(cafe: Cafe) -> None:
    """Rule 43: a ticket's cups move together. Rule 44: promised there, free here, in one change; no stock, no move."""
    sue, bea, lio = await cafe.support(), await cafe.barista(1), await cafe.barista(2, "Lio Penn")
    placed = await sue.post("orders/", wish(cup(), cup("espresso", "small", None), station_id=1), 201)
    first, second = (each["id"] for each in placed["orders"])
    before = await head(cafe)
    moved = await sue.post(f"orders/{first}/move", {"station_id": 2})
    assert (moved["station_id"], moved["station_name"]) == (2, "Garden")
    assert (await row(cafe, second)).station_id == 2
    assert await books(cafe, 1, "beans", "milk_oat") == {"beans": (10000, 0), "milk_oat": (12000, 0)}
    assert await books(cafe, 2, "beans", "milk_oat") == {"beans": (10000, 36), "milk_oat": (12000, 180)}
    told = await facts(cafe, "order_updated", before)
    assert [(fact.change, fact.moved_from, fact.station_id) for fact in told] == [("moved", 1, 2)] * 2
    rooms = {frame["channel"] for frame in await cafe.world.frames(before) if frame["event"] == "order_updated"}
    assert {"station_1", "station_2", "display_1", "display_2"} <= rooms
    page = await sue.get(f"orders/{first}")
    assert [(move["from_station"], move["to_station"], move["reason"]) for move in page["moves"]] == [(1, 2, "manual")]
    refused(await sue.do("POST", f"orders/{first}/move", {"station_id": 2}), 409, "same_station")
    refused(await sue.do("POST", f"orders/{first}/move", {"station_id": 4}), 409, "station_unavailable")
    await cafe.set_stock(3, "milk_oat", 100)
    body = refused(await sue.do("POST", f"orders/{first}/move", {"station_id": 3}), 409, "out_of_stock")
    assert body["missing"][0]["code"] == "milk_oat"
    # A barista moves cups away from or to the own station; the tap of the former station learns where the cup went.
    refused(await bea.do("POST", f"orders/{first}/start"), 409, "order_moved")
    await bea.post(f"orders/{first}/move", {"station_id": 1, "only_this": True})
    assert ((await row(cafe, first)).station_id, (await row(cafe, second)).station_id) == (1, 2)
    refused(await bea.do("POST", f"orders/{second}/move", {"station_id": 3}), 403, "not_your_station")
    await lio.post(f"orders/{second}/start")
    refused(await sue.do("POST", f"orders/{second}/move", {"station_id": 1}), 409, "order_started")


async def test_to_the_front(cafe: Cafe) -> None:
    """Rule 8: a move to the front puts a cup before the head of its own class."""
    sue = await cafe.support()
    await order(sue, station_id=1)
    vip = await order(sue, cup(priority="vip"), station_id=1)
    last = await order(sue, station_id=2)
    moved = await sue.post(f"orders/{last['id']}/move", {"station_id": 1, "position": "front"})
    assert moved["position"] == 2
    assert (await sue.get(f"orders/{vip['id']}"))["position"] == 1


async def test_many_at_once_and_even_waits(cafe: Cafe) -> None:
    """What cannot go stays and says why; the proposal cuts the longest wait by two minutes, and is done when asked."""
    olga = await cafe.organizer()
    made = [await order(olga, station_id=1) for _ in range(9)]
    await olga.post(f"orders/{made[0]['id']}/start")
    ids = [each["id"] for each in made[:3]]
    done = await olga.post("orders/move-batch", {"order_ids": [*ids, "none"], "station_id": 2})
    assert done == {
        "moved": ids[1:],
        "refused": [{"id": ids[0], "code": "order_started"}, {"id": "none", "code": "not_found"}],
    }
    proposal = await olga.post("orders/rebalance")
    assert proposal["done"] is False
    assert {move["from_station"] for move in proposal["moves"]} == {1}
    assert (await row(cafe, made[8]["id"])).station_id == 1
    await olga.post("orders/rebalance", {"dry_run": False})
    assert len([each for each in made if (await row(cafe, each["id"])).station_id == 1]) <= 4
    assert (await olga.post("orders/rebalance"))["moves"] == []


async def test_a_station_declared_offline(cafe: Cafe) -> None:
    """Rule 41: all leave, cups in hand begin again elsewhere as class 1. Rule 42: who cannot leave is marked, and told."""
    olga, bea = await cafe.organizer(), await cafe.barista(1)
    in_hand, waiting = await order(bea, station_id=1), await order(bea, cup(milk="soy"), station_id=1)
    almond = await order(bea, cup(milk="almond"), station_id=1)
    for number in (2, 3):
        await cafe.set_stock(number, "milk_almond", 0)
    await bea.post(f"orders/{in_hand['id']}/start")
    before = await head(cafe)
    changed = await bea.post("stations/1/status", {"status": "offline", "reason": "no water"})
    assert sorted(changed["moved"]) == sorted([in_hand["id"], waiting["id"]])
    assert changed["stranded"] == [almond["id"]]
    again = await row(cafe, in_hand["id"])
    assert (again.status, again.attention, again.station_id in (2, 3)) == ("pending", "restarted", True)
    assert again.queued_at.isoformat()[:19] == in_hand["queued_at"][:19]
    # What was in the cup is lost at Foyer; what it needs is promised where it is made now.
    assert (await books(cafe, 1, "milk_oat"))["milk_oat"] == (11820, 0)
    assert (await cafe.stock(again.station_id or 0, "milk_oat")).reserved == 180
    assert len(await facts(cafe, "inventory_depleted", before)) == 1
    assert (await row(cafe, almond["id"])).attention == "no_station"
    assert await alerts(olga, "stranded") == [(1, "critical")]
    assert (await olga.get(f"orders/{in_hand['id']}"))["position"] == 1
    # Rule 42: tried again as soon as a station has it.
    await olga.post("inventory/station/3", {"inventory": [{"code": "milk_almond", "quantity": 3000}]})
    await cafe.world.advance(seconds=1)
    assert ((await row(cafe, almond["id"])).station_id, (await row(cafe, almond["id"])).attention) == (3, None)
    assert await alerts(olga, "stranded") == []


async def test_closing_and_pausing(cafe: Cafe) -> None:
    """Rule 39: the last open station. Rule 40: a pause keeps the queue. Closing asks for the queue first."""
    olga, bea = await cafe.organizer(), await cafe.barista(1)
    made = await order(bea, station_id=1)
    refused(await olga.do("POST", "stations/1/status", {"status": "closed"}), 409, "queue_not_empty")
    await olga.post("stations/1/status", {"status": "paused"})
    assert (await row(cafe, made["id"])).station_id == 1
    assert (await order(bea))["station_id"] == 2
    closed = await olga.post("stations/1/status", {"status": "closed", "queue": "move"})
    assert closed["moved"] == [made["id"]]
    await olga.post("stations/2/status", {"status": "closed", "queue": "move"})
    refused(await olga.do("POST", "stations/3/status", {"status": "paused"}), 409, "last_open_station")


async def test_a_silent_station(cafe: Cafe) -> None:
    """Rule 45: lost after 60 s, its queue moves after 180 s save the first two. Rule 46: a cup made offline meanwhile
    counts where it was made. Rule 47: the first heartbeat restores it; nothing comes back by itself."""
    olga, bea = await cafe.organizer(), await cafe.barista(1)
    await beat(bea, 1)
    made = [await order(bea, station_id=1) for _ in range(4)]
    await cafe.world.advance(seconds=50)
    await beat(bea, 1)
    await cafe.world.advance(seconds=59)
    assert (await olga.get("stations/1"))["connection"] == "live"
    await cafe.world.advance(seconds=2)
    assert (await olga.get("stations/1"))["connection"] == "lost"
    assert await alerts(olga, "station_lost") == [(1, "critical")]
    assert (await order(olga))["station_id"] == 2
    await cafe.world.advance(seconds=118)
    assert {(await row(cafe, each["id"])).station_id for each in made} == {1}
    await cafe.world.advance(seconds=2)
    assert [(await row(cafe, each["id"])).station_id for each in made[:2]] == [1, 1]
    third, fourth = [await row(cafe, each["id"]) for each in made[2:]]
    assert {third.station_id, fourth.station_id} <= {2, 3}
    # The tablet is back: cup 3 was made there offline; cup 4 is in hand at its new station by now.
    kit = await cafe.barista(fourth.station_id, "Kit Marlo")
    await kit.post(f"orders/{fourth.id}/start")
    refused(await bea.do("POST", f"orders/{third.id}/start"), 409, "order_moved")
    done = await bea.post(f"orders/{third.id}/complete", {"occurred_at": cafe.now.isoformat()})
    assert (done["order"]["station_id"], done["order"]["started_at"]) == (1, done["order"]["completed_at"])
    refused(await bea.do("POST", f"orders/{fourth.id}/complete"), 409, "order_moved")
    assert (await books(cafe, 1, "milk_oat"))["milk_oat"] == (11820, 360)
    assert (await cafe.stock(third.station_id or 0, "milk_oat")).quantity == 12000
    await beat(bea, 1)
    assert (await olga.get("stations/1"))["connection"] == "live"
    assert await alerts(olga, "station_lost") == []
    assert (await row(cafe, fourth.id)).station_id == fourth.station_id


async def test_nobody_there(cafe: Cafe) -> None:
    """Rule 48: a station that is open with nobody present for five minutes; critical with cups in the queue."""
    olga = await cafe.organizer()
    for number in (2, 3):
        await set_station(cafe, number, status="closed")
    for _ in range(5):
        await cafe.world.advance(minutes=1)
        assert await alerts(olga, "station_unstaffed") == []
    await cafe.world.advance(minutes=1)
    assert await alerts(olga, "station_unstaffed") == [(1, "warn")]
    await order(olga)
    await cafe.world.advance(minutes=1)
    assert await alerts(olga, "station_unstaffed") == [(1, "critical")]


async def test_the_event_is_over(cafe: Cafe) -> None:
    """Closing an event cancels what nobody has begun; what is in hand stays."""
    ada = await cafe.admin()
    begun, waiting = await order(ada, station_id=1), await order(ada, station_id=1)
    await ada.post(f"orders/{begun['id']}/start")
    event_id = await cafe.event_id()
    refused(await ada.do("POST", f"events/{event_id}/close"), 409, "open_orders")
    await ada.post(f"events/{event_id}/close?force=true")
    assert (await row(cafe, waiting["id"])).status == "cancelled"
    assert (await row(cafe, waiting["id"])).cancelled_by == "staff"
    assert (await row(cafe, begun["id"])).status == "in_progress"
    refused(await ada.do("POST", "orders/", wish()), 409, "service_closed")
