"""Guards A to H, and that they hold when many try at once (R50-R59)."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from livefloor.identity.lockout import LoginGuard
from livefloor.systems.laundry.account_events import GuardChanged, UserLocked
from livefloor.testing.world import World
from tests.systems.laundry.visitors import (
    PASSWORD,
    PHONE,
    PIN,
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


def away(number: int) -> str:
    """Return one of many addresses."""
    return f"10.{number // 60000 + 1}.{number // 250 % 240}.{number % 250 + 1}"


async def test_r50_guard_a_locks_for_longer_and_then_closes(world: World) -> None:
    await register(world)
    tried = 0
    for waits, minutes in ((900, 15), (3600, 60), (86400, 1440)):
        for left in (4, 3, 2, 1, 0):
            tried += 1
            answer = await login(world, pin=WRONG, address=away(tried))
            assert (answer.status_code, answer.json()["attempts_left"]) == (401, left)
        locked = await login(world, address=away(tried))
        assert (locked.status_code, locked.json()["code"]) == (429, "account_locked")
        assert int(locked.headers["Retry-After"]) == waits
        await world.advance(minutes=minutes)
    for left in (4, 3, 2, 1, 0):
        answer = await login(world, pin=WRONG)
        assert answer.json()["attempts_left"] == left
    for _ in range(2):
        assert codes_of([await login(world)]) == [(403, "pin_reset_required")]
        await world.advance(days=2)
    assert len(await attempts(world)) == 20  # what was refused while locked is not counted
    locks = [recorded.event for recorded in await world.events() if isinstance(recorded.event, UserLocked)]
    assert [(lock.failures, lock.closed) for lock in locks] == [(5, False), (10, False), (15, False), (20, True)]


async def test_r50_a_success_begins_the_count_anew(world: World) -> None:
    await register(world)
    for _ in range(3):
        for _ in range(4):
            assert (await login(world, pin=WRONG)).status_code == 401
        assert (await login(world)).status_code == 200


async def test_r50_an_id_that_nobody_has_locks_just_the_same(world: World) -> None:
    answers = [await login(world, "555555", pin=WRONG) for _ in range(6)]
    assert codes_of(answers) == [(401, "invalid_credentials")] * 5 + [(429, "account_locked")]
    assert [answer.json()["attempts_left"] for answer in answers[:5]] == [4, 3, 2, 1, 0]


async def test_r51_guard_b_closes_after_fifty_failures_in_thirty_days(world: World) -> None:
    await register(world)
    for number in range(12):
        for _ in range(4):
            assert (await login(world, pin=WRONG, address=away(number))).status_code == 401
        assert (await login(world, address=away(number))).status_code == 200
        await world.advance(minutes=11)
    left = [(await login(world, pin=WRONG, address=away(99))).json()["attempts_left"] for _ in range(2)]
    assert left == [1, 0]
    assert codes_of([await login(world, address=away(100))]) == [(403, "pin_reset_required")]


async def test_r51_failures_older_than_thirty_days_count_no_more(world: World) -> None:
    await register(world)
    for number in range(12):
        for _ in range(4):
            await login(world, pin=WRONG, address=away(number))
        await login(world, address=away(number))
    await world.advance(days=31)
    assert (await login(world, pin=WRONG)).json()["attempts_left"] == 4


async def test_r52_guard_c_takes_the_trust_of_a_device_after_ten_failures(world: World) -> None:
    device = (await register(world))["device_token"]
    answers = [await login(world, pin=WRONG, device_token=device) for _ in range(10)]
    assert [answer.json()["attempts_left"] for answer in answers] == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
    assert (await login(world, pin=WRONG, device_token=device)).json()["attempts_left"] == 4  # guard A now
    assert [attempt.device_known for attempt in await attempts(world)] == [True] * 10 + [False]


async def test_r52_a_success_on_the_device_begins_its_count_anew(world: World) -> None:
    device = (await register(world))["device_token"]
    for _ in range(2):
        for _ in range(9):
            await login(world, pin=WRONG, device_token=device)
        answer = await login(world, device_token=device)
        assert (answer.status_code, answer.json()["device_token"]) == (200, device)


async def test_r52_another_accounts_device_is_not_known(world: World) -> None:
    await register(world)
    other = await register(world, "100002")
    await login(world, pin=WRONG, device_token=other["device_token"])
    assert [attempt.device_known for attempt in await attempts(world)] == [False]


async def test_r53_guard_d_stops_an_address_after_twenty_failures(world: World) -> None:
    device = (await register(world))["device_token"]
    for number in range(20):
        assert (await login(world, str(200000 + number % 10), pin=WRONG)).status_code == 401
    stopped = await login(world)
    assert codes_of([stopped]) == [(429, "too_many_attempts")]
    assert int(stopped.headers["Retry-After"]) == 600
    assert (await login(world, device_token=device)).status_code == 200
    assert (await login(world, address="10.0.0.2")).status_code == 200
    await world.advance(minutes=10)
    assert (await login(world)).status_code == 200


async def test_r53_guard_d_stops_an_address_after_a_hundred_failures_in_a_day(world: World) -> None:
    await register(world)
    for number in range(100):
        assert (await login(world, str(200000 + number // 4 % 5 + number // 20 * 5), pin=WRONG)).status_code == 401, (
            number
        )
        if number % 20 == 19:
            await world.advance(hours=1, minutes=1)
    assert codes_of([await login(world)]) == [(429, "too_many_attempts")]


async def test_r53_an_ipv6_network_counts_as_one_address(world: World) -> None:
    await register(world)
    for number in range(20):
        await login(world, str(200000 + number % 10), pin=WRONG, address=f"2001:db8:1:2::{number + 1:x}")
    assert codes_of([await login(world, address="2001:db8:1:2:ffff::1")]) == [(429, "too_many_attempts")]
    assert (await login(world, address="2001:db8:1:3::1")).status_code == 200


@pytest.mark.world(environ={**QUICK, "LIVEFLOOR_CAMPUS_NETWORKS": "10.0.0.0/16"})
async def test_r53_a_campus_network_may_do_five_times_as_much(world: World) -> None:
    await register(world)
    for number in range(100):
        assert (await login(world, str(200000 + number % 25), pin=WRONG)).status_code == 401, number
    assert codes_of([await login(world)]) == [(429, "too_many_attempts")]


async def test_r54_guard_e_stops_an_address_that_fails_with_many_ids(world: World) -> None:
    device = (await register(world))["device_token"]
    for number in range(16):
        assert (await login(world, str(200000 + number), pin=WRONG)).status_code == 401
    assert codes_of([await login(world)]) == [(429, "too_many_attempts")]
    assert (await login(world, device_token=device)).status_code == 200
    await world.advance(minutes=59)
    assert codes_of([await login(world)]) == [(429, "too_many_attempts")]
    await world.advance(minutes=1)
    assert (await login(world)).status_code == 200


async def flood(world: World, failures: int) -> None:
    """Fail with many ids from many addresses."""
    for number in range(failures):
        answer = await login(world, f"{300000 + number // 4}", pin=WRONG, address=away(number // 5))
        assert answer.status_code == 401, answer.text


async def test_r55_guard_f_asks_unknown_devices_for_a_second_thing(world: World) -> None:
    first = await admin(world)
    device = (await register(world))["device_token"]
    await flood(world, 201)
    told = [recorded.event for recorded in await world.events() if isinstance(recorded.event, GuardChanged)]
    assert [(event.mode, event.active_until is not None) for event in told] == [("auto", True)]
    guard = (await call(world, "GET", "admin/guard", first["access_token"])).json()
    assert (guard["active"], guard["failures_last_hour"]) == (True, 201)
    notes = (await call(world, "GET", "notifications/", first["access_token"])).json()["items"]
    assert "staff_guard" in [note["notification_type"] for note in notes]
    for student_id in ("100001", "777777"):
        for pin in (PIN, WRONG):
            answer = await login(world, student_id, pin=pin, address=away(5000))
            assert codes_of([answer]) == [(403, "code_required")]
    assert (await login(world, device_token=device, address=away(5000))).status_code == 200
    await world.run_due()
    code = re.search(r"\d{8}", world.sms[-1].message)
    assert len(world.sms) == 1
    assert code is not None
    assert codes_of([await login(world, address=away(5001), code="00000000")]) == [(403, "code_wrong")]
    assert (await login(world, address=away(5001), code=code[0])).status_code == 200
    assert codes_of([await login(world, address=away(5001), code=code[0])]) == [(403, "code_wrong")]
    await world.advance(hours=1, seconds=1)
    assert (await login(world, address=away(5002))).status_code == 200


async def test_r55_a_code_is_spent_by_a_wrong_pin(world: World) -> None:
    first = await admin(world)
    student = await register(world)
    await call(world, "PUT", "admin/guard", first["access_token"], {"mode": "on"})
    order = await post(
        world, f"admin/users/{student['user']['id']}/reset-code", {"purpose": "sign_in"}, token=first["access_token"]
    )
    code = order.json()["code"]
    assert codes_of([await login(world, pin=WRONG, code=code)]) == [(401, "invalid_credentials")]
    assert codes_of([await login(world, code=code)]) == [(403, "code_wrong")]
    await call(world, "PUT", "admin/guard", first["access_token"], {"mode": "off"})
    assert (await login(world)).status_code == 200


async def test_r55_new_device_check_always_and_off(world: World) -> None:
    first = await admin(world)
    await register(world)
    settings = (await call(world, "GET", "admin/settings", first["access_token"])).json()

    async def check(word: str, version: int) -> int:
        body = {"new_device_check": word, "version": version}
        return int((await call(world, "PATCH", "admin/settings", first["access_token"], body)).json()["version"])

    version = await check("always", settings["version"])
    assert codes_of([await login(world)]) == [(403, "code_required")]
    await check("off", version)
    await call(world, "PUT", "admin/guard", first["access_token"], {"mode": "on"})
    assert (await login(world)).status_code == 200


@pytest.mark.world(environ={**QUICK, "LIVEFLOOR_CAMPUS_NETWORKS": "10.50.0.0/16"})
async def test_r56_guard_g_limits_registrations_of_an_address(world: World) -> None:
    async def one(number: int, address: str) -> int:
        body = {"student_id": f"{number:06d}", "pin": PIN, "phone_number": PHONE}
        return (await post(world, "auth/register", body, address)).status_code

    assert [await one(400000 + number, "10.0.0.7") for number in range(11)] == [201] * 10 + [429]
    assert [await one(410000 + number, "127.0.0.1") for number in range(12)] == [201] * 12  # DEBUG, from this machine
    assert [await one(420000 + number, "10.50.0.1") for number in range(101)] == [201] * 100 + [429]
    # Who only looks which ids are taken is counted as well.
    assert [await one(420000, "10.0.0.8") for _ in range(11)] == [409] * 10 + [429]
    await world.advance(hours=1)
    assert await one(430000, "10.0.0.7") == 201


@pytest.mark.world(environ={"LIVEFLOOR_ENV": "production"})
async def test_r56_a_phone_has_three_accounts_at_the_most(world: World) -> None:
    for number in range(3):
        await register(world, str(100001 + number), phone_number="+1 (555) 123-4567")
    body = {"student_id": "100009", "pin": PIN, "phone_number": "+1.555.123.4567"}
    assert codes_of([await post(world, "auth/register", body)]) == [(409, "phone_limit")]


async def test_r57_guard_h_sends_three_codes_a_day(world: World) -> None:
    await register(world)
    for student_id in ("100001", "888888"):
        answers = [await post(world, "auth/pin/forgot", {"student_id": student_id}) for _ in range(4)]
        assert codes_of(answers) == [(202, None)] * 3 + [(429, "rate_limited")]
        assert answers[0].json() == {"sent": True}
    await world.run_due()
    assert len(world.sms) == 3
    await world.advance(hours=24)
    assert (await post(world, "auth/pin/forgot", {"student_id": "100001"})).status_code == 202


async def test_r57_five_wrong_tries_make_a_code_void(world: World) -> None:
    first = await admin(world)
    student = await register(world)
    path = f"admin/users/{student['user']['id']}/reset-code"
    code = (await post(world, path, {"purpose": "pin_reset"}, token=first["access_token"])).json()["code"]
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    for said in (wrong, wrong, wrong, wrong, wrong, code):
        body = {"student_id": "100001", "code": said, "new_pin": "4826"}
        assert codes_of([await post(world, "auth/pin/reset", body)]) == [(400, "code_wrong")]
    assert [attempt.kind for attempt in await attempts(world, kind="code")] == ["code"] * 6


async def test_r57_wrong_codes_count_against_the_address(world: World) -> None:
    await register(world)
    body = {"student_id": "100001", "code": "00000000", "new_pin": "4826"}
    answers = [await post(world, "auth/pin/reset", body) for _ in range(21)]
    assert codes_of(answers) == [(400, "code_wrong")] * 20 + [(429, "too_many_attempts")]
    assert (await login(world, address="10.0.0.2")).status_code == 200  # the account's own guards are untouched


async def test_r58_a_locked_account_goes_on_on_what_it_is_signed_in_on(world: World) -> None:
    student = await register(world)
    for _ in range(5):
        await login(world, pin=WRONG)
    assert codes_of([await login(world)]) == [(429, "account_locked")]
    assert (await call(world, "GET", "profile/me", student["access_token"])).status_code == 200
    assert (await login(world, device_token=student["device_token"])).status_code == 200


async def test_r59_fifty_guesses_at_once_look_at_five_pins(world: World) -> None:
    await register(world)

    def guess(number: int) -> Any:
        return lambda: login(world, pin=f"{number:04d}", address=away(number))

    answers = await world.race([guess(8000 + number) for number in range(50)])
    looked_at = [answer for answer in answers if answer.status_code == 401]
    assert len(looked_at) == 5
    assert sorted(answer.json()["attempts_left"] for answer in looked_at) == [0, 1, 2, 3, 4]
    assert {code for code in codes_of(answers) if code[0] != 401} == {(429, "account_locked")}
    assert len(await attempts(world)) == 5


async def test_r59_fifty_guesses_at_once_on_a_known_device_look_at_ten_pins(world: World) -> None:
    device = (await register(world))["device_token"]

    def guess(number: int) -> Any:
        return lambda: login(world, pin=f"{number:04d}", device_token=device)

    await world.race([guess(8000 + number) for number in range(50)])
    found = await attempts(world)
    assert len([attempt for attempt in found if attempt.device_known]) == 10
    assert len([attempt for attempt in found if not attempt.device_known]) == 5


async def test_r59_fifty_ids_at_once_from_one_address_look_at_no_more_than_guards_d_and_e_allow(world: World) -> None:
    answers = await world.race([lambda n=n: login(world, str(500000 + n), pin=WRONG) for n in range(50)])  # type: ignore[misc]
    assert len([answer for answer in answers if answer.status_code == 401]) == 16
    assert len(await attempts(world)) == 16


async def test_staff_fall_under_guard_a_with_their_password(world: World) -> None:
    first = await admin(world)
    member = await staff(world, first)
    body = {"staff_id": "900001", "password": "not this one at all"}
    answers = [await post(world, "auth/staff/login", body) for _ in range(6)]
    assert codes_of(answers) == [(401, "invalid_credentials")] * 5 + [(429, "account_locked")]
    known = {**body, "password": PASSWORD, "device_token": member["device_token"]}
    assert (await post(world, "auth/staff/login", known)).status_code == 200
    unlocked = await post(world, f"admin/users/{member['user']['id']}/unlock", None, token=first["access_token"])
    assert (unlocked.status_code, unlocked.json()["locked"]) == (200, False)
    assert (await post(world, "auth/staff/login", {**body, "password": PASSWORD})).status_code == 200


async def test_the_guards_know_ids_by_a_keyed_name_only(world: World) -> None:
    await register(world)
    await login(world, pin=WRONG)
    rows: list[Any] = list(await attempts(world))
    rows += await world.look(lambda look: look.all(select(LoginGuard)))
    assert rows
    assert not any("100001" in str(vars(row)) for row in rows)
