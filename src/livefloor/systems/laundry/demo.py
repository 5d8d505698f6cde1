"""Demo data: a room in the middle of a busy evening, with four weeks of history behind it. Only into an empty database."""

import io
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw
from sqlalchemy import func, select

from livefloor import PEPPERED, Ctx, Look, hash_password, hash_pin, new_id
from livefloor.parts import activity
from livefloor.parts.files import TakenPicture, add_photo, clean_picture
from livefloor.parts.notifications import Notification
from livefloor.systems.laundry.config import MIN_ROUNDS
from livefloor.systems.laundry.cycles import end_time, remind_of_end, remind_of_load, set_pickup_timers
from livefloor.systems.laundry.figures import fill_hours
from livefloor.systems.laundry.machines import Seen, machines_of_type
from livefloor.systems.laundry.models import Cycle, FaultReport, Machine, Setting, User, WaitlistItem
from livefloor.systems.laundry.rules import MACHINE_TYPES, MachineType, machine_name, next_sort_key, shown_name
from livefloor.systems.laundry.waitlist import Room, enter, expire_entry, set_claim_timers

PIN = "7305"
PASSWORD = "rinse-and-spin-42"
TIMEZONE = "Asia/Kuala_Lumpur"
MARK = "demo_data"
"""The row of the settings that tells a database with demo accounts."""

NAMES = (
    "Mango", "Otter", None, "Room 2B", "Juno", None, "Pixel", "Basil", None, "Kiwi", "Nori", None,
    "Sunny", "Tofu", None, "Wren", "Echo", None, "Miso", "Pepper", None, "Robin", "Cleo", None,
)  # fmt: skip
CREW = (("900000", "admin", "Desk admin"), ("900001", "staff", "Aina"), ("900002", "staff", "Ravi"))

DAYS = 28
DAY_WEIGHTS = (0.95, 0.9, 0.95, 0.9, 0.8, 1.0, 1.5)
"""How busy each weekday is, Monday first."""
HOUR_WEIGHTS = (2, 1, 0, 0, 0, 0, 1, 2, 3, 4, 5, 5, 5, 4, 4, 4, 5, 7, 10, 13, 14, 12, 8, 4)
SUNDAY_WEIGHTS = (2, 1, 0, 0, 0, 0, 0, 1, 4, 7, 9, 9, 8, 8, 8, 8, 9, 11, 14, 16, 15, 11, 7, 3)
CYCLES_A_DAY = 63
CATEGORIES = (("normal", 30, 50), ("extra_5", 35, 15), ("extra_10", 40, 25), ("extra_15", 45, 10))
PLACES = ("Basket shelf", "Folding table")
COUNT_USERS = select(func.count()).select_from(User)


async def is_demo(look: Look) -> bool:
    """Tell whether the database holds demo accounts, whose passwords everybody knows."""
    return await look.find(Setting, MARK) is not None


async def demo(ctx: Ctx) -> None:
    """Put the demo data into an empty database."""
    if await ctx.one(COUNT_USERS):
        return
    await ctx.add(Setting(key=MARK, value=True, updated_at=ctx.now))
    await ctx.add(Setting(key="timezone", value=TIMEZONE, updated_at=ctx.now))
    students = await _people(ctx)
    stage = _Stage(ctx, students, [found for kind in MACHINE_TYPES for found in await machines_of_type(ctx, kind)])
    await _history(stage)
    await _lists_of_the_past(stage)
    await _faults_of_the_past(stage)
    await _now(stage)
    await _lines(stage)
    await _letters(stage)
    for found in stage.machines.values():
        found.machine.created_at = ctx.now - timedelta(days=DAYS + 2)
        await ctx.save(found.machine)
    today = ctx.now.replace(minute=0, second=0, microsecond=0)
    await fill_hours(ctx, today - timedelta(days=DAYS), today)


@dataclass(slots=True)
class _Stage:
    """All that the acts of the demo share."""

    ctx: Ctx
    students: list[User]
    found: Sequence[Seen]
    random: Random = field(default_factory=lambda: Random(7305))
    machines: dict[tuple[str, int], Seen] = field(default_factory=dict)
    past: list[Cycle] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.machines = {(found.machine.machine_type, found.machine.machine_id): found for found in self.found}

    def student(self, number: int) -> User:
        """Return the student of an id: 1 is 100001."""
        return self.students[number - 1]

    def ago(self, **by: float) -> datetime:
        """Return a moment before now."""
        return self.ctx.now - timedelta(**by)


async def _people(ctx: Ctx) -> list[User]:
    pepper = ctx.means.secrets["pin_pepper"]
    ids = [f"{100001 + place}" for place in range(len(NAMES))]
    # Everybody knows these secrets, so nobody waits for hashes that are hard to guess from.
    password_hash = hash_password(PASSWORD)
    students = []
    for place, (student_id, name) in enumerate(zip(ids, NAMES, strict=True)):
        joined = ctx.now - timedelta(days=DAYS + 1, hours=place)
        user = User(
            role="student",
            status="blocked" if student_id == "100024" else "active",
            student_id=student_id,
            pin_hash=hash_pin(pepper, student_id, PIN, MIN_ROUNDS),
            pin_scheme=PEPPERED,
            phone_number=f"+6011555{place:05}",
            phone_changed_at=joined,
            display_name=name,
            waitlist_suspended_until=ctx.now + timedelta(hours=20) if student_id == "100023" else None,
            created_at=joined,
            updated_at=joined,
        )
        students.append(await ctx.add(user))
    for staff_id, role, name in CREW:
        await ctx.add(User(role=role, student_id=staff_id, password_hash=password_hash, display_name=name))
    return students


def _picture(stage: _Stage, seed: int) -> bytes:
    """Return a small drawing of a drum with clothes in it."""
    dice = Random(seed)
    picture = Image.new("RGB", (960, 720), (208, 214, 220))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((180, 60, 780, 660), fill=(60, 66, 74), outline=(150, 158, 168), width=28)
    for _ in range(24):
        x, y, size = dice.randint(300, 620), dice.randint(330, 560), dice.randint(40, 90)
        pen.ellipse(
            (x - size, y - size // 2, x + size, y + size // 2), fill=tuple(dice.randint(70, 230) for _ in range(3))
        )
    written = io.BytesIO()
    picture.save(written, "JPEG")
    return written.getvalue()


async def _photo(stage: _Stage, seed: int, *, purpose: str, owner: User) -> str:
    cleaned = clean_picture(_picture(stage, seed))
    key = f"{new_id()}.jpg"
    stage.ctx.means.ports.files.put(key, cleaned.content)
    taken = TakenPicture(key, len(cleaned.content), cleaned.width, cleaned.height)
    return (await add_photo(stage.ctx, taken, purpose=purpose, owner_id=owner.id)).id


# -- the last four weeks ----------------------------------------------------------------------------------------------


async def _history(stage: _Stage) -> None:
    ctx, dice = stage.ctx, stage.random
    zone = ZoneInfo(TIMEZONE)
    until = stage.ago(hours=2, minutes=30)
    wanted: list[tuple[datetime, MachineType]] = []
    midnight = ctx.now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    for back in range(DAYS, -1, -1):
        day = midnight - timedelta(days=back)
        weights = SUNDAY_WEIGHTS if day.weekday() == 6 else HOUR_WEIGHTS
        count = round(CYCLES_A_DAY * DAY_WEIGHTS[day.weekday()] * dice.uniform(0.9, 1.1))
        for hour in dice.choices(range(24), weights, k=count):
            kind: MachineType = "washer" if dice.random() < 0.56 else "dryer"
            wanted.append((day + timedelta(hours=hour, seconds=dice.randrange(3600)), kind))
    free: dict[tuple[str, int], datetime] = dict.fromkeys(stage.machines, stage.ago(days=DAYS + 2))
    busy: dict[tuple[str, str], datetime] = {}
    for at, kind in sorted(wanted):
        if not stage.ago(days=DAYS) <= at < until:
            continue
        place = min((key for key in free if key[0] == kind), key=lambda key: (max(free[key], at), dice.random()))
        start = max(free[place] + timedelta(minutes=1), at)
        # W5 has been out of order for two days; and who finds all machines busy for long does not wait.
        if (
            start - at > timedelta(minutes=35)
            or start >= until
            or (place == ("washer", 5) and start > stage.ago(days=2, hours=3))
        ):
            continue
        owner = dice.choice([user for user in stage.students[:22] if busy.get((user.id, kind), start) <= start])
        cycle = _past_cycle(stage, stage.machines[place].machine, owner, start)
        await ctx.add(cycle)
        stage.past.append(cycle)
        free[place] = cycle.closed_at or start
        busy[owner.id, kind] = free[place]
    moved = max(
        (cycle for cycle in stage.past if cycle.close_reason == "moved" and cycle.user_id),
        key=lambda cycle: cycle.started_at,
    )
    mover = stage.student(6) if moved.user_id != stage.student(6).id else stage.student(7)
    moved.moved_photo_id = await _photo(stage, 2, purpose="moved", owner=mover)
    moved.closed_by = mover.id
    await ctx.save(moved)
    done = Counter(cycle.machine_pk for cycle in stage.past if cycle.counted)
    for found in stage.machines.values():
        found.machine.location = "Left wall" if found.machine.machine_type == "washer" else "Right wall"
        found.machine.total_cycles = done[found.machine.id] + stage.random.randint(180, 420)


def _past_cycle(stage: _Stage, machine: Machine, owner: User, start: datetime) -> Cycle:
    dice = stage.random
    category, minutes, _ = dice.choices(CATEGORIES, [weight for _, _, weight in CATEGORIES])[0]
    walk_up = dice.random() < 0.06
    finish = dice.choices(("timer", "early", "cancelled", "faulted"), (88, 6, 4, 2))[0]
    ends = start + timedelta(minutes=minutes)
    cycle = Cycle(
        id=new_id(),
        machine_pk=machine.id,
        machine_type=machine.machine_type,
        machine_id=machine.machine_id,
        user_id=None if walk_up else owner.id,
        source="walk_up" if walk_up else "app",
        reported_by=owner.id if walk_up else None,
        category="normal" if walk_up else category,
        minutes=minutes,
        started_at=start,
        ends_at=ends,
        finish="timer" if walk_up else finish,
        created_at=start,
    )
    if cycle.finish == "cancelled":
        cycle.closed_at, cycle.close_reason, cycle.closed_by = (
            start + timedelta(minutes=dice.uniform(1, 5)),
            "cancelled",
            owner.id,
        )
        return cycle
    cycle.completed_at = (
        ends if cycle.finish == "timer" else start + timedelta(minutes=minutes * dice.uniform(0.4, 0.95))
    )
    cycle.pickup_deadline = cycle.completed_at + timedelta(minutes=10)
    cycle.counted = cycle.finish != "faulted"
    delay = min(90.0, math.exp(dice.gauss(1.7, 0.7)))
    cycle.close_reason, cycle.closed_by = "collected", owner.id
    if walk_up:
        cycle.close_reason = "empty"
        delay = max(delay, 10.5)
    elif delay > 14 and dice.random() < 0.5:
        cycle.close_reason, cycle.moved_place = "moved", dice.choice(PLACES)
        cycle.closed_by = dice.choice([user.id for user in stage.students[:22] if user is not owner])
    elif dice.random() < 0.008:
        cycle.close_reason, cycle.moved_place, delay = "staff_cleared", "Folding table", 125.0
    cycle.closed_at = cycle.completed_at + timedelta(minutes=delay)
    return cycle


async def _lists_of_the_past(stage: _Stage) -> None:
    """Let some of the loads have been waited for; 18 turns were missed, three of them by the one who is suspended."""
    dice = stage.random
    waited = dice.sample(
        [cycle for cycle in stage.past if cycle.user_id and cycle.started_at.hour in range(9, 16)], 205
    )
    for cycle in waited:
        waiting = timedelta(minutes=dice.uniform(2, 45))
        called = cycle.started_at - timedelta(minutes=dice.uniform(1, 8))
        await _past_entry(
            stage, cycle.user_id or "", cycle.machine_type, called - waiting, called, cycle.started_at, "fulfilled"
        )
    for number in range(18):
        missed = number < 3
        user = stage.student(23) if missed else stage.student(1 + number % 15)
        at = stage.ago(days=number + 1 if missed else 4 + number * 1.4, hours=dice.uniform(0, 5))
        await _past_entry(
            stage, user.id, "washer", at - timedelta(minutes=20), at - timedelta(minutes=10), at, "no_show"
        )
    for status, count in (("left", 22), ("expired", 3)):
        for number in range(count):
            at = stage.ago(days=dice.uniform(0.3, DAYS))
            lasted = timedelta(hours=12) if status == "expired" else timedelta(minutes=dice.uniform(3, 50))
            user = stage.student(1 + (number * 5) % 22)
            await _past_entry(stage, user.id, dice.choice(MACHINE_TYPES), at - lasted, None, at, status)


async def _past_entry(
    stage: _Stage, user_id: str, kind: str, joined: datetime, called: datetime | None, closed: datetime, status: str
) -> None:
    await stage.ctx.add(
        WaitlistItem(
            user_id=user_id,
            machine_type=kind,
            status=status,
            sort_key=next_sort_key(joined, None),
            joined_at=joined,
            first_called_at=called,
            closed_at=closed,
            created_at=joined,
        )
    )


FAULTS = (
    ("not_draining", "Water stays in the drum at the end."),
    ("not_spinning", "It hums and does not spin."),
    ("not_heating", "Runs cold, everything is still wet."),
    ("door", "The door only closes at the third try."),
    ("noise", "Bangs loudly in the last minutes."),
    ("no_water", "No water comes in."),
    ("payment", "The card reader does not react."),
)


async def _faults_of_the_past(stage: _Stage) -> None:
    """22 reports that are closed, three of them dismissed."""
    dice = stage.random
    desk = await stage.ctx.all(select(User).where(User.role == "staff").order_by(User.student_id))
    for number in range(22):
        found = dice.choice(list(stage.machines.values()))
        kind, words = FAULTS[number % len(FAULTS)]
        at = stage.ago(days=dice.uniform(3, DAYS))
        status = "dismissed" if number in (4, 11, 17) else "resolved"
        report = _report(found.machine, stage.student(1 + (number * 3) % 22), kind, words, at)
        report.status, report.handled_by, report.handled_at = (
            status,
            desk[number % 2].id,
            at + timedelta(hours=dice.uniform(2, 60)),
        )
        report.note = "Tried it twice, it works." if status == "dismissed" else "Repaired and run once empty."
        await stage.ctx.add(report)


def _report(machine: Machine, user: User, kind: str, words: str, at: datetime) -> FaultReport:
    return FaultReport(
        machine_pk=machine.id,
        machine_type=machine.machine_type,
        machine_id=machine.machine_id,
        user_id=user.id,
        kind=kind,
        description=words,
        created_at=at,
    )


# -- the room now -----------------------------------------------------------------------------------------------------


async def _now(stage: _Stage) -> None:
    washers, dryers = await enter(stage.ctx, "washer"), await enter(stage.ctx, "dryer")
    await _running(stage, washers, 1, 1, "extra_10", 40, left=22)
    await _running(stage, washers, 2, 2, "normal", 30, left=4)
    await _finished(stage, washers, 3, 3, ago=6)
    await _finished(stage, washers, 4, 9, ago=25)
    await _running(stage, dryers, 2, 8, "extra_5", 35, left=17)
    await _running(stage, dryers, 3, None, "normal", 45, left=31)
    await _finished(stage, dryers, 5, 10, ago=3)
    await _broken(stage)
    for number, kind, words in ((13, "not_heating", "Clothes come out wet."), (14, "noise", "Squeaks all the time.")):
        machine = stage.machines["dryer", 6].machine
        await stage.ctx.add(_report(machine, stage.student(number), kind, words, stage.ago(hours=number - 8)))
    for place, (student, machine_id, joined, called) in enumerate(
        ((4, 6, 24, 3), (5, 4, 19, 4), (6, None, 11, 0), (7, None, 5, 0))
    ):
        await _listed(stage, washers, place, student, machine_id, joined=joined, called=called)


async def _running(
    stage: _Stage, room: Room, number: int, student: int | None, category: str, minutes: int, *, left: int
) -> None:
    ctx, ends = stage.ctx, stage.ctx.now + timedelta(minutes=left)
    found = await _load(stage, room, number, student, category, minutes, ends)
    found.machine.status = "in_use"
    await ctx.save(found.machine)
    await ctx.schedule(end_time, ends, machine_type=room.machine_type, machine_pk=found.machine.id)
    if student is not None and left > 5:
        soon = ends - timedelta(minutes=5)
        await ctx.schedule(remind_of_end, soon, machine_type=room.machine_type, machine_pk=found.machine.id)


async def _finished(stage: _Stage, room: Room, number: int, student: int, *, ago: int) -> None:
    found = await _load(stage, room, number, student, "normal", 30, stage.ago(minutes=ago))
    assert found.cycle is not None
    found.cycle.finish, found.cycle.completed_at, found.cycle.counted = "timer", found.cycle.ends_at, True
    found.cycle.pickup_deadline = found.cycle.ends_at + timedelta(minutes=10)
    found.machine.status = "completed"
    found.machine.total_cycles += 1
    await stage.ctx.save(found.cycle)
    await stage.ctx.save(found.machine)
    if found.cycle.pickup_deadline > stage.ctx.now:
        await set_pickup_timers(room, found)
    else:
        reminder = found.cycle.ends_at + timedelta(minutes=30)
        await stage.ctx.schedule(remind_of_load, reminder, machine_type=room.machine_type, machine_pk=found.machine.id)


async def _load(
    stage: _Stage, room: Room, number: int, student: int | None, category: str, minutes: int, ends: datetime
) -> Seen:
    found = stage.machines[room.machine_type, number]
    start = ends - timedelta(minutes=minutes)
    cycle = Cycle(
        machine_pk=found.machine.id,
        machine_type=room.machine_type,
        machine_id=number,
        user_id=stage.student(student).id if student is not None else None,
        source="app" if student is not None else "walk_up",
        reported_by=stage.student(11).id if student is None else None,
        category=category,
        minutes=minutes,
        started_at=start,
        ends_at=ends,
        created_at=start,
    )
    found.cycle = await stage.ctx.add(cycle)
    found.machine.current_cycle_id, found.machine.laundry_inside = cycle.id, True
    return found


async def _broken(stage: _Stage) -> None:
    machine = stage.machines["washer", 5].machine
    since = stage.ago(days=2)
    machine.status, machine.enabled, machine.out_of_order_since = "disabled", False, since
    machine.out_of_order_reason, machine.expected_back_at = (
        "3 reports: not draining, noise",
        stage.ctx.now + timedelta(days=3),
    )
    await stage.ctx.save(machine)
    reports = (
        (12, "not_draining", "Water stays in the drum.", 9),
        (15, "noise", "Grinds like gravel when it drains.", 4),
        (16, "not_draining", "Stops with the drum full of water.", 0),
    )
    for number, kind, words, hours in reports:
        report = _report(machine, stage.student(number), kind, words, since - timedelta(hours=hours))
        if hours == 0:
            report.photo_id = await _photo(stage, 1, purpose="fault", owner=stage.student(number))
        await stage.ctx.add(report)


async def _listed(
    stage: _Stage, room: Room, place: int, student: int, machine_id: int | None, *, joined: int, called: int
) -> None:
    ctx, at = stage.ctx, stage.ago(minutes=joined)
    item = WaitlistItem(
        user_id=stage.student(student).id,
        machine_type=room.machine_type,
        sort_key=next_sort_key(at, None),
        joined_at=at,
        created_at=at,
        next_notified=place == 2,
    )
    if machine_id is not None:
        machine = stage.machines[room.machine_type, machine_id].machine
        expires = stage.ago(minutes=called) + timedelta(minutes=10)
        item.status, item.machine_pk, item.claim_expires_at = "called", machine.id, expires
        item.called_at = item.first_called_at = stage.ago(minutes=called)
        await ctx.add(item)
        machine.hold_user_id, machine.hold_item_id, machine.hold_reason = item.user_id, item.id, "waitlist"
        machine.hold_expires_at = expires
        await ctx.save(machine)
        await set_claim_timers(room, machine)
    else:
        await ctx.add(item)
    await ctx.schedule(expire_entry, at + timedelta(hours=12), machine_type=room.machine_type, item_id=item.id)


# -- what people read -------------------------------------------------------------------------------------------------


async def _lines(stage: _Stage) -> None:
    """Fill the feed with its newest 40 public lines, from what happened."""
    names = {user.id: shown_name(user.display_name, user.student_id) for user in stage.students}
    lines: list[tuple[datetime, str, str | None, str, int, str]] = []
    for cycle in [*stage.past[-60:], *(found.cycle for found in stage.machines.values() if found.cycle is not None)]:
        name = machine_name(cycle.machine_type, cycle.machine_id)
        place = (cycle.machine_type, cycle.machine_id)
        if cycle.source == "walk_up":
            lines.append((cycle.started_at, "status_reported", cycle.reported_by, *place, f"{name} seen running"))
        else:
            lines.append(
                (cycle.started_at, "machine_started", cycle.user_id, *place, f"{name} for {cycle.minutes} min")
            )
        if cycle.completed_at is not None:
            lines.append((cycle.completed_at, "machine_completed", cycle.user_id, *place, f"{name} is done"))
        if cycle.close_reason == "collected" and cycle.closed_at is not None:
            lines.append((cycle.closed_at, "laundry_collected", cycle.user_id, *place, f"{name} emptied"))
        if cycle.close_reason == "moved" and cycle.closed_at is not None:
            said = f"{name}: laundry moved to {cycle.moved_place}"
            lines.append((cycle.closed_at, "laundry_moved", cycle.closed_by, *place, said))
    for at, kind, user_id, machine_type, machine_id, details in sorted(lines, key=lambda line: line[0])[-40:]:
        row = activity.Activity(
            user_id=user_id,
            display_name=names[user_id] if user_id is not None else None,
            activity_type=kind,
            subject_type=machine_type,
            subject_no=machine_id,
            details=details,
            visibility="public",
            created_at=at,
        )
        await stage.ctx.add(row)


async def _letters(stage: _Stage) -> None:
    """Two to six notifications for each student, the newest unread."""
    dice, zone = stage.random, ZoneInfo(TIMEZONE)
    for user in stage.students:
        own = [cycle for cycle in stage.past if cycle.user_id == user.id and cycle.completed_at is not None]
        for place, cycle in enumerate(reversed(own[-dice.randint(2, 6) :])):
            assert cycle.completed_at is not None
            assert cycle.pickup_deadline is not None
            await _letter(
                stage,
                user,
                "cycle_complete",
                f"{machine_name(cycle.machine_type, cycle.machine_id)} is done",
                f"Collect by {cycle.pickup_deadline.astimezone(zone):%H:%M}.",
                f"/m/{cycle.machine_type}/{cycle.machine_id}",
                cycle.completed_at,
                is_read=place > 0,
            )
        while len(own) < 2:
            own.append(stage.past[0])
            await _letter(
                stage,
                user,
                "security",
                "Sign-in from a new device",
                "Was that you?",
                "/profile",
                user.created_at,
                is_read=True,
            )


async def _letter(
    stage: _Stage, user: User, kind: str, title: str, message: str, link: str, at: datetime, *, is_read: bool
) -> None:
    row = Notification(
        user_id=user.id, notification_type=kind, title=title, message=message, link=link, is_read=is_read, created_at=at
    )
    row.read_at = at + timedelta(minutes=3) if is_read else None
    await stage.ctx.add(row)
