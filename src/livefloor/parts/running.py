"""What runs by itself and how it gets on: processes, live connections, jobs, readers, and what was set aside."""

from datetime import datetime
from typing import Any, ClassVar, Literal

import orjson
from sqlalchemy import bindparam, func, select

from livefloor.declare.event import Event, View
from livefloor.declare.part import GET, POST, Part
from livefloor.declare.roles import Roles
from livefloor.kernel.problems import Conflict, NotFound
from livefloor.parts.health import ALIVE
from livefloor.store import readers
from livefloor.store.models import UtcTime
from livefloor.store.paging import Cursor, Items, PageLimit, page
from livefloor.store.readers import DeadLetter
from livefloor.store.timers import ORDER, DueTimer, Heartbeat
from livefloor.work.ctx import Ctx, Flow, Look

SHOWN = 100
PERIOD = "period:"

PROCESSES = (
    select(Heartbeat).where(Heartbeat.last_tick_at > bindparam("since", type_=UtcTime())).order_by(Heartbeat.process)
)
JOBS = select(DueTimer).order_by(*ORDER).limit(SHOWN)
COUNT_JOBS = select(func.count()).select_from(DueTimer)
COUNT_OVERDUE = COUNT_JOBS.where(DueTimer.run_at <= bindparam("now", type_=UtcTime()))
COUNT_LETTERS = select(func.count()).select_from(DeadLetter)


class DeadLetterRetried(Event):
    """Somebody had work that was set aside tried again, and it succeeded; a timer runs with what is due."""

    name: ClassVar[str] = "dead_letter.retried"
    rank: ClassVar[int] = 60
    letter_id: str
    kind: str
    work: str
    seq: int | None

    def subject(self) -> str:
        """Name the letter."""
        return f"dead_letter:{self.letter_id}"


EVENTS: tuple[type[Event], ...] = (DeadLetterRetried,)


class WireView(View):
    """The live connections over one protocol, at the process that answers."""

    name: str
    connections: int


class ProcessView(View):
    """A process that has lately given a sign of life."""

    id: str
    last_tick_at: datetime
    connections: int


class JobView(View):
    """Something that is to be done at a time: a timer, an errand outside the house, or the next run of a period."""

    name: str
    kind: Literal["timer", "errand", "period"]
    due_at: datetime
    run_at: datetime
    tries: int
    error: str | None


class ReaderView(View):
    """A durable reader of the log: `behind` is how many events came after its position, not all of which concern it."""

    name: str
    position: int
    behind: int
    tries: int
    next_try_at: datetime | None
    error: str | None


class Running(View):
    """How the system gets on; of the jobs the next hundred."""

    version: str
    now: datetime
    head: int
    processes: list[ProcessView]
    wires: list[WireView]
    jobs: list[JobView]
    jobs_total: int
    jobs_overdue: int
    readers: list[ReaderView]
    dead_letters: int


class DeadLetterView(View):
    """Work that failed too often: an event (`seq`) for a reader, or a timer with its arguments."""

    id: str
    kind: Literal["event", "timer"]
    name: str
    seq: int | None
    args: dict[str, Any] | None
    error: str
    at: datetime


async def show_running(look: Look) -> Running:
    """Tell how what runs by itself gets on."""
    means, head = look.means, await look.head()
    # The last sign of life of this process is some seconds old; what it holds now is known here.
    here = {means.process: int(means.gauges["connections"]())}
    wires = [
        WireView(name=labels["wire"], connections=int(value))
        for _, name, _, labels, value in means.services["figures"]()
        if name == "wire_connections"
    ]
    positions = [
        ReaderView(
            name=one.name,
            position=one.seq,
            behind=await look.behind(one.seq),
            tries=one.tries,
            next_try_at=one.next_try_at,
            error=one.error,
        )
        for one in await look.all(readers.POSITIONS)
    ]
    return Running(
        version=means.system.version,
        now=look.now,
        head=head,
        processes=[
            ProcessView(
                id=one.process, last_tick_at=one.last_tick_at, connections=here.get(one.process, one.connections)
            )
            for one in await look.all(PROCESSES, since=look.now - ALIVE)
        ],
        wires=wires,
        jobs=[_job(look, one) for one in await look.all(JOBS)],
        jobs_total=await look.one(COUNT_JOBS) or 0,
        jobs_overdue=await look.one(COUNT_OVERDUE, now=look.now) or 0,
        readers=positions,
        dead_letters=await look.one(COUNT_LETTERS) or 0,
    )


def _job(look: Look, row: DueTimer) -> JobView:
    declared = look.means.system.timer(row.name)
    is_period = row.name.startswith(PERIOD)
    return JobView(
        name=row.name.removeprefix(PERIOD),
        kind="period" if is_period else "errand" if declared is not None and declared.flow else "timer",
        due_at=row.due_at,
        run_at=row.run_at,
        tries=row.tries,
        error=row.error,
    )


async def list_dead_letters(look: Look, cursor: Cursor = None, limit: PageLimit = 50) -> Items[DeadLetterView]:
    """List the work that failed too often, newest first."""
    found = await page(
        look, select(DeadLetter), order=(DeadLetter.at.desc(), DeadLetter.id.desc()), cursor=cursor, limit=limit
    )
    return Items[DeadLetterView](items=[_letter(row) for row in found.rows], **found.place())


def _letter(row: DeadLetter) -> DeadLetterView:
    args = orjson.loads(row.args) if row.args else None
    return DeadLetterView(id=row.id, kind=row.kind, name=row.name, seq=row.seq, args=args, error=row.error, at=row.at)  # type: ignore[arg-type]


async def retry_dead_letter(flow: Flow, id: str) -> None:
    """Try work again that was set aside; it goes from the list when that succeeds."""
    letter = await flow.look(_find, id)
    try:
        await flow.means.services["readers"].retry(id)
    except Exception as error:
        raise Conflict("dead_letter_failed", f"It failed again: {type(error).__name__}: {error}"[:1000]) from error
    await flow.execute(_note, letter)


async def _find(look: Look, id: str) -> DeadLetter:
    found = await look.find(DeadLetter, id)
    if found is None:
        raise NotFound()
    return found


async def _note(ctx: Ctx, letter: DeadLetter) -> None:
    ctx.emit(DeadLetterRetried(letter_id=letter.id, kind=letter.kind, work=letter.name, seq=letter.seq))


def running(*, path: str, allow: Roles) -> Part:
    """Return the part with its routes under `path`."""
    part = Part("running")
    part.query(GET(path), allow=allow, settles=False)(show_running)
    part.query(GET(f"{path}/dead-letters"), allow=allow, settles=False)(list_dead_letters)
    part.flow(POST(f"{path}/dead-letters/{{id}}/retry", 204), allow=allow, refuses=(409,))(retry_dead_letter)
    return part
