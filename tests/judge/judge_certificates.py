"""Keys, certificates and CRLs for the judge, good ones and ones that are broken on purpose."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from cryptography.x509.oid import NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
AnyKey = Key | ed25519.Ed25519PrivateKey

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
BOTH_WAYS = (Usage.SERVER_AUTH, Usage.CLIENT_AUTH)


def pem(*certificates: x509.Certificate | x509.CertificateRevocationList) -> bytes:
    """Write certificates or CRLs as PEM, one after the other."""
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)


def plain(key: AnyKey) -> bytes:
    """Write a key as PKCS#8 in clear."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def ec_key(curve: ec.EllipticCurve | None = None) -> ec.EllipticCurvePrivateKey:
    """Make an EC key; P-256 unless said otherwise."""
    return ec.generate_private_key(curve or ec.SECP256R1())


@cache
def rsa_key(number: int = 0) -> rsa.RSAPrivateKey:
    """Return one of a few RSA keys that are made once: they take long."""
    assert number >= 0
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def key_usage(*names: str) -> x509.KeyUsage:
    """Return a key usage with only these bits."""
    bits = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment")
    more = ("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    return x509.KeyUsage(**{bit: bit in names for bit in (*bits, *more)})


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: Key


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a certificate is made; every field can be wrong on purpose.

    Attributes:
        issuer: who signs; None is the certificate itself.
        names: alternative names; a text that is an address becomes an iPAddress entry.
        ca: BasicConstraints, or None to leave them out.
        usage: KeyUsage, or None to leave it out.
        extended: ExtendedKeyUsage, or none to leave it out.
    """

    common_name: str | None = "server"
    issuer: Identity | None = None
    names: tuple[str, ...] = ()
    begins: datetime = NOW - DAY
    ends: datetime = NOW + 30 * DAY
    ca: bool | None = False
    path_length: int | None = None
    usage: x509.KeyUsage | None = field(default_factory=lambda: key_usage("digital_signature"))
    extended: tuple[x509.ObjectIdentifier, ...] = BOTH_WAYS
    more: tuple[tuple[x509.ExtensionType, bool], ...] = ()

    def make(self, key: Key | None = None) -> Identity:
        """Make the certificate, with an EC P-256 key unless one is given."""
        key = key or ec_key()
        signer = self.issuer.key if self.issuer else key
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(self.common_name))
            .issuer_name(
                self.issuer.certificate.subject if self.issuer else _name(self.common_name)
            )
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.begins)
            .not_valid_after(self.ends)
        )
        for extension, critical in self._extensions():
            builder = builder.add_extension(extension, critical=critical)
        return Identity(certificate=builder.sign(signer, hashes.SHA256()), key=key)

    def _extensions(self) -> list[tuple[x509.ExtensionType, bool]]:
        found: list[tuple[x509.ExtensionType, bool]] = [*self.more]
        if self.ca is not None:
            found.append((x509.BasicConstraints(self.ca, self.path_length), True))
        if self.usage is not None:
            found.append((self.usage, True))
        if self.extended:
            found.append((x509.ExtendedKeyUsage(self.extended), False))
        if self.names:
            found.append((x509.SubjectAlternativeName([*map(_general_name, self.names)]), False))
        return found


def authority(
    common_name: str = "Test CA", issuer: Identity | None = None, **wrong: Any
) -> Identity:
    """Make a CA; keyword arguments replace fields of its recipe."""
    fields: dict[str, Any] = {
        "common_name": common_name,
        "issuer": issuer,
        "ca": True,
        "usage": key_usage("key_cert_sign", "crl_sign"),
        "extended": (),
        "ends": NOW + 300 * DAY,
        **wrong,
    }
    return Recipe(**fields).make()


def crl(
    issuer: Identity,
    *revoked: x509.Certificate,
    reason: x509.ReasonFlags | None = x509.ReasonFlags.key_compromise,
    until: datetime = NOW + 7 * DAY,
) -> x509.CertificateRevocationList:
    """Make a CRL of an issuer."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(min(NOW, until) - DAY)
        .next_update(until)
    )
    for certificate in revoked:
        entry = (
            x509.RevokedCertificateBuilder()
            .serial_number(certificate.serial_number)
            .revocation_date(NOW - DAY)
        )
        if reason is not None:
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(issuer.key, hashes.SHA256())


def _name(common_name: str | None) -> x509.Name:
    if common_name is None:
        return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "No CN")])
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(text: str) -> x509.GeneralName:
    if text.startswith("dns:"):
        return x509.DNSName(text.removeprefix("dns:"))
    try:
        return x509.IPAddress(ip_address(text))
    except ValueError:
        return x509.DNSName(text)
