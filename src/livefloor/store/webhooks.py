"""Who is sent what happens, and what came of each try to send it."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Text, bindparam, delete, func, literal, select
from sqlalchemy.orm import Mapped, mapped_column

from livefloor.kernel.ids import new_id
from livefloor.store.log import LoggedEvent
from livefloor.store.models import Json, PlatformTables, Resource, UtcTime
from livefloor.store.readers import ReaderPosition


class Webhook(PlatformTables, Resource):
    """A receiver. `stopped_at` is where it stood when it was switched off: its position is kept only while it is on, so
    that one which is off holds up no pruning of the log."""

    __tablename__ = "webhooks"
    url: Mapped[str] = mapped_column(Text)
    description: Mapped[str]
    events: Mapped[list[str]] = mapped_column(Json)
    enabled: Mapped[bool]
    reason: Mapped[str | None]
    secret: Mapped[str]
    previous_secret: Mapped[str | None]
    previous_until: Mapped[datetime | None] = mapped_column(UtcTime())
    stopped_at: Mapped[int | None] = mapped_column(BigInteger)


class WebhookDelivery(PlatformTables):
    """One try to deliver one event, and what came of it; `status` is the receiver's, `ms` how long it took."""

    __tablename__ = "webhook_deliveries"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    seq: Mapped[int] = mapped_column(BigInteger)
    event_id: Mapped[str]
    name: Mapped[str]
    attempt: Mapped[int]
    status: Mapped[int | None]
    answer: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)
    ms: Mapped[int]
    at: Mapped[datetime] = mapped_column(index=True)
    __table_args__ = (Index("ix_webhook_deliveries_webhook_id_id", "webhook_id", "id"),)


READER = "webhook:"
"""What the names of webhooks' positions begin with; their ids follow."""
POSITION_OF = ReaderPosition.name == literal(READER) + Webhook.id
LAST_OF = (
    select(func.max(WebhookDelivery.id))
    .where(WebhookDelivery.webhook_id == Webhook.id)
    .correlate(Webhook)
    .scalar_subquery()
)
"""Ids are in the order of time; asked for one webhook at a time, which is one step in the index."""
WITH_PLACE = (
    select(Webhook, ReaderPosition, WebhookDelivery)
    .outerjoin(ReaderPosition, POSITION_OF)
    .outerjoin(WebhookDelivery, WebhookDelivery.id == LAST_OF)
    .order_by(Webhook.id)
)
COUNT_TRIES = (
    select(func.count())
    .select_from(WebhookDelivery)
    .where(
        WebhookDelivery.webhook_id == bindparam("of_webhook"),
        WebhookDelivery.event_id == bindparam("of_event"),
    )
)
COUNT = select(func.count()).select_from(Webhook)
FORGET_POSITION = delete(ReaderPosition).where(ReaderPosition.name == bindparam("of_name"))
FORGET_DELIVERIES = delete(WebhookDelivery).where(WebhookDelivery.webhook_id == bindparam("of_id"))
NAMES_AFTER = (
    select(LoggedEvent.seq, LoggedEvent.name)
    .where(LoggedEvent.seq > bindparam("after", type_=BigInteger))
    .order_by(LoggedEvent.seq)
    .limit(500)
)
OLD_DELIVERIES = delete(WebhookDelivery).where(WebhookDelivery.at < bindparam("before", type_=UtcTime()))
ENABLED = select(Webhook, ReaderPosition).join(ReaderPosition, POSITION_OF).where(Webhook.enabled.is_(True))
EVENT = select(LoggedEvent).where(LoggedEvent.seq == bindparam("seq", type_=BigInteger))
