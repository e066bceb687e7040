"""The life of a simulated server: start or refuse, listen, find the others, stop when asked."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from pathlib import Path
from types import FrameType

from wizard.errors import ConfError
from wizard.model.cluster import Channel, ClusterPort
from wizard.neo4j.addresses import cluster_ports
from wizard.neo4j.conf import Conf
from wizard.neo4j.policy import startup_refusal
from wizard.neo4j.versions import rules_for
from wizard.practice.neo4j.formation import Formation
from wizard.practice.neo4j.identity import members, server_id
from wizard.practice.neo4j.links import Surroundings, keep_linked
from wizard.practice.neo4j.listeners import bind, bolt_port, serve, serve_bolt
from wizard.practice.neo4j.logs import Logs
from wizard.practice.neo4j.order import Order, follow_host, report
from wizard.practice.neo4j.refusal import StartRefused, write_refusal
from wizard.practice.neo4j.security import Security, secure

_SERVER = "c.n.s.e.EnterpriseNeoWebServer"
_NET = "c.n.c.n.Server"
_IDENTITY = "c.n.c.i.PersistentIdentityModule"


def live(order: Order) -> int:
    """Play one server; returns its exit code, or leaves with the process."""
    version = order.version
    rules = rules_for(version)
    raw = (Path(order.home) / "conf" / "neo4j.conf").read_bytes()
    try:
        conf = Conf.parse(raw)
        refused = startup_refusal(conf, version)
    except ConfError as error:
        conf, refused = Conf.parse(b""), error.message
    folder = Path(order.home) / (conf.get(rules.logs_directory) or "logs")
    logs = Logs(folder, json_debug=rules.json_debug_log)
    signal.signal(signal.SIGTERM, _stopping(logs))
    logs.user("Starting...", _SERVER)
    try:
        if refused is not None:
            raise StartRefused(f"java.lang.IllegalArgumentException: {refused}")
        _run(order, conf, logs)
    except StartRefused as reason:
        write_refusal(logs, version, order, reason)
        return 1
    threading.Event().wait()
    return 0


def _run(order: Order, conf: Conf, logs: Logs) -> None:
    identity = server_id(Path(order.home))
    logs.user(f"This instance is ServerId{{{identity[:8]}}} ({identity})", _IDENTITY)
    logs.user(f"======== Neo4j {order.version} ========", _SERVER)
    security = secure(order, conf, logs)
    ports = cluster_ports(conf, order.version, order.address)
    by_channel = {port.channel: port for port in ports}
    raft = by_channel[Channel.RAFT]
    hello = {"server": identity, "raft": f"{raft.host}:{raft.port}"}
    _listen(order, conf, ports, security, logs, hello)
    report("listening")
    follow_host(security.told)
    _find_peers(order, conf, ports, security, logs, hello)
    security.outlive()


def _listen(
    order: Order,
    conf: Conf,
    ports: tuple[ClusterPort, ...],
    security: Security,
    logs: Logs,
    hello: dict[str, object],
) -> None:
    for port in ports:
        name = f"{'catchup' if port.channel is Channel.CLUSTER else port.channel}-server"
        shown = f"{port.listen_host}:{port.listen_port}"
        try:
            listener = bind(port)
        except OSError:
            logs.user(f"{name}: address is already bound: {shown}", _NET, "ERROR")
            raise StartRefused(f"java.net.BindException: Address already in use: {shown}") from None
        logs.debug(f"[{name}] bound to '{shown}' with transport 'NioServerSocketChannel'", _NET)
        serve(listener, port, security.accept, lambda _frame: hello)
    _listen_for_bolt(order, conf, ports[0].listen_host, logs)


def _listen_for_bolt(order: Order, conf: Conf, host: str, logs: Logs) -> None:
    name = "dbms.connector.bolt" if order.version.major == 4 else "server.bolt"  # noqa: PLR2004
    port = int((conf.get(f"{name}.listen_address") or ":7687").rpartition(":")[2])
    try:
        listener: socket.socket = bind(bolt_port(host, port))
    except OSError as error:
        raise StartRefused(
            f"java.net.BindException: Address already in use: {host}:{port}"
        ) from error
    serve_bolt(listener)
    logs.user(f"Bolt enabled on {host}:{port}.", "o.n.b.BoltServer")


def _find_peers(
    order: Order,
    conf: Conf,
    ports: tuple[ClusterPort, ...],
    security: Security,
    logs: Logs,
    hello: dict[str, object],
) -> None:
    everyone = members(conf, order.version)
    own = {(port.host, port.port) for port in ports}
    peers = [member for member in everyone if (member.host, member.port) not in own]
    formation = Formation(order, logs, servers=len(peers) + 1)
    around = Surroundings(
        version=order.version,
        hosts=order.hosts,
        hello=hello,
        protocol=rules_for(order.version).connected_protocol,
        secure=security.connect,
        logs=logs,
        changed=formation.link_changed,
    )
    formation.begin()
    for member in peers:
        keep_linked(member, around)


def _stopping(logs: Logs) -> signal.Handlers:
    def stop(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=_stop, args=(logs,), daemon=True).start()

    return stop  # type: ignore[return-value]


def _stop(logs: Logs) -> None:
    """Stop in a thread: a signal may arrive while the main thread holds the logs."""
    logs.user("Neo4j Server shutdown initiated by request", _SERVER)
    logs.user("Stopping...", _SERVER)
    logs.user("Stopped.", _SERVER)
    sys.stdout.flush()
    os._exit(0)
