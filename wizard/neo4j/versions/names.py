"""Names of settings, ports and addresses, version by version."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from wizard.model.cluster import Channel
from wizard.neo4j.versions.fact import always, since

DEFAULT_PORTS = MappingProxyType(
    {
        Channel.DISCOVERY: 5000,
        Channel.CLUSTER: 6000,
        Channel.RAFT: 7000,
        Channel.ROUTING: 7688,
        Channel.BACKUP: 6362,
        Channel.BOLT: 7687,
        Channel.HTTP: 7474,
    }
)
"""Operations Manual, Ports; the same numbers in every version, where the port exists."""

_PORTS = "Operations Manual, Ports"
_D, _C, _R, _S = Channel.DISCOVERY, Channel.CLUSTER, Channel.RAFT, Channel.ROUTING


def _addresses(kind: str, **names: str) -> Mapping[Channel, str]:
    return MappingProxyType({Channel(c): f"{n}{kind}_address" for c, n in names.items()})


_THREE = {
    _D.value: "causal_clustering.discovery_",
    _C.value: "causal_clustering.transaction_",
    _R.value: "causal_clustering.raft_",
}
_FOUR = {**_THREE, _S.value: "dbms.routing."}  # from 4.1 on, as 4.0.12 declares none of it
_CALENDAR = {
    _C.value: "server.cluster.",
    _R.value: "server.cluster.raft.",
    _S.value: "server.routing.",
}
_FIVE = {_D.value: "server.discovery.", **_CALENDAR}


class NameFacts:
    """How settings are called and which ports there are."""

    __slots__ = ()

    advertised = since(
        f"{_PORTS}; Breaking changes 2025.01: discovery moved to the cluster port",
        ("3.5", _addresses("advertised", **_THREE)),
        ("4.1", _addresses("advertised", **_FOUR)),
        ("5.0", _addresses("advertised", **_FIVE)),
        ("2025.01", _addresses("advertised", **_CALENDAR)),
    )
    """The settings of what peers dial, by channel."""

    listen = since(
        f"{_PORTS}; Breaking changes 2025.01: discovery moved to the cluster port",
        ("3.5", _addresses("listen", **_THREE)),
        ("4.1", _addresses("listen", **_FOUR)),
        ("5.0", _addresses("listen", **_FIVE)),
        ("2025.01", _addresses("listen", **_CALENDAR)),
    )
    """The settings of what a server binds, by channel."""

    default_advertised = since(
        _PORTS,
        ("3.5", "dbms.connectors.default_advertised_address"),
        ("4.0", "dbms.default_advertised_address"),
        ("5.0", "server.default_advertised_address"),
    )
    """The setting that gives the advertised addresses their host."""

    default_listen = since(
        _PORTS,
        ("3.5", "dbms.connectors.default_listen_address"),
        ("4.0", "dbms.default_listen_address"),
        ("5.0", "server.default_listen_address"),
    )
    """The setting that gives the listen addresses their host."""

    backup_listen = since(
        _PORTS,
        ("3.5", "dbms.backup.address"),
        ("4.0", "dbms.backup.listen_address"),
        ("5.0", "server.backup.listen_address"),
    )
    """The setting of the backup listener; it has no advertised address."""

    backup_enabled = since(
        "Operations Manual, Configuration settings",
        ("3.5", "dbms.backup.enabled"),
        ("5.0", "server.backup.enabled"),
    )
    """The setting that opens the backup listener."""

    logs_directory = since(
        "Operations Manual, Default file locations",
        ("3.5", "dbms.directories.logs"),
        ("5.0", "server.directories.logs"),
    )
    """The setting that moves the log folder."""

    directories = since(
        "Operations Manual, Default file locations",
        ("3.5", "dbms.directories"),
        ("5.0", "server.directories"),
    )
    """What the settings of folders begin with."""

    memory = since(
        "Operations Manual, Memory configuration", ("3.5", "dbms.memory"), ("5.0", "server.memory")
    )
    """What the settings of heap and page cache begin with."""

    bolt = since(_PORTS, ("3.5", "dbms.connector.bolt"), ("5.0", "server.bolt"))
    """What the settings of the Bolt connector begin with."""

    mode_setting = since(
        "Operations Manual 3.5 and 4.4, dbms.mode; Manual 5, Clustering: it is gone",
        ("3.5", "dbms.mode"),
        ("5.0", None),
    )
    """The setting that names a server's mode, or None where every server is a cluster's."""

    mode_constraint = since(
        "Operations Manual 5, initial.server.mode_constraint: what a server begins as",
        ("3.5", None),
        ("5.0", "initial.server.mode_constraint"),
    )
    """The setting that may keep a server from hosting anything but secondaries."""

    members = since(
        "Operations Manual, Discovery; Breaking changes 2025.01",
        ("3.5", "causal_clustering.initial_discovery_members"),
        ("5.0", "dbms.cluster.discovery.endpoints"),
        ("2025.01", "dbms.cluster.endpoints"),
    )
    """The setting that lists whom a server asks first for the others."""

    members_channel = since(
        "Operations Manual, Discovery; Breaking changes 2025.01",
        ("3.5", Channel.DISCOVERY),
        ("2025.01", Channel.CLUSTER),
    )
    """The channel whose port stands in that list."""

    discovery_version = since(
        "Operations Manual 5, Discovery: V2_ONLY leaves port 5000 closed; gone in 2025.01",
        ("3.5", None),
        ("5.22", "dbms.cluster.discovery.version"),
        ("2025.01", None),
    )
    """The setting that chooses the kind of discovery, or None where there is no choice."""

    jvm_additional = since(
        "Operations Manual, The neo4j.conf file",
        ("3.5", "dbms.jvm.additional"),
        ("5.0", "server.jvm.additional"),
    )
    """The setting of an option for Java."""

    repeatable = always(
        "Operations Manual, The neo4j.conf file; Config.fromFile keeps both names together",
        frozenset({"dbms.jvm.additional", "server.jvm.additional"}),
    )
    """The settings that may stand more than once."""
