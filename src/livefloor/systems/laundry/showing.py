"""What a newcomer is shown of the laundry: the demo data, the accounts to try it with, and the busy hour."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from livefloor import BusyTime, Demo, DemoAccount
from livefloor.systems.laundry.busy import OPENS, busy_hour
from livefloor.systems.laundry.demo import PASSWORD, PIN, TIMEZONE, demo

SUNDAY = 6


def opens(now: datetime) -> datetime:
    """Return the coming Sunday, at the time of the room at which the busy hour is made ready."""
    room = now.astimezone(ZoneInfo(TIMEZONE))
    hour, minute = map(int, OPENS.split(":"))
    sunday = room.replace(hour=hour, minute=minute, second=0, microsecond=0)
    sunday += timedelta(days=(SUNDAY - room.weekday()) % 7)
    return sunday if sunday >= room else sunday + timedelta(days=7)


def _student(number: int, en: str, de: str) -> DemoAccount:
    return DemoAccount("student", f"{100000 + number}", PIN, {"en": en, "de": de}, "sign-in")


def _crew(role: str, id: str, en: str, de: str) -> DemoAccount:
    return DemoAccount(role, id, PASSWORD, {"en": en, "de": de}, "staff")


DEMO = Demo(
    fill=demo,
    accounts=(
        _student(4, "Student, whose turn it is", "Student, an der Reihe"),
        _student(6, "Student, third in the list", "Studentin, Dritte der Liste"),
        _student(1, "Student with a running machine", "Student mit laufender Maschine"),
        _crew("staff", "900001", "Staff", "Personal"),
        _crew("admin", "900000", "Admin", "Verwaltung"),
    ),
    busy=BusyTime(
        accounts=(
            _student(9, "Student, first of the list from 19:02", "Studentin, ab 19:02 Erste der Liste"),
            _student(11, "Student, whose load is left in Washer 5", "Student, dessen Wäsche in Waschmaschine 5 bleibt"),
            _crew("staff", "900001", "Staff", "Personal"),
        ),
        opens=opens,
        play=busy_hour,
    ),
)
