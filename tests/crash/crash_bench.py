"""A cluster to crash on: commands that are killed, and what the servers look like afterwards."""

from __future__ import annotations

import hashlib
import json
import os
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from waiting import end

LONGEST_S = 150
KILLED = -9

_RUN = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{4}")
_PASSWORD = re.compile(rb"(?m)^(dbms\.ssl\.policy\.cluster\.private_key_password=).*$")

State = dict[str, tuple[object, ...]]


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it had printed."""

    exit_code: int
    output: str

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.output.splitlines() if line.startswith("{")]


class Nursery:
    """The process that runs the commands; see `crash_nursery`."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self._output = folder / "output"
        self._environ = {**os.environ, "HOME": str(folder), "XDG_STATE_HOME": str(folder / "state")}
        self.runs = folder / "state" / "neo4j-tls" / "runs"

    def run(self, *line: str | Path, **where: float | bool) -> Ended:
        """Run a command to its end, or until it is killed: see the order in `crash_nursery`."""
        order = {
            "line": [*map(str, line)],
            "environ": self._environ,
            "output": str(self._output),
            **where,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        assert select.select([self._process.stdout], [], [], LONGEST_S)[0], "no answer"
        exit_code = json.loads(self._process.stdout.readline())["exit"]
        output = self._output.read_text("utf-8", errors="replace")
        assert exit_code is not None, f"it did not end: {output}"
        return Ended(exit_code, output)


@contextmanager
def nursery(folder: Path) -> Iterator[Nursery]:
    """Start one; it ends with the block."""
    script = Path(__file__).with_name("crash_nursery.py")
    process = subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Nursery(process, folder)
    finally:
        end(process)


def original(homes: list[Path]) -> State:
    """Everything undo promises to put back: names, bytes, modes, owners and times."""
    return {
        f"{number}:{path.relative_to(home)}": (
            _content(path),
            stat.st_mode,
            stat.st_uid,
            stat.st_gid,
            stat.st_mtime_ns,
        )
        for number, home in enumerate(homes)
        for path in _entries(home)
        if (stat := path.lstat())
    }


def applied(homes: list[Path]) -> State:
    """The same once a run was applied, without what differs from run to run: keys, ids, times."""
    return {
        f"{number}:{_RUN.sub('RUN', str(path.relative_to(home)))}": (
            _masked(path),
            stat.st_mode,
            stat.st_uid,
            stat.st_gid,
        )
        for number, home in enumerate(homes)
        for path in _entries(home)
        if (stat := path.lstat())
    }


def left_behind(logins: list[Path]) -> list[Path]:
    """What of ours is in the folders that the logins have for their own."""
    return [path for login in logins for path in login.glob(".neo4j-tls*")]


def are_running(homes: list[Path]) -> bool:
    """Whether every server has its process."""
    files = [home / "run" / "neo4j.pid" for home in homes]
    return all(
        file.exists() and Path(f"/proc/{file.read_text().strip()}/stat").exists() for file in files
    )


def _entries(home: Path) -> Iterator[Path]:
    for folder in (home / "conf", home / "certificates"):
        if folder.exists():
            yield folder
            yield from sorted(folder.rglob("*"))


def _content(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _masked(path: Path) -> bytes:
    if path.name != "neo4j.conf":
        return b""
    text = _PASSWORD.sub(rb"\1", path.read_bytes())
    return _RUN.sub("RUN", text.decode("latin-1")).encode("latin-1")
