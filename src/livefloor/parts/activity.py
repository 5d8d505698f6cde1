"""Activities: what happened, in a sentence for people, public or for one account. The system says what its feed shows.

The number of the event is not kept with an activity: it is drawn at the very end of the transaction, after this row.
"""

from datetime import datetime

from sqlalchemy import Index, Select, String, bindparam, delete, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from livefloor.kernel.ids import new_id
from livefloor.store.models import PlatformTables, UtcTime
from livefloor.store.paging import Paged, page
from livefloor.work.ctx import Ctx, Look


class Activity(PlatformTables):
    """One line of the feed; `display_name` is the name that the account had then."""

    __tablename__ = "activities"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[str | None]
    display_name: Mapped[str | None]
    activity_type: Mapped[str]
    subject_type: Mapped[str | None]
    subject_no: Mapped[int | None]
    details: Mapped[str] = mapped_column(String(200))
    visibility: Mapped[str]
    created_at: Mapped[datetime]
    __table_args__ = (
        Index("ix_activities_created_at_id", text("created_at DESC"), text("id DESC")),
        Index("ix_activities_user_id_created_at", "user_id", text("created_at DESC")),
    )


ORDER = (Activity.created_at.desc(), Activity.id.desc())
FORGET = (
    update(Activity)
    .where(Activity.user_id == bindparam("of_user"))
    .values(user_id=None, display_name=bindparam("now_called"))
)
OLDER = delete(Activity).where(Activity.created_at < bindparam("before", type_=UtcTime()))


async def record(
    ctx: Ctx,
    *,
    kind: str,
    user_id: str | None,
    display_name: str | None,
    details: str,
    subject_type: str | None = None,
    subject_no: int | None = None,
    public: bool = True,
) -> Activity:
    """Write an activity in this transaction."""
    return await ctx.add(
        Activity(
            user_id=user_id,
            display_name=display_name,
            activity_type=kind,
            subject_type=subject_type,
            subject_no=subject_no,
            details=details[:200],
            visibility="public" if public else "private",
            created_at=ctx.now,
        )
    )


def feed(
    *, kind: str | None = None, subject_type: str | None = None, subject_no: int | None = None
) -> Select[Activity]:
    """Return the statement of the public activities."""
    statement = select(Activity).where(Activity.visibility == "public")
    if kind is not None:
        statement = statement.where(Activity.activity_type == kind)
    if subject_type is not None:
        statement = statement.where(Activity.subject_type == subject_type)
    if subject_no is not None:
        statement = statement.where(Activity.subject_no == subject_no)
    return statement


def feed_of(user_id: str) -> Select[Activity]:
    """Return the statement of one account's activities, the private ones with them."""
    return select(Activity).where(Activity.user_id == user_id)


async def newest(
    look: Look, statement: Select[Activity], *, cursor: str | None = None, limit: int = 50
) -> Paged[Activity]:
    """Return one page, newest first."""
    return await page(look, statement, order=ORDER, cursor=cursor, limit=limit)


async def forget_account(ctx: Ctx, user_id: str, *, now_called: str) -> None:
    """Take an account out of its activities, which stay."""
    await ctx.run(FORGET, of_user=user_id, now_called=now_called)


async def forget_older(ctx: Ctx, before: datetime) -> None:
    """Delete the activities from before a moment."""
    await ctx.run(OLDER, before=before)
