"""What a page knows: a snapshot, and the frames that keep it true. The same small reducer as the web pages have."""

from typing import Any

from tests.systems.laundry.conftest import Person

CLOCK = ("time_left_seconds", "overdue", "estimated_wait_minutes")
"""Fields that go on by themselves or are worked out from others (DESIGN section 12, ruling 3)."""


class Page:
    """Machines by id, lists by type."""

    def __init__(self, machines: dict[str, dict[str, Any]], lists: dict[str, list[dict[str, Any]]], seq: int) -> None:
        self.machines = machines
        self.lists = lists
        self.seq = seq

    @classmethod
    async def fetched(cls, person: Person) -> "Page":
        """Return what the server shows now."""
        board = await person.get("machines/")
        machines = {machine["id"]: machine for machine in [*board["washers"], *board["dryers"]]}
        lists = {kind: await person.list(kind) for kind in ("washer", "dryer")}
        return cls(machines, lists, int(board["last_id"].split(".")[0]))

    def take(self, frames: list[dict[str, Any]]) -> None:
        """Put in what frames tell: a machine when its version is newer, a list when its number is."""
        for frame in frames:
            self._take(frame["event"], frame["data"])

    def _take(self, event: str, data: dict[str, Any]) -> None:
        if event == "machine_update":
            known = self.machines.get(data["id"])
            if known is None or known["version"] < data["version"]:
                machine = {name: value for name, value in data.items() if name != "change"}
                self.machines[data["id"]] = machine
            if data["change"] == "retired":
                del self.machines[data["id"]]
        elif event == "waitlist_update":
            self.lists[data["machine_type"]] = data["items"]
        elif event in ("fault_reported", "fault_updated"):
            for machine in self.machines.values():
                if (machine["machine_type"], machine["machine_id"]) == (data["machine_type"], data["machine_id"]):
                    machine["report_count"] = data["report_count"]

    def state(self) -> tuple[Any, Any]:
        """Return what must be equal, whichever way the page came to it."""
        return (
            {id: _still(machine) for id, machine in self.machines.items()},
            {kind: [_still(entry) for entry in items] for kind, items in self.lists.items()},
        )


def _still(thing: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in thing.items() if name not in CLOCK}
