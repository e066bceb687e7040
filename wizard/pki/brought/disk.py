"""Brought files on this computer: read once, never more than a cap, and never a pipe or device."""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from wizard.errors import UsageError
from wizard.model.text import shown
from wizard.pki.brought.limits import (
    MOST_ALL_BYTES,
    MOST_ALL_CERTIFICATES,
    MOST_FILE_BYTES,
    MOST_OF_ONE_NAME,
)
from wizard.pki.brought.reading import read_all
from wizard.pki.brought.rights import open_to_all
from wizard.pki.brought.things import Brought
from wizard.secret import Secret

MOST_FILES = 1000


class CappedFiles:
    """The files of a policy on this computer, read as carefully as any other brought file."""

    def exists(self, path: str) -> bool:
        """Say whether anything stands there, links followed."""
        return Path(path).exists()

    def names(self, path: str) -> tuple[str, ...]:
        """Return the names inside a folder, sorted.

        Raises:
            OSError: it is no folder, can't be read, or is huge.
        """
        names = sorted(entry.name for entry in Path(path).iterdir())
        if len(names) > MOST_FILES:
            raise OSError(errno.E2BIG, f"There are more than {MOST_FILES} files", path)
        return tuple(names)

    def is_open_to_all(self, path: str) -> bool:
        """Say whether everybody on this computer can read it."""
        return open_to_all(Path(path))

    def read(self, path: str) -> bytes:
        """Return the bytes of a regular file.

        Raises:
            OSError: it is a folder, a pipe or a device, can't be read, or is too large.
        """
        if Path(path).is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        with _opened(Path(path)) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise OSError(errno.EINVAL, "It is no regular file", path)
            data = file.read(MOST_FILE_BYTES + 1)
        if len(data) > MOST_FILE_BYTES:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), path)
        return data


def read_files(paths: Sequence[Path], passwords: Sequence[Secret] = ()) -> Brought:
    """Read files, and the files in folders, and return what is in them.

    Args:
        paths: files and folders; a folder is read with all that is below it.
        passwords: tried on whatever is encrypted.

    Raises:
        UsageError: a path can't be read, is no file or folder, or there are too many files.
    """
    names = [*dict.fromkeys(name for path in paths for name in files_below(path))]
    if len(names) > MOST_FILES:
        raise UsageError(
            f"There are more than {MOST_FILES} files to look at.",
            hint="Name the files or the folder with the keys and certificates alone.",
        )
    found = read_all(_within_reason(names), passwords)
    _check_numbers(found)
    return replace(found, open_to_all=frozenset(str(name) for name in names if open_to_all(name)))


def _check_numbers(found: Brought) -> None:
    """Refuse what takes minutes to judge: each certificate is tried on every CA of its issuer."""
    alone = "Name the files or the folder with the keys and certificates alone."
    if len(found.certificates) > MOST_ALL_CERTIFICATES:
        many = f"There are more than {MOST_ALL_CERTIFICATES} certificates in these files."
        raise UsageError(many, hint=alone)
    distinct = found.distinct_certificates()
    issuers = {one.issuer for one in distinct}
    for name, number in Counter(one.subject for one in distinct).items():
        if number > MOST_OF_ONE_NAME and name in issuers:
            raise UsageError(
                f"There are {number} different certificates of CAs with one and the same name: "
                f"{shown(name.rfc4514_string(), 200)}.",
                hint=alone,
            )


def _within_reason(names: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    """Yield each file's name and bytes; UsageError when all of them together are huge."""
    left = MOST_ALL_BYTES
    for name in names:
        data = read_bytes(name)
        left -= len(data)
        if left < 0:
            raise UsageError(
                f"The files to look at hold more than {MOST_ALL_BYTES >> 20} MiB.",
                hint="Name the files or the folder with the keys and certificates alone.",
            )
        yield str(name), data


def files_below(path: Path) -> Iterator[Path]:
    """Yield a file, or every file below a folder, sorted by name; links to folders are left out.

    Raises:
        UsageError: nothing stands there.
    """
    if not path.exists():
        raise UsageError(
            f"The file {shown(str(path), 200)} can't be opened: {os.strerror(errno.ENOENT)}.",
            hint="Name a file or a folder that you may read.",
        )
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
        opened = _opened(path)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its name has a NUL in it"
        raise UsageError(
            f"The file {name} can't be opened: {reason}.",
            hint="Name a file or a folder that you may read.",
        ) from error
    with opened as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise UsageError(
                f"{name} is no regular file, so it is not read.",
                hint="Name a file or a folder; a pipe or a device can't be looked at twice.",
            )
        return file.read(MOST_FILE_BYTES + 1)


def _opened(path: Path) -> BinaryIO:
    # O_NONBLOCK: a named pipe in its place must not stop the wizard.
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb")
