"""Text messages: by Twilio's REST API, or taken by a stand-in whose messages a person reads in the outbox."""

import base64
import contextlib
import hashlib
import hmac
from collections import deque
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple, Protocol

import httpx

from livefloor.kernel.ids import new_id
from livefloor.kernel.settings import SettingError, Settings
from livefloor.ports.outside import trust


class SmsRefused(Exception):
    """The gateway did not take the message: its HTTP status, its own code, and after how many seconds to try again."""

    def __init__(
        self, words: str, *, status: int = 0, code: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(words)
        self.status = status
        self.code = code
        self.retry_after = retry_after

    @property
    def is_passing(self) -> bool:
        """Tell whether the same message may be taken later."""
        return self.status == 429 or self.status >= 500

    @property
    def is_about_keys(self) -> bool:
        """Tell whether the gateway does not take the account's keys."""
        return self.status in (401, 403)


class Sms(Protocol):
    """Sends text messages. `is_on` says whether people can be reached by it; what a stand-in takes is kept by the caller."""

    is_on: bool
    stands_in: bool

    async def send(self, phone: str, message: str, *, report_to: str = "") -> str:
        """Send one message; return the gateway's id of it. What becomes of it is reported to an address, if one is given.

        Raises SmsRefused, or httpx's errors when the gateway cannot be reached.
        """
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

    async def send(self, phone: str, message: str, *, report_to: str = "") -> str:
        """Take the message."""
        self.taken.append(TakenSms(phone, message))
        return f"local-{new_id()}"

    async def close(self) -> None:
        """Do nothing."""


class TwilioSms:
    """Twilio's Messages resource (2010-04-01)."""

    is_on = True
    stands_in = False

    def __init__(self, *, account_sid: str, auth_token: str, sender: str, url: str = "https://api.twilio.com") -> None:
        self._sender = sender
        self._path = f"/2010-04-01/Accounts/{account_sid}/Messages.json"
        self._http = httpx.AsyncClient(
            base_url=url, auth=(account_sid, auth_token), verify=trust(), timeout=5, trust_env=True
        )

    async def send(self, phone: str, message: str, *, report_to: str = "") -> str:
        """Hand one message to the gateway. Raises SmsRefused with the gateway's own code and words."""
        recipient = phone if phone.startswith("+") else f"+{phone}"
        # Twilio takes a sender number, or the id of a messaging service, which begins with MG.
        sender = {"MessagingServiceSid" if self._sender.startswith("MG") else "From": self._sender}
        reported = {"StatusCallback": report_to} if report_to else {}
        answer = await self._http.post(self._path, data={"To": recipient, **sender, "Body": message, **reported})
        said: dict[str, Any] = {}
        with contextlib.suppress(ValueError):
            said = found if isinstance(found := answer.json(), dict) else {}
        if answer.is_success:
            return str(said.get("sid", ""))
        code = said.get("code")
        words = f"{code}: {said.get('message')}" if said else "no reason given"
        raise SmsRefused(
            f"{answer.status_code} {words}".replace(recipient, "the number"),
            status=answer.status_code,
            code=code if isinstance(code, int) else None,
            retry_after=seconds_until_retry(answer.headers),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def seconds_until_retry(headers: Mapping[str, str]) -> float | None:
    """Return how long an answer asks to wait: seconds, or a moment by the answer's own clock (RFC 9110 section 10.2.3)."""
    after = headers.get("retry-after", "")
    if after.isdecimal():
        return float(after)
    try:
        wait = parsedate_to_datetime(after) - parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError):
        return None
    return max(0.0, wait.total_seconds())


def twilio_signature(auth_token: str, url: str, fields: Mapping[str, str]) -> str:
    """Return what Twilio signs a request to us with: HMAC-SHA1 over the address and the sorted fields, base64."""
    said = url + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.digest(auth_token.encode(), said.encode(), hashlib.sha1)).decode()


def is_twilio_signed(signature: str | None, url: str, fields: Mapping[str, str], auth_tokens: Iterable[str]) -> bool:
    """Tell whether Twilio signed a request with one of our tokens: the present one, or while it is changed the one before."""
    given = (signature or "").encode()
    return any(
        hmac.compare_digest(twilio_signature(token, url, fields).encode(), given) for token in auth_tokens if token
    )


def sms_port(settings: Settings) -> Sms:
    """Return what the settings ask for. Raises SettingError when Twilio's keys are incomplete."""
    if settings.sms != "twilio":
        return LocalSms(is_on=settings.sms == "simulator")
    given = {
        "twilio_account_sid": settings.twilio_account_sid,
        "twilio_auth_token": settings.twilio_auth_token,
        "twilio_from": settings.sms_sender,
    }
    missing = [name.upper() for name, value in given.items() if not value]
    if missing:
        example = Settings.model_fields[missing[0].lower()].examples
        raise SettingError(
            f"{missing[0]}: needed with SMS_PROVIDER=twilio; for example {missing[0]}={(example or [''])[0]}"
        )
    return TwilioSms(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token,
        sender=settings.sms_sender,
        url=settings.twilio_url,
    )
