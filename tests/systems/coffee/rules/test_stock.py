"""What a cup takes, what is left, what leaves the menu, how long it lasts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livefloor.kernel.problems import Conflict, Invalid
from livefloor.systems.coffee.rules import stock
from livefloor.systems.coffee.rules.stock import Level, Line, Marks, Missing, Offer, Option, RecipeLine, Substitute

NOW = datetime(2025, 3, 12, 0, 30, tzinfo=UTC)
SHOT = Option("extra_shot", 2, "beans", 9)
DECAF = Option("decaf", 1, "beans_decaf", 0, "replace_beans")
HALF = Option("half_strength", 1, None, 0, "halve_beans")
VANILLA = Option("vanilla", 2, "vanilla", 15)
ICED = Option("iced", 1, "ice", 120)
HOT = Option("extra_hot", 1, None, 0)
SMALL_LATTE = (
    RecipeLine("beans", None, 18),
    RecipeLine("milk", None, 180),
    RecipeLine("fixed", "cup_small", 1),
    RecipeLine("fixed", "lid", 1),
)


def taken(*options: tuple[Option, int], lines: Any = SMALL_LATTE, **values: Any) -> dict[str, int]:
    told = {"beans": "beans", "needs_milk": "required", "milk": "milk_oat", "options": options, **values}
    return dict(stock.recipe(lines, **told))


def test_recipe_of_a_cup() -> None:
    """Rule 28 and the tables of section 12."""
    plain = {"beans": 18, "milk_oat": 180, "cup_small": 1, "lid": 1}
    assert taken() == taken((HOT, 1)) == plain
    assert taken((SHOT, 2)) == {**plain, "beans": 36}
    assert taken((HALF, 1)) == {**plain, "beans": 9}
    assert taken((HALF, 1), (SHOT, 1)) == {**plain, "beans": 18}
    decaf = taken((DECAF, 1), (SHOT, 1))
    assert decaf == {"beans_decaf": 27, "milk_oat": 180, "cup_small": 1, "lid": 1}
    assert taken((VANILLA, 2), (ICED, 1)) == {**plain, "vanilla": 30, "ice": 120}
    assert taken((HALF, 1), lines=[RecipeLine("beans", None, 27)])["beans"] == 14
    tea = (RecipeLine("fixed", "tea_bag", 1), RecipeLine("milk", None, 30))
    assert taken(lines=tea, needs_milk="optional", milk=None) == {"tea_bag": 1}
    assert taken((DECAF, 1), lines=tea, needs_milk="optional") == {"tea_bag": 1, "milk_oat": 30}


def test_what_no_recipe_can_be() -> None:
    with pytest.raises(Conflict) as caught:
        taken(milk=None)
    assert caught.value.code == "milk_required"
    with pytest.raises(Invalid):
        taken(needs_milk="none")
    for count in (0, 3, -1):
        with pytest.raises(Invalid):
            taken((SHOT, count))


def test_what_is_missing() -> None:
    """Rules 3 and 26: what does not block is never missing."""
    needs = stock.total([[Line("milk_oat", 180), Line("lid", 1)], [Line("milk_oat", 160), Line("lid", 1)]])
    assert needs == {"milk_oat": 340, "lid": 2}
    assert stock.missing(needs, {"milk_oat": 340}, {"milk_oat"}) == ()
    assert stock.missing(needs, {"milk_oat": 339}, {"milk_oat"}) == (Missing("milk_oat", 340, 339),)
    assert stock.missing(needs, {}, {"milk_oat", "lid"}) == (Missing("lid", 2, 0), Missing("milk_oat", 340, 0))
    assert stock.available(100, 30) == 70
    assert stock.available(30, 100) == 0


@given(st.integers(0, 10**6), st.integers(1, 10**5))
def test_a_depletion_loses_nothing(quantity: int, need: int) -> None:
    """Rule 29."""
    after, shortfall = stock.depleted(quantity, need)
    assert after >= 0 <= shortfall
    assert quantity - after + shortfall == need
    assert not (after and shortfall)


def test_status() -> None:
    """Section 5.2: out below the smallest recipe, what does not block at nothing."""
    oat = Marks(2000, 800, smallest_need=70)
    assert [stock.level(free, oat) for free in (2001, 2000, 801, 800, 70, 69, 0)] == [
        "ok",
        "low",
        "low",
        "critical",
        "critical",
        "out",
        "out",
    ]
    lid = Marks(80, 30, smallest_need=1, blocks=False)
    assert [stock.level(free, lid) for free in (31, 1, 0)] == ["low", "critical", "out"]
    assert stock.level(1, Marks(0, 0)) == "ok"
    assert stock.smallest_need("milk", [[Line("milk", 70)], [Line("milk", 160), Line("x", 1)]]) == 70
    assert stock.smallest_need("milk", []) is None


def test_alerts_fire_once_on_the_way_down() -> None:
    """Rule 32: armed again above 1.2 times the mark, or above the mark by a count."""
    marks = Marks(2000, 800, smallest_need=70)
    told: Level = "ok"
    raised = []
    for free in (2100, 2000, 1500, 2400, 1990, 2401, 2000, 800, 960, 790, 961, 800, 60, 80, 60, 85, 60):
        told, alert = stock.alert(told, free, marks)
        raised.append((free, alert))
    assert [each for each in raised if each[1]] == [
        (2000, "low"),
        (2000, "low"),
        (800, "critical"),
        (800, "critical"),
        (60, "out"),
        (60, "out"),
    ]
    assert stock.alert("low", 2001, marks) == ("low", None)
    assert stock.alert("low", 2001, marks, by_count=True) == ("ok", None)
    assert stock.alert("out", 5000, marks) == ("ok", None)
    assert stock.alert("out", 70, marks, by_count=True) == ("critical", None)
    assert stock.alert("ok", 0, marks) == ("out", "out")
    assert stock.alert("critical", 900, marks) == ("critical", None)


@given(st.lists(st.tuples(st.integers(0, 3000), st.booleans()), max_size=30))
def test_no_level_is_told_twice_without_rising(moves: list[tuple[int, bool]]) -> None:
    marks, told, highest = Marks(2000, 800, smallest_need=70), "ok", 10**6
    bounds = {"low": 2000, "critical": 800, "out": 69}
    last: dict[str, int] = {}
    for step, (free, by_count) in enumerate(moves):
        told, alert = stock.alert(told, free, marks, by_count=by_count)  # type: ignore[arg-type]
        if alert is not None:
            assert alert == stock.level(free, marks)
            since = [each for each, _ in moves[last.get(alert, step) : step]]
            assert alert not in last or max(since, default=highest) > bounds[alert]
            last[alert] = step


def test_what_leaves_the_menu() -> None:
    """Rule 33: each drink, size and milk whose need exceeds what is there; back when it suffices again."""
    offers = [
        Offer("latte", size, milk, (Line(f"milk_{milk}", ml), Line("lid", 1)))
        for size, ml in (("small", 180), ("large", 360))
        for milk in ("oat", "soy")
    ]
    gone = stock.shortages(offers, {"milk_oat": 200, "milk_soy": 1000}, {"milk_oat", "milk_soy"})
    assert {(offer.size, offer.milk): item for offer, item in gone.items()} == {("large", "oat"): "milk_oat"}
    assert stock.shortages(offers, {"milk_oat": 360, "milk_soy": 360}, {"milk_oat", "milk_soy"}) == {}


def test_allergens() -> None:
    """Rule 23: named with the item; `other` is only shown and needs its note."""
    contents = {"milk_full": ["milk"], "milk_oat": ["gluten"], "milk_almond": ["tree_nut"]}
    assert stock.allergen_conflicts(["milk", "gluten"], ["beans", "milk_oat"], contents) == [("milk_oat", "gluten")]
    stock.check_allergies(["milk"], "", ["beans", "milk_oat"], contents)
    stock.check_allergies(["other"], "kiwi", ["milk_full"], {"milk_full": ["milk", "other"]})
    with pytest.raises(Invalid) as caught:
        stock.check_allergies(["milk"], "", ["milk_full"], contents)
    assert caught.value.code == "allergen_conflict"
    assert caught.value.extra["conflicts"] == [{"item": "milk_full", "allergen": "milk"}]
    with pytest.raises(Invalid):
        stock.check_allergies(["other"], " ", ["milk_full"], contents)


def test_a_count_below_what_is_promised() -> None:
    """Rule 30: the newest pending cups lose their portion, no more of them than needed."""
    cups = [(f"c{n}", NOW + timedelta(minutes=n), 180) for n in range(4)]
    assert stock.uncovered(cups, 720) == []
    assert stock.uncovered(cups, 719) == ["c3"]
    assert stock.uncovered(cups, 180) == ["c3", "c2", "c1"]
    assert stock.uncovered(cups, 0) == ["c3", "c2", "c1", "c0"]


def test_which_milks_are_offered_instead() -> None:
    """Rule 36: three, of the same kind first, then by sort."""
    full, skim, soy, almond, free = (
        Substitute(code, dairy, sort)
        for code, dairy, sort in (
            ("full", True, 1),
            ("skim", True, 2),
            ("soy", False, 4),
            ("almond", False, 5),
            ("lf", True, 6),
        )
    )
    oat = Substitute("oat", False, 3)
    assert stock.substitutes(oat, [full, skim, oat, soy, almond]) == ["soy", "almond", "full"]
    assert stock.substitutes(skim, [free, full, soy]) == ["full", "lf", "soy"]
    assert stock.substitutes(oat, [oat]) == []


def test_how_long_it_lasts() -> None:
    """Section 9: use per hour, runs out at, cups left."""
    assert stock.use_per_hour([180, 160, 180], 99.0) == 1040
    assert stock.use_per_hour([180, 160], 99.0) == 99
    assert stock.use_per_hour([], None) is None
    assert stock.runs_out_at(NOW, 520, 1040) == NOW + timedelta(minutes=30)
    assert stock.runs_out_at(NOW, 520, None) is stock.runs_out_at(NOW, 520, 0) is None
    assert stock.cups_left(1680, [180] * 50, [70]) == 9
    assert stock.cups_left(1680, [999, *[180] * 50], [70]) == 9
    assert stock.cups_left(1680, [], [160, 180]) == 9
    assert stock.cups_left(1680, [], []) is None
