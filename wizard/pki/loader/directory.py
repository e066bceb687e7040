"""Neo4j's loader of SSL policies, step by step in its order and with its messages.

Sources: `org.neo4j.ssl.config.SslPolicyLoader` of 4.4 and of 5.x, Netty's `SslContext` for what
happens when the loaded policy is put to use, and a JDK 17.0.15 for the causes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from wizard.model.version import Version
from wizard.pki.java import pem as java_pem
from wizard.pki.java.bouncy_pem import certificates_by_lines
from wizard.pki.java.dates import date_failure
from wizard.pki.java.failure import JavaError, read_failure
from wizard.pki.java.keys import LoadedKey, load_key
from wizard.pki.java.opened_keys import OpenedKeys
from wizard.pki.java.trust import TrustStore
from wizard.pki.loader.files import LocalFiles, PolicyDirectory, PolicySource
from wizard.pki.loader.load_error import PolicyLoadError, key_code
from wizard.pki.loader.three_five import refuse_missing, refuse_password

__all__ = [
    "LoadedPolicy",
    "LocalFiles",
    "PolicyDirectory",
    "PolicyLoadError",
    "PolicySource",
    "load_policy",
]

_RUNTIME = "java.lang.RuntimeException"
_IO = "java.io.IOException"
_ARGUMENT = "java.lang.IllegalArgumentException"
_MISSING_TRUSTED_IS_EMPTY = Version(4, 2)
_LAST_ONE_BY_ONE = 4  # the major version whose loader calls generateCertificate in a loop


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPolicy:
    """A policy as Neo4j holds it after its start; key and chain were not compared."""

    key: LoadedKey
    chain: tuple[x509.Certificate, ...]
    trust: TrustStore

    def key_pem(self) -> bytes:
        """Return the key in clear as PKCS#8 PEM, for a TLS library in this process."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def key_matches(self) -> bool:
        """Say whether the leaf is for the key: Neo4j starts without asking, then nobody gets in."""
        form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        leaf = self.chain[0].public_key()
        return self.key.public_key().public_bytes(*form) == leaf.public_bytes(*form)


def load_policy(
    source: PolicySource,
    policy: PolicyDirectory,
    version: Version,
    now: datetime,
    opened: OpenedKeys | None = None,
) -> LoadedPolicy:
    """Load a policy the way this version of Neo4j does when it starts.

    Args:
        source: where the files are read from.
        policy: what the settings say.
        version: Neo4j's version; 4.x and 5 and later differ.
        now: aware time, looked at only when `trust_expired` is False.
        opened: the keys that were opened before, for whoever has judged them already.

    Raises:
        PolicyLoadError: with Neo4j's exact message; the first thing that is wrong ends it.
    """
    _check_base(source, policy)
    anchors = _load_trusted(source, policy, version)
    if policy.password is not None:
        refuse_password(version)
    key = _load_private_key(source, policy, version.major, opened)
    chain = _load_chain(source, policy, version.major)
    _check_own_dates(policy, chain, version.major, now)
    crls = _load_crls(source, policy, version)
    _check_revocation_has_anchors(policy, anchors, crls)
    _check_chain(chain)
    return LoadedPolicy(
        key=key,
        chain=chain,
        trust=TrustStore(anchors=anchors, crls=crls, trust_all=policy.trust_all),
    )


def _check_base(source: PolicySource, policy: PolicyDirectory) -> None:
    """`SslPolicyLoader.createSslPolicy`: the base directory first, whatever else is set."""
    if not source.exists(policy.base_directory):
        raise PolicyLoadError(
            "base-directory-missing",
            f"{_ARGUMENT}: Base directory '{policy.base_directory}' for SSL policy with name "
            f"'{policy.scope}' does not exist.",
        )


def _load_trusted(
    source: PolicySource, policy: PolicyDirectory, version: Version
) -> tuple[x509.Certificate, ...]:
    """`createTrustStoreFromPem`: a missing folder is an empty store, an empty one is refused.

    Before 4.2 a missing one is refused in the same words (SslPolicyLoader of 4.1.13 and 4.2.19).

    Every file must hold certificates, whatever its name. An empty file holds none and passes.
    """
    major = version.major
    missing = not source.exists(policy.trusted_dir)
    if missing:
        refuse_missing("trusted", policy.trusted_dir, version)
    if missing and (version >= _MISSING_TRUSTED_IS_EMPTY or policy.client_auth != "REQUIRE"):
        return ()
    outer = f"{_RUNTIME}: Failed to create trust manager based on: {policy.trusted_dir}"
    try:
        names = () if missing else _listed(source, policy, policy.trusted_dir)
    except JavaError as failure:
        listing = f"Could not find or list files in trusted directory: {policy.trusted_dir}"
        inner = (f"{_RUNTIME}: {listing}",) if major <= _LAST_ONE_BY_ONE else ()
        raise PolicyLoadError("trusted-missing", outer, *inner, *failure.causes) from failure
    if not names and policy.client_auth == "REQUIRE":
        words = f"Client auth is required but no trust anchors found in: {policy.trusted_dir}"
        code = "trusted-missing" if missing else "trusted-empty"
        raise PolicyLoadError(code, outer, f"{_RUNTIME}: {words}")
    anchors: list[x509.Certificate] = []
    for name in names:
        anchors += _load_trusted_file(source, f"{policy.trusted_dir}/{name}", outer, major)
    return tuple(anchors)


def _load_trusted_file(
    source: PolicySource, path: str, outer: str, major: int
) -> tuple[x509.Certificate, ...]:
    error = f"java.security.cert.CertificateException: Error loading certificate file: {path}"
    parse = java_pem.certificates
    if major <= _LAST_ONE_BY_ONE:
        parse = java_pem.certificates_one_by_one
    try:
        return parse(source.read(path))
    except JavaError as failure:
        raise PolicyLoadError("trusted-stray-file", outer, error, *failure.causes) from failure
    except IsADirectoryError as failure:  # Java opens a folder, and fails as it reads from it
        inner = f"{_IO}: Is a directory"
        words = "Could not parse certificate: " if major <= _LAST_ONE_BY_ONE else ""
        cause = f"java.security.cert.CertificateException: {words}{inner}"
        raise PolicyLoadError("trusted-stray-file", outer, error, cause, inner) from failure
    except OSError as failure:
        causes = read_failure(failure, path).causes
        raise PolicyLoadError("trusted-stray-file", outer, *causes) from failure


def _load_private_key(
    source: PolicySource, policy: PolicyDirectory, major: int, opened: OpenedKeys | None
) -> LoadedKey:
    """`loadPrivateKey`: the message tells whether a password was configured, never which."""
    suffix = " (using configured password)" if policy.password is not None else ""
    outer = f"{_RUNTIME}: Failed to load private key: {policy.private_key}{suffix}"
    try:
        data = _read(source, policy.private_key)
        return load_key(data, policy.password, major, opened)
    except JavaError as failure:
        raise PolicyLoadError(key_code(failure), outer, *failure.causes) from failure


def _load_chain(
    source: PolicySource, policy: PolicyDirectory, major: int
) -> tuple[x509.Certificate, ...]:
    """`loadCertificateChain`; 4.x looks for PEM blocks only, with BouncyCastle's reader."""
    outer = f"{_RUNTIME}: Failed to load public certificate chain: {policy.public_certificate}"
    try:
        data = _read(source, policy.public_certificate)
        if major <= _LAST_ONE_BY_ONE:
            return certificates_by_lines(data)
        return java_pem.certificates(data)
    except JavaError as failure:
        raise PolicyLoadError("certificate-unreadable", outer, *failure.causes) from failure


def _check_own_dates(
    policy: PolicyDirectory, chain: Sequence[x509.Certificate], major: int, now: datetime
) -> None:
    """`trust_expired=false` (late 5.x): the own chain must be valid when Neo4j starts.

    Without it every version starts on an expired certificate, and its peers refuse it.
    """
    if policy.trust_expired or major <= _LAST_ONE_BY_ONE:
        return
    for certificate in chain:
        failure = date_failure(certificate, now)
        if failure:
            code = "leaf-expired" if "Expired" in failure else "leaf-not-yet-valid"
            raise PolicyLoadError(code, f"{_RUNTIME}: Expired certificate", failure)


def _load_crls(
    source: PolicySource, policy: PolicyDirectory, version: Version
) -> tuple[x509.CertificateRevocationList, ...]:
    """`getCRLs`: revoked/ holds CRLs, and a certificate there stops the start."""
    if not source.exists(policy.revoked_dir):
        refuse_missing("revoked", policy.revoked_dir, version)
        return ()
    try:
        names = _listed(source, policy, policy.revoked_dir)
    except JavaError as failure:
        words = f"Could not find or list files in revoked directory: {policy.revoked_dir}"
        raise PolicyLoadError(
            "crl-unreadable", f"{_RUNTIME}: {words}", *failure.causes
        ) from failure
    crls: list[x509.CertificateRevocationList] = []
    for name in names:
        path = f"{policy.revoked_dir}/{name}"
        try:
            crls += java_pem.revocation_lists(_read_crls(source, path))
        except JavaError as failure:
            words = f"{_RUNTIME}: Could not load CRL: {path}"
            raise PolicyLoadError("certificate-in-revoked", words, *failure.causes) from failure
    return tuple(crls)


def _check_revocation_has_anchors(
    policy: PolicyDirectory,
    anchors: Sequence[x509.Certificate],
    crls: Sequence[x509.CertificateRevocationList],
) -> None:
    """`createTrustManagerFactory`: with CRLs Java wants an anchor at once, without them later."""
    if crls and not anchors and not policy.trust_all:
        raise PolicyLoadError(
            "trusted-missing",
            f"{_RUNTIME}: Failed to create trust manager",
            "java.security.InvalidAlgorithmParameterException: "
            "the trustAnchors parameter must be non-empty",
        )


def _check_chain(chain: Sequence[x509.Certificate]) -> None:
    """Netty and `PKCS12KeyStore.validateChain`: leaf first, each issued by the next, none twice.

    Only names are compared there, no signatures, and never the key.
    """
    if not chain:
        raise PolicyLoadError(
            "certificate-unreadable", f"{_ARGUMENT}: Param 'keyCertChain' must not be empty"
        )
    in_order = all(below.issuer == above.subject for below, above in pairwise(chain))
    if not in_order or len(set(chain)) != len(chain):
        raise PolicyLoadError(
            "chain-out-of-order",
            "javax.net.ssl.SSLException: failed to initialize the server-side SSL context",
            "java.security.KeyStoreException: Certificate chain is not valid",
        )


def _listed(source: PolicySource, policy: PolicyDirectory, path: str) -> tuple[str, ...]:
    try:
        names = source.names(path)
    except OSError as error:
        raise read_failure(error, path) from error
    return tuple(name for name in names if not (policy.ignore_dot_files and name[0] == "."))


def _read_crls(source: PolicySource, path: str) -> bytes:
    try:
        return source.read(path)
    except IsADirectoryError as error:  # CertificateFactory puts its own class around it
        raise JavaError("java.security.cert.CRLException: Is a directory") from error
    except OSError as error:
        raise read_failure(error, path) from error


def _read(source: PolicySource, path: str) -> bytes:
    try:
        return source.read(path)
    except OSError as error:
        raise read_failure(error, path) from error
