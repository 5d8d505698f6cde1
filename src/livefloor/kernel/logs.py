"""Structured logs: one JSON line each in production, readable lines at a terminal; never a value of a local variable."""

import logging
import sys
from typing import Any

import structlog

from livefloor.kernel import errors, tracing


class _StandardError:
    """Standard error as it is at the moment of writing: whoever starts us may have put another in its place meanwhile."""

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.stderr, name)


def set_up_logs(level: str, *, as_json: bool) -> None:
    """Send all logs, ours and those of libraries, to standard error in one form."""
    number = logging.getLevelNamesMapping()[level.upper()]
    stream: Any = _StandardError()
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    processors: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        tracing.add_ids,
        errors.report,
        *([structlog.processors.format_exc_info] if as_json else []),
        renderer,
    ]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(file=stream),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        level=max(number, logging.WARNING), stream=stream, format="%(levelname)s %(name)s %(message)s", force=True
    )
