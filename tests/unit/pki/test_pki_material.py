"""Keys, the CA, leaves and the files of every server, with other tools' opinions of them."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import javaproperties
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.verification import PolicyBuilder, Store
from hypothesis import given
from hypothesis import strategies as st
from pki_making import NOW

from wizard.errors import MaterialError
from wizard.model.settings import KeyAlgorithm, Subject, TrustModel
from wizard.pki import pbes2
from wizard.pki.authority import (
    authority_certificate_pem,
    authority_key_pem,
    load_authority,
    make_authority,
)
from wizard.pki.inspect import days_left, describe, expires_within, load_chain
from wizard.pki.java.trust import TrustStore, check_peer
from wizard.pki.keys import KeyBytes, key_matches, load_private_key, make_key, private_key_pem
from wizard.pki.leaf import fill_subject, issue_leaf, subject_name
from wizard.pki.material import LeafRequest, MaterialSet, make_material
from wizard.pki.passwords import check_password, generate_password, strength
from wizard.pki.probe_identities import make_probe_identities
from wizard.secret import Secret

P256 = KeyAlgorithm.EC_P256
AUTHORITY = make_authority("payments", NOW)
FULL = Subject(country="GB", state="x", locality="y", organization="z", email="a@example.org")


def requests(count: int = 3, password: Secret | None = None) -> tuple[LeafRequest, ...]:
    return tuple(
        LeafRequest(
            server=f"server{i}",
            subject=fill_subject(FULL, f"server{i}", f"n{i}.example"),
            dns_names=(f"n{i}.example", f"n{i}"),
            ip_addresses=(f"10.0.0.{i}",),
            password=password,
        )
        for i in range(1, count + 1)
    )


def material(model: TrustModel = TrustModel.PRIVATE_CA, **changes: object) -> MaterialSet:
    return make_material(
        requests(**changes),  # type: ignore[arg-type]
        trust=model,
        algorithm=P256,
        now=NOW,
        lifetime_days=730,
        authority=AUTHORITY if model is TrustModel.PRIVATE_CA else None,
    )


@pytest.mark.parametrize("algorithm", [P256, KeyAlgorithm.EC_P384, KeyAlgorithm.RSA_2048])
@pytest.mark.parametrize("rounds", [None, 10_000])
def test_java_and_openssl_open_an_encrypted_key(
    algorithm: KeyAlgorithm,
    rounds: int | None,
    java: Callable[..., str],
    openssl: Callable[..., object],
    tmp_path: Path,
) -> None:
    key, password = make_key(algorithm), Secret("right-one")
    (tmp_path / "key").write_bytes(private_key_pem(key, password, kdf_rounds=rounds))
    assert java("key", tmp_path / "key", "right-one") in ("OK EC", "OK RSA")
    assert "BadPadding" in java("key", tmp_path / "key", "wrong-one")
    words = ("pkey", "-noout", "-in", tmp_path / "key", "-passin", "env:PASSWORD")
    assert openssl(*words, password="right-one").returncode == 0
    assert openssl(*words, password="wrong-one").returncode != 0
    again = load_private_key((tmp_path / "key").read_bytes(), password)
    assert again.private_numbers() == key.private_numbers()


def test_the_ca_key_is_kept_under_600_000_rounds(
    openssl: Callable[..., object], tmp_path: Path
) -> None:
    password = Secret("a long enough one")
    sealed = authority_key_pem(AUTHORITY, password)
    (tmp_path / "ca.key").write_bytes(sealed)
    shown = openssl("asn1parse", "-in", tmp_path / "ca.key")
    assert f"INTEGER           :{pbes2.STRONG_ROUNDS:06X}" in shown.stdout
    certificate = authority_certificate_pem(AUTHORITY)
    assert load_authority(certificate, sealed, password).certificate == AUTHORITY.certificate
    with pytest.raises(MaterialError, match="does not open") as caught:
        load_authority(certificate, sealed, Secret("another"))
    assert caught.value.code == "key-password-wrong"
    other = authority_certificate_pem(make_authority("other", NOW))
    with pytest.raises(MaterialError, match="do not belong together"):
        load_authority(other, sealed, password)
    with pytest.raises(MaterialError, match="no password was given"):
        load_authority(certificate, sealed, None)
    with pytest.raises(MaterialError):
        authority_key_pem(AUTHORITY, Secret(""))


def test_openssl_accepts_a_leaf_for_both_purposes(
    openssl: Callable[..., object], tmp_path: Path
) -> None:
    made = material()["server1"]
    (tmp_path / "ca").write_bytes(made.trusted[0][1])
    (tmp_path / "leaf").write_bytes(made.certificate_pem)
    for purpose in ("sslserver", "sslclient"):
        result = openssl(
            "verify", "-x509_strict", "-purpose", purpose, "-CAfile", tmp_path / "ca",
            "-verify_hostname", "n1.example", tmp_path / "leaf",
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
    wrong = openssl("verify", "-CAfile", tmp_path / "leaf", tmp_path / "leaf")
    assert wrong.returncode != 0


def test_cryptography_verifies_a_leaf_as_server_and_client() -> None:
    leaf = load_chain(material()["server2"].certificate_pem)[0]
    builder = PolicyBuilder().store(Store([AUTHORITY.certificate])).time(NOW)
    builder.build_server_verifier(x509.DNSName("n2.example")).verify(leaf, [])
    assert builder.build_client_verifier().verify(leaf, []).subjects


@pytest.mark.parametrize("model", [TrustModel.PRIVATE_CA, TrustModel.SELF_SIGNED])
def test_every_server_accepts_every_other_both_ways(model: TrustModel) -> None:
    made = material(model)
    for dialling, accepting in permutations(made, 2):
        anchors = tuple(one for _, content in made[dialling].trusted for one in load_chain(content))
        chain = load_chain(made[accepting].certificate_pem)
        store = TrustStore(anchors=anchors)
        host = made[accepting].dns_names[0]
        assert check_peer(store, chain, purpose="server", now=NOW, host=host) is None
        assert check_peer(store, chain, purpose="client", now=NOW) is None


def test_a_self_signed_server_trusts_the_others_and_not_itself() -> None:
    made = material(TrustModel.SELF_SIGNED)
    for server in made:
        others = [other for other in made if other != server]
        assert made[server].trusted == tuple(
            (f"{other}.crt", made[other].certificate_pem) for other in sorted(others)
        )


def test_a_self_signed_server_alone_trusts_itself() -> None:
    made = material(TrustModel.SELF_SIGNED, count=1)["server1"]
    assert made.trusted == (("server1.crt", made.certificate_pem),)


def test_a_leaf_says_what_it_should() -> None:
    made = material(password=Secret("right-one"))["server1"]
    leaf = load_chain(made.certificate_pem)[0]
    facts = describe(leaf)
    assert facts.dns_names == ("n1.example", "n1")
    assert facts.ip_addresses == ("10.0.0.1",)
    assert facts.usages == ("serverAuth", "clientAuth")
    assert not facts.is_ca
    assert facts.fingerprint == made.fingerprint
    assert timedelta(hours=1) <= NOW - facts.not_before <= timedelta(hours=48)
    assert facts.not_after == NOW + timedelta(days=730)
    assert key_matches(load_private_key(made.private_key_pem.reveal(), Secret("right-one")), leaf)
    assert days_left(leaf, NOW) == 730
    assert expires_within(leaf, NOW, 730)
    assert not expires_within(leaf, NOW, 729)


def test_a_leaf_never_outlives_its_ca_and_an_ended_ca_issues_nothing() -> None:
    short = make_authority("short", NOW, 10)
    arguments = {"key": make_key(P256), "subject": Subject(common_name="n1"),
                 "dns_names": ("n1",), "ip_addresses": (), "lifetime_days": 730}  # fmt: skip
    leaf = issue_leaf(short, now=NOW, **arguments)
    assert leaf.not_valid_after_utc == short.certificate.not_valid_after_utc
    with pytest.raises(MaterialError, match="CA ended"):
        issue_leaf(short, now=NOW + timedelta(days=11), **arguments)


def test_too_many_names_and_bad_names_are_refused() -> None:
    arguments = {"key": make_key(P256), "subject": Subject(common_name="n1"), "now": NOW,
                 "lifetime_days": 730}  # fmt: skip
    names = tuple(f"n{i}" for i in range(100))
    assert issue_leaf(AUTHORITY, dns_names=names, ip_addresses=(), **arguments)
    for dns, ips in (((*names, "more"), ()), (("a_b",), ()), ((), ("10.0.0",)), ((), ())):
        with pytest.raises(MaterialError):
            issue_leaf(AUTHORITY, dns_names=dns, ip_addresses=ips, **arguments)


def test_two_cas_of_one_cluster_never_share_a_name() -> None:
    assert make_authority("payments", NOW).certificate.subject != AUTHORITY.certificate.subject
    name = AUTHORITY.certificate.subject.rfc4514_string()
    assert name.startswith(f"CN=Neo4j cluster CA payments {NOW.year} ")
    assert make_authority("é" * 60, NOW).certificate.subject
    with pytest.raises(MaterialError):
        make_authority("a\nb", NOW)


@given(
    st.builds(
        Subject,
        country=st.sampled_from(["", "GB", "DE"]),
        organization=st.text(st.characters(categories=["L", "N", "P"]), max_size=64),
        common_name=st.text(st.characters(categories=["L"]), min_size=1, max_size=16),
        email=st.sampled_from(["", "a.b@example.org"]),
    )
)
def test_a_subject_survives_the_certificate(subject: Subject) -> None:
    leaf = issue_leaf(
        AUTHORITY,
        key=AUTHORITY.key,
        subject=subject,
        dns_names=("n1",),
        ip_addresses=(),
        now=NOW,
        lifetime_days=1,
    )
    values = {
        attribute.value for attribute in load_chain(leaf.public_bytes(Encoding.PEM))[0].subject
    }
    given_values = (subject.country, subject.organization, subject.common_name, subject.email)
    assert values == {value for value in given_values if value}


@pytest.mark.parametrize(
    "subject",
    [
        Subject(country="uk"),
        Subject(country="USA"),
        Subject(organization="x" * 65),
        Subject(locality="x" * 129),
        Subject(organization="a\nb"),
        Subject(organization="a\u202eb"),
        Subject(organization=" a"),
        Subject(email="nobody"),
        Subject(email="é@example.org"),
        Subject(common_name="é" * 40),
        Subject(common_name=""),
    ],
)
def test_a_field_no_certificate_can_hold_is_refused(subject: Subject) -> None:
    with pytest.raises(MaterialError):
        subject_name(subject, "server1", "n1")


def test_a_long_address_leaves_the_common_name_to_the_label() -> None:
    assert fill_subject(Subject(), "server1", "a" * 65).common_name == "server1"
    assert fill_subject(Subject(), "server1", "a" * 64).common_name == "a" * 64


def test_rsa_keys_report_each_server_that_is_ready() -> None:
    ready: list[str] = []
    make_material(
        requests(2),
        trust=TrustModel.PRIVATE_CA,
        algorithm=KeyAlgorithm.RSA_2048,
        now=NOW,
        lifetime_days=30,
        authority=AUTHORITY,
        made=ready.append,
    )
    assert sorted(ready) == ["server1", "server2"]


def test_a_key_shows_nothing_by_itself() -> None:
    made = material()["server1"]
    assert "PRIVATE" not in f"{made!r} {made.private_key_pem} {made.private_key_pem:>9}"
    with pytest.raises(TypeError):
        pickle.dumps(KeyBytes(b"secret"))


def test_probe_identities_are_judged_as_they_should() -> None:
    store = TrustStore(anchors=(AUTHORITY.certificate,))
    probes = make_probe_identities(AUTHORITY, NOW)

    def verdict(name: str) -> str | None:
        chain = load_chain(getattr(probes, name).chain_pem)
        return check_peer(store, chain, purpose="client", now=NOW, is_java=False)

    assert verdict("ours") is None
    assert "building failed" in str(verdict("foreign_ca"))
    assert "building failed" in str(verdict("self_made"))
    assert "validity check failed" in str(verdict("expired"))
    without = make_probe_identities(None, NOW)
    assert without.ours is None
    assert without.expired is None


@pytest.mark.parametrize("password", [generate_password() for _ in range(20)], ids=range(20))
def test_a_generated_password_survives_properties(password: Secret) -> None:
    text = password.reveal()
    assert check_password(text) is None
    assert javaproperties.loads(f"key={text}\nnext=1\n") == {"key": text, "next": "1"}


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=12, max_size=128))
def test_an_accepted_password_survives_properties(text: str) -> None:
    if check_password(text) is None:
        assert javaproperties.loads(f"key={text}\nnext=1\n") == {"key": text, "next": "1"}
        assert not text.startswith("$(")


@pytest.mark.parametrize(
    "text",
    ["", "short", "x" * 129, "with space12", " leading12345", "trailing1234\n", "back\\slash12",
     "$(reboot)1234",
     "quote'123456", 'quote"123456', "tick`1234567", "pässword1234", "\x1b[31m12345"],
)  # fmt: skip
def test_a_password_that_would_be_damaged_is_refused_without_being_repeated(text: str) -> None:
    sentence = check_password(text)
    assert sentence is not None
    assert not text or text not in sentence


def test_strength_is_told_in_words() -> None:
    assert strength("password").word == "very weak"
    assert strength(generate_password().reveal()).word == "strong"
    assert strength("x" * 500).score <= 4
    assert strength("paymentspayments", ["payments"]).score < 2
