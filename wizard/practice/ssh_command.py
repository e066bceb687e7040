"""A command that a login runs: a real /bin/sh with real pipes, ended when its channel closes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO

import paramiko

from wizard.practice.guard import Guard

_BLOCK = 32768
_LOOK_S = 0.1
_KILLED_S = 10.0
"""How often a command that says nothing is checked for a channel that has gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One exec request; `run` blocks until the command has ended and its status is sent."""

    channel: paramiko.Channel
    text: str
    folder: str
    environment: Mapping[str, str]
    guard: Guard

    def run(self) -> None:
        """Run the command; a channel that is closed before its end takes it with it."""
        process = subprocess.Popen(  # noqa: S603 - running what the login asks for is the point
            ["/bin/sh", "-c", self.text],
            cwd=self.folder,
            env=dict(self.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self.guard.watch(process.pid)
        try:
            self._serve(process)
        finally:
            self.guard.forget(process.pid)
            with contextlib.suppress(OSError, EOFError):
                self.channel.close()

    def _serve(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None  # noqa: S101 - it was started with pipes
        assert process.stdout is not None  # noqa: S101
        assert process.stderr is not None  # noqa: S101
        threading.Thread(target=self._feed, args=(process.stdin,), daemon=True).start()
        outputs = (
            _started(self._read, process.stdout, self.channel.sendall),
            _started(self._read, process.stderr, self.channel.sendall_stderr),
        )
        while any(output.is_alive() for output in outputs) and not self._is_gone():
            for output in outputs:
                output.join(_LOOK_S)
        if not self._ended(process):
            with contextlib.suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_KILLED_S)
            return
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            self.channel.send_exit_status(_status(process.returncode))

    def _ended(self, process: subprocess.Popen[bytes]) -> bool:
        while not self._is_gone():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_LOOK_S)
                return True
        return process.poll() is not None

    def _is_gone(self) -> bool:
        return self.channel.closed or not self.channel.get_transport().is_active()

    def _feed(self, target: IO[bytes]) -> None:
        """Carry what the client sends to the command, up to the client's end of file."""
        with contextlib.suppress(OSError, ValueError), target:
            while block := self.channel.recv(_BLOCK):
                target.write(block)
                target.flush()

    def _read(self, source: IO[bytes], send: Callable[[bytes], None]) -> None:
        with contextlib.suppress(OSError, EOFError), source:
            while block := os.read(source.fileno(), _BLOCK):
                send(block)


def _started(
    target: Callable[[IO[bytes], Callable[[bytes], None]], None],
    source: IO[bytes],
    send: Callable[[bytes], None],
) -> threading.Thread:
    thread = threading.Thread(target=target, args=(source, send), daemon=True)
    thread.start()
    return thread


def _status(returncode: int) -> int:
    """A command that a signal ended has 128 plus its number, as the shell says it."""
    return 128 - returncode if returncode < 0 else returncode
