"""How stations are shown, what may be said of them, and the fact that tells of them."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from livefloor import Input, View
from livefloor.systems.coffee.rooms import StationFact
from livefloor.systems.coffee.rules.stations import Connection, Queue, StationStatus

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f<>]+$")
]
Location = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80, pattern=r"^[^\x00-\x1f\x7f<>]*$")]
Number = Annotated[int, Field(ge=1, le=99)]
Positions = Annotated[int, Field(ge=1, le=4)]
Longest = Annotated[int, Field(ge=1, le=99)]
Sort = Annotated[int, Field(ge=0, le=1000)]
Count = Annotated[int, Field(ge=0, lt=2**63)]


class StationView(View):
    """A station."""

    collection: ClassVar[str] = "stations"
    id: int
    name: str
    location: str
    kind: Literal["service", "storage"]
    status: StationStatus
    status_reason: str | None
    status_until: datetime | None
    connection: Connection
    machine_positions: int
    max_queue: int
    speed_factor: float
    last_heartbeat_at: datetime | None
    sort: int
    version: int


class Present(View):
    """Somebody who is checked in at a station."""

    id: str
    name: str
    state: Literal["checked_in", "on_break"]


class StationPage(StationView):
    """A station with who is there, how many cups wait, and what is out; boards see no names."""

    present: list[Present]
    queue_length: int
    out_items: list[str]


class NewStation(Input):
    """A new station; without a number it gets the next free one."""

    id: Number | None = None
    name: Name
    location: Location = ""
    kind: Literal["service", "storage"] = "service"
    machine_positions: Positions = 1
    max_queue: Longest = 25
    sort: Sort = 0


class StationEdit(Input):
    """What to change of a station."""

    version: int | None = None
    name: Name | None = None
    location: Location | None = None
    machine_positions: Positions | None = None
    max_queue: Longest | None = None
    sort: Sort | None = None


class StatusChange(Input):
    """The state that a station shall have, why, until when, and what becomes of its queue."""

    version: int | None = None
    status: StationStatus
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] | None = None
    until: AwareDatetime | None = None
    queue: Queue | None = None
    force: bool = False


class Heartbeat(Input):
    """How far a tablet has heard, and how many taps wait on it."""

    queue_seq: Count
    pending_local: Count


class StationChanged(View):
    """A station after its change of state; cups that were moved, and cups that nobody else can make."""

    station: StationView
    moved: list[str]
    stranded: list[str]


class StationUpdated(StationFact):
    """A station was made, edited, opened, closed, heard again, or taken away."""

    name: ClassVar[str] = "station_updated"
    change: Literal["created", "edited", "status", "connection", "deleted"]
    previous_status: StationStatus | None = None
    move_queue: bool = False
    """Whether its cups go to other stations (rule 41)."""
    station: StationView
