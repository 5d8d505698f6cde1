"""All of the platform's own tables, imported so that their metadata is whole."""

from livefloor.identity import sessions
from livefloor.store import idempotency, log, readers, timers

MODULES = (idempotency, log, readers, sessions, timers)
