"""One thread that waits for many logs at once, and hands on what each of them says."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

LOOK_S = 5.0
"""How long the thread sleeps at most; whatever comes wakes it at once."""


class Lines(Protocol):
    """A log being followed."""

    def fileno(self) -> int:
        """Return a descriptor that polls as readable when there are lines."""

    def ready(self) -> list[bytes] | None:
        """Return the lines that have come, without waiting; None once no more will come."""

    def close(self) -> None:
        """End it, from any thread."""


Take = Callable[[Lines], bool]
"""Takes what a log has ready; False once no more will come."""


class Gathering:
    """Waits for any number of logs in one thread, which begins with the first of them.

    Args:
        defect: is called with an error that nobody foresaw; the thread has ended then.
    """

    def __init__(self, defect: Callable[[Exception], None]) -> None:
        self._defect = defect
        self._coming: list[tuple[Lines, Take]] = []
        self._wake, self._woken = socket.socketpair()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    def add(self, log: Lines, take: Take) -> None:
        """Wait for a further log, too."""
        with self._lock:
            self._coming.append((log, take))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()
        self._nudge()

    def close(self) -> None:
        """End the thread."""
        self._closed = True
        self._nudge()
        if self._thread is None:
            self._let_go()

    def _nudge(self) -> None:
        with suppress(OSError):
            self._wake.send(b".")

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._woken, selectors.EVENT_READ)
            try:
                while not self._closed:
                    self._look(selector)
            except Exception as defect:  # noqa: BLE001 - it is raised where the lines are taken
                self._defect(defect)
        self._let_go()

    def _look(self, selector: selectors.BaseSelector) -> None:
        for key, _ in selector.select(LOOK_S):
            if key.data is None:
                self._woken.recv(4096)
                continue
            log, take = key.data
            if not take(log):
                selector.unregister(key.fileobj)
        with self._lock:
            coming, self._coming = self._coming, []
        for log, take in coming:
            # What has come by now is taken now; the descriptor tells of what comes later.
            number = log.fileno()
            if take(log):
                # A log that another thread closed is never heard of again; its number is free.
                with suppress(KeyError):
                    selector.unregister(number)
                selector.register(number, selectors.EVENT_READ, (log, take))

    def _let_go(self) -> None:
        self._wake.close()
        self._woken.close()
