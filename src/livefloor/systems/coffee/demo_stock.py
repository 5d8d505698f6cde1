"""What each station of the demo has: what came in, less what its cups took, with what is promised to those that wait."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from livefloor.systems.coffee.cups import needs_of
from livefloor.systems.coffee.demo_cups import Served
from livefloor.systems.coffee.demo_stage import Stage
from livefloor.systems.coffee.models import InventoryItem, InventoryMovement, StationInventory
from livefloor.systems.coffee.rules import stock
from livefloor.systems.coffee.rules.stock import Marks
from livefloor.systems.coffee.stations import stock_row

SHARE = {1: 0.7, 2: 0.55, 3: 0.6, 4: 0.3, 9: 1.0}
"""How much of its capacity each station was given of everything,"""
FREE = {(2, "milk_oat"): 1600, (3, "cup_small"): 20, (1, "milk_almond"): 0}
"""and how much is free now of what Garden is low on, what is critical at Hall, and what Foyer is out of."""
RAN_OUT, RAN_OUT_AGO = 640, 25.0
"""What the books still showed when somebody said that nothing was left, and how many minutes ago."""


async def fill_shelves(stage: Stage, station_ids: Iterable[int], served: Iterable[Served]) -> None:
    """Put the stock of all stations in, with the movements that explain it."""
    taken: dict[tuple[int, str], list[tuple[datetime, Served, int]]] = defaultdict(list)
    promised: dict[tuple[int, str], int] = defaultdict(int)
    for one in served:
        for code, need in needs_of(one.order).items():
            key = (one.order.station_id or 0, code)
            if one.order.completed_at is not None:
                taken[key].append((one.order.completed_at, one, need))
            elif one.order.status != "cancelled":
                promised[key] += need
    rows: list[StationInventory] = []
    movements: list[InventoryMovement] = []
    for station_id in station_ids:
        for item in stage.menu.items.values():
            key = (station_id, item.code)
            row = stock_row(station_id, item)
            row.reserved = promised[key]
            movements += _movements(stage, row, item, sorted(taken[key], key=lambda each: each[0]))
            row.alert_level = stock.level(row.quantity - row.reserved, _marks(stage, row, item))
            row.alerted_at = stage.ago(RAN_OUT_AGO) if row.alert_level != "ok" else None
            rows.append(row)
    await stage.ctx.add_all([*rows, *sorted(movements, key=lambda movement: movement.at)])


def _marks(stage: Stage, row: StationInventory, item: InventoryItem) -> Marks:
    need = stage.menu.needs().get(item.code)
    return Marks(row.low_threshold, row.critical_threshold, need[0] if need else None, item.blocks)


def _movements(
    stage: Stage, row: StationInventory, item: InventoryItem, taken: list[tuple[datetime, Served, int]]
) -> list[InventoryMovement]:
    """Return what came and went of an item, and set what is there now."""
    key, used = (row.station_id, item.code), sum(need for _, _, need in taken)
    came = int(item.default_capacity * SHARE[row.station_id])
    free = FREE.get(key)
    if free is not None:
        came = used + row.reserved + (free or RAN_OUT)
    row.quantity = 0
    found = [moved(row, "restock", came, stage.occasion.starts_at, reason="set up")]
    for at, one, need in taken:
        by, order = one.order.barista_id, one.order.id
        found.append(moved(row, "deplete", -need, at, order_id=order, actor_id=by))
    if free == 0:
        who = stage.barista(row.station_id, 0)
        found.append(moved(row, "run_out", -RAN_OUT, stage.ago(RAN_OUT_AGO), actor_id=who))
    return found


def moved(row: StationInventory, kind: str, delta: int, at: datetime, **more: Any) -> InventoryMovement:
    """Change what is there of an item, and return the movement that says so."""
    row.quantity += delta
    movement = InventoryMovement(station_id=row.station_id, item_id=row.item_id, kind=kind, delta=delta, **more)
    movement.quantity_after, movement.occurred_at, movement.at = row.quantity, at, at
    return movement
