"""A small process of the host's own that cleans up when the host was killed without a chance to.

It is forked before the host has threads, sleeps on a pipe, and acts at the pipe's end: it ends the
process groups of commands that still run, and empties the practice directory.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from pathlib import Path

from wizard.practice.removal import remove_directory

_CLEARED_S = 10.0
_LOOK_S = 0.01


class Guard:
    """The host's end of the pipe: which process groups run now.

    Args:
        directory: the practice directory, removed or emptied in the end.
        keep: whether the directory itself stays, empty.
    """

    def __init__(self, directory: Path, *, keep: bool) -> None:
        read_end, self._write_end = os.pipe()
        self._lock = threading.Lock()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._write_end)
            try:
                _guard(read_end, directory, keep=keep)
            finally:
                os._exit(0)
        os.close(read_end)

    def watch(self, group: int) -> None:
        """A process group has started."""
        self._say(f"+{group}\n")

    def forget(self, group: int) -> None:
        """A process group has ended."""
        self._say(f"-{group}\n")

    def close(self) -> None:
        """Let the guard do its work and wait for its end, but not for ever."""
        with self._lock:
            os.close(self._write_end)
        ends = time.monotonic() + _CLEARED_S
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(self._pid, os.WNOHANG) == (0, 0) and time.monotonic() < ends:
                time.sleep(_LOOK_S)

    def _say(self, line: str) -> None:
        with self._lock, contextlib.suppress(OSError):
            os.write(self._write_end, line.encode("ascii"))


def _guard(read_end: int, directory: Path, *, keep: bool) -> None:
    """Run in the forked child: nothing here may touch what the host had open."""
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    groups: set[int] = set()
    with os.fdopen(read_end, "r", encoding="ascii") as lines:
        for line in lines:
            (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    for group in groups:
        with contextlib.suppress(OSError):
            os.killpg(group, signal.SIGKILL)
    remove_directory(directory, keep=keep)
