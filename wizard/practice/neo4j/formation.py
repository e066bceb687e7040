"""How a cluster forms, as its members log it: waiting, bootstrapped, started."""

from __future__ import annotations

import threading

from wizard.neo4j.versions import rules_for
from wizard.practice.neo4j.identity import Member
from wizard.practice.neo4j.logs import Logs
from wizard.practice.neo4j.order import Order, report

WAITING_EVERY_S = 10.0
"""Neo4j says at most this often that it waits (CoreMonitor)."""

_MONITOR = "ClusterStateMonitor"
_RAFT = "c.c.s.RaftState"
_SERVER = "c.n.s.e.EnterpriseNeoWebServer"


class Formation:
    """Counts the links that stand; with a majority of the servers, itself included, it starts.

    Args:
        servers: how many servers the cluster has.
        leader_lost: what it says when it then loses its leader for good; None when it keeps it.
    """

    def __init__(
        self, order: Order, logs: Logs, *, servers: int, leader_lost: str | None = None
    ) -> None:
        self._order, self._logs, self._servers = order, logs, servers
        self._leader_lost = leader_lost
        self._linked: set[Member] = set()
        self._changed = threading.Condition()

    def begin(self) -> None:
        """Wait for the others in a thread of its own."""
        threading.Thread(target=self._form, daemon=True).start()

    def link_changed(self, member: Member, stands: bool) -> None:  # noqa: FBT001 - a callback
        """Take note of a link that stands now, or no longer."""
        with self._changed:
            (self._linked.add if stands else self._linked.discard)(member)
            self._changed.notify_all()

    def _form(self) -> None:
        rules = rules_for(self._order.version)
        monitor = f"{rules.cluster_package}.c.s.{_MONITOR}"
        with self._changed:
            while not self._changed.wait_for(self._is_majority, WAITING_EVERY_S / 20):
                self._logs.say(rules.waiting.format(servers=self._servers), monitor)
                if self._changed.wait_for(self._is_majority, WAITING_EVERY_S):
                    break
        address = self._order.address
        if rules.bootstrapped is not None:
            self._logs.say(rules.bootstrapped, monitor)
        last = [f"Remote interface available at http://{address}:7474/", "Started."]
        for message in reversed(last) if rules.interface_comes_last else last:
            self._logs.say(message, _SERVER)
        if self._leader_lost is not None:
            self._logs.detail(self._leader_lost, f"{rules.cluster_package}.{_RAFT}")
        report("started")

    def _is_majority(self) -> bool:
        return 2 * (len(self._linked) + 1) > self._servers
