"""Host keys: which ones are known, revoked or changed, and where an accepted one is written.

The reading is our own, because a person's real file holds lines that stop paramiko's reader:
markers, wildcards, bytes that are no UTF-8. That file is never written.
"""

from __future__ import annotations

import base64
import errno
import fcntl
import hashlib
import hmac
import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import paramiko

from wizard.errors import WizardError
from wizard.remote.reaching import HostKeyState

_SSH_PORT = 22
_MAX_BYTES = 16 * 1024 * 1024
_LOCK_S = 10.0
_LOOK_S = 0.02


@dataclass(frozen=True, slots=True)
class _Line:
    """One usable line of a known_hosts file."""

    marker: str
    patterns: str
    kind: str
    blob: bytes


_Stamp = tuple[int, ...] | None
_Stamps = tuple[_Stamp, ...]


def fingerprint(key: paramiko.PKey) -> str:
    """Return a key's SHA-256 fingerprint in OpenSSH's form (ssh-keygen(1), -l)."""
    digest = hashlib.sha256(key.asbytes()).digest()
    return "SHA256:" + base64.b64encode(digest).decode("ascii").rstrip("=")


class HostKeys:
    """The host keys of the person's own files (read only) and of the wizard's file (append only).

    Args:
        read_only_files: such as `~/.ssh/known_hosts`; a missing file counts as empty.
        own_file: where accepted keys go; it need not exist yet.
    """

    def __init__(self, read_only_files: Sequence[Path], own_file: Path) -> None:
        self._own = own_file
        self._files = tuple(_File(path) for path in (*read_only_files, own_file))
        self._known: dict[tuple[str, int], tuple[_Stamps, tuple[_Line, ...]]] = {}

    def verdict(self, host: str, port: int, key: paramiko.PKey) -> HostKeyState:
        """Say what is known of this key for this host.

        Any other plain key that is known for the host makes it `changed`, also one of another
        type: known types are asked for first, so an honest server would have shown that one.
        """
        blob = key.asbytes()
        lines = self._about(host, port)
        if any(line.marker == "@revoked" and line.blob == blob for line in lines):
            return HostKeyState.REVOKED
        plain = [line for line in lines if not line.marker]
        if any(line.blob == blob for line in plain):
            return HostKeyState.KNOWN
        return HostKeyState.CHANGED if plain else HostKeyState.UNKNOWN

    def kinds(self, host: str, port: int) -> tuple[str, ...]:
        """Return the types of the keys known for a host, to ask the server for those first."""
        kinds = (line.kind for line in self._about(host, port) if not line.marker)
        return tuple(dict.fromkeys(kinds))

    def has_authority(self, host: str, port: int) -> bool:
        """Say whether a host CA (`@cert-authority`) is named for this host; it is not used."""
        return any(line.marker == "@cert-authority" for line in self._about(host, port))

    def accept(self, host: str, port: int, key: paramiko.PKey) -> None:
        """Append a key a person has confirmed to the wizard's own file, durably.

        Raises:
            WizardError: the file can't be written; nothing was accepted.
        """
        encoded = base64.b64encode(key.asbytes()).decode("ascii")
        line = f"{_host_name(host, port)} {key.get_name()} {encoded}\n"
        try:
            self._own.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            with os.fdopen(os.open(self._own, flags, 0o600), "r+b", buffering=0) as file:
                _lock(file.fileno())
                size = os.fstat(file.fileno()).st_size
                unfinished = size > 0 and os.pread(file.fileno(), 1, size - 1) != b"\n"
                file.write(b"\n" * unfinished + line.encode("ascii"))
                os.fsync(file.fileno())
        except OSError as error:
            raise WizardError(
                f"The host key of {host} could not be saved in {self._own}: {error.strerror}.",
                hint="Make that file and its folder writable for you, then try again.",
                code="host-key-unknown",
            ) from error

    def _about(self, host: str, port: int) -> tuple[_Line, ...]:
        """Return the lines about a host, of the files as they are now."""
        stamps: _Stamps = tuple(file.stamp() for file in self._files)
        kept = self._known.get((host, port))
        if kept is not None and kept[0] == stamps:
            return kept[1]
        lines = (line for file in self._files for line in file.lines())
        found = tuple(line for line in lines if _matches(line.patterns, host, port))
        self._known[host, port] = stamps, found
        return found


class _File:
    """A known_hosts file; read again when it is another one, or was written to."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: tuple[_Stamp, tuple[_Line, ...]] = None, ()

    def stamp(self) -> _Stamp:
        """Return what tells one state of the file from another; None where there is no file."""
        try:
            now = self._path.stat()
        except OSError:
            return None
        return now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns

    def lines(self) -> tuple[_Line, ...]:
        """Return the usable lines."""
        stamp = self.stamp()
        if stamp is None:
            return ()
        if self._kept[0] != stamp:
            self._kept = stamp, tuple(_lines_of(self._path))
        return self._kept[1]


def _lock(number: int) -> None:
    """Lock an open file for us alone; whoever else writes a key there needs an instant.

    Raises:
        TimeoutError: it stayed locked.
    """
    ends = time.monotonic() + _LOCK_S
    while True:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > ends:
                raise TimeoutError(errno.ETIMEDOUT, "another program keeps it locked") from None
            time.sleep(_LOOK_S)
        else:
            return


def _lines_of(path: Path) -> Iterator[_Line]:
    """Yield the usable lines; what can't be read is passed over, as ssh does (sshd(8))."""
    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_BYTES)
    except OSError:
        return
    for text in raw.decode("latin-1").split("\n"):
        line = _parse(text)
        if line is not None:
            yield line


def _parse(text: str) -> _Line | None:
    """Read one line of a known_hosts file: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT."""
    words = text.split()
    marker = words.pop(0) if words and words[0].startswith("@") else ""
    if len(words) < 3 or words[0].startswith("#"):  # noqa: PLR2004 - hosts, type, key
        return None
    if marker not in {"", "@revoked", "@cert-authority"}:
        return None
    try:
        blob = base64.b64decode(words[2], validate=True)
    except ValueError:
        return None
    return _Line(marker, words[0], words[1], blob)


def _host_name(host: str, port: int) -> str:
    """Return how a host is written in the file: with its port unless that is 22."""
    host = host.lower()
    return host if port == _SSH_PORT else f"[{host}]:{port}"


def _matches(patterns: str, host: str, port: int) -> bool:
    """Say whether a line's first field is about this host; a negated pattern excludes it."""
    name = _host_name(host, port)
    if patterns.startswith("|1|"):
        return _hashed_matches(patterns, name)
    found = False
    for pattern in patterns.lower().split(","):
        negated = pattern.startswith("!")
        if _wildcard(pattern.removeprefix("!")).fullmatch(name):
            if negated:
                return False
            found = True
    return found


def _hashed_matches(field: str, name: str) -> bool:
    """Compare a hashed host name: HMAC-SHA1 of the name with the line's salt as key."""
    parts = field.split("|")
    if len(parts) != 4:  # noqa: PLR2004 - empty, 1, salt, hash
        return False
    try:
        salt, expected = (base64.b64decode(part, validate=True) for part in parts[2:])
    except ValueError:
        return False
    found = hmac.new(salt, name.encode("utf-8"), hashlib.sha1).digest()
    return hmac.compare_digest(found, expected)


def _wildcard(pattern: str) -> re.Pattern[str]:
    """Translate OpenSSH's `*` and `?`; brackets are plain characters there (ssh_config(5))."""
    pieces = {"*": ".*", "?": "."}
    return re.compile(
        "".join(pieces.get(character) or re.escape(character) for character in pattern)
    )
