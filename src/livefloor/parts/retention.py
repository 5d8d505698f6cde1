"""What the platform itself forgets when its time is over: keys, tries, codes, tickets, sessions, devices, read outbox messages."""

from datetime import timedelta

from sqlalchemy import bindparam, delete, exists, or_

from livefloor.identity import codes, tickets
from livefloor.identity.lockout import LoginAttempt
from livefloor.identity.sessions import Device, RefreshToken, Session
from livefloor.parts.outbox import OutboxMessage
from livefloor.store import idempotency, readers
from livefloor.store.log import PRUNE
from livefloor.store.models import UtcTime
from livefloor.work.ctx import Ctx

TRIES_KEPT = timedelta(days=30)
ENDED_KEPT = timedelta(days=30)
OUTBOX_KEPT = timedelta(days=7)

_BEFORE = bindparam("before", type_=UtcTime())
OLD_TRIES = delete(LoginAttempt).where(LoginAttempt.at < _BEFORE)
ENDED_SESSIONS = delete(Session).where(or_(Session.expires_at < _BEFORE, Session.revoked_at < _BEFORE))
LOST_TOKENS = delete(RefreshToken).where(~exists().where(Session.id == RefreshToken.session_id))
ENDED_DEVICES = delete(Device).where(Device.expires_at < _BEFORE)
OLD_OUTBOX = delete(OutboxMessage).where(OutboxMessage.at < _BEFORE)


async def forget_old(ctx: Ctx) -> None:
    """Delete what the platform keeps only for a while."""
    await ctx.run(idempotency.EXPIRED, before=ctx.now - idempotency.KEPT)
    await ctx.run(OLD_TRIES, before=ctx.now - TRIES_KEPT)
    await ctx.run(codes.FORGET_OLD, before=ctx.now - TRIES_KEPT)
    await ctx.run(tickets.FORGET_OLD, before=ctx.now)
    await ctx.run(ENDED_SESSIONS, before=ctx.now - ENDED_KEPT)
    await ctx.run(LOST_TOKENS)
    await ctx.run(ENDED_DEVICES, before=ctx.now)
    await ctx.run(OLD_OUTBOX, before=ctx.now - OUTBOX_KEPT)
    if days := ctx.settings.log_keep_days:
        taken = [position.seq for position in await ctx.all(readers.POSITIONS)]
        await ctx.run(PRUNE, before=min(taken, default=await ctx.head()), older=ctx.now - timedelta(days=days))
