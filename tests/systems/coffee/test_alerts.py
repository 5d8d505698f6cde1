"""Alerts: one of a kind is open at a time, who may acknowledge it, and who is told."""

from livefloor.systems.coffee.alerts import close_alert, open_alert
from livefloor.testing.world import World
from tests.systems.coffee.conftest import Cafe, refused


async def test_alert_from_opening_to_end(cafe: Cafe, world: World) -> None:
    """An alert opens once, may become worse, is acknowledged by the front of house, and opens anew after its end."""
    sue, bea, oren = await cafe.support(), await cafe.barista(), await cafe.organizer()
    before = await world.head()
    for level in ("warn", "warn", "critical"):
        await world.change(lambda ctx, level=level: open_alert(ctx, "late_orders", level, station_id=1))
        await world.change(lambda ctx, level=level: open_alert(ctx, "sms_failing", level))
    assert (await cafe.told(before)) == ["alert_opened"] * 2 + ["alert_updated"] * 2
    channels = {frame["channel"] for frame in await world.frames(before) if frame["data"]["alert"]["station_id"] == 1}
    assert channels == {"station_1", "organizers", "support"}

    shown = await bea.get("alerts/", open="true")
    assert {(alert["kind"], alert["level"]) for alert in shown["items"]} == {
        ("late_orders", "critical"),
        ("sms_failing", "critical"),
    }
    late = next(alert["id"] for alert in shown["items"] if alert["kind"] == "late_orders")
    refused(await bea.do("POST", f"alerts/{late}/ack"), 403, "forbidden")
    first = await sue.post(f"alerts/{late}/ack")
    assert first["acked_by"] == sue.id
    assert await oren.post(f"alerts/{late}/ack") == first
    refused(await oren.do("POST", "alerts/none/ack"), 404, "not_found")

    await world.change(lambda ctx: close_alert(ctx, "late_orders", station_id=1))
    await world.change(lambda ctx: close_alert(ctx, "late_orders", station_id=1))
    await world.change(lambda ctx: open_alert(ctx, "late_orders", "warn", station_id=1))
    assert (await bea.get("alerts/", open="false"))["total"] == 1
    assert (await bea.get("alerts"))["total"] == 3
    await world.advance(days=7, hours=1)
    assert [alert["kind"] for alert in (await bea.get("alerts", open="false"))["items"]] == []
    assert {"late_orders", "sms_failing"} <= {alert["kind"] for alert in (await bea.get("alerts"))["items"]}
