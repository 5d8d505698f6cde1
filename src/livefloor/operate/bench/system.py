"""The system that `livefloor bench` measures: people come in, and all hear of it."""

from dataclasses import replace
from typing import ClassVar

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from livefloor import NAMING, PUBLIC, Account, Channel, Ctx, Event, Frame, Role, Rows, System, Told, WebSocketJSON

GUEST = Role("guest")
DOOR = Channel("door", join=PUBLIC)


class Tables(Rows, DeclarativeBase):
    """The tables."""

    metadata = MetaData(naming_convention=NAMING)


class Person(Tables, Account):
    """Somebody who came in."""

    __tablename__ = "people"


class Entrance(Frame):
    """What is told of it."""

    event: ClassVar[str] = "entrance"
    person_id: str


class CameIn(Event):
    """Somebody came in."""

    name: ClassVar[str] = "person.came_in"
    person_id: str

    def frames(self) -> list[Told]:
        """Tell all who are at the door."""
        return [Told(DOOR(), Entrance(person_id=self.person_id))]


async def come_in(ctx: Ctx) -> None:
    """Let somebody come in: a row and its event, in one transaction."""
    person = await ctx.add(Person(role="guest", display_name="Somebody"))
    ctx.emit(CameIn(person_id=person.id))


SYSTEM = System(
    name="bench",
    title="Bench",
    port=8097,
    version="1",
    tables=Tables,
    user=Person,
    roles=GUEST,
    channels=[DOOR],
    home=lambda actor: [DOOR()],
    frames=[Entrance],
    events=[CameIn],
    parts=[],
    wires=[WebSocketJSON("/ws")],
    migrations="livefloor.operate.bench.migrations",
)


def system_called(name: str) -> System:
    """Return it under a name of its own, which on PostgreSQL is that of its schema."""
    return replace(SYSTEM, name=name)
