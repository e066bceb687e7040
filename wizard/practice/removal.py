"""Making and removing the practice directory; only one that carries our marker is emptied."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import IO

from wizard.errors import UsageError
from wizard.practice.layout import MARKER

_ATTEMPTS = 40
_PAUSE_S = 0.05


def make_directory(wanted: Path | None) -> tuple[Path, bool]:
    """Return an empty practice directory (0700) and whether it is to stay when all is over.

    Raises:
        UsageError: when the wanted directory holds anything and is no practice directory, or is
            used by another practice cluster.
    """
    if wanted is None:
        path = Path(tempfile.mkdtemp(prefix="neo4j-tls-practice-")).resolve()
        (path / MARKER).touch(mode=0o600)
        return path, False
    path = wanted.expanduser().absolute()
    existed = path.exists()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_strange(path)
        path.chmod(0o700)
        (path / MARKER).touch(mode=0o600)
    except OSError as error:
        raise UsageError(
            f"The practice directory {path} can't be used: {error.strerror}.",
            hint="Give --dir a directory that you may write to.",
        ) from error
    return path.resolve(), existed


def lock(directory: Path) -> IO[bytes]:
    """Hold the directory for as long as the returned file is open.

    Raises:
        UsageError: when another practice cluster holds it.
    """
    marker = (directory / MARKER).open("ab")
    try:
        fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        marker.close()
        raise UsageError(
            f"Another practice cluster is running in {directory}.",
            hint="End it first, or give --dir another directory.",
        ) from error
    return marker


def remove_directory(directory: Path, *, keep: bool) -> None:
    """Remove a practice directory, or only what is in it; one without our marker is left alone."""
    for _ in range(_ATTEMPTS):
        if not (directory / MARKER).exists():
            return
        # The marker goes last, so that what an interruption leaves can still be recognised.
        _empty(directory)
        if [entry.name for entry in _entries(directory)] == [MARKER]:
            with contextlib.suppress(OSError):
                (directory / MARKER).unlink()
                if not keep:
                    directory.rmdir()
            return
        # Something was still being written: a dying process, or an open file on NFS.
        time.sleep(_PAUSE_S)


def _entries(directory: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return list(entries)
    except OSError:
        return []


def _empty(directory: Path) -> None:
    for entry in _entries(directory):
        if entry.name == MARKER:
            continue
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                Path(entry.path).unlink()


def _refuse_strange(path: Path) -> None:
    names = [entry.name for entry in _entries(path)]
    if names and MARKER not in names:
        raise UsageError(
            f"The directory {path} is not empty and is no practice directory.",
            hint="Give --dir an empty directory, or one that does not exist yet.",
        )
    if names:
        lock(path).close()
    _empty(path)
