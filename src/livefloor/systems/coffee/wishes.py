"""What somebody orders, as every way of ordering says it: the crew's page, the public page, texts, groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from livefloor import Input
from livefloor.systems.coffee.recipes import Wanted
from livefloor.systems.coffee.rules.texts import clean

Channel = Literal["walk_up", "sms", "web", "group"]
Allergen = Literal["milk", "gluten", "soy", "tree_nut", "peanut", "egg", "sesame", "sulphite", "other"]
Size = Literal["small", "regular", "large"]
Code = Annotated[str, Field(min_length=1, max_length=32)]


GuestName = Annotated[
    str, Field(max_length=200), AfterValidator(lambda text: clean(text, 24)), StringConstraints(min_length=1)
]
Notes = Annotated[str, Field(max_length=1000), AfterValidator(lambda text: clean(text, 120))]
Moment = AwareDatetime


class GuestCup(Input):
    """One cup as a guest orders it."""

    menu_item: Code
    size: Size
    milk: Code | None = None
    options: dict[Code, Annotated[int, Field(ge=0, le=5)]] = Field(default_factory=dict, max_length=20)
    notes: Notes = ""
    allergies: Annotated[list[Allergen], Field(max_length=9)] = Field(default_factory=list)

    def wanted(self, *, vip: bool = False) -> Wanted:
        """Return the cup as the menu reads it."""
        return Wanted(
            self.menu_item,
            self.size,
            self.milk,
            self.options,
            self.notes,
            tuple(self.allergies),
            vip,
        )


class CupInput(GuestCup):
    """One cup as the crew orders it."""

    priority: Literal["normal", "vip"] = "normal"

    def wanted(self, *, vip: bool = False) -> Wanted:
        """Return the cup as the menu reads it."""
        return super().wanted(vip=vip or self.priority == "vip")


@dataclass(frozen=True, slots=True)
class Wish:
    """One ticket as it is asked for. `held` cups of an open group wait until it is handed in; `number` is the ticket's."""

    customer_name: str
    cups: Sequence[Wanted]
    channel: Channel = "walk_up"
    phone: str | None = None
    station_id: int | None = None
    requested_for: datetime | None = None
    client_id: str | None = None
    created_offline_at: datetime | None = None
    customer_id: str | None = None
    group_order_id: str | None = None
    held: bool = False
    vip_by_word: bool = False
