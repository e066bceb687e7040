"""Certificate revocation lists, made where a list is needed that refuses nobody."""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from wizard.pki.authority import Authority, signature_hash


def empty_list_pem(authority: Authority, now: datetime, lifetime_days: int = 30) -> bytes:
    """Return a list (PEM) of an authority on which nothing stands (RFC 5280, 5).

    Args:
        authority: who signs.
        now: aware time, when it begins.
        lifetime_days: until the next one is due.
    """
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(now)
        .next_update(now + timedelta(days=lifetime_days))
    )
    signed = builder.sign(authority.key, signature_hash(authority.key))
    return signed.public_bytes(Encoding.PEM)
