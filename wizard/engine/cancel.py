"""The token a person's wish to stop travels by, from any thread to the engine."""

from __future__ import annotations

import threading
from collections.abc import Callable

from wizard.errors import CancelledError


class Cancel:
    """Is set once and stays set; what waits can be woken by a callback."""

    def __init__(self) -> None:
        self._wanted = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: dict[int, Callable[[], None]] = {}
        self._next = 0

    def set(self) -> None:
        """Ask to stop; every callback runs once, in this thread.

        It takes a lock, so a handler of a signal must not call it: see `wizard.signals`.
        """
        with self._lock:
            if self._wanted.is_set():
                return
            self._wanted.set()
            callbacks = tuple(self._callbacks.values())
            self._callbacks.clear()
        for callback in callbacks:
            callback()

    @property
    def is_set(self) -> bool:
        """Whether somebody asked to stop."""
        return self._wanted.is_set()

    def wait(self, timeout_s: float) -> bool:
        """Wait for a wish to stop, at most that many seconds; return whether it came."""
        return self._wanted.wait(timeout_s)

    def on_cancel(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Register a callback; return the call that takes it back. Runs at once when set."""
        with self._lock:
            if not self._wanted.is_set():
                key = self._next
                self._next += 1
                self._callbacks[key] = callback
                return lambda: self._forget(key)
        callback()
        return lambda: None

    def check(self) -> None:
        """Raise CancelledError when somebody asked to stop."""
        if self.is_set:
            raise CancelledError("You asked to stop.")

    def _forget(self, key: int) -> None:
        with self._lock:
            self._callbacks.pop(key, None)
