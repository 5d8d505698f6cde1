"""Moments and days that people give as the ends of a range, in the zone of the place."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Annotated, Any

from pydantic import BeforeValidator

from livefloor.kernel.problems import Invalid


def _day(said: Any) -> Any:
    """Take a day as a day: left to itself it would be read as its first moment."""
    return date.fromisoformat(said) if isinstance(said, str) and len(said) == 10 and said.isascii() else said


Moment = Annotated[datetime | date | None, BeforeValidator(_day)]
"""A moment, or a whole day."""


def moment_of(value: datetime | date, zone: tzinfo, *, end: bool = False) -> datetime:
    """Return the moment that a time or day means; a day as an end is in. Raises Invalid at the ends of the calendar."""
    try:
        if isinstance(value, datetime):
            moment = value if value.tzinfo is not None else value.replace(tzinfo=zone)
        else:
            moment = datetime.combine(value + timedelta(days=end), time(), zone)
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise Invalid.field("to" if end else "from", "lies at the end of the calendar") from error
