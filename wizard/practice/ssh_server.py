"""One server's SSH server: who may log in, and which channels it opens."""

from __future__ import annotations

import contextlib
import hmac
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    MSG_CHANNEL_OPEN,
    MSG_CHANNEL_REQUEST,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)

from wizard.practice.guard import Guard
from wizard.practice.installation import login_environment
from wizard.practice.layout import LOGIN, PracticeServer
from wizard.practice.ssh_command import Command
from wizard.practice.ssh_files import FilesOfServer
from wizard.practice.ssh_forward import Refused, open_forward, pump

_LOGIN_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What a practice server lets in.

    Attributes:
        key: the one key that may log in.
        password: the one password that may.
        hosts: the cluster's own names and their addresses.
    """

    key: paramiko.PKey
    password: str
    hosts: Mapping[str, str]


class SshServer:
    """Listens for one practice server until it is closed; `port` is bound when it returns."""

    def __init__(
        self, server: PracticeServer, login: Login, host_key: paramiko.PKey, guard: Guard
    ) -> None:
        self._server, self._login, self._host_key, self._guard = server, login, host_key, guard
        self._transports: set[paramiko.Transport] = set()
        self._listener = socket.create_server((server.ip, server.ssh_port), backlog=64)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stop listening and end every connection."""
        self._listener.close()
        for transport in tuple(self._transports):
            transport.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                connection, _ = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        transport = _Transport(connection)
        self._transports.add(transport)
        session = Session(self._server, self._login, self._guard)
        try:
            transport.add_server_key(self._host_key)
            transport.set_subsystem_handler(
                "sftp", paramiko.SFTPServer, FilesOfServer, str(self._server.folder)
            )
            transport.start_server(server=session)
            while transport.is_active():
                # Accepted channels are kept until they are fetched; forwards begin here.
                channel = transport.accept(1.0)
                if channel is not None:
                    session.accepted(channel)
        except (paramiko.SSHException, EOFError, OSError):
            return  # a client that went away or did not speak SSH
        finally:
            transport.close()
            self._transports.discard(transport)


class Session(paramiko.ServerInterface):
    """One connection: what its client may do. Its methods run in the connection's own thread."""

    def __init__(self, server: PracticeServer, login: Login, guard: Guard) -> None:
        self._server, self._login, self._guard = server, login, guard
        self._commands: dict[int, Command] = {}
        self._forwards: dict[int, socket.socket] = {}

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002 - paramiko's signature
        """Name the two ways in."""
        return "publickey,password"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        """Let the practice key in."""
        return AUTH_SUCCESSFUL if username == LOGIN and key == self._login.key else AUTH_FAILED

    def check_auth_password(self, username: str, password: str) -> int:
        """Let the run's random password in."""
        same = hmac.compare_digest(password.encode(), self._login.password.encode())
        return AUTH_SUCCESSFUL if username == LOGIN and same else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002
        """Open sessions and nothing else of that sort."""
        return OPEN_SUCCEEDED if kind == "session" else OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        """Note the command; it starts when the answer to this request is on its way."""
        self._commands[channel.get_id()] = Command(
            channel=channel,
            text=command.decode("utf-8", "surrogateescape"),
            folder=str(self._server.folder),
            environment=login_environment(self._server),
            guard=self._guard,
        )
        return True

    def check_channel_direct_tcpip_request(
        self,
        chanid: int,
        origin: tuple[str, int],  # noqa: ARG002 - paramiko's signature
        destination: tuple[str, int],
    ) -> int:
        """Connect to a server of the cluster or to this machine's loopback, and nowhere else."""
        try:
            self._forwards[chanid] = open_forward(destination, self._login.hosts, self._server.ip)
        except Refused as refused:
            return refused.reason
        return OPEN_SUCCEEDED

    def accepted(self, channel: paramiko.Channel) -> None:
        """Begin to carry bytes where a channel is a forward."""
        target = self._forwards.pop(channel.get_id(), None)
        if target is not None:
            pump(channel, target)

    def answered(self, channel: paramiko.Channel) -> None:
        """Run the command whose request was just answered."""
        command = self._commands.pop(channel.get_id(), None)
        if command is not None:
            threading.Thread(target=command.run, daemon=True).start()


def _answer_first(channel: paramiko.Channel, message: paramiko.Message) -> None:
    """Answer a channel's request and only then let its command begin.

    A command that ends before paramiko has sent the answer makes the client see a closed channel.
    """
    transport = channel.get_transport()
    channel._handle_request(message)  # type: ignore[attr-defined]  # noqa: SLF001 - no public hook
    session = transport.server_object
    if isinstance(session, Session):
        session.answered(channel)


class _Transport(paramiko.Transport):
    """A transport that tells its session when a request has been answered.

    A forward to a port that swallows everything takes long to fail: it holds up nobody else.
    """

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection)
        self._open_at_once = self._handler_table[MSG_CHANNEL_OPEN]  # type: ignore[attr-defined]
        self._handler_table[MSG_CHANNEL_OPEN] = self._open  # type: ignore[attr-defined]

    def _open(self, message: paramiko.Message) -> None:
        kind = message.get_text()
        message.rewind()
        if kind != "direct-tcpip":
            self._open_at_once(message)
            return

        def run() -> None:
            # The client may have gone meanwhile.
            with contextlib.suppress(paramiko.SSHException, EOFError, OSError):
                self._open_at_once(message)

        threading.Thread(target=run, daemon=True).start()

    _channel_handler_table = {  # noqa: RUF012 - paramiko's own table, with one entry replaced
        **paramiko.Transport._channel_handler_table,  # type: ignore[attr-defined]  # noqa: SLF001
        MSG_CHANNEL_REQUEST: _answer_first,
    }
