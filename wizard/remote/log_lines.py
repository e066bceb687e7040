"""What every way of following a log has in common: lines of bounded length, and one refusal."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.errors import RemoteError
from wizard.model.text import shown

MAX_LINE = 65536
"""Bytes of one line that are kept; a line of JSON holds its whole stack trace. The rest of a longer
one is counted and dropped."""

UNREADABLE = 4
"""How the scripts end where a log may not be read."""


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


class Lines:
    """Cuts a stream into lines of bounded length."""

    def __init__(self) -> None:
        self._kept = b""
        self._dropped = 0

    def add(self, piece: bytes) -> Iterator[bytes]:
        """Take what came, and yield the lines that are whole now."""
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
