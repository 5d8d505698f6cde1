"""The machines and programmes of the room, as admins keep them."""

from tests.systems.laundry.conftest import Room, good, refused


async def test_a_new_machine_gets_the_next_number(room: Room) -> None:
    admin, student = await room.admin(), await room.student()
    machine = good(await admin.do("POST", "admin/machines", {"machine_type": "washer", "location": "Left wall"}), 201)
    assert (machine["machine_id"], machine["label"], machine["location"]) == (7, "Washer 7", "Left wall")
    refused(
        await admin.do("POST", "admin/machines", {"machine_type": "washer", "machine_id": 7}), 409, "machine_exists"
    )
    refused(await student.do("POST", "admin/machines", {"machine_type": "washer"}), 403, "forbidden")
    await student.start(7)


async def test_a_new_machine_is_given_to_the_list(room: Room) -> None:
    admin, people = await room.admin(), await room.students(7)
    await room.fill(people[:6])
    await people[6].join()
    machine = good(await admin.do("POST", "admin/machines", {"machine_type": "washer"}), 201)
    assert machine["hold"]["user_id"] == people[6].id
    assert (await room.names())[-2:] == ["machine.held", "waitlist.called"]


async def test_a_retired_machine_is_gone_and_comes_back_with_its_history(room: Room) -> None:
    admin, student = await room.admin(), await room.student()
    await student.start(6)
    path = "admin/machines/washer/6"
    refused(await admin.do("DELETE", path), 409, "machine_busy")
    good(await student.ask("end", 6, collected=True))
    good(await admin.do("DELETE", path), 204)
    assert len((await student.get("machines/"))["washers"]) == 5
    refused(await student.do("GET", "machines/washer/6"), 404, "machine_not_found")
    refused(await student.ask("start", 6, category="normal"), 404, "machine_not_found")
    refused(await student.report(6), 404, "machine_not_found")
    good(await admin.do("POST", "admin/machines", {"machine_type": "washer", "machine_id": 6, "label": "Six"}), 201)
    back = await student.machine(6)
    assert (back["label"], back["total_cycles"]) == ("Six", 1)


async def test_changing_a_machine_asks_for_its_version(room: Room) -> None:
    admin = await room.admin()
    before = await admin.machine(1)
    path = "admin/machines/washer/1"
    body = {"label": "The big one", "location": "Window", "new_code": True, "version": before["version"]}
    after = good(await admin.do("PATCH", path, body))
    assert (after["label"], after["location"], after["version"]) == ("The big one", "Window", before["version"] + 1)
    refused(await admin.do("PATCH", path, body), 412, "stale_version")
    refused(await admin.do("PATCH", path, {"version": after["version"]}), 422, "validation_error")
    refused(
        await admin.do("PATCH", path, {"version": after["version"], "expected_back_at": "2025-03-09T08:00:00Z"}),
        422,
        "validation_error",
    )
    assert "machine_code" not in (await room.world.frames())[-1]["data"]


async def test_programmes(room: Room) -> None:
    admin, staff, student = await room.admin(), await room.staff(), await room.student()
    items = (await staff.get("admin/categories"))["items"]
    assert [(item["code"], item["minutes"]) for item in items if item["machine_type"] == "dryer"] == [
        ("normal", 30),
        ("extra_5", 35),
        ("extra_10", 40),
        ("extra_15", 45),
    ]
    body = {"label": "Wool", "minutes": 55, "enabled": True, "sort": 7}
    path = "admin/categories/washer/wool"
    refused(await staff.do("PUT", path, body), 403, "forbidden")
    good(await admin.do("PUT", path, body))
    await student.start(1, category="wool")
    refused(await student.ask("start", 1, "dryer", category="wool"), 422, "unknown_category")
    off = good(await admin.do("PUT", path, {**body, "enabled": False}))
    assert (off["enabled"], off["version"]) == (False, 2)
    refused(await student.ask("start", 2, category="wool"), 422, "unknown_category")
    refused(await admin.do("PUT", "admin/categories/washer/normal", {**body, "enabled": False}), 409, "normal_required")
    assert (await admin.do("PUT", "admin/categories/washer/Wool!", body)).status_code in (404, 422)
    refused(await admin.do("PUT", path, {**body, "minutes": 241}), 422, "validation_error")
    assert [
        name for name in (found.event.name for found in await room.world.events()) if name == "category.changed"
    ] == ["category.changed"] * 2
