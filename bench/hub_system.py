"""The system that the hub's bench serves: one channel that all are on, one command whose event goes to it."""

import time
from datetime import timedelta
from typing import ClassVar

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from livefloor import (
    NAMING,
    POST,
    PUBLIC,
    SSE,
    Account,
    Actor,
    Channel,
    Ctx,
    Event,
    Frame,
    Input,
    Part,
    Pusher,
    Role,
    Rows,
    SocketIO,
    System,
    Told,
    View,
    WebSocketJSON,
)
from livefloor.parts.health import health_part
from livefloor.testing.sign_in import sign_in

LIVES = timedelta(hours=24)
AT_ONE_DESK = 20
GUEST, HOST = Role("guest"), Role("host")
FLOOR = Channel("floor", join=PUBLIC)
DESK = Channel("desk:{number}", join=HOST, presence=True)


class Tables(Rows, DeclarativeBase):
    """The tables."""

    metadata = MetaData(naming_convention=NAMING)


class Person(Tables, Account):
    """Somebody who listens."""

    __tablename__ = "people"


class Tick(Frame):
    """What is told: its text holds the event's number and time, for the load client."""

    event: ClassVar[str] = "tick"
    text: str


class Ticked(Event):
    """Something happened."""

    name: ClassVar[str] = "floor.ticked"
    text: str

    def frames(self) -> list[Told]:
        """Tell the floor."""
        return [Told(FLOOR(), Tick(text=self.text))]


class Tell(Input):
    """The number of the event, its time in nanoseconds (0: now, by the server's clock), and the size of its text."""

    n: int
    t: int
    size: int


class Crowd(Input):
    """How many people, and whether others see that they are there."""

    many: int
    seen: bool


class Admission(View):
    """Their access tokens."""

    tokens: list[str]


part = Part("bench")


@part.command(POST("/tell", 201), allow=PUBLIC)
async def tell(ctx: Ctx, body: Tell) -> None:
    """Let something happen."""
    stamp = f"~~{body.n}.{body.t or time.monotonic_ns()}~"
    ctx.emit(Ticked(text=stamp.ljust(body.size, "x")))


@part.command(POST("/people", 201), allow=PUBLIC)
async def make_people(ctx: Ctx, body: Crowd) -> Admission:
    """Sign new people in."""
    role, made = "host" if body.seen else "guest", []
    for number in range(body.many):
        person = await ctx.add(Person(role=role, display_name=str(number // AT_ONE_DESK)))
        made.append((await sign_in(ctx, person, LIVES))[1])
    return Admission(tokens=made)


def home(actor: Actor) -> list[str]:
    """Put everybody on the floor, and hosts at their desk."""
    return [FLOOR(), DESK(number=actor.name or "")] if actor.role == "host" else [FLOOR()]


system = System(
    name="hub",
    title="Hub",
    port=8098,
    version="1",
    tables=Tables,
    user=Person,
    roles=GUEST | HOST,
    channels=[FLOOR, DESK],
    home=home,
    frames=[Tick],
    events=[Ticked],
    parts=[part, health_part("/api/health", metrics="/api/metrics", see=HOST)],
    wires=[WebSocketJSON("/ws"), SSE("/sse"), SocketIO(ping_interval_s=300), Pusher()],
    migrations="livefloor.operate.bench.migrations",
)
