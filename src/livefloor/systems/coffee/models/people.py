"""The crew, and the boards that face the guests."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from livefloor import Account, Json, Resource, one_of
from livefloor.systems.coffee.models.base import Tables

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When somebody was last seen who never was: lists in pages sort by no missing value."""


class User(Account, Tables):
    """Somebody of the crew. `status` says whether the account is active."""

    __tablename__ = "users"
    username: Mapped[str] = mapped_column(String(32), unique=True)
    password_hash: Mapped[str]
    password_is_one_time: Mapped[bool] = mapped_column(default=False)
    """Whether the password was made by somebody else, and must be changed at the first sign-in."""
    phone: Mapped[str | None]
    station_id: Mapped[int | None] = mapped_column(ForeignKey("stations.id", ondelete="SET NULL"))
    skills: Mapped[list[str]] = mapped_column(Json, default=list)
    last_seen_at: Mapped[datetime] = mapped_column(default=lambda: NEVER)
    __table_args__ = (
        one_of("role", "admin", "organizer", "barista", "support", "display"),
        one_of("status", "active", "inactive"),
        CheckConstraint("username = lower(username) AND length(username) BETWEEN 3 AND 32", name="username"),
        CheckConstraint("display_name IS NOT NULL AND length(display_name) BETWEEN 1 AND 40", name="display_name"),
        Index(None, "role", "status"),
        Index(None, "station_id"),
    )


class DisplayDevice(Resource, Tables):
    """A TV or tablet that shows the board, paired by a code of six digits; it lives until it is revoked."""

    __tablename__ = "display_devices"
    name: Mapped[str] = mapped_column(String(40))
    station_id: Mapped[int | None] = mapped_column(ForeignKey("stations.id"))
    pair_code: Mapped[str | None] = mapped_column(String(6), unique=True)
    pair_code_expires_at: Mapped[datetime | None]
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    paired_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    __table_args__ = (CheckConstraint("length(name) BETWEEN 1 AND 40", name="name"), Index(None, "station_id"))


class UserDay(Tables):
    """The figures of one person on one day of the event's zone, rolled up."""

    __tablename__ = "user_daily"
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    figures: Mapped[dict[str, Any]] = mapped_column(Json)
