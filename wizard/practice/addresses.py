"""Loopback addresses and ports for the servers, found by binding them: nothing is assumed free.

On Linux all of 127.0.0.0/8 can be bound, so every server gets an address of its own and Neo4j's
real ports. Elsewhere only 127.0.0.1 can: then all share it, on ports the system hands out.
"""

from __future__ import annotations

import secrets
import socket
from contextlib import ExitStack

from wizard.errors import WizardError
from wizard.model.version import Version
from wizard.neo4j.versions import rules_for

REAL_PORTS = {
    "ssh": 2222,
    "discovery": 5000,
    "cluster": 6000,
    "raft": 7000,
    "routing": 7688,
    "bolt": 7687,
}
"""Operations Manual, "Ports"; SSH on 2222, because 22 belongs to root."""

_ALWAYS = ("ssh", "bolt")
_ATTEMPTS = 20

Place = tuple[str, dict[str, int]]
"""An address and its ports by channel."""


def find_places(servers: int, version: Version, *, one_address: bool = False) -> tuple[Place, ...]:
    """Return an address and ports for every server; each was bound a moment ago.

    Args:
        servers: how many servers there are.
        version: decides whether there are ports for discovery and for routing.
        one_address: use 127.0.0.1 only, as where other loopback addresses don't exist.

    Raises:
        WizardError: when nothing could be bound at all.
    """
    names = {*_ALWAYS, *rules_for(version).listen}
    ports = {name: port for name, port in REAL_PORTS.items() if name in names}
    for _ in range(0 if one_address else _ATTEMPTS):
        places = _block(servers, ports)
        if all(_can_bind(ip, port) for ip, own in places for port in own.values()):
            return places
    return _on_one_address(servers, tuple(ports))


def _block(servers: int, ports: dict[str, int]) -> tuple[Place, ...]:
    second, third = 64 + secrets.randbelow(128), 1 + secrets.randbelow(254)
    return tuple((f"127.{second}.{third}.{n}", dict(ports)) for n in range(1, servers + 1))


def _can_bind(ip: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ip, port))
            # Two sockets that reuse an address may both bind; only one of them may listen.
            probe.listen(1)
        except OSError:
            return False
    return True


def _on_one_address(servers: int, names: tuple[str, ...]) -> tuple[Place, ...]:
    ip = "127.0.0.1"
    with ExitStack() as held:
        places = []
        for _ in range(servers):
            ports = {}
            for name in names:
                bound = held.enter_context(socket.socket())
                try:
                    bound.bind((ip, 0))
                except OSError as error:
                    raise WizardError(
                        "The practice cluster could not open a port on this machine's loopback "
                        "address.",
                        hint="Make sure that 127.0.0.1 is up and that ports are left.",
                    ) from error
                ports[name] = bound.getsockname()[1]
            places.append((ip, ports))
        return tuple(places)
