"""The tables of the laundry room."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, MetaData, String, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from livefloor import NAMING, Account, Json, Resource, Rows, UtcTime, new_id, one_of, unique_while


class Tables(Rows, DeclarativeBase):
    """The tables of this system alone."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcTime()}  # noqa: RUF012 - SQLAlchemy's own protocol


class User(Account, Tables):
    """A student, or a member of the staff. `student_id` holds the staff's six digits as well."""

    __tablename__ = "users"
    student_id: Mapped[str | None] = mapped_column(String(6), unique=True)
    pin_hash: Mapped[str | None]
    pin_scheme: Mapped[str | None]
    pin_weak: Mapped[bool] = mapped_column(default=False)
    password_hash: Mapped[str | None]
    phone_number: Mapped[str | None]
    phone_changed_at: Mapped[datetime | None]
    notify_push: Mapped[bool] = mapped_column(default=True)
    notify_sms: Mapped[bool] = mapped_column(default=False)
    waitlist_suspended_until: Mapped[datetime | None]
    no_shows_cleared_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    __table_args__ = (
        one_of("role", "student", "staff", "admin"),
        one_of("status", "active", "blocked", "deleted"),
        CheckConstraint(
            "student_id IS NULL OR (length(student_id) = 6 AND trim(student_id, '0123456789') = '')", name="student_id"
        ),
        CheckConstraint("display_name IS NULL OR length(display_name) BETWEEN 1 AND 24", name="display_name"),
        Index(None, "role", "status"),
        Index(None, "phone_number"),
    )


class RosterEntry(Tables):
    """A student id that may register in `roster` mode."""

    __tablename__ = "roster_entries"
    student_id: Mapped[str] = mapped_column(String(6), primary_key=True)
    note: Mapped[str | None]
    added_by: Mapped[str | None]
    added_at: Mapped[datetime]


class Machine(Resource, Tables):
    """A washer or a dryer. A hold is a property beside the status."""

    __tablename__ = "machines"
    machine_type: Mapped[str]
    machine_id: Mapped[int]
    label: Mapped[str] = mapped_column(String(40))
    location: Mapped[str] = mapped_column(String(80), default="")
    status: Mapped[str] = mapped_column(default="available")
    enabled: Mapped[bool] = mapped_column(default=True)
    current_cycle_id: Mapped[str | None]
    laundry_inside: Mapped[bool] = mapped_column(default=False)
    hold_user_id: Mapped[str | None]
    hold_item_id: Mapped[str | None]
    hold_reason: Mapped[str | None]
    hold_expires_at: Mapped[datetime | None]
    out_of_order_since: Mapped[datetime | None]
    out_of_order_reason: Mapped[str | None]
    expected_back_at: Mapped[datetime | None]
    machine_code: Mapped[str] = mapped_column(String(4))
    total_cycles: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("machine_type", "machine_id"),
        one_of("machine_type", "washer", "dryer"),
        one_of("status", "available", "in_use", "completed", "disabled"),
        one_of("hold_reason", "waitlist", "finder"),
        CheckConstraint("machine_id BETWEEN 1 AND 99", name="machine_id"),
        CheckConstraint("enabled = (status <> 'disabled')", name="enabled"),
        CheckConstraint("laundry_inside = (current_cycle_id IS NOT NULL)", name="laundry_inside"),
        CheckConstraint("laundry_inside OR status NOT IN ('in_use', 'completed')", name="status_inside"),
        CheckConstraint("NOT laundry_inside OR status <> 'available'", name="available_is_empty"),
        CheckConstraint(
            "(hold_user_id IS NULL AND hold_item_id IS NULL AND hold_reason IS NULL AND hold_expires_at IS NULL)"
            " OR (hold_user_id IS NOT NULL AND hold_reason IS NOT NULL AND hold_expires_at IS NOT NULL)",
            name="hold_whole",
        ),
        CheckConstraint("hold_user_id IS NULL OR status NOT IN ('in_use', 'disabled')", name="hold_status"),
        Index(None, "machine_type", "status"),
        Index(None, "hold_expires_at"),
    )


class Cycle(Resource, Tables):
    """One load in one machine, from its start until the drum is empty."""

    __tablename__ = "cycles"
    machine_pk: Mapped[str] = mapped_column(ForeignKey("machines.id"))
    machine_type: Mapped[str]
    machine_id: Mapped[int]
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    source: Mapped[str] = mapped_column(default="app")
    reported_by: Mapped[str | None]
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
    moved_place: Mapped[str | None]
    moved_photo_id: Mapped[str | None]
    reopened: Mapped[int] = mapped_column(default=0)
    nudges: Mapped[int] = mapped_column(default=0)
    nudged_at: Mapped[datetime | None]
    counted: Mapped[bool] = mapped_column(default=False)
    """Whether the machine's total_cycles has it already, so that a reopened cycle is not counted twice (R31)."""
    __table_args__ = (
        one_of("source", "app", "walk_up"),
        one_of("finish", "timer", "early", "cancelled", "faulted"),
        one_of("close_reason", "collected", "empty", "moved", "staff_cleared", "cancelled", "aborted"),
        CheckConstraint("(closed_at IS NULL) = (close_reason IS NULL)", name="closed_whole"),
        CheckConstraint("ends_at >= started_at", name="ends_after_start"),
        unique_while("uq_cycles_open_machine_pk", "closed_at IS NULL", "machine_pk"),
        Index(None, "user_id", "closed_at"),
        Index(
            "ix_cycles_running_ends_at",
            "ends_at",
            sqlite_where=text("completed_at IS NULL AND closed_at IS NULL"),
            postgresql_where=text("completed_at IS NULL AND closed_at IS NULL"),
        ),
        Index(None, "started_at"),
        Index(
            "ix_cycles_collected",
            "machine_type",
            "closed_at",
            sqlite_where=text("close_reason = 'collected'"),
            postgresql_where=text("close_reason = 'collected'"),
        ),
    )


class CycleCategory(Tables):
    """A programme that can be chosen for a type, and how long it takes."""

    __tablename__ = "cycle_categories"
    machine_type: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    label: Mapped[str]
    minutes: Mapped[int]
    enabled: Mapped[bool] = mapped_column(default=True)
    sort: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    __table_args__ = (
        one_of("machine_type", "washer", "dryer"),
        CheckConstraint("minutes BETWEEN 1 AND 240", name="minutes"),
    )


class WaitlistItem(Resource, Tables):
    """A place in the list of a type."""

    __tablename__ = "waitlist_items"
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    machine_type: Mapped[str]
    status: Mapped[str] = mapped_column(default="waiting")
    priority: Mapped[int] = mapped_column(default=0)
    sort_key: Mapped[int] = mapped_column(BigInteger)
    joined_at: Mapped[datetime]
    first_called_at: Mapped[datetime | None]
    called_at: Mapped[datetime | None]
    claim_expires_at: Mapped[datetime | None]
    machine_pk: Mapped[str | None] = mapped_column(ForeignKey("machines.id"))
    pass_used: Mapped[bool] = mapped_column(default=False)
    skip_machine_pk: Mapped[str | None]
    skip_cycle_id: Mapped[str | None]
    next_notified: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime | None]
    left_called: Mapped[bool] = mapped_column(default=False)
    """Whether it was left while called, which closes the list to the user for a while (R27)."""
    __table_args__ = (
        one_of("machine_type", "washer", "dryer"),
        one_of("status", "waiting", "called", "fulfilled", "left", "no_show", "removed", "expired"),
        CheckConstraint(
            "(status = 'called') = (called_at IS NOT NULL AND claim_expires_at IS NOT NULL AND machine_pk IS NOT NULL)",
            name="called_whole",
        ),
        CheckConstraint("(closed_at IS NULL) = (status IN ('waiting', 'called'))", name="closed_whole"),
        unique_while(
            "uq_waitlist_items_open_user_id_machine_type", "status IN ('waiting', 'called')", "user_id", "machine_type"
        ),
        Index("ix_waitlist_items_order", "machine_type", "status", text("priority DESC"), "sort_key"),
        Index(None, "user_id", "closed_at"),
    )


class FaultReport(Resource, Tables):
    """What somebody found wrong with a machine. `counts` is off for those whose reports were often dismissed (R40)."""

    __tablename__ = "fault_reports"
    machine_pk: Mapped[str] = mapped_column(ForeignKey("machines.id"))
    machine_type: Mapped[str]
    machine_id: Mapped[int]
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    kind: Mapped[str]
    description: Mapped[str] = mapped_column(String(500))
    photo_id: Mapped[str | None]
    counts: Mapped[bool] = mapped_column(default=True)
    status: Mapped[str] = mapped_column(default="open")
    handled_by: Mapped[str | None]
    handled_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(String(500))
    __table_args__ = (
        one_of("status", "open", "acknowledged", "resolved", "dismissed"),
        CheckConstraint("length(description) BETWEEN 3 AND 500", name="description"),
        unique_while(
            "uq_fault_reports_open_machine_pk_user_id", "status IN ('open', 'acknowledged')", "machine_pk", "user_id"
        ),
        Index(None, "machine_pk", "status"),
        Index(None, "user_id", "status"),
        Index(None, "created_at"),
    )


class StatusReport(Tables):
    """What somebody in the room saw in a machine (R30-R33)."""

    __tablename__ = "status_reports"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    machine_pk: Mapped[str] = mapped_column(ForeignKey("machines.id"))
    seen: Mapped[str]
    minutes_left: Mapped[int | None]
    at: Mapped[datetime]
    __table_args__ = (one_of("seen", "running", "full", "empty"), Index(None, "user_id", "at"))


class CodeMiss(Tables):
    """A wrong machine code, kept for an hour's count (R2)."""

    __tablename__ = "machine_code_misses"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    __table_args__ = (Index(None, "user_id", "at"),)


class UsageHour(Tables):
    """What a machine did in one hour, in seconds."""

    __tablename__ = "usage_hourly"
    machine_pk: Mapped[str] = mapped_column(ForeignKey("machines.id"), primary_key=True)
    hour: Mapped[datetime] = mapped_column(UtcTime(), primary_key=True)
    enabled_seconds: Mapped[int]
    in_use_seconds: Mapped[int]
    completed_seconds: Mapped[int]
    starts: Mapped[int]


class Setting(Tables):
    """One setting of the room that an admin has changed, or that the first start has set."""

    __tablename__ = "settings"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(Json)
    version: Mapped[int] = mapped_column(default=1)
    updated_by: Mapped[str | None]
    updated_at: Mapped[datetime]
