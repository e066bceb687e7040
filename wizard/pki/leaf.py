"""Leaf certificates: what a server shows to its peers, as a server and as a client at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from wizard.errors import MaterialError
from wizard.model.settings import Subject
from wizard.pki.authority import Authority, signature_hash
from wizard.pki.distinguished_name import subject_name
from wizard.pki.host_names import IpAddress, alternative_names
from wizard.pki.keys import PrivateKey
from wizard.pki.subject import fill_subject

__all__ = ["BACKDATE", "build_leaf", "fill_subject", "issue_leaf", "self_signed", "subject_name"]

BACKDATE = timedelta(hours=24)
"""How far before now a leaf begins: a server whose clock is behind must not refuse it."""

BOTH_WAYS = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)
ONE_WAY = (ExtendedKeyUsageOID.SERVER_AUTH,)
"""What public authorities issue: good for a server that is dialled, and for nothing else."""


def issue_leaf(
    authority: Authority,
    *,
    key: PrivateKey,
    subject: Subject,
    dns_names: tuple[str, ...],
    ip_addresses: tuple[str, ...],
    now: datetime,
    lifetime_days: int,
) -> x509.Certificate:
    """Issue the leaf of one server; it begins 24 hours before now and never outlives the CA.

    Args:
        authority: who signs.
        key: the server's own key.
        subject: with its placeholders filled.
        dns_names: every name the others may dial.
        ip_addresses: every address the others may dial.
        now: aware time.
        lifetime_days: counted from now.

    Raises:
        MaterialError: a name or subject that Java would not match, or a CA that has ended.
    """
    issuer = authority.certificate
    if issuer.not_valid_after_utc <= now:
        raise MaterialError(
            f"The CA ended on {issuer.not_valid_after_utc:%Y-%m-%d}, so it can issue nothing more.",
            hint="Make a CA anew and give every server a certificate of it.",
            code="leaf-expired",
        )
    return build_leaf(
        signer=authority.key,
        issuer=issuer,
        key=key,
        subject=subject_name(subject, "", ""),
        names=alternative_names(dns_names, ip_addresses),
        begins=max(now - BACKDATE, issuer.not_valid_before_utc),
        ends=min(now + timedelta(days=lifetime_days), issuer.not_valid_after_utc),
    )


def self_signed(
    *,
    key: PrivateKey,
    subject: Subject,
    dns_names: tuple[str, ...],
    ip_addresses: tuple[str, ...],
    now: datetime,
    lifetime_days: int,
) -> x509.Certificate:
    """Make a certificate that its own key signs and that peers trust by having a copy of it.

    Raises:
        MaterialError: a name or subject that Java would not match.
    """
    return build_leaf(
        signer=key,
        issuer=None,
        key=key,
        subject=subject_name(subject, "", ""),
        names=alternative_names(dns_names, ip_addresses),
        begins=now - BACKDATE,
        ends=now + timedelta(days=lifetime_days),
    )


def build_leaf(
    *,
    signer: PrivateKey,
    issuer: x509.Certificate | None,
    key: PrivateKey,
    subject: x509.Name,
    names: tuple[tuple[str, ...], tuple[IpAddress, ...]],
    begins: datetime,
    ends: datetime,
    usages: tuple[x509.ObjectIdentifier, ...] = BOTH_WAYS,
) -> x509.Certificate:
    """Put a leaf together with the profile that lints clean under RFC 5280.

    Args:
        signer: the key that signs.
        issuer: the certificate of the signer, or None for a self-signed leaf.
        key: the leaf's own key.
        subject: who it is for.
        names: DNS names and IP addresses, already checked.
        begins: aware time.
        ends: aware time.
        usages: the extended key usages.
    """
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )
    for extension, critical in _extensions(signer, issuer, key, names, usages):
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(signer, signature_hash(signer))


def leaf_pem(leaf: x509.Certificate) -> bytes:
    """Return a certificate as PEM."""
    return leaf.public_bytes(Encoding.PEM)


def _extensions(
    signer: PrivateKey,
    issuer: x509.Certificate | None,
    key: PrivateKey,
    names: tuple[tuple[str, ...], tuple[IpAddress, ...]],
    usages: tuple[x509.ObjectIdentifier, ...],
) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    dns_names, addresses = names
    return (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (key_usage(key), True),
        (x509.ExtendedKeyUsage(usages), False),
        (
            x509.SubjectAlternativeName(
                [*map(x509.DNSName, dns_names), *map(x509.IPAddress, addresses)]
            ),
            False,
        ),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (_authority_identifier(signer, issuer), False),
    )


def _authority_identifier(
    signer: PrivateKey, issuer: x509.Certificate | None
) -> x509.AuthorityKeyIdentifier:
    """Repeat the issuer's own key identifier, however that was made (RFC 5280 4.2.1.1)."""
    if issuer:
        for extension in issuer.extensions:
            if isinstance(extension.value, x509.SubjectKeyIdentifier):
                return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
                    extension.value
                )
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())


def key_usage(key: PrivateKey) -> x509.KeyUsage:
    """Signing for every key; RSA keys may also wrap keys, for TLS 1.2 peers that ask for it."""
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=isinstance(key, rsa.RSAPrivateKey),
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
