"""What each brought thing is, whose it is and until when, in a title and a few lines."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from wizard.errors import MaterialError
from wizard.model.text import shown
from wizard.pki.brought.things import (
    BroughtCertificate,
    BroughtCrl,
    BroughtKey,
    BroughtRequest,
    Thing,
)
from wizard.pki.doctor.findings import Description, day
from wizard.pki.doctor.key_rules import FAMILIES, KeyTerms, loader_refusal
from wizard.pki.doctor.peers import PeerVerdict
from wizard.pki.inspect import CertificateFacts, describe

_MOST_NAMES_SHOWN = 12


def describe_key(key: BroughtKey, terms: KeyTerms, owners: Sequence[Thing]) -> Description:
    """Describe a private key: its kind, what seals it, who loads it and what belongs to it."""
    kind = key_kind(key.key.public_key()) if key.key is not None else "of a kind not seen"
    seal = f", sealed by {key.encryption}" if key.is_encrypted else ", in clear"
    loads = [
        f"{name} {'yes' if loader_refusal(key, version, terms) is None else 'no'}"
        for name, version in FAMILIES
    ]
    lines = [f"Loads in Neo4j: {', '.join(loads)}."]
    lines += [f"Belongs to {owner.origin.words}." for owner in owners]
    return Description(
        file=key.origin.shown_file,
        origin=key.origin.words,
        title=f"Private key, {kind}, {key.format}{seal}",
        lines=tuple(lines),
    )


def describe_certificate(
    brought: BroughtCertificate, role: str, verdict: PeerVerdict | None
) -> Description:
    """Describe a certificate and what peers say of it; the role is what it is taken for."""
    try:
        facts = describe(brought.certificate)
    except (MaterialError, ValueError):
        return Description(
            file=brought.origin.shown_file,
            origin=brought.origin.words,
            title=f"{role}, not fully readable",
        )
    lines = [
        f"Issued by {'itself' if facts.is_self_issued else facts.issuer or 'nobody named'}.",
        f"Valid from {day(facts.not_before)} to {day(facts.not_after)}, {facts.key_type}.",
        *_names(facts),
        f"SHA-256 {facts.fingerprint}",
    ]
    if verdict is not None:
        lines.append(f"Peers accept it as server: {_word(verdict.as_server)}")
        lines.append(f"Peers accept it as client: {_word(verdict.as_client)}")
    return Description(
        file=brought.origin.shown_file,
        origin=brought.origin.words,
        title=f"{role} of {facts.subject or 'nobody named'}",
        lines=tuple(lines),
    )


def describe_crl(brought: BroughtCrl) -> Description:
    """Describe a revocation list: whose, how long it counts, and how many it revokes."""
    crl = brought.crl
    ends = crl.next_update_utc
    until = f"until {day(ends)}" if ends is not None else "without an end"
    return Description(
        file=brought.origin.shown_file,
        origin=brought.origin.words,
        title=f"Revocation list of {shown(crl.issuer.rfc4514_string(), 500)}",
        lines=(f"Counts from {day(crl.last_update_utc)} {until}, and revokes {len(crl)}.",),
    )


def describe_request(brought: BroughtRequest, owners: Sequence[Thing]) -> Description:
    """Describe a signing request."""
    subject = shown(brought.request.subject.rfc4514_string(), 500) or "nobody named"
    return Description(
        file=brought.origin.shown_file,
        origin=brought.origin.words,
        title=f"Signing request of {subject}",
        lines=tuple(f"Belongs to {owner.origin.words}." for owner in owners),
    )


def key_kind(public: object) -> str:
    """Return a public key's kind in words."""
    if isinstance(public, ec.EllipticCurvePublicKey):
        return f"EC {public.curve.name}"
    if isinstance(public, rsa.RSAPublicKey):
        return f"RSA {public.key_size}"
    return type(public).__name__.removesuffix("PublicKey")


def _names(facts: CertificateFacts) -> list[str]:
    names = [*facts.dns_names, *facts.ip_addresses]
    more = len(names) - _MOST_NAMES_SHOWN
    listed = ", ".join(names[:_MOST_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
    uses = ", ".join(facts.usages)
    return [
        *([f"For the names {listed}."] if names else []),
        *([f"Made for {uses}."] if uses else []),
    ]


def _word(verdict: str | None) -> str:
    return "yes." if verdict is None else f"no. Java says: {shown(verdict, 500)}"
