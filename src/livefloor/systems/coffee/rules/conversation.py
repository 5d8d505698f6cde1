"""The conversation with a guest by text, as one pure step: state, draft and message in, answers and effects out.

Section 4's table of conversation states, rules 50 to 54 and 60. The caller reads what the shop has, writes the state and
carries the effects out; what only it knows (a number, a place, a link) it puts into the answers.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from livefloor.systems.coffee.rules.stock import NeedsMilk
from livefloor.systems.coffee.rules.texts import EXAMPLES, THREE_EXAMPLES, TextKind
from livefloor.systems.coffee.rules.understanding import Understood, guest_name, understand
from livefloor.systems.coffee.rules.vocabulary import NO_MILK, Keyword, Vocabulary, cancels_orders, keyword

State = Literal["idle", "ask_drink", "ask_milk", "ask_size", "ask_name", "confirm", "ask_substitute", "human"]
Effect = Literal[
    "make_order", "cancel_pending", "opt_out", "opt_in", "tell_status", "substitute", "drop_cup", "call_staff"
]
"""What the caller does, with the value beside it.

`make_order` takes the draft and sends `ordered`; `substitute` takes the milk and sends `changed`, or asks again once;
`drop_cup` sends `cancelled`; `tell_status` sends `status` of each open ticket, or `nothing_open`; `cancel_pending` is
`silently`, `tell` (each ticket, or `nothing_open`) or `tell_if_any`.
"""

STATES: tuple[State, ...] = (
    "idle",
    "ask_drink",
    "ask_milk",
    "ask_size",
    "ask_name",
    "confirm",
    "ask_substitute",
    "human",
)
DEFAULT_SIZE = "small"
NAME_WORDS = 3
MISSES = 2
SILENT_MINUTES: Mapping[State, int] = {**dict.fromkeys(STATES, 15), "human": 60}
"""After how much silence a conversation is idle again and its draft dropped; idle itself changes nothing."""
_SIZES = ("small", "regular", "large")


class Drink(NamedTuple):
    """A drink of the menu as the conversation needs it."""

    name: str
    needs_milk: NeedsMilk
    sizes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What can be ordered by text now; `on_offer` tells of a drink, size and milk at any open station."""

    drinks: Mapping[str, Drink]
    milks: Mapping[str, str]
    options: Mapping[str, str]
    vocabulary: Vocabulary
    on_offer: Callable[[str, str, str | None], bool]
    closed: "Answer | None" = None
    """Why nothing is taken now: `closed` with its time, `no_station` or `cap_reached`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Who writes, as far as it matters here; `taken` tells that a person has the conversation."""

    name: str | None = None
    usual: "Draft | None" = None
    opted_out: bool = False
    taken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The order as far as it is known, or, in ask_substitute, the milks to choose from."""

    drink: str | None = None
    size: str | None = None
    milk: str | None = None
    options: Mapping[str, int] = field(default_factory=dict)
    count: int = 1
    name: str | None = None
    allergies: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A text to send, by its kind and the values for its braces."""

    kind: TextKind
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What is kept of a conversation between two messages."""

    state: State = "idle"
    draft: Draft = Draft()
    misses: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a message brings: the conversation from now on, the texts to send, the effects with their values."""

    after: Conversation
    answers: tuple[Answer, ...] = ()
    effects: Mapping[Effect, Any] = field(default_factory=dict)


def step(now: Conversation, text: str, shop: Shop, guest: Guest, *, media: bool = False) -> Turn:
    """Return what a guest's message brings (section 4)."""
    command = keyword(text, opted_out=guest.opted_out)
    if command in ("stop", "start"):
        return _consent(now, text, command, guest)
    if guest.opted_out or guest.taken:
        return Turn(after=now)
    if media and not text.strip():
        return Turn(after=now, answers=(Answer("text_only"),))
    if command is not None and not (command == "x" and now.state in ("confirm", "ask_substitute")):
        return _command(now, command, shop, guest)
    if now.state == "human":
        return Turn(after=now)
    said = understand(text, shop.vocabulary)
    if said.allergies:
        draft = replace(_merged(now.draft, said), allergies=said.allergies)
        return _to_human(draft)
    if now.state == "ask_substitute":
        return _substitute(now, said, shop, dropped=command == "x")
    if shop.closed is not None:
        return Turn(after=Conversation(), answers=(shop.closed,))
    if now.state == "confirm":
        return _confirm(now, said, shop, guest)
    return _order(now, text, said, shop, guest)


def describe(draft: Draft, shop: Shop) -> str:
    """Return a draft in words, as it is read back: `Small flat white, oat, decaf`."""
    drink = shop.drinks[draft.drink or ""].name
    wanted = [draft.milk and draft.milk != NO_MILK and shop.milks[draft.milk].lower()]
    for code, count in draft.options.items():
        wanted.append(f"{count} {shop.options[code].lower()}" if count > 1 else shop.options[code].lower())
    parts = ", ".join([f"{draft.size or DEFAULT_SIZE} {drink.lower()}", *(part for part in wanted if part)])
    return f"{draft.count} x {parts}" if draft.count > 1 else parts.capitalize()


def choices_text(choices: Collection[str], milks: Mapping[str, str]) -> str:
    """Return the milks to choose from as a guest reads them: `1 for soy, 2 for almond` (rule 36)."""
    return ", ".join(f"{number} for {milks[code].lower()}" for number, code in enumerate(choices, 1))


def _consent(now: Conversation, text: str, command: Keyword, guest: Guest) -> Turn:
    """Take STOP and START (rule 54): the carrier answers them; nothing of ours follows a STOP."""
    if command == "stop":
        effects: dict[Effect, Any] = {"cancel_pending": "silently"} if cancels_orders(text) else {}
        return Turn(after=now if guest.taken else Conversation(), effects={"opt_out": True, **effects})
    after = now if guest.taken else Conversation()
    welcome = () if guest.taken else (Answer("welcome", {"examples": THREE_EXAMPLES}),)
    return Turn(after=after, answers=welcome, effects={"opt_in": True} if guest.opted_out else {})


def _command(now: Conversation, command: Keyword, shop: Shop, guest: Guest) -> Turn:
    """Carry out a command (rule 53): STATUS, MENU and HELP keep the state, the others end what was begun."""
    kept = replace(now, misses=0)
    if command == "status":
        return Turn(after=kept, effects={"tell_status": True})
    if command == "menu":
        return Turn(after=kept, answers=_menu(shop))
    if command == "help":
        return Turn(after=kept, answers=(Answer("help", {"examples": EXAMPLES}),))
    if command == "x" and now.draft != Draft():
        return Turn(after=Conversation(), answers=(Answer("dropped"),), effects={"cancel_pending": "tell_if_any"})
    if command == "x":
        return Turn(after=Conversation(), effects={"cancel_pending": "tell"})
    if shop.closed is not None:
        return Turn(after=Conversation(), answers=(shop.closed,))
    if guest.usual is None:
        return Turn(after=Conversation(), answers=(Answer("no_usual", {"examples": EXAMPLES}),))
    return _advance(replace(guest.usual, name=guest.usual.name or guest.name), shop, guest)


def _order(now: Conversation, text: str, said: Understood, shop: Shop, guest: Guest) -> Turn:
    """Take an order, or what was asked for (rule 50)."""
    if said.too_much:
        return _missed(now, shop)
    if said.drink is not None:
        return _advance(_merged(Draft(), said), shop, guest)
    if now.state == "ask_name" and said.unknown and not said.says_something and len(text.split()) <= NAME_WORDS:
        return _advance(replace(now.draft, name=guest_name(text)), shop, guest)
    draft = _merged(now.draft, said)
    if draft != now.draft:
        return _advance(draft, shop, guest)
    if said.empty:
        return Turn(after=replace(now, state=_begun(now.state)), answers=(_question(now, shop),))
    return _missed(now, shop)


def _confirm(now: Conversation, said: Understood, shop: Shop, guest: Guest) -> Turn:
    """Take yes, no or a change of what was read back (rule 51)."""
    if said.too_much:
        return _missed(now, shop)
    draft = _merged(now.draft, said)
    if draft != now.draft:
        return _advance(draft, shop, guest)
    if said.yes and not said.unknown and not said.no:
        ordered = _advance(draft, shop, guest)
        if ordered.after.state != "confirm":
            return ordered
        return Turn(after=Conversation(), effects={"make_order": draft})
    if said.no and not said.unknown and not said.says_something:
        return Turn(after=Conversation(), answers=(Answer("dropped"),))
    if said.says_something:
        return _advance(draft, shop, guest)
    return _missed(now, shop)


def _substitute(now: Conversation, said: Understood, shop: Shop, *, dropped: bool) -> Turn:
    """Take the answer to "we ran out": a digit, a milk or X (rule 36)."""
    if dropped or (said.no and not said.unknown and said.milk is None):
        return Turn(after=Conversation(), effects={"drop_cup": True})
    choices = now.draft.choices
    if said.digit is not None and 1 <= said.digit <= len(choices):
        return Turn(after=Conversation(), effects={"substitute": choices[said.digit - 1]})
    if said.milk in shop.milks and said.drink is None:
        return Turn(after=Conversation(), effects={"substitute": said.milk})
    return _missed(now, shop)


def _advance(draft: Draft, shop: Shop, guest: Guest) -> Turn:
    """Ask for the first thing that lacks, or read the order back; what is out is told with what is left."""
    code = draft.drink or ""
    drink = shop.drinks.get(code)
    if drink is None:
        return Turn(after=Conversation(state="ask_drink", draft=draft), answers=(_welcome(),))
    draft = replace(draft, name=draft.name or guest.name, milk=_milk(draft.milk, drink))
    size = draft.size or DEFAULT_SIZE
    if size not in drink.sizes:
        sizes = [each for each in _SIZES if each in drink.sizes and _makes(draft, each, shop)] or list(drink.sizes)
        answer = Answer("ask_size", {"drink": drink.name.lower(), "sizes": _either(sizes)})
        return _asking("ask_size", replace(draft, size=None), answer)
    draft = replace(draft, size=size)
    left = _milks_left(draft, shop)
    if drink.needs_milk == "required" and draft.milk is None:
        if not left:
            return _drink_out(drink.name, draft, shop)
        answer = Answer("ask_milk", {"drink": drink.name.lower(), "milks": _either(_names(left, shop))})
        return _asking("ask_milk", draft, answer)
    if not shop.on_offer(code, size, draft.milk):
        if draft.milk is None or not left:
            return _drink_out(drink.name, draft, shop)
        out = Answer("out", {"item": shop.milks[draft.milk], "choices": _listed(_names(left, shop))})
        return _asking("ask_milk", replace(draft, milk=None), out)
    if draft.name is None:
        return _asking("ask_name", draft, Answer("ask_name", {"drink": describe(draft, shop)}))
    answer = Answer("confirm", {"drink": describe(draft, shop), "name": draft.name})
    return _asking("confirm", draft, answer)


def _merged(draft: Draft, said: Understood) -> Draft:
    """Return a draft with what a message says; an option of count 0 is taken away (rule 51)."""
    options = {code: count for code, count in {**draft.options, **said.options}.items() if count}
    return replace(
        draft,
        drink=said.drink or draft.drink,
        size=said.size or draft.size,
        milk=said.milk or draft.milk,
        options=options,
        count=said.count or draft.count,
        name=said.name or draft.name,
    )


def _milk(milk: str | None, drink: Drink) -> str | None:
    """Return the milk that counts: none for a drink without, and "no milk" is none too."""
    return None if drink.needs_milk == "none" or milk == NO_MILK else milk


def _milks_left(draft: Draft, shop: Shop) -> list[str]:
    drink, size = draft.drink or "", draft.size or DEFAULT_SIZE
    return [code for code in shop.milks if code != draft.milk and shop.on_offer(drink, size, code)]


def _makes(draft: Draft, size: str, shop: Shop) -> bool:
    drink = draft.drink or ""
    return any(shop.on_offer(drink, size, milk) for milk in ([draft.milk] if draft.milk else [None, *shop.milks]))


def _drink_out(name: str, draft: Draft, shop: Shop) -> Turn:
    others = [drink.name for code, drink in shop.drinks.items() if code != draft.drink and _served(code, drink, shop)]
    answer = Answer("out", {"item": name, "choices": _listed(others)})
    return _asking("ask_drink", Draft(name=draft.name), answer)


def _served(code: str, drink: Drink, shop: Shop) -> bool:
    milks = [*shop.milks] if drink.needs_milk == "required" else [None]
    return any(shop.on_offer(code, size, milk) for size in drink.sizes for milk in milks)


def _missed(now: Conversation, shop: Shop) -> Turn:
    """Count a message that was not understood; the second in a row calls staff (rule 52)."""
    if now.misses + 1 >= MISSES:
        return _to_human(now.draft)
    return Turn(after=replace(now, state=_begun(now.state), misses=now.misses + 1), answers=(_question(now, shop),))


def _begun(state: State) -> State:
    return "ask_drink" if state == "idle" else state


def _question(now: Conversation, shop: Shop) -> Answer:
    """Return the question of a state, to be asked again."""
    draft = now.draft
    if now.state == "ask_substitute":
        return Answer("substitute", {"choices": choices_text(draft.choices, shop.milks)})
    if draft.drink is None or now.state in ("idle", "ask_drink"):
        return _welcome()
    return _advance(draft, shop, Guest()).answers[0]


def _to_human(draft: Draft) -> Turn:
    return Turn(
        after=Conversation(state="human", draft=draft), answers=(Answer("someone"),), effects={"call_staff": True}
    )


def _asking(state: State, draft: Draft, answer: Answer) -> Turn:
    return Turn(after=Conversation(state=state, draft=draft), answers=(answer,))


def _welcome() -> Answer:
    return Answer("welcome", {"examples": THREE_EXAMPLES})


def _menu(shop: Shop) -> tuple[Answer, ...]:
    drinks = [drink.name for code, drink in shop.drinks.items() if _served(code, drink, shop)]
    milks = [
        code
        for code in shop.milks
        if any(shop.on_offer(each, size, code) for each, drink in shop.drinks.items() for size in drink.sizes)
    ]
    return (
        Answer("menu", {"drinks": _listed(drinks)}),
        Answer("menu_milks", {"milks": _listed(_names(milks, shop))}),
    )


def _names(codes: Collection[str], shop: Shop) -> list[str]:
    return [shop.milks[code].lower() for code in codes]


def _listed(names: Collection[str]) -> str:
    return ", ".join(names) or "nothing left"


def _either(names: Collection[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}?" if first else f"{last}?"
