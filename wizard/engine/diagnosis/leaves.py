"""The certificates of the servers: which one counts, and what is wrong with one by itself."""

from __future__ import annotations

from wizard.engine.diagnosis.observations import Observations, ServerObservation
from wizard.errors import MaterialError
from wizard.pki.inspect import CertificateFacts, describe, load_chain, names_cover

_BOTH = frozenset({"serverAuth", "clientAuth"})


def leaf_of(seen: Observations, one: ServerObservation) -> CertificateFacts | None:
    """Return the leaf a server serves, else the one its policy names; None when unreadable."""
    for content in (*seen.leaves(one.server), one.certificate if one.encrypts else None):
        if content:
            try:
                return describe(load_chain(content)[0])
            except MaterialError:
                continue
    return None


def on_disk(one: ServerObservation) -> set[str]:
    """Return the fingerprint of the leaf in a server's public.crt, or nothing."""
    if not one.certificate:
        return set()
    try:
        return {describe(load_chain(one.certificate)[0]).fingerprint}
    except MaterialError:
        return set()


def is_known(one: ServerObservation, leaf: CertificateFacts) -> bool:
    """Say whether a leaf is the one that was made for a server, or else the one on its disk."""
    known = {one.leaf_made} if one.leaf_made else on_disk(one)
    return not known or leaf.fingerprint in known


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
