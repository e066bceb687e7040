"""Revocation by the CRLs in revoked/, as Java's RevocationChecker does it (JDK 17).

One CRL turns it on for every certificate below an anchor: an issuer without a current CRL of its
own then fails all its peers. A pinned leaf is never asked about. Delta CRLs and indirect CRLs are
left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509

from wizard.pki.java.dates import java_date
from wizard.pki.java.distinguished_names import java_name

_UNDETERMINED = "Could not determine revocation status"
_REASONS = {
    x509.ReasonFlags.unspecified: "UNSPECIFIED",
    x509.ReasonFlags.key_compromise: "KEY_COMPROMISE",
    x509.ReasonFlags.ca_compromise: "CA_COMPROMISE",
    x509.ReasonFlags.affiliation_changed: "AFFILIATION_CHANGED",
    x509.ReasonFlags.superseded: "SUPERSEDED",
    x509.ReasonFlags.cessation_of_operation: "CESSATION_OF_OPERATION",
    x509.ReasonFlags.certificate_hold: "CERTIFICATE_HOLD",
    x509.ReasonFlags.privilege_withdrawn: "PRIVILEGE_WITHDRAWN",
    x509.ReasonFlags.aa_compromise: "AA_COMPROMISE",
    x509.ReasonFlags.remove_from_crl: "REMOVE_FROM_CRL",
}


def revocation_failure(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    crls: Sequence[x509.CertificateRevocationList],
    now: datetime,
) -> str | None:
    """Return Java's message for a certificate that is revoked or of unknown state, or None.

    Args:
        certificate: who is asked about.
        issuer: who must have signed a CRL about it.
        crls: everything in revoked/.
        now: aware time; a CRL counts from thisUpdate to nextUpdate.
    """
    usable = [crl for crl in crls if _is_usable(crl, issuer, now)]
    if not usable:
        return _UNDETERMINED
    for crl in usable:
        entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry is not None:
            return _revoked(entry, issuer)
    return None


def _is_usable(
    crl: x509.CertificateRevocationList, issuer: x509.Certificate, now: datetime
) -> bool:
    ends = crl.next_update_utc
    is_current = crl.last_update_utc <= now and (ends is None or now <= ends)
    return crl.issuer == issuer.subject and is_current and _is_signed_by(crl, issuer)


def _is_signed_by(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    try:
        return crl.is_signature_valid(issuer.public_key())  # type: ignore[arg-type] # refused below
    except (TypeError, ValueError):
        return False


def _revoked(entry: x509.RevokedCertificate, issuer: x509.Certificate) -> str:
    """Write the message of `CertificateRevokedException`."""
    oids = ", ".join(extension.oid.dotted_string for extension in entry.extensions)
    return (
        f"Certificate has been revoked, reason: {_reason(entry)}, "
        f"revocation date: {java_date(entry.revocation_date_utc)}, "
        f"authority: {java_name(issuer.subject)}, extension OIDs: [{oids}]"
    )


def _reason(entry: x509.RevokedCertificate) -> str:
    for extension in entry.extensions:
        if isinstance(extension.value, x509.CRLReason):
            return _REASONS[extension.value.reason]
    return "UNSPECIFIED"
