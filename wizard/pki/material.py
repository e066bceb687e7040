"""The files of every server of a cluster: key, certificate, and what each of them trusts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from wizard.errors import MaterialError
from wizard.model.settings import KeyAlgorithm, Subject, TrustModel
from wizard.pki.authority import Authority
from wizard.pki.keys import KeyBytes, PrivateKey, make_key, private_key_pem
from wizard.pki.leaf import issue_leaf, self_signed
from wizard.secret import Secret

AUTHORITY_FILE = "ca.crt"
"""The name of the CA's certificate inside trusted/; Neo4j reads every name there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafRequest:
    """What one server needs a certificate for.

    Attributes:
        server: the server's name in the answers.
        subject: with its placeholders filled.
        dns_names: every name its peers may dial.
        ip_addresses: every address its peers may dial.
        password: what encrypts its private key; None leaves the key in clear.
        kdf_rounds: None suits a generated password; `pbes2.STRONG_ROUNDS` suits a typed one.
    """

    server: str
    subject: Subject
    dns_names: tuple[str, ...]
    ip_addresses: tuple[str, ...]
    password: Secret | None = None
    kdf_rounds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerMaterial:
    """The files of one server.

    Attributes:
        private_key_pem: PKCS#8, encrypted when a password was asked for.
        certificate_pem: the leaf, with the intermediate CA behind it where there is one; what
            is trusted stands in trusted/ of every peer.
        trusted: file name and PEM bytes, in the order of their names.
        fingerprint: SHA-256 of the leaf's DER, 64 lower-case hex digits.
        not_before: when the leaf begins, UTC.
        not_after: when the leaf ends, UTC.
    """

    server: str
    private_key_pem: KeyBytes
    certificate_pem: bytes
    trusted: tuple[tuple[str, bytes], ...]
    fingerprint: str
    not_before: datetime
    not_after: datetime
    dns_names: tuple[str, ...]
    ip_addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialSet:
    """The files of all servers, by server name, in the order they were asked for."""

    servers: Mapping[str, ServerMaterial]

    def __getitem__(self, server: str) -> ServerMaterial:
        return self.servers[server]

    def __iter__(self) -> Iterator[str]:
        return iter(self.servers)

    def __len__(self) -> int:
        return len(self.servers)


def make_material(
    requests: Sequence[LeafRequest],
    *,
    trust: TrustModel,
    algorithm: KeyAlgorithm,
    now: datetime,
    lifetime_days: int,
    authority: Authority | None = None,
    with_own: bool = False,
    made: Callable[[str], None] = lambda _server: None,
) -> MaterialSet:
    """Make a key and a certificate for every server, and what each server trusts.

    RSA keys are made in as many threads as there are CPUs, because they take long and let other
    threads run; EC keys are quicker made in a row.

    Args:
        requests: one a server.
        trust: private CA or self-signed; the other models bring their own files.
        algorithm: the kind of all keys.
        now: aware time.
        lifetime_days: of each leaf, counted from now.
        authority: the CA, needed for `private-ca`.
        with_own: whether each server is to trust its own self-signed certificate, too.
        made: called with a server's name when its key is ready, from the calling thread.

    Raises:
        MaterialError: a name or subject is refused, the CA is missing, or the trust model is
            one whose certificates are not made here. Nothing was made then.
    """
    _check_trust(trust, authority)
    keys = make_keys([request.server for request in requests], algorithm, made)
    leaves = {
        request.server: _certify(
            request, keys[request.server], authority, now=now, lifetime_days=lifetime_days
        )
        for request in requests
    }
    return MaterialSet(
        servers=MappingProxyType(
            {
                request.server: _files(
                    request,
                    keys[request.server],
                    leaves[request.server],
                    _trusted(request.server, leaves, authority, with_own=with_own),
                    authority.sent_along if authority else (),
                )
                for request in requests
            }
        )
    )


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate's DER as 64 lower-case hex digits."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def _check_trust(trust: TrustModel, authority: Authority | None) -> None:
    if trust is TrustModel.PRIVATE_CA and authority is None:
        raise MaterialError(
            "The certificates are to come from a private CA, but there is no CA to issue them.",
            hint="Make a CA, or open the one that was kept.",
        )
    if trust is TrustModel.SELF_SIGNED and authority is not None:
        raise MaterialError(
            "Self-signed certificates need no CA, but one was given.",
            hint="Choose the trust model private-ca to use it.",
        )
    if trust not in (TrustModel.PRIVATE_CA, TrustModel.SELF_SIGNED):
        raise MaterialError(
            f"With the trust model {trust.value} the certificates come from outside.",
            hint="Choose private-ca or self-signed to have them made.",
        )


def make_keys(
    servers: Sequence[str], algorithm: KeyAlgorithm, made: Callable[[str], None]
) -> dict[str, PrivateKey]:
    """Make a key for every server: RSA keys in as many threads as there are CPUs.

    Args:
        servers: their names.
        algorithm: the kind of all keys.
        made: called with a server's name when its key is ready, from the calling thread.
    """
    keys: dict[str, PrivateKey] = {}
    with _threads(algorithm) as pool:
        pending = {pool.submit(make_key, algorithm): server for server in servers}
        for future in as_completed(pending):
            keys[pending[future]] = future.result()
            made(pending[future])
    return keys


@contextmanager
def _threads(algorithm: KeyAlgorithm) -> Iterator[ThreadPoolExecutor]:
    """Give the pool for the keys; what has not begun is dropped when the caller is interrupted."""
    is_slow = algorithm.value.startswith("rsa")
    pool = ThreadPoolExecutor((os.cpu_count() or 1) if is_slow else 1, "make-key")
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _certify(
    request: LeafRequest,
    key: PrivateKey,
    authority: Authority | None,
    *,
    now: datetime,
    lifetime_days: int,
) -> x509.Certificate:
    if authority is None:
        return self_signed(
            key=key,
            subject=request.subject,
            dns_names=request.dns_names,
            ip_addresses=request.ip_addresses,
            now=now,
            lifetime_days=lifetime_days,
        )
    return issue_leaf(
        authority,
        key=key,
        subject=request.subject,
        dns_names=request.dns_names,
        ip_addresses=request.ip_addresses,
        now=now,
        lifetime_days=lifetime_days,
    )


def whom_to_trust(
    server: str, servers: Iterable[str], *, with_own: bool = False
) -> tuple[str, ...]:
    """Return whose self-signed certificates go into a server's trusted/: the others', by name.

    A server alone trusts itself: under `client_auth=REQUIRE` no version of Neo4j from 4.0 on starts
    on an empty trusted/ (`SslPolicyLoader.createTrustStoreFromPem`).
    """
    return tuple(sorted(set(servers) - (set() if with_own else {server}))) or (server,)


def _trusted(
    server: str,
    leaves: Mapping[str, x509.Certificate],
    authority: Authority | None,
    *,
    with_own: bool,
) -> tuple[tuple[str, bytes], ...]:
    """List what goes into trusted/: the CA alone, or the certificates of the other servers."""
    if authority is not None:
        return ((AUTHORITY_FILE, authority.anchor.public_bytes(Encoding.PEM)),)
    return tuple(
        (f"{other}.crt", leaves[other].public_bytes(Encoding.PEM))
        for other in whom_to_trust(server, leaves, with_own=with_own)
    )


def _files(
    request: LeafRequest,
    key: PrivateKey,
    leaf: x509.Certificate,
    trusted: tuple[tuple[str, bytes], ...],
    behind: tuple[x509.Certificate, ...],
) -> ServerMaterial:
    return ServerMaterial(
        server=request.server,
        private_key_pem=KeyBytes(
            private_key_pem(key, request.password, kdf_rounds=request.kdf_rounds)
        ),
        certificate_pem=b"".join(one.public_bytes(Encoding.PEM) for one in (leaf, *behind)),
        trusted=trusted,
        fingerprint=fingerprint(leaf),
        not_before=leaf.not_valid_before_utc,
        not_after=leaf.not_valid_after_utc,
        dns_names=request.dns_names,
        ip_addresses=request.ip_addresses,
    )
