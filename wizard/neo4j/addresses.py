"""Where a server listens and what it tells its peers to dial, read from neo4j.conf."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from wizard.model.cluster import CLUSTER_CHANNELS, Channel, ClusterPort
from wizard.model.version import Version
from wizard.neo4j.conf import Conf, is_command
from wizard.neo4j.modes import server_mode
from wizard.neo4j.policy.reader import values_of
from wizard.neo4j.versions import DEFAULT_PORTS, VersionRules, rules_for

_SHAPE = re.compile(
    r"(?:\[(?P<six>[^\]]*)\]|(?P<name>[^:\[\]]*))(?::(?P<port>\d{1,5})(?:-\d{1,5})?)?"
)
"""A host, a port, both, or in 3.5 a range of ports (HostnamePort)."""


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
        BlockedError: when nothing is known about the version.
    """
    rules = rules_for(version)
    values = values_of(conf, version)
    advertised = _host_of(values, rules.default_advertised) or fallback_host
    listen = _host_of(values, rules.default_listen) or "localhost"
    return tuple(
        _port(
            channel,
            _address(values, rules.advertised[channel]),
            _address(values, rules.listen[channel]),
            (advertised, listen),
            follows=rules.advertised_port_follows_listen,
        )
        for channel in CLUSTER_CHANNELS
        if channel in _open_channels(values, rules)
    )


def advertised_host(conf: Conf, version: Version) -> str | None:
    """Return what peers dial: the host advertised for cluster traffic, or the default host.

    None when neo4j.conf names none, or has a command work it out when Neo4j starts.
    """
    rules = rules_for(version)
    values = values_of(conf, version)
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
    if not rules.expands_commands:
        return ()
    values = values_of(conf, version)
    return tuple(name for name in names if is_command(values.get(name, "")))


def backup_port(conf: Conf, version: Version) -> ClusterPort:
    """Return the backup listener (127.0.0.1:6362 unless set); the cluster policy leaves it out."""
    address = _address(values_of(conf, version), rules_for(version).backup_listen)
    host = address.host or "127.0.0.1"
    port = DEFAULT_PORTS[Channel.BACKUP] if address.port is None else address.port
    return ClusterPort(
        channel=Channel.BACKUP, host=host, port=port, listen_host=host, listen_port=port
    )


def bolt_port(conf: Conf, version: Version, fallback_host: str) -> ClusterPort:
    """Return the Bolt connector that drivers dial; the cluster policy leaves it out.

    Args:
        conf: the server's neo4j.conf.
        version: the version it is for.
        fallback_host: what is dialled where neo4j.conf names no host, or a command.
    """
    rules = rules_for(version)
    values = values_of(conf, version)
    return _port(
        Channel.BOLT,
        _address(values, f"{rules.bolt}.advertised_address"),
        _address(values, f"{rules.bolt}.listen_address"),
        (
            _host_of(values, rules.default_advertised) or fallback_host,
            _host_of(values, rules.default_listen) or "localhost",
        ),
        follows=True,
    )


def _port(
    channel: Channel,
    advertised: _Address,
    listen: _Address,
    hosts: tuple[str, str],
    *,
    follows: bool,
) -> ClusterPort:
    default = DEFAULT_PORTS[channel]
    listen_port = default if listen.port is None else listen.port
    unsaid = listen_port if follows else default
    return ClusterPort(
        channel=channel,
        host=advertised.host or hosts[0],
        port=unsaid if advertised.port is None else advertised.port,
        listen_host=listen.host or hosts[1],
        listen_port=listen_port,
    )


def _open_channels(values: Mapping[str, str], rules: VersionRules) -> frozenset[Channel]:
    found = rules.open_ports[server_mode(values, rules.version)]
    kind = values.get(rules.discovery_version or "", "")
    return found - {Channel.DISCOVERY} if kind == "V2_ONLY" else found


def _host_of(values: Mapping[str, str], name: str) -> str:
    return _address(values, name).host


def _address(values: Mapping[str, str], name: str) -> _Address:
    """Read `host:port`, `host`, `:port` or `[v6]:port` (SettingValueParsers.SOCKET_ADDRESS)."""
    match = _SHAPE.fullmatch(values.get(name, "").strip())
    if match is None or is_command(match[0]):
        return _Address("", None)
    port = match["port"]
    return _Address(match["six"] or match["name"] or "", None if port is None else int(port))
