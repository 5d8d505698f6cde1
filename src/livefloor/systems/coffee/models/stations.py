"""The stations, what is set for each, what went wrong there, and their figures."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from livefloor import Json, Resource, Versioned, one_of, unique_while
from livefloor.systems.coffee.models.base import Tables


class Station(Versioned, Tables):
    """A cart that makes coffee, or a storeroom; numbered by people."""

    __tablename__ = "stations"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    location: Mapped[str] = mapped_column(String(80), default="")
    kind: Mapped[str] = mapped_column(default="service")
    status: Mapped[str] = mapped_column(default="closed")
    status_reason: Mapped[str | None]
    status_until: Mapped[datetime | None]
    """When a paused station opens by itself (rule 40)."""
    connection: Mapped[str] = mapped_column(default="never")
    machine_positions: Mapped[int] = mapped_column(default=1)
    max_queue: Mapped[int] = mapped_column(default=25)
    speed_factor: Mapped[float] = mapped_column(default=1.0)
    last_completed_at: Mapped[datetime | None]
    """The completion before, from which the next one's speed is told (rule 7)."""
    last_heartbeat_at: Mapped[datetime | None]
    unstaffed_since: Mapped[datetime | None]
    """Since when it is open with nobody present (rule 48)."""
    sort: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        CheckConstraint("id BETWEEN 1 AND 99", name="id"),
        CheckConstraint("length(name) BETWEEN 1 AND 40", name="name"),
        one_of("kind", "service", "storage"),
        one_of("status", "open", "paused", "offline", "closed"),
        CheckConstraint("kind = 'service' OR status = 'closed'", name="storage_is_closed"),
        CheckConstraint("status_until IS NULL OR status = 'paused'", name="status_until"),
        one_of("connection", "live", "lost", "never"),
        CheckConstraint("machine_positions BETWEEN 1 AND 4", name="machine_positions"),
        CheckConstraint("max_queue BETWEEN 1 AND 99", name="max_queue"),
        CheckConstraint("speed_factor BETWEEN 0.5 AND 2.5", name="speed_factor"),
    )


class StationSettings(Versioned, Tables):
    """What a station sets for itself; what it leaves out is the event's."""

    __tablename__ = "station_settings"
    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id", ondelete="CASCADE"), primary_key=True)
    settings: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class Alert(Resource, Tables):
    """Something that staff should look at; one of a kind and subject is open at a time."""

    __tablename__ = "alerts"
    kind: Mapped[str]
    station_id: Mapped[int | None] = mapped_column(ForeignKey("stations.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(default="")
    level: Mapped[str]
    opened_at: Mapped[datetime]
    acked_by: Mapped[str | None]
    acked_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        one_of(
            "kind",
            "low_stock",
            "out_of_stock",
            "station_lost",
            "station_unstaffed",
            "late_orders",
            "no_show",
            "sms_failing",
            "stranded",
            "help",
            "cap_near",
        ),
        one_of("level", "info", "warn", "critical"),
        CheckConstraint("(acked_by IS NULL) = (acked_at IS NULL)", name="acked_whole"),
        unique_while("uq_alerts_open", "closed_at IS NULL", "kind", "station_id", "subject"),
        unique_while("uq_alerts_open_everywhere", "closed_at IS NULL AND station_id IS NULL", "kind", "subject"),
        Index(None, "closed_at", "opened_at"),
    )


class StationHour(Tables):
    """The figures of one station in one hour, rolled up."""

    __tablename__ = "station_hourly"
    event_id: Mapped[str] = mapped_column(ForeignKey("occasions.id"), primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id"), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    figures: Mapped[dict[str, Any]] = mapped_column(Json)
