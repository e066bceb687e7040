"""What the practice host does: puts the cluster together, waits for it to form, and changes it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any

from wizard.errors import WizardError
from wizard.practice import control
from wizard.practice.addresses import find_places
from wizard.practice.answers import random_password, write_answers, write_interactive_answers
from wizard.practice.faults import OF_ONE_MORE_AUTHORITY
from wizard.practice.guard import Guard
from wizard.practice.installation import install
from wizard.practice.layout import PracticeServer, parse_version, server_at
from wizard.practice.processes import Neo4jProcesses
from wizard.secret import Secret

FORMATION_TIMEOUT_S = 30.0
FAULTY_FORMATION_TIMEOUT_S = 1.5
"""How long a cluster with a fault may take to show that it does not form."""


class Hosting:
    """One practice cluster while it lives in this process.

    Args:
        order: `servers` (how many), `version`, `faults` (`[name, server]`), `encrypted` and
            `one_address`.
    """

    def __init__(self, directory: Path, order: Mapping[str, Any], guard: Guard) -> None:
        self._directory, self._guard = directory, guard
        self._version = parse_version(order["version"])
        self._encrypted = bool(order["encrypted"])
        places = find_places(
            order["servers"], self._version, one_address=order.get("one_address", False)
        )
        self.servers: tuple[PracticeServer, ...] = tuple(
            server_at(directory, number, self._version, ip, ports)
            for number, (ip, ports) in enumerate(places, 1)
        )
        self._faults: list[tuple[str, str]] = [(name, server) for name, server in order["faults"]]
        self._states: dict[str, str] = {}
        self._changed = threading.Condition()
        self._opened = ExitStack()
        self._processes = Neo4jProcesses(directory, self.servers, self._order_for, self._heard)

    def open(self) -> Sequence[Mapping[str, object]]:
        """Start everything and return the servers once the cluster has formed.

        Raises:
            WizardError: when it does not form.
        """
        for server in self.servers:
            install(self._directory, server, self.servers, self._version)
        ca_password = random_password()
        if self._encrypted:
            from wizard.practice.encrypting import encrypt  # noqa: PLC0415 - see _further_authority

            encrypt(self._directory, self.servers, self._version, Secret(ca_password))
        listener = control.listen(self._directory, self._answer)
        self._opened.callback(listener.close)
        for server in self.servers:
            self._processes.start(server.name)
        # paramiko takes a while to import; the simulated processes use it to start.
        from wizard.practice.logins import open_logins  # noqa: PLC0415 - see above

        self._opened.push(open_logins(self._directory, self.servers, self._guard, ca_password))
        write_answers(self._directory, self.servers)
        write_interactive_answers(self._directory, self.servers)
        self._wait_until_formed()
        return [server.to_dict() for server in self.servers]

    def obey(self, order: Mapping[str, Any]) -> None:
        """Do what the wizard's side asks: set_faults, restart, stop or start."""
        if order["do"] == "set_faults":
            self._faults = [(name, server) for name, server in order["faults"]]
            self._processes.tell(self._overlay())
        if order["do"] in {"stop", "restart"}:
            self._processes.stop(order["server"])
        if order["do"] in {"start", "restart"}:
            self._processes.start(order["server"])

    def close(self) -> None:
        """End every process and every connection; the guard removes the files."""
        self._processes.close()
        self._opened.close()

    def _order_for(self, server: PracticeServer) -> Mapping[str, object]:
        return {
            "home": server.home,
            "ip": server.ip,
            "address": server.address,
            "version": server.neo4j,
            "hosts": {one.address: one.ip for one in self.servers},
            "faults": [name for name, faulty in self._faults if faulty == server.name],
            "overlay": self._overlay(of=server.name),
        }

    def _overlay(self, of: str = "") -> dict[str, str]:
        """Return what a fault asks of every server, and what it asks of this one.

        A faulty leaf is refused for its fault only by peers that trust its issuer. The key of the
        cluster's authority is out of reach here, so under this fault every server trusts one more
        authority, in memory.
        """
        asking = [server for name, server in self._faults if name in OF_ONE_MORE_AUTHORITY]
        if not asking:
            return {}
        certificate, key = self._further_authority
        return {"also_trusted": certificate} | ({"authority_key": key} if of in asking else {})

    @cached_property
    def _further_authority(self) -> tuple[str, str]:
        # Most practice clusters begin in plaintext and never need the library behind this.
        from wizard.practice.encrypting import further_authority  # noqa: PLC0415

        return further_authority()

    def _heard(self, server: str, state: str) -> None:
        with self._changed:
            self._states[server] = state
            self._changed.notify_all()

    def _wait_until_formed(self) -> None:
        ends = time.monotonic() + FORMATION_TIMEOUT_S
        if not self._wait_for({"listening", "started", "gone"}, ends):
            raise _not_formed(self._states)
        if self._faults and self._encrypted:
            self._wait_for({"started", "gone"}, time.monotonic() + FAULTY_FORMATION_TIMEOUT_S)
        elif not self._wait_for({"started"}, ends, hopeless={"gone"}):
            raise _not_formed(self._states)

    def _wait_for(
        self,
        states: AbstractSet[str],
        ends: float,
        hopeless: AbstractSet[str] = frozenset(),
    ) -> bool:
        def arrived() -> bool:
            return all(self._states.get(server.name) in states for server in self.servers)

        def over() -> bool:
            return arrived() or any(state in hopeless for state in self._states.values())

        with self._changed:
            self._changed.wait_for(over, max(0.0, ends - time.monotonic()))
            return arrived()

    def _answer(self, verb: str, server: str, connection: socket.socket) -> None:
        server, _, flag = server.partition(" ")
        expands = flag == "--expand-commands"
        starts = verb in {"start", "console"}
        pid = self._processes.start(server, expand_commands=expands) if starts else None
        if pid is None:
            connection.sendall(b"Neo4j is already running.\n")
            return
        connection.sendall(f"started {pid}\n".encode("ascii"))
        if verb == "console":
            connection.recv(1)  # the terminal has gone
            self._processes.stop(server)


def _not_formed(states: Mapping[str, str]) -> WizardError:
    shown = ", ".join(f"{server}: {state}" for server, state in sorted(states.items()))
    return WizardError(
        f"The practice cluster did not form ({shown}).",
        hint="Try again; if it happens again, something on this machine blocks loopback traffic.",
    )
