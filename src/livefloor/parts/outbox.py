"""What the local stand-ins of the outside services took, kept so that a person can open and read it (development only)."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import orjson
from pydantic import Field
from sqlalchemy import Text, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from livefloor.declare.event import View
from livefloor.declare.part import GET, Part
from livefloor.declare.roles import PUBLIC
from livefloor.kernel.ids import new_id
from livefloor.kernel.problems import NotFound
from livefloor.store.models import PlatformTables
from livefloor.work.content import Html
from livefloor.work.ctx import Ctx, Look


class OutboxMessage(PlatformTables):
    """A message that a stand-in took instead of sending it: of a push the JSON that the browser would have got."""

    __tablename__ = "outbox"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    channel: Mapped[str]
    recipient: Mapped[str] = mapped_column(Text)
    kind: Mapped[str]
    message: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(index=True)


PAGE = Path(__file__).parent.parent / "pages" / "home" / "outbox.html"
NEWEST = select(OutboxMessage).where(OutboxMessage.id > bindparam("after")).order_by(OutboxMessage.id.desc()).limit(200)


async def keep(ctx: Ctx, *, channel: str, recipient: str, kind: str, message: str) -> None:
    """Keep a message that a stand-in took."""
    await ctx.add(OutboxMessage(channel=channel, recipient=recipient, kind=kind, message=message, at=ctx.woken_at))


outbox = Part("outbox")


class OutboxLine(View):
    """A message as its recipient would see it; `link` is a path below the system's address."""

    id: str
    channel: str
    recipient: str
    kind: str
    title: str
    body: str
    link: str
    at: datetime


class OutboxView(View):
    """What the stand-ins took, oldest first, at most the newest 200, with the time zone of the place."""

    title: str
    timezone: str
    items: list[OutboxLine]


@outbox.query(GET("/outbox"), allow=PUBLIC, refuses=(404,), settles=False)
async def read_outbox(look: Look) -> Html:
    """Show the text messages and pushes that the stand-ins took, as phones would show them."""
    _check(look)
    plain = b'<!doctype html><html lang="en"><title>Outbox</title><p>The pages are not built; see <a href="outbox/messages">the messages</a>.</p></html>'
    content = PAGE.read_bytes() if PAGE.is_file() else plain
    return Html(content, "text/html; charset=utf-8", {"Cache-Control": "no-cache"})


@outbox.query(GET("/outbox/messages"), allow=PUBLIC, refuses=(404,), settles=False)
async def list_outbox(look: Look, after: Annotated[str, Field(max_length=36)] = "") -> OutboxView:
    """Return what the stand-ins took, or what of it came after a message."""
    _check(look)
    system = look.means.system
    timezone = await system.timezone(look) if system.timezone is not None else "UTC"
    rows = await look.all(NEWEST, after=after)
    return OutboxView(title=system.title, timezone=timezone, items=[_line(row) for row in reversed(rows)])


def _check(look: Look) -> None:
    if not look.settings.debug:
        raise NotFound()


def _line(row: OutboxMessage) -> OutboxLine:
    is_json = row.channel == "push" and row.message.startswith("{")
    shown = orjson.loads(row.message) if is_json else {"message": row.message}
    return OutboxLine(
        id=row.id,
        channel=row.channel,
        recipient=row.recipient,
        kind=row.kind,
        title=shown.get("title", ""),
        body=shown["message"],
        link=shown.get("link", ""),
        at=row.at,
    )
