"""Boards that guests look at: devices, and how one is paired by a code of six digits (section 5.12)."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints
from sqlalchemy import select

from livefloor import (
    DELETE,
    GET,
    POST,
    PUBLIC,
    Address,
    Announced,
    Ctx,
    Cursor,
    Gone,
    Input,
    Invalid,
    Items,
    Look,
    NotFound,
    PageLimit,
    Part,
    Unavailable,
    View,
    bindparam,
    digest,
    new_secret,
    page,
)
from livefloor.systems.coffee.models import DisplayDevice, Station
from livefloor.systems.coffee.rooms import LEADS, ORGANIZERS, Fact, by

CODE_LIVES = timedelta(minutes=10)
TRIES = 10
"""How many codes are drawn before the service is said to be too busy; one in a million is taken."""

BY_CODE = select(DisplayDevice).where(DisplayDevice.pair_code == bindparam("code")).with_for_update()


class NewDevice(Input):
    """A board to be paired; without a station it shows all."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    station_id: int | None = None


class PairCode(Input):
    """What the board was told."""

    pair_code: str = Field(min_length=1, max_length=20)


class DeviceView(View):
    """A board as the organizers see it."""

    collection: ClassVar[str] = "display_devices"
    id: str
    name: str
    station_id: int | None
    paired_at: datetime | None
    revoked_at: datetime | None
    last_seen_at: datetime | None
    version: int


class DeviceToPair(DeviceView):
    """A board, and the code by which it is paired."""

    pair_code: str
    pair_code_expires_at: datetime


class Paired(View):
    """The token of the board, given once, and what it shows."""

    device_token: str
    device_id: str
    name: str
    station_id: int | None


class DisplayUpdated(Fact):
    """A board was added, paired or revoked; a revoked one goes dark."""

    name: ClassVar[str] = "display_updated"
    device: DeviceView

    def subject(self) -> str:
        """Name the board."""
        return f"display:{self.device.id}"

    def rooms(self) -> Sequence[Address]:
        """Return the organizers' room."""
        return [ORGANIZERS()]

    def rechecks(self) -> str:
        """Name the board: its connections end with its token."""
        return self.device.id


EVENTS: tuple[type[Announced], ...] = (DisplayUpdated,)

displays = Part("displays")


def _tell(ctx: Ctx, device: DisplayDevice) -> None:
    ctx.emit(DisplayUpdated(actor=by(ctx), device=DeviceView.model_validate(device)))


@displays.command(POST("/api/display/devices", 201), allow=LEADS)
async def add_device(ctx: Ctx, body: NewDevice) -> DeviceToPair:
    """Add a board; it is paired by a code within ten minutes."""
    if body.station_id is not None and await ctx.find(Station, body.station_id) is None:
        raise Invalid.field("station_id", "there is no such station")
    for _ in range(TRIES):
        device = DisplayDevice(name=body.name, station_id=body.station_id, pair_code=f"{secrets.randbelow(10**6):06}")
        device.pair_code_expires_at = ctx.now + CODE_LIVES
        if await ctx.try_add(device):
            _tell(ctx, device)
            return DeviceToPair.model_validate(device)
    raise Unavailable("no_code_free", "There is no code free; try again.")


@displays.query(GET("/api/display/devices"), allow=LEADS)
async def list_devices(look: Look, cursor: Cursor = None, limit: PageLimit = 50) -> Items[DeviceView]:
    """List the boards, newest first."""
    order = (DisplayDevice.created_at.desc(), DisplayDevice.id.desc())
    found = await page(look, select(DisplayDevice), order=order, cursor=cursor, limit=limit)
    return Items[DeviceView](items=[DeviceView.model_validate(row) for row in found.rows], **found.place())


@displays.command(POST("/api/display/pair"), allow=PUBLIC, refuses=(404, 410), limit="pairing", replay=False)
async def pair_device(ctx: Ctx, body: PairCode) -> Paired:
    """Pair a board by its code; the token is given once, and lives until it is revoked."""
    device = await ctx.one(BY_CODE, code=body.pair_code.strip())
    if device is None or device.pair_code_expires_at is None or device.revoked_at is not None:
        raise NotFound("bad_code", "There is no such code.")
    if device.pair_code_expires_at <= ctx.now:
        raise Gone("code_expired", "This code is over; ask for another.")
    token = new_secret()
    device.token_hash, device.paired_at = digest(token), ctx.now
    device.pair_code = device.pair_code_expires_at = None
    await ctx.save(device)
    _tell(ctx, device)
    return Paired(device_token=token, device_id=device.id, name=device.name, station_id=device.station_id)


@displays.command(DELETE("/api/display/devices/{device_id}"), allow=LEADS)
async def revoke_device(ctx: Ctx, device_id: str) -> None:
    """Take a board its token; it goes dark at once."""
    device = await ctx.locked(DisplayDevice, device_id)
    if device is None:
        raise NotFound()
    if device.revoked_at is not None:
        return
    device.revoked_at, device.pair_code, device.pair_code_expires_at = ctx.now, None, None
    await ctx.save(device)
    _tell(ctx, device)
