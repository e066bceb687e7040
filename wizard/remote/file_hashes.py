"""What the files of a folder on a server hold, by their hashes alone; nothing secret is read."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.remote.answers import run_script, unhex
from wizard.remote.connection import Connection

_UNREADABLE = "-"
_FIELDS = 2


def hashes_below(connection: Connection, folder: str) -> Mapping[str, str] | None:
    """Return the regular files below a folder, as seen from it, with their SHA-256 in hex.

    The hash is empty where the login may not read the file; None stands for no such folder. At
    most 2000 files are looked at.

    Raises:
        RemoteError: the server does not tell.
    """
    answer = run_script(connection, "hashes", folder)
    if "folder" not in answer:
        return None
    return {
        unhex(fields[0]).decode("utf-8", errors="surrogateescape"): fields[1].strip(_UNREADABLE)
        for fields in answer.all("file")
        if len(fields) == _FIELDS
    }
