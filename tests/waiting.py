"""Waits for a condition, and fails with what was waited for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

LOOK_EVERY_S = 0.02


def until(condition: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Look again and again until the condition holds; fail when the time is over."""
    ends, between_looks = time.monotonic() + seconds, threading.Event()
    while not condition():
        assert time.monotonic() < ends, what
        between_looks.wait(LOOK_EVERY_S)
