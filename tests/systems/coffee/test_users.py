"""The crew's accounts: who may see, make and change whom (sections 2 and 5.4, feature row 11)."""

from livefloor.testing.world import World
from tests.systems.coffee.conftest import Cafe, good, refused


async def test_list_and_show(cafe: Cafe, world: World) -> None:
    """Each filter filters; baristas see name, role and station, leads see more, everybody the own account."""
    lead, bea = await cafe.organizer(), await cafe.barista(1)
    await cafe.barista(2, "Lio Penn")
    found = await lead.get("users", role="barista", active=True)
    assert [item["display_name"] for item in found["items"]] == ["Bea Holm", "Lio Penn"]
    assert (found["total"], found["next_cursor"]) == (2, None)
    assert found["items"][0] | {"skills": [], "phone": None, "station_id": 1, "checked_in": False} == found["items"][0]
    assert [one["display_name"] for one in (await lead.get("users/", station_id=2))["items"]] == ["Lio Penn"]
    assert (await lead.get("users", checked_in=True))["total"] == 0
    assert (await lead.get("users", active=False))["total"] == 0
    assert [one["display_name"] for one in (await lead.get("users", q="VALE"))["items"]] == ["Oren Vale"]
    page = await lead.get("users", sort="last_seen_at", limit=2)
    rest = await lead.get("users", sort="last_seen_at", limit=2, cursor=page["next_cursor"])
    assert len({one["id"] for one in page["items"] + rest["items"]}) == 3
    assert page["items"][0]["last_seen_at"] is None
    seen = await bea.get("users", sort="role")
    assert set(seen["items"][1]) == {"id", "display_name", "role", "station_id", "checked_in"}
    assert set(await bea.get(f"users/{lead.id}")) == {"id", "display_name", "role", "station_id", "checked_in", "shift"}
    assert "phone" in await bea.get(f"users/{bea.id}")
    refused(await lead.do("GET", "users/nobody"), 404, "not_found")
    refused(await lead.do("GET", "users?sort=age"), 422, "validation_failed")


async def test_make(cafe: Cafe, world: World) -> None:
    """A one-time password is shown once and must be changed at the first sign-in; organizers make B, S and D only."""
    lead = await cafe.organizer()
    before = await world.head()
    body = {"username": "Tom", "display_name": "Tom Aster", "role": "barista", "station_id": 1, "skills": ["latte art"]}
    made = await lead.post("users", body, 201)
    assert made["username"] == "tom"
    assert len(made["one_time_password"]) == 16
    frames = await world.frames(before)
    assert [(frame["event"], frame["channel"]) for frame in frames] == [
        ("user_created", "organizers"),
        ("user_created", f"user_{made['id']}"),
    ]
    assert frames[0]["data"]["actor"] == {"id": lead.id, "name": "Oren Vale"}
    assert {"phone", "password_hash", "one_time_password"}.isdisjoint(frames[0]["data"]["user"])
    refused(await lead.do("POST", "users/", body), 409, "username_taken")
    for role in ("admin", "organizer"):
        refused(await lead.do("POST", "users", {**body, "username": "max", "role": role}), 403, "role_not_allowed")
    refused(await lead.do("POST", "users", {**body, "username": "max", "password": "tiny"}), 422, "weak_password")
    refused(await lead.do("POST", "users", {**body, "username": "m"}), 422, "validation_failed")
    refused(await lead.do("POST", "users", {**body, "username": "max", "station_id": 77}), 422, "validation_failed")
    refused(await (await cafe.barista()).do("POST", "users", body), 403, "forbidden")
    guest = await cafe.client()
    said = {"username": "tom", "password": made["one_time_password"]}
    refused(await guest.post("/api/auth/login", json=said), 403, "password_change_required")
    good(await guest.post("/api/auth/login", json={**said, "new_password": "piccolo-and-pie"}))
    refused(await guest.post("/api/auth/login", json=said), 401, "bad_credentials")
    good(await guest.post("/api/auth/login", json={**said, "password": "piccolo-and-pie"}))


async def test_change(cafe: Cafe, world: World) -> None:
    """Nobody changes the own role; another role ends the sessions; an old version, in body or If-Match, is refused."""
    admin, lead, bea = await cafe.admin(), await cafe.organizer(), await cafe.barista(1)
    other = await cafe.organizer("Max Lead")
    changed = await lead.put(f"users/{bea.id}", {"station_id": 2, "version": 1})
    assert (changed["station_id"], changed["version"]) == (2, 2)
    stale = refused(await lead.do("PUT", f"users/{bea.id}", {"station_id": 3, "version": 1}), 412, "stale_version")
    assert stale["current"]["station_id"] == 2
    refused(await lead.do("PUT", f"users/{bea.id}", {"station_id": 3}, If_Match='"1"'), 412, "stale_version")
    assert (await lead.put(f"users/{bea.id}", {}))["version"] == 2
    assert (await bea.put(f"users/{bea.id}", {"phone": "+61491570006"}))["phone"] == "+61491570006"
    refused(await bea.do("PUT", f"users/{bea.id}", {"station_id": 1}), 403, "forbidden")
    refused(await bea.do("PUT", f"users/{lead.id}", {"display_name": "X"}), 403, "forbidden")
    refused(await lead.do("PUT", f"users/{bea.id}", {"phone": "123"}), 422, "validation_failed")
    refused(await lead.do("PUT", f"users/{bea.id}", {"role": "support"}), 403, "role_not_allowed")
    for whom in (other, admin):
        refused(await lead.do("PUT", f"users/{whom.id}", {"display_name": "X"}), 403, "role_not_allowed")
        refused(await lead.do("POST", f"users/{whom.id}/reset-password"), 403, "role_not_allowed")
    refused(await admin.do("PUT", f"users/{admin.id}", {"active": False}), 409, "self_change")
    refused(await admin.do("PUT", f"users/{admin.id}", {"role": "barista"}), 409, "self_change")
    good(await admin.do("PUT", f"users/{bea.id}", {"role": "support"}))
    refused(await bea.do("GET", "users"), 401, "not_signed_in")
    good(await lead.do("PUT", f"users/{bea.id}", {"active": False}))
    once = await admin.post(f"users/{other.id}/reset-password")
    refused(await other.do("GET", "users"), 401, "not_signed_in")
    guest = await cafe.client()
    said = {"username": "organizer4", "password": once["one_time_password"]}
    refused(await guest.post("/api/auth/login", json=said), 403, "password_change_required")


async def test_last_admin(cafe: Cafe, world: World) -> None:
    """Two admins who switch each other off at the same moment: one stays."""
    one, two = await cafe.admin(), await cafe.admin("Eve Stone")
    answers = await world.race(
        [
            lambda: one.do("PUT", f"users/{two.id}", {"active": False}),
            lambda: two.do("PUT", f"users/{one.id}", {"role": "organizer"}),
        ]
    )
    assert sorted(answer.status_code for answer in answers) in ([200, 401], [200, 409])
