"""Statements made ready once: each is its own, and keeps its own values."""

from sqlalchemy import select, update

from livefloor import DueTimer
from livefloor.store.sql import POSTGRES, SQLITE, Statements


def test_what_is_derived_from_a_statement_that_ran_is_another() -> None:
    """A constant that was run already may still be narrowed."""
    for dialect in (SQLITE, POSTGRES):
        statements = Statements(dialect)
        every = select(DueTimer.key)
        statements.ready(every)
        prepared, values = statements.ready(every.where(DueTimer.name == "a"))
        assert "WHERE" in prepared.sql
        assert list(values.values()) == ["a"]
        assert "WHERE" not in statements.ready(every)[0].sql


def test_updates_of_one_form_keep_their_own_values() -> None:
    """What an update sets is its own, though an update of the same form was made ready before."""
    statements = Statements(SQLITE)
    for args in ({"cup": 1}, {"station": 2}):
        prepared, literals = statements.ready(update(DueTimer).where(DueTimer.key == "one").values(args=args))
        assert ('{"cup":1}' if "cup" in args else '{"station":2}') in prepared.parameters(literals)
