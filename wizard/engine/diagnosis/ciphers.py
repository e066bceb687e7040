"""Causes that leave two servers no common way of speaking TLS: versions, ciphers, keys."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.engine.diagnosis.leaves import leaf_of
from wizard.engine.diagnosis.observations import Observations
from wizard.engine.diagnosis.problem import error
from wizard.model.problems import Problem

_OF_1_3 = "TLS_AES_", "TLS_CHACHA20_"
_KINDS = {"EC": ("ECDSA",), "RSA": ("RSA",)}
"""What stands in the name of a suite of TLS 1.2 for a kind of key (RFC 8422 5, RFC 5246 A.5)."""


def no_common_version(seen: Observations) -> Iterator[Problem]:
    """Two servers have no TLS version in common; the one that differs from most is named."""
    speaks = {one.server: set(one.tls_versions) for one in seen.servers.values() if one.encrypts}
    for odd, peers in _apart(speaks):
        yield error(
            odd,
            "tls-version-mismatch",
            f"{odd} and {', '.join(peers)} have no TLS version in common.",
            "Set the same tls_versions in every neo4j.conf.",
            f"{','.join(sorted(speaks[odd]))} and {','.join(sorted(speaks[peers[0]]))}",
        )


def no_common_cipher(seen: Observations) -> Iterator[Problem]:
    """Two servers name their cipher suites, and none stands in both lists."""
    named = {
        one.server: set(one.ciphers)
        for one in seen.servers.values()
        if one.encrypts and one.ciphers is not None
    }
    for odd, peers in _apart(named):
        yield error(
            odd,
            "cipher-mismatch",
            f"{odd} and {', '.join(peers)} have no cipher suite in common.",
            "Remove the ciphers setting of the cluster policy on every server, or set the same.",
            f"{','.join(sorted(named[odd]))} and {','.join(sorted(named[peers[0]]))}",
        )


def cipher_of_another_key(seen: Observations) -> Iterator[Problem]:
    """Every suite a server allows is for keys of another kind than its own."""
    for one in seen.servers.values():
        leaf = leaf_of(seen, one)
        if not one.encrypts or one.ciphers is None or leaf is None:
            continue
        kind = leaf.key_type.split()[0]
        signs = _KINDS.get(kind, ())
        fits = (
            c.startswith(_OF_1_3) or any(f"_{sign}_" in c for sign in signs) for c in one.ciphers
        )
        if signs and not any(fits):
            yield error(
                one.server,
                "key-type-mismatch",
                f"{one.server} has an {kind} key, and the ciphers its policy allows are all for"
                " keys of another kind, so nobody can talk to it.",
                "Remove the ciphers setting of its cluster policy, or name suites for its key.",
                ",".join(one.ciphers),
            )


def _apart(sets: dict[str, set[str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield who has nothing in common with some others, the oddest first, each pair once."""
    apart = {
        name: {
            other for other in sets if sets[name] and sets[other] and not sets[name] & sets[other]
        }
        for name in sets
    }
    for name in sorted(apart, key=lambda one: (-len(apart[one]), one)):
        if apart[name]:
            peers = tuple(sorted(apart[name]))
            for other in peers:
                apart[other].discard(name)
            yield name, peers
