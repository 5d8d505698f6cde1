"""The first data of an empty database: the machines and the catalogue of cycles."""

from sqlalchemy import func, select

from livefloor import Ctx
from livefloor.systems.laundry.catalogue import new_code
from livefloor.systems.laundry.models import CycleCategory, Machine
from livefloor.systems.laundry.settings import first_settings

MINUTES = {"normal": 30, "extra_5": 35, "extra_10": 40, "extra_15": 45}
LABELS = {"normal": "Normal", "extra_5": "Extra 5 min", "extra_10": "Extra 10 min", "extra_15": "Extra 15 min"}
COUNT = select(func.count()).select_from(Machine)


async def first_data(ctx: Ctx) -> None:
    """Put in machines, catalogue and settings, unless there are machines already."""
    if await ctx.one(COUNT):
        return
    await first_settings(ctx)
    for machine_type in ("washer", "dryer"):
        await ctx.add_all(
            Machine(
                machine_type=machine_type,
                machine_id=number,
                label=f"{machine_type.capitalize()} {number}",
                location="",
                status="available",
                enabled=True,
                laundry_inside=False,
                machine_code=new_code(),
                total_cycles=0,
            )
            for number in range(1, ctx.settings.machines_per_type + 1)
        )
        await ctx.add_all(
            CycleCategory(
                machine_type=machine_type, code=code, label=LABELS[code], minutes=minutes, enabled=True, sort=sort
            )
            for sort, (code, minutes) in enumerate(MINUTES.items())
        )
