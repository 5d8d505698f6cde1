"""What an organizer's page knows: a snapshot, and the frames that keep it true. The same small reducer as the web pages have."""

from __future__ import annotations

from typing import Any

from tests.systems.coffee.conftest import Person

CLOCK = {"eta_at", "batch", "position", "unchanged", "runs_out_at", "cups_left"}
"""Fields that go on by themselves, or that are told apart from the cup (`queue_eta`)."""
PROMISED = {"reserved", "available", "status", "version"}
"""What a page works out of the cups that it knows; `inventory_updated` sets it right (section 6)."""
IN_QUEUE = ("scheduled", "pending", "in_progress", "completed")


def _without(thing: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in thing.items() if name not in names}


class Page:
    """Cups by id, the stock, the menu, shifts, settings, chat, alerts and what was asked for."""

    def __init__(self, snapshot: dict[str, Any], alerts: list[dict[str, Any]], asked: list[dict[str, Any]]) -> None:
        self.seq: int = snapshot["seq"]
        queues = snapshot["queues"]
        self.cups = {cup["id"]: cup for queue in queues for state in IN_QUEUE for cup in queue[state]}
        self.places = {cup["id"]: cup["position"] for cup in self.cups.values() if cup["status"] == "pending"}
        self.stations = {
            queue["station"]["id"]: (queue["station"]["status"], queue["station"]["connection"]) for queue in queues
        }
        self.stock = {
            (station["station_id"], item["code"]): item
            for station in snapshot["inventory"]
            for item in station["inventory"]
        }
        offers = [(at["station_id"], offer) for at in snapshot["availability"] for offer in at["offers"]]
        self.out = {
            (id, offer["menu_item"], offer["size"], offer["milk"])
            for id, offer in offers
            if offer["reason"] == "out_of_stock"
        }
        self.shifts = {shift["id"]: shift for shift in snapshot["schedules"]}
        self.settings = snapshot["settings"]
        self.own = {int(id): choices for id, choices in snapshot["station_settings"].items()}
        self.milks = snapshot["milk_colors"]
        self.chat = {message["id"]: message["message"] for message in snapshot["chat"]}
        self.alerts = {alert["id"]: alert for alert in alerts}
        self.asked = {request["id"]: request for request in asked}

    @classmethod
    async def fetched(cls, person: Person) -> Page:
        """Return what the server shows now."""
        alerts = (await person.get("alerts/", open=True, limit=100))["items"]
        asked = (await person.get("inventory/restock-requests", limit=100))["items"]
        return cls(await person.get("sync/snapshot"), alerts, asked)

    def take(self, frames: list[dict[str, Any]]) -> None:
        """Put in what frames tell."""
        for frame in frames:
            take = getattr(self, f"_{frame['event']}", None)
            if take is not None:
                take(frame["data"])

    def _order_created(self, data: dict[str, Any]) -> None:
        cup = data["order"]
        known = self.cups.get(cup["id"])
        if known is None or known["version"] <= cup["version"]:
            self.cups[cup["id"]] = cup

    _order_updated = _order_created

    def _queue_eta(self, data: dict[str, Any]) -> None:
        self.places |= {id: place["position"] for id, place in data["positions"].items()}

    def _inventory_updated(self, data: dict[str, Any]) -> None:
        for item in data["items"] if data["station_id"] in self.stations else ():
            self.stock[data["station_id"], item["code"]] = item

    def _inventory_depleted(self, data: dict[str, Any]) -> None:
        for item in data["items"]:
            self.stock[data["station_id"], item["code"]]["quantity"] = item["quantity_after"]

    def _menu_updated(self, data: dict[str, Any]) -> None:
        for line in data["gone"] or ():
            self.out.add((data["station_id"], line["menu_item"], line["size"], line["milk"]))
        for line in data["back"] or ():
            self.out.discard((data["station_id"], line["menu_item"], line["size"], line["milk"]))

    def _station_updated(self, data: dict[str, Any]) -> None:
        if data["station"]["kind"] == "service":
            self.stations[data["station_id"]] = (data["station"]["status"], data["station"]["connection"])

    def _schedule_created(self, data: dict[str, Any]) -> None:
        self.shifts[data["schedule"]["id"]] = data["schedule"]

    _schedule_updated = _barista_checked_out = _schedule_created

    def _schedule_deleted(self, data: dict[str, Any]) -> None:
        self.shifts.pop(data["schedule_id"], None)

    def _barista_checked_in(self, data: dict[str, Any]) -> None:
        self.shifts[data["schedule_id"]]["status"] = "checked_in"

    def _settings_updated(self, data: dict[str, Any]) -> None:
        if data["scope"] == "event":
            self.settings |= data["settings"]
        else:
            self.own[data["station_id"]] |= data["settings"]

    def _milk_colors_updated(self, data: dict[str, Any]) -> None:
        self.milks = data["milk_colors"]

    def _chat_message(self, data: dict[str, Any]) -> None:
        self.chat[data["id"]] = data["message"]

    def _alert_opened(self, data: dict[str, Any]) -> None:
        self.alerts[data["alert"]["id"]] = data["alert"]

    _alert_updated = _alert_opened

    def _restock_requested(self, data: dict[str, Any]) -> None:
        self.asked[data["request"]["id"]] = data["request"]

    _restock_updated = _restock_requested

    def state(self) -> dict[str, Any]:
        """Return what must be equal, whichever way the page came to it; what is in a storeroom is on a page of its own."""
        cups = {id: cup for id, cup in self.cups.items() if cup["status"] in IN_QUEUE}
        return {
            "cups": {id: _without(cup, CLOCK) for id, cup in cups.items()},
            "places": {id: self.places.get(id) for id, cup in cups.items() if cup["status"] == "pending"},
            "stations": self.stations,
            "stock": {key: _without(item, CLOCK | PROMISED) for key, item in self.stock.items()},
            "out": self.out,
            "shifts": {id: shift["status"] for id, shift in self.shifts.items() if shift["status"] != "cancelled"},
            "settings": self.settings,
            "own": self.own,
            "milks": self.milks,
            "chat": self.chat,
            "alerts": {id: alert["level"] for id, alert in self.alerts.items() if alert["closed_at"] is None},
            "asked": {id: request["status"] for id, request in self.asked.items()},
        }
