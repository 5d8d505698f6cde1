"""What is measured of the live side of this process, by wire."""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from livefloor.realtime.hub import Hub


class Figure(NamedTuple):
    """One value: its name, what it is, its labels."""

    kind: Literal["gauge", "counter"]
    name: str
    text: str
    labels: dict[str, str]
    value: float


def figures(hub: Hub, wires: Iterable[str]) -> Iterator[Figure]:
    """Yield the figures of the connections of a hub by their wires, and of its bus."""
    for wire in wires:
        waiting = [each.waiting for each in hub.connections.values() if each.codec.wire == wire]
        of = {"wire": wire}
        yield Figure("gauge", "wire_connections", "Live connections of this process", of, len(waiting))
        yield Figure("gauge", "wire_frames_waiting", "Frames that wait for clients to read", of, sum(waiting))
        yield Figure(
            "gauge", "wire_frames_waiting_most", "Frames that wait for one client", of, max(waiting, default=0)
        )
        yield Figure("counter", "wire_frames_dropped", "Frames thrown away for slow clients", of, hub.dropped[wire])
    for (wire, reason), count in hub.closed.items():
        of = {"wire": wire, "reason": reason}
        yield Figure("counter", "wire_connections_closed", "Connections that have ended, by reason", of, count)
    yield Figure("gauge", "bus_joined", "Whether other processes are heard over Redis", {}, hub.bus.is_joined)
    yield Figure("counter", "bus_dropped", "Messages that could not be carried to other processes", {}, hub.bus.dropped)
