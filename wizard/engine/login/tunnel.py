"""A port of this computer that leads, through SSH, to one port as a server itself reaches it.

The driver dials addresses and takes no open connection, so it is given one of the loopback
interface. It lets in a single connection, which this very process has opened, and carries nothing
beyond its time limit. Its port stays taken until `close`: a driver that dials again must not give
its password to whoever took it over.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, Self

from wizard.engine.login.own_socket import is_ours
from wizard.remote.connection import Pipe

_CHUNK = 65536
_END_S = 5.0
_LOOK_S = 0.2


class Opener(Protocol):
    """What opens a TCP connection that starts on a server."""

    def open_tcp(self, host: str, port: int, timeout_s: float) -> Pipe:
        """Open it, or raise a RemoteError."""


class Tunnel:
    """Open from its making to `close`, or until the time is over.

    Attributes:
        port: what to dial on 127.0.0.1.
    """

    def __init__(self, opener: Opener, host: str, port: int, seconds: float) -> None:
        self._pipe = opener.open_tcp(host, port, seconds)
        self._pipe.settimeout(seconds)
        self._door = socket.create_server(("127.0.0.1", 0), backlog=1)
        self._door.settimeout(_LOOK_S)
        self._inner: socket.socket | None = None
        self._closing = threading.Lock()
        self._closed = False
        self._over = threading.Event()
        self.port = int(self._door.getsockname()[1])
        self._threads = [threading.Thread(target=self._keep_door, args=(seconds,), daemon=True)]
        self._ends = threading.Timer(seconds, self._shut)
        self._ends.daemon = True
        self._ends.start()
        self._threads[0].start()

    def close(self) -> None:
        """Close everything and wait for the threads; closing twice is fine."""
        self._ends.cancel()
        self._over.set()
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)  # which wakes whoever waits at it, on Linux
        self._shut()
        for thread in (*self._threads, self._ends):
            thread.join(_END_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _keep_door(self, seconds: float) -> None:
        """Let our own first one in and turn everybody else away, until the tunnel is closed."""
        with self._door:
            while not self._over.is_set():
                try:
                    inner, peer = self._door.accept()
                except TimeoutError:
                    continue
                except OSError:  # it ends, or this process has too many files open
                    self._over.wait(_LOOK_S)
                    continue
                if not self._is_welcome(inner, peer) or not self._let_in(inner, seconds):
                    inner.close()

    def _is_welcome(self, inner: socket.socket, peer: tuple[str, int]) -> bool:
        with suppress(OSError):  # it has left already, or no more files can be opened
            return self._inner is None and is_ours(peer, inner.getsockname())
        return False

    def _let_in(self, inner: socket.socket, seconds: float) -> bool:
        with self._closing:
            if self._closed:
                return False
            inner.settimeout(seconds)
            self._inner = inner
            ways = ((inner.recv, self._pipe.sendall), (self._pipe.recv, inner.sendall))
            for way in ways:
                thread = threading.Thread(target=self._pump, args=way, daemon=True)
                self._threads.append(thread)
                thread.start()
        return True

    def _pump(self, take: Callable[[int], bytes], give: Callable[[bytes], None]) -> None:
        """Carry bytes one way; the end of one way is the end of both, as Bolt has it."""
        with suppress(OSError):
            while data := take(_CHUNK):
                give(data)
        self._shut()

    def _shut(self) -> None:
        with self._closing:
            self._closed = True
            self._pipe.close()
            if self._inner is not None:
                with suppress(OSError):
                    self._inner.shutdown(socket.SHUT_RDWR)
                self._inner.close()
