"""Traces (OpenTelemetry): a request followed through its transaction and the log to the sockets that were told of it.

Off unless `OTEL_EXPORTER_OTLP_ENDPOINT` asks for it; then nothing is imported, and a span is one look at a name.
"""

from collections.abc import Mapping, MutableMapping
from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from livefloor.kernel.settings import SettingError

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer, TracerProvider

ASKS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
FLUSH_MS = 2000

_tracer: "Tracer | None" = None
_provider: Any = None
_NOTHING: AbstractContextManager[None] = nullcontext()


def is_on() -> bool:
    """Tell whether traces are kept."""
    return _tracer is not None


def set_up(environ: Mapping[str, str]) -> None:
    """Send traces to where the standard `OTEL_…` variables say, if they do. Raises SettingError without the extra."""
    asked = next((name for name in ASKS if environ.get(name)), None)
    if asked is None or environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return
    if find_spec("opentelemetry") is None or find_spec("opentelemetry.exporter") is None:
        raise SettingError(f"{asked}: traces need more packages; for example pip install 'livefloor[otel]'")
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(
        resource=Resource.create({"service.name": environ.get("OTEL_SERVICE_NAME") or "livefloor"})
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    use(provider)


def use(provider: "TracerProvider | None") -> None:
    """Keep traces by a provider from now on; by none, keep none."""
    global _tracer, _provider
    _provider = provider
    _tracer = provider.get_tracer("livefloor") if provider is not None else None


def flush() -> None:
    """Send what has not been sent yet; waits for two seconds at most."""
    if _provider is not None:
        _provider.force_flush(FLUSH_MS)


def span(
    name: str,
    *,
    parent: str | None = None,
    carrier: Mapping[str, str] | None = None,
    kind: str = "INTERNAL",
    **said: Any,
) -> "AbstractContextManager[Span | None]":
    """Begin a span: below what a mark of the log or the headers of a request name, or below the one that is under way.

    A name that is none counts as none, as W3C Trace Context says.
    A refusal is no error of ours: who knows better says so on the span.
    """
    if _tracer is None:
        return _NOTHING
    from opentelemetry.context import get_current
    from opentelemetry.trace import SpanKind
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    given = {"traceparent": parent} if parent else carrier
    return _tracer.start_as_current_span(
        name,
        context=TraceContextTextMapPropagator().extract(given, get_current()) if given is not None else None,
        kind=SpanKind[kind],
        attributes={f"livefloor.{key}" if "." not in key else key: value for key, value in said.items()},
        record_exception=False,
        set_status_on_exception=False,
    )


def answered(span: "Span | None", status: int) -> None:
    """Note with which status a request was answered; only what went wrong on our side is an error."""
    if span is not None:
        from opentelemetry.trace import StatusCode

        span.set_attribute("http.response.status_code", status)
        if status >= 500:
            span.set_status(StatusCode.ERROR)


def step(name: str, **said: Any) -> "AbstractContextManager[Span | None]":
    """Begin a span below the one that is under way; without one there is nothing to be a step of."""
    return span(name, **said) if _tracer is not None and mark() is not None else _NOTHING


def follow(name: str, actor: Mapping[str, Any] | None, **said: Any) -> "AbstractContextManager[Span | None]":
    """Begin a span below the transaction that an event of the log came of, by what stands beside its actor."""
    marked = (actor or {}).get("trace")
    return span(name, parent=marked, kind="CONSUMER", **said) if marked else _NOTHING


def mark() -> str | None:
    """Return the span under way as W3C's `traceparent`, or None when there is none that is kept."""
    if _tracer is None:
        return None
    from opentelemetry.trace import get_current_span

    if not get_current_span().is_recording():
        return None
    carrier: dict[str, str] = {}
    hand_on(carrier)
    return carrier.get("traceparent")


def hand_on(headers: MutableMapping[str, str]) -> None:
    """Put the span under way into the headers of a call to somebody else."""
    if _tracer is not None:
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        TraceContextTextMapPropagator().inject(headers)


def add_ids(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Name the trace in a line of the server's log (a processor of structlog)."""
    marked = mark()
    if marked is not None:
        _, event["trace_id"], event["span_id"], _ = marked.split("-")
    return event
