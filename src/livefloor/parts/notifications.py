"""Notifications: in the app always, by web push and SMS for those who want them, each delivery retried and accounted for.

A system lists `notifications(prefix=…, allow=…, contact=…)` among its parts, `EVENTS` and `FRAMES` among its own; its
reactions call `notify` and `text`, which write rows only. What leaves the house is an errand for each delivery.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Literal

import orjson
from pydantic import Field, StringConstraints
from sqlalchemy import ForeignKey, Index, Text, bindparam, delete, func, select, update
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from livefloor.declare.channel import Address
from livefloor.declare.event import Event, Frame, Input, Told, View
from livefloor.declare.part import DELETE, GET, POST, PUT, Part
from livefloor.declare.roles import Roles
from livefloor.kernel.ids import new_id
from livefloor.kernel.problems import Conflict, Invalid, NotFound
from livefloor.parts import outbox
from livefloor.ports.push import SubscriptionGone, are_keys, may_be_reached
from livefloor.store.models import Json, PlatformTables, UtcTime
from livefloor.store.paging import Cursor, Items, PageLimit, page
from livefloor.work.ctx import Ctx, Flow, Look

RETRIES = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
"""How long after a failure the next try comes; after the last one the delivery has failed."""

PUSH_SUBSCRIPTIONS = 20
"""How many browsers of one account are told; the oldest makes room."""


class Notification(PlatformTables):
    """Something that one account should know."""

    __tablename__ = "notifications"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[str]
    notification_type: Mapped[str]
    title: Mapped[str]
    message: Mapped[str] = mapped_column(Text)
    link: Mapped[str]
    is_read: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_notifications_user_id_is_read_created_at", "user_id", "is_read", sql("created_at DESC")),
        Index("ix_notifications_user_id_created_at_id", "user_id", "created_at", "id"),
        Index("ix_notifications_created_at", "created_at"),
    )


class PushSubscription(PlatformTables):
    """A browser that takes pushes for an account."""

    __tablename__ = "push_subscriptions"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(index=True)
    endpoint: Mapped[str] = mapped_column(Text, unique=True)
    keys: Mapped[dict[str, str]] = mapped_column(Json)
    created_at: Mapped[datetime]
    failed_count: Mapped[int] = mapped_column(default=0)


class Delivery(PlatformTables):
    """One message on its way out: to one browser, or to one phone. `recipient` and `message` are there only for a text
    that is no notification, and only until it has left or failed."""

    __tablename__ = "deliveries"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    notification_id: Mapped[str | None] = mapped_column(ForeignKey("notifications.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[str] = mapped_column(index=True)
    subscription_id: Mapped[str | None]
    channel: Mapped[str]
    kind: Mapped[str]
    recipient: Mapped[str | None]
    message: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(default="queued")
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    __table_args__ = (Index("ix_deliveries_status_created_at", "status", "created_at"),)


class NotificationView(View):
    """A notification as its account reads it."""

    collection: ClassVar[str] = "notifications"
    id: str
    notification_type: str
    title: str
    message: str
    link: str
    is_read: bool
    created_at: datetime
    version: int


class NotificationList(Items[NotificationView]):
    """One page of an account's notifications, newest first."""

    unread_count: int


class NotificationReceived(Frame):
    """A notification of one's own came, was read or was deleted; all tabs of one account agree."""

    event: ClassVar[str] = "notification_received"
    id: str
    notification_type: str
    title: str
    message: str
    link: str
    is_read: bool
    created_at: datetime
    version: int
    change: Literal["created", "read", "deleted"]
    unread_count: int


class NotificationEvent(Event):
    """A fact about one notification, with its whole view and how many are unread after it."""

    rank: ClassVar[int] = 50
    change: ClassVar[Literal["created", "read", "deleted"]] = "created"
    user_id: str
    notification: NotificationView
    unread_count: int

    def subject(self) -> str:
        """Name the notification."""
        return f"notification:{self.notification.id}"

    def frames(self) -> Sequence[Told]:
        """Tell all connections of the account."""
        data = self.notification.model_dump()
        frame = NotificationReceived(**data, change=self.change, unread_count=self.unread_count)
        return (Told(Address(f"user:{self.user_id}"), frame),)


class NotificationCreated(NotificationEvent):
    """A notification was written."""

    name: ClassVar[str] = "notification.created"


class NotificationWasRead(NotificationEvent):
    """A notification was read."""

    name: ClassVar[str] = "notification.read"
    change: ClassVar[Literal["created", "read", "deleted"]] = "read"


class NotificationDeleted(NotificationEvent):
    """A notification was deleted."""

    name: ClassVar[str] = "notification.deleted"
    change: ClassVar[Literal["created", "read", "deleted"]] = "deleted"


class DeliveryFailed(Event):
    """A message could not be delivered after all tries; staff see it in the figures, admins in the audit log."""

    name: ClassVar[str] = "delivery.failed"
    rank: ClassVar[int] = 60
    delivery_id: str
    user_id: str
    channel: str
    kind: str
    tries: int
    error: str

    def subject(self) -> str:
        """Name the account that was not reached."""
        return f"user:{self.user_id}"


EVENTS: tuple[type[Event], ...] = (NotificationCreated, NotificationWasRead, NotificationDeleted, DeliveryFailed)
FRAMES: tuple[type[Frame], ...] = (NotificationReceived,)


@dataclass(frozen=True, slots=True)
class Contact:
    """By which ways an account wants to be reached outside the app."""

    push: bool
    sms: bool
    phone_number: str | None


@dataclass(slots=True)
class Notifications(Part):
    """The part with what the system told it: how an account is reached, and which kinds are worthless when late."""

    contact: Callable[[Look, str], Awaitable[Contact | None]] | None = None
    perishable: frozenset[str] = field(default_factory=frozenset)
    perishes: timedelta = timedelta(minutes=10)


UNREAD = (
    select(func.count())
    .select_from(Notification)
    .where(Notification.user_id == bindparam("of_user"), Notification.is_read.is_(False))
)
UNREAD_OF = (
    select(Notification)
    .where(Notification.user_id == bindparam("of_user"), Notification.is_read.is_(False))
    .order_by(Notification.created_at, Notification.id)
)
OWN = select(Notification).where(Notification.id == bindparam("of_id"), Notification.user_id == bindparam("of_user"))
SUBSCRIPTIONS = (
    select(PushSubscription)
    .where(PushSubscription.user_id == bindparam("of_user"))
    .order_by(PushSubscription.created_at.desc(), PushSubscription.id.desc())
)
OWN_SUBSCRIPTION = select(PushSubscription).where(
    PushSubscription.id == bindparam("of_id"), PushSubscription.user_id == bindparam("of_user")
)
BY_ENDPOINT = select(PushSubscription).where(PushSubscription.endpoint == bindparam("of_endpoint"))
GIVE_UP = delete(PushSubscription).where(PushSubscription.id == bindparam("of_id"))
QUEUED = select(Delivery).where(Delivery.id == bindparam("of_id"), Delivery.status == "queued")
QUEUED_TO_WRITE = QUEUED.with_for_update()
FAILED_SINCE = (
    select(Delivery)
    .where(Delivery.status == "failed", Delivery.created_at > bindparam("since", type_=UtcTime()))
    .order_by(Delivery.created_at.desc(), Delivery.id.desc())
    .limit(200)
)
FORGET = (
    delete(Delivery).where(Delivery.user_id == bindparam("of_user")),
    delete(Notification).where(Notification.user_id == bindparam("of_user")),
    delete(PushSubscription).where(PushSubscription.user_id == bindparam("of_user")),
)
FORGET_BROWSERS = delete(PushSubscription).where(PushSubscription.user_id == bindparam("of_user"))
OLDER = (
    delete(Delivery).where(Delivery.created_at < bindparam("before", type_=UtcTime())),
    delete(Notification).where(Notification.created_at < bindparam("before", type_=UtcTime())),
)


async def notify(
    ctx: Ctx,
    *,
    user_id: str,
    kind: str,
    title: str,
    message: str,
    link: str,
    push: bool = False,
    sms: bool = False,
) -> NotificationView:
    """Write a notification in this transaction; `push` and `sms` also send it where the account wants that.

    It is dated by the real time of writing, also in a timer that runs late: who is told late has the time from then on.
    """
    row = await ctx.add(
        Notification(
            user_id=user_id, notification_type=kind, title=title, message=message, link=link, created_at=ctx.woken_at
        )
    )
    view = NotificationView.model_validate(row)
    ctx.emit(NotificationCreated(user_id=user_id, notification=view, unread_count=await unread(ctx, user_id)))
    if push or sms:
        await _send(ctx, row, push=push, sms=sms)
    return view


async def _send(ctx: Ctx, row: Notification, *, push: bool, sms: bool) -> None:
    contact = await _contact(ctx, row.user_id)
    if contact is None:
        return
    if push and contact.push and ctx.means.ports.push is not None:
        for subscription in await ctx.all(SUBSCRIPTIONS, of_user=row.user_id):
            await _queue(ctx, row, "push", subscription_id=subscription.id)
    if sms and contact.sms and contact.phone_number is not None and ctx.means.ports.sms.is_on:
        await _queue(ctx, row, "sms")


async def _contact(look: Look, user_id: str) -> Contact | None:
    part = _part(look)
    return await part.contact(look, user_id) if part.contact is not None else None


async def _queue(ctx: Ctx, row: Notification, channel: str, *, subscription_id: str | None = None) -> None:
    delivery = Delivery(
        notification_id=row.id,
        user_id=row.user_id,
        subscription_id=subscription_id,
        channel=channel,
        kind=row.notification_type,
        next_try_at=ctx.woken_at,
        created_at=ctx.woken_at,
    )
    await ctx.add(delivery)
    await ctx.schedule(deliver, ctx.woken_at, delivery_id=delivery.id)


async def text(ctx: Ctx, *, user_id: str, phone: str, message: str, kind: str) -> None:
    """Send a text message that is no notification (a code, word to an old number) to a phone; needs SMS to be on."""
    delivery = Delivery(
        user_id=user_id,
        channel="sms",
        kind=kind,
        recipient=phone,
        message=message,
        next_try_at=ctx.woken_at,
        created_at=ctx.woken_at,
    )
    await ctx.add(delivery)
    await ctx.schedule(deliver, ctx.woken_at, delivery_id=delivery.id)


async def unread(look: Look, user_id: str) -> int:
    """Return how many notifications the account has not read."""
    return await look.one(UNREAD, of_user=user_id) or 0


async def forget_account(ctx: Ctx, user_id: str) -> None:
    """Erase the notifications, deliveries and browsers of an account."""
    for statement in FORGET:
        await ctx.run(statement, of_user=user_id)


async def forget_browsers(ctx: Ctx, user_id: str) -> None:
    """Push no more to the browsers of an account, e.g. since all its sessions ended."""
    await ctx.run(FORGET_BROWSERS, of_user=user_id)


async def forget_older(ctx: Ctx, before: datetime) -> None:
    """Delete the notifications, with their deliveries, from before a moment."""
    for statement in OLDER:
        await ctx.run(statement, before=before)


async def failed_deliveries(look: Look, since: datetime) -> list[Delivery]:
    """Return the deliveries that failed for good since a moment, newest first."""
    return await look.all(FAILED_SINCE, since=since)


def _part(look: Look) -> Notifications:
    for part in look.means.system.parts:
        if isinstance(part, Notifications):
            return part
    raise LookupError(f"{look.means.system.name} lists no notifications part")


# -- what an account does with them -----------------------------------------------------------------------------------


async def list_notifications(
    look: Look, unread: bool = False, cursor: Cursor = None, limit: PageLimit = 50
) -> NotificationList:
    """List one's notifications, newest first."""
    statement = select(Notification).where(Notification.user_id == look.actor.id)
    if unread:
        statement = statement.where(Notification.is_read.is_(False))
    order = (Notification.created_at.desc(), Notification.id.desc())
    found = await page(look, statement, order=order, cursor=cursor, limit=limit)
    views = [NotificationView.model_validate(row) for row in found.rows]
    count = await look.one(UNREAD, of_user=look.actor.id) or 0
    return NotificationList(items=views, unread_count=count, **found.place())


async def read_notification(ctx: Ctx, id: str) -> NotificationView:
    """Mark a notification as read; again changes nothing."""
    row = await _own(ctx, id)
    if not row.is_read:
        row.is_read, row.read_at = True, ctx.now
        await ctx.save(row)
        await _tell(ctx, NotificationWasRead, row)
    return NotificationView.model_validate(row)


async def delete_notification(ctx: Ctx, id: str) -> None:
    """Delete a notification."""
    row = await _own(ctx, id)
    await ctx.delete(row)
    await _tell(ctx, NotificationDeleted, row)


class ReadAll(View):
    """How many notifications became read."""

    updated: int


async def read_all_notifications(ctx: Ctx) -> ReadAll:
    """Mark all one's notifications as read."""
    assert ctx.actor.id is not None
    rows = await ctx.all(UNREAD_OF, of_user=ctx.actor.id)
    left = len(rows)
    for row in rows:
        row.is_read, row.read_at = True, ctx.now
        await ctx.save(row)
        left -= 1
        view = NotificationView.model_validate(row)
        ctx.emit(NotificationWasRead(user_id=ctx.actor.id, notification=view, unread_count=left))
    return ReadAll(updated=len(rows))


async def _own(ctx: Ctx, id: str) -> Notification:
    row = await ctx.one(OWN, of_id=id, of_user=ctx.actor.id)
    if row is None:
        raise NotFound()
    return row


async def _tell(ctx: Ctx, fact: type[NotificationEvent], row: Notification) -> None:
    count = await unread(ctx, row.user_id)
    ctx.emit(fact(user_id=row.user_id, notification=NotificationView.model_validate(row), unread_count=count))


# -- browsers ---------------------------------------------------------------------------------------------------------

Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+={0,2}$")]


class PushKeys(Input):
    """The browser's keys (RFC 8291): its public key and the shared secret, base64url."""

    p256dh: Annotated[Key, Field(min_length=86, max_length=90)]
    auth: Annotated[Key, Field(min_length=20, max_length=30)]


class NewPushSubscription(Input):
    """What `PushManager.subscribe` gives."""

    endpoint: Annotated[str, StringConstraints(pattern=r"^https://", max_length=2000)]
    keys: PushKeys
    expiration_time: float | None = Field(None, alias="expirationTime")


class PushSubscriptionView(View):
    """A browser that takes pushes."""

    id: str
    endpoint: str
    created_at: datetime


async def subscribe_to_push(ctx: Ctx, body: NewPushSubscription) -> PushSubscriptionView:
    """Take pushes in this browser; the same endpoint again moves it to the caller."""
    assert ctx.actor.id is not None
    if ctx.means.ports.push is None:
        raise Conflict("push_not_configured", "This server sends no pushes.")
    if not may_be_reached(body.endpoint):
        raise Invalid.field("endpoint", "is not the address of a push service")
    if not are_keys(body.keys.p256dh, body.keys.auth):
        raise Invalid.field("keys", "are not a browser's keys")
    row = PushSubscription(
        user_id=ctx.actor.id, endpoint=body.endpoint, keys=body.keys.model_dump(), created_at=ctx.now
    )
    if not await ctx.try_add(row):
        known = await ctx.one(BY_ENDPOINT, of_endpoint=body.endpoint)
        if known is None:
            raise Conflict("conflict", "This browser was subscribed and unsubscribed at once; try again.")
        known.user_id, known.keys, known.failed_count = ctx.actor.id, body.keys.model_dump(), 0
        row = await ctx.save(known)
    for one_too_many in (await ctx.all(SUBSCRIPTIONS, of_user=ctx.actor.id))[PUSH_SUBSCRIPTIONS:]:
        await ctx.delete(one_too_many)
    return PushSubscriptionView.model_validate(row)


async def unsubscribe_from_push(ctx: Ctx, id: str) -> None:
    """Take no more pushes in a browser."""
    row = await ctx.one(OWN_SUBSCRIPTION, of_id=id, of_user=ctx.actor.id)
    if row is None:
        raise NotFound()
    await ctx.delete(row)


# -- deliveries -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Parcel:
    """All that one try needs; `skip` says why there is nothing to send any more."""

    channel: str
    kind: str
    recipient: str
    message: str
    push: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    subscription_id: str | None = None
    skip: str | None = None


async def deliver(flow: Flow, delivery_id: str) -> None:
    """Try to send one delivery; a failure sets the next try."""
    parcel = await flow.look(_parcel, delivery_id)
    if parcel is None:
        return
    if parcel.skip is not None:
        await flow.execute(_close, delivery_id, "skipped", parcel, parcel.skip)
        return
    ports = flow.means.ports
    try:
        if parcel.channel == "sms":
            port = ports.sms
            await port.send(parcel.recipient, parcel.message)
        else:
            port = ports.push
            await port.send(parcel.recipient, parcel.keys, parcel.push)
    except SubscriptionGone as gone:
        await flow.execute(_close, delivery_id, "skipped", parcel, str(gone), gone=True)
    except Exception as error:  # noqa: BLE001 - whatever the outside does, the delivery is accounted for
        await flow.execute(_try_again, delivery_id, parcel, f"{type(error).__name__}: {error}"[:500])
    else:
        await flow.execute(_close, delivery_id, "sent", parcel, None, kept=port.stands_in)


async def _parcel(look: Look, delivery_id: str) -> _Parcel | None:
    delivery = await look.one(QUEUED, of_id=delivery_id)
    if delivery is None:
        return None
    empty = _Parcel(delivery.channel, delivery.kind, "", "")
    part = _part(look)
    if delivery.notification_id is None:
        if delivery.recipient is None or delivery.message is None:
            return _skipped(empty, "nothing to send")
        return _Parcel("sms", delivery.kind, delivery.recipient, delivery.message)
    notification = await look.find(Notification, delivery.notification_id)
    if notification is None:
        return _skipped(empty, "the notification was deleted")
    if delivery.kind in part.perishable and look.now - notification.created_at > part.perishes:
        return _skipped(empty, "too late to be of use")
    contact = await _contact(look, delivery.user_id)
    words = f"{notification.title}. {notification.message}"
    if delivery.channel == "sms":
        if contact is None or not contact.sms or contact.phone_number is None:
            return _skipped(empty, "the account takes no text messages any more")
        return _Parcel("sms", delivery.kind, contact.phone_number, words)
    subscription = await look.find(PushSubscription, delivery.subscription_id)
    if subscription is None or subscription.user_id != delivery.user_id or contact is None or not contact.push:
        return _skipped(empty, "the browser takes no pushes any more")
    if look.means.ports.push is None:
        return _skipped(empty, "push is no longer configured")
    shown = {
        "id": notification.id,
        "type": notification.notification_type,
        "title": notification.title,
        "message": notification.message,
        "link": notification.link,
    }
    return _Parcel("push", delivery.kind, subscription.endpoint, words, shown, subscription.keys, subscription.id)


def _skipped(parcel: _Parcel, why: str) -> _Parcel:
    return _Parcel(parcel.channel, parcel.kind, "", "", skip=why)


async def _close(
    ctx: Ctx,
    delivery_id: str,
    status: str,
    parcel: _Parcel,
    why: str | None,
    *,
    kept: bool = False,
    gone: bool = False,
) -> None:
    delivery = await ctx.one(QUEUED_TO_WRITE, of_id=delivery_id)
    if delivery is None:
        return
    delivery.status, delivery.error, delivery.next_try_at = status, why, None
    delivery.tries += status != "skipped" or gone
    delivery.recipient = delivery.message = None
    await ctx.save(delivery)
    if gone:
        await ctx.run(GIVE_UP, of_id=parcel.subscription_id)
    if kept:
        message = orjson.dumps(parcel.push).decode() if parcel.channel == "push" else parcel.message
        await outbox.keep(ctx, channel=parcel.channel, recipient=parcel.recipient, kind=parcel.kind, message=message)


async def _try_again(ctx: Ctx, delivery_id: str, parcel: _Parcel, why: str) -> None:
    delivery = await ctx.one(QUEUED_TO_WRITE, of_id=delivery_id)
    if delivery is None:
        return
    delivery.tries += 1
    delivery.error = why
    if delivery.tries <= len(RETRIES):
        delivery.next_try_at = ctx.now + RETRIES[delivery.tries - 1]
        await ctx.schedule(deliver, delivery.next_try_at, delivery_id=delivery_id)
    else:
        delivery.status, delivery.next_try_at = "failed", None
        delivery.recipient = delivery.message = None
        ctx.emit(
            DeliveryFailed(
                delivery_id=delivery_id,
                user_id=delivery.user_id,
                channel=delivery.channel,
                kind=delivery.kind,
                tries=delivery.tries,
                error=why,
            )
        )
    await ctx.save(delivery)
    if parcel.subscription_id is not None:
        await ctx.run(FAILED_ONCE_MORE, of_id=parcel.subscription_id)


FAILED_ONCE_MORE = (
    update(PushSubscription)
    .where(PushSubscription.id == bindparam("of_id"))
    .values(failed_count=PushSubscription.failed_count + 1)
)


def notifications(
    *,
    prefix: str,
    allow: Roles,
    contact: Callable[[Look, str], Awaitable[Contact | None]],
    perishable: Sequence[str] = (),
) -> Notifications:
    """Return the part with its routes under `prefix`; messages of a `perishable` kind are not sent ten minutes late."""
    part = Notifications("notifications", contact=contact, perishable=frozenset(perishable))
    part.query(GET(f"{prefix}/"), allow=allow)(list_notifications)
    part.command(PUT(f"{prefix}/read-all"), allow=allow)(read_all_notifications)
    part.command(PUT(f"{prefix}/{{id}}/read"), allow=allow)(read_notification)
    part.command(DELETE(f"{prefix}/{{id}}"), allow=allow)(delete_notification)
    part.command(POST(f"{prefix}/push-subscriptions", 201), allow=allow, refuses=(409,))(subscribe_to_push)
    part.command(DELETE(f"{prefix}/push-subscriptions/{{id}}"), allow=allow)(unsubscribe_from_push)
    part.errand()(deliver)
    return part
