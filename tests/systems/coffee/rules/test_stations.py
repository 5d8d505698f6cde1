"""The states of a station, every pair; tablets that fall silent; stations without people."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from livefloor.kernel.problems import Conflict
from livefloor.systems.coffee.rules.stations import (
    STATUSES,
    Change,
    StationStatus,
    allowed,
    change,
    connection,
    unstaffed_level,
)

NOW = datetime(2025, 3, 12, 0, 30, tzinfo=UTC)
REACHED: dict[StationStatus, list[StationStatus]] = {
    "open": ["paused", "offline", "closed"],
    "paused": ["open", "offline", "closed"],
    "offline": ["open"],
    "closed": ["open"],
}


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def test_every_pair_of_states() -> None:
    """Section 4: a row is taken, the same state changes nothing, every other pair is refused with from, to, allowed."""
    for source, to in product(STATUSES, STATUSES):
        if source == to:
            assert change(source, to, open_cups=0, other_open=1).unchanged
        elif to in REACHED[source]:
            assert change(source, to, open_cups=0, other_open=1).status == to
        else:
            with pytest.raises(Conflict) as caught:
                change(source, to, open_cups=0, other_open=1)
            assert caught.value.code == "bad_transition"
            assert caught.value.extra == {"from": source, "to": to, "allowed": REACHED[source]}
        assert allowed(source) == REACHED[source]


def test_what_becomes_of_the_queue() -> None:
    """Rules 40 and 41, section 5.8: pause keeps it, offline moves it unless told otherwise, close refuses."""
    assert not change("open", "paused", open_cups=3, other_open=1).move_queue
    assert change("open", "paused", open_cups=3, other_open=1, queue="move").move_queue
    assert change("open", "offline", open_cups=3, other_open=1).move_queue
    assert not change("open", "offline", open_cups=3, other_open=1, queue="keep").move_queue
    for queue in (None, "keep"):
        with pytest.raises(Conflict) as caught:
            change("paused", "closed", open_cups=1, other_open=1, queue=queue)  # type: ignore[arg-type]
        assert caught.value.code == "queue_not_empty"
    assert change("open", "closed", open_cups=3, other_open=1, queue="move").move_queue
    opened = change("offline", "open", open_cups=3, other_open=0)
    assert opened == Change("open", reset_speed=True, close_alerts=True)


def test_the_last_open_station() -> None:
    """Rule 39: it does not pause or close without force; a broken machine is told at any time."""
    for to in ("paused", "closed"):
        with pytest.raises(Conflict) as caught:
            change("open", to, open_cups=0, other_open=0)  # type: ignore[arg-type]
        assert caught.value.code == "last_open_station"
        assert change("open", to, open_cups=0, other_open=0, force=True).status == to  # type: ignore[arg-type]
    assert change("open", "offline", open_cups=0, other_open=0).status == "offline"
    assert change("paused", "closed", open_cups=0, other_open=0).status == "closed"


def test_a_tablet_falls_silent() -> None:
    """Rules 45 and 47: lost after the grace, live at the first sign; after a boot nobody is lost for as long."""
    boot = ago(3600)

    def seen(present: str, heard: datetime | None, booted: datetime = boot) -> str:
        return connection(present, heard, NOW, booted_at=booted, grace_seconds=60)  # type: ignore[arg-type]

    assert seen("live", ago(59)) == "live"
    assert seen("live", ago(60)) == "lost"
    assert seen("lost", ago(300)) == "lost"
    assert seen("lost", ago(1)) == "live"
    assert seen("never", None) == "never"
    assert seen("live", ago(900), booted=ago(59)) == "live"
    assert seen("live", ago(900), booted=ago(60)) == "lost"


def test_nobody_at_an_open_station() -> None:
    """Rule 48."""
    assert unstaffed_level("open", 0, ago(300), NOW, open_cups=0) == "warn"
    assert unstaffed_level("open", 0, ago(300), NOW, open_cups=1) == "critical"
    assert unstaffed_level("open", 0, ago(299), NOW, open_cups=1) is None
    assert unstaffed_level("open", 1, ago(900), NOW, open_cups=1) is None
    assert unstaffed_level("paused", 0, ago(900), NOW, open_cups=1) is None
