"""Dates as Java checks and writes them."""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography import x509


def date_failure(certificate: x509.Certificate, now: datetime) -> str | None:
    """Return what `X509Certificate.checkValidity` throws, as `CLASS: MESSAGE`, or None.

    Both ends belong to the validity (JDK 17, `CertificateValidity.valid`).

    Args:
        certificate: whose dates are looked at.
        now: aware time.
    """
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    now = now.replace(microsecond=0)
    if now < begins:
        words = "java.security.cert.CertificateNotYetValidException: NotBefore:"
        return f"{words} {java_date(begins)}"
    if now > ends:
        return f"java.security.cert.CertificateExpiredException: NotAfter: {java_date(ends)}"
    return None


def java_date(moment: datetime) -> str:
    """Write a time like `java.util.Date.toString` of a JVM that runs in UTC."""
    return f"{moment.astimezone(UTC):%a %b %d %H:%M:%S UTC %Y}"
