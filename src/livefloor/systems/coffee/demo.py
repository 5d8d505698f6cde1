"""Demo data: an event in the middle of its day, with stations, crew, guests and stock (section 12). Only into an empty database."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select

from livefloor import Ctx, Demo, DemoAccount, Look, SettingError, check_password, hash_password
from livefloor.systems.coffee.catalogue import fill_catalogue
from livefloor.systems.coffee.demo_cups import serve_cups
from livefloor.systems.coffee.demo_fair import hold_fair
from livefloor.systems.coffee.demo_shifts import plan_shifts
from livefloor.systems.coffee.demo_stage import ZONE, Stage
from livefloor.systems.coffee.demo_stock import fill_shelves
from livefloor.systems.coffee.demo_talk import call_for_help, chat, write_texts
from livefloor.systems.coffee.models import Occasion, Station, StationSettings, User
from livefloor.systems.coffee.recipes import read_menu

PASSWORD = "crema-demo-2024"

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
FAIR_AGO = timedelta(days=120)
COUNT_USERS = select(func.count()).select_from(User)
DEMO_HASHES = select(User.password_hash).where(User.username.in_([name for name, *_ in CREW]))


async def demo(ctx: Ctx) -> None:
    """Put the demo data into an empty database."""
    if await ctx.one(COUNT_USERS):
        return
    await fill_catalogue(ctx)
    active, fair = _occasions(ctx.now)
    users = _crew()
    stations = [Station(id=id, name=name, location=where, sort=id, **more) for id, name, where, more in STATIONS]
    # A tablet that is called live and never heard again would be lost after a minute, and its station shut.
    await ctx.add_all([active, fair, *stations, *(StationSettings(station_id=one.id) for one in stations), *users])
    stage = Stage(ctx, active, {user.username: user for user in users}, await read_menu(ctx))
    await plan_shifts(stage)
    served = await serve_cups(stage)
    await fill_shelves(stage, [one.id for one in stations], served)
    await write_texts(stage, served)
    await chat(stage)
    await call_for_help(stage)
    await hold_fair(stage, fair)


def _occasions(now: datetime) -> tuple[Occasion, Occasion]:
    """Return the event of today, and one of last spring that is closed."""
    found = []
    opens, closes = hours(now)
    for name, venue, code, status, ago in (
        ("Harbour Dev Days", "Harbour Hall", "HARBOUR", "active", timedelta()),
        ("Spring Makers Fair", "Old Wool Store", "SPRING", "closed", FAIR_AGO),
    ):
        occasion = Occasion(name=name, venue=venue, code=code, status=status, timezone=str(ZONE))
        day = opens.date() - ago
        start, end = (opens, closes) if not ago else (_at(day, 8), _at(day, 18))
        occasion.starts_at, occasion.ends_at = start, end
        # Windows are of one day: an event that passes midnight is open throughout.
        windows = [{"start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}] if start.date() == end.date() else []
        occasion.settings = {"service_windows": windows}
        found.append(occasion)
    return found[0], found[1]


def hours(now: datetime) -> tuple[datetime, datetime]:
    """Return the hours of the event: 08:00 to 18:00, or ten hours about now for who tries it at another time."""
    local = now.astimezone(ZONE)
    if 10 <= local.hour < 17:
        return _at(local.date(), 8), _at(local.date(), 18)
    # Counted in hours that pass: where the clocks are put forward or back, those on the wall are fewer or more.
    opens = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
    return opens.astimezone(ZONE), (opens + timedelta(hours=10)).astimezone(ZONE)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), ZONE)


def _crew() -> list[User]:
    # One hash for all: a slow one for each would only make everybody wait.
    hashed, crew = hash_password(PASSWORD), []
    for username, name, role, station_id, skills, phone in CREW:
        user = User(username=username, display_name=name, role=role, password_hash=hashed, phone=phone)
        user.station_id, user.skills = station_id, skills
        crew.append(user)
    return crew


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
    pages={
        "menu/HARBOUR": {"en": "Order on a guest's phone", "de": "Bestellen wie ein Gast"},
        "phone-simulator": {"en": "Order by text: phone simulator", "de": "Bestellen per SMS: Telefon-Simulator"},
    },
    accounts=(
        _account("barista", "barista", "Barista at Foyer", "Barista im Foyer"),
        _account("barista", "barista3", "Barista at Garden", "Barista im Garten"),
        _account("support", "support", "Front of house", "Service am Gast"),
        _account("organizer", "organizer", "Organizer", "Organisation"),
        _account("admin", "admin", "Admin", "Verwaltung"),
        _account("display", "display", "Board in the foyer", "Anzeige im Foyer"),
    ),
)
