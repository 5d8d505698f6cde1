"""The service stations as they stand: who is there, what waits, how long it takes, and who could make what (rules 3 to 8)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from livefloor import Ctx, Look, NotFound
from livefloor.systems.coffee.event_settings import EventSettings, event_settings
from livefloor.systems.coffee.models import AvailabilityBlock, Occasion, Order, Station, StationSettings, Ticket
from livefloor.systems.coffee.occasions import ACTIVE
from livefloor.systems.coffee.recipes import Menu, Planned
from livefloor.systems.coffee.rules import making
from livefloor.systems.coffee.rules.making import Pace, Place, Queued
from livefloor.systems.coffee.rules.routing import Cart, Estimate, Terms, estimates
from livefloor.systems.coffee.rules.stock import Missing
from livefloor.systems.coffee.staffing import everyone_present

STATIONS = select(Station).order_by(Station.id)
HELD = STATIONS.with_for_update()
WAITING: Any = (
    select(
        Order.id,
        Order.ticket_id,
        Order.number,
        Order.queued_at,
        Order.prep_seconds,
        Order.status,
        Order.priority,
        Order.attention,
        Order.started_at,
        Ticket.quoted_wait_seconds,
        Order.milk_id,
        Order.recipe,
        Order.allergies,
        Order.station_id,
    )
    .join(Ticket, Ticket.id == Order.ticket_id)
    .where(Order.status.in_(("pending", "in_progress")))
)
OWN = select(StationSettings)
BLOCKS = select(AvailabilityBlock).where(AvailabilityBlock.source == "manual")


@dataclass(slots=True)
class Floor:
    """All stations at one moment."""

    occasion: Occasion | None
    settings: EventSettings
    stations: dict[int, Station]
    own: Mapping[int, dict[str, Any]]
    present: Mapping[int, Sequence[Any]]
    cups: dict[int, list[Queued]] = field(default_factory=dict)
    blocks: list[AvailabilityBlock] = field(default_factory=list)
    _places: dict[int, dict[str, Place]] = field(default_factory=dict)

    @property
    def terms(self) -> Terms:
        """Return what waits and quotes go by."""
        own = self.settings
        return Terms(own.starvation_minutes, own.min_quote_minutes, own.quote_buffer_pct)

    @property
    def service(self) -> list[Station]:
        """Return the stations that make coffee (rule 38)."""
        return [station for station in self.stations.values() if station.kind == "service"]

    def set_for(self, station_id: int, name: str) -> Any:
        """Return a setting of a station: its own, else the event's."""
        value = self.own.get(station_id, {}).get(name)
        return getattr(self.settings, name, None) if value is None else value

    def pace(self, station_id: int) -> Pace:
        """Return the hands at a station and the speed that it has shown (rules 4, 7)."""
        station = self.stations[station_id]
        here = len(self.present.get(station_id, ()))
        return Pace(making.hands(here, station.machine_positions), station.speed_factor)

    def cups_at(self, station_id: int) -> list[Queued]:
        """Return the cups that wait or are in hand at a station."""
        return self.cups.get(station_id, [])

    def places(self, station_id: int, now: datetime) -> dict[str, Place]:
        """Return place and moment of each waiting cup of a station."""
        found = self._places.get(station_id)
        if found is None:
            pace, cups = self.pace(station_id), self.cups_at(station_id)
            places = making.places(cups, pace, now, self.settings.starvation_minutes)
            found = self._places[station_id] = {place.id: place for place in places}
        return found

    def put(self, station_id: int, cups: list[Queued]) -> None:
        """Let other cups wait at a station."""
        self.cups[station_id] = cups
        self._places.pop(station_id, None)

    def wait_seconds(self, station_id: int, now: datetime) -> float:
        """Return the wait of the last cup of a station."""
        found = [place.wait_seconds for place in self.places(station_id, now).values()]
        in_hand = making.in_hand_seconds(self.cups_at(station_id), self.pace(station_id), now)
        return max(found, default=in_hand / self.pace(station_id).hands)

    def quoted(self, wait_seconds: float) -> int:
        """Return the promise for a wait, in seconds (rule 5)."""
        own = self.settings
        return making.quoted_seconds(
            wait_seconds, min_quote_minutes=own.min_quote_minutes, quote_buffer_pct=own.quote_buffer_pct
        )

    def serves(
        self, station_id: int, drink_id: str, drink: str, milk: tuple[str, str] | None, options: Iterable[str]
    ) -> bool:
        """Tell whether a station makes this drink with this milk (id and code) and these options (ids)."""
        drinks, milks = (
            self.own.get(station_id, {}).get("menu_item_codes"),
            self.own.get(station_id, {}).get("milk_codes"),
        )
        if (drinks is not None and drink not in drinks) or (milk and milks is not None and milk[1] not in milks):
            return False
        asked = {drink_id, *options} | ({milk[0]} if milk else set())
        return self.off_at(station_id).isdisjoint(asked)

    def off_at(self, station_id: int) -> set[str]:
        """Return the ids of the drinks, milks and options that are off at a station."""
        return {block.target for block in self.blocks if block.station_id in (None, station_id)}

    def can_serve(self, station_id: int, menu: Menu, cups: Iterable[Planned]) -> bool:
        """Tell whether a station makes all of these cups, stock apart."""
        return all(
            self.serves(
                station_id,
                cup.drink.id,
                cup.drink.code,
                (cup.milk.id, cup.milk.code) if cup.milk else None,
                [menu.options[code].id for code in cup.options if code in menu.options],
            )
            for cup in cups
        )

    def cart(
        self, station: Station, *, serves: bool = True, missing: tuple[Missing, ...] = (), at_work: bool = False
    ) -> Cart:
        """Return a station as the choice of one sees it; `at_work` takes it for open, as cups for later do."""
        own = self.own.get(station.id, {})
        return Cart(
            station_id=station.id,
            status="open" if at_work else station.status,  # type: ignore[arg-type]
            connection="live" if at_work else station.connection,  # type: ignore[arg-type]
            pace=self.pace(station.id),
            max_queue=own.get("max_queue") or station.max_queue,
            cups=tuple(self.cups_at(station.id)),
            vip_allowed=own.get("vip_allowed", True),
            serves=serves,
            missing=missing,
        )

    def offers(self, carts: Sequence[Cart], cups: Sequence[Queued], now: datetime) -> list[Estimate]:
        """Return what each of the stations would promise for some new cups."""
        return estimates(carts, cups, now, self.terms)


def queued(row: Any) -> Queued:
    """Return a waiting cup of a row of `WAITING`."""
    id, ticket, number, at, work, status, priority, attention, started, quoted, milk, recipe, allergies, _ = row
    return Queued(
        id=id,
        ticket_id=ticket,
        number=number,
        queued_at=at,
        base_work=work,
        status=status,
        priority=priority,
        attention=attention,
        started_at=started,
        quoted_wait_seconds=quoted or 0,
        milk=milk,
        milk_ml=sum(line["quantity"] for line in recipe if line.get("milk")),
        has_allergies=bool(allergies),
    )


async def hold(ctx: Ctx, *station_ids: int) -> None:
    """Hold stations against other changes until the end of this one, all of them unless some are named.

    Whatever changes cups or stock holds the station first, in the order of the numbers, so that nobody waits in a circle.
    """
    if not station_ids:
        await ctx.all(HELD)
    for station_id in sorted(set(station_ids)):
        if await ctx.locked(Station, station_id) is None:
            raise NotFound("not_found", f"There is no station {station_id}.")


async def read_floor(look: Look) -> Floor:
    """Return the stations as they stand; inside a change, after `hold`."""
    floor = Floor(
        occasion=await look.one(ACTIVE),
        settings=await event_settings(look),
        stations={station.id: station for station in await look.all(STATIONS)},
        own={row.station_id: row.settings for row in await look.all(OWN)},
        present=await everyone_present(look),
    )
    for row in await look.tuples(WAITING):
        if row[-1] is not None:
            floor.cups.setdefault(row[-1], []).append(queued(row))
    floor.blocks = await look.all(BLOCKS)
    return floor


async def service_station(look: Look, station_id: int) -> Station:
    """Return a station that makes coffee (rule 38). Raises NotFound."""
    station = await look.find(Station, station_id)
    if station is None or station.kind != "service":
        raise NotFound("not_found", f"There is no service station {station_id}.")
    return station
