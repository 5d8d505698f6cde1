"""Old snapshot + frames = new snapshot, for the commands and timers of coffee."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.systems.coffee.asking import cup, wish
from tests.systems.coffee.conftest import Cafe, Person
from tests.systems.coffee.page import Page

FULL = cup(milk="full")
ROOMS = ["organizers", *(f"station_{number}" for number in (1, 2, 3, 4, 9))]


class Watched:
    """A page that was open all the time, held against one that is opened now."""

    def __init__(self, cafe: Cafe, olga: Person, page: Page) -> None:
        self.cafe = cafe
        self.olga = olga
        self.page = page
        self.seen: set[str] = set()

    async def after(self, person: Person, path: str, body: Any = None, method: str = "POST") -> Any:
        """Send a change, and let the waits be told; the open page must then show what one opened now shows."""
        answer = await person.do(method, path, body)
        assert answer.status_code < 300, answer.text
        await self.wait(seconds=2)
        return answer.json() if answer.content else None

    async def wait(self, **by: float) -> None:
        """Let time pass; then compare."""
        await self.cafe.world.advance(**by)
        frames = await self.cafe.world.frames(self.page.seq, channels=ROOMS)
        self.seen.update(frame["event"] for frame in frames)
        self.page.take(frames)
        self.page.take(frames)  # delivery is at least once
        now = await Page.fetched(self.olga)
        mine, theirs = self.page.state(), now.state()
        assert {name: _differing(mine[name], theirs[name]) for name in mine if mine[name] != theirs[name]} == {}
        self.page.seq = now.seq


def _differing(mine: Any, theirs: Any) -> Any:
    """Return what the open page shows otherwise: by key, both values."""
    if not isinstance(mine, dict):
        return mine, theirs
    keys = [key for key in {**mine, **theirs} if mine.get(key) != theirs.get(key)]
    return {str(key): (mine.get(key), theirs.get(key)) for key in keys}


@pytest.mark.line_only
async def test_every_change_reaches_every_page(cafe: Cafe) -> None:
    """Section 6: who follows the frames since a snapshot shows what a snapshot of now shows."""
    olga, bea, lio, sue = await cafe.organizer(), await cafe.barista(1), await cafe.barista(2), await cafe.support()
    watched = Watched(cafe, olga, await Page.fetched(olga))
    after = watched.after

    async def ordered(*cups: Any, **more: Any) -> Any:
        return (await after(sue, "orders/", wish(*cups, **more)))["orders"]

    now = cafe.now
    times = {"starts_at": now.isoformat(), "ends_at": (now + timedelta(hours=2)).isoformat()}
    shift = await after(olga, "schedules/", {"user_id": bea.id, "station_id": 1, **times})
    await after(bea, f"schedules/check-in/{shift['id']}")
    first, second = await ordered(FULL, cup(), station_id=1)
    third = (await ordered(FULL, station_id=1))[0]
    vip = (await ordered(cup(milk="soy", priority="vip"), station_id=1, phone="0491 570 156"))[0]
    later = (cafe.now + timedelta(minutes=20)).isoformat()
    await ordered(FULL, requested_for=later)
    await after(bea, f"orders/{first['id']}/start")
    await after(bea, f"orders/{first['id']}/put-back")
    await after(bea, f"orders/{first['id']}/complete")
    await after(bea, f"orders/{first['id']}/undo")
    await after(bea, f"orders/{first['id']}/complete")
    await after(bea, f"orders/{second['id']}/complete")
    await after(sue, f"orders/{first['id']}/pick-up")
    await after(bea, f"orders/{second['id']}/remake", {"reason": "cold"})
    await after(sue, f"orders/{third['id']}", {"milk": "oat", "notes": "hot"}, "PUT")
    await after(sue, f"orders/{third['id']}/priority", {"priority": "vip"})
    await after(sue, f"orders/{third['id']}/move", {"station_id": 2})
    await after(lio, f"orders/{third['id']}/cancel", {"reason": "customer"})
    await after(olga, "orders/rebalance", {"dry_run": False})
    await after(bea, "inventory/run-out", {"station_id": 1, "code": "milk_soy"})  # the VIP goes elsewhere
    assert vip["id"] in watched.page.cups
    await after(
        olga,
        "inventory/station/1",
        {"inventory": [{"code": "milk_soy", "quantity": 190, "low_threshold": 180, "critical_threshold": 90}]},
    )
    last = (await ordered(cup(milk="soy"), station_id=1))[0]  # soy leaves the menu
    await after(sue, f"orders/{last['id']}/cancel", {"reason": "test"})  # and is back
    await after(
        bea, "inventory/deplete", {"station_id": 1, "items": [{"code": "milk_oat", "quantity": 300}], "reason": "spill"}
    )
    moved = {"from_station_id": 9, "to_station_id": 1, "items": [{"code": "milk_soy", "quantity": 900}]}
    await after(sue, "inventory/transfer", moved)
    await after(olga, "inventory/sync", {})
    asked = await after(bea, "inventory/restock-requests", {"station_id": 1, "code": "milk_almond", "quantity": 500})
    await after(sue, f"inventory/restock-requests/{asked['id']}/accept")
    await after(sue, f"inventory/restock-requests/{asked['id']}/deliver", {"quantity": 500})
    await after(olga, "settings/event", {"settings": {"late_minutes": 9}})
    await after(olga, "settings/station/1", {"settings": {"board_message": "Hello"}})
    await after(olga, "stations/1", {"max_queue": 30}, "PUT")
    await after(olga, "settings/milk-colors", {"milk_colors": [{"code": "oat", "sort": 1}]})
    await after(bea, "chat/messages", {"room": "all", "message": "Oat please"})
    await after(bea, f"schedules/{shift['id']}/break/start?force=true")
    await after(bea, f"schedules/{shift['id']}/break/end")
    await after(olga, "stations/3/status", {"status": "paused"})
    for _ in range(3):
        await ordered(FULL, station_id=2)
    await after(olga, "stations/2/status", {"status": "offline"})  # its cups go to Foyer
    await after(olga, "stations/1/status", {"status": "offline", "force": True})  # nobody is left: stranded
    await after(olga, "stations/3/status", {"status": "open"})  # they are rescued
    await after(olga, "stations/1/status", {"status": "open"})
    await after(bea, "stations/1/heartbeat", {"queue_seq": 0, "pending_local": 0})
    await ordered(cup(milk="oat"), cup(milk="oat"), station_id=1)
    await ordered(FULL, station_id=1)
    await ordered(FULL, station_id=1)
    await ordered(FULL, station_id=1)
    await watched.wait(minutes=2)  # lost
    await watched.wait(minutes=3)  # failed over
    await watched.wait(minutes=12)  # late, starving, released, uncollected
    await watched.wait(minutes=15)
    await after(bea, f"schedules/check-out/{shift['id']}")
    other = await after(olga, "schedules/", {"user_id": lio.id, "station_id": 2, **times})
    await after(olga, f"schedules/{other['id']}", None, "DELETE")
    alert = next(iter(watched.page.alerts.values()))
    await after(olga, f"alerts/{alert['id']}/ack")

    assert watched.seen >= {
        "order_created", "order_updated", "queue_eta", "inventory_updated", "inventory_depleted", "low_stock_alert", "menu_updated",
        "station_updated", "schedule_created", "schedule_updated", "schedule_deleted", "barista_checked_in", "barista_checked_out",
        "settings_updated", "milk_colors_updated", "chat_message", "alert_opened", "alert_updated", "restock_requested", "restock_updated",
    }  # fmt: skip
