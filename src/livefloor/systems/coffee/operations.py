"""What watches the service ask: whether it lives, and whether it can work (section 5.12)."""

import asyncio
from datetime import timedelta
from typing import Literal

from sqlalchemy import func, select

from livefloor import GET, PUBLIC, Flow, Look, Part, Problem, Unavailable, UtcTime, View, bindparam
from livefloor.systems.coffee.models import SmsMessage

LATE = timedelta(minutes=5)
"""How long a text may be overdue before the outbox counts as stuck."""
OVERDUE = select(func.min(SmsMessage.next_attempt_at)).where(
    SmsMessage.status == "queued", SmsMessage.next_attempt_at <= bindparam("moment", type_=UtcTime())
)


class Alive(View):
    """That the service lives."""

    status: Literal["ok"]


class Ready(View):
    """That the service can work, and how its parts are."""

    status: Literal["ready"]
    database: Literal["ok"]
    migrations: Literal["ok"]
    outbox_lag_seconds: int
    sms: Literal["twilio", "simulator", "off"]


operations = Part("operations")


@operations.flow(GET("/health"), allow=PUBLIC, replay=False)
async def show_alive(flow: Flow) -> Alive:
    """Tell that the service lives, without asking anything else."""
    return Alive(status="ok")


@operations.flow(GET("/health/ready"), allow=PUBLIC, refuses=(503,), replay=False)
async def show_ready(flow: Flow) -> Ready:
    """Tell whether the service can work: it serves only a database of its newest form, so that one that answers is one."""
    try:
        async with asyncio.timeout(2):
            lag = await flow.look(_lag)
    except (Problem, TimeoutError) as error:
        raise Unavailable("not_ready", "The database does not answer.", database="error") from error
    if lag > LATE and flow.settings.sms == "twilio":
        seconds = int(lag.total_seconds())
        raise Unavailable("not_ready", "Texts wait to be sent.", outbox_lag_seconds=seconds)
    return Ready(
        status="ready",
        database="ok",
        migrations="ok",
        outbox_lag_seconds=int(lag.total_seconds()),
        sms=flow.settings.sms,
    )


async def _lag(look: Look) -> timedelta:
    since = await look.one(OVERDUE, moment=look.now)
    return look.now - since if since is not None else timedelta(0)
