"""Revocation lists: one that has ended shuts every peer out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import ExtensionOID

from wizard.model.problems import Problem
from wizard.pki.brought.things import BroughtCrl
from wizard.pki.doctor.certificate_rules import extension
from wizard.pki.doctor.findings import JAVA_IS_CARELESS, day, error, note, warning

_KNOWN = (ExtensionOID.ISSUING_DISTRIBUTION_POINT, ExtensionOID.AUTHORITY_KEY_IDENTIFIER)
"""What may be critical in a list (JDK 17, `DistributionPointFetcher.verifyCRL`)."""

_NEWEST = "Fetch the newest list from the CA, or take this one away on every server."


def crl_problems(
    brought: BroughtCrl,
    authorities: Sequence[x509.Certificate],
    now: datetime,
    others: Sequence[x509.CertificateRevocationList] = (),
) -> Iterator[Problem]:
    """Yield what is wrong with a revocation list.

    Args:
        brought: the list.
        authorities: the CAs that were brought.
        now: aware time.
        others: all lists that were brought; Java takes a current one of the same CA instead.
    """
    crl = brought.crl
    yield _standing_in_time(brought, now, others)
    if any(one.critical and one.oid not in _KNOWN for one in crl.extensions):
        message = "This revocation list has a critical extension that Java does not know."
        yield error(brought.origin, "crl-unusable", message, _NEWEST)
    yield from _signer_problems(brought, authorities)


def _standing_in_time(
    brought: BroughtCrl, now: datetime, others: Sequence[x509.CertificateRevocationList]
) -> Problem:
    """Say whether the list counts now, and what follows from that it is there at all."""
    crl = brought.crl
    ends = crl.next_update_utc
    if ends is not None and now > ends and any(_is_current(one, crl, now) for one in others):
        message = f"This revocation list ended on {day(ends)}; a current one of its CA is here too."
        return note(brought.origin, "crl-superseded", message, "Take the ended one away.")
    if ends is not None and now > ends:
        return error(
            brought.origin,
            "crl-stale",
            f"This revocation list ended on {day(ends)}: with it in revoked/ every peer of its CA "
            "is refused.",
            _NEWEST,
        )
    if now < crl.last_update_utc:
        message = f"This revocation list only counts from {day(crl.last_update_utc)}."
        return error(brought.origin, "crl-stale", message, _NEWEST)
    return note(
        brought.origin,
        "crl-turns-checks-on",
        "With a revocation list in revoked/, every CA of every chain needs a current one.",
        "Replace the list before it ends, on every server, and restart them.",
    )


def _signer_problems(
    brought: BroughtCrl, authorities: Sequence[x509.Certificate]
) -> Iterator[Problem]:
    """Yield what is wrong between the list and the CA it names."""
    crl = brought.crl
    named = [one for one in authorities if one.subject == crl.issuer]
    if named and not any(_is_signed(crl, one) for one in named):
        message = "This revocation list is not signed by the CA it names, so Java ignores it."
        yield warning(brought.origin, "crl-not-of-its-ca", message, _NEWEST)
    elif any(_may_not_sign_lists(one) for one in named):
        yield warning(
            brought.origin,
            "crl-not-of-its-ca",
            "The CA of this revocation list may not sign revocation lists.",
            _NEWEST,
            JAVA_IS_CARELESS,
        )


def _is_current(
    other: x509.CertificateRevocationList, crl: x509.CertificateRevocationList, now: datetime
) -> bool:
    ends = other.next_update_utc
    return other.issuer == crl.issuer and other.last_update_utc <= now and (not ends or now <= ends)


def _may_not_sign_lists(authority: x509.Certificate) -> bool:
    usage = extension(authority, x509.KeyUsage)
    return usage is not None and not usage.crl_sign


def _is_signed(crl: x509.CertificateRevocationList, authority: x509.Certificate) -> bool:
    try:
        return crl.is_signature_valid(authority.public_key())  # type: ignore[arg-type]  # caught
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return False
