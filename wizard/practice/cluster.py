"""The practice cluster as the wizard and the tests hold it: a child process with a lifeline.

The child ends, with everything it started and wrote, when this process closes it or ceases to be.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import wizard
from wizard.errors import UsageError, WizardError
from wizard.practice.answers import ANSWERS, INTERACTIVE_ANSWERS
from wizard.practice.faults import parse_fault
from wizard.practice.layout import MOST_SERVERS, PracticeServer, parse_version
from wizard.practice.removal import make_directory, remove_directory

READY_TIMEOUT_S = 60.0
CLOSE_TIMEOUT_S = 15.0


class PracticeCluster:
    """N servers on this machine's loopback, from `start` (or `with`) to `close`.

    Args:
        servers: how many, 1 to 9.
        version: the Neo4j version they play: `MAJOR.MINOR[.PATCH]`.
        faults: `NAME[@SERVER]` texts, see `wizard.practice.faults`.
        encrypted: whether it starts with its cluster policy enabled.
        directory: where it lives; None makes a temporary directory.
        one_address: put all servers on 127.0.0.1, as where other addresses don't exist.

    Raises:
        UsageError: when it can't be as asked for.
    """

    def __init__(
        self,
        servers: int = 3,
        version: str = "5.26",
        faults: Sequence[str] = (),
        *,
        encrypted: bool = False,
        directory: str | Path | None = None,
        one_address: bool = False,
    ) -> None:
        if not 1 <= servers <= MOST_SERVERS:
            raise UsageError(
                f"A practice cluster has 1 to {MOST_SERVERS} servers, not {servers}.",
                hint="Give --servers a number from 1 to 9; a cluster worth the name has 3.",
            )
        self._order: dict[str, object] = {
            "servers": servers,
            "version": str(parse_version(version)),
            "faults": _parsed(faults, servers),
            "encrypted": encrypted,
            "one_address": one_address,
        }
        self._count = servers
        self._wanted = None if directory is None else Path(directory)
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._keep = False
        self.directory = Path()
        self.servers: tuple[PracticeServer, ...] = ()

    @property
    def answers_path(self) -> Path:
        """The answers file with which every verb runs unattended."""
        return self.directory / ANSWERS

    def interactive_answers(self) -> Path:
        """Return the answers file whose known_hosts is still empty: the host keys will be asked."""
        return self.directory / INTERACTIVE_ANSWERS

    def as_json(self) -> dict[str, object]:
        """Return the object that `practice --serve` prints."""
        return {
            "answers": str(self.answers_path),
            "servers": [server.as_json() for server in self.servers],
        }

    def start(self) -> Self:
        """Start it and return when its SSH servers listen and the cluster has formed.

        Raises:
            WizardError: when it did not start; nothing is left then.
        """
        self.directory, self._keep = make_directory(self._wanted)
        try:
            self._process = self._spawn()
            order = self._order | {"directory": str(self.directory), "keep": self._keep}
            self._tell(order)
            ready = self._answer(READY_TIMEOUT_S)["ready"]
        except BaseException:
            self.close()
            raise
        self.servers = tuple(PracticeServer(**server) for server in ready)
        return self

    def set_faults(self, faults: Sequence[str]) -> None:
        """Replace the faults; each acts from its server's next start on."""
        self._do({"do": "set_faults", "faults": _parsed(faults, self._count)})

    def restart(self, server: str) -> None:
        """Stop a server's Neo4j and start it again; returns when it has been started."""
        self._do({"do": "restart", "server": server})

    def stop(self, server: str) -> None:
        """Stop a server's Neo4j; returns when its process is gone."""
        self._do({"do": "stop", "server": server})

    def close(self) -> None:
        """End everything and remove every file; may be called more than once."""
        process, self._process = self._process, None
        if process is not None:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            try:
                process.wait(CLOSE_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(CLOSE_TIMEOUT_S)
        if self.directory != Path():
            remove_directory(self.directory, keep=self._keep)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _spawn(self) -> subprocess.Popen[bytes]:
        modules = Path(wizard.__file__).resolve().parent.parent
        with (self.directory / "host.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-P", "-m", "wizard.practice.host"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd="/",
                env={"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": str(modules)},
                # A Ctrl-C at the terminal is for the wizard: it may still need the servers.
                start_new_session=True,
            )

    def _do(self, order: Mapping[str, object]) -> None:
        with self._lock:
            self._tell(order)
            self._answer(READY_TIMEOUT_S)

    def _tell(self, order: Mapping[str, object]) -> None:
        if self._process is None or self._process.stdin is None:
            raise WizardError("The practice cluster is not running.")
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(order).encode("ascii") + b"\n")
            self._process.stdin.flush()

    def _answer(self, timeout_s: float) -> dict[str, Any]:
        assert self._process is not None  # noqa: S101 - it was just told something
        assert self._process.stdout is not None  # noqa: S101
        line = _line(self._process.stdout.fileno(), timeout_s)
        answer: dict[str, Any] = json.loads(line or b"{}")
        if "error" in answer:
            raise WizardError(answer["error"], hint=answer["hint"])
        if not answer:
            raise WizardError(
                "The practice cluster ended unexpectedly.",
                hint="Start it again; this is a fault of the wizard, not of your cluster.",
            )
        return answer


def _line(number: int, timeout_s: float) -> bytes:
    """Read one line from a pipe; less than a line when it ends or the time is over."""
    ends = time.monotonic() + timeout_s
    read = b""
    while not read.endswith(b"\n"):
        if not select.select([number], [], [], max(0.0, ends - time.monotonic()))[0]:
            return b""
        block = os.read(number, 65536)
        if not block:
            return b""
        read += block
    return read


def _parsed(faults: Sequence[str], servers: int) -> list[tuple[str, str]]:
    names = tuple(f"server{number}" for number in range(1, servers + 1))
    return [parse_fault(text, names) for text in faults]
