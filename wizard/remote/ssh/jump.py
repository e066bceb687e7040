"""Jump hosts: one connection each, through which all servers behind it are reached."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from wizard.errors import UnreachableError, WizardError
from wizard.model.text import shown
from wizard.remote.ssh.connection import SshConnection

KEPT_S = 10.0
"""How long a failed login to a jump host answers for everybody who is waiting for it, too."""


class _Place:
    """One jump host: the connection to it, or why there was none at last."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.connection: SshConnection | None = None
        self.error: WizardError | None = None
        self.failed = 0.0


class JumpHosts:
    """Logs in to each jump host once, and keeps it open until every server is done with.

    A hundred servers behind a jump host that refuses us are one refused login, not a hundred.

    Args:
        log_in: logs in to the jump host of this `ssh` answer.
    """

    def __init__(self, log_in: Callable[[str], SshConnection]) -> None:
        self._log_in = log_in
        self._lock = threading.Lock()
        self._places: dict[str, _Place] = {}

    def to(self, jump: str) -> SshConnection:
        """Return the connection to a jump host; log in when it is the first time, or was lost.

        Raises:
            UnreachableError: it can't be reached or gives no access.
        """
        if "," in jump:
            raise UnreachableError(
                "jump",
                f"A chain of jump hosts is not supported: {shown(jump)}.",
                hint="Name one jump host that reaches the servers directly.",
            )
        with self._lock:
            place = self._places.setdefault(jump, _Place())
        with place.turn:
            if place.connection is not None and place.connection.transport.is_active():
                return place.connection
            if place.error is not None and time.monotonic() < place.failed + KEPT_S:
                raise place.error.with_traceback(None)
            return self._connected(jump, place)

    def close(self) -> None:
        """Close the jump hosts, and with them everything that went through."""
        with self._lock:
            places = list(self._places.values())
            self._places.clear()
        for place in places:
            if place.connection is not None:
                place.connection.close()

    def _connected(self, jump: str, place: _Place) -> SshConnection:
        try:
            connection = place.connection = self._log_in(jump)
        except WizardError as error:
            place.error, place.failed = error, time.monotonic()
            raise
        with self._lock:
            wanted = self._places.get(jump) is place
        if not wanted:  # closed meanwhile: nobody else would end it
            connection.close()
        return connection
