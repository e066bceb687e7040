"""Writes a copy beside a file: under a name of its own, closed to others from the first byte."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from wizard.errors import UsageError
from wizard.model.text import shown
from wizard.plain_file import PlainFile

_MOST_COPIES = 1000
_CLOSED = 0o600


@dataclass(frozen=True, slots=True)
class Copy:
    """A file that was written.

    Attributes:
        is_owned_alike: it has the owner, the group and the mode of what it is a copy of.
    """

    path: Path
    is_owned_alike: bool


def write_beside(path: Path, raw: bytes, like: PlainFile) -> Copy:
    """Write `NAME.fixed`, or `NAME.fixed.2` and so on; nothing is ever overwritten.

    Raises:
        UsageError: the folder takes no file, or there are too many copies already.
    """
    try:
        copy, handle = _opened(path)
    except OSError as error:
        raise UsageError(
            f"No copy can be written beside {shown(str(path))}: {error.strerror}.",
            hint="Copy the file to a folder of your own, and lint it there.",
        ) from error
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 - a handle, not a path
            file.write(raw)
            file.flush()
            is_owned_alike = _owned_alike(handle, like)
            os.fsync(handle)
    except BaseException as error:
        copy.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise UsageError(
            f"{shown(str(copy))} could not be written: {error.strerror}.",
            hint="See whether there is space left.",
        ) from error
    return Copy(copy, is_owned_alike)


def _opened(path: Path) -> tuple[Path, int]:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    for number in range(1, _MOST_COPIES):
        ending = ".fixed" if number == 1 else f".fixed.{number}"
        copy = path.with_name(path.name + ending)
        try:
            return copy, os.open(copy, flags, _CLOSED)
        except FileExistsError:
            continue
    raise UsageError(
        f"There are {_MOST_COPIES - 1} mended copies beside {shown(str(path))} already.",
        hint="Remove those that nobody needs.",
    )


def _owned_alike(handle: int, like: PlainFile) -> bool:
    """Give the file owner, group and mode of the other; the mode only if the owner could be."""
    own = os.fstat(handle)
    try:
        if (own.st_uid, own.st_gid) != (like.uid, like.gid):
            os.fchown(handle, like.uid, like.gid)
        os.fchmod(handle, like.mode & 0o777)
    except PermissionError:
        return False
    return True
