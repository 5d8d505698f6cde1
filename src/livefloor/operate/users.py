"""The commands about accounts, for when nobody can sign in to do it on a page: `create-admin`, `user list`, `unlock`,
`sign-out`, `set-password`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import String, UniqueConstraint, func, or_, select

from livefloor.identity import lockout, sessions, throttle
from livefloor.identity.sessions import Session
from livefloor.operate.systems import AsJson, Data, SystemName, refuse, refuse_missing, run_in, runtimes_of
from livefloor.parts import passwords
from livefloor.work.ctx import Ctx, Flow, Look

app = typer.Typer(
    no_args_is_help=True, help="Look at the accounts of a system, unlock one, sign it out, set its password."
)

Who = Annotated[str, typer.Argument(help="The account's id, or the name by which it signs in.")]


def name_of(user: Any) -> str:
    """Return the column by which the accounts of a system sign in: the one that is unique beside the id."""
    table = user.__table__
    unique = {column.name for column in table.columns if column.unique}
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint) and len(constraint.columns) == 1:
            unique |= {column.name for column in constraint.columns}
    found = [column.name for column in table.columns if column.name in unique and isinstance(column.type, String)]
    return found[0] if found else "id"


async def _find(look: Look, who: str) -> Any:
    user: Any = look.means.system.user
    named = getattr(user, name_of(user))
    return await look.one(select(user).where(or_(user.id == who, named == who)))


def _name(user: Any) -> str:
    return getattr(user, name_of(type(user))) or ""


async def _open_sessions(look: Look) -> dict[str, int]:
    """Return how many open sessions each account has that has any."""
    active = select(Session.user_id, func.count()).where(Session.revoked_at.is_(None), Session.expires_at > look.now)
    return dict(await look.tuples(active.group_by(Session.user_id)))


async def accounts(look: Look, role: str | None) -> list[dict[str, Any]]:
    """Return the accounts, those of one role if it is said, with how many sessions each has."""
    user: Any = look.means.system.user
    statement = select(user).order_by(user.role, user.id)
    found: list[Any] = await look.all(statement.where(user.role == role) if role else statement)
    open_sessions = await _open_sessions(look)
    locked = await lockout.locked_keys(look)
    return [
        {
            "id": each.id,
            "name": _name(each) or None,
            "role": each.role,
            "status": each.status,
            "display_name": each.display_name,
            "sessions": open_sessions.get(each.id, 0),
            "locked": lockout.key_of(look, _name(each)) in locked,
        }
        for each in found
    ]


@app.command("list")
def list_users(
    system: SystemName,
    role: Annotated[str | None, typer.Option(help="Only accounts of this role.")] = None,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """List the accounts: by which name they sign in, role, standing, open sessions, whether they are locked out.

    For example: livefloor user list laundry --role admin
    """
    runtime = runtimes_of([system], data)[0]
    refuse_missing(runtime)
    found = run_in(runtime, lambda flow: flow.look(accounts, role))
    if as_json:
        typer.echo(json.dumps(found, indent=1, ensure_ascii=False))
        return
    for each in found:
        locked = "  locked" if each["locked"] else ""
        typer.echo(
            f"{each['name'] or '-':12}  {each['role']:10}  {each['status']:8}  {each['sessions']} sessions"
            f"  {each['display_name'] or '-'}  {each['id']}{locked}"
        )


@app.command()
def unlock(system: SystemName, who: Who, as_json: AsJson = False, data: Data = None) -> None:
    """Forgive an account its wrong tries, so that it may sign in at once.

    Ends with 0, with 1 when there is no such account.

    For example: livefloor user unlock laundry 100001
    """

    async def work(flow: Flow, user: Any) -> int:
        name = _name(user)

        async def clear(ctx: Ctx) -> None:
            await lockout.clear(ctx, lockout.key_of(ctx, name))
            await throttle.clear(ctx, name)

        await flow.execute(clear)
        return 0

    _do(system, who, data, work, "may try again at once", as_json=as_json)


@app.command("sign-out")
def sign_out(system: SystemName, who: Who, as_json: AsJson = False, data: Data = None) -> None:
    """End all sessions of an account; its open pages are told within a second.

    Ends with 0, with 1 when there is no such account.

    For example: livefloor user sign-out coffee mina
    """

    async def work(flow: Flow, user: Any) -> int:
        return await flow.execute(lambda ctx: sessions.revoke(ctx, user.id, "operator"))

    _do(system, who, data, work, "is signed out", as_json=as_json)


@app.command("set-password")
def set_password(system: SystemName, who: Who, as_json: AsJson = False, data: Data = None) -> None:
    """Give an account another password, forgive it its wrong tries, and end all of its sessions.

    The password is asked for, or read as one line from the standard input; it is never an argument, which others could see.

    Ends with 0, with 1 when there is no such account, with 2 for a password that is too easy or an account without one.

    For example: livefloor user set-password coffee mina < new-password.txt
    """

    async def work(flow: Flow, user: Any) -> int:
        to = setter_of(flow.means.system)
        if to is None:
            refuse([f"{flow.means.system.name} lets nobody in by a password."])
        ended = (await flow.look(_open_sessions)).get(user.id, 0)
        await to(flow, user.id, _asked_password())
        return ended

    _do(system, who, data, work, "has another password and is signed out", as_json=as_json)


def setter_of(system: Any) -> Any:
    """Return what sets an account's password in a system, or None."""
    of_part = passwords.set_password if issubclass(system.user, passwords.PasswordAccount) else None
    return system.set_password or of_part


def _asked_password() -> str:
    """Return what a person types twice, or one line of what is piped in."""
    if sys.stdin.isatty():
        typed: str = typer.prompt("New password", hide_input=True, confirmation_prompt=True, err=True)
        return typed
    return sys.stdin.readline().rstrip("\r\n")


def _do(
    system: str,
    who: str,
    data: Path | None,
    work: Callable[[Flow, Any], Awaitable[int]],
    says: str,
    *,
    as_json: bool,
) -> None:
    """Do something with one account, and say so; `work` returns how many sessions it has ended."""
    runtime = runtimes_of([system], data)[0]
    refuse_missing(runtime)

    async def run(flow: Flow) -> dict[str, Any] | None:
        user = await flow.look(_find, who)
        if user is None:
            return None
        ended = await work(flow, user)
        return {"id": user.id, "name": _name(user), "role": user.role, "status": user.status, "sessions_ended": ended}

    done = run_in(runtime, run)
    if done is None:
        refuse([f"{system} has no account {who}; livefloor user list {system} names them."], 1)
    elif as_json:
        typer.echo(json.dumps({"system": runtime.system.name, **done}, ensure_ascii=False))
    else:
        stands = "" if done["status"] == "active" else f" It is {done['status']} and cannot sign in."
        typer.echo(f"{who} {says}.{stands}")


# -- the first account ------------------------------------------------------------------------------------------------


def create_admin(
    system: SystemName,
    staff_id: Annotated[str, typer.Option(help="The admin's id.", prompt=True)],
    password: Annotated[
        str, typer.Option(help="At least 12 characters.", prompt=True, hide_input=True, confirmation_prompt=True)
    ],
    name: Annotated[str, typer.Option(help="The name that others see.")] = "Admin",
    data: Data = None,
) -> None:
    """Create an admin, or give an existing one a new password and unlock it.

    Ends with 0, with 2 for a password that is too easy or an id that is another's.

    For example: livefloor create-admin laundry --staff-id 100001
    """
    runtime = runtimes_of([system], data)[0]
    admit = runtime.system.create_admin
    if admit is None:
        refuse([f"{system} has no admins."])
    run_in(runtime, lambda flow: admit(flow, staff_id, password, name))
    typer.echo(f"Admin {staff_id} may sign in.")
