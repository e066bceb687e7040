"""Brought files on this computer: read once, never more than a cap, and never a pipe or device."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from wizard.errors import UsageError
from wizard.model.text import shown
from wizard.pki.brought.limits import MOST_FILE_BYTES
from wizard.pki.brought.reading import read_all
from wizard.pki.brought.things import Brought
from wizard.secret import Secret

MOST_FILES = 1000


def read_files(paths: Sequence[Path], passwords: Sequence[Secret] = ()) -> Brought:
    """Read files, and the files in folders, and return what is in them.

    Args:
        paths: files and folders; a folder is read with all that is below it.
        passwords: tried on whatever is encrypted.

    Raises:
        UsageError: a path can't be read, is no file or folder, or there are too many files.
    """
    names = [name for path in paths for name in files_below(path)]
    if len(names) > MOST_FILES:
        raise UsageError(
            f"There are more than {MOST_FILES} files to look at.",
            hint="Name the files or the folder with the keys and certificates alone.",
        )
    return read_all(((str(name), read_bytes(name)) for name in names), passwords)


def files_below(path: Path) -> Iterator[Path]:
    """Yield a file, or every file below a folder, sorted by name; links to folders are left out.

    Raises:
        UsageError: nothing stands there.
    """
    if not path.is_dir():
        yield path
        return
    count = 0
    for folder, inner, names in os.walk(path):
        # Kubernetes keeps the files of a mounted secret in `..DATE`, and links to them.
        inner[:] = sorted(name for name in inner if not name.startswith(".."))
        for name in sorted(names):
            count += 1
            if count > MOST_FILES:
                raise UsageError(f"The folder {shown(str(path), 200)} has too many files.")
            yield Path(folder, name)


def read_bytes(path: Path) -> bytes:
    """Read a regular file through one descriptor, up to one byte more than is allowed.

    Raises:
        UsageError: it can't be opened, or is no regular file.
    """
    name = shown(str(path), 200)
    try:
        # O_NONBLOCK: a named pipe in its place must not stop the wizard.
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its name has a NUL in it"
        raise UsageError(
            f"The file {name} can't be opened: {reason}.",
            hint="Name a file or a folder that you may read.",
        ) from error
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise UsageError(
                f"{name} is no regular file, so it is not read.",
                hint="Name a file or a folder; a pipe or a device can't be looked at twice.",
            )
        return file.read(MOST_FILE_BYTES + 1)
