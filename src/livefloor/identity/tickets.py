"""Tickets: let the holder of a session open one live stream where no header can be set, so that no token stands in a URL."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from livefloor.identity.tokens import Claims
from livefloor.kernel.ids import digest, new_secret
from livefloor.store.models import PlatformTables, UtcTime
from livefloor.work.ctx import Ctx, Look

LIVES = timedelta(seconds=60)


class StreamTicket(PlatformTables):
    """A ticket, as a hash: bound to the session and the access token that asked for it, and gone once it is used."""

    __tablename__ = "stream_tickets"
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str]
    session_id: Mapped[str]
    access_until: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


_LIVE = (StreamTicket.token_hash == bindparam("of_hash"), StreamTicket.expires_at > bindparam("now", type_=UtcTime()))
IS_LIVE = select(StreamTicket.user_id).where(*_LIVE)
USE = (
    delete(StreamTicket)
    .where(*_LIVE)
    .returning(StreamTicket.user_id, StreamTicket.session_id, StreamTicket.access_until)
    .execution_options(synchronize_session=False)
)
FORGET_OLD = delete(StreamTicket).where(StreamTicket.expires_at < bindparam("before", type_=UtcTime()))


async def issue(ctx: Ctx) -> str:
    """Return a new ticket of the caller."""
    assert ctx.actor.id is not None
    assert ctx.actor.session_id is not None
    secret = new_secret()
    await ctx.add(
        StreamTicket(
            token_hash=digest(secret),
            user_id=ctx.actor.id,
            session_id=ctx.actor.session_id,
            access_until=datetime.fromtimestamp(ctx.actor.expires_at, UTC),
            expires_at=ctx.now + LIVES,
        )
    )
    return secret


async def is_live(look: Look, secret: str) -> bool:
    """Tell whether a ticket could be used now."""
    return await look.one(IS_LIVE, of_hash=digest(secret), now=look.now) is not None


async def use(ctx: Ctx, secret: str) -> Claims | None:
    """Use a ticket up; return what it stands for, to the first who asks."""
    for user_id, session_id, access_until in await ctx.returning(USE, of_hash=digest(secret), now=ctx.now):
        return Claims(user_id, session_id, "", access_until.timestamp())
    return None
