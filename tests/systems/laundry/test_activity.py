"""The feed: everything of sections 5.3 to 5.5 appears, public or for the person alone."""

from typing import Any

import pytest

from livefloor.testing.world import World
from tests.systems.laundry.conftest import Person, Room, good, refused


async def lines(person: Person, **query: Any) -> list[tuple[str, str | None]]:
    """Return type and user of the public lines, oldest first."""
    items = (await person.get("activities/", limit=200, **query))["items"]
    return [(item["activity_type"], item["user_id"]) for item in reversed(items)]


async def own(person: Person) -> list[str]:
    """Return the types of one's own lines, oldest first."""
    items = (await person.get(f"activities/user/{person.id}", limit=200))["items"]
    return [item["activity_type"] for item in reversed(items)]


async def test_anonymous(world: World) -> None:
    async with world.client() as client:
        assert (await client.get("/api/v1/activities/")).status_code == 401
        assert (await client.get("/api/v1/activities/user/x")).status_code == 401


async def test_the_life_of_a_load(room: Room) -> None:
    owner = await room.student(display_name="Mango")
    await owner.start(3, category="normal")
    good(await owner.ask("extend", 3, category="extra_5"))
    await room.world.advance(minutes=35)
    good(await owner.ask("end", 3, collected=True))
    kinds = ["machine_started", "machine_extended", "machine_completed", "laundry_collected"]
    assert await lines(owner) == [(kind, owner.id) for kind in kinds]
    assert await own(owner) == kinds
    newest = (await owner.get("activities/"))["items"]
    assert [item["details"] for item in newest] == [
        "Washer 3 emptied",
        "Washer 3 is done",
        "Washer 3 to 35 min",
        "Washer 3 for 30 min",
    ]
    assert {(item["display_name"], item["machine_type"], item["machine_id"]) for item in newest} == {
        ("Mango", "washer", 3)
    }
    assert set(newest[0]) == {
        "id", "user_id", "display_name", "activity_type", "machine_type", "machine_id", "details", "created_at",
    }  # fmt: skip


async def test_each_line_is_told_live_as_the_feed_shows_it(room: Room) -> None:
    owner = await room.student()
    head = await room.world.head()
    await owner.start(1)
    good(await owner.ask("cancel", 1))
    frames = [frame for frame in await room.world.frames(head) if frame["event"] == "activity_logged"]
    assert {frame["channel"] for frame in frames} == {"activities"}
    assert [frame["data"] for frame in reversed(frames)] == (await owner.get("activities/"))["items"]


async def test_r65_what_staff_did_to_a_load_stands_in_its_owners_feed(room: Room) -> None:
    owner, staff = await room.student(), await room.staff()
    await owner.start(1)
    good(await staff.ask("cancel", 1, reason="wrong machine"))
    await owner.start(2)
    good(await staff.ask("end", 2, reason="it leaks"))
    good(await staff.do("POST", "admin/machines/washer/2/clear", {"place": "Office"}))
    await owner.start(3)
    good(await staff.do("POST", "admin/machines/washer/3/disable", {"reason": "no power"}))
    kinds = [
        "machine_started",
        "machine_cancelled",
        "machine_started",
        "machine_ended",
        "laundry_moved",
        "machine_started",
    ]
    assert (await own(owner))[:6] == kinds
    assert sorted((await own(owner))[6:]) == [
        "machine_disabled",
        "waitlist_called",
    ]  # stopped, and first in the list (R42)
    details = [item["details"] for item in (await owner.get(f"activities/user/{owner.id}"))["items"]]
    assert "Washer 1 cancelled by staff: wrong machine" in details
    assert "Washer 2: laundry put away by staff to Office" in details
    good(await staff.do("POST", "admin/machines/washer/3/enable", {"resolution": "new fuse"}))
    public = await lines(owner)
    assert public[-1] == ("machine_enabled", staff.id)
    assert ("machine_disabled", staff.id) in public


async def test_the_life_of_a_place_in_the_list(room: Room) -> None:
    first, second, third = await room.students(3)
    await first.join()
    await first.start(1)
    await second.join()
    good(await second.ask("leave"))
    await third.join()
    await room.world.advance(minutes=10)
    public = [
        "joined_waitlist",
        "waitlist_called",
        "machine_started",
        "waitlist_fulfilled",
        "joined_waitlist",
        "waitlist_called",
        "left_waitlist",
    ]
    assert sorted(kind for kind, user in await lines(first)) == sorted([*public, "joined_waitlist", "waitlist_called"])
    assert await own(third) == ["joined_waitlist", "waitlist_called", "waitlist_no_show"]
    assert "waitlist_no_show" not in [kind for kind, _ in await lines(third)]


async def test_r65_staff_removals_and_passing_are_for_the_person_alone(room: Room) -> None:
    people, staff = await room.students(2), await room.staff()
    holders = await room.students(5)
    for number, holder in enumerate(holders, start=1):
        await holder.start(number)
    for person in people:
        await person.join()
    good(await people[0].ask("pass"))
    entry = next(item for item in await people[0].list() if item["user_id"] == people[0].id)
    good(await staff.do("DELETE", f"admin/waitlist/{entry['id']}?reason=asked%20for%20it"), 204)
    assert "waitlist_passed" in await own(people[0])
    assert "left_waitlist" in await own(people[0])
    public = [kind for kind, user in await lines(people[1]) if user == people[0].id]
    assert "waitlist_passed" not in public
    assert "left_waitlist" not in public


async def test_making_room_reporting_nudging(room: Room) -> None:
    owner, other = await room.students(2)
    await owner.start(1)
    await room.world.advance(minutes=30)
    good(await other.ask("nudge", 1), 202)
    await room.world.advance(minutes=10)
    cycle_id = (await owner.machine(1))["cycle_id"]
    good(await other.ask("release", 1, cycle_id=cycle_id, reason="moved", place="Basket shelf"))
    good(await other.ask("report-status", 2, seen="running"))
    assert await own(other) == ["nudged", "laundry_moved", "status_reported"]
    public = await lines(owner)
    assert ("laundry_moved", other.id) in public
    assert ("status_reported", other.id) in public
    assert "nudged" not in [kind for kind, _ in public]


async def test_who_reported_a_fault_stands_in_no_public_line(room: Room) -> None:
    reporter, other, staff = await room.student(display_name="Mango"), await room.student(), await room.staff()
    head = await room.world.head()
    report = good(await reporter.report(4, fault="noise"), 201)
    assert await lines(other) == [("fault_reported", None)]
    assert await own(reporter) == ["fault_reported"]
    public = [frame for frame in await room.world.frames(head) if frame["channel"] in ("activities", "faults")]
    assert "Mango" not in str(public)
    assert reporter.id not in str(public)
    good(
        await staff.do(
            "PATCH", f"faults/{report['id']}", {"status": "resolved", "note": "", "version": report["version"]}
        )
    )
    assert (await lines(other))[-1] == ("fault_resolved", staff.id)


async def test_what_concerns_the_account_is_for_the_person_alone(room: Room) -> None:
    person, other = await room.students(2)
    head = await room.world.head()
    good(await person.do("PUT", "profile/update", {"display_name": "Mango"}))
    assert await own(person) == ["profile_updated"]
    assert await lines(other) == []
    assert {frame["channel"] for frame in await room.world.frames(head)} <= {f"user:{person.id}"}


async def test_the_feed_of_another_is_closed_to_students_and_open_to_staff(room: Room) -> None:
    student, other, staff, admin = await room.student(), await room.student(), await room.staff(), await room.admin()
    refused(await student.do("GET", f"activities/user/{other.id}"), 403, "forbidden")
    refused(await student.do("GET", "activities/user/nobody"), 403, "forbidden")
    refused(await staff.do("GET", "activities/user/nobody"), 404, "not_found")
    refused(await staff.do("GET", f"activities/user/{admin.id}"), 403, "forbidden")
    await student.start(1)
    for reader in (staff, admin, student):
        assert (await reader.get(f"activities/user/{student.id}"))["total"] == 1
    assert (await admin.get(f"activities/user/{staff.id}"))["total"] == 0


async def test_filters_and_pages(room: Room) -> None:
    first, second = await room.students(2)
    await first.start(1)
    await second.start(1, kind="dryer")
    good(await first.ask("cancel", 1))
    everything = (await first.get("activities/"))["items"]
    assert [kind for kind, _ in await lines(first, activity_type="machine_started")] == ["machine_started"] * 2
    assert await lines(first, machine_type="dryer") == [("machine_started", second.id)]
    assert len(await lines(first, machine_type="washer", machine_id=1)) == 2
    pages, cursor = [], None
    for _ in range(3):
        page = await first.get("activities/", limit=1, **({"cursor": cursor} if cursor else {}))
        cursor = page["next_cursor"]
        pages += page["items"]
        assert page["total"] == 3
    assert (pages, cursor) == (everything, None)


@pytest.mark.parametrize(
    "query", ["activity_type=dancing", "machine_type=toaster", "machine_id=0", "cursor=%00", "limit=0"]
)
async def test_a_query_that_makes_no_sense_is_refused(room: Room, query: str) -> None:
    refused(await (await room.student()).do("GET", f"activities/?{query}"), 422, "validation_error")


async def test_r62_the_lines_of_a_deleted_account_stay_without_its_name(room: Room) -> None:
    from livefloor.systems.laundry.account_events import UserDeleted

    gone, other = await room.student(display_name="Mango"), await room.student()
    await gone.start(1)
    good(await gone.ask("cancel", 1))

    async def delete(ctx) -> None:  # type: ignore[no-untyped-def]
        ctx.emit(UserDeleted(user_id=gone.id))

    await room.world.change(delete)
    items = (await other.get("activities/"))["items"]
    assert {(item["user_id"], item["display_name"]) for item in items} == {(None, "Former student")}
    assert "Mango" not in str(items)


async def test_r60_no_line_holds_a_student_id(room: Room) -> None:
    person = await room.student("654321")
    await person.start(1)
    good(await person.ask("cancel", 1))
    items = (await (await room.student()).get("activities/"))["items"]
    assert {item["display_name"] for item in items} == {"Student ··21"}
    assert "654321" not in str(items)
