"""Certificates that are wrong in one way each, for a server that has the fault of that name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from wizard.model.settings import KeyAlgorithm, Subject
from wizard.pki.authority import Authority, load_authority, make_authority
from wizard.pki.host_names import alternative_names
from wizard.pki.keys import make_key, private_key_pem
from wizard.pki.leaf import BACKDATE, BOTH_WAYS, ONE_WAY, build_leaf, leaf_pem, subject_name
from wizard.practice.faults import OF_ONE_MORE_AUTHORITY
from wizard.secret import Secret

SWAPPED = "swapped-certificate"
_FOREIGN = "elsewhere"
_ELSEWHERE = "elsewhere.practice.internal"
_LIFETIME = timedelta(days=30)
_LATER = timedelta(days=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultyPair:
    """A key and a certificate as the loader reads them, in PEM."""

    key: bytes
    certificate: bytes


def faulty_pair(
    faults: frozenset[str], address: str, overlay: Mapping[str, str], password: Secret | None
) -> FaultyPair | None:
    """Return what stands in the place of a server's own pair, or None without such a fault.

    Args:
        faults: those of the server.
        address: what its peers dial.
        overlay: the PEM texts of the further authority, where the host gave them.
        password: what seals the key.
    """
    fault = next((one for one in faults if one == SWAPPED or one in OF_ONE_MORE_AUTHORITY), None)
    if fault is None:
        return None
    now = datetime.now(UTC)
    begins, ends = _dates(fault, now)
    authority = make_authority(_FOREIGN, now) if fault == SWAPPED else _further(overlay)
    key = make_key(KeyAlgorithm.EC_P256)
    name = _ELSEWHERE if fault == "wrong-name" else address
    leaf = build_leaf(
        signer=authority.key,
        issuer=authority.certificate,
        key=key,
        subject=subject_name(Subject(common_name=name), "", ""),
        names=alternative_names((name,), ()),
        begins=begins,
        ends=ends,
        usages=ONE_WAY if fault == "no-client-auth" else BOTH_WAYS,
    )
    return FaultyPair(key=private_key_pem(key, password), certificate=leaf_pem(leaf))


def _dates(fault: str, now: datetime) -> tuple[datetime, datetime]:
    if fault == "expired-leaf":
        return now - 2 * _LIFETIME, now - _LIFETIME
    if fault == "not-yet-valid":
        return now + _LATER, now + _LIFETIME
    return now - BACKDATE, now + _LIFETIME


def _further(overlay: Mapping[str, str]) -> Authority:
    certificate, key = overlay["also_trusted"], overlay["authority_key"]
    return load_authority(certificate.encode(), key.encode(), None)
