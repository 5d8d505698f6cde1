"""The hash chain over the log: what is hashed of an entry, the seals that hold the digests, and what was changed rightly.

    digest of an entry   SHA-256 of [seq, name, channels, actor, subject, at, SHA-256 of [id, data]]
    head of a seal       SHA-256 of the head before it, its own number, kind and range, and its digests

What may be personal is in `data`. The entry's random id stands beside it as its salt; an erasure takes the data and the id
away and leaves their digest, with which the entry's own digest still comes out (DESIGN 12, ruling 6).
"""

import hashlib
from datetime import datetime
from typing import Literal

import orjson
from sqlalchemy import BigInteger, LargeBinary, Text, bindparam, delete, exists, func, select, type_coerce
from sqlalchemy.orm import Mapped, mapped_column

from livefloor.store.log import PAGE, LoggedEvent, LogHead
from livefloor.store.models import PlatformTables

READER = "chain"
"""The name of the durable reader that seals."""
SIZE = 32
"""Bytes of a digest."""
START = "0" * 64
"""The head before the first seal."""

Kind = Literal["entries", "erased", "pruned"]
Written = tuple[int, str, str, str, str, str, str, str]
"""An entry as it is stored: seq, id, name, channels, actor, subject, data, at; `at` as `UtcTime.to_text` writes it."""


class Seal(PlatformTables):
    """One link of the chain: the digests of entries in a row, or a change that was made to sealed ones."""

    __tablename__ = "log_seals"
    no: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str]
    first_seq: Mapped[int] = mapped_column(BigInteger)
    last_seq: Mapped[int] = mapped_column(BigInteger)
    digests: Mapped[bytes] = mapped_column(LargeBinary)
    head: Mapped[str]
    at: Mapped[datetime]


class Amendment(PlatformTables):
    """A change of what the log holds that is still to be sealed: an entry erased, or all up to one pruned."""

    __tablename__ = "log_amendments"
    kind: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


WRITTEN = (
    LoggedEvent.seq,
    LoggedEvent.id,
    LoggedEvent.name,
    type_coerce(LoggedEvent.channels, Text),
    type_coerce(LoggedEvent.actor, Text),
    LoggedEvent.subject,
    type_coerce(LoggedEvent.data, Text),
    LoggedEvent.at,
)
UNSEALED = (
    select(*WRITTEN).where(LoggedEvent.seq > bindparam("after", type_=BigInteger)).order_by(LoggedEvent.seq).limit(PAGE)
)
ENTRY = select(*WRITTEN).where(LoggedEvent.seq == bindparam("of_seq", type_=BigInteger))
IS_BEHIND = select(LogHead.id).where(
    exists().where(LoggedEvent.seq > bindparam("after", type_=BigInteger))
    | exists().where(Amendment.seq <= bindparam("after", type_=BigInteger))
)
LAST_SEAL = select(Seal).order_by(Seal.no.desc()).limit(1)
AMENDMENTS = (
    select(Amendment)
    .where(Amendment.seq <= bindparam("sealed", type_=BigInteger))
    .order_by(Amendment.seq, Amendment.kind)
    .limit(PAGE)
)
SEALED_NOW = delete(Amendment).where(
    Amendment.kind == bindparam("of_kind"), Amendment.seq == bindparam("of_seq", type_=BigInteger)
)
UNSEALED_COUNT = select(func.count()).where(LoggedEvent.seq > bindparam("after", type_=BigInteger))


def hidden(entry_id: str, data: str) -> str:
    """Return the salted digest of an entry's data, as hex."""
    return hashlib.sha256(orjson.dumps([entry_id, data])).hexdigest()


def erased_of(actor: str) -> tuple[str, str | None]:
    """Return the actor as it was first written, and the digest of the data that were erased, if any were.

    Raises ValueError for what is no JSON object.
    """
    if '"erased"' not in actor:
        return actor, None
    said = orjson.loads(actor)
    if not isinstance(said, dict) or "erased" not in said:
        return actor, None
    erased = said.pop("erased")
    return orjson.dumps(said).decode(), erased


def is_as_written(actor: str) -> bool:
    """Tell whether an actor stands there as the log writes it: of an erased entry its digest knows the meaning alone."""
    try:
        return orjson.dumps(orjson.loads(actor)).decode() == actor
    except ValueError:
        return False


def digest_of(entry: Written) -> bytes:
    """Return the digest of an entry, the same before and after an erasure. Raises ValueError or TypeError for what is none."""
    seq, entry_id, name, channels, actor, subject, data, at = entry
    actor, erased = erased_of(actor)
    said = [seq, name, channels, actor, subject, at, erased or hidden(entry_id, data)]
    return hashlib.sha256(orjson.dumps(said)).digest()


def head_of(before: str, no: int, kind: str, first_seq: int, last_seq: int, digests: bytes) -> str:
    """Return the head of a seal."""
    return hashlib.sha256(orjson.dumps([before, no, kind, first_seq, last_seq]) + digests).hexdigest()
