"""Identities that live in memory for a proof: one of ours, and strangers that must be refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from wizard.model.settings import KeyAlgorithm, Subject
from wizard.pki.authority import Authority, make_authority
from wizard.pki.host_names import alternative_names
from wizard.pki.keys import KeyBytes, PrivateKey, make_key, private_key_pem
from wizard.pki.leaf import BACKDATE, build_leaf, subject_name
from wizard.pki.material import fingerprint

LIFETIME = timedelta(hours=1)
"""How long a probe's leaf stays valid: it never reaches a disk, and is of no use afterwards."""

_SUBJECT = Subject(common_name="neo4j-tls probe")
_NAME = "probe.neo4j-tls.invalid"  # RFC 2606 section 2: a name that nobody can have
_DAY = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeIdentity:
    """A certificate with its key, as PEM, in memory only.

    Attributes:
        chain_pem: the leaf first, and behind it the CA of a stranger or one below our root.
        key_pem: PKCS#8 in clear.
        fingerprint: SHA-256 of the leaf, lower-case hex.
    """

    chain_pem: bytes
    key_pem: KeyBytes
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeIdentities:
    """The identities of one proof; `ours` and `expired` are None without the CA's key."""

    ours: ProbeIdentity | None
    expired: ProbeIdentity | None
    foreign_ca: ProbeIdentity
    self_made: ProbeIdentity


def make_probe_identities(
    authority: Authority | None,
    now: datetime,
    algorithm: KeyAlgorithm = KeyAlgorithm.EC_P256,
) -> ProbeIdentities:
    """Make everything a proof needs.

    Args:
        authority: the cluster's CA, or None when its key is gone.
        now: aware time.
        algorithm: the kind of all keys made here.
    """
    stranger = make_authority("stranger", now, _DAY, algorithm)
    begins, ends = now - BACKDATE, now + LIFETIME
    return ProbeIdentities(
        ours=_issued(authority, algorithm, begins, ends) if authority else None,
        expired=_expired(authority, now, algorithm) if authority else None,
        foreign_ca=_issued(stranger, algorithm, begins, ends, with_ca=True),
        self_made=_self_made(algorithm, begins, ends),
    )


def _expired(authority: Authority, now: datetime, algorithm: KeyAlgorithm) -> ProbeIdentity:
    """Issue a leaf that ended a while ago, though its CA is good and its own key is at hand."""
    ends = now - LIFETIME
    begins = min(authority.certificate.not_valid_before_utc, ends - LIFETIME)
    return _issued(authority, algorithm, begins, ends)


def _issued(
    authority: Authority,
    algorithm: KeyAlgorithm,
    begins: datetime,
    ends: datetime,
    *,
    with_ca: bool = False,
) -> ProbeIdentity:
    key = make_key(algorithm)
    leaf = _leaf(authority.key, authority.certificate, key, begins, ends)
    behind = (authority.certificate,) if with_ca else authority.sent_along
    return _identity(key, leaf, *behind)


def _self_made(algorithm: KeyAlgorithm, begins: datetime, ends: datetime) -> ProbeIdentity:
    key = make_key(algorithm)
    return _identity(key, _leaf(key, None, key, begins, ends))


def _leaf(
    signer: PrivateKey,
    issuer: x509.Certificate | None,
    key: PrivateKey,
    begins: datetime,
    ends: datetime,
) -> x509.Certificate:
    return build_leaf(
        signer=signer,
        issuer=issuer,
        key=key,
        subject=subject_name(_SUBJECT, "", ""),
        names=alternative_names((_NAME,), ()),
        begins=begins,
        ends=ends,
    )


def _identity(key: PrivateKey, *chain: x509.Certificate) -> ProbeIdentity:
    return ProbeIdentity(
        chain_pem=b"".join(certificate.public_bytes(Encoding.PEM) for certificate in chain),
        key_pem=KeyBytes(private_key_pem(key, None)),
        fingerprint=fingerprint(chain[0]),
    )
