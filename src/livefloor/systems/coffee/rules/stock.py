"""What a cup takes, what is left, what that takes off the menu, and how long it lasts (rules 23, 26 to 33, 36)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from statistics import mean
from typing import Literal, NamedTuple

from livefloor.kernel.problems import Conflict, Invalid

Role = Literal["fixed", "milk", "beans"]
Effect = Literal["none", "replace_beans", "halve_beans"]
NeedsMilk = Literal["none", "required", "optional"]
Level = Literal["ok", "low", "critical", "out"]

LEVELS: tuple[Level, ...] = ("ok", "low", "critical", "out")
ALLERGENS = ("milk", "gluten", "soy", "tree_nut", "peanut", "egg", "sesame", "sulphite", "other")
UNMATCHED = "other"
"""The allergen that is only shown, with its note (rule 23)."""
REARM = Fraction(6, 5)
CUPS_FOR_MEAN = 50
MOVEMENTS_FOR_USE = 3
SUBSTITUTES = 3


class RecipeLine(NamedTuple):
    """A line of the menu's recipe; milk and beans are named by the order."""

    role: Role
    item: str | None
    quantity: int


class Option(NamedTuple):
    """An option of the menu, as far as it takes stock."""

    code: str
    maximum: int
    item: str | None
    quantity: int
    effect: Effect = "none"


class Line(NamedTuple):
    """What a cup takes of one item, in its unit; frozen at creation."""

    item: str
    quantity: int


class Missing(NamedTuple):
    """What an order needs and a station has not."""

    item: str
    needed: int
    available: int


class Offer(NamedTuple):
    """A drink in a size with a milk, and what it takes."""

    drink: str
    size: str
    milk: str | None
    recipe: tuple[Line, ...]


class Substitute(NamedTuple):
    """A milk that a guest may be offered instead."""

    code: str
    dairy: bool
    sort: int


@dataclass(frozen=True, slots=True)
class Marks:
    """Where the levels of an item lie at a station; `smallest_need` is that of any enabled drink using it."""

    low: int
    critical: int
    smallest_need: int | None = None
    blocks: bool = True


def recipe(
    lines: Iterable[RecipeLine],
    *,
    beans: str,
    needs_milk: NeedsMilk,
    milk: str | None,
    options: Sequence[tuple[Option, int]] = (),
) -> tuple[Line, ...]:
    """Return what a cup takes, by item (rule 28); half an odd number of grams is rounded up.

    Raises Conflict milk_required; Invalid for a milk in a drink without, or for too many of an option.
    """
    if needs_milk == "required" and milk is None:
        raise Conflict("milk_required", "This drink needs a milk.")
    if needs_milk == "none" and milk is not None:
        raise Invalid.field("milk", "This drink has no milk.", "no_milk_in_drink")
    for option, count in options:
        if not 1 <= count <= option.maximum:
            raise Invalid.field(f"options.{option.code}", f"From 1 to {option.maximum}.", "option_count")
    effects = {option.effect for option, _ in options}
    replaced = (option.item for option, _ in options if option.effect == "replace_beans")
    used_beans = next(replaced, None) or beans
    taken: dict[str, int] = {}
    for role, item, quantity in lines:
        name = {"milk": milk, "beans": used_beans}.get(role, item)
        amount = -(-quantity // 2) if role == "beans" and "halve_beans" in effects else quantity
        if name is not None:
            taken[name] = taken.get(name, 0) + amount
    for option, count in options:
        if option.item is not None and option.effect == "none":
            name = used_beans if option.item == beans else option.item
            taken[name] = taken.get(name, 0) + option.quantity * count
    return tuple(Line(item, quantity) for item, quantity in taken.items() if quantity)


def total(recipes: Iterable[Iterable[Line]]) -> dict[str, int]:
    """Return what several cups take together, by item."""
    taken: dict[str, int] = {}
    for lines in recipes:
        for item, quantity in lines:
            taken[item] = taken.get(item, 0) + quantity
    return taken


def missing(needs: Mapping[str, int], free: Mapping[str, int], blocking: Collection[str]) -> tuple[Missing, ...]:
    """Return the items that stop an order: those that block and have less free than needed (rules 3, 26)."""
    return tuple(
        Missing(item, needed, free.get(item, 0))
        for item, needed in sorted(needs.items())
        if item in blocking and free.get(item, 0) < needed
    )


def available(quantity: int, reserved: int) -> int:
    """Return what is not promised yet (section 5.2)."""
    return max(0, quantity - reserved)


def depleted(quantity: int, need: int) -> tuple[int, int]:
    """Return what is left after a depletion and what the books lacked (rule 29)."""
    return max(0, quantity - need), max(0, need - quantity)


def smallest_need(item: str, recipes: Iterable[Iterable[Line]]) -> int | None:
    """Return the least that any of these recipes takes of an item; None when none takes it."""
    return min((line.quantity for lines in recipes for line in lines if line.item == item), default=None)


def level(free: int, marks: Marks) -> Level:
    """Return the status of an item by what is available (section 5.2)."""
    if free < _out_below(marks):
        return "out"
    if free <= marks.critical:
        return "critical"
    return "low" if free <= marks.low else "ok"


def alert(told: Level, free: int, marks: Marks, *, by_count: bool = False) -> tuple[Level, Level | None]:
    """Return the level that counts as told from now on, and the one to raise an alert for, if any (rule 32).

    Each level is told once on the way down; it is armed again above 1.2 times its mark, or above the mark itself when a
    count or a restock brought the item there (`by_count`).
    """
    present = level(free, marks)
    if LEVELS.index(present) > LEVELS.index(told):
        return present, present
    while told != present and _rearmed(told, free, marks, by_count=by_count):
        told = LEVELS[LEVELS.index(told) - 1]
    return told, None


def shortages(offers: Iterable[Offer], free: Mapping[str, int], blocking: Collection[str]) -> dict[Offer, str]:
    """Return the offers that leave a station's menu, with the first item that they lack (rule 33)."""
    found = ((offer, missing(total([offer.recipe]), free, blocking)) for offer in offers)
    return {offer: short[0].item for offer, short in found if short}


def allergen_conflicts(
    declared: Iterable[str], items: Iterable[str], allergens: Mapping[str, Collection[str]]
) -> list[tuple[str, str]]:
    """Return each item of a cup that contains a declared allergen, with the allergen (rule 23)."""
    named = sorted(set(declared) - {UNMATCHED})
    return [(item, allergen) for item in items for allergen in named if allergen in allergens.get(item, ())]


def check_allergies(
    declared: Sequence[str], notes: str, items: Iterable[str], allergens: Mapping[str, Collection[str]]
) -> None:
    """Refuse a drink that contains what its guest must not have (rule 23). Raises Invalid allergen_conflict."""
    if UNMATCHED in declared and not notes.strip():
        raise Invalid.field("notes", "Say which other allergy it is.", "note_required")
    found = allergen_conflicts(declared, items, allergens)
    if found:
        conflicts = [{"item": item, "allergen": allergen} for item, allergen in found]
        errors = [{"field": "allergies", "message": f"{item} contains {allergen}."} for item, allergen in found]
        raise Invalid(
            "allergen_conflict", "This drink contains a declared allergen.", errors=errors, conflicts=conflicts
        )


def uncovered(cups: Iterable[tuple[str, datetime, int]], quantity: int) -> list[str]:
    """Return the cups that lose their reservation after a count below it: the newest ones, newest first (rule 30).

    Each cup is its id, its `queued_at` and its need of the item.
    """
    waiting = sorted(cups, key=lambda cup: (cup[1], cup[0]), reverse=True)
    promised = sum(need for _, _, need in waiting)
    lost = []
    for cup_id, _, need in waiting:
        if promised <= quantity:
            break
        lost.append(cup_id)
        promised -= need
    return lost


def substitutes(gone: Substitute, in_stock: Iterable[Substitute]) -> list[str]:
    """Return up to 3 milks to offer instead: those of the same kind first, then by `sort` (rule 36)."""
    others = (milk for milk in in_stock if milk.code != gone.code)
    ordered = sorted(others, key=lambda milk: (milk.dairy != gone.dairy, milk.sort, milk.code))
    return [milk.code for milk in ordered[:SUBSTITUTES]]


def use_per_hour(last_half_hour: Sequence[int], event_average: float | None) -> float | None:
    """Return the use of an item per hour from the amounts that left in the last 30 minutes (section 9)."""
    return 2.0 * sum(last_half_hour) if len(last_half_hour) >= MOVEMENTS_FOR_USE else event_average


def runs_out_at(now: datetime, free: int, per_hour: float | None) -> datetime | None:
    """Return when an item is used up at this pace; None when nothing is used (section 9)."""
    return now + timedelta(hours=free / per_hour) if per_hour else None


def cups_left(free: int, last_cups: Sequence[int], recipe_quantities: Sequence[int]) -> int | None:
    """Return for how many cups an item suffices: by the last 50 that used it, else by the recipes (section 9)."""
    quantities = last_cups[-CUPS_FOR_MEAN:] or recipe_quantities
    return int(free / mean(map(Fraction, quantities))) if quantities else None


def _out_below(marks: Marks) -> int:
    return marks.smallest_need if marks.blocks and marks.smallest_need else 1


def _rearmed(told: Level, free: int, marks: Marks, *, by_count: bool) -> bool:
    if told == "out":
        least = _out_below(marks)
        return free >= least if by_count else free > REARM * least
    mark = marks.critical if told == "critical" else marks.low
    return free > (mark if by_count else REARM * mark)
