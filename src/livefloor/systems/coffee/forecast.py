"""How long the stock lasts: use per hour, when it runs out, cups left (section 9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select

from livefloor import Look, UtcTime, bindparam
from livefloor.systems.coffee.models import InventoryMovement, Occasion
from livefloor.systems.coffee.rules import stock

USED = InventoryMovement.kind.in_(("deplete", "waste"))
RECENTLY = select(InventoryMovement.item_id, InventoryMovement.delta).where(
    InventoryMovement.station_id == bindparam("station_id"),
    InventoryMovement.at > bindparam("since", type_=UtcTime()),
    USED,
)
SINCE_START = (
    select(InventoryMovement.item_id, func.sum(InventoryMovement.delta))
    .where(
        InventoryMovement.station_id == bindparam("station_id"),
        InventoryMovement.at >= bindparam("since", type_=UtcTime()),
        USED,
    )
    .group_by(InventoryMovement.item_id)
)
_RANKED = (
    select(
        InventoryMovement.item_id,
        (InventoryMovement.shortfall - InventoryMovement.delta).label("quantity"),
        func.row_number()
        .over(partition_by=InventoryMovement.item_id, order_by=InventoryMovement.at.desc())
        .label("place"),
    )
    .where(InventoryMovement.station_id == bindparam("station_id"), InventoryMovement.kind == "deplete")
    .where(InventoryMovement.order_id.is_not(None))
    .subquery()
)
LAST_CUPS = select(_RANKED.c.item_id, _RANKED.c.quantity).where(_RANKED.c.place <= stock.CUPS_FOR_MEAN)


@dataclass(frozen=True, slots=True)
class Outlook:
    """How fast one item goes at one station."""

    per_hour: float | None = None
    last_cups: Sequence[int] = field(default_factory=tuple)

    def runs_out_at(self, now: datetime, free: int) -> datetime | None:
        """Return when it is used up at this pace."""
        return stock.runs_out_at(now, free, self.per_hour)


async def outlooks(look: Look, station_id: int, occasion: Occasion | None) -> Mapping[str, Outlook]:
    """Return how fast each item goes at a station, by item id."""
    recent: dict[str, list[int]] = {}
    for item_id, delta in await look.tuples(RECENTLY, station_id=station_id, since=look.now - timedelta(minutes=30)):
        recent.setdefault(item_id, []).append(-delta)
    last: dict[str, list[int]] = {}
    for item_id, quantity in await look.tuples(LAST_CUPS, station_id=station_id):
        last.setdefault(item_id, []).append(quantity)
    averages: dict[str, float] = {}
    if occasion is not None and occasion.starts_at < look.now:
        hours = (look.now - occasion.starts_at) / timedelta(hours=1)
        totals = await look.tuples(SINCE_START, station_id=station_id, since=occasion.starts_at)
        averages = {item_id: float(-delta) / hours for item_id, delta in totals if delta}
    return {
        item_id: Outlook(
            stock.use_per_hour(recent.get(item_id, []), averages.get(item_id)), tuple(last.get(item_id, ()))
        )
        for item_id in {*recent, *last, *averages}
    }
