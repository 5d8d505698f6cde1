"""Tickets: let the holder of a session open one live thing where no header can be set, so that no token stands in a URL."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, delete, select, update
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
RENEW = (
    update(StreamTicket)
    .where(StreamTicket.token_hash == bindparam("of_hash"))
    .values(
        user_id=bindparam("to_user"),
        session_id=bindparam("to_session"),
        access_until=bindparam("until", type_=UtcTime()),
        expires_at=bindparam("ends", type_=UtcTime()),
    )
)
FORGET_OLD = delete(StreamTicket).where(StreamTicket.expires_at < bindparam("before", type_=UtcTime()))


def _hash(opens: str, secret: str) -> str:
    """Return what is stored of a ticket: one that opens one kind of thing is none for another."""
    return digest(f"{opens}:{secret}")


async def issue(ctx: Ctx, opens: str, secret: str | None = None) -> str:
    """Return a ticket of the caller for what it `opens`; with a given secret it is made anew if it was there."""
    assert ctx.actor.id is not None
    assert ctx.actor.session_id is not None
    secret = secret or new_secret()
    ticket = StreamTicket(
        token_hash=_hash(opens, secret),
        user_id=ctx.actor.id,
        session_id=ctx.actor.session_id,
        access_until=datetime.fromtimestamp(ctx.actor.expires_at, UTC),
        expires_at=ctx.now + LIVES,
    )
    while not await ctx.try_add(ticket) and not await ctx.run(
        RENEW,
        of_hash=ticket.token_hash,
        to_user=ticket.user_id,
        to_session=ticket.session_id,
        until=ticket.access_until,
        ends=ticket.expires_at,
    ):
        pass  # it was used up between the two
    return secret


async def is_live(look: Look, opens: str, secret: str) -> bool:
    """Tell whether a ticket could be used now."""
    return await look.one(IS_LIVE, of_hash=_hash(opens, secret), now=look.now) is not None


async def use(ctx: Ctx, opens: str, secret: str) -> Claims | None:
    """Use a ticket up; return what it stands for, to the first who asks."""
    for user_id, session_id, access_until in await ctx.returning(USE, of_hash=_hash(opens, secret), now=ctx.now):
        return Claims(user_id, session_id, "", access_until.timestamp())
    return None
