"""Old snapshot + frames = new snapshot, for every command and timer of the room."""

from collections.abc import Awaitable
from typing import Any

from tests.systems.laundry.conftest import Room, good
from tests.systems.laundry.page import Page


async def test_every_change_reaches_every_page(room: Room) -> None:
    a, b, c, d, e, f, g, h = people = await room.students(8)
    staff, admin = await room.staff(), await room.admin()
    page = await Page.fetched(h)
    seen: set[str] = set()

    async def after(change: Awaitable[Any]) -> Any:
        """Make a change; a page that was open must then show what a page opened now shows."""
        result = await change
        if hasattr(result, "status_code"):
            assert result.status_code < 400, result.text
        frames = await room.world.frames(page.seq, channels=["machines", "waitlist:washer", "waitlist:dryer", "faults"])
        seen.update(frame["data"].get("change", frame["event"]) for frame in frames)
        page.take(frames)
        page.take(frames)  # delivery is at least once
        now = await Page.fetched(h)
        assert page.state() == now.state()
        page.seq = now.seq
        return result

    for number, person in enumerate(people[:6], start=1):
        await after(person.start(number))
    await after(a.ask("extend", 1, category="extra_15"))
    for person in (g, h):
        await after(person.ask("join"))
    await after(b.ask("cancel", 2))  # g is called
    await after(g.ask("pass"))  # h is called
    await after(h.ask("start", 2, category="normal"))
    await after(c.ask("end", 3))
    await after(c.ask("end", 3, collected=True))  # g is called
    await after(g.ask("leave"))
    await after(b.ask("join"))  # called at once
    await after(room.world.advance(minutes=7))
    await after(room.world.advance(minutes=3))  # no-show
    await after(room.world.advance(minutes=21))  # loads complete
    await after(a.ask("nudge", 4))
    await after(room.world.advance(minutes=11))  # loads are overdue
    overdue = next(machine for machine in page.machines.values() if machine["overdue"] or machine["machine_id"] == 4)
    await after(
        g.ask("release", overdue["machine_id"], cycle_id=overdue["cycle_id"], reason="moved", place="Basket shelf")
    )
    await after(room.world.advance(minutes=5))  # the finder's hold ends
    await after(h.ask("report-status", 3, seen="running", minutes_left=50))
    await after(h.ask("report-status", 3, seen="empty"))
    await after(e.ask("report-status", 5, seen="running", minutes_left=9))
    await after(g.ask("report-status", 3, "dryer", seen="full"))
    await after(c.ask("join", kind="dryer"))
    held = (await c.list("dryer"))[0]["machine_id"]
    await after(d.ask("report-status", held, "dryer", seen="running"))  # c is restored and called elsewhere
    entry = (await c.list("dryer"))[0]
    await after(staff.do("DELETE", f"admin/waitlist/{entry['id']}?reason=asked"))
    for person in (a, b, c):
        await after(person.report(5, fault="noise"))  # the third disables
    report = (await staff.get("faults/"))["items"][0]
    await after(staff.do("PATCH", f"faults/{report['id']}", {"status": "acknowledged", "version": report["version"]}))
    await after(staff.do("POST", "admin/machines/washer/5/clear", {"place": "the office"}))
    await after(staff.do("POST", "admin/machines/washer/5/enable", {"resolution": "repaired"}))
    await after(d.ask("start", 6, "dryer", category="normal"))
    await after(d.report(6, "dryer", abort_cycle=True, fault="burning_smell"))  # called off, and a danger
    await after(c.ask("start", 5, "dryer", category="normal"))
    await after(staff.do("POST", "admin/machines/dryer/5/disable", {"reason": "belt torn"}))  # c comes first
    version = page.machines[next(id for id, m in page.machines.items() if m["label"] == "Dryer 5")]["version"]
    back = {"expected_back_at": "2025-03-09T08:00:00Z", "label": "Old dryer", "version": version}
    await after(admin.do("PATCH", "admin/machines/dryer/5", back))
    await after(admin.do("POST", "admin/machines", {"machine_type": "dryer"}))
    await after(admin.do("POST", "admin/machines", {"machine_type": "dryer"}))
    free = [m for m in (await h.get("machines/"))["dryers"] if m["status"] == "available" and m["hold"] is None]
    await after(admin.do("DELETE", f"admin/machines/dryer/{free[-1]['machine_id']}"))
    version = (await staff.get(f"admin/users/{c.id}"))["version"]
    await after(staff.do("PATCH", f"admin/users/{c.id}", {"status": "blocked", "version": version}))
    for number in range(1, 7):
        machine = await h.machine(number)
        if machine["status"] != "disabled":
            await after(staff.do("POST", f"admin/machines/washer/{number}/disable", {"reason": "no water"}))
    await after(room.world.advance(hours=3))
    await after(f.ask("end", 6, collected=True))
    await after(f.ask("join"))
    await after(room.world.advance(hours=12))  # too old

    told = {
        "started",
        "extended",
        "completed",
        "ended_early",
        "collected",
        "cancelled",
        "released",
        "cleared",
        "reported",
    }
    told |= {"aborted", "held", "hold_released", "disabled", "enabled", "added", "changed", "retired"}
    told |= {"joined", "called", "fulfilled", "left", "passed", "no_show", "restored", "removed", "expired"}
    assert told - seen == set()
    assert good(await h.do("GET", "machines/"))["last_id"] == f"{page.seq}.0"
