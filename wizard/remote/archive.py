"""What is sent to a server in one piece: a gzip tar, built in memory and never on a disk."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass, field

_LEVEL = 1
"""A fifth of the time of the best compression, for one more packet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFile:
    """A file or folder that is to stand in the new certificate folder.

    Attributes:
        path: relative to that folder; `.` is the folder itself.
        mode: its permission bits.
        content: None for a folder; `b""` where only its hash is known any more.
        known_hash: SHA-256 (hex) of the content where that is not at hand.
    """

    path: str
    mode: int
    content: bytes | None = field(repr=False)
    known_hash: str = ""

    @property
    def sha256(self) -> str:
        """The hash of the content, hex."""
        return self.known_hash or hashlib.sha256(self.content or b"").hexdigest()


def pack(files: Iterable[StageFile]) -> bytes:
    """Return the files as a gzip tar with their modes right from the first byte on disk.

    Owners are left to the receiving side: names and numbers of this workstation mean nothing there.
    """
    target = io.BytesIO()
    with tarfile.open(
        fileobj=target, mode="w:gz", format=tarfile.USTAR_FORMAT, compresslevel=_LEVEL
    ) as archive:
        for file in files:
            member = tarfile.TarInfo(file.path)
            member.mode = file.mode
            if file.content is None:
                member.type = tarfile.DIRTYPE
                archive.addfile(member)
            else:
                member.size = len(file.content)
                archive.addfile(member, io.BytesIO(file.content))
    return target.getvalue()
