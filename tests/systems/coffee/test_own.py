"""What a role may do only where it is its own: the own station, the own account, the own shifts (section 2)."""

from datetime import timedelta
from typing import Any

from livefloor.testing.world import World
from tests.systems.coffee.asking import cup, order
from tests.systems.coffee.conftest import Cafe, refused

PASSWORD = "crema-demo-2024"
FULL = cup(milk="full")
DELTA = {"inventory": [{"code": "sugar", "delta": -1}]}


async def test_what_is_for_the_own_station_alone(cafe: Cafe, world: World) -> None:
    """Rule 14 and section 2: a barista of another station may do none of this, and nothing is told of it."""
    lio, bea, sue = await cafe.barista(2, "Lio Penn"), await cafe.barista(1), await cafe.support()
    pending, begun, made = [await order(sue, FULL, station_id=1) for _ in range(3)]
    await bea.post(f"orders/{begun['id']}/start")
    await bea.post(f"orders/{made['id']}/complete")
    waste = {"items": [{"code": "sugar", "quantity": 1}], "reason": "waste", "station_id": 1}
    oat = {"station_id": 1, "milk": "oat", "available": False}
    asked: list[tuple[str, str, Any]] = [
        ("POST", f"orders/{pending['id']}/start", None),
        ("POST", f"orders/{pending['id']}/status", {"status": "in_progress"}),
        ("POST", f"orders/{pending['id']}/complete", None),
        ("POST", f"orders/{pending['id']}/cancel", None),
        ("PUT", f"orders/{pending['id']}", {"notes": "hot"}),
        ("POST", f"orders/{pending['id']}/move", {"station_id": 3}),
        ("POST", f"orders/{begun['id']}/put-back", None),
        ("POST", f"orders/{begun['id']}/complete", None),
        ("POST", f"orders/{begun['id']}/cancel", None),
        ("POST", f"orders/{made['id']}/pick-up", None),
        ("POST", f"orders/{made['id']}/undo", None),
        ("POST", f"orders/{made['id']}/remake", {"reason": "cold"}),
        ("POST", "inventory/station/1", DELTA),
        ("POST", "inventory/deplete", waste),
        ("POST", "inventory/deplete", {"order_id": made["id"]}),
        ("POST", "inventory/run-out", {"station_id": 1, "code": "milk_oat"}),
        ("POST", "menu/availability", oat),
        ("POST", "stations/1/status", {"status": "paused"}),
        ("POST", "settings/station/1", {"settings": {"layout": "list"}}),
    ]
    head = await world.head()
    for method, path, body in asked:
        refused(await lio.do(method, path, body), 403, "not_your_station")
    for step in ("start", "complete", "status", "undo", "put-back", "remake"):
        body = {"status": "in_progress"} if step == "status" else {"reason": "cold"} if step == "remake" else None
        refused(await sue.do("POST", f"orders/{begun['id']}/{step}", body), 403, "forbidden")
    refused(await sue.do("POST", f"orders/{begun['id']}/cancel"), 403, "forbidden")
    assert await world.head() == head
    # Of the settings of the own station only those of the tablet are a barista's.
    refused(await bea.do("POST", "settings/station/1", {"settings": {"max_queue": 9}}), 403, "forbidden")
    await bea.post(f"orders/{begun['id']}/put-back")


async def test_other_peoples_accounts(cafe: Cafe, world: World) -> None:
    """Section 2: organizers touch no admin and no organizer; nobody touches another's account or shift, or the own role."""
    ada, oren, other = await cafe.admin(), await cafe.organizer(), await cafe.organizer("Other")
    bea, tom = await cafe.barista(1), await cafe.barista(1, "Tom Aster")
    now = cafe.now
    times = {"starts_at": now.isoformat(), "ends_at": (now + timedelta(hours=2)).isoformat()}
    shift = await oren.post("schedules/", {"user_id": bea.id, "station_id": 1, **times}, 201)
    head = await world.head()
    for target in (ada, other):
        for method, path, body in (
            ("PUT", f"users/{target.id}", {"display_name": "Mine now"}),
            ("PUT", f"users/{target.id}", {"active": False}),
            ("POST", f"users/{target.id}/reset-password", None),
        ):
            refused(await oren.do(method, path, body), 403, "role_not_allowed")
    new = {"username": "evil", "display_name": "Evil", "password": PASSWORD}
    for role in ("admin", "organizer"):
        refused(await oren.do("POST", "users/", {**new, "role": role}), 403, "role_not_allowed")
        refused(await oren.do("PUT", f"users/{bea.id}", {"role": role}), 403, "role_not_allowed")
    refused(await tom.do("PUT", f"users/{bea.id}", {"display_name": "Bea No"}), 403, "forbidden")
    refused(await tom.do("PUT", f"users/{tom.id}", {"role": "admin"}), 409, "self_change")
    refused(await tom.do("PUT", f"users/{tom.id}", {"station_id": 2}), 403, "forbidden")
    refused(await tom.do("GET", f"users/{bea.id}/stats"), 403, "forbidden")
    for path in ("check-in/{}", "check-out/{}", "{}/break/start", "{}/break/end"):
        refused(await tom.do("POST", "schedules/" + path.format(shift["id"])), 403, "forbidden")
    refused(await ada.do("PUT", f"users/{ada.id}", {"active": False}), 409, "self_change")
    refused(await ada.do("PUT", f"users/{ada.id}", {"role": "organizer"}), 409, "self_change")
    assert await world.head() == head
    listed = (await tom.get("users/"))["items"]
    assert all("phone" not in one and "username" not in one for one in listed if one["id"] != tom.id)
