"""Why a connection is closed: the code that the WebSocket wire says, what it means, and whether the client should come back."""

from typing import NamedTuple


class Close(NamedTuple):
    """A close code, its words, and whether coming back makes sense."""

    code: int
    reason: str
    come_back: bool


GOING_AWAY = Close(1001, "going_away", True)
TOO_LARGE = Close(1009, "message_too_large", True)
BAD_MESSAGE = Close(4400, "bad_message", False)
NOT_AUTHENTICATED = Close(4401, "not_authenticated", False)
EXPIRED = Close(4401, "token_expired", False)
RIGHTS_CHANGED = Close(4403, "rights_changed", True)
FORBIDDEN = Close(4403, "forbidden", False)
REPLACED = Close(4409, "replaced", True)
SILENT = Close(4408, "nothing_heard", True)
SLOW_CONSUMER = Close(4410, "slow_consumer", True)
TOO_MANY = Close(4429, "too_many", True)

ALL = (GOING_AWAY, TOO_LARGE, BAD_MESSAGE, NOT_AUTHENTICATED, FORBIDDEN, SILENT, SLOW_CONSUMER, TOO_MANY)
