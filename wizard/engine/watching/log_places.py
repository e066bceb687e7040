"""Where the logs of a server are: files, or the system's journal where that keeps the user log."""

from __future__ import annotations

from pathlib import PurePosixPath

JOURNAL = "journal:"
"""Stands before the name of a unit in the place of a path."""

_SYSTEMD = "systemd:"


def log_places(service: str, neo4j_log: str | None, logs: str) -> tuple[str, ...]:
    """Return the user log and debug.log; a service's user log without a file is in the journal.

    The packages for Debian and Red Hat let systemd keep what Neo4j prints (Operations Manual,
    Logging).

    Args:
        service: `systemd:NAME` or `bin`.
        neo4j_log: the file of the user log, or None.
        logs: the log folder.
    """
    debug = f"{logs}/debug.log"
    if neo4j_log is not None:
        return (neo4j_log, debug)
    if service.startswith(_SYSTEMD):
        return (f"{JOURNAL}{service.removeprefix(_SYSTEMD)}", debug)
    return (debug,)


def source_of(place: str) -> str:
    """Return what people call a log: the name of its file, or `journal`."""
    return "journal" if place.startswith(JOURNAL) else PurePosixPath(place).name
