"""The ports of a server: each accepts, shakes hands by the policy, and answers frames."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping

from wizard.model.cluster import Channel, ClusterPort
from wizard.practice.neo4j.streams import Stream, close_gently, limit, receive_frame, send_frame

HANDSHAKE_TIMEOUT_S = 10.0
"""Netty's SslHandler gives up a handshake after this time (its handshakeTimeoutMillis)."""

_KEPT: list[socket.socket] = []

Accept = Callable[[socket.socket, ClusterPort], Stream | None]
"""Makes a stream of an accepted connection; None when it was refused and is closed."""

Answer = Callable[[Mapping[str, object]], Mapping[str, object]]
"""Answers one frame of a peer."""


def bind(port: ClusterPort) -> socket.socket:
    """Return a listening socket.

    Raises:
        OSError: when the address is taken.
    """
    return socket.create_server((port.listen_host, port.listen_port), backlog=64)


def serve(listener: socket.socket, port: ClusterPort, accept: Accept, answer: Answer) -> None:
    """Serve a listener in threads until the process ends."""

    def one(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            limit(connection, HANDSHAKE_TIMEOUT_S)
            stream = accept(connection, port)
            if stream is not None:
                _converse(stream, connection, answer)

    _each(listener, one)


def drop_everything(listener: socket.socket) -> None:
    """Let a port swallow whatever knocks, as a firewall that drops packets does.

    Linux answers no further SYN once the queue of a listener that accepts nobody is full.
    """
    listener.listen(0)
    waiting = socket.create_connection(listener.getsockname()[:2], HANDSHAKE_TIMEOUT_S)
    _KEPT.extend((listener, waiting))


def serve_bolt(listener: socket.socket) -> None:
    """Accept on the Bolt port and close: there is no database behind it."""

    def one(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            limit(connection, HANDSHAKE_TIMEOUT_S)
            connection.recv(4096)
            close_gently(connection)

    _each(listener, one)


def bolt_port(listen_host: str, listen_port: int) -> ClusterPort:
    """Return the Bolt connector as a port."""
    return ClusterPort(
        channel=Channel.BOLT,
        host=listen_host,
        port=listen_port,
        listen_host=listen_host,
        listen_port=listen_port,
    )


def _converse(stream: Stream, connection: socket.socket, answer: Answer) -> None:
    """Answer frame after frame; a peer that has said something may then be silent for long."""
    try:
        while (frame := receive_frame(stream)) is not None:
            limit(connection, 0)
            send_frame(stream, answer(frame))
    finally:
        stream.close()


def _each(listener: socket.socket, one: Callable[[socket.socket], None]) -> None:
    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=one, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
