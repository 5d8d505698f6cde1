"""Sessions: who is signed in on what, with refresh tokens that rotate and devices that are known."""

import functools
import re
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal, NamedTuple, Protocol

from sqlalchemy import Index, bindparam, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from livefloor.declare.event import Event, View
from livefloor.declare.roles import Actor
from livefloor.identity.addresses import prefix_of
from livefloor.identity.secrets import keyed
from livefloor.identity.tokens import Claims, Tokens
from livefloor.kernel.ids import digest, new_id, new_secret
from livefloor.kernel.problems import NotAuthenticated, Problem, TooMany
from livefloor.store.models import PlatformTables, UtcTime
from livefloor.work.ctx import Ctx, Look, Means

MOST_SESSIONS = 10
MOST_REFRESHES = 30
"""How often one session may be refreshed in a minute."""

KNOWN_FOR = timedelta(days=180)
DEVICE_FAILURES = 10
"""After how many failures in a row a device is known no more (guard C)."""


class Session(PlatformTables):
    """One sign-in of one account; it ends by log-out, revocation or time."""

    __tablename__ = "sessions"
    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str]
    user_agent: Mapped[str]
    ip_prefix: Mapped[str]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoke_cause: Mapped[str | None]
    device_id: Mapped[str | None]
    __table_args__ = (Index("ix_sessions_user_id_revoked_at", "user_id", "revoked_at"),)


class RefreshToken(PlatformTables):
    """A refresh token, as a hash; `replaced_at` tells when it was used."""

    __tablename__ = "refresh_tokens"
    id: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    parent_id: Mapped[str | None]
    issued_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]


class Device(PlatformTables):
    """A device on which this account has signed in before, known by a token that only it holds."""

    __tablename__ = "devices"
    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    failures: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime]


def standing_of(user: type[Any]) -> Any:
    """Return the statement that reads what each request's check needs, for a system's accounts."""
    return (
        select(Session.revoked_at, Session.expires_at, user.role, user.status, user.display_name)
        .join(user, user.id == Session.user_id)
        .where(Session.id == bindparam("session_id"), Session.user_id == bindparam("user_id"))
    )


class AccountInactive(NotAuthenticated):
    """The account behind the session may not sign in any more; it is told as the end of the session unless a wire says more."""


def actor_of(claims: Claims, standing: tuple[Any, ...] | None, now: datetime, **seen: Any) -> Actor:
    """Return the actor that a checked token stands for now. Raises NotAuthenticated `session_revoked`."""
    if standing is None:
        raise NotAuthenticated("session_revoked", "This session has ended; sign in again.")
    revoked_at, expires_at, role, status, name = standing
    if status != "active":
        raise AccountInactive("session_revoked", "This session has ended; sign in again.")
    if revoked_at is not None or expires_at <= now:
        raise NotAuthenticated("session_revoked", "This session has ended; sign in again.")
    return Actor(claims.user_id, role, claims.session_id, name, expires_at=claims.expires_at, **seen)


# -- telling ----------------------------------------------------------------------------------------------------------


class SessionRevoked(Event):
    """Sessions of one account ended before their time; `cause` says why."""

    name: ClassVar[str] = "session.revoked"
    rank: ClassVar[int] = 60
    user_id: str
    session_ids: list[str]
    cause: str

    def subject(self) -> str:
        """Name the account."""
        return f"user:{self.user_id}"

    def rechecks(self) -> str:
        """Name the account: its open connections end with their sessions."""
        return self.user_id


class Pair(View):
    """An access token and the refresh token that gets the next one."""

    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = "bearer"
    expires_in: int


# -- sessions ---------------------------------------------------------------------------------------------------------

_NOW = bindparam("now", type_=UtcTime())
_ACTIVE = (Session.user_id == bindparam("of_user"), Session.revoked_at.is_(None), Session.expires_at > _NOW)
ACTIVE = select(Session).where(*_ACTIVE).order_by(Session.created_at, Session.id)
REVOKE_ALL = (
    update(Session)
    .where(*_ACTIVE)
    .values(revoked_at=_NOW, revoke_cause=bindparam("cause"))
    .returning(Session.id)
    .execution_options(synchronize_session=False)
)
REVOKE_ONE = REVOKE_ALL.where(Session.id == bindparam("of_id"))
REVOKE_OTHERS = REVOKE_ALL.where(Session.id != bindparam("of_id"))
_OF_USER = select(Session.id).where(Session.user_id == bindparam("of_user"))
FORGET = (
    delete(RefreshToken).where(RefreshToken.session_id.in_(_OF_USER)),
    delete(Session).where(Session.user_id == bindparam("of_user")),
    delete(Device).where(Device.user_id == bindparam("of_user")),
)


class SignsIn(Protocol):
    """What a session needs to know of an account."""

    id: Any
    role: Any


async def revoke(ctx: Ctx, user_id: str, cause: str, *, only: str | None = None, but: str | None = None) -> int:
    """End the active sessions of an account: all, `only` one, or all `but` one. Return how many ended."""
    given = {"of_user": user_id, "now": ctx.now, "cause": cause}
    if only is not None:
        ended = await ctx.returning(REVOKE_ONE, of_id=only, **given)
    elif but is not None:
        ended = await ctx.returning(REVOKE_OTHERS, of_id=but, **given)
    else:
        ended = await ctx.returning(REVOKE_ALL, **given)
    if ended:
        ctx.emit(SessionRevoked(user_id=user_id, session_ids=ended, cause=cause))
    return len(ended)


async def begin(ctx: Ctx, account: SignsIn, device: Device | None) -> tuple[str, Pair]:
    """Begin a session of an account on a device; the oldest ends when there are too many. Return its id and tokens."""
    active = await ctx.all(ACTIVE, of_user=account.id, now=ctx.now)
    for session in active[: max(0, len(active) - MOST_SESSIONS + 1)]:
        await revoke(ctx, account.id, "too_many", only=session.id)
    session = Session(
        id=new_id(),
        user_id=account.id,
        user_agent=ctx.actor.user_agent,
        ip_prefix=prefix_of(ctx.actor.address),
        created_at=ctx.now,
        last_used_at=ctx.now,
        expires_at=ctx.now + ctx.means.system.session_terms.lives,
        device_id=device.id if device is not None else None,
    )
    await ctx.add(session)
    return session.id, await _pair(ctx, account, session.id, None)


async def forget_sessions(ctx: Ctx, user_id: str) -> None:
    """Erase the sessions and devices of an account."""
    for statement in FORGET:
        await ctx.run(statement, of_user=user_id)


@functools.lru_cache(maxsize=16)
def _tokens(secret: str) -> Tokens:
    return Tokens(secret)


def tokens_of(means: Means) -> Tokens:
    """Return what issues the access tokens of a running system."""
    return _tokens(means.secrets["secret_key"])


async def _pair(ctx: Ctx, account: SignsIn, session_id: str, parent_id: str | None, secret: str | None = None) -> Pair:
    secret = secret or new_secret()
    token = RefreshToken(
        id=new_id(),
        session_id=session_id,
        token_hash=digest(secret),
        parent_id=parent_id,
        issued_at=ctx.now,
        expires_at=ctx.now + ctx.means.system.session_terms.lives,
    )
    return _written(ctx, account, await ctx.add(token), secret)


def _written(ctx: Ctx, account: SignsIn, token: RefreshToken, secret: str) -> Pair:
    """Return the pair that goes with a refresh token: for one token it is always the same."""
    lives = timedelta(minutes=ctx.settings.access_token_expire_minutes)
    access = tokens_of(ctx.means).issue(
        account.id, token.session_id, account.role, token.issued_at, lives, jti=token.id
    )
    return Pair(access_token=access, refresh_token=secret, expires_in=int(lives.total_seconds()))


def _successor(ctx: Ctx, refresh_token: str) -> str:
    """Return the secret that follows a refresh token where it is told twice: nobody without the server's key finds it."""
    return keyed(ctx.means.secrets["secret_key"], f"refresh:{refresh_token}")


# -- rotation ---------------------------------------------------------------------------------------------------------

BY_TOKEN = select(RefreshToken).where(RefreshToken.token_hash == bindparam("of_hash"))
REPLACE = (
    update(RefreshToken)
    .where(RefreshToken.id == bindparam("of_id"), RefreshToken.replaced_at.is_(None))
    .values(replaced_at=_NOW)
)
ISSUED_SINCE = (
    select(func.count())
    .select_from(RefreshToken)
    .where(
        RefreshToken.session_id == bindparam("of_session"), RefreshToken.issued_at > bindparam("since", type_=UtcTime())
    )
)


async def rotate(ctx: Ctx, refresh_token: str) -> Pair | Problem:
    """Give another pair for a refresh token, or the refusal: it is returned, so that a revocation is kept."""
    token = await ctx.one(BY_TOKEN, of_hash=digest(refresh_token))
    if token is None:
        return NotAuthenticated("invalid_refresh_token", "This is not a refresh token; sign in again.")
    # Whoever refreshes, revokes or counts within one session waits for the other, so that each sees what was before.
    session = await ctx.locked(Session, token.session_id)
    account = await ctx.find(ctx.means.system.user, session.user_id) if session is not None else None
    if session is None or session.revoked_at is not None or account is None or account.status != "active":
        return NotAuthenticated("session_revoked", "This session has ended; sign in again.")
    if token.expires_at <= ctx.now or session.expires_at <= ctx.now:
        return NotAuthenticated("refresh_expired", "You were away for too long; sign in again.")
    terms = ctx.means.system.session_terms
    if not await ctx.run(REPLACE, of_id=token.id, now=ctx.now):
        again = await ctx.one(BY_TOKEN, of_hash=token.token_hash)
        same_device = session.user_agent == ctx.actor.user_agent
        in_time = again is not None and again.replaced_at is not None and again.replaced_at >= ctx.now - terms.grace
        if not in_time or (terms.same_again and not same_device):
            await revoke(ctx, session.user_id, "reuse", only=session.id)
            return NotAuthenticated("refresh_reused", "This refresh token was used before; the session has ended.")
        if terms.same_again:
            secret = _successor(ctx, refresh_token)
            given = await ctx.one(BY_TOKEN, of_hash=digest(secret))
            assert given is not None
            return _written(ctx, account, given, secret)
    if (
        await ctx.one(ISSUED_SINCE, of_session=session.id, since=ctx.now - timedelta(minutes=1)) or 0
    ) >= MOST_REFRESHES:
        raise TooMany("rate_limited", "This session was refreshed too often; wait a moment.", retry_after=60)
    session.last_used_at, session.expires_at = ctx.now, ctx.now + terms.lives
    await ctx.save(session)
    following = _successor(ctx, refresh_token) if terms.same_again else None
    return await _pair(ctx, account, session.id, token.id, following)


# -- devices ----------------------------------------------------------------------------------------------------------

TRUSTED = (
    Device.user_id == bindparam("of_user"),
    Device.expires_at > bindparam("now", type_=UtcTime()),
    Device.failures < DEVICE_FAILURES,
)
KNOWN_BY_TOKEN = select(Device).where(*TRUSTED, Device.token_hash == bindparam("of_hash"))
KNOWN_BY_ID = select(Device).where(*TRUSTED, Device.id == bindparam("of_id"))
KNOWN = select(Device).where(*TRUSTED).order_by(Device.last_used_at.desc(), Device.id)
FORGET_DEVICES = delete(Device).where(Device.user_id == bindparam("of_user"))


class KnownDevice(NamedTuple):
    """A device that an account trusts, and the token by which it is known."""

    device: Device
    token: str


async def device_of_token(look: Look, user_id: str, token: str) -> Device | None:
    """Return the device of this account that the token stands for, while it is trusted."""
    return await look.one(KNOWN_BY_TOKEN, of_user=user_id, of_hash=digest(token), now=look.now)


async def device_of_session(look: Look, user_id: str) -> Device | None:
    """Return the device on which the caller's session runs, while it is trusted."""
    session = await look.find(Session, look.actor.session_id)
    if session is None or session.device_id is None:
        return None
    return await look.one(KNOWN_BY_ID, of_user=user_id, of_id=session.device_id, now=look.now)


async def trust(ctx: Ctx, user_id: str, known: KnownDevice | None = None) -> KnownDevice:
    """Trust the caller's device from now on: the one that is known already, else a new one with a token of its own."""
    if known is not None and await ctx.find(Device, known.device.id) is not None:
        known.device.last_used_at, known.device.expires_at = ctx.now, ctx.now + KNOWN_FOR
        await ctx.save(known.device)
        return known
    token = new_secret()
    device = Device(
        id=new_id(),
        user_id=user_id,
        token_hash=digest(token),
        label=_label(ctx.actor.user_agent),
        created_at=ctx.now,
        last_used_at=ctx.now,
        expires_at=ctx.now + KNOWN_FOR,
    )
    return KnownDevice(await ctx.add(device), token)


async def distrust_all(ctx: Ctx, user_id: str) -> None:
    """Know no device of this account any more."""
    await ctx.run(FORGET_DEVICES, of_user=user_id)


def _label(user_agent: str) -> str:
    """Return what a person would call a device, e.g. `Firefox on Android`."""
    browser = re.search(r"Edg|Firefox|FxiOS|Chrome|CriOS|Safari", user_agent)
    place = re.search(r"Android|iPhone|iPad|Windows|Mac OS|Linux", user_agent)
    names = {"Edg": "Edge", "FxiOS": "Firefox", "CriOS": "Chrome", "Mac OS": "Mac"}
    if browser is None or place is None:
        return user_agent[:40] or "Unknown device"
    return f"{names.get(browser[0], browser[0])} on {names.get(place[0], place[0])}"
