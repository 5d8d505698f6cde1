"""The crew: list, make, change accounts, and give a new password (section 5.4)."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints
from sqlalchemy import ColumnElement, exists, or_, select

from livefloor import (
    GET,
    POST,
    PUT,
    Conflict,
    Ctx,
    Cursor,
    Flow,
    Forbidden,
    Input,
    Invalid,
    Items,
    Look,
    NotFound,
    Paged,
    PageLimit,
    Part,
    View,
    page,
    sessions,
    throttle,
)
from livefloor.systems.coffee.accounts import (
    DisplayName,
    Password,
    Role,
    UserCreated,
    Username,
    UserUpdated,
    UserView,
    brief,
    made_password,
    refuse_last_admin,
    refuse_role,
    refuse_unknown_station,
    user_fields,
)
from livefloor.systems.coffee.models import Schedule, User
from livefloor.systems.coffee.rooms import LEADS, STAFF, by
from livefloor.systems.coffee.signin import RunningShift
from livefloor.systems.coffee.staffing import running_shift

Phone = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$"), Field(examples=["+61491570006"])]
Skills = Annotated[list[Annotated[str, Field(min_length=1, max_length=40)]], Field(max_length=20)]
Sort = Literal["display_name", "role", "last_seen_at"]

CHECKED_IN: ColumnElement[bool] = exists().where(
    Schedule.user_id == User.id, Schedule.status.in_(("checked_in", "on_break"))
)
ORDERS = {
    "display_name": (User.display_name, User.id),
    "role": (User.role, User.display_name, User.id),
    "last_seen_at": (User.last_seen_at.desc(), User.id),
}
OWN = {"display_name", "phone"}
"""What everybody may change of the own account."""


class CrewMember(View):
    """Somebody of the crew, as baristas and support see them."""

    id: str
    display_name: str
    role: Role
    station_id: int | None
    checked_in: bool


class UserPage(UserView):
    """An account with its running shift."""

    shift: RunningShift | None


class CrewPage(CrewMember):
    """Somebody of the crew with the running shift."""

    shift: RunningShift | None


class NewUser(Input):
    """A new account; without a password it gets one that holds once."""

    username: Username
    display_name: DisplayName
    role: Role
    password: Password | None = None
    phone: Phone | None = None
    station_id: int | None = None
    skills: Skills = Field(default_factory=list)


class CreatedUser(UserView):
    """The new account; the one-time password, if one was made, is shown only here."""

    one_time_password: str | None


class UserChange(Input):
    """What to change of an account."""

    version: int | None = None
    display_name: DisplayName | None = None
    phone: Phone | None = None
    station_id: int | None = None
    skills: Skills | None = None
    role: Role | None = None
    active: bool | None = None


class OneTimePassword(View):
    """A password that holds once, shown once."""

    one_time_password: str


users = Part("users")


@users.query(GET("/api/users/"), allow=STAFF)
async def list_users(
    look: Look,
    role: Role | None = None,
    station_id: int | None = None,
    active: bool | None = None,
    checked_in: bool | None = None,
    q: Annotated[str | None, Field(max_length=80)] = None,
    sort: Sort = "display_name",
    cursor: Cursor = None,
    limit: PageLimit = 50,
) -> Items[UserView | CrewMember]:
    """List the crew; baristas and support see name, role and station."""
    statement: Any = select(User, CHECKED_IN)
    if role is not None:
        statement = statement.where(User.role == role)
    if station_id is not None:
        statement = statement.where(User.station_id == station_id)
    if active is not None:
        statement = statement.where((User.status == "active").is_(active))
    if checked_in is not None:
        statement = statement.where(CHECKED_IN if checked_in else ~CHECKED_IN)
    if q:
        statement = statement.where(
            or_(User.display_name.icontains(q, autoescape=True), User.username.icontains(q, autoescape=True))
        )
    found: Paged[Any] = await page(look, statement, order=ORDERS[sort], cursor=cursor, limit=limit)
    items = [_shown(look, user, is_in) for user, is_in in found.rows]
    return Items[UserView | CrewMember](items=items, **found.place())


def _shown(look: Look, user: User, checked_in: bool) -> UserView | CrewMember:
    fields = user_fields(user, checked_in=checked_in)
    if look.actor.is_in(LEADS) or user.id == look.actor.id:
        return UserView.model_validate(fields)
    return CrewMember.model_validate(fields)


@users.query(GET("/api/users/{user_id}"), allow=STAFF)
async def get_user(look: Look, user_id: str) -> UserPage | CrewPage:
    """Show one of the crew with the running shift."""
    user = await look.find(User, user_id)
    if user is None:
        raise NotFound()
    shift = await running_shift(look, user_id)
    fields = user_fields(user, checked_in=shift is not None)
    fields["shift"] = RunningShift.model_validate(shift) if shift is not None else None
    is_whole = look.actor.is_in(LEADS) or user_id == look.actor.id
    return UserPage.model_validate(fields) if is_whole else CrewPage.model_validate(fields)


@users.flow(POST("/api/users/", 201), allow=LEADS, refuses=(409,))
async def create_user(flow: Flow, body: NewUser) -> CreatedUser:
    """Make an account."""
    hashed, once = await made_password(flow, body.password, body.username)
    return await flow.execute(_create_user, body, hashed, once)


async def _create_user(ctx: Ctx, body: NewUser, hashed: str, once: str | None) -> CreatedUser:
    refuse_role(ctx, body.role)
    await refuse_unknown_station(ctx, body.station_id)
    given = body.model_dump(exclude={"password"})
    user = User(**given, password_hash=hashed, password_is_one_time=once is not None)
    if not await ctx.try_add(user):
        raise Conflict("username_taken", "There is an account with this user name already.")
    ctx.emit(UserCreated(actor=by(ctx), user=brief(user)))
    return CreatedUser.model_validate({**user_fields(user, checked_in=False), "one_time_password": once})


@users.command(PUT("/api/users/{user_id}"), allow=STAFF, refuses=(409, 412))
async def change_user(ctx: Ctx, user_id: str, body: UserChange) -> UserView:
    """Change an account; a change of role or of being active ends its sessions."""
    if (body.role is not None or body.active is not None) and ctx.actor.role == "admin":
        # Who may take away the last admin waits here, before any row is held.
        await ctx.lock("admins")
    user = await ctx.locked(User, user_id)
    if user is None:
        raise NotFound()
    is_in = await running_shift(ctx, user_id) is not None
    fields = body.model_fields_set - {"version"}
    _refuse_fields(ctx, user, body, fields)
    ctx.check_version(user.version, body.version, UserView.model_validate(user_fields(user, checked_in=is_in)))
    if "station_id" in fields:
        await refuse_unknown_station(ctx, body.station_id)
    changed = await _change(ctx, user, body, fields)
    if changed:
        await ctx.save(user)
        if {"role", "active"} & set(changed):
            await sessions.revoke(ctx, user.id, "changed")
        ctx.emit(UserUpdated(actor=by(ctx), user=brief(user, checked_in=is_in), changed=changed))
    return UserView.model_validate(user_fields(user, checked_in=is_in))


def _refuse_fields(ctx: Ctx, user: User, body: UserChange, fields: set[str]) -> None:
    """Refuse what the caller may not change of this account (section 2)."""
    if user.id == ctx.actor.id:
        if (body.role is not None and body.role != user.role) or body.active is False:
            raise Conflict("self_change", "Nobody changes the own role or switches the own account off.")
        if ctx.actor.role != "admin" and not fields <= OWN:
            raise Forbidden("forbidden", "Of the own account you may change name and phone number.")
        return
    if not ctx.actor.is_in(LEADS):
        raise Forbidden("forbidden", "This is another one's account.")
    refuse_role(ctx, user.role)
    if "role" in fields and ctx.actor.role != "admin" and body.role != user.role:
        raise Forbidden("role_not_allowed", "Only an admin changes roles.")


async def _change(ctx: Ctx, user: User, body: UserChange, fields: set[str]) -> list[str]:
    """Put what was asked for into the row; return what is other than before."""
    changed = []
    for name in sorted(fields):
        value = getattr(body, name)
        if value is None and name not in ("phone", "station_id"):
            raise Invalid.field(name, "must not be null")
        column, value = ("status", "active" if value else "inactive") if name == "active" else (name, value)
        if getattr(user, column) == value:
            continue
        if column in ("role", "status") and user.role == "admin" and user.status == "active":
            await refuse_last_admin(ctx)
        setattr(user, column, value)
        changed.append(name)
    return changed


@users.flow(POST("/api/users/{user_id}/reset-password"), allow=LEADS)
async def reset_password(flow: Flow, user_id: str) -> OneTimePassword:
    """Give somebody a password that holds once; all of their sessions end."""
    hashed, once = await made_password(flow, None, user_id)
    await flow.execute(_reset_password, user_id, hashed)
    assert once is not None
    return OneTimePassword(one_time_password=once)


async def _reset_password(ctx: Ctx, user_id: str, hashed: str) -> None:
    user = await ctx.locked(User, user_id)
    if user is None:
        raise NotFound()
    if user.id != ctx.actor.id:
        refuse_role(ctx, user.role)
    user.password_hash, user.password_is_one_time = hashed, True
    await ctx.save(user)
    await throttle.clear(ctx, user.username)
    await sessions.revoke(ctx, user.id, "password_reset")
    ctx.emit(UserUpdated(actor=by(ctx), user=brief(user), changed=["password"]))
