"""The coffee service's own words of the command: take a table home, forget a guest (section 11)."""

from typing import get_args

from livefloor import Flow, Invalid, Word
from livefloor.systems.coffee.export import What, export_csv
from livefloor.systems.coffee.forgetting import Forget, forget_customer


async def take_home(flow: Flow, what: str) -> str:
    """Return a table of the active or last event as CSV. Raises Invalid."""
    if what not in get_args(What):
        raise Invalid.field("what", f"There are: {', '.join(get_args(What))}.")
    return (await export_csv(flow, what)).content.decode()  # type: ignore[arg-type]


async def forget(flow: Flow, phone: str) -> str:
    """Erase number, name and texts of a guest. Raises Invalid, Conflict open_orders."""
    await flow.execute(forget_customer, Forget(phone=phone))
    return "Forgotten.\n"


WORDS = (
    Word("export", f"print a table as CSV: {', '.join(get_args(What))}", take_home, ("what",)),
    Word("forget", "erase number, name and texts of a guest", forget, ("phone",)),
)
