"""What the steps and the engine know of a server they are let in to, whatever leads there.

Nothing here is SSH: a connection of another kind has these methods and keeps what they promise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from wizard.remote.dialects import Dialect

MAX_BYTES = 1024 * 1024
"""The most a script may answer, unless the caller expects more."""

SESSIONS = 3
"""Sessions that a walk has open at once on one server: two logs, and a step (MaxSessions is 10)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """What a script left behind; the noise of login files before its output is cut off."""

    exit_code: int
    stdout: bytes = field(repr=False)
    stderr: bytes = field(repr=False)


class Pipe(Protocol):
    """An open TCP connection from the server to one of its peers."""

    def send(self, data: bytes) -> int:
        """Send some of the bytes and return how many; OSError when the other side is gone."""

    def sendall(self, data: bytes) -> None:
        """Send all bytes; OSError when the other side is gone, TimeoutError when it is stuck."""

    def recv(self, size: int) -> bytes:
        """Return up to `size` bytes, `b""` at the end; TimeoutError after the time-out."""

    def settimeout(self, timeout_s: float | None) -> None:
        """Set how long a call may block, in seconds."""

    def shutdown_write(self) -> None:
        """Tell the other side that nothing more comes."""

    def close(self) -> None:
        """Close; a reader that waits is freed at once."""


class Follower(Protocol):
    """The raw lines of a log as they are written, without their line ends.

    Raises:
        RemoteError: the connection was lost, or the log may not be read; after `close()` the
            lines simply end.
    """

    def __iter__(self) -> Iterator[bytes]:
        """Wait for each line."""

    def fileno(self) -> int:
        """Return a descriptor that polls as readable when there is something to take."""

    def ready(self) -> list[bytes] | None:
        """Return the lines that have come, without waiting; None once no more will come."""

    def close(self) -> None:
        """End it, from any thread; a reader that waits is freed at once."""


class Connection(Protocol):
    """Runs scripts, opens TCP connections and follows logs on one server; safe across threads."""

    @property
    def server(self) -> str:
        """The server's name in the answers."""

    @property
    def login(self) -> str:
        """The user that is logged in."""

    @property
    def dialect(self) -> Dialect:
        """In which language the server is told what to do."""

    def speak(self, dialect: Dialect) -> None:
        """Use this language from now on: the server has shown that it knows no other."""

    def run(
        self, script: str, stdin: bytes = b"", *, timeout_s: float, max_bytes: int = MAX_BYTES
    ) -> Completed:
        """Run the constant script of this name; parameters are lines of `stdin`, then payload.

        Raises:
            RemoteError: it did not end in time, said too much, had no rights, or was lost.
        """

    def open_tcp(self, host: str, port: int, timeout_s: float) -> Pipe:
        """Open a TCP connection that starts on the server; names are resolved there.

        Raises:
            RemoteError: code `tcp-refused`, `tcp-forbidden`, `tcp-timeout`, `tcp-failed` when the
                server gave no reason, or `connection-lost`.
        """

    def follow(self, path: str, offset: int = 0) -> Follower:
        """Follow a file from a byte offset on, through rotation; it need not exist yet.

        Raises:
            RemoteError: the connection was lost, or the rights were refused.
        """

    def check_sessions(self) -> None:
        """Make sure that SESSIONS things can be done at once.

        Raises:
            RemoteError: `session-refused`, or the connection was lost.
        """

    def close(self) -> None:
        """End the connection; every call that waits on it is freed at once."""
