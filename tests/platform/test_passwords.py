"""The ready sign-in with user name and password, as the bike shop has it."""

import subprocess
import sys
from functools import partial
from typing import Any

import httpx
import pytest
from bikeshop import CLERK, User
from bikeshop import system as bikeshop

from livefloor import Actor, System
from livefloor.declare.roles import SYSTEM
from livefloor.kernel.problems import Conflict, Invalid
from livefloor.parts.passwords import REGISTRATIONS, add_account, admins
from livefloor.parts.passwords import Registration as Given
from livefloor.testing.sign_in import sign_in
from livefloor.testing.world import World
from livefloor.work.ctx import Ctx, Flow

ADA = {"username": "ada", "password": "a-long-way-to-ride"}
NEXT = "a-shorter-way-home"


@pytest.fixture
def system() -> System:
    return bikeshop


async def ask(client: httpx.AsyncClient, path: str, **said: Any) -> Any:
    """Return status and code of a POST, or its body where it went well."""
    answer = await client.post(f"/api/auth/{path}", json=said)
    return (
        (answer.json() if answer.content else {}) if answer.is_success else (answer.status_code, answer.json()["code"])
    )


async def clerk(world: World) -> httpx.AsyncClient:
    async def make(ctx: Ctx) -> str:
        user = await add_account(ctx, Given(username="cleo", password="x"), "clerk", None)
        return (await sign_in(ctx, user))[1]

    return world.client(await world.change(make))


async def test_the_life_of_an_account(world: World) -> None:
    made = await ask(world.client(), "register", **ADA)
    assert (made["user"]["role"], made["user"]["display_name"]) == ("customer", "ada")
    first = world.client(made["access_token"])
    second = world.client(
        (await ask(world.client(), "login", username=" Ada ", password=ADA["password"]))["access_token"]
    )
    me = (await second.get("/api/auth/me")).json()
    assert me["id"] == made["user"]["id"]
    assert "list_tickets" in me["may"] and "open_ticket" not in me["may"]
    wrong = await ask(second, "password", current_password=NEXT, new_password=NEXT)
    assert wrong == (401, "bad_credentials")
    assert await ask(second, "password", current_password=ADA["password"], new_password=NEXT) == {}
    assert (await first.get("/api/auth/me")).status_code == 401
    assert (await second.get("/api/auth/me")).status_code == 200
    assert await ask(world.client(), "login", **ADA) == (401, "bad_credentials")
    told = [type(each.event).__name__ for each in await world.events()]
    assert told == ["AccountOpened", "PasswordChanged", "SessionRevoked"]


async def test_of_two_who_register_a_name_at_once_one_has_it(world: World) -> None:
    found = await world.race([partial(ask, world.client(), "register", **ADA) for _ in range(2)])
    assert [one for one in found if isinstance(one, tuple)] == [(409, "username_taken")]


async def test_guessing_locks_a_name_and_nobody_learns_whether_there_is_one(world: World) -> None:
    await ask(world.client(), "register", **ADA)
    for username in ("ada", "nobody"):
        said = [await ask(world.client(), "login", username=username, password="guessed") for _ in range(6)]
        assert said == [(401, "bad_credentials")] * 5 + [(423, "account_locked")]


async def test_who_is_switched_off_does_not_come_in(world: World) -> None:
    made = await ask(world.client(), "register", **ADA)

    async def switch_off(ctx: Ctx) -> None:
        user = await ctx.find(User, made["user"]["id"])
        assert user is not None
        user.status = "inactive"
        await ctx.save(user)

    await world.change(switch_off)
    assert await ask(world.client(), "login", **ADA) == (401, "bad_credentials")


@pytest.mark.line_only
async def test_weak_passwords_and_odd_names_are_refused(world: World) -> None:
    for password in ("short-one", "1234567890", "adas-own-bicycle"):
        answer = await world.client().post("/api/auth/register", json={**ADA, "password": password})
        assert (answer.status_code, answer.json()["code"]) == (422, "weak_password")
        assert answer.json()["errors"][0]["field"] == "password"
    for username in ("", "a b", "ада", "-"):
        assert await ask(world.client(), "register", **{**ADA, "username": username}) == (422, "validation_error")


@pytest.mark.line_only
async def test_an_address_registers_so_many(world: World) -> None:
    said = [await ask(world.client(), "register", **{**ADA, "username": f"ada{n}"}) for n in range(REGISTRATIONS + 1)]
    assert said[-1] == (429, "rate_limited")
    assert all(isinstance(one, dict) for one in said[:-1])


async def test_who_manages_opens_accounts_of_any_role(world: World) -> None:
    cleo = await clerk(world)
    mona = {"username": "mona", "password": NEXT, "role": "mechanic"}
    assert await ask(cleo, "accounts", **{**mona, "role": "owner"}) == (422, "validation_error")
    assert (await ask(cleo, "accounts", **mona))["role"] == "mechanic"
    assert await ask(cleo, "accounts", **mona) == (409, "username_taken")
    token = (await ask(world.client(), "login", username="mona", password=NEXT))["access_token"]
    assert await ask(world.client(token), "accounts", **mona) == (403, "forbidden")


async def test_the_first_account_is_made_by_the_command(world: World) -> None:
    flow = Flow(world.runtime.executor, SYSTEM, world.clock.now())
    make = admins(CLERK)
    with pytest.raises(Invalid):
        await make(flow, "cleo", "short", "Cleo")
    with pytest.raises(Invalid):
        await make(flow, "c l e o", NEXT, "Cleo")
    await make(flow, "cleo", NEXT, "Cleo")
    cleo = world.client((await ask(world.client(), "login", username="cleo", password=NEXT))["access_token"])
    await make(flow, "cleo", ADA["password"], "Cleo")
    assert (await cleo.get("/api/auth/me")).status_code == 401
    assert (await ask(world.client(), "login", username="cleo", password=ADA["password"]))["user"]["role"] == "clerk"
    await ask(world.client(), "register", **ADA)
    with pytest.raises(Conflict):
        await make(flow, "ada", NEXT, "Ada")


def test_where_a_connection_is_at_home() -> None:
    """Unless a system says otherwise: on all channels that it may join and that are named by nothing but its own id."""
    assert bikeshop.home_of(Actor("1", "customer")) == ["customer:1"]
    assert bikeshop.home_of(Actor("1", "clerk")) == ["board"]


def test_outside_of_tests_a_password_costs_what_it_must() -> None:
    """At least 19 MiB and two passes (OWASP's password storage, argon2id), in all that the command can load."""
    said = "import livefloor.cli, livefloor.serve; from livefloor.identity.secrets import hash_password as h; print(h('x'))"
    made = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout
    _, kind, _, costs, *_ = made.split("$")
    cost = dict(each.split("=") for each in costs.split(","))
    assert kind == "argon2id"
    assert int(cost["m"]) >= 19 * 1024
    assert int(cost["t"]) >= 2
