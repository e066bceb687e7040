"""Where a server listens and what it tells its peers to dial, read from neo4j.conf."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from wizard.model.cluster import CLUSTER_CHANNELS, Channel, ClusterPort
from wizard.model.version import Version
from wizard.neo4j.conf import Conf, is_command
from wizard.neo4j.modes import ServerMode, server_mode
from wizard.neo4j.versions import DEFAULT_PORTS, rules_for

_SHAPE = re.compile(r"(?:\[(?P<six>[^\]]*)\]|(?P<name>[^:\[\]]*))(?::(?P<port>\d{1,5}))?")

_DISCOVERY_VERSION = "dbms.cluster.discovery.version"
"""Operations Manual 5, Discovery: V2_ONLY (from 5.22) uses the cluster port alone."""


@dataclass(frozen=True, slots=True)
class _Address:
    host: str
    port: int | None


def cluster_ports(conf: Conf, version: Version, fallback_host: str) -> tuple[ClusterPort, ...]:
    """Return every port the cluster policy protects, in the manual's order.

    Args:
        conf: the server's neo4j.conf.
        version: the version it is for.
        fallback_host: what peers dial where neo4j.conf names no host, or a command.

    Raises:
        BlockedError: when the version is not worked on.
    """
    rules = rules_for(version)
    values = conf.values
    advertised = _host_of(values, rules.default_advertised) or fallback_host
    listen = _host_of(values, rules.default_listen) or "localhost"
    return tuple(
        _port(
            channel,
            _address(values, rules.advertised[channel]),
            _address(values, rules.listen[channel]),
            (advertised, listen),
        )
        for channel in CLUSTER_CHANNELS
        if channel in rules.advertised and not _is_closed(channel, values, version)
    )


def advertised_host(conf: Conf, version: Version) -> str | None:
    """Return what peers dial: the host advertised for cluster traffic, or the default host.

    None when neo4j.conf names none, or has a command work it out when Neo4j starts.
    """
    rules = rules_for(version)
    values = conf.values
    order = (Channel.CLUSTER, Channel.RAFT, Channel.DISCOVERY, Channel.ROUTING)
    names = [rules.advertised[channel] for channel in order if channel in rules.advertised]
    hosts = (_host_of(values, name) for name in (*names, rules.default_advertised))
    return next((host for host in hosts if host), None)


def advertised_hosts(conf: Conf, version: Version, fallback_host: str) -> tuple[str, ...]:
    """Return every host peers may dial, each once, in the order of the channels."""
    return tuple(dict.fromkeys(p.host for p in cluster_ports(conf, version, fallback_host)))


def command_settings(conf: Conf, version: Version) -> tuple[str, ...]:
    """Return the address settings whose value is a command, which only Neo4j can work out."""
    rules = rules_for(version)
    names = (rules.default_advertised, *rules.advertised.values())
    return tuple(name for name in names if is_command(conf.get(name, "") or ""))


def backup_port(conf: Conf, version: Version) -> ClusterPort:
    """Return the backup listener (127.0.0.1:6362 unless set); the cluster policy leaves it out."""
    address = _address(conf.values, rules_for(version).backup_listen)
    host = address.host or "127.0.0.1"
    port = DEFAULT_PORTS[Channel.BACKUP] if address.port is None else address.port
    return ClusterPort(
        channel=Channel.BACKUP, host=host, port=port, listen_host=host, listen_port=port
    )


def _port(
    channel: Channel, advertised: _Address, listen: _Address, hosts: tuple[str, str]
) -> ClusterPort:
    default = DEFAULT_PORTS[channel]
    return ClusterPort(
        channel=channel,
        host=advertised.host or hosts[0],
        port=default if advertised.port is None else advertised.port,
        listen_host=listen.host or hosts[1],
        listen_port=default if listen.port is None else listen.port,
    )


def _is_closed(channel: Channel, values: Mapping[str, str], version: Version) -> bool:
    if channel is Channel.DISCOVERY:
        return values.get(_DISCOVERY_VERSION, "") == "V2_ONLY"
    # Operations Manual 4.4, Ports: only core servers take part in Raft.
    replica = server_mode(values, version) is ServerMode.READ_REPLICA
    return channel is Channel.RAFT and replica


def _host_of(values: Mapping[str, str], name: str) -> str:
    return _address(values, name).host


def _address(values: Mapping[str, str], name: str) -> _Address:
    """Read `host:port`, `host`, `:port` or `[v6]:port` (SettingValueParsers.SOCKET_ADDRESS)."""
    match = _SHAPE.fullmatch(values.get(name, "").strip())
    if match is None or is_command(match[0]):
        return _Address("", None)
    port = match["port"]
    return _Address(match["six"] or match["name"] or "", None if port is None else int(port))
