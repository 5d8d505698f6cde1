"""The commands about accounts: who there is, who is locked out, and what lets them in or out."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from livefloor import Ctx, Look, cli
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
    assert user("unlock", "u1").stdout == "u1 may sign in.\n"
    assert run(world.look(failures)) == 0

    assert user("sign-out", "u1").exit_code == 0
    assert run(world.look(lambda look: look.find(Session, session))).revoke_cause == "operator"
    assert [event.event.name for event in run(world.events())] == ["session.revoked"]
    missing = user("sign-out", "nobody")
    assert (missing.exit_code, "has no account nobody" in missing.stderr) == (1, True)


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
    bare = [
        " ".join(path)
        for path, help in found
        if f"For example: livefloor {' '.join(path)}" not in " ".join(help.split())
    ]
    assert bare == []
