"""A TCP connection that starts on the server: bytes through the SSH connection, no local port."""

from __future__ import annotations

import paramiko

from wizard.errors import RemoteError
from wizard.model.text import shown
from wizard.remote.ssh.execution import hang_up

_FORBIDDEN = 1
"""SSH_OPEN_ADMINISTRATIVELY_PROHIBITED: RFC 4254, section 5.1."""


class SshPipe:
    """An open TCP connection from the server to one of its peers."""

    def __init__(self, channel: paramiko.Channel) -> None:
        self._channel = channel

    @property
    def channel(self) -> paramiko.Channel:
        """The channel underneath, for another SSH connection inside this one."""
        return self._channel

    def send(self, data: bytes) -> int:
        """Send some of the bytes and return how many; OSError when the other side is gone."""
        return self._channel.send(data)

    def sendall(self, data: bytes) -> None:
        """Send all bytes; OSError when the other side is gone, TimeoutError when it is stuck."""
        self._channel.sendall(data)

    def recv(self, size: int) -> bytes:
        """Return up to `size` bytes, `b""` at the end; TimeoutError after the time-out."""
        return self._channel.recv(size)

    def settimeout(self, timeout_s: float | None) -> None:
        """Set how long a call may block, in seconds."""
        self._channel.settimeout(timeout_s)

    def shutdown_write(self) -> None:
        """Tell the other side that nothing more comes."""
        self._channel.shutdown_write()

    def close(self) -> None:
        """Close; a reader that waits is freed at once."""
        hang_up(self._channel)


def open_pipe(
    transport: paramiko.Transport, server: str, host: str, port: int, timeout_s: float
) -> SshPipe:
    """Open a TCP connection from the server (RFC 4254, section 7.2, direct-tcpip).

    A server tells the same code for a refused connection and an unknown name, so both are
    `tcp-refused`.

    Raises:
        RemoteError: code `tcp-refused`, `tcp-forbidden`, `tcp-timeout`, `tcp-failed` when the
            server gave no reason, or `connection-lost`.
    """
    try:
        channel = transport.open_channel(
            "direct-tcpip", (host, port), ("127.0.0.1", 0), timeout=timeout_s
        )
    except paramiko.ChannelException as error:
        raise _error(server, host, port, forbidden=error.code == _FORBIDDEN) from error
    except (paramiko.SSHException, EOFError, OSError) as error:
        if not transport.is_active():
            raise RemoteError(
                server, f"The connection to {server} was lost.", code="connection-lost"
            ) from error
        if "timeout" in str(error).lower():
            raise RemoteError(
                server,
                f"{shown(host)}:{port} did not answer {server} within {timeout_s:g} seconds.",
                hint="A firewall between the servers may drop this port.",
                code="tcp-timeout",
            ) from error
        raise RemoteError(
            server,
            f"{server} did not connect to {shown(host)}:{port}, and gave no reason.",
            hint="Look at the log of its SSH server.",
            code="tcp-failed",
        ) from error
    channel.settimeout(timeout_s)
    return SshPipe(channel)


def _error(server: str, host: str, port: int, *, forbidden: bool) -> RemoteError:
    if forbidden:
        return RemoteError(
            server,
            f"The SSH server of {server} does not forward TCP connections.",
            hint="Set AllowTcpForwarding in its sshd_config to probe from there.",
            code="tcp-forbidden",
        )
    return RemoteError(
        server,
        f"{server} could not connect to {shown(host)}:{port}.",
        hint="Nothing listens there, or the name is not known on that server.",
        code="tcp-refused",
    )
