"""Stations, menu and stock together: who could make some cups, and what each would promise (rules 3 to 6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from livefloor import Conflict, Look
from livefloor.systems.coffee.floor import Floor, read_floor
from livefloor.systems.coffee.recipes import Menu, Planned, read_menu
from livefloor.systems.coffee.rules import routing, stock
from livefloor.systems.coffee.rules.making import Queued
from livefloor.systems.coffee.rules.routing import Estimate
from livefloor.systems.coffee.shelves import Shelves, read_shelves


@dataclass(slots=True)
class Kitchen:
    """All that a choice of station needs: the stations, the menu, and the stock of each station."""

    floor: Floor
    menu: Menu
    shelves: dict[int, Shelves]

    def offers(
        self,
        cups: Sequence[Planned],
        now: datetime,
        *,
        waiting: Sequence[Queued] = (),
        at_work: bool = False,
    ) -> list[Estimate]:
        """Return what each station would promise for these cups, and why it cannot make them.

        `waiting` are the same cups where they wait already somewhere.
        """
        needs = stock.total(cup.recipe for cup in cups)
        new = waiting or [as_queued(cup, str(n), now) for n, cup in enumerate(cups)]
        carts = [
            self.floor.cart(
                station,
                serves=self.floor.can_serve(station.id, self.menu, cups),
                missing=self.shelves[station.id].missing(needs),
                at_work=at_work,
            )
            for station in self.floor.service
        ]
        return self.floor.offers(carts, new, now)

    def assign(
        self, cups: Sequence[Planned], station_id: int | None, now: datetime, *, at_work: bool = False
    ) -> Estimate:
        """Return the station of these cups (rule 6). Raises Conflict with what could be had instead."""
        offers = self.offers(cups, now, at_work=at_work)
        try:
            return routing.assign(offers, station_id)
        except Conflict as refusal:
            if refusal.code != "out_of_stock":
                raise
            short = next(each for each in refusal.extra["missing"])
            shelves = self.shelves[short["station_id"]]
            missing = shelves.missing(stock.total(cup.recipe for cup in cups))
            instead = [*self._other_milks(shelves, cups), *refusal.extra["alternatives"]]
            raise shelves.out_of_stock(missing, instead) from None

    def _other_milks(self, shelves: Shelves, cups: Sequence[Planned]) -> list[dict[str, Any]]:
        """Return the milks with which a station could make the cups whose own is out there."""
        free, found = shelves.free, []
        for milk in self.menu.milks.values():
            item = self.menu.milk_item(milk) or ""
            lines = [
                [line._replace(item=item) if line.item == cup.milk_item else line for line in cup.recipe]
                for cup in cups
            ]
            declared = {allergen for cup in cups for allergen in cup.allergies}
            out = any(cup.milk_item and free.get(cup.milk_item, 0) < cup.needs[cup.milk_item] for cup in cups)
            if out and not shelves.missing(stock.total(lines)) and not declared & set(milk.allergens):
                found.append({"milk": milk.code})
        return found


def as_queued(cup: Planned, id: str, now: datetime) -> Queued:
    """Return a cup as the queue would see it."""
    priority = "vip" if cup.vip else "normal"
    return Queued(id=id, ticket_id="", number="~", queued_at=now, base_work=cup.base_work, priority=priority)  # type: ignore[arg-type]


async def read_kitchen(look: Look) -> Kitchen:
    """Return the stations with menu and stock; inside a change, after `hold`."""
    floor, menu = await read_floor(look), await read_menu(look)
    return Kitchen(floor, menu, {station.id: await read_shelves(look, station, menu) for station in floor.service})
