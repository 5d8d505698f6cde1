"""Text messages: by Twilio's REST API, or taken by a stand-in whose messages a person reads in the outbox."""

from collections import deque
from typing import NamedTuple, Protocol

import httpx

from livefloor.kernel.settings import SettingError, Settings


class SmsRefused(Exception):
    """The gateway did not take the message."""


class Sms(Protocol):
    """Sends text messages. `is_on` says whether people can be reached by it; what a stand-in takes is kept by the caller."""

    is_on: bool
    stands_in: bool

    async def send(self, phone: str, message: str) -> None:
        """Send one message. Raises SmsRefused, or httpx's errors when the gateway cannot be reached."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class TakenSms(NamedTuple):
    """A message that the stand-in took."""

    phone: str
    message: str


class LocalSms:
    """Sends nothing; on in development only, where the outbox can be read."""

    stands_in = True

    def __init__(self, *, is_on: bool) -> None:
        self.is_on = is_on
        self.taken: deque[TakenSms] = deque(maxlen=200)

    async def send(self, phone: str, message: str) -> None:
        """Take the message."""
        self.taken.append(TakenSms(phone, message))

    async def close(self) -> None:
        """Do nothing."""


class TwilioSms:
    """Twilio's Messages resource (2010-04-01)."""

    is_on = True
    stands_in = False

    def __init__(self, *, account_sid: str, auth_token: str, sender: str, url: str = "https://api.twilio.com") -> None:
        self._sender = sender
        self._path = f"/2010-04-01/Accounts/{account_sid}/Messages.json"
        self._http = httpx.AsyncClient(base_url=url, auth=(account_sid, auth_token), timeout=10, trust_env=True)

    async def send(self, phone: str, message: str) -> None:
        """Hand one message to the gateway. Raises SmsRefused with the gateway's own code and words."""
        recipient = phone if phone.startswith("+") else f"+{phone}"
        # Twilio takes a sender number, or the id of a messaging service, which begins with MG.
        sender = {"MessagingServiceSid" if self._sender.startswith("MG") else "From": self._sender}
        answer = await self._http.post(self._path, data={"To": recipient, **sender, "Body": message})
        if answer.is_success:
            return
        try:
            said = answer.json()
            words = f"{said.get('code')}: {said.get('message')}"
        except (ValueError, AttributeError):
            words = "no reason given"
        raise SmsRefused(f"{answer.status_code} {words}".replace(recipient, "the number"))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def sms_port(settings: Settings) -> Sms:
    """Return what the settings ask for. Raises SettingError when Twilio's keys are incomplete."""
    if settings.sms_provider == "console":
        return LocalSms(is_on=settings.debug)
    given = {name: getattr(settings, name) for name in ("twilio_account_sid", "twilio_auth_token", "twilio_from")}
    missing = [name.upper() for name, value in given.items() if not value]
    if missing:
        example = Settings.model_fields[missing[0].lower()].examples
        raise SettingError(
            f"{missing[0]}: needed with SMS_PROVIDER=twilio; for example {missing[0]}={(example or [''])[0]}"
        )
    return TwilioSms(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token,
        sender=settings.twilio_from,
        url=settings.twilio_url,
    )
