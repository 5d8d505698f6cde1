"""Guards against guessing: how many tries an account, a device, an address and the whole system get, over all processes.

A try is reserved before the secret is looked at: it is written down as a failure, and taken back when it was right. So of
any number of tries at the same moment no more are looked at than the guards allow, and a crash between leaves a failure.
Whoever reserves holds the names of the account and the address (in this order) until its transaction ends.

Known devices are outside all guards but their own: a prankster can lock an account for strangers, never for its owner.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Index, Integer, bindparam, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from livefloor.identity.addresses import prefix_of
from livefloor.identity.secrets import keyed
from livefloor.identity.sessions import DEVICE_FAILURES, Device
from livefloor.kernel.ids import new_id
from livefloor.kernel.problems import Forbidden, Problem, TooMany
from livefloor.store.models import PlatformTables, UtcTime
from livefloor.work.ctx import Ctx, Look

Kind = Literal["pin", "password", "code", "register"]
Mode = Literal["auto", "on", "off"]

LOCKS = {5: timedelta(minutes=15), 10: timedelta(hours=1), 15: timedelta(hours=24)}
CLOSED_AT = 20
STEP = 5
"""Guard A: an account locks for longer at each fifth failure from unknown devices, and closes at the twentieth."""

MONTH, MONTH_FAILURES = timedelta(days=30), 50
"""Guard B, which a success does not clear."""

ADDRESS_WINDOWS = ((timedelta(minutes=10), 20), (timedelta(hours=24), 100))
"""Guard D: failures from one address."""

SPREAD, SPREAD_IDS, SPREAD_BLOCK = timedelta(hours=1), 15, timedelta(hours=1)
"""Guard E: different ids that fail from one address."""

SYSTEM, SYSTEM_FAILURES, GUARD_MODE = timedelta(hours=1), 200, timedelta(hours=1)
"""Guard F: failures in the whole system."""


class LoginAttempt(PlatformTables):
    """One try to sign in, to reset a PIN with a code, or to register; the id stands there as an HMAC only."""

    __tablename__ = "login_attempts"
    id: Mapped[str] = mapped_column(primary_key=True)
    student_key: Mapped[str]
    ip_prefix: Mapped[str]
    kind: Mapped[str]
    device_known: Mapped[bool]
    ok: Mapped[bool]
    at: Mapped[datetime]
    __table_args__ = (
        Index("ix_login_attempts_student_key_at", "student_key", "at"),
        Index("ix_login_attempts_ip_prefix_at", "ip_prefix", "at"),
        Index("ix_login_attempts_at", "at"),
    )


class LoginGuard(PlatformTables):
    """Where a guard stands: of an account, of an address, or of the system (one row, `mode`)."""

    __tablename__ = "login_guards"
    scope: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    closed: Mapped[bool] = mapped_column(default=False)
    cleared_at: Mapped[datetime | None]
    mode: Mapped[str] = mapped_column(default="auto")


@dataclass(frozen=True, slots=True)
class Attempt:
    """A reserved try."""

    id: str
    kind: Kind
    key: str
    prefix: str
    factor: int
    device_id: str | None
    closes: int
    """After how many failures, this one among them, the account locks or the device is known no more."""


@dataclass(frozen=True, slots=True)
class Fallout:
    """What a failure led to."""

    attempts_left: int
    failures: int
    locked_until: datetime | None = None
    closed: bool = False
    guard_mode_until: datetime | None = None

    @property
    def locked(self) -> bool:
        """Tell whether this failure locked or closed the account."""
        return self.closed or self.locked_until is not None


_SINCE = LoginAttempt.at > bindparam("since", type_=UtcTime())
_FAILED = (LoginAttempt.ok.is_(False), LoginAttempt.device_known.is_(False))
_AT_DOORS = LoginAttempt.kind != "register"
_OF_ADDRESS = LoginAttempt.ip_prefix == bindparam("of_prefix")

MONTH_COUNT = (
    select(func.count())
    .select_from(LoginAttempt)
    .where(LoginAttempt.student_key == bindparam("of_key"), LoginAttempt.kind == "pin", *_FAILED, _SINCE)
)
NTH_OF_ADDRESS = (
    select(LoginAttempt.at)
    .where(_OF_ADDRESS, _AT_DOORS, *_FAILED, _SINCE)
    .order_by(LoginAttempt.at.desc())
    .offset(bindparam("before", type_=Integer()))
    .limit(1)
)
OTHER_IDS = select(func.count(LoginAttempt.student_key.distinct())).where(
    _OF_ADDRESS, _AT_DOORS, *_FAILED, _SINCE, LoginAttempt.student_key != bindparam("of_key")
)
SYSTEM_COUNT = (
    select(func.count())
    .select_from(LoginAttempt)
    .where(or_(LoginAttempt.kind == "pin", LoginAttempt.kind == "code"), *_FAILED, _SINCE)
)
NTH_REGISTRATION = (
    select(LoginAttempt.at)
    .where(_OF_ADDRESS, LoginAttempt.kind == "register", _SINCE)
    .order_by(LoginAttempt.at.desc())
    .offset(bindparam("before", type_=Integer()))
    .limit(1)
)
RIGHT = update(LoginAttempt).where(LoginAttempt.id == bindparam("of_id")).values(ok=True)
_MODE = (LoginGuard.scope == "system", LoginGuard.key == "mode")
_NOW = bindparam("now", type_=UtcTime())
PROLONG = update(LoginGuard).where(*_MODE).values(locked_until=bindparam("until", type_=UtcTime()))
BEGIN_GUARD_MODE = PROLONG.where(or_(LoginGuard.locked_until.is_(None), LoginGuard.locked_until <= _NOW))
LOCKED_ACCOUNTS = select(LoginGuard.key).where(
    LoginGuard.scope == "account", or_(LoginGuard.closed.is_(True), LoginGuard.locked_until > _NOW)
)
BLOCKED_ADDRESSES = (
    select(LoginGuard).where(LoginGuard.scope == "address", LoginGuard.locked_until > _NOW).order_by(LoginGuard.key)
)
FAILURES = select(func.count()).select_from(LoginAttempt).where(_AT_DOORS, LoginAttempt.ok.is_(False), _SINCE)


def key_of(look: Look, account: str) -> str:
    """Return the name under which an account's tries are counted, whether or not there is such an account."""
    secrets = look.means.secrets
    return keyed(secrets.get("pin_pepper") or secrets["secret_key"], f"account:{account}")


async def hold(ctx: Ctx, key: str) -> None:
    """Let nobody else reserve a try at this account, or spend a code of it, until this transaction ends."""
    await ctx.lock(f"account:{key}")


async def turned_away(ctx: Ctx, key: str, kind: Kind, factor: int) -> Problem | None:
    """Return the refusal of guards A, B, D or E for an unknown device, before anything is looked at.

    `factor` widens what an address may do, for networks that many people share.
    """
    guard = await ctx.find(LoginGuard, "account", key)
    if guard is not None and kind != "code":
        if guard.locked_until is not None and guard.locked_until > ctx.now and not guard.closed:
            wait = _seconds(guard.locked_until - ctx.now)
            return TooMany("account_locked", "Too many wrong tries; wait, or use a device you know.", retry_after=wait)
        if guard.closed or (kind == "pin" and await _month(ctx, guard) >= MONTH_FAILURES):
            return Forbidden("pin_reset_required", "Too many wrong tries: reset the PIN, or ask the staff.")
    return await _address_refusal(ctx, key, factor)


async def _address_refusal(ctx: Ctx, key: str, factor: int) -> Problem | None:
    prefix = prefix_of(ctx.actor.address)
    await ctx.lock(f"address:{prefix}")
    blocked = await ctx.find(LoginGuard, "address", prefix)
    if blocked is not None and blocked.locked_until is not None and blocked.locked_until > ctx.now:
        return _too_many(blocked.locked_until - ctx.now)
    for window, most in ADDRESS_WINDOWS:
        nth = await ctx.one(NTH_OF_ADDRESS, of_prefix=prefix, since=ctx.now - window, before=most * factor - 1)
        if nth is not None:
            return _too_many(nth + window - ctx.now)
    if await _other_ids(ctx, prefix, key) > SPREAD_IDS * factor:
        await _block_address(ctx, prefix)
        return _too_many(SPREAD_BLOCK)
    return None


def _too_many(wait: timedelta) -> Problem:
    return TooMany("too_many_attempts", "Too many wrong tries from this network; wait.", retry_after=_seconds(wait))


def _seconds(wait: timedelta) -> int:
    return math.ceil(wait.total_seconds())


async def _month(look: Look, guard: LoginGuard) -> int:
    since = max(look.now - MONTH, guard.cleared_at or look.now - MONTH)
    return await look.one(MONTH_COUNT, of_key=guard.key, since=since) or 0


async def _other_ids(look: Look, prefix: str, key: str) -> int:
    return await look.one(OTHER_IDS, of_prefix=prefix, of_key=key, since=look.now - SPREAD) or 0


async def _block_address(ctx: Ctx, prefix: str) -> None:
    row = await _guard(ctx, "address", prefix)
    row.locked_until = ctx.now + SPREAD_BLOCK
    await ctx.save(row)


async def _guard(ctx: Ctx, scope: str, key: str) -> LoginGuard:
    found = await ctx.find(LoginGuard, scope, key)
    if found is None:
        await ctx.try_add(LoginGuard(scope=scope, key=key))
        found = await ctx.find(LoginGuard, scope, key)
    assert found is not None
    return found


async def reserve(ctx: Ctx, key: str, kind: Kind, factor: int, device: Device | None) -> Attempt:
    """Write a try down as a failure before the secret is looked at."""
    if device is not None:
        device.failures += 1
        await ctx.save(device)
        closes = DEVICE_FAILURES - device.failures
    else:
        guard = await _guard(ctx, "account", key)
        guard.failures += 1
        if guard.failures in LOCKS:
            guard.locked_until = ctx.now + LOCKS[guard.failures]
        guard.closed = guard.failures >= CLOSED_AT
        await ctx.save(guard)
        closes = -guard.failures % STEP
    return await _note(ctx, key, kind, factor, device, closes)


async def _note(ctx: Ctx, key: str, kind: Kind, factor: int, device: Device | None, closes: int) -> Attempt:
    prefix = prefix_of(ctx.actor.address)
    row = LoginAttempt(
        id=new_id(), student_key=key, ip_prefix=prefix, kind=kind, device_known=device is not None, ok=False, at=ctx.now
    )
    await ctx.add(row)
    return Attempt(row.id, kind, key, prefix, factor, device.id if device is not None else None, closes)


async def wrong_code(ctx: Ctx, key: str, factor: int) -> Fallout:
    """Count a wrong code: it is a failure of the address and of the system, not of the account."""
    return await failed(ctx, await _note(ctx, key, "code", factor, None, 0))


async def failed(ctx: Ctx, attempt: Attempt) -> Fallout:
    """Let a reserved try stand as a failure; return what it led to."""
    if attempt.device_id is not None:
        return Fallout(attempt.closes, DEVICE_FAILURES - attempt.closes)
    await hold(ctx, attempt.key)
    await ctx.lock(f"address:{attempt.prefix}")
    if await _other_ids(ctx, attempt.prefix, attempt.key) + 1 > SPREAD_IDS * attempt.factor:
        await _block_address(ctx, attempt.prefix)
    guard_mode_until = await _count_for_system(ctx) if attempt.kind in ("pin", "code") else None
    if attempt.kind == "code":
        return Fallout(0, 0, guard_mode_until=guard_mode_until)
    guard = await _guard(ctx, "account", attempt.key)
    left = attempt.closes
    if attempt.kind == "pin":
        month_left = max(0, MONTH_FAILURES - await _month(ctx, guard))
        left = min(left, month_left)
        if not month_left and not guard.closed:
            guard.closed = True
            await ctx.save(guard)
    locked_until = guard.locked_until if left == 0 and not guard.closed else None
    return Fallout(left, guard.failures, locked_until, guard.closed and left == 0, guard_mode_until)


async def _count_for_system(ctx: Ctx) -> datetime | None:
    """Begin guard mode, or prolong it, when the system has too many failures; return its end when it begins."""
    if (await ctx.one(SYSTEM_COUNT, since=ctx.now - SYSTEM) or 0) <= SYSTEM_FAILURES:
        return None
    await _guard(ctx, "system", "mode")
    until = ctx.now + GUARD_MODE
    if await ctx.run(BEGIN_GUARD_MODE, until=until, now=ctx.now):
        return until
    await ctx.run(PROLONG, until=until)
    return None


async def succeeded(ctx: Ctx, attempt: Attempt) -> None:
    """Take a reserved try back: the secret was right."""
    await hold(ctx, attempt.key)
    await ctx.run(RIGHT, of_id=attempt.id)
    if attempt.device_id is not None:
        device = await ctx.find(Device, attempt.device_id)
        if device is not None:
            device.failures = 0
            await ctx.save(device)
        return
    guard = await _guard(ctx, "account", attempt.key)
    guard.failures, guard.locked_until, guard.closed = 0, None, False
    await ctx.save(guard)


async def clear(ctx: Ctx, key: str) -> None:
    """Clear guards A and B of an account."""
    await hold(ctx, key)
    guard = await _guard(ctx, "account", key)
    guard.failures, guard.locked_until, guard.closed, guard.cleared_at = 0, None, False, ctx.now
    await ctx.save(guard)


async def count_registration(ctx: Ctx, key: str, most: int) -> Problem | None:
    """Count a try to register from the caller's address (guard G); return the refusal when there were too many."""
    prefix = prefix_of(ctx.actor.address)
    await ctx.lock(f"address:{prefix}")
    window = timedelta(hours=1)
    nth = await ctx.one(NTH_REGISTRATION, of_prefix=prefix, since=ctx.now - window, before=most - 1)
    if nth is not None:
        wait = _seconds(nth + window - ctx.now)
        return TooMany("rate_limited", "Too many registrations from this network; wait.", retry_after=wait)
    await _note(ctx, key, "register", 1, None, 0)
    return None


@dataclass(frozen=True, slots=True)
class AccountState:
    """Where guards A and B of an account stand."""

    failures: int
    failures_30d: int
    locked_until: datetime | None
    closed: bool


async def account_state(look: Look, key: str) -> AccountState:
    """Return where the guards of an account stand."""
    guard = await look.find(LoginGuard, "account", key)
    if guard is None:
        return AccountState(0, 0, None, False)
    month = await _month(look, guard)
    locked = guard.locked_until if guard.locked_until is not None and guard.locked_until > look.now else None
    return AccountState(guard.failures, month, locked, guard.closed or month >= MONTH_FAILURES)


async def locked_keys(look: Look) -> set[str]:
    """Return the names of the accounts that are locked or closed now."""
    return set(await look.all(LOCKED_ACCOUNTS, now=look.now))


async def blocked_addresses(look: Look) -> list[LoginGuard]:
    """Return the addresses that are blocked now."""
    return await look.all(BLOCKED_ADDRESSES, now=look.now)


async def failures_since(look: Look, since: datetime) -> int:
    """Return how many tries failed since a moment."""
    return await look.one(FAILURES, since=since) or 0


async def guard_mode(look: Look) -> tuple[Mode, datetime | None]:
    """Return how guard mode is set, and until when it is on by itself."""
    row = await look.find(LoginGuard, "system", "mode")
    if row is None:
        return "auto", None
    until = row.locked_until if row.locked_until is not None and row.locked_until > look.now else None
    mode: Mode = "on" if row.mode == "on" else "off" if row.mode == "off" else "auto"
    return mode, until


async def is_guarded(look: Look) -> bool:
    """Tell whether unknown devices must prove a second thing now."""
    mode, until = await guard_mode(look)
    return mode == "on" or (mode == "auto" and until is not None)


async def set_guard_mode(ctx: Ctx, mode: Mode) -> None:
    """Set guard mode on or off by hand, or leave it to guard F."""
    row = await _guard(ctx, "system", "mode")
    row.mode = mode
    await ctx.save(row)
