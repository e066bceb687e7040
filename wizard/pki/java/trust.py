"""Java's verdict on a peer of the cluster: does this trust store accept that chain?

Sources: the behaviour of JSSE (JDK 17.0.15) and of Netty's JDK provider in Neo4j's SSL policy.
The order is Java's: anchors, path, dates, revocation, extended key usage, host name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from wizard.pki.java.names import host_failure
from wizard.pki.java.path import PathRefusedError, validate

Purpose = Literal["server", "client"]
"""What the peer is to the one who checks it: a server that was dialled, or a client that called."""

EMPTY_CHAIN = "Empty client certificate chain"
NO_ANCHORS = (
    "Unexpected error: java.security.InvalidAlgorithmParameterException: "
    "the trustAnchors parameter must be non-empty"
)

_USAGES = {
    "server": ExtendedKeyUsageOID.SERVER_AUTH,
    "client": ExtendedKeyUsageOID.CLIENT_AUTH,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustStore:
    """What a server trusts.

    Attributes:
        anchors: every certificate in trusted/.
        crls: every CRL in revoked/; one is enough to turn revocation checking on.
        trust_all: Netty's InsecureTrustManagerFactory stands in for all of it.
    """

    anchors: tuple[x509.Certificate, ...] = ()
    crls: tuple[x509.CertificateRevocationList, ...] = ()
    trust_all: bool = False


def check_peer(
    store: TrustStore,
    chain: Sequence[x509.Certificate],
    *,
    purpose: Purpose,
    now: datetime,
    host: str | None = None,
    is_java: bool = True,
) -> str | None:
    """Return the message of the SSLHandshakeException Java throws for this peer, or None.

    Args:
        store: of the side that checks.
        chain: what the peer would show, leaf first; empty for a client that has nothing.
        purpose: `server` when the checking side dialled the peer, else `client`.
        now: aware time.
        host: the name dialled, when `verify_hostname` is on; only the side that dials checks it.
        is_java: a Java client shows nothing unless one of its issuers is named by the acceptor;
            False for a client, such as OpenSSL, that always shows what it has.
    """
    if purpose == "client" and (not chain or (is_java and not would_offer(store, chain))):
        return EMPTY_CHAIN
    if not chain:
        return "Empty server certificate chain"
    failure = None if store.trust_all else _trust_failure(store, chain, purpose, now)
    if failure is None and host is not None and purpose == "server":
        failure = host_failure(chain[0], host)
    return failure


def would_offer(store: TrustStore, chain: Sequence[x509.Certificate]) -> bool:
    """Say whether a Java client shows its chain to an acceptor with this store.

    The acceptor names the subjects of its anchors, and a Java client shows a chain only if one of
    them issued something in it (`SunX509KeyManagerImpl.getAliases`; found by experiment). A
    CA-issued leaf that is pinned without its CA is therefore never shown, whatever the manual's tip
    about the trusted folder says. No names at all means anyone will do.
    """
    if store.trust_all or not store.anchors:
        return True
    subjects = {anchor.subject for anchor in store.anchors}
    return any(certificate.issuer in subjects for certificate in chain)


def _trust_failure(
    store: TrustStore, chain: Sequence[x509.Certificate], purpose: Purpose, now: datetime
) -> str | None:
    if not store.anchors:
        return NO_ANCHORS
    try:
        below_anchor = validate(chain, anchors=store.anchors, crls=store.crls, now=now)
    except PathRefusedError as refused:
        return str(refused)
    # A pinned leaf is trusted as it is: no usage, no dates, no CRL (`Validator.validate`).
    return _usage_failure(chain[0], purpose) if below_anchor else None


def _usage_failure(leaf: x509.Certificate, purpose: Purpose) -> str | None:
    """`EndEntityChecker`: without a key usage or an extended one, everything is allowed."""
    for extension in leaf.extensions:
        if isinstance(extension.value, x509.KeyUsage) and not extension.value.digital_signature:
            return "KeyUsage does not allow digital signatures"
    for extension in leaf.extensions:
        if isinstance(extension.value, x509.ExtendedKeyUsage):
            allowed = {*extension.value}
            if not allowed & {_USAGES[purpose], ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}:
                return f"Extended key usage does not permit use for TLS {purpose} authentication"
    return None
