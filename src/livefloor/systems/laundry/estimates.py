"""How long it will take: what a turn of a type lasts, from the catalogue and from how people have collected lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from livefloor import Look, bindparam
from livefloor.systems.laundry import rules
from livefloor.systems.laundry.models import Cycle, CycleCategory
from livefloor.systems.laundry.rules import NORMAL_MINUTES, Spot, pickup_delay

PICKUPS: Any = (
    select(Cycle.completed_at, Cycle.closed_at)
    .where(
        Cycle.machine_type == bindparam("machine_type"),
        Cycle.close_reason == "collected",
        Cycle.source == "app",
        Cycle.closed_at > Cycle.completed_at,
    )
    .order_by(Cycle.closed_at.desc())
    .limit(50)
)
NORMAL = select(CycleCategory.minutes).where(
    CycleCategory.machine_type == bindparam("machine_type"), CycleCategory.code == "normal"
)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a turn of a type lasts."""

    normal_minutes: int
    delay: timedelta

    def waits(self, spots: Sequence[Spot], count: int, now: datetime) -> list[int | None]:
        """Return the estimated wait of the first `count` waiting entries in minutes."""
        return rules.estimated_waits(spots, count, now, normal_minutes=self.normal_minutes, delay=self.delay)

    def next_free_at(self, spots: Sequence[Spot], waiting: int, now: datetime) -> datetime | None:
        """Return when the next machine becomes free, None when one is."""
        return rules.next_free_at(spots, waiting, now, normal_minutes=self.normal_minutes, delay=self.delay)


async def normal_minutes(look: Look, machine_type: str) -> int:
    """Return how long the normal programme of a type takes."""
    return await look.one(NORMAL, machine_type=machine_type) or NORMAL_MINUTES


async def outlook(look: Look, machine_type: str, grace_minutes: int) -> Outlook:
    """Return what a turn of a type lasts."""
    pickups = await look.tuples(PICKUPS, machine_type=machine_type)
    delay = pickup_delay([closed_at - completed_at for completed_at, closed_at in pickups], grace_minutes)
    return Outlook(await normal_minutes(look, machine_type), delay)
