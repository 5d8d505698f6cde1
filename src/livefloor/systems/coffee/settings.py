"""The settings of the event and of each station: read and changed while the service runs (section 5.5)."""

from collections.abc import Collection, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from sqlalchemy import select

from livefloor import (
    GET,
    POST,
    PUBLIC,
    Address,
    Ctx,
    Event,
    Forbidden,
    Frame,
    Input,
    Invalid,
    Look,
    NotFound,
    Part,
    View,
)
from livefloor.systems.coffee.event_settings import (
    INHERITED,
    OF_TABLET,
    PUBLIC_KEYS,
    EventSettings,
    StationChoices,
    event_settings,
    merged,
    station_choices,
)
from livefloor.systems.coffee.guests import USES_OF_WORD
from livefloor.systems.coffee.models import MenuItem, MenuOption, Milk, Occasion, Station, StationSettings
from livefloor.systems.coffee.occasions import ACTIVE, active_occasion
from livefloor.systems.coffee.rooms import (
    ALL_STAFF,
    BARISTA,
    LEADS,
    ORGANIZERS,
    STAFF,
    STAFF_AND_BOARDS,
    Fact,
    by,
    station_room,
)
from livefloor.systems.coffee.rules.vocabulary import SYNONYMS
from livefloor.systems.coffee.staffing import check_own_station

Version = Annotated[int | None, Field(ge=0, lt=2**63)]


class EventSettingsView(View):
    """The settings of the event; guests see some of them."""

    settings: dict[str, Any]
    version: int
    vip_word_uses: int | None = None
    """How often the VIP word counted in this event, for those who lead."""


class StationSettingsView(View):
    """The settings of a station, and which of them are not its own."""

    station_id: int
    settings: StationChoices
    inherited: list[str]
    version: int


class SettingsChange(Input):
    """The settings to change, and the version of what was read before."""

    settings: dict[str, Any] = Field(max_length=60)
    version: Version = None


class SettingsUpdated(Fact):
    """Settings were changed: which, and all of that scope as they are now."""

    name: ClassVar[str] = "settings_updated"
    scope: Literal["event", "station"]
    station_id: int | None = None
    changed: list[str]
    settings: dict[str, Any]

    def subject(self) -> str:
        """Name the scope."""
        return "settings:event" if self.station_id is None else f"settings:station:{self.station_id}"

    def rooms(self) -> Sequence[Address]:
        """Return the rooms of the whole crew, or of the station and the organizers."""
        return ALL_STAFF if self.station_id is None else [station_room(self.station_id), ORGANIZERS()]


EVENTS: tuple[type[Event], ...] = (SettingsUpdated,)
FRAMES: tuple[type[Frame], ...] = (SettingsUpdated,)

settings = Part("settings")

SERVING = select(Station.id).where(Station.kind == "service").order_by(Station.id)


# -- the event --------------------------------------------------------------------------------------------------------


@settings.query(GET("/api/settings/event"), allow=STAFF | PUBLIC, refuses=(404,))
async def get_event_settings(look: Look) -> EventSettingsView:
    """Show the settings of the active event."""
    occasion = await active_occasion(look)
    whole = await event_settings(look)
    shown = whole.model_dump(mode="json", include=None if look.actor.is_in(STAFF) else set(PUBLIC_KEYS))
    return await _told(look, occasion, shown)


async def _told(look: Look, occasion: Occasion, shown: dict[str, Any]) -> EventSettingsView:
    uses = await look.one(USES_OF_WORD, of_event=occasion.id) if look.actor.is_in(LEADS) else None
    return EventSettingsView(settings=shown, version=occasion.version, vip_word_uses=uses)


@settings.command(POST("/api/settings/event"), allow=LEADS, refuses=(404, 412))
async def change_event_settings(ctx: Ctx, body: SettingsChange) -> EventSettingsView:
    """Change settings of the active event."""
    await ctx.lock("occasions")
    occasion = await ctx.one(ACTIVE.with_for_update())
    if occasion is None:
        raise NotFound("no_active_event", "No event is active.")
    before = (await event_settings(ctx)).model_dump(mode="json")
    ctx.check_version(occasion.version, body.version, EventSettingsView(settings=before, version=occasion.version))
    stored, whole = merged(EventSettings, occasion.settings, body.settings, clears=False)
    if "sms_words" in body.settings:
        await _refuse_unknown_meanings(ctx, whole.sms_words)
    after = whole.model_dump(mode="json")
    changed = sorted(key for key in after if after[key] != before[key])
    if changed:
        occasion.settings = stored
        await ctx.save(occasion)
        ctx.emit(SettingsUpdated(actor=by(ctx), scope="event", changed=changed, settings=after))
        for station_id in await ctx.all(SERVING):
            await tell_inherited(ctx, station_id, changed)
    return await _told(ctx, occasion, after)


async def _refuse_unknown_meanings(ctx: Ctx, words: dict[str, str]) -> None:
    """Refuse a word for what is not on the menu. Raises Invalid."""
    known = set(SYNONYMS["size"])
    for model in (MenuItem, Milk, MenuOption):
        known |= set(await ctx.all(select(model.code)))
    for word, code in words.items():
        if code not in known:
            raise Invalid.field("settings.sms_words", f"{word}: {code} is not known")


async def tell_inherited(ctx: Ctx, station_id: int, keys: Collection[str]) -> None:
    """Tell the settings of a station that takes some of these from the event or from its own row, which have changed."""
    row = await _row(ctx, station_id)
    taken = sorted(set(keys) & set(INHERITED) - row.settings.keys())
    if taken:
        after = (await station_choices(ctx, station_id)).model_dump(mode="json")
        ctx.emit(SettingsUpdated(actor=by(ctx), scope="station", station_id=station_id, changed=taken, settings=after))


# -- a station --------------------------------------------------------------------------------------------------------


async def _row(look: Look, station_id: int) -> StationSettings:
    """Return what a station has set for itself. Raises NotFound."""
    row = await look.find(StationSettings, station_id)
    if row is None:
        raise NotFound("not_found", "There is no such station.")
    return row


async def _shown(look: Look, row: StationSettings) -> StationSettingsView:
    return StationSettingsView(
        station_id=row.station_id,
        settings=await station_choices(look, row.station_id),
        inherited=[key for key in INHERITED if key not in row.settings],
        version=row.version,
    )


@settings.query(GET("/api/settings/station/{station_id}"), allow=STAFF_AND_BOARDS)
async def get_station_settings(look: Look, station_id: int) -> StationSettingsView:
    """Show the settings of a station."""
    return await _shown(look, await _row(look, station_id))


@settings.command(POST("/api/settings/station/{station_id}"), allow=LEADS | BARISTA, refuses=(412,))
async def change_station_settings(ctx: Ctx, station_id: int, body: SettingsChange) -> StationSettingsView:
    """Change settings of a station; null takes the event's value again."""
    # The station's row is held: its settings are read by those who choose a station for a cup.
    if await ctx.locked(Station, station_id) is None:
        raise NotFound("not_found", "There is no such station.")
    await check_own_station(ctx, station_id)
    if ctx.actor.role == "barista" and not body.settings.keys() <= OF_TABLET:
        raise Forbidden("forbidden", "Of the own station you may set sound, layout and printer.")
    row = await _row(ctx, station_id)
    shown = await _shown(ctx, row)
    ctx.check_version(row.version, body.version, shown)
    stored, _ = merged(StationChoices, row.settings, body.settings, clears=True)
    await _refuse_unknown_codes(ctx, stored)
    before = shown.settings.model_dump(mode="json")
    if stored == row.settings:
        return shown
    row.settings = stored
    await ctx.save(row)
    now = await _shown(ctx, row)
    after = now.settings.model_dump(mode="json")
    changed = sorted({key for key in after if after[key] != before[key]} | (before.keys() & body.settings.keys()))
    ctx.emit(SettingsUpdated(actor=by(ctx), scope="station", station_id=station_id, changed=changed, settings=after))
    return now


async def _refuse_unknown_codes(ctx: Ctx, stored: dict[str, Any]) -> None:
    for key, model in (("menu_item_codes", MenuItem), ("milk_codes", Milk)):
        known = set(await ctx.all(select(model.code))) if stored.get(key) else set()
        unknown = [code for code in stored.get(key) or () if code not in known]
        if unknown:
            raise Invalid.field(f"settings.{key}", f"{unknown[0]} is not known")
