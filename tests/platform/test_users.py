"""The commands about accounts: who there is, who is locked out, and what lets them in or out."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from bikeshop import system as bikeshop
from typer.testing import CliRunner, Result

from livefloor import Ctx, Flow, Look, cli
from livefloor.declare.roles import SYSTEM
from livefloor.identity import lockout
from livefloor.identity.sessions import Session
from livefloor.operate.users import name_of
from livefloor.systems.coffee import system as coffee
from livefloor.systems.laundry import system as laundry
from livefloor.testing.sign_in import sign_in
from livefloor.testing.world import World
from tests.conftest import Run
from tests.platform.shop import User


@pytest.fixture
def database_url() -> str:
    """Let all be on SQLite: what is asked of the database is in the parts below."""
    return ""


def user(*words: str) -> Result:
    """Run `livefloor user <word> <the shop> …`."""
    return CliRunner().invoke(cli.app, ["user", words[0], "tests.platform.shop:system", *words[1:]])


@pytest.mark.world(start=datetime(2100, 1, 1, tzinfo=UTC))
def test_accounts_are_listed_unlocked_and_signed_out(
    world: World, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside a running server: its pages are told by the event that the command leaves in the log."""
    monkeypatch.setenv("LIVEFLOOR_DATA", str(world.data))

    async def make(ctx: Ctx) -> str:
        row = await ctx.add(User(id="u1", role="mechanic", display_name="Ada"))
        await ctx.add(User(id="u2", role="clerk", display_name=None))
        key = lockout.key_of(ctx, "u1")
        for _ in range(5):
            await lockout.reserve(ctx, key, "password", 1, None)
        return (await sign_in(ctx, row))[0].id

    session = run(world.change(make))
    found = json.loads(user("list", "--json").stdout)
    assert [(each["id"], each["sessions"], each["locked"]) for each in found] == [("u2", 0, False), ("u1", 1, True)]
    assert "Ada" in user("list", "--role", "mechanic").stdout and "u2" not in user("list", "--role", "mechanic").stdout

    async def failures(look: Look) -> int:
        return (await lockout.account_state(look, lockout.key_of(look, "u1"))).failures

    assert run(world.look(failures)) == 5
    assert user("unlock", "u1").stdout == "u1 may try again at once.\n"
    assert run(world.look(failures)) == 0

    assert user("sign-out", "u1").exit_code == 0
    assert run(world.look(lambda look: look.find(Session, session))).revoke_cause == "operator"
    assert [event.event.name for event in run(world.events())] == ["session.revoked"]
    missing = user("sign-out", "nobody")
    assert (missing.exit_code, "has no account nobody" in missing.stderr) == (1, True)
    without = user("set-password", "u1")
    assert (without.exit_code, "lets nobody in by a password" in without.stderr) == (2, True)
    nowhere = user("list", "--data", str(world.data / "nowhere"))
    assert (nowhere.exit_code, "there is no database" in nowhere.stderr) == (2, True)
    assert not (world.data / "nowhere").exists()


OLD, NEW = "quite-another-word-9", "and-yet-another-one-8"


@pytest.mark.world(start=datetime(2100, 1, 1, tzinfo=UTC))
@pytest.mark.parametrize(
    ("system", "who", "field", "told"),
    [
        (laundry, "900001", "staff_id", ("/api/v1/auth/staff/login", "user.changed")),
        (coffee, "mina", "username", ("/api/auth/login", "user_updated")),
        (bikeshop, "mina", "username", ("/api/auth/login", "account.password_changed")),
    ],
    ids=["laundry", "coffee", "passwords"],
)
def test_a_forgotten_password_is_set_anew(
    world: World, run: Run[Any], monkeypatch: pytest.MonkeyPatch, who: str, field: str, told: tuple[str, str]
) -> None:
    """It comes from the standard input; locks open, all sessions end, the log says so; too easy a one changes nothing."""
    monkeypatch.setenv("LIVEFLOOR_DATA", str(world.data))
    name = {"bikeshop": "bikeshop:system"}.get(world.system.name, world.system.name)

    def set_to(password: str, *words: str) -> Result:
        return CliRunner().invoke(cli.app, ["user", "set-password", name, who, *words], input=f"{password}\n")

    async def sign_ins(*passwords: str) -> list[int]:
        async with world.client() as client:
            return [(await client.post(told[0], json={field: who, "password": one})).status_code for one in passwords]

    async def admit(flow: Flow) -> None:
        await world.system.create_admin(flow, who, OLD, "Ada")  # type: ignore[misc]

    run(admit(Flow(world.runtime.executor, SYSTEM, world.clock.now())))
    assert run(sign_ins(OLD, *["wrong"] * 5, OLD)) in ([200, *[401] * 5, 429], [200, *[401] * 5, 423])
    before = run(world.head())
    easy = set_to("laundry1")
    assert (easy.exit_code, run(world.head())) == (2, before) and "laundry1" not in easy.output
    done = json.loads(set_to(NEW, "--json").stdout)
    assert (done["name"], done["role"], done["status"], done["sessions_ended"]) == (who, done["role"], "active", 1)
    events = [event.event for event in run(world.events(before))]
    assert {event.name for event in events} == {"session.revoked", told[1]}
    assert all(NEW not in event.model_dump_json() for event in events)
    assert run(sign_ins(OLD, NEW)) == [401, 200]


@pytest.mark.world(start=datetime(2100, 1, 1, tzinfo=UTC))
@pytest.mark.parametrize("system", [laundry])
def test_a_student_has_a_pin_and_no_password(world: World, run: Run[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody gets past the rules for PINs with this command; the desk gives out a code."""
    monkeypatch.setenv("LIVEFLOOR_DATA", str(world.data))

    async def register() -> None:
        async with world.client() as client:
            body = {"student_id": "100001", "pin": "7305", "phone_number": "+60123456789"}
            assert (await client.post("/api/v1/auth/register", json=body)).status_code == 201

    run(register())
    said = CliRunner().invoke(cli.app, ["user", "set-password", "laundry", "100001"], input=f"{NEW}\n")
    assert (said.exit_code, "the desk gives out a code" in said.stderr) == (2, True)


def test_the_name_by_which_one_signs_in_is_known() -> None:
    """An account is found by what its person knows."""
    assert [name_of(each.user) for each in (laundry, coffee)] == ["student_id", "username"]
    assert name_of(User) == "id"


def test_every_command_shows_an_example() -> None:
    """`--help` of each says what it does and how it is written."""
    import typer

    def commands(app: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], str]]:
        own = [((*path, name), each.help or "") for name, each in app.commands.items() if not hasattr(each, "commands")]
        inner = [commands(each, (*path, name)) for name, each in app.commands.items() if hasattr(each, "commands")]
        return own + [one for many in inner for one in many]

    found = commands(typer.main.get_command(cli.app))
    assert len(found) > 20
    assert "2 it cannot be done as it was asked for" in " ".join(CliRunner().invoke(cli.app, ["--help"]).stdout.split())
    bare = [
        " ".join(path)
        for path, help in found
        if f"For example: livefloor {' '.join(path)}" not in " ".join(help.split())
    ]
    assert bare == []
