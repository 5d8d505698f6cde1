"""What leaves the house: by push and SMS, tried again, accounted for, never late (J10)."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from livefloor.parts.notifications import Delivery, PushSubscription, text
from livefloor.ports.push import LocalPush, WebPush, push_port
from livefloor.ports.sms import TwilioSms
from livefloor.systems.laundry.models import User
from livefloor.testing.world import World
from tests.outside import Browser, outside
from tests.systems.laundry.conftest import Person, Room, good, refused

WAITS = (5, 30, 120, 600)
ENDPOINT = "https://push.example.org/abc"


async def deliveries(world: World) -> Sequence[Delivery]:
    """Return all deliveries, oldest first."""
    return await world.look(lambda look: look.all(select(Delivery).order_by(Delivery.created_at, Delivery.id)))


async def subscribe(person: Person, endpoint: str = ENDPOINT) -> dict[str, Any]:
    """Let somebody's browser take pushes."""
    body = {"endpoint": endpoint, "keys": Browser().keys}
    found: dict[str, Any] = good(await person.do("POST", "notifications/push-subscriptions", body), 201)
    return found


async def be_told(room: Room, **columns: Any) -> Person:
    """Let a student's load be done."""
    person = await room.student(**columns)
    await person.start(1)
    await room.world.advance(minutes=30)
    return person


# -- text messages ----------------------------------------------------------------------------------------------------


async def test_who_wants_text_messages_gets_one_and_a_person_can_read_it_in_the_outbox(room: Room) -> None:
    await be_told(room, phone_number="5551234567", notify_sms=True)
    assert [tuple(taken) for taken in room.world.sms] == [("5551234567", "Washer 1 is done. Collect by 19:40.")]
    [sent] = [delivery for delivery in await deliveries(room.world) if delivery.channel == "sms"]
    assert (sent.status, sent.tries, sent.error, sent.next_try_at) == ("sent", 1, None, None)
    async with room.world.client() as anybody:
        page = await anybody.get("/outbox")
        kept = good(await anybody.get("/outbox/messages"))
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert (kept["title"], kept["timezone"]) == ("Laundry", "UTC")
    [message] = kept["items"]
    assert (message["channel"], message["recipient"], message["kind"]) == ("sms", "5551234567", "cycle_complete")
    assert (message["title"], message["body"], message["link"]) == ("", "Washer 1 is done. Collect by 19:40.", "")


async def test_who_does_not_want_them_gets_none(room: Room) -> None:
    await be_told(room, phone_number="5551234567")
    await be_told_again(room)
    assert not room.world.sms
    assert not await deliveries(room.world)


async def be_told_again(room: Room) -> None:
    """Let a student without a phone, who asked for messages all the same, be called."""
    await (await room.student(notify_sms=True)).join()
    await room.world.run_due()


async def test_the_outbox_tells_of_a_push_what_a_browser_would_show(room: Room) -> None:
    person = await room.student()
    await subscribe(person)
    await person.start(1)
    await room.world.advance(minutes=30)
    async with room.world.client() as anybody:
        items = good(await anybody.get("/outbox/messages"))["items"]
    assert {(message["channel"], message["recipient"]) for message in items} == {("push", ENDPOINT)}
    done = items[-1]
    assert (done["title"], done["body"], done["link"]) == ("Washer 1 is done", "Collect by 19:40.", "/m/washer/1")


async def test_the_outbox_tells_what_came_after_a_message(room: Room) -> None:
    for number in range(3):
        await room.world.change(
            lambda ctx, number=number: text(ctx, user_id="u", phone="5", message=f"<b>{number}</b>", kind="code")
        )
        await room.world.run_due()
    async with room.world.client() as anybody:
        items = good(await anybody.get("/outbox/messages"))["items"]
        later = good(await anybody.get("/outbox/messages", params={"after": items[0]["id"]}))["items"]
    assert [message["body"] for message in items] == ["<b>0</b>", "<b>1</b>", "<b>2</b>"]
    assert later == items[1:]


@pytest.mark.world(environ={"LIVEFLOOR_ENV": "production"})
async def test_there_is_no_outbox_in_production_and_no_sms_without_a_gateway(room: Room) -> None:
    async with room.world.client() as anybody:
        assert (await anybody.get("/outbox")).status_code == 404
        assert (await anybody.get("/outbox/messages")).status_code == 404
        meta = (await anybody.get("/api/v1/meta")).json()
    assert (meta["sms_enabled"], meta["push_public_key"]) == (False, None)
    person = await be_told(room, phone_number="5551234567", notify_sms=True)
    refused(
        await person.do("POST", "notifications/push-subscriptions", {"endpoint": ENDPOINT, "keys": Browser().keys}),
        409,
        "push_not_configured",
    )
    assert not await deliveries(room.world)


async def with_gateway(world: World, url: str) -> None:
    """Let text messages go to a gateway."""
    await world.runtime.means.ports.sms.close()
    world.runtime.means.ports.sms = TwilioSms(account_sid="AC1", auth_token="s", sender="+1", url=url)


async def test_j10_five_tries_then_staff_see_that_it_failed(room: Room) -> None:
    owner, staff = await room.student(phone_number="5551234567", notify_sms=True), await room.staff()
    await owner.start(1)
    good(await owner.ask("end", 1))
    async with outside(500) as gateway:
        await with_gateway(room.world, gateway.url)
        good(await staff.do("POST", "admin/machines/washer/1/clear", {"place": "Office"}))
        await room.world.run_due()
        for tries, wait in enumerate(WAITS, start=1):
            assert len(gateway.requests) == tries
            await room.world.advance(seconds=wait - 1)
            assert len(gateway.requests) == tries
            await room.world.advance(seconds=1)
        assert len(gateway.requests) == 5
        await room.world.advance(hours=3)
        assert len(gateway.requests) == 5
    [failed] = [delivery for delivery in await deliveries(room.world) if delivery.kind == "laundry_moved"]
    assert (failed.status, failed.tries, failed.next_try_at) == ("failed", 5, None)
    [shown] = (await staff.get("admin/insights"))["failed_deliveries"]
    assert (shown["user_id"], shown["channel"], shown["kind"]) == (owner.id, "sms", "laundry_moved")
    assert "5551234567" not in str(shown)
    assert [found.event.name for found in await room.world.events()].count("delivery.failed") == 1


async def test_j10_a_later_try_that_works_is_the_last(room: Room) -> None:
    async with outside(500) as gateway:
        await with_gateway(room.world, gateway.url)
        await be_told(room, phone_number="5551234567", notify_sms=True)
        gateway.status = 201
        await room.world.advance(seconds=5)
        await room.world.advance(hours=1)
    assert len(gateway.requests) == 2
    [sent] = [delivery for delivery in await deliveries(room.world) if delivery.kind == "cycle_complete"]
    assert (sent.status, sent.tries) == ("sent", 2)


async def test_j10_word_of_a_done_load_is_not_sent_after_ten_minutes(room: Room) -> None:
    async with outside(500) as gateway:
        await with_gateway(room.world, gateway.url)
        await be_told(room, phone_number="5551234567", notify_sms=True)
        gateway.status = 201
        await room.world.advance(minutes=11)
    [skipped] = [delivery for delivery in await deliveries(room.world) if delivery.kind == "cycle_complete"]
    assert (skipped.status, skipped.error) == ("skipped", "too late to be of use")
    assert len(gateway.requests) == 1


async def test_j10_a_gateway_that_is_not_there_is_tried_again(room: Room) -> None:
    async with outside() as gateway:
        url = gateway.url
    await with_gateway(room.world, url)
    await be_told(room, phone_number="5551234567", notify_sms=True)
    [waiting] = await deliveries(room.world)
    assert (waiting.status, waiting.tries) == ("queued", 1)
    assert (waiting.error or "").startswith("ConnectError")


async def test_a_code_is_kept_only_until_it_has_left(room: Room) -> None:
    async with outside(500) as gateway:
        await with_gateway(room.world, gateway.url)
        await room.world.change(lambda ctx: text(ctx, user_id="u", phone="5551234567", message="48120597", kind="code"))
        await room.world.run_due()
        [waiting] = await deliveries(room.world)
        assert (waiting.status, waiting.message) == ("queued", "48120597")
        gateway.status = 201
        await room.world.advance(seconds=5)
    [sent] = await deliveries(room.world)
    assert (sent.status, sent.message, sent.recipient) == ("sent", None, None)
    assert all("48120597" not in str(found.event) for found in await room.world.events())


# -- pushes -----------------------------------------------------------------------------------------------------------


async def test_each_browser_of_an_account_is_pushed_to(room: Room) -> None:
    person, neighbour = await room.students(2)
    await subscribe(person)
    await subscribe(person, "https://push.example.org/def")
    await subscribe(neighbour, "https://push.example.org/ghi")
    await person.start(1, category="normal")
    await room.world.advance(minutes=30)
    push = room.world.runtime.means.ports.push
    assert isinstance(push, LocalPush)
    done = [taken for taken in push.taken if taken.shown["type"] == "cycle_complete"]
    assert sorted(taken.endpoint for taken in done) == [ENDPOINT, "https://push.example.org/def"]
    assert done[0].shown["title"] == "Washer 1 is done"
    assert done[0].shown["link"] == "/m/washer/1"
    assert {delivery.status for delivery in await deliveries(room.world)} == {"sent"}


async def test_who_switched_pushes_off_gets_none(room: Room) -> None:
    person = await room.student(notify_push=False)
    await subscribe(person)
    await person.start(1)
    await room.world.advance(minutes=30)
    assert not await deliveries(room.world)


async def test_the_same_browser_goes_to_who_uses_it_now(room: Room) -> None:
    first, second = await room.students(2)
    one, two = await subscribe(first), await subscribe(second)
    assert one["id"] == two["id"]
    refused(await first.do("DELETE", f"notifications/push-subscriptions/{one['id']}"), 404, "not_found")
    good(await second.do("DELETE", f"notifications/push-subscriptions/{one['id']}"), 204)
    refused(await second.do("DELETE", f"notifications/push-subscriptions/{one['id']}"), 404, "not_found")


@pytest.mark.parametrize("endpoint", ["https://10.0.0.1/x", "https://localhost/x", "http://push.example.org/x"])
async def test_an_endpoint_inside_the_house_is_refused(room: Room, endpoint: str) -> None:
    person = await room.student()
    body = {"endpoint": endpoint, "keys": Browser().keys}
    refused(await person.do("POST", "notifications/push-subscriptions", body), 422, "validation_error")


@pytest.mark.parametrize(
    ("part", "value"),
    [
        pytest.param("p256dh", "BA" + 85 * "A", id="a-point-off-the-curve"),
        pytest.param("auth", "AAAAAAAAAAAAAAAAAAAA", id="a-secret-of-15-bytes"),
    ],
)
async def test_keys_that_are_none_are_refused(room: Room, part: str, value: str) -> None:
    person = await room.student()
    body = {"endpoint": ENDPOINT, "keys": {**Browser().keys, part: value}}
    refused(await person.do("POST", "notifications/push-subscriptions", body), 422, "validation_error")


async def push_to(room: Room, url: str) -> Person:
    """Let a student's browser be one whose push service is on this machine."""
    push = push_port(room.world.settings.model_copy(update={"vapid_subject": "mailto:desk@example.org"}))
    if isinstance(push, LocalPush):
        push = push_port(
            room.world.settings.model_validate(
                {**room.world.settings.model_dump(), "vapid_subject": "mailto:desk@example.org"}
            )
        )
    assert isinstance(push, WebPush)
    push.anywhere = True
    room.world.runtime.means.ports.push = push
    person = await room.student()
    row = PushSubscription(user_id=person.id, endpoint=url, keys=Browser().keys, created_at=room.now)
    await room.world.change(lambda ctx: ctx.add(row))
    return person


@pytest.mark.parametrize("status", [404, 410])
async def test_j10_a_browser_that_is_gone_is_forgotten(room: Room, status: int) -> None:
    async with outside(status) as service:
        person = await push_to(room, service.url)
        await person.join()
        await room.world.run_due()
        await room.world.advance(minutes=1)
    assert len(service.requests) == 1
    assert await room.world.look(lambda look: look.all(select(PushSubscription))) == []
    [skipped] = await deliveries(room.world)
    assert skipped.status == "skipped"


async def test_j10_a_push_service_in_trouble_is_tried_again(room: Room) -> None:
    async with outside(503) as service:
        person = await push_to(room, service.url)
        await person.join()
        await room.world.run_due()
        service.status = 201
        await room.world.advance(seconds=5)
    assert len(service.requests) == 2
    [sent] = await deliveries(room.world)
    assert (sent.status, sent.tries) == ("sent", 2)
    [subscription] = await room.world.look(lambda look: look.all(select(PushSubscription)))
    assert subscription.failed_count == 1


async def test_a_blocked_account_is_sent_nothing_more(room: Room) -> None:
    async with outside(500) as gateway:
        await with_gateway(room.world, gateway.url)
        person = await be_told(room, phone_number="5551234567", notify_sms=True)

        async def block(ctx) -> None:  # type: ignore[no-untyped-def]
            user = await ctx.find(User, person.id)
            user.status = "blocked"
            await ctx.save(user)

        await room.world.change(block)
        await room.world.advance(seconds=5)
    assert len(gateway.requests) == 1
    [skipped] = await deliveries(room.world)
    assert skipped.status == "skipped"
