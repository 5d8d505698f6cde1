"""What guests do on their own phones, without an account (section 5.11)."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import select

from livefloor import Look, PlatformTables, System
from livefloor.systems.coffee.models import Tables
from livefloor.testing.world import World
from tests.systems.coffee.asking import books, cup, head, order, set_event, set_station, wish
from tests.systems.coffee.conftest import Cafe, furnish, good, refused

PHONE = "+61491570156"


def web(*cups: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a web order as a request says it."""
    return {"event_code": "HARBOUR", **wish(*cups, **more)}


async def ordered(guest: httpx.AsyncClient, *cups: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Order by web; return ticket and cups."""
    placed: dict[str, Any] = good(await guest.post("/api/public/orders", json=web(*cups, **more)), 201)
    return placed


async def test_the_public_menu_says_what_can_be_had_and_where(cafe: Cafe) -> None:
    """Rule 34: out at every open station is out; out only here tells where. Rule 20: closed tells the next opening."""
    guest = await cafe.client()
    menu = good(await guest.get("/api/public/menu"))
    assert (menu["event_name"], menu["event_code"], menu["taking_orders"]) == ("Harbour Dev Days", "HARBOUR", True)
    assert [station["name"] for station in menu["stations"]] == ["Foyer", "Garden", "Hall"]
    latte = next(drink for drink in menu["drinks"] if drink["code"] == "latte")
    oat = next(offer for offer in latte["offers"] if (offer["size"], offer["milk"]) == ("small", "oat"))
    assert (latte["out"], oat["stations"]) == (False, [1, 2, 3])
    assert "price" not in str(menu)
    assert "vip" not in str(menu)
    await cafe.set_stock(1, "milk_oat", 0)
    for station_id in (1, 2, 3):
        await cafe.set_stock(station_id, "milk_soy", 0)
    await cafe.world.advance(seconds=6)
    menu = good(await guest.get("/api/public/menu"))
    latte = next(drink for drink in menu["drinks"] if drink["code"] == "latte")
    where = {offer["milk"]: offer["stations"] for offer in latte["offers"] if offer["size"] == "small"}
    assert (where["oat"], where["soy"]) == ([2, 3], [])
    assert [milk["code"] for milk in menu["milks"] if milk["out"]] == ["soy"]
    assert "milk" in next(milk for milk in menu["milks"] if milk["code"] == "full")["allergens"]
    tag = (await guest.get("/api/public/menu")).headers["etag"]
    assert (await guest.get("/api/public/menu", headers={"If-None-Match": tag})).status_code == 304
    good(await guest.get("/api/public/stations"))
    refused(await guest.get("/api/public/menu", params={"station_id": 9}), 404, "not_found")
    now = cafe.now.astimezone(ZoneInfo("Australia/Sydney"))
    later = f"{(now.hour + 1) % 24:02d}:00"
    await set_event(cafe, service_windows=[{"start": later, "end": "23:59"}])
    await cafe.world.advance(seconds=6)
    menu = good(await guest.get("/api/public/menu"))
    assert (menu["taking_orders"], menu["next_opening"] is not None) == (False, True)
    refused(await guest.post("/api/public/orders", json=web()), 409, "service_closed")


async def test_a_guest_orders_by_web_and_follows_the_ticket(cafe: Cafe) -> None:
    """Rule 12: the guest cancels what is not begun. Rule 25: an offensive name is not shown outside."""
    guest, bea = await cafe.client(), await cafe.barista()
    placed = await ordered(guest, cup(), cup("espresso", "small", None), name="Fuck", phone="0491 570 156")
    ticket, cups = placed["ticket"], placed["orders"]
    assert not {"barista_id", "phone_masked", "notes"} & cups[0].keys()
    assert cups[0]["allergens"] == ["gluten"]
    page = await guest.get(f"/api/public/orders/{ticket['token']}")
    shown, tag = good(page), page.headers["etag"]
    assert (shown["name"], shown["station"]["name"], shown["phone_masked"]) == ("Guest A01", "Foyer", "•••156")
    assert [each["position"] for each in shown["cups"]] == [1, 2]
    assert shown["minutes"] == 2
    again = await guest.get(f"/api/public/orders/{ticket['token']}", headers={"If-None-Match": tag})
    assert again.status_code == 304
    refused(await guest.get("/api/public/orders/nobody"), 404, "not_found")
    assert (await bea.get(f"orders/{cups[0]['id']}"))["customer_name"] == "Fuck"
    told = [frame for frame in await cafe.world.frames() if frame["event"] == "order_created"]
    assert {f["data"]["order"]["name"] for f in told if f["channel"] == "display_1"} == {"Guest A01-1", "Guest A01-2"}
    await bea.post(f"orders/{cups[0]['id']}/start")
    path = f"/api/public/orders/{ticket['token']}/cancel"
    refused(await guest.post(path, json={"order_id": cups[0]["id"]}), 409, "already_started")
    left = good(await guest.post(path))
    assert [each["status"] for each in left["cups"]] == ["in_progress", "cancelled"]
    assert (await books(cafe, 1, "cup_espresso"))["cup_espresso"] == (200, 0)
    refused(await guest.post(path), 409, "already_started")
    refused(await guest.post(path, json={"order_id": "x"}), 404, "not_found")
    assert (await guest.post(path, json={"order": 1})).status_code == 422


async def test_a_cup_is_rated_once_within_a_day(cafe: Cafe) -> None:
    """Section 5.11: once for each cup, at most 24 h after it was made."""
    guest, bea = await cafe.client(), await cafe.barista()
    placed = await ordered(guest, cup(), cup())
    first, second = (each["id"] for each in placed["orders"])
    path = f"/api/public/orders/{placed['ticket']['token']}/feedback"
    refused(await guest.post(path, json={"order_id": first, "rating": 5}), 409, "not_ready")
    for order_id in (first, second):
        await bea.post(f"orders/{order_id}/complete")
    before = await head(cafe)
    said = {"order_id": first, "rating": 5, "comment": "<b>Lovely</b>\x07"}
    assert good(await guest.post(path, json=said), 201)["rating"] == 5
    refused(await guest.post(path, json={"order_id": first, "rating": 1}), 409, "already_rated")
    for wrong in ({"order_id": "other", "rating": 5}, {"order_id": second, "rating": 6}, {"order_id": second}):
        assert (await guest.post(path, json=wrong)).status_code == 422
    frames = [frame for frame in await cafe.world.frames(before) if frame["event"] == "order_rated"]
    assert {frame["channel"] for frame in frames} == {"station_1", "organizers"}
    await cafe.world.advance(hours=25)
    refused(await guest.post(path, json={"order_id": second, "rating": 5}), 409, "not_ready")


async def test_what_one_number_may_have_open(cafe: Cafe) -> None:
    """Rule 58: a number that cannot be texted is refused. Rule 59: two open tickets, and so many cups a day."""
    guest, bea = await cafe.client(), await cafe.barista(name="Bea")
    assert refused(await guest.post("/api/public/orders", json=web(phone="12")), 422, "bad_phone")["errors"]
    first = await ordered(guest, cup(), phone=PHONE, client_id="one", station_id=1)
    await ordered(guest, cup(), phone="0491570156", station_id=1)
    body = refused(await guest.post("/api/public/orders", json=web(phone=PHONE)), 409, "too_many_open")
    assert (body["n"], body["limit"]) == (2, "open")
    again = await ordered(guest, cup(), phone=PHONE, client_id="one", station_id=1)
    assert again["ticket"]["token"] == first["ticket"]["token"]
    await bea.post(f"orders/{first['orders'][0]['id']}/complete")
    await set_event(cafe, max_cups_per_phone_per_day=3)
    body = refused(await guest.post("/api/public/orders", json=web(cup(), cup(), phone=PHONE)), 409, "too_many_open")
    assert body["limit"] == "day"
    await ordered(guest, cup(), phone=PHONE)
    await set_event(cafe, web_ordering=False)
    refused(await guest.post("/api/public/orders", json=web()), 409, "web_ordering_off")
    refused(await guest.post("/api/public/orders", json=web() | {"event_code": "NOPE"}), 422, "unknown_event")
    await set_event(cafe, cup_cap=1)
    refused(await guest.post("/api/public/orders", json=web()), 409, "cap_reached")


async def test_the_vip_word_counts_so_many_times_and_a_wrong_one_gives_no_hint(cafe: Cafe) -> None:
    """Rule 62: as a whole word, without case, removed from the text, at most so many uses."""
    guest, sue = await cafe.client(), await cafe.support()
    await set_event(cafe, vip_word="Pelican", vip_word_max_uses=2)
    said = [
        {"vip_word": "pelican"},
        {"items": [cup(notes="pelican, extra hot")]},
        {"vip_word": "pelicans"},
        {"vip_word": "PELICAN"},
    ]
    priorities = []
    for more in said:
        body = {**web(), **more}
        placed = good(await guest.post("/api/public/orders", json=body), 201)
        assert "vip" not in str(placed).lower()
        shown = await sue.get(f"orders/{placed['orders'][0]['id']}")
        priorities.append(shown["priority"])
        assert "pelican" not in shown["notes"].lower()
    assert priorities == ["vip", "vip", "normal", "normal"]


async def test_a_number_given_later_gets_the_ready_text(cafe: Cafe) -> None:
    """Section 5.11: a phone added to a ticket promises the ready text, also when the cup is made already."""
    guest, bea = await cafe.client(), await cafe.barista()
    placed = await ordered(guest, cup())
    path = f"/api/public/orders/{placed['ticket']['token']}/phone"
    refused(await guest.post(path, json={"phone": "1"}), 422, "bad_phone")
    await bea.post(f"orders/{placed['orders'][0]['id']}/complete")
    page = good(await guest.post(path, json={"phone": "0491 570 156"}))
    assert (page["phone_masked"], page["ready_sms_state"]) == ("•••156", "waiting")
    await set_event(cafe, ready_sms=False)
    refused(await guest.post(path, json={"phone": "0491 570 157"}), 409, "sms_disabled")


async def test_an_order_is_never_refused_for_want_of_texts(cafe: Cafe) -> None:
    """Rule 58: the crew's orders with a phone are not counted; rule 6: an explicit station is never silently replaced."""
    guest, sue = await cafe.client(), await cafe.support()
    await set_station(cafe, 1, status="paused")
    body = refused(
        await guest.post("/api/public/orders", json=web(station_id=1, phone=PHONE)), 409, "station_unavailable"
    )
    assert body["alternatives"][0]["station_id"] == 2
    assert (await order(sue, cup(), phone="0491 570 156"))["phone_masked"] == "•••156"


@pytest.mark.usefixtures("within_a_minute")
async def test_public_routes_are_limited_by_address(system: System) -> None:
    """Rule 71: public orders 10 a minute and address, with Retry-After."""
    async with World(system, environ={"LIVEFLOOR_LIMITS": "on"}) as world:
        await world.change(furnish)
        async with world.client(address="203.0.113.9") as guest, world.client(address="203.0.113.10") as other:
            codes = [
                (await guest.post("/api/public/orders", json=web(cup("espresso", "small", None)))).status_code
                for _ in range(11)
            ]
            assert codes == [201] * 10 + [429]
            limited = await guest.post("/api/public/orders", json=web())
            assert limited.headers["retry-after"].isdigit()
            assert (await other.post("/api/public/orders", json=web())).status_code == 201


async def everything(cafe: Cafe) -> str:
    """Return all rows of all tables as text, the log's among them."""

    async def read(look: Look) -> str:
        classes = [mapper.class_ for base in (Tables, PlatformTables) for mapper in base.registry.mappers]
        rows = [
            row for each in classes if each.__tablename__ != "idempotency_keys" for row in await look.all(select(each))
        ]
        return "\n".join(str({name: value for name, value in vars(row).items() if name[0] != "_"}) for row in rows)

    return await cafe.world.look(read)


async def test_a_guest_is_forgotten_everywhere(cafe: Cafe) -> None:
    """Rule 78, row 54: the number is gone from all tables, the log's payloads included; log rows keep a hash."""
    guest, sue, oren = await cafe.client(), await cafe.support(), await cafe.organizer()
    placed = await ordered(guest, cup(notes="for Wilhelmine"), name="Wilhelmine", phone=PHONE)
    good(await guest.post("/api/sms/simulator/inbound", json={"from": PHONE, "body": "Wilhelmine says hi"}))
    await sue.post("group-orders/", {
        "group_name": "Kites", "contact_name": "Wilhelmine", "contact_phone": PHONE, "mode": "open",
    }, 201)  # fmt: skip
    before = await everything(cafe)
    assert PHONE in before
    assert before.count("Wilhelmine") > 5
    refused(await sue.do("POST", "customers/forget", {"phone": PHONE}), 403, "forbidden")
    refused(await oren.do("POST", "customers/forget", {"phone": PHONE}), 409, "open_orders")
    good(await guest.post(f"/api/public/orders/{placed['ticket']['token']}/cancel"))
    rows = await cafe.world.head()
    await oren.post("customers/forget", {"phone": "0491 570 156"}, 204)
    after = await everything(cafe)
    assert PHONE not in after
    assert "Wilhelmine" not in after
    assert "•••156" not in after
    assert after.count("'erased'") > 3
    assert await cafe.told(rows) == ["customer_forgotten"]
    assert len(await cafe.world.events()) == rows + 1
    await oren.post("customers/forget", {"phone": PHONE}, 204)
    assert (await sue.get("orders/"))["items"][0]["customer_name"] == "Guest"


async def test_after_the_retention_days_guests_are_erased_and_figures_stay(cafe: Cafe) -> None:
    """Rule 78: after retention_days from the event's end phones, bodies, names and allergies are erased."""
    guest, ada, bea = await cafe.client(), await cafe.admin(), await cafe.barista()
    await set_event(cafe, retention_days=2)
    placed = await ordered(guest, cup(allergies=["soy"]), name="Wilhelmine", phone=PHONE)
    await bea.post(f"orders/{placed['orders'][0]['id']}/complete", {"allergen_ack": True})
    await bea.post(f"orders/{placed['orders'][0]['id']}/pick-up")
    await ada.post(f"events/{await cafe.event_id()}/close", {"force": True})
    await cafe.world.advance(days=1)
    assert PHONE in await everything(cafe)
    await cafe.world.advance(days=3)
    left = await everything(cafe)
    assert PHONE not in left
    assert "Wilhelmine" not in left
    shown = await ada.get(f"orders/{placed['orders'][0]['id']}")
    assert (shown["status"], shown["customer_name"], shown["allergies"]) == ("picked_up", "Guest", [])
    assert shown["completed_at"] is not None


async def test_what_watches_the_service_is_answered(cafe: Cafe) -> None:
    """Section 5.12: alive without asking anything else; ready with the database, the outbox and how texts are sent."""
    guest = await cafe.client()
    assert good(await guest.get("/health")) == {"status": "ok"}
    assert good(await guest.get("/api/health"))["status"] == "ok"
    assert good(await guest.get("/health/ready")) == {
        "status": "ready", "database": "ok", "migrations": "ok", "outbox_lag_seconds": 0, "sms": "simulator",
    }  # fmt: skip
