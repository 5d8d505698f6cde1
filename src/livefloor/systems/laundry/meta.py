"""What a page must know of the room before anybody has signed in."""

from datetime import datetime

from sqlalchemy import select

from livefloor import GET, PUBLIC, Look, Part, View
from livefloor.systems.laundry.models import CycleCategory
from livefloor.systems.laundry.rules import MACHINE_TYPES, FaultKind
from livefloor.systems.laundry.settings import PresenceCheck, RegistrationMode, room_settings


class OfferedCategory(View):
    """A programme that can be chosen."""

    code: str
    label: str
    minutes: int


class OfferedCategories(View):
    """The programmes of each type."""

    washer: list[OfferedCategory]
    dryer: list[OfferedCategory]


class Meta(View):
    """The room as everybody may know it."""

    room_name: str
    version: str
    server_time: datetime
    timezone: str
    registration_mode: RegistrationMode
    categories: OfferedCategories
    pickup_places: list[str]
    pickup_grace_minutes: int
    claim_window_minutes: int
    fault_kinds: list[FaultKind]
    fault_report_disable_threshold: int
    presence_check: PresenceCheck
    push_public_key: str | None
    sms_enabled: bool


OFFERED = (
    select(CycleCategory)
    .where(CycleCategory.enabled.is_(True))
    .order_by(CycleCategory.machine_type, CycleCategory.sort, CycleCategory.minutes, CycleCategory.code)
)
FAULT_KINDS: tuple[FaultKind, ...] = FaultKind.__args__  # type: ignore[attr-defined]

meta = Part("meta")


@meta.query(GET("/api/v1/meta"), allow=PUBLIC, settles=False)
async def get_meta(look: Look) -> Meta:
    """Show the room's name, programmes, places and rules."""
    room = await room_settings(look)
    offered: dict[str, list[OfferedCategory]] = {kind: [] for kind in MACHINE_TYPES}
    for row in await look.all(OFFERED):
        offered[row.machine_type].append(OfferedCategory.model_validate(row))
    ports = look.means.ports
    return Meta(
        room_name=room.room_name,
        version=look.means.system.version,
        server_time=look.now,
        timezone=room.timezone,
        registration_mode=room.registration_mode,
        categories=OfferedCategories(**offered),
        pickup_places=room.pickup_places,
        pickup_grace_minutes=room.pickup_grace_minutes,
        claim_window_minutes=room.claim_window_minutes,
        fault_kinds=list(FAULT_KINDS),
        fault_report_disable_threshold=room.fault_report_disable_threshold,
        presence_check=room.presence_check,
        push_public_key=ports.push.public_key if ports.push is not None else None,
        sms_enabled=ports.sms.is_on,
    )
