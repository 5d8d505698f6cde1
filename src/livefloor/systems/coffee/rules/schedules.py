"""Shifts: overlap, the days and weeks of the event's time zone, being early, late or absent (rules 67 to 70)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from livefloor.kernel.problems import Conflict, Invalid

ScheduleStatus = Literal["planned", "checked_in", "on_break", "checked_out", "no_show", "cancelled"]

SHORTEST = timedelta(minutes=15)
LONGEST = timedelta(hours=12)
EARLY = timedelta(minutes=30)
LATE_MINUTES = 5
NO_SHOW_AFTER = timedelta(minutes=15)
CHECK_OUT_AFTER = timedelta(minutes=60)
AT_WORK: frozenset[ScheduleStatus] = frozenset({"checked_in", "on_break"})
COUNTED: frozenset[ScheduleStatus] = frozenset({"planned", "checked_in", "on_break", "checked_out", "no_show"})
CHANGEABLE_AFTER_CHECK_IN = frozenset({"ends_at", "station_id", "notes"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One row of schedules, as far as these rules go."""

    id: str
    user_id: str
    station_id: int
    starts_at: datetime
    ends_at: datetime
    status: ScheduleStatus = "planned"
    role: str = "barista"


@dataclass(frozen=True, slots=True)
class CheckIn:
    """What a check-in writes; `unchanged` when it holds already (rule 68)."""

    late_minutes: int
    unchanged: bool = False


def check_times(starts_at: datetime, ends_at: datetime, *, event_starts: datetime, event_ends: datetime) -> None:
    """Refuse a shift that is too short, too long or touches no time of the event. Raises Invalid."""
    if not SHORTEST <= ends_at - starts_at <= LONGEST:
        raise Invalid.field("ends_at", "A shift lasts from 15 minutes to 12 hours.")
    if ends_at <= event_starts or starts_at >= event_ends:
        raise Invalid.field("starts_at", "This is outside the event.", "not_in_event")


def overlaps(one: Shift, other: Shift) -> bool:
    """Tell whether two shifts share a moment; touching ends do not (rule 67)."""
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def overlapping(shift: Shift, others: Iterable[Shift]) -> Shift | None:
    """Return the first other shift of the same person that this one overlaps; cancelled ones never do (rule 67)."""
    met = (
        other
        for other in others
        if other.id != shift.id
        and other.user_id == shift.user_id
        and other.status != "cancelled"
        and overlaps(shift, other)
    )
    return min(met, key=lambda other: (other.starts_at, other.id), default=None)


def check_change(status: ScheduleStatus, fields: Iterable[str]) -> None:
    """Refuse a change that comes too late (section 5.3). Raises Conflict shift_started, shift_finished."""
    if status in ("checked_out", "cancelled"):
        raise Conflict("shift_finished", "This shift is over.")
    kept = sorted(set(fields) - CHANGEABLE_AFTER_CHECK_IN)
    if status in AT_WORK and kept:
        raise Conflict("shift_started", "After check-in only the end, the station and the notes change.", fields=kept)


def check_in(shift: Shift, now: datetime, *, at_work_elsewhere: bool) -> CheckIn:
    """Return the check-in of a shift now (rules 68, 69).

    Raises Conflict too_early, too_late, already_checked_in_elsewhere, shift_cancelled.
    """
    if shift.status in AT_WORK:
        return CheckIn(late_minutes(shift.starts_at, now), unchanged=True)
    if shift.status == "cancelled":
        raise Conflict("shift_cancelled", "This shift was cancelled.")
    if now < shift.starts_at - EARLY:
        raise Conflict("too_early", "Check-in opens 30 minutes before the shift.", opens_at=shift.starts_at - EARLY)
    if now > shift.ends_at or shift.status == "checked_out":
        raise Conflict("too_late", "This shift is over.")
    if at_work_elsewhere:
        raise Conflict("already_checked_in_elsewhere", "You are checked in for another shift: check out first.")
    return CheckIn(late_minutes(shift.starts_at, now))


def late_minutes(starts_at: datetime, checked_in_at: datetime) -> int:
    """Return the whole minutes from the start of a shift to its check-in, 0 when it came before (rule 68)."""
    return max(0, (checked_in_at - starts_at) // timedelta(minutes=1))


def is_late(minutes: int) -> bool:
    """Tell whether a check-in so many minutes after the start counts as late (rule 68, section 9)."""
    return minutes >= LATE_MINUTES


def automatic_check_out(shift: Shift, now: datetime) -> datetime | None:
    """Return the end to write for a shift that nobody checked out of within an hour; None before (section 8)."""
    return shift.ends_at if shift.status in AT_WORK and now >= shift.ends_at + CHECK_OUT_AFTER else None


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first moment of a local day and that of the next, in UTC: 23, 24 or 25 hours apart (rule 67)."""
    return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def week_start(day: date) -> date:
    """Return the Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


def week_bounds(monday: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the moments between which seven local days lie, in UTC (rule 67)."""
    return _midnight(monday, zone), _midnight(monday + timedelta(days=7), zone)


def gaps(shifts: Iterable[Shift], opens_at: datetime, closes_at: datetime) -> list[tuple[datetime, datetime]]:
    """Return when no barista is planned between two moments at the station of these shifts (section 5.3)."""
    found, covered = [], opens_at
    counted = [shift for shift in shifts if shift.status in COUNTED - {"no_show"} and shift.role == "barista"]
    # Whoever came early may have gone before the start.
    worked = [shift for shift in counted if shift.starts_at < shift.ends_at]
    for shift in sorted(worked, key=lambda shift: shift.starts_at):
        if shift.starts_at > covered:
            found.append((covered, min(shift.starts_at, closes_at)))
        covered = max(covered, shift.ends_at)
        if covered >= closes_at:
            return [gap for gap in found if gap[0] < gap[1]]
    return [gap for gap in [*found, (covered, closes_at)] if gap[0] < gap[1]]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
