"""Waits for the signal that ends a served cluster."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def until_signal() -> Iterator[threading.Event]:
    """Yield an event that SIGINT, SIGTERM and SIGHUP set, instead of ending the process."""
    signalled = threading.Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        signalled.set()

    before = {number: signal.signal(number, note) for number in ENDING}
    try:
        yield signalled
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
