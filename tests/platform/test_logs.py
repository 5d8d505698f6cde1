"""Logs go to where standard error is when they are written."""

import sys
from io import StringIO

import pytest
import structlog

from livefloor.kernel.logs import set_up_logs


def test_a_log_that_was_set_up_while_another_stood_for_standard_error_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command in this process had its own and closed it; a line of the log after it must not fail a request."""
    its_own = StringIO()
    monkeypatch.setattr(sys, "stderr", its_own)
    set_up_logs("info", as_json=True)
    log = structlog.get_logger("livefloor.test")
    log.info("while_it_stood")
    assert "while_it_stood" in its_own.getvalue()
    its_own.close()
    now = StringIO()
    monkeypatch.setattr(sys, "stderr", now)
    log.info("after_it_was_closed")
    assert "after_it_was_closed" in now.getvalue()
