"""Jump hosts: one connection each, through which all servers behind it are reached."""

from __future__ import annotations

import threading
from collections.abc import Callable

from wizard.errors import UnreachableError
from wizard.model.text import shown
from wizard.remote.ssh.connection import SshConnection


class JumpHosts:
    """Logs in to each jump host once, and keeps it open until every server is done with.

    Args:
        log_in: logs in to the jump host of this `ssh` answer.
    """

    def __init__(self, log_in: Callable[[str], SshConnection]) -> None:
        self._log_in = log_in
        self._lock = threading.Lock()
        self._connections: dict[str, SshConnection] = {}

    def to(self, jump: str) -> SshConnection:
        """Return the connection to a jump host, logging in when it is the first time.

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
            if jump not in self._connections:
                self._connections[jump] = self._log_in(jump)
            return self._connections[jump]

    def close(self) -> None:
        """Close the jump hosts, and with them everything that went through."""
        with self._lock:
            for connection in self._connections.values():
                connection.close()
            self._connections.clear()
