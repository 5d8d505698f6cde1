"""Who there is, the rooms in which they are told what happens, and what every fact of this system says.

A room's address is its name: `station_1`, `organizers`. Facts go to rooms; what guests and boards are told has frames of its
own with fewer fields.
"""

from collections.abc import Sequence

from livefloor import Actor, Address, Announced, Channel, Look, Role, View

ADMIN, ORGANIZER, BARISTA, SUPPORT = Role("admin"), Role("organizer"), Role("barista"), Role("support")
DISPLAY, CUSTOMER = Role("display"), Role("customer")
LEADS = ADMIN | ORGANIZER
FRONT = LEADS | SUPPORT
STAFF = FRONT | BARISTA
"""What the specification calls `auth`."""
STAFF_AND_BOARDS = STAFF | DISPLAY
EVERYONE = STAFF_AND_BOARDS | CUSTOMER


def _is_own(actor: Actor, id: str) -> bool:
    return actor.id == id


def _may_see_ticket(actor: Actor, id: str) -> bool:
    return actor.is_in(STAFF) or (actor.is_in(CUSTOMER) and actor.id == id)


STATION = Channel("station_{id}", STAFF, "What happens at one station.", presence=True)
ORGANIZERS = Channel("organizers", LEADS, "What organizers must know.")
BARISTAS = Channel("baristas", LEADS | BARISTA, "What all baristas must know.")
SUPPORT_ROOM = Channel("support", LEADS | SUPPORT, "What the front of house must know.")
USER = Channel("user_{id}", _is_own, "What concerns one account alone.")
TICKET = Channel("ticket_{id}", _may_see_ticket, "What a guest may know of the own order.")
DISPLAY_ALL = Channel("display_all", STAFF_AND_BOARDS, "What boards of all stations show.")
DISPLAY_OF = Channel("display_{id}", STAFF_AND_BOARDS, "What the board of one station shows.")

CHANNELS = (STATION, ORGANIZERS, BARISTAS, SUPPORT_ROOM, USER, TICKET, DISPLAY_ALL, DISPLAY_OF)

ALL_STAFF = (ORGANIZERS(), BARISTAS(), SUPPORT_ROOM())
"""Together everybody of the crew: each is in one of them from the start, and is told once whatever others were joined."""


def station_room(station_id: int) -> Address:
    """Return the room of a station."""
    return STATION(id=str(station_id))


def home(actor: Actor) -> list[str]:
    """Return the rooms that a connection is put into (section 6)."""
    match actor.role:
        case "admin" | "organizer":
            return [USER(id=actor.id or ""), ORGANIZERS()]
        case "barista":
            return [USER(id=actor.id or ""), BARISTAS()]
        case "support":
            return [USER(id=actor.id or ""), SUPPORT_ROOM()]
        case "display":
            return [DISPLAY_ALL()]
        case "customer":
            return [TICKET(id=actor.id or "")]
    return []


class By(View):
    """Who did something, as the crew is told."""

    id: str
    name: str | None


def by(look: Look) -> By | None:
    """Return who acts; None for the system itself and for guests."""
    actor = look.actor
    return By(id=actor.id, name=actor.name) if actor.id is not None and actor.role != "customer" else None


class Fact(Announced):
    """A fact of this system: who did it, and what is told of it in its rooms as it stands."""

    rank = 60
    actor: By | None = None


class StationFact(Fact):
    """A fact about one station, told there and to the organizers."""

    station_id: int

    def subject(self) -> str:
        """Name the station."""
        return f"station:{self.station_id}"

    def rooms(self) -> Sequence[Address]:
        """Return the station's room and the organizers'."""
        return [station_room(self.station_id), ORGANIZERS()]
