"""Unique secrets, and a scanner that knows them in every spelling they could leak in."""

from __future__ import annotations

import base64
import re
import secrets
import threading
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

LOOK_EVERY_S = 0.03
LAST_LOOK_S = 30


def new_canary() -> str:
    """A password no check refuses, and which looks different when it is quoted for a URL."""
    return f"{secrets.token_hex(8)}+/%@{secrets.token_hex(4)}"


@dataclass(frozen=True)
class Canaries:
    """Secrets by name."""

    values: Mapping[str, str]

    @cached_property
    def _spelled(self) -> re.Pattern[bytes]:
        groups = (
            f"(?P<{name}>{'|'.join(map(re.escape, sorted(spellings(value))))})"
            for name, value in self.values.items()
        )
        return re.compile("|".join(groups).encode())

    def within(self, content: bytes | str) -> set[str]:
        """The names of the secrets that can be read in a text."""
        raw = content.encode() if isinstance(content, str) else content
        return {str(match.lastgroup) for match in self._spelled.finditer(raw)}

    def in_files(self, folder: Path, but: frozenset[str] = frozenset()) -> set[tuple[str, str]]:
        """The files below a folder that hold a secret, with its name, but for some file names."""
        return {
            (str(path.relative_to(folder)), name)
            for path in folder.rglob("*")
            if path.is_file() and path.name not in but
            for name in self.within(path.read_bytes()) | self.within(path.name)
        }


def spellings(secret: str) -> set[str]:
    """A secret in clear, hexadecimal, quoted for a URL, and in base64 wherever it begins."""
    raw = secret.encode()
    found = {secret, raw.hex(), raw.hex().upper()}
    found |= {urllib.parse.quote(secret), urllib.parse.quote(secret, safe="")}
    found |= {urllib.parse.quote_plus(secret)}
    for before in range(3):
        first, last = -(-before * 8 // 6), (before + len(raw)) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            found.add(encode(b"\0" * before + raw).decode()[first:last])
    return found


@dataclass
class Sightings:
    """What a watcher of the processes saw: the secret's name, where, and in which program."""

    seen: set[tuple[str, str, str]] = field(default_factory=set)
    looks: int = 0

    def look(self, canaries: Canaries) -> None:
        """Look once at the command line and the environment of every process."""
        self.looks += 1
        for process in Path("/proc").glob("[0-9]*"):
            try:
                line = (process / "cmdline").read_bytes()
                environment = (process / "environ").read_bytes()
            except OSError:  # it ended while we looked
                continue
            program = line.partition(b"\0")[0].decode(errors="replace")
            for where, content in (("cmdline", line), ("environ", environment)):
                self.seen |= {(name, where, program) for name in canaries.within(content)}


@contextmanager
def watched_processes(canaries: Canaries) -> Iterator[Sightings]:
    """Look at every process of the machine, over and over, until the block ends."""
    sightings, over = Sightings(), threading.Event()

    def watch() -> None:
        while not over.wait(LOOK_EVERY_S):
            sightings.look(canaries)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield sightings
    finally:
        over.set()
        watcher.join(LAST_LOOK_S)
