"""Registering, signing in, tokens, sessions, a forgotten PIN (sections 3 and 5.2 of the spec), and R60, R63."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import bcrypt
import pytest
from sqlalchemy import select, update

from livefloor.identity.sessions import RefreshToken, Session
from livefloor.kernel.settings import SettingError, read_settings
from livefloor.systems.laundry.config import LaundrySettings, check_production, secrets_of
from livefloor.systems.laundry.models import User
from livefloor.systems.laundry.pins import WEAK_PINS, is_weak_password, is_weak_pin
from livefloor.testing.world import World
from livefloor.work.ctx import Ctx
from tests.systems.laundry.visitors import (
    PASSWORD,
    PHONE,
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
    staff,
)

pytestmark = pytest.mark.world(environ=QUICK)


async def user_of(world: World, user_id: str) -> User:
    """Return an account's row."""
    user = await world.look(lambda look: look.find(User, user_id))
    assert user is not None
    return user


async def names(world: World) -> list[str]:
    """Return the names of all facts told so far."""
    return [recorded.event.name for recorded in await world.events()]


# -- registering ------------------------------------------------------------------------------------------------------


async def test_the_seeds_own_registration_works_and_says_that_the_pin_is_weak(world: World) -> None:
    answer = await register(world, "123456", pin="1234", phone_number="5551234567")
    assert answer["token_type"] == "bearer"
    assert answer["expires_in"] == 86400
    user = answer["user"]
    assert user == {
        "id": user["id"],
        "student_id": "123456",
        "role": "student",
        "phone_number": "5551234567",
        "display_name": "Student ··56",
        "pin_weak": True,
        "created_at": "2025-03-02T19:00:00Z",
    }
    assert (await call(world, "GET", "profile/me", answer["access_token"])).json()["pin_weak"] is True
    assert "user.registered" in await names(world)
    again = await login(world, "123456", pin="1234", address="127.0.0.1")
    assert again.status_code == 200


async def test_an_id_is_taken_once_however_many_ask_at_once(world: World) -> None:
    body = {"student_id": "100001", "pin": PIN, "phone_number": PHONE}
    answers = await world.race([lambda: post(world, "auth/register", body, "127.0.0.1") for _ in range(8)])
    assert sorted(codes_of(answers)) == [(201, None)] + [(409, "student_id_taken")] * 7
    assert (await names(world)).count("user.registered") == 1


REFUSED: list[dict[str, str]] = [
    {"student_id": "12345"},
    {"student_id": "1234567"},
    {"student_id": "12345a"},
    {"student_id": "１２３４５６"},
    {"student_id": "123456\n"},
    {"pin": "123"},
    {"pin": "12a4"},
    {"phone_number": "123456789"},
    {"phone_number": "12345+67890"},
    {"phone_number": "1234567890123456"},
    {"colour": "red"},
]


async def test_what_is_no_id_pin_or_phone_is_refused(world: World) -> None:
    for said in REFUSED:
        body = {"student_id": "100001", "pin": PIN, "phone_number": PHONE, **said}
        assert codes_of([await post(world, "auth/register", body)]) == [(422, "validation_error")], said


async def test_a_phone_number_is_kept_without_its_signs(world: World) -> None:
    assert (await register(world, phone_number="+60 (12) 345-67.89"))["user"]["phone_number"] == "+60123456789"


async def _settings(world: World, by: dict[str, Any], **changed: Any) -> None:
    version = (await call(world, "GET", "admin/settings", by["access_token"])).json()["version"]
    answer = await call(world, "PATCH", "admin/settings", by["access_token"], {"version": version, **changed})
    assert answer.status_code == 200, answer.text


async def test_registration_by_room_code(world: World) -> None:
    first = await admin(world)
    await _settings(world, first, registration_mode="room_code", room_code="DRUM-77")
    body = {"student_id": "100001", "pin": PIN, "phone_number": PHONE}
    for said in ({}, {"room_code": "DRUM-78"}):
        assert codes_of([await post(world, "auth/register", {**body, **said})]) == [(403, "room_code_wrong")]
    # Whether an id is taken is told only to who knows the code.
    assert codes_of([await post(world, "auth/register", {**body, "student_id": "900000"})]) == [
        (403, "room_code_wrong")
    ]
    assert (await post(world, "auth/register", {**body, "room_code": "DRUM-77"})).status_code == 201


async def test_registration_by_roster(world: World) -> None:
    first = await admin(world)
    await _settings(world, first, registration_mode="roster")
    body = {"student_id": "100001", "pin": PIN, "phone_number": PHONE}
    assert codes_of([await post(world, "auth/register", body)]) == [(403, "not_on_roster")]
    await call(world, "POST", "admin/roster", first["access_token"], {"student_ids": ["100001"]})
    assert (await post(world, "auth/register", body)).status_code == 201


# -- PINs -------------------------------------------------------------------------------------------------------------


def test_weak_pins_are_the_294_and_those_that_stand_in_ones_own_numbers() -> None:
    assert len(WEAK_PINS) == 294
    for pin in (
        "0000",
        "0123",
        "9012",
        "7890",
        "3210",
        "0987",
        "4545",
        "1122",
        "1950",
        "2029",
        "1004",
        "2580",
        "0852",
        "2468",
        "1357",
    ):
        assert pin in WEAK_PINS
    for pin in ("7305", "1949", "2030", "1235", "1223"):
        assert pin not in WEAK_PINS
    assert is_weak_pin("8317", "831742", None)
    assert is_weak_pin("1742", "831742", None)
    assert is_weak_pin("4567", "831742", "5551234567")
    assert not is_weak_pin("5551", "831742", "5551234567")


def test_weak_passwords() -> None:
    for password in ("short", "aaaaaaaaaaaaaaaa", "password12345", "my900001isgood", "laundrylaundry"):
        assert is_weak_password(password, "900001"), password
    assert not is_weak_password(PASSWORD, "900001")


@pytest.mark.world(environ=PRODUCTION)
async def test_a_weak_pin_is_refused_in_production(world: World) -> None:
    body = {"student_id": "831742", "phone_number": "5551239618"}
    for pin in ("0123", "8317", "1742", "9618"):
        assert codes_of([await post(world, "auth/register", {**body, "pin": pin})]) == [(422, "weak_pin")]
    assert (await post(world, "auth/register", {**body, "pin": PIN})).json()["user"]["pin_weak"] is False


@pytest.mark.world(environ={})
async def test_a_pin_is_kept_as_bcrypt_of_cost_10_over_the_peppered_pin(world: World) -> None:
    user = await user_of(world, (await register(world))["user"]["id"])
    assert user.pin_hash is not None
    assert user.pin_hash.startswith("$2b$10$")
    assert user.pin_scheme == "bcrypt-hmac-v1"
    assert not bcrypt.checkpw(PIN.encode(), user.pin_hash.encode())


async def test_a_hash_brought_in_from_elsewhere_signs_in_and_is_made_anew(world: World) -> None:
    user_id = (await register(world))["user"]["id"]
    plain = bcrypt.hashpw(PIN.encode(), bcrypt.gensalt(4)).decode()

    async def bring_in(ctx: Ctx) -> None:
        await ctx.run(update(User).where(User.id == user_id).values(pin_hash=plain, pin_scheme="bcrypt"))

    await world.change(bring_in)
    assert (await login(world, pin=WRONG)).status_code == 401
    assert (await login(world)).status_code == 200
    user = await user_of(world, user_id)
    assert (user.pin_scheme, user.pin_hash != plain) == ("bcrypt-hmac-v1", True)
    assert (await login(world)).status_code == 200


# -- signing in -------------------------------------------------------------------------------------------------------


async def test_the_access_token_says_no_more_than_it_should(world: World) -> None:
    answer = await register(world)
    body = answer["access_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    assert set(claims) == {"sub", "sid", "role", "iat", "exp", "jti", "typ"}
    assert (claims["sub"], claims["role"], claims["typ"]) == (answer["user"]["id"], "student", "access")
    assert claims["exp"] - claims["iat"] == 86400


@pytest.mark.world(environ={**QUICK, "ACCESS_TOKEN_EXPIRE_MINUTES": "30"})
async def test_how_long_an_access_token_lives_is_a_setting(world: World) -> None:
    answer = await register(world)
    assert answer["expires_in"] == 1800
    await world.advance(minutes=30)
    assert codes_of([await call(world, "GET", "profile/me", answer["access_token"])]) == [(401, "token_expired")]


async def test_nobody_learns_whether_an_account_exists(world: World) -> None:
    first = await admin(world)
    blocked = (await register(world, "100002"))["user"]["id"]
    gone = await register(world, "100003")
    await call(world, "PATCH", f"admin/users/{blocked}", first["access_token"], {"status": "blocked", "version": 1})
    assert (await call(world, "DELETE", "profile/me", gone["access_token"], {"pin": PIN})).status_code == 204
    await register(world, "100001")
    answers = [
        await login(world, student_id, pin=WRONG) for student_id in ("100001", "100002", "100003", "555555", "900000")
    ]
    bodies = [{**answer.json()} for answer in answers]
    assert all(body == bodies[0] for body in bodies)
    assert bodies[0]["code"] == "invalid_credentials"
    assert codes_of([await login(world, "100002")]) == [(403, "account_blocked")]  # only with the right PIN
    assert codes_of([await login(world, "100003")]) == [(401, "invalid_credentials")]


async def test_each_door_takes_its_own_people_only(world: World) -> None:
    first = await admin(world)
    await staff(world, first)
    await register(world)
    assert codes_of([await login(world, "900001", pin=PIN)]) == [(401, "invalid_credentials")]
    body = {"staff_id": "100001", "password": PASSWORD}
    assert codes_of([await post(world, "auth/staff/login", body)]) == [(401, "invalid_credentials")]


async def test_signing_in_on_a_new_device_is_told_and_on_a_known_one_is_not(world: World) -> None:
    answer = await register(world)
    new = (await login(world)).json()
    assert new["device_token"] != answer["device_token"]
    known = (await login(world, device_token=new["device_token"])).json()
    assert known["device_token"] == new["device_token"]
    notes = (await call(world, "GET", "notifications/", known["access_token"])).json()["items"]
    assert [note["notification_type"] for note in notes] == ["security"]
    told = [recorded.event for recorded in await world.events() if recorded.event.name == "user.signed_in"]
    assert [event.new_device for event in told] == [True, False]  # type: ignore[attr-defined]
    devices = (await call(world, "GET", "profile/me", known["access_token"])).json()["devices"]
    assert len(devices) == 2


async def test_a_device_is_known_for_180_days(world: World) -> None:
    device = (await register(world))["device_token"]
    await world.advance(days=179)
    await login(world, pin=WRONG, device_token=device)
    await world.advance(days=2)
    await login(world, pin=WRONG, device_token=device)
    # The first try may have left with the retention of thirty days; the last one is there.
    assert (await attempts(world))[-1].device_known is False


# -- tokens and sessions ----------------------------------------------------------------------------------------------


async def _refresh(world: World, token: str) -> Any:
    return await post(world, "auth/refresh", {"refresh_token": token})


async def test_a_refresh_token_rotates(world: World) -> None:
    answer = await register(world)
    fresh = (await _refresh(world, answer["refresh_token"])).json()
    assert set(fresh) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert fresh["refresh_token"] != answer["refresh_token"]
    assert (await call(world, "GET", "profile/me", fresh["access_token"])).status_code == 200
    stored = await world.look(lambda look: look.all(select(RefreshToken)))
    assert not {answer["refresh_token"], fresh["refresh_token"]} & {token.token_hash for token in stored}


async def test_two_tabs_that_refresh_at_once_both_go_on(world: World) -> None:
    token = (await register(world))["refresh_token"]
    answers = await world.race([lambda: _refresh(world, token) for _ in range(5)])
    pairs = [answer.json() for answer in answers]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert len({pair["refresh_token"] for pair in pairs}) == 5
    await world.advance(seconds=30)
    assert (await _refresh(world, token)).status_code == 200
    for pair in pairs:
        assert (await _refresh(world, pair["refresh_token"])).status_code == 200


async def test_an_old_refresh_token_ends_the_session(world: World) -> None:
    answer = await register(world)
    fresh = (await _refresh(world, answer["refresh_token"])).json()
    await world.advance(seconds=31)
    answers = await world.race([lambda: _refresh(world, answer["refresh_token"]) for _ in range(4)])
    assert sorted(codes_of(answers)) == [(401, "refresh_reused")] + [(401, "session_revoked")] * 3
    assert codes_of([await _refresh(world, fresh["refresh_token"])]) == [(401, "session_revoked")]
    assert codes_of([await call(world, "GET", "profile/me", fresh["access_token"])]) == [(401, "session_revoked")]
    told = [recorded.event for recorded in await world.events() if recorded.event.name == "session.revoked"]
    assert [(event.cause, event.rechecks()) for event in told] == [("reuse", answer["user"]["id"])]  # type: ignore[attr-defined]
    again = (await login(world, device_token=answer["device_token"])).json()
    notes = (await call(world, "GET", "notifications/", again["access_token"])).json()["items"]
    assert [note["title"] for note in notes] == ["Session ended"]


async def test_what_is_no_refresh_token_and_what_is_over(world: World) -> None:
    answer = await register(world)
    assert codes_of([await _refresh(world, "x" * 43)]) == [(401, "invalid_refresh_token")]
    await world.advance(days=31)
    assert codes_of([await _refresh(world, answer["refresh_token"])]) in (
        [(401, "refresh_expired")],
        [(401, "session_revoked")],
    )


async def test_a_session_is_refreshed_thirty_times_a_minute(world: World) -> None:
    token = (await register(world))["refresh_token"]
    got = []
    for _ in range(31):
        answer = await _refresh(world, token)
        got.append(answer.status_code)
        token = answer.json().get("refresh_token", token)
    assert got == [200] * 29 + [429] * 2  # the first of the thirty came with the registration
    await world.advance(minutes=1, seconds=1)
    assert (await _refresh(world, token)).status_code == 200


async def test_logging_out_ends_the_session_on_the_server(world: World) -> None:
    answer = await register(world)
    other = (await login(world)).json()
    done = await post(world, "auth/logout", None, token=answer["access_token"])
    assert (done.status_code, done.json()) == (200, {"success": True, "revoked": 1})
    assert codes_of([await call(world, "GET", "profile/me", answer["access_token"])]) == [(401, "session_revoked")]
    assert codes_of([await post(world, "auth/logout", None, token=answer["access_token"])]) == [
        (401, "session_revoked")
    ]
    third = (await login(world)).json()
    done = await post(world, "auth/logout", {"everywhere": True}, token=other["access_token"])
    assert done.json()["revoked"] == 2
    assert (await call(world, "GET", "profile/me", third["access_token"])).status_code == 401


async def test_sessions_are_ones_own_to_see_and_to_end(world: World) -> None:
    answer = await register(world)
    neighbour = await register(world, "100002")
    async with world.client(None, "10.0.0.9", **{"User-Agent": "Phone"}) as client:
        other = (await client.post("/api/v1/auth/login", json={"student_id": "100001", "pin": PIN})).json()
    found = (await call(world, "GET", "auth/sessions", answer["access_token"])).json()
    assert found["total"] == 2
    assert set(found["items"][0]) == {"id", "user_agent", "ip_prefix", "created_at", "last_used_at", "current"}
    ended = next(item for item in found["items"] if not item["current"])
    assert (ended["user_agent"], ended["ip_prefix"]) == ("Phone", "10.0.0.9")
    assert (await call(world, "DELETE", f"auth/sessions/{ended['id']}", neighbour["access_token"])).status_code == 404
    assert (await call(world, "DELETE", f"auth/sessions/{ended['id']}", answer["access_token"])).status_code == 204
    assert (await call(world, "DELETE", f"auth/sessions/{ended['id']}", answer["access_token"])).status_code == 404
    assert (await call(world, "GET", "profile/me", other["access_token"])).status_code == 401


async def test_an_account_has_ten_sessions_at_the_most(world: World) -> None:
    first = await register(world)
    for _ in range(10):
        await world.advance(seconds=1)
        last = (await login(world, device_token=first["device_token"])).json()
    assert (await call(world, "GET", "auth/sessions", last["access_token"])).json()["total"] == 10
    assert codes_of([await call(world, "GET", "profile/me", first["access_token"])]) == [(401, "session_revoked")]


async def test_tokens_of_elsewhere_are_refused(world: World) -> None:
    token = (await register(world))["access_token"]
    head, body, sign = token.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    for forged in (f"{head}.{body}.{sign[:-2]}AA", f"{none}.{body}.", f"{none}.{body}.{sign}", "a.b.c", body, ""):
        assert codes_of([await call(world, "GET", "profile/me", forged)]) == [(401, "not_authenticated")]


# -- a forgotten PIN --------------------------------------------------------------------------------------------------


async def _sent_code(world: World) -> str:
    await world.run_due()
    found = re.search(r"\d{8}", world.sms[-1].message)
    assert found is not None
    return found[0]


async def test_a_code_by_sms_gives_a_new_pin_and_ends_all_that_was(world: World) -> None:
    answer = await register(world)
    for _ in range(5):
        await login(world, pin=WRONG)
    await post(world, "auth/pin/forgot", {"student_id": "100001"})
    body = {"student_id": "100001", "code": await _sent_code(world), "new_pin": "4826"}
    reset = await post(world, "auth/pin/reset", body)
    assert reset.status_code == 200
    assert set(reset.json()) == set(answer)
    assert codes_of([await call(world, "GET", "profile/me", answer["access_token"])]) == [(401, "session_revoked")]
    assert codes_of([await post(world, "auth/pin/reset", body)]) == [(400, "code_wrong")]
    assert (await login(world, pin="4826")).status_code == 200  # guard A is cleared
    await login(world, pin=WRONG, device_token=answer["device_token"])
    assert (await attempts(world))[-1].device_known is False
    notes = (await call(world, "GET", "notifications/", reset.json()["access_token"])).json()["items"]
    assert "New PIN" in [note["title"] for note in notes]
    assert "user.pin_reset" in await names(world)


async def test_a_code_is_over_after_fifteen_minutes(world: World) -> None:
    await register(world)
    await post(world, "auth/pin/forgot", {"student_id": "100001"})
    body = {"student_id": "100001", "code": await _sent_code(world), "new_pin": "4826"}
    await world.advance(minutes=15)
    assert codes_of([await post(world, "auth/pin/reset", body)]) == [(400, "code_wrong")]


async def test_asking_for_a_code_is_answered_alike_for_ids_that_nobody_has(world: World) -> None:
    first = await admin(world)
    blocked = (await register(world, "100002"))["user"]["id"]
    await call(world, "PATCH", f"admin/users/{blocked}", first["access_token"], {"status": "blocked", "version": 1})
    for student_id in ("100002", "555555", "900000"):
        answer = await post(world, "auth/pin/forgot", {"student_id": student_id})
        assert (answer.status_code, answer.json()) == (202, {"sent": True})
    await world.run_due()
    assert not world.sms
    body = {"student_id": "555555", "code": "12345678", "new_pin": "4826"}
    assert codes_of([await post(world, "auth/pin/reset", body)]) == [(400, "code_wrong")]


async def test_a_phone_number_just_changed_is_sent_no_code(world: World) -> None:
    answer = await register(world)
    await call(world, "PUT", "profile/update", answer["access_token"], {"phone_number": "5559999999"})
    await world.run_due()
    told = len(world.sms)
    await post(world, "auth/pin/forgot", {"student_id": "100001"})
    await world.run_due()
    assert len(world.sms) == told
    await world.advance(hours=72)
    await post(world, "auth/pin/forgot", {"student_id": "100001"})
    await world.run_due()
    assert (len(world.sms), world.sms[-1].phone) == (told + 1, "5559999999")


@pytest.mark.world(environ=PRODUCTION)
async def test_without_sms_codes_come_from_the_desk(world: World) -> None:
    student = await register(world)
    await post(world, "auth/pin/forgot", {"student_id": "100001"})
    await world.run_due()
    assert not world.sms
    first = await admin(world)
    path = f"admin/users/{student['user']['id']}/reset-code"
    code = (await post(world, path, {"purpose": "pin_reset"}, token=first["access_token"])).json()["code"]
    body = {"student_id": "100001", "code": code, "new_pin": "0123"}
    assert codes_of([await post(world, "auth/pin/reset", body)]) == [(422, "weak_pin")]
    body["new_pin"] = PHONE[-4:]
    assert codes_of([await post(world, "auth/pin/reset", body)]) == [(422, "weak_pin")]
    body["new_pin"] = "4826"
    assert (await post(world, "auth/pin/reset", body)).status_code == 200


async def test_strangers_who_ask_for_codes_do_not_close_the_desk(world: World) -> None:
    first = await admin(world)
    student = await register(world)
    for _ in range(4):
        await post(world, "auth/pin/forgot", {"student_id": "100001"})
    path = f"admin/users/{student['user']['id']}/reset-code"
    codes = [await post(world, path, {"purpose": "pin_reset"}, token=first["access_token"]) for _ in range(4)]
    assert codes_of(codes) == [(200, None)] * 3 + [(429, "rate_limited")]
    body = {"student_id": "100001", "code": codes[0].json()["code"], "new_pin": "4826"}
    assert (await post(world, "auth/pin/reset", body)).status_code == 200


# -- R60 and R63 ------------------------------------------------------------------------------------------------------


async def test_r60_no_fact_holds_a_student_id_a_phone_number_or_a_secret(world: World) -> None:
    first = await admin(world)
    student = await register(world, "831742", phone_number="5557654321", pin="6194")
    token, user_id = student["access_token"], student["user"]["id"]
    for _ in range(5):
        await login(world, "831742", pin=WRONG)
    await call(world, "PUT", "profile/update", token, {"phone_number": "5557654322"})
    await post(world, f"admin/users/{user_id}/unlock", None, token=first["access_token"])
    await call(world, "GET", f"admin/users/{user_id}", first["access_token"])
    code = (
        await post(world, f"admin/users/{user_id}/reset-code", {"purpose": "pin_reset"}, token=first["access_token"])
    ).json()["code"]
    await call(world, "POST", "admin/roster", first["access_token"], {"student_ids": ["831742"]})
    await call(world, "PUT", "profile/pin", token, {"current_pin": "6194", "new_pin": "4826"})
    await call(world, "DELETE", "profile/me", token, {"pin": "4826"})
    log = "\n".join(recorded.event.model_dump_json() for recorded in await world.events())
    assert '"user_id"' in log
    for private in (
        "831742",
        "5557654321",
        "5557654322",
        "6194",
        "4826",
        code,
        student["refresh_token"],
        student["device_token"],
    ):
        assert not re.search(rf"(?<![0-9a-f-]){private}(?![0-9a-f-])", log), private


def read(**environ: str) -> LaundrySettings:
    """Read the laundry's settings from an environment."""
    return read_settings(LaundrySettings, "laundry", environ, alone=True, data=Path("nowhere"))


GOOD = {"DEBUG": "false", "SECRET_KEY": "k" * 32, "PIN_PEPPER": "p" * 32}


@pytest.mark.parametrize(
    ("said", "variable"),
    [
        ({"SECRET_KEY": "k" * 31}, "SECRET_KEY"),
        ({"PIN_PEPPER": "p" * 31}, "PIN_PEPPER"),
        ({"PIN_PEPPER": "k" * 32}, "PIN_PEPPER"),
        ({"SECRET_KEY": "your-secret-key-here-change-in-production"}, "SECRET_KEY"),
        ({"CORS_ORIGINS": "*"}, "CORS_ORIGINS"),
    ],
)
def test_r63_production_refuses_weak_secrets_and_every_origin(said: dict[str, str], variable: str) -> None:
    check_production(read(**GOOD))
    with pytest.raises(SettingError, match=variable):
        secrets_of(read(**{**GOOD, **said}))
    check_production(read(**{**GOOD, **said, "DEBUG": "true"}))


def test_r63_a_missing_secret_is_made_and_kept(tmp_path: Path) -> None:
    settings = read_settings(LaundrySettings, "laundry", {"DEBUG": "false"}, alone=True, data=tmp_path)
    pepper = secrets_of(settings)["pin_pepper"]
    assert len(pepper) >= 32
    assert secrets_of(settings)["pin_pepper"] == pepper
    assert (tmp_path / "secrets" / "pin_pepper").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "environ",
    [
        {"BCRYPT_ROUNDS": "9"},
        {"BCRYPT_ROUNDS": "15"},
        {"BCRYPT_ROUNDS": "4", "LIVEFLOOR_TEST_CLOCK": "1", "DEBUG": "false"},
        {"MACHINES_PER_TYPE": "100"},
        {"LIVEFLOOR_CAMPUS_NETWORKS": "nowhere"},
        {"FAULT_REPORT_DISABLE_THRESHOLD": "0"},
    ],
)
def test_a_setting_out_of_bounds_stops_the_start_with_its_name(environ: dict[str, str]) -> None:
    with pytest.raises(SettingError, match=next(iter(environ))):
        read(**environ)


async def test_sessions_know_where_they_came_from_by_network_only(world: World) -> None:
    await register(world, address="2001:db8:1:2:3:4:5:6")
    session = await world.look(lambda look: look.one(select(Session)))
    assert session is not None
    assert session.ip_prefix == "2001:db8:1:2::/64"
