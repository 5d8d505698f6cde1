"""The local time of the event: its zone, and what a day is there."""

from datetime import date
from zoneinfo import ZoneInfo

from livefloor import Look
from livefloor.systems.coffee.occasions import event_timezone


async def event_zone(look: Look) -> ZoneInfo:
    """Return the zone in which days and hours are told."""
    return ZoneInfo(await event_timezone(look))


async def event_day(look: Look) -> date:
    """Return the day that it is at the event."""
    return look.now.astimezone(await event_zone(look)).date()
