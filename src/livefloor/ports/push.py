"""Web Push (RFC 8030, 8291, 8292): to the browser's push service, or taken by a stand-in."""

import asyncio
import base64
import ipaddress
import os
import socket
from collections import deque
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

import httpx
import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from livefloor.kernel.settings import SettingError, Settings

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
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    if parts.scheme != "https" or not host or parts.username is not None or port not in (None, 443):
        return False
    try:
        return _is_public(host)
    except ValueError:
        return "." in host and not host.endswith((".local", ".internal", ".localhost"))


def are_keys(p256dh: str, auth: str) -> bool:
    """Tell whether these are a browser's keys: a point on the curve, and 16 secret bytes."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(p256dh))
        return len(_decoded(auth)) == 16
    except ValueError:
        return False


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.split("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_global and not found.is_multicast


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
    """The real thing. The endpoint came from a browser, so that it is checked to lead out of the house at each send, and
    the connection goes to the very address that was checked; `anywhere` lifts that for a push service on this machine."""

    stands_in = False

    def __init__(self, vapid: Vapid02, *, subject: str, anywhere: bool = False) -> None:
        self.public_key = public_key_of(vapid)
        self._vapid = vapid
        self._subject = subject
        self.anywhere = anywhere
        self._http = httpx.AsyncClient(timeout=10, follow_redirects=False, trust_env=False)

    async def send(self, endpoint: str, keys: dict[str, str], shown: dict[str, Any]) -> None:
        """Encrypt for the browser and hand it to its push service."""
        address = None if self.anywhere else await _public_address(endpoint)
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
        extensions: dict[str, Any] = {}
        url = httpx.URL(endpoint)
        if address is not None:
            headers["Host"] = parts.netloc
            extensions["sni_hostname"] = parts.hostname
            url = url.copy_with(host=address)
        answer = await self._http.post(url, content=body["body"], headers=headers, extensions=extensions)
        if answer.status_code in (404, 410):
            raise SubscriptionGone("the push service knows this browser no more")
        if not answer.is_success:
            raise PushRefused(f"{answer.status_code} {answer.text[:200]}")

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


async def _public_address(endpoint: str) -> str:
    if not may_be_reached(endpoint):
        raise PushRefused("the endpoint is not the address of a push service")
    host = urlsplit(endpoint).hostname
    found = await asyncio.get_running_loop().getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    addresses = [str(item[4][0]) for item in found]
    if not addresses or not all(_is_public(address) for address in addresses):
        raise PushRefused("the endpoint leads into a private network")
    return addresses[0]


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
