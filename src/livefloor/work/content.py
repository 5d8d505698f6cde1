"""What is not JSON: files that come in and bytes that go out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart form; the name and type are what the client claims."""

    content: bytes
    filename: str
    media_type: str

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Take only what a form brought, never a JSON value."""
        return core_schema.is_instance_schema(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Describe it as OpenAPI does."""
        return {"type": "string", "format": "binary"}


@dataclass(frozen=True, slots=True)
class FromCookie:
    """Marks a parameter that is given a cookie's value, or None: `token: Annotated[str | None, FromCookie("name")]`."""

    name: str


@dataclass(frozen=True, slots=True)
class FromHeader:
    """Marks a parameter that is given a request header's value, or None: `said: Annotated[str | None, FromHeader("x-name")]`."""

    name: str


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer that is bytes already; `status` replaces the route's when given."""

    content: bytes
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None
    documented: ClassVar[str] = "application/octet-stream"


class Csv(Raw):
    """A table for a spreadsheet."""

    documented = "text/csv"

    @classmethod
    def named(cls, filename: str, content: str) -> "Csv":
        """Return a download of this name."""
        disposition = {"Content-Disposition": f'attachment; filename="{filename}"'}
        return cls(content.encode(), "text/csv; charset=utf-8", disposition)


class Html(Raw):
    """A page."""

    documented = "text/html"


class Picture(Raw):
    """A picture."""

    documented = "image/jpeg"


class Document(Raw):
    """JSON that is bytes already."""

    documented = "application/json"


class Shown(Document):
    """What the route shows, with something beside it that a view cannot say: a cookie."""

    @classmethod
    def of(cls, view: BaseModel, headers: Mapping[str, str]) -> "Shown":
        """Return the answer that shows a view under these headers."""
        return cls(view.model_dump_json().encode(), "application/json", dict(headers))


class Found(Document):
    """What was there already where the route would have made it: shown as what is made, with 200."""

    @classmethod
    def of(cls, view: BaseModel) -> "Found":
        """Return the answer that shows a view."""
        return cls(view.model_dump_json().encode(), "application/json", status=200)
