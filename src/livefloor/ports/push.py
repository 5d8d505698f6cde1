"""Web Push (RFC 8030, 8291, 8292): to the browser's push service, or taken by a stand-in."""

import base64
import os
from collections import deque
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

import httpx
import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from livefloor.kernel.settings import SettingError, Settings
from livefloor.ports.outside import LeadsInside, OutsideTransport, why_not

TTL_S = 3600
"""How long the push service keeps a message for a sleeping phone; what is older is of no use."""


class PushRefused(Exception):
    """The push service did not take the message."""


class SubscriptionGone(Exception):
    """The push service knows this browser no more."""


class Push(Protocol):
    """Sends pushes to browsers; `public_key` is what they subscribe with. A stand-in's messages are kept by the caller."""

    stands_in: bool
    public_key: str

    async def send(self, endpoint: str, keys: dict[str, str], shown: dict[str, Any]) -> None:
        """Send one push. Raises SubscriptionGone, PushRefused, or httpx's errors."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


def may_be_reached(endpoint: str) -> bool:
    """Tell whether an endpoint can be a push service's: https at a name or public address, on the usual port."""
    if why_not(endpoint) is not None:
        return False
    parts = urlsplit(endpoint)
    return parts.scheme == "https" and parts.port in (None, 443)


def are_keys(p256dh: str, auth: str) -> bool:
    """Tell whether these are a browser's keys: a point on the curve, and 16 secret bytes."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(p256dh))
        return len(_decoded(auth)) == 16
    except ValueError:
        return False


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))


class TakenPush(NamedTuple):
    """A push that the stand-in took."""

    endpoint: str
    shown: dict[str, Any]


class LocalPush:
    """Sends nothing; what it takes can be read in the outbox."""

    stands_in = True

    def __init__(self, vapid: Vapid02) -> None:
        self.public_key = public_key_of(vapid)
        self.taken: deque[TakenPush] = deque(maxlen=200)

    async def send(self, endpoint: str, keys: dict[str, str], shown: dict[str, Any]) -> None:
        """Take the push."""
        self.taken.append(TakenPush(endpoint, shown))

    async def close(self) -> None:
        """Do nothing."""


class WebPush:
    """The real thing. The endpoint came from a browser, so that it is checked to lead out of the house at each send;
    `anywhere` lifts that for a push service on this machine."""

    stands_in = False

    def __init__(self, vapid: Vapid02, *, subject: str, anywhere: bool = False) -> None:
        self.public_key = public_key_of(vapid)
        self._vapid = vapid
        self._subject = subject
        self._way = OutsideTransport(anywhere=anywhere)
        self._http = httpx.AsyncClient(transport=self._way, timeout=10, follow_redirects=False, trust_env=False)

    @property
    def anywhere(self) -> bool:
        """Tell whether pushes may go to this machine too."""
        return self._way.anywhere

    @anywhere.setter
    def anywhere(self, anywhere: bool) -> None:
        self._way.anywhere = anywhere

    async def send(self, endpoint: str, keys: dict[str, str], shown: dict[str, Any]) -> None:
        """Encrypt for the browser and hand it to its push service."""
        if not self.anywhere and not may_be_reached(endpoint):
            raise PushRefused("the endpoint is not the address of a push service")
        parts = urlsplit(endpoint)
        from pywebpush import WebPusher  # half a second of every start, needed by the first push alone

        body = WebPusher({"endpoint": endpoint, "keys": keys}).encode(orjson.dumps(shown), content_encoding="aes128gcm")
        claims = {"sub": self._subject, "aud": f"{parts.scheme}://{parts.netloc}"}
        headers = {
            **self._vapid.sign(claims),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(TTL_S),
            "Urgency": "high",
        }
        try:
            answer = await self._http.post(endpoint, content=body["body"], headers=headers)
        except LeadsInside as error:
            raise PushRefused(str(error)) from error
        if answer.status_code in (404, 410):
            raise SubscriptionGone("the push service knows this browser no more")
        if not answer.is_success:
            raise PushRefused(f"{answer.status_code} {answer.text[:200]}")

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def public_key_of(vapid: Vapid02) -> str:
    """Return the key that browsers subscribe with: the uncompressed point, base64url."""
    point = vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).decode().rstrip("=")


def push_port(settings: Settings) -> Push | None:
    """Return what the settings ask for.

    A private key or a subject switches real pushes on; a missing key is made once and kept in the data folder, so that
    browsers stay subscribed. Without either, a development start has the stand-in, and production no push.
    """
    is_on = bool(settings.vapid_private_key) or "vapid_subject" in settings.model_fields_set
    if not is_on and not settings.debug:
        return None
    vapid = _vapid(settings)
    return WebPush(vapid, subject=settings.vapid_subject) if is_on else LocalPush(vapid)


def _vapid(settings: Settings) -> Vapid02:
    if settings.vapid_private_key:
        try:
            return Vapid02.from_string(settings.vapid_private_key)
        except Exception as error:
            example = base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")
            raise SettingError(
                f"VAPID_PRIVATE_KEY: not a P-256 private key; for example VAPID_PRIVATE_KEY={example}"
            ) from error
    path = settings.data / "secrets" / "vapid_private_key"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
        made = path.with_name(f"{path.name}.{os.getpid()}")
        made.touch(mode=0o600)
        made.write_text(base64.urlsafe_b64encode(number.to_bytes(32)).decode().rstrip("="))
        try:
            os.link(made, path)  # of several processes that start at once, one wins and all use its key
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return Vapid02.from_string(path.read_text().strip())
