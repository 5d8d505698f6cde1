"""Texts that are sent and words that are let through: the alphabet, the length, names, the VIP word."""

import re

from hypothesis import given
from hypothesis import strategies as st

from livefloor.systems.coffee.rules import gsm7, texts
from livefloor.systems.coffee.rules.gsm7 import Size
from livefloor.systems.coffee.rules.texts import TEMPLATES

LINK = "https://coffee.example.org/o/0123456789abcdefghijkl"
ORDERED = {
    "name": "Mina",
    "number": "A17",
    "drink": "small flat white, oat",
    "station": "Garden",
    "minutes": 4,
    "link": LINK,
}


def test_the_alphabet() -> None:
    """Rule 56: 128 characters less the escape, and ten that take two septets."""
    assert len(gsm7.BASIC) == 127
    assert len(gsm7.EXTENDED) == 10
    assert gsm7.is_gsm7("Größe à 5 £ – no".replace("–", "-"))
    assert not gsm7.is_gsm7("ç")


def test_transliteration_loses_nothing() -> None:
    """Rule 56: typesetting becomes plain; a letter keeps its accent, and the text is UCS-2 then."""
    assert gsm7.transliterate("“Mina’s” – oat…") == '"Mina\'s" - oat...'
    assert gsm7.transliterate("Ame\u0301lie") == "Amélie"
    assert gsm7.transliterate("João’s") == "João’s"
    assert gsm7.size("João").encoding == "ucs2"


def test_parts_of_a_text() -> None:
    """Rule 56: 160 alone, 153 each of several; 70 and 67 in UCS-2; an escape is not torn."""
    assert gsm7.size("a" * 160) == Size("gsm7", 160, 1)
    assert gsm7.size("a" * 161) == Size("gsm7", 161, 2)
    assert gsm7.size("a" * 307) == Size("gsm7", 307, 3)
    assert gsm7.size("€" * 80) == Size("gsm7", 160, 1)
    assert gsm7.size("a" * 152 + "€" + "a" * 152) == Size("gsm7", 306, 3)
    assert gsm7.size("ł" * 70) == Size("ucs2", 70, 1)
    assert gsm7.size("ł" * 71) == Size("ucs2", 71, 2)
    assert gsm7.size("😀" * 36) == Size("ucs2", 72, 2)
    assert gsm7.size("") == Size("gsm7", 0, 1)


def test_an_automatic_text() -> None:
    text = texts.automatic("ordered", ORDERED)
    assert text == f"Thanks Mina! A17 small flat white, oat: Garden, about 4 min. {LINK} Text X to cancel."
    assert texts.automatic("ready", {**ORDERED, "name": "Zoë"}) == "Zoë, A17 small flat white, oat is ready at Garden."
    assert texts.automatic("dropped", {}, {"dropped": "Bye."}) == "Bye."


def test_the_link_and_the_name_are_shortened_first() -> None:
    """Rule 56."""
    link = LINK.removeprefix("https://")
    oat = {**ORDERED, "name": "Maximiliana von Hohenberg", "station": "Garden terrace"}
    for drink, told in (
        ("small flat white, oat, decaf", f"Thanks Maximiliana von Hohenberg! A17 .* {link} "),
        ("small flat white, oat, decaf, 2 sugar", f"Thanks Maximiliana! A17 .* {link} "),
        ("small flat white, lactose free, decaf, 2 sugar", f"Thanks Maximilia! A17 .* {link} "),
        ("2 x large hot chocolate, lactose free, 2 vanilla, 5 sugar", "Thanks Maximiliana von Hohenberg! A17 .* min. "),
    ):
        text = texts.automatic("ordered", {**oat, "drink": drink})
        assert re.fullmatch(told + "Text X to cancel.", text), text
        assert drink in text
        assert gsm7.size(text).units <= 160


@given(st.sampled_from(sorted(TEMPLATES)), st.text(max_size=60), st.text(max_size=24))
def test_no_automatic_text_is_longer_than_one(kind: texts.TextKind, value: str, name: str) -> None:
    """Rule 56, whatever is put in; braces in a value are only text."""
    values = {**dict.fromkeys(texts.fields(TEMPLATES[kind]), value), "name": name}
    assert gsm7.size(texts.automatic(kind, values)).units <= 160
    kept = texts.automatic("ready", {**ORDERED, "name": "{link}"})
    assert kept.startswith("{link}, A17")


def test_free_text_is_cleaned() -> None:
    """Rule 25."""
    assert texts.clean("  Mi\x00na\t<b>K</b> \u202e ", 24) == "Mina K"
    assert texts.clean("<<b>script>alert(1)</script>", 40) == "alert(1)"
    assert texts.clean("a" * 30, 24) == "a" * 24
    assert texts.clean("Jose\u0301", 24) == "José"
    assert texts.clean("\u200b\n", 24) == ""


@given(st.text(max_size=80), st.integers(1, 24))
def test_clean_text_stays_clean(text: str, length: int) -> None:
    cleaned = texts.clean(text, length)
    assert len(cleaned) <= length
    assert not set(cleaned) & set("<>\x00\n\t\x1b")
    assert texts.clean(cleaned, length) == cleaned


def test_offensive_names() -> None:
    """Rule 25: hidden from guests, never by a part of an honest name."""
    for name in ("Shit", "mr FUCK", "sh1t", "$hit", "f u c k", "fück"):
        assert texts.is_offensive(name), name
        assert texts.shown_name(name, "A17", name_filter=True) == "Guest A17"
        assert texts.shown_name(name, "A17", name_filter=False) == name
    for name in ("Mina", "Cockburn", "Scunthorpe", "Matsushita", "Dickinson", "Bo", "Zoë", "李雷", ""):
        assert not texts.is_offensive(name), name
    assert texts.is_offensive("Grinch", {"grinch"})


def test_the_vip_word() -> None:
    """Rule 62: a whole word, without case, removed from the text."""
    assert texts.without_vip_word("flat white KEYNOTE oat", "keynote") == ("flat white oat", True)
    assert texts.without_vip_word("keynote: latte", "Keynote") == (": latte", True)
    assert texts.without_vip_word("keynotes latte", "keynote") == ("keynotes latte", False)
    assert texts.without_vip_word("latte (a.b)", "a.b") == ("latte ( )", True)
    assert texts.without_vip_word("latte  oat", None) == ("latte  oat", False)
