"""What Pusher's clients and publishers go by: the app's credentials, its signatures, and the names of channels."""

from __future__ import annotations

import functools
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from livefloor.declare.channel import OWN, Address, Channel
from livefloor.kernel.settings import Settings, kept, kept_secret

SOCKET_ID = r"^[0-9]{1,10}\.[0-9]{1,10}$"
NAME = re.compile(r"#?[A-Za-z0-9_\-=@,.;]{1,164}")


def secrets_of(settings: Settings, system: str) -> dict[str, str]:
    """Return the credentials of a system's app: those given, else those made at the first start. Raises SettingError."""
    given = settings.pusher_secret
    return {
        "pusher_app_id": settings.pusher_app_id or kept(settings, f"{system}_pusher_app_id", _new_id),
        "pusher_key": settings.pusher_key or kept(settings, f"{system}_pusher_key", lambda: secrets.token_hex(10)),
        "pusher_secret": kept_secret(settings, f"{system}_pusher_secret", "LIVEFLOOR_PUSHER_SECRET", given),
    }


def _new_id() -> str:
    return str(10**8 + secrets.randbelow(9 * 10**8))


@dataclass(frozen=True, slots=True)
class App:
    """The credentials by which clients (key) and publishers (id, key, secret) know a system."""

    id: str
    key: str
    secret: str

    @classmethod
    def of(cls, known: Mapping[str, str]) -> App:
        """Return the app of a running system from its secrets."""
        return cls(known["pusher_app_id"], known["pusher_key"], known["pusher_secret"])

    def sign(self, text: str) -> str:
        """Return the signature of a text: HMAC-SHA256 as hex."""
        return hmac.digest(self.secret.encode(), text.encode(), "sha256").hex()

    def auth(self, text: str) -> str:
        """Return `key:signature` of a text, as clients show it."""
        return f"{self.key}:{self.sign(text)}"

    def is_auth(self, text: str, auth: str) -> bool:
        """Tell, in constant time, whether this is the `key:signature` of the very text."""
        return hmac.compare_digest(self.auth(text).encode(), auth.encode())


def joining(socket_id: str, channel: str, channel_data: str | None) -> str:
    """Return what is signed to let a socket join a channel."""
    return f"{socket_id}:{channel}" if channel_data is None else f"{socket_id}:{channel}:{channel_data}"


def signing_in(socket_id: str, user_data: str) -> str:
    """Return what is signed to say whose socket it is."""
    return f"{socket_id}::user::{user_data}"


class Names:
    """What the channels of a system are called by Pusher's clients: `user:42` is `private-user-42`.

    The prefix says the kind. Of two channels whose patterns would give one name, the one with more of it written out has it.
    """

    def __init__(self, channels: tuple[Channel, ...]) -> None:
        self._channels = (*channels, OWN)
        by_length = sorted(self._channels, key=lambda channel: -len(re.sub(r"\{\w+\}", "", channel.pattern)))
        self._patterns = [(channel, re.compile(_regex(channel))) for channel in by_length]
        self.name = functools.lru_cache(maxsize=4096)(self._name)
        self.channel = functools.lru_cache(maxsize=4096)(self._channel)

    def find(self, name: str) -> tuple[Channel, Address] | None:
        """Return the channel and address that a name stands for, or None."""
        if NAME.fullmatch(name):
            for channel, pattern in self._patterns:
                if found := pattern.fullmatch(name):
                    return channel, channel(**found.groupdict())
        return None

    def _channel(self, address: str) -> Channel | None:
        return next((each for each in self._channels if each.parameters_of(address) is not None), None)

    def _name(self, address: str) -> str:
        channel = self.channel(address)
        if channel is None:
            raise LookupError(f"{address} is on no channel of this system")
        if channel is OWN:
            return "#server-to-user-" + address.removeprefix("#user:")
        return prefix_of(channel) + address.replace(":", "-")


def prefix_of(channel: Channel) -> str:
    """Return what the names of a channel's addresses begin with, by its kind."""
    kind = "presence-" if channel.presence else "" if channel.is_public else "private-"
    return f"{kind}cache-" if channel.cached else kind


def shape_of(channel: Channel) -> str:
    """Return what the names of a channel's addresses look like, such as `private-user-{id}`."""
    return "#server-to-user-{id}" if channel is OWN else prefix_of(channel) + channel.pattern.replace(":", "-")


def _regex(channel: Channel) -> str:
    parts = re.split(r"\{(\w+)\}", shape_of(channel))
    return "".join(re.escape(part) if i % 2 == 0 else rf"(?P<{part}>[^:#]+)" for i, part in enumerate(parts))


names_of = functools.lru_cache(maxsize=16)(Names)
"""Returns the names of a system's channels, made once."""
