"""The words that guests are sent, kept short, and what is let through of the words they send (rules 25, 56, 57, 62)."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import Literal

from livefloor.systems.coffee.rules.gsm7 import SEPTETS_ALONE, size, transliterate

TextKind = Literal[
    "confirm", "ordered", "ready", "ready_many", "reminder", "moved", "delayed", "substitute", "cancelled", "status",
    "too_many", "welcome", "ask_milk", "ask_size", "ask_name", "out", "dropped", "changed", "someone", "text_only",
    "closed", "no_station", "cap_reached", "menu", "menu_milks", "help", "no_usual", "nothing_open", "slow_down",
]  # fmt: skip

TEMPLATES: Mapping[TextKind, str] = {
    "confirm": "{drink}, for {name}? Reply Y to order, or tell me what to change.",
    "ordered": "Thanks {name}! {number} {drink}: {station}, about {minutes} min. {link} Text X to cancel.",
    "ready": "{name}, {number} {drink} is ready at {station}.",
    "ready_many": "{name}, {number} your {n} drinks are ready at {station}.",
    "reminder": "{name}, {number} is still waiting at {station}.",
    "moved": "{name}, {number} is now being made at {station}, about {minutes} min.",
    "delayed": "{name}, {number} is delayed. We will text you. Text X to cancel.",
    "substitute": "We ran out of {milk} for {number}. Reply {choices}, X to drop.",
    "cancelled": "{number} is cancelled. Text us any time to order again.",
    "status": "{number}: place {position} at {station}, about {minutes} min.",
    "too_many": "You have {n} orders open already. Text STATUS to see them.",
    "welcome": "Hi! Text your order, e.g. {examples}. MENU for the list, STOP to opt out.",
    "ask_milk": "Which milk for the {drink}? {milks}",
    "ask_size": "Which size for the {drink}? {sizes}",
    "ask_name": "What name for the {drink}?",
    "out": "Sorry, {item} is out. We have {choices}.",
    "dropped": "OK, dropped. Text us any time to order again.",
    "changed": "Thanks! {number} is now made with {milk}.",
    "someone": "Thanks, someone will answer you here in a moment.",
    "text_only": "Sorry, we can read text only. MENU for the list.",
    "closed": "Sorry, we are closed until {time}.",
    "no_station": "Sorry, no station is open now. Please try again later.",
    "cap_reached": "Sorry, no more coffee can be ordered today.",
    "menu": "We have {drinks}.",
    "menu_milks": "Milks: {milks}.",
    "help": "Text an order, e.g. {examples}. STATUS for your place, X to cancel, STOP to opt out.",
    "no_usual": "We do not know your usual yet. Text an order, e.g. {examples}.",
    "nothing_open": "You have no order open. Text one, e.g. {examples}.",
    "slow_down": "That is a lot of messages. Please wait 5 minutes.",
}
EXAMPLES = "large latte oat for Kim"
THREE_EXAMPLES = "large latte oat for Kim, flat white soy for Mina, or tea for Jo"
NOT_AFTER: Mapping[str, timedelta] = {
    "ready": timedelta(minutes=20),
    "confirm": timedelta(minutes=5),
    "moved": timedelta(minutes=10),
}
"""How long after it was written a text may still go (rule 57)."""
NOT_AFTER_ELSE = timedelta(minutes=60)
NAME_LENGTH, NOTES_LENGTH = 24, 120
_FIELD = re.compile(r"\{(\w+)\}")
_MARKUP = re.compile(r"<[^<>]*>")
_LEET = str.maketrans("013457@$!", "oieastasi")
_OFFENSIVE = frozenset(
    [
        "arse",
        "arsehole",
        "ass",
        "asshole",
        "bastard",
        "bitch",
        "bollocks",
        "bugger",
        "cock",
        "cunt",
        "dick",
        "dickhead",
        "fag",
        "faggot",
        "fuck",
        "fucker",
        "fucking",
        "hitler",
        "motherfucker",
        "nazi",
        "nigga",
        "nigger",
        "paki",
        "piss",
        "prick",
        "pussy",
        "rapist",
        "retard",
        "shit",
        "shithead",
        "slut",
        "spastic",
        "tosser",
        "twat",
        "wank",
        "wanker",
        "whore",
    ]
)


def fields(template: str) -> frozenset[str]:
    """Return the names in braces of a wording."""
    return frozenset(_FIELD.findall(template))


def automatic(kind: TextKind, values: Mapping[str, str | int], wordings: Mapping[TextKind, str] | None = None) -> str:
    """Return an automatic text, at most 160 septets: the link and the name are shortened first (rule 56).

    What cannot be said in GSM-7 is kept as it is, and held to 160 units. Raises KeyError for a value that lacks.
    """
    template = (wordings or {}).get(kind) or TEMPLATES[kind]
    text = ""
    for shorter in _shorter({name: transliterate(str(value)) for name, value in values.items()}):
        text = _filled(template, shorter)
        if size(text).units <= SEPTETS_ALONE:
            return text
    return _cut(text)


def _filled(template: str, values: Mapping[str, str]) -> str:
    text = _FIELD.sub(lambda found: values[found[1]], template)
    return transliterate(re.sub(r" {2,}", " ", text).strip())


def _shorter(values: dict[str, str]) -> Iterator[dict[str, str]]:
    """Return the values as they are, then with the link without its scheme, a shorter name, and at last no link."""
    yield values
    for link in (re.sub(r"^https?://(www\.)?", "", values.get("link", "")), ""):
        name = values.get("name", "")
        first = name.split(" ")[0]
        for shorter in (name, first, *(name[:length].rstrip() for length in range(len(first) - 1, 0, -1))):
            yield {**values, "link": link, "name": shorter}


def _cut(text: str) -> str:
    """Return as much of a text as 160 units hold: only another wording or a long drink can make it so long."""
    while size(text).units > SEPTETS_ALONE:
        text = text[:-1]
    return text.rstrip()


def clean(text: str, length: int) -> str:
    """Return free text without control characters and markup, on one line, cut to length (rule 25)."""
    composed = unicodedata.normalize("NFC", text)
    spaced = "".join(" " if character.isspace() else character for character in composed)
    kept = "".join(character for character in spaced if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co"))
    while kept != (kept := _MARKUP.sub("", kept)):
        continue
    return " ".join(kept.replace("<", "").replace(">", "").split())[:length].rstrip()


def is_offensive(name: str, more: Collection[str] = ()) -> bool:
    """Tell whether a name has an offensive word, also one written with figures; never by a part of a word."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    words = re.findall(r"[a-z]+", letters.translate(_LEET))
    spelt = "".join(words) if all(len(word) == 1 for word in words) else ""
    return any(word in _OFFENSIVE or word in more for word in [*words, spelt])


def shown_name(name: str, number: str, *, name_filter: bool, more: Collection[str] = ()) -> str:
    """Return a guest's name as boards, texts and pages show it (rule 25)."""
    return f"Guest {number}" if name_filter and is_offensive(name, more) else name


def without_vip_word(text: str, vip_word: str | None) -> tuple[str, bool]:
    """Return a text without the VIP word, and whether it was there as a whole word, without case (rule 62)."""
    if not vip_word:
        return text, False
    left, found = re.subn(rf"(?<!\w){re.escape(vip_word)}(?!\w)", " ", text, flags=re.IGNORECASE)
    return (" ".join(left.split()), True) if found else (text, False)
