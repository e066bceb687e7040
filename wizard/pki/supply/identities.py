"""What servers show their peers, for a proof: certificates that were brought, with their keys."""

from __future__ import annotations

from collections.abc import Mapping

from cryptography.hazmat.primitives.serialization import Encoding

from wizard.pki.inspect import fingerprint
from wizard.pki.keys import KeyBytes, private_key_pem
from wizard.pki.probe_identities import ProbeIdentity
from wizard.pki.supply.assembling import assemble
from wizard.pki.supply.matching import pair_of
from wizard.pki.supply.supplied import Material


def own_identities(material: Material, leaves: Mapping[str, str]) -> dict[str, ProbeIdentity]:
    """Return each server's own identity, in memory; none for a server whose key is not at hand.

    Args:
        material: what was brought, its keys opened where a password was at hand.
        leaves: by server, the fingerprint of the certificate it has to serve.
    """
    brought = {fingerprint(leaf.certificate): leaf for leaf in material.leaves()}
    pairs = {
        server: pair_of(material, brought[wanted])
        for server, wanted in leaves.items()
        if wanted in brought
    }
    complete = {server: pair for server, pair in pairs.items() if pair is not None}
    return {
        server: ProbeIdentity(
            chain_pem=b"".join(part.public_bytes(Encoding.PEM) for part in one.sent),
            key_pem=KeyBytes(private_key_pem(one.pair.key, None)),
            fingerprint=leaves[server],
        )
        for server, one in assemble(material, complete).items()
    }
