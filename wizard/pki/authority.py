"""The cluster's own certificate authority: made, sealed for keeping, and opened again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from wizard.errors import MaterialError
from wizard.model.settings import KeyAlgorithm
from wizard.pki import pbes2
from wizard.pki.keys import PrivateKey, key_matches, load_private_key, make_key, private_key_pem
from wizard.pki.subject import check_subject_field
from wizard.secret import Secret

LIFETIME_DAYS = 3650
"""Ten years: longer than several leaves, so that renewing them never touches trusted/."""

BACKDATE = timedelta(hours=48)
"""How far before now a CA begins: a server whose clock is behind must not refuse it."""

_NAME_BYTES = 28  # what a cluster's name may take of the 64 bytes of a common name


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A certificate authority that can issue leaves: its certificate and its private key.

    Attributes:
        above: the certificate of the root that issued it, which servers trust in its place; None
            for a root.
    """

    certificate: x509.Certificate
    key: PrivateKey = field(repr=False)
    above: x509.Certificate | None = None

    @property
    def anchor(self) -> x509.Certificate:
        """What the servers have to trust."""
        return self.above or self.certificate

    @property
    def sent_along(self) -> tuple[x509.Certificate, ...]:
        """What stands behind each leaf in its file, because no peer has it."""
        return (self.certificate,) if self.above else ()


def make_authority(
    cluster: str,
    now: datetime,
    lifetime_days: int = LIFETIME_DAYS,
    algorithm: KeyAlgorithm = KeyAlgorithm.EC_P256,
    *,
    path_length: int = 0,
) -> Authority:
    """Make a CA for one cluster, allowed to sign certificates and CRLs only.

    Its name carries the year and a part of its serial number, so that two CAs of the same cluster
    never share a name: Java picks anchors by name (`PKIXValidator`).

    Args:
        cluster: the cluster's name.
        now: aware time; the certificate begins 48 hours earlier.
        lifetime_days: counted from now.
        algorithm: the kind of key.
        path_length: how many CAs may stand between it and a leaf.

    Raises:
        MaterialError: the cluster's name has characters that a certificate can't hold.
    """
    check_cluster_name(cluster)
    key = make_key(algorithm)
    serial = x509.random_serial_number()
    name = authority_name("Neo4j cluster CA", cluster, now, serial)
    begins, ends = now - BACKDATE, now + timedelta(days=lifetime_days)
    builder = authority_builder(
        name, key=key, serial=serial, begins=begins, ends=ends, path_length=path_length
    )
    certificate = builder.issuer_name(name).sign(key, signature_hash(key))
    return Authority(certificate=certificate, key=key)


def check_cluster_name(cluster: str) -> None:
    """Refuse a name that can't stand in the name of a CA.

    Raises:
        MaterialError: the cluster's name has characters that a certificate can't hold.
    """
    sentence = check_subject_field("organization", cluster)
    if sentence:
        raise MaterialError(
            sentence.replace("organization", "name of the cluster"),
            hint="Change `cluster.name` in the answers.",
        )


def authority_builder(
    name: x509.Name,
    *,
    key: PrivateKey,
    serial: int,
    begins: datetime,
    ends: datetime,
    path_length: int,
) -> x509.CertificateBuilder:
    """Return the certificate of a CA, root or not, with all but its issuer."""
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(_key_usage(), critical=True)
        .add_extension(identifier, critical=False)
    )


def authority_key_pem(authority: Authority, password: Secret) -> bytes:
    """Write the CA's key for keeping: PKCS#8 PEM under 600 000 rounds of PBKDF2.

    `openssl pkey` and Java open it; `wizard.pki.pbes2` says why it is no PKCS#12 file.

    Raises:
        MaterialError: the password is empty; a CA key is never kept in clear.
    """
    if not password:
        raise MaterialError(
            "The CA's key is only kept encrypted, and no password was given for it.",
            hint="Give a password for the CA, or choose to destroy its key.",
        )
    return private_key_pem(authority.key, password, kdf_rounds=pbes2.STRONG_ROUNDS)


def authority_certificate_pem(authority: Authority) -> bytes:
    """Write the CA's certificate as PEM, as it goes into every trusted/ folder."""
    return authority.certificate.public_bytes(Encoding.PEM)


def load_authority(cert_pem: bytes, key_pem: bytes, password: Secret | None) -> Authority:
    """Open a CA that was kept.

    Raises:
        MaterialError: the password is wrong, a file is damaged, or the two do not belong together.
    """
    try:
        certificate = x509.load_pem_x509_certificate(cert_pem)
    except ValueError as error:
        raise MaterialError(
            "The CA's certificate file can't be read as a PEM certificate.",
            hint="Put the copy of the CA back that was made when it was new.",
        ) from error
    key = load_private_key(key_pem, password)
    if not key_matches(key, certificate):
        raise MaterialError(
            "The CA's key and the CA's certificate do not belong together.",
            hint="Put both files back from the same copy of the CA.",
            code="key-does-not-match",
        )
    return Authority(certificate=certificate, key=key)


def signature_hash(key: PrivateKey) -> hashes.SHA256 | hashes.SHA384:
    """Return the hash that fits a signing key: SHA-384 for P-384, else SHA-256 (RFC 5480)."""
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP384R1):
        return hashes.SHA384()
    return hashes.SHA256()


def authority_name(kind: str, cluster: str, now: datetime, serial: int) -> x509.Name:
    """Return the name of a CA, with the year and a part of its serial number in it.

    Args:
        kind: what it is, in at most 17 characters.
        cluster: whose; cut to 28 bytes.
        now: aware time.
        serial: the certificate's.
    """
    short = cluster.encode()[:_NAME_BYTES].decode(errors="ignore").strip()
    common_name = f"{kind} {short} {now.year} {f'{serial:040x}'[:6]}"
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _key_usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
