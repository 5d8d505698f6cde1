"""What a wire is to the server: the paths at which it answers, and what it needs of the running system."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from livefloor.declare.system import System
from livefloor.identity.access import Access
from livefloor.kernel.clock import Clock
from livefloor.kernel.problems import NotFound
from livefloor.kernel.settings import Settings
from livefloor.realtime.hub import Hub
from livefloor.realtime.recovery import Recovery
from livefloor.work.execute import Executor

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


LEAVING = "livefloor.leaving"
"""True in the scope of what comes while this process ends: nothing live begins any more."""


@dataclass(frozen=True, slots=True)
class Live:
    """What the wires of one running system share."""

    system: System
    settings: Settings
    secrets: Mapping[str, str]
    clock: Clock
    access: Access
    hub: Hub
    recovery: Recovery
    executor: Executor


class LiveWire:
    """One protocol, spoken at some paths: a path that ends with `/` stands for all that begin with it."""

    name: ClassVar[str]
    paths: Sequence[str]

    def __init__(self, live: Live) -> None:
        self.live = live

    async def answer(
        self, scope: Scope, headers: Mapping[str, str], seen: Mapping[str, str], receive: Receive, send: Send
    ) -> None:
        """Answer one HTTP request; `seen` is what is seen of the caller. Raises Problem before it has answered."""
        raise NotFound("not_found", "There is nothing at this address.")

    async def hold(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold one WebSocket from its handshake to its end."""
        await refuse(receive, send)

    def sessions(self) -> Sequence[Callable[[], None]]:
        """Return what ends each client that has no line of its own at the moment."""
        return ()

    async def close(self) -> None:
        """End what goes on outside of requests and WebSockets, before the store closes."""
        return


def headers_of(scope: Scope) -> dict[str, str]:
    """Return the headers of a request, by their names in lower case."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def seen_of(scope: Scope) -> dict[str, str]:
    """Return what is seen of who opens a WebSocket."""
    client = scope.get("client") or ("", 0)
    agent = headers_of(scope).get("user-agent", "")[:200]
    return {"address": client[0], "user_agent": agent, "request_id": ""}


async def refuse(receive: Receive, send: Send) -> None:
    """Turn a WebSocket away that asks for nothing we have."""
    await receive()
    await send({"type": "websocket.close", "code": 4404})


async def turn_away(receive: Receive, send: Send) -> None:
    """Refuse a handshake so that the client, or the proxy before us, tries again, at another process if there is one."""
    await receive()
    headers = [(b"retry-after", b"2"), (b"content-length", b"0")]
    await send({"type": "websocket.http.response.start", "status": 503, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": b""})
    # uvicorn takes the handshake for unfinished, and complains, until the line is gone: its second word.
    await receive()
    await receive()


def at(paths: Mapping[str, LiveWire], path: str) -> LiveWire | None:
    """Return what stands at a path, or at the `/` that it lies below."""
    found = paths.get(path.rstrip("/"))
    if found is not None:
        return found
    return next((wire for prefix, wire in paths.items() if prefix.endswith("/") and path.startswith(prefix)), None)
