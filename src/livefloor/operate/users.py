"""The commands about accounts, for when nobody can sign in to do it on a page: `user list`, `unlock`, `sign-out`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from sqlalchemy import String, UniqueConstraint, func, or_, select

from livefloor.declare.roles import SYSTEM
from livefloor.identity import lockout, sessions, throttle
from livefloor.identity.sessions import Session
from livefloor.operate.systems import AsJson, Data, SystemName, runtimes_of
from livefloor.work.ctx import Ctx, Flow, Look

if TYPE_CHECKING:
    from livefloor.serve import Runtime

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, help="Look at the accounts of a system, unlock one, or sign it out.")

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


def _run(runtime: Runtime, work: Callable[[Flow], Awaitable[T]]) -> T:
    """Run a flow on a system that nobody need serve."""

    async def run() -> T:
        await runtime.open(background=False)
        try:
            return await work(Flow(runtime.executor, SYSTEM, runtime.clock.now()))
        finally:
            await runtime.close()

    return asyncio.run(run())


async def _find(look: Look, who: str) -> Any:
    user: Any = look.means.system.user
    named = getattr(user, name_of(user))
    return await look.one(select(user).where(or_(user.id == who, named == who)))


async def accounts(look: Look, role: str | None) -> list[dict[str, Any]]:
    """Return the accounts, those of one role if it is said, with how many sessions each has."""
    user: Any = look.means.system.user
    statement = select(user).order_by(user.role, user.id)
    found: list[Any] = await look.all(statement.where(user.role == role) if role else statement)
    active = select(Session.user_id, func.count()).where(Session.revoked_at.is_(None), Session.expires_at > look.now)
    open_sessions = dict(await look.tuples(active.group_by(Session.user_id)))
    locked = await lockout.locked_keys(look)
    return [
        {
            "id": each.id,
            "name": getattr(each, name_of(user)),
            "role": each.role,
            "status": each.status,
            "display_name": each.display_name,
            "sessions": open_sessions.get(each.id, 0),
            "locked": lockout.key_of(look, getattr(each, name_of(user)) or "") in locked,
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
    found = _run(runtimes_of([system], data)[0], lambda flow: flow.look(accounts, role))
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
def unlock(system: SystemName, who: Who, data: Data = None) -> None:
    """Forgive an account its wrong tries, so that it may sign in at once.

    For example: livefloor user unlock laundry 100001
    """

    async def work(ctx: Ctx) -> bool:
        found = await _find(ctx, who)
        if found is None:
            return False
        name = getattr(found, name_of(type(found))) or ""
        await lockout.clear(ctx, lockout.key_of(ctx, name))
        await throttle.clear(ctx, name)
        return True

    _end(system, who, _run(runtimes_of([system], data)[0], lambda flow: flow.execute(work)), "may sign in.")


@app.command("sign-out")
def sign_out(system: SystemName, who: Who, data: Data = None) -> None:
    """End all sessions of an account; its open pages are told within a second.

    For example: livefloor user sign-out coffee mina
    """

    async def work(ctx: Ctx) -> bool:
        found = await _find(ctx, who)
        if found is None:
            return False
        await sessions.revoke(ctx, found.id, "operator")
        return True

    _end(system, who, _run(runtimes_of([system], data)[0], lambda flow: flow.execute(work)), "is signed out.")


def _end(system: str, who: str, found: bool, says: str) -> None:
    if not found:
        typer.echo(f"{system} has no account {who}; livefloor user list {system} names them.", err=True)
        raise typer.Exit(1)
    typer.echo(f"{who} {says}")
