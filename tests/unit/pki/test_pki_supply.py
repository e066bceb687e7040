"""Certificates from outside: each to its server, judged as by its peers, from any mix of files."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_csr
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st
from pki_bringing import PASSWORD, clear, pem
from pki_making import DAY, NOW, SERVER_ONLY, Made, make_ca, make_crl
from pki_supplying import (
    LONG,
    PLACE,
    SERVERS,
    dedicated,
    host,
    leaf,
    material,
    plainly,
    shuffled,
    wanted,
)

from wizard.model.problems import Problem, Severity
from wizard.model.settings import KeyAlgorithm, Subject
from wizard.model.version import Version
from wizard.pki.inspect import fingerprint, load_chain
from wizard.pki.java.trust import TrustStore, check_peer
from wizard.pki.keys import key_matches, load_private_key, make_key, private_key_pem
from wizard.pki.material import ServerMaterial
from wizard.pki.signing_request import make_signing_request
from wizard.pki.supply.assembling import anchor_of, assemble, server_material
from wizard.pki.supply.identities import own_identities
from wizard.pki.supply.judging import judge
from wizard.pki.supply.matching import match
from wizard.pki.supply.supplied import Material, Place
from wizard.secret import Secret

NEO4J = Version(5, 26)


def examined(
    brought: Material, servers: Sequence[str] = SERVERS, *, accepted: bool = False
) -> tuple[dict[str, ServerMaterial], tuple[Problem, ...]]:
    asked = wanted(*servers)
    matched = match(brought, asked)
    assembled = assemble(brought, matched.pairs)
    problems = matched.problems + judge(brought, asked, assembled, shared_accepted=accepted)
    made = {
        name: server_material(name, one, NEO4J, password=None, kdf_rounds=None)
        for name, one in assembled.items()
    }
    return made, problems


def blocking(problems: Sequence[Problem]) -> set[tuple[str, str | None]]:
    return {(problem.code, problem.server) for problem in problems if problem.blocks}


def written(made: dict[str, ServerMaterial]) -> dict[str, tuple[object, ...]]:
    return {
        name: (one.private_key_pem.reveal(), one.certificate_pem, one.trusted)
        for name, one in made.items()
    }


def test_each_server_gets_its_own_and_every_peer_accepts_it() -> None:
    authority, leaves = dedicated()
    made, problems = examined(material(*plainly([*leaves.values()], authority)))
    assert blocking(problems) == set()
    for name, one in made.items():
        (served,) = load_chain(one.certificate_pem)
        assert served == leaves[name].certificate
        assert key_matches(load_private_key(one.private_key_pem.reveal(), None), served)
        (trusted,) = one.trusted
        assert trusted == ("ca.crt", pem(authority.certificate))
        store = TrustStore(anchors=load_chain(trusted[1]))
        assert check_peer(store, [served], purpose="server", now=NOW, host=host(name)) is None
        assert check_peer(store, [served], purpose="client", now=NOW) is None


_AUTHORITY, _LEAVES = dedicated()
_BETWEEN = make_ca("payments cluster CA between", _AUTHORITY, ends=LONG)
_BELOW = {one: leaf(one, _BETWEEN) for one in SERVERS}


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10**9), deep=st.booleans())
def test_any_mix_of_the_right_files_ends_in_the_same_files(seed: int, deep: bool) -> None:  # noqa: FBT001 - hypothesis gives it by name
    leaves = [*(_BELOW if deep else _LEAVES).values()]
    authorities = [_AUTHORITY, _BETWEEN] if deep else [_AUTHORITY]
    expected, _ = examined(material(*plainly(leaves, *authorities)), accepted=True)
    files = shuffled(leaves, authorities, random.Random(seed))  # noqa: S311 - a shuffle
    made, problems = examined(material(*files), accepted=True)
    assert blocking(problems) == set()
    assert written(made) == written(expected)


def test_self_signed_certificates_are_exchanged() -> None:
    leaves = {one: leaf(one, None) for one in SERVERS}
    made, problems = examined(material(*plainly([*leaves.values()])))
    assert blocking(problems) == set()
    assert [name for name, _pem in made["server2"].trusted] == ["server1.crt", "server3.crt"]


def test_a_key_is_sealed_with_the_password_of_the_server_alone() -> None:
    authority, leaves = dedicated()
    brought = material(*plainly([*leaves.values()], authority))
    assembled = assemble(brought, match(brought, wanted()).pairs)
    own = Secret("another one for the server")
    made = server_material("server1", assembled["server1"], NEO4J, password=own, kdf_rounds=None)
    assert b"ENCRYPTED" in made.private_key_pem.reveal()
    key = load_private_key(made.private_key_pem.reveal(), own)
    assert key_matches(key, leaves["server1"].certificate)


def with_second(second: Made, *more: tuple[str, bytes]) -> Material:
    """The right files, but for those of server2."""
    files = plainly([_LEAVES["server1"], second, _LEAVES["server3"]], _AUTHORITY)
    return material(*files, *more)


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (leaf("server2", _AUTHORITY, ends=NOW - DAY / 2), "leaf-expired"),
        (leaf("server2", _AUTHORITY, begins=NOW + DAY), "leaf-not-yet-valid"),
        (leaf("server2", _AUTHORITY, usages=SERVER_ONLY), "no-client-auth-eku"),
        (leaf("server2", _AUTHORITY, dns=("else.example.org",)), "name-not-covered"),
        (leaf("server2", _BETWEEN), "issuer-not-given"),
        (leaf("server2", make_ca("some other CA")), "issuer-not-given"),
    ],
    ids=["expired", "too early", "no clientAuth", "wrong name", "no intermediate", "foreign CA"],
)
def test_what_a_peer_would_refuse_blocks_that_server_alone(second: Made, code: str) -> None:
    _made, problems = examined(with_second(second))
    assert blocking(problems) == {(code, "server2")}


def test_a_problem_names_the_file_it_came_from() -> None:
    late = leaf("server2", _AUTHORITY, ends=NOW - DAY / 2)
    _made, problems = examined(with_second(late))
    (found,) = [problem for problem in problems if problem.blocks]
    assert found.file == f"{PLACE}/1.pem"


def test_a_foreign_key_is_told() -> None:
    foreign = ec.generate_private_key(ec.SECP256R1())
    certificate = _LEAVES["server2"].certificate
    files = plainly([_LEAVES["server1"], _LEAVES["server3"]], _AUTHORITY)
    files.append((f"{PLACE}/two.pem", pem(certificate) + clear(foreign)))
    _made, problems = examined(material(*files))
    assert blocking(problems) == {("key-does-not-match", "server2")}


def test_a_sealed_key_without_its_password_is_told() -> None:
    two = _LEAVES["server2"]
    files = plainly([_LEAVES["server1"], _LEAVES["server3"]], _AUTHORITY)
    sealed = private_key_pem(two.key, Secret("nobody said it"))
    files.append((f"{PLACE}/two.pem", pem(two.certificate) + sealed))
    _made, problems = examined(material(*files))
    assert blocking(problems) == {("key-password-wrong", "server2")}


def test_a_revoked_certificate_is_told_and_the_list_is_not_sent() -> None:
    crl = make_crl(_AUTHORITY, _LEAVES["server2"])
    raw = crl.public_bytes(Encoding.PEM)
    files = plainly([*_LEAVES.values()], _AUTHORITY)
    _made, problems = examined(material(*files, (f"{PLACE}/crl", raw)))
    assert blocking(problems) == {("leaf-revoked", "server2")}


def test_of_two_certificates_the_one_that_is_valid_is_taken() -> None:
    old = leaf("server2", _AUTHORITY, ends=NOW - DAY / 2)
    extra = plainly([old])[0][1]
    made, problems = examined(
        material(*plainly([*_LEAVES.values()], _AUTHORITY), (f"{PLACE}/old", extra))
    )
    assert blocking(problems) == set()
    assert load_chain(made["server2"].certificate_pem)[0] == _LEAVES["server2"].certificate


def test_one_certificate_for_all_servers_is_weak_and_works() -> None:
    star = leaf("star", _AUTHORITY, dns=("*.example.com",))
    made, problems = examined(material(*plainly([star], _AUTHORITY)))
    assert blocking(problems) == set()
    assert "key-shared" in {problem.code for problem in problems}
    assert len({one.fingerprint for one in made.values()}) == 1


def test_a_folder_named_after_a_server_decides_where_names_do_not() -> None:
    nameless = {one: leaf(one, _AUTHORITY, dns=("localhost",)) for one in SERVERS}
    files = [
        (f"{PLACE}/{name}/tls.pem", pem(one.certificate) + clear(one.key))
        for name, one in nameless.items()
    ]
    made, _problems = examined(material(*files, (f"{PLACE}/ca", pem(_AUTHORITY.certificate))))
    assert {name: load_chain(one.certificate_pem)[0] for name, one in made.items()} == {
        name: one.certificate for name, one in nameless.items()
    }


@pytest.mark.parametrize(
    ("name", "laptop"),
    [("DigiCert Global Root G2", False), ("Payments Issuing CA", False), ("plain CA", True)],
    ids=["public", "corporate", "seen elsewhere"],
)
def test_a_shared_ca_needs_to_be_accepted(name: str, laptop: bool) -> None:  # noqa: FBT001 - a column
    authority = make_ca(name, ends=LONG)
    leaves = [leaf(one, authority) for one in SERVERS]
    files = plainly(leaves, authority)
    if laptop:
        other = leaf("laptop", authority, dns=("laptop.example.org",))
        files.append((f"{PLACE}/laptop.pem", pem(other.certificate)))
    _made, refused = examined(material(*files))
    assert blocking(refused) == {("shared-ca", None)}
    _made, accepted = examined(material(*files), accepted=True)
    assert blocking(accepted) == set()
    assert ("shared-ca", Severity.WARNING) in {(one.code, one.severity) for one in accepted}


def test_a_ca_of_the_cluster_alone_is_told_of_and_not_in_the_way() -> None:
    _made, problems = examined(material(*plainly([*_LEAVES.values()], _AUTHORITY)))
    assert [problem.code for problem in problems] == ["ca-opens-ports"]


def test_certificates_find_the_keys_that_were_made_for_them() -> None:
    keys = {one: make_key(KeyAlgorithm.EC_P256) for one in SERVERS}
    files = {one: f"/state/keys/{one}.key" for one in SERVERS}
    sealed = [(files[one], private_key_pem(keys[one], PASSWORD)) for one in SERVERS]
    # Their names say nothing of the servers: only the keys tell whose they are.
    issued = {
        one: leaf("x", _AUTHORITY, dns=("x.example.com",), key=keys[one]) for one in SERVERS[:2]
    }
    came = [(f"{PLACE}/{at}", pem(one.certificate)) for at, one in enumerate(issued.values())]
    ca = (f"{PLACE}/ca", pem(_AUTHORITY.certificate))
    made, problems = examined(material(*sealed, *came, ca, own_keys=files))
    assert blocking(problems) == {("certificate-awaited", "server3")}
    assert {name: load_chain(one.certificate_pem)[0] for name, one in made.items()} == {
        name: one.certificate for name, one in issued.items()
    }


def test_a_certificate_for_another_key_is_no_answer_to_a_request() -> None:
    key = make_key(KeyAlgorithm.EC_P256)
    files = {"server1": "/state/keys/server1.key"}
    foreign = pem(_LEAVES["server1"].certificate) + pem(_AUTHORITY.certificate)
    brought = material(
        (files["server1"], private_key_pem(key, PASSWORD)), (f"{PLACE}/1", foreign), own_keys=files
    )
    _made, problems = examined(brought, ["server1"])
    assert blocking(problems) == {("key-does-not-match", "server1")}


def test_without_the_password_of_its_key_a_request_says_so() -> None:
    files = {"server1": "/state/keys/server1.key"}
    sealed = private_key_pem(make_key(KeyAlgorithm.EC_P256), Secret("taken away"))
    _made, problems = examined(material((files["server1"], sealed), own_keys=files), ["server1"])
    assert blocking(problems) == {("key-password-wrong", "server1")}


def test_a_request_asks_for_both_directions_and_every_name() -> None:
    key = make_key(KeyAlgorithm.RSA_3072)
    subject = replace(Subject(), common_name="server1")
    raw = make_signing_request(key, subject, ("db.example.com",), ("10.0.0.1",))
    request = load_pem_x509_csr(raw)
    assert request.is_signature_valid
    values = {one.oid._name: one.value for one in request.extensions}
    assert {*values["extendedKeyUsage"]} == {
        ExtendedKeyUsageOID.SERVER_AUTH,
        ExtendedKeyUsageOID.CLIENT_AUTH,
    }
    assert [str(name.value) for name in values["subjectAltName"]] == ["db.example.com", "10.0.0.1"]


def in_place(**files: str) -> dict[str, Place]:
    return {server: Place(f"/own/{server}", frozenset({file})) for server, file in files.items()}


def test_a_place_of_a_server_s_own_is_asked_for_that_server_alone() -> None:
    authority, leaves = dedicated()
    newer = leaf("server1", authority, ends=LONG + DAY)
    files = plainly([*leaves.values()], authority)
    own = ("/own/server1.pem", pem(newer.certificate) + clear(newer.key))
    brought = material(*files, own)
    usual = match(brought, wanted())
    assert usual.pairs["server1"].leaf.certificate == newer.certificate  # it lasts longer
    places = in_place(server2=own[0])
    found = match(replace(brought, places=places), wanted())
    assert {name: pair.leaf.certificate for name, pair in found.pairs.items()} == {
        "server1": leaves["server1"].certificate,
        "server2": newer.certificate,  # whatever it is called: the place was named for it
        "server3": leaves["server3"].certificate,
    }
    assert anchor_of(assemble(brought, found.pairs)["server2"].chain) == authority.certificate


def test_an_empty_place_of_a_server_s_own_is_told_with_its_name() -> None:
    authority, leaves = dedicated()
    brought = material(*plainly([*leaves.values()], authority))
    found = match(replace(brought, places=in_place(server2="/own/none")), wanted())
    assert set(found.pairs) == {"server1", "server3"}
    (problem,) = found.problems
    assert (problem.server, problem.code) == ("server2", "certificate-missing")
    assert "/own/server2" in problem.hint


def test_what_servers_show_is_found_by_its_fingerprint() -> None:
    authority, leaves = dedicated()
    brought = material(*plainly([leaves["server1"], leaves["server2"]], authority))
    prints = {name: fingerprint(one.certificate) for name, one in leaves.items()}
    found = own_identities(brought, prints)
    assert set(found) == {"server1", "server2"}
    assert found["server1"].chain_pem == pem(leaves["server1"].certificate)
    assert found["server1"].key_pem.reveal() == clear(leaves["server1"].key)
    assert clear(leaves["server1"].key).decode() not in repr(found)
