"""What was said in the demo: twelve conversations by text, the crew's chat, and what calls for somebody (section 12)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from livefloor import new_id
from livefloor.systems.coffee.conversing import expire
from livefloor.systems.coffee.demo_cups import OPTED_OUT, Served
from livefloor.systems.coffee.demo_stage import Stage
from livefloor.systems.coffee.demo_stock import RAN_OUT_AGO
from livefloor.systems.coffee.models import (
    Alert,
    ChatMessage,
    Customer,
    Order,
    RestockRequest,
    SmsConversation,
    SmsMessage,
    Ticket,
)
from livefloor.systems.coffee.rules.conversation import SILENT_MINUTES
from livefloor.systems.coffee.rules.gsm7 import size
from livefloor.systems.coffee.rules.texts import TextKind, automatic

UNSURE = "+61491570312"
"""Who wrote something that only a person can answer."""
THANKFUL = "Noa"
"""Whom somebody answered by hand, and who wrote once more."""
STATION_NAMES = {1: "Foyer", 2: "Garden", 3: "Hall"}

CHAT = (
    # minutes ago, who, room, what; urgent with an exclamation mark first
    (118, "organizer", "all", "Good morning all. Doors open, first break at half past."),
    (117, "barista", "all", "Foyer is dialled in, both groups warm."),
    (115, "barista3", "all", "Garden ready."),
    (113, "barista4", "all", "Hall ready, came a bit late: lift was full of chairs."),
    (96, "organizer", "organizers", "Speakers get the VIP star today, please mark them at the stand."),
    (95, "admin", "organizers", "Done for the keynote list."),
    (82, "barista4", "station_3", "Grinder a touch finer since nine, shots were running fast."),
    (64, "barista2", "station_1", "Taking the left group, you take the right?"),
    (63, "barista", "station_1", "Yes. I call out, you steam."),
    (47, "barista3", "all", "Somebody left a latte and a macchiato here, both cold now."),
    (39, "barista", "station_1", "Almond is down to the last carton."),
    (25, "barista", "all", "!Foyer is out of almond."),
    (24, "support", "all", "Seen. None in the storeroom trolley, I will look at the dock."),
    (21, "organizer", "all", "Thanks. Offer oat or soy, both are fine at Hall."),
    (16, "barista3", "station_2", "Oat is getting low at Garden, about eight cups."),
    (14, "support", "station_2", "Bringing oat next round."),
    (11, "barista4", "all", "!Hall: small cups nearly gone."),
    (9, "organizer", "organizers", "Foyer waits are growing, who can help there?"),
    (6, "barista2", "station_1", "Three of ours are late, catching up now."),
    (3, "support", "all", "Team Kestrel is on its way to Garden for their six."),
)


@dataclass(slots=True)
class _Thread:
    """The texts with one guest, as they come and go."""

    talk: SmsConversation
    texts: list[SmsMessage]

    def heard(self, body: str, at: datetime) -> None:
        """Add what the guest wrote."""
        self._add("in", body, at, "received", None)
        self.talk.last_inbound_at = at

    def said(self, body: str, at: datetime, kind: str = "reply", ticket: Ticket | None = None, **more: Any) -> None:
        """Add what was written to the guest, and has come."""
        self._add("out", body, at, "delivered", kind, ticket_id=ticket.id if ticket else None, sent_at=at, **more)

    def told(self, kind: TextKind, at: datetime, said: Mapping[str, str | int], ticket: Ticket | None = None) -> None:
        """Add an automatic text."""
        kept = {"confirm": "confirm", "ready": "ready", "ready_many": "ready", "reminder": "reminder"}.get(
            kind, "reply"
        )
        self.said(automatic(kind, said), at, kept, ticket)

    def _add(self, direction: str, body: str, at: datetime, status: str, kind: str | None, **more: Any) -> None:
        text = SmsMessage(
            conversation_id=self.talk.id, direction=direction, body=body, status=status, kind=kind, **more
        )
        text.segments, text.created_at, text.updated_at = size(body).segments, at, at
        self.texts.append(text)
        self.talk.last_message_at = at


async def write_texts(stage: Stage, served: Iterable[Served]) -> None:
    """Put in how each order by text came about, and the conversations that need somebody."""
    cups: dict[str, list[Served]] = {}
    for one in served:
        if one.ticket.customer_id is not None:
            cups.setdefault(one.ticket.id, []).append(one)
    threads: dict[str, _Thread] = {}
    for of_ticket in cups.values():
        ticket = of_ticket[0].ticket
        thread = threads.setdefault(ticket.customer_id or "", _thread(stage, ticket.customer_id or ""))
        _order(stage, thread, ticket, [one.order for one in of_ticket])
        if ticket.customer_name == THANKFUL:
            _chat_with(stage, thread)
        if ticket.customer_name == OPTED_OUT:
            thread.heard("STOP", stage.ago(1))
    unsure = Customer(id=new_id(), phone=UNSURE, created_at=stage.ago(4))
    asked = threads[unsure.id] = _thread(stage, unsure.id)
    asked.heard("hi, a latte please but I'm allergic to nuts", stage.ago(4))
    asked.told("someone", stage.ago(4), {})
    asked.talk.state, asked.talk.unread = "human", 1
    asked.talk.expires_at = stage.ago(4) + timedelta(minutes=SILENT_MINUTES["human"])
    talks = [thread.talk for thread in threads.values()]
    await stage.ctx.add_all([unsure, *talks, *(text for thread in threads.values() for text in thread.texts)])
    await stage.ctx.schedule(expire, asked.talk.expires_at, conversation_id=asked.talk.id)


def _thread(stage: Stage, guest_id: str) -> _Thread:
    return _Thread(SmsConversation(id=new_id(), customer_id=guest_id, state="idle", unread=0), [])


def _order(stage: Stage, thread: _Thread, ticket: Ticket, cups: list[Order]) -> None:
    """Add the texts of one order: asked, read back, confirmed, told when ready, called off."""
    at, first = cups[0].queued_at, not thread.texts
    drinks = [stage.menu.every_drink[cup.menu_item_id].name.lower() for cup in cups]
    milks = [stage.menu.every_milk[cup.milk_id].name.lower() if cup.milk_id else "" for cup in cups]
    words = [f"{cup.size} {drink} {milk}".strip() for cup, drink, milk in zip(cups, drinks, milks, strict=True)]
    said: dict[str, str | int] = {
        "name": ticket.customer_name,
        "number": ticket.number,
        "drink": f"{cups[0].size} {drinks[0]}" if len(cups) == 1 else f"{len(cups)} drinks",
        "n": len(cups),
        "station": STATION_NAMES[ticket.station_id or 1],
        "minutes": (ticket.quoted_wait_seconds or 0) // 60,
        "link": f"{stage.ctx.settings.public_url.rstrip('/')}/o/{ticket.token}",
    }
    thread.heard(" and ".join(words) + (f" for {ticket.customer_name}" if first else ""), at - timedelta(seconds=25))
    thread.told("confirm", at - timedelta(seconds=25), {**said, "drink": ", ".join(words).capitalize()})
    thread.heard("Y", at)
    thread.told("ordered", at, said, ticket)
    made = max((cup.completed_at for cup in cups if cup.completed_at is not None), default=None)
    if made is not None:
        ready = made + timedelta(seconds=10)
        thread.told("ready_many" if len(cups) > 1 else "ready", ready, said, ticket)
        if cups[0].status == "uncollected":
            thread.told("reminder", ready + timedelta(minutes=5), said, ticket)
    elif cups[0].cancelled_at is not None:
        thread.heard("X", cups[0].cancelled_at)
        thread.told("cancelled", cups[0].cancelled_at, said, ticket)


def _chat_with(stage: Stage, thread: _Thread) -> None:
    """Add a question that somebody answered by hand."""
    support = stage.users["support"]
    thread.heard("do you have decaf at the garden?", stage.ago(20))
    thread.said(
        "Yes, at every station. Just text e.g. flat white decaf. Sue", stage.ago(18), "staff", sender_id=support.id
    )
    thread.heard("great, thanks Sue! will do later", stage.ago(5))
    thread.talk.unread = 1


async def chat(stage: Stage) -> None:
    """Put in what the crew said to each other."""
    found = []
    for minutes, username, room, words in CHAT:
        sender = stage.users[username]
        message = ChatMessage(
            event_id=stage.occasion.id, room=room, sender_id=sender.id, message=words.removeprefix("!")
        )
        message.sender_station, message.urgent, message.at = (
            sender.station_id,
            words.startswith("!"),
            stage.ago(minutes),
        )
        found.append(message)
    await stage.ctx.add_all(found)


async def call_for_help(stage: Stage) -> None:
    """Put in what stations asked the runner for, and the alerts that stand."""
    users, items = stage.users, stage.menu.items
    asked = (
        (1, "milk_almond", None, "urgent", "barista", None, RAN_OUT_AGO),
        (2, "milk_oat", 4000, "normal", "barista3", "support", 15),
        (3, "cup_small", 100, "urgent", "barista4", None, 11),
    )
    requests = []
    for station_id, code, quantity, urgency, by, taken_by, minutes in asked:
        request = RestockRequest(station_id=station_id, item_id=items[code].id, quantity=quantity, urgency=urgency)
        request.requested_by, request.accepted_by = users[by].id, users[taken_by].id if taken_by else None
        request.status, request.created_at = "accepted" if taken_by else "open", stage.ago(minutes)
        requests.append(request)
    standing = (
        ("out_of_stock", 1, "milk_almond", "critical", RAN_OUT_AGO, "organizer"),
        ("low_stock", 2, "milk_oat", "warn", 16, None),
        ("low_stock", 3, "cup_small", "critical", 11, None),
        ("late_orders", 1, "", "warn", 2, None),
    )
    alerts = []
    for kind, station_id, subject, level, minutes, seen_by in standing:
        alert = Alert(kind=kind, station_id=station_id, subject=subject, level=level, opened_at=stage.ago(minutes))
        if seen_by:
            alert.acked_by, alert.acked_at = users[seen_by].id, stage.ago(minutes - 4)
        alerts.append(alert)
    await stage.ctx.add_all([*requests, *alerts])
