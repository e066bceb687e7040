"""How long a call to a server may take, and what is said when it took longer or was cut off."""

from __future__ import annotations

import time

from wizard.errors import RemoteError


class Deadline:
    """A moment that no call may outlast, by the monotonic clock."""

    def __init__(self, server: str, timeout_s: float) -> None:
        self._server = server
        self._timeout_s = timeout_s
        self._end = time.monotonic() + timeout_s

    def left_s(self) -> float:
        """Return the seconds left.

        Raises:
            RemoteError: there are none.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise self.error()
        return left

    def check(self, cause: RemoteError) -> None:
        """Say that the time is up, if it is, rather than what came of that.

        Raises:
            RemoteError: there is no time left.
        """
        if time.monotonic() >= self._end:
            raise self.error() from cause

    def error(self) -> RemoteError:
        """Return the error that says the time is up."""
        return RemoteError(
            self._server,
            f"{self._server} did not finish within {self._timeout_s:g} seconds.",
            hint="Check its load and its network, then try again.",
            code="timeout",
        )


def lost(server: str) -> RemoteError:
    """Return the error of a connection that ended by itself."""
    return RemoteError(
        server,
        f"The connection to {server} was lost.",
        hint="Check that the server and the network are up, then try again.",
        code="connection-lost",
    )
