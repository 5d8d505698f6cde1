"""Webhooks: receivers outside the house that are sent each event they asked for, signed, in order, until they took it.

A webhook is one more durable reader of the log: its position is a row of `readers`, and moves when the receiver has answered
2xx. `feed/webhooks.py` does the sending, `parts/webhook_calls.py` holds the single message (Standard Webhooks 1.0).
"""

import base64
import secrets as random
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

from pydantic import Field
from sqlalchemy import true

from livefloor.declare.event import Event, Input, View
from livefloor.declare.part import DELETE, GET, PATCH, POST, Part
from livefloor.declare.roles import Roles
from livefloor.kernel.problems import Conflict, Invalid, NotFound
from livefloor.parts.webhook_calls import (
    WebhookDeliveryView,
    get_webhook_delivery,
    list_webhook_deliveries,
    replay_webhook_delivery,
    test_webhook,
)
from livefloor.store import readers
from livefloor.store.readers import ReaderPosition
from livefloor.store.webhooks import (
    COUNT,
    FORGET_DELIVERIES,
    FORGET_POSITION,
    NAMES_AFTER,
    READER,
    WITH_PLACE,
    Webhook,
    WebhookDelivery,
)
from livefloor.work.ctx import Ctx, Look

MOST = 50
DELIVERIES_KEPT = timedelta(days=30)
SECRET_BYTES = 32
ALL = "*"


# -- the signature ------------------------------------------------------------------------------------------------------


def new_webhook_secret() -> str:
    """Return a new secret as the standard writes it: `whsec_` and base64."""
    return "whsec_" + base64.b64encode(random.token_bytes(SECRET_BYTES)).decode()


def matches(asked: Collection[str], name: str) -> bool:
    """Tell whether an event was asked for: by its name, by a word before a dot in it, or by `*`."""
    return any(word in (ALL, name) or name.startswith(f"{word}.") for word in asked)


async def next_asked_for(look: Look, asked: Collection[str], after: int) -> tuple[int | None, int]:
    """Return the number of the first event after a position that was asked for, or None, and that of the last before it."""
    while rows := await look.tuples(NAMES_AFTER, after=after):
        for seq, name in rows:
            if matches(asked, name):
                return seq, after
            after = seq
    return None, after


# -- facts ----------------------------------------------------------------------------------------------------------------


class WebhookEvent(Event):
    """A fact about a webhook; of its address only the host, since the rest may hold a secret."""

    rank: ClassVar[int] = 60
    webhook_id: str
    host: str

    def subject(self) -> str:
        """Name the webhook."""
        return f"webhook:{self.webhook_id}"


class WebhookCreated(WebhookEvent):
    """A receiver was added."""

    name: ClassVar[str] = "webhook.created"


class WebhookChanged(WebhookEvent):
    """A receiver was changed, switched on or off by somebody."""

    name: ClassVar[str] = "webhook.changed"
    enabled: bool


class WebhookDeleted(WebhookEvent):
    """A receiver was taken away."""

    name: ClassVar[str] = "webhook.deleted"


class WebhookSecretRotated(WebhookEvent):
    """A receiver was given another secret."""

    name: ClassVar[str] = "webhook.secret_rotated"


class WebhookReplayed(WebhookEvent):
    """A receiver is sent again what came after a position, or goes on from a later one."""

    name: ClassVar[str] = "webhook.replayed"
    before: int
    after: int


class WebhookDisabled(WebhookEvent):
    """A receiver was switched off: it said that it is gone, or failed too often."""

    name: ClassVar[str] = "webhook.disabled"
    reason: str


EVENTS: tuple[type[Event], ...] = (
    WebhookCreated, WebhookChanged, WebhookDeleted, WebhookSecretRotated, WebhookReplayed, WebhookDisabled,
)  # fmt: skip


# -- what goes in and out -----------------------------------------------------------------------------------------------

Url = Annotated[str, Field(min_length=8, max_length=2000, pattern=r"^https?://\S+$")]
Description = Annotated[str, Field(max_length=200)]
Asked = Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(min_length=1, max_length=100)]


class NewWebhook(Input):
    """Who is to be told what: events by name (`machine.started`), by first word (`machine`), or all (`*`)."""

    url: Url
    events: Asked = Field([ALL])
    description: Description = ""


class WebhookChange(Input):
    """What is to be otherwise; what is left out stays. Switching on goes on from where it stood."""

    url: Url | None = None
    events: Asked | None = None
    description: Description | None = None
    enabled: bool | None = None
    version: int | None = None


class SecretRotation(Input):
    """For how many hours the secret before signs as well."""

    overlap_hours: Annotated[int, Field(ge=0, le=168)] = 24


class Replay(Input):
    """The number of the event after which to go on: an earlier one sends again, a later one leaves out."""

    after: Annotated[int, Field(ge=0, lt=2**62)]


class WebhookView(View):
    """A receiver and how it gets on: `position` is the last event that it took, `behind` how many came since; `last` is
    the last try, and until `previous_until` the secret before signs too."""

    id: str
    version: int
    url: str
    description: str
    events: list[str]
    enabled: bool
    reason: str | None
    position: int
    behind: int
    tries: int
    next_try_at: datetime | None
    error: str | None
    last: WebhookDeliveryView | None
    previous_until: datetime | None
    created_at: datetime
    updated_at: datetime


class WebhookWithSecret(WebhookView):
    """A receiver with its secret, which is shown this once."""

    secret: str


# -- verbs ------------------------------------------------------------------------------------------------------------------


def name_of(webhook: Webhook) -> str:
    """Return the name of a webhook's position among the readers."""
    return READER + webhook.id


def about(webhook: Webhook) -> dict[str, str]:
    """Return what each fact about a webhook holds."""
    return {"webhook_id": webhook.id, "host": urlsplit(webhook.url).hostname or ""}


async def _fields(look: Look, row: Webhook, place: ReaderPosition, last: WebhookDelivery) -> dict[str, Any]:
    """Return what is shown of a webhook; what the outer joins did not find has no name and no id."""
    position = place if place.name else None
    seq = position.seq if position is not None else row.stopped_at or 0
    behind = await look.behind(seq)
    if position is not None and behind and (await next_asked_for(look, row.events, seq))[0] is None:
        behind = 0  # what it did not ask for does not wait for it; its position follows later
    return {
        **{name: getattr(row, name) for name in WebhookView.model_fields if hasattr(Webhook, name)},
        "position": seq,
        "behind": behind,
        "tries": position.tries if position is not None else 0,
        "next_try_at": position.next_try_at if position is not None and position.tries else None,
        "error": position.error if position is not None else None,
        "last": WebhookDeliveryView.model_validate(last) if last.id else None,
    }


async def _shown(look: Look, row: Webhook) -> WebhookView:
    [found] = await look.tuples(WITH_PLACE.where(Webhook.id == row.id))
    return WebhookView(**await _fields(look, *found))


async def _locked(ctx: Ctx, id: str) -> Webhook:
    """Hold a webhook; its position is held after it, never before."""
    row = await ctx.locked(Webhook, id)
    if row is None:
        raise NotFound()
    return row


def _check(look: Look, url: str | None, asked: Collection[str] | None) -> None:
    if url is not None and (why := look.means.ports.outside.why_not(url)):
        raise Invalid.field("url", why, "webhook_url_refused")
    names = [event.name for event in look.means.system.events]
    unknown = [word for word in asked or () if not any(matches([word], name) for name in names)]
    if unknown:
        raise Invalid.field("events", f"{unknown[0]} is no event of this system", "unknown_event")


async def list_webhooks(look: Look) -> list[WebhookView]:
    """List the receivers and how they get on."""
    return [WebhookView(**await _fields(look, *row)) for row in await look.tuples(WITH_PLACE)]


async def list_webhook_events(look: Look) -> list[str]:
    """List the names of the events that may be asked for."""
    return sorted(event.name for event in look.means.system.events)


async def get_webhook(look: Look, id: str) -> WebhookView:
    """Return one receiver."""
    return await _shown(look, await look.get(Webhook, id))


async def create_webhook(ctx: Ctx, body: NewWebhook) -> WebhookWithSecret:
    """Add a receiver: it is sent what happens from now on, its own creation first if it asked for that."""
    _check(ctx, body.url, body.events)
    await ctx.lock("webhooks")
    if (await ctx.one(COUNT) or 0) >= MOST:
        raise Conflict("too_many_webhooks", f"There are {MOST} webhooks already.")
    row = await ctx.add(
        Webhook(
            url=body.url, description=body.description, events=body.events, enabled=True, secret=new_webhook_secret()
        )
    )
    await ctx.add(ReaderPosition(name=name_of(row), seq=await ctx.head()))
    ctx.emit(WebhookCreated(**about(row)))
    return WebhookWithSecret(**(await _shown(ctx, row)).model_dump(), secret=row.secret)


async def change_webhook(ctx: Ctx, id: str, body: WebhookChange) -> WebhookView:
    """Change a receiver, or switch it off or on."""
    row = await _locked(ctx, id)
    ctx.check_version(row.version, body.version, await _shown(ctx, row))
    _check(ctx, body.url, body.events)
    if body.events is not None and body.events != row.events:
        await _pass_over(ctx, row)
    row.url = body.url or row.url
    row.events = body.events or row.events
    row.description = row.description if body.description is None else body.description
    if body.enabled is not None and body.enabled != row.enabled:
        await (switch_on(ctx, row) if body.enabled else switch_off(ctx, row, None))
    await ctx.save(row)
    ctx.emit(WebhookChanged(**about(row), enabled=row.enabled))
    return await _shown(ctx, row)


async def _pass_over(ctx: Ctx, row: Webhook) -> None:
    """Leave behind what was not asked for until now, so that other wishes count for what comes."""
    position = await ctx.one(readers.POSITION, name=name_of(row))
    if position is not None:
        position.seq = (await next_asked_for(ctx, row.events, position.seq))[1]
        await ctx.save(position)


async def switch_on(ctx: Ctx, row: Webhook) -> None:
    """Let a receiver go on from where it stood; the row is still to be saved."""
    seq = row.stopped_at if row.stopped_at is not None else await ctx.head()
    await ctx.add(ReaderPosition(name=name_of(row), seq=seq))
    row.enabled, row.reason, row.stopped_at = True, None, None


async def switch_off(ctx: Ctx, row: Webhook, reason: str | None) -> None:
    """Keep where a receiver stands and send it nothing more; the row is still to be saved."""
    position = await ctx.one(readers.POSITION, name=name_of(row))
    if position is not None:
        row.stopped_at = position.seq
        await ctx.delete(position)
    row.enabled, row.reason = False, reason


async def delete_webhook(ctx: Ctx, id: str) -> None:
    """Take a receiver away with the list of its deliveries."""
    row = await _locked(ctx, id)
    await ctx.run(FORGET_POSITION, of_name=name_of(row))
    await ctx.run(FORGET_DELIVERIES, of_id=id)
    await ctx.delete(row)
    ctx.emit(WebhookDeleted(**about(row)))


async def rotate_webhook_secret(ctx: Ctx, id: str, body: SecretRotation) -> WebhookWithSecret:
    """Give a receiver another secret; for a while both sign, so that it need not change at the same moment."""
    row = await _locked(ctx, id)
    overlap = timedelta(hours=body.overlap_hours)
    row.previous_secret, row.previous_until = (row.secret, ctx.now + overlap) if overlap else (None, None)
    row.secret = new_webhook_secret()
    await ctx.save(row)
    ctx.emit(WebhookSecretRotated(**about(row)))
    return WebhookWithSecret(**(await _shown(ctx, row)).model_dump(), secret=row.secret)


async def replay_webhook(ctx: Ctx, id: str, body: Replay) -> WebhookView:
    """Go on after another event: what is sent again has the ids that it had before."""
    row = await _locked(ctx, id)
    if body.after > await ctx.head():
        raise Invalid.field("after", "is not the number of an event that has happened")
    position = await ctx.one(readers.POSITION, name=name_of(row))
    before = position.seq if position is not None else row.stopped_at or 0
    if position is not None:
        position.seq, position.tries, position.next_try_at, position.error = body.after, 0, None, None
        await ctx.save(position)
    else:
        row.stopped_at = body.after
        await ctx.save(row)
    ctx.emit(WebhookReplayed(**about(row), before=before, after=body.after))
    return await _shown(ctx, row)


class Webhooks(Part):
    """The part; a system that lists it sends."""


def webhooks(*, path: str, allow: Roles) -> Webhooks:
    """Return the part with its routes under `path`, for those who may decide what leaves the house."""
    part = Webhooks("webhooks")
    part.visible(Webhook)(lambda actor: true())
    part.query(GET(path), allow=allow)(list_webhooks)
    part.command(POST(path, 201), allow=allow, refuses=(409,))(create_webhook)
    part.query(GET(f"{path}/events"), allow=allow)(list_webhook_events)
    part.query(GET(f"{path}/{{id}}"), allow=allow)(get_webhook)
    part.command(PATCH(f"{path}/{{id}}"), allow=allow, refuses=(412,))(change_webhook)
    part.command(DELETE(f"{path}/{{id}}"), allow=allow)(delete_webhook)
    part.command(POST(f"{path}/{{id}}/secret"), allow=allow)(rotate_webhook_secret)
    part.command(POST(f"{path}/{{id}}/replay"), allow=allow)(replay_webhook)
    part.flow(POST(f"{path}/{{id}}/test"), allow=allow)(test_webhook)
    part.query(GET(f"{path}/{{id}}/deliveries"), allow=allow)(list_webhook_deliveries)
    tried = f"{path}/{{id}}/deliveries/{{delivery_id}}"
    part.query(GET(tried), allow=allow)(get_webhook_delivery)
    part.flow(POST(f"{tried}/replay"), allow=allow, refuses=(409,))(replay_webhook_delivery)
    return part
