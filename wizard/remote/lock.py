"""A lock on a server, so that two wizards on two workstations don't work on it at once."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.remote.answers import run_script
from wizard.remote.connection import Connection

_WORDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a lock, as its words say; on a server of somebody else they may say anything.

    Attributes:
        run: the run's id.
        station: the random name of the workstation's state folder.
        process: the process id there.
        since: when it was taken, as text.
        host: the workstation's own name.
    """

    run: str
    station: str
    process: int
    since: str
    host: str

    @property
    def words(self) -> str:
        """The line that stands in the lock."""
        return f"{self.run} {self.station} {self.process} {self.since} {self.host}"


def lock(
    connection: Connection, key: str, holder: Holder, outlived: Holder | None = None
) -> Holder | None:
    """Take the lock; return None, or who holds it.

    Args:
        connection: to the server.
        key: names what is locked, in hexadecimal digits.
        holder: who takes it.
        outlived: whose lock may be taken over, because that process is known to be gone.

    Raises:
        RemoteError: no lock can be made there, or the connection was lost.
    """
    answer = run_script(connection, "lock", key, outlived.words if outlived else "", holder.words)
    if "locked" in answer:
        return None
    return _holder(answer.text("held"))


def unlock(connection: Connection, key: str, holder: Holder) -> None:
    """Give the lock back; one that is somebody else's stays.

    Raises:
        RemoteError: the connection was lost.
    """
    run_script(connection, "unlock", key, holder.words)


def _holder(words: str) -> Holder:
    run, station, process, since, host, *_ = [*words.split(" ", _WORDS - 1), *[""] * _WORDS]
    number = int(process) if process.isascii() and process.isdigit() and len(process) < 10 else 0  # noqa: PLR2004 - no process id is longer
    return Holder(run=run, station=station, process=number, since=since, host=host)
