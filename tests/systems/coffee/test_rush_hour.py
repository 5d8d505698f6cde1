"""Rush hour, and then an independent reckoning from the log and from the tables (issue 5; section 1, "What must never go wrong")."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import pytest
from sqlalchemy import select

from livefloor.ports.sms import TwilioSms
from livefloor.systems.coffee.models import (
    Customer,
    InventoryItem,
    InventoryMovement,
    Milk,
    Order,
    OrderMove,
    SmsConversation,
    SmsMessage,
    StationInventory,
    Ticket,
)
from tests.systems.coffee.asking import set_station
from tests.systems.coffee.conftest import Cafe
from tests.systems.coffee.rush import GUESTS, Guest, Rush
from tests.systems.coffee.twilio import ACCOUNT, SENDER, SETTINGS, TOKEN, Twilio, twilio

MADE = ("completed", "picked_up", "uncollected")
STEPS = {
    ("scheduled", "pending"), ("scheduled", "cancelled"), ("pending", "in_progress"), ("in_progress", "pending"), ("pending", "completed"), ("in_progress", "completed"),
    ("completed", "picked_up"), ("completed", "in_progress"), ("picked_up", "completed"), ("completed", "uncollected"),
    ("uncollected", "picked_up"), ("pending", "cancelled"), ("in_progress", "cancelled"),
}  # fmt: skip


@pytest.mark.world(environ={**SETTINGS, "TWILIO_URL": "http://127.0.0.1:9"})
async def test_rush_hour(cafe: Cafe) -> None:
    """No order is lost or made twice; the stock is what was poured and corrected; no milk is swapped; each guest is told once.

    Rules 10, 26, 27, 36, 43, 45, 46, 49, 55, 65, 74 and 76 all at once, with four stations, three hundred guests by text, web,
    walk-up and group, and a lost network.
    """
    ports = cafe.world.runtime.means.ports
    async with twilio() as there:
        ports.sms = TwilioSms(account_sid=ACCOUNT, auth_token=TOKEN, sender=SENDER, url=there.url)
        await have_it(cafe, there)


async def have_it(cafe: Cafe, there: Twilio) -> None:
    """Let the hour pass, and reckon."""
    await set_station(cafe, 4, status="open", connection="live")
    for code, quantity in {"milk_oat": 4000, "milk_almond": 2500}.items():
        for station in (1, 2, 3, 4):
            await cafe.set_stock(station, code, quantity)
    before = {(row.station_id, row.item_id): row.quantity for row in await everything(cafe, StationInventory)}
    rush = Rush(cafe, there)
    await rush.set_up()
    await rush.run()

    codes = Counter(
        (answer.status_code, answer.json().get("code")) for answer in rush.answers if answer.status_code >= 400
    )
    # The front of house calls off no cup that is in hand by then.
    assert {status for status, _ in codes} <= {409, 403} and codes[403, "forbidden"] <= 3, codes
    assert codes[409, "order_taken"] >= 20  # two tapped the same cup, and one was told who has it
    reckoning = Reckoning(cafe)
    await reckoning.read()
    happened = {move.reason for move in reckoning.moves}
    assert happened >= {"out_of_stock", "manual", "failover"}
    reckoning.guests(rush.guests)
    reckoning.lives()
    reckoning.milks(rush.chose)
    reckoning.books(before)
    reckoning.texts(there)
    assert {ticket.channel for ticket in reckoning.tickets.values()} == {"sms", "web", "walk_up", "group"}
    assert rush.groups >= 10
    assert there.tries != there.taken
    assert len(rush.guests) == GUESTS + 6
    assert rush.batches[0] == rush.batches[1]
    assert {200, 409} <= set(rush.batches[0])


async def everything(cafe: Cafe, model: type[Any]) -> list[Any]:
    """Return all rows of a table."""
    return list(await cafe.world.look(lambda look: look.all(select(model))))


class Reckoning:
    """What is in the tables and in the log, held against each other."""

    def __init__(self, cafe: Cafe) -> None:
        self.cafe = cafe
        self.facts: dict[str, list[Any]] = defaultdict(list)

    async def read(self) -> None:
        """Read all of it."""
        self.tickets = {row.id: row for row in await everything(self.cafe, Ticket)}
        self.orders = {row.id: row for row in await everything(self.cafe, Order)}
        self.shelves = await everything(self.cafe, StationInventory)
        self.movements = await everything(self.cafe, InventoryMovement)
        self.moves = await everything(self.cafe, OrderMove)
        self.messages = await everything(self.cafe, SmsMessage)
        self.talks, self.customers = await everything(self.cafe, SmsConversation), await everything(self.cafe, Customer)
        self.milk_of = {row.id: row for row in await everything(self.cafe, Milk)}
        self.items = {row.code: row for row in await everything(self.cafe, InventoryItem)}
        for recorded in await self.cafe.world.events():
            if recorded.event.name in ("order_created", "order_updated"):
                self.facts[recorded.event.order.id].append(recorded.event)

    def guests(self, guests: list[Guest]) -> None:
        """Each guest has one ticket with the cups that were asked for, however often it was sent, and all had an end."""
        by_name = defaultdict(list)
        for ticket in self.tickets.values():
            by_name[ticket.customer_name].append(ticket)
        assert {name: len(found) for name, found in by_name.items()} == {guest.name: 1 for guest in guests}
        assert len({ticket.number for ticket in self.tickets.values()}) == len(self.tickets)
        cups = defaultdict(list)
        for order in self.orders.values():
            cups[order.ticket_id].append(order)
        for guest in guests:
            ticket = by_name[guest.name][0]
            assert {answer["ticket"]["id"] for answer in guest.answers} == {ticket.id}
            assert len(cups[ticket.id]) == len(guest.cups)
            ends = [order.status for order in cups[ticket.id] if order.status not in (*MADE, "cancelled")]
            assert not ends, (guest.name, ticket.channel, ends)

    def lives(self) -> None:
        """The log tells each cup's life without a gap, ending as the table says; none was made twice."""
        assert set(self.facts) == set(self.orders)
        for order in self.orders.values():
            created, *updates = self.facts[order.id]
            assert created.name == "order_created"
            assert all(fact.name == "order_updated" for fact in updates)
            status, station, made, undone = created.order.status, created.order.station_id, 0, 0
            for fact in updates:
                assert fact.previous_status == status
                assert fact.status == status or (status, fact.status) in STEPS
                made += fact.status == "completed" != status and status != "picked_up"
                undone += status == "completed" and fact.status == "in_progress"
                if fact.station_id != station and fact.previous_status != "scheduled":  # these are given one at last
                    assert fact.moved_from == station
                status, station = fact.status, fact.station_id
            assert (status, station) == (order.status, order.station_id)
            assert (made - undone, order.depletion_cycle) == (order.status in MADE, undone)

    def milks(self, chose: set[str]) -> None:
        """No cup holds what its guest is allergic to, one with allergies was acknowledged, and no milk changed unasked."""
        holds = {code: set(item.allergens) for code, item in self.items.items()}
        by_item = {item.id: code for code, item in self.items.items()}
        for milk in self.milk_of.values():
            holds[by_item[milk.inventory_item_id]] |= set(milk.allergens)
        for order in self.orders.values():
            inside = set().union(*(holds[line["code"]] for line in order.recipe))
            assert not inside & set(order.allergies)
            if order.status in MADE:
                assert bool(order.allergies) == (order.allergen_ack_by is not None)
            last = None
            for fact in self.facts[order.id]:
                milk = fact.order.milk.code if fact.order.milk else None
                if fact.name == "order_updated" and milk != last:
                    assert (fact.change, order.allergies) == ("edited", [])
                    assert fact.actor is not None or order.id in chose
                last = milk
            if order.milk_id is not None:
                poured = {line["code"] for line in order.recipe if line.get("milk")}
                assert poured == {by_item[self.milk_of[order.milk_id].inventory_item_id]}

    def books(self, before: dict[tuple[int, str], int]) -> None:
        """Every shelf is what it was, less what the recipes of its cups took, and corrected; nothing is promised any more."""
        changed: Counter[tuple[int, str]] = Counter()
        poured: Counter[tuple[int, str]] = Counter()
        for movement in self.movements:
            key = (movement.station_id, movement.item_id)
            changed[key] += movement.delta
            assert movement.quantity_after >= 0
            if movement.kind == "deplete":
                poured[key] += movement.shortfall - movement.delta
            if movement.kind == "undo":
                poured[key] -= movement.delta
        owed: Counter[tuple[int, str]] = Counter()
        for order in self.orders.values():
            for line in order.recipe if order.status in MADE else ():
                owed[order.station_id, self.items[line["code"]].id] += line["quantity"]
        for shelf in self.shelves:
            key = (shelf.station_id, shelf.item_id)
            assert shelf.quantity == before[key] + changed[key] >= 0
            assert (shelf.reserved, poured[key]) == (0, owed[key])
        corrections = {movement.kind for movement in self.movements} - {"deplete"}
        assert corrections >= {"run_out", "waste", "count", "restock", "transfer_in", "transfer_out", "undo"}

    def texts(self, there: Twilio) -> None:
        """Who gave a number was told once of the order, once of each move, and once, at most, that it is ready.

        What the provider took is exactly what is called sent: nothing else, nothing twice.
        """
        phones = {row.id: row.phone for row in self.customers}
        talks = {row.id: phones[row.customer_id] for row in self.talks}
        out = [message for message in self.messages if message.direction == "out"]
        assert {message.status for message in out} <= {"sent", "suppressed"}
        sent = Counter((talks[message.conversation_id], message.body) for message in out if message.status == "sent")
        assert sent == Counter((taken["To"], taken["Body"]) for taken in there.taken)
        told: Counter[tuple[str, str]] = Counter((message.ticket_id, message.kind) for message in self.messages)
        moves = defaultdict(set)
        for move in self.moves:
            order = self.orders[move.order_id]
            moves[order.ticket_id].add((move.at, move.to_station))
        ready = 0
        for ticket in self.tickets.values():
            texted = ticket.phone is not None
            assert told[ticket.id, "moved"] == (len(moves[ticket.id]) if texted else 0)
            assert told[ticket.id, "reply"] == (texted and ticket.channel in ("walk_up", "sms"))
            states = {order.status for order in self.orders.values() if order.ticket_id == ticket.id} - {"cancelled"}
            fetched_first = ticket.ready_sms_state == "suppressed"
            assert told[ticket.id, "ready"] <= 1
            if texted and states and not fetched_first:
                assert told[ticket.id, "ready"] == 1, ticket.number
            ready += told[ticket.id, "ready"]
        assert ready > 50
