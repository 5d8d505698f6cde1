"""The tables of the two measured routes, as SQLAlchemy declarative models."""

import uuid
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    TypeDecorator,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, mapped_column, relationship


class UtcDateTime(TypeDecorator[datetime]):
    """A UTC time: SQLite has no zone, so it is taken off on the way in and put back on the way out."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def new_id() -> str:
    return str(uuid.uuid4())


class Base(DeclarativeBase):
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime, dict[str, Any]: JSON, list[str]: JSON}


class User(Base):
    __tablename__ = "users"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    role: Mapped[str]
    status: Mapped[str] = mapped_column(default="active")
    student_id: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str | None]
    created_at: Mapped[datetime]


class UserSession(Base):
    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user", "user_id", "revoked_at"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()


class FaultReport(Base):
    __tablename__ = "fault_reports"
    __table_args__ = (Index("ix_faults_machine", "machine_pk", "status"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    machine_pk: Mapped[str] = mapped_column(ForeignKey("machines.id"))
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    kind: Mapped[str]
    description: Mapped[str]
    counts: Mapped[bool] = mapped_column(default=True)
    status: Mapped[str] = mapped_column(default="open")
    created_at: Mapped[datetime]


class WaitlistItem(Base):
    __tablename__ = "waitlist_items"
    __table_args__ = (Index("ix_waitlist_type", "machine_type", "status", "sort_key"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    machine_type: Mapped[str]
    status: Mapped[str] = mapped_column(default="waiting")
    sort_key: Mapped[int]
    joined_at: Mapped[datetime]


class Cycle(Base):
    __tablename__ = "cycles"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    machine_pk: Mapped[str] = mapped_column(ForeignKey("machines.id"))
    machine_type: Mapped[str]
    machine_id: Mapped[int]
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    source: Mapped[str] = mapped_column(default="app")
    category: Mapped[str]
    minutes: Mapped[int]
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    finish: Mapped[str | None]
    completed_at: Mapped[datetime | None]
    pickup_deadline: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str | None]
    closed_by: Mapped[str | None]
    user: Mapped[User | None] = relationship()
    __table_args__ = (
        Index("uq_cycles_open", "machine_pk", unique=True, sqlite_where=text("closed_at IS NULL")),
        Index("ix_cycles_user", "user_id", "closed_at"),
        Index("ix_cycles_started", "started_at"),
    )


class Machine(Base):
    __tablename__ = "machines"
    __table_args__ = (
        UniqueConstraint("machine_type", "machine_id"),
        CheckConstraint("status IN ('available', 'in_use', 'completed', 'disabled')"),
        Index("ix_machines_status", "machine_type", "status"),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    machine_type: Mapped[str]
    machine_id: Mapped[int]
    label: Mapped[str]
    location: Mapped[str]
    status: Mapped[str] = mapped_column(default="available")
    enabled: Mapped[bool] = mapped_column(default=True)
    current_cycle_id: Mapped[str | None]
    laundry_inside: Mapped[bool] = mapped_column(default=False)
    hold_user_id: Mapped[str | None]
    hold_reason: Mapped[str | None]
    hold_expires_at: Mapped[datetime | None]
    out_of_order_since: Mapped[datetime | None]
    out_of_order_reason: Mapped[str | None]
    expected_back_at: Mapped[datetime | None]
    total_cycles: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    current_cycle: Mapped[Cycle | None] = relationship(
        primaryjoin="foreign(Machine.current_cycle_id) == Cycle.id", viewonly=True
    )


Machine.report_count = column_property(
    select(func.count(FaultReport.id))
    .where(FaultReport.machine_pk == Machine.id, FaultReport.status.in_(("open", "acknowledged")), FaultReport.counts)
    .correlate_except(FaultReport)
    .scalar_subquery()
)


class Event(Base):
    __tablename__ = "events"
    seq: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True, default=new_id)
    name: Mapped[str]
    channels: Mapped[list[str]]
    actor: Mapped[dict[str, Any]]
    subject: Mapped[dict[str, Any]]
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class Activity(Base):
    __tablename__ = "activities"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    activity_type: Mapped[str]
    machine_type: Mapped[str]
    machine_id: Mapped[int]
    details: Mapped[str]
    visibility: Mapped[str] = mapped_column(default="public")
    event_seq: Mapped[int] = mapped_column(ForeignKey("events.seq"))
    created_at: Mapped[datetime]
    event: Mapped[Event] = relationship()
    __table_args__ = (
        Index("ix_activities_created", "created_at"),
        Index("ix_activities_user", "user_id", "created_at"),
    )
