"""Who may: roles, and sets of them."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Roles:
    """A set of role names; `a | b` joins two sets."""

    names: frozenset[str]

    def __or__(self, other: "Roles") -> "Roles":
        return Roles(self.names | other.names)

    def __contains__(self, role: object) -> bool:
        return role in self.names

    def __iter__(self) -> Any:
        return iter(sorted(self.names))


def Role(name: str) -> Roles:  # noqa: N802 - reads as the name of a thing in a declaration
    """Return the set that holds this one role."""
    return Roles(frozenset({name}))


PUBLIC = Role("public")
"""Everybody, signed in or not: the route asks for no token."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a signed-in account, somebody not signed in (`public`), or the system itself."""

    id: str | None
    role: str
    session_id: str | None = None
    name: str | None = None
    address: str = ""
    user_agent: str = ""
    request_id: str = ""
    if_match: int | None = field(default=None, compare=False)
    """The version on which the request relies, when it names one (RFC 9110 section 13.1.1)."""
    expires_at: float = field(default=0.0, compare=False)

    def is_in(self, roles: Roles) -> bool:
        """Tell whether this actor holds one of the roles."""
        return self.role in roles.names

    def facts(self) -> dict[str, str | None]:
        """Return what the log says of the actor."""
        return {"id": self.id, "role": self.role, "session_id": self.session_id}


SYSTEM = Actor(id=None, role="system")
"""The actor of timers and of first data."""
