"""Seeing inside: one trace from the request to the other person's socket, figures that Prometheus reads, errors reported."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from secrets import token_hex

import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families

from livefloor.kernel import errors, tracing
from livefloor.kernel.logs import set_up_logs
from livefloor.kernel.settings import SettingError, Settings
from livefloor.testing.server import served
from livefloor.testing.world import World
from tests.outside import outside
from tests.platform.conftest import People
from tests.traces import CALLER, PARENT, TRACE, Traces, id_of, kept_traces, parent_of, said_of
from tests.wires.lines import opened
from tests.wires.pusher_raw import app_of

WIRES = ("pusher", "socketio", "sse", "websocket")


@pytest.fixture
def traces() -> Iterator[Traces]:
    with kept_traces() as traces:
        yield traces


@pytest.mark.world(environ={"LIVEFLOOR_WEBHOOK_NETWORKS": "127.0.0.1/32"})
async def test_one_trace_from_the_request_to_the_other_persons_socket(
    world: World, people: People, traces: Traces
) -> None:
    """From a tap, as a page names it, to the others on all wires: the transaction names itself beside its entry in the log,
    and who follows the log goes on below it."""
    mechanic, clerk = await people.client(), await people.client("clerk")
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(served(world.runtime))
        receiver = await stack.enter_async_context(outside(200))
        await clerk.post("/api/webhooks", json={"url": receiver.url, "events": ["ticket.opened"]})
        key = app_of(world).key
        lines = [await opened(stack, wire, port, await people.token("customer"), key=key) for wire in WIRES]
        answer = await mechanic.post("/api/tickets", json={"bike": "red"}, headers={"traceparent": PARENT})
        for line in lines:
            await line.until(b"ticket_update")
        await traces.ended.wait("tell ticket.opened")
        await world.runtime.catch_up()
    spans = traces.of(TRACE)
    request, transaction, told = (spans[name] for name in ("POST /api/tickets", "transaction", "tell ticket.opened"))
    assert [parent_of(one) for one in (request, transaction, told)] == [CALLER, id_of(request), id_of(transaction)]
    assert said_of(request)["http.response.status_code"] == 201
    assert said_of(transaction)["livefloor.events"] == (f"{said_of(told)['livefloor.seq']} ticket.opened",)
    assert said_of(told)["livefloor.frames_delivered"] == len(WIRES)
    assert said_of(told)["livefloor.wires"] == WIRES
    assert answer.headers["traceresponse"] == f"00-{TRACE}-{id_of(request)}-01"
    [told_of] = [one for one in await world.events() if one.event.name == "ticket.opened"]
    assert told_of.actor["trace"] == f"00-{TRACE}-{id_of(transaction)}-01"
    assert {parent_of(spans[name]) for name in ("reader counter", "webhook")} == {id_of(transaction)}
    assert receiver.requests[0][1]["traceparent"] == f"00-{TRACE}-{id_of(spans['webhook'])}-01"


@pytest.mark.line_only
async def test_a_refusal_is_no_error_and_what_is_not_kept_leaves_no_mark(
    world: World, people: People, traces: Traces
) -> None:
    customer, mechanic = await people.client("customer"), await people.client()
    assert (await customer.post("/api/tickets", json={"bike": "x"}, headers={"traceparent": PARENT})).status_code == 403
    refused = traces.of(TRACE)["POST /api/tickets"]
    assert (said_of(refused)["http.response.status_code"], refused.status.is_ok) == (403, True)
    unkept = PARENT.removesuffix("01") + "00"
    answer = await mechanic.post("/api/tickets", json={"bike": "x"}, headers={"traceparent": unkept})
    assert "traceresponse" not in answer.headers
    assert all("trace" not in one.actor for one in await world.events())


@pytest.mark.line_only
async def test_a_trace_that_is_none_is_left_out(world: World, people: People, traces: Traces) -> None:
    mechanic = await people.client()
    for bad in ("", "00", f"00-{TRACE}-{'0' * 16}-01", f"ff-{TRACE}-{CALLER}-01", PARENT * 30, PARENT.upper()):
        headers = {"traceparent": bad, "tracestate": "=,;"}
        assert (await mechanic.post("/api/tickets", json={"bike": "x"}, headers=headers)).status_code == 201
    assert traces.of(TRACE) == {}


@pytest.mark.line_only
async def test_without_traces_nothing_is_kept_of_them(world: World, people: People) -> None:
    mechanic = await people.client()
    answer = await mechanic.post("/api/tickets", json={"bike": "red"}, headers={"traceparent": PARENT})
    assert "traceresponse" not in answer.headers
    assert all("trace" not in one.actor for one in await world.events())
    assert tracing.span("a") is tracing.span("b")


def test_traces_are_asked_for_by_the_standard_variables() -> None:
    tracing.set_up({})
    tracing.set_up({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_SDK_DISABLED": "true"})
    assert not tracing.is_on()


async def test_a_line_of_the_log_names_its_trace(traces: Traces, capsys: pytest.CaptureFixture[str]) -> None:
    with tracing.span("here"):
        assert tracing.add_ids(None, "info", {}).keys() == {"trace_id", "span_id"}
    assert tracing.add_ids(None, "info", {}) == {}


# -- figures ------------------------------------------------------------------------------------------------------------


async def test_prometheus_can_read_the_figures(world: World, people: People) -> None:
    mechanic = await people.client()
    await mechanic.post("/api/tickets", json={"bike": "red"})
    answer = await mechanic.get("/api/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = {family.name: family for family in text_string_to_metric_families(answer.text)}
    assert {"livefloor_log_head", "livefloor_reader_lag", "livefloor_requests", "livefloor_tail_lag"} <= found.keys()
    assert all(family.documentation and family.type in ("gauge", "counter") for family in found.values())
    samples = [(family, sample) for family in found.values() for sample in family.samples]
    assert all(one.name.endswith("_total") == (family.type == "counter") for family, one in samples)
    assert {label for _, one in samples for label in one.labels} <= {"reader", "verb", "status", "wire", "reason"}
    lags = {sample.labels["reader"]: sample.value for sample in found["livefloor_reader_lag"].samples}
    assert lags["counter"] > 0
    answered = {
        (one.labels["verb"], one.labels["status"]): one.value
        for one in found["livefloor_requests"].samples
        if one.name.endswith("_total")
    }
    assert answered["open_ticket", "201"] == 1


# -- errors ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def unreported(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Report nothing after the test."""
    yield
    import sentry_sdk

    sentry_sdk.init()
    monkeypatch.setattr(errors, "_is_on", False)


@pytest.mark.usefixtures("unreported")
async def test_what_goes_wrong_on_our_side_is_reported(tmp_path: Path) -> None:
    """The report holds the exception and the names of the log line, and nothing that a variable held."""
    import sentry_sdk

    async with outside(200) as sentry:
        dsn = sentry.url.replace("http://", "http://key@") + "/1"
        errors.set_up(Settings(data=tmp_path, sentry_dsn=dsn), "livefloor@test")
        set_up_logs("error", as_json=True)
        secret = token_hex()
        try:
            raise ValueError(f"wrong by {len(secret)}")
        except ValueError:
            structlog.get_logger("test").exception("request_failed", verb="open_ticket", body=secret)
        await asyncio.to_thread(sentry_sdk.flush, 20)
    [(path, _, body)] = sentry.requests
    text = gzip.decompress(body).decode()
    assert path == "/api/1/envelope/"
    assert "wrong by 64" in text
    assert re.search(r'"verb":\s*"open_ticket"', text)
    assert secret not in text


def test_a_dsn_that_is_none_stops_the_start(tmp_path: Path) -> None:
    errors.set_up(Settings(data=tmp_path), "livefloor@test")
    with pytest.raises(SettingError, match="LIVEFLOOR_SENTRY_DSN"):
        errors.set_up(Settings(data=tmp_path, sentry_dsn="nonsense"), "livefloor@test")
