"""A connection that was lost on the way is made again, by the host key that is known, and once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

from wizard.errors import HostKeyChangedError, RemoteError, UnreachableError
from wizard.remote.connection import Connection

AGAIN_EVERY_S = 1.0

PASSING = ("unreachable", "connection-lost", "timeout")
"""Why a server may be out of reach now and within reach in a moment."""

AWAY = (*PASSING, "host-key-changed")
"""Why a server can't be asked, whatever it does: that is no evidence for good or bad."""


class Reconnecting:
    """Makes lost connections again, one at a time for each server.

    Args:
        names: of the servers.
        connections: by name, those that are open; a fresh one takes the place of the lost one.
        log_in: knocks at a server and is let in.
        closed: set when nothing is wanted any more.
    """

    def __init__(
        self,
        names: Iterable[str],
        connections: dict[str, Connection],
        log_in: Callable[[str], Connection],
        closed: threading.Event,
    ) -> None:
        self._turns = {name: threading.Lock() for name in names}
        self._connections = connections
        self._log_in = log_in
        self._closed = closed

    def again(self, name: str, lost: Connection | None, patience_s: float) -> bool:
        """Return whether there is another connection than the lost one, perhaps made by others.

        Raises:
            RemoteError: `host-key-changed`: somebody else may answer in the server's place.
            WizardError: what stands in the way of a login and passes by no waiting.
        """
        ends = time.monotonic() + patience_s
        turn = self._turns.get(name)
        if turn is None or not turn.acquire(timeout=patience_s):
            return False
        try:
            if self._connections.get(name) is not lost:
                return not self._closed.is_set()
            if lost is not None:
                lost.close()
            return self._made(name, ends)
        finally:
            turn.release()

    def _made(self, name: str, ends: float) -> bool:
        """Try until the moment `ends`, on the monotonic clock, or until nothing is wanted."""
        while not self._closed.is_set():
            try:
                connection = self._log_in(name)
            except HostKeyChangedError as error:
                raise RemoteError(
                    error.server, error.message, hint=error.hint, code=error.code
                ) from error
            except UnreachableError as error:
                # A login that was refused once is not tried again: accounts get locked.
                if error.code not in PASSING or time.monotonic() > ends:
                    return False
                self._closed.wait(AGAIN_EVERY_S)
            else:
                self._connections[name] = connection
                if self._closed.is_set():  # meanwhile: nobody else would end it
                    connection.close()
                return not self._closed.is_set()
        return False
