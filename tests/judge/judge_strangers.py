"""The wizard's own probes at the door of Neo4j's classes, and at that of the simulated Neo4j."""

from __future__ import annotations

import socket
from collections.abc import Mapping

from judge_bench import ADDRESSES, Bench, Server
from judge_certificates import NOW

from wizard.engine.events import ProbeKind
from wizard.engine.probing.matrix import Identities, Laboratory, Target, probe_own, probe_strangers
from wizard.model.cluster import Channel, ClusterPort
from wizard.pki.authority import Authority
from wizard.pki.probe_identities import make_probe_identities


class _Way:
    """A server's network, by the names of the judge."""

    def open_tcp(self, host: str, port: int, timeout_s: float, /) -> socket.socket:
        return socket.create_connection((ADDRESSES.get(host, host), port), timeout_s)


def identities_for(bench: Bench) -> Identities:
    """Return what strangers show, and one of ours, issued by the CA of the case."""
    made = make_probe_identities(Authority(certificate=bench.ca.certificate, key=bench.ca.key), NOW)
    assert made.ours is not None
    assert made.expired is not None
    return {
        ProbeKind.OURS: made.ours,
        ProbeKind.EXPIRED: made.expired,
        ProbeKind.FOREIGN_CA: made.foreign_ca,
        ProbeKind.SELF_MADE: made.self_made,
    }


def knock(server: Server, port: int, identities: Identities) -> Mapping[str, str]:
    """Return the verdict of every kind of probe, in the wizard's words."""
    target = Target(
        server=server.name,
        port=ClusterPort(
            channel=Channel.RAFT,
            host=server.advertised,
            port=port,
            listen_host=server.ip,
            listen_port=port,
        ),
    )
    laboratory = Laboratory(openers={server.name: _Way()}, identities=identities)
    asked = (*probe_own(laboratory, [target]), *probe_strangers(laboratory, [target]))
    return {one.probe.kind.value: one.probe.verdict.value for one in asked}
