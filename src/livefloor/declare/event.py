"""Facts, and the frames by which they are told live."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, NamedTuple

from pydantic import BaseModel, ConfigDict

from livefloor.declare.channel import Address


class Input(BaseModel):
    """What comes in: closed, so that a misspelt field is told instead of ignored; with `form` also as a form's fields."""

    model_config = ConfigDict(extra="forbid", str_max_length=20_000_000)
    form: ClassVar[bool] = False


class View(BaseModel):
    """What goes out; `collection` lets a page put it by (collection, id) when its version is newer."""

    model_config = ConfigDict(from_attributes=True, frozen=True)
    collection: ClassVar[str] = ""


class Frame(BaseModel):
    """What goes over the wire to a channel; the class is named by `event`, its fields are the frame's `data`."""

    model_config = ConfigDict(frozen=True)
    event: ClassVar[str] = ""
    summary: ClassVar[str] = ""


class Told(NamedTuple):
    """A frame and the channel it goes to."""

    channel: Address
    frame: Frame


class Event(BaseModel):
    """A closed fact in the past tense. `rank` orders the events of one transaction; `subject` is what it is about."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: ClassVar[str] = ""
    rank: ClassVar[int] = 50

    def subject(self) -> str:
        """Return what the fact is about, as `kind:id`."""
        return ""

    def frames(self) -> Sequence[Told]:
        """Return the frames that tell this fact live, in order; none by default."""
        return ()

    def rechecks(self) -> str | None:
        """Return the user whose open connections must be checked again after this fact, if any."""
        return None


class Announced(Event, Frame):
    """A fact that is told live as it stands: it is its own frame, of its own name, in each of its rooms."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: object) -> None:
        """Give the frame the name of the fact."""
        cls.event = cls.name

    def rooms(self) -> Sequence[Address]:
        """Return the channels on which it is told; none by default."""
        return ()

    def frames(self) -> Sequence[Told]:
        """Return itself for each of its rooms."""
        return [Told(room, self) for room in self.rooms()]


class Recorded(NamedTuple):
    """An event as it stands in the log: `seq` is its place in commit order, `id` the key by which repeats are told."""

    seq: int
    id: str
    at: datetime
    actor: dict[str, str | None]
    event: Event
