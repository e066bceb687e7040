"""The certificates of the servers: which one counts, and what is wrong with one by itself."""

from __future__ import annotations

from wizard.engine.diagnosis.observations import Observations, ServerObservation
from wizard.errors import MaterialError
from wizard.pki.inspect import CertificateFacts, describe, load_chain, names_cover

_BOTH = frozenset({"serverAuth", "clientAuth"})


def leaf_of(seen: Observations, one: ServerObservation) -> CertificateFacts | None:
    """Return the leaf a server serves, else the one its policy names; None when unreadable."""
    for content in (*seen.leaves(one.server), one.certificate if one.encrypts else None):
        if (leaf := described(content)) is not None:
            return leaf
    return None


def described(content: bytes | None) -> CertificateFacts | None:
    """Return what the first certificate of a file says; None when there is none to read."""
    if not content:
        return None
    try:
        return describe(load_chain(content)[0])
    except MaterialError:
        return None


def on_disk(one: ServerObservation) -> set[str]:
    """Return the fingerprint of the leaf in a server's public.crt, or nothing."""
    leaf = described(one.certificate)
    return set() if leaf is None else {leaf.fingerprint}


def is_known(one: ServerObservation, leaf: CertificateFacts) -> bool:
    """Say whether a leaf is the one that was made for a server, or else the one on its disk."""
    known = {one.leaf_made} if one.leaf_made else on_disk(one)
    return not known or leaf.fingerprint in known


def is_older(der: bytes, one: ServerObservation) -> bool:
    """Say whether a served leaf was issued before the one on the disk, by the same issuer."""
    served, disk = described(der), described(one.certificate)
    if served is None or disk is None:
        return False
    return served.issuer == disk.issuer and served.not_before < disk.not_before


def lacking_usages(leaf: CertificateFacts) -> frozenset[str]:
    """Return which of both directions of TLS a leaf is not made for."""
    if not leaf.usages or "any" in leaf.usages:
        return frozenset()
    return _BOTH - set(leaf.usages)


def missing_names(der: bytes, addresses: tuple[str, ...]) -> list[str]:
    """Return the names that peers dial and a leaf does not hold."""
    leaf = load_chain(der)[0]
    return [name for name in addresses if not names_cover(leaf, name)]


def names_matter(seen: Observations) -> bool:
    """Say whether any server checks the names of those it dials."""
    return any(o.encrypts and o.policy and o.policy.verify_hostname for o in seen.running)


def is_flawed(der: bytes, one: ServerObservation, seen: Observations) -> bool:
    """Say whether a served leaf is refused for what it is, whoever issued it."""
    leaf = describe(load_chain(der)[0])
    if not leaf.not_before <= seen.now < leaf.not_after or lacking_usages(leaf):
        return True
    return names_matter(seen) and bool(missing_names(der, one.addresses))
