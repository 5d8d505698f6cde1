"""What the platform itself forgets when its time is over: keys, tries, codes, tickets, sessions, devices, read outbox messages, deliveries."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import BigInteger, Text, bindparam, delete, exists, or_, select, type_coerce, update

from livefloor.identity import codes, tickets
from livefloor.identity.lockout import LoginAttempt
from livefloor.identity.sessions import Device, RefreshToken, Session
from livefloor.kernel.ids import new_id
from livefloor.parts.outbox import OutboxMessage
from livefloor.parts.webhooks import DELIVERIES_KEPT
from livefloor.store import chain, idempotency, readers
from livefloor.store.chain import Amendment
from livefloor.store.log import FIRST_KEPT, LAST_PRUNED, PRUNE, LoggedEvent
from livefloor.store.models import Json, UtcTime
from livefloor.store.webhooks import OLD_DELIVERIES
from livefloor.work.ctx import Ctx

TRIES_KEPT = timedelta(days=30)
ENDED_KEPT = timedelta(days=30)
OUTBOX_KEPT = timedelta(days=7)

_BEFORE = bindparam("before", type_=UtcTime())
OLD_TRIES = delete(LoginAttempt).where(LoginAttempt.at < _BEFORE)
ENDED_SESSIONS = delete(Session).where(or_(Session.expires_at < _BEFORE, Session.revoked_at < _BEFORE))
LOST_TOKENS = delete(RefreshToken).where(~exists().where(Session.id == RefreshToken.session_id))
ENDED_DEVICES = delete(Device).where(Device.expires_at < _BEFORE)
ABOUT: Any = (
    select(LoggedEvent, type_coerce(LoggedEvent.data, Text))
    .where(LoggedEvent.subject == bindparam("about"))
    .order_by(LoggedEvent.seq)
)
REWRITE = (
    update(LoggedEvent)
    .where(LoggedEvent.seq == bindparam("of_seq", type_=BigInteger))
    .values(id=bindparam("new_id"), data=bindparam("kept", type_=Json), actor=bindparam("by", type_=Json))
)
OLD_OUTBOX = delete(OutboxMessage).where(OutboxMessage.at < _BEFORE)


async def erase_from_log(ctx: Ctx, subject: str, redact: Callable[[Any], Any]) -> None:
    """Take what is personal out of all that the log says of a subject.

    `redact` returns the data as they may stay. Number, name and time stay; the actor keeps the salted digest of what stood
    there, and the row gets another id, by which no process gives again what it remembers: the id before was the salt. The
    change is sealed in turn, so that the chain tells it from a forgery.
    """
    for row, written in await ctx.all(ABOUT, about=subject):
        kept = redact(row.data)
        if orjson.dumps(kept, option=orjson.OPT_SORT_KEYS) != orjson.dumps(row.data, option=orjson.OPT_SORT_KEYS):
            actor = {**row.actor, "erased": row.actor.get("erased") or chain.hidden(row.id, written)}
            await ctx.run(REWRITE, of_seq=row.seq, new_id=new_id(), kept=kept, by=actor)
            await ctx.try_add(Amendment(kind="erased", seq=row.seq))


async def prune(ctx: Ctx, before: int, older: datetime) -> int:
    """Take the beginning of the log out, up to the first event that is not `older` or not below `before`; return how many."""
    kept = await ctx.one(FIRST_KEPT, older=older)
    last = await ctx.one(LAST_PRUNED, before=before if kept is None else min(before, kept))
    if last is None:
        return 0
    await ctx.try_add(Amendment(kind="pruned", seq=last))
    return await ctx.run(PRUNE, until=last)


async def forget_old(ctx: Ctx) -> None:
    """Delete what the platform keeps only for a while."""
    await ctx.run(idempotency.EXPIRED, before=ctx.now - ctx.means.system.manners.keys_kept)
    await ctx.run(OLD_TRIES, before=ctx.now - TRIES_KEPT)
    await ctx.run(codes.FORGET_OLD, before=ctx.now - TRIES_KEPT)
    await ctx.run(tickets.FORGET_OLD, before=ctx.now)
    await ctx.run(ENDED_SESSIONS, before=ctx.now - ENDED_KEPT)
    await ctx.run(LOST_TOKENS)
    await ctx.run(ENDED_DEVICES, before=ctx.now)
    await ctx.run(OLD_OUTBOX, before=ctx.now - OUTBOX_KEPT)
    await ctx.run(OLD_DELIVERIES, before=ctx.now - DELIVERIES_KEPT)
    if days := ctx.settings.log_keep_days:
        taken = [position.seq for position in await ctx.all(readers.POSITIONS)]
        await prune(ctx, min(taken, default=await ctx.head()), ctx.now - timedelta(days=days))
