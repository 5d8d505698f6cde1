"""The crew's accounts: how they are shown, what is told of them, which passwords they may have, who may act on whom."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, StringConstraints
from sqlalchemy import func, select

from livefloor import (
    Address,
    Conflict,
    Ctx,
    Event,
    Flow,
    Forbidden,
    Frame,
    Invalid,
    Look,
    NotFound,
    View,
    bindparam,
    hash_password,
    is_common_password,
    new_secret,
    sessions,
    throttle,
)
from livefloor.systems.coffee.models import NEVER, Station, User
from livefloor.systems.coffee.rooms import LEADS, ORGANIZERS, USER, Fact

Role = Literal["admin", "organizer", "barista", "support", "display"]
Username = Annotated[
    str, AfterValidator(str.lower), StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9._-]{3,32}$")
]
DisplayName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f<>]+$")
]
Password = Annotated[str, Field(min_length=1, max_length=128)]

BY_USERNAME = select(User).where(User.username == bindparam("of_name"))
ADMINS = select(func.count()).select_from(User).where(User.role == "admin", User.status == "active")


class UserBrief(View):
    """Somebody of the crew, as all of it may know them."""

    collection: ClassVar[str] = "users"
    id: str
    username: str
    display_name: str
    role: Role
    station_id: int | None
    active: bool
    skills: list[str]
    checked_in: bool
    last_seen_at: datetime | None
    version: int


class UserView(UserBrief):
    """Somebody of the crew, as leads and the person see them."""

    phone: str | None
    password_is_one_time: bool


def user_fields(user: User, *, checked_in: bool) -> dict[str, Any]:
    """Return what the views of an account show."""
    seen = None if user.last_seen_at == NEVER else user.last_seen_at
    return {**vars(user), "active": user.status == "active", "checked_in": checked_in, "last_seen_at": seen}


def brief(user: User, *, checked_in: bool = False) -> UserBrief:
    """Return an account without phone number, as facts carry it."""
    return UserBrief.model_validate(user_fields(user, checked_in=checked_in))


# -- facts ------------------------------------------------------------------------------------------------------------


class UserFact(Fact):
    """A fact about one account, told to the organizers and to the account itself."""

    user: UserBrief

    def subject(self) -> str:
        """Name the account."""
        return f"user:{self.user.id}"

    def rooms(self) -> Sequence[Address]:
        """Return the organizers' room and the account's own."""
        return [ORGANIZERS(), USER(id=self.user.id)]


class UserCreated(UserFact):
    """Somebody joined the crew."""

    name: ClassVar[str] = "user_created"


class UserUpdated(UserFact):
    """An account was changed; open connections are checked again."""

    name: ClassVar[str] = "user_updated"
    changed: list[str]

    def rechecks(self) -> str:
        """Name the account."""
        return self.user.id


class SignFact(Event):
    """Somebody signed in or out."""

    rank: ClassVar[int] = 60
    user_id: str
    session_id: str | None

    def subject(self) -> str:
        """Name the account."""
        return f"user:{self.user_id}"


class UserSignedIn(SignFact):
    """Somebody signed in."""

    name: ClassVar[str] = "user_signed_in"


class UserSignedOut(SignFact):
    """Somebody signed out; the connections of the session close."""

    name: ClassVar[str] = "user_signed_out"

    def rechecks(self) -> str:
        """Name the account."""
        return self.user_id


EVENTS: tuple[type[Event], ...] = (UserCreated, UserUpdated, UserSignedIn, UserSignedOut)
FRAMES: tuple[type[Frame], ...] = (UserCreated, UserUpdated)


# -- whose station ----------------------------------------------------------------------------------------------------


async def refuse_unknown_station(look: Look, station_id: int | None, field: str = "station_id") -> None:
    """Refuse a station that there is not, named in a body. Raises Invalid."""
    if station_id is not None and await look.find(Station, station_id) is None:
        raise Invalid.field(field, "there is no such station")


# -- whose accounts ---------------------------------------------------------------------------------------------------


def refuse_role(look: Look, role: str) -> None:
    """Keep admins and organizers out of an organizer's hands. Raises Forbidden `role_not_allowed`."""
    if look.actor.role != "admin" and role in LEADS:
        raise Forbidden("role_not_allowed", f"An organizer may not do this to an account of the role {role}.")


async def refuse_last_admin(ctx: Ctx) -> None:
    """Keep the last active admin; whoever takes one away waits for the other. Raises Conflict `last_admin`."""
    await ctx.lock("admins")
    if (await ctx.one(ADMINS) or 0) <= 1:
        raise Conflict("last_admin", "This is the last active admin.")


# -- passwords --------------------------------------------------------------------------------------------------------


def refuse_weak_password(password: str, username: str) -> None:
    """Refuse a password of under 10 characters, a common one, or one around the own name. Raises Invalid `weak_password`."""
    if len(password) < 10 or username in password.lower() or is_common_password(password):
        sentence = "A password has 10 to 128 characters, is not a common one, and does not hold the user name."
        raise Invalid("weak_password", sentence, errors=[{"field": "password", "message": sentence}])


async def made_password(flow: Flow, given: str | None, username: str) -> tuple[str, str | None]:
    """Return the hash of a given password, or of a new one-time password and the password itself."""
    if given is not None:
        refuse_weak_password(given, username)
        return await flow.offload(hash_password, given), None
    once = new_secret()[:16]
    return await flow.offload(hash_password, once), once


# -- the first admin --------------------------------------------------------------------------------------------------


async def create_admin(flow: Flow, username: str, password: str, name: str) -> None:
    """Make an admin, or give one that exists a new password and let it in again. Raises Invalid, Conflict."""
    username = username.strip().lower()
    if not (
        3 <= len(username) <= 32
        and all(letter.isascii() and (letter.isalnum() or letter in "._-") for letter in username)
    ):
        raise Invalid.field("username", "is 3 to 32 of a-z, 0-9, dot, hyphen and underscore")
    refuse_weak_password(password, username)
    await flow.execute(keep_admin, username, await flow.offload(hash_password, password), name)


async def keep_admin(ctx: Ctx, username: str, password_hash: str, name: str) -> None:
    """Store an admin with this password. Raises Conflict `username_taken` for an account of another role."""
    user = await ctx.one(BY_USERNAME, of_name=username)
    if user is None:
        user = User(username=username, role="admin", display_name=name, password_hash=password_hash)
        await ctx.add(user)
        ctx.emit(UserCreated(user=brief(user)))
        return
    if user.role != "admin":
        raise Conflict("username_taken", "There is an account of another role with this name.")
    user.status = "active"
    await _reset(ctx, user, password_hash)


async def set_password(flow: Flow, user_id: str, password: str) -> None:
    """Give an account another password; its wrong tries are forgiven and all of its sessions end. Raises Invalid."""
    user = await flow.look(lambda look: look.find(User, user_id))
    if user is None:
        raise NotFound()
    refuse_weak_password(password, user.username)
    await flow.execute(_set_password, user_id, await flow.offload(hash_password, password))


async def _set_password(ctx: Ctx, user_id: str, password_hash: str) -> None:
    user = await ctx.locked(User, user_id)
    if user is not None:
        await _reset(ctx, user, password_hash)


async def _reset(ctx: Ctx, user: User, password_hash: str) -> None:
    user.password_hash, user.password_is_one_time = password_hash, False
    await ctx.save(user)
    await throttle.clear(ctx, user.username)
    await sessions.revoke(ctx, user.id, "password_reset")
    ctx.emit(UserUpdated(user=brief(user), changed=["password"]))
