"""How a wire writes: each gives the same frames, and what the server says of itself, its own form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from livefloor.declare.event import Told

Place = tuple[int, int]
"""The number of an event and the place of a frame within it."""


@dataclass(frozen=True, slots=True, eq=False)
class Codec:
    """Makes bytes ready for the transport of one wire, of the name that `LiveWire.name` says.

    `frame` is called once for a frame, whatever the number of clients. `said` takes the name of a message of the server,
    the position up to which whoever has heard it need not be told again, if it says one, and the data.
    """

    frame: Callable[[int, int, datetime, Told], bytes]
    said: Callable[[str, str | None, Mapping[str, Any]], bytes]
    wire: str
    by_channel: bool = False
    """Whether a frame says on which channel it is, and goes to the client once for each; else once for all."""


@dataclass(frozen=True, slots=True)
class Telling:
    """A frame of the log on its way to clients, written once for each wire."""

    place: Place
    at: datetime
    told: Told
    before: frozenset[str] = frozenset()
    """The channels to which the same frame of the same event went before."""
    _written: dict[Codec, bytes] = field(default_factory=dict, repr=False, compare=False)

    def by(self, codec: Codec) -> bytes:
        """Return it as a wire writes it."""
        data = self._written.get(codec)
        if data is None:
            data = self._written[codec] = codec.frame(*self.place, self.at, self.told)
        return data


def data_json(told: Told) -> bytes:
    """Return the data of a frame, the same bytes on each wire, at the first sending and at each replay."""
    frame = told.frame
    return frame.__pydantic_serializer__.to_json(frame, exclude_unset=False)
