"""A plain guard against guessing passwords: so many wrong ones for a name lock it for a while, so many from an address turn
it away. It counts names alike whether there is such an account or not.

As in `lockout`, which is for accounts that strangers must not be able to lock for their owners, a try is written down as a
failure before the secret is looked at and taken back when it was right, so that tries at the same moment cannot pass it.
"""

import math
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, func, select, update

from livefloor.identity.addresses import prefix_of
from livefloor.identity.lockout import NTH_OF_ADDRESS, LoginAttempt, LoginGuard, hold, key_of
from livefloor.kernel.ids import new_id
from livefloor.kernel.problems import Locked, Problem, TooMany
from livefloor.store.models import UtcTime
from livefloor.work.ctx import Ctx

OF_NAME = (
    select(func.count())
    .select_from(LoginAttempt)
    .where(
        LoginAttempt.student_key == bindparam("of_key"),
        LoginAttempt.ok.is_(False),
        LoginAttempt.at > bindparam("since", type_=UtcTime()),
    )
)
RIGHT = update(LoginAttempt).where(LoginAttempt.id == bindparam("of_id")).values(ok=True)
FORGIVE = update(LoginAttempt).where(LoginAttempt.student_key == bindparam("of_key")).values(ok=True)


@dataclass(frozen=True, slots=True)
class Policy:
    """How many wrong tries within `window` lock a name for `locks`, and how many turn an address away."""

    of_name: int = 5
    of_address: int = 20
    window: timedelta = timedelta(minutes=15)
    locks: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Try:
    """A reserved try."""

    id: str
    key: str


async def reserve(ctx: Ctx, name: str, policy: Policy) -> Try | Problem:
    """Write a try down as a failure, or return the refusal: 423 `account_locked`, 429 `rate_limited`."""
    key, prefix = key_of(ctx, name), prefix_of(ctx.actor.address)
    await hold(ctx, key)
    await ctx.lock(f"address:{prefix}")
    guard = await ctx.find(LoginGuard, "account", key)
    if guard is not None and guard.locked_until is not None and guard.locked_until > ctx.now:
        wait = math.ceil((guard.locked_until - ctx.now).total_seconds())
        return Locked("account_locked", "Too many wrong tries; wait.", retry_after=wait)
    since = ctx.now - policy.window
    nth = await ctx.one(NTH_OF_ADDRESS, of_prefix=prefix, since=since, before=policy.of_address - 1)
    if nth is not None:
        wait = math.ceil((nth + policy.window - ctx.now).total_seconds())
        return TooMany("rate_limited", "Too many wrong tries from this network; wait.", retry_after=wait)
    row = LoginAttempt(
        id=new_id(), student_key=key, ip_prefix=prefix, kind="password", device_known=False, ok=False, at=ctx.now
    )
    await ctx.add(row)
    if (await ctx.one(OF_NAME, of_key=key, since=since) or 0) >= policy.of_name:
        await _lock(ctx, key, policy)
    return Try(row.id, key)


async def _lock(ctx: Ctx, key: str, policy: Policy) -> None:
    await ctx.try_add(LoginGuard(scope="account", key=key))
    guard = await ctx.find(LoginGuard, "account", key)
    assert guard is not None
    guard.locked_until = ctx.now + policy.locks
    await ctx.save(guard)


async def succeeded(ctx: Ctx, tried: Try) -> None:
    """Take a reserved try back: the secret was right; a lock that it alone had closed opens."""
    await hold(ctx, tried.key)
    await ctx.run(RIGHT, of_id=tried.id)
    await _unlock(ctx, tried.key)


async def clear(ctx: Ctx, name: str) -> None:
    """Forgive a name all its wrong tries."""
    key = key_of(ctx, name)
    await hold(ctx, key)
    await ctx.run(FORGIVE, of_key=key)
    await _unlock(ctx, key)


async def _unlock(ctx: Ctx, key: str) -> None:
    guard = await ctx.find(LoginGuard, "account", key)
    if guard is not None and guard.locked_until is not None:
        guard.locked_until = None
        await ctx.save(guard)
