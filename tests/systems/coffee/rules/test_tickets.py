"""Numbers that are called out, the service day, the token of a guest's link."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livefloor.systems.coffee.rules.tickets import (
    BASE62,
    NUMBERS,
    cup_number,
    index_of,
    next_number,
    number_at,
    order_token,
    service_day,
)

SYDNEY = ZoneInfo("Australia/Sydney")


def test_numbers_run_through_the_letters() -> None:
    """Rule 2: A01 to A99, B01 and on, without I and O."""
    assert [number_at(i) for i in (0, 98, 99, NUMBERS - 1, NUMBERS)] == ["A01", "A99", "B01", "Z99", "A01"]
    letters = {number_at(i)[0] for i in range(NUMBERS)}
    assert len(letters) == 24
    assert not letters & {"I", "O"}
    assert [index_of(number_at(i)) for i in range(NUMBERS)] == list(range(NUMBERS))
    for wrong in ("I01", "A00", "A1", "AA1", "A100", ""):
        with pytest.raises(ValueError, match=r"number|substring"):
            index_of(wrong)


def test_a_number_in_use_is_skipped() -> None:
    """Rule 2."""
    assert next_number(None, set()) == "A01"
    assert next_number("A99", {"B01", "B02"}) == "B03"
    assert next_number("H99", ()) == "J01"
    assert next_number("Z99", {"A01"}) == "A02"
    assert next_number("C07", {number_at(i) for i in range(NUMBERS)}) is None


def test_the_number_of_a_cup() -> None:
    assert cup_number("A17", 1, 1) == "A17"
    assert cup_number("A17", 2, 3) == "A17-2"


def test_the_service_day_begins_at_four() -> None:
    """Rule 2: local time, also on the days when the clocks change."""
    assert service_day(datetime(2025, 3, 11, 16, 59, tzinfo=UTC), SYDNEY) == date(2025, 3, 11)  # 03:59 of the 12th
    assert service_day(datetime(2025, 3, 11, 17, 0, tzinfo=UTC), SYDNEY) == date(2025, 3, 12)
    assert service_day(datetime(2025, 10, 4, 16, 59, tzinfo=UTC), SYDNEY) == date(2025, 10, 4)  # 03:59 of a 23 h day
    assert service_day(datetime(2025, 10, 4, 17, 0, tzinfo=UTC), SYDNEY) == date(2025, 10, 5)


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_a_token_keeps_every_bit(one: bytes, other: bytes) -> None:
    token = order_token(one)
    assert len(token) == 22
    assert set(token) <= set(BASE62)
    assert (token == order_token(other)) == (one == other)


def test_a_token_of_the_ends() -> None:
    assert order_token(bytes(16)) == "0" * 22
    assert len(order_token(b"\xff" * 16)) == 22
    with pytest.raises(ValueError, match="16 random bytes"):
        order_token(b"short")
