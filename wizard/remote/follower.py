"""A log file followed on the server, line by line, through rotation."""

from __future__ import annotations

from collections.abc import Iterator

import paramiko

from wizard.errors import RemoteError
from wizard.model.text import shown
from wizard.remote.execution import hang_up, lost

MAX_LINE = 65536
"""Bytes of one line that are kept; a line of JSON holds its whole stack trace. The rest of a longer
one is counted and dropped."""

UNREADABLE = 4
"""How the scripts end where a log may not be read."""

_CHUNK = 32 * 1024
_LAST_WORDS_S = 5.0


def unreadable(server: str, place: str) -> RemoteError:
    """Return what there is to say of a log that may not be read."""
    unit = place.removeprefix("journal:")
    what = f"The journal of {shown(unit)}" if unit != place else shown(place)
    return RemoteError(
        server,
        f"{what} can't be read by this login on {server}, so what Neo4j says there is not known.",
        hint="Let the login read it; the groups adm and systemd-journal may read the journal.",
        code="log-unreadable",
    )


class Follower:
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
        self._lines = _Lines()
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


class _Lines:
    """Cuts a stream into lines of bounded length."""

    def __init__(self) -> None:
        self._kept = b""
        self._dropped = 0

    def add(self, piece: bytes) -> Iterator[bytes]:
        *whole, rest = piece.split(b"\n")
        for part in whole:
            self._append(part)
            yield self._line()
        self._append(rest)

    def _append(self, part: bytes) -> None:
        room = MAX_LINE - len(self._kept)
        self._kept += part[:room]
        self._dropped += max(0, len(part) - room)

    def _line(self) -> bytes:
        line, dropped = self._kept, self._dropped
        self._kept, self._dropped = b"", 0
        return line + b" ... +%d bytes" % dropped if dropped else line
