"""Refusals: what a person is told when something may not be, as problem+json (RFC 9457) with a stable code.

Problem
├── BadRequest 400       ├── Stale 412
├── NotAuthenticated 401 ├── TooLarge 413
├── Forbidden 403        ├── Unsupported 415
├── NotFound 404         ├── Invalid 422
├── TooSlow 408          ├── Locked 423
├── Conflict 409         ├── TooMany 429
├── Gone 410             ├── HeadTooLarge 431
│                        └── Unavailable 503
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from pydantic import ValidationError


class Problem(Exception):
    """A refusal with a stable code and a sentence for a person; extra keyword values go into the body."""

    status: ClassVar[int] = 500
    default_code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, code: str | None = None, detail: str | None = None, /, **extra: Any) -> None:
        self.code = code or self.default_code
        self.detail = detail or self.title + "."
        self.extra: Mapping[str, Any] = extra
        super().__init__(f"{self.status} {self.code}: {self.detail}")

    def body(self) -> dict[str, Any]:
        """Return the problem+json members."""
        return {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            **self.extra,
        }

    def headers(self) -> dict[str, str]:
        """Return the extra response headers of this refusal."""
        return {}


class BadRequest(Problem):
    """The request cannot be carried out as it stands."""

    status = 400
    default_code = "bad_request"
    title = "The request cannot be carried out"


class NotAuthenticated(Problem):
    """Nobody is signed in, or no longer."""

    status = 401
    default_code = "not_authenticated"
    title = "Sign in first"

    def headers(self) -> dict[str, str]:
        """Name the scheme, as RFC 9110 section 11.6.1 asks."""
        return {"WWW-Authenticate": "Bearer"}


class Forbidden(Problem):
    """The caller is known and may not do this."""

    status = 403
    default_code = "forbidden"
    title = "You may not do this"


class NotFound(Problem):
    """There is no such thing, or the caller may not know of it."""

    status = 404
    default_code = "not_found"
    title = "Not found"


class MethodNotAllowed(Problem):
    """The path exists and does not take this method."""

    status = 405
    default_code = "method_not_allowed"
    title = "Method not allowed"

    def headers(self) -> dict[str, str]:
        """Name the methods that the path takes."""
        return {"Allow": ", ".join(self.extra.get("allow", ()))}


class TooSlow(Problem):
    """The request did not come to its end in time."""

    status = 408
    default_code = "request_timeout"
    title = "The request took too long"


class Conflict(Problem):
    """The state of things does not allow it now."""

    status = 409
    default_code = "conflict"
    title = "Not possible now"


class Gone(Problem):
    """It was there and is no more."""

    status = 410
    default_code = "gone"
    title = "No longer there"


class Stale(Problem):
    """Somebody changed the record meanwhile."""

    status = 412
    default_code = "stale_version"
    title = "Changed meanwhile by somebody else"


class TooLarge(Problem):
    """The body is over the limit."""

    status = 413
    default_code = "body_too_large"
    title = "Too large"


class Unsupported(Problem):
    """The media type is not one that this route takes."""

    status = 415
    default_code = "unsupported_media_type"
    title = "This kind of content is not taken here"


class Invalid(Problem):
    """The input does not hold; `errors` names the fields."""

    status = 422
    default_code = "validation_error"
    title = "The input is not valid"

    @classmethod
    def field(cls, field: str, message: str, code: str | None = None) -> "Invalid":
        """Refuse one named field."""
        return cls(code, message, errors=[{"field": field, "message": message}])

    @classmethod
    def by_fields(cls, error: "ValidationError") -> "Invalid":
        """Refuse what a validation error names."""
        errors = [
            {"field": ".".join(str(part) for part in item["loc"]), "message": item["msg"]}
            for item in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        first = errors[0]
        return cls("validation_error", f"{first['field']}: {first['message']}".lstrip(": ") + ".", errors=errors)


class _Later(Problem):
    """It may be tried again after some seconds, which Retry-After says (RFC 9110 section 10.2.3)."""

    def __init__(
        self, code: str | None = None, detail: str | None = None, /, retry_after: int = 60, **extra: Any
    ) -> None:
        super().__init__(code, detail, retry_after=max(1, retry_after), **extra)

    def headers(self) -> dict[str, str]:
        """Say when to come back."""
        return {"Retry-After": str(self.extra["retry_after"])}


class Locked(_Later):
    """It is locked for a while (RFC 4918 section 11.3)."""

    status = 423
    default_code = "locked"
    title = "Locked for a while"


class TooMany(_Later):
    """Too much in too short a time."""

    status = 429
    default_code = "rate_limited"
    title = "Too many requests"


class HeadTooLarge(Problem):
    """The address and the headers of the request are over the limit (RFC 6585 section 5)."""

    status = 431
    default_code = "headers_too_large"
    title = "The headers are too large"


class Unavailable(Problem):
    """The server cannot answer now."""

    status = 503
    default_code = "unavailable"
    title = "Not available now"

    def headers(self) -> dict[str, str]:
        """Say when to come back."""
        return {"Retry-After": "2"}
