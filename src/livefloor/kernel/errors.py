"""Reports what went wrong on our side to Sentry, where a DSN is set: the exception and the names of the log line, no values
of variables, no body, nobody's address."""

import sys
from collections.abc import MutableMapping
from importlib.util import find_spec
from typing import Any

from livefloor.kernel.settings import SettingError, Settings

TOLD = ("event", "request_id", "verb", "reader", "timer", "system")
"""What of the log line goes with it."""

_is_on = False


def set_up(settings: Settings, release: str) -> None:
    """Report from now on, if a DSN is set. Raises SettingError without the extra, or for a DSN that is none."""
    global _is_on
    if not settings.sentry_dsn:
        return
    if find_spec("sentry_sdk") is None:
        raise SettingError("LIVEFLOOR_SENTRY_DSN: needs one more package; for example pip install 'livefloor[sentry]'")
    import sentry_sdk
    from sentry_sdk.utils import BadDsn

    try:
        sentry_sdk.init(
            settings.sentry_dsn,
            release=release,
            environment=settings.env,
            # Ours is the one place where failures end: the log.
            default_integrations=False,
            include_local_variables=False,
        )
    except BadDsn as error:
        raise SettingError(f"LIVEFLOOR_SENTRY_DSN: {error}; for example https://key@sentry.example.org/1") from error
    _is_on = True


def report(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Report an exception that is logged (a processor of structlog)."""
    if _is_on and event.get("exc_info"):
        import sentry_sdk

        with sentry_sdk.new_scope() as scope:
            for name in TOLD:
                if name in event:
                    scope.set_tag(name, str(event[name]))
            sentry_sdk.capture_exception(sys.exc_info()[1])
    return event
