"""What guests do at once: the last place of a group, one ready text, one text that came twice, the last VIP word."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from livefloor import Ctx
from livefloor.systems.coffee.listening import receive
from livefloor.systems.coffee.models import GroupOrder, SmsMessage, Ticket
from tests.races.test_coffee_cups import ONE_PROCESS, cafe, pair, system, tally, world  # noqa: F401 - fixtures
from tests.systems.coffee.asking import books, cup, set_event, wish
from tests.systems.coffee.conftest import Cafe

EVERY_SIZE = pytest.mark.parametrize("size", ["sqlite", "postgres", "two-processes"])
PHONE = "+61491570156"


@EVERY_SIZE
async def test_the_last_place_of_a_group(cafe: Cafe) -> None:  # noqa: F811
    """Rule 66: ten joins for the last place give one 201 and nine 409 group_full; no stock is kept for the nine."""
    sue = await cafe.support()
    group = {"group_name": "Kites", "contact_name": "Mina", "mode": "open", "max_orders": 1}
    code = (await sue.post("group-orders/", group, 201))["group_order"]["code"]
    guests = [await cafe.client() for _ in range(10)]
    joins: list[Any] = [
        partial(guest.post, f"/api/group-orders/{code}/orders", json={"name": f"Guest {n}", **cup()})
        for n, guest in enumerate(guests)
    ]
    assert tally(await cafe.world.race(joins)) == {(201, None): 1, (409, "group_full"): 9}
    joined = await cafe.world.look(lambda look: look.one(select(GroupOrder.joined)))
    kept = [(await books(cafe, number, "milk_oat"))["milk_oat"][1] for number in (1, 2, 3)]
    assert (joined, sum(kept)) == (1, 180)


@EVERY_SIZE
async def test_the_last_cups_of_a_ticket_are_made_at_once(cafe: Cafe) -> None:  # noqa: F811
    """Rule 55: however many tablets and processes complete the cups, one ready text is written."""
    await set_event(cafe, ready_sms_delay_seconds=0)
    sue, bea, tom = await cafe.support(), await cafe.barista(1), await cafe.barista(1, "Tom Aster")
    for _ in range(3):
        placed = await sue.post("orders/", wish(cup(), cup(), phone=PHONE, station_id=1), 201)
        first, second = (each["id"] for each in placed["orders"])
        calls = [
            partial(person.do, "POST", f"orders/{cup_id}/complete")
            for cup_id, person in ((first, bea), (second, tom), (first, tom), (second, bea))
        ]
        answers = await cafe.world.race(calls)
        assert tally(answers) == {(200, None): 4}
        # Whoever asks next waits for all that is due.
        reads = [partial(person.do, "GET", "messages/") for person in (sue, sue, sue, sue)]
        await cafe.world.race(reads)
        about = select(SmsMessage).where(SmsMessage.kind == "ready", SmsMessage.ticket_id == placed["ticket"]["id"])
        texts = await cafe.world.look(partial(_all, statement=about))
        assert [text.body for text in texts] == [
            f"Mina, {placed['ticket']['number']} your 2 drinks are ready at Foyer."
        ]


async def _all(look: Any, statement: Any) -> list[Any]:
    return list(await look.all(statement))


@ONE_PROCESS
async def test_one_text_that_comes_twice_at_once(cafe: Cafe) -> None:  # noqa: F811
    """Rule 49: a MessageSid counts once, also when it comes eight times in the same moment, from a number that is new."""
    world_of = cafe.world

    async def come(ctx: Ctx) -> None:
        await receive(ctx, "SM1", PHONE, "latte oat for Mina")

    await world_of.race([partial(world_of.change, come) for _ in range(8)])
    rows = await world_of.look(partial(_all, statement=select(SmsMessage.direction).order_by(SmsMessage.direction)))
    assert rows == ["in", "out"]

    async def order(ctx: Ctx) -> None:
        await receive(ctx, "SM2", PHONE, "y")

    await world_of.race([partial(world_of.change, order) for _ in range(8)])
    assert len(await world_of.look(partial(_all, statement=select(Ticket.id)))) == 1


@ONE_PROCESS
async def test_the_last_use_of_the_vip_word_and_of_a_number(cafe: Cafe) -> None:  # noqa: F811
    """Rules 59, 62: of orders at once as many count as may."""
    await set_event(cafe, vip_word="pelican", vip_word_max_uses=1)
    guests = [await cafe.client() for _ in range(6)]
    body = {"event_code": "HARBOUR", "vip_word": "pelican", "phone": PHONE, **wish(cup("espresso", "small", None))}
    calls: list[Any] = [partial(guest.post, "/api/public/orders", json=body) for guest in guests]
    assert tally(await cafe.world.race(calls)) == {(201, None): 2, (409, "too_many_open"): 4}
    words = await cafe.world.look(partial(_all, statement=select(Ticket.vip_by_word).order_by(Ticket.vip_by_word)))
    assert words == [False, True]
