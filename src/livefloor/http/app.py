"""The HTTP side of one system: what happens to a request, in order, on one screen."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import cookie_parser

from livefloor.declare.part import Stored, Verb
from livefloor.declare.roles import PUBLIC, Actor
from livefloor.http.openapi import takes_key
from livefloor.http.pages import Pages
from livefloor.http.routes import Endpoint, Router, endpoint_of, problem_bytes, read_body
from livefloor.identity.access import Access
from livefloor.kernel import tracing
from livefloor.kernel.ids import new_id
from livefloor.kernel.problems import BadRequest, Forbidden, Invalid, NotFound, Problem, TooMany
from livefloor.kernel.settings import Settings
from livefloor.store import timers
from livefloor.store.log import Entry, LoggedEvent
from livefloor.work.execute import Answer, Executor

log = structlog.get_logger("livefloor.http")

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Headers = list[tuple[bytes, bytes]]
Stream = Callable[[Scope, Mapping[str, str], Mapping[str, str], Receive, Send], Awaitable[None]]
"""What a wire answers; takes the headers, and what is seen of the caller. Raises Problem before it has answered."""

SECURITY: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (
        b"content-security-policy",
        (
            b"default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; "
            b"object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'"
        ),
    ),
]
HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
PLAIN: Headers = [(b"x-content-type-options", b"nosniff")]
"""What an answer that is no page needs of them."""
KEY = re.compile(r"[!-~]{1,100}")


@dataclass(slots=True)
class _Kept:
    """A stored answer: its bytes, its tag, the event number it is true for, the moment it ends, whether a timer is due then."""

    answer: Answer
    etag: str
    seq: int
    ends: datetime
    by_timer: bool


class HttpApp:
    """Answers the requests of one system."""

    def __init__(
        self,
        executor: Executor,
        access: Access,
        settings: Settings,
        pages: Pages,
        stream_at: Callable[[str], Stream | None],
        head: Callable[[], int] = lambda: 0,
    ) -> None:
        self.executor = executor
        self.access = access
        self.settings = settings
        self.pages = pages
        self.stream_at = stream_at
        self.head = head
        """The number of the last event that this process has heard of."""
        self.router = Router()
        self._kept: dict[tuple[Verb, bytes, str], _Kept] = {}
        self._stale_before: dict[Verb, int] = {}
        self._stored: list[tuple[Verb, set[str]]] = []
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._limits = {
            limit.name: RateLimitItemPerSecond(limit.count, limit.seconds, namespace=limit.name)
            for limit in executor.system.limits
            if settings.limits == "on"
        }
        self._unless_known = {limit.name for limit in executor.system.limits if limit.unless_known}
        self._limited_by = {limit.name: limit.by for limit in executor.system.limits}
        self._manners = executor.system.manners
        self._always = [
            (name.lower().encode(), value.encode("latin-1")) for name, value in self._manners.headers.items()
        ] + ([HSTS] if not settings.debug else [])
        self._networks = [ipaddress.ip_network(network, strict=False) for network in settings.trusted_proxies]
        for verb in executor.system.verbs():
            if verb.when is None or verb.when(settings):
                self.router.add(endpoint_of(verb))
                if verb.stored is not None:
                    self._stored.append(
                        (verb, {kind.name for event in verb.stored.drops for kind in _with_subclasses(event)})
                    )
        self.requests: dict[tuple[str, int], int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever goes wrong becomes problem+json."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        request_id = headers.get("x-request-id", "")
        if not KEY.fullmatch(request_id):
            request_id = new_id()
        name = "unknown"
        try:
            found = self.router.find(scope["method"], scope["path"])
            if found is None:
                send = self.with_always(send)
            if found is None and (stream := self.stream_at(scope["path"])) is not None:
                name = "stream"
                await stream(scope, headers, self._seen(scope, headers, request_id), receive, send)
                self.requests["stream", 200] = self.requests.get(("stream", 200), 0) + 1
                return
            if found is None:
                if scope["method"] in ("GET", "HEAD") and await self.pages.serve(scope, headers, send, SECURITY):
                    return
                raise NotFound("not_found", "There is nothing at this address.")
            endpoint, path = found
            name = endpoint.verb.name
            if tracing.is_on():
                answer = await self._traced(endpoint, path, scope, headers, receive, request_id)
            else:
                answer = await self._answer(endpoint, path, scope, headers, receive, request_id)
            if answer.media_type.startswith("text/html") and scope["path"].endswith("/"):
                # A page finds its files by its own address, so it has only one.
                answer = Answer(308, b"", headers=(("Location", f"../{scope['path'].rstrip('/').rsplit('/', 1)[-1]}"),))
        except Exception as error:  # noqa: BLE001 - whatever goes wrong has an answer
            answer = self._failed(error, request_id, name)
        self.requests[name, answer.status] = self.requests.get((name, answer.status), 0) + 1
        await self._send(answer, scope, send, request_id)

    async def _traced(
        self,
        endpoint: Endpoint,
        path: dict[str, str],
        scope: Scope,
        headers: Mapping[str, str],
        receive: Receive,
        request_id: str,
    ) -> Answer:
        """Answer within a span, below the one that the caller names (W3C Trace Context), and name it to the caller."""
        route = endpoint.verb.route
        said = {"http.request.method": route.method, "http.route": route.path, "request_id": request_id}
        carrier = {name: headers[name] for name in ("traceparent", "tracestate") if name in headers}
        with tracing.span(f"{route.method} {route.path}", carrier=carrier, kind="SERVER", **said) as span:
            try:
                answer = await self._answer(endpoint, path, scope, headers, receive, request_id)
            except Exception as error:  # noqa: BLE001 - whatever goes wrong has an answer
                answer = self._failed(error, request_id, endpoint.verb.name)
            tracing.answered(span, answer.status)
            marked = tracing.mark()
        return replace(answer, headers=(*answer.headers, ("traceresponse", marked))) if marked else answer

    async def _answer(
        self,
        endpoint: Endpoint,
        path: dict[str, str],
        scope: Scope,
        headers: Mapping[str, str],
        receive: Receive,
        request_id: str,
    ) -> Answer:
        verb = endpoint.verb
        if verb.secure and not self.settings.debug and not self._is_https(scope, headers):
            raise Forbidden("https_required", "Sign in over HTTPS.")
        actor = await self._actor(verb, scope, headers, request_id)
        self.count("requests", actor)
        if verb.kind != "query":
            self.count("writes", actor)
        if "public" in verb.allow and actor.id is None and verb.limit is None:
            self.count("public", actor)
        if verb.limit is not None:
            self.count(verb.limit, actor)
        if verb.stored is not None:
            return await self._from_kept(endpoint, verb.stored, path, scope, headers, actor)
        args = endpoint.arguments(path, scope["query_string"])
        if endpoint.cookies:
            held = cookie_parser(headers.get("cookie", ""))
            args |= {name: held.get(cookie) for name, cookie in endpoint.cookies.items()}
        if endpoint.headers:
            args |= {name: headers.get(header) for name, header in endpoint.headers.items()}
        if verb.kind == "query":
            return await self._query(endpoint, actor, args)
        said = b""
        if endpoint.body_adapter is not None:
            said = await read_body(receive, self._manners.most_bytes)
            args["body"] = await endpoint.body(headers, said)
        key = headers.get("idempotency-key") if takes_key(verb) else None
        if key is not None and not KEY.fullmatch(key):
            raise BadRequest("bad_idempotency_key", "An Idempotency-Key is 1 to 100 visible ASCII characters.")
        return await self.executor.command(
            verb, actor, args, endpoint.encode, key=key, said=said, path=scope["path"].rstrip("/")
        )

    async def _query(self, endpoint: Endpoint, actor: Actor, args: dict[str, Any]) -> Answer:
        result, seq = await self.executor.query(endpoint.verb, actor, args)
        answer = endpoint.encode(result)
        return Answer(answer.status, answer.body, answer.media_type, (*answer.headers, ("Event-Seq", str(seq))))

    async def perform(self, actor: Actor, method: str, path: str, said: bytes, key: str | None) -> Answer:
        """Do for a known actor what a request with a JSON body would; what goes wrong is its answer, as over HTTP.

        It is one of the writes that an account has, whatever carries it here.
        """
        name = "unknown"
        path, _, query = path.partition("?")
        try:
            found = self.router.find(method, path)
            if found is None:
                raise NotFound("not_found", "There is nothing at this address.")
            endpoint, values = found
            name = endpoint.verb.name
            self.executor.admit(endpoint.verb, actor)
            self.count("writes", actor)
            args = endpoint.arguments(values, query.encode())
            if endpoint.body_adapter is not None:
                args["body"] = await endpoint.body({"content-type": "application/json"}, said)
            return await self.executor.command(
                endpoint.verb, actor, args, endpoint.encode, key=key, said=said, path=path.rstrip("/")
            )
        except Exception as error:  # noqa: BLE001 - whatever goes wrong has an answer
            return self._failed(error, actor.request_id, name)

    def verb_at(self, method: str, path: str) -> tuple[Verb, Mapping[str, str]] | None:
        """Return the verb that a request would call, and what its path says; None when there is none."""
        try:
            found = self.router.find(method, path.partition("?")[0])
        except Problem:
            return None
        return None if found is None else (found[0].verb, found[1])

    async def _actor(self, verb: Verb, scope: Scope, headers: Mapping[str, str], request_id: str) -> Actor:
        seen = self._seen(scope, headers, request_id)
        if "public" in verb.allow and (verb.allow == PUBLIC or "authorization" not in headers):
            return Actor(None, "public", **seen)
        actor = await self.access.actor(headers.get("authorization", ""), **seen)
        return self.executor.admit(verb, actor)

    def _is_https(self, scope: Scope, headers: Mapping[str, str]) -> bool:
        """Tell whether the client came over HTTPS, here or to a trusted proxy."""
        if scope.get("scheme") == "https":
            return True
        peer = (scope.get("client") or ("127.0.0.1", 0))[0]
        try:
            trusted = any(ipaddress.ip_address(peer) in network for network in self._networks)
        except ValueError:
            trusted = False
        return trusted and headers.get("x-forwarded-proto", "").split(",")[0].strip().lower() == "https"

    def _seen(self, scope: Scope, headers: Mapping[str, str], request_id: str) -> dict[str, Any]:
        agent = headers.get("user-agent", "")[:200]
        relied = re.fullmatch(r'(?:W/)?"?(\d{1,18})"?', headers.get("if-match", ""))
        return {
            "address": self.address_of(scope, headers),
            "user_agent": agent,
            "request_id": request_id,
            "if_match": int(relied[1]) if relied else None,
        }

    def address_of(self, scope: Scope, headers: Mapping[str, str]) -> str:
        """Return the peer's address, or the last untrusted hop when the peer is a trusted proxy."""
        peer: str = (scope.get("client") or ("127.0.0.1", 0))[0]
        forwarded = headers.get("x-forwarded-for")
        if not self._networks or forwarded is None:
            return peer
        for hop in [peer, *(hop.strip() for hop in reversed(forwarded.split(",")))]:
            try:
                trusted = any(ipaddress.ip_address(hop) in network for network in self._networks)
            except ValueError:
                break
            peer = hop
            if not trusted:
                break
        return peer

    def count(self, name: str, actor: Actor) -> None:
        """Count one thing that somebody does against a limit of the system. Raises TooMany."""
        item = self._limits.get(name)
        if item is None or (actor.id is not None and name in self._unless_known):
            return
        whom = {"account": actor.id, "address": actor.address, "all": "all"}[self._limited_by[name]]
        if whom is not None and not self._limiter.hit(item, whom):
            raise TooMany("rate_limited", "Too many requests; wait a moment.", retry_after=item.get_expiry())

    # -- stored answers -------------------------------------------------------------------------------------------

    async def _from_kept(
        self,
        endpoint: Endpoint,
        stored: Stored,
        path: dict[str, str],
        scope: Scope,
        headers: Mapping[str, str],
        actor: Actor,
    ) -> Answer:
        verb = endpoint.verb
        key = (verb, scope["query_string"], "/".join(path.values()))
        now = self.executor.clock.now()
        kept = self._kept.get(key)
        if kept is None or kept.ends <= now:
            kept = await self._keep(endpoint, stored, key, kept, path, scope, actor, now)
        if headers.get("if-none-match") == kept.etag:
            return Answer(304, b"", headers=(("ETag", kept.etag),))
        return kept.answer

    async def _keep(
        self,
        endpoint: Endpoint,
        stored: Stored,
        key: tuple[Verb, bytes, str],
        old: _Kept | None,
        path: dict[str, str],
        scope: Scope,
        actor: Actor,
        now: datetime,
    ) -> _Kept:
        verb = endpoint.verb
        args = endpoint.arguments(path, scope["query_string"])
        result, seq = await self.executor.query(verb, actor, args)
        answer = endpoint.encode(result)
        due = await self.executor.peek(lambda look: look.one(timers.NEXT_TO_SETTLE))
        ends = now + timedelta(seconds=stored.seconds)
        by_timer = due is not None and due <= ends
        # The tag is over the state: a body that differs by its clock fields alone keeps it.
        etag = old.etag if old is not None and not old.by_timer else f'W/"{seq}-{new_id()[-12:]}"'
        headers = (("ETag", etag), ("Event-Seq", str(seq)), ("Cache-Control", "private, no-cache"))
        kept = _Kept(
            Answer(answer.status, answer.body, answer.media_type, headers), etag, seq, min(ends, due or ends), by_timer
        )
        # An event that came while this was being read must not find it kept afterwards.
        if seq >= self._stale_before.get(verb, 0):
            self._kept[key] = kept
        return kept

    def drop(self, entries: Sequence[Entry | LoggedEvent]) -> None:
        """Drop the stored answers that these events made stale."""
        for verb, names in self._stored:
            newest = max((entry.seq for entry in entries if entry.name in names), default=0)
            if newest > self._stale_before.get(verb, 0):
                self._stale_before[verb] = newest
                for key in [key for key, kept in self._kept.items() if key[0] is verb and kept.seq < newest]:
                    del self._kept[key]

    def _failed(self, error: Exception, request_id: str, name: str) -> Answer:
        """Return the answer for what went wrong."""
        if isinstance(error, Problem):
            return self._refusal(error)
        is_of_database = type(error).__module__.startswith("asyncpg") and type(error).__name__ == "DataError"
        if is_of_database or isinstance(error, OverflowError | UnicodeEncodeError):
            log.info("out_of_range", request_id=request_id, verb=name, error=str(error))
            return self._refusal(Invalid("validation_error", "A value is out of range."))
        log.exception("request_failed", request_id=request_id, verb=name)
        return self._refusal(Problem("internal_error", "Something went wrong on our side; it is logged."))

    def _refusal(self, problem: Problem) -> Answer:
        body = problem_bytes(self.executor.system.body_of(problem))
        return Answer(problem.status, body, "application/problem+json", tuple(problem.headers().items()))

    # -- sending --------------------------------------------------------------------------------------------------

    async def _send(self, answer: Answer, scope: Scope, send: Send, request_id: str) -> None:
        is_page = answer.media_type.startswith("text/html")
        headers: Headers = [(b"x-request-id", request_id.encode()), *(SECURITY if is_page else PLAIN)]
        if answer.status not in (204, 304):
            headers.append((b"content-type", answer.media_type.encode()))
            headers.append((b"content-length", str(len(answer.body)).encode()))
        given = dict(answer.headers)
        if not is_page and answer.status != 304:
            # What is for one person stays in no cache, unless the answer says how long it may.
            given.setdefault("Cache-Control", "no-store")
        if "Cache-Control" in self._manners.headers:
            given.pop("Cache-Control", None)
        if (root := scope.get("root_path")) and "Set-Cookie" in given:
            # A part knows its own paths; where the system is mounted, only the answer knows.
            given["Set-Cookie"] = given["Set-Cookie"].replace("Path=/", f"Path={root}/", 1)
        if self._manners.seq_header:
            given[self._manners.seq_header] = given.pop("Event-Seq", "") or str(self.head())
        headers.extend((name.lower().encode(), value.encode("latin-1")) for name, value in given.items())
        await send({"type": "http.response.start", "status": answer.status, "headers": self._and_always(headers)})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.body})

    def _and_always(self, headers: Headers) -> Headers:
        own = {name for name, _ in headers}
        return [*headers, *((name, value) for name, value in self._always if name not in own)]

    def with_always(self, send: Send) -> Send:
        """Return `send` with the headers that stand on every answer, for those that are not made here."""

        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._and_always(list(message["headers"]))}
            await send(message)

        return sending


def _with_subclasses(kind: type[Any]) -> list[type[Any]]:
    return [kind, *(deeper for sub in kind.__subclasses__() for deeper in _with_subclasses(sub))]
