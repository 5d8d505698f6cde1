"""What `doctor` looks at in the database: whether it answers, is whole, fits this version, and is written by one alone."""

from __future__ import annotations

import re
import sqlite3
from datetime import datetime, timedelta

from livefloor.kernel.settings import SettingError
from livefloor.operate.move import shown
from livefloor.operate.patient import NO_DATABASE, Ailment, Patient
from livefloor.operate.snapshots import Unreadable
from livefloor.store import migrate

AHEAD, ALIVE, LATE = timedelta(minutes=2), timedelta(minutes=1), timedelta(minutes=5)
LAST_BEAT = "SELECT {at} FROM (SELECT max(last_tick_at) AS at FROM heartbeats) AS beats WHERE at IS NOT NULL"
OLDEST_UNSEALED = """SELECT {at} FROM events
  WHERE seq > (SELECT seq FROM readers WHERE name = 'chain') ORDER BY seq LIMIT 1"""


async def reachable(patient: Patient) -> Ailment | None:
    """Whether the database answers."""
    if not patient.is_there:
        return None
    try:
        await patient.asked("SELECT 1")
    except Unreadable as error:
        if patient.settings.is_postgres:
            says = f"{shown(patient.settings.database_url)} does not answer: {error}."
            cure = "Start PostgreSQL; check host, port, user and password in LIVEFLOOR_DATABASE_URL."
        else:
            says = f"{patient.runtime.database} cannot be opened: {error}."
            cure = f"Check its owner and rights; else livefloor restore {patient.name} ARCHIVE --force."
        return Ailment(NO_DATABASE, says, cure)
    return None


async def moved_away(patient: Patient) -> Ailment | None:
    """Whether the data is elsewhere by now."""
    try:
        patient.runtime.refuse_moved()
    except SettingError as error:
        return Ailment(
            "moved_away", str(error).partition(";")[0] + ".", "Set LIVEFLOOR_DATABASE_URL to where the data is."
        )
    return None


async def damaged(patient: Patient) -> Ailment | None:
    """Whether the SQLite file is whole."""
    if patient.settings.is_postgres or not patient.is_there:
        return None
    try:
        found = await patient.asked("PRAGMA quick_check(1)")
        says = str(found[0]) if found is not None else "nothing"
    except Unreadable as error:
        says = str(error)
    if says == "ok":
        return None
    cure = f"Stop the server, keep a copy, then livefloor restore {patient.name} ARCHIVE --force; check the disk."
    return Ailment("damaged", f"{patient.runtime.database} is damaged: {says}.", cure)


async def too_old(patient: Patient) -> Ailment | None:
    """Whether the database's version has what is used of it."""
    if patient.settings.is_postgres:
        found = await patient.asked("SHOW server_version_num")
        major = int(found[0]) // 10_000 if found is not None else 0
        least, is_old = str(patient.least_postgres), major < patient.least_postgres
        says = f"PostgreSQL is of version {major}"
    else:
        least, is_old = ".".join(map(str, patient.least_sqlite)), sqlite3.sqlite_version_info < patient.least_sqlite
        says = f"Python's SQLite is {sqlite3.sqlite_version}"
    return Ailment("too_old", f"{says}; {least} is the least.", "Upgrade it.") if is_old else None


async def migrations(patient: Patient) -> Ailment | None:
    """Whether the tables are of this version."""
    if not patient.is_there:
        return None
    for chain in patient.runtime.chains():
        at = await patient.runtime.migrated(lambda connection, chain=chain: migrate.current(connection, chain))
        head = chain.head() or ""
        if at is not None and at > head:
            says = f"The tables of {chain.name} are at {at}; this livefloor knows {head}: a newer one was here."
            return Ailment("migrations_ahead", says, "Install that version again, or restore a backup from before.")
        if at is not None and at < head:
            says = f"The tables of {chain.name} are at {at}, this livefloor needs {head}."
            return Ailment(
                "migrations_behind", says, f"livefloor backup {patient.name}, then livefloor migrate {patient.name}."
            )
    return None


async def two_writers(patient: Patient) -> Ailment | None:
    """Whether several processes hold the SQLite file: one of them would not hear what the other does."""
    if patient.settings.is_postgres:
        return None
    file, holders = patient.runtime.database.absolute(), set()
    for link in patient.proc.glob("[0-9]*/fd/*"):
        try:
            if link.readlink() == file:
                holders.add(link.parts[-3])
        except OSError:  # it has ended, or is not ours to look at
            continue
    if len(holders) < 2:
        return None
    says = f"The processes {', '.join(sorted(holders, key=int))} have {file} open; SQLite is for one server."
    return Ailment("two_writers", says, "End all but one; for several, livefloor move to PostgreSQL.")


async def clock(patient: Patient) -> Ailment | None:
    """Whether this machine's clock stands behind what the log has already told, or beside the database's."""
    if not patient.is_there:
        return None
    now = patient.runtime.clock.now()
    found = await patient.asked("SELECT {at} FROM events ORDER BY seq DESC LIMIT 1")
    told = datetime.fromisoformat(found[0]) if found is not None else now
    if told <= now + AHEAD:
        return None
    says = f"The clock says {now:%Y-%m-%d %H:%M} UTC, and the last event in the log is of {told:%Y-%m-%d %H:%M}."
    return Ailment("clock", says, "Set the clock (timedatectl set-ntp true); nobody's timers are right before.")


async def set_aside(patient: Patient) -> Ailment | None:
    """Whether work waits that failed too often."""
    if not patient.is_there:
        return None
    found = await patient.asked("SELECT count(*) FROM dead_letters")
    if found is None or not found[0]:
        return None
    says = f"{found[0]} events or timers failed too often and were set aside."
    return Ailment("set_aside", says, f"livefloor dead-letters {patient.name} says why, and --retry ID tries again.")


async def failing_reader(patient: Patient) -> Ailment | None:
    """Whether a reader of the log, a webhook among them, is held up by an event that it cannot take."""
    if not patient.is_there:
        return None
    found = await patient.asked("SELECT name, tries, error FROM readers WHERE tries > 2 ORDER BY tries DESC LIMIT 1")
    if found is None:
        return None
    says = f"{found[0]} has failed {found[1]} times at the same event: {str(found[2]).rstrip('.')}."
    cure = "Mend what the error names: it goes on by itself. A webhook's receiver is at fault when the name begins with webhook:."
    return Ailment("failing_reader", says, cure)


async def unsealed(patient: Patient) -> Ailment | None:
    """Whether the log is not sealed though a server runs."""
    if not patient.is_there:
        return None
    beat = await patient.asked(LAST_BEAT)
    late = await patient.asked(OLDEST_UNSEALED)
    now = patient.runtime.clock.now()
    if beat is None or late is None or datetime.fromisoformat(beat[0]) < now - ALIVE:
        return None
    if datetime.fromisoformat(late[0]) > now - LATE:
        return None
    says = f"A server runs, and entries of the log since {late[0][:16]} UTC are not sealed."
    return Ailment("unsealed", says, "Look for sealer_failed in the server's log, and start it again.")


async def small_shm(patient: Patient) -> Ailment | None:
    """Whether PostgreSQL's container has shared memory for queries that it splits; only a superuser may look."""
    if not patient.settings.is_postgres:
        return None
    try:
        found = await patient.asked("SELECT pg_read_file('/proc/mounts', 0, 65536)")
    except Unreadable:
        return None
    size = re.search(r" /dev/shm \S+ \S*\bsize=(\d+)k", str(found[0]) if found is not None else "")
    if size is None or int(size[1]) >= patient.least_shm_mb * 1024:
        return None
    says = f"PostgreSQL has {int(size[1]) // 1024} MB of shared memory (/dev/shm); large queries fail with 'could not resize'."
    return Ailment("small_shm", says, "shm_size: 256m in compose, or docker run --shm-size=256m, for PostgreSQL.")


CHECKS = (damaged, too_old, migrations, two_writers, clock, set_aside, failing_reader, unsealed, small_shm)
"""Looked at when the database answers."""
