"""Those who hold a token without an account: a board that was paired, a guest with an order (section 3)."""

from sqlalchemy import select

from livefloor import Actor, Bearers, Look, bindparam, digest
from livefloor.systems.coffee.models import DisplayDevice, Ticket

OF_DEVICE = select(DisplayDevice).where(
    DisplayDevice.token_hash == bindparam("of_hash"), DisplayDevice.revoked_at.is_(None)
)
OF_TICKET = select(Ticket.id).where(Ticket.token == bindparam("of_token"))


async def _find(look: Look, token: str) -> Actor | None:
    device = await look.one(OF_DEVICE, of_hash=digest(token))
    if device is not None:
        return Actor(device.id, "display", None, device.name)
    ticket_id = await look.one(OF_TICKET, of_token=token)
    return Actor(ticket_id, "customer") if ticket_id is not None else None


async def _stands(look: Look, actor: Actor) -> bool:
    if actor.role == "customer":
        return await look.find(Ticket, actor.id) is not None
    device = await look.find(DisplayDevice, actor.id)
    return device is not None and device.revoked_at is None


BEARERS = Bearers(_find, _stands)
