"""The life of a simulated server: start or refuse, listen, find the others, stop when asked."""

from __future__ import annotations

import errno
import os
import signal
import socket
import threading
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from wizard.errors import ConfError
from wizard.model.cluster import Channel, ClusterPort
from wizard.neo4j.addresses import cluster_ports
from wizard.neo4j.conf import Conf
from wizard.neo4j.policy import startup_refusal
from wizard.neo4j.versions import rules_for
from wizard.practice.neo4j.command_expansion import expanded
from wizard.practice.neo4j.fault_surroundings import (
    FOUNDS_ITS_OWN,
    known_hosts,
    known_members,
    lost_leader,
)
from wizard.practice.neo4j.formation import Formation
from wizard.practice.neo4j.identity import members, server_id
from wizard.practice.neo4j.links import Surroundings, keep_linked
from wizard.practice.neo4j.listeners import bind, bolt_port, drop_everything, serve, serve_bolt
from wizard.practice.neo4j.logs import Logs
from wizard.practice.neo4j.order import Order, follow_host, report
from wizard.practice.neo4j.refusal import StartRefused, write_refusal
from wizard.practice.neo4j.security import Security, secure

_LOOK_S = 1.0
_SERVER = "c.n.s.e.EnterpriseNeoWebServer"
_NET = "n.Server"
_IDENTITY = "c.n.c.i.PersistentIdentityModule"
_MALFORMED = "Malformed \\uxxxx encoding."  # java.util.Properties
_TWO_POLICIES = "Can not have multiple SslPolicies"  # SslPolicyLoader, as a wrong state


def live(order: Order) -> int:
    """Play one server; returns 1 when it refuses to start, and else leaves with the process."""
    rules = rules_for(order.version)
    conf, refused = _read_conf(order)
    folder = Path(order.home) / (conf.get(rules.logs_directory) or "logs").strip()
    logs = Logs(
        folder,
        json_debug=rules.json_debug_log,
        padded=rules.padded_debug_level,
        mirrored=rules.mirrors_server_lines,
    )
    signal.signal(signal.SIGTERM, lambda number, frame: _stop(logs, number, frame))
    if not rules.names_server_ids:
        logs.say(_banner(order), _SERVER)
    logs.say("Starting...", _SERVER)
    try:
        _start(order, conf, logs, refused)
    except StartRefused as reason:
        write_refusal(logs, order.version, order, reason)
        return 1
    idle = threading.Event()
    while True:  # a signal that comes just before a wait is only seen after it
        idle.wait(_LOOK_S)


def _read_conf(order: Order) -> tuple[Conf, str | None]:
    """Return neo4j.conf, and why Neo4j refuses to start on it."""
    raw, file = b"", Path(order.home) / "conf" / "neo4j.conf"
    try:
        raw = file.read_bytes()
        conf = Conf.parse(raw)
        if order.expand_commands:
            conf = expanded(conf, file, order.version)
        return conf, startup_refusal(
            conf, order.version, expand_commands=order.expand_commands, home=order.home
        )
    except ConfError as error:
        return Conf.parse(b""), _MALFORMED if b"\\u" in raw else error.message
    except OSError as error:
        return Conf.parse(b""), f"{error.filename} ({error.strerror})"


def _start(order: Order, conf: Conf, logs: Logs, refused: str | None) -> None:
    if refused is not None:
        wrong = "State" if refused.startswith(_TWO_POLICIES) else "Argument"
        raise StartRefused(f"java.lang.Illegal{wrong}Exception: {refused}")
    identity = server_id(Path(order.home))
    if rules_for(order.version).names_server_ids:
        logs.say(f"This instance is ServerId{{{identity[:8]}}} ({identity})", _IDENTITY)
        logs.say(_banner(order), _SERVER)
    Server(order, conf, logs, secure(order, conf, logs), identity).start()


def _banner(order: Order) -> str:
    return f"======== Neo4j {order.version} ========"


class Server:
    """A server whose settings and policy have been accepted."""

    def __init__(
        self, order: Order, conf: Conf, logs: Logs, security: Security, identity: str
    ) -> None:
        self._order, self._conf, self._logs, self._security = order, conf, logs, security
        self._ports = cluster_ports(conf, order.version, order.address)
        raft = next(port for port in self._ports if port.channel is Channel.RAFT)
        self._hello = {"server": identity, "raft": f"{raft.host}:{raft.port}"}

    def start(self) -> None:
        """Listen, then look for the others.

        Raises:
            StartRefused: when an address is taken.
        """
        for port in () if "closed-ports" in self._security.faults else self._ports:
            self._listen(port)
        self._listen_for_bolt()
        report("listening")
        follow_host(self._security.told)
        self._find_peers()
        self._security.outlive()

    def _listen(self, port: ClusterPort) -> None:
        name = f"{'catchup' if port.channel is Channel.CLUSTER else port.channel}-server"
        shown = f"{port.listen_host}:{port.listen_port}"
        net = f"{rules_for(self._order.version).cluster_package}.{_NET}"
        try:
            listener = self._bind(port)
        except OSError:
            self._logs.say(f"{name}: address is already bound: {shown}", net, "ERROR")
            raise _taken(shown) from None
        bound = f"[{name}] bound to '{shown}' with transport 'NioServerSocketChannel'"
        self._logs.detail(bound, net)
        if "filtered-ports" in self._security.faults:
            drop_everything(listener)
            return
        serve(listener, port, self._security.accept, self._answer)

    def _bind(self, port: ClusterPort) -> socket.socket:
        if "port-taken" in self._security.faults and port.channel is Channel.RAFT:
            raise OSError(errno.EADDRINUSE, "another program has it")
        return bind(port)

    def _answer(self, _frame: Mapping[str, object]) -> Mapping[str, object]:
        """Neo4j drops the messages of a cluster that is not its own."""
        if FOUNDS_ITS_OWN in self._security.faults:
            raise OSError("this is another cluster")
        return self._hello

    def _listen_for_bolt(self) -> None:
        name = rules_for(self._order.version).bolt
        listen = self._conf.get(f"{name}.listen_address") or ":7687"
        port = bolt_port(self._ports[0].listen_host, int(listen.strip().rpartition(":")[2]))
        shown = f"{port.listen_host}:{port.listen_port}"
        try:
            serve_bolt(bind(port))
        except OSError:
            raise _taken(shown) from None
        self._logs.say(f"Bolt enabled on {shown}.", "o.n.b.BoltServer")

    def _find_peers(self) -> None:
        own = {(port.host, port.port) for port in self._ports}
        everyone = members(self._conf, self._order.version)
        peers = [member for member in everyone if (member.host, member.port) not in own]
        peers = known_members(peers, self._security.faults)
        lost = lost_leader(str(self._hello["server"]), self._order.version, self._security.faults)
        formation = Formation(self._order, self._logs, servers=len(peers) + 1, leader_lost=lost)
        around = Surroundings(
            ip=self._order.ip,
            hosts=known_hosts(self._order, self._security.faults),
            hello=self._hello,
            protocol=rules_for(self._order.version).connected_protocol,
            secure=self._security.connect,
            logs=self._logs,
            package=rules_for(self._order.version).cluster_package,
            changed=formation.link_changed,
        )
        formation.begin()
        for member in peers:
            keep_linked(member, around)


def _taken(address: str) -> StartRefused:
    return StartRefused(f"java.net.BindException: Address already in use: {address}")


def _stop(logs: Logs, _number: int, _frame: FrameType | None) -> None:
    """Stop in a thread: the signal may have come while the main thread holds the logs."""

    def stop() -> None:
        logs.say("Neo4j Server shutdown initiated by request", _SERVER)
        logs.say("Stopping...", _SERVER)
        logs.say("Stopped.", _SERVER)
        os._exit(0)

    threading.Thread(target=stop, daemon=True).start()
