"""What a load balancer asks: whether to send anything here."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Literal

import orjson

PATH = "/readyz"
Readiness = Literal["ready", "draining", "unavailable"]


def is_asked(scope: Mapping[str, Any], path: str) -> bool:
    """Tell whether a request asks for this, at a path below its mount."""
    return scope["type"] == "http" and path == PATH and scope["method"] in ("GET", "HEAD")


async def answer(
    scope: Mapping[str, Any], send: Callable[[MutableMapping[str, Any]], Awaitable[None]], readiness: Readiness
) -> None:
    """Answer 200 when ready, 503 when not."""
    body = orjson.dumps({"status": readiness})
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": 200 if readiness == "ready" else 503, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
