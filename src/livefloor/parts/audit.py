"""The audit trail: the event log itself, searched and exported."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import orjson
from pydantic import Field
from sqlalchemy import Text, or_, select, type_coerce

from livefloor.declare.event import View
from livefloor.declare.part import GET, Part
from livefloor.declare.roles import Roles
from livefloor.kernel.moments import Moment, moment_of
from livefloor.kernel.spreadsheet import csv_text
from livefloor.store.log import LoggedEvent
from livefloor.store.paging import Cursor, Items, PageLimit, page
from livefloor.work.content import Csv
from livefloor.work.ctx import Look

EXPORTED = 50_000
"""How many events one export holds at most; an older part is had by `to`."""

Word = Annotated[str | None, Field(max_length=200)]


class AuditActor(View):
    """Who did it: an account with its role, or the system itself."""

    id: str | None
    role: str | None
    session_id: str | None


class AuditEntry(View):
    """One event of the log."""

    seq: int
    id: str
    name: str
    at: datetime
    actor: AuditActor
    subject: str
    data: dict[str, Any]


async def list_audit(
    look: Look,
    name: Word = None,
    actor: Word = None,
    subject: Word = None,
    from_: Annotated[Moment, Field(alias="from")] = None,
    to: Moment = None,
    format: Literal["json", "csv"] = "json",
    cursor: Cursor = None,
    limit: PageLimit = 50,
) -> Items[AuditEntry] | Csv:
    """List what happened, newest first: by name (`machine.started`, or all of `machine`), actor, subject and time."""
    statement = select(LoggedEvent)
    if name:
        statement = statement.where(
            or_(LoggedEvent.name == name, LoggedEvent.name.startswith(f"{name}.", autoescape=True))
        )
    if actor:
        # The actor stands in the log as JSON text, and role names and ids need no escapes in it.
        text = type_coerce(LoggedEvent.actor, Text)
        said = orjson.dumps(actor).decode()
        statement = statement.where(
            or_(text.contains(f'"id":{said}', autoescape=True), text.contains(f'"role":{said}', autoescape=True))
        )
    if subject:
        statement = statement.where(
            or_(LoggedEvent.subject == subject, LoggedEvent.subject.startswith(f"{subject}:", autoescape=True))
        )
    zone = ZoneInfo(await look.means.system.timezone(look)) if look.means.system.timezone is not None else UTC
    if from_ is not None:
        statement = statement.where(LoggedEvent.at >= moment_of(from_, zone))
    if to is not None:
        statement = statement.where(LoggedEvent.at < moment_of(to, zone, end=True))
    if format == "csv":
        rows = await look.all(statement.order_by(LoggedEvent.seq.desc()).limit(EXPORTED))
        table = [
            (
                row.seq,
                row.at,
                row.name,
                row.actor.get("role"),
                row.actor.get("id"),
                row.subject,
                orjson.dumps(row.data).decode(),
            )
            for row in rows
        ]
        return Csv.named("audit.csv", csv_text(("seq", "at", "name", "role", "actor", "subject", "data"), table))
    found = await page(look, statement, order=(LoggedEvent.seq.desc(),), cursor=cursor, limit=limit)
    return Items[AuditEntry](items=[AuditEntry.model_validate(row) for row in found.rows], **found.place())


def audit(*, path: str, allow: Roles) -> Part:
    """Return the part with its route at `path`."""
    part = Part("audit")
    part.query(GET(path), allow=allow, heavy=True, settles=False)(list_audit)
    return part
