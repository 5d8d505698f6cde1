"""What is said: texts with guests, and the chat of the crew."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from livefloor import Json, Resource, new_id, one_of, unique_while
from livefloor.systems.coffee.models.base import Tables


class SmsConversation(Resource, Tables):
    """Where the talk with one guest stands."""

    __tablename__ = "sms_conversations"
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), unique=True)
    state: Mapped[str] = mapped_column(default="idle")
    draft: Mapped[dict[str, Any] | None] = mapped_column(Json)
    misses: Mapped[int] = mapped_column(default=0)
    taken_by: Mapped[str | None]
    unread: Mapped[int] = mapped_column(default=0)
    last_inbound_at: Mapped[datetime | None]
    last_message_at: Mapped[datetime | None]
    muted_until: Mapped[datetime | None]
    """Until when a guest who sends too much is answered nothing (rule 59)."""
    expires_at: Mapped[datetime | None]
    __table_args__ = (
        one_of("state", "idle", "ask_drink", "ask_milk", "ask_size", "ask_name", "confirm", "ask_substitute", "human"),
        CheckConstraint("unread >= 0", name="unread"),
        Index(None, "last_message_at"),
        Index(None, "expires_at"),
    )


class SmsMessage(Resource, Tables):
    """One text, in or out."""

    __tablename__ = "sms_messages"
    conversation_id: Mapped[str] = mapped_column(ForeignKey("sms_conversations.id"))
    direction: Mapped[str]
    body: Mapped[str] = mapped_column(String(1600))
    kind: Mapped[str | None]
    ticket_id: Mapped[str | None] = mapped_column(ForeignKey("tickets.id"))
    sender_id: Mapped[str | None]
    client_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    provider_sid: Mapped[str | None] = mapped_column(unique=True)
    status: Mapped[str]
    error_code: Mapped[str | None]
    segments: Mapped[int] = mapped_column(default=1)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    not_after: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    __table_args__ = (
        one_of("direction", "in", "out"),
        one_of(
            "kind",
            "reply",
            "confirm",
            "ready",
            "reminder",
            "moved",
            "delayed",
            "substitute",
            "cancelled",
            "staff",
            "broadcast",
            "group",
        ),
        one_of(
            "status",
            "received",
            "queued",
            "sending",
            "sent",
            "delivered",
            "undelivered",
            "failed",
            "suppressed",
            "not_sent",
        ),
        CheckConstraint("length(body) <= 1600", name="body"),
        unique_while("uq_sms_messages_once", "kind IN ('ready', 'reminder')", "ticket_id", "kind"),
        Index(None, "conversation_id", "created_at"),
        Index(None, "status", "next_attempt_at"),
    )


class ChatMessage(Tables):
    """Something that one of the crew said in a room."""

    __tablename__ = "chat_messages"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    event_id: Mapped[str | None] = mapped_column(ForeignKey("occasions.id"))
    room: Mapped[str]
    sender_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    sender_station: Mapped[int | None]
    message: Mapped[str] = mapped_column(String(500))
    urgent: Mapped[bool] = mapped_column(default=False)
    client_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("length(message) BETWEEN 1 AND 500", name="message"),
        CheckConstraint("room IN ('all', 'organizers') OR room LIKE 'station_%'", name="room"),
        Index(None, "room", "at"),
    )


class ChatRead(Tables):
    """How far somebody has read a room; it never moves backwards."""

    __tablename__ = "chat_reads"
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    room: Mapped[str] = mapped_column(primary_key=True)
    last_read_id: Mapped[str]
