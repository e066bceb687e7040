"""Forwarded connections (direct-tcpip): the cluster's own names, and otherwise only loopback."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
from collections.abc import Mapping

import paramiko
from paramiko.common import (
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_FAILED_CONNECT_FAILED,
)

_BLOCK = 32768
_CONNECT_TIMEOUT_S = 5.0
_LOOK_S = 0.2


class Refused(Exception):  # noqa: N818 - an answer to the client, not a failure of ours
    """A connection that is not opened; the reason is SSH's number for it (RFC 4254, 5.1)."""

    def __init__(self, reason: int) -> None:
        super().__init__(reason)
        self.reason = reason


def open_forward(
    destination: tuple[str, int], hosts: Mapping[str, str], source: str
) -> socket.socket:
    """Connect to a destination as this server would.

    Raises:
        Refused: when the name is unknown here, the address is no loopback address or nothing
            answers there.
    """
    name, port = destination
    address = hosts.get(name.rstrip(".").lower(), "127.0.0.1" if name == "localhost" else name)
    try:
        loopback = ipaddress.ip_address(address).is_loopback
    except ValueError:
        raise Refused(OPEN_FAILED_CONNECT_FAILED) from None
    if not loopback:
        raise Refused(OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED)
    try:
        target = socket.create_connection(
            (address, port), _CONNECT_TIMEOUT_S, source_address=(source, 0)
        )
    except OSError:
        raise Refused(OPEN_FAILED_CONNECT_FAILED) from None
    target.settimeout(None)
    target.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return target


def pump(channel: paramiko.Channel, target: socket.socket) -> None:
    """Carry bytes both ways in two threads, with each side's end of file, until both are done."""
    emptied = threading.Event()
    for carry in (_to_target, _to_channel):
        threading.Thread(target=carry, args=(channel, target, emptied), daemon=True).start()


def _to_target(channel: paramiko.Channel, target: socket.socket, emptied: threading.Event) -> None:
    with contextlib.suppress(OSError):
        while block := channel.recv(_BLOCK):
            target.sendall(block)
        target.shutdown(socket.SHUT_WR)
    while not emptied.wait(_LOOK_S):
        # A channel that is closed, not only at its end, wants nothing more from the target.
        if channel.closed:
            with contextlib.suppress(OSError):
                target.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError, EOFError):
        channel.close()
    target.close()


def _to_channel(channel: paramiko.Channel, target: socket.socket, emptied: threading.Event) -> None:
    with contextlib.suppress(OSError, EOFError):
        while block := target.recv(_BLOCK):
            channel.sendall(block)
    with contextlib.suppress(OSError, EOFError):
        channel.shutdown_write()
    emptied.set()
