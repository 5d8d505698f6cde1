"""What `doctor` looks at on the network: Redis, the public address, and whether its proxy lets live connections through."""

from __future__ import annotations

import asyncio
import ssl
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from livefloor.declare.system import Pusher, SocketIO, System, WebSocketJSON
from livefloor.operate.move import shown
from livefloor.operate.patient import Ailment, Patient

PATIENCE_S = 5.0


async def is_livefloor(url: str) -> bool:
    """Tell whether a livefloor answers at an address, ready or not."""
    try:
        async with httpx.AsyncClient(timeout=PATIENCE_S, trust_env=False) as client:
            return (await client.get(f"{url}/readyz")).json()["status"] in ("ready", "draining", "unavailable")
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return False


async def redis(patient: Patient) -> Ailment | None:
    """Whether Redis answers, where one is set."""
    if not patient.settings.redis_url:
        return None
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    try:
        async with Redis.from_url(patient.settings.redis_url, socket_connect_timeout=PATIENCE_S) as bus:
            await bus.execute_command("PING")  # type: ignore[no-untyped-call]
    except ValueError:
        return None  # it is no address: the settings are told so
    except (RedisError, OSError, TimeoutError) as error:
        says = f"{shown(patient.settings.redis_url)} does not answer: {error}."
        return Ailment("redis", says, "Start Redis, or correct LIVEFLOOR_REDIS_URL; one process alone needs none.")
    return None


async def public_url(patient: Patient) -> Ailment | None:
    """Whether the public address leads here."""
    if not patient.url or await is_livefloor(patient.url.rstrip("/")):
        return None
    says = f"{patient.url}/readyz does not answer as livefloor does."
    cure = "Check name, certificate and proxy_pass (deploy/nginx/livefloor.conf), and that the server runs."
    return Ailment("public_url", says, cure)


async def certificate(patient: Patient) -> Ailment | None:
    """Whether browsers trust the certificate of the public address, and for how long still."""
    parts = urlsplit(patient.url)
    if parts.scheme != "https":
        return None
    try:
        async with asyncio.timeout(PATIENCE_S):
            _, writer = await asyncio.open_connection(
                parts.hostname, parts.port or 443, ssl=ssl.create_default_context(cafile=patient.trusts)
            )
    except ssl.SSLCertVerificationError as error:
        says = f"Browsers refuse the certificate of {patient.url}: {error.verify_message}."
        return Ailment("certificate", says, "Renew it, with the whole chain and for this name (certbot renew).")
    except (OSError, TimeoutError):
        return None  # that it is not reached at all is found beside this
    ends = ssl.cert_time_to_seconds(writer.get_extra_info("peercert")["notAfter"])
    writer.close()
    days = int(ends - patient.runtime.clock.now().timestamp()) // 86_400
    if days >= patient.least_days:
        return None
    says = f"The certificate of {patient.url} ends in {days} days."
    return Ailment(
        "certificate", says, "Renew it now, and see why it is not renewed by itself (certbot renew --dry-run)."
    )


async def websocket(patient: Patient) -> Ailment | None:
    """Whether what stands before the server lets a WebSocket through."""
    path = _socket_of(patient.runtime.system)
    if not patient.url or path is None or not await is_livefloor(patient.url.rstrip("/")):
        return None
    at = patient.url.rstrip("/").replace("http", "ws", 1) + path
    try:
        async with connect(at, open_timeout=PATIENCE_S, proxy=None):
            return None
    except (WebSocketException, OSError, TimeoutError) as error:
        says = f"Pages are answered at {patient.url}, but no WebSocket is opened there: {error}."
        cure = "Let the proxy pass Upgrade and Connection, over HTTP/1.1: see deploy/nginx/livefloor.conf."
        return Ailment("websocket", says, cure)


def _socket_of(system: System) -> str | None:
    for wire in system.wires:
        if isinstance(wire, WebSocketJSON):
            return wire.path
        if isinstance(wire, SocketIO):
            return f"{wire.path}/?EIO=4&transport=websocket"
        if isinstance(wire, Pusher):
            return f"{wire.path}/doctor?protocol=7"
    return None


async def trusted_proxy(patient: Patient) -> Ailment | None:
    """Whether the server knows its proxy, whose address all people would share."""
    if not patient.url.startswith("https://") or patient.settings.trusted_proxies:
        return None
    says = (
        f"{patient.url} goes through a proxy that LIVEFLOOR_TRUSTED_PROXIES does not name: all people have its address."
    )
    return Ailment(
        "trusted_proxy", says, "Set LIVEFLOOR_TRUSTED_PROXIES=127.0.0.1, or whatever address the proxy calls from."
    )


CHECKS = (redis, public_url, certificate, websocket, trusted_proxy)
