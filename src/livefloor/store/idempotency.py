"""First answers, kept so that a repeated request is told the same (DESIGN section 12, ruling 5)."""

from datetime import datetime, timedelta

from sqlalchemy import Text, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from livefloor.store.models import PlatformTables

ABANDONED = timedelta(seconds=30)
"""After this long a reservation without an answer counts as left behind by a process that died."""


class IdempotencyKey(PlatformTables):
    """A key that an account has used; `status` is null while the first request is still running."""

    __tablename__ = "idempotency_keys"
    user_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    method: Mapped[str]
    path: Mapped[str]
    body_hash: Mapped[str]
    status: Mapped[int | None]
    response: Mapped[str | None] = mapped_column(Text)
    media_type: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(index=True)


FIND = select(IdempotencyKey).where(
    IdempotencyKey.user_id == bindparam("user_id"), IdempotencyKey.key == bindparam("key")
)
ANSWER = (
    update(IdempotencyKey)
    .where(IdempotencyKey.user_id == bindparam("of_user"), IdempotencyKey.key == bindparam("of_key"))
    .values(status=bindparam("status"), response=bindparam("response"), media_type=bindparam("media_type"))
)
TAKE_OVER = (
    update(IdempotencyKey)
    .where(
        IdempotencyKey.user_id == bindparam("of_user"),
        IdempotencyKey.key == bindparam("of_key"),
        IdempotencyKey.created_at == bindparam("was", type_=IdempotencyKey.created_at.type),
    )
    .values(created_at=bindparam("now", type_=IdempotencyKey.created_at.type))
)
FORGET = delete(IdempotencyKey).where(
    IdempotencyKey.user_id == bindparam("user_id"), IdempotencyKey.key == bindparam("key")
)
RELEASE = delete(IdempotencyKey).where(
    IdempotencyKey.user_id == bindparam("user_id"),
    IdempotencyKey.key == bindparam("key"),
    IdempotencyKey.status.is_(None),
)
"""Not a key with an answer: when the line to the database broke during COMMIT, the change may be stored all the same."""
EXPIRED = delete(IdempotencyKey).where(
    IdempotencyKey.created_at < bindparam("before", type_=IdempotencyKey.created_at.type)
)
UNANSWERED = delete(IdempotencyKey).where(IdempotencyKey.status.is_(None))
