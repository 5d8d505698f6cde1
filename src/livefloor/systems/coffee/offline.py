"""What a tablet did without a network, sent in order when it is back (section 5.10, rules 46 and 74)."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from livefloor.parts.batch import batch_part
from livefloor.systems.coffee.attendance import check_in_to_schedule, check_out_of_schedule, end_break, start_break
from livefloor.systems.coffee.chat import send_message
from livefloor.systems.coffee.inventory import deplete, run_out_of, save_station_inventory
from livefloor.systems.coffee.making import complete_order, hand_order_over, put_order_back, start_order
from livefloor.systems.coffee.orders import create_order
from livefloor.systems.coffee.rooms import STAFF

Said = Mapping[str, Any]


def _of_order(path: Said, body: Said) -> Collection[str]:
    return [f"order:{path['order_id']}"]


def _of_shift(path: Said, body: Said) -> Collection[str]:
    return [f"schedule:{path['schedule_id']}"]


def _of_stock(path: Said, body: Said) -> Collection[str]:
    """Name each item at its station, or the cup that the stock is taken for."""
    if body.get("order_id"):
        return [f"order:{body['order_id']}"]
    station_id = path.get("station_id") or body.get("station_id")
    lines = [*(body.get("inventory") or ()), *(body.get("items") or ()), body]
    codes = {str(line.get("code") or line.get("item_id") or "") for line in lines if isinstance(line, Mapping)}
    return [f"stock:{station_id}:{code}" for code in codes - {""}]


def _alone(path: Said, body: Said) -> Collection[str]:
    """Nothing relies on it: a message, an order of which no other operation can know."""
    return ()


def _judged_alone(failed: Callable[..., Any], then: Callable[..., Any], code: str) -> bool:
    """Tell that a cup made at the former station counts, though its start there was refused (rule 46)."""
    return failed is start_order and then is complete_order and code == "order_moved"


offline = batch_part(
    "/api/sync/batch",
    allow=STAFF,
    operations={
        create_order: _alone,
        start_order: _of_order,
        put_order_back: _of_order,
        complete_order: _of_order,
        hand_order_over: _of_order,
        save_station_inventory: _of_stock,
        deplete: _of_stock,
        run_out_of: _of_stock,
        send_message: _alone,
        check_in_to_schedule: _of_shift,
        check_out_of_schedule: _of_shift,
        start_break: _of_shift,
        end_break: _of_shift,
    },
    judged_alone=_judged_alone,
)
