"""The journal of a run: what was intended and what was done, each record chained to the last.

One JSON object a line, UTF-8, keys in this order:

    seq     1, 2, 3 ... without a gap
    at      UTC, ISO 8601 with milliseconds and `Z`
    kind    one of Kind below
    server  the server's name, where the record is about one
    change  the change's id `KIND:SERVER`, where the record is about one
    ...     what else belongs to the kind: text, numbers, true and false; never a secret
    prev    SHA-256, hex, of the line before without its newline; 64 zeros in the first record

An `intent` is on the disk before its change begins, and `done` or `failed` follow it: an intent
without an answer says that a server may stand on either side of that change.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Self

from wizard.engine.places import PRIVATE_FILE, sync_folder
from wizard.errors import JournalError

FIRST = "0" * 64
_FIXED = ("seq", "at", "kind", "prev")


class Kind(StrEnum):
    """What a record says."""

    BEGUN = "begun"
    ADOPTED = "adopted"
    MATERIAL = "material"
    LOCKING = "locking"
    INTENT = "intent"
    DONE = "done"
    FAILED = "failed"
    STAGED = "staged"
    RESUMED = "resumed"
    AFRESH = "afresh"
    BACK_BEGUN = "back-begun"
    STOPPED = "stopped"
    REVERTED = "reverted"
    APPLIED = "applied"
    UNDO_BEGUN = "undo-begun"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One line of a journal.

    Attributes:
        values: everything else the line holds, in its order.
    """

    seq: int
    at: str
    kind: str
    values: dict[str, object]

    @property
    def server(self) -> str | None:
        """The server the record is about, if it is about one."""
        value = self.values.get("server")
        return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A journal as it was read; `torn` says that a last, unfinished line was left out."""

    records: tuple[Record, ...]
    torn: bool
    last_hash: str
    size: int

    def kinds(self) -> Iterator[str]:
        """The kinds of all records, in order."""
        return (record.kind for record in self.records)


class Journal:
    """Appends records; each is on the disk before `write` returns."""

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = Lock()
        flags = os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        reading = read_journal(path) if path.exists() else None
        if reading is None:
            self._descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
            sync_folder(path.parent)
        else:
            self._descriptor = os.open(path, flags)
            if reading.torn:
                os.ftruncate(self._descriptor, reading.size)
        self._size = reading.size if reading else 0
        self._must_last = True
        self._seq = len(reading.records) if reading else 0
        self._prev = reading.last_hash if reading else FIRST

    def write(self, kind: Kind, **values: object) -> None:
        """Append one record, whole or not at all.

        Raises:
            OSError: it can't be made to last; what it announces must then not happen.
        """
        with self._lock:
            record = {"seq": self._seq + 1, "at": _stamp(self._clock()), "kind": str(kind)}
            line = json.dumps(record | values | {"prev": self._prev}, ensure_ascii=True).encode()
            try:
                _write_whole(self._descriptor, line + b"\n")
                os.fsync(self._descriptor)
            except OSError:
                with suppress(OSError):
                    os.ftruncate(self._descriptor, self._size)
                if self._must_last:
                    raise
                return
            self._size += len(line) + 1
            self._seq += 1
            self._prev = hashlib.sha256(line).hexdigest()

    def let_go(self) -> None:
        """From now on what can't be written is left out: putting servers back counts for more.

        A run whose last records are missing is one that was cut off, and can be undone again.
        """
        self._must_last = False

    def close(self) -> None:
        """Close the file; closing twice is fine."""
        with self._lock:
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def read_journal(path: Path) -> Reading:
    """Read a journal and check its chain.

    Raises:
        JournalError: a line is missing, altered or not in its place, or there is no file.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise JournalError(f"The journal {path} can't be read: {error.strerror}.") from error
    *lines, rest = content.split(b"\n")
    prev, records = FIRST, []
    for number, line in enumerate(lines, start=1):
        records.append(_record(path, number, line, prev))
        prev = hashlib.sha256(line).hexdigest()
    size = len(content) - len(rest)
    return Reading(records=tuple(records), torn=bool(rest), last_hash=prev, size=size)


def _record(path: Path, number: int, line: bytes, prev: str) -> Record:
    try:
        values = json.loads(line)
    except ValueError:
        values = None
    if not isinstance(values, dict) or values.get("seq") != number or values.get("prev") != prev:
        raise JournalError(
            f"The journal {path} is damaged or was altered at line {number}.",
            hint="Nothing is done on the strength of it; on each server undo.sh in the folder"
            " .neo4j-tls of the login puts the original files back.",
        )
    rest = {key: value for key, value in values.items() if key not in _FIXED}
    return Record(seq=number, at=str(values.get("at")), kind=str(values.get("kind")), values=rest)


def _write_whole(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
