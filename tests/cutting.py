"""A TCP proxy before an sshd that ends, freezes or slows a connection at a place of one's choice.

Places are counted in messages: what arrives in one piece, in either direction. A proxy without a
fault only counts.
"""

from __future__ import annotations

import contextlib
import enum
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

_CHUNK = 256 * 1024
_GONE_S = 10
_RESET = struct.pack("ii", 1, 0)
_DRIP_S = 0.01


class Way(enum.Enum):
    """What becomes of the connection at the place."""

    RESET = "reset"
    CLOSED = "closed"
    HALF_OPEN = "half-open"
    DRIP = "drip"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Where the connection fails, and how.

    Attributes:
        message: before this one, counted from 1 over both directions together.
        inside: how many bytes of that message still go through.
        drip: for DRIP, how many bytes go through one by one, 10 ms apart.
    """

    message: int
    way: Way = Way.RESET
    inside: int = 0
    drip: int = 0


class CuttingProxy:
    """Forwards TCP connections to a port of this machine; faults strike the first connection."""

    def __init__(self, port: int, fault: Fault | None = None) -> None:
        self.messages: list[int] = []
        """The bytes of every message of the first connection so far."""
        self.round_trips = 0
        """How often an answer came after something was sent, on the first connection."""
        self._asked = False
        self.struck = threading.Event()
        self._target, self._fault = port, fault
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.1)
        self.port = int(self._listener.getsockname()[1])
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        """End every connection and every thread."""
        self._over.set()
        self._cut(gently=True)
        for thread in [*self._threads]:
            thread.join(_GONE_S)
            assert not thread.is_alive(), "a thread of the proxy does not end"
        self._listener.close()

    def _accept(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target), _GONE_S)
                self._pairs.append((client, server))
                for end in (client, server):
                    end.settimeout(None)
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for source, sink in ((client, server), (server, client)):
                    first = len(self._pairs) == 1
                    pump = partial(self._pump, source, sink, first=first, up=source is client)
                    thread = threading.Thread(target=pump, daemon=True)
                    self._threads.append(thread)
                    thread.start()

    def _pump(self, source: socket.socket, sink: socket.socket, *, first: bool, up: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                if not first:
                    sink.sendall(data)
                elif not self._passed(data, sink, up=up):
                    return
            sink.shutdown(socket.SHUT_WR)

    def _passed(self, data: bytes, sink: socket.socket, *, up: bool) -> bool:
        """Forward a message of the first connection, unless its turn has come to fail."""
        with self._lock:
            fault = self._fault
            if fault is not None and fault.way is not Way.DRIP and self.struck.is_set():
                while not self._over.wait(_GONE_S):
                    pass  # half-open: it is not even read any more, and its ends see nothing
                return False
            self.messages.append(len(data))
            self.round_trips += self._asked and not up
            self._asked = up
            if fault is None or len(self.messages) != fault.message:
                sink.sendall(data)
                return True
            self.struck.set()
            if fault.way is Way.DRIP:
                for at in range(min(fault.drip, len(data))):
                    sink.sendall(data[at : at + 1])
                    self._over.wait(_DRIP_S)
                sink.sendall(data[fault.drip :])
                return True
            sink.sendall(data[: fault.inside])
        if fault.way is Way.HALF_OPEN:
            return True
        self._cut(gently=fault.way is Way.CLOSED)
        return False

    def _cut(self, *, gently: bool) -> None:
        for end in (end for pair in self._pairs for end in pair):
            with contextlib.suppress(OSError):
                if gently:
                    end.shutdown(socket.SHUT_RDWR)
                else:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                    end.shutdown(socket.SHUT_RD)  # who waits in recv holds the reset up
            end.close()


@contextlib.contextmanager
def cutting(port: int, fault: Fault | None = None) -> Iterator[CuttingProxy]:
    """Run a proxy to a port of this machine for as long as the block."""
    proxy = CuttingProxy(port, fault)
    try:
        yield proxy
    finally:
        proxy.close()
