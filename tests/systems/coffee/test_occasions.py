"""Events: at most one is active, and closing one closes its stations (section 5.12)."""

from sqlalchemy import select

from livefloor import Ctx
from livefloor.systems.coffee.models import MenuItem, Occasion, Order, Ticket
from livefloor.testing.world import World
from tests.systems.coffee.conftest import Cafe, refused

TIMES = {
    "timezone": "Australia/Sydney",
    "starts_at": "2025-04-01T08:00:00+11:00",
    "ends_at": "2025-04-01T18:00:00+11:00",
}


async def test_events(cafe: Cafe, world: World) -> None:
    """Drafts copy settings; activating closes the former; open cups keep it open unless forced."""
    admin, lead = await cafe.admin(), await cafe.organizer()
    running = (await lead.get("events"))["items"][0]
    await lead.post("settings/event", {"settings": {"late_minutes": 7}})
    made = await admin.post(
        "events/", {"name": "Spring Fair", **TIMES, "code": "spring25", "copy_from": running["id"]}, 201
    )
    assert (made["status"], made["code"]) == ("draft", "SPRING25")
    other = await admin.post("events", {"name": "Spring Fair", **TIMES}, 201)
    third = await admin.post("events", {"name": "Spring Fair", **TIMES}, 201)
    assert other["code"].startswith("SPRING")
    refused(await admin.do("POST", "events", {"name": "B", **TIMES, "code": "SPRING25"}), 409, "code_taken")
    refused(
        await admin.do("POST", "events", {"name": "B", **TIMES, "ends_at": TIMES["starts_at"]}),
        422,
        "validation_failed",
    )
    refused(await admin.do("POST", "events", {"name": "B", **TIMES, "timezone": "Mars"}), 422, "validation_failed")
    refused(await lead.do("POST", "events", {"name": "B", **TIMES}), 403, "forbidden")
    await world.change(open_cup)
    assert refused(await admin.do("POST", f"events/{made['id']}/activate"), 409, "open_orders")["open_orders"] == 1
    refused(await admin.do("POST", f"events/{running['id']}/close"), 409, "open_orders")
    before = await world.head()
    closed = await admin.post(f"events/{running['id']}/close", {"force": True})
    assert closed["status"] == "closed"
    assert [station["status"] for station in (await lead.get("stations"))["items"]] == ["closed"] * 5
    assert (await cafe.told(before)).count("station_updated") == 3
    refused(await lead.do("GET", "settings/event"), 404, "no_active_event")
    assert (await admin.post(f"events/{made['id']}/activate"))["status"] == "active"
    assert (await lead.get("settings/event"))["settings"]["late_minutes"] == 7
    both = [lambda id=one: admin.do("POST", f"events/{id}/activate") for one in (other["id"], third["id"])]
    assert {answer.status_code for answer in await world.race(both)} == {200}
    states = [one["status"] for one in (await lead.get("events"))["items"]]
    assert sorted(states) == ["active", "closed", "closed", "closed"]


async def open_cup(ctx: Ctx) -> None:
    """Put in a cup that waits."""
    event_id = await ctx.one(select(Occasion.id).where(Occasion.status == "active"))
    drink_id = await ctx.one(select(MenuItem.id).where(MenuItem.code == "espresso"))
    ticket = Ticket(event_id=event_id, number="A01", service_day=ctx.now.date(), token="t" * 22)
    ticket.customer_name, ticket.channel, ticket.station_id = "Mina", "walk_up", 1
    await ctx.add(ticket)
    cup = Order(ticket_id=ticket.id, cup_no=1, number="A01", event_id=event_id, station_id=1, menu_item_id=drink_id)
    cup.size, cup.status, cup.prep_seconds, cup.recipe, cup.queued_at = "small", "pending", 25, [], ctx.now
    await ctx.add(cup)
