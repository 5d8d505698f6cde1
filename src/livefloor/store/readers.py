"""Who has read the log how far, and the events that a reader could not take."""

from datetime import datetime

from sqlalchemy import BigInteger, Text, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from livefloor.store.models import PlatformTables


class ReaderPosition(PlatformTables):
    """The last number that a durable reader has taken."""

    __tablename__ = "readers"
    name: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


class DeadLetter(PlatformTables):
    """Work that failed too often: an event for a reader, or a timer. It waits to be seen and tried again."""

    __tablename__ = "dead_letters"
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    seq: Mapped[int | None] = mapped_column(BigInteger)
    args: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


POSITION = select(ReaderPosition).where(ReaderPosition.name == bindparam("name")).with_for_update()
POSITIONS = select(ReaderPosition).order_by(ReaderPosition.name)
DEAD_LETTERS = select(DeadLetter).order_by(DeadLetter.at, DeadLetter.id)
DEAD_LETTER = select(DeadLetter).where(DeadLetter.id == bindparam("id")).with_for_update()
