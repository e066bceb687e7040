"""The links of a server to its peers: found through discovery, dialled by advertised names."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wizard.practice.neo4j.identity import Member
from wizard.practice.neo4j.listeners import HANDSHAKE_TIMEOUT_S
from wizard.practice.neo4j.logs import Logs
from wizard.practice.neo4j.streams import Stream, limit, receive_frame, send_frame

FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 2.0
"""Retries double their pause up to here: quicker than Neo4j's, because people wait for it."""

_HANDSHAKE = "p.h.HandshakeClientInitializer"
_CHANNEL = "m.ReconnectingChannel"

Secure = Callable[[socket.socket, str, str], Stream]
"""Makes a stream of a connection this server opened to (host dialled, `host/ip:port`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every link needs.

    Attributes:
        ip: this server's own address, which its peers see it come from.
        hosts: the names that can be resolved.
        hello: what this server says of itself in every frame.
        protocol: what stands in the brackets of a `Connected to` line.
        package: how debug.log shortens the package of the cluster's classes.
        changed: is called with a peer and whether its link stands, whenever that changes.
    """

    ip: str
    hosts: Mapping[str, str]
    hello: Mapping[str, object]
    protocol: str
    secure: Secure
    logs: Logs
    package: str
    changed: Callable[[Member, bool], None]


def keep_linked(member: Member, around: Surroundings) -> None:
    """Keep a link to one member of the cluster from now on, in a thread of its own."""

    def run() -> None:
        pause = FIRST_PAUSE_S
        while True:
            began = time.monotonic()
            address = _resolved(member, around)
            raft = _discover(member, address, around)
            if raft is not None:
                _hold(member, raft, around)
                if time.monotonic() - began > LONGEST_PAUSE_S:
                    pause = FIRST_PAUSE_S
            retry_ms = int(pause * 1000)
            shown = _shown(raft or member, around)
            around.logs.detail(
                f"Failed to connect to: {shown}. Retrying in {retry_ms} ms",
                f"{around.package}.{_CHANNEL}",
                "WARN",
            )
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    threading.Thread(target=run, daemon=True).start()


def _discover(member: Member, address: str | None, around: Surroundings) -> Member | None:
    """Ask a member for its advertised raft address; None when it does not answer."""
    if address is None:
        return None
    with contextlib.suppress(OSError):
        _, stream = _dial(member, around)
        try:
            send_frame(stream, {**around.hello, "protocol": "discovery"})
            answer = receive_frame(stream)
        finally:
            stream.close()
        if answer is not None and isinstance(answer.get("raft"), str):
            host, _, port = answer["raft"].rpartition(":")
            return Member(host, int(port))
    return None


def _hold(member: Member, raft: Member, around: Surroundings) -> None:
    """Open the raft link, log that it stands, and return when it is lost."""
    with contextlib.suppress(OSError):
        connection, stream = _dial(raft, around)
        try:
            send_frame(stream, {**around.hello, "protocol": "raft"})
            if receive_frame(stream) is not None:
                limit(connection, 0)
                _watch(stream, member, f"{_shown(raft, around)} [{around.protocol}]", around)
        finally:
            stream.close()


def _watch(stream: Stream, member: Member, shown: str, around: Surroundings) -> None:
    around.logs.say(f"Connected to {shown}", f"{around.package}.{_HANDSHAKE}")
    around.changed(member, True)  # noqa: FBT003 - whether it stands
    try:
        with contextlib.suppress(OSError):
            while stream.receive():
                pass
    finally:
        around.logs.say(f"Lost connection to {shown}", f"{around.package}.{_HANDSHAKE}")
        around.changed(member, False)  # noqa: FBT003 - whether it stands


def _dial(member: Member, around: Surroundings) -> tuple[socket.socket, Stream]:
    address = _resolved(member, around)
    if address is None:
        raise OSError("the name is unknown")
    connection = socket.create_connection(
        (address, member.port), HANDSHAKE_TIMEOUT_S, source_address=(around.ip, 0)
    )
    connection.settimeout(None)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    limit(connection, HANDSHAKE_TIMEOUT_S)
    return connection, around.secure(connection, member.host, _shown(member, around))


def _resolved(member: Member, around: Surroundings) -> str | None:
    return around.hosts.get(member.host.lower(), member.host if _is_ip(member.host) else None)


def _shown(member: Member, around: Surroundings) -> str:
    """Return an address as Java's InetSocketAddress shows it: `name/ip:port`, `/ip:port`."""
    address = _resolved(member, around)
    if address is None:
        return f"{member.host}/<unresolved>:{member.port}"
    name = "" if address == member.host else member.host
    return f"{name}/{address}:{member.port}"


def _is_ip(text: str) -> bool:
    try:
        socket.inet_aton(text)
    except OSError:
        return False
    return True
