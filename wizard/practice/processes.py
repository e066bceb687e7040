"""The simulated Neo4j processes: started, watched, reaped and ended by the practice host alone.

Each has a pipe from the host as its standard input: the first line is what it has to know, and its
end is the sign to go. So none outlives the host, however the host ends.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import wizard
from wizard.practice.layout import PracticeServer

STOP_TIMEOUT_S = 5.0

Order = Callable[[PracticeServer], Mapping[str, object]]
"""What a process is told at its start."""


class Neo4jProcesses:
    """One simulated Neo4j a server, at most.

    Args:
        directory: the practice directory, shown on the command lines.
        order: makes the first line a process reads, anew at every start.
        heard: is called with a server's name and each state it reports.
    """

    def __init__(
        self,
        directory: Path,
        servers: Sequence[PracticeServer],
        order: Order,
        heard: Callable[[str, str], None],
    ) -> None:
        self._directory = directory
        self._servers = {server.name: server for server in servers}
        self._order = order
        self._heard = heard
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Condition()
        self._closed = False

    def start(self, name: str, *, expand_commands: bool = False) -> int | None:
        """Start a server's process and return its pid; None when it runs already."""
        server = self._servers[name]
        with self._lock:
            if self._closed or name in self._running:
                return None
            process = self._spawn(server, expand_commands=expand_commands)
            self._running[name] = process
            _pid_file(server).write_text(f"{process.pid}\n", encoding="ascii")
        threading.Thread(target=self._watch, args=(server, process), daemon=True).start()
        return process.pid

    def stop(self, name: str) -> None:
        """Ask a process to stop, wait until it is gone, and insist after STOP_TIMEOUT_S."""
        with self._lock:
            process = self._running.get(name)
            if process is None:
                return
            process.send_signal(signal.SIGTERM)
            if not self._lock.wait_for(lambda: self._is_gone(name, process), STOP_TIMEOUT_S):
                process.kill()
                self._lock.wait_for(lambda: self._is_gone(name, process), STOP_TIMEOUT_S)

    def wait(self, name: str, pid: int, timeout_s: float | None = None) -> bool:
        """Wait until the process with this pid is gone; False when it is not by then."""
        with self._lock:
            return self._lock.wait_for(
                lambda: name not in self._running or self._running[name].pid != pid, timeout_s
            )

    def tell(self, message: Mapping[str, object]) -> None:
        """Send every running process a further line."""
        with self._lock:
            for process in self._running.values():
                _write_line(process, message)

    def close(self) -> None:
        """End every process, all at once; nothing can be started any more."""
        with self._lock:
            self._closed = True
            processes = list(self._running.values())
            for process in processes:
                process.send_signal(signal.SIGTERM)
            if not self._lock.wait_for(lambda: not self._running, STOP_TIMEOUT_S):
                for process in self._running.values():
                    process.kill()
                self._lock.wait_for(lambda: not self._running, STOP_TIMEOUT_S)

    def _is_gone(self, name: str, process: subprocess.Popen[bytes]) -> bool:
        return self._running.get(name) is not process

    def _spawn(self, server: PracticeServer, *, expand_commands: bool) -> subprocess.Popen[bytes]:
        modules = Path(wizard.__file__).resolve().parent.parent
        command = [sys.executable, "-P", "-m", "wizard.practice.neo4j"]
        # Neo4j's own process carries the flag that bin/neo4j was given (Bootloader).
        flags = ["--expand-commands"] if expand_commands else []
        process = subprocess.Popen(  # noqa: S603 - our own module, in our own Python
            [*command, "--cluster", str(self._directory), "--server", server.name, *flags],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=server.home,
            env={"PATH": os.defpath, "LC_ALL": "C", "PYTHONPATH": str(modules)},
            start_new_session=True,
        )
        _write_line(process, {**self._order(server), "expand_commands": expand_commands})
        return process

    def _watch(self, server: PracticeServer, process: subprocess.Popen[bytes]) -> None:
        """Pass on what a process reports, and reap it; a zombie would look alive to `status`."""
        assert process.stdout is not None  # noqa: S101 - it was started with a pipe
        for line in process.stdout:
            self._heard(server.name, line.decode("ascii", "replace").strip())
        process.wait()
        with self._lock:
            _pid_file(server).unlink(missing_ok=True)
            del self._running[server.name]
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
            self._lock.notify_all()
        self._heard(server.name, "gone")


def _write_line(process: subprocess.Popen[bytes], message: Mapping[str, object]) -> None:
    assert process.stdin is not None  # noqa: S101 - it was started with a pipe
    try:
        process.stdin.write(json.dumps(message).encode("ascii") + b"\n")
        process.stdin.flush()
    except OSError:
        return  # it has gone; whoever watches it tells


def _pid_file(server: PracticeServer) -> Path:
    return Path(server.home) / "run" / "neo4j.pid"
