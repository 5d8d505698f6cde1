"""What a load balancer asks: whether to send anything here; and what a supervisor does: whether to start it anew."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Literal

import orjson

PATH, ALIVE = "/readyz", "/healthz"
Readiness = Literal["ready", "draining", "unavailable", "alive"]


def is_asked(scope: Mapping[str, Any], path: str, asked: str = PATH) -> bool:
    """Tell whether a request asks for this, at a path below its mount."""
    return scope["type"] == "http" and path == asked and scope["method"] in ("GET", "HEAD")


async def answer(
    scope: Mapping[str, Any], send: Callable[[MutableMapping[str, Any]], Awaitable[None]], readiness: Readiness
) -> None:
    """Answer 200 when ready, or asked for no more than being alive; 503 when not."""
    body = orjson.dumps({"status": readiness})
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send(
        {"type": "http.response.start", "status": 200 if readiness in ("ready", "alive") else 503, "headers": headers}
    )
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
