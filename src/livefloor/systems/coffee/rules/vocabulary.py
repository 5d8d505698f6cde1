"""The words that guests may write, with one typing error, and the commands (rules 50, 53, 54, the list of section 4)."""

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

MeaningKind = Literal["drink", "size", "milk", "option", "allergy"]
Keyword = Literal["stop", "start", "usual", "status", "x", "menu", "help"]

NO_MILK = "none"
TYPO_LENGTH = 5
"""Words this long may have one typing error (rule 50)."""
STOP_WORDS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit"})
KEYWORDS: Mapping[str, Keyword] = {
    **dict.fromkeys(STOP_WORDS, "stop"),
    "start": "start",
    "unstop": "start",
    "usual": "usual",
    "status": "status",
    "x": "x",
    "menu": "menu",
    "help": "help",
    "info": "help",
}
SYNONYMS: Mapping[MeaningKind, Mapping[str, str]] = {
    "drink": {
        "cappuccino": "cap, capp, cuppa",
        "flat_white": "fw",
        "long_black": "lb, americano, long black",
        "hot_chocolate": "choc, hot choc",
        "macchiato": "mac, macch",
        "chai_latte": "chai",
        "filter": "batch, drip, batch brew, filter coffee",
        "iced_latte": "iced latte, latte iced",
    },
    "milk": {
        "full": "normal, full cream, whole, dairy, cow, full milk, normal milk",
        "skim": "skinny, skim, trim",
        "oat": "oaty, oat milk",
        "soy": "bonsoy, soy milk",
        "almond": "almond milk",
        "lactose_free": "lf, zymil, lactose free",
        NO_MILK: "no milk, without milk",
    },
    "size": {
        "small": "s, sm, small, 8oz",
        "regular": "m, med, medium, reg, regular, 12oz",
        "large": "l, lg, large, big, 16oz",
    },
    "option": {"extra_shot": "strong, double", "half_strength": "weak, half"},
    "allergy": {
        "milk": "dairy free, lactose intolerant, allergic to milk, allergic to dairy, milk allergy, dairy allergy, no dairy",
        "tree_nut": "allergic to nuts, nut allergy, nut free, no nuts",
        "peanut": "allergic to peanuts, peanut allergy",
        "gluten": "coeliac, celiac, gluten free, allergic to gluten, gluten allergy, gluten intolerant",
        "soy": "allergic to soy, soy allergy, soy free",
        "egg": "allergic to eggs, egg allergy",
        "sesame": "allergic to sesame, sesame allergy",
        "sulphite": "allergic to sulphites, sulphite allergy",
        "other": "allergic, allergy, allergies, intolerant, intolerance, anaphylaxis, anaphylactic, epipen",
    },
}
"""What is understood besides the names (section 4); the settings add more."""


class Meaning(NamedTuple):
    """What a phrase stands for."""

    kind: MeaningKind
    code: str


class Word(NamedTuple):
    """A word as it is compared, and where it stands in the text."""

    said: str
    begin: int
    end: int


_WORD = re.compile(r"\d+oz\b|\d+|x\d+\b|[^\W\d_]+(?:'[^\W\d_]+)*", re.IGNORECASE)


class Vocabulary:
    """The phrases of a menu with their meanings; made once from the menu and the words of the settings."""

    def __init__(
        self,
        drinks: Mapping[str, str],
        milks: Mapping[str, str],
        options: Mapping[str, str],
        more: Iterable[tuple[str, Meaning]] = (),
    ) -> None:
        """Take codes with their names, and more phrases; synonyms of what is not on the menu are left out."""
        self._phrases: dict[tuple[str, ...], Meaning] = {}
        named: Mapping[MeaningKind, Mapping[str, str]] = {"drink": drinks, "milk": milks, "option": options}
        for kind, codes in named.items():
            for code, name in codes.items():
                self._learn(name, Meaning(kind, code))
                self._learn(code.replace("_", " "), Meaning(kind, code))
        for kind, synonyms in SYNONYMS.items():
            for code, phrases in synonyms.items():
                if code == NO_MILK or code in named.get(kind, synonyms):
                    for phrase in phrases.split(","):
                        self._learn(phrase, Meaning(kind, code))
        for phrase, meaning in more:
            self._learn(phrase, meaning)
        self._longest = max(map(len, self._phrases), default=1)
        self._by_length = {
            length: [each for each in self._phrases.items() if len(each[0]) == length]
            for length in range(1, self._longest + 1)
        }
        self.drinks = frozenset(drinks)

    def _learn(self, phrase: str, meaning: Meaning) -> None:
        spoken = tuple(word.said for word in words(phrase))
        if spoken:
            self._phrases.setdefault(spoken, meaning)
            if len(spoken) > 1 and meaning.kind == "drink":
                self._phrases.setdefault(("".join(spoken),), meaning)

    def exact(self, spoken: Sequence[Word], place: int) -> tuple[Meaning, int] | None:
        """Return the longest phrase that begins at a place, with its number of words; the last may be a plural."""
        for part in self._parts(spoken, place):
            meaning = self._phrases.get(part)
            if meaning is None and len(part[-1]) > 3 and part[-1].endswith("s"):
                meaning = self._phrases.get((*part[:-1], part[-1][:-1]))
            if meaning is not None:
                return meaning, len(part)
        return None

    def near(self, spoken: Sequence[Word], place: int) -> tuple[Meaning, int] | None:
        """Return the longest phrase that is meant at a place, with one typing error a word; None when two could be."""
        for part in self._parts(spoken, place):
            meant = {
                meaning
                for phrase, meaning in self._by_length[len(part)]
                if same(part[0], phrase[0]) and all(map(same, part, phrase))
            }
            if len(meant) == 1:
                return meant.pop(), len(part)
        return None

    def _parts(self, spoken: Sequence[Word], place: int) -> Iterable[tuple[str, ...]]:
        for length in range(min(self._longest, len(spoken) - place), 0, -1):
            yield tuple(word.said for word in spoken[place : place + length])


def meanings(
    more: Mapping[str, str], drinks: Container[str], milks: Container[str], options: Container[str]
) -> Iterator[tuple[str, Meaning]]:
    """Yield the phrases of the settings with what their codes stand for; those of what is not on the menu are left out."""
    named: Mapping[MeaningKind, Container[str]] = {
        "drink": drinks, "size": SYNONYMS["size"], "milk": milks, "option": options
    }  # fmt: skip
    for phrase, code in more.items():
        kind = next((kind for kind, codes in named.items() if code in codes), None)
        if kind is not None:
            yield phrase, Meaning(kind, code)


def words(text: str) -> list[Word]:
    """Return the words of a composed text in lower case, accents kept, with their places; hyphens part words."""
    plain = text.replace("’", "'")
    return [Word(found[0].lower(), found.start(), found.end()) for found in _WORD.finditer(plain)]


def same(said: str, meant: str) -> bool:
    """Tell whether a word is meant: alike, its plural, or with one typing error in 5 letters or more (rule 50)."""
    if said == meant or said == meant + "s":
        return True
    if abs(len(said) - len(meant)) > 2:
        return False
    return len(meant) >= TYPO_LENGTH and (one_error(said, meant) or one_error(said, meant + "s"))


def one_error(one: str, other: str) -> bool:
    """Tell whether two words differ by one letter changed, added or left out, or by two neighbours swapped."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    start = next((place for place, letter in enumerate(short) if letter != long[place]), len(short))
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    swapped = short[start : start + 2] == long[start : start + 2][::-1] and short[start + 2 :] == long[start + 2 :]
    return swapped or short[start + 1 :] == long[start + 1 :]


def keyword(text: str, *, opted_out: bool = False) -> Keyword | None:
    """Return the command that a whole message is (rules 53, 54); YES is one from an opted-out number only."""
    spoken = _whole(text)
    if opted_out and spoken == "yes":
        return "start"
    return KEYWORDS.get(spoken)


def cancels_orders(text: str) -> bool:
    """Tell whether a STOP word also calls pending cups off: CANCEL does, the others leave the order (rule 54)."""
    return _whole(text) == "cancel"


def _whole(text: str) -> str:
    composed = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", " ", composed).strip()
