"""A stream over a finished TLS handshake."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable

from OpenSSL import SSL

from wizard.practice.neo4j.streams import close_gently

_LONGEST = 16384


class TlsStream:
    """A TLS connection as a stream.

    Args:
        failed: is called with the error when the peer refuses late: under TLS 1.3 the one who dials
            is through with its handshake before the acceptor has seen its certificate.
    """

    def __init__(
        self, made: SSL.Connection, connection: socket.socket, failed: Callable[[SSL.Error], None]
    ) -> None:
        self._made, self._connection, self._failed = made, connection, failed

    def send(self, data: bytes) -> None:
        """Send all of it."""
        try:
            self._made.sendall(data)
        except SSL.Error as error:
            raise self._as_os_error(error) from None

    def receive(self) -> bytes:
        """Return the next bytes; empty when the peer has said that it ends."""
        try:
            return bytes(self._made.recv(_LONGEST))
        except SSL.ZeroReturnError:
            self._outwait()
            return b""
        except SSL.Error as error:
            raise self._as_os_error(error) from None

    def close(self) -> None:
        """Say that this side ends, and close."""
        with contextlib.suppress(SSL.Error):
            self._made.shutdown()
        close_gently(self._connection)

    def _outwait(self) -> None:
        """Under TLS 1.3 Java may still write after a peer's goodbye, and leaves it unanswered.

        The default of its property jdk.tls.acknowledgeCloseNotify; the connection ends when the
        peer closes it, or when it has been silent for too long.
        """
        if self._made.get_protocol_version_name() == "TLSv1.3":
            while self._connection.recv(_LONGEST):
                pass

    def _as_os_error(self, error: SSL.Error) -> OSError:
        if not isinstance(error, SSL.SysCallError | SSL.WantReadError | SSL.WantWriteError):
            self._failed(error)
        return OSError(str(error))
