"""Orders of a group (section 5.6, rules 64 to 66)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from livefloor import System
from livefloor.systems.coffee.models import SmsMessage
from livefloor.testing.world import World
from tests.systems.coffee.asking import books, cup, head, set_event, set_station
from tests.systems.coffee.conftest import Cafe, furnish, good, refused

PHONE = "+61491570156"


def named(name: str, *given: Any, **more: Any) -> dict[str, Any]:
    """Return a guest's cup as a request says it."""
    return {"name": name, **cup(*given, **more)}


def group(mode: str = "list", *orders: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a group as a request says it."""
    return {"group_name": "Team Kestrel", "contact_name": "Mina", "mode": mode, "orders": list(orders), **more}


async def test_a_list_is_taken_whole_or_refused_with_all_that_is_missing(cafe: Cafe) -> None:
    """Rule 65: whole or not at all; each cup keeps its guest's name; ready, collected, and the contact is told."""
    sue, bea, oren = await cafe.support(), await cafe.barista(), await cafe.organizer()
    for station_id in (1, 2, 3):
        await cafe.set_stock(station_id, "milk_oat", 100)
        await cafe.set_stock(station_id, "milk_soy", 0)
    cups = [named("Ann"), named("Ben", "espresso", "small", None), named("Cy", milk="soy")]
    body = refused(await sue.do("POST", "group-orders", group("list", *cups)), 409, "out_of_stock")
    assert {each["code"] for each in body["missing"]} == {"milk_oat", "milk_soy"}
    assert (await sue.get("orders/"))["total"] == 0
    for station_id in (1, 2, 3):
        await cafe.set_stock(station_id, "milk_soy", 5000)
        await cafe.set_stock(station_id, "milk_oat", 5000)
    before = await head(cafe)
    placed = await sue.post("group-orders", group("list", *cups, contact_phone=PHONE), 201)
    made = placed["group_order"]
    assert (made["status"], made["joined"], len(made["code"])) == ("submitted", 3, 6)
    assert not set(made["code"]) & set("0O1IL")
    assert made["join_url"].endswith(f"/g/{made['code']}")
    assert [(each["customer_name"], each["status"], each["station_id"]) for each in placed["orders"]] == [
        ("Ann", "pending", 1), ("Ben", "pending", 1), ("Cy", "pending", 1),
    ]  # fmt: skip
    assert placed["ready_by"] is not None
    [created] = [f for f in await cafe.world.frames(before, ["support"]) if f["event"] == "group_order_created"]
    assert made["manage_token"] not in str(created)
    shown = await oren.get(f"group-orders/by-code/{made['code'].lower()}")
    assert (shown["counts"]["pending"], shown["progress_pct"]) == (3, 0)
    outside = good(await (await cafe.client()).get(f"/api/group-orders/by-code/{made['code']}"))
    assert outside["orders"][0] == {"name": "Ann", "drink_name": "Latte", "status": "pending"}
    assert PHONE[-3:] not in str(outside)
    path = f"group-orders/{made['code']}"
    first, second, third = (each["id"] for each in placed["orders"])
    await bea.post(f"orders/{first}/complete")
    body = refused(await sue.do("POST", f"{path}/collect"), 409, "not_ready")
    assert len(body["missing"]) == 2
    assert (await sue.post(f"{path}/collect?partial=true"))["counts"]["picked_up"] == 1
    await bea.post(f"orders/{second}/complete")
    await sue.post(f"orders/{third}/cancel")
    assert (await sue.get("group-orders/", status="ready"))["total"] == 1
    texts = await cafe.world.look(lambda look: look.all(select(SmsMessage.body).where(SmsMessage.kind == "group")))
    assert texts == [f"Mina, {made['code']} your 2 drinks are ready at Foyer."]
    done = await bea.post(f"{path}/collect")
    assert (done["group_order"]["status"], done["progress_pct"]) == ("collected", 100)
    refused(await sue.do("POST", f"{path}/cancel"), 409, "not_open")
    refused(await sue.do("POST", "group-orders", group("list")), 422, "validation_failed")


async def test_more_than_twelve_cups_are_shared(cafe: Cafe) -> None:
    """Rule 65: over 12 cups they are split so that the last finishes soonest, pick-up staying at the first."""
    sue = await cafe.support()
    cups = [named(f"Guest {n}", "espresso", "small", None) for n in range(13)]
    placed = await sue.post("group-orders/", group("list", *cups, station_id=2), 201)
    assert placed["station_id"] == 2
    shares = Counter(each["station_id"] for each in placed["orders"])
    assert set(shares) == {1, 2, 3}
    assert max(shares.values()) == 5
    assert [each["customer_name"] for each in placed["orders"]] == [f"Guest {n}" for n in range(13)]
    whole = await sue.post("group-orders/", group("list", *cups[:12], station_id=3), 201)
    assert {each["station_id"] for each in whole["orders"]} == {3}
    late = cafe.now + timedelta(minutes=6)
    body = refused(
        await sue.do("POST", "group-orders/", group("list", *cups[:12], station_id=2, pickup_at=late.isoformat())),
        409, "pickup_too_soon",
    )  # fmt: skip
    assert body["earliest"] > late.isoformat()
    later = (cafe.now + timedelta(hours=2)).isoformat()
    ahead = await sue.post("group-orders/", group("list", *cups[:2], pickup_at=later), 201)
    assert {each["status"] for each in ahead["orders"]} == {"scheduled"}


async def test_an_open_group_is_joined_by_its_code_and_handed_in(cafe: Cafe) -> None:
    """Rules 64, 66: joined by code without regard to case and hyphens, held with its stock, queued at submit."""
    guest, sue, bea = await cafe.client(), await cafe.support(), await cafe.barista()
    url = "/api/group-orders"
    refused(await guest.post(url, json=group("list", named("Ann"), contact_phone=PHONE)), 422, "validation_failed")
    refused(await guest.post(url, json=group("open")), 422, "validation_failed")
    made = good(await guest.post(url, json=group("open", contact_phone=PHONE, max_orders=2)), 201)["group_order"]
    code, token = made["code"], {"X-Manage-Token": made["manage_token"]}
    spelt = f"{code[:3].lower()}-{code[3:]} "
    check = good(await guest.get(f"{url}/validate-code/{spelt}"))
    assert (check["valid"], check["group"]["joined"], check["group"]["max_orders"]) == (True, 0, 2)
    assert good(await guest.get(f"{url}/validate-code/AAAAAA")) == {"valid": False, "reason": "unknown"}
    refused(await guest.get(f"{url}/by-code/AAAAAA"), 404, "unknown_code")
    refused(await guest.post(f"{url}/{code}/submit", headers=token), 409, "group_empty")
    refused(await guest.post(f"{url}/{code}/submit"), 403, "forbidden")
    refused(await guest.post(f"{url}/{code}/submit", headers={"X-Manage-Token": "x"}), 403, "forbidden")
    joined = good(await guest.post(f"{url}/{code}/orders", json=named("Ann", phone=PHONE)), 201)
    assert (joined["status"], joined["group_code"]) == ("scheduled", code)
    assert (await books(cafe, 1, "milk_oat"))["milk_oat"] == (12000, 180)
    other = good(await guest.post(f"{url}/{code}/orders", json=named("Ben", "espresso", "small", None)), 201)
    refused(await guest.post(f"{url}/{code}/orders", json=named("Cy")), 409, "group_full")
    assert good(await guest.get(f"{url}/validate-code/{code}"))["reason"] == "full"
    # Who leaves makes room.
    await sue.post(f"orders/{other['id']}/cancel", {"notify": False})
    good(await guest.post(f"{url}/{code}/orders", json=named("Cy", "espresso", "small", None)), 201)
    stale = await guest.put(f"{url}/{code}", json={"group_name": "Kites", "version": 1}, headers=token)
    assert refused(stale, 412, "stale_version")["current"]["joined"] == 2
    assert good(await guest.put(f"{url}/{code}", json={"station_id": 3}, headers=token))["station_id"] == 3
    assert (await guest.put(f"{url}/{code}", json={"max_orders": 1}, headers=token)).status_code == 422
    page = good(await guest.post(f"{url}/{code}/submit", headers=token))
    assert (page["counts"]["pending"], page["group_order"]["status"]) == (2, "submitted")
    assert (await books(cafe, 1, "milk_oat"))["milk_oat"] == (12000, 0)
    assert (await books(cafe, 3, "milk_oat"))["milk_oat"] == (12000, 180)
    queue = await sue.get("orders/queue/station/3")
    assert [each["customer_name"] for each in queue["pending"]] == ["Ann", "Cy"]
    refused(await guest.post(f"{url}/{code}/orders", json=named("Di")), 409, "group_closed")
    refused(await guest.put(f"{url}/{code}", json={"group_name": "Kites"}, headers=token), 409, "not_open")
    refused(await guest.post(f"{url}/{code}/submit", headers=token), 409, "not_open")
    page = good(await guest.post(f"{url}/{code}/cancel", headers=token))
    assert (page["counts"]["cancelled"], page["group_order"]["status"]) == (3, "cancelled")
    assert good(await guest.get(f"{url}/validate-code/{code}"))["reason"] == "cancelled"
    refused(await bea.do("POST", f"group-orders/{code}/submit"), 403, "forbidden")
    await set_event(cafe, group_ordering=False)
    refused(await guest.post(url, json=group("open", contact_phone=PHONE)), 403, "forbidden")


async def test_a_group_that_nobody_joined_expires(cafe: Cafe) -> None:
    """Section 4: open to expired at closes_at with no cup; with cups nobody joins any more. Closing the event calls off."""
    sue, ada, guest = await cafe.support(), await cafe.admin(), await cafe.client()
    closes = (cafe.now + timedelta(minutes=10)).isoformat()
    empty = (await sue.post("group-orders/", group("open", closes_at=closes), 201))["group_order"]["code"]
    begun = (await sue.post("group-orders/", group("open", named("Ann"), closes_at=closes), 201))["group_order"]["code"]
    await cafe.world.advance(minutes=11)
    reasons = [good(await guest.get(f"/api/group-orders/validate-code/{code}"))["reason"] for code in (empty, begun)]
    assert reasons == ["expired", "closed"]
    assert (await sue.get("group-orders/", status="expired"))["total"] == 1
    refused(await sue.do("POST", f"group-orders/{begun}/orders", named("Ben")), 409, "group_closed")
    for station_id in (1, 2, 3):
        await set_station(cafe, station_id, status="paused")
    refused(await sue.do("POST", f"group-orders/{begun}/submit"), 409, "no_station_open")
    assert (await sue.get(f"group-orders/by-code/{begun}"))["counts"]["scheduled"] == 1
    await ada.post(f"events/{await cafe.event_id()}/close", {"force": True})
    assert (await sue.get("group-orders/", status="cancelled"))["items"][0]["code"] == begun


@pytest.mark.usefixtures("within_a_minute")
async def test_codes_are_found_by_ten_tries_a_minute(system: System) -> None:
    """Rule 64: ten tries a minute and address for the public; the crew is not counted."""
    async with World(system, environ={"LIVEFLOOR_LIMITS": "on"}) as world, Cafe(world) as cafe:
        await world.change(furnish)
        guest, sue = await cafe.client(), await cafe.support()
        for person, last in ((guest, 429), (sue.client, 200)):
            answers = [await person.get("/api/group-orders/validate-code/AAAAAA") for _ in range(11)]
            assert [answer.status_code for answer in answers] == [200] * 10 + [last]
