"""How the system is: the health route and the figures for Prometheus."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, disable_created_metrics, generate_latest
from sqlalchemy import BigInteger, bindparam, func, select

from livefloor.declare.event import View
from livefloor.declare.part import GET, Part
from livefloor.declare.roles import PUBLIC, Roles
from livefloor.kernel.problems import Problem
from livefloor.store import readers, timers
from livefloor.store.log import LoggedEvent
from livefloor.work.content import Document, Raw
from livefloor.work.ctx import Flow, Look

ALIVE = timedelta(seconds=45)
# The registry is of one answer: when its counters were made says nothing of when counting began.
disable_created_metrics()  # type: ignore[no-untyped-call]
OLDEST_AFTER = select(func.min(LoggedEvent.at)).where(LoggedEvent.seq > bindparam("seq", type_=BigInteger))


class Health(View):
    """Whether the system can work now."""

    status: Literal["ok", "unavailable"]
    timestamp: datetime
    version: str
    active_connections: int
    database: Literal["ok", "error"]
    presence: Literal["shared", "local"]
    """Whether who is present is known over all processes, or of this one alone."""


class Metrics(Raw):
    """Figures in Prometheus' text form."""

    documented = "text/plain"


async def connections(look: Look) -> int:
    """Return the live connections over all processes, this one's as they are now."""
    others = await look.all(timers.OTHER_CONNECTIONS, me=look.means.process, since=look.now - ALIVE)
    return int(others[0]) + int(look.means.gauges["connections"]())


def health_part(path: str, *, metrics: str, see: Roles) -> Part:
    """Return the part that answers at `path`, and with the figures at `metrics` for those who may see them."""
    part = Part("health")

    @part.flow(GET(path), allow=PUBLIC, replay=False)
    async def get_health(flow: Flow) -> Health | Document:
        """Tell whether the system and its database answer."""
        version, presence = flow.means.system.version, flow.means.services["presence"]()
        try:
            async with asyncio.timeout(2):
                count = await flow.look(connections)
        except (Problem, TimeoutError):
            bad = Health(
                status="unavailable",
                timestamp=flow.now,
                version=version,
                active_connections=0,
                database="error",
                presence=presence,
            )
            return Document(bad.model_dump_json().encode(), "application/json", {}, 503)
        return Health(
            status="ok",
            timestamp=flow.now,
            version=version,
            active_connections=count,
            database="ok",
            presence=presence,
        )

    @part.query(GET(metrics), allow=see, settles=False)
    async def get_metrics(look: Look) -> Metrics:
        """Return the figures of this process and of the log for Prometheus."""
        return Metrics(await _figures(look), "text/plain; version=0.0.4; charset=utf-8")

    return part


async def _figures(look: Look) -> bytes:
    registry = CollectorRegistry()

    def gauge(name: str, text: str, value: float) -> None:
        Gauge(f"livefloor_{name}", text, registry=registry).set(value)

    head = await look.head()
    gauge("log_head", "Number of the last event", head)
    gauge("connections", "Live connections of this process", look.means.gauges["connections"]())
    delivered = Counter("livefloor_frames_delivered", "Frames given to connections of this process", registry=registry)
    delivered.inc(look.means.gauges["delivered"]())
    gauge(
        "dead_letters",
        "Work that failed too often and waits to be looked at",
        len(await look.all(readers.DEAD_LETTERS)),
    )
    behind = await look.one(OLDEST_AFTER, seq=look.means.gauges["tail"]())
    gauge(
        "tail_lag",
        "Events that live connections of this process have not been told yet",
        max(0, await look.behind(int(look.means.gauges["tail"]()))),
    )
    gauge(
        "tail_lag_seconds",
        "Age of the oldest of them",
        (look.now - behind).total_seconds() if behind is not None else 0,
    )
    lag = Gauge("livefloor_reader_lag", "Events that a durable reader has not taken yet", ["reader"], registry=registry)
    for position in await look.all(readers.POSITIONS):
        lag.labels(position.name).set(await look.behind(position.seq))
    requests = Counter("livefloor_requests", "Answers of this process", ["verb", "status"], registry=registry)
    for (verb, status), count in dict(look.means.services["requests"]).items():
        requests.labels(verb, str(status)).inc(count)
    made: dict[str, Any] = {}
    for kind, name, text, labels, value in look.means.services["figures"]():
        if name not in made:
            made[name] = (Gauge if kind == "gauge" else Counter)(
                f"livefloor_{name}", text, list(labels), registry=registry
            )
        one = made[name].labels(**labels) if labels else made[name]
        one.inc(value)
    return generate_latest(registry)
