"""Getting in and out: sign in with name and password, refresh, sign out, who am I, another password (sections 3, 5.1)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from sqlalchemy import select, update

from livefloor import (
    GET,
    POST,
    PUBLIC,
    Ctx,
    Document,
    Flow,
    Forbidden,
    FromCookie,
    Input,
    Invalid,
    Look,
    NotAuthenticated,
    Part,
    Problem,
    Shown,
    UtcTime,
    View,
    bindparam,
    check_password,
    hash_password,
    sessions,
    throttle,
)
from livefloor.parts.auth import REFRESH_COOKIE, refresh_cookie
from livefloor.systems.coffee.accounts import (
    BY_USERNAME,
    Password,
    Role,
    UserSignedIn,
    UserSignedOut,
    UserUpdated,
    brief,
    refuse_weak_password,
)
from livefloor.systems.coffee.models import DisplayDevice, Schedule, Station, User
from livefloor.systems.coffee.occasions import event_timezone
from livefloor.systems.coffee.rooms import CHANNELS, STAFF, STAFF_AND_BOARDS, by, home
from livefloor.systems.coffee.staffing import running_shift

PREFIX = "/api/auth"
GUARD = throttle.Policy()
SEEN = update(User).where(User.id == bindparam("of_id")).values(last_seen_at=bindparam("now", type_=UtcTime()))
FORGET_DEVICE = (
    update(DisplayDevice)
    .where(DisplayDevice.id == bindparam("of_id"))
    .values(revoked_at=bindparam("now", type_=UtcTime()))
)
STATION_IDS = select(Station.id).order_by(Station.id)


class Login(Input):
    """Who wants in; whoever has a one-time password chooses a new one at once."""

    username: Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=64)]
    password: Password
    new_password: Password | None = None


class Refresh(Input):
    """The refresh token, where it does not come as a cookie."""

    refresh_token: str | None = Field(None, min_length=1, max_length=200)


class NewPassword(Input):
    """The password of now, and the next."""

    current_password: Password
    new_password: Password


class SignedInUser(View):
    """Whose session it is; `station_id` is the own station: where the running shift is, else that of the account."""

    id: str
    username: str
    display_name: str
    role: Role
    station_id: int | None


class TokenPair(View):
    """An access token, and the refresh token that gets the next one."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int


class SignedIn(TokenPair):
    """The tokens of a new session and whose it is."""

    user: SignedInUser


class RunningShift(View):
    """The shift that one is checked in to."""

    id: str
    station_id: int
    role: Literal["barista", "support"]
    starts_at: datetime
    ends_at: datetime
    status: Literal["checked_in", "on_break"]


class Me(View):
    """Who one is, what one may do, and what the service can do."""

    user: SignedInUser
    shift: RunningShift | None
    rooms: list[str]
    permissions: list[str]
    server_time: datetime
    timezone: str
    features: dict[str, str]


signin = Part("signin")


# -- in ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Asked:
    tried: throttle.Try
    user_id: str | None
    username: str
    stored: str | None


@signin.flow(
    POST(f"{PREFIX}/login"), allow=PUBLIC, refuses=(401, 403, 423, 429), replay=False, limit="login", secure=True
)
async def login(flow: Flow, body: Login) -> SignedIn | Shown:
    """Sign in with user name and password."""
    if body.new_password is not None:
        refuse_weak_password(body.new_password, body.username)
    asked = await flow.execute(_ask, body.username)
    if isinstance(asked, Problem):
        raise asked
    if not await flow.offload(check_password, body.password, asked.stored):
        raise _wrong()
    fresh = await flow.offload(hash_password, body.new_password) if body.new_password is not None else None
    done = await flow.execute(_let_in, asked, fresh)
    if isinstance(done, Problem):
        raise done
    return _with_cookie(flow, done, done.refresh_token)


async def _ask(ctx: Ctx, username: str) -> _Asked | Problem:
    tried = await throttle.reserve(ctx, username, GUARD)
    if isinstance(tried, Problem):
        return tried
    user = await ctx.one(BY_USERNAME, of_name=username)
    if user is None:
        return _Asked(tried, None, username, None)
    return _Asked(tried, user.id, username, user.password_hash)


def _wrong() -> NotAuthenticated:
    return NotAuthenticated("bad_credentials", "The user name or the password is wrong.")


async def _let_in(ctx: Ctx, asked: _Asked, fresh: str | None) -> SignedIn | Problem:
    """Begin a session; the password was right when it was read, and must still be the account's."""
    user = await ctx.locked(User, asked.user_id)
    if user is None or user.password_hash != asked.stored:
        return _wrong()
    await throttle.succeeded(ctx, asked.tried)
    if user.status != "active":
        return Forbidden("user_inactive", "This account is switched off; ask an organizer.")
    if user.password_is_one_time:
        if fresh is None:
            return Forbidden("password_change_required", "This password holds once: choose your own as new_password.")
        user.password_hash, user.password_is_one_time = fresh, False
        await ctx.save(user)
        ctx.emit(UserUpdated(user=brief(user), changed=["password"]))
    elif fresh is not None:
        return Invalid.field("new_password", "is for one-time passwords; use change-password")
    session_id, pair = await sessions.begin(ctx, user, None)
    await ctx.run(SEEN, of_id=user.id, now=ctx.now)
    ctx.emit(UserSignedIn(user_id=user.id, session_id=session_id))
    return SignedIn(
        access_token=pair.access_token,
        refresh_token=pair.refresh_token,
        expires_in=pair.expires_in,
        user=_shown(user, await running_shift(ctx, user.id)),
    )


def _shown(user: User, shift: Schedule | None) -> SignedInUser:
    shown = SignedInUser.model_validate(user)
    return shown if shift is None else shown.model_copy(update={"station_id": shift.station_id})


def _with_cookie(flow: Flow, answer: View, refresh_token: str) -> Shown:
    """Return an answer that also keeps the refresh token where no page can read it."""
    cookie = refresh_cookie(PREFIX, refresh_token, flow.means.system.session_terms.lives)
    return Shown.of(answer, {"Set-Cookie": cookie})


@signin.flow(POST(f"{PREFIX}/refresh"), allow=PUBLIC, refuses=(401, 429), replay=False, secure=True)
async def refresh(
    flow: Flow, body: Refresh | None = None, held: Annotated[str | None, FromCookie(REFRESH_COOKIE)] = None
) -> TokenPair | Shown:
    """Get the next pair of tokens for a refresh token, from the body or the cookie."""
    token = (body.refresh_token if body is not None else None) or held
    if not token:
        raise NotAuthenticated("refresh_invalid", "There is no refresh token; sign in again.")
    given = await flow.execute(sessions.rotate, token[:200])
    if isinstance(given, Problem):
        # Here a session that has ended is one more token that stands for none.
        raise NotAuthenticated("refresh_invalid", given.detail) if given.code == "session_revoked" else given
    pair = TokenPair(access_token=given.access_token, refresh_token=given.refresh_token, expires_in=given.expires_in)
    return _with_cookie(flow, pair, pair.refresh_token)


# -- out --------------------------------------------------------------------------------------------------------------


@signin.flow(POST(f"{PREFIX}/logout", 204), allow=STAFF_AND_BOARDS, replay=False)
async def logout(flow: Flow) -> Document:
    """End this session; its live connections close. A paired board is unpaired."""
    await flow.execute(_end)
    return Document(b"", "application/json", {"Set-Cookie": refresh_cookie(PREFIX, "", GUARD.window)})


async def _end(ctx: Ctx) -> None:
    user_id, session_id = ctx.actor.id, ctx.actor.session_id
    assert user_id is not None
    if session_id is None:
        await ctx.run(FORGET_DEVICE, of_id=user_id, now=ctx.now)
    elif not await sessions.revoke(ctx, user_id, "logout", only=session_id):
        raise NotAuthenticated("session_revoked", "This session has ended already.")
    ctx.emit(UserSignedOut(user_id=user_id, session_id=session_id))


# -- oneself ----------------------------------------------------------------------------------------------------------


@signin.query(GET(f"{PREFIX}/me"), allow=STAFF_AND_BOARDS)
async def get_me(look: Look) -> Me:
    """Show who one is, the running shift, the rooms that one may join, and what one may call."""
    actor, system = look.actor, look.means.system
    assert actor.id is not None
    user = await look.find(User, actor.id)
    shift = await running_shift(look, actor.id)
    if user is not None:
        shown = _shown(user, shift)
    else:
        device = await look.find(DisplayDevice, actor.id)
        assert device is not None
        named = {"id": device.id, "username": device.name, "display_name": device.name}
        shown = SignedInUser.model_validate({**named, "role": "display", "station_id": device.station_id})
    plain = [channel() for channel in CHANNELS if "{" not in channel.pattern]
    stations = [f"{kind}_{number}" for kind in ("station", "display") for number in await look.all(STATION_IDS)]
    rooms = {*home(actor), *(room for room in [*plain, *stations] if system.admits(actor, room))}
    return Me(
        user=shown,
        shift=RunningShift.model_validate(shift) if shift is not None else None,
        rooms=sorted(rooms),
        permissions=sorted(verb.name for verb in system.verbs() if actor.role in verb.allow),
        server_time=look.now,
        timezone=await event_timezone(look),
        features={"sms": look.settings.sms},
    )


@signin.flow(POST(f"{PREFIX}/change-password", 204), allow=STAFF, refuses=(401, 423), replay=False)
async def change_password(flow: Flow, body: NewPassword) -> None:
    """Choose another password; the other sessions end."""
    refuse_weak_password(body.new_password, await flow.look(_own_name))
    asked = await flow.execute(_ask_again)
    if isinstance(asked, Problem):
        raise asked
    if not await flow.offload(check_password, body.current_password, asked.stored):
        raise _wrong()
    done = await flow.execute(_change_password, asked, await flow.offload(hash_password, body.new_password))
    if done is not None:
        raise done


async def _own_name(look: Look) -> str:
    user = await look.find(User, look.actor.id)
    assert user is not None
    return user.username


async def _ask_again(ctx: Ctx) -> _Asked | Problem:
    return await _ask(ctx, await _own_name(ctx))


async def _change_password(ctx: Ctx, asked: _Asked, password_hash: str) -> Problem | None:
    user = await ctx.locked(User, asked.user_id)
    if user is None or user.password_hash != asked.stored:
        return _wrong()
    await throttle.succeeded(ctx, asked.tried)
    user.password_hash, user.password_is_one_time = password_hash, False
    await ctx.save(user)
    await sessions.revoke(ctx, user.id, "password", but=ctx.actor.session_id)
    ctx.emit(UserUpdated(actor=by(ctx), user=brief(user), changed=["password"]))
    return None
