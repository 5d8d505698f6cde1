"""The states of a station, who may change them when, and what a change does to its queue (section 4, rules 39 to 48)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from livefloor.kernel.problems import Conflict

StationStatus = Literal["open", "paused", "offline", "closed"]
Connection = Literal["live", "lost", "never"]
StationEvent = Literal["open", "pause", "offline", "close"]
Queue = Literal["keep", "move"]

STATUSES: tuple[StationStatus, ...] = ("open", "paused", "offline", "closed")
TABLE: dict[tuple[StationStatus, StationEvent], StationStatus] = {
    ("closed", "open"): "open",
    ("paused", "open"): "open",
    ("offline", "open"): "open",
    ("open", "pause"): "paused",
    ("open", "offline"): "offline",
    ("paused", "offline"): "offline",
    ("open", "close"): "closed",
    ("paused", "close"): "closed",
}
EVENT_FOR: dict[StationStatus, StationEvent] = {
    "open": "open",
    "paused": "pause",
    "offline": "offline",
    "closed": "close",
}
UNSTAFFED_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Change:
    """What a change of state does besides: the queue that leaves, the learned speed that is forgotten (rule 7)."""

    status: StationStatus
    move_queue: bool = False
    reset_speed: bool = False
    close_alerts: bool = False
    unchanged: bool = False


def allowed(status: StationStatus) -> list[StationStatus]:
    """Return the states that a station may be brought to from here."""
    reached = {to for (source, _), to in TABLE.items() if source == status}
    return [each for each in STATUSES if each in reached]


def change(
    status: StationStatus,
    to: StationStatus,
    *,
    open_cups: int,
    other_open: int,
    queue: Queue | None = None,
    force: bool = False,
) -> Change:
    """Return what becomes of a station (section 4, rule 39); `other_open` counts the other open service stations.

    Raises Conflict bad_transition, queue_not_empty, last_open_station.
    """
    if status == to:
        return Change(status, unchanged=True)
    if (status, EVENT_FOR[to]) not in TABLE:
        detail = f"A station that is {status} cannot become {to}."
        raise Conflict("bad_transition", detail, **{"from": status, "to": to, "allowed": allowed(status)})
    if status == "open" and to in ("paused", "closed") and not other_open and not force:
        raise Conflict("last_open_station", "This is the last open station: guests could order nowhere.")
    if to == "closed" and open_cups and queue != "move":
        raise Conflict("queue_not_empty", "There are cups in the queue: move them first.", open_cups=open_cups)
    move = queue == "move" if to != "offline" else queue != "keep"
    opened = to == "open"
    return Change(to, move_queue=move and not opened, reset_speed=opened, close_alerts=opened)


def connection(
    present: Connection, last_heartbeat_at: datetime | None, now: datetime, *, booted_at: datetime, grace_seconds: int
) -> Connection:
    """Return whether the tablet of a station is reached (rule 45); the clock of silence starts again at boot."""
    if last_heartbeat_at is None:
        return present
    heard = max(last_heartbeat_at, booted_at) if present == "live" else last_heartbeat_at
    return "lost" if now - heard >= timedelta(seconds=grace_seconds) else "live"


def unstaffed_level(
    status: StationStatus, present: int, alone_since: datetime | None, now: datetime, *, open_cups: int
) -> Literal["warn", "critical"] | None:
    """Return how urgent it is that nobody is at an open station; None while it is not (rule 48)."""
    if status != "open" or present or alone_since is None or now - alone_since < UNSTAFFED_AFTER:
        return None
    return "critical" if open_cups else "warn"
