"""How texts and conversations are shown, and the facts that tell of them (sections 5.9 and 6)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Literal

from sqlalchemy import select

from livefloor import Address, Announced, Look, View, bindparam
from livefloor.systems.coffee.models import Customer, Order, SmsConversation, SmsMessage, Ticket
from livefloor.systems.coffee.rooms import ORGANIZERS, SUPPORT_ROOM, Fact, station_room
from livefloor.systems.coffee.rules.conversation import State
from livefloor.systems.coffee.rules.phones import masked

MessageKind = Literal[
    "reply", "confirm", "ready", "reminder", "moved", "delayed", "substitute", "cancelled", "staff", "broadcast", "group"
]  # fmt: skip
MessageStatus = Literal[
    "received", "queued", "sending", "sent", "delivered", "undelivered", "failed", "suppressed", "not_sent"
]

UNCOLLECTED = ("scheduled", "pending", "in_progress", "completed")
STATIONS_OF: Any = (
    select(Order.station_id)
    .join(Ticket, Ticket.id == Order.ticket_id)
    .where(Ticket.customer_id == bindparam("of_guest"), Order.status.in_(UNCOLLECTED), Order.station_id.is_not(None))
    .distinct()
    .order_by(Order.station_id)
)


class MessageView(View):
    """One text."""

    collection: ClassVar[str] = "messages"
    id: str
    conversation_id: str
    direction: Literal["in", "out"]
    body: str
    kind: MessageKind | None
    ticket_id: str | None
    sender_id: str | None
    status: MessageStatus
    error_code: str | None
    segments: int
    attempts: int
    next_attempt_at: datetime | None
    not_after: datetime | None
    sent_at: datetime | None
    created_at: datetime
    version: int


class GuestView(View):
    """Who is written to."""

    id: str
    name: str | None
    phone_masked: str | None
    vip: bool
    opted_out: bool
    blocked: bool


class ConversationView(View):
    """Where the talk with a guest stands."""

    collection: ClassVar[str] = "conversations"
    id: str
    guest: GuestView
    state: State
    taken_by: str | None
    unread: int
    last_inbound_at: datetime | None
    last_message_at: datetime | None
    version: int


class TextFact(Fact):
    """A fact about the texts with one guest, told to the front of house and where the guest has a cup open."""

    conversation_id: str
    stations: list[int]

    def subject(self) -> str:
        """Name the conversation."""
        return f"conversation:{self.conversation_id}"

    def rooms(self) -> Sequence[Address]:
        """Return the rooms of the front of house, and of the stations of the guest's open cups."""
        return [SUPPORT_ROOM(), ORGANIZERS(), *(station_room(number) for number in self.stations)]


class SmsReceived(TextFact):
    """A guest wrote."""

    name: ClassVar[str] = "sms_received"
    message: MessageView
    conversation: ConversationView


class SmsSent(TextFact):
    """A text to a guest was written; its status says whether it goes."""

    name: ClassVar[str] = "sms_sent"
    message: MessageView


class SmsStatus(TextFact):
    """Something became of a text."""

    name: ClassVar[str] = "sms_status"
    message: MessageView


class ConversationUpdated(TextFact):
    """A conversation is in other hands or at another point; `rings` when somebody must answer (rule 52)."""

    name: ClassVar[str] = "conversation_updated"
    conversation: ConversationView
    rings: bool = False


EVENTS: tuple[type[Announced], ...] = (SmsReceived, SmsSent, SmsStatus, ConversationUpdated)


def conversation_view(conversation: SmsConversation, guest: Customer) -> ConversationView:
    """Return a conversation with its guest, whose number is masked."""
    who = GuestView(
        id=guest.id,
        name=guest.name,
        phone_masked=masked(guest.phone),
        vip=guest.vip,
        opted_out=guest.opted_out_at is not None,
        blocked=guest.blocked,
    )
    return ConversationView.model_validate({**vars(conversation), "guest": who})


async def stations_of(look: Look, guest_id: str) -> list[int]:
    """Return the stations where a guest has a cup that is not fetched."""
    return list(await look.all(STATIONS_OF, of_guest=guest_id))


def message_view(message: SmsMessage) -> MessageView:
    """Return a text."""
    return MessageView.model_validate(message)
