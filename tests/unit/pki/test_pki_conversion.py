"""Whatever the form, order and number of the files, the same canonical files come out."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from pki_bringing import CERTIFICATE_FORMS, KEY_FORMS, MANGLED, PASSWORD, WHOLE, clear, pem, store
from pki_making import NOW, make, make_ca

from wizard.errors import MaterialError
from wizard.model.version import Version
from wizard.pki.brought.reading import read_all
from wizard.pki.brought.things import Brought
from wizard.pki.conversion import Converted, convert_pair
from wizard.pki.doctor.examination import leaves_of
from wizard.pki.java.failure import JavaError
from wizard.pki.java.keys import load_key
from wizard.pki.java.pem import certificates
from wizard.pki.keys import public_half
from wizard.secret import Secret

ROOT = make_ca("root", ends=NOW + timedelta(days=900))
BETWEEN = make_ca("between", ROOT, ends=NOW + timedelta(days=800))
LEAF = make("server1", BETWEEN, dns=("server1.example",), ends=NOW + timedelta(days=400))
STRANGER = make_ca("stranger")
NEW = Secret("a-new-password-of-this-key")
FIVE = Version(5, 26)
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)

EXPECTED = (
    clear(LEAF.key),
    pem(LEAF.certificate, BETWEEN.certificate),
    pem(ROOT.certificate),
)


def convert(
    brought: Brought, version: Version, *, password: Secret | None = None
) -> list[Converted]:
    """Write every certificate whose key is there, out of all that was brought."""
    leaves = leaves_of(brought)
    pool = [one for one in brought.distinct_certificates() if one not in leaves]
    keys = {public_half(one.key): one.key for one in brought.keys if one.key is not None}
    return [
        convert_pair(leaf, keys[public_half(leaf)], pool, version, password=password)  # type: ignore[arg-type]
        for leaf in brought.distinct_certificates()
        if leaf in leaves and public_half(leaf) in keys
    ]


def converted(*files: bytes) -> tuple[bytes, bytes, bytes]:
    brought = read_all([(str(n), data) for n, data in enumerate(files)], (PASSWORD,))
    (one,) = convert(brought, FIVE)
    return one.private_key_pem.reveal(), one.certificate_pem, one.authority_pem


@settings(deadline=None)
@given(
    st.sampled_from([*KEY_FORMS.values()]),
    st.lists(st.sampled_from([*CERTIFICATE_FORMS.values()]), min_size=4, max_size=4),
    st.permutations(range(6)),
    st.sampled_from(["server1", "stranger"]),
)
def test_any_mix_of_the_right_files_ends_in_the_same_output(
    key_form: object, forms: list[object], order: list[int], twice: str
) -> None:
    chain = (LEAF, BETWEEN, ROOT, STRANGER)
    files = [form(one.certificate) for form, one in zip(forms, chain, strict=True)]  # type: ignore[operator]
    files += [key_form(LEAF.key), files[0 if twice == "server1" else 3]]  # type: ignore[operator]
    assert converted(*(files[place] for place in order)) == EXPECTED


ONE_FILE = [whole(LEAF, (BETWEEN.certificate, ROOT.certificate)) for whole in WHOLE.values()]


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.sampled_from(ONE_FILE), min_size=1, max_size=3, unique=True),
    st.sampled_from([*CERTIFICATE_FORMS.values()]),
    st.booleans(),
)
def test_any_containers_with_a_stranger_beside_them_end_in_the_same_output(
    containers: list[bytes],
    form: object,
    first: bool,  # noqa: FBT001 - drawn
) -> None:
    stranger = [form(STRANGER.certificate)]  # type: ignore[operator]
    files = [*stranger, *containers] if first else [*containers, *stranger]
    assert converted(*files) == EXPECTED


@pytest.mark.parametrize("way", MANGLED)
def test_one_mangled_file_of_all_ends_in_the_same_output(way: str) -> None:
    for row in permutations((ROOT, LEAF, BETWEEN)):
        data = pem(*(one.certificate for one in row)) + clear(LEAF.key)
        assert converted(MANGLED[way](data)) == EXPECTED


@pytest.mark.parametrize("password", [PASSWORD, None])
def test_a_pkcs12_loses_its_passphrase_or_gets_another(password: Secret | None) -> None:
    data = store(LEAF, ROOT.certificate, BETWEEN.certificate, password=password)
    assert converted(data) == EXPECTED
    (sealed,) = convert(read_all([("p12", data)], (PASSWORD,)), FIVE, password=NEW)
    raw = sealed.private_key_pem.reveal()
    for version in (4, 5, 2026):
        assert load_key(raw, NEW, version).private_numbers() == LEAF.key.private_numbers()
    with pytest.raises(JavaError):
        load_key(raw, PASSWORD, 5)


@pytest.mark.parametrize("major", [4, 5, 2026])
@pytest.mark.parametrize("form", KEY_FORMS)
def test_every_version_loads_what_comes_out(form: str, major: int) -> None:
    leaf = make("server1", BETWEEN, dns=("server1.example",), key=RSA)  # type: ignore[arg-type]
    files = [("key", KEY_FORMS[form](RSA)), ("leaf", pem(leaf.certificate))]
    (one,) = convert(read_all(files, (PASSWORD,)), Version(major, 1))
    assert load_key(one.private_key_pem.reveal(), None, major)
    assert certificates(one.certificate_pem) == (leaf.certificate,)
    assert one.authority_pem == b""


def test_a_self_signed_certificate_is_its_own_authority() -> None:
    alone = make("server1", dns=("server1.example",))
    (one,) = convert(read_all([("both", pem(alone.certificate) + clear(alone.key))]), FIVE)
    assert one.certificate_pem == one.authority_pem == pem(alone.certificate)


def test_several_servers_are_paired_by_their_keys() -> None:
    others = [make(f"server{number}", BETWEEN) for number in range(3)]
    files = [("keys", b"".join(clear(one.key) for one in others))]
    files += [("leaves", pem(*(one.certificate for one in reversed(others))))]
    files += [("cas", pem(ROOT.certificate, BETWEEN.certificate))]
    found = convert(read_all(files), FIVE)
    assert {one.leaf for one in found} == {one.certificate for one in others}
    keys = {one.leaf: one.private_key_pem.reveal() for one in found}
    assert all(keys[one.certificate] == clear(one.key) for one in others)


def test_3_5_gets_no_password() -> None:
    whole = read_all([("all", pem(LEAF.certificate) + clear(LEAF.key))])
    with pytest.raises(MaterialError) as refused:
        convert(whole, Version(3, 5), password=NEW)
    assert refused.value.code == "key-form-refused"
    assert convert(whole, Version(3, 5))
