"""Byte streams between servers, plaintext or TLS, and the little protocol that runs on them.

The frames are not Neo4j's own; what is Neo4j's is when they are exchanged: after the TLS handshake
and before `Connected to` is logged.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
from collections.abc import Mapping
from typing import Any, Protocol

MAGIC = b"NEO4J_CLUSTER"
_LONGEST = 16384


class Stream(Protocol):
    """A connected stream; every failure is an OSError."""

    def send(self, data: bytes) -> None:
        """Send all of it."""

    def receive(self) -> bytes:
        """Return the next bytes; empty when the peer has ended."""

    def close(self) -> None:
        """End it; what the peer still sends is read away, so that it sees our last words."""


class PlainStream:
    """A stream without TLS."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def send(self, data: bytes) -> None:
        """Send all of it."""
        self._connection.sendall(data)

    def receive(self) -> bytes:
        """Return the next bytes; empty when the peer has ended."""
        return self._connection.recv(_LONGEST)

    def close(self) -> None:
        """End it."""
        close_gently(self._connection)


def limit(connection: socket.socket, seconds: float) -> None:
    """Let every send and receive of a blocking socket end after this time; 0 is no limit.

    The socket stays blocking, which OpenSSL needs; Python's own time-out would change that.
    """
    value = struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        connection.setsockopt(socket.SOL_SOCKET, option, value)


def close_gently(connection: socket.socket) -> None:
    """Close a socket without a reset, which could overtake the alert that was just sent."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
        limit(connection, 1.0)
        while connection.recv(_LONGEST):
            pass
    connection.close()


def send_frame(stream: Stream, content: Mapping[str, object]) -> None:
    """Send one frame."""
    stream.send(MAGIC + json.dumps(content).encode("ascii") + b"\n")


def receive_frame(stream: Stream) -> Mapping[str, Any] | None:
    """Return the next frame; None when the peer ends or speaks something else."""
    read = b""
    while not read.endswith(b"\n"):
        block = stream.receive()
        read += block
        if not block or len(read) > _LONGEST or not read.startswith(MAGIC[: len(read)]):
            return None
    try:
        content = json.loads(read[len(MAGIC) :])
    except ValueError:
        return None
    return content if isinstance(content, dict) else None
