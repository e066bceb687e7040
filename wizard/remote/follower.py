"""A log file followed on the server, line by line, through rotation."""

from __future__ import annotations

from collections.abc import Iterator

import paramiko

from wizard.remote.execution import hang_up, lost

MAX_LINE = 8192
"""Bytes of one line that are kept; the rest of a longer one is counted and dropped."""

_CHUNK = 32 * 1024


class Follower:
    """Iterates the raw lines of a file as they are written, without their line ends.

    Raises:
        RemoteError: the connection was lost; after `close()` the lines simply end.
    """

    def __init__(self, server: str, channel: paramiko.Channel, first: bytes) -> None:
        self._server = server
        self._channel = channel
        self._first = first
        self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        lines = _Lines()
        yield from lines.add(self._first)
        while piece := self._piece():
            yield from lines.add(piece)
        if not self._closed:
            raise lost(self._server)

    def close(self) -> None:
        """End it, from any thread; a reader that waits is freed at once."""
        self._closed = True
        hang_up(self._channel)

    def _piece(self) -> bytes:
        self._channel.settimeout(None)  # a quiet log is no fault; close() and a lost peer end it
        try:
            return self._channel.recv(_CHUNK)
        except OSError:
            return b""


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
