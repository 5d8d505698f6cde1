"""When orders are taken: the event, its service windows and the last orders (rule 20)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Window:
    """A time of service on every day of the event, by its own clock; one that ends before it starts passes midnight."""

    start: time
    end: time


def takes_orders(
    now: datetime,
    windows: Sequence[Window],
    zone: ZoneInfo,
    *,
    starts_at: datetime,
    ends_at: datetime,
    last_orders: int,
) -> bool:
    """Tell whether a new immediate cup is taken now (rule 20); `last_orders` in minutes before the end."""
    before = timedelta(minutes=last_orders)
    return any(opens <= now < closes - before for opens, closes in _services(now, windows, zone, starts_at, ends_at))


def next_opening(
    now: datetime, windows: Sequence[Window], zone: ZoneInfo, *, starts_at: datetime, ends_at: datetime
) -> datetime | None:
    """Return when orders are next taken, in UTC, looking from now until the end of the event; None when no more."""
    first = max(now, starts_at)
    days = range((ends_at.astimezone(zone).date() - first.astimezone(zone).date()).days + 1)
    looked = (first + timedelta(days=day) for day in days)
    openings = (opens for at in looked for opens, _ in _services(at, windows, zone, starts_at, ends_at) if opens > now)
    return min(openings, default=None)


def _services(
    now: datetime, windows: Iterable[Window], zone: ZoneInfo, starts_at: datetime, ends_at: datetime
) -> list[tuple[datetime, datetime]]:
    """Return the services of the days about a moment, cut to the event; without windows it is one service."""
    today = now.astimezone(zone).date()
    days = (today - timedelta(days=1), today, today + timedelta(days=1))
    spans = [_span(day, window, zone) for day in days for window in windows] or [(starts_at, ends_at)]
    cut = ((max(opens, starts_at), min(closes, ends_at)) for opens, closes in spans)
    return [(opens, closes) for opens, closes in cut if opens < closes]


def _span(day: date, window: Window, zone: ZoneInfo) -> tuple[datetime, datetime]:
    last = day if window.end > window.start else day + timedelta(days=1)
    opens = datetime.combine(day, window.start, tzinfo=zone).astimezone(UTC)
    return opens, datetime.combine(last, window.end, tzinfo=zone).astimezone(UTC)
