"""What a proof needs: which ports to probe, which leaf to expect there, and what to show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from wizard.engine.events import ProbeKind
from wizard.engine.making.made import Made
from wizard.engine.probing.matrix import Laboratory, Target
from wizard.engine.session import Session
from wizard.model.cluster import Channel, ClusterPort
from wizard.model.facts import ServerFacts
from wizard.model.version import Version
from wizard.neo4j.versions import is_known, rules_for
from wizard.pki.authority import Authority
from wizard.pki.keys import KeyBytes, load_private_key, private_key_pem
from wizard.pki.probe_identities import ProbeIdentity, make_probe_identities
from wizard.planning.plan import Plan


def targets_of(
    ports: Mapping[str, tuple[ClusterPort, ...]],
    leaves: Mapping[str, str],
    versions: Mapping[str, Version | None],
) -> tuple[Target, ...]:
    """Return every port of every server, with the leaf it has to serve where that is known."""
    return tuple(
        Target(
            server=server,
            port=port,
            leaf=leaves.get(server),
            may_be_plain=_may_be_plain(port, versions.get(server)),
        )
        for server, every in ports.items()
        for port in every
    )


def _may_be_plain(port: ClusterPort, version: Version | None) -> bool:
    if port.channel is not Channel.DISCOVERY or version is None or not is_known(version):
        return False
    return not rules_for(version).encrypts_discovery


def laboratory(session: Session, authority: Authority | None, now: datetime) -> Laboratory:
    """Make the identities of one proof; without the CA's key there is none of ours."""
    made = make_probe_identities(authority, now)
    found = {
        ProbeKind.OURS: made.ours,
        ProbeKind.FOREIGN_CA: made.foreign_ca,
        ProbeKind.SELF_MADE: made.self_made,
        ProbeKind.EXPIRED: made.expired,
    }
    identities = {kind: one for kind, one in found.items() if one is not None}
    return Laboratory(
        openers=session.connections,
        identities=identities,
        unresolved=unresolved(session.facts.values()),
    )


def unresolved(facts: Iterable[ServerFacts]) -> frozenset[tuple[str, str]]:
    """Return the names that servers can't resolve, as (server, name)."""
    return frozenset(
        (one.server, name)
        for one in facts
        for name, addresses in one.resolved.items()
        if not addresses
    )


def resolved(facts: Iterable[ServerFacts]) -> dict[str, tuple[str, ...]]:
    """Return what each name resolves to, by any of the servers."""
    found: dict[str, tuple[str, ...]] = {}
    for one in facts:
        for name, addresses in one.resolved.items():
            found[name] = tuple(dict.fromkeys((*found.get(name, ()), *addresses)))
    return found


def laboratory_of(session: Session, plan: Plan, made: Made, now: datetime) -> Laboratory:
    """Make the identities for the proof of what was just made.

    Where servers trust each other's own certificates there is no CA to issue one for us: each
    probe shows the certificate of the server it is made from, which every other trusts.
    """
    bare = laboratory(session, made.authority, now)
    if made.authority is not None:
        return bare
    return replace(bare, own={one.server: _own(made, one.server) for one in plan.servers})


def _own(made: Made, server: str) -> ProbeIdentity:
    material = made.material[server]
    key = load_private_key(material.private_key_pem.reveal(), made.passwords[server])
    return ProbeIdentity(
        chain_pem=material.certificate_pem,
        key_pem=KeyBytes(private_key_pem(key, None)),
        fingerprint=material.fingerprint,
    )
