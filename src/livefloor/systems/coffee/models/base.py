"""The base of the tables of this system."""

from datetime import datetime

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from livefloor import NAMING, Rows, UtcTime


class Tables(Rows, DeclarativeBase):
    """The tables of this system alone."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcTime()}  # noqa: RUF012 - SQLAlchemy's own protocol
