"""How texts are sent, as organizers may know it, and a text to try it (section 5.5); never the token."""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal

import structlog
from pydantic import Field
from sqlalchemy import func, select

from livefloor import GET, POST, Conflict, Ctx, Input, Look, Part, View
from livefloor.systems.coffee.event_settings import event_settings
from livefloor.systems.coffee.guests import guest_of
from livefloor.systems.coffee.listening import INBOUND
from livefloor.systems.coffee.message_views import MessageView, message_view
from livefloor.systems.coffee.models import SmsConversation, SmsMessage
from livefloor.systems.coffee.rooms import ADMIN, LEADS
from livefloor.systems.coffee.rules.phones import e164, masked
from livefloor.systems.coffee.rules.texts import TEMPLATES, TextKind
from livefloor.systems.coffee.texting import write

LAST_INBOUND = select(func.max(SmsConversation.last_inbound_at))
LAST_ERROR = (
    select(SmsMessage.error_code)
    .where(SmsMessage.direction == "out", SmsMessage.error_code.is_not(None))
    .order_by(SmsMessage.updated_at.desc(), SmsMessage.id.desc())
    .limit(1)
)


class SmsSettings(View):
    """How texts are sent."""

    transport: Literal["twilio", "simulator", "off"]
    from_number_masked: str | None
    account_sid_last4: str | None
    token_set: bool
    token_set_at: date | None
    webhook_url: str
    last_inbound_at: datetime | None
    last_error: str | None
    wordings: dict[TextKind, str]
    """The automatic texts as they come; the event's settings may word them otherwise."""


class TestText(Input):
    """Where the text to try it goes."""

    __test__ = False
    to: Annotated[str, Field(min_length=1, max_length=40)]


class TestTextWritten(View):
    """The text that was written."""

    message: MessageView


OLD_AFTER = timedelta(days=90)

log = structlog.get_logger("livefloor.coffee")
sms_settings = Part("sms_settings")


@sms_settings.at_start
async def warn_of_old_token(ctx: Ctx) -> None:
    """Say that the provider's token should be changed (section 11)."""
    since = ctx.settings.twilio_auth_token_set_at
    if since is not None and ctx.now.date() - since > OLD_AFTER:
        log.warning("twilio_token_is_old", set_at=since.isoformat())


@sms_settings.query(GET("/api/settings/sms"), allow=LEADS)
async def show_sms_settings(look: Look) -> SmsSettings:
    """Show how texts are sent."""
    own = look.settings
    return SmsSettings(
        transport=own.sms,
        from_number_masked=masked(own.sms_sender or None),
        account_sid_last4=own.twilio_account_sid[-4:] or None,
        token_set=bool(own.twilio_auth_token),
        token_set_at=own.twilio_auth_token_set_at,
        webhook_url=own.public_url.rstrip("/") + INBOUND,
        last_inbound_at=await look.one(LAST_INBOUND),
        last_error=await look.one(LAST_ERROR),
        wordings=dict(TEMPLATES),
    )


@sms_settings.command(POST("/api/settings/sms/test", 202), allow=ADMIN, refuses=(409,))
async def send_test_text(ctx: Ctx, body: TestText) -> TestTextWritten:
    """Send a text to try it."""
    if ctx.settings.sms == "off":
        raise Conflict("sms_disabled", "No texts are sent.")
    phone = e164(body.to, (await event_settings(ctx)).default_country)
    message = await write(ctx, await guest_of(ctx, phone), "staff", "This is a test of the coffee service.")
    assert message is not None
    return TestTextWritten(message=message_view(message))
