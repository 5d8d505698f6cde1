"""The composition root: one system on its store, with its HTTP side, its wire, its readers and jobs; or several, mounted."""

from __future__ import annotations

import asyncio
import functools
import gc
import sys
from collections.abc import Callable, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import structlog
from starlette.middleware.cors import CORSMiddleware

from livefloor.backup import make_backup
from livefloor.declare.system import Pusher, System
from livefloor.feed.hints import Hints
from livefloor.feed.readers import Readers
from livefloor.feed.sealer import Sealer
from livefloor.feed.tail import Tail
from livefloor.feed.webhooks import WebhookSender
from livefloor.http import ready
from livefloor.http.app import HttpApp, Stream
from livefloor.http.openapi import document
from livefloor.http.pages import Pages
from livefloor.http.routes import endpoint_of
from livefloor.http.start import StartPage, entry_of
from livefloor.identity import pusher
from livefloor.identity.access import Access
from livefloor.identity.tokens import Tokens
from livefloor.jobs.runner import Runner
from livefloor.kernel import tracing
from livefloor.kernel.clock import Clock
from livefloor.kernel.problems import Problem
from livefloor.kernel.settings import SettingError, Settings, kept_secret
from livefloor.parts.webhooks import Webhooks
from livefloor.platform_tables import MODULES as _TABLES  # noqa: F401 - makes the metadata whole
from livefloor.ports import open_ports
from livefloor.realtime.bus import Bus, check_address, topic_of
from livefloor.realtime.figures import figures
from livefloor.realtime.hub import Hub
from livefloor.realtime.recovery import MOST_PLACES, Recovery
from livefloor.realtime.wire import LEAVING, Live, at, headers_of, refuse, turn_away
from livefloor.realtime.wires import wires_of
from livefloor.realtime.wires.sse import StreamProtocol
from livefloor.realtime.wires.websocket import MAX_MESSAGE, SocketProtocol
from livefloor.server import Config, Server
from livefloor.store import idempotency, migrate, unusable
from livefloor.store.engines import PostgresStore, SqliteStore
from livefloor.store.log import Entry
from livefloor.store.moved import refuse_moved
from livefloor.store.timers import ClockOffset
from livefloor.work.ctx import Ctx, Means
from livefloor.work.execute import Executor
from livefloor.work.history import Framed, History

log = structlog.get_logger("livefloor.serve")


class Runtime:
    """One system, running in this process."""

    def __init__(self, system: System, settings: Settings, clock: Clock | None = None) -> None:
        self.system = system
        self.settings = settings
        self.clock = clock or Clock()
        self.demo = False
        self.ready = False

    @property
    def database(self) -> Path:
        """Return the SQLite file of this system."""
        given = self.settings.database_url
        if given.startswith("sqlite"):
            return Path(given.split(":///", 1)[1])
        return self.settings.data / f"{self.system.name}.db"

    def chains(self) -> list[migrate.Chain]:
        """Return the chains of migrations of this system."""
        return migrate.chains_of(self.system.name, self.system.migrations, self.system.tables.metadata)

    async def migrated(self, work: Any = None) -> Any:
        """Run work on a plain connection: migrations unless said otherwise."""
        chains = self.chains()
        work = work or (lambda connection: migrate.upgrade(connection, chains))
        if self.settings.is_postgres:
            return await migrate.on_postgres(self.settings.database_url, self.system.name, work)
        return migrate.on_sqlite(self.database, work)

    def assemble(self) -> None:
        """Build all parts; nothing runs yet. Raises SettingError."""
        settings, system = self.settings, self.system
        secrets = self.secrets()
        threads = ThreadPoolExecutor(2, thread_name_prefix="offload")
        means = Means(system, settings, secrets, self.clock, open_ports(settings), threads, {}, {})
        self.store = (
            PostgresStore(settings.database_url, system.name, on_commit=self._committed)
            if settings.is_postgres
            else SqliteStore(self.database, on_commit=self._committed)
        )
        self.means = means
        self.executor = Executor(means, self.store, self.clock)
        self.access = Access(self.executor, Tokens(secrets["secret_key"], secrets.get("secret_key_previous", "")))
        self.history = History(system, self.executor.told)
        self.bus = Bus(settings.redis_url, topic_of(system.name, secrets["secret_key"]), means.process)
        self.hub = Hub(system, self.access.again, self.bus)
        live = Live(
            system,
            settings,
            secrets,
            self.clock,
            self.access,
            self.hub,
            Recovery(self.executor, self.history, self.hub),
            self.executor,
        )
        self.spoken = wires_of(live)
        self.wires = {path: wire for wire in self.spoken for path in wire.paths}
        self.http = HttpApp(
            self.executor,
            self.access,
            settings,
            Pages(system.pages or system.name),
            self._stream_at,
            lambda: self.tail.position,
        )
        self.answers = _with_origins(self.http, settings.cors_origins, system)
        self.tail = Tail(self.executor, self.history, self._took)
        self.readers = Readers(self.executor, self.history)
        self.sealer = Sealer(self.executor)
        sends = any(isinstance(part, Webhooks) for part in system.parts)
        self.webhooks = WebhookSender(self.executor, means.ports.outside) if sends else None
        self.hints = Hints(self.store, self._hinted) if isinstance(self.store, PostgresStore) else None
        self.jobs = Runner(self.executor, lambda: len(self.hub.connections))
        self.executor.run_due = self.jobs.run_due
        means.documents["openapi"] = functools.cache(lambda: orjson.dumps(document(system, settings)))
        means.gauges["connections"] = lambda: len(self.hub.connections)
        means.gauges["delivered"] = lambda: self.hub.delivered
        means.gauges["tail"] = lambda: self.tail.position
        means.services["history"] = self.history
        means.services["readers"] = self.readers
        means.services["requests"] = self.http.requests
        means.services["perform"] = self.http.perform
        means.services["verb_at"] = self.http.verb_at
        means.services["count"] = self.http.count
        means.services["figures"] = lambda: figures(self.hub, dict.fromkeys(wire.name for wire in self.wires.values()))
        means.services["presence"] = lambda: "shared" if self.bus.is_joined else "local"
        means.services["backup"] = lambda: make_backup(settings, system.name, self.database, None, self.clock.now())

    def check(self) -> None:
        """Refuse settings that cannot serve, before anything is opened. Raises SettingError."""
        self.refuse_moved()
        self.secrets()
        if self.settings.redis_url:
            try:
                check_address(self.settings.redis_url)
            except ValueError as error:
                example = "LIVEFLOOR_REDIS_URL=redis://localhost:6379"
                raise SettingError(f"LIVEFLOOR_REDIS_URL: {str(error).lower()}; for example {example}") from error

    def refuse_moved(self) -> None:
        """Raise SettingError for a file whose data is elsewhere now."""
        if not self.settings.is_postgres:
            refuse_moved(self.database)

    def secrets(self) -> dict[str, str]:
        """Return the secrets of the system and its wires, made at the first start where none are given. Raises SettingError."""
        system, settings = self.system, self.settings
        found = system.secrets_of(settings)
        found["secret_key"] = kept_secret(settings, "secret_key", "LIVEFLOOR_SECRET_KEY", settings.secret_key)
        if any(isinstance(wire, Pusher) for wire in system.wires):
            found |= pusher.secrets_of(settings, system.name)
        return found

    async def tick(self) -> None:
        """Run all that is due now, once."""
        for start in self.system.starts():
            await self.executor.change(start, settled=True)
        await self.jobs.set_periods()
        await self.readers.place()
        await self.sealer.place()
        await self.jobs.run_due()
        await self.catch_up()

    async def catch_up(self) -> None:
        """Let all that reads the log take what is there, now."""
        await self.readers.catch_up()
        await self.sealer.catch_up()
        if self.webhooks is not None:
            await self.webhooks.catch_up()

    async def open(self, *, background: bool = True) -> None:
        """Connect, migrate, put in the first data, and start what runs by itself."""
        self.refuse_moved()
        if self.settings.auto_migrate:
            done = await self.migrated()
            if done:
                log.info("migrated", system=self.system.name, to=done)
        self.assemble()
        await self.bus.start()
        await self.hub.presence.start()
        await self.store.open()
        await self._first()
        await self.tail.start()
        self.hub.reached = (self.tail.position, MOST_PLACES)
        if self.hints is not None:
            await self.hints.start()
        await self.jobs.start() if background else None
        await self.readers.start() if background else None
        await self.sealer.start() if background else None
        await self.webhooks.start() if background and self.webhooks is not None else None
        self._sweeping = asyncio.create_task(self._sweep(), name="sweep")
        self.ready = True

    async def close(self) -> None:
        """Stop in the order that loses nothing."""
        self.ready = False
        self._sweeping.cancel()
        await asyncio.gather(self._sweeping, return_exceptions=True)
        for wire in self.spoken:
            await wire.close()
        await self.jobs.stop()
        await self.readers.stop()
        await self.sealer.stop()
        await self.webhooks.stop() if self.webhooks is not None else None
        await self.tail.stop()
        await self.hub.presence.stop()
        await self.bus.stop()
        if self.hints is not None:
            await self.hints.stop()
        await self.store.close()
        await self.means.ports.close()
        self.means.threads.shutdown(wait=False, cancel_futures=True)

    async def _first(self) -> None:
        """Put in the first data of a new database; take the clock's offset; forget answers a dead process left open."""
        first = self.system.first

        async def work(ctx: Ctx) -> int:
            offset = await ctx.find(ClockOffset, 1)
            if not self.settings.is_postgres:
                await ctx.run(idempotency.UNANSWERED)
            await ctx.lock("first")
            if first is not None:
                await first(ctx)
            if self.demo and self.system.demo is not None:
                await self.system.demo.fill(ctx)
            return offset.seconds if offset is not None else 0

        seconds = await self.executor.change(work, settled=True)
        if seconds and self.settings.test_clock:
            self.clock.advance(timedelta(seconds=seconds))

    def _committed(self, entries: Sequence[Entry], woke: bool) -> None:
        """Hear of a commit of this process, before its answer goes out."""
        if entries:
            self.http.drop(entries)
            self.tail.wake()
        if woke:
            self.jobs.wake()
        if self.hints is not None:
            self.hints.send()

    def _hinted(self) -> None:
        """Hear that another process has committed something."""
        self.tail.wake()
        self.jobs.wake()

    async def _took(self, framed: Sequence[Framed]) -> None:
        """Take events from the log: whichever process wrote them, all open pages here hear of them."""
        self.http.drop([item.row for item in framed])
        self.readers.wake()
        self.sealer.wake()
        if self.webhooks is not None:
            self.webhooks.wake()
        together: list[Framed] = []
        for item in framed:
            together.append(item)
            if item.event is not None and (user_id := item.event.rechecks()) is not None:
                await self._tell(together)
                await self.hub.recheck(user_id)
                together = []
        await self._tell(together)

    async def _tell(self, framed: Sequence[Framed]) -> None:
        """Tell all who are connected here; with traces each event by itself, below the transaction that it came of."""
        if not tracing.is_on():
            await self.hub.deliver(framed)
            return
        for item in framed:
            with tracing.follow(f"tell {item.row.name}", item.row.actor, seq=item.row.seq) as span:
                before = self.hub.delivered
                await self.hub.deliver([item])
                if span is not None:
                    span.set_attribute("livefloor.frames_delivered", self.hub.delivered - before)
                    there = [one for told in item.frames for one in self.hub.on(told.channel)]
                    span.set_attribute("livefloor.wires", sorted({one.codec.wire for one in there}))

    async def is_ready(self) -> bool:
        """Tell whether this system runs and its database answers."""
        try:
            async with asyncio.timeout(2):
                await self.executor.peek(lambda look: look.head())
        except (Problem, TimeoutError):
            return False
        return self.ready

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(1)
            self.hub.expire(self.clock.now().timestamp())

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Answer one request or hold one socket."""
        if scope["type"] == "http":
            # What is asked before a call from another page is answered before the application is.
            await self.answers(scope, receive, self.http.with_always(send) if scope["method"] == "OPTIONS" else send)
            return
        wire = at(self.wires, scope["path"])
        if wire is None:
            await refuse(receive, send)
            return
        scope["client"] = (self.http.address_of(scope, headers_of(scope)), 0)
        await wire.hold(scope, receive, send)

    def _stream_at(self, path: str) -> Stream | None:
        wire = at(self.wires, path)
        return wire.answer if wire is not None else None


def _with_origins(http: HttpApp, origins: Sequence[str], system: System) -> Any:
    """Let pages of the listed origins call; without a list only pages of our own origin can."""
    if not origins:
        return http
    own = {header.title() for verb in system.verbs() for header in endpoint_of(verb).headers.values()}
    return CORSMiddleware(
        http,
        allow_origins=origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=[
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "If-Match",
            "If-None-Match",
            "Last-Event-ID",
            "X-Request-ID",
            "traceparent",
            "tracestate",
            *sorted(own),
        ],
        expose_headers=[
            "ETag",
            system.manners.seq_header or "Event-Seq",
            "Idempotent-Replay",
            "Retry-After",
            "X-Request-ID",
            "traceresponse",
        ],
        max_age=600,
    )


class App:
    """One ASGI application: a system alone at the root, or several under /<name>/ and a start page before them."""

    def __init__(self, runtimes: Sequence[Runtime]) -> None:
        self.runtimes = list(runtimes)
        self._alone = runtimes[0] if len(runtimes) == 1 else None
        self._mounted = {runtime.system.name: runtime for runtime in runtimes}
        self._start = StartPage([entry_of(each.system, each.settings, demo=each.demo) for each in runtimes])
        self._is_leaving = False

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer, or follow the life of the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if self._is_leaving:
            scope[LEAVING] = True
            if scope["type"] == "websocket":
                await turn_away(receive, send)
                return
        if ready.is_asked(scope, scope["path"], ready.ALIVE):
            # Whoever answers is alive: a database that is away, or an end that was asked for, is not mended by a new start.
            await ready.answer(scope, send, "alive")
            return
        if ready.is_asked(scope, scope["path"]):
            await ready.answer(scope, send, await self._readiness(self.runtimes))
            return
        if self._alone is not None:
            await self._alone(scope, receive, send)
            return
        name, _, rest = scope["path"].lstrip("/").partition("/")
        if name == "apps" and (publishers := self._of_app(rest.partition("/")[0])) is not None:
            await publishers(scope, receive, send)
            return
        runtime = self._mounted.get(name)
        if runtime is None:
            await self._start(scope, receive, send)
            return
        if ready.is_asked(scope, f"/{rest}"):
            await ready.answer(scope, send, await self._readiness([runtime]))
            return
        await runtime({**scope, "path": "/" + rest, "root_path": f"/{name}"}, receive, send)

    def leave(self) -> None:
        """Be ready for nothing new: what asks is told so, and new live connections are sent elsewhere."""
        self._is_leaving = True

    def sessions(self) -> list[Callable[[], None]]:
        """Return what ends each live client that has no line of its own at the moment."""
        return [end for runtime in self.runtimes for wire in runtime.spoken for end in wire.sessions()]

    async def _readiness(self, runtimes: Sequence[Runtime]) -> ready.Readiness:
        if self._is_leaving:
            return "draining"
        return "ready" if all(await asyncio.gather(*(each.is_ready() for each in runtimes))) else "unavailable"

    def _of_app(self, app_id: str) -> Runtime | None:
        """Return the system of a Pusher app: its publishers' libraries know no path but that of the host."""
        return next((each for each in self.runtimes if each.means.secrets.get("pusher_app_id") == app_id), None)

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        try:
            for runtime in self.runtimes:
                await runtime.open()
        except Exception as error:
            if isinstance(error, unusable.errors()):
                log.error("start_failed", why=unusable.sentence(runtime.system.name, error))
            else:
                log.exception("start_failed")
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        # A full collection of the heap that start-up has made would stop every request for tens of milliseconds.
        gc.collect()
        gc.freeze()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for runtime in self.runtimes:
            await runtime.close()
        await asyncio.to_thread(tracing.flush)
        await send({"type": "lifespan.shutdown.complete"})


def make_server(app: App, host: str, port: int, drain_s: float) -> Server:
    """Return the server of an application, with the settings that were measured (docs/decisions)."""
    return Server(
        Config(
            app,
            host=host,
            port=port,
            loop="uvloop" if sys.platform != "win32" else "asyncio",
            http=StreamProtocol,
            ws=SocketProtocol,
            ws_max_size=MAX_MESSAGE,
            ws_per_message_deflate=False,
            ws_ping_interval=None,
            access_log=False,
            log_config=None,
            lifespan="on",
            proxy_headers=False,  # http/app.py reads them, from trusted proxies alone
            server_header=False,
            timeout_graceful_shutdown=5,
            backlog=4096,
        ),
        app,
        drain_s,
    )
