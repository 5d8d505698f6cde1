"""What servers under test have in common, loaded and made once: each is forked from here."""

import importlib

from livefloor.ports.outside import trust
from livefloor.testing.passwords import quick_passwords

for name in (
    "alembic.command",
    "httpcore",
    "uvicorn.lifespan.on",
    "uvloop",
    "livefloor.authoring",
    "livefloor.testing.server",
    "livefloor.workers",
):
    importlib.import_module(name)
trust()
quick_passwords()
