"""All of the platform's own tables, imported so that their metadata is whole."""

from livefloor.identity import codes, lockout, sessions, tickets
from livefloor.parts import activity, files, notifications, outbox
from livefloor.store import chain, idempotency, log, readers, timers, webhooks

MODULES = (
    activity,
    chain,
    codes,
    files,
    idempotency,
    lockout,
    log,
    notifications,
    outbox,
    readers,
    sessions,
    tickets,
    timers,
    webhooks,
)
