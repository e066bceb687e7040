"""Faults in what neo4j.conf says and in what the process meets as it starts; the file stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from wizard.model.settings import ClientAuth
from wizard.neo4j.policy import ClusterPolicy
from wizard.pki.java.keys import LoadedKey
from wizard.practice.neo4j.fault_surroundings import CLOCK_BEHIND, CLOCK_FAULT
from wizard.practice.neo4j.refusal import StartRefused

_FOR_RSA = ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",)
_FOR_EC = ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",)

_MISSPELT = "Unrecognized setting. No declared setting with name: dbms.ssl.policy.cluser.enabled."
_REFUSALS = {
    "disk-full": (
        "java.io.UncheckedIOException: java.io.IOException: No space left on device",
        "java.io.IOException: No space left on device",
    ),
    "setting-refused": (f"java.lang.IllegalArgumentException: {_MISSPELT}",),
}


def faulty_policy(faults: frozenset[str], policy: ClusterPolicy) -> ClusterPolicy:
    """Return the policy as the server reads it."""
    if "client-auth-none" in faults:
        return replace(policy, client_auth=ClientAuth.NONE)
    if "trusts-everyone" in faults:
        return replace(policy, trust_all=True)
    if "old-tls" in faults:
        return replace(policy, tls_versions=("TLSv1.1",))
    return policy


def without_fitting_cipher(policy: ClusterPolicy, key: LoadedKey) -> ClusterPolicy:
    """Leave only a cipher for keys of another kind than the server's."""
    other = _FOR_RSA if "EllipticCurve" in type(key).__name__ or hasattr(key, "curve") else _FOR_EC
    return replace(policy, ciphers=other)


def refuse_start(faults: frozenset[str]) -> None:
    """End the start where a fault does.

    Raises:
        StartRefused: with what Java says then.
    """
    for fault, causes in _REFUSALS.items():
        if fault in faults:
            raise StartRefused(*causes)


def told_time(faults: frozenset[str]) -> datetime:
    """Return the time by the server's clock."""
    now = datetime.now(UTC)
    return now - CLOCK_BEHIND if CLOCK_FAULT in faults else now
