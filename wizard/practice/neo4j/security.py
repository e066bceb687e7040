"""How this server's streams are secured: not at all, or by its cluster policy.

The TLS side, with its libraries, is imported only when the policy is enabled.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any, Protocol

from wizard.model.cluster import ClusterPort
from wizard.neo4j.conf import Conf
from wizard.neo4j.policy import policy_of
from wizard.practice.neo4j.fault_surroundings import lay_surroundings
from wizard.practice.neo4j.logs import Logs
from wizard.practice.neo4j.order import Order
from wizard.practice.neo4j.streams import PlainStream, Stream, close_gently

_TLS_HANDSHAKE = b"\x16\x03"
"""How every TLS connection begins (RFC 8446, 5.1): a handshake record of version 3."""


class Security(Protocol):
    """What makes streams of connections.

    Attributes:
        faults: those that act on this server now; without a policy none does.
    """

    faults: frozenset[str]

    def accept(self, connection: socket.socket, port: ClusterPort) -> Stream | None:
        """Return the stream of an accepted connection; None when it was refused and closed."""

    def connect(self, connection: socket.socket, host: str, shown: str) -> Stream:
        """Return the stream of an opened connection, or raise OSError when it is refused."""

    def told(self, message: Mapping[str, Any]) -> None:
        """Take what the host says later on."""

    def outlive(self) -> None:
        """Be called once everything runs; a fault may end the process here."""


class Plaintext:
    """No policy: everything as it comes."""

    def __init__(self) -> None:
        self.faults: frozenset[str] = frozenset()

    def accept(self, connection: socket.socket, port: ClusterPort) -> Stream | None:  # noqa: ARG002
        """Take everything but TLS, which no plaintext channel of Neo4j understands."""
        if connection.recv(2, socket.MSG_PEEK) == _TLS_HANDSHAKE:
            close_gently(connection)
            return None
        return PlainStream(connection)

    def connect(self, connection: socket.socket, host: str, shown: str) -> Stream:  # noqa: ARG002
        """Speak plaintext."""
        return PlainStream(connection)

    def told(self, message: Mapping[str, Any]) -> None:
        """There is nothing to be told."""

    def outlive(self) -> None:
        """No fault acts without a policy."""


def secure(order: Order, conf: Conf, logs: Logs) -> Security:
    """Return what neo4j.conf asks for.

    Raises:
        StartRefused: when the policy can't be loaded.
    """
    policy = policy_of(conf, order.version, order.home)
    if not policy.enabled or "plaintext" in order.faults:
        lay_surroundings(order, frozenset())
        return Plaintext()
    from wizard.practice.neo4j.encryption import Encryption  # noqa: PLC0415 - see the module

    return Encryption(order, policy, logs)
