"""TCP connections that answer at once and notice a peer that is gone."""

from __future__ import annotations

import socket
import time
from typing import Any

_SILENCE_MS = 20_000
_LEAST_S = 0.1


class QuickSocket(socket.socket):
    """A socket that acknowledges at once what it receives after each send.

    sshd keeps Nagle's algorithm on: without this its second packet waits 40 ms for our delayed
    acknowledgement, several times a connection. The option wears off, hence after each send.
    """

    def send(self, *arguments: Any) -> int:  # noqa: ANN401 - passed on as they come
        """Send, then ask for quick acknowledgements where the system has them (tcp(7))."""
        sent = super().send(*arguments)
        if hasattr(socket, "TCP_QUICKACK"):
            self.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        return sent


def dial(host: str, port: int, timeout_s: float) -> socket.socket:
    """Connect to the first address that answers, within so many seconds for all of them.

    Raises:
        OSError: the last address's error; `gaierror` when the name is unknown.
    """
    ends = time.monotonic() + timeout_s
    last: OSError = socket.gaierror(f"no address for {host}")
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM):
        connection = QuickSocket(family, kind, protocol)
        try:
            connection.settimeout(max(_LEAST_S, ends - time.monotonic()))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if hasattr(socket, "TCP_USER_TIMEOUT"):  # else a dead peer is never found
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _SILENCE_MS)
            connection.connect(address)
        except OSError as error:
            connection.close()
            last = error
        else:
            return connection
    raise last
