"""The API's own description: the OpenAPI document and two ways to read it."""

from pathlib import Path

from livefloor.declare.part import GET, Part
from livefloor.declare.roles import PUBLIC
from livefloor.kernel.problems import NotFound
from livefloor.work.content import Document, Html
from livefloor.work.ctx import Look

BUILT = Path(__file__).parent.parent / "pages" / "docs"


def docs_part(prefix: str) -> Part:
    """Return the part that serves the description under a prefix."""
    part = Part("docs")

    @part.query(GET(f"{prefix}/openapi.json"), allow=PUBLIC, refuses=(404,), settles=False)
    async def get_openapi(look: Look) -> Document:
        """Return the OpenAPI 3.1 document."""
        _check(look)
        return Document(look.means.documents["openapi"](), "application/json")

    @part.query(GET(f"{prefix}/docs"), allow=PUBLIC, refuses=(404,), settles=False)
    async def get_docs(look: Look) -> Html:
        """Show the description as pages to try out (Swagger UI)."""
        _check(look)
        return _page("swagger.html")

    @part.query(GET(f"{prefix}/redoc"), allow=PUBLIC, refuses=(404,), settles=False)
    async def get_redoc(look: Look) -> Html:
        """Show the description as pages to read (Redoc)."""
        _check(look)
        return _page("redoc.html")

    return part


def _check(look: Look) -> None:
    if not look.settings.docs_enabled:
        raise NotFound("not_found", "The documentation is switched off here.")


def _page(name: str) -> Html:
    path = BUILT / name
    if not path.is_file():
        plain = '<!doctype html><html lang="en"><title>API</title><p>The pages are not built; see <a href="openapi.json">openapi.json</a>.</p></html>'
        return Html(plain.encode(), "text/html; charset=utf-8")
    return Html(path.read_bytes(), "text/html; charset=utf-8")
