"""Ordering by text and all that guests are texted (section 5.9, rules 49 to 62)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from livefloor import Ctx, System
from livefloor.ports.sms import TwilioSms, twilio_signature
from livefloor.systems.coffee.models import Customer, SmsMessage, Ticket
from livefloor.testing.world import World
from tests.systems.coffee.asking import cup, head, order, row, set_event, set_station, wish
from tests.systems.coffee.conftest import Cafe, Person, furnish, good, refused
from tests.systems.coffee.twilio import ACCOUNT, OLD_TOKEN, SENDER, TOKEN, settings_for, twilio

MINA, KIM = "+61491570156", "+61491570157"


async def say(cafe: Cafe, body: str, phone: str = MINA) -> list[str]:
    """Text something as a guest; return what is texted back at once."""
    guest = await cafe.client()
    found: list[str] = good(await guest.post("/api/sms/simulator/inbound", json={"from": phone, "body": body}))[
        "replies"
    ]
    return found


async def tickets(cafe: Cafe) -> list[Ticket]:
    """Return all tickets."""
    return await cafe.world.look(lambda look: look.all(select(Ticket).order_by(Ticket.number)))


async def texts(cafe: Cafe, kind: str) -> list[SmsMessage]:
    """Return the texts of a kind."""
    statement = select(SmsMessage).where(SmsMessage.kind == kind).order_by(SmsMessage.created_at, SmsMessage.id)
    return await cafe.world.look(lambda look: look.all(statement))


async def set_guest(cafe: Cafe, phone: str = MINA, **columns: Any) -> None:
    """Change what is known of a guest."""

    async def put(ctx: Ctx) -> None:
        await ctx.run(update(Customer).where(Customer.phone == phone).values(**columns))

    await cafe.world.change(put)


async def talk_of(person: Person, **query: Any) -> dict[str, Any]:
    """Return the newest conversation."""
    found: dict[str, Any] = (await person.get("messages/conversations", **query))["items"][0]
    return found


async def test_an_order_in_one_text_is_read_back_and_made(cafe: Cafe) -> None:
    """Rules 50, 51, 55: read back, a correction read back again, then ordered, with number, station, minutes, link."""
    sue, before = await cafe.support(), await head(cafe)
    assert await say(cafe, "flat white oat for Mina") == [
        "Small flat white, oat, for Mina? Reply Y to order, or tell me what to change."
    ]
    assert (await say(cafe, "soy instead, large"))[0].startswith("Large flat white, soy, for Mina?")
    assert await tickets(cafe) == []
    [ordered] = await say(cafe, "ok")
    [ticket] = await tickets(cafe)
    assert (ticket.channel, ticket.phone, ticket.customer_name) == ("sms", MINA, "Mina")
    assert ordered.startswith("Thanks Mina! A01 large flat white: Foyer, about 2 min. ")
    assert ordered.endswith(f"/o/{ticket.token} Text X to cancel.")
    assert len(ordered) <= 160
    page = await sue.get("orders/")
    assert [(cup["milk"]["code"], cup["size"]) for cup in page["items"]] == [("soy", "large")]
    frames = [frame for frame in await cafe.world.frames(before) if frame["event"].startswith("sms_")]
    assert {frame["event"] for frame in frames} == {"sms_received", "sms_sent"}
    assert MINA not in str(frames)
    assert {"support", "organizers"} <= {frame["channel"] for frame in frames}
    await cafe.world.run_due()
    assert [taken.phone for taken in cafe.world.sms] == [MINA] * 3
    # What the simulator's phone has is delivered, and whoever looks on is told so.
    assert {message.status for message in await texts(cafe, "confirm")} == {"delivered"}
    told = [frame["data"]["message"] for frame in await cafe.world.frames(before) if frame["event"] == "sms_status"]
    assert [*{each["id"]: each["status"] for each in told}.values()] == ["delivered"] * 3
    thread = good(await (await cafe.client()).get("/api/sms/simulator/messages", params={"phone": MINA}))["messages"]
    assert [message["direction"] for message in thread] == ["in", "out"] * 3
    # "USUAL" orders the last one again, with confirm (rule 53).
    assert (await say(cafe, "usual"))[0].startswith("Large flat white, soy, for Mina?")


async def test_an_order_step_by_step_and_the_commands(cafe: Cafe) -> None:
    """Section 4's conversation; rule 52: two misses call staff; rule 53: STATUS, MENU, HELP, X."""
    sue = await cafe.support()
    assert (await say(cafe, "coffee pls"))[0].startswith("Hi! Text your order")
    assert (await say(cafe, "latte"))[0].startswith("Which milk for the latte? full cream, skim, oat")
    assert (await say(cafe, "oat"))[0].startswith("What name for the ")
    assert (await say(cafe, "Kim"))[0].startswith("Small latte, oat, for Kim?")
    assert (await say(cafe, "status"))[0].startswith("You have no order open")
    assert (await say(cafe, "y"))[0].startswith("Thanks Kim! A01")
    assert await say(cafe, "STATUS") == ["A01: place 1 at Foyer, about 2 min."]
    assert [reply[:8] for reply in await say(cafe, "menu")] == ["We have ", "Milks: f"]
    assert "STOP to opt out" in (await say(cafe, "help"))[0]
    assert await say(cafe, "x") == ["A01 is cancelled. Text us any time to order again."]
    [first] = (await sue.get("orders/"))["items"]
    assert (first["status"], first["cancel_reason"]) == ("cancelled", "customer")
    await cafe.world.advance(minutes=2)
    before = await head(cafe)
    await say(cafe, "qwrt zxcv bnmp qqq wwww")
    [answer] = await say(cafe, "qwrt zxcv bnmp qqq wwww")
    assert answer.startswith("Thanks, someone will answer")
    rung = [frame for frame in await cafe.world.frames(before) if frame["data"].get("rings")]
    assert {frame["event"] for frame in rung} == {"conversation_updated"}
    assert await say(cafe, "hello?") == []
    shown = await talk_of(sue, unread="true")
    assert (shown["state"], shown["unread"], shown["open_cups"]) == ("human", 2, 0)
    await sue.post(f"messages/conversations/{shown['id']}/read", status=204)
    await cafe.world.advance(minutes=61)
    assert (await talk_of(sue))["state"] == "idle"
    assert await say(cafe, "espresso for Jo who is allergic to nuts") == [
        "Thanks, someone will answer you here in a moment."
    ]


async def test_silence_and_a_closed_shop(cafe: Cafe) -> None:
    """Section 4: 15 minutes of silence drop the draft. Rules 20, 39: closed and no station open are said. Rule 25."""
    await say(cafe, "latte oat for Kim")
    await cafe.world.advance(minutes=16)
    assert not (await say(cafe, "y"))[0].startswith("Thanks")
    for station_id in (1, 2, 3):
        await set_station(cafe, station_id, status="paused")
    assert await say(cafe, "latte oat for Kim") == ["Sorry, no station is open now. Please try again later."]
    await set_station(cafe, 1, status="open")
    await set_event(cafe, sms_ordering=False)
    assert await say(cafe, "latte oat for Kim") == ["Sorry, no station is open now. Please try again later."]
    await set_event(cafe, cup_cap=1)
    await say(cafe, "2 lattes oat for Kim")
    assert await say(cafe, "y") == ["Sorry, no more coffee can be ordered today."]
    await set_event(cafe)
    for station_id in (1, 2, 3):
        await cafe.set_stock(station_id, "milk_oat", 200)
    [said] = await say(cafe, "2 lattes oat for Kim")
    assert said.startswith("2 x small latte, oat, for Kim?")
    [out] = await say(cafe, "y")
    assert out.startswith("Sorry, Oat is out. We have full cream, skim, soy")
    assert (await say(cafe, "soy"))[0].startswith("2 x small latte, soy")


async def test_stop_and_start(cafe: Cafe) -> None:
    """Rule 54: STOP leaves the order standing and texts stop; CANCEL also cancels; START, or YES, begins again."""
    sue, bea = await cafe.support(), await cafe.barista()
    first = await order(sue, cup(), phone=MINA)
    assert await say(cafe, "Stop") == []
    shown = await sue.get(f"orders/{first['id']}")
    assert (shown["status"], shown["ready_sms_state"]) == ("pending", "suppressed")
    assert await say(cafe, "latte") == []
    await bea.post(f"orders/{first['id']}/complete")
    await cafe.world.advance(seconds=11)
    assert await texts(cafe, "ready") == []
    talk = await talk_of(sue)
    assert talk["guest"]["opted_out"] is True
    refused(await sue.do("POST", f"messages/conversations/{talk['id']}/messages", {"body": "Hi"}), 409, "opted_out")
    assert (await say(cafe, "YES"))[0].startswith("Hi!")
    second = await order(sue, cup(), phone=MINA)
    assert await say(cafe, "CANCEL") == []
    assert (await row(cafe, second["id"])).status == "cancelled"
    assert (await row(cafe, first["id"])).status == "completed"


async def test_the_ready_text_goes_once_after_ten_seconds(cafe: Cafe) -> None:
    """Rules 15, 55, 57: ten seconds after the last cup, once; an undo in time stops it; picked up before: suppressed."""
    sue, bea = await cafe.support(), await cafe.barista()
    placed = await sue.post("orders/", wish(cup(), cup(), cup(), phone=MINA), 201)
    one, two, three = (each["id"] for each in placed["orders"])
    await bea.post(f"orders/{one}/complete")
    await sue.post(f"orders/{three}/cancel", {"notify": False})
    await cafe.world.advance(seconds=20)
    assert await texts(cafe, "ready") == []
    await bea.post(f"orders/{two}/complete")
    await cafe.world.advance(seconds=9)
    await bea.post(f"orders/{two}/undo")
    await cafe.world.advance(seconds=5)
    assert await texts(cafe, "ready") == []
    await bea.post(f"orders/{two}/complete")
    await cafe.world.advance(seconds=10)
    [ready] = await texts(cafe, "ready")
    assert (ready.body, ready.status) == ("Mina, A01 your 2 drinks are ready at Foyer.", "delivered")
    assert (await sue.get(f"orders/{two}"))["ready_sms_state"] == "sent"
    await bea.post(f"orders/{two}/undo")
    await bea.post(f"orders/{two}/complete")
    await cafe.world.advance(seconds=30)
    assert len(await texts(cafe, "ready")) == 1
    await cafe.world.advance(minutes=5)
    assert [text.body for text in await texts(cafe, "reminder")] == ["Mina, A01 is still waiting at Foyer."]
    await cafe.world.advance(minutes=30)
    assert len(await texts(cafe, "reminder")) == 1
    quick = await order(sue, cup(), phone=KIM)
    await bea.post(f"orders/{quick['id']}/complete")
    await sue.post(f"orders/{quick['id']}/pick-up")
    await cafe.world.advance(minutes=1)
    assert (await sue.get(f"orders/{quick['id']}"))["ready_sms_state"] == "suppressed"
    assert len(await texts(cafe, "ready")) == 1


async def test_what_a_guest_is_told_on_the_way(cafe: Cafe) -> None:
    """Rule 43: moved, once for the ticket and the move. Rule 42: delayed, once. Cancelled by staff. Rule 56: short."""
    sue, ada = await cafe.support(), await cafe.admin()
    placed = await sue.post(
        "orders/", wish(cup(), cup(), name="Wilhelmina von Hohenstaufen"[:24], phone=MINA, station_id=1), 201
    )
    first = placed["orders"][0]
    await sue.post(f"orders/{first['id']}/move", {"station_id": 2})
    assert [text.body for text in await texts(cafe, "moved")] == [
        "Wilhelmina von Hohenstau, A01 is now being made at Garden, about 2 min."
    ]
    for station_id in (1, 3):
        await ada.post(f"stations/{station_id}/status", {"status": "closed"})
    await ada.post("stations/2/status", {"status": "offline", "queue": "move", "force": True})
    assert [text.body for text in await texts(cafe, "delayed")] == [
        "Wilhelmina von Hohenstau, A01 is delayed. We will text you. Text X to cancel."
    ]
    await sue.post(f"orders/{first['id']}/cancel", {"reason": "other"})
    assert [text.body for text in await texts(cafe, "cancelled")] == [
        "A01-1 is cancelled. Text us any time to order again."
    ]


async def test_a_milk_runs_out_and_the_guest_chooses(cafe: Cafe) -> None:
    """Rules 24, 36: asked with up to three milks, no start before the answer, the answer exchanges the stock."""
    sue, bea = await cafe.support(), await cafe.barista()
    for station_id in (2, 3):
        await set_station(cafe, station_id, status="paused")
    first, second = await order(sue, cup(), phone=MINA), await order(sue, cup(), name="Kim", phone=KIM)
    done = await bea.post("inventory/run-out", {"station_id": 1, "code": "milk_oat"})
    assert done["asked"] == [first["id"], second["id"]]
    [asked, _] = await texts(cafe, "substitute")
    assert asked.body == "We ran out of oat for A01. Reply 1 for soy, 2 for almond, 3 for full cream, X to drop."
    refused(await bea.do("POST", f"orders/{first['id']}/start"), 409, "awaiting_guest")
    assert (await say(cafe, "banana boat"))[0].startswith("We ran out of oat for A01.")
    await cafe.set_stock(1, "milk_soy", 0)
    [again] = await say(cafe, "1")
    assert again.startswith("We ran out of oat for A01. Reply 1 for almond")
    assert await say(cafe, "1") == ["Thanks! A01 is now made with almond."]
    shown = await sue.get(f"orders/{first['id']}")
    assert (shown["milk"]["code"], shown["attention"]) == ("almond", None)
    assert (await bea.post(f"orders/{first['id']}/start"))["status"] == "in_progress"
    assert await say(cafe, "x", KIM) == ["A02 is cancelled. Text us any time to order again."]
    assert (await row(cafe, second["id"])).status == "cancelled"


async def test_too_many_texts_and_blocked_numbers(cafe: Cafe) -> None:
    """Rule 59: over 10 a minute one warning, then silence for 5 min; rows are kept. Rule 61: blocked gets no reply."""
    sue = await cafe.support()
    replies = [await say(cafe, "menu") for _ in range(12)]
    assert [len(each) for each in replies] == [2] * 10 + [1, 0]
    assert replies[10] == ["That is a lot of messages. Please wait 5 minutes."]
    await cafe.world.advance(minutes=4)
    assert await say(cafe, "menu") == []
    await cafe.world.advance(minutes=2)
    assert len(await say(cafe, "menu")) == 2
    await set_guest(cafe, blocked=True)
    assert await say(cafe, "menu") == []
    talk = await talk_of(sue)
    assert (talk["guest"]["blocked"], talk["unread"]) == (True, 1)
    page = await sue.get(f"messages/conversations/{talk['id']}", limit=100)
    assert len([message for message in page["messages"] if message["direction"] == "in"]) == 15
    refused(
        await sue.do("POST", f"messages/conversations/{talk['id']}/messages", {"body": "Hi"}), 409, "customer_blocked"
    )
    for place in range(2):
        await say(cafe, "espresso for Kim", KIM)
        assert (await say(cafe, "y", KIM))[0].startswith("Thanks Kim!"), place
    await say(cafe, "espresso", KIM)
    assert await say(cafe, "y", KIM) == ["You have 2 orders open already. Text STATUS to see them."]


async def test_the_inbox_of_the_crew(cafe: Cafe) -> None:
    """Rule 60: a taken conversation gets no automatic reply, ready texts still go; of two who take it one has it."""
    sue, oren = await cafe.support(), await cafe.organizer()
    here, there = await cafe.barista(1), await cafe.barista(2, "Lio Penn")
    first = await order(sue, cup(), phone=MINA, station_id=1)
    await say(cafe, "hi")
    talk = await talk_of(sue)
    path = f"messages/conversations/{talk['id']}"
    assert (await talk_of(here))["id"] == talk["id"]
    assert (await there.get("messages/conversations"))["items"] == []
    refused(await there.do("GET", path), 403, "not_your_station")
    assert (await sue.post(f"{path}/take-over"))["state"] == "human"
    assert refused(await oren.do("POST", f"{path}/take-over"), 409, "taken")["by"]["name"] == "Sue Fenn"
    assert (await sue.post(f"{path}/take-over"))["taken_by"] == sue.id
    assert await say(cafe, "latte oat") == []
    written = await sue.post(f"{path}/messages", {"body": "Two minutes, sorry – ok?", "client_id": "one"}, 201)
    again = await sue.post(f"{path}/messages", {"body": "Two minutes, sorry – ok?", "client_id": "one"}, 201)
    assert written["message"]["id"] == again["message"]["id"]
    assert (written["message"]["body"], written["message"]["segments"]) == ("Two minutes, sorry - ok?", 1)
    await here.post(f"orders/{first['id']}/complete")
    await cafe.world.advance(seconds=10)
    assert len(await texts(cafe, "ready")) == 1
    page = await sue.get(path)
    assert ([cup["number"] for cup in page["open_orders"]], page["conversation"]["unread"]) == (["A01"], 1)
    assert (await sue.post(f"{path}/release"))["state"] == "idle"
    assert await say(cafe, "menu") != []
    # A broadcast goes to those with an order open, once in five minutes.
    assert (await oren.post("messages/broadcast", {"body": "Hall is quickest now."}, 202)) == {"recipients": 1}
    refused(await oren.do("POST", "messages/broadcast", {"body": "Again."}), 409, "broadcast_too_soon")
    refused(await sue.do("POST", "messages/broadcast", {"body": "Hi"}), 403, "forbidden")
    log = await sue.get("messages/", kind="broadcast")
    assert [message["body"] for message in log["items"]] == ["Hall is quickest now."]
    refused(await sue.do("POST", f"messages/{log['items'][0]['id']}/retry"), 409, "not_failed")
    assert (await sue.do("POST", f"{path}/messages", {"body": "x" * 481})).status_code == 422
    # Section 5.5: what may be known of the settings.
    shown = await oren.get("settings/sms")
    assert (shown["transport"], shown["token_set"], shown["last_inbound_at"] is not None) == ("simulator", False, True)
    refused(await sue.do("GET", "settings/sms"), 403, "forbidden")
    ada = await cafe.admin()
    assert (await ada.post("settings/sms/test", {"to": "0491 570 158"}, 202))["message"]["status"] == "queued"


async def test_the_webhooks_are_signed_and_each_text_counts_once(system: System) -> None:
    """Rule 49: both tokens pass, others give 403 and no row; a MessageSid seen before does nothing. Reports never go back."""
    async with twilio() as there, World(system, environ=settings_for(there)) as world, Cafe(world) as cafe:
        await world.change(furnish)
        guest, sue = await cafe.client(), await cafe.support()
        base = "https://coffee.example.org/api/sms/"

        async def post(path: str, token: str = TOKEN, **fields: str) -> Any:
            signed = twilio_signature(token, base + path, fields)
            return await guest.post(f"/api/sms/{path}", data=fields, headers={"X-Twilio-Signature": signed})

        text = {"MessageSid": "SM1", "From": MINA, "To": "+15005550006", "Body": "latte oat for Mina", "NumMedia": "0"}
        refused(await post("inbound", "a guess", **text), 403, "bad_signature")
        refused(await guest.post("/api/sms/inbound", data=text), 403, "bad_signature")
        assert (await sue.get("messages/"))["total"] == 0
        taken = await post("inbound", **text)
        assert (taken.status_code, taken.headers["content-type"]) == (200, "text/xml; charset=utf-8")
        assert taken.text.endswith("<Response></Response>")
        assert (await post("inbound", **text)).status_code == 200
        assert (await sue.get("messages/", direction="in"))["total"] == 1
        assert (await post("inbound", OLD_TOKEN, **{**text, "MessageSid": "SM2", "Body": "y"})).status_code == 200
        assert (await post("inbound", MessageSid="SM3", From="", Body="")).status_code == 422
        assert (await post("inbound", **{**text, "MessageSid": "SM4", "Body": "", "NumMedia": "1"})).status_code == 200
        await world.run_due()
        assert [sent["Body"][:9] for sent in there.taken] == ["Small lat", "Thanks Mi", "Sorry, we"]
        report = there.taken[1]["StatusCallback"].removeprefix(base)
        for status, after in (("delivered", "delivered"), ("sent", "delivered"), ("undelivered", "delivered")):
            assert (await post(report, MessageSid="SMx", MessageStatus=status)).status_code == 204
            [ordered] = [m for m in (await sue.get("messages/"))["items"] if m["body"].startswith("Thanks")]
            assert ordered["status"] == after
        sid = f"SM{1:032x}"
        assert (await post("status", MessageSid=sid, MessageStatus="failed", ErrorCode="30003")).status_code == 204
        refused(await post("status", "no", MessageSid=sid, MessageStatus="sent"), 403, "bad_signature")
        assert (await sue.get("messages/", status="failed"))["items"][0]["error_code"] == "30003"
        shown = await (await cafe.organizer()).get("settings/sms")
        assert (shown["transport"], shown["account_sid_last4"], shown["webhook_url"]) == (
            "twilio",
            "cdef",
            base + "inbound",
        )
        assert TOKEN not in str(shown)
        refused(await guest.post("/api/sms/simulator/inbound", json={"from": MINA, "body": "x"}), 404, "not_found")


async def test_the_outbox_tries_again_and_stops(system: System) -> None:
    """Section 11: 5, 20, 60 s, then 300 s, minding Retry-After; 21610, 21211 and 401 each as told; rule 57: not_after."""
    async with twilio() as there, World(system, environ=settings_for(there)) as world, Cafe(world) as cafe:
        await world.change(furnish)
        sue, ada, bea = await cafe.support(), await cafe.admin(), await cafe.barista()

        async def send(to: str) -> dict[str, Any]:
            found: dict[str, Any] = (await ada.post("settings/sms/test", {"to": to}, 202))["message"]
            await world.run_due()
            return found

        async def status_of(message: dict[str, Any]) -> tuple[str, str | None, int]:
            items = (await sue.get("messages/", limit=100))["items"]
            found = next(each for each in items if each["id"] == message["id"])
            return found["status"], found["error_code"], found["attempts"]

        there.refuse(500)
        there.refuse(429, 20429, Retry_After="30")
        there.refuse(503, Retry_After="Mon, 03 Mar 2025 00:01:30 GMT", Date="Mon, 03 Mar 2025 00:00:00 GMT")
        late = await send(MINA)
        assert await status_of(late) == ("queued", "500", 1)
        for seconds, tries in ((4, 1), (1, 2), (29, 2), (1, 3), (89, 3), (1, 4)):
            await world.advance(seconds=seconds)
            assert len(there.tries) == tries
        assert await status_of(late) == ("sent", None, 4)
        port, nobody = world.runtime.means.ports.sms, "http://127.0.0.1:9"
        world.runtime.means.ports.sms = TwilioSms(account_sid=ACCOUNT, auth_token=TOKEN, sender=SENDER, url=nobody)
        alone = await send("+61491570151")
        assert await status_of(alone) == ("queued", "ConnectError", 1)
        await world.runtime.means.ports.sms.close()
        world.runtime.means.ports.sms = port
        await world.advance(seconds=5)
        assert await status_of(alone) == ("sent", None, 2)
        there.refuse(400, 21610)
        assert await status_of(await send(MINA)) == ("failed", "21610", 1)
        there.refuse(400, 21211)
        assert await status_of(await send(KIM)) == ("failed", "21211", 1)
        tries = len(there.tries)
        assert [(await status_of(await send(phone)))[:2] for phone in (MINA, KIM)] == [
            ("suppressed", "opted_out"), ("failed", "bad_number"),
        ]  # fmt: skip
        assert len(there.tries) == tries
        # The keys are refused: sending stops, is tried each minute, and goes on by itself.
        there.refuse(401, 20003)
        there.refuse(403, 20003)
        held = [await send("+61491570158"), await send("+61491570159")]
        assert len(there.tries) == tries + 1
        [alert] = [
            each
            for each in (await ada.get("alerts/", open="true"))["items"]
            if each["kind"] == "sms_failing" and each["subject"]
        ]
        assert (alert["level"], alert["subject"]) == ("critical", "SMS credentials refused")
        await world.advance(seconds=60)
        assert len(there.tries) == tries + 2
        await world.advance(seconds=61)
        assert [(await status_of(each))[0] for each in held] == ["sent", "sent"]
        assert [each for each in (await ada.get("alerts/", open="true"))["items"] if each["subject"]] == []
        # A ready text is of no use after 20 minutes; the name is called instead.
        first = await order(sue, cup(), phone="+61491570150")
        await world.run_due()
        for _ in range(12):
            there.refuse(500)
        await bea.post(f"orders/{first['id']}/complete")
        for _ in range(30):
            await world.advance(minutes=1)
        [ready] = await texts(cafe, "ready")
        assert ready.status in ("not_sent", "suppressed")
        assert (await sue.get(f"orders/{first['id']}"))["ready_sms_state"] in ("failed", "suppressed")


async def test_without_texts_everything_else_goes_on(system: System) -> None:
    """Rule 58: an order with a phone is taken; the card says that the name is called. The simulator is not there."""
    async with World(system, environ={"SMS_TRANSPORT": "off"}) as world, Cafe(world) as cafe:
        await world.change(furnish)
        sue, bea, guest = await cafe.support(), await cafe.barista(), await cafe.client()
        first = await order(sue, cup(), phone=MINA)
        await bea.post(f"orders/{first['id']}/complete")
        await world.advance(seconds=10)
        assert [text.status for text in await texts(cafe, "ready")] == ["not_sent"]
        assert (await sue.get(f"orders/{first['id']}"))["ready_sms_state"] == "failed"
        refused(await guest.get("/api/sms/simulator/messages", params={"phone": MINA}), 404, "not_found")
        talk = await talk_of(sue)
        refused(
            await sue.do("POST", f"messages/conversations/{talk['id']}/messages", {"body": "x"}), 409, "sms_disabled"
        )
