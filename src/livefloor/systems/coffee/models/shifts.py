"""Who works where and when: shifts and their breaks."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from livefloor import Resource, new_id, one_of, unique_while
from livefloor.systems.coffee.models.base import Tables


class Schedule(Resource, Tables):
    """A shift of one person at one station."""

    __tablename__ = "schedules"
    event_id: Mapped[str] = mapped_column(ForeignKey("occasions.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id"))
    role: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    break_minutes: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(default="planned")
    checked_in_at: Mapped[datetime | None]
    checked_out_at: Mapped[datetime | None]
    checked_in_by: Mapped[str | None]
    late_minutes: Mapped[int | None]
    left_open: Mapped[bool] = mapped_column(default=False)
    """Whether nobody checked out, and the planned end was put in."""
    handover_note: Mapped[str | None] = mapped_column(String(500))
    notes: Mapped[str] = mapped_column(String(200), default="")
    __table_args__ = (
        one_of("role", "barista", "support"),
        one_of("status", "planned", "checked_in", "on_break", "checked_out", "no_show", "cancelled"),
        CheckConstraint("starts_at < ends_at", name="starts_before_end"),
        CheckConstraint("break_minutes BETWEEN 0 AND 120", name="break_minutes"),
        CheckConstraint("length(notes) <= 200", name="notes"),
        # One runs at a time: checking in elsewhere while checked in has one winner (rule 68).
        unique_while("uq_schedules_running", "status IN ('checked_in', 'on_break')", "user_id"),
        Index(None, "user_id", "starts_at"),
        Index(None, "station_id", "starts_at"),
        Index(None, "event_id", "starts_at"),
    )


class ScheduleBreak(Tables):
    """A break within a shift; one is open at a time."""

    __tablename__ = "schedule_breaks"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    schedule_id: Mapped[str] = mapped_column(ForeignKey("schedules.id"), index=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name="ends_after_start"),
        unique_while("uq_schedule_breaks_open", "ended_at IS NULL", "schedule_id"),
    )
