"""A log file followed on the server, line by line, through rotation."""

from __future__ import annotations

from collections.abc import Iterator

import paramiko

from wizard.remote.deadlines import lost
from wizard.remote.log_lines import UNREADABLE, Lines, unreadable
from wizard.remote.ssh.execution import hang_up

_CHUNK = 32 * 1024
_LAST_WORDS_S = 5.0


class SshFollower:
    """The raw lines of a file as they are written, without their line ends.

    Either iterate over it, or ask for `ready` lines whenever `fileno` is readable.

    Raises:
        RemoteError: the connection was lost, or the file may not be read; after `close()` the
            lines simply end.
    """

    def __init__(self, server: str, channel: paramiko.Channel, first: bytes, path: str) -> None:
        self._server, self._path = server, path
        self._channel = channel
        self._first = first
        self._lines = Lines()
        self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        first, self._first = self._first, b""
        yield from self._lines.add(first)
        while piece := self._piece(None):  # a quiet log is no fault
            yield from self._lines.add(piece)
        self._end()

    def fileno(self) -> int:
        """Return a descriptor that polls as readable when there is something to take."""
        return self._channel.fileno()

    def ready(self) -> list[bytes] | None:
        """Return the lines that have come, without waiting; None once no more will come."""
        first, self._first = self._first, b""
        lines = [*self._lines.add(first)] if first else []
        while self._channel.recv_stderr_ready():
            self._channel.recv_stderr(_CHUNK)
        while (piece := self._piece(0.0)) is not None:
            if not piece:
                if not lines:
                    self._end()
                return lines or None
            lines += self._lines.add(piece)
        return lines

    def close(self) -> None:
        """End it, from any thread; a reader that waits is freed at once."""
        self._closed = True
        hang_up(self._channel)

    def _piece(self, timeout_s: float | None) -> bytes | None:
        """Return what came, nothing at the end, and None when the time is over before."""
        self._channel.settimeout(timeout_s)
        try:
            return self._channel.recv(_CHUNK)
        except TimeoutError:
            return None
        except OSError:
            return b""

    def _end(self) -> None:
        if self._closed:
            return
        told = self._channel.status_event.wait(_LAST_WORDS_S)
        if told and self._channel.recv_exit_status() == UNREADABLE:
            raise unreadable(self._server, self._path)
        raise lost(self._server)
