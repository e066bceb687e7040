"""The doctor against x509-limbo (C2SP, Apache-2.0), each difference explained; and against Java."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pki_bringing import pem
from pki_limbo import DATA, LimboCase, limbo_cases

from wizard.pki.doctor.constraints import broken_limits
from wizard.pki.doctor.peers import completed
from wizard.pki.java.trust import TrustStore, check_peer

LOOSER = {
    "no limit to a chain's length is offered": (
        "pathlen::max-chain-depth-",
    ),
    "what is brought is taken as trusted: the untrusted root here was brought too": (
        *("rfc5280::chain-untrusted-root", "pathological::pathological-chain-same-subject-"),
    ),
    "a CA without its key is taken for a CA, not for a server": (
        *("rfc5280::ca-as-leaf-wrong-san", "webpki::ca-as-leaf"),
    ),
    "a form that RFC 5280 asks for; Java does without, and no peer is let in by it": (
        *("crl::crlnumber-missing", "rfc5280::aki::", "rfc5280::ski::", "rfc5280::pc::"),
        *("rfc5280::nc::permitted-dns-match-noncritical", "rfc5280::nc::not-allowed-in-ee-"),
        *("rfc5280::nc::invalid-dnsname-leading-period", "rfc5280::nc::nc-permits-invalid-email"),
        *("rfc5280::root-non-critical-basic-constraints", "webpki::aki::"),
        *("webpki::san::san-critical-with-nonempty-subject",),
    ),
    "the common name is not looked at where alternative names stand": (
        "webpki::cn::",
    ),
    "rules of public CAs that say nothing of a cluster's own": (
        *("webpki::eku::", "webpki::forbidden-rsa-"),
    ),
}  # fmt: skip
"""Accepted here and refused there, by the beginnings of names."""

STRICTER = {
    "a wildcard stands for servers nobody thought of": (
        *("webpki::nc::nc-permits-dns-san-pattern", "webpki::san::leftmost-wildcard-san"),
    ),
    "a public CA lets in all its customers": (
        *("online::", "webpki::cryptographydotio-chain"),
    ),
    "everything that was brought is judged, what no path needs too": (
        *("pathological::multiple-chains-expired-", "rfc5280::unknown-critical-extension-un"),
    ),
    "one path is completed here, as Neo4j gets it; another one might have passed": (
        *("rfc5280::nc::nc-forbids-alternate-chain-ica", "rfc5280::nc::nc-forbids-same-chain-ica"),
    ),
    "Java fails where a CA limits names of a kind it does not know": (
        "rfc5280::nc::nc-forbids-othername-noop",
    ),
    "it has ended, or ends within the month": (
        "rfc5280::validity::notafter-",
    ),
}  # fmt: skip
"""Refused or warned of here and accepted there."""


@pytest.fixture(scope="module")
def cases() -> list[LimboCase]:
    if not DATA.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("the cases of x509-limbo are missing")
        pytest.skip("the cases of x509-limbo are not here")
    return limbo_cases()


def explained(name: str, reasons: dict[str, tuple[str, ...]]) -> bool:
    return any(name.startswith(begin) for begins in reasons.values() for begin in begins)


def test_every_difference_from_limbo_is_explained(cases: list[LimboCase]) -> None:
    found = {case.name: not case.problems() for case in cases}
    looser = [one.name for one in cases if found[one.name] and not one.accepted]
    stricter = [one.name for one in cases if not found[one.name] and one.accepted]
    assert [name for name in looser if not explained(name, LOOSER)] == []
    assert [name for name in stricter if not explained(name, STRICTER)] == []
    assert len(cases) - len(looser) - len(stricter) > 2 * len(cases) / 3


def test_every_explanation_is_needed(cases: list[LimboCase]) -> None:
    differing = [case.name for case in cases if (not case.problems()) != case.accepted]
    begins = [one for table in (LOOSER, STRICTER) for own in table.values() for one in own]
    assert [one for one in begins if not any(name.startswith(one) for name in differing)] == []


def test_java_refuses_nothing_that_the_doctor_lets_pass(
    cases: list[LimboCase], java: Callable[..., str], tmp_path: Path
) -> None:
    asked, missed, stricter = 0, [], []
    for case in cases:
        if not case.leaf.certificates or not case.roots.certificates:
            continue  # a part can't be read, which the doctor tells
        if case.name.startswith("rfc5280::validity::"):
            continue  # Java is asked about today, these cases about other days
        asked += 1
        leaf = case.leaf.certificates[0].certificate
        chain = completed(leaf, case.between.distinct_certificates())
        anchors = case.roots.distinct_certificates()
        store = TrustStore(anchors=anchors, crls=tuple(one.crl for one in case.crls.crls))
        purpose = case.kind.lower()
        ours = check_peer(
            store,
            chain,
            purpose=purpose,
            now=case.now,
            is_java=False,  # type: ignore[arg-type]
        )
        said = java(
            "peer",
            purpose,
            written(tmp_path / "roots", pem(*anchors)),
            written(tmp_path / "chain", pem(*chain)),
            written(tmp_path / "crls", b"".join(raw.reveal() for _, raw in case.crls.files)),
        )
        if said.startswith("OK") and ours is not None:
            stricter.append(case.name)
        if not said.startswith("OK") and ours is None and not case.problems():
            missed.append((case.name, said[:200]))
    assert asked > 180
    assert missed == []
    assert stricter == []


def written(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    return str(path) if data else ""


def test_a_limit_of_the_anchor_is_told_from_one_in_between(cases: list[LimboCase]) -> None:
    by_name = {case.name: case for case in cases}
    of_root = by_name["rfc5280::nc::permitted-dns-mismatch"]
    leaf = of_root.leaf.certificates[0].certificate
    chain = (leaf, *of_root.roots.distinct_certificates())
    assert broken_limits(chain)[-1] is True
    kept = by_name["rfc5280::nc::permitted-dns-match"]
    chain = (kept.leaf.certificates[0].certificate, *kept.roots.distinct_certificates())
    assert not any(broken_limits(chain))
