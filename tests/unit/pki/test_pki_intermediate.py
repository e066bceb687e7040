"""An issuing CA below the root: what it may sign for, and that Java and OpenSSL hold it to that."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from pki_making import NOW, pem

from wizard.errors import MaterialError
from wizard.model.settings import KeyAlgorithm, Subject, TrustModel
from wizard.pki.authority import Authority, authority_key_pem, load_authority, make_authority
from wizard.pki.intermediate import MOST_LIMITS, make_intermediate
from wizard.pki.keys import make_key
from wizard.pki.leaf import issue_leaf
from wizard.pki.material import LeafRequest, make_material
from wizard.pki.probe_identities import make_probe_identities
from wizard.secret import Secret

ROOT = make_authority("payments", NOW, path_length=1)
SERVER = "server1.cluster.example"
NAMES, ADDRESSES = ("cluster.example",), ("10.0.0.1", "2001:db8::1")


def issuing(root: Authority = ROOT, **changes: object) -> Authority:
    fields = {"dns_names": NAMES, "ip_addresses": ADDRESSES, **changes}
    return make_intermediate(root, "payments", NOW, **fields)  # type: ignore[arg-type]


ISSUING, WITHOUT_ADDRESSES = issuing(), issuing(ip_addresses=())


def leaf(
    issuer: Authority, names: tuple[str, ...], addresses: tuple[str, ...], common_name: str = ""
) -> x509.Certificate:
    return issue_leaf(
        issuer,
        key=make_key(KeyAlgorithm.EC_P256),
        subject=Subject(common_name=common_name or SERVER),
        dns_names=names,
        ip_addresses=addresses,
        now=NOW,
        lifetime_days=30,
    )


KEPT = [
    (ISSUING, (SERVER,), ()),
    (ISSUING, (SERVER,), ADDRESSES),
    (ISSUING, (), ("10.0.0.1",)),
    (ISSUING, ("probe.neo4j-tls.invalid",), ()),
    (WITHOUT_ADDRESSES, (SERVER,), ()),
]
BROKEN = [
    (ISSUING, ("server1.example.org",), ()),
    (ISSUING, (SERVER, "www.example.com"), ()),
    (ISSUING, ("mycluster.example",), ()),
    (ISSUING, (SERVER,), ("10.0.0.2",)),
    (ISSUING, (SERVER,), ("2001:db8::2",)),
    (WITHOUT_ADDRESSES, (SERVER,), ("10.0.0.1",)),
    (WITHOUT_ADDRESSES, (SERVER,), ("::1",)),
]
Case = tuple[Authority, tuple[str, ...], tuple[str, ...], bool]
CASES: list[Case] = [*((*one, True) for one in KEPT), *((*one, False) for one in BROKEN)]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("purpose", ["server", "client"])
def test_java_holds_it_to_its_names(
    case: Case, purpose: str, java: Callable[..., str], tmp_path: Path
) -> None:
    issuer, names, addresses, accepted = case
    chain, root = tmp_path / "chain", tmp_path / "root"
    chain.write_bytes(pem(leaf(issuer, names, addresses), issuer.certificate))
    root.write_bytes(pem(ROOT.certificate))
    assert java("peer", purpose, root, chain, "").startswith("OK") is accepted
    # As the anchor itself its limits would not count, so it must not stand in trusted/.
    root.write_bytes(pem(issuer.certificate))
    assert java("peer", purpose, root, chain, "").startswith("OK")


@pytest.mark.parametrize("case", CASES)
def test_openssl_holds_it_to_its_names(
    case: Case, openssl: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    issuer, names, addresses, accepted = case
    chain, root = tmp_path / "chain", tmp_path / "root"
    chain.write_bytes(pem(leaf(issuer, names, addresses), issuer.certificate))
    root.write_bytes(pem(ROOT.certificate))
    done = openssl("verify", "-x509_strict", "-CAfile", root, "-untrusted", chain, chain)
    assert (done.returncode == 0) is accepted, done.stderr


def test_java_takes_the_common_name_of_a_leaf_with_addresses_alone_for_a_name(
    java: Callable[..., str], tmp_path: Path
) -> None:
    chain, root = tmp_path / "chain", tmp_path / "root"
    root.write_bytes(pem(ROOT.certificate))
    for common_name, accepted in ((SERVER, True), ("server1", False), ("the first one", True)):
        made = leaf(ISSUING, (), ("10.0.0.1",), common_name)
        chain.write_bytes(pem(made, ISSUING.certificate))
        assert java("peer", "server", root, chain, "").startswith("OK") is accepted


def test_every_server_sends_it_and_trusts_the_root_alone() -> None:
    request = LeafRequest(
        server="server1",
        subject=Subject(common_name="server1"),
        dns_names=(SERVER,),
        ip_addresses=(),
    )
    made = make_material(
        [request, replace(request, server="server2")],
        trust=TrustModel.PRIVATE_CA,
        algorithm=KeyAlgorithm.EC_P256,
        now=NOW,
        lifetime_days=30,
        authority=ISSUING,
    )
    for name in ("server1", "server2"):
        own, above = x509.load_pem_x509_certificates(made[name].certificate_pem)
        own.verify_directly_issued_by(above)
        above.verify_directly_issued_by(ROOT.certificate)
        assert made[name].trusted == (("ca.crt", pem(ROOT.certificate)),)
        assert made[name].fingerprint == own.fingerprint(hashes.SHA256()).hex()


def test_it_never_outlives_the_root() -> None:
    short = make_authority("payments", NOW, 30, path_length=1)
    inside = issuing(short, lifetime_days=9000).certificate
    assert inside.not_valid_after_utc == short.certificate.not_valid_after_utc
    assert inside.not_valid_before_utc >= short.certificate.not_valid_before_utc


def test_it_can_be_kept_and_opened_and_issues_the_probes() -> None:
    password = Secret("k9WmQz7Rt2XvB4nY")
    sealed = authority_key_pem(ISSUING, password)
    opened = load_authority(pem(ISSUING.certificate), sealed, password)
    assert make_probe_identities(opened, NOW).ours is not None


def test_a_root_without_room_and_an_ended_one_are_refused() -> None:
    with pytest.raises(MaterialError, match="no other CA below it"):
        issuing(make_authority("payments", NOW))
    with pytest.raises(MaterialError, match="ended on"):
        issuing(make_authority("payments", NOW, -1, path_length=1))


def test_a_wrong_name_is_refused() -> None:
    with pytest.raises(MaterialError, match="underscore"):
        issuing(dns_names=("server_1",))


def test_a_probe_is_sent_with_it(java: Callable[..., str], tmp_path: Path) -> None:
    probe = make_probe_identities(ISSUING, NOW).ours
    assert probe is not None
    chain, root = tmp_path / "chain", tmp_path / "root"
    chain.write_bytes(probe.chain_pem)
    root.write_bytes(pem(ROOT.certificate))
    assert java("peer", "client", root, chain, "").startswith("OK")


def test_without_limits_it_signs_for_any_name(java: Callable[..., str], tmp_path: Path) -> None:
    free = issuing(limited=False)
    chain, root = tmp_path / "chain", tmp_path / "root"
    chain.write_bytes(pem(leaf(free, ("www.example.org",), ("192.0.2.1",)), free.certificate))
    root.write_bytes(pem(ROOT.certificate))
    assert java("peer", "server", root, chain, "").startswith("OK")


def test_the_names_of_a_hundred_servers_fit_and_thousands_are_refused() -> None:
    names = [f"server{number}.cluster.example" for number in range(MOST_LIMITS)]
    assert issuing(dns_names=names[:300], ip_addresses=()).certificate
    with pytest.raises(MaterialError, match="too large"):
        issuing(dns_names=names, ip_addresses=())
