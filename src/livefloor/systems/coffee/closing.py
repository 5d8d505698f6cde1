"""What is left of the orders when their event is over."""

from sqlalchemy import select

from livefloor import Ctx, Part, bindparam
from livefloor.systems.coffee.floor import hold
from livefloor.systems.coffee.making import Cancel, cancel
from livefloor.systems.coffee.models import Order
from livefloor.systems.coffee.occasions import OccasionUpdated

UNMADE = (
    select(Order.id)
    .where(Order.event_id == bindparam("event_id"), Order.status.in_(("scheduled", "pending")))
    .order_by(Order.id)
)

closing = Part("closing")


@closing.within(OccasionUpdated)
async def cancel_unmade(ctx: Ctx, told: OccasionUpdated) -> None:
    """Cancel the cups that nobody has begun when their event is closed; their guests are told."""
    if told.change != "closed":
        return
    await hold(ctx)
    for order_id in await ctx.all(UNMADE, event_id=told.event_id):
        await cancel(ctx, order_id, Cancel(), anywhere=True)
