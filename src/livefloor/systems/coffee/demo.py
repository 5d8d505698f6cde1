"""Demo data: an event in the middle of its day, with stations, crew and stock (section 12). Only into an empty database."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from livefloor import Ctx, Demo, DemoAccount, Look, SettingError, check_password, hash_password
from livefloor.systems.coffee.catalogue import fill_catalogue
from livefloor.systems.coffee.making import StatusChange, set_status
from livefloor.systems.coffee.models import (
    InventoryItem,
    InventoryMovement,
    Occasion,
    Order,
    Schedule,
    Station,
    StationSettings,
    User,
)
from livefloor.systems.coffee.ordering import place
from livefloor.systems.coffee.recipes import Wanted
from livefloor.systems.coffee.rules.order_states import OrderStatus
from livefloor.systems.coffee.stations import stock_row
from livefloor.systems.coffee.wishes import Channel, Wish

PASSWORD = "crema-demo-2024"
ZONE = ZoneInfo("Australia/Sydney")

STATIONS: tuple[tuple[int, str, str, dict[str, Any]], ...] = (
    (1, "Foyer", "Main entrance", {"status": "open", "machine_positions": 2}),
    (2, "Garden", "Courtyard, under the fig", {"status": "open"}),
    (3, "Hall", "Beside the main stage", {"status": "open"}),
    (4, "Rooftop", "Level 3 terrace", {}),
    (9, "Storeroom", "Loading dock", {"kind": "storage"}),
)
CREW: tuple[tuple[str, str, str, int | None, list[str], str | None], ...] = (
    # username, name, role, station, skills, phone
    ("admin", "Ada Brookes", "admin", None, [], None),
    ("organizer", "Oren Vale", "organizer", None, [], "+61491570156"),
    ("barista", "Bea Holm", "barista", 1, ["latte art", "fast"], "+61491570157"),
    ("barista2", "Tom Aster", "barista", 1, [], "+61491570158"),
    ("barista3", "Lio Penn", "barista", 2, ["decaf dial-in"], "+61491570159"),
    ("barista4", "Kit Marlo", "barista", 3, [], None),
    ("support", "Sue Fenn", "support", None, ["runner"], "+61491570110"),
    ("display", "Foyer board", "display", 1, [], None),
)
SHARE = {1: 0.7, 2: 0.55, 3: 0.6, 4: 0.3, 9: 1.0}
"""How much of its capacity each station has of everything,"""
SCARCE = {(2, "milk_oat"): 1980, (3, "cup_small"): 24, (1, "milk_almond"): 0}
"""save what Garden is low on, what is critical at Hall, and what Foyer is out of."""
BARISTAS = {1: ("barista", "barista2"), 2: ("barista3",), 3: ("barista4",)}
STEPS: dict[str, tuple[OrderStatus, ...]] = {
    "waits": (),
    "is late": (),
    "is made": ("in_progress",),
    "is ready": ("in_progress", "completed"),
    "is gone": ("in_progress", "completed", "picked_up"),
}
AGE = {"waits": 2, "is late": 14, "is made": 4, "is ready": 7, "is gone": 20}
"""How many minutes ago it was ordered."""
FLAT, LATTE, LARGE = ("flat_white", "small"), ("latte", "regular"), ("cappuccino", "large")
CUPS: tuple[tuple[str, Channel, int, Wanted, str], ...] = (
    ("Amir", "walk_up", 1, Wanted(*FLAT, "full", {}), "is gone"),
    ("Bo", "web", 1, Wanted(*LATTE, "oat", {"sugar": 1}), "is gone"),
    ("Chen", "sms", 2, Wanted(*LARGE, "full", {}), "is gone"),
    ("Dana", "walk_up", 3, Wanted("long_black", "regular", None, {}), "is gone"),
    ("Eli", "sms", 1, Wanted(*FLAT, "soy", {}), "is ready"),
    ("Fay", "walk_up", 1, Wanted("espresso", "small", None, {}), "is ready"),
    ("Gus", "web", 2, Wanted(*LATTE, "full", {}), "is ready"),
    ("Hana", "sms", 2, Wanted("mocha", "regular", "full", {}), "is ready"),
    ("Ivo", "walk_up", 3, Wanted(*LATTE, "skim", {}), "is ready"),
    ("Jo", "sms", 1, Wanted(*LATTE, "full", {"extra_shot": 1}), "is made"),
    ("Kai", "web", 1, Wanted("chai_latte", "regular", "oat", {}), "is made"),
    ("Lena", "sms", 1, Wanted(*LARGE, "lactose_free", {}), "is made"),
    ("Mina", "sms", 2, Wanted(*FLAT, "full", {}), "is made"),
    ("Nils", "walk_up", 2, Wanted("hot_chocolate", "small", "full", {}), "is made"),
    ("Oona", "web", 3, Wanted(*LATTE, "soy", {}), "is made"),
    ("Pia", "sms", 1, Wanted(*LARGE, "full", {}), "is late"),
    ("Quinn", "walk_up", 1, Wanted("iced_latte", "regular", "oat", {}), "is late"),
    ("Rosa", "web", 1, Wanted(*FLAT, "skim", {}), "is late"),
    ("Sam", "sms", 1, Wanted(*LATTE, "full", {}), "waits"),
    ("Dr Tan", "walk_up", 1, Wanted(*FLAT, "full", {}, vip=True), "waits"),
    ("Uma", "web", 1, Wanted(*LATTE, "oat", {}, allergies=("milk",)), "waits"),
    ("Vik", "sms", 2, Wanted("piccolo", "small", "full", {}), "waits"),
    ("Wen", "walk_up", 2, Wanted(*LARGE, "soy", {}), "waits"),
    ("Prof Xu", "web", 2, Wanted("long_black", "large", None, {}, vip=True), "waits"),
    ("Yara", "sms", 2, Wanted(*LATTE, "full", {"sugar": 2}), "waits"),
    ("Zoe", "walk_up", 3, Wanted("tea", "regular", None, {}), "waits"),
    ("Abe", "sms", 3, Wanted(*LATTE, "full", {}), "waits"),
    ("Bea", "web", 3, Wanted("filter", "regular", None, {}), "waits"),
    ("Cleo", "sms", 3, Wanted("macchiato", "small", "full", {}), "waits"),
)
"""Who ordered what, how, where, and how far it is."""
COUNT_USERS = select(func.count()).select_from(User)
DEMO_HASHES = select(User.password_hash).where(User.username.in_([name for name, *_ in CREW]))


async def demo(ctx: Ctx) -> None:
    """Put the demo data into an empty database."""
    if await ctx.one(COUNT_USERS):
        return
    await fill_catalogue(ctx)
    await _occasions(ctx)
    await _stations(ctx)
    await _crew(ctx)
    await _shifts(ctx)
    await _cups(ctx)


async def _occasions(ctx: Ctx) -> None:
    """Put in the event of today, and one of last spring that is closed."""
    today, opens, closes = _hours(ctx.now)
    for name, venue, code, status, day in (
        ("Harbour Dev Days", "Harbour Hall", "HARBOUR", "active", today),
        ("Spring Makers Fair", "Old Wool Store", "SPRING", "closed", today - timedelta(days=120)),
    ):
        occasion = Occasion(name=name, venue=venue, code=code, status=status, timezone=str(ZONE))
        occasion.starts_at = datetime.combine(day, opens, ZONE)
        occasion.ends_at = datetime.combine(day if opens < closes else day + timedelta(days=1), closes, ZONE)
        occasion.settings = {"service_windows": [{"start": f"{opens:%H:%M}", "end": f"{closes:%H:%M}"}]}
        await ctx.add(occasion)


def _hours(now: datetime) -> tuple[date, time, time]:
    """Return the day and the hours of the event: 08:00 to 18:00, or ten hours about now for who tries it at another time."""
    local = now.astimezone(ZONE)
    if 9 <= local.hour < 17:
        return local.date(), time(8), time(18)
    opens = local.replace(minute=0) - timedelta(hours=2)
    return opens.date(), time(opens.hour), time((opens.hour + 10) % 24)


async def _stations(ctx: Ctx) -> None:
    items = await ctx.all(select(InventoryItem).order_by(InventoryItem.code))
    for number, name, location, more in STATIONS:
        station = Station(id=number, name=name, location=location, sort=number, **more)
        if station.status == "open":
            station.connection, station.last_heartbeat_at = "live", ctx.now
        await ctx.add(station)
        await ctx.add(StationSettings(station_id=number))
        for item in items:
            await _fill(ctx, number, item)


async def _fill(ctx: Ctx, station_id: int, item: InventoryItem) -> None:
    """Put an item at a station, with the movement that brought it there."""
    row = stock_row(station_id, item)
    row.quantity = SCARCE.get((station_id, item.code), int(item.default_capacity * SHARE[station_id]))
    free, low, critical = row.quantity, row.low_threshold, row.critical_threshold
    row.alert_level = "out" if not free else "critical" if free <= critical else "low" if free <= low else "ok"
    await ctx.add(row)
    if row.quantity:
        moved = InventoryMovement(station_id=station_id, item_id=item.id, kind="restock", delta=row.quantity)
        moved.quantity_after, moved.reason = row.quantity, "set up"
        moved.occurred_at = moved.at = ctx.now
        await ctx.add(moved)


async def _crew(ctx: Ctx) -> None:
    # One hash for all: a slow one for each would only make everybody wait.
    hashed = hash_password(PASSWORD)
    for username, name, role, station_id, skills, phone in CREW:
        user = User(username=username, display_name=name, role=role, password_hash=hashed, phone=phone)
        user.station_id, user.skills = station_id, skills
        await ctx.add(user)


async def _shifts(ctx: Ctx) -> None:
    """Let those who make coffee, and who hands it out, be checked in since two hours."""
    occasion = await ctx.one(select(Occasion).where(Occasion.status == "active"))
    users = {user.username: user for user in await ctx.all(select(User))}
    assert occasion is not None
    since = max(occasion.starts_at, ctx.now - timedelta(hours=2))
    for username in ("barista", "barista2", "barista3", "barista4", "support"):
        user = users[username]
        shift = Schedule(event_id=occasion.id, user_id=user.id, station_id=user.station_id or 1, role=user.role)
        shift.starts_at, shift.ends_at, shift.break_minutes = since, occasion.ends_at, 20
        shift.status, shift.checked_in_at, shift.checked_in_by, shift.late_minutes = "checked_in", since, user.id, 0
        await ctx.add(shift)


async def _cups(ctx: Ctx) -> None:
    """Let guests have ordered over the last minutes, and the crew be at it: cups that wait, are made, are ready, are gone."""
    users = {user.username: user for user in await ctx.all(select(User))}
    for number, (name, channel, station_id, cup, steps) in enumerate(CUPS):
        phone = f"+614915703{number:02}" if channel == "sms" else None
        placed = await place(ctx, Wish(name, [cup], channel, phone, station_id))
        for order in placed.orders:
            found = await ctx.find(Order, order.id)
            assert found is not None
            found.queued_at = ctx.now - timedelta(minutes=AGE[steps], seconds=7 * number)
            await ctx.save(found)
            for step in STEPS[steps]:
                barista = users[BARISTAS[station_id][number % len(BARISTAS[station_id])]]
                ack = bool(cup.allergies) and step == "completed"
                by = barista.id if step in ("in_progress", "completed") else None
                await set_status(ctx, order.id, StatusChange(status=step, barista_id=by, allergen_ack=ack))


async def refuse_demo(look: Look) -> None:
    """Refuse to serve accounts in production whose passwords everybody knows. Raises SettingError."""
    if look.settings.debug:
        return
    for stored in set(await look.all(DEMO_HASHES)):
        if check_password(PASSWORD, stored):
            raise SettingError(
                "ENV=production: the database holds demo accounts, whose password everybody knows; start with an empty one"
            )


def _account(role: str, id: str, en: str, de: str) -> DemoAccount:
    return DemoAccount(role, id, PASSWORD, {"en": en, "de": de}, "login")


DEMO = Demo(
    fill=demo,
    accounts=(
        _account("barista", "barista", "Barista at Foyer", "Barista im Foyer"),
        _account("barista", "barista3", "Barista at Garden", "Barista im Garten"),
        _account("support", "support", "Front of house", "Service am Gast"),
        _account("organizer", "organizer", "Organizer", "Organisation"),
        _account("admin", "admin", "Admin", "Verwaltung"),
        _account("display", "display", "Board in the foyer", "Anzeige im Foyer"),
    ),
)
