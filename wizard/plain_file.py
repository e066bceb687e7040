"""Reads a file that a person names without trusting that it is one: bounded and never waiting."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from wizard.errors import UsageError
from wizard.model.text import shown

_PIECE = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainFile:
    """What stood in a file.

    Attributes:
        mode: its permission bits.
        uid, gid: who owns it.
    """

    raw: bytes = field(repr=False)
    mode: int
    uid: int
    gid: int


def read_plain_file(path: Path, *, most_bytes: int, folder_hint: str = "") -> PlainFile:
    """Return the content of a regular file; a FIFO, a device or a folder is refused at once.

    Args:
        path: what the person named; links are followed.
        most_bytes: a larger file is refused, without being read to its end.
        folder_hint: what to do when it is a folder.

    Raises:
        UsageError: it can't be read, or is nothing that this could be asked of.
    """
    name = shown(str(path))
    try:
        # O_NONBLOCK: opening a FIFO would wait for a writer.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except (OSError, ValueError) as error:
        raise UsageError(_why(path, name, error), hint="Name a file that you can read.") from error
    try:
        found = os.fstat(handle)
        _refuse_what_is_no_file(found.st_mode, name, folder_hint)
        raw = _read(handle, most_bytes)
    except OSError as error:
        raise UsageError(_why(path, name, error), hint="Name a file that you can read.") from error
    finally:
        os.close(handle)
    if len(raw) > most_bytes:
        raise UsageError(
            f"{name} is larger than {most_bytes >> 20} MB, and so no file of this kind.",
            hint="Name the right file.",
        )
    return PlainFile(raw=raw, mode=stat.S_IMODE(found.st_mode), uid=found.st_uid, gid=found.st_gid)


def _read(handle: int, most_bytes: int) -> bytes:
    """Read at most one byte more than allowed, whatever size the file claims to have."""
    pieces: list[bytes] = []
    wanted = most_bytes + 1
    while wanted > 0 and (piece := os.read(handle, min(wanted, _PIECE))):
        pieces.append(piece)
        wanted -= len(piece)
    return b"".join(pieces)


def _refuse_what_is_no_file(mode: int, name: str, folder_hint: str) -> None:
    if stat.S_ISREG(mode):
        return
    what, hint = "no regular file", "Name a regular file."
    if stat.S_ISDIR(mode):
        what, hint = "a folder", folder_hint or hint
    elif stat.S_ISFIFO(mode):
        what = "a pipe"
    elif stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
        what = "a device"
    raise UsageError(f"{name} is {what}.", hint=hint)


def _why(path: Path, name: str, error: OSError | ValueError) -> str:
    if isinstance(error, ValueError):
        return f"{name} can't be the name of a file."
    if error.errno == errno.ENOENT and path.is_symlink():
        return f"{name} is a link to a file that does not exist."
    known = {
        errno.ENOENT: f"There is no file {name}.",
        errno.EACCES: f"{name} can't be read, because its owner or mode does not allow it.",
        errno.ELOOP: f"{name} is a link that leads back to itself.",
        errno.ENXIO: f"{name} is a socket, not a file.",
    }
    return known.get(error.errno or 0, f"{name} can't be read: {error.strerror}.")
