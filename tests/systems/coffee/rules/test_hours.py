"""When orders are taken: windows by the event's clock, last orders, the next opening."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from livefloor.systems.coffee.rules.hours import Window, next_opening, takes_orders

SYDNEY = ZoneInfo("Australia/Sydney")
STARTS = datetime(2025, 3, 11, 21, 0, tzinfo=UTC)  # 08:00 of the 12th
ENDS = STARTS + timedelta(days=1, hours=10)  # 18:00 of the 13th
MORNING, BREAK = Window(time(8), time(11)), Window(time(14), time(16))


def at(hours: float) -> datetime:
    return STARTS + timedelta(hours=hours)


def takes(hours: float, *windows: Window) -> bool:
    return takes_orders(at(hours), windows, SYDNEY, starts_at=STARTS, ends_at=ENDS, last_orders=10)


def opens(hours: float, *windows: Window) -> float | None:
    found = next_opening(at(hours), windows, SYDNEY, starts_at=STARTS, ends_at=ENDS)
    return None if found is None else (found - STARTS) / timedelta(hours=1)


def test_windows_and_last_orders() -> None:
    """Rule 20."""
    assert [takes(hour, MORNING, BREAK) for hour in (-0.1, 0, 2.83, 2.84, 4, 6, 7.83, 8)] == [
        False,
        True,
        True,
        False,
        False,
        True,
        True,
        False,
    ]
    assert takes(24, MORNING, BREAK)
    assert not takes(48, MORNING, BREAK)
    assert [takes(hour) for hour in (-0.1, 0, 20, 33.83, 33.84)] == [False, True, True, True, False]


def test_the_next_opening() -> None:
    """Rule 20: told with the refusal."""
    assert [opens(hour, MORNING, BREAK) for hour in (-9, 2.9, 7.9, 9, 25, 30, 40)] == [0, 6, 24, 24, 30, None, None]
    assert opens(-9) == 0
    assert opens(20) is None
    assert opens(-24 * 9, BREAK) == 6


def test_a_window_over_midnight() -> None:
    night = Window(time(22), time(2))
    assert [takes(hour, night) for hour in (13.9, 14, 17.8, 17.9)] == [False, True, True, False]
    assert opens(0, night) == 14
