"""The settings of the room, and what everybody may know of it."""

from typing import Any

import pytest

from livefloor.systems.laundry.settings import (
    RoomSettings,
    SettingsChange,
    SettingsChanged,
    first_settings,
    room_settings,
)
from livefloor.testing.world import World
from tests.systems.laundry.conftest import Room, good, refused

DEFAULTS = {
    "fault_report_disable_threshold": 3,
    "safety_fault_threshold": 1,
    "pickup_grace_minutes": 10,
    "claim_window_minutes": 10,
    "claim_reminder_minutes": 3,
    "rejoin_cooldown_minutes": 10,
    "finder_hold_minutes": 5,
    "max_active_per_type": 2,
    "waitlist_max": 50,
    "waitlist_entry_max_hours": 12,
    "no_show_limit": 3,
    "no_show_period_days": 7,
    "suspension_hours": 24,
    "ending_soon_minutes": 5,
    "pickup_reminder_minutes": [30, 60],
    "abandoned_minutes": 120,
    "pickup_places": ["Basket shelf", "Folding table"],
    "presence_check": "off",
    "accounts_per_phone": 3,
    "registration_mode": "open",
    "room_code": None,
    "new_device_check": "guard",
    "timezone": "UTC",
    "room_name": "KY Wash",
}

BAD: list[tuple[str, Any]] = [
    ("fault_report_disable_threshold", 0),
    ("fault_report_disable_threshold", 21),
    ("safety_fault_threshold", 21),
    ("pickup_grace_minutes", 121),
    ("claim_window_minutes", 1),
    ("rejoin_cooldown_minutes", 61),
    ("finder_hold_minutes", 0),
    ("max_active_per_type", 13),
    ("waitlist_max", 0),
    ("pickup_places", []),
    ("pickup_places", ["a"] * 2),
    ("pickup_places", [f"place {number}" for number in range(11)]),
    ("pickup_reminder_minutes", [0]),
    ("presence_check", "maybe"),
    ("registration_mode", "closed"),
    ("registration_mode", "room_code"),
    ("registration_mode", None),
    ("room_code", "short"),
    ("timezone", "Mars/Olympus"),
    ("timezone", "../../etc/passwd"),
    ("claim_reminder_minutes", 10),
    ("room_name", ""),
    ("no_such_setting", 1),
]


async def test_the_room_begins_with_the_defaults(room: Room) -> None:
    shown = await (await room.staff()).get("admin/settings")
    version = shown.pop("version")
    assert shown == DEFAULTS
    assert isinstance(version, int)


async def test_roles(room: Room) -> None:
    student, staff = await room.student(), await room.staff()
    refused(await student.do("GET", "admin/settings"), 403, "forbidden")
    refused(await staff.do("PATCH", "admin/settings", {"version": 1, "waitlist_max": 5}), 403, "forbidden")


async def test_a_change_is_stored_and_told_with_old_and_new_value(room: Room) -> None:
    admin = await room.admin()
    before = await admin.get("admin/settings")
    head = await room.world.head()
    changed = {"pickup_grace_minutes": 15, "pickup_places": ["Shelf"], "waitlist_max": 50, "version": before["version"]}
    after = good(await admin.do("PATCH", "admin/settings", changed))
    assert after == {**before, "pickup_grace_minutes": 15, "pickup_places": ["Shelf"], "version": after["version"]}
    assert after["version"] > before["version"]
    assert await admin.get("admin/settings") == after
    [told] = [found for found in await room.world.events(head) if isinstance(found.event, SettingsChanged)]
    assert [(change.key, change.old, change.new) for change in told.event.changes] == [
        ("pickup_grace_minutes", 10, 15),
        ("pickup_places", ["Basket shelf", "Folding table"], ["Shelf"]),
    ]
    assert told.actor["id"] == admin.id


async def test_who_read_an_older_state_is_told_so(room: Room) -> None:
    admin = await room.admin()
    version = (await admin.get("admin/settings"))["version"]
    good(await admin.do("PATCH", "admin/settings", {"version": version, "waitlist_max": 5}))
    refused(await admin.do("PATCH", "admin/settings", {"version": version, "waitlist_max": 6}), 412, "stale_version")
    assert (await admin.get("admin/settings"))["waitlist_max"] == 5


async def test_of_two_changes_at_once_one_wins(room: Room) -> None:
    admin = await room.admin()
    version = (await admin.get("admin/settings"))["version"]
    answers = await room.world.race(
        [
            lambda size=size: admin.do("PATCH", "admin/settings", {"version": version, "waitlist_max": size})
            for size in (7, 8)
        ]  # type: ignore[misc]
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]


@pytest.mark.parametrize(("key", "value"), BAD)
async def test_what_is_out_of_bounds_is_refused_with_its_name(world: World, key: str, value: Any) -> None:
    async with Room(world) as room:
        admin = await room.admin()
        version = (await admin.get("admin/settings"))["version"]
        body = refused(
            await admin.do("PATCH", "admin/settings", {"version": version, key: value}), 422, "validation_error"
        )
        assert body["errors"][0]["field"].split(".")[0] in (key, "room_code")
        assert (await admin.get("admin/settings"))["version"] == version


async def test_a_room_code_can_be_set_and_taken_away(room: Room) -> None:
    admin = await room.admin()
    await room.settings(admin, registration_mode="room_code", room_code="blue-door")
    version = (await admin.get("admin/settings"))["version"]
    refused(await admin.do("PATCH", "admin/settings", {"version": version, "room_code": None}), 422, "validation_error")
    await room.settings(admin, registration_mode="open", room_code=None)
    assert (await admin.get("admin/settings"))["room_code"] is None


async def test_settings_hold_at_once(room: Room) -> None:
    admin, person = await room.admin(), await room.student()
    await room.settings(admin, max_active_per_type=1)
    await person.start(1)
    refused(await person.ask("start", 2, category="normal"), 409, "too_many_machines")
    assert (await room.world.look(room_settings)).max_active_per_type == 1


@pytest.mark.world(
    environ={"LIVEFLOOR_LAUNDRY_FAULT_REPORT_DISABLE_THRESHOLD": "2", "LIVEFLOOR_LAUNDRY_MACHINES_PER_TYPE": "3"}
)
async def test_the_environment_gives_the_first_values_only(room: Room) -> None:
    admin = await room.admin()
    assert (await admin.get("admin/settings"))["fault_report_disable_threshold"] == 2
    assert len((await admin.get("machines/"))["dryers"]) == 3
    await room.settings(admin, fault_report_disable_threshold=5)
    await room.world.change(first_settings)
    assert (await admin.get("admin/settings"))["fault_report_disable_threshold"] == 5


async def test_everybody_may_know_the_rooms_name_programmes_and_places(room: Room) -> None:
    admin = await room.admin()
    await room.settings(admin, room_name="Block C", timezone="Asia/Kuala_Lumpur", room_code="blue-door")
    async with room.world.client() as anybody:
        meta = (await anybody.get("/api/v1/meta")).json()
    assert meta["room_name"] == "Block C"
    assert meta["timezone"] == "Asia/Kuala_Lumpur"
    normal = {"code": "normal", "label": "Normal", "minutes": 30}
    assert [kind[0] for kind in meta["categories"].values()] == [normal, normal]
    assert meta["pickup_places"] == ["Basket shelf", "Folding table"]
    assert len(meta["fault_kinds"]) == 12
    assert (meta["pickup_grace_minutes"], meta["claim_window_minutes"], meta["presence_check"]) == (10, 10, "off")
    assert meta["push_public_key"]
    assert meta["sms_enabled"] is True
    assert "blue-door" not in str(meta)


def test_every_setting_can_be_changed() -> None:
    assert set(SettingsChange.model_fields) == {*RoomSettings.model_fields, "version"}
    shown, asked = RoomSettings.model_json_schema()["properties"], SettingsChange.model_json_schema()["properties"]
    for name, said in shown.items():
        bounds = {key: value for key, value in said.items() if key not in ("default", "title", "anyOf")}
        assert bounds.items() <= asked[name]["anyOf"][0].items()
