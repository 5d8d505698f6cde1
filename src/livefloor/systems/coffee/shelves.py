"""The stock of one station inside a change: what is promised, used up, put back or counted, and what follows from it.

The caller holds the station (`floor.hold`), so what is read here stays true until the end of the transaction; a promise is
still won by one conditional update for each item (rule 26). `finish` stores the rows, raises alerts (rule 32), and takes
drinks off the menu or brings them back (rule 33).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, select, update

from livefloor import Conflict, Ctx, Look, UtcTime, bindparam
from livefloor.systems.coffee.alerts import close_alert, open_alert
from livefloor.systems.coffee.availability import MenuLine, MenuUpdated
from livefloor.systems.coffee.forecast import Outlook, outlooks
from livefloor.systems.coffee.models import InventoryItem, InventoryMovement, Milk, Station, StationInventory
from livefloor.systems.coffee.occasions import ACTIVE
from livefloor.systems.coffee.recipes import Menu
from livefloor.systems.coffee.rooms import by
from livefloor.systems.coffee.rules import stock
from livefloor.systems.coffee.rules.stock import Level, Marks
from livefloor.systems.coffee.stock_views import (
    Depleted,
    InventoryRow,
    ItemBrief,
    LowStockAlert,
    MilkMark,
)

AT_STATION = (
    select(StationInventory, InventoryItem)
    .join(InventoryItem, InventoryItem.id == StationInventory.item_id)
    .where(StationInventory.station_id == bindparam("station_id"))
    .order_by(StationInventory.item_id)
)
_ROW = (StationInventory.station_id == bindparam("of_station"), StationInventory.item_id == bindparam("of_item"))
_PROMISED = {"reserved": StationInventory.reserved + bindparam("need")}
PROMISE = (
    update(StationInventory)
    .where(*_ROW, StationInventory.quantity - StationInventory.reserved >= bindparam("need"))
    .values(_PROMISED)
)
PROMISE_ANYWAY = update(StationInventory).where(*_ROW).values(_PROMISED)
FREE = (
    update(StationInventory)
    .where(*_ROW)
    .values(
        reserved=case(
            (StationInventory.reserved > bindparam("need"), StationInventory.reserved - bindparam("need")), else_=0
        )
    )
)
STORE = (
    update(StationInventory)
    .where(*_ROW)
    .values(
        quantity=bindparam("new_quantity"),
        reserved=bindparam("new_reserved"),
        low_threshold=bindparam("new_low"),
        critical_threshold=bindparam("new_critical"),
        capacity=bindparam("new_capacity"),
        enabled=bindparam("new_enabled"),
        alert_level=bindparam("new_level"),
        alerted_at=bindparam("new_alerted_at", type_=UtcTime()),
        version=bindparam("new_version"),
        updated_at=bindparam("moment", type_=UtcTime()),
    )
)
Needs = Mapping[str, int]


@dataclass(slots=True)
class Shelf:
    """One item at the station; `before` is what was free when the change began."""

    row: StationInventory
    item: InventoryItem
    before: int
    by_count: bool = False
    touched: bool = False
    """Whether the row must be stored; a promise alone was stored by its own update."""

    @property
    def free(self) -> int:
        """Return what is not promised."""
        return stock.available(self.row.quantity, self.row.reserved) if self.row.enabled else 0


class Shelves:
    """The stock of one station."""

    def __init__(self, station: Station, menu: Menu, rows: Iterable[tuple[StationInventory, InventoryItem]]) -> None:
        self.station = station
        self.menu = menu
        self.shelves: dict[str, Shelf] = {}
        self.needs = menu.needs()
        self.occurred_at: datetime | None = None
        """When the tap was made that is being written, where a tablet says so (rule 75)."""
        self._blocking = menu.blocking
        for row, item in rows:
            shelf = self.shelves[item.code] = Shelf(row, item, 0)
            shelf.before = shelf.free

    @property
    def free(self) -> dict[str, int]:
        """Return what is not promised, by item."""
        return {code: shelf.free for code, shelf in self.shelves.items()}

    def missing(self, needs: Needs) -> tuple[stock.Missing, ...]:
        """Return what stops these needs from being met here."""
        free = {code: self.shelves[code].free for code in needs if code in self.shelves}
        return stock.missing(needs, free, self._blocking)

    # -- promises ---------------------------------------------------------------------------------------------------

    async def promise(self, ctx: Ctx, needs: Needs) -> None:
        """Reserve all of it or nothing of it counts (rule 26). Raises Conflict out_of_stock."""
        for code in self._in_lock_order(needs):
            statement = PROMISE if code in self._blocking else PROMISE_ANYWAY
            shelf = self.shelves.get(code)
            if shelf is not None and (code not in self._blocking or shelf.row.enabled):
                if await ctx.run(statement, of_station=self.station.id, of_item=shelf.item.id, need=needs[code]):
                    shelf.row.reserved += needs[code]
                    continue
            elif code not in self._blocking:
                continue
            raise self.out_of_stock(self.missing(needs))

    async def release(self, ctx: Ctx, needs: Needs) -> None:
        """Take back a promise."""
        for code in self._in_lock_order(needs):
            shelf = self.shelves.get(code)
            if shelf is not None:
                await ctx.run(FREE, of_station=self.station.id, of_item=shelf.item.id, need=needs[code])
                shelf.row.reserved = max(0, shelf.row.reserved - needs[code])

    def out_of_stock(self, missing: Iterable[stock.Missing], alternatives: Iterable[Any] = ()) -> Conflict:
        """Return the refusal that names what is missing here."""
        short = list(missing)
        names = ", ".join(self.menu.items[each.item].name for each in short if each.item in self.menu.items)
        told = [{**each._asdict(), "station_id": self.station.id} for each in short]
        for each in told:
            each["code"] = each.pop("item")
        detail = f"{names or 'Something'} is out at {self.station.name}."
        return Conflict("out_of_stock", detail, missing=told, alternatives=list(alternatives))

    # -- what really goes and comes ---------------------------------------------------------------------------------

    async def use(
        self,
        ctx: Ctx,
        needs: Needs,
        kind: str,
        *,
        order_id: str | None = None,
        cycle: int = 0,
        promised: bool = True,
        reason: str | None = None,
    ) -> list[Depleted]:
        """Take it off the shelf; what the books lack is recorded as shortfall (rule 29)."""
        taken = []
        for code in self._in_lock_order(needs):
            shelf = self.shelves.get(code)
            if shelf is None:
                continue
            row, need = shelf.row, needs[code]
            left, short = stock.depleted(row.quantity, need)
            delta, row.quantity = left - row.quantity, left
            if promised:
                row.reserved = max(0, row.reserved - need)
            await self._moved(ctx, shelf, kind, delta, short, order_id=order_id, cycle=cycle, reason=reason)
            # The row is stored once, by `finish`, which raises its version.
            version = row.version + 1
            taken.append(Depleted(code=code, quantity=need, quantity_after=left, shortfall=short, version=version))
        return taken

    async def put_back(self, ctx: Ctx, moved: Iterable[InventoryMovement], needs: Needs) -> None:
        """Reverse a depletion once: what was taken is there again, and promised to the cup in hand (rule 15)."""
        for movement in moved:
            code = self.menu.code_of[movement.item_id]
            shelf = self.shelves[code]
            shelf.row.quantity -= movement.delta
            shelf.touched = True
            shelf.row.reserved += needs.get(code, 0)
            shelf.by_count = True
            if movement.delta:
                await self._moved(
                    ctx, shelf, "undo", -movement.delta, 0, order_id=movement.order_id, cycle=movement.cycle
                )

    async def change(
        self, ctx: Ctx, code: str, delta: int, kind: str, *, reason: str | None = None, transfer_id: str | None = None
    ) -> None:
        """Write a difference to the books: a count, a delivery, a transfer."""
        shelf = self.shelves[code]
        shelf.row.quantity += delta
        shelf.by_count = shelf.by_count or kind in ("count", "restock", "transfer_in")
        if delta:
            await self._moved(ctx, shelf, kind, delta, 0, reason=reason, transfer_id=transfer_id)

    async def _moved(self, ctx: Ctx, shelf: Shelf, kind: str, delta: int, shortfall: int, **more: Any) -> None:
        shelf.touched = True
        movement = InventoryMovement(station_id=self.station.id, item_id=shelf.item.id, kind=kind, delta=delta, **more)
        movement.shortfall, movement.quantity_after = shortfall, shelf.row.quantity
        movement.actor_id, movement.occurred_at, movement.at = ctx.actor.id, self.occurred_at or ctx.now, ctx.now
        await ctx.add(movement)

    def _in_lock_order(self, needs: Needs) -> list[str]:
        """Return the items in the order in which every change locks their rows."""
        return sorted(needs, key=lambda code: self.menu.items[code].id if code in self.menu.items else "")

    # -- what follows -----------------------------------------------------------------------------------------------

    async def finish(self, ctx: Ctx) -> bool:
        """Store the rows and tell what follows from them; tell whether anything became free."""
        changed = [shelf for shelf in self.shelves.values() if shelf.touched or shelf.free != shelf.before]
        alerts = []
        for shelf in changed:
            level, raised = self._level_of(shelf)
            if level != shelf.row.alert_level:
                shelf.row.alert_level = level
                shelf.row.alerted_at = ctx.now if raised else shelf.row.alerted_at
                shelf.touched = True
                alerts.append((shelf, raised))
            if shelf.touched:
                await self._store(ctx, shelf)
        if alerts:
            await self._alert(ctx, alerts)
        self._tell_menu(ctx, [shelf for shelf in changed if shelf.free != shelf.before])
        more = any(shelf.free > shelf.before for shelf in changed)
        for shelf in changed:
            shelf.before, shelf.touched, shelf.by_count = shelf.free, False, False
        return more

    async def _store(self, ctx: Ctx, shelf: Shelf) -> None:
        row = shelf.row
        row.version += 1
        await ctx.run(
            STORE,
            of_station=row.station_id,
            of_item=row.item_id,
            new_quantity=row.quantity,
            new_reserved=row.reserved,
            new_low=row.low_threshold,
            new_critical=row.critical_threshold,
            new_capacity=row.capacity,
            new_enabled=row.enabled,
            new_level=row.alert_level,
            new_alerted_at=row.alerted_at,
            new_version=row.version,
            moment=ctx.now,
        )

    def marks(self, shelf: Shelf) -> Marks:
        """Return where the levels of an item lie."""
        need = self.needs.get(shelf.item.code)
        row = shelf.row
        return Marks(row.low_threshold, row.critical_threshold, need[0] if need else None, shelf.item.blocks)

    def _level_of(self, shelf: Shelf) -> tuple[Level, Level | None]:
        told: Level = shelf.row.alert_level  # type: ignore[assignment]
        if not shelf.row.enabled or not shelf.item.enabled:
            return "ok", None
        return stock.alert(told, shelf.free, self.marks(shelf), by_count=shelf.by_count)

    async def _alert(self, ctx: Ctx, alerts: Iterable[tuple[Shelf, Level | None]]) -> None:
        paces = await self.paces(ctx)
        for shelf, raised in alerts:
            code, level = shelf.item.code, shelf.row.alert_level
            await self._open_or_close(ctx, code, level)
            if raised is None:
                continue
            shown, row = self.row_of(ctx, shelf, paces), shelf.row
            marks = {"low": row.low_threshold, "critical": row.critical_threshold}
            told = LowStockAlert(
                actor=by(ctx),
                station_id=self.station.id,
                station_name=self.station.name,
                item=ItemBrief(code=code, name=shelf.item.name, unit=shelf.item.unit),
                available=shelf.free,
                threshold=marks.get(raised, 0),
                level=raised,  # type: ignore[arg-type]
                cups_left=shown.cups_left,
                runs_out_at=shown.runs_out_at,
            )
            ctx.emit(told)

    async def _open_or_close(self, ctx: Ctx, code: str, level: str) -> None:
        here = self.station.id
        if level == "out":
            await open_alert(ctx, "out_of_stock", "critical", station_id=here, subject=code)
        else:
            await close_alert(ctx, "out_of_stock", station_id=here, subject=code)
        if level in ("low", "critical"):
            await open_alert(
                ctx, "low_stock", "critical" if level == "critical" else "warn", station_id=here, subject=code
            )
        else:
            await close_alert(ctx, "low_stock", station_id=here, subject=code)

    def _tell_menu(self, ctx: Ctx, changed: list[Shelf]) -> None:
        """Tell which drinks left the menu here, and which are back (rule 33)."""
        near = {
            shelf.item.code
            for shelf in changed
            if shelf.item.code in self._blocking
            and min(shelf.free, shelf.before) < self.needs.get(shelf.item.code, (0, 0))[1]
        }
        if not near or self.station.kind == "storage":
            return
        offers = [offer for offer in self.menu.offers() if any(line.item in near for line in offer.recipe)]
        was = stock.shortages(offers, {code: shelf.before for code, shelf in self.shelves.items()}, self._blocking)
        now = stock.shortages(offers, self.free, self._blocking)
        gone, back = [offer for offer in now if offer not in was], [offer for offer in was if offer not in now]
        if gone or back:
            ctx.emit(_menu_updated(ctx, self.station.id, gone, back))

    # -- views ------------------------------------------------------------------------------------------------------

    def row_of(self, look: Look, shelf: Shelf, paces: Mapping[str, Outlook]) -> InventoryRow:
        """Return an item as it is shown."""
        row, item = shelf.row, shelf.item
        pace = paces.get(item.id, Outlook())
        recipes = (
            [line.quantity for offer in self.menu.offers() for line in offer.recipe if line.item == item.code]
            if not pace.last_cups
            else []
        )
        milk = next((milk for milk in self.menu.milks.values() if milk.inventory_item_id == item.id), None)
        return InventoryRow(
            item_id=item.id,
            code=item.code,
            name=item.name,
            category=item.category,
            unit=item.unit,
            quantity=row.quantity,
            reserved=row.reserved,
            available=stock.available(row.quantity, row.reserved),
            capacity=row.capacity,
            low_threshold=row.low_threshold,
            critical_threshold=row.critical_threshold,
            status=stock.level(shelf.free, self.marks(shelf)),
            cups_left=stock.cups_left(shelf.free, pace.last_cups, recipes),
            runs_out_at=pace.runs_out_at(look.now, shelf.free),
            milk=_mark(milk),
            enabled=row.enabled,
            version=row.version,
        )

    async def paces(self, look: Look) -> Mapping[str, Outlook]:
        """Return how fast each item goes here, by its id."""
        return await outlooks(look, self.station.id, await look.one(ACTIVE))

    async def rows(self, look: Look, codes: Iterable[str] | None = None) -> list[InventoryRow]:
        """Return the items as they are shown, all or those named."""
        paces = await self.paces(look)
        wanted = self.shelves if codes is None else codes
        return [self.row_of(look, self.shelves[code], paces) for code in wanted]


def _mark(milk: Milk | None) -> MilkMark | None:
    return None if milk is None else MilkMark(code=milk.code, color=milk.color, letter=milk.letter)


def _menu_updated(ctx: Ctx, station_id: int, gone: list[stock.Offer], back: list[stock.Offer]) -> MenuUpdated:
    def lines(offers: list[stock.Offer]) -> list[MenuLine]:
        return [MenuLine(menu_item=offer.drink, size=offer.size, milk=offer.milk) for offer in offers]

    return MenuUpdated(actor=by(ctx), change="availability", station_id=station_id, gone=lines(gone), back=lines(back))


async def read_shelves(look: Look, station: Station, menu: Menu) -> Shelves:
    """Return the stock of a station; to change it, the caller holds the station."""
    return Shelves(station, menu, await look.tuples(AT_STATION, station_id=station.id))
