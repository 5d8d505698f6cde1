"""Bikeshop: what comes in, who is at it, what is done; live on every screen."""

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field
from sqlalchemy import ColumnElement, MetaData, true
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from livefloor import (
    GET, NAMING, POST, SSE, Actor, Address, Announced, Channel, Conflict, Ctx, Input, Look, Part, Resource,
    Role, Rows, System, View,
)  # fmt: skip
from livefloor.parts import auth, passwords, stream

WORKER, CLERK = Role("worker"), Role("clerk")
STAFF = WORKER | CLERK

Status = Literal["waiting", "done"]
NEXT: dict[str, list[Status]] = {
    "waiting": ["done"],
    "done": ["waiting"],
}


class Tables(Rows, DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


class User(Tables, passwords.PasswordAccount):
    __tablename__ = "users"


class Ticket(Tables, Resource):
    __tablename__ = "tickets"
    title: Mapped[str]
    status: Mapped[str] = mapped_column(default="waiting")

    @property
    def next(self) -> list[Status]:
        return NEXT[self.status]


class NewTicket(Input):
    title: str = Field(min_length=1, max_length=80)


class Move(Input):
    to: Status


class TicketView(View):
    collection: ClassVar[str] = "tickets"
    id: str
    version: int
    title: str
    status: Status
    next: list[Status]


BOARD = Channel("board", join=STAFF)
tickets = Part("tickets")


class TicketEvent(Announced):
    ticket: TicketView

    def subject(self) -> str:
        return f"ticket:{self.ticket.id}"

    def rooms(self) -> list[Address]:
        return [BOARD()]


class TicketOpened(TicketEvent):
    name: ClassVar[str] = "ticket_opened"


class TicketMoved(TicketEvent):
    name: ClassVar[str] = "ticket_moved"


@tickets.visible(Ticket)
def tickets_of(actor: Actor) -> ColumnElement[bool]:
    return true()


@tickets.query(GET("/api/tickets"), allow=STAFF)
async def list_tickets(look: Look) -> list[TicketView]:
    """List the tickets that one may see, oldest first."""
    return [TicketView.model_validate(row) for row in await look.all(look.rows(Ticket).order_by(Ticket.id))]


@tickets.command(POST("/api/tickets", 201), allow=CLERK)
async def open_ticket(ctx: Ctx, body: NewTicket) -> TicketView:
    """Take something in."""
    row = await ctx.add(Ticket(title=body.title))
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


system = System(
    name="bikeshop", title="Bikeshop", version="1", port=8010, tables=Tables, user=User, roles=STAFF,
    channels=[BOARD], frames=[TicketOpened, TicketMoved], create_admin=passwords.admins(CLERK),
    events=[TicketOpened, TicketMoved, *auth.EVENTS, *passwords.EVENTS],
    parts=[tickets, auth.auth("/api/auth", allow=STAFF), stream.stream_part("/api/stream/ticket", allow=STAFF),
           passwords.passwords("/api/auth", allow=STAFF, manage=CLERK)],
    wires=[SSE("/api/stream")], migrations="bikeshop.migrations", pages=Path(__file__).parent / "page",
)  # fmt: skip
