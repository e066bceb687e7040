"""One logged-in SSH connection to one server, kept for the whole walk."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
import weakref
from collections.abc import Iterator

import paramiko

from wizard.errors import RemoteError
from wizard.remote.connection import MAX_BYTES, SESSIONS, Completed
from wizard.remote.deadlines import Deadline, lost
from wizard.remote.dialects import POSIX, Dialect
from wizard.remote.ssh.execution import Execution, Rights, hang_up
from wizard.remote.ssh.follower import SshFollower
from wizard.remote.ssh.pipe import SshPipe, open_pipe

logging.getLogger("paramiko").addHandler(logging.NullHandler())

_FOLLOW_START_S = 20
_KEEPALIVE_S = 5
_GRACE_S = 1.0
_FREED_S = 2.0
_LOOK_S = 0.05
_SESSIONS_S = 30.0


class SshConnection:
    """Runs scripts, opens TCP connections and follows logs on one server; safe across threads.

    Attributes:
        server: the server's name in the answers.
        login: the user that is logged in.
        dialect: in which language it is told what to do.
    """

    def __init__(
        self,
        *,
        server: str,
        login: str,
        transport: paramiko.Transport,
        rights: Rights,
        shared: bool = False,
    ) -> None:
        self.server = server
        self.login = login
        self.dialect = POSIX
        self._transport = transport
        self._rights = rights
        self._shared = shared
        self._channels: weakref.WeakSet[paramiko.Channel] = weakref.WeakSet()
        self._lock = threading.Lock()
        transport.set_keepalive(_KEEPALIVE_S)

    def speak(self, dialect: Dialect) -> None:
        """Use this language from now on: the server has shown that it knows no other."""
        self.dialect = dialect

    def run(
        self, script: str, stdin: bytes = b"", *, timeout_s: float, max_bytes: int = MAX_BYTES
    ) -> Completed:
        """Run the constant script of this name; parameters are lines of `stdin`, then payload.

        Raises:
            RemoteError: it did not end in time, said too much, had no rights, or was lost.
        """
        deadline = Deadline(self.server, timeout_s)
        with self._watched(deadline):
            execution = Execution(self.server, self._channel(deadline), deadline, self.dialect)
            try:
                execution.start(self._rights, script, stdin)
                return execution.finish(self._rights, max_bytes)
            finally:
                hang_up(execution.channel)

    def open_tcp(self, host: str, port: int, timeout_s: float) -> SshPipe:
        """Open a TCP connection that starts on the server; names are resolved there.

        Raises:
            RemoteError: code `tcp-refused`, `tcp-forbidden`, `tcp-timeout`, `tcp-failed` when the
                server gave no reason, or `connection-lost`.
        """
        return open_pipe(self._transport, self.server, host, port, timeout_s)

    def follow(self, path: str, offset: int = 0) -> SshFollower:
        """Follow a file from a byte offset on, through rotation; it need not exist yet.

        Raises:
            RemoteError: the connection was lost, or the rights were refused.
        """
        deadline = Deadline(self.server, _FOLLOW_START_S)
        stdin = f"{path}\n{offset}\n".encode()
        with self._watched(deadline):
            execution = Execution(self.server, self._channel(deadline), deadline, self.dialect)
            try:
                execution.start(self._rights, "follow", stdin)
                first = execution.first_output()
            except BaseException:
                hang_up(execution.channel)
                raise
            return SshFollower(self.server, execution.channel, first, path)

    def close(self) -> None:
        """End the connection; every call that waits on it is freed at once.

        Behind a jump host only our channels are closed: closing an inner connection while it
        still sends would take the jump host's own connection down with it.
        """
        with self._lock:
            channels = list(self._channels)
        for channel in channels:
            hang_up(channel)
        if not self._shared:
            self._transport.close()

    @property
    def transport(self) -> paramiko.Transport:
        """The connection underneath, for those who tunnel another one through it."""
        return self._transport

    @contextlib.contextmanager
    def _watched(self, deadline: Deadline) -> Iterator[None]:
        """Keep every wait within its time, also those that paramiko does not limit.

        It waits for ever for the answer to an exec request (Channel.exec_command): on a link that
        swallows everything only the end of the connection frees who waits there.
        """
        timer = threading.Timer(deadline.left_s() + _GRACE_S, self._give_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        except RemoteError as error:
            deadline.check(error)
            raise
        finally:
            timer.cancel()

    def _give_up(self) -> None:
        if self._shared:
            self.close()
        else:
            self._transport.close()

    def check_sessions(self) -> None:
        """Open as many sessions at once as a walk needs, and close them again.

        Raises:
            RemoteError: `session-refused`, or the connection was lost.
        """
        deadline = Deadline(self.server, _SESSIONS_S)
        channels: list[paramiko.Channel] = []
        try:
            with self._watched(deadline):
                channels.extend(self._channel(deadline) for _ in range(SESSIONS))
        finally:
            for channel in channels:
                hang_up(channel)

    def _channel(self, deadline: Deadline) -> paramiko.Channel:
        """Open a session; one that has just ended may still be counted by the other side."""
        patience = time.monotonic() + _FREED_S
        while True:
            try:
                channel = self._transport.open_session(timeout=deadline.left_s())
            except paramiko.ChannelException as error:
                if time.monotonic() > patience:
                    raise self._session_refused() from error
                time.sleep(_LOOK_S)
            except (paramiko.SSHException, EOFError, OSError) as error:
                raise lost(self.server) from error
            else:
                with self._lock:
                    self._channels.add(channel)
                return channel

    def _session_refused(self) -> RemoteError:
        return RemoteError(
            self.server,
            f"{self.server} opened no further session on this connection.",
            hint=f"Raise MaxSessions in its sshd_config: {SESSIONS} at once are needed.",
            code="session-refused",
        )
