"""How the system is: the health route and the figures for Prometheus."""

import asyncio
from datetime import datetime, timedelta
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from livefloor.declare.event import View
from livefloor.declare.part import GET, Part
from livefloor.declare.roles import PUBLIC, Roles
from livefloor.kernel.problems import Problem
from livefloor.store import readers, timers
from livefloor.work.content import Document, Raw
from livefloor.work.ctx import Flow, Look

ALIVE = timedelta(seconds=45)


class Health(View):
    """Whether the system can work now."""

    status: Literal["ok", "unavailable"]
    timestamp: datetime
    version: str
    active_connections: int
    database: Literal["ok", "error"]


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
        version = flow.means.system.version
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
            )
            return Document(bad.model_dump_json().encode(), "application/json", {}, 503)
        return Health(status="ok", timestamp=flow.now, version=version, active_connections=count, database="ok")

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
    gauge("frames_delivered", "Frames given to connections of this process", look.means.gauges["delivered"]())
    gauge(
        "dead_letters",
        "Work that failed too often and waits to be looked at",
        len(await look.all(readers.DEAD_LETTERS)),
    )
    lag = Gauge("livefloor_reader_lag", "Events that a durable reader has not taken yet", ["reader"], registry=registry)
    for position in await look.all(readers.POSITIONS):
        lag.labels(position.name).set(head - position.seq)
    requests = Counter("livefloor_requests", "Answers of this process", ["verb", "status"], registry=registry)
    for (verb, status), count in dict(look.means.services["requests"]).items():
        requests.labels(verb, str(status)).inc(count)
    return generate_latest(registry)
