"""The desk: people, staff, the roster, the guards (section 5.7 of the spec), R61 and R65."""

from typing import Any

import pytest

from livefloor import SYSTEM, Flow
from livefloor.kernel.problems import Conflict, Invalid
from livefloor.systems.laundry.signin import create_admin
from livefloor.testing.world import World
from tests.systems.laundry.visitors import (
    PASSWORD,
    PIN,
    QUICK,
    WRONG,
    admin,
    call,
    codes_of,
    login,
    post,
    register,
    staff,
    staff_login,
)

pytestmark = pytest.mark.world(environ=QUICK)


async def patch(world: World, by: dict[str, Any], user_id: str, **body: Any) -> Any:
    """Change an account at the version that it has now, unless one is given."""
    token = by["access_token"]
    if "version" not in body:
        found = (await call(world, "GET", f"admin/users/{user_id}", token)).json()
        body["version"] = found.get("version", 1)
    return await call(world, "PATCH", f"admin/users/{user_id}", token, body)


async def test_people_are_found_by_the_beginning_of_the_id_and_by_name(world: World) -> None:
    first = await admin(world)
    member = await staff(world, first)
    mango = await register(world, "100001")
    await register(world, "100002")
    await register(world, "200001")
    await call(world, "PUT", "profile/update", mango["access_token"], {"display_name": "Mango 10%"})

    async def found(by: dict[str, Any], query: str) -> list[str]:
        answer = await call(world, "GET", f"admin/users?{query}", by["access_token"])
        assert answer.status_code == 200, answer.text
        return sorted(item["student_id"] for item in answer.json()["items"])

    assert await found(member, "q=100") == ["100001", "100002"]
    assert await found(member, "q=mang") == ["100001"]
    assert await found(member, "q=%25") == ["100001"]
    assert await found(member, "q=10") == ["100001"]  # too short for an id; a name has it
    assert await found(member, "") == ["100001", "100002", "200001"]
    assert await found(first, "role=admin") == ["900000"]
    assert await found(first, "status=blocked") == []
    for _ in range(5):
        await login(world, "100002", pin=WRONG)
    assert await found(member, "locked=true") == ["100002"]
    assert await found(member, "locked=false") == ["100001", "200001"]
    page = (await call(world, "GET", "admin/users?limit=2", member["access_token"])).json()
    rest = (
        await call(world, "GET", f"admin/users?limit=2&cursor={page['next_cursor']}", member["access_token"])
    ).json()
    assert (page["total"], len(page["items"]), len(rest["items"]), rest["next_cursor"]) == (3, 2, 1, None)


async def test_a_look_up_shows_what_the_desk_needs_and_is_in_the_log(world: World) -> None:
    first = await admin(world)
    student = await register(world)
    user_id = student["user"]["id"]
    start = {"machine_type": "washer", "machine_id": 1, "category": "normal"}
    await call(world, "POST", "machines/start", student["access_token"], start)
    await login(world, pin=WRONG)
    page = (await call(world, "GET", f"admin/users/{user_id}", first["access_token"])).json()
    assert page["guard"] == {"failures": 1, "failures_30d": 1, "locked_until": None, "closed": False}
    assert [cycle["machine_id"] for cycle in page["open_cycles"]] == [1]
    assert (page["student_id"], page["status"], page["locked"], page["no_shows_7d"], page["entries"]) == (
        "100001",
        "active",
        False,
        0,
        [],
    )
    assert "machine_started" in [line["activity_type"] for line in page["activities"]]
    viewed = [recorded for recorded in await world.events() if recorded.event.name == "user.viewed"]
    assert [(recorded.actor["id"], recorded.event.subject()) for recorded in viewed] == [
        (first["user"]["id"], f"user:{user_id}")
    ]


async def test_staff_act_on_students_only(world: World) -> None:
    first = await admin(world)
    member = await staff(world, first)
    student = await register(world)
    other = first["user"]["id"]
    for method, path, body in (
        ("GET", "", None),
        ("PATCH", "", {"status": "blocked", "version": 1}),
        ("POST", "/unlock", None),
        ("POST", "/reset-code", {"purpose": "pin_reset"}),
        ("POST", "/revoke-sessions", None),
        ("POST", "/lift-suspension", None),
    ):
        theirs = await call(world, method, f"admin/users/{other}{path}", member["access_token"], body)
        assert codes_of([theirs]) == [(403, "forbidden")], path
        none = await call(world, method, f"admin/users/nobody{path}", member["access_token"], body)
        assert none.status_code == 404, path
        public = await call(world, method, f"admin/users/{other}{path}", student["access_token"], body)
        assert codes_of([public]) == [(403, "forbidden")], path
    for method, path in (("GET", "admin/users"), ("GET", "admin/guard"), ("GET", "admin/roster")):
        assert (await call(world, method, path, student["access_token"])).status_code == 403
    assert (await call(world, "GET", "admin/roster", member["access_token"])).status_code == 403
    assert (await call(world, "PUT", "admin/guard", member["access_token"], {"mode": "on"})).status_code == 403
    assert (await call(world, "GET", "admin/guard", member["access_token"])).status_code == 200


async def test_r61_blocking_ends_sessions_and_gives_places_to_others(world: World) -> None:
    first = await admin(world)
    student, next_one = await register(world), await register(world, "100002")
    user_id = student["user"]["id"]
    start = {"machine_type": "washer", "machine_id": 1, "category": "normal"}
    assert (await call(world, "POST", "machines/start", student["access_token"], start)).status_code == 201
    for number in range(2, 7):
        other = await register(world, str(200000 + number))
        await call(world, "POST", "machines/start", other["access_token"], {**start, "machine_id": number})
    await call(world, "POST", "waitlist/join", student["access_token"], {"machine_type": "washer"})
    await call(world, "POST", "waitlist/join", next_one["access_token"], {"machine_type": "washer"})
    await call(
        world,
        "POST",
        "machines/end",
        other["access_token"],
        {"machine_type": "washer", "machine_id": 6, "collected": True},
    )
    held = (await call(world, "GET", "machines/washer/6", next_one["access_token"])).json()["hold"]
    assert held["user_id"] == user_id

    assert (await patch(world, first, user_id, status="blocked")).json()["status"] == "blocked"
    assert codes_of([await call(world, "GET", "profile/me", student["access_token"])]) == [(401, "session_revoked")]
    refreshed = await post(world, "auth/refresh", {"refresh_token": student["refresh_token"]})
    assert codes_of([refreshed]) == [(401, "session_revoked")]
    held = (await call(world, "GET", "machines/washer/6", next_one["access_token"])).json()["hold"]
    assert held["user_id"] == next_one["user"]["id"]
    running = (await call(world, "GET", "machines/washer/1", next_one["access_token"])).json()
    assert (running["status"], running["current_user_id"]) == ("in_use", user_id)
    told = [recorded.event for recorded in await world.events()]
    assert [event.rechecks() for event in told if event.name in ("user.blocked", "session.revoked")] == [
        user_id,
        user_id,
    ]
    assert codes_of([await login(world)]) == [(403, "account_blocked")]
    assert (await patch(world, first, user_id, status="active")).status_code == 200
    assert (await login(world)).status_code == 200


async def test_an_id_that_somebody_else_took_is_freed(world: World) -> None:
    first = await admin(world)
    thief = (await register(world))["user"]["id"]
    assert codes_of([await patch(world, first, thief, release_student_id=True)]) == [(409, "not_blocked")]
    freed = await patch(world, first, thief, status="blocked", release_student_id=True)
    assert (freed.status_code, freed.json()["student_id"]) == (200, None)
    assert (await login(world)).status_code == 401
    await register(world)


async def test_roles_change_among_staff_only_and_an_admin_stays(world: World) -> None:
    first = await admin(world)
    member = await staff(world, first)
    student = await register(world)
    assert codes_of([await patch(world, first, student["user"]["id"], role="staff")]) == [(409, "not_staff")]
    assert codes_of([await patch(world, first, first["user"]["id"], role="staff")]) == [(409, "last_admin")]
    assert codes_of([await patch(world, first, first["user"]["id"], status="blocked")]) == [(409, "last_admin")]
    assert (await call(world, "GET", "admin/roster", member["access_token"])).status_code == 403
    assert (await patch(world, first, member["user"]["id"], role="admin")).json()["role"] == "admin"
    assert (
        await call(world, "GET", "admin/roster", member["access_token"])
    ).status_code == 200  # the stored role decides
    versions = {user["user"]["id"]: 1 for user in (first, member)}
    versions[member["user"]["id"]] = 2

    def demote(by: dict[str, Any], of: dict[str, Any]) -> Any:
        return lambda: patch(world, by, of["user"]["id"], role="staff", version=versions[of["user"]["id"]])

    answers = await world.race([demote(first, member), demote(member, first)])
    assert sorted(answer.status_code for answer in answers) in ([200, 403], [200, 409])


async def test_a_change_on_top_of_an_old_version_is_refused(world: World) -> None:
    first = await admin(world)
    user_id = (await register(world))["user"]["id"]
    assert (await patch(world, first, user_id, status="blocked", version=1)).status_code == 200
    assert codes_of([await patch(world, first, user_id, status="active", version=1)]) == [(412, "stale_version")]


async def test_unlocking_clears_the_guards_and_keeps_the_pin(world: World) -> None:
    first = await admin(world)
    user_id = (await register(world))["user"]["id"]
    for _ in range(5):
        await login(world, pin=WRONG)
    guard = (await call(world, "GET", "admin/guard", first["access_token"])).json()
    assert (guard["locked_accounts"], [one["user_id"] for one in guard["locked"]]) == (1, [user_id])
    assert (await post(world, f"admin/users/{user_id}/unlock", None, token=first["access_token"])).json()[
        "locked"
    ] is False
    assert (await login(world)).status_code == 200
    page = (await call(world, "GET", f"admin/users/{user_id}", first["access_token"])).json()
    assert page["guard"]["failures_30d"] == 0


async def test_sessions_are_ended_from_the_desk(world: World) -> None:
    first = await admin(world)
    student = await register(world)
    await login(world)
    ended = await post(world, f"admin/users/{student['user']['id']}/revoke-sessions", None, token=first["access_token"])
    assert (ended.status_code, ended.json()) == (200, {"revoked": 2})
    assert (await call(world, "GET", "profile/me", student["access_token"])).status_code == 401


async def test_only_who_is_suspended_has_it_lifted(world: World) -> None:
    first = await admin(world)
    user_id = (await register(world))["user"]["id"]
    lifted = await post(world, f"admin/users/{user_id}/lift-suspension", None, token=first["access_token"])
    assert codes_of([lifted]) == [(409, "not_suspended")]


async def test_codes_are_for_students(world: World) -> None:
    first = await admin(world)
    member = await staff(world, first)
    path = f"admin/users/{member['user']['id']}/reset-code"
    answer = await post(world, path, {"purpose": "pin_reset"}, token=first["access_token"])
    assert codes_of([answer]) == [(409, "not_a_student")]


async def test_admins_make_staff(world: World) -> None:
    first = await admin(world)
    member = await staff(world, first)
    body = {"staff_id": "900002", "password": PASSWORD, "display_name": "Kim", "role": "staff"}
    assert (await post(world, "admin/staff", body, token=member["access_token"])).status_code == 403
    weak = await post(world, "admin/staff", {**body, "password": "short"}, token=first["access_token"])
    assert codes_of([weak]) == [(422, "weak_password")]
    taken = await post(world, "admin/staff", {**body, "staff_id": "900001"}, token=first["access_token"])
    assert codes_of([taken]) == [(409, "student_id_taken")]


async def test_the_command_line_makes_the_first_admin_and_lets_the_last_one_in_again(world: World) -> None:
    await admin(world)
    flow = Flow(world.runtime.executor, SYSTEM, world.clock.now())
    body = {"staff_id": "900000", "password": "something else entirely"}
    for _ in range(4):
        for _ in range(5):
            await post(world, "auth/staff/login", body, address="10.0.0.3")
        await world.advance(hours=25)
    assert codes_of([await post(world, "auth/staff/login", body)]) == [(403, "pin_reset_required")]
    await create_admin(flow, "900000", "quite-another-word-9", "Ada")
    assert (await post(world, "auth/staff/login", {**body, "password": "quite-another-word-9"})).status_code == 200
    await register(world)
    with pytest.raises(Conflict, match="student_id_taken"):
        await create_admin(flow, "100001", PASSWORD, "Ada")
    with pytest.raises(Invalid, match="weak_password"):
        await create_admin(flow, "900009", "short", "Ada")


# -- the roster -------------------------------------------------------------------------------------------------------


async def test_ids_are_put_on_the_roster_and_taken_off(world: World) -> None:
    first = await admin(world)
    token = first["access_token"]
    said = ["100001", "100002", "100001", "12345", "abcdef"]
    answer = (await call(world, "POST", "admin/roster", token, {"student_ids": said})).json()
    assert answer == {
        "added": 2,
        "existing": 1,
        "rejected": [{"line": 4, "value": "12345"}, {"line": 5, "value": "abcdef"}],
    }
    async with world.client(token) as client:
        file = {"file": ("roster.csv", b"student_id,note\r\n100002,Room 2B\r\n100003,Room 2C\r\nx\r\n", "text/csv")}
        answer = (await client.post("/api/v1/admin/roster", files=file)).json()
        assert answer == {"added": 1, "existing": 1, "rejected": [{"line": 4, "value": "x"}]}
        plain = b"100003\r\n100004,Room 2D\r\n"
        answer = (await client.post("/api/v1/admin/roster", content=plain, headers={"Content-Type": "text/csv"})).json()
        assert answer == {"added": 1, "existing": 1, "rejected": []}
    listed = (await call(world, "GET", "admin/roster", token)).json()
    assert [(item["student_id"], item["note"]) for item in listed["items"]] == [
        ("100001", None),
        ("100002", None),
        ("100003", "Room 2C"),
        ("100004", "Room 2D"),
    ]
    assert (await call(world, "DELETE", "admin/roster/100001", token)).status_code == 204
    assert (await call(world, "DELETE", "admin/roster/100001", token)).status_code == 404
    told = [recorded.event for recorded in await world.events() if recorded.event.name == "roster.changed"]
    assert [(event.added, event.removed) for event in told] == [(2, 0), (1, 0), (1, 0), (0, 1)]  # type: ignore[attr-defined]
    for wrong in ({}, {"student_ids": ["1"] * 5001}):
        assert (await call(world, "POST", "admin/roster", token, wrong)).status_code == 422


async def test_a_roster_of_five_thousand_goes_in_at_once(world: World) -> None:
    first = await admin(world)
    ids = [f"{number:06d}" for number in range(5000)]
    answer = (await call(world, "POST", "admin/roster", first["access_token"], {"student_ids": ids})).json()
    assert answer == {"added": 5000, "existing": 0, "rejected": []}


# -- R65 --------------------------------------------------------------------------------------------------------------


async def test_r65_what_staff_do_to_a_person_names_them_in_the_log(world: World) -> None:
    first = await admin(world)
    member = await staff(world, first)
    user_id = (await register(world))["user"]["id"]
    head = await world.head()
    token = member["access_token"]
    await call(world, "GET", f"admin/users/{user_id}", token)
    await post(world, f"admin/users/{user_id}/unlock", None, token=token)
    await post(world, f"admin/users/{user_id}/reset-code", {"purpose": "sign_in"}, token=token)
    await post(world, f"admin/users/{user_id}/revoke-sessions", None, token=token)
    await patch(world, member, user_id, status="blocked", version=1)
    told = [recorded for recorded in await world.events(head) if recorded.event.subject() == f"user:{user_id}"]
    assert {recorded.event.name for recorded in told} == {
        "user.viewed",
        "user.unlocked",
        "user.code_issued",
        "session.revoked",
        "user.blocked",
    }
    assert {recorded.actor["id"] for recorded in told} == {member["user"]["id"]}
    assert {recorded.actor["role"] for recorded in told} == {"staff"}


async def test_staff_sign_in_on_known_devices_too(world: World) -> None:
    first = await admin(world)
    again = await staff_login(world, "900000", device_token=first["device_token"])
    assert again["device_token"] == first["device_token"]
    assert again["user"]["role"] == "admin"
    assert PIN not in str(again)
