"""The installed command as its users run it: a process, its output, its exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from waiting import end, killing

COMMAND = (sys.executable, "-m", "wizard")
LONG_ENOUGH_S = 120


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stdout.splitlines()]

    def of(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == name]

    @property
    def problems(self) -> set[tuple[str, str | None]]:
        return {(event["problem"], event.get("server")) for event in self.of("problem")}


def wizard(*arguments: str | Path, **environment: str) -> Ended:
    """Run one verb to its end, without a terminal."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=LONG_ENOUGH_S,
        check=False,
        env=os.environ | environment,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Served:
    """A practice cluster served by another process."""

    process: subprocess.Popen[str]
    answers: Path
    servers: list[dict[str, Any]]

    @property
    def homes(self) -> list[Path]:
        return [Path(server["home"]) for server in self.servers]

    @property
    def folder(self) -> Path:
        """Everything the practice cluster has on the disk."""
        return self.answers.parent

    @property
    def secrets(self) -> dict[str, str]:
        found: dict[str, str] = tomllib.loads((self.folder / "secrets.toml").read_text())
        return found

    def trees(self) -> dict[str, dict[str, Entry]]:
        return {str(home): tree(home) for home in self.homes}


@contextmanager
def served(*options: str, **environment: str) -> Iterator[Served]:
    """Serve a practice cluster until the block ends; it must end with 0."""
    process = subprocess.Popen(
        [*COMMAND, "practice", "--serve", *options],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    )
    try:
        assert process.stdout is not None
        with killing(process, LONG_ENOUGH_S):
            ready = json.loads(process.stdout.readline())
        yield Served(process, Path(ready["answers"]), ready["servers"])
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    finally:
        if process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=30)
        end(process)


@dataclass(frozen=True)
class Entry:
    """Everything undo promises to put back of one file or folder."""

    mode: int
    owner: tuple[int, int]
    modified_ns: int
    content: bytes


def private(path: Path, text: str) -> Path:
    """Write a file that nobody else can read."""
    path.touch(mode=0o600)
    path.write_text(text)
    return path


def tree(home: Path) -> dict[str, Entry]:
    """Every entry below a NEO4J_HOME that encrypting may touch: conf and certificates."""
    folders = [home / "conf", home / "certificates"]
    found = [path for folder in folders for path in (folder, *folder.rglob("*"))]
    return {str(path.relative_to(home)): _entry(path) for path in found if path.exists()}


def _entry(path: Path) -> Entry:
    stat = path.lstat()
    content = path.read_bytes() if path.is_file() else b""
    return Entry(stat.st_mode, (stat.st_uid, stat.st_gid), stat.st_mtime_ns, content)


def mentions(needle: str) -> list[str]:
    """Command lines of running processes that hold a text."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # it ended while we looked
            continue
        if needle in line and int(process.name) != os.getpid():
            found.append(line)
    return found
