"""One-time codes: sent to a phone or read out at a desk, each good for one act and five wrong tries (guard H)."""

import hmac
import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Index, Integer, Select, bindparam, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from livefloor.identity.secrets import keyed, new_code
from livefloor.kernel.ids import new_id
from livefloor.kernel.problems import TooMany
from livefloor.store.models import PlatformTables, UtcTime
from livefloor.work.ctx import Ctx, Look

Purpose = Literal["pin_reset", "sign_in"]

LIVES = timedelta(minutes=15)
TRIES = 5
MOST, WINDOW = 3, timedelta(hours=24)


class OneTimeCode(PlatformTables):
    """A code, as a keyed hash. One that was asked for an id that no account has is kept without a user and without a
    hash, so that asking costs and counts the same; nobody can spend it."""

    __tablename__ = "one_time_codes"
    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str | None] = mapped_column(index=True)
    account_key: Mapped[str]
    purpose: Mapped[str]
    code_hash: Mapped[str | None]
    tries: Mapped[int] = mapped_column(default=0)
    issued_by: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_one_time_codes_account_key_created_at", "account_key", "created_at"),)


_OF_KEY = OneTimeCode.account_key == bindparam("of_key")
_LATELY = (
    select(OneTimeCode.created_at)
    .where(_OF_KEY, OneTimeCode.created_at > bindparam("since", type_=UtcTime()))
    .order_by(OneTimeCode.created_at.desc())
    .offset(bindparam("before", type_=Integer()))
    .limit(1)
)
ASKED_LATELY = _LATELY.where(OneTimeCode.issued_by.is_(None))
READ_OUT_LATELY = _LATELY.where(OneTimeCode.issued_by.is_not(None))
LIVE = (
    select(OneTimeCode)
    .where(
        _OF_KEY,
        OneTimeCode.purpose == bindparam("of_purpose"),
        OneTimeCode.used_at.is_(None),
        OneTimeCode.tries < TRIES,
        OneTimeCode.expires_at > bindparam("now", type_=UtcTime()),
    )
    .order_by(OneTimeCode.id)
)
FORGET = delete(OneTimeCode).where(OneTimeCode.user_id == bindparam("of_user"))
FORGET_OLD = delete(OneTimeCode).where(OneTimeCode.created_at < bindparam("before", type_=UtcTime()))


async def live(look: Look, key: str, purpose: Purpose) -> Sequence[OneTimeCode]:
    """Return the codes of an account that may still be spent."""
    return await look.all(LIVE, of_key=key, of_purpose=purpose, now=look.now)


async def ask(ctx: Ctx, key: str, user_id: str | None, purpose: Purpose) -> OneTimeCode:
    """Make room for a code that is to be sent. Raises TooMany past three in a day, whether or not the account exists."""
    return await _make(ctx, ASKED_LATELY, key, user_id, purpose, None)


async def read_out(ctx: Ctx, key: str, user_id: str, purpose: Purpose, issued_by: str) -> tuple[str, datetime]:
    """Make a code for the desk; return it, once, and when it ends. Raises TooMany past three in a day.

    Counted apart from the sent ones: strangers who ask for codes must not close the way over the desk.
    """
    row = await _make(ctx, READ_OUT_LATELY, key, user_id, purpose, issued_by)
    return await put_in(ctx, row), row.expires_at


async def _make(
    ctx: Ctx, lately: Select[datetime], key: str, user_id: str | None, purpose: Purpose, issued_by: str | None
) -> OneTimeCode:
    nth = await ctx.one(lately, of_key=key, since=ctx.now - WINDOW, before=MOST - 1)
    if nth is not None:
        wait = math.ceil((nth + WINDOW - ctx.now).total_seconds())
        raise TooMany("rate_limited", "Three codes a day are the most; ask the staff.", retry_after=wait)
    row = OneTimeCode(
        id=new_id(),
        user_id=user_id,
        account_key=key,
        purpose=purpose,
        issued_by=issued_by,
        created_at=ctx.now,
        expires_at=ctx.now + LIVES,
    )
    return await ctx.add(row)


async def put_in(ctx: Ctx, row: OneTimeCode) -> str:
    """Put a new code into its room; return it."""
    code = new_code()
    row.code_hash = _hash(ctx, row, code)
    await ctx.save(row)
    return code


def _hash(look: Look, row: OneTimeCode, code: str) -> str:
    return keyed(look.means.secrets["pin_pepper"], f"code:{row.id}:{code}")


async def find(ctx: Ctx, key: str, purpose: Purpose, code: str) -> OneTimeCode | None:
    """Return the live code that these digits are, or None; a wrong try counts against all live ones of the account."""
    rows = await live(ctx, key, purpose)
    for row in rows:
        if row.code_hash is not None and hmac.compare_digest(row.code_hash, _hash(ctx, row, code)):
            return row
    for row in rows:
        row.tries += 1
        await ctx.save(row)
    return None


async def spend(ctx: Ctx, row: OneTimeCode) -> None:
    """Use a code up."""
    row.used_at = ctx.now
    await ctx.save(row)


async def forget_codes(ctx: Ctx, user_id: str) -> None:
    """Erase the codes of an account."""
    await ctx.run(FORGET, of_user=user_id)
