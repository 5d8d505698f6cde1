"""The mark on a SQLite file whose data has moved on: who serves it still would write what nobody reads."""

import sqlite3
from datetime import datetime
from pathlib import Path

from livefloor.kernel.settings import SettingError
from livefloor.store.models import UtcTime

MARK = "CREATE TABLE moved (to_where TEXT NOT NULL, at TEXT NOT NULL)"
MARKED = "SELECT to_where, at FROM moved"


def mark(db: sqlite3.Connection, to_where: str, at: datetime) -> None:
    """Say in a database where its data is now."""
    db.execute(MARK)
    db.execute("INSERT INTO moved (to_where, at) VALUES (?, ?)", (to_where, UtcTime.to_text(at)))


def refuse_moved(path: Path) -> None:
    """Raise SettingError for a database that is marked."""
    if not path.exists():
        return
    db = sqlite3.connect(path)
    try:
        to_where, at = db.execute(MARKED).fetchone()
    except sqlite3.OperationalError:
        return
    finally:
        db.close()
    raise SettingError(
        f"LIVEFLOOR_DATABASE_URL: the data of {path} moved to {to_where} on {at[:10]}; "
        f"for example LIVEFLOOR_DATABASE_URL={to_where}"
    )
