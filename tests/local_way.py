"""A second kind of connection, for tests: this computer's own shell, sockets and tail, and no SSH.

It stands for any further kind the product may get: what the engine does over this one, it could
do over that one. There is no host key to show, and no rights are gained.
"""

from __future__ import annotations

import secrets
import socket
import subprocess
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from waiting import end

from wizard.errors import RemoteError
from wizard.model.secrets import Secrets
from wizard.model.settings import Become, ServerSettings
from wizard.remote.connection import MAX_BYTES, Completed
from wizard.remote.deadlines import Deadline, lost
from wizard.remote.dialects import POSIX, READY, Dialect, script_text, sent
from wizard.remote.log_lines import UNREADABLE, Lines, unreadable
from wizard.remote.reaching import HostKeySeen

LOGIN = "here"
"""The user of an `ssh` answer that is to be reached this way."""

_CHUNK = 32 * 1024
_END_S = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a server has for itself where many share one computer; `hosts` are names it knows."""

    folder: Path
    environment: Mapping[str, str]
    hosts: Mapping[str, str]


class LocalPipe:
    """A socket, named as the pipes are."""

    def __init__(self, inner: socket.socket) -> None:
        self.send, self.sendall, self.recv = inner.send, inner.sendall, inner.recv
        self.settimeout = inner.settimeout
        self._inner = inner

    def shutdown_write(self) -> None:
        self._inner.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        with suppress(OSError):
            self._inner.shutdown(socket.SHUT_RDWR)
        self._inner.close()


class LocalFollower:
    """A process that tells a log through a socket."""

    def __init__(
        self, server: str, process: subprocess.Popen[bytes], output: socket.socket
    ) -> None:
        self._server, self._process, self._output = server, process, output
        self._lines = Lines()
        self._closed = False
        weakref.finalize(self, output.close)  # not before: a thread may still wait for it

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._piece(None):
            yield from self._lines.add(piece)
        self._end()

    def fileno(self) -> int:
        return self._output.fileno()

    def ready(self) -> list[bytes] | None:
        lines: list[bytes] = []
        while (piece := self._piece(0.0)) is not None:
            if not piece:
                if not lines:
                    self._end()
                return lines or None
            lines += self._lines.add(piece)
        return lines

    def close(self) -> None:
        self._closed = True
        with suppress(OSError):
            self._output.shutdown(socket.SHUT_RDWR)
        end(self._process)

    def _piece(self, timeout_s: float | None) -> bytes | None:
        self._output.settimeout(timeout_s)
        try:
            return self._output.recv(_CHUNK)
        except (TimeoutError, BlockingIOError):
            return None
        except OSError:
            return b""

    def _end(self) -> None:
        if not self._closed:
            if self._process.wait(_END_S) == UNREADABLE:
                raise unreadable(self._server, "the log")
            raise lost(self._server)


class LocalConnection:
    """What `wizard.remote.connection.Connection` asks for, on this computer."""

    def __init__(self, server: str, machine: Machine) -> None:
        self.server, self.login = server, LOGIN
        self.dialect = POSIX
        self.ran: list[str] = []
        self._machine = machine
        self._open: list[LocalFollower] = []
        self._lock = threading.Lock()

    def speak(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def run(
        self, script: str, stdin: bytes = b"", *, timeout_s: float, max_bytes: int = MAX_BYTES
    ) -> Completed:
        self.ran.append(script)
        mark = secrets.token_hex(16).encode("ascii")
        text = sent(script_text(script, self.dialect), mark, stdin)
        process = self._started(subprocess.PIPE)
        try:
            stdout, stderr = process.communicate(text, timeout_s)
        except subprocess.TimeoutExpired as error:
            raise Deadline(self.server, timeout_s).error() from error
        finally:
            end(process)
        assert len(stdout) <= max_bytes + _CHUNK
        return Completed(
            exit_code=process.returncode,
            stdout=stdout.partition(mark + b"\n")[2],
            stderr=stderr.partition(READY + b"\n")[2],
        )

    def open_tcp(self, host: str, port: int, timeout_s: float) -> LocalPipe:
        place = self._machine.hosts.get(host, host), port
        try:
            return LocalPipe(socket.create_connection(place, timeout_s))
        except TimeoutError as error:
            raise RemoteError(self.server, "No answer.", code="tcp-timeout") from error
        except OSError as error:
            raise RemoteError(self.server, "Refused.", code="tcp-refused") from error

    def follow(self, path: str, offset: int = 0) -> LocalFollower:
        self.ran.append("follow")
        ours, theirs = socket.socketpair()
        with theirs:
            process = self._started(theirs)
        assert process.stdin is not None
        with process.stdin as stdin:
            mark = secrets.token_hex(16).encode("ascii")
            order = f"{path}\n{offset}\n".encode()
            stdin.write(sent(script_text("follow", self.dialect), mark, order))
        ours.settimeout(_END_S)
        assert ours.recv(len(mark) + 1, socket.MSG_WAITALL) == mark + b"\n"
        follower = LocalFollower(self.server, process, ours)
        with self._lock:
            self._open.append(follower)
        return follower

    def check_sessions(self) -> None:
        """Nothing limits how many processes there are."""

    def close(self) -> None:
        with self._lock:
            followers, self._open = self._open, []
        for follower in followers:
            follower.close()

    def _started(self, output: int | socket.socket) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["/bin/sh", "-c", self.dialect.line(Become.NONE, "")],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.PIPE if output == subprocess.PIPE else subprocess.DEVNULL,
            cwd=self._machine.folder,
            env=dict(self._machine.environment),
        )


class LocalKnock:
    """Nobody has to be asked, and nothing can be refused."""

    unknown: HostKeySeen | None = None
    gone = False

    def __init__(self, connection: LocalConnection) -> None:
        self._connection = connection

    def accept(self) -> None:
        """There is nothing to accept."""

    def enter(self, secrets: Secrets) -> LocalConnection:
        assert secrets is not None
        return self._connection

    def close(self) -> None:
        self._connection.close()


class LocalWay:
    """Leads to the servers whose `ssh` answer names our LOGIN."""

    def __init__(self, machines: Mapping[str, Machine]) -> None:
        self._machines = machines
        self.connections: list[LocalConnection] = []

    def leads_to(self, server: ServerSettings) -> bool:
        return server.ssh.startswith(f"{LOGIN}@")

    def knock(self, server: ServerSettings) -> LocalKnock:
        connection = LocalConnection(server.name, self._machines[server.name])
        self.connections.append(connection)
        return LocalKnock(connection)

    def close(self) -> None:
        """Nothing stands between."""
