"""What an event and a station can be set to, and how what is not set is inherited (section 5.5)."""

import json
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from sqlalchemy import Text, select, type_coerce

from livefloor import Invalid, Look, View, bindparam
from livefloor.systems.coffee.models import Occasion, Station, StationSettings
from livefloor.systems.coffee.rules.texts import TEMPLATES, TextKind, fields

S = TypeVar("S", bound="_Set")
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$"), Field(examples=["08:00"])]
Minutes = Annotated[int, Field(ge=1, le=240)]
ReminderMinutes = Annotated[int, Field(ge=0, le=60)]


class _Set(View):
    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)


class Hours(_Set):
    """Hours of a day, in the event's time zone."""

    start: TimeOfDay
    end: TimeOfDay


class Window(Hours):
    """Hours of a day within which coffee is served."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start >= self.end:
            raise ValueError("start must be before end")
        return self


def _apart(windows: list[Window]) -> list[Window]:
    """Put windows in order; refuse those that overlap."""
    windows = sorted(windows, key=lambda window: window.start)
    if any(one.end > other.start for one, other in pairwise(windows)):
        raise ValueError("windows overlap")
    return windows


def _with_braces(wordings: dict[TextKind, str]) -> dict[TextKind, str]:
    """Return the wordings; refuse one that drops a name in braces or has one that nothing fills."""
    for kind, wording in wordings.items():
        if (need := fields(TEMPLATES[kind])) != fields(wording):
            needed = ", ".join(f"{{{name}}}" for name in sorted(need)) or "no braces"
            raise ValueError(f"{kind} has {needed}, each as it stands")
    return wordings


Wording = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=320, pattern=r"^[^\x00-\x1f\x7f]+$")
]


Phrase = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_lower=True, min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f=]+$"
    ),
]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,32}$")]


class EventSettings(_Set):
    """All settings of an event, with the values that hold until somebody changes them."""

    sms_ordering: bool = True
    web_ordering: bool = True
    group_ordering: bool = True
    default_country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = "AU"
    vip_word: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\S{4,20}$")] | None = None
    vip_word_max_uses: Annotated[int, Field(ge=0, le=10_000)] = 50
    vip_by_barista: bool = True
    starvation_minutes: Minutes = 12
    late_minutes: Minutes = 10
    quote_buffer_pct: Annotated[int, Field(ge=0, le=200)] = 15
    min_quote_minutes: Annotated[int, Field(ge=0, le=60)] = 2
    auto_assign: bool = True
    auto_failover: bool = True
    offline_grace_seconds: Annotated[int, Field(ge=20, le=3600)] = 60
    failover_after_seconds: Annotated[int, Field(ge=20, le=3600)] = 180
    failover_keep: Annotated[int, Field(ge=0, le=20)] = 2
    ready_sms: bool = True
    ready_sms_delay_seconds: Annotated[int, Field(ge=0, le=120)] = 10
    reminder_minutes: ReminderMinutes = 5
    uncollected_minutes: Minutes = 20
    board_clear_minutes: Minutes = 10
    max_open_tickets_per_phone: Annotated[int, Field(ge=1, le=20)] = 2
    max_cups_per_ticket: Annotated[int, Field(ge=1, le=6)] = 6
    max_cups_per_phone_per_day: Annotated[int, Field(ge=0, le=1000)] = 8
    cup_cap: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    service_windows: Annotated[list[Window], Field(max_length=12), AfterValidator(_apart)] = Field(default_factory=list)
    last_orders_minutes: Annotated[int, Field(ge=0, le=120)] = 10
    sms_wordings: Annotated[dict[TextKind, Wording], AfterValidator(_with_braces)] = Field(default_factory=dict)
    """The texts that are worded otherwise than they come (section 4)."""
    sms_words: Annotated[dict[Phrase, Code], Field(max_length=200)] = Field(default_factory=dict)
    """What guests write besides the names, with the code of the drink, size, milk or option that is meant (section 4)."""
    substitute_wait_seconds: Annotated[int, Field(ge=30, le=1800)] = 180
    name_filter: bool = True
    quiet_sms_hours: Hours | None = None
    retention_days: Annotated[int, Field(ge=1, le=365)] = 7
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "AUD"


PUBLIC_KEYS = (
    "sms_ordering",
    "web_ordering",
    "group_ordering",
    "default_country",
    "max_cups_per_ticket",
    "service_windows",
    "last_orders_minutes",
    "currency",
)
"""What guests may know; among what they may not is the VIP word."""


class Sound(_Set):
    """Whether a tablet makes sounds, and how loud, in percent."""

    on: bool = True
    volume: Annotated[int, Field(ge=0, le=100)] = 80


class StationChoices(_Set):
    """All settings of a station. What is None there is the event's, or for `max_queue` the station's own column."""

    sound: Sound = Sound()
    layout: Literal["cards", "list"] = "cards"
    printer: Literal["none", "browser", "zpl"] = "browser"
    label_copies: Annotated[int, Field(ge=0, le=2)] = 1
    menu_item_codes: Annotated[list[str], Field(max_length=200)] | None = None
    milk_codes: Annotated[list[str], Field(max_length=50)] | None = None
    vip_allowed: bool = True
    max_queue: Annotated[int, Field(ge=1, le=99)] | None = None
    board_message: Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00-\x1f\x7f<>]*$")] = ""
    batch_hints: bool = True
    one_tap_complete: bool = False
    reminder_minutes: ReminderMinutes | None = None
    board_clear_minutes: Minutes | None = None
    late_minutes: Minutes | None = None


FROM_EVENT = ("reminder_minutes", "board_clear_minutes", "late_minutes")
INHERITED = ("max_queue", *FROM_EVENT)
OF_TABLET = {"sound", "layout", "printer"}
"""What a barista may set of the own station."""

# Read as the text that it is stored as: equal settings are known without being decoded again.
ACTIVE_TEXT = select(type_coerce(Occasion.settings, Text)).where(Occasion.status == "active")
STATION_TEXT = (
    select(Station.max_queue, type_coerce(StationSettings.settings, Text))
    .outerjoin(StationSettings, StationSettings.station_id == Station.id)
    .where(Station.id == bindparam("of_station"))
)


@lru_cache(maxsize=64)
def _event_settings(text: str | None) -> EventSettings:
    return EventSettings.model_validate(_known(EventSettings, text))


@lru_cache(maxsize=256)
def _station_choices(text: str | None) -> StationChoices:
    return StationChoices.model_validate(_known(StationChoices, text))


def _known(kind: type[_Set], text: str | None) -> dict[str, Any]:
    stored = json.loads(text) if text else {}
    return {key: value for key, value in stored.items() if key in kind.model_fields}


async def event_settings(look: Look) -> EventSettings:
    """Return the settings of the active event, or the defaults while there is none."""
    return _event_settings(await look.one(ACTIVE_TEXT))


async def station_choices(look: Look, station_id: int) -> StationChoices:
    """Return the settings of a station with what it inherits put in."""
    rows = await look.tuples(STATION_TEXT, of_station=station_id)
    max_queue, text = rows[0] if rows else (None, None)
    return inherit(_station_choices(text), await event_settings(look), max_queue)


def inherit(own: StationChoices, event: EventSettings, max_queue: int | None) -> StationChoices:
    """Return a station's settings with the event's, and the station's own longest queue, where it has none."""
    given: dict[str, Any] = {"max_queue": max_queue, **{key: getattr(event, key) for key in FROM_EVENT}}
    return own.model_copy(update={key: value for key, value in given.items() if getattr(own, key) is None})


def merged(kind: type[S], stored: dict[str, Any], asked: dict[str, Any], *, clears: bool) -> tuple[dict[str, Any], S]:
    """Return what is stored after a change, and all settings then; with `clears` null takes a setting back.

    Raises Invalid that names each setting as `settings.<key>`.
    """
    after = {**stored, **asked}
    if clears:
        after = {key: value for key, value in after.items() if value is not None}
    try:
        whole = kind.model_validate(after)
    except ValidationError as error:
        errors = [
            {"field": ".".join(["settings", *(str(part) for part in item["loc"])]), "message": item["msg"]}
            for item in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        raise Invalid(None, f"{errors[0]['field']}: {errors[0]['message']}.", errors=errors) from error
    plain = whole.model_dump(mode="json")
    return {key: plain[key] for key in after}, whole
