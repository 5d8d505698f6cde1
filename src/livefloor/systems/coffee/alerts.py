"""Alerts: what staff should look at. One of a kind, station and subject is open at a time; the database sees to it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from sqlalchemy import delete, select

from livefloor import (
    GET,
    POST,
    Address,
    Announced,
    Ctx,
    Cursor,
    Items,
    Look,
    NotFound,
    PageLimit,
    Part,
    UtcTime,
    View,
    bindparam,
    page,
)
from livefloor.parts.retention import forget_old
from livefloor.systems.coffee.models import Alert
from livefloor.systems.coffee.rooms import FRONT, ORGANIZERS, STAFF, SUPPORT_ROOM, Fact, by, station_room

AlertKind = Literal[
    "low_stock",
    "out_of_stock",
    "station_lost",
    "station_unstaffed",
    "late_orders",
    "no_show",
    "sms_failing",
    "stranded",
    "help",
    "cap_near",
]
AlertLevel = Literal["info", "warn", "critical"]

_OPEN = (
    select(Alert)
    .where(Alert.kind == bindparam("kind"), Alert.subject == bindparam("subject"), Alert.closed_at.is_(None))
    .with_for_update()
)
OPEN_AT = _OPEN.where(Alert.station_id == bindparam("station_id"))
KEPT = timedelta(days=7)
"""How long an alert that is over can still be looked at."""
OVER = delete(Alert).where(Alert.closed_at < bindparam("before", type_=UtcTime()))
OPEN_EVERYWHERE = _OPEN.where(Alert.station_id.is_(None))


class AlertView(View):
    """An alert as staff see it."""

    collection: ClassVar[str] = "alerts"
    id: str
    kind: AlertKind
    station_id: int | None
    subject: str
    level: AlertLevel
    opened_at: datetime
    acked_by: str | None
    acked_at: datetime | None
    closed_at: datetime | None
    version: int


class AlertFact(Fact):
    """A fact about one alert, told at its station, to the organizers and to the front of house."""

    alert: AlertView

    def subject(self) -> str:
        """Name the alert."""
        return f"alert:{self.alert.id}"

    def rooms(self) -> Sequence[Address]:
        """Return the station's room if it has one, the organizers' and the front of house's."""
        here = [station_room(self.alert.station_id)] if self.alert.station_id is not None else []
        return [*here, ORGANIZERS(), SUPPORT_ROOM()]


class AlertOpened(AlertFact):
    """Something is wrong that was not before."""

    name: ClassVar[str] = "alert_opened"


class AlertUpdated(AlertFact):
    """An alert was acknowledged, became worse or milder, or is over."""

    name: ClassVar[str] = "alert_updated"


EVENTS: tuple[type[Announced], ...] = (AlertOpened, AlertUpdated)

alerts = Part("alerts")


async def open_alert(
    ctx: Ctx, kind: AlertKind, level: AlertLevel, *, station_id: int | None = None, subject: str = ""
) -> None:
    """Open an alert, or give the one that is open another level. Repeating it changes and tells nothing."""
    alert = Alert(kind=kind, level=level, station_id=station_id, subject=subject, opened_at=ctx.now)
    if await ctx.try_add(alert):
        ctx.emit(AlertOpened(actor=by(ctx), alert=AlertView.model_validate(alert)))
        return
    standing = await _standing(ctx, kind, station_id, subject)
    if standing is not None and standing.level != level:
        standing.level = level
        await _keep(ctx, standing)


async def close_alert(ctx: Ctx, kind: AlertKind, *, station_id: int | None = None, subject: str = "") -> None:
    """Close an alert if it is open."""
    standing = await _standing(ctx, kind, station_id, subject)
    if standing is not None:
        standing.closed_at = ctx.now
        await _keep(ctx, standing)


async def _standing(ctx: Ctx, kind: AlertKind, station_id: int | None, subject: str) -> Alert | None:
    if station_id is None:
        return await ctx.one(OPEN_EVERYWHERE, kind=kind, subject=subject)
    return await ctx.one(OPEN_AT, kind=kind, subject=subject, station_id=station_id)


async def _keep(ctx: Ctx, alert: Alert) -> AlertView:
    await ctx.save(alert)
    shown = AlertView.model_validate(alert)
    ctx.emit(AlertUpdated(actor=by(ctx), alert=shown))
    return shown


@alerts.every("27 * * * *")
async def clean_up(ctx: Ctx) -> None:
    """Delete the alerts that were over long ago, and old keys, tries and sessions (section 8)."""
    await ctx.run(OVER, before=ctx.woken_at - KEPT)
    await forget_old(ctx)


@alerts.query(GET("/api/alerts/"), allow=STAFF)
async def list_alerts(
    look: Look, open: bool | None = None, cursor: Cursor = None, limit: PageLimit = 50
) -> Items[AlertView]:
    """List the alerts, newest first: all, those that are open, or those that are over."""
    statement = select(Alert)
    if open is not None:
        statement = statement.where(Alert.closed_at.is_(None) if open else Alert.closed_at.is_not(None))
    order = (Alert.opened_at.desc(), Alert.id.desc())
    found = await page(look, statement, order=order, cursor=cursor, limit=limit)
    return Items[AlertView](items=[AlertView.model_validate(row) for row in found.rows], **found.place())


@alerts.command(POST("/api/alerts/{alert_id}/ack"), allow=FRONT)
async def acknowledge_alert(ctx: Ctx, alert_id: str) -> AlertView:
    """Say that somebody looks after an alert. Who said so first stays; a repeat changes nothing."""
    alert = await ctx.locked(Alert, alert_id)
    if alert is None:
        raise NotFound()
    if alert.acked_at is not None:
        return AlertView.model_validate(alert)
    alert.acked_by, alert.acked_at = ctx.actor.id, ctx.now
    return await _keep(ctx, alert)
