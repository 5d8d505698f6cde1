"""The life of machines and lists as a random walk: whatever people do, what must never go wrong does not."""

import asyncio
from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
import uvloop
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from livefloor import Look
from livefloor.store.timers import DueTimer
from livefloor.systems.laundry import system
from livefloor.systems.laundry.models import Cycle, Machine, User, WaitlistItem
from livefloor.testing.world import World
from tests.conftest import Postgres
from tests.systems.laundry.conftest import Person, Room
from tests.systems.laundry.page import Page

PEOPLE = 5
SMALL = {"LIVEFLOOR_MACHINES_PER_TYPE": "2"}

CHANNELS = ["machines", "waitlist:washer", "waitlist:dryer", "faults"]

people = st.integers(0, PEOPLE - 1)
numbers = st.integers(1, 2)
KIND = "washer"
"""One type is enough: the types share no rows, and each is changed under its own lock."""


class TheRoom(RuleBasedStateMachine):
    """Five students, two washers, one member of the staff, and time."""

    def __init__(self, postgres: Postgres | None) -> None:
        super().__init__()
        self.runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self.postgres = postgres
        self.database = self.runner.run(postgres.create(system)) if postgres is not None else ""
        url = postgres.url(self.database) if postgres is not None else ""
        self.world = World(system, environ=SMALL, database_url=url)
        self.room = Room(self.world)
        self.reporters: defaultdict[int, set[int]] = defaultdict(set)
        self.students: list[Person] = []

    @initialize()
    def open(self) -> None:
        self.runner.run(self._open())

    async def _open(self) -> None:
        await self.world.__aenter__()
        self.students = await self.room.students(PEOPLE)
        self.staff = await self.room.staff()
        self.page = await Page.fetched(self.students[0])
        assert len(self.page.machines) == 4

    def teardown(self) -> None:
        self.runner.run(self._close())
        self.runner.close()

    async def _close(self) -> None:
        await self.room.__aexit__(None, None, None)
        if self.students:
            await self.world.__aexit__(None, None, None)
        if self.postgres is not None:
            await self.postgres.drop(self.database)

    def act(self, person: int, verb: str, number: int | None, **said: Any) -> int:
        """Let somebody do something; refusals are fine, failures are not."""
        answer = self.runner.run(self.students[person].ask(verb, number, KIND, **said))
        assert answer.status_code < 500, answer.text
        assert answer.status_code not in (404, 422) or verb in ("leave", "pass"), answer.text
        return answer.status_code

    def machine(self, number: int) -> dict[str, Any]:
        found: dict[str, Any] = self.runner.run(self.students[0].machine(number, KIND))
        return found

    # -- what people do -------------------------------------------------------------------------------------------

    @rule(person=people, number=numbers, category=st.sampled_from(["normal", "extra_15"]))
    def start(self, person: int, number: int, category: str) -> None:
        before = self.machine(number)
        status = self.act(person, "start", number, category=category)
        if status == 201:
            assert before["status"] == "available"
            assert before["hold"] is None or before["hold"]["user_id"] == self.students[person].id

    @rule(person=people, number=numbers, collected=st.booleans())
    def end(self, person: int, number: int, collected: bool) -> None:
        owner = self.machine(number)["current_user_id"]
        status = self.act(person, "end", number, collected=collected)
        assert status != 200 or owner == self.students[person].id

    @rule(person=people, number=numbers)
    def cancel(self, person: int, number: int) -> None:
        owner = self.machine(number)["current_user_id"]
        status = self.act(person, "cancel", number)
        assert status != 200 or owner == self.students[person].id

    @rule(person=people, number=numbers)
    def extend(self, person: int, number: int) -> None:
        self.act(person, "extend", number, category="extra_10")

    @rule(person=people, number=numbers)
    def release(self, person: int, number: int) -> None:
        before = self.machine(number)
        if before["cycle_id"] is None:
            return
        status = self.act(person, "release", number, cycle_id=before["cycle_id"], reason="empty")
        own = before["current_user_id"] == self.students[person].id
        assert status != 200 or own or (before["overdue"] and before["status"] == "completed")

    @rule(person=people, number=numbers, seen=st.sampled_from(["running", "full", "empty"]))
    def look(self, person: int, number: int, seen: str) -> None:
        self.act(person, "report-status", number, seen=seen)

    @rule(person=people, verb=st.sampled_from(["join", "join", "join", "leave", "pass"]))
    def queue(self, person: int, verb: str) -> None:
        self.act(person, verb, None)

    @rule(person=people, number=numbers, abort=st.booleans())
    def report(self, person: int, number: int, abort: bool) -> None:
        answer = self.runner.run(self.students[person].report(number, KIND, abort_cycle=abort))
        assert answer.status_code in (201, 409, 429), answer.text
        if answer.status_code == 201:
            self.reporters[number].add(person)
            if answer.json()["is_disabled"]:
                assert len(self.reporters[number]) >= 3

    @rule(number=numbers)
    def enable(self, number: int) -> None:
        body = {"resolution": "repaired"}
        answer = self.runner.run(self.staff.do("POST", f"admin/machines/{KIND}/{number}/enable", body))
        if answer.status_code == 200:
            self.reporters[number].clear()

    @rule(joined=st.lists(people, min_size=2, max_size=4, unique=True))
    def fill(self, joined: list[int]) -> None:
        """Take what is free, and let the others wait."""
        for place, person in enumerate(joined):
            if place < 2:
                self.act(person, "start", place + 1, category="normal")
            else:
                self.act(person, "join", None)

    @rule(number=numbers, collected=st.booleans())
    def owner_ends(self, number: int, collected: bool) -> None:
        owner = self.machine(number)["current_user_id"]
        for place, person in enumerate(self.students):
            if person.id == owner:
                assert self.act(place, "end", number, collected=collected) == 200

    @rule(number=numbers)
    def clear(self, number: int) -> None:
        self.runner.run(self.staff.do("POST", f"admin/machines/{KIND}/{number}/clear", {"place": "office"}))

    @rule(minutes=st.sampled_from([1, 4, 5, 10, 30, 45]))
    def wait(self, minutes: int) -> None:
        self.runner.run(self.world.advance(minutes=minutes))

    @rule(minutes=st.sampled_from([10, 40]))
    def wait_unattended(self, minutes: int) -> None:
        """Let time pass with no timer run: the next request settles what is due."""
        self.world.clock.advance(timedelta(minutes=minutes))

    # -- what must never go wrong -----------------------------------------------------------------------------------

    @invariant()
    def holds(self) -> None:
        if self.students:
            self.runner.run(self._check())

    async def _check(self) -> None:
        now = await Page.fetched(self.students[0])  # settles what is due
        frames = await self.world.frames(self.page.seq, channels=CHANNELS)
        self.page.take(frames)
        assert self.page.state() == now.state()
        self.page.seq = now.seq
        await self.world.look(self._check_rows)

    async def _check_rows(self, look: Look) -> None:
        machines = await look.all(select(Machine))
        open_cycles = {
            cycle.machine_pk: cycle for cycle in await look.all(select(Cycle).where(Cycle.closed_at.is_(None)))
        }
        timers = {
            (timer.name, timer.args.get("machine_pk")): timer.due_at for timer in await look.all(select(DueTimer))
        }
        entries = await look.all(select(WaitlistItem).where(WaitlistItem.status.in_(("waiting", "called"))))
        called = {entry.id: entry for entry in entries if entry.status == "called"}
        for machine in machines:
            cycle = open_cycles.get(machine.id)
            assert machine.laundry_inside == (cycle is not None)
            assert machine.current_cycle_id == (cycle.id if cycle else None)
            if machine.status == "available":
                assert cycle is None
            if machine.status == "in_use":
                assert cycle is not None
                assert cycle.ends_at > look.now
                assert timers["cycles.end_time", machine.id] == cycle.ends_at
            if machine.hold_user_id is not None:
                assert machine.hold_expires_at is not None
                assert machine.hold_expires_at > look.now
                assert timers["waitlist.end_claim", machine.id] == machine.hold_expires_at
            if machine.hold_item_id is not None:
                entry = called.pop(machine.hold_item_id)
                assert (entry.machine_pk, entry.user_id) == (machine.id, machine.hold_user_id)
                assert entry.claim_expires_at == machine.hold_expires_at
        assert called == {}
        await self._check_nobody_waits_for_nothing(look, machines, open_cycles, entries)

    async def _check_nobody_waits_for_nothing(
        self, look: Look, machines: list[Machine], open_cycles: dict[str, Cycle], entries: list[WaitlistItem]
    ) -> None:
        users = {user.id: user for user in await look.all(select(User))}
        for entry in entries:
            own = [
                c for c in open_cycles.values() if c.user_id == entry.user_id and c.machine_type == entry.machine_type
            ]
            overdue = any(c.pickup_deadline is not None and c.pickup_deadline <= look.now for c in own)
            if entry.status == "called" or overdue or len(own) >= 2 or users[entry.user_id].status != "active":
                continue
            for machine in machines:
                if machine.machine_type != entry.machine_type or machine.hold_user_id is not None:
                    continue
                cycle = open_cycles.get(machine.id)
                done = machine.status == "completed" and cycle is not None and cycle.pickup_deadline is not None
                late = (
                    done
                    and cycle is not None
                    and cycle.pickup_deadline is not None
                    and cycle.pickup_deadline <= look.now
                )
                skipped = machine.id == entry.skip_machine_pk or (cycle is not None and cycle.id == entry.skip_cycle_id)
                assert skipped or not (machine.status == "available" or late)


@pytest.mark.parametrize(("database", "examples"), [("sqlite", 15), ("postgres", 4)])
def test_what_must_never_go_wrong_does_not(database: str, examples: int, request: pytest.FixtureRequest) -> None:
    postgres = request.getfixturevalue("postgres") if database == "postgres" else None
    walk = settings(
        max_examples=examples,
        stateful_step_count=40,
        deadline=None,
        # Shrinking takes longer than a test may; add Phase.shrink to look into a failure.
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    run_state_machine_as_test(lambda: TheRoom(postgres), settings=walk)
