"""Tickets: let the holder of a session open one live thing where no header can be set, so that no token stands in a URL.

One for a socket is used up by its first use. One for a stream must be used for the first time within a minute; from then on it
opens the stream of the same person again, because EventSource repeats its URL whenever it reconnects, until the access token
that asked for it ends.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from livefloor.identity.tokens import Claims
from livefloor.kernel.ids import digest, new_secret
from livefloor.store.models import PlatformTables, UtcTime
from livefloor.work.ctx import Ctx, Look

LIVES = timedelta(seconds=60)
OPEN_AGAIN = frozenset({"stream"})
"""What a ticket opens more than once; all else uses it up."""


class StreamTicket(PlatformTables):
    """A ticket, as a hash: bound to the session and the access token that asked for it; `expires_at` moves with its use."""

    __tablename__ = "stream_tickets"
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str]
    session_id: Mapped[str]
    access_until: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


_LIVE = (StreamTicket.token_hash == bindparam("of_hash"), StreamTicket.expires_at > bindparam("now", type_=UtcTime()))
_CLAIMS = (StreamTicket.user_id, StreamTicket.session_id, StreamTicket.access_until)
FIND = select(*_CLAIMS, StreamTicket.expires_at).where(*_LIVE)
USE_UP = delete(StreamTicket).where(*_LIVE).returning(*_CLAIMS).execution_options(synchronize_session=False)
KEEP = (
    update(StreamTicket)
    .where(*_LIVE)
    .values(expires_at=StreamTicket.access_until)
    .returning(*_CLAIMS)
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


def hashed(opens: str, secret: str) -> str:
    """Return what is stored of a ticket: one that opens one kind of thing is none for another."""
    return digest(f"{opens}:{secret}")


async def issue(ctx: Ctx, opens: str, secret: str | None = None) -> str:
    """Return a ticket of the caller for what it `opens`; with a given secret it is made anew if it was there."""
    assert ctx.actor.id is not None
    assert ctx.actor.session_id is not None
    secret = secret or new_secret()
    access_until = datetime.fromtimestamp(ctx.actor.expires_at, UTC)
    ticket = StreamTicket(
        token_hash=hashed(opens, secret),
        user_id=ctx.actor.id,
        session_id=ctx.actor.session_id,
        access_until=access_until,
        expires_at=min(ctx.now + LIVES, access_until),
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


async def find(look: Look, opens: str, secret: str) -> tuple[Claims, bool] | None:
    """Return what a ticket stands for, and whether it is in use and opens that again; None when it opens nothing now."""
    for user_id, session_id, access_until, ends in await look.tuples(FIND, of_hash=hashed(opens, secret), now=look.now):
        return _claims(user_id, session_id, access_until), opens in OPEN_AGAIN and ends == access_until
    return None


async def use(ctx: Ctx, opens: str, secret: str) -> Claims | None:
    """Use a ticket, up or from now on; return what it stands for, or None when it opens nothing now."""
    statement = KEEP if opens in OPEN_AGAIN else USE_UP
    for found in await ctx.returning(statement, of_hash=hashed(opens, secret), now=ctx.now):
        return _claims(*found)
    return None


def _claims(user_id: str, session_id: str, access_until: datetime) -> Claims:
    return Claims(user_id, session_id, "", access_until.timestamp())
