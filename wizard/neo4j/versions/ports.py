"""Which ports a server opens, by the part it plays in its cluster, version by version."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from wizard.model.cluster import Channel
from wizard.neo4j.versions.fact import since


class ServerMode(StrEnum):
    """`dbms.mode` up to 4.4; from 5.0 on every Enterprise server is a primary to its peers."""

    CORE = "CORE"
    READ_REPLICA = "READ_REPLICA"
    SINGLE = "SINGLE"
    HA = "HA"
    ARBITER = "ARBITER"


_CORE, _REPLICA, _SINGLE = ServerMode.CORE, ServerMode.READ_REPLICA, ServerMode.SINGLE
_D, _C, _R, _S = Channel.DISCOVERY, Channel.CLUSTER, Channel.RAFT, Channel.ROUTING
_NONE: frozenset[Channel] = frozenset()


def _by_mode(
    core: frozenset[Channel], replica: frozenset[Channel], single: frozenset[Channel]
) -> Mapping[ServerMode, frozenset[Channel]]:
    others = dict.fromkeys((ServerMode.HA, ServerMode.ARBITER), _NONE)
    return MappingProxyType({_CORE: core, _REPLICA: replica, _SINGLE: single, **others})


_FIVE = frozenset({_D, _C, _R, _S})
_CALENDAR = frozenset({_C, _R, _S})


class PortFacts:
    """The ports that the cluster's policy protects."""

    __slots__ = ()

    modes = since(
        "Operations Manual 3.5 and 4.4, dbms.mode; Manual 5, Clustering: there is no mode",
        ("3.5", tuple(ServerMode)),
        ("4.0", (_CORE, _REPLICA, _SINGLE)),
        ("5.0", (_CORE,)),
    )
    """The values dbms.mode may have; one alone where there is no such setting."""

    default_mode = since(
        "Operations Manual 3.5 and 4.4, dbms.mode", ("3.5", _SINGLE), ("5.0", _CORE)
    )
    """The part a server plays when nothing says it."""

    open_ports = since(
        "Operations Manual, Ports; Migration guide 4.0, Causal Cluster: read replicas open the "
        "discovery port too; 4.1: routing; 5: every Enterprise server opens all of them",
        ("3.5", _by_mode(frozenset({_D, _C, _R}), frozenset({_C}), _NONE)),
        ("4.0", _by_mode(frozenset({_D, _C, _R}), frozenset({_D, _C}), _NONE)),
        ("4.1", _by_mode(frozenset({_D, _C, _R, _S}), frozenset({_D, _C, _S}), _NONE)),
        ("5.0", _by_mode(_FIVE, _FIVE, _FIVE)),
        ("2025.01", _by_mode(_CALENDAR, _CALENDAR, _CALENDAR)),
    )
    """The channels a server of each mode listens on; the servers of an HA cluster on none."""

    unprotected_ports = since(
        "Operations Manual 3.5, Ports: the ports of a high-availability cluster have no policy",
        ("3.5", MappingProxyType({"ha.host.coordination": 5001, "ha.host.data": 6001})),
        ("4.0", MappingProxyType[str, int]({})),
    )
    """Settings of ports between servers that no policy protects, with their defaults."""

    advertised_port_follows_listen = since(
        "Settings.advertisedAddress of 3.5; SettingMigrators.migrateAdvertisedAddressInheritance"
        "Change of 4.0 to 4.4, which 5.1.0 has no longer",
        ("3.5", True),
        ("5.0", False),
    )
    """Whether an advertised address without a port has the port that is listened on."""
