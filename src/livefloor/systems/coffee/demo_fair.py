"""The event of last spring: 640 cups whose guests are forgotten and whose figures stayed (section 12, rule 78)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from livefloor.systems.coffee.cups import needs_of
from livefloor.systems.coffee.demo_shifts import shift_of
from livefloor.systems.coffee.demo_stage import BARISTAS, Stage, new_cups, new_ticket
from livefloor.systems.coffee.demo_stock import moved
from livefloor.systems.coffee.forgetting import ERASED
from livefloor.systems.coffee.models import InventoryMovement, Occasion, Order, StationInventory, Ticket

CUPS = 640
REMAKES = 8
BUSY = (3, 9, 6, 3, 8, 5, 4, 9, 4, 1)
"""How busy each hour was."""
DRINKS = (
    ("flat_white small full", 9), ("latte regular full", 9), ("latte regular oat", 6), ("cappuccino large full", 5),
    ("long_black regular -", 5), ("espresso small -", 4), ("flat_white small soy", 3), ("mocha regular full", 2),
    ("chai_latte regular oat", 2), ("hot_chocolate small full", 2), ("latte regular lactose_free", 1), ("tea regular -", 1),
)  # fmt: skip
CHANNELS = (("sms", 42), ("web", 22), ("walk_up", 28), ("group", 8))


async def hold_fair(stage: Stage, fair: Occasion) -> None:
    """Put in the shifts and the cups of the closed event."""
    crew = [(name, station_id) for station_id, names in BARISTAS.items() for name in names]
    await stage.ctx.add_all(
        shift_of(stage, fair.id, name, station_id, fair.starts_at, fair.ends_at, "checked_out")
        for name, station_id in crew
    )
    rows = list(_cups(stage, fair, Random(CUPS)))
    moved = _movements(stage, fair, [order for _, order in rows])
    await stage.ctx.add_all(
        [*{ticket.id: ticket for ticket, _ in rows}.values(), *(order for _, order in rows), *moved]
    )


def _cups(stage: Stage, fair: Occasion, dice: Random) -> Iterator[tuple[Ticket, Order]]:
    """Return the cups in the order in which they were ordered; some were made again."""
    alone = CUPS - REMAKES
    hours = dice.choices(range(len(BUSY)), BUSY, k=alone)
    times = sorted(fair.starts_at + timedelta(hours=hour, seconds=dice.randrange(3590)) for hour in hours)
    drinks = dice.choices([drink for drink, _ in DRINKS], [weight for _, weight in DRINKS], k=alone)
    channels = dice.choices([channel for channel, _ in CHANNELS], [weight for _, weight in CHANNELS], k=alone)
    again = set(dice.sample(range(alone), REMAKES))
    for place, (at, drink, channel) in enumerate(zip(times, drinks, channels, strict=True)):
        station_id = dice.choice((1, 1, 2, 3))
        quoted = 60 * dice.randint(3, 8)
        ticket = new_ticket(
            fair, place, at, name=ERASED, channel=channel, station_id=station_id, quoted_wait_seconds=quoted
        )
        order = new_cups(ticket, [stage.plan(drink)], at)[0]
        _end(order, at, stage, dice, fated="made" if place in again else None)
        yield ticket, order
        if place in again:
            assert order.completed_at is not None
            later = order.completed_at + timedelta(minutes=2)
            second = new_cups(ticket, [stage.plan(drink)], later, first=2)[0]
            second.priority, second.remake_of = "remake", order.id
            second.remake_reason = dice.choice(("wrong_milk", "cold", "spilled", "wrong_drink"))
            _end(second, later, stage, dice, fated="made")
            yield ticket, second


def _end(order: Order, at: datetime, stage: Stage, dice: Random, fated: str | None = None) -> None:
    """Let a cup be fetched, left standing, or called off before it was begun."""
    fate = fated or dice.choices(("made", "left", "off"), (94, 2, 4))[0]
    if fate == "off":
        order.status, order.cancelled_at = "cancelled", at + timedelta(seconds=dice.randint(30, 240))
        order.cancelled_by, order.cancel_reason = dice.choice((("guest", "customer"), ("staff", "duplicate")))
        return
    order.started_at = at + timedelta(seconds=dice.randint(20, 330))
    order.completed_at = order.started_at + timedelta(seconds=order.prep_seconds * dice.uniform(0.8, 1.7))
    order.barista_id = stage.barista(order.station_id or 0, dice.randrange(2))
    order.status = "uncollected" if fate == "left" else "picked_up"
    if fate == "made":
        order.picked_up_at = order.completed_at + timedelta(seconds=dice.randint(15, 300))
        order.rating = dice.choice((None, None, None, 3, 4, 5, 5))


def _movements(stage: Stage, fair: Occasion, orders: list[Order]) -> list[InventoryMovement]:
    """Return what was brought for the fair, what its cups took, and that the rest went home: nothing of it is left."""
    shelves: dict[tuple[int, str], StationInventory] = {}
    found: list[InventoryMovement] = []
    for order in sorted(orders, key=lambda order: order.completed_at or fair.ends_at):
        if order.completed_at is None:
            continue
        for code, need in needs_of(order).items():
            key, item = (order.station_id or 0, code), stage.menu.items[code]
            if key not in shelves:
                shelves[key] = StationInventory(station_id=key[0], item_id=item.id, quantity=0)
                found.append(moved(shelves[key], "restock", item.default_capacity * 4, fair.starts_at, reason="set up"))
            found.append(
                moved(shelves[key], "deplete", -need, order.completed_at, order_id=order.id, actor_id=order.barista_id)
            )
    home = [moved(row, "adjust", -row.quantity, fair.ends_at, reason="taken home") for row in shelves.values()]
    return [*found, *home]
