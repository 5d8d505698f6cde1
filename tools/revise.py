"""Write the next migration from the difference between the tables in code and an empty database brought to the newest form.

    python -m tools.revise livefloor "what changes"
    python -m tools.revise laundry=livefloor.systems.laundry "what changes"

The second form names the system and its package, which holds models.py (or itself) with `Tables`, and migrations/.
"""

import sys
import tempfile
from importlib import import_module
from pathlib import Path

import livefloor.platform_tables  # noqa: F401 - makes the platform's metadata whole
from livefloor.store import migrate


def main() -> None:
    """Write one file into the chain's folder."""
    where, message = sys.argv[1:]
    if where == "livefloor":
        from livefloor.store.models import PlatformTables

        chains = [migrate.Chain("livefloor", PlatformTables.metadata, migrate.HERE / "versions")]
    else:
        name, _, package = where.partition("=")
        try:
            holder = import_module(f"{package}.models")
        except ModuleNotFoundError:
            holder = import_module(package)
        chains = migrate.chains_of(name, f"{package}.migrations", holder.Tables.metadata)
    chain = chains[-1]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        migrate.on_sqlite(path, lambda connection: migrate.upgrade_only(connection, chains))
        migrate.on_sqlite(path, lambda connection: migrate.revise(connection, chain, chains, message))


if __name__ == "__main__":
    main()
