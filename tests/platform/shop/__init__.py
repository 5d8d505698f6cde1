"""A very small system for the platform's own tests: tickets that are opened, moved, counted and reminded of."""

from datetime import timedelta
from typing import ClassVar

from sqlalchemy import ColumnElement, MetaData, func, select, true
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from livefloor import (
    GET,
    NAMING,
    POST,
    PUBLIC,
    SSE,
    Account,
    Actor,
    Address,
    Channel,
    Conflict,
    Ctx,
    Event,
    Flow,
    Frame,
    Input,
    Look,
    Part,
    Pusher,
    Resource,
    Role,
    Rows,
    SocketIO,
    Stored,
    System,
    Told,
    View,
    WebSocketJSON,
)
from livefloor.parts import auth
from livefloor.parts import running as running_of
from livefloor.parts import webhooks as webhooks_of
from livefloor.parts.debug import clock_part
from livefloor.parts.health import health_part
from livefloor.parts.pusher import pusher_part
from livefloor.parts.running import running
from livefloor.parts.stream import stream_part
from livefloor.parts.webhooks import webhooks

CUSTOMER, MECHANIC, CLERK = Role("customer"), Role("mechanic"), Role("clerk")
ALL = CUSTOMER | MECHANIC | CLERK


class Tables(Rows, DeclarativeBase):
    """The shop's tables."""

    metadata = MetaData(naming_convention=NAMING)


class User(Tables, Account):
    """Somebody who signs in."""

    __tablename__ = "users"


class Ticket(Tables, Resource):
    """A bike on the bench."""

    __tablename__ = "tickets"
    bike: Mapped[str]
    status: Mapped[str] = mapped_column(default="waiting")


class Count(Tables):
    """What the durable reader has counted."""

    __tablename__ = "counts"
    ticket_id: Mapped[str] = mapped_column(primary_key=True)
    many: Mapped[int]


class NewTicket(Input):
    """What is taken in."""

    bike: str


class Move(Input):
    """Where it goes."""

    to: str


class TicketView(View):
    """A ticket."""

    collection: ClassVar[str] = "tickets"
    id: str
    version: int
    bike: str
    status: str


class TicketUpdate(Frame):
    """A ticket as it is now."""

    event: ClassVar[str] = "ticket_update"
    ticket: TicketView


BOARD = Channel("board", join=ALL, client_events=("typing",))
STAFF = Channel("staff", join=MECHANIC)
COUNTER = Channel("counter", join=CLERK, presence=True)
NEWS = Channel("news", join=PUBLIC)
HOURS = Channel("hours:{day}", join=PUBLIC, cached=True)
BENCH = Channel("bench:{id}", join=ALL, presence=True, client_events=("typing",))
MINE = Channel("user:{id}", join=lambda actor, id: actor.id == id)


class TicketEvent(Event):
    """A fact about a ticket."""

    ticket: TicketView

    def subject(self) -> str:
        """Name the ticket."""
        return f"ticket:{self.ticket.id}"

    def frames(self) -> list[Told]:
        """Tell the board and the staff."""
        return [Told(BOARD(), TicketUpdate(ticket=self.ticket)), Told(STAFF(), TicketUpdate(ticket=self.ticket))]


class TicketOpened(TicketEvent):
    """It came in."""

    name: ClassVar[str] = "ticket.opened"


class TicketMoved(TicketEvent):
    """It went on."""

    name: ClassVar[str] = "ticket.moved"


class Word(Frame):
    """A word to one person."""

    event: ClassVar[str] = "word"
    text: str


class PersonTold(Event):
    """Somebody was told something."""

    name: ClassVar[str] = "person.told"
    user_id: str
    text: str

    def frames(self) -> list[Told]:
        """Tell the person alone."""
        return [Told(MINE(id=self.user_id), Word(text=self.text))]


class ShopTold(Event):
    """Everybody was told something, on whichever channels."""

    name: ClassVar[str] = "shop.told"
    channels: list[str]
    text: str

    def frames(self) -> list[Told]:
        """Tell them."""
        return [Told(Address(channel), Word(text=self.text)) for channel in self.channels]


class UserChanged(Event):
    """A user's role or standing changed."""

    name: ClassVar[str] = "user.changed"
    user_id: str

    def rechecks(self) -> str:
        """Hold the user's sockets against it."""
        return self.user_id


tickets = Part("tickets")


@tickets.visible(Ticket)
def tickets_of(actor: Actor) -> ColumnElement[bool]:
    """Everybody sees all."""
    return true()


class Board(View):
    """All tickets."""

    tickets: list[TicketView]
    last: int


@tickets.query(GET("/api/tickets"), allow=ALL, stored=Stored(drops=(TicketEvent,)))
async def list_tickets(look: Look) -> Board:
    """List the tickets."""
    found = await look.all(look.rows(Ticket).order_by(Ticket.id))
    return Board(tickets=[TicketView.model_validate(row) for row in found], last=await look.head())


@tickets.query(GET("/api/tickets/{ticket_id}"), allow=ALL)
async def get_ticket(look: Look, ticket_id: str) -> TicketView:
    """Return one ticket."""
    return TicketView.model_validate(await look.get(Ticket, ticket_id))


@tickets.query(GET("/api/count"), allow=PUBLIC, heavy=True)
async def count_tickets(look: Look, status: str | None = None) -> int:
    """Count the tickets."""
    statement = select(func.count()).select_from(Ticket)
    return await look.one(statement.where(Ticket.status == status) if status else statement) or 0


@tickets.command(POST("/api/tickets", 201), allow=MECHANIC)
async def open_ticket(ctx: Ctx, body: NewTicket) -> TicketView:
    """Take a bike in."""
    row = await ctx.add(Ticket(bike=body.bike))
    view = TicketView.model_validate(row)
    ctx.emit(TicketOpened(ticket=view))
    await ctx.schedule(remind, ctx.now + timedelta(minutes=5), ticket_id=row.id)
    return view


@tickets.command(POST("/api/tickets/{ticket_id}/move"), allow=MECHANIC)
async def move_ticket(ctx: Ctx, ticket_id: str, body: Move) -> TicketView:
    """Move a ticket along."""
    row = await ctx.locked(Ticket, ticket_id)
    if row is None or row.status == body.to:
        raise Conflict("ticket_cannot_move", "It is there already.")
    row.status = body.to
    view = TicketView.model_validate(await ctx.save(row))
    ctx.emit(TicketMoved(ticket=view))
    return view


@tickets.errand(lane="phone")
async def ring(flow: Flow, phone: str, words: str) -> None:
    """Ring somebody up."""
    await flow.means.services["ring"](phone, words)


@tickets.timer(order=1)
async def remind(ctx: Ctx, ticket_id: str) -> None:
    """Put a waiting ticket on the bench by itself."""
    row = await ctx.locked(Ticket, ticket_id)
    if row is not None and row.status == "broken":
        raise RuntimeError("this ticket is broken")
    if row is not None and row.status == "waiting":
        row.status = "late"
        ctx.emit(TicketMoved(ticket=TicketView.model_validate(await ctx.save(row))))


@tickets.after(TicketEvent, reader="counter", makes=[Count])
async def count(ctx: Ctx, event: TicketEvent) -> None:
    """Count the facts of each ticket."""
    if event.ticket.bike == "cursed":
        raise RuntimeError("this bike cannot be counted")
    row = await ctx.find(Count, event.ticket.id)
    if row is None:
        await ctx.add(Count(ticket_id=event.ticket.id, many=1))
    else:
        row.many += 1
        await ctx.save(row)


def home(actor: Actor) -> list[str]:
    """Return the channels that a connection is put on."""
    more = {"mechanic": ["staff"], "clerk": ["counter"]}
    return ["board", f"user:{actor.id}", *more.get(actor.role, [])]


system = System(
    name="shop",
    title="Shop",
    port=8099,
    version="1",
    tables=Tables,
    user=User,
    roles=ALL,
    channels=[BOARD, STAFF, COUNTER, MINE, NEWS, HOURS, BENCH],
    home=home,
    frames=[TicketUpdate, Word],
    events=[
        TicketOpened,
        TicketMoved,
        PersonTold,
        ShopTold,
        UserChanged,
        *auth.EVENTS,
        *webhooks_of.EVENTS,
        *running_of.EVENTS,
    ],
    parts=[
        tickets,
        auth.auth("/api/auth", allow=ALL),
        stream_part("/api/stream/ticket", allow=ALL),
        pusher_part(allow=ALL),
        health_part("/api/health", metrics="/api/metrics", see=MECHANIC),
        running(path="/api/running", allow=CLERK),
        webhooks(path="/api/webhooks", allow=CLERK),
        clock_part("/api/clock", allow=CLERK),
    ],
    wires=[WebSocketJSON("/api/ws"), SSE("/api/stream"), SocketIO(namespaces=("/", "/floor")), Pusher(counts=True)],
    migrations="tests.platform.shop.migrations",
)
