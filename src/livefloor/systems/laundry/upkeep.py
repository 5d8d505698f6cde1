"""What is done by itself at certain hours: forgetting (J12), the backup (J13), word of faults that stay open (J14)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from sqlalchemy import bindparam, delete, func, select

from livefloor import Ctx, Event, Flow, LoggedEvent, Part, SettingError, UtcTime
from livefloor.parts import activity, notifications
from livefloor.parts.files import delete_photo_after, remove_old_photos, remove_strays
from livefloor.parts.retention import forget_old
from livefloor.systems.laundry.demo import is_demo
from livefloor.systems.laundry.events import FaultDismissed, FaultHandled, FaultResolved
from livefloor.systems.laundry.models import FaultReport, Machine, StatusReport
from livefloor.systems.laundry.notices import notify_crew
from livefloor.systems.laundry.rules import machine_name

NOTIFICATIONS_KEPT = timedelta(days=90)
ACTIVITIES_KEPT = timedelta(days=180)
PHOTOS_KEPT = timedelta(days=90)
"""How long a photo stays after its report was closed, or after the load was moved."""
STATUS_REPORTS_KEPT = timedelta(days=30)
BACKUP_OVERDUE = timedelta(hours=48)
OPEN_TOO_LONG = timedelta(days=3)


class BackupMade(Event):
    """A backup was written."""

    name: ClassVar[str] = "backup.made"
    rank: ClassVar[int] = 60
    file: str
    bytes: int

    def subject(self) -> str:
        """Name the backup."""
        return f"backup:{self.file}"


class BackupMissing(Event):
    """There was no backup for too long, and staff were told."""

    name: ClassVar[str] = "backup.missing"
    rank: ClassVar[int] = 60

    def subject(self) -> str:
        """Name the backups."""
        return "backup"


EVENTS: tuple[type[Event], ...] = (BackupMade, BackupMissing)

upkeep = Part("upkeep")


@upkeep.at_start
async def refuse_demo_accounts(ctx: Ctx) -> None:
    """Serve no demo accounts in production: everybody knows their passwords. Raises SettingError."""
    if not ctx.settings.debug and await is_demo(ctx):
        raise SettingError(
            "LIVEFLOOR_ENV: production does not serve demo accounts; for example LIVEFLOOR_DATA=another-folder"
        )


OLD_STATUS_REPORTS = delete(StatusReport).where(StatusReport.at < bindparam("before", type_=UtcTime()))


@upkeep.every("30 3 * * *", flow=True)
async def forget(flow: Flow) -> None:
    """J12: delete what is kept only for a while."""
    await flow.execute(_forget_rows)
    await remove_old_photos(flow)
    await remove_strays(flow)


async def _forget_rows(ctx: Ctx) -> None:
    await notifications.forget_older(ctx, ctx.now - NOTIFICATIONS_KEPT)
    await activity.forget_older(ctx, ctx.now - ACTIVITIES_KEPT)
    await ctx.run(OLD_STATUS_REPORTS, before=ctx.now - STATUS_REPORTS_KEPT)
    await forget_old(ctx)


@upkeep.within(FaultResolved, FaultDismissed)
async def end_photo(ctx: Ctx, fact: FaultHandled) -> None:
    """R46: the photo of a report goes some time after the report is closed."""
    if fact.photo_id is not None:
        await delete_photo_after(ctx, fact.photo_id, ctx.now + PHOTOS_KEPT)


# -- backups ----------------------------------------------------------------------------------------------------------

LAST_SIGN = select(func.max(LoggedEvent.at)).where(LoggedEvent.name.in_((BackupMade.name, BackupMissing.name)))
OPENED = select(func.min(Machine.created_at))


@upkeep.every("0 3 * * *", flow=True)
async def back_up(flow: Flow) -> None:
    """J13: write a backup of the database and the photos."""
    path = await flow.means.services["backup"]()
    size = await flow.offload(lambda: path.stat().st_size)
    await flow.execute(_note_backup, path.name, size)


async def _note_backup(ctx: Ctx, file: str, size: int) -> None:
    ctx.emit(BackupMade(file=file, bytes=size))


@upkeep.every("45 * * * *")
async def miss_backup(ctx: Ctx) -> None:
    """J13: tell staff when there was no backup for two days, and again every two days."""
    since = await ctx.one(LAST_SIGN) or await ctx.one(OPENED)
    if since is None or ctx.now - since <= BACKUP_OVERDUE:
        return
    hours = round((ctx.now - since).total_seconds() / 3600)
    ctx.emit(BackupMissing())
    await notify_crew(
        ctx,
        kind="staff_backup",
        title="There is no fresh backup",
        message=f"The last {hours} hours brought none. See the server's log for the reason.",
        link="/",
    )


# -- faults that stay open --------------------------------------------------------------------------------------------

STILL_OPEN = (
    select(FaultReport.machine_type, FaultReport.machine_id, func.count())
    .where(
        FaultReport.status.in_(("open", "acknowledged")), FaultReport.created_at < bindparam("before", type_=UtcTime())
    )
    .group_by(FaultReport.machine_type, FaultReport.machine_id)
    .order_by(FaultReport.machine_type.desc(), FaultReport.machine_id)
)


@upkeep.every("0 9 * * *")
async def tell_open_faults(ctx: Ctx) -> None:
    """J14: tell staff of reports that nobody has closed for days."""
    found: Sequence[tuple[str, int, int]] = await ctx.tuples(STILL_OPEN, before=ctx.now - OPEN_TOO_LONG)
    if not found:
        return
    count = sum(reports for _, _, reports in found)
    names = ", ".join(machine_name(kind, number) for kind, number, _ in found)
    await notify_crew(
        ctx,
        kind="staff_fault",
        title=f"{count} fault {'report is' if count == 1 else 'reports are'} open for more than 3 days",
        message=f"{names}.",
        link="/",
    )
