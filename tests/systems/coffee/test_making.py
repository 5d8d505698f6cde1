"""Making cups: every step and what it writes, who is first, undo, remakes, lateness (section 4)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from livefloor import Look
from livefloor.systems.coffee.models import InventoryMovement, Station, Ticket
from tests.systems.coffee.asking import alerts, books, cup, facts, head, order, row, set_station, wish
from tests.systems.coffee.conftest import Cafe, refused


async def movements(cafe: Cafe, order_id: str) -> list[tuple[str, int, int]]:
    """Return kind, difference and shortfall of what a cup moved."""

    async def read(look: Look) -> list[InventoryMovement]:
        return await look.all(select(InventoryMovement).where(InventoryMovement.order_id == order_id))

    return sorted((each.kind, each.delta, each.shortfall) for each in await cafe.world.look(read))


async def ticket_of(cafe: Cafe, ticket_id: str) -> Ticket:
    """Return a ticket as it is stored."""
    found = await cafe.world.look(lambda look: look.find(Ticket, ticket_id))
    assert found is not None
    return found


async def test_the_life_of_a_cup(cafe: Cafe) -> None:
    """Rule 11: a repeat writes nothing. Rule 27: the promise becomes depletion, once. Rule 55: the ready text is owed."""
    sue, bea = await cafe.support(), await cafe.barista(1)
    made = await order(sue, phone="0491 570 156", station_id=1)
    path = f"orders/{made['id']}"
    before = await head(cafe)
    started = await bea.post(f"{path}/start")
    assert (started["status"], started["barista_name"], started["version"]) == ("in_progress", "Bea Holm", 2)
    assert (await bea.post(f"{path}/start"))["unchanged"] is True
    assert (await bea.post(f"{path}/put-back"))["queued_at"] == made["queued_at"]
    assert (await bea.post(f"{path}/put-back"))["unchanged"] is True
    await bea.post(f"{path}/start")
    refused(await bea.do("POST", f"{path}/pick-up"), 409, "not_ready")
    await cafe.world.advance(seconds=40)
    done = await bea.post(f"{path}/complete")
    assert [(each["code"], each["quantity"]) for each in sorted(done["depleted"], key=lambda d: d["code"])] == [
        ("beans", 18), ("cup_small", 1), ("lid", 1), ("milk_oat", 180),
    ]  # fmt: skip
    assert (done["ticket_complete"], done["order"]["status"]) == (True, "completed")
    again = await bea.post(f"{path}/complete")
    assert (again["order"]["unchanged"], again["depleted"]) == (True, [])
    assert await books(cafe, 1, "beans", "milk_oat", "cup_small", "lid") == {
        "beans": (9982, 0), "milk_oat": (11820, 0), "cup_small": (499, 0), "lid": (999, 0),
    }  # fmt: skip
    assert len(await movements(cafe, made["id"])) == 4
    assert (await ticket_of(cafe, made["ticket_id"])).ready_sms_state == "waiting"
    assert (await sue.post(f"{path}/pick-up"))["status"] == "picked_up"
    assert (await sue.post(f"{path}/pick-up"))["unchanged"] is True
    assert (await ticket_of(cafe, made["ticket_id"])).ready_sms_state == "suppressed"
    states = [(fact.previous_status, fact.status) for fact in await facts(cafe, "order_updated", before)]
    assert states == [
        ("pending", "in_progress"), ("in_progress", "pending"), ("pending", "in_progress"),
        ("in_progress", "completed"), ("completed", "picked_up"),
    ]  # fmt: skip
    [depleted] = await facts(cafe, "inventory_depleted", before)
    assert depleted.order_id == made["id"]
    # A page that keeps the version it was told of writes over nobody's count (rule 31).
    shelf = {row["code"]: row["version"] for row in (await bea.get("inventory/station/1"))["inventory"]}
    assert {item.code: item.version for item in depleted.items} == {
        item.code: shelf[item.code] for item in depleted.items
    }
    assert len(depleted.items) == 4
    body = refused(await bea.do("POST", f"{path}/status", {"status": "scheduled"}), 409, "bad_transition")
    assert (body["from"], body["to"], body["allowed"]) == ("picked_up", "scheduled", ["completed"])
    refused(await sue.do("POST", f"{path}/start"), 403, "forbidden")
    refused(await bea.do("POST", "orders/none/start"), 404, "not_found")


async def test_undo_steps_back(cafe: Cafe) -> None:
    """Rule 15: a state at a time, for 300 s; the depletion is reversed once and the ready text stopped."""
    bea = await cafe.barista(1)
    made = await order(bea, phone="0491 570 156", station_id=1)
    path = f"orders/{made['id']}"
    refused(await bea.do("POST", f"{path}/undo"), 409, "nothing_to_undo")
    # One tap in a rush: straight from the queue.
    done = await bea.post(f"{path}/complete")
    assert done["order"]["started_at"] == done["order"]["completed_at"]
    await bea.post(f"{path}/pick-up")
    assert (await bea.post(f"{path}/undo"))["status"] == "completed"
    before = await head(cafe)
    assert (await bea.post(f"{path}/undo"))["status"] == "in_progress"
    assert (await books(cafe, 1, "milk_oat"))["milk_oat"] == (12000, 180)
    told = await facts(cafe, "inventory_updated", before)
    assert [(fact.reason, len(fact.items)) for fact in told] == [("undo", 4)]
    assert (await ticket_of(cafe, made["ticket_id"])).ready_sms_state == "none"
    await bea.post(f"{path}/complete")
    assert (await books(cafe, 1, "milk_oat"))["milk_oat"] == (11820, 0)
    assert [kind for kind, _, _ in await movements(cafe, made["id"])].count("deplete") == 8
    await cafe.world.advance(seconds=301)
    refused(await bea.do("POST", f"{path}/undo"), 409, "undo_expired")


async def test_who_may_make_which_cup(cafe: Cafe) -> None:
    """Rule 10: one start wins, the other is told who. Rule 13: four in hand. Rule 14: own station only."""
    olga, bea, tom = await cafe.organizer(), await cafe.barista(1), await cafe.barista(1, "Tom Aster")
    lio = await cafe.barista(2, "Lio Penn")
    first = await order(bea, station_id=1)
    await bea.post(f"orders/{first['id']}/start")
    body = refused(await tom.do("POST", f"orders/{first['id']}/start"), 409, "order_taken")
    assert body["by"] == {"id": bea.id, "name": "Bea Holm"}
    refused(await lio.do("POST", f"orders/{first['id']}/start"), 403, "not_your_station")
    refused(await tom.do("POST", f"orders/{first['id']}/put-back"), 403, "forbidden")
    for _ in range(3):
        await bea.post(f"orders/{(await order(bea, station_id=1))['id']}/start")
    fifth = await order(bea, station_id=1)
    refused(await bea.do("POST", f"orders/{fifth['id']}/start"), 409, "too_many_in_progress")
    refused(await olga.do("POST", f"orders/{fifth['id']}/start", {"barista_id": lio.id}), 403, "not_your_station")
    stale = await olga.do("POST", f"orders/{fifth['id']}/start", {"version": 7})
    assert refused(stale, 412, "stale_version")["current"]["version"] == 1
    assert (await olga.post(f"orders/{fifth['id']}/start"))["barista_id"] == olga.id
    assert (await olga.post(f"orders/{first['id']}/put-back"))["status"] == "pending"


async def test_cancel(cafe: Cafe) -> None:
    """Rule 12: after the cancel the barista is told. A pending cup frees its stock, one in hand is waste."""
    sue, bea = await cafe.support(), await cafe.barista(1)
    waiting, in_hand, spared = [await order(sue, station_id=1) for _ in range(3)]
    assert (await sue.post(f"orders/{waiting['id']}/cancel", {"reason": "customer"}))["cancel_reason"] == "customer"
    refused(await bea.do("POST", f"orders/{waiting['id']}/start"), 409, "order_cancelled")
    refused(await bea.do("POST", f"orders/{waiting['id']}/complete"), 409, "order_cancelled")
    assert (await sue.post(f"orders/{waiting['id']}/cancel"))["unchanged"] is True
    await bea.post(f"orders/{in_hand['id']}/start")
    refused(await sue.do("POST", f"orders/{in_hand['id']}/cancel"), 403, "forbidden")
    before = await head(cafe)
    await bea.post(f"orders/{in_hand['id']}/cancel")
    assert (await books(cafe, 1, "milk_oat"))["milk_oat"] == (11820, 180)
    assert {kind for kind, _, _ in await movements(cafe, in_hand["id"])} == {"waste"}
    assert [fact.name for fact in await facts(cafe, "inventory_depleted", before)] == ["inventory_depleted"]
    await bea.post(f"orders/{spared['id']}/start")
    await bea.post(f"orders/{spared['id']}/cancel", {"wasted": False})
    assert (await books(cafe, 1, "milk_oat"))["milk_oat"] == (11820, 0)
    assert (await row(cafe, spared["id"])).cancelled_by == "staff"


async def test_a_ticket_is_ready_with_its_last_cup(cafe: Cafe) -> None:
    """Rule 1: one ready text for a ticket. Rule 55: cups cancelled do not hold it back."""
    bea = await cafe.barista(1)
    placed = await bea.post("orders/", wish(cup(), cup(), cup(), phone="0491 570 156", station_id=1), 201)
    first, second, third = (each["id"] for each in placed["orders"])
    assert (await bea.post(f"orders/{first}/complete"))["ticket_complete"] is False
    assert (await bea.post(f"orders/{second}/complete"))["ticket_complete"] is False
    assert (await ticket_of(cafe, placed["ticket"]["id"])).ready_sms_state == "none"
    await bea.post(f"orders/{third}/cancel")
    assert (await ticket_of(cafe, placed["ticket"]["id"])).ready_sms_state == "waiting"


async def test_allergies_are_acknowledged(cafe: Cafe) -> None:
    """Rule 22: no completion without it, from nowhere; who said so is kept."""
    bea = await cafe.barista(1)
    made = await order(bea, cup(milk="oat", allergies=["milk"]), station_id=1)
    body = refused(await bea.do("POST", f"orders/{made['id']}/complete"), 409, "allergen_ack_required")
    assert body["allergies"] == ["milk"]
    refused(await bea.do("POST", f"orders/{made['id']}/status", {"status": "completed"}), 409, "allergen_ack_required")
    done = await bea.post(f"orders/{made['id']}/complete", {"allergen_ack": True})
    assert done["order"]["allergen_ack_by"] == bea.id


async def test_made_again(cafe: Cafe) -> None:
    """Rule 16: a new cup on the same ticket, before all others, with its own stock; twice, within 30 minutes."""
    bea = await cafe.barista(1)
    made, other = await order(bea, station_id=1), await order(bea, station_id=1)
    refused(await bea.do("POST", f"orders/{made['id']}/remake", {"reason": "cold"}), 409, "not_made")
    await bea.post(f"orders/{made['id']}/complete")
    again = await bea.post(f"orders/{made['id']}/remake", {"reason": "cold"}, 201)
    assert (again["number"], again["priority"], again["position"]) == (f"{made['number']}-2", "remake", 1)
    assert (await books(cafe, 1, "milk_oat"))["milk_oat"] == (11820, 360)
    await bea.post(f"orders/{again['id']}/complete")
    twice = await bea.post(f"orders/{again['id']}/remake", {"reason": "spilled"}, 201)
    assert (await row(cafe, twice["id"])).remake_of == made["id"]
    refused(await bea.do("POST", f"orders/{made['id']}/remake", {"reason": "cold"}), 409, "remake_limit")
    await bea.post(f"orders/{other['id']}/complete")
    await cafe.world.advance(minutes=31)
    refused(await bea.do("POST", f"orders/{other['id']}/remake", {"reason": "cold"}), 409, "remake_limit")


async def test_uncollected(cafe: Cafe) -> None:
    """A cup that nobody fetches is uncollected after 20 minutes, at its true time; within the day it is handed out."""
    bea = await cafe.barista(1)
    made = await order(bea, station_id=1)
    await bea.post(f"orders/{made['id']}/complete")
    await cafe.world.advance(minutes=19)
    assert (await row(cafe, made["id"])).status == "completed"
    await cafe.world.advance(minutes=10)
    assert (await row(cafe, made["id"])).status == "uncollected"
    assert (await bea.post(f"orders/{made['id']}/pick-up"))["status"] == "picked_up"


async def test_late_cups_call_for_help(cafe: Cafe) -> None:
    """Rule 9: late after ten minutes; the third opens an alert, which closes when they are made."""
    bea = await cafe.barista(1)
    made = [await order(bea, station_id=1) for _ in range(3)]
    await cafe.world.advance(minutes=9, seconds=50)
    assert (await row(cafe, made[0]["id"])).attention is None
    await cafe.world.advance(seconds=20)
    assert [(await row(cafe, each["id"])).attention for each in made] == ["late"] * 3
    assert await alerts(bea, "late_orders") == [(1, "warn")]
    # Rule 8: nobody waits for ever; from the 12th minute a cup goes with the VIPs.
    await cafe.world.advance(minutes=2)
    vip = await order(bea, cup("espresso", "small", None, priority="vip"), station_id=1)
    assert vip["position"] == 4
    assert (await bea.post(f"orders/{made[0]['id']}/start"))["attention"] is None
    assert await alerts(bea, "late_orders") == []


async def test_a_station_learns_its_speed(cafe: Cafe) -> None:
    """Rule 7: the time between two completions against the work, a little at a time."""
    bea = await cafe.barista(1)
    made = [await order(bea, station_id=1) for _ in range(2)]
    await bea.post(f"orders/{made[0]['id']}/complete")
    await cafe.world.advance(seconds=100)
    await bea.post(f"orders/{made[1]['id']}/complete")
    station = await cafe.world.look(lambda look: look.find(Station, 1))
    assert station is not None
    # 100 s for 50 s of work: 0.85 + 0.15 × 2.
    assert station.speed_factor == pytest.approx(1.15)


async def test_shortfall_does_not_stop_a_cup(cafe: Cafe) -> None:
    """Rule 29: what was poured was poured; the books go to nothing and say what they lacked."""
    bea = await cafe.barista(1)
    made = await order(bea, station_id=1)
    await cafe.set_stock(1, "milk_oat", 100)
    done = await bea.post(f"orders/{made['id']}/complete")
    oat = next(each for each in done["depleted"] if each["code"] == "milk_oat")
    assert (oat["quantity_after"], oat["shortfall"]) == (0, 80)
    assert ("deplete", -100, 80) in await movements(cafe, made["id"])


async def test_taps_made_offline(cafe: Cafe) -> None:
    """Rule 75: the time of the tap counts while it can be true. Rule 76: two tablets complete one cup; it counts once."""
    bea, tom = await cafe.barista(1), await cafe.barista(1, "Tom Aster")
    made = await order(bea, station_id=1)
    await cafe.world.advance(minutes=5)
    at = cafe.now - timedelta(minutes=2)
    before = await head(cafe)
    done = await bea.post(f"orders/{made['id']}/complete", {"occurred_at": at.isoformat()})
    assert done["order"]["completed_at"] == at.isoformat().replace("+00:00", "Z")
    assert (await facts(cafe, "order_updated", before))[0].occurred_at == at
    assert (await tom.post(f"orders/{made['id']}/complete"))["order"]["unchanged"] is True
    second = await order(bea, station_id=1)
    long_ago = (cafe.now - timedelta(hours=13)).isoformat()
    done = await bea.post(f"orders/{second['id']}/complete", {"occurred_at": long_ago})
    assert done["order"]["completed_at"] == cafe.now.isoformat().replace("+00:00", "Z")


async def test_cups_for_later_are_released_in_time(cafe: Cafe) -> None:
    """Rule 18: at the time wished for, less the wait, less a minute; with nobody to serve it waits on, with an alert."""
    sue = await cafe.support()
    wanted = cafe.now + timedelta(minutes=30)
    later = await order(sue, requested_for=wanted.isoformat())
    assert (await cafe.stock(later["station_id"], "milk_oat")).reserved == 180
    await cafe.world.advance(minutes=27)
    assert (await row(cafe, later["id"])).status == "scheduled"
    await cafe.world.advance(minutes=1, seconds=20)
    released = await row(cafe, later["id"])
    assert (released.status, released.attention) == ("pending", None)
    assert (await cafe.stock(later["station_id"], "milk_oat")).reserved == 180
    # Rule 1: the cups of a ticket go together, though their own station is closed by then.
    both = await sue.post(
        "orders/", wish(cup(), cup(), requested_for=(cafe.now + timedelta(minutes=9)).isoformat()), 201
    )
    await set_station(cafe, both["ticket"]["station_id"], status="closed")
    await cafe.world.advance(minutes=8)
    found = [await row(cafe, each["id"]) for each in both["orders"]]
    assert [each.status for each in found] == ["pending"] * 2
    assert found[0].station_id == found[1].station_id != both["ticket"]["station_id"]
    assert (await cafe.stock(both["ticket"]["station_id"], "cup_small")).reserved <= 1
    for number in (1, 2, 3):
        await set_station(cafe, number, status="closed")
    kept = await order(sue, requested_for=(cafe.now + timedelta(minutes=6)).isoformat())
    await cafe.world.advance(minutes=6)
    assert ((await row(cafe, kept["id"])).status, (await row(cafe, kept["id"])).attention) == (
        "scheduled",
        "no_station",
    )
    assert len(await alerts(sue, "stranded")) == 1
    await set_station(cafe, 2, status="open")
    await cafe.world.advance(seconds=60)
    found = await row(cafe, kept["id"])
    assert (found.status, found.station_id, found.attention) == ("pending", 2, None)
    assert await alerts(sue, "stranded") == []
