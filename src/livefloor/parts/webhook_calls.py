"""One message to one receiver: what is sent, how it is signed, and what came of each try, shown and tried again."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import httpx
import orjson
from sqlalchemy import select

from livefloor.declare.event import View
from livefloor.kernel import tracing
from livefloor.kernel.ids import new_id
from livefloor.kernel.problems import Conflict, NotFound
from livefloor.ports.outside import Answer, LeadsInside, Outside
from livefloor.store.log import LoggedEvent
from livefloor.store.paging import Cursor, Items, PageLimit, page
from livefloor.store.webhooks import COUNT_TRIES, EVENT, Webhook, WebhookDelivery
from livefloor.work.ctx import Ctx, Flow, Look

TEST = "webhook.test"
"""The type of a message that somebody had sent to see whether it arrives; it is in no log, so that it has no number."""


# -- what is sent -------------------------------------------------------------------------------------------------------


def signed(keys: Iterable[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the three headers of a message: one v1 signature (HMAC-SHA256) for each secret, the newest first."""
    seconds = str(int(at.timestamp()))
    content = f"{message_id}.{seconds}.".encode() + body
    marks = [
        "v1,"
        + base64.b64encode(hmac.digest(base64.b64decode(key.removeprefix("whsec_")), content, hashlib.sha256)).decode()
        for key in keys
    ]
    return {"webhook-id": message_id, "webhook-timestamp": seconds, "webhook-signature": " ".join(marks)}


def keys_of(webhook: Webhook, now: datetime) -> list[str]:
    """Return the secrets that sign, the newest first."""
    is_old_good = webhook.previous_secret is not None and (webhook.previous_until or now) > now
    return [webhook.secret, *([webhook.previous_secret] if is_old_good and webhook.previous_secret else [])]


def body_of(event: LoggedEvent) -> bytes:
    """Return what is sent of an event: the same bytes at each try."""
    said = {"type": event.name, "timestamp": event.at, "seq": event.seq, "subject": event.subject, "data": event.data}
    return orjson.dumps(said)


class Tried(NamedTuple):
    """What came of a try: the receiver's answer, or why there was none, after how many milliseconds."""

    answer: Answer | None
    error: str | None
    ms: int

    @property
    def is_taken(self) -> bool:
        """Tell whether the receiver took it."""
        return self.answer is not None and 200 <= self.answer.status < 300


async def call(outside: Outside, url: str, keys: Sequence[str], message_id: str, at: datetime, body: bytes) -> Tried:
    """Send a message."""
    headers = {
        **signed(keys, message_id, at, body),
        "content-type": "application/json",
        "user-agent": "livefloor",
    }
    tracing.hand_on(headers)
    loop = asyncio.get_running_loop()
    began, answer, error = loop.time(), None, None
    try:
        answer = await outside.post(url, body, headers)
    except TimeoutError:
        error = f"no answer within {outside.timeout_s:g} s"
    except (LeadsInside, httpx.HTTPError, httpx.InvalidURL, OSError) as failed:
        error = f"{type(failed).__name__}: {failed}"[:500]
    return Tried(answer, error, round((loop.time() - began) * 1000))


def delivery(webhook_id: str, tried: Tried, *, at: datetime, **about: Any) -> WebhookDelivery:
    """Return the note of a try; `about` is what was sent: `seq`, `event_id`, `name`, `attempt`."""
    return WebhookDelivery(
        id=new_id(),
        webhook_id=webhook_id,
        status=tried.answer.status if tried.answer is not None else None,
        answer=tried.answer.text if tried.answer is not None else None,
        error=tried.error,
        ms=tried.ms,
        at=at,
        **about,
    )


# -- what came of it ------------------------------------------------------------------------------------------------------


class WebhookDeliveryView(View):
    """One try to deliver one event; a test is of event 0."""

    id: str
    seq: int
    event_id: str
    name: str
    attempt: int
    status: int | None
    answer: str | None
    error: str | None
    ms: int
    at: datetime


class WebhookDeliveryWithBody(WebhookDeliveryView):
    """One try with what was sent, as the log has it now; None when the log has it no more."""

    body: str | None


async def list_webhook_deliveries(
    look: Look, id: str, cursor: Cursor = None, limit: PageLimit = 50
) -> Items[WebhookDeliveryView]:
    """List the tries to deliver to a receiver, newest first, of the last 30 days."""
    row = await look.get(Webhook, id)
    statement = select(WebhookDelivery).where(WebhookDelivery.webhook_id == row.id)
    found = await page(look, statement, order=(WebhookDelivery.id.desc(),), cursor=cursor, limit=limit)
    items = [WebhookDeliveryView.model_validate(each) for each in found.rows]
    return Items[WebhookDeliveryView](items=items, **found.place())


async def get_webhook_delivery(look: Look, id: str, delivery_id: str) -> WebhookDeliveryWithBody:
    """Return one try with what was sent."""
    row, event = await _found(look, id, delivery_id)
    shown = WebhookDeliveryView.model_validate(row).model_dump()
    return WebhookDeliveryWithBody(**shown, body=body_of(event).decode() if event is not None else None)


async def _found(look: Look, id: str, delivery_id: str) -> tuple[WebhookDelivery, LoggedEvent | None]:
    await look.get(Webhook, id)
    row = await look.find(WebhookDelivery, delivery_id)
    if row is None or row.webhook_id != id:
        raise NotFound()
    return row, await look.one(EVENT, seq=row.seq)


# -- once more, and to see whether it arrives --------------------------------------------------------------------------


async def test_webhook(flow: Flow, id: str) -> WebhookDeliveryView:
    """Send a receiver a message of type `webhook.test`, on or off; tell what came of it."""
    said = {"type": TEST, "timestamp": flow.now, "seq": 0, "subject": f"webhook:{id}", "data": {}}
    about = {"seq": 0, "event_id": new_id(), "name": TEST}
    return await _send(flow, id, orjson.dumps(said), about)


async def replay_webhook_delivery(flow: Flow, id: str, delivery_id: str) -> WebhookDeliveryView:
    """Send one event once more, with the id that it had, at once and beside the order; tell what came of it."""
    row, event = await flow.look(_found, id, delivery_id)
    if event is None:
        raise Conflict("event_not_kept", "The log has this event no more.")
    about = {"seq": row.seq, "event_id": row.event_id, "name": row.name}
    return await _send(flow, id, body_of(event), about)


async def _send(flow: Flow, id: str, body: bytes, about: dict[str, Any]) -> WebhookDeliveryView:
    row = await flow.look(lambda look: look.get(Webhook, id))
    with tracing.step("webhook", seq=about["seq"], webhook=id):
        tried = await call(flow.ports.outside, row.url, keys_of(row, flow.now), about["event_id"], flow.now, body)
    return await flow.execute(_note, id, tried, about)


async def _note(ctx: Ctx, id: str, tried: Tried, about: dict[str, Any]) -> WebhookDeliveryView:
    if await ctx.locked(Webhook, id) is None:
        raise NotFound()
    attempt = 1 + (await ctx.one(COUNT_TRIES, of_webhook=id, of_event=about["event_id"]) or 0)
    row = await ctx.add(delivery(id, tried, at=ctx.now, attempt=attempt, **about))
    return WebhookDeliveryView.model_validate(row)
