"""The settings of the room: what an admin can change while it runs."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints, ValidationError, model_validator
from sqlalchemy import Text, select, type_coerce

from livefloor import GET, PATCH, Ctx, Event, Input, Invalid, Look, Part, Stale, View
from livefloor.systems.laundry.events import ADMIN, CREW
from livefloor.systems.laundry.models import Setting


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("is not an IANA time zone, for example Asia/Kuala_Lumpur") from error
    return name


def _different(words: list[str]) -> list[str]:
    if len({word.casefold() for word in words}) != len(words):
        raise ValueError("names a place twice")
    return words


Count = Annotated[int, Field(ge=1, le=20)]
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$")
]
Reminders = Annotated[
    list[Annotated[int, Field(ge=1, le=1440)]], Field(max_length=5), AfterValidator(lambda many: sorted(set(many)))
]
Places = Annotated[list[Line], Field(min_length=1, max_length=10), AfterValidator(_different)]
PresenceCheck = Literal["off", "code"]
RegistrationMode = Literal["open", "room_code", "roster"]
NewDeviceCheck = Literal["guard", "always", "off"]
RoomCode = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=6, max_length=12, pattern=r"^[^\x00-\x1f\x7f]+$")
]
Zone = Annotated[str, Field(max_length=64), AfterValidator(_zone)]


class RoomSettings(View):
    """All settings of the room, with the values that hold until somebody changes them."""

    fault_report_disable_threshold: Count = 3
    safety_fault_threshold: Count = 1
    pickup_grace_minutes: Annotated[int, Field(ge=0, le=120)] = 10
    claim_window_minutes: Annotated[int, Field(ge=2, le=60)] = 10
    claim_reminder_minutes: Annotated[int, Field(ge=0, le=60)] = 3
    rejoin_cooldown_minutes: Annotated[int, Field(ge=0, le=60)] = 10
    finder_hold_minutes: Annotated[int, Field(ge=1, le=15)] = 5
    max_active_per_type: Annotated[int, Field(ge=1, le=12)] = 2
    waitlist_max: Annotated[int, Field(ge=1, le=500)] = 50
    waitlist_entry_max_hours: Annotated[int, Field(ge=1, le=168)] = 12
    no_show_limit: Count = 3
    no_show_period_days: Annotated[int, Field(ge=1, le=90)] = 7
    suspension_hours: Annotated[int, Field(ge=1, le=720)] = 24
    ending_soon_minutes: Annotated[int, Field(ge=0, le=60)] = 5
    pickup_reminder_minutes: Reminders = Field([30, 60])
    abandoned_minutes: Annotated[int, Field(ge=1, le=1440)] = 120
    pickup_places: Places = Field(["Basket shelf", "Folding table"])
    presence_check: PresenceCheck = "off"
    accounts_per_phone: Annotated[int, Field(ge=0, le=100)] = 3
    registration_mode: RegistrationMode = "open"
    room_code: RoomCode | None = None
    new_device_check: NewDeviceCheck = "guard"
    timezone: Zone = "UTC"
    room_name: Line = "KY Wash"

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        if self.registration_mode == "room_code" and self.room_code is None:
            raise ValueError("room_code: is needed while registration_mode is room_code")
        if self.claim_reminder_minutes >= self.claim_window_minutes:
            raise ValueError("claim_reminder_minutes: must be less than claim_window_minutes")
        return self

    def clock_text(self, moment: datetime) -> str:
        """Return the time of day in the room, for a sentence."""
        return f"{moment.astimezone(ZoneInfo(self.timezone)):%H:%M}"


class SettingsView(RoomSettings):
    """All settings, and the version that a change has to name."""

    version: int


class SettingsChange(Input):
    """The settings to change, and the version of what was read before."""

    version: Annotated[int, Field(ge=0, lt=2**63)]
    fault_report_disable_threshold: Count | None = None
    safety_fault_threshold: Count | None = None
    pickup_grace_minutes: Annotated[int, Field(ge=0, le=120)] | None = None
    claim_window_minutes: Annotated[int, Field(ge=2, le=60)] | None = None
    claim_reminder_minutes: Annotated[int, Field(ge=0, le=60)] | None = None
    rejoin_cooldown_minutes: Annotated[int, Field(ge=0, le=60)] | None = None
    finder_hold_minutes: Annotated[int, Field(ge=1, le=15)] | None = None
    max_active_per_type: Annotated[int, Field(ge=1, le=12)] | None = None
    waitlist_max: Annotated[int, Field(ge=1, le=500)] | None = None
    waitlist_entry_max_hours: Annotated[int, Field(ge=1, le=168)] | None = None
    no_show_limit: Count | None = None
    no_show_period_days: Annotated[int, Field(ge=1, le=90)] | None = None
    suspension_hours: Annotated[int, Field(ge=1, le=720)] | None = None
    ending_soon_minutes: Annotated[int, Field(ge=0, le=60)] | None = None
    pickup_reminder_minutes: Reminders | None = None
    abandoned_minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    pickup_places: Places | None = None
    presence_check: PresenceCheck | None = None
    accounts_per_phone: Annotated[int, Field(ge=0, le=100)] | None = None
    registration_mode: RegistrationMode | None = None
    room_code: RoomCode | None = None
    new_device_check: NewDeviceCheck | None = None
    timezone: Zone | None = None
    room_name: Line | None = None


class ChangedSetting(View):
    """One setting before and after."""

    key: str
    old: Any
    new: Any


class SettingsChanged(Event):
    """An admin changed settings of the room."""

    name: ClassVar[str] = "settings.changed"
    rank: ClassVar[int] = 60
    changes: list[ChangedSetting]
    version: int

    def subject(self) -> str:
        """Name the settings."""
        return "settings:room"


# The values are read as the text they are stored as, so that equal rows are known without decoding them.
ROWS = select(Setting.key, type_coerce(Setting.value, Text), Setting.version).order_by(Setting.key)


@lru_cache(maxsize=64)
def _settings_of(rows: tuple[tuple[str, str, int], ...]) -> tuple[RoomSettings, int]:
    values = {key: json.loads(value) for key, value, _ in rows if key in RoomSettings.model_fields}
    return RoomSettings.model_validate(values), sum(version for _, _, version in rows)


async def room_settings(look: Look) -> RoomSettings:
    """Return the settings of the room."""
    return _settings_of(tuple(await look.tuples(ROWS)))[0]


async def room_timezone(look: Look) -> str:
    """Return the time zone by which days and hours of the room are counted."""
    return (await room_settings(look)).timezone


async def first_settings(ctx: Ctx) -> None:
    """Keep the first start's values of settings that the environment may give; later the table rules."""
    row = Setting(
        key="fault_report_disable_threshold",
        value=ctx.settings.fault_report_disable_threshold,
        updated_by=None,
        updated_at=ctx.now,
    )
    await ctx.try_add(row)


settings = Part("settings")


@settings.query(GET("/api/v1/admin/settings"), allow=CREW)
async def get_settings(look: Look) -> SettingsView:
    """Show the settings of the room."""
    current, version = _settings_of(tuple(await look.tuples(ROWS)))
    return SettingsView(**current.model_dump(), version=version)


@settings.command(PATCH("/api/v1/admin/settings"), allow=ADMIN, refuses=(412,))
async def change_settings(ctx: Ctx, body: SettingsChange) -> SettingsView:
    """Change settings of the room."""
    await ctx.lock("settings")
    current, version = _settings_of(tuple(await ctx.tuples(ROWS)))
    if body.version != version:
        raise Stale("stale_version", "The settings were changed meanwhile.", version=version)
    before = current.model_dump()
    asked = {key: getattr(body, key) for key in body.model_fields_set - {"version"}}
    try:
        after = RoomSettings.model_validate({**before, **asked})
    except ValidationError as error:
        raise _refusal(error) from error
    changed = [key for key, value in after.model_dump().items() if value != before[key]]
    for key in changed:
        row = await ctx.find(Setting, key)
        # Nothing, as a value, is JSON's null and not the database's.
        value = b"null" if getattr(after, key) is None else getattr(after, key)
        if row is None:
            await ctx.add(Setting(key=key, value=value, updated_by=ctx.actor.id, updated_at=ctx.now))
        else:
            row.value, row.updated_by = value, ctx.actor.id
            await ctx.save(row)
        version += 1
    if changed:
        told = [ChangedSetting(key=key, old=before[key], new=getattr(after, key)) for key in changed]
        ctx.emit(SettingsChanged(changes=told, version=version))
    return SettingsView(**after.model_dump(), version=version)


def _refusal(error: ValidationError) -> Invalid:
    """Return the refusal that names the settings; a rule over several of them names the first in its own words."""
    errors: list[dict[str, Any]] = []
    for item in error.errors(include_url=False, include_context=False, include_input=False):
        message = item["msg"].removeprefix("Value error, ")
        place: Sequence[Any] = item["loc"] or (message.split(":")[0],)
        errors.append({"field": ".".join(str(part) for part in place), "message": message})
    return Invalid("validation_error", f"{errors[0]['field']}: {errors[0]['message']}.", errors=errors)


EVENTS: tuple[type[Event], ...] = (SettingsChanged,)
