"""Who is told what, and what one does with it (the table at the end of section 8)."""

from collections.abc import Awaitable, Callable

import pytest

from livefloor.systems.laundry.models import User
from livefloor.testing.world import World
from tests.systems.laundry.conftest import Person, Room, good, refused

# -- reading, deleting ------------------------------------------------------------------------------------------------


async def told(room: Room, person: Person, count: int) -> None:
    """Let somebody be nudged so often."""
    await person.start(1, category="normal")
    good(await person.ask("end", 1))
    nudger = await room.student()
    for _ in range(count):
        await room.world.advance(minutes=5)
        good(await nudger.ask("nudge", 1), 202)


async def test_anonymous(world: World) -> None:
    async with world.client() as client:
        assert (await client.get("/api/v1/notifications/")).status_code == 401


async def test_a_neighbours_notification_is_not_there(room: Room) -> None:
    owner, neighbour = await room.students(2)
    await told(room, owner, 1)
    id = (await owner.get("notifications/"))["items"][0]["id"]
    refused(await neighbour.do("PUT", f"notifications/{id}/read"), 404, "not_found")
    refused(await neighbour.do("DELETE", f"notifications/{id}"), 404, "not_found")
    assert (await neighbour.get("notifications/"))["total"] == 0
    assert (await owner.get("notifications/"))["items"][0]["is_read"] is False


async def test_the_list_comes_in_pages_newest_first(room: Room) -> None:
    owner = await room.student()
    await told(room, owner, 3)
    first = await owner.get("notifications/", limit=2)
    rest = await owner.get("notifications/", limit=2, cursor=first["next_cursor"])
    everything = (await owner.get("notifications/"))["items"]
    assert first["items"] + rest["items"] == everything[:4]
    assert [item["created_at"] for item in everything] == sorted(
        (item["created_at"] for item in everything), reverse=True
    )
    assert first["unread_count"] == first["total"] == len(everything)
    refused(await owner.do("GET", "notifications/?cursor=bad"), 422, "validation_error")
    refused(await owner.do("GET", "notifications/?limit=201"), 422, "validation_error")


async def test_reading_is_told_once_and_may_be_repeated(room: Room) -> None:
    owner = await room.student()
    await told(room, owner, 1)
    item = (await owner.get("notifications/"))["items"][0]
    head = await room.world.head()
    once = good(await owner.do("PUT", f"notifications/{item['id']}/read"))
    again = good(await owner.do("PUT", f"notifications/{item['id']}/read"))
    assert once == again == {**item, "is_read": True, "version": item["version"] + 1}
    [frame] = await room.world.frames(head)
    assert (frame["event"], frame["channel"]) == ("notification_received", f"user:{owner.id}")
    left = (await owner.get("notifications/"))["unread_count"]
    assert frame["data"] == {**once, "change": "read", "unread_count": left}
    unread = await owner.get("notifications/", unread=True)
    assert item["id"] not in [other["id"] for other in unread["items"]]
    assert unread["total"] == left


async def test_reading_all_and_deleting_are_told(room: Room) -> None:
    owner = await room.student()
    await told(room, owner, 2)
    items = (await owner.get("notifications/"))["items"]
    head = await room.world.head()
    assert good(await owner.do("PUT", "notifications/read-all")) == {"updated": len(items)}
    assert good(await owner.do("PUT", "notifications/read-all")) == {"updated": 0}
    assert [frame["data"]["unread_count"] for frame in await room.world.frames(head)] == list(
        reversed(range(len(items)))
    )
    head = await room.world.head()
    good(await owner.do("DELETE", f"notifications/{items[0]['id']}"), 204)
    [frame] = await room.world.frames(head)
    assert (frame["data"]["id"], frame["data"]["change"], frame["data"]["unread_count"]) == (
        items[0]["id"],
        "deleted",
        0,
    )
    assert (await owner.get("notifications/"))["total"] == len(items) - 1


async def test_a_frame_holds_the_notification_as_the_list_shows_it(room: Room) -> None:
    owner = await room.student()
    head = await room.world.head()
    await told(room, owner, 1)
    frames = [
        frame["data"]
        for frame in await room.world.frames(head, [f"user:{owner.id}"])
        if frame["event"] == "notification_received"
    ]
    items = {item["id"]: item for item in (await owner.get("notifications/"))["items"]}
    for place, frame in enumerate(frames, start=1):
        assert frame == {**items[frame["id"]], "change": "created", "unread_count": place}
    assert len(frames) == len(items)


# -- the table --------------------------------------------------------------------------------------------------------


async def ending(room: Room) -> Person:
    """J2."""
    owner = await room.student()
    await owner.start(1)
    await room.world.advance(minutes=25)
    return owner


async def completion(room: Room) -> Person:
    """J1."""
    owner = await ending(room)
    await room.world.advance(minutes=5)
    return owner


async def overdue(room: Room) -> Person:
    """J3."""
    owner = await completion(room)
    await room.world.advance(minutes=10)
    return owner


async def nudge(room: Room) -> Person:
    """R18."""
    owner = await completion(room)
    good(await (await room.student()).ask("nudge", 1), 202)
    return owner


async def moved(room: Room) -> Person:
    """R16, moved."""
    owner = await overdue(room)
    cycle_id = (await owner.machine(1))["cycle_id"]
    mover = await room.student()
    good(await mover.ask("release", 1, cycle_id=cycle_id, reason="moved", place="Basket shelf"))
    return owner


async def found_empty(room: Room) -> Person:
    """R16, empty."""
    owner = await overdue(room)
    cycle_id = (await owner.machine(1))["cycle_id"]
    good(await (await room.student()).ask("release", 1, cycle_id=cycle_id, reason="empty"))
    return owner


async def cleared(room: Room) -> Person:
    """Staff put a load away."""
    owner = await completion(room)
    good(await (await room.staff()).do("POST", "admin/machines/washer/1/clear", {"place": "Office"}))
    return owner


async def staff_cancel(room: Room) -> Person:
    """Staff cancelled."""
    owner = await room.student()
    await owner.start(1)
    good(await (await room.staff()).ask("cancel", 1, reason="wrong machine"))
    return owner


async def staff_end(room: Room) -> Person:
    """Staff ended."""
    owner = await room.student()
    await owner.start(1)
    good(await (await room.staff()).ask("end", 1, reason="it leaks"))
    return owner


async def outage(room: Room) -> Person:
    """R42."""
    owner = await room.student()
    await owner.start(1)
    good(await (await room.staff()).do("POST", "admin/machines/washer/1/disable", {"reason": "it leaks"}))
    return owner


async def handled(room: Room) -> Person:
    """A report is resolved."""
    reporter, staff = await room.student(), await room.staff()
    report = good(await reporter.report(1), 201)
    good(
        await staff.do(
            "PATCH", f"faults/{report['id']}", {"status": "resolved", "note": "new hose", "version": report["version"]}
        )
    )
    return reporter


async def safety(room: Room) -> Person:
    """R41, for staff."""
    staff = await room.staff()
    good(await (await room.student()).report(1, fault="water_leak"), 201)
    return staff


async def left_load(room: Room) -> Person:
    """J5, for staff."""
    staff = await room.staff()
    await (await room.student()).start(1)
    await room.world.advance(minutes=31)
    await room.world.advance(minutes=121)
    return staff


async def next_up(room: Room) -> Person:
    """First of the list and not called."""
    people = await room.students(7)
    await room.fill(people[:6])
    await people[6].join()
    return people[6]


async def call(room: Room) -> Person:
    """R22."""
    person = await room.student()
    await person.join()
    return person


async def claim_expiring(room: Room) -> Person:
    """J6."""
    person = await call(room)
    await room.world.advance(minutes=7)
    return person


async def no_show(room: Room) -> Person:
    """R25."""
    person = await claim_expiring(room)
    await room.world.advance(minutes=3)
    return person


async def suspension(room: Room) -> Person:
    """R26."""
    person = await room.student()
    for _ in range(3):
        await person.join()
        await room.world.advance(minutes=7)
        await room.world.advance(minutes=14)
    return person


async def restoration(room: Room) -> Person:
    """R30."""
    person = await call(room)
    good(await (await room.student()).ask("report-status", 1, seen="running"))
    return person


async def removal(room: Room) -> Person:
    """Staff took out."""
    person, staff = await call(room), await room.staff()
    entry = (await person.list())[0]
    good(await staff.do("DELETE", f"admin/waitlist/{entry['id']}?reason=asked%20for%20it"), 204)
    return person


async def expiry(room: Room) -> Person:
    """J8."""
    admin, people = await room.admin(), await room.students(7)
    await room.fill(people[:6], category="extra_15")
    await room.settings(admin, waitlist_entry_max_hours=1, pickup_grace_minutes=120)
    await people[6].join()
    await room.world.advance(minutes=61)
    return people[6]


TABLE: list[tuple[Callable[[Room], Awaitable[Person]], str, str, str]] = [
    (ending, "cycle_ending", "Washer 1: 5 minutes left", "It is done at 19:30."),
    (completion, "cycle_complete", "Washer 1 is done", "Collect by 19:40."),
    (overdue, "pickup_reminder", "Collect your laundry from Washer 1", "Done since 19:30. Others may take it out now."),
    (nudge, "nudge", "Somebody waits for Washer 1", "It is 19:30. Please collect your laundry."),
    (moved, "laundry_moved", "Your laundry was moved", "From Washer 1 to Basket shelf at 19:40."),
    (found_empty, "laundry_moved", "Washer 1 was reported empty", "Somebody found it empty at 19:40."),
    (cleared, "laundry_moved", "Your laundry was put away", "Staff put it from Washer 1 to Office at 19:30."),
    (staff_cancel, "cycle_stopped", "Washer 1 was cancelled by staff", "At 19:00: wrong machine"),
    (staff_end, "cycle_stopped", "Washer 1 was ended by staff", "At 19:00: it leaks"),
    (outage, "cycle_stopped", "Washer 1 was put out of order", "At 19:00: it leaks"),
    (handled, "fault_update", "Your report is resolved", "Washer 1, other, 19:00: new hose"),
    (safety, "staff_fault", "Washer 1 is out of order", "Since 19:00:"),
    (left_load, "staff_left_load", "A load was left in Washer 1", "Done since 19:30. Nobody came for 120 minutes."),
    (next_up, "waitlist_next", "You are next for a washer", "It will be your turn in about"),
    (call, "waitlist_called", "Your turn: Washer 1", "It is kept for you until 19:10."),
    (claim_expiring, "claim_expiring", "Washer 1: 3 minutes left to start", "It is kept for you until 19:10."),
    (no_show, "waitlist_no_show", "You missed your turn", "Washer 1 was kept for you until 19:10."),
    (suspension, "waitlist_suspended", "No joining lists for a while", "You can join again on 3 Mar 19:52"),
    (
        restoration,
        "waitlist_restored",
        "You are at the head of the list",
        "19:00: Washer 1 is running with somebody else's load.",
    ),
    (removal, "waitlist_removed", "You were taken out of the washer list", "At 19:00: asked for it"),
    (expiry, "waitlist_removed", "Your place in the washer list became too old", "You joined at 19:00."),
]


@pytest.mark.parametrize(("act", "kind", "title", "message"), TABLE, ids=lambda value: getattr(value, "__name__", None))
async def test_who_is_told_what(
    room: Room, act: Callable[[Room], Awaitable[Person]], kind: str, title: str, message: str
) -> None:
    person = await act(room)
    found = [item for item in (await person.get("notifications/"))["items"] if item["notification_type"] == kind]
    assert [item["title"] for item in found] == [title]
    assert message in found[0]["message"]
    assert found[0]["link"].startswith("/")


async def test_reminders_of_a_load_come_after_half_an_hour_and_an_hour(room: Room) -> None:
    owner = await overdue(room)
    await room.world.advance(minutes=20)
    await room.world.advance(minutes=30)
    messages = [
        item["message"]
        for item in (await owner.get("notifications/"))["items"]
        if item["notification_type"] == "pickup_reminder"
    ]
    assert messages == [
        "Done since 19:30. That is 60 minutes.",
        "Done since 19:30. That is 30 minutes.",
        "Done since 19:30. Others may take it out now.",
    ]


async def test_what_one_does_oneself_is_not_told_to_oneself(room: Room) -> None:
    owner = await room.student()
    await owner.start(1)
    good(await owner.ask("cancel", 1))
    await owner.start(1)
    good(await owner.ask("end", 1))
    good(await owner.ask("end", 1, collected=True))
    assert await owner.notices() == []


async def test_times_are_the_rooms(room: Room) -> None:
    admin, owner = await room.admin(), await room.student()
    await room.settings(admin, timezone="Asia/Kuala_Lumpur")
    await owner.start(1)
    await room.world.advance(minutes=30)
    item = (await owner.get("notifications/"))["items"][0]
    assert item["message"] == "Collect by 03:40."


async def test_all_active_staff_hear_of_a_machine_out_of_order(room: Room) -> None:
    staff, admin, student = await room.staff(), await room.admin(), await room.student()

    async def block(ctx) -> None:  # type: ignore[no-untyped-def]
        await ctx.add(User(role="staff", student_id="900009", status="blocked", display_name="Gone"))

    await room.world.change(block)
    head = await room.world.head()
    good(await student.report(1, fault="electric_shock"), 201)
    assert (await staff.notices(), await admin.notices()) == (["staff_fault"], ["staff_fault"])
    told_to = [frame["channel"] for frame in await room.world.frames(head) if frame["event"] == "notification_received"]
    assert sorted(told_to) == sorted([f"user:{staff.id}", f"user:{admin.id}"])


async def test_r62_a_deleted_account_keeps_no_notifications(room: Room) -> None:
    owner = await completion(room)
    from livefloor.parts.notifications import forget_account

    await room.world.change(lambda ctx: forget_account(ctx, owner.id))
    assert (await owner.get("notifications/"))["total"] == 0
