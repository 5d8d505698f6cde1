"""Ten minutes in which three hundred guests want coffee: who orders, who makes it, and all that goes wrong meanwhile."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import httpx
from sqlalchemy import select

from livefloor import Look, bindparam
from livefloor.ports.sms import twilio_signature
from livefloor.systems.coffee.models import Milk, Order, Ticket
from tests.systems.coffee.asking import cup
from tests.systems.coffee.conftest import Cafe, Person, good
from tests.systems.coffee.twilio import PUBLIC, SENDER, TOKEN, Twilio

GUESTS, TICK_S, TICKS = 300, 10, 60
CREW = {1: ("Bea Holm", "Tom Aster"), 2: ("Lio Penn",), 3: ("Kit Marlo",), 4: ("Una Reed",)}
LOST, SLOW_AT, LOST_AT, BACK_AT = 3, 8, 15, 40
"""The station whose network fails, from when it only looks on, and when it is lost and back."""
AT_ONCE = {1: 2, 2: 2, 3: 1, 4: 2}
"""How many cups a station makes in a tick."""
DRINKS = (
    ("latte", "regular", "oat"), ("flat_white", "small", "full"), ("cappuccino", "regular", "soy"),
    ("long_black", "regular", None), ("mocha", "large", "full"), ("piccolo", "small", "skim"),
    ("chai_latte", "regular", "almond"), ("espresso", "small", None), ("latte", "large", "lactose_free"),
)  # fmt: skip
SAFE_WITH = {"oat": ["milk"], "soy": ["gluten", "tree_nut"], "almond": ["milk", "soy"], "full": ["tree_nut"]}
"""What a guest who takes this milk may be allergic to."""
QUEUE = (
    select(Order)
    .where(Order.station_id == bindparam("station"), Order.status.in_(("pending", "in_progress")))
    .order_by(Order.queued_at, Order.id)
)
TROUBLED = select(Order).where(Order.status == "pending", Order.attention == "out_of_stock")
MADE = select(Order).where(Order.status == "completed").order_by(Order.completed_at, Order.id)
MILKS = select(Milk.id, Milk.code)
BY_PHONE = select(Ticket).where(Ticket.phone == bindparam("phone"))
ASKED = (
    select(Order.id, Ticket.phone)
    .join(Ticket, Ticket.id == Order.ticket_id)
    .where(Order.status == "pending", Order.attention == "substitute_asked", Ticket.channel == "sms")
)
HOW = ("web", "sms", "walk_up", "sms", "group")
"""How every fifth guest orders."""
IN_A_GROUP = 6
CALLED = str.maketrans("0123456789", "bcdghjknpq")
MILK_WORDS = {"full": "full cream", "lactose_free": "lactose free", None: ""}

Call = Callable[[], Awaitable[httpx.Response]]


class Guest:
    """Somebody who wants coffee, until there is a ticket for it."""

    def __init__(self, number: int, chance: Random) -> None:
        self.number = number
        self.how = HOW[number % len(HOW)]
        # Whoever texts has a name that is no word of the menu, nor like one.
        self.name = f"Z{number:03}".translate(CALLED) if self.how == "sms" else f"Guest {number:03}"
        has_phone = self.how == "sms" or (self.how != "group" and number % 2 == 0)
        self.phone = f"+614915{70000 + number:05}" if has_phone else None
        first = self._cup(chance)
        self.cups = [first] * (2 if number % 11 == 0 and self.how != "group" else 1)
        self.answers: list[dict[str, Any]] = []
        self.may_resend = number % 13 == 0 and self.how != "group"
        self.texts = 0

    def _cup(self, chance: Random) -> dict[str, Any]:
        drink, size, milk = chance.choice(DRINKS)
        # An allergy given by text is confirmed by a person.
        tells = self.how != "sms" and drink != "mocha" and chance.random() < 0.15
        return cup(drink, size, milk, allergies=SAFE_WITH.get(milk or "", []) if tells else [])

    @property
    def wish(self) -> dict[str, Any]:
        """Return what is sent; the same again where the answer was lost."""
        said = {
            "customer_name": self.name,
            "items": self.cups,
            "phone": self.phone,
            "client_id": f"guest-{self.number}",
        }
        return {**said, "event_code": "HARBOUR"} if self.how == "web" else said

    @property
    def words(self) -> str:
        """Return what is texted."""
        wanted, milk = self.cups[0], self.cups[0].get("milk")
        drink = wanted["menu_item"].replace("_", " ")
        many = f"{len(self.cups)} " if len(self.cups) > 1 else ""
        return f"{many}{wanted['size']} {drink} {MILK_WORDS.get(milk, milk)} for {self.name}"

    def settle_for_less(self) -> None:
        """Take what needs no milk."""
        self.cups = [cup("long_black", "small", None) for _ in self.cups]


class Rush:
    """The hour, tick by tick."""

    def __init__(self, cafe: Cafe, there: Twilio) -> None:
        self.cafe = cafe
        self.there = there
        self.chance = Random(5)
        self.guests = [Guest(number, self.chance) for number in range(GUESTS)]
        self.waiting: list[Guest] = []
        self.crew: dict[int, list[Person]] = {}
        self.answers: list[httpx.Response] = []
        self.offline: list[dict[str, Any]] = []
        self.seen_offline: set[str] = set()
        self.taps = itertools.count()
        self.batches: list[list[int]] = []
        self.groups = 0
        self.chose: set[str] = set()
        self.double_taps = 0

    async def set_up(self) -> None:
        """Let the crew come in."""
        for station, names in CREW.items():
            self.crew[station] = [await self.cafe.barista(station, name) for name in names]
        self.sue, self.olga = await self.cafe.support(), await self.cafe.organizer()
        self.web = await self.cafe.client()
        await self.beat()

    # -- one tick -----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Let all of it happen, and go on until nobody waits."""
        for tick in range(TICKS):
            self.waiting += self.guests[tick * GUESTS // TICKS : (tick + 1) * GUESTS // TICKS]
            await self.happen(tick)
            await self.tick(tick)
        for tick in range(TICKS, TICKS + 120):
            if not self.waiting and not await self.left():
                break
            await self.help_out()
            await self.tick(tick)
        await self.cafe.world.advance(seconds=30)

    async def tick(self, tick: int) -> None:
        """Let guests order and the crew make coffee at the same moment; then let ten seconds pass."""
        if tick % 2 == 0:
            await self.beat(lost=LOST if LOST_AT <= tick < BACK_AT else None)
        alone = [guest for guest in self.waiting if guest.how != "group"][:12]
        calls = [self._orders(guest) for guest in alone]
        calls += [self._orders(guest) for guest in alone if guest.may_resend and guest.how != "sms"]
        together = [guest for guest in self.waiting if guest.how == "group"]
        if len(together) >= IN_A_GROUP or (together and tick > TICKS):
            calls.append(self._order_together(together[:IN_A_GROUP]))
        calls += [
            self._choose(order_id, phone) for order_id, phone in await self.look(ASKED) if order_id not in self.chose
        ]
        for station in self.crew:
            if station == LOST and LOST_AT <= tick < BACK_AT:
                await self.make_offline()
            elif station != LOST or not SLOW_AT <= tick < BACK_AT:
                calls += await self.make(station)
        if tick % 6 == 5:
            calls += [self._hand_over(made.id) for made in (await self.look(MADE))[:8]]
        self.chance.shuffle(calls)
        self.answers += await self.cafe.world.race(calls)
        self.waiting = [guest for guest in self.waiting if not guest.answers]
        await self.cafe.world.advance(seconds=TICK_S)

    def _orders(self, guest: Guest) -> Call:
        async def call() -> httpx.Response:
            client, path = (self.web, "/api/public/orders") if guest.how == "web" else (self.sue.client, "/api/orders/")
            answer = await client.post(path, json=guest.wish)
            if answer.status_code == 201:
                guest.answers.append(answer.json())
            elif answer.json()["code"] == "out_of_stock":
                guest.settle_for_less()
            return answer

        return self._texts(guest) if guest.how == "sms" else call

    def _texts(self, guest: Guest) -> Call:
        """Let a guest order by text and say yes; what the provider delivers twice counts once."""

        async def call() -> httpx.Response:
            assert guest.phone is not None
            for body in (["x"] if guest.texts else []) + [guest.words, "Y"]:
                guest.texts += 1
                for _ in range(1 + guest.may_resend):
                    answer = await self.hear(guest.phone, body, f"SM{guest.number:04}{guest.texts:04}")
            found = await self.look(BY_PHONE, phone=guest.phone)
            guest.answers += [{"ticket": {"id": ticket.id, "token": ticket.token}} for ticket in found]
            if not found:
                guest.settle_for_less()
            return answer

        return call

    async def hear(self, phone: str, body: str, sid: str) -> httpx.Response:
        """Let the provider deliver a guest's text, signed."""
        fields = {"MessageSid": sid, "From": phone, "To": SENDER, "Body": body, "NumMedia": "0"}
        signed = twilio_signature(TOKEN, f"{PUBLIC}/api/sms/inbound", fields)
        answer = await self.web.post("/api/sms/inbound", data=fields, headers={"X-Twilio-Signature": signed})
        assert answer.status_code == 200, answer.text
        return answer

    def _choose(self, order_id: str, phone: str) -> Call:
        """Let a guest whose milk ran out take the first that is left."""
        self.chose.add(order_id)
        return lambda: self.hear(phone, "1", f"SMchoice{order_id}")

    def _order_together(self, guests: list[Guest]) -> Call:
        """Let some order as a group: as a list, or every other time one by one by its code."""
        self.groups += 1
        said = {"group_name": f"Team {self.groups}", "contact_name": "Kim", "mode": "list"}
        orders = [{"name": guest.name, **guest.cups[0]} for guest in guests]

        async def call() -> httpx.Response:
            answer = await self.sue.do("POST", "group-orders/", {**said, "orders": orders})
            if answer.status_code == 201:
                for guest, made in zip(guests, answer.json()["orders"], strict=True):
                    guest.answers.append({"ticket": {"id": made["ticket_id"]}})
            else:
                for guest in guests:
                    guest.settle_for_less()
            return answer

        async def join() -> httpx.Response:
            begun = good(await self.sue.do("POST", "group-orders/", {**said, "mode": "open"}), 201)
            code = begun["group_order"]["code"]
            await asyncio.gather(
                *(self._join(code, guest, wanted) for guest, wanted in zip(guests, orders, strict=True))
            )
            answer = await self.sue.do("POST", f"group-orders/{code}/submit")
            if answer.status_code == 409:
                # Meanwhile there is not enough for all of them: they go elsewhere.
                await self.sue.post(f"group-orders/{code}/cancel")
            return answer

        return join if self.groups % 2 == 0 else call

    async def _join(self, code: str, guest: Guest, wanted: dict[str, Any]) -> None:
        answer = await self.web.post(f"/api/group-orders/{code}/orders", json=wanted)
        if answer.status_code == 201:
            guest.answers.append({"ticket": {"id": answer.json()["ticket_id"]}})
        else:
            guest.settle_for_less()

    def _tap(self, person: Person, order_id: str, step: str, **body: Any) -> Call:
        return lambda: person.do("POST", f"orders/{order_id}/{step}", body)

    def _hand_over(self, order_id: str) -> Call:
        return self._tap(self.sue, order_id, "pick-up")

    async def make(self, station: int) -> list[Call]:
        """Return the taps of a station: cups in hand are done, the next ones begun; where two work, both tap the same."""
        people, queue = self.crew[station], await self.look(QUEUE, station=station)
        calls = []
        for each in [each for each in queue if each.status == "in_progress"]:
            maker = next((one for one in people if one.id == each.barista_id), people[0])
            calls.append(self._tap(maker, each.id, "complete", allergen_ack=True))
        for each in [each for each in queue if each.status == "pending"][: AT_ONCE[station]]:
            step = "start" if next(self.taps) % 3 == 0 or len(people) > 1 else "complete"
            body = {"allergen_ack": True} if step == "complete" else {}
            calls += [self._tap(person, each.id, step, **body) for person in people]
            self.double_taps += len(people) > 1
        return calls

    # -- what goes wrong ----------------------------------------------------------------------------------------------

    async def happen(self, tick: int) -> None:
        """Let milk run out, be brought and counted; let people change their minds; let a station be lost and come back."""
        lio, una = self.crew[2][0], self.crew[4][0]
        if tick in (10, 25, 45):
            # The provider is overloaded for a while: what it refuses is tried again, and told once all the same.
            for status in (429, 500, 503):
                self.there.refuse(status)
        if tick == LOST_AT:
            for _ in range(4):
                await self.come_to(LOST, cup("long_black", "small", None))
        if tick == 20:
            await self.come_to(2, cup("latte", "small", "oat"))
            await lio.post("inventory/run-out", {"station_id": 2, "code": "milk_oat"})
        if tick == 24:
            for station in self.crew:
                await self.olga.post("inventory/run-out", {"station_id": station, "code": "milk_soy"})
        if tick == 30:
            moved = {"from_station_id": 9, "to_station_id": 2, "items": [{"code": "milk_oat", "quantity": 5000}]}
            await self.sue.post("inventory/transfer", moved)
            await una.post("inventory/station/4", {"inventory": [{"code": "milk_full", "quantity": 9000}]})
        if tick == 33:
            spilt = {"station_id": 1, "items": [{"code": "milk_skim", "quantity": 300}], "reason": "spill"}
            await self.crew[1][0].post("inventory/deplete", spilt)
            soy = {"inventory": [{"code": "milk_soy", "delta": 4000, "reason": "restock"}]}
            await self.sue.post("inventory/station/1", soy)
        if tick in (12, 28, 44):
            await self.change_minds()
        if tick == BACK_AT:
            await self.come_back()

    async def change_minds(self) -> None:
        """Let one guest cancel while the cup is begun, one cup be moved, and one that was made be undone and made again."""
        by_web = [guest.answers[0]["ticket"]["token"] for guest in self.guests if guest.how == "web" and guest.answers]
        first = (await self.look(QUEUE, station=2))[:4]
        calls: list[Call] = [self._tap(self.crew[2][0], each.id, "start") for each in first[:1]]
        calls += [self._tap(self.sue, each.id, "cancel", reason="customer") for each in first[:1]]
        calls += [lambda token=token: self.web.post(f"/api/public/orders/{token}/cancel") for token in by_web[-2:]]
        calls += [self._tap(self.sue, each.id, "move", station_id="auto") for each in first[2:]]
        calls += [self._tap(self.olga, made.id, "undo") for made in (await self.look(MADE))[-2:]]
        self.answers += await self.cafe.world.race(calls)

    def one_more(self, wanted: dict[str, Any]) -> Guest:
        """Bring in a guest beyond the three hundred."""
        guest = Guest(len(self.guests), self.chance)
        guest.how, guest.name, guest.cups, guest.phone = "walk_up", f"More {guest.number}", [wanted], None
        self.guests.append(guest)
        return guest

    async def come_to(self, station: int, wanted: dict[str, Any]) -> None:
        """Let somebody insist on a station."""
        guest = self.one_more(wanted)
        guest.answers.append(await self.sue.post("orders/", {**guest.wish, "station_id": station}, 201))

    async def make_offline(self) -> None:
        """Let the lost station make the first cups that its tablet saw last, take a walk-in, and keep the taps."""
        person = self.crew[LOST][0]
        if not self.seen_offline:
            seen = await self.look(QUEUE, station=LOST)
            self.seen_offline = {each.id for each in seen}
            for each in seen[:8]:
                for step, body in (("start", {}), ("complete", {"allergen_ack": True})):
                    at = self.cafe.now.isoformat()
                    path = f"/api/orders/{each.id}/{step}"
                    self.offline.append(
                        {"key": f"{person.id}-{next(self.taps)}", "path": path, "body": body, "occurred_at": at}
                    )
            walk_in = self.walk_in = self.one_more(cup("long_black", "small", None))
            self.offline.append(
                {"key": "walk-in", "path": "/api/orders/", "body": {**walk_in.wish, "station_id": LOST}}
            )

    async def come_back(self) -> None:
        """Let the lost tablet be heard again and send what it kept, twice: the first answer is lost."""
        await self.beat()
        body = {"device_id": "hall", "operations": self.offline}
        for _ in range(2):
            done = await self.crew[LOST][0].post("sync/batch", body)
            self.batches.append([one["status"] for one in done["results"]])
            self.walk_in.answers.append(done["results"][-1]["body"])

    # -- the rest -----------------------------------------------------------------------------------------------------

    async def help_out(self) -> None:
        """Let staff give cups whose milk is gone another that the guest agreed to, where it is safe, or call them off."""
        for each in await self.look(TROUBLED):
            if each.allergies or each.milk_id is None:
                self.answers.append(await self._tap(self.sue, each.id, "cancel", reason="out_of_stock")())
            else:
                self.answers.append(await self.sue.do("PUT", f"orders/{each.id}", {"milk": "full"}))

    async def beat(self, lost: int | None = None) -> None:
        """Let every tablet say that it is there."""
        for station, people in self.crew.items():
            if station != lost:
                await people[0].post(f"stations/{station}/heartbeat", {"queue_seq": 0, "pending_local": 0}, 204)

    async def left(self) -> int:
        """Return how many cups wait or are in hand."""
        return sum([len(await self.look(QUEUE, station=station)) for station in self.crew])

    async def look(self, statement: Any, **values: Any) -> list[Any]:
        """Return rows as they are stored: what a tablet would show."""

        async def read(look: Look) -> list[Any]:
            return list(await look.all(statement, **values))

        return await self.cafe.world.look(read)
