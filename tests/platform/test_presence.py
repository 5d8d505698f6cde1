"""Presence: each user once, whatever the tabs and processes; nobody flickers, nobody haunts."""

from __future__ import annotations

import os

import pytest

from livefloor.realtime.bus import Bus
from tests.conftest import Redis
from tests.platform.crowd import Crowd

OPERATIONS = 10_000


async def test_ten_thousand_operations_equal_the_model(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tabs, cut lines, killed and retired processes, a Redis that is emptied, cut or killed: all see who is there."""
    monkeypatch.setattr(Bus, "AGAIN_S", 0.01)
    monkeypatch.setattr(Bus, "AGAIN_MOST_S", 0.05)
    seed = int(os.environ.get("LIVEFLOOR_CHAOS_SEED") or int.from_bytes(os.urandom(4)))
    print(f"LIVEFLOOR_CHAOS_SEED={seed}")
    await Crowd(redis, seed).run(OPERATIONS)
