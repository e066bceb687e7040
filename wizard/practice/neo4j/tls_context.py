"""What one server brings to its handshakes, and OpenSSL contexts that do what Java would do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from OpenSSL import SSL, crypto

from wizard.model.settings import ClientAuth
from wizard.neo4j.policy import ClusterPolicy
from wizard.pki.java.pem import certificates
from wizard.pki.java.trust import TrustStore
from wizard.pki.loader.directory import LoadedPolicy
from wizard.practice.neo4j.client_hello import PLAYS_JAVA
from wizard.practice.neo4j.mismatched_key import key_with_foreign_public_half

_SUITES_1_3 = frozenset(  # RFC 8446, B.4, as far as Java has them
    {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}
)
_VERSIONS = {
    "TLSv1": (SSL.TLS1_VERSION, SSL.OP_NO_TLSv1),
    "TLSv1.1": (SSL.TLS1_1_VERSION, SSL.OP_NO_TLSv1_1),
    "TLSv1.2": (SSL.TLS1_2_VERSION, SSL.OP_NO_TLSv1_2),
    "TLSv1.3": (SSL.TLS1_3_VERSION, SSL.OP_NO_TLSv1_3),
}


@dataclass(slots=True, kw_only=True)
class TlsSide:
    """One server in its handshakes.

    Attributes:
        chain: certificates, leaf first; key: one that fits them, or pretends to.
        store: what it trusts; it may grow.
        now: the clock.
        java_peers: accepted connections whose client plays Java.
        later_java: Java 21 or later runs this server, as from 2025.01 on; else Java 17.
    """

    chain: tuple[Any, ...]
    key: Any
    store: TrustStore
    client_auth: ClientAuth
    tls_versions: tuple[str, ...]
    ciphers: tuple[str, ...] | None
    now: Callable[[], datetime]
    java_peers: set[int] = field(default_factory=set)
    later_java: bool = False

    @classmethod
    def of(
        cls,
        loaded: LoadedPolicy,
        policy: ClusterPolicy,
        *,
        now: Callable[[], datetime],
        later_java: bool,
    ) -> TlsSide:
        """Return the side of a server that has loaded its policy."""
        if loaded.key_matches():
            key: Any = loaded.key
        else:
            key = key_with_foreign_public_half(loaded.key, loaded.chain[0])
        return cls(
            chain=loaded.chain,
            key=key,
            store=loaded.trust,
            client_auth=policy.client_auth,
            tls_versions=policy.tls_versions,
            ciphers=policy.ciphers,
            now=now,
            later_java=later_java,
        )

    def trust_also(self, pem: bytes) -> None:
        """Add an authority to what is trusted, unless nothing is trusted at all."""
        more = tuple(one for one in certificates(pem) if one not in self.store.anchors)
        if self.store.anchors:
            self.store = replace(self.store, anchors=(*self.store.anchors, *more))


def server_context(side: TlsSide) -> SSL.Context:
    """Return the context of an accepting side: it names trusted/ to its clients, as Java does."""
    context = _context(side)
    names = [crypto.X509.from_cryptography(one).get_subject() for one in side.store.anchors]
    context.set_client_ca_list(names)

    def select(connection: SSL.Connection, offered: list[bytes]) -> Any:  # noqa: ANN401 - bytes or pyOpenSSL's own sign
        if PLAYS_JAVA in offered:
            side.java_peers.add(id(connection))
        return SSL.NO_OVERLAPPING_PROTOCOLS

    context.set_alpn_select_callback(select)
    return context


def client_context(side: TlsSide) -> SSL.Context:
    """Return the context of a dialling side."""
    context = _context(side)
    context.set_alpn_protos([PLAYS_JAVA])
    return context


def _context(side: TlsSide) -> SSL.Context:
    context = SSL.Context(SSL.TLS_METHOD)
    _limit_versions(context, _usable(side.tls_versions, side.ciphers))
    # Every handshake is a whole one: a resumed session would not be judged again.
    context.set_options(SSL.OP_NO_TICKET)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    if side.ciphers is not None:
        context.set_cipher_list(_openssl_names(side.ciphers))
        of_1_3 = [cipher for cipher in side.ciphers if cipher in _SUITES_1_3]
        context.set_tls13_ciphersuites(":".join(of_1_3).encode("ascii"))
    leaf, *issuers = side.chain
    context.use_certificate(leaf)
    context.use_privatekey(side.key)
    for issuer in issuers:
        context.add_extra_chain_cert(issuer)
    return context


def _usable(versions: tuple[str, ...], ciphers: tuple[str, ...] | None) -> tuple[str, ...]:
    """Leave out TLS 1.3, or what is older, where none of the named ciphers is for it."""
    if ciphers is None:
        return versions
    has_1_3, has_older = (any((c in _SUITES_1_3) is one for c in ciphers) for one in (True, False))
    return tuple(one for one in versions if (has_1_3 if one == "TLSv1.3" else has_older))


def _limit_versions(context: SSL.Context, wanted: tuple[str, ...]) -> None:
    known = [name for name in _VERSIONS if name in wanted]
    context.set_min_proto_version(_VERSIONS[known[0]][0] if known else SSL.TLS1_3_VERSION)
    context.set_max_proto_version(_VERSIONS[known[-1]][0] if known else SSL.TLS1_2_VERSION)
    for name, (_, without) in _VERSIONS.items():
        if name not in known:
            context.set_options(without)


def _openssl_names(ciphers: tuple[str, ...]) -> bytes:
    """Return Java's names of TLS 1.2 suites as OpenSSL's; those of TLS 1.3 are not in this list."""
    names = []
    for cipher in ciphers:
        exchange, _, rest = cipher.removeprefix("TLS_").partition("_WITH_")
        if rest:
            rest = rest.replace("AES_", "AES").replace(
                "CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305"
            )
            rest = rest.replace("_CBC_", "_").replace("_", "-")
            names.append(rest if exchange == "RSA" else f"{exchange.replace('_', '-')}-{rest}")
    return ":".join(names or ["ECDHE+AESGCM"]).encode("ascii")
