"""Java's verdict on a peer: every rule once, and each of them asked of the JDK as well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pki_making import (
    BOTH,
    CLIENT_ONLY,
    DAY,
    NOW,
    SERVER_ONLY,
    Made,
    make,
    make_ca,
    make_crl,
    pem,
)

from wizard.pki.java.trust import EMPTY_CHAIN, TrustStore, check_peer, would_offer

BUILDING = (
    "PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: "
    "unable to find valid certification path to requested target"
)
VALIDATION = "PKIX path validation failed: java.security.cert.CertPathValidatorException: "
ANCHOR = "PKIX path validation failed: sun.security.validator.ValidatorException: TrustAnchor"


@dataclass(frozen=True)
class Case:
    """A trust store, a chain, and what Java says of them as server and as client."""

    anchors: tuple[x509.Certificate, ...]
    chain: tuple[x509.Certificate, ...]
    server: str | None
    client: str | None
    crls: tuple[x509.CertificateRevocationList, ...] = ()


ROOT = make_ca("root")
OTHER = make_ca("other")
NAMESAKE = make_ca("root")
MIDDLE = make_ca("middle", ROOT)
LEAF = make("leaf", ROOT)
LOW = make("low", MIDDLE)
ALONE = make("alone")
OLD_ALONE = make("old", begins=NOW - 9 * DAY, ends=NOW - DAY, usages=SERVER_ONLY)
OLD = make("leaf", ROOT, begins=NOW - 9 * DAY, ends=NOW - DAY)
EARLY = make("leaf", ROOT, begins=NOW + DAY, ends=NOW + 9 * DAY)
OLD_ROOT = make_ca("root", begins=NOW - 9 * DAY, ends=NOW - DAY)
OLD_MIDDLE = make_ca("middle", ROOT, begins=NOW - 9 * DAY, ends=NOW - DAY)
NO_CA = make("middle", ROOT, ca=False, key_cert_sign=True)
NO_SIGN = make_ca("middle", ROOT, key_cert_sign=False)
NO_CONSTRAINTS = make("middle", ROOT, ca=None, key_cert_sign=True, usages=None)
SHORT = make_ca("short", ROOT, path_length=0)
BELOW_SHORT = make_ca("below", SHORT)
SHORT_ROOT = make_ca("shortroot", path_length=0)
BELOW_SHORT_ROOT = make_ca("below", SHORT_ROOT)
LEAF_ROOT = make("leafroot", key_cert_sign=True)
SIGNLESS_ROOT = make_ca("signless", key_cert_sign=False)
WITH_IDENTIFIER = make_ca("ids", identifiers=True)
TWIN_NAME = make_ca("ids", identifiers=True)
UNCHAINED = f"{VALIDATION}Path does not chain with any of the trust anchors"
RENEWED_ROOT = make_ca("root", key=ROOT.key)


def case(
    anchors: tuple[Made, ...],
    chain: tuple[Made, ...],
    server: str | None,
    client: str | None,
    *crls: x509.CertificateRevocationList,
) -> Case:
    return Case(
        tuple(one.certificate for one in anchors),
        tuple(one.certificate for one in chain),
        server,
        client,
        crls,
    )


def both(
    anchors: tuple[Made, ...],
    chain: tuple[Made, ...],
    verdict: str | None,
    *crls: x509.CertificateRevocationList,
) -> Case:
    return case(anchors, chain, verdict, verdict, *crls)


def revoked(by: str, extension: str = "2.5.29.21", reason: str = "KEY_COMPROMISE") -> str:
    date = f"{NOW - DAY:%a %b %d %H:%M:%S UTC %Y}"
    return (
        f"{VALIDATION}Certificate has been revoked, reason: {reason}, revocation date: {date}, "
        f"authority: CN={by}, extension OIDs: [{extension}]"
    )


UNDETERMINED = f"{VALIDATION}Could not determine revocation status"
EXPIRED = f"{VALIDATION}validity check failed"
CRITICAL = make("leaf", ROOT, critical_oid="1.2.3.4")
PARTS = make("middle", ROOT, ca=True, key_cert_sign=True, critical_oid="1.2.3.4")
ANY_USE = make("leaf", ROOT, usages=(x509.ObjectIdentifier("2.5.29.37.0"),))

CASES = {
    "issued by the anchor": both((ROOT,), (LEAF,), None),
    "with the root sent along": both((ROOT,), (LEAF, ROOT), None),
    "through an intermediate": both((ROOT,), (LOW, MIDDLE), None),
    "intermediate as anchor": both((MIDDLE,), (LOW,), None),
    "intermediate as anchor and sent": both((MIDDLE,), (LOW, MIDDLE), None),
    "intermediate missing": both((ROOT,), (LOW,), BUILDING),
    "sent out of order": both((ROOT,), (LOW, ROOT, MIDDLE), None),
    "another CA": both((OTHER,), (LEAF,), BUILDING),
    "another CA of the same name": both(
        (NAMESAKE,), (LEAF,), f"{VALIDATION}signature check failed"
    ),
    "another CA of the same name, key identifiers differ": both(
        (WITH_IDENTIFIER,), (make("leaf", TWIN_NAME, identifiers=True),), UNCHAINED
    ),
    "key identifiers agree": both(
        (WITH_IDENTIFIER,), (make("leaf", WITH_IDENTIFIER, identifiers=True),), None
    ),
    "anchor without a key identifier": both((ROOT,), (make("leaf", ROOT, identifiers=True),), None),
    "intermediate of the anchor's name, not its key": both(
        (WITH_IDENTIFIER,), (make("leaf", TWIN_NAME, identifiers=True), TWIN_NAME), UNCHAINED
    ),
    "both CAs of the same name": both((NAMESAKE, ROOT), (LEAF,), None),
    "renewed root, old one sent": both((RENEWED_ROOT,), (LEAF, ROOT), None),
    "self-signed and pinned": both((ALONE,), (ALONE,), None),
    "self-signed, not pinned": both((ROOT,), (ALONE,), BUILDING),
    "pinned leaf, expired and for servers only": both((OLD_ALONE,), (OLD_ALONE,), None),
    "CA-issued leaf pinned alone": both((LEAF,), (LEAF,), None),
    "expired": both((ROOT,), (OLD,), EXPIRED),
    "not yet valid": both((ROOT,), (EARLY,), EXPIRED),
    "expired anchor": both((OLD_ROOT,), (make("leaf", OLD_ROOT),), None),
    "expired intermediate": both((ROOT,), (make("low", OLD_MIDDLE), OLD_MIDDLE), EXPIRED),
    "intermediate that is no CA": both(
        (ROOT,),
        (make("low", NO_CA), NO_CA),
        f"{VALIDATION}basic constraints check failed: this is not a CA certificate",
    ),
    "intermediate without constraints": both(
        (ROOT,),
        (make("low", NO_CONSTRAINTS), NO_CONSTRAINTS),
        f"{VALIDATION}basic constraints check failed: this is not a CA certificate",
    ),
    "intermediate that may not sign": both(
        (ROOT,),
        (make("low", NO_SIGN), NO_SIGN),
        f"{VALIDATION}CA key usage check failed: keyCertSign bit is not set",
    ),
    "path length used up": both(
        (ROOT,),
        (make("low", BELOW_SHORT), BELOW_SHORT, SHORT),
        f"{VALIDATION}basic constraints check failed: pathLenConstraint violated - "
        "this cert must be the last cert in the certification path",
    ),
    "path length of the anchor is not counted": both(
        (SHORT_ROOT,), (make("low", BELOW_SHORT_ROOT), BELOW_SHORT_ROOT), None
    ),
    "anchor that is no CA": both(
        (LEAF_ROOT,),
        (make("leaf", LEAF_ROOT),),
        f'{ANCHOR} with subject "CN=leafroot" is not a CA certificate',
    ),
    "anchor that may not sign": both(
        (SIGNLESS_ROOT,),
        (make("leaf", SIGNLESS_ROOT),),
        f'{ANCHOR} with subject "CN=signless" does not have keyCertSign bit set in KeyUsage '
        "extension",
    ),
    "unknown critical extension": both(
        (ROOT,), (CRITICAL,), f"{VALIDATION}unrecognized critical extension(s)"
    ),
    "unknown critical extension in between": both(
        (ROOT,), (make("low", PARTS), PARTS), f"{VALIDATION}unrecognized critical extension(s)"
    ),
    "for servers only": case(
        (ROOT,),
        (make("leaf", ROOT, usages=SERVER_ONLY),),
        None,
        "Extended key usage does not permit use for TLS client authentication",
    ),
    "for clients only": case(
        (ROOT,),
        (make("leaf", ROOT, usages=CLIENT_ONLY),),
        "Extended key usage does not permit use for TLS server authentication",
        None,
    ),
    "no extended usage": both((ROOT,), (make("leaf", ROOT, usages=None),), None),
    "any usage": both((ROOT,), (ANY_USE,), None),
    "key may not sign": both(
        (ROOT,),
        (make("leaf", ROOT, digital_signature=False),),
        "KeyUsage does not allow digital signatures",
    ),
    "leaf that is a CA": both((ROOT,), (make_ca("leaf", ROOT, usages=BOTH),), None),
    "CRL that names nobody": both((ROOT,), (LEAF,), None, make_crl(ROOT)),
    "revoked": both((ROOT,), (LEAF,), revoked("root"), make_crl(ROOT, LEAF)),
    "revoked without a reason": both(
        (ROOT,), (LEAF,), revoked("root", "", "UNSPECIFIED"), make_crl(ROOT, LEAF, reason=None)
    ),
    "stale CRL": both(
        (ROOT,), (LEAF,), UNDETERMINED, make_crl(ROOT, begins=NOW - 9 * DAY, ends=NOW - DAY)
    ),
    "CRL of another CA": both((ROOT,), (LEAF,), UNDETERMINED, make_crl(OTHER)),
    "forged CRL": both((ROOT,), (LEAF,), UNDETERMINED, make_crl(NAMESAKE)),
    "no CRL of the intermediate": both((ROOT,), (LOW, MIDDLE), UNDETERMINED, make_crl(ROOT)),
    "CRLs of both": both((ROOT,), (LOW, MIDDLE), None, make_crl(ROOT), make_crl(MIDDLE)),
    "revoked intermediate": both(
        (ROOT,), (LOW, MIDDLE), revoked("root"), make_crl(ROOT, MIDDLE), make_crl(MIDDLE)
    ),
    "pinned leaf and a CRL": both((ALONE, ROOT), (ALONE,), None, make_crl(ROOT)),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("purpose", ["server", "client"])
def test_the_verdict_is_the_one_expected(name: str, purpose: str) -> None:
    one = CASES[name]
    store = TrustStore(anchors=one.anchors, crls=one.crls)
    expected = one.server if purpose == "server" else one.client
    verdict = check_peer(store, one.chain, purpose=purpose, now=NOW, is_java=False)
    assert verdict == expected


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("purpose", ["server", "client"])
def test_the_jdk_says_the_same(
    name: str, purpose: str, java: Callable[..., str], tmp_path: Path
) -> None:
    one = CASES[name]
    (tmp_path / "trusted").write_bytes(pem(*one.anchors))
    (tmp_path / "chain").write_bytes(pem(*one.chain))
    crls = tmp_path / "crls" if one.crls else ""
    if one.crls:
        (tmp_path / "crls").write_bytes(
            b"".join(crl.public_bytes(Encoding.PEM) for crl in one.crls)
        )
    answer = java("peer", purpose, tmp_path / "trusted", tmp_path / "chain", crls)
    expected = one.server if purpose == "server" else one.client
    said = None if answer == "OK " else answer.split(" <- ")[0].partition(": ")[2]
    assert said == expected


def test_a_java_client_keeps_a_pinned_leaf_to_itself_when_its_ca_is_not_named() -> None:
    store = TrustStore(anchors=(LEAF.certificate,))
    leaf = (LEAF.certificate,)
    assert not would_offer(store, leaf)
    assert check_peer(store, leaf, purpose="client", now=NOW) == EMPTY_CHAIN
    assert check_peer(store, leaf, purpose="server", now=NOW) is None
    with_ca = TrustStore(anchors=(LEAF.certificate, ROOT.certificate))
    assert check_peer(with_ca, leaf, purpose="client", now=NOW) is None


def test_a_self_signed_pinned_leaf_is_offered() -> None:
    store = TrustStore(anchors=(ALONE.certificate,))
    assert check_peer(store, (ALONE.certificate,), purpose="client", now=NOW) is None


def test_a_client_without_a_certificate_is_refused() -> None:
    store = TrustStore(anchors=(ROOT.certificate,))
    assert check_peer(store, (), purpose="client", now=NOW) == EMPTY_CHAIN


@pytest.mark.parametrize("purpose", ["server", "client"])
def test_an_empty_store_refuses_everyone(
    purpose: str, java: Callable[..., str], tmp_path: Path
) -> None:
    verdict = check_peer(TrustStore(), (LEAF.certificate,), purpose=purpose, now=NOW)
    assert verdict is not None
    (tmp_path / "trusted").write_bytes(b"")
    (tmp_path / "chain").write_bytes(pem(LEAF.certificate))
    answer = java("peer", purpose, tmp_path / "trusted", tmp_path / "chain", "")
    assert verdict in answer


def test_trust_all_accepts_a_stranger_but_still_looks_at_the_name() -> None:
    store = TrustStore(anchors=(OTHER.certificate,), trust_all=True)
    chain = (make("n1", dns=("n1.example",)).certificate,)
    assert check_peer(store, chain, purpose="client", now=NOW) is None
    assert check_peer(store, chain, purpose="server", now=NOW, host="n1.example") is None
    assert check_peer(store, chain, purpose="server", now=NOW, host="n2.example") == (
        "No subject alternative DNS name matching n2.example found."
    )


def test_time_is_an_argument() -> None:
    store = TrustStore(anchors=(ROOT.certificate,))
    end = LEAF.certificate.not_valid_after_utc
    chain = (LEAF.certificate,)
    assert check_peer(store, chain, purpose="server", now=end) is None
    late = end + timedelta(seconds=1)
    assert check_peer(store, chain, purpose="server", now=late) == EXPIRED


def test_only_the_side_that_dials_looks_at_the_name() -> None:
    store = TrustStore(anchors=(ROOT.certificate,))
    chain = (make("n1", ROOT, dns=("n1",)).certificate,)
    assert check_peer(store, chain, purpose="client", now=NOW, host="n2") is None
    assert check_peer(store, chain, purpose="server", now=NOW, host="n2") is not None
