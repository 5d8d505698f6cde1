"""The stock of all stations at a glance, and how long it lasts (section 5.2)."""

from datetime import datetime

from livefloor import GET, Look, Part, View
from livefloor.systems.coffee.floor import STATIONS
from livefloor.systems.coffee.inventory import STATUSES, books_of, station_of
from livefloor.systems.coffee.recipes import read_menu
from livefloor.systems.coffee.rooms import FRONT, STAFF
from livefloor.systems.coffee.shelves import read_shelves


class StationStock(View):
    """How a station is off for stock."""

    station_id: int
    name: str
    ok: int
    low: int
    critical: int
    out: int
    soonest_runs_out_at: datetime | None


class ItemTotal(View):
    """How much there is of an item in all."""

    code: str
    quantity: int
    unit: str


class InventoryOverview(View):
    """The stock of all stations."""

    stations: list[StationStock]
    totals: list[ItemTotal]


stock_overview = Part("stock_overview")


@stock_overview.query(GET("/api/inventory/"), allow=STAFF)
async def show_inventory(look: Look) -> InventoryOverview:
    """Show how every station is off, and how much there is in all."""
    menu = await read_menu(look)
    stations, totals = [], dict.fromkeys((code for code, item in menu.items.items() if item.enabled), 0)
    for station in await look.all(STATIONS):
        view = await books_of(look, await read_shelves(look, station, menu))
        counts = {status: sum(row.status == status for row in view.inventory if row.enabled) for status in STATUSES}
        ends = [row.runs_out_at for row in view.inventory if row.runs_out_at is not None]
        stations.append(
            StationStock(
                station_id=station.id, name=station.name, soonest_runs_out_at=min(ends, default=None), **counts
            )
        )
        for row in view.inventory:
            totals[row.code] += row.quantity
    listed = [ItemTotal(code=code, quantity=n, unit=menu.items[code].unit) for code, n in sorted(totals.items())]
    return InventoryOverview(stations=stations, totals=listed)


class ForecastItem(View):
    """How long an item lasts at a station."""

    station_id: int
    code: str
    available: int
    per_hour: float | None
    runs_out_at: datetime | None
    cups_left: int | None


class Forecast(View):
    """How long the stock lasts."""

    items: list[ForecastItem]
    total: int
    next_cursor: None = None


@stock_overview.query(GET("/api/inventory/forecast"), allow=FRONT, refuses=(404,))
async def show_forecast(look: Look, station_id: int | None = None) -> Forecast:
    """Show the use per hour of each item, when it runs out, and for how many cups it suffices."""
    menu, items = await read_menu(look), []
    stations = [await station_of(look, station_id)] if station_id is not None else await look.all(STATIONS)
    for station in stations:
        shelves = await read_shelves(look, station, menu)
        paces = await shelves.paces(look)
        for code, shelf in sorted(shelves.shelves.items()):
            row = shelves.row_of(look, shelf, paces)
            pace = paces.get(shelf.item.id)
            given = {"station_id": station.id, "code": code, "available": row.available}
            outlook = {"per_hour": pace.per_hour if pace else None, "runs_out_at": row.runs_out_at}
            items.append(ForecastItem.model_validate({**given, **outlook, "cups_left": row.cups_left}))
    return Forecast(items=items, total=len(items))
