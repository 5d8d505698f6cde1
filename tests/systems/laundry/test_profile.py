"""One's own account (section 5.6 of the spec), R62 and R64."""

from typing import Any

import pytest
from sqlalchemy import func, select

from livefloor.identity.codes import OneTimeCode
from livefloor.identity.sessions import Device, Session
from livefloor.parts.activity import Activity
from livefloor.parts.notifications import Notification
from livefloor.systems.laundry.models import Cycle, FaultReport, User, WaitlistItem
from livefloor.testing.world import World
from tests.systems.laundry.visitors import (
    PIN,
    PRODUCTION,
    QUICK,
    WRONG,
    admin,
    attempts,
    call,
    codes_of,
    login,
    post,
    register,
)

pytestmark = pytest.mark.world(environ=QUICK)


async def update(world: World, by: dict[str, Any], **body: Any) -> Any:
    """Change the own profile."""
    return await call(world, "PUT", "profile/update", by["access_token"], body)


async def test_the_profile_shows_what_one_has_in_the_room(world: World) -> None:
    student = await register(world)
    token = student["access_token"]
    await call(
        world, "POST", "machines/start", token, {"machine_type": "washer", "machine_id": 1, "category": "normal"}
    )
    await call(world, "POST", "waitlist/join", token, {"machine_type": "dryer"})
    me = (await call(world, "GET", "profile/me", token)).json()
    assert {**student["user"], **me} == me
    assert [(machine["machine_type"], machine["machine_id"]) for machine in me["active"]] == [("washer", 1)]
    assert [entry["machine_type"] for entry in me["waiting"]] == ["dryer"]
    assert (me["waitlist_suspended_until"], me["no_shows_7d"], len(me["devices"])) == (None, 0, 1)
    assert isinstance(me["version"], int)


async def test_a_name_and_how_one_is_told_can_be_changed(world: World) -> None:
    student = await register(world)
    changed = await update(world, student, display_name=" Mango ", notify_push=False, notify_sms=True)
    assert changed.status_code == 200
    me = (await call(world, "GET", "profile/me", student["access_token"])).json()
    assert (me["display_name"], me["notify_push"], me["notify_sms"]) == ("Mango", False, True)
    assert (await update(world, student, display_name=None)).json()["display_name"] == "Student ··01"
    told = [recorded.event for recorded in await world.events() if recorded.event.name == "profile.updated"]
    assert [event.fields for event in told] == [["display_name", "notify_push", "notify_sms"], ["display_name"]]  # type: ignore[attr-defined]


REFUSED: list[dict[str, Any]] = [
    {},
    {"version": 1},
    {"display_name": ""},
    {"display_name": "x" * 25},
    {"display_name": "123456"},
    {"display_name": "a\u0000b"},
    {"display_name": "a\nb"},
    {"display_name": "a\u202eb"},
    {"phone_number": "12"},
    {"role": "admin"},
]


async def test_what_cannot_be_is_refused(world: World) -> None:
    student = await register(world)
    for body in REFUSED:
        assert (await update(world, student, **body)).status_code == 422, body


async def test_a_change_on_top_of_an_old_version_is_refused(world: World) -> None:
    student = await register(world)
    version = (await call(world, "GET", "profile/me", student["access_token"])).json()["version"]
    assert (await update(world, student, display_name="Mango", version=version)).status_code == 200
    assert codes_of([await update(world, student, display_name="Otter", version=version)]) == [(412, "stale_version")]
    assert (await update(world, student, display_name="Otter")).status_code == 200


@pytest.mark.world(environ=PRODUCTION)
async def test_a_phone_with_three_accounts_takes_no_fourth_by_change(world: World) -> None:
    for number in range(3):
        await register(world, str(100001 + number), phone_number="5550000001", address=f"10.0.1.{number}")
    student = await register(world, "100009", phone_number="5550000002")
    assert codes_of([await update(world, student, phone_number="555-000-0001")]) == [(409, "phone_limit")]


async def test_r64_a_change_of_phone_is_told_to_the_old_number(world: World) -> None:
    student = await register(world, phone_number="5550000001")
    await update(world, student, phone_number="5550000002")
    await world.run_due()
    assert [taken.phone for taken in world.sms] == ["5550000001"]
    assert "5550000002" not in world.sms[0].message
    notes = (await call(world, "GET", "notifications/", student["access_token"])).json()["items"]
    assert [note["title"] for note in notes] == ["Phone number changed"]


# -- the PIN ----------------------------------------------------------------------------------------------------------


async def change_pin(world: World, by: dict[str, Any], current: str, new: str) -> Any:
    """Change the PIN."""
    return await call(world, "PUT", "profile/pin", by["access_token"], {"current_pin": current, "new_pin": new})


async def test_a_changed_pin_ends_the_other_sessions(world: World) -> None:
    student = await register(world)
    other = (await login(world)).json()
    assert codes_of([await change_pin(world, student, PIN, PIN)]) == [(422, "same_pin")]
    assert (await change_pin(world, student, PIN, "4826")).status_code == 200
    assert (await call(world, "GET", "profile/me", student["access_token"])).status_code == 200
    assert (await call(world, "GET", "profile/me", other["access_token"])).status_code == 401
    assert (await login(world)).status_code == 401
    assert (await login(world, pin="4826")).status_code == 200


async def test_a_wrong_pin_counts_against_the_sessions_device(world: World) -> None:
    student = await register(world)
    answers = [await change_pin(world, student, WRONG, "4826") for _ in range(11)]
    assert codes_of(answers) == [(401, "invalid_credentials")] * 11
    assert [attempt.device_known for attempt in await attempts(world)] == [True] * 10 + [False]  # C, then A
    for _ in range(4):
        await change_pin(world, student, WRONG, "4826")
    assert codes_of([await change_pin(world, student, PIN, "4826")]) == [(429, "account_locked")]


@pytest.mark.world(environ=PRODUCTION)
async def test_a_new_pin_must_not_be_weak(world: World) -> None:
    student = await register(world, "831742", phone_number="5551239618")
    for pin in ("0000", "8317", "9618"):
        assert codes_of([await change_pin(world, student, PIN, pin)]) == [(422, "weak_pin")]


async def test_staff_have_no_pin_to_change(world: World) -> None:
    first = await admin(world)
    assert codes_of([await change_pin(world, first, PIN, "4826")]) == [(403, "forbidden")]
    assert codes_of([await call(world, "DELETE", "profile/me", first["access_token"], {"pin": PIN})]) == [
        (403, "forbidden")
    ]


# -- leaving ----------------------------------------------------------------------------------------------------------


async def count(world: World, model: type[Any], user_id: str) -> int:
    """Return how many rows of a table are an account's."""
    statement = select(func.count()).select_from(model).where(model.user_id == user_id)
    return int(await world.look(lambda look: look.one(statement)) or 0)


async def test_r62_a_deleted_account_leaves_nothing_of_itself(world: World) -> None:
    student = await register(world, phone_number="5550000001")
    token, user_id = student["access_token"], student["user"]["id"]
    await update(world, student, display_name="Mango")
    start = {"machine_type": "washer", "machine_id": 1, "category": "normal"}
    machine = (await call(world, "POST", "machines/start", token, start)).json()
    fault = {"machine_type": "dryer", "machine_id": 2, "description": "Runs cold", "kind": "not_heating"}
    assert (await call(world, "POST", "faults/report", token, fault)).status_code == 201
    await call(world, "POST", "waitlist/join", token, {"machine_type": "dryer"})
    await login(world)
    await post(world, "auth/pin/forgot", {"student_id": "100001"})
    await world.run_due()
    assert codes_of([await call(world, "DELETE", "profile/me", token, {"pin": WRONG})]) == [
        (401, "invalid_credentials")
    ]
    assert codes_of([await call(world, "DELETE", "profile/me", token, {"pin": PIN})]) == [(409, "collect_first")]
    end = {"machine_type": "washer", "machine_id": 1, "collected": True}
    assert (await call(world, "POST", "machines/end", token, end)).status_code == 200
    assert (await call(world, "DELETE", "profile/me", token, {"pin": PIN})).status_code == 204

    user = await world.look(lambda look: look.find(User, user_id))
    assert user is not None
    assert (user.status, user.student_id, user.phone_number, user.pin_hash, user.display_name) == (
        "deleted",
        None,
        None,
        None,
        None,
    )
    for model in (Session, Device, Notification, WaitlistItem, OneTimeCode, Cycle, FaultReport, Activity):
        assert await count(world, model, user_id) == 0, model
    cycle = await world.look(lambda look: look.find(Cycle, machine["cycle_id"]))
    assert cycle is not None
    assert cycle.user_id is None
    lines = await world.look(lambda look: look.all(select(Activity)))
    assert lines
    assert "Mango" not in {line.display_name for line in lines}
    assert codes_of([await call(world, "GET", "profile/me", token)]) == [(401, "session_revoked")]
    other = await register(world, "100001")  # the id is free again
    board = (await call(world, "GET", "machines/", other["access_token"])).json()
    assert all(machine["hold"] is None or machine["hold"]["user_id"] != user_id for machine in board["dryers"])
