"""What a certificate says, as plain values for boards, reports and comparisons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from wizard.errors import MaterialError
from wizard.model.text import shown
from wizard.pki.java import pem as java_pem
from wizard.pki.java.failure import JavaError
from wizard.pki.java.names import names_cover
from wizard.pki.material import fingerprint

__all__ = [
    "CertificateFacts",
    "chain_in",
    "days_left",
    "describe",
    "expires_within",
    "fingerprint",
    "issuer_left_out",
    "issuer_names",
    "load_chain",
    "names_cover",
    "names_cover_all",
]

_USAGES = {
    ExtendedKeyUsageOID.SERVER_AUTH: "serverAuth",
    ExtendedKeyUsageOID.CLIENT_AUTH: "clientAuth",
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE: "any",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """One certificate, in words that are safe to show.

    Attributes:
        subject: as RFC 4514 writes it.
        issuer: as RFC 4514 writes it.
        dns_names: of the SAN.
        ip_addresses: of the SAN.
        usages: of the extended key usage, such as `serverAuth`; empty when there is none.
        not_before: when it begins, UTC.
        not_after: when it ends, UTC.
        fingerprint: SHA-256 of its DER, lower-case hex.
        is_ca: what its basic constraints say.
        is_self_issued: whether subject and issuer are the same.
        key_type: such as `EC secp256r1` or `RSA 3072`.
    """

    subject: str
    issuer: str
    serial: str
    dns_names: tuple[str, ...]
    ip_addresses: tuple[str, ...]
    usages: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    fingerprint: str
    is_ca: bool
    is_self_issued: bool
    key_type: str


def describe(certificate: x509.Certificate) -> CertificateFacts:
    """Return what a certificate says.

    Raises:
        MaterialError: its extensions can't be read.
    """
    try:
        values = [extension.value for extension in certificate.extensions]
    except ValueError as error:
        raise MaterialError(
            "This certificate has an extension that can't be read.",
            hint="Have it issued anew.",
            code="certificate-unreadable",
        ) from error
    dns_names, addresses = _alternative_names(values)
    return CertificateFacts(
        subject=shown(certificate.subject.rfc4514_string()),
        issuer=shown(certificate.issuer.rfc4514_string()),
        serial=f"{certificate.serial_number:x}",
        dns_names=dns_names,
        ip_addresses=addresses,
        usages=_usages(values),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        fingerprint=fingerprint(certificate),
        is_ca=any(isinstance(value, x509.BasicConstraints) and value.ca for value in values),
        is_self_issued=certificate.subject == certificate.issuer,
        key_type=_key_type(certificate),
    )


def load_chain(pem_or_der: bytes) -> tuple[x509.Certificate, ...]:
    """Read the certificates of a file, in its own order, as Java reads them.

    Raises:
        MaterialError: there is none, or Java would not read it.
    """
    try:
        chain = java_pem.certificates(pem_or_der)
    except JavaError as error:
        raise MaterialError(
            "This is not a certificate file that Java can read.",
            hint="Give certificates in PEM form, each one complete, and nothing else with them.",
            code="certificate-unreadable",
        ) from error
    if not chain:
        raise MaterialError(
            "The certificate file is empty.",
            hint="Give a file with the certificate in PEM form.",
            code="certificate-unreadable",
        )
    return chain


def chain_in(content: bytes | None) -> tuple[x509.Certificate, ...]:
    """Return the certificates in a file, or none where none can be read."""
    try:
        return load_chain(content or b"")
    except MaterialError:
        return ()


def names_cover_all(content: bytes | None, names: Iterable[str]) -> bool:
    """Say whether the first certificate of a file holds every one of these names."""
    chain = chain_in(content)
    return bool(chain) and all(names_cover(chain[0], name) for name in names)


def issuer_names(chain: Sequence[x509.Certificate]) -> set[bytes]:
    """Return the issuers (DER names) of a chain: one of them is what an acceptor has to trust."""
    return {certificate.issuer.public_bytes() for certificate in chain}


def issuer_left_out(
    chain: Sequence[x509.Certificate], known: Iterable[x509.Certificate]
) -> str | None:
    """Return which intermediate authority a chain lacks, if it is one that is known from elsewhere.

    Args:
        chain: what a server sends, its own certificate first.
        known: what other servers of the cluster send.
    """
    last = chain[-1]
    for one in known:
        if one.subject == last.issuer and one.issuer != one.subject != last.subject:
            with suppress(ValueError, TypeError, InvalidSignature):
                last.verify_directly_issued_by(one)
                return one.subject.rfc4514_string()
    return None


def days_left(certificate: x509.Certificate, now: datetime) -> int:
    """Return the whole days until a certificate ends; negative once it has ended."""
    return (certificate.not_valid_after_utc - now) // timedelta(days=1)


def expires_within(certificate: x509.Certificate, now: datetime, days: int) -> bool:
    """Say whether a certificate has ended or ends within so many days."""
    return certificate.not_valid_after_utc <= now + timedelta(days=days)


def _alternative_names(
    values: list[x509.ExtensionType],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    for value in values:
        if isinstance(value, x509.SubjectAlternativeName):
            names = value.get_values_for_type(x509.DNSName)
            addresses = value.get_values_for_type(x509.IPAddress)
            return tuple(map(shown, names)), tuple(map(str, addresses))
    return (), ()


def _usages(values: list[x509.ExtensionType]) -> tuple[str, ...]:
    for value in values:
        if isinstance(value, x509.ExtendedKeyUsage):
            return tuple(_USAGES.get(usage, usage.dotted_string) for usage in value)
    return ()


def _key_type(certificate: x509.Certificate) -> str:
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return "a key of a kind that is not known"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}"
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    return type(key).__name__.removesuffix("PublicKey")
