"""Certificates, lists and requests read to their last part: cryptography reads them lazily."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

from wizard.pki import der
from wizard.pki.brought.things import BroughtCertificate, BroughtCrl, BroughtRequest, Origin

UNREADABLE = (
    *(ValueError, TypeError, OverflowError, x509.InvalidVersion),
    *(x509.DuplicateExtension, x509.UnsupportedGeneralNameType),
)
"""What cryptography raises when a part of a damaged certificate, list or request is read."""

Made = BroughtCertificate | BroughtCrl | BroughtRequest


def crl_of(origin: Origin, content: bytes) -> BroughtCrl:
    """Read a revocation list; one of UNREADABLE when it is none."""
    crl = x509.load_der_x509_crl(content)
    str(crl.issuer), crl.last_update_utc, len(crl)
    return BroughtCrl(origin=origin, crl=crl)


def request_of(origin: Origin, content: bytes) -> BroughtRequest:
    """Read a signing request; one of UNREADABLE when it is none."""
    request = x509.load_der_x509_csr(content)
    str(request.subject)
    list(request.extensions)
    return BroughtRequest(origin=origin, request=request)


def is_certificate(content: bytes) -> bool:
    """Say whether bytes are a certificate."""
    try:
        x509.load_der_x509_certificate(content)
    except UNREADABLE:
        return False
    return True


def is_public_key(content: bytes) -> bool:
    """Say whether bytes are a public key."""
    try:
        load_der_public_key(content)
    except (ValueError, UnsupportedAlgorithm):
        return False
    return True


def is_readable(certificate: x509.Certificate) -> bool:
    """Say whether all of a certificate can be read: it is parsed lazily, part by part."""
    try:
        list(certificate.extensions)
        str(certificate.subject), str(certificate.issuer)
        certificate.public_key()
        certificate.not_valid_before_utc, certificate.not_valid_after_utc  # noqa: B018 - may fail
    except UnsupportedAlgorithm:
        return True  # a key or a signature of a kind that is judged later
    except UNREADABLE:
        return False
    return True


def without_trailer(content: bytes) -> bytes:
    """Cut OpenSSL's trust settings off, which stand behind a TRUSTED CERTIFICATE."""
    try:
        return der.first_bytes(content)
    except der.DerError:
        return content
