from tests.systems.laundry.conftest import Room, good, refused


async def test_r2_smoke(room: Room) -> None:
    a, b = await room.students(2)
    started = await a.start(1)
    assert started["status"] == "in_use"
    refused(await b.ask("start", 1, category="normal"), 409, "machine_in_use")
    print(await b.get("machines/"))
    await room.world.advance(minutes=30)
    assert (await a.machine(1))["status"] == "completed"
    good(await a.ask("end", 1, collected=True))
    print(await room.names(), await a.notices())
