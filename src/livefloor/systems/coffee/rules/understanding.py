"""What a guest's message says of an order (rules 50, 51): nothing is guessed that it does not say."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from livefloor.systems.coffee.rules.texts import NAME_LENGTH, clean
from livefloor.systems.coffee.rules.vocabulary import Meaning, Vocabulary, Word, words

MOST_CUPS = 6
NUMBERS = {
    word: n for n, word in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 1)
}
YES = frozenset({"y", "yes", "ok", "okay", "yep", "yeah", "yup", "sure"})
NO = frozenset({"n", "no", "nope", "x"})
GREETINGS = frozenset(
    ["hi", "hello", "hey", "hiya", "howdy", "morning", "afternoon", "evening", "good", "day", "coffee", "coffees"]
)
_FILLERS = GREETINGS | frozenset(
    [
        "a",
        "an",
        "the",
        "with",
        "w",
        "and",
        "of",
        "to",
        "me",
        "my",
        "in",
        "it",
        "its",
        "it's",
        "is",
        "on",
        "please",
        "pls",
        "plz",
        "thanks",
        "thank",
        "thx",
        "ta",
        "you",
        "u",
        "can",
        "could",
        "may",
        "would",
        "i",
        "id",
        "i'd",
        "i'll",
        "i'm",
        "im",
        "have",
        "get",
        "grab",
        "take",
        "want",
        "like",
        "love",
        "order",
        "ordering",
        "some",
        "cup",
        "cups",
        "mug",
        "make",
        "makes",
        "change",
        "instead",
        "actually",
        "rather",
        "but",
        "just",
        "also",
        "sorry",
        "milk",
        "size",
        "drink",
        "that",
        "that's",
        "this",
        "now",
        "then",
        "extra",
        "cheers",
        "kind",
        "free",
    ]
)
_NOT = frozenset({"no", "not", "without"})
_NAME_COMES = frozenset({"for", "name", "called"})
_NAME_WORDS = 3
_ALLERGENS = {
    "dairy": "milk",
    "milk": "milk",
    "lactose": "milk",
    "nut": "tree_nut",
    "nuts": "tree_nut",
    "almond": "tree_nut",
    "almonds": "tree_nut",
    "peanut": "peanut",
    "peanuts": "peanut",
    "gluten": "gluten",
    "wheat": "gluten",
    "soy": "soy",
    "soya": "soy",
    "egg": "egg",
    "eggs": "egg",
    "sesame": "sesame",
    "sulphites": "sulphite",
    "sulfites": "sulphite",
}
_SELF = re.compile(r"^(?:it'?s|i'?m|i am|my name is|name'?s|name is|name|this is|for|call me)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Understood:
    """What a message says; `unknown` are the words that are neither understood nor a name."""

    drink: str | None = None
    size: str | None = None
    milk: str | None = None
    options: Mapping[str, int] = field(default_factory=dict)
    """Options by count; 0 takes one away."""
    count: int | None = None
    name: str | None = None
    allergies: tuple[str, ...] = ()
    yes: bool = False
    no: bool = False
    digit: int | None = None
    """The number when the message is nothing else."""
    unknown: tuple[str, ...] = ()
    empty: bool = False
    """Nothing but greetings and courtesies."""
    too_much: bool = False
    """More than one kind of drink, or more cups than a text may order."""

    @property
    def says_something(self) -> bool:
        """Tell whether there is anything of an order in it."""
        return any((self.drink, self.size, self.milk, self.options, self.count, self.name))


class _Reader:
    """One reading of one message, word by word."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.text = unicodedata.normalize("NFC", text)
        self.vocabulary = vocabulary
        self.words = words(self.text)
        self.drinks: list[str] = []
        self.found: dict[str, str] = {}
        self.options: dict[str, int] = {}
        self.allergies: list[str] = []
        self.count: int | None = None
        self.last: Meaning | None = None
        self.name: str | None = None
        self.yes = self.no = False
        self.runs: list[list[Word]] = []
        self.place = 0
        self.run_ended = True

    def read(self) -> Understood:
        while self.place < len(self.words):
            begun = self.place
            known = (
                self._phrase(near=False)
                or self._number()
                or self._negation()
                or self._named()
                or self._courtesy()
                or self._phrase(near=True)
            )
            if known:
                self.run_ended = True
                self.place = max(self.place, begun + 1)
                continue
            if self.run_ended:
                self.runs.append([])
            self.runs[-1].append(self.words[self.place])
            self.run_ended = False
            self.place += 1
        return self._told()

    def _phrase(self, *, near: bool) -> bool:
        look = self.vocabulary.near if near else self.vocabulary.exact
        met = look(self.words, self.place)
        if met is None:
            return False
        meaning, length = met
        self.place += length
        self._take(meaning, 1)
        return True

    def _take(self, meaning: Meaning, count: int) -> None:
        self.last = meaning
        kind, code = meaning
        if kind == "drink":
            self.drinks.append(code)
        elif kind == "option":
            self.options[code] = count
        elif kind == "allergy":
            self.allergies.append(code)
            for word in self.words[self.place :]:  # "allergic to milk and nuts"
                if word.said not in ("and", "or", *_ALLERGENS):
                    break
                self.allergies += [_ALLERGENS[word.said]] if word.said in _ALLERGENS else []
                self.place += 1
        else:
            self.found[kind] = code

    def _value(self, place: int) -> int | None:
        said = self.words[place].said
        return int(said.removeprefix("x")) if said.removeprefix("x").isdecimal() else NUMBERS.get(said)

    def _number(self) -> bool:
        """Take a number: of the option that follows, or that stands before an x2; else of cups."""
        value = self._value(self.place)
        if value is None:
            return False
        times = self.words[self.place].said.startswith("x")
        self.place += 1
        if times and self.last is not None and self.last.kind == "option":
            self.options[self.last.code] = value
            return True
        met = self.vocabulary.exact(self.words, self.place) or self.vocabulary.near(self.words, self.place)
        if met is not None and met[0].kind == "option" and not times:
            self.place += met[1]
            self._take(met[0], value)
        else:
            self.count = value
        return True

    def _negation(self) -> bool:
        """Take what is not wanted: an option is taken away, a milk not taken; a bare no is an answer."""
        said = self.words[self.place].said
        if said not in _NOT:
            return False
        self.place += 1
        met = self.vocabulary.exact(self.words, self.place) or self.vocabulary.near(self.words, self.place)
        if met is not None and met[0].kind in ("option", "milk"):
            self.place += met[1]
            if met[0].kind == "option":
                self.options[met[0].code] = 0
            return True
        self.no = self.no or said == "no"
        return True

    def _named(self) -> bool:
        """Take the words after "for" as the name, until one that is understood or a courtesy."""
        if self.words[self.place].said not in _NAME_COMES:
            return False
        self.place += 1
        if self.place < len(self.words) and self.words[self.place].said == "is":
            self.place += 1
        first = last = self.place
        while last < len(self.words) and last - first < _NAME_WORDS and self._may_be_name(last):
            last += 1
        if last > first:
            self.name = self._spoken(self.words[first:last])
            self.place = last
        return True

    def _may_be_name(self, place: int) -> bool:
        said = self.words[place].said
        taken = said in _FILLERS or said in _NOT or said in _NAME_COMES
        return not taken and self._value(place) is None and self.vocabulary.exact(self.words, place) is None

    def _courtesy(self) -> bool:
        said = self.words[self.place].said
        if said in YES:
            self.yes = True
        elif said in NO:
            self.no = True
        elif said not in _FILLERS or self._longer_phrase():
            return False
        self.place += 1
        return True

    def _longer_phrase(self) -> bool:
        met = self.vocabulary.near(self.words, self.place)
        return met is not None and met[1] > 1

    def _spoken(self, run: Sequence[Word]) -> str:
        return guest_name(self.text[run[0].begin : run[-1].end])

    def _told(self) -> Understood:
        drink = self.drinks[0] if self.drinks else None
        if drink == "latte" and "iced" in self.options and "iced_latte" in self.vocabulary.drinks:
            drink = "iced_latte"
            del self.options["iced"]
        name, runs = self.name, self.runs
        if drink is not None and name is None and len(runs) == 1 and len(runs[0]) <= _NAME_WORDS:
            name, runs = self._spoken(runs[0]), []
        alone = len(self.words) == 1 and self.count is not None
        allergies = tuple(dict.fromkeys(each for each in self.allergies if each != "other"))
        too_many = self.count is not None and not 1 <= self.count <= MOST_CUPS
        said = drink or self.found or self.options or self.allergies or self.count or name or runs
        return Understood(
            drink=drink,
            size=self.found.get("size"),
            milk=self.found.get("milk"),
            options=self.options,
            count=None if alone or too_many else self.count,
            name=name,
            allergies=allergies or (("other",) if self.allergies else ()),
            yes=self.yes,
            no=self.no,
            digit=self.count if alone else None,
            unknown=tuple(word.said for run in runs for word in run),
            empty=not (said or self.yes or self.no),
            too_much=len(set(self.drinks)) > 1 or (too_many and not alone),
        )


def understand(text: str, vocabulary: Vocabulary) -> Understood:
    """Read a message (rule 50): drinks, sizes, milks, options, a count of 1 to 6, a name, allergies, yes and no."""
    return _Reader(text, vocabulary).read()


def guest_name(text: str) -> str:
    """Return a name as a guest wrote it, without "my name is", cleaned and cut; in capitals when all is lower case."""
    name = clean(_SELF.sub("", clean(text, 200)), NAME_LENGTH).strip(" .,!?")
    return " ".join(part[:1].upper() + part[1:] for part in name.split()) if name == name.lower() else name
