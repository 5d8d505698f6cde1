"""Cups that nobody could make are tried again at every change of a station or of stock (rule 42)."""

from sqlalchemy import func, select

from livefloor import Ctx, Event, Part
from livefloor.systems.coffee.availability import MenuUpdated
from livefloor.systems.coffee.carrying import rescue
from livefloor.systems.coffee.models import Order
from livefloor.systems.coffee.station_views import StationUpdated
from livefloor.systems.coffee.stock_views import InventoryUpdated

STRANDED = select(func.count()).where(Order.attention == "no_station", Order.status == "pending")

rescuing = Part("rescuing")


@rescuing.within(StationUpdated, MenuUpdated, InventoryUpdated)
async def try_again_soon(ctx: Ctx, told: Event) -> None:
    """Let stranded cups be tried again in a change of its own, so that locks are taken in order."""
    if await ctx.one(STRANDED):
        await ctx.schedule(try_again, ctx.woken_at)


@rescuing.timer(settles=False)
async def try_again(ctx: Ctx) -> None:
    """Try again to find a station for stranded cups."""
    await rescue(ctx)
