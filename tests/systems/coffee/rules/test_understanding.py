"""What a guest's message says: the list of words, one typing error, counts, names, allergies, commands."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livefloor.systems.coffee.rules.understanding import guest_name, understand
from livefloor.systems.coffee.rules.vocabulary import (
    SYNONYMS,
    Meaning,
    Vocabulary,
    cancels_orders,
    keyword,
    one_error,
    same,
)
from tests.systems.coffee.rules.menu import DRINKS, MILKS, OPTIONS, VOCABULARY


def said(text: str) -> dict[str, Any]:
    """Return what a message says, without what it leaves open."""
    understood = understand(text, VOCABULARY)
    return {name: getattr(understood, name) for name in understood.__slots__ if getattr(understood, name)}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("flat white oat for Mina", {"drink": "flat_white", "milk": "oat", "name": "Mina"}),
        ("large latte oat for Kim", {"drink": "latte", "size": "large", "milk": "oat", "name": "Kim"}),
        ("Can I get a med FW w/ skinny please?", {"drink": "flat_white", "size": "regular", "milk": "skim"}),
        ("hi, strong cap full cream thx", {"drink": "cappuccino", "milk": "full", "options": {"extra_shot": 1}}),
        ("two large iced oat lattes", {"drink": "iced_latte", "size": "large", "milk": "oat", "count": 2}),
        ("lattes x3", {"drink": "latte", "count": 3}),
        ("3 flatwhites soy", {"drink": "flat_white", "milk": "soy", "count": 3}),
        ("latte oat, 2 sugars, mina", {"drink": "latte", "milk": "oat", "options": {"sugar": 2}, "name": "Mina"}),
        ("latte oat sugar x2", {"drink": "latte", "milk": "oat", "options": {"sugar": 2}}),
        ("16oz latte lactose free", {"drink": "latte", "size": "large", "milk": "lactose_free"}),
        ("decaf long black half strength", {"drink": "long_black", "options": {"decaf": 1, "half_strength": 1}}),
        ("hot choc no milk", {"drink": "hot_chocolate", "milk": "none"}),
        (
            "capuccino with almnd milk, extra hot",
            {"drink": "cappuccino", "milk": "almond", "options": {"extra_hot": 1}},
        ),
        ("lattte for Zoë", {"drink": "latte", "name": "Zoë"}),
        ("mocha soy for Anne-Marie O'Brien please", {"drink": "mocha", "milk": "soy", "name": "Anne-Marie O'Brien"}),
        ("chai, my name is bob", {"drink": "chai_latte", "name": "Bob"}),
        ("flat white for Micha", {"drink": "flat_white", "name": "Micha"}),
        ("soy instead", {"milk": "soy"}),
        ("large", {"size": "large"}),
        ("no sugar", {"options": {"sugar": 0}}),
        ("not oat, soy", {"milk": "soy"}),
        ("yes please", {"yes": True}),
        ("yes but soy", {"yes": True, "milk": "soy"}),
        ("no thanks", {"no": True}),
        ("2", {"digit": 2}),
        ("two", {"digit": 2}),
        ("coffee pls", {"empty": True}),
        ("Good morning!", {"empty": True}),
        ("", {"empty": True}),
        ("🙂", {"empty": True}),
        ("what is this", {"unknown": ("what",)}),
        ("latte and a mocha", {"drink": "latte", "too_much": True}),
        ("7 lattes soy", {"drink": "latte", "milk": "soy", "too_much": True}),
        ("0 lattes", {"drink": "latte", "too_much": True}),
    ],
)
def test_messages(text: str, meant: dict[str, Any]) -> None:
    """Rule 50."""
    assert said(text) == meant


@pytest.mark.parametrize(
    ("text", "allergies"),
    [
        ("latte oat, allergic to nuts", ("tree_nut",)),
        ("dairy free latte", ("milk",)),
        ("I am coeliac", ("gluten",)),
        ("alergic to milk and gluten", ("milk", "gluten")),
        ("lactose intolerant", ("milk",)),
        ("I have an allergy", ("other",)),
        ("latte, I'm allergic to kiwi", ("other",)),
        ("peanut allergy", ("peanut",)),
    ],
)
def test_allergies(text: str, allergies: tuple[str, ...]) -> None:
    """Section 4: named by text, each is confirmed by a person; "lactose free" is a milk."""
    assert said(text)["allergies"] == allergies
    assert "allergies" not in said("latte lactose free")


def test_every_word_of_the_list() -> None:
    """Section 4: each synonym and each name means what the list says."""
    for kind, codes in (("drink", {c: d.name for c, d in DRINKS.items()}), ("milk", MILKS), ("option", OPTIONS)):
        for code, name in codes.items():
            for text in (name, name.upper(), code.replace("_", " "), code.replace("_", "-")):
                told = said(text)
                assert told.get(kind) == code or code in told.get("options", ()), text
    for kind, synonyms in SYNONYMS.items():
        for code, phrases in synonyms.items():
            for phrase in phrases.split(", "):
                told = said(phrase)
                found = told.get({"option": "options", "allergy": "allergies"}.get(kind, kind), ())
                assert found == code or code in found, phrase


def test_more_words_of_the_settings() -> None:
    known = Vocabulary({"latte": "Latte"}, {}, {}, [("the usual suspect", Meaning("drink", "latte"))])
    assert understand("the usual suspect", known).drink == "latte"
    assert understand("fw", known).drink is None
    assert understand("oat", known).unknown == ("oat",)


def test_one_typing_error() -> None:
    """Rule 50: in words of 5 letters or more."""
    for wrong in ("latt", "lattte", "latre", "altte", "latets"):
        assert same(wrong, "latte") == (wrong != "latets" or one_error("latets", "lattes"))
    assert not same("oet", "oat")
    assert not same("lxxte", "latte")
    assert same("lattes", "latte")
    assert "milk" not in said("latte oet")


@given(st.text("abcdef", max_size=6), st.text("abcdef", max_size=6))
def test_one_error_is_an_edit_distance_of_one(one: str, other: str) -> None:
    edits = {one[:i] + one[i + 1 :] for i in range(len(one))}
    edits |= {one[:i] + c + one[i:] for i in range(len(one) + 1) for c in "abcdef"}
    edits |= {one[:i] + c + one[i + 1 :] for i in range(len(one)) for c in "abcdef"}
    edits |= {one[:i] + one[i + 1] + one[i] + one[i + 2 :] for i in range(len(one) - 1)}
    assert one_error(one, other) == (other in edits - {one}) == one_error(other, one)


def test_commands() -> None:
    """Rules 53 and 54: whole messages only; YES only from an opted-out number; CANCEL also calls orders off."""
    for text in ("stop", "STOP", "Stop.", " stopall ", "UNSUBSCRIBE", "cancel", "End", "quit!"):
        assert keyword(text) == "stop"
        assert cancels_orders(text) == (text == "cancel")
    assert cancels_orders(" CANCEL! ")
    assert [keyword(text) for text in ("Start", "UNSTOP", "usual", "Status?", "x", "MENU", "help", "info")] == [
        "start",
        "start",
        "usual",
        "status",
        "x",
        "menu",
        "help",
        "help",
    ]
    for text in ("please stop", "cancel my order", "yes", "", "end of the line"):
        assert keyword(text) is None
    assert keyword("Yes", opted_out=True) == "start"
    assert keyword("yes please", opted_out=True) is None


def test_names() -> None:
    """Rules 25 and 50."""
    assert guest_name("my name is <b>mina</b>") == "Mina"
    assert guest_name("It's Kim.") == "Kim"
    assert guest_name("McKay") == "McKay"
    assert len(guest_name("a" * 99)) == 24


MESSAGE_WORDS = sorted(
    {*["2", "x3", "no", "for", "yes", "please", "kim", "zz", "large", "decaf", "8oz", "99"], *DRINKS, *MILKS, *OPTIONS}
)


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(MESSAGE_WORDS), max_size=8).map(" ".join)))
def test_any_message_is_read(text: str) -> None:
    told = understand(text, VOCABULARY)
    assert told.drink in (None, *DRINKS)
    assert told.milk in (None, "none", *MILKS)
    assert told.count is None or 1 <= told.count <= 6
    assert told.name is None or len(told.name) <= 24
    assert set(told.options) <= set(OPTIONS)
    if told.empty:
        assert not told.says_something


def test_the_order_of_words_does_not_matter() -> None:
    for parts in product(["large"], ["latte"], ["oat", "soy"]):
        for text in (" ".join(parts), " ".join(reversed(parts)), ", ".join(parts)):
            told = said(text)
            assert (told["size"], told["drink"], told["milk"]) == parts
