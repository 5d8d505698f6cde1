"""Bikeshop: bikes come in at the counter, move along the bench, and their owners watch."""

from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field
from sqlalchemy import ColumnElement, ForeignKey, MetaData, true
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from livefloor import (
    GET, NAMING, POST, SSE, Actor, Address, Announced, Channel, Conflict, Ctx, Flow, Input, Invalid, Look, Part, Resource,
    Role, Rows, System, View,
)  # fmt: skip
from livefloor.parts import auth, passwords, stream

CUSTOMER, MECHANIC, CLERK = Role("customer"), Role("mechanic"), Role("clerk")
STAFF, EVERYBODY = MECHANIC | CLERK, CUSTOMER | MECHANIC | CLERK

Status = Literal["waiting", "on_bench", "done", "collected"]
NEXT: dict[str, list[Status]] = {
    "waiting": ["on_bench"],
    "on_bench": ["waiting", "done"],
    "done": ["on_bench", "collected"],
    "collected": [],
}


class Tables(Rows, DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


class User(Tables, passwords.PasswordAccount):
    __tablename__ = "users"


class Ticket(Tables, Resource):
    __tablename__ = "tickets"
    title: Mapped[str]
    status: Mapped[str] = mapped_column(default="waiting")
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    phone: Mapped[str] = mapped_column(default="", server_default="")

    @property
    def next(self) -> list[Status]:
        return NEXT[self.status]


class NewTicket(Input):
    title: str = Field(min_length=1, max_length=80)
    customer: str = Field("", max_length=64)
    phone: str = Field("", pattern=r"^(\+[0-9]{8,15})?$")


class Move(Input):
    to: Status


class TicketView(View):
    collection: ClassVar[str] = "tickets"
    id: str
    version: int
    title: str
    status: Status
    next: list[Status]
    customer_id: str | None


BOARD = Channel("board", join=STAFF)
MINE = Channel("customer:{id}", join=lambda actor, id: actor.is_in(CUSTOMER) and actor.id == id)
tickets = Part("tickets")


class TicketEvent(Announced):
    ticket: TicketView

    def subject(self) -> str:
        return f"ticket:{self.ticket.id}"

    def rooms(self) -> list[Address]:
        return [BOARD(), MINE(id=self.ticket.customer_id or "nobody")]


class TicketOpened(TicketEvent):
    name: ClassVar[str] = "ticket_opened"


class TicketMoved(TicketEvent):
    name: ClassVar[str] = "ticket_moved"


@tickets.visible(Ticket)
def tickets_of(actor: Actor) -> ColumnElement[bool]:
    return true() if actor.is_in(STAFF) else Ticket.customer_id == actor.id


@tickets.query(GET("/api/tickets"), allow=EVERYBODY)
async def list_tickets(look: Look) -> list[TicketView]:
    """List the tickets that one may see, oldest first."""
    return [TicketView.model_validate(row) for row in await look.all(look.rows(Ticket).order_by(Ticket.id))]


@tickets.command(POST("/api/tickets", 201), allow=CLERK)
async def open_ticket(ctx: Ctx, body: NewTicket) -> TicketView:
    """Take something in."""
    owner = await passwords.account_of(ctx, body.customer)
    if body.customer and owner is None:
        raise Invalid.field("customer", "There is no account of this name.")
    row = await ctx.add(Ticket(title=body.title, customer_id=owner and owner.id, phone=body.phone))
    view = TicketView.model_validate(row)
    ctx.emit(TicketOpened(ticket=view))
    return view


@tickets.command(POST("/api/tickets/{ticket_id}/move"), allow=STAFF)
async def move_ticket(ctx: Ctx, ticket_id: str, body: Move) -> TicketView:
    """Move a ticket along."""
    row = await ctx.get(Ticket, ticket_id)
    if body.to not in row.next:
        raise Conflict("ticket_cannot_move", f"A ticket that is {row.status} cannot become {body.to}.")
    row.status = body.to
    view = TicketView.model_validate(await ctx.save(row))
    ctx.emit(TicketMoved(ticket=view))
    return view


@tickets.after(TicketMoved, reader="owners")
async def tell_the_owner(ctx: Ctx, event: TicketMoved) -> None:
    if event.ticket.status == "done":
        await ctx.schedule(send_text, ctx.now, ticket_id=event.ticket.id, words="is ready")
        await ctx.schedule(send_text, ctx.now + timedelta(days=3), ticket_id=event.ticket.id, words="waits for you")


@tickets.errand()
async def send_text(flow: Flow, ticket_id: str, words: str) -> None:
    ticket = await flow.look(Look.find, Ticket, ticket_id)
    if ticket is not None and ticket.phone and ticket.status == "done":
        await flow.ports.sms.send(ticket.phone, f"{ticket.title} {words}.")


system = System(
    name="bikeshop", title="Bikeshop", version="1", port=8010, tables=Tables, user=User, roles=EVERYBODY,
    channels=[BOARD, MINE], frames=[TicketOpened, TicketMoved], create_admin=passwords.admins(CLERK),
    events=[TicketOpened, TicketMoved, *auth.EVENTS, *passwords.EVENTS],
    parts=[tickets, auth.auth("/api/auth", allow=EVERYBODY), stream.stream_part("/api/stream/ticket", allow=EVERYBODY),
           passwords.passwords("/api/auth", allow=EVERYBODY, register=CUSTOMER, manage=CLERK)],
    wires=[SSE("/api/stream")], migrations="bikeshop.migrations", pages=Path(__file__).parent / "page",
)  # fmt: skip
