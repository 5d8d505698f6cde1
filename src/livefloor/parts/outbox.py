"""What the local stand-ins of the outside services took, kept so that a person can open and read it (development only)."""

import html
from datetime import datetime

from sqlalchemy import Text, select
from sqlalchemy.orm import Mapped, mapped_column

from livefloor.declare.part import GET, Part
from livefloor.declare.roles import PUBLIC
from livefloor.kernel.ids import new_id
from livefloor.kernel.problems import NotFound
from livefloor.store.models import PlatformTables
from livefloor.work.content import Html
from livefloor.work.ctx import Ctx, Look


class OutboxMessage(PlatformTables):
    """A message that a stand-in took instead of sending it."""

    __tablename__ = "outbox"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    channel: Mapped[str]
    recipient: Mapped[str] = mapped_column(Text)
    kind: Mapped[str]
    message: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(index=True)


NEWEST = select(OutboxMessage).order_by(OutboxMessage.at.desc(), OutboxMessage.id.desc()).limit(200)


async def keep(ctx: Ctx, *, channel: str, recipient: str, kind: str, message: str) -> None:
    """Keep a message that a stand-in took."""
    await ctx.add(OutboxMessage(channel=channel, recipient=recipient, kind=kind, message=message, at=ctx.woken_at))


outbox = Part("outbox")


@outbox.query(GET("/outbox"), allow=PUBLIC)
async def read_outbox(look: Look) -> Html:
    """Show the text messages and pushes that the stand-ins took, newest first."""
    if not look.settings.debug:
        raise NotFound()
    rows = "".join(
        f"<li><p><b>{html.escape(message.channel)}</b> to {html.escape(message.recipient)}"
        f" <time datetime='{message.at.isoformat()}'>{message.at:%Y-%m-%d %H:%M:%S} UTC</time></p>"
        f"<pre>{html.escape(message.message)}</pre></li>"
        for message in await look.all(NEWEST)
    )
    page = (
        "<!doctype html><html lang='en'><meta charset='utf-8'><meta name='viewport' content='width=device-width'>"
        "<title>Outbox</title><style>body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;"
        "color-scheme:light dark}ol{list-style:none;padding:0}li{border-top:1px solid #8888;padding:.5rem 0}p{margin:0}"
        "time{float:right;font-variant-numeric:tabular-nums}pre{white-space:pre-wrap;margin:.25rem 0;font:inherit}</style>"
        "<h1>Outbox</h1><p>What would have left the house; nothing was sent.</p>"
        f"<ol>{rows or '<li>Nothing yet.</li>'}</ol></html>"
    )
    return Html(page.encode(), "text/html; charset=utf-8", {"Cache-Control": "no-store"})
