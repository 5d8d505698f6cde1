"""The conversation by text: every row of its table, and that no message breaks it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livefloor.systems.coffee.rules import texts
from livefloor.systems.coffee.rules.conversation import (
    STATES,
    Answer,
    Conversation,
    Draft,
    Guest,
    Shop,
    Turn,
    choices_text,
    describe,
    step,
)
from tests.systems.coffee.rules.menu import DRINKS, MILKS, OPTIONS, shop

SHOP = shop()
MINA = Guest(name="Mina")
CLOSED = Answer("closed", {"time": "10:30"})
FLAT_WHITE = Draft(drink="flat_white", size="small", milk="oat", name="Mina")
CONFIRM = Conversation(state="confirm", draft=FLAT_WHITE)
ASKED = Conversation(state="ask_substitute", draft=Draft(choices=("soy", "almond", "full")))


def write(now: Conversation | None, text: str, place: Shop = SHOP, guest: Guest = MINA, **values: Any) -> Turn:
    return step(now or Conversation(), text, place, guest, **values)


def kinds(turn: Turn) -> list[str]:
    return [answer.kind for answer in turn.answers]


def told(turn: Turn) -> tuple[str, list[str]]:
    return turn.after.state, kinds(turn)


def test_everything_known_is_read_back() -> None:
    """Rule 51: one round trip to an order."""
    turn = write(None, "flat white oat for Mina", guest=Guest())
    assert told(turn) == ("confirm", ["confirm"])
    assert turn.after.draft == FLAT_WHITE
    assert turn.answers[0].values == {"drink": "Small flat white, oat", "name": "Mina"}
    for yes in ("Y", "yes", "Ok!", "yep", "SURE", "yes please"):
        made = write(turn.after, yes)
        assert (made.after, made.answers) == (Conversation(), ())
        assert made.effects == {"make_order": FLAT_WHITE}


def test_what_is_missing_is_asked() -> None:
    """Section 4, idle: milk, size, name; the guest's name is remembered."""
    milk = write(None, "flat white")
    assert told(milk) == ("ask_milk", ["ask_milk"])
    assert milk.answers[0].values["milks"] == "full cream, skim, oat, soy, almond or lactose free?"
    assert told(write(milk.after, "oat")) == ("confirm", ["confirm"])
    size = write(None, "iced latte oat")
    assert told(size) == ("ask_size", ["ask_size"])
    assert size.answers[0].values == {"drink": "iced latte", "sizes": "regular or large?"}
    assert write(size.after, "large").after.draft.size == "large"
    assert told(write(None, "large espresso")) == ("ask_size", ["ask_size"])
    name = write(None, "two flat white oat", guest=Guest())
    assert told(name) == ("ask_name", ["ask_name"])
    assert name.answers[0].values == {"drink": "2 x small flat white, oat"}
    for text in ("mina", "It's Mina", "for mina", "my name is mina"):
        assert write(name.after, text, guest=Guest()).after.draft.name == "Mina", text
    assert write(name.after, "what is it that you want").after.misses == 1
    assert told(write(None, "tea")) == told(write(None, "espresso")) == ("confirm", ["confirm"])


def test_step_by_step() -> None:
    """Feature row 42: from a greeting to an order."""
    now, states = Conversation(), []
    for text in ("hi", "cap", "skinny", "Jo", "large", "no sugar", "y"):
        turn = step(now, text, SHOP, Guest())
        states.append(turn.after.state)
        now = turn.after
    assert states == ["ask_drink", "ask_milk", "ask_name", "confirm", "confirm", "confirm", "idle"]
    assert turn.effects == {"make_order": Draft(drink="cappuccino", size="large", milk="skim", name="Jo")}


def test_greetings_and_unknown_words() -> None:
    """Section 4 and rule 52: a greeting is no miss; two unknown messages in a row bring a person."""
    for text in ("hello", "", "coffee pls"):
        turn = write(None, text)
        assert told(turn) == ("ask_drink", ["welcome"])
        assert turn.after.misses == 0
    first = write(None, "quantum bicycle")
    assert told(first) == ("ask_drink", ["welcome"])
    second = write(first.after, "flying carpet")
    assert told(second) == ("human", ["someone"])
    assert second.effects == {"call_staff": True}
    assert write(write(first.after, "latte").after, "flying carpet").after.state == "ask_milk"
    assert write(write(first.after, "status").after, "flying carpet").after.state == "ask_drink"
    assert told(write(None, "latte oat and a mocha")) == ("ask_drink", ["welcome"])
    assert write(None, "large oat").after.draft == Draft(size="large", milk="oat")


def test_a_whole_new_drink_replaces_the_draft() -> None:
    """Section 4, ask_*."""
    for state, draft in (("ask_milk", Draft(drink="latte", size="large")), ("ask_name", FLAT_WHITE)):
        turn = write(Conversation(state=state, draft=draft), "soy cap")  # type: ignore[arg-type]
        assert turn.after.draft == Draft(drink="cappuccino", size="small", milk="soy", name="Mina")


def test_changes_before_the_yes() -> None:
    """Rule 51: "soy instead" and the like are read back again; no drops."""
    for text, change in (
        ("soy instead", {"milk": "soy"}),
        ("large", {"size": "large"}),
        ("2 sugars", {"options": {"sugar": 2}}),
        ("yes but decaf", {"options": {"decaf": 1}}),
        ("for Kim", {"name": "Kim"}),
        ("make it two cups", {"count": 2}),
        ("mocha", {"drink": "mocha"}),
    ):
        turn = write(CONFIRM, text)
        assert told(turn) == ("confirm", ["confirm"]), text
        assert turn.after.draft == replace(FLAT_WHITE, **change)
    sugared = replace(CONFIRM, draft=replace(FLAT_WHITE, options={"sugar": 2}))
    assert write(sugared, "no sugar").after.draft == FLAT_WHITE
    assert told(write(CONFIRM, "flat white oat")) == ("confirm", ["confirm"])
    for text in ("N", "no", "X", "no thanks"):
        turn = write(CONFIRM, text)
        assert (told(turn), turn.effects) == (("idle", ["dropped"]), {})
    assert write(CONFIRM, "perhaps").after.misses == 1


def test_out_of_stock_meanwhile() -> None:
    """Section 4, confirm: what is left is offered; nothing is made."""
    turn = write(CONFIRM, "y", shop(out=["oat"]))
    assert told(turn) == ("ask_milk", ["out"])
    assert turn.answers[0].values == {"item": "Oat", "choices": "full cream, skim, soy, almond, lactose free"}
    assert not turn.effects
    assert told(write(turn.after, "soy", shop(out=["oat"]))) == ("confirm", ["confirm"])
    gone = write(CONFIRM, "y", shop(out=["flat_white"]))
    assert told(gone) == ("ask_drink", ["out"])
    assert "Latte" in str(gone.answers[0].values["choices"])
    assert told(write(None, "latte", shop(out=[*MILKS]))) == ("ask_drink", ["out"])


def test_a_substitute() -> None:
    """Rule 36: by digit or name; X drops the cup."""
    assert choices_text(ASKED.draft.choices, MILKS) == "1 for soy, 2 for almond, 3 for full cream"
    for text, milk in (("1", "soy"), ("3", "full"), ("two", "almond"), ("almond please", "almond"), ("oat", "oat")):
        assert write(ASKED, text).effects == {"substitute": milk}
    for text in ("X", "no"):
        turn = write(ASKED, text)
        assert (turn.after.state, turn.effects) == ("idle", {"drop_cup": True})
    again = write(ASKED, "4")
    assert told(again) == ("ask_substitute", ["substitute"])
    assert told(write(again.after, "what")) == ("human", ["someone"])
    assert write(ASKED, "1", shop(closed=CLOSED)).effects == {"substitute": "soy"}


@pytest.mark.parametrize("state", STATES)
def test_commands_in_any_state(state: Any) -> None:
    """Rules 53 and 54; X in confirm and ask_substitute has its own row."""
    now = Conversation(state=state, draft=FLAT_WHITE if state != "idle" else Draft())
    for text, kind in (("menu", ["menu", "menu_milks"]), ("HELP", ["help"]), ("info", ["help"]), ("status", [])):
        turn = write(now, text)
        assert told(turn) == (state, kind)
        assert turn.effects == ({"tell_status": True} if text == "status" else {})
    usual = write(now, "USUAL", guest=Guest(name="Mina", usual=replace(FLAT_WHITE, name=None)))
    assert (told(usual), usual.after.draft) == (("confirm", ["confirm"]), FLAT_WHITE)
    assert told(write(now, "usual")) == ("idle", ["no_usual"])
    assert (write(now, "stop").after.state, write(now, "stop").effects) == ("idle", {"opt_out": True})
    assert write(now, "STOP").answers == ()
    assert write(now, "cancel").effects == {"opt_out": True, "cancel_pending": "silently"}
    assert told(write(now, "start")) == ("idle", ["welcome"])
    assert told(write(now, "", media=True)) == (state, ["text_only"])
    if state not in ("confirm", "ask_substitute"):
        dropped = write(now, "x")
        assert dropped.after == Conversation()
        assert dropped.effects == {"cancel_pending": "tell" if state == "idle" else "tell_if_any"}


def test_an_opted_out_number() -> None:
    """Rule 54: no text leaves until START, UNSTOP or YES."""
    out = Guest(name="Mina", opted_out=True)
    for text in ("latte oat", "help", "status", "stop", "hello"):
        turn = write(None, text, guest=out)
        assert not turn.answers
        assert set(turn.effects) <= {"opt_out"}
    for text in ("START", "unstop", "Yes"):
        assert write(None, text, guest=out).effects == {"opt_in": True}
    assert told(write(None, "yes")) == ("ask_drink", ["welcome"])


def test_a_person_has_it() -> None:
    """Rule 60: no automatic reply save STOP and START; without a taker the commands still answer."""
    taken = Guest(name="Mina", taken=True)
    human = Conversation(state="human", draft=FLAT_WHITE)
    for text in ("latte oat", "help", "status", "x", "usual", "start"):
        turn = write(human, text, guest=taken)
        assert (turn.after, turn.answers, dict(turn.effects)) == (human, (), {})
    assert write(human, "stop", guest=taken).effects == {"opt_out": True}
    assert write(human, "", guest=taken, media=True).answers == ()
    assert write(human, "latte oat") == Turn(after=human)


def test_allergies_go_to_a_person() -> None:
    """Section 4: a person confirms every allergy given by text."""
    for now in (None, CONFIRM, Conversation(state="ask_milk", draft=Draft(drink="latte"))):
        turn = write(now, "I'm allergic to nuts, yes")
        assert told(turn) == ("human", ["someone"])
        assert turn.after.draft.allergies == ("tree_nut",)
        assert turn.effects == {"call_staff": True}


def test_nothing_is_taken() -> None:
    """Section 4, any: closed, no station, cap reached; STATUS and X still work."""
    closed = shop(closed=CLOSED)
    for now, text in ((None, "latte oat"), (CONFIRM, "y"), (None, "hi"), (None, "usual")):
        turn = write(now, text, closed)
        assert (turn.after, turn.answers, dict(turn.effects)) == (Conversation(), (CLOSED,), {})
    assert write(None, "status", closed).effects == {"tell_status": True}


def test_words_for_a_draft() -> None:
    assert (
        describe(replace(FLAT_WHITE, options={"decaf": 1, "sugar": 2}), SHOP) == "Small flat white, oat, decaf, 2 sugar"
    )
    assert describe(Draft(drink="tea", size="large", count=3), SHOP) == "3 x large tea"


PIECES = sorted(
    {
        *DRINKS,
        *MILKS,
        *OPTIONS,
        "y",
        "no",
        "x",
        "2",
        "for Kim",
        "large",
        "hello",
        "zzz",
        "usual",
        "menu",
        "stop",
        "start",
    }
)
messages = st.one_of(st.lists(st.sampled_from(PIECES), max_size=4).map(" ".join), st.text(max_size=30))


@settings(max_examples=60, deadline=None)
@given(st.lists(messages, max_size=8), st.sets(st.sampled_from(sorted(MILKS))), st.booleans())
def test_no_message_breaks_it(written: list[str], out: set[str], taken: bool) -> None:
    """Whatever is written: a known state, texts that can be filled, and an order only of what is on offer and complete."""
    place, now = shop(out=out), Conversation()
    for text in written:
        turn = step(now, text, place, Guest(usual=FLAT_WHITE, taken=taken))
        assert turn.after.state in STATES
        assert turn.after.misses < 2
        if taken:
            assert not turn.answers
        for answer in turn.answers:
            assert texts.fields(texts.TEMPLATES[answer.kind]) <= set(answer.values)
            assert texts.automatic(answer.kind, answer.values)
        if turn.after.state == "confirm":
            assert kinds(turn) or turn.after == now
        made = turn.effects.get("make_order")
        if made is not None:
            assert now.state == "confirm"
            assert made.name
            assert place.on_offer(made.drink, made.size, made.milk)
            assert not made.allergies
        now = turn.after
