"""Where live events go, and who may join."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from livefloor.declare.roles import Actor, Roles


class Address(str):
    """The name of one channel with its parameters filled in, e.g. `waitlist:washer`."""

    __slots__ = ()


Join = Callable[..., bool]


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel pattern such as `waitlist:{type}`; `join` is a set of roles, or a rule of (actor, parameters).

    `presence` tells all who are on it who else is, and who comes and goes. `cached` gives who joins the last frame at once.
    `client_events` are the names under which those on it may tell each other something in passing.
    """

    pattern: str
    join: Roles | Join
    summary: str = ""
    presence: bool = False
    cached: bool = False
    client_events: tuple[str, ...] = ()

    @property
    def is_public(self) -> bool:
        """Tell whether everybody may join, signed in or not."""
        return isinstance(self.join, Roles) and "public" in self.join

    @property
    def parameters(self) -> frozenset[str]:
        """Return the names in the braces of the pattern."""
        return frozenset(re.findall(r"\{(\w+)\}", self.pattern))

    def __call__(self, **parameters: str) -> Address:
        """Return the address of this channel for the given parameters."""
        return Address(self.pattern.format(**parameters))

    def parameters_of(self, address: str) -> dict[str, str] | None:
        """Return the parameters of an address of this channel, or None when it is another channel's."""
        literal = re.split(r"\{(\w+)\}", self.pattern)
        regex = "".join(re.escape(part) if i % 2 == 0 else f"(?P<{part}>[^:]+)" for i, part in enumerate(literal))
        found = re.fullmatch(regex, address)
        return found.groupdict() if found else None

    def admits(self, actor: Actor, address: str) -> bool:
        """Tell whether the actor may be on this address of the channel."""
        parameters = self.parameters_of(address)
        if parameters is None:
            return False
        if isinstance(self.join, Roles):
            return self.is_public or actor.is_in(self.join)
        return self.join(actor, **parameters)


OWN = Channel("#user:{id}", join=lambda actor, id: actor.id == id, summary="What is sent to one user by hand.")
"""The channel of each user that every system has."""
