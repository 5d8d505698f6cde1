"""What several systems that are served together show at their common root: which there are, and how to try them."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any

from pydantic import BaseModel

from livefloor.declare.system import System
from livefloor.http.app import PLAIN, SECURITY
from livefloor.http.pages import Pages
from livefloor.http.routes import problem_bytes
from livefloor.kernel.problems import NotFound
from livefloor.kernel.settings import Settings

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
VARY = (b"vary", b"accept")
DOCS = ("docs", "redoc", "openapi.json", "asyncapi.json")


class Account(BaseModel):
    """An account of the demo data, and where it signs in."""

    role: str
    id: str
    secret: str
    says: dict[str, str]
    address: str


class OpenPage(BaseModel):
    """A page of the demo data that takes no account."""

    says: dict[str, str]
    address: str


class Entry(BaseModel):
    """A system: its sentence by language, and addresses relative to the start page."""

    name: str
    title: str
    says: dict[str, str]
    picture: str
    address: str
    docs: dict[str, str]
    outbox: str
    pages: list[OpenPage]
    accounts: list[Account]


class Start(BaseModel):
    """All systems that are served here."""

    systems: list[Entry]


def entry_of(system: System, settings: Settings, *, demo: bool) -> Entry:
    """Return what the start page tells of a system; its accounts only where its demo data was asked for."""
    address = f"{system.name}/"
    routes = [verb.route.path for verb in system.verbs() if verb.route.method == "GET"]
    docs = {name: address + path.lstrip("/") for name in DOCS for path in routes if path.endswith(f"/{name}")}
    shown = system.demo if demo else None
    return Entry(
        name=system.name,
        title=system.title,
        says={"en": system.description, **system.translations},
        picture=system.picture,
        address=address,
        docs=docs if settings.docs_enabled else {},
        outbox=f"{address}outbox" if settings.debug and "/outbox" in routes else "",
        pages=[OpenPage(says=dict(says), address=address + path) for path, says in shown.pages.items()]
        if shown
        else [],
        accounts=[
            Account(role=one.role, id=one.id, secret=one.secret, says=dict(one.says), address=address + one.page)
            for one in (shown.accounts if shown else ())
        ],
    )


class StartPage:
    """Answers outside all systems."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._listed = Start(systems=list(entries)).model_dump_json().encode()
        # A `<` could end the element that the page reads this from.
        told = self._listed.replace(b"<", b"\\u003c")
        self._pages = Pages("home", {}, b'<script type="application/json" id="start">' + told + b"</script>")

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Send) -> None:
        """Show the page to browsers, the list to programs, and files of the page."""
        if scope["type"] != "http":
            await receive()
            await send({"type": "websocket.close", "code": 4404})
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        at_root, reads = scope["path"] == "/", scope["method"] in ("GET", "HEAD")
        wanted = "text/html" in headers.get("accept", "") if at_root else "." in scope["path"]
        if reads and wanted and await self._pages.serve(scope, headers, send, [*SECURITY, VARY]):
            return
        if reads and at_root:
            await _answer(scope, send, 200, b"application/json", self._listed)
        else:
            missing = problem_bytes(NotFound("not_found", "There is nothing at this address.").body())
            await _answer(scope, send, 404, b"application/problem+json", missing)


async def _answer(scope: Mapping[str, Any], send: Send, status: int, kind: bytes, body: bytes) -> None:
    head = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), VARY, *PLAIN]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
