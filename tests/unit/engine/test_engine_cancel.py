"""The wish to stop reaches everything that waits, once."""

from __future__ import annotations

import pytest

from wizard.engine.cancel import Cancel
from wizard.errors import CancelledError


def test_callbacks_run_once_and_late_ones_at_once() -> None:
    cancel, heard = Cancel(), []
    cancel.on_cancel(lambda: heard.append("early"))
    forget = cancel.on_cancel(lambda: heard.append("forgotten"))
    forget()
    cancel.check()
    cancel.set()
    cancel.set()
    cancel.on_cancel(lambda: heard.append("late"))
    assert heard == ["early", "late"]
    assert cancel.wait(0)
    with pytest.raises(CancelledError):
        cancel.check()
