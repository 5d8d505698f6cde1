"""A guest's message answered: the rules say what it brings (`rules.conversation`), here it is carried out (rules 50 to 62)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from livefloor import Conflict, Ctx, Invalid, Part
from livefloor.systems.coffee.carrying import begin
from livefloor.systems.coffee.cups import CUPS_OF_TICKET, held
from livefloor.systems.coffee.editing import Edit, edit
from livefloor.systems.coffee.guests import OPEN_TICKETS, check_appetite, knows_word
from livefloor.systems.coffee.kitchen import Kitchen, read_kitchen
from livefloor.systems.coffee.making import Cancel, cancel
from livefloor.systems.coffee.message_views import MessageKind
from livefloor.systems.coffee.models import Customer, Milk, Order, SmsConversation
from livefloor.systems.coffee.ordering import place
from livefloor.systems.coffee.public_menu import made_at, open_stations, opening_of
from livefloor.systems.coffee.recipes import Wanted
from livefloor.systems.coffee.rules import conversation as talk
from livefloor.systems.coffee.rules.conversation import (
    Answer,
    Conversation,
    Draft,
    Drink,
    Effect,
    Guest,
    Shop,
    Turn,
    choices_text,
)
from livefloor.systems.coffee.rules.order_states import EDITABLE
from livefloor.systems.coffee.rules.texts import EXAMPLES, without_vip_word
from livefloor.systems.coffee.rules.vocabulary import NO_MILK, Vocabulary, meanings
from livefloor.systems.coffee.run_out import in_stock_instead
from livefloor.systems.coffee.telling import words
from livefloor.systems.coffee.texting import conversation_of, tell_conversation, wording, write
from livefloor.systems.coffee.wishes import Wish

CONFIRMS = frozenset({"confirm"})
REFUSALS: Mapping[str, str] = {
    "no_station_open": "no_station",
    "station_unavailable": "no_station",
    "cap_reached": "cap_reached",
}
TO_TRY = {"examples": EXAMPLES}

conversing = Part("conversing")

Act = Callable[[Ctx, "Talk", Any], Awaitable[None]]


@dataclass(slots=True)
class Talk:
    """One message in hand: with whom, where the talk stands, and what is said back."""

    guest: Customer
    row: SmsConversation
    kitchen: Kitchen
    shop: Shop
    vip: bool = False
    order_id: str | None = None
    asked_again: bool = False
    answers: list[Answer] = field(default_factory=list)
    after: Conversation = field(default_factory=Conversation)
    rings: bool = False


def _draft(stored: Mapping[str, Any] | None) -> Draft:
    found = {**((stored or {}).get("draft") or {})}
    return Draft(**{**found, **{name: tuple(found[name]) for name in ("allergies", "choices") if name in found}})


def _shop(kitchen: Kitchen, now: datetime) -> Shop:
    menu = kitchen.menu
    offers = {(offer.drink, offer.size, offer.milk): offer for offer in menu.offers()}
    drinks = {
        code: Drink(drink.name, drink.needs_milk, tuple(menu.sizes(code)))  # type: ignore[arg-type]
        for code, drink in menu.drinks.items()
    }
    milks = {code: milk.name for code, milk in menu.milks.items()}
    options = {code: option.name for code, option in menu.options.items()}
    names = {code: drink.name for code, drink in drinks.items()}
    return Shop(
        drinks=drinks,
        milks=milks,
        options=options,
        vocabulary=Vocabulary(names, milks, options, meanings(kitchen.floor.settings.sms_words, names, milks, options)),
        on_offer=lambda *wanted: wanted in offers and bool(made_at(kitchen, offers[wanted])),
        closed=_closed(kitchen, now),
    )


def _closed(kitchen: Kitchen, now: datetime) -> Answer | None:
    """Return why no order is taken by text now (rules 20, 39)."""
    opens = opening_of(kitchen, now)
    if isinstance(opens, datetime):
        return Answer("closed", {"time": _clock(kitchen, opens)})
    if not opens or not kitchen.floor.settings.sms_ordering or not open_stations(kitchen):
        return Answer("no_station")
    return None


def _clock(kitchen: Kitchen, moment: datetime) -> str:
    occasion = kitchen.floor.occasion
    return f"{moment.astimezone(ZoneInfo(occasion.timezone if occasion else 'UTC')):%H:%M}"


async def converse(ctx: Ctx, guest: Customer, text: str, *, media: bool = False) -> None:
    """Answer a message. All stations are held, then the conversation, so that taps and texts take turns in one order."""
    kitchen = await read_kitchen(ctx)
    row = await conversation_of(ctx, guest)
    stored = row.draft or {}
    settings = kitchen.floor.settings
    knows = await knows_word(ctx, settings, kitchen.floor.occasion, text)
    turn = Talk(
        guest,
        row,
        kitchen,
        _shop(kitchen, ctx.now),
        vip=knows or bool(stored.get("vip")),
        order_id=stored.get("order_id"),
        asked_again=bool(stored.get("asked_again")),
    )
    before = Conversation(state=row.state, draft=_draft(stored), misses=row.misses)  # type: ignore[arg-type]
    who = Guest(
        name=guest.name,
        usual=_usual(guest, kitchen),
        opted_out=guest.opted_out_at is not None,
        taken=row.taken_by is not None,
    )
    result = talk.step(before, without_vip_word(text, settings.vip_word)[0], turn.shop, who, media=media)
    turn.after, turn.rings = result.after, "call_staff" in result.effects
    await _carry_out(ctx, turn, result)
    await _keep(ctx, turn)
    for answer in turn.answers:
        kind: MessageKind = "confirm" if answer.kind in CONFIRMS else "reply"
        values = {**await _known(ctx, turn, answer), **answer.values}
        await write(ctx, guest, kind, await wording(ctx, answer.kind, values))


async def _known(ctx: Ctx, turn: Talk, answer: Answer) -> dict[str, str]:
    """Return what the rules cannot know of the cup that a question is about."""
    order = await ctx.find(Order, turn.order_id) if answer.kind == "substitute" and turn.order_id else None
    gone = await ctx.find(Milk, order.milk_id) if order is not None else None
    return {"milk": gone.name.lower(), "number": order.number} if order is not None and gone is not None else {}


def _usual(guest: Customer, kitchen: Kitchen) -> Draft | None:
    """Return what a guest had last, if it is on the menu still (rule 53)."""
    usual = guest.usual
    if (
        usual is None
        or usual["menu_item"] not in kitchen.menu.drinks
        or usual["milk"] not in (None, *kitchen.menu.milks)
    ):
        return None
    options = {code: count for code, count in usual["options"].items() if code in kitchen.menu.options}
    return Draft(drink=usual["menu_item"], size=usual["size"], milk=usual["milk"], options=options, name=guest.name)


async def _keep(ctx: Ctx, turn: Talk) -> None:
    """Keep where the talk stands now, and until when (section 4)."""
    row = await conversation_of(ctx, turn.guest)
    after = turn.after
    kept = {"draft": asdict(after.draft), "vip": turn.vip} if after.draft != Draft() or after.state != "idle" else None
    if kept is not None and after.state == "ask_substitute":
        kept |= {"order_id": turn.order_id, "asked_again": turn.asked_again}
    was = row.state
    row.state, row.draft, row.misses = after.state, kept, after.misses
    row.expires_at = ctx.now + timedelta(minutes=talk.SILENT_MINUTES[after.state]) if after.state != "idle" else None
    await ctx.save(row)
    if row.expires_at is not None:
        await ctx.schedule(expire, row.expires_at, conversation_id=row.id)
    if was != row.state or turn.rings:
        await tell_conversation(ctx, row, turn.guest, rings=turn.rings)


@conversing.timer()
async def expire(ctx: Ctx, conversation_id: str) -> None:
    """Let a talk be idle again that was silent for long; its draft is dropped (section 4)."""
    row = await ctx.locked(SmsConversation, conversation_id)
    if row is None or row.expires_at is None:
        return
    if row.expires_at > ctx.now:
        await ctx.schedule(expire, row.expires_at, conversation_id=row.id)
        return
    row.state, row.draft, row.misses, row.expires_at, row.taken_by = "idle", None, 0, None, None
    await ctx.save(row)
    guest = await ctx.find(Customer, row.customer_id)
    assert guest is not None
    await tell_conversation(ctx, row, guest)


# -- what a message brings --------------------------------------------------------------------------------------------


async def _carry_out(ctx: Ctx, turn: Talk, result: Turn) -> None:
    """Carry out the effects of a message, and put the answers in their order: those of the rules, then those of the effects."""
    guest = turn.guest
    if "opt_out" in result.effects and guest.opted_out_at is None:
        guest.opted_out_at = ctx.now
        await ctx.save(guest)
        await _mark_tickets(ctx, guest, "none", "suppressed")
    if "opt_in" in result.effects:
        guest.opted_out_at = None
        await ctx.save(guest)
        await _mark_tickets(ctx, guest, "suppressed", "none")
    turn.answers += result.answers
    acts: dict[Effect, Act] = {
        "cancel_pending": _cancel_pending,
        "tell_status": _tell_status,
        "make_order": _make_order,
        "substitute": _substitute,
        "drop_cup": _drop_cup,
    }
    for name, value in result.effects.items():
        if name in acts:
            await acts[name](ctx, turn, value)


async def _mark_tickets(ctx: Ctx, guest: Customer, was: str, now: str) -> None:
    """Mark the open orders of a guest for "no text, call name", or no longer (rule 54)."""
    for ticket in await ctx.all(OPEN_TICKETS, of_phone=guest.phone):
        if ticket.ready_sms_state == was:
            ticket.ready_sms_state = now
            await ctx.save(ticket)


async def _cancel_pending(ctx: Ctx, turn: Talk, how: str) -> None:
    cancelled = False
    for ticket in await ctx.all(OPEN_TICKETS, of_phone=turn.guest.phone):
        mine = [cup for cup in await ctx.all(CUPS_OF_TICKET, ticket_id=ticket.id) if cup.status in EDITABLE]
        for cup in mine:
            await cancel(ctx, cup.id, Cancel(reason="customer"), guest=True)
        if mine and how != "silently":
            turn.answers.append(Answer("cancelled", {"number": ticket.number}))
        cancelled = cancelled or bool(mine)
    if how == "tell" and not cancelled:
        turn.answers.append(Answer("nothing_open", TO_TRY))


async def _tell_status(ctx: Ctx, turn: Talk, value: object) -> None:
    tickets = await ctx.all(OPEN_TICKETS, of_phone=turn.guest.phone)
    turn.answers += [Answer("status", await words(ctx, ticket)) for ticket in tickets]
    if not tickets:
        turn.answers.append(Answer("nothing_open", TO_TRY))


async def _make_order(ctx: Ctx, turn: Talk, draft: Draft) -> None:
    """Make the order that was read back; what stands against it is said, with what is left (rules 51, 59)."""
    guest, settings = turn.guest, turn.kitchen.floor.settings
    assert guest.phone is not None
    assert draft.drink is not None
    milk = None if draft.milk == NO_MILK else draft.milk
    wanted = Wanted(draft.drink, draft.size or talk.DEFAULT_SIZE, milk, draft.options, vip=turn.vip)
    wish = Wish(
        draft.name or guest.name or "",
        [wanted] * draft.count,
        channel="sms",
        phone=guest.phone,
        customer_id=guest.id,
        vip_by_word=turn.vip,
    )
    try:
        await check_appetite(ctx, settings, guest.phone, draft.count)
        await place(ctx, wish)
    except (Conflict, Invalid) as refusal:
        _say_refusal(turn, draft, refusal)
    else:
        turn.vip = False


def _say_refusal(turn: Talk, draft: Draft, refusal: Conflict | Invalid) -> None:
    code = refusal.code or ""
    if code == "too_many_open":
        turn.answers.append(Answer("too_many", {"n": refusal.extra["n"]}))
    elif code == "out_of_stock":
        _say_out(turn, draft, refusal.extra["missing"])
    elif code in REFUSALS:
        turn.answers.append(Answer(REFUSALS[code]))  # type: ignore[arg-type]
    elif code == "service_closed":
        turn.answers.append(turn.shop.closed or Answer("no_station"))
    else:
        turn.answers.append(Answer("someone"))
        turn.after, turn.rings = Conversation(state="human", draft=draft), True


def _say_out(turn: Talk, draft: Draft, missing: list[dict[str, Any]]) -> None:
    """Ask for another milk when that is what lacks, else for another drink (section 4)."""
    menu, shop = turn.kitchen.menu, turn.shop
    gone = {each["code"] for each in missing}
    milk = menu.milks.get(draft.milk or "")
    size = draft.size or talk.DEFAULT_SIZE
    if milk is not None and menu.milk_item(milk) in gone:
        left = [code for code in shop.milks if code != milk.code and shop.on_offer(draft.drink or "", size, code)]
        if left:
            names = ", ".join(shop.milks[code].lower() for code in left)
            turn.answers.append(Answer("out", {"item": milk.name, "choices": names}))
            turn.after = Conversation(state="ask_milk", draft=replace(draft, milk=None))
            return
    others = [drink.name for code, drink in shop.drinks.items() if code != draft.drink]
    turn.answers.append(Answer("out", {"item": shop.drinks[draft.drink or ""].name, "choices": ", ".join(others)}))
    turn.after = Conversation(state="ask_drink", draft=Draft(name=draft.name))


async def _open_question(ctx: Ctx, turn: Talk) -> Order | None:
    """Return the cup that the guest was asked about, while it waits still."""
    order = await ctx.find(Order, turn.order_id) if turn.order_id else None
    asked = order is not None and order.status == "pending" and order.attention in ("substitute_asked", "out_of_stock")
    return order if asked else None


async def _substitute(ctx: Ctx, turn: Talk, milk: str) -> None:
    """Make the cup with the milk that the guest named; one that has gone meanwhile is asked again once (rules 24, 36)."""
    order = await _open_question(ctx, turn)
    if order is None:
        turn.answers.append(Answer("nothing_open", TO_TRY))
        return
    try:
        await edit(ctx, await held(ctx, order.id), Edit(milk=milk))
    except (Conflict, Invalid):
        await _ask_again(ctx, turn, order)
        return
    turn.answers.append(Answer("changed", {"number": order.number, "milk": turn.shop.milks[milk].lower()}))


async def _ask_again(ctx: Ctx, turn: Talk, order: Order) -> None:
    left = in_stock_instead(await begin(ctx), order)
    if turn.asked_again or not left:
        turn.answers.append(Answer("someone"))
        turn.after, turn.rings = Conversation(state="human"), True
        return
    codes = tuple(milk.code for milk in left)
    turn.answers.append(Answer("substitute", {"choices": choices_text(codes, turn.shop.milks)}))
    turn.asked_again = True
    turn.after = Conversation(state="ask_substitute", draft=Draft(choices=codes))


async def _drop_cup(ctx: Ctx, turn: Talk, value: object) -> None:
    order = await _open_question(ctx, turn)
    if order is None:
        turn.answers.append(Answer("nothing_open", TO_TRY))
        return
    await cancel(ctx, order.id, Cancel(reason="out_of_stock"), guest=True)
    turn.answers.append(Answer("cancelled", {"number": order.number}))
