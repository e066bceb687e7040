"""Where the wizard keeps its own things on the workstation, and how it writes a private file."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from wizard.errors import JournalError

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
RUNS = "runs"
_NAME = "neo4j-tls"


def state_directory(environ: Mapping[str, str]) -> Path:
    """Return the person's state folder for this program; nothing is made.

    A relative XDG_STATE_HOME is ignored, as the XDG Base Directory Specification asks.
    """
    wanted = environ.get("XDG_STATE_HOME", "")
    if wanted.startswith("/"):
        return Path(wanted) / _NAME
    home = environ.get("HOME") or str(Path.home())
    return Path(home) / ".local" / "state" / _NAME


def runs_directory(environ: Mapping[str, str]) -> Path:
    """Return the folder that holds one folder for each run; nothing is made."""
    return state_directory(environ) / RUNS


def known_hosts_file(environ: Mapping[str, str]) -> Path:
    """Return the file that holds the host keys a person said yes to in the wizard."""
    return state_directory(environ) / "known_hosts"


def log_file(environ: Mapping[str, str]) -> Path:
    """Return the program's own log file."""
    return state_directory(environ) / "log.txt"


def make_private_folder(path: Path) -> Path:
    """Make a folder, and those above it, readable by nobody else; return it.

    Raises:
        JournalError: it stands already and others may write into it, or it is somebody else's.
    """
    if not path.is_dir():
        if not path.parent.is_dir():
            make_private_folder(path.parent)
        path.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise JournalError(
            f"The folder {path} can't hold the records of a run, because it is not yours alone.",
            hint=f"Make it yours and closed to others, for example with chmod 700 {path}.",
        )
    return path


def write_private(path: Path, content: bytes) -> None:
    """Write a file that must not exist yet, 0600 from its first byte, and make it last.

    Raises:
        FileExistsError: something stands there, a dangling link included; it is untouched.
        OSError: it can't be written; nothing is left behind.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, PRIVATE_FILE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def replace_private(path: Path, content: bytes) -> None:
    """Put a private file in the place of another one, in one step."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    write_private(beside, content)
    beside.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make the folder's own entries last through a power cut."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
