"""Shifts as they are shown, and what is told of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Literal

from sqlalchemy import select

from livefloor import Address, Announced, Look, NotFound, View, bindparam
from livefloor.systems.coffee.models import Schedule, Station, User
from livefloor.systems.coffee.rooms import BARISTAS, USER, StationFact, station_room
from livefloor.systems.coffee.rules.schedules import ScheduleStatus

ShiftRole = Literal["barista", "support"]

SHIFTS: Any = (
    select(Schedule, User.display_name, Station.name)
    .join(User, User.id == Schedule.user_id)
    .join(Station, Station.id == Schedule.station_id)
)
SHIFT = SHIFTS.where(Schedule.id == bindparam("id"))


class ShiftView(View):
    """A shift (section 5.3)."""

    collection: ClassVar[str] = "schedules"
    id: str
    user_id: str
    user_name: str
    station_id: int
    station_name: str
    role: ShiftRole
    starts_at: datetime
    ends_at: datetime
    break_minutes: int
    status: ScheduleStatus
    checked_in_at: datetime | None
    checked_out_at: datetime | None
    late_minutes: int | None
    left_open: bool
    handover_note: str | None
    notes: str
    version: int


def shift_view(shift: Schedule, user_name: str, station_name: str) -> ShiftView:
    """Return a shift with the names of its person and station."""
    return ShiftView.model_validate({**vars(shift), "user_name": user_name, "station_name": station_name})


async def shown(look: Look, shift_id: str) -> ShiftView:
    """Return a shift as it stands. Raises NotFound."""
    found = await look.tuples(SHIFT, id=shift_id)
    if not found:
        raise NotFound()
    return shift_view(*found[0])


class ScheduleFact(StationFact):
    """A fact about one shift, told at its station, to the organizers and to whom it is given."""

    def subject(self) -> str:
        """Name the shift."""
        return f"schedule:{self.about()[0]}"

    def about(self) -> tuple[str, str]:
        """Return the ids of the shift and of its person."""
        raise NotImplementedError

    def rooms(self) -> Sequence[Address]:
        """Return the station's room, the organizers' and the person's own."""
        return [*super().rooms(), USER(id=self.about()[1])]


class ScheduleTold(ScheduleFact):
    """A fact that shows the shift as it is now."""

    schedule: ShiftView

    def about(self) -> tuple[str, str]:
        """Return the ids of the shift and of its person."""
        return self.schedule.id, self.schedule.user_id


class ScheduleCreated(ScheduleTold):
    """Somebody was given a shift; `overlaps` is the shift that it overlaps on purpose (rule 67)."""

    name: ClassVar[str] = "schedule_created"
    overlaps: str | None = None


class ScheduleUpdated(ScheduleTold):
    """A shift was changed, a break began or ended, or nobody came; `former` is where and whose it was before."""

    name: ClassVar[str] = "schedule_updated"
    former: dict[str, Any] | None = None
    overlaps: str | None = None

    def rooms(self) -> Sequence[Address]:
        """Tell also the station and the person it was taken from."""
        found = list(super().rooms())
        if self.former is not None:
            found += [station_room(self.former["station_id"]), USER(id=self.former["user_id"])]
        return list(dict.fromkeys(found))


class ScheduleDeleted(ScheduleFact):
    """A shift was taken back."""

    name: ClassVar[str] = "schedule_deleted"
    schedule_id: str
    user_id: str

    def about(self) -> tuple[str, str]:
        """Return the ids of the shift and of its person."""
        return self.schedule_id, self.user_id


class Attended(ScheduleFact):
    """A fact about somebody who came or went."""

    schedule_id: str
    user_id: str
    user_name: str

    def about(self) -> tuple[str, str]:
        """Return the ids of the shift and of its person."""
        return self.schedule_id, self.user_id


class BaristaCheckedIn(Attended):
    """Somebody is at work."""

    name: ClassVar[str] = "barista_checked_in"
    late_minutes: int
    occurred_at: datetime

    def rooms(self) -> Sequence[Address]:
        """Tell the other baristas too."""
        return [*StationFact.rooms(self), BARISTAS()]


class BaristaCheckedOut(Attended):
    """Somebody went; what they were making waits again (rule 70)."""

    name: ClassVar[str] = "barista_checked_out"
    schedule: ShiftView
    at_planned_end: bool
    """Whether nobody checked out, and the planned end was put in."""

    def rooms(self) -> Sequence[Address]:
        """Tell the station and the organizers."""
        return StationFact.rooms(self)


EVENTS: tuple[type[Announced], ...] = (
    ScheduleCreated,
    ScheduleUpdated,
    ScheduleDeleted,
    BaristaCheckedIn,
    BaristaCheckedOut,
)
