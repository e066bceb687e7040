"""How a probe gets to a port: from a server as its peers do, or as near to that as is allowed."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from wizard.engine.events import Verdict
from wizard.engine.probing.answer import Pipe
from wizard.errors import RemoteError
from wizard.model.cluster import ClusterPort

CONNECT_S = 3.0
ENOUGH = 2
"""So many waits in vain stand for all that would follow; a single one may be a busy machine's."""

WORKSTATION = "workstation"


class Opener(Protocol):
    """A server's SSH connection, seen as a way to its network."""

    def open_tcp(self, host: str, port: int, timeout_s: float, /) -> Pipe:
        """Open a TCP connection from that server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A pipe to the port, and where it starts: a server's name, or `workstation`."""

    pipe: Pipe
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """No pipe to the port, and what that says."""

    verdict: Verdict
    reason: str
    origin: str


_UNREACHED = {
    "tcp-refused": (Verdict.REFUSED, "nothing listens there, or the name is not known"),
    "tcp-timeout": (Verdict.FILTERED, "no answer from this port; a firewall may drop it"),
    "tcp-forbidden": (Verdict.NOT_TESTED, "neither the server nor the workstation may connect"),
}


class Workstation:
    """The way from this computer itself, for servers that forward nothing; safe across threads.

    A name that is unknown here and a port that swallows everything cost their time limit: once
    they have cost it as often as is enough, they are not tried again.
    """

    def __init__(self) -> None:
        self._in_vain: Counter[tuple[str, int]] = Counter()
        self._last: dict[tuple[str, int], Closed] = {}
        self._lock = threading.Lock()

    def open(self, port: ClusterPort) -> Opened | Closed:
        """Open a pipe to the address that peers dial."""
        address = (port.host, port.port)
        with self._lock:
            if self._in_vain[address] >= ENOUGH:
                return self._last[address]
        door, slow = _from_here(*address)
        if isinstance(door, Closed) and slow:
            with self._lock:
                self._in_vain[address] += 1
                self._last[address] = door
        return door


def open_door(
    openers: Mapping[str, Opener], origin: str, port: ClusterPort, workstation: Workstation
) -> Opened | Closed:
    """Open a pipe to a port from a server, by the name its peers dial.

    Where that name leads nowhere, the address the port listens on is tried; where the SSH server
    forbids forwarding, or there is no connection to it, the workstation connects by itself.
    """
    door = _try(openers, origin, _addresses(port))
    return workstation.open(port) if door is None else door


def open_own_door(
    openers: Mapping[str, Opener], server: str, port: ClusterPort, workstation: Workstation
) -> Opened | Closed:
    """Open a pipe to a port from the very server it is on, by the address it listens on.

    This shows what the port does, and nothing of the way other servers take to it.
    """
    door = _try(openers, server, ((_local(port.listen_host), port.listen_port),))
    return workstation.open(port) if door is None else door


def _try(
    openers: Mapping[str, Opener], origin: str, addresses: Sequence[tuple[str, int]]
) -> Opened | Closed | None:
    """Try one address after the other; None where the server may not connect anywhere."""
    opener, code = openers.get(origin), "tcp-forbidden"
    if opener is None:
        return None
    for host, number in addresses:
        try:
            pipe = opener.open_tcp(host, number, CONNECT_S)
        except RemoteError as error:
            code = error.code
        else:
            return Opened(pipe=pipe, origin=origin)
        if code not in _UNREACHED or code == "tcp-forbidden":
            break
    if code == "tcp-forbidden":
        return None
    verdict, reason = _UNREACHED.get(code, (Verdict.NOT_TESTED, "the connection failed"))
    return Closed(verdict=verdict, reason=reason, origin=origin)


def _addresses(port: ClusterPort) -> tuple[tuple[str, int], ...]:
    """The advertised address, then the one it listens on where another server can use it."""
    advertised = (port.host, port.port)
    if _is_specific(port.listen_host):
        return (advertised, (port.listen_host, port.listen_port))
    return (advertised,)


def _local(listen_host: str) -> str:
    """Where a server finds its own port: the address it binds, or loopback if it binds all."""
    if listen_host.strip("[]") in {"", "0.0.0.0"}:  # noqa: S104 - read, not bound
        return "127.0.0.1"
    return "::1" if listen_host.strip("[]") == "::" else listen_host


def _is_specific(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return not (address.is_unspecified or address.is_loopback)


def _from_here(host: str, port: int) -> tuple[Opened | Closed, bool]:
    """Connect from this computer; the other value says whether failing may have taken long."""
    code = "tcp-forbidden"
    try:
        pipe = socket.create_connection((host, port), timeout=CONNECT_S)
        return Opened(pipe=pipe, origin=WORKSTATION), False
    except TimeoutError:
        code = "tcp-timeout"
    except ConnectionRefusedError:
        code = "tcp-refused"
    except OSError:
        code = "tcp-forbidden"
    # From here a closed port is no news about the cluster: peers come another way.
    verdict, reason = _UNREACHED[code]
    verdict = Verdict.FILTERED if verdict is Verdict.REFUSED else verdict
    door = Closed(verdict=verdict, reason=reason, origin=WORKSTATION)
    return door, code != "tcp-refused"
