"""What is traced, kept in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from livefloor.kernel import tracing

TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PARENT = f"00-{TRACE}-{CALLER}-01"


class Ended(SpanProcessor):
    """Says when a span has ended."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.more = asyncio.Event()

    def on_end(self, span: ReadableSpan) -> None:
        """Take note of it."""
        self.names.add(span.name)
        self.more.set()

    async def wait(self, name: str) -> None:
        """Wait until one of a name has ended."""
        while name not in self.names:
            self.more.clear()
            await self.more.wait()


class Traces:
    """What was traced."""

    def __init__(self, exporter: InMemorySpanExporter, ended: Ended) -> None:
        self._exporter = exporter
        self.ended = ended

    def of(self, trace_id: str) -> dict[str, ReadableSpan]:
        """Return the spans of one trace by their names."""
        spans = self._exporter.get_finished_spans()
        return {span.name: span for span in spans if span.context and f"{span.context.trace_id:032x}" == trace_id}


@contextmanager
def kept_traces() -> Iterator[Traces]:
    """Keep traces."""
    provider, exporter, ended = TracerProvider(), InMemorySpanExporter(), Ended()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    provider.add_span_processor(ended)
    tracing.use(provider)
    try:
        yield Traces(exporter, ended)
    finally:
        tracing.use(None)


def parent_of(span: ReadableSpan) -> str:
    """Return the id of the span above it."""
    assert span.parent is not None
    return f"{span.parent.span_id:016x}"


def id_of(span: ReadableSpan) -> str:
    """Return its id."""
    assert span.context is not None
    return f"{span.context.span_id:016x}"


def said_of(span: ReadableSpan) -> Mapping[str, object]:
    """Return its attributes."""
    return span.attributes or {}
