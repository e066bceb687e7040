"""Waits for the signal that ends a served cluster."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from wizard.signals import ENDING, calling


@contextmanager
def until_signal() -> Iterator[threading.Event]:
    """Yield an event that SIGINT, SIGTERM and SIGHUP set, instead of ending the process."""
    signalled = threading.Event()
    with calling(signalled.set, ENDING):
        yield signalled
