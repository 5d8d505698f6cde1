"""The events at which coffee is served; an occasion in code, where an event is a fact of the log."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from livefloor import Json, Resource, one_of, unique_while
from livefloor.systems.coffee.models.base import Tables


class Occasion(Resource, Tables):
    """An event with its times, its place and its settings; at most one is active. The name `events` is the log's."""

    __tablename__ = "occasions"
    name: Mapped[str] = mapped_column(String(80))
    venue: Mapped[str] = mapped_column(default="")
    timezone: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default="draft")
    settings: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """What was changed of the settings; the others stand at their defaults."""
    code: Mapped[str] = mapped_column(String(12), unique=True)
    __table_args__ = (
        one_of("status", "draft", "active", "closed"),
        CheckConstraint("length(name) BETWEEN 1 AND 80", name="name"),
        CheckConstraint("starts_at < ends_at", name="starts_before_end"),
        CheckConstraint("code = upper(code) AND length(code) BETWEEN 4 AND 12", name="code"),
        unique_while("uq_occasions_active", "status = 'active'", "status"),
    )
