"""What a proof needs: which ports to probe, which leaf to expect there, and what to show them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from wizard.engine.events import ProbeKind
from wizard.engine.making import Made
from wizard.engine.probing.door import Opener
from wizard.engine.probing.matrix import Identities, Laboratory, Target
from wizard.model.cluster import ClusterPort
from wizard.pki.authority import Authority
from wizard.pki.keys import KeyBytes, load_private_key, private_key_pem
from wizard.pki.probe_identities import ProbeIdentity, make_probe_identities
from wizard.planning.plan import Plan


def targets_of(
    ports: Mapping[str, tuple[ClusterPort, ...]], leaves: Mapping[str, str]
) -> tuple[Target, ...]:
    """Return every port of every server, with the leaf it has to serve where that is known."""
    return tuple(
        Target(server=server, port=port, leaf=leaves.get(server))
        for server, every in ports.items()
        for port in every
    )


def laboratory(
    openers: Mapping[str, Opener], authority: Authority | None, now: datetime
) -> Laboratory:
    """Make the identities of one proof; without the CA's key there is none of ours."""
    made = make_probe_identities(authority, now)
    found = {
        ProbeKind.OURS: made.ours,
        ProbeKind.FOREIGN_CA: made.foreign_ca,
        ProbeKind.SELF_MADE: made.self_made,
        ProbeKind.EXPIRED: made.expired,
    }
    identities = {kind: one for kind, one in found.items() if one is not None}
    return Laboratory(openers=openers, identities=identities)


def laboratory_of(
    openers: Mapping[str, Opener], plan: Plan, made: Made, now: datetime
) -> Laboratory:
    """Make the identities for the proof of what was just made.

    Where servers trust each other's own certificates there is no CA to issue one for us: the
    first server's stands in, which every other trusts.
    """
    bare = laboratory(openers, made.authority, now)
    if made.authority is not None:
        return bare
    identities: Identities = {
        **bare.identities,
        ProbeKind.OURS: _own(made, plan.servers[0].server),
    }
    return Laboratory(openers=openers, identities=identities)


def _own(made: Made, server: str) -> ProbeIdentity:
    material = made.material[server]
    key = load_private_key(material.private_key_pem.reveal(), made.passwords[server])
    return ProbeIdentity(
        chain_pem=material.certificate_pem,
        key_pem=KeyBytes(private_key_pem(key, None)),
        fingerprint=material.fingerprint,
    )
