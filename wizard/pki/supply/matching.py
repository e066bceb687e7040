"""Which certificate is whose: by the key that was made for a server, or by the names it covers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from wizard.model.problems import Problem, blocker
from wizard.model.text import shown
from wizard.pki.brought.things import BroughtCertificate, BroughtKey
from wizard.pki.inspect import describe
from wizard.pki.java.names import names_cover
from wizard.pki.keys import public_half
from wizard.pki.material import fingerprint
from wizard.pki.supply.supplied import Material, Pair, Wanted
from wizard.pki.supply.telling import OPEN_THEM, SEALED

_MOST_SHOWN = 6
_OPEN_IT = "Give the password it was made with as key_password in the secrets file."


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The certificate of each server that has one, and why the others have none."""

    pairs: dict[str, Pair]
    problems: tuple[Problem, ...]


def match(material: Material, wanted: Sequence[Wanted]) -> Matched:
    """Give every server its certificate and key; the files' order and form change nothing."""
    by_key = material.own_keys is not None
    pairs: dict[str, Pair] = {}
    problems: list[Problem] = []
    for one in wanted:
        leaf = (_by_key if by_key else _by_names)(material, one, wanted)
        keys = material.keys()
        pair = None if leaf is None else pair_of(material, leaf)
        if pair is not None:
            pairs[one.server] = pair
        elif leaf is not None and public_half(leaf.certificate) in keys:
            problems.append(_kind_refused(one, leaf))
        else:
            problems.append(_awaited(material, one) if by_key else _lacking(material, one, wanted))
    return Matched(pairs=pairs, problems=tuple(problems))


def pair_of(material: Material, leaf: BroughtCertificate) -> Pair | None:
    """Return a certificate with its key; None without one, or with one that Neo4j can't load."""
    key = material.keys().get(public_half(leaf.certificate) or b"")
    private = None if key is None else key.key
    if isinstance(private, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        return Pair(leaf=leaf, key=private)
    return None


def _by_key(
    material: Material, one: Wanted, _wanted: Sequence[Wanted]
) -> BroughtCertificate | None:
    made = material.key_made_for(one.server)
    half = None if made is None or made.key is None else public_half(made.key)
    if half is None:
        return None
    found = [leaf for leaf in material.leaves() if public_half(leaf.certificate) == half]
    return max(found, key=lambda leaf: _preference(material, leaf, []), default=None)


def _by_names(
    material: Material, one: Wanted, wanted: Sequence[Wanted]
) -> BroughtCertificate | None:
    """Pick of the certificates with a key the one for this server; a name in a path counts last."""
    keys = material.keys()
    candidates = material.leaves_for(one.server)
    leaves = [leaf for leaf in candidates if public_half(leaf.certificate) in keys]
    has_own_place = one.server in material.places
    for fits in (_covers_address, _covers_any, _is_anything if has_own_place else _lies_in_place):
        found = [leaf for leaf in leaves if fits(leaf, one)]
        if found:
            return max(found, key=lambda leaf: _preference(material, leaf, wanted))
    return None


def _preference(
    material: Material, leaf: BroughtCertificate, wanted: Sequence[Wanted]
) -> tuple[bool, int, float, str]:
    """Valid today first, then one for few servers, then the one that lasts longest."""
    certificate = leaf.certificate
    valid = certificate.not_valid_before_utc <= material.now <= certificate.not_valid_after_utc
    owners = sum(_covers_address(leaf, other) for other in wanted)
    ends = certificate.not_valid_after_utc.timestamp()
    return valid, -owners, ends, fingerprint(certificate)


def _covers_address(leaf: BroughtCertificate, one: Wanted) -> bool:
    return names_cover(leaf.certificate, one.address)


def _covers_any(leaf: BroughtCertificate, one: Wanted) -> bool:
    return any(names_cover(leaf.certificate, name) for name in one.names)


def _lies_in_place(leaf: BroughtCertificate, one: Wanted) -> bool:
    path = PurePath(leaf.origin.file)
    return one.server in (*path.parent.parts, path.name.partition(".")[0])


def _is_anything(_leaf: BroughtCertificate, _one: Wanted) -> bool:
    return True


def may_be_of(leaf: BroughtCertificate, one: Wanted) -> bool:
    """Say whether a certificate could be a server's, by its names or by where it lies."""
    return _covers_address(leaf, one) or _covers_any(leaf, one) or _lies_in_place(leaf, one)


def _kind_refused(one: Wanted, leaf: BroughtCertificate) -> Problem:
    return blocker(
        one.server,
        "key-type-refused",
        f"The key of {one.server}'s certificate is neither RSA nor EC, which Neo4j loads.",
        "Make a new key (EC P-256 or RSA 3072) and have a certificate issued for it.",
        leaf.origin.shown_file,
    )


def _awaited(material: Material, one: Wanted) -> Problem:
    """Say why the certificate for a key that was made here is not there."""
    made = material.key_made_for(one.server)
    if made is not None and made.key is None:
        return _unopened(one, made, _OPEN_IT)
    others = [leaf for leaf in material.leaves() if _covers_address(leaf, one)]
    if others:
        return blocker(
            one.server,
            "key-does-not-match",
            f"The certificate for {shown(one.address, 200)} is not for the key that was made for "
            f"{one.server}.",
            "Have it issued for the request that was made here, and not for another one.",
            others[0].origin.shown_file,
        )
    return blocker(
        one.server,
        "certificate-awaited",
        f"{one.server} still waits for its certificate.",
        f"Put it into {material.place} as it comes from the CA, in any form.",
    )


def _lacking(material: Material, one: Wanted, wanted: Sequence[Wanted]) -> Problem:
    """Say what is missing of the certificate and the key of one server."""
    leaves = material.leaves_for(one.server)
    mine = [leaf for leaf in leaves if _covers_address(leaf, one)] or [
        leaf for leaf in leaves if one.server in material.places or may_be_of(leaf, one)
    ]
    closed = _unopened_keys(material, one)
    if closed and (mine or not leaves):
        return _unopened(one, closed[0], OPEN_THEM)
    if mine:
        return blocker(
            one.server,
            "key-does-not-match",
            f"There is a certificate for {one.server}, and no private key for it.",
            f"Put the key of this certificate into {material.place_for(one.server)} as well.",
            mine[0].origin.shown_file,
        )
    return _nothing_for(material, one, [*_of_nobody(leaves, wanted)])


def _nothing_for(material: Material, one: Wanted, left: Sequence[str]) -> Problem:
    """Say why no certificate was found for a server: sealed, for another name, or not there.

    Args:
        material: what was brought.
        one: the server.
        left: the names of certificates that are no server's.
    """
    sealed = [junk for junk in material.brought.junk if junk.code in SEALED]
    if sealed:
        return blocker(
            one.server,
            sealed[0].code,
            f"There is no certificate for {one.server} among what could be opened, and this file "
            "is sealed.",
            OPEN_THEM,
            sealed[0].origin.shown_file,
        )
    if left:
        return blocker(
            one.server,
            "name-not-covered",
            f"None of the certificates is for {shown(one.address, 200)}, which {one.server} is "
            f"dialled by; there are some for {', '.join(left[:_MOST_SHOWN])}.",
            "Have one issued with this name among its subject alternative names.",
        )
    return blocker(
        one.server,
        "certificate-missing",
        f"There is no certificate for {one.server} ({shown(one.address, 200)}).",
        f"Put its certificate and its key into {material.place_for(one.server)}.",
    )


def _unopened_keys(material: Material, one: Wanted) -> list[BroughtKey]:
    own = material.places.get(one.server)
    found = [key for key in material.brought.keys if key.key is None]
    return sorted(
        (key for key in found if own is None or key.origin.path in own.files),
        key=lambda key: key.origin.file,
    )


def _of_nobody(leaves: Sequence[BroughtCertificate], wanted: Sequence[Wanted]) -> Iterator[str]:
    for leaf in leaves:
        if not any(_covers_any(leaf, one) for one in wanted):
            facts = describe(leaf.certificate)
            yield next(iter((*facts.dns_names, *facts.ip_addresses)), facts.subject or "nobody")


def _unopened(one: Wanted, key: BroughtKey, hint: str) -> Problem:
    why = {
        "key-password-wrong": "no password that was given opens it",
        "key-password-missing": "it is sealed, and no password was given",
    }.get(key.reason, "it is damaged, or of a kind that is not known here")
    return blocker(
        one.server,
        key.reason or "key-unreadable",
        f"The private key for {one.server} can't be read: {why}.",
        hint if key.reason in SEALED else "Bring it again from where it was made, as PKCS#8.",
        key.origin.shown_file,
    )
