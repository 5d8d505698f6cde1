"""Who works when in the demo: nine shifts over the week (section 12)."""

from datetime import datetime, time, timedelta

from livefloor.systems.coffee.attendance import automatic_check_out, no_show
from livefloor.systems.coffee.demo_stage import ZONE, Stage
from livefloor.systems.coffee.models import Schedule
from livefloor.systems.coffee.rules.schedules import CHECK_OUT_AFTER, NO_SHOW_AFTER

DAY = timedelta(days=1)
LATE_MINUTES = {"barista4": 7}
ELSEWHERE = (
    # days from today, who, status
    (-1, "barista", "checked_out"),
    (-1, "barista2", "no_show"),
    (-2, "barista3", "checked_out"),
    (1, "barista4", "planned"),
)


async def plan_shifts(stage: Stage) -> None:
    """Let those who make coffee be checked in since the start, and others come, stay away, or have been here before."""
    ctx, opens, closes = stage.ctx, stage.occasion.starts_at, stage.occasion.ends_at
    today = [
        _shift(stage, name, opens, closes, "checked_in") for name in ("barista", "barista2", "barista3", "barista4")
    ]
    # Whoever hands out comes in a few minutes, so that checking in can be tried; still today when it is near midnight.
    morning = datetime.combine(ctx.now.astimezone(ZONE).date(), time(8), ZONE)
    midnight = morning + timedelta(hours=16)
    starts = min(ctx.now + timedelta(minutes=20), midnight - timedelta(minutes=1))
    late = _shift(stage, "support", starts, max(closes, starts + timedelta(hours=4)), "planned")
    # Other days have their usual hours, whenever the demo is tried: none of their shifts reaches into today.
    others = [
        _shift(stage, name, begins, begins + timedelta(hours=10), status)
        for begins, name, status in ((morning + days * DAY, name, status) for days, name, status in ELSEWHERE)
    ]
    await ctx.add_all([*today, late, *others])
    for shift in today:
        await ctx.schedule(automatic_check_out, shift.ends_at + CHECK_OUT_AFTER, schedule_id=shift.id)
    for shift in (late, others[-1]):
        await ctx.schedule(no_show, shift.starts_at + NO_SHOW_AFTER, schedule_id=shift.id)


def _shift(stage: Stage, username: str, starts_at: datetime, ends_at: datetime, status: str) -> Schedule:
    user = stage.users[username]
    return shift_of(stage, stage.occasion.id, username, user.station_id or 1, starts_at, ends_at, status)


def shift_of(
    stage: Stage, event_id: str, username: str, station_id: int, starts_at: datetime, ends_at: datetime, status: str
) -> Schedule:
    """Return a shift with what its status says of coming and going."""
    user = stage.users[username]
    shift = Schedule(event_id=event_id, user_id=user.id, station_id=station_id, role=user.role, status=status)
    shift.starts_at, shift.ends_at, shift.break_minutes = starts_at, ends_at, 20
    if status in ("checked_in", "checked_out"):
        late = LATE_MINUTES.get(username, 0)
        shift.checked_in_at, shift.checked_in_by = starts_at + timedelta(minutes=late), user.id
        shift.late_minutes = late
    if status == "checked_out":
        shift.checked_out_at = ends_at
    return shift
