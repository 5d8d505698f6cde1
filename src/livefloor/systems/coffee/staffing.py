"""Who works where right now: the own station of somebody (section 2), and whose hands a station has (rule 4)."""

from sqlalchemy import select

from livefloor import Actor, Forbidden, Look, bindparam
from livefloor.systems.coffee.models import DisplayDevice, Schedule, User
from livefloor.systems.coffee.rooms import BARISTA, DISPLAY, By

RUNNING = select(Schedule).where(
    Schedule.user_id == bindparam("user_id"), Schedule.status.in_(("checked_in", "on_break"))
)
HOME_STATION = select(User.station_id).where(User.id == bindparam("user_id"))
PRESENT = (
    select(Schedule.station_id, User.id, User.display_name)
    .join(User, User.id == Schedule.user_id)
    .where(Schedule.status == "checked_in", Schedule.role == "barista")
    .order_by(Schedule.station_id, Schedule.checked_in_at, User.id)
)
PRESENT_AT = PRESENT.where(Schedule.station_id == bindparam("station_id"))


async def running_shift(look: Look, user_id: str) -> Schedule | None:
    """Return the shift that somebody is checked in to, on break or not."""
    return await look.one(RUNNING, user_id=user_id)


async def own_station(look: Look, actor: Actor) -> int | None:
    """Return the own station: that of the running checked-in shift, else the one of the account (section 2)."""
    shift = await running_shift(look, actor.id or "")
    return shift.station_id if shift is not None else await look.one(HOME_STATION, user_id=actor.id)


async def check_own_station(look: Look, *station_ids: int | None) -> None:
    """Refuse a barista when none of these is the own station (rule 14), and a board of another. Raises Forbidden."""
    if look.actor.is_in(DISPLAY):
        await check_board(look, *station_ids)
    elif look.actor.is_in(BARISTA) and await own_station(look, look.actor) not in set(station_ids) - {None}:
        raise Forbidden("not_your_station", "This belongs to another station.")


async def station_of_board(look: Look) -> int | None:
    """Return the station that the calling board is for; None for one that shows all."""
    device = await look.find(DisplayDevice, look.actor.id)
    return device.station_id if device is not None else await look.one(HOME_STATION, user_id=look.actor.id)


async def check_board(look: Look, *station_ids: int | None) -> None:
    """Refuse a board what is another station's, or all stations' when it is for one. Raises Forbidden."""
    if look.actor.is_in(DISPLAY) and await station_of_board(look) not in (None, *station_ids):
        raise Forbidden("not_your_station", "This board is for another station.")


async def present(look: Look, station_id: int) -> list[By]:
    """Return the baristas present at a station: checked in and not on break, first come first (rule 4)."""
    return [By(id=id, name=name) for _, id, name in await look.tuples(PRESENT_AT, station_id=station_id)]


async def everyone_present(look: Look) -> dict[int, list[By]]:
    """Return the baristas present by station, in one read; a station with nobody is left out."""
    found: dict[int, list[By]] = {}
    for station_id, id, name in await look.tuples(PRESENT):
        found.setdefault(station_id, []).append(By(id=id, name=name))
    return found
