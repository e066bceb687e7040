"""Certificates and CRLs with any fault in them, which the product itself would never make."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
BOTH = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)
SERVER_ONLY = (ExtendedKeyUsageOID.SERVER_AUTH,)
CLIENT_ONLY = (ExtendedKeyUsageOID.CLIENT_AUTH,)


@dataclass(frozen=True)
class Made:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def make(
    name: str,
    issuer: Made | None = None,
    *,
    ca: bool | None = False,
    path_length: int | None = None,
    key_cert_sign: bool | None = None,
    digital_signature: bool = True,
    usages: tuple[x509.ObjectIdentifier, ...] | None = BOTH,
    dns: tuple[str, ...] = (),
    ips: tuple[str, ...] = (),
    begins: datetime = NOW - DAY,
    ends: datetime = NOW + DAY,
    critical_oid: str | None = None,
    key: ec.EllipticCurvePrivateKey | None = None,
    identifiers: bool = False,
) -> Made:
    key = key or ec.generate_private_key(ec.SECP256R1())
    signer = issuer.key if issuer else key
    above = issuer.certificate.subject if issuer else named(name)
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(above)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )
    if ca is not None:
        builder = builder.add_extension(
            x509.BasicConstraints(ca, path_length if ca else None), critical=True
        )
    if key_cert_sign is not None or not ca:
        builder = builder.add_extension(
            usage(bool(key_cert_sign), digital_signature), critical=True
        )
    if usages and not ca:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    if dns or ips:
        names = [*map(x509.DNSName, dns), *(x509.IPAddress(ip_address(ip)) for ip in ips)]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if critical_oid:
        unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier(critical_oid), b"\x05\x00")
        builder = builder.add_extension(unknown, critical=True)
    if identifiers:
        own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        theirs = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
        builder = builder.add_extension(own, critical=False).add_extension(theirs, critical=False)
    return Made(builder.sign(signer, hashes.SHA256()), key)


def make_ca(name: str, issuer: Made | None = None, **changes: object) -> Made:
    return make(name, issuer, **{"ca": True, "key_cert_sign": True, **changes})  # type: ignore[arg-type]


def make_crl(
    issuer: Made,
    *revoked: Made,
    begins: datetime = NOW - DAY,
    ends: datetime = NOW + DAY,
    reason: x509.ReasonFlags | None = x509.ReasonFlags.key_compromise,
) -> x509.CertificateRevocationList:
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(begins)
        .next_update(ends)
    )
    for one in revoked:
        entry = (
            x509.RevokedCertificateBuilder()
            .serial_number(one.certificate.serial_number)
            .revocation_date(NOW - DAY)
        )
        if reason:
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(issuer.key, hashes.SHA256())


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def usage(key_cert_sign: bool, digital_signature: bool) -> x509.KeyUsage:  # noqa: FBT001 - two bits
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=not digital_signature,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=key_cert_sign,
        encipher_only=False,
        decipher_only=False,
    )


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)
