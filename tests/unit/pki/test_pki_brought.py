"""What people bring is read in every form, told apart, and refused where it costs too much."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st
from pki_bombs import BOMBS, large_rsa_pem, sealed_with
from pki_bringing import (
    CERTIFICATE_FORMS,
    KEY_FORMS,
    MANGLED,
    PASSWORD,
    clear,
    kubernetes_secret,
    pem,
    store,
)
from pki_making import make, make_ca, make_crl, named

from wizard.errors import UsageError
from wizard.pki.brought.disk import CappedFiles, read_files
from wizard.pki.brought.limits import (
    MOST_ALL_BYTES,
    MOST_ALL_CERTIFICATES,
    MOST_FILE_BYTES,
    MOST_OF_ONE_NAME,
)
from wizard.pki.brought.reading import read_all, read_things
from wizard.pki.brought.things import BroughtKey, Junk
from wizard.pki.key_shapes import rsa_private_key
from wizard.pki.pbes2 import pem_block
from wizard.secret import Secret

CA = make_ca("the CA")
LEAF = make("server1", CA, dns=("server1.example",))
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
BOMB_S = 2.0
"""Of this process: another one's work does not count."""


@pytest.mark.parametrize("kind", ["EC", "RSA"])
@pytest.mark.parametrize("form", KEY_FORMS)
def test_a_key_is_opened_in_every_form(form: str, kind: str) -> None:
    key = LEAF.key if kind == "EC" else RSA
    (found,) = read_things("key", KEY_FORMS[form](key), (Secret("wrong"), PASSWORD))
    assert isinstance(found, BroughtKey)
    assert found.reason == ""
    assert found.key is not None
    assert found.key.private_numbers() == key.private_numbers()  # type: ignore[union-attr]
    assert found.is_encrypted == ("sealed" in form)


@pytest.mark.parametrize("form", [form for form in KEY_FORMS if "sealed" in form])
def test_a_sealed_key_tells_a_missing_password_from_a_wrong_one(form: str) -> None:
    data = KEY_FORMS[form](LEAF.key)
    (without,) = read_things("key", data)
    (wrong,) = read_things("key", data, (Secret("wrong"),))
    assert isinstance(without, BroughtKey)
    assert isinstance(wrong, BroughtKey)
    assert (without.reason, wrong.reason) == ("key-password-missing", "key-password-wrong")
    assert without.key is None
    assert wrong.key is None


@pytest.mark.parametrize("form", CERTIFICATE_FORMS)
def test_a_certificate_is_read_in_every_form(form: str) -> None:
    found = read_all([("leaf", CERTIFICATE_FORMS[form](LEAF.certificate))])
    assert found.distinct_certificates() == (LEAF.certificate,)
    assert found.junk == ()


@pytest.mark.parametrize("way", MANGLED)
def test_a_mangled_file_is_read_all_the_same(way: str) -> None:
    data = clear(LEAF.key) + pem(LEAF.certificate, CA.certificate)
    found = read_all([("all", MANGLED[way](data))])
    assert found.distinct_certificates() == (LEAF.certificate, CA.certificate)
    assert [key.reason for key in found.keys] == [""]
    assert [thing.origin.index for thing in found.things] == [1, 2, 3]


def test_blocks_joined_without_a_line_break_are_told_apart() -> None:
    data = pem(LEAF.certificate).rstrip() + pem(CA.certificate)
    assert len(read_all([("joined", data)]).certificates) == 2


@pytest.mark.parametrize("password", [PASSWORD, None])
def test_a_pkcs12_gives_its_key_and_all_certificates(password: Secret | None) -> None:
    data = store(LEAF, CA.certificate, password=password)
    found = read_all([("server.p12", data)], (PASSWORD,))
    assert found.keys[0].key is not None
    assert found.distinct_certificates() == (LEAF.certificate, CA.certificate)


def test_a_pkcs12_without_its_password_is_told() -> None:
    data = store(LEAF)
    codes = [read_all([("p12", data)], tried).junk[0].code for tried in ((), (Secret("wrong"),))]
    assert codes == ["key-password-missing", "key-password-wrong"]


def test_a_kubernetes_secret_is_a_folder_of_three_files() -> None:
    secret = kubernetes_secret(
        tls_crt=pem(LEAF.certificate), tls_key=clear(LEAF.key), ca_crt=pem(CA.certificate)
    )
    found = read_all([("secret.json", secret)])
    assert [thing.origin.file for thing in found.things] == [
        *("secret.json:tls.crt", "secret.json:tls.key", "secret.json:ca.crt")
    ]
    assert found.keys[0].key is not None


def test_lists_and_requests_are_told_apart_in_both_forms() -> None:
    crl = make_crl(CA)
    request = x509.CertificateSigningRequestBuilder().subject_name(named("server1"))
    signed = request.sign(LEAF.key, hashes.SHA256())
    for encoding in (Encoding.PEM, Encoding.DER):
        found = read_all(
            [("crl", crl.public_bytes(encoding)), ("csr", signed.public_bytes(encoding))]
        )
        assert (len(found.crls), len(found.requests), len(found.junk)) == (1, 1, 0)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not-a-key-or-certificate"),
        (b"hello", "not-a-key-or-certificate"),
        (b"\xfe\xed\xfe\xed\x00\x00\x00\x02", "java-key-store"),
        (b"\xce\xce\xce\xce\x00\x00\x00\x02", "java-key-store"),
        (b"kind: Secret\ndata:\n  tls.crt: eA==\n", "not-a-key-or-certificate"),
        (b"kind: Secret\ndata:\n  tls.crt: '!!!'\n", "block-damaged"),
        (b"kind: Secret\ndata: {}\n", "not-a-key-or-certificate"),
        (b"-----BEGIN CERTIFICATE-----\nMIIB\n", "block-damaged"),
        (b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "block-damaged"),
        (b"-----BEGIN X509 CRL-----\n!!!!\n-----END X509 CRL-----\n", "block-damaged"),
        (b"-----BEGIN PGP MESSAGE-----\nAAAA\n-----END PGP MESSAGE-----\n", "not-a-key-or-cert"),
        (b"\x00" * (MOST_FILE_BYTES + 1), "file-too-large"),
    ],
)
def test_what_is_of_no_use_is_told_with_a_way_out(data: bytes, code: str) -> None:
    (found,) = read_things("some file", data)
    assert isinstance(found, Junk)
    assert found.code.startswith(code)
    assert found.sentence.endswith(".")
    assert found.hint


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_refused_at_once(kind: str) -> None:
    began = time.process_time()
    found = read_things("bomb", BOMBS[kind], (PASSWORD,))
    assert time.process_time() - began < BOMB_S
    assert any(isinstance(thing, Junk) for thing in found)


def test_the_largest_rsa_key_is_no_bomb() -> None:
    began = time.process_time()
    (found,) = read_things("key", large_rsa_pem())
    assert isinstance(found, BroughtKey)
    assert time.process_time() - began < BOMB_S


def test_more_than_a_person_s_files_are_refused(tmp_path: Path) -> None:
    for number in range(MOST_ALL_BYTES // MOST_FILE_BYTES + 1):
        with (tmp_path / str(number)).open("wb") as file:
            file.truncate(MOST_FILE_BYTES)
    with pytest.raises(UsageError) as caught:
        read_files([tmp_path])
    assert "64 MiB" in caught.value.message


def test_crowds_of_certificates_are_refused(tmp_path: Path) -> None:
    same = [make_ca("one name").certificate for _ in range(MOST_OF_ONE_NAME + 1)]
    (tmp_path / "same").write_bytes(pem(*same[1:]))
    assert len(read_files([tmp_path]).certificates) == MOST_OF_ONE_NAME
    (tmp_path / "more").write_bytes(pem(same[0]))
    with pytest.raises(UsageError) as caught:
        read_files([tmp_path])
    assert "CN=one name" in caught.value.message
    hundred = pem(LEAF.certificate) * 100
    for number in range(MOST_ALL_CERTIFICATES // 100):
        (tmp_path / f"many{number}").write_bytes(hundred)
    with pytest.raises(UsageError) as caught:
        read_files([tmp_path])
    assert "2000" in caught.value.message


def test_a_list_of_50_mb_is_not_even_read(tmp_path: Path) -> None:
    with (tmp_path / "crl").open("wb") as file:
        file.write(b"\x30\x84\x03\x00\x00\x00")
        file.truncate(50_000_000)
    (found,) = read_files([tmp_path]).junk
    assert found.code == "file-too-large"
    with pytest.raises(OSError, match="too large"):
        CappedFiles().read(str(tmp_path / "crl"))


def test_as_many_rounds_as_are_honest_are_turned() -> None:
    (found,) = read_things("key", sealed_with(600_000), (PASSWORD,))
    assert isinstance(found, BroughtKey)
    assert found.reason == "key-password-wrong"


def test_an_rsa_key_whose_numbers_do_not_belong_together_is_no_key() -> None:
    numbers = RSA.private_numbers()
    other = (numbers.d + 2, numbers.p, numbers.q, numbers.dmp1, numbers.dmq1, numbers.iqmp)
    public = (numbers.public_numbers.n, numbers.public_numbers.e)
    data = pem_block("RSA PRIVATE KEY", rsa_private_key(public, other))
    (found,) = read_things("key", data)
    assert isinstance(found, BroughtKey)
    assert found.reason == "key-unreadable"


HONEST = (
    *(form(LEAF.key) for form in KEY_FORMS.values()),
    *(form(LEAF.certificate) for form in CERTIFICATE_FORMS.values()),
    store(LEAF, CA.certificate),
    make_crl(CA, LEAF).public_bytes(Encoding.DER),
)


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_fail(data: bytes) -> None:
    assert read_things("some file", data, (PASSWORD,))


@given(st.sampled_from(HONEST), st.integers(0, 5000), st.integers(0, 255))
def test_no_flipped_byte_makes_the_reader_fail(data: bytes, place: int, value: int) -> None:
    place %= len(data)
    changed = data[:place] + bytes((value,)) + data[place + 1 :]
    assert read_things("some file", changed, (PASSWORD,))


@given(st.sampled_from(HONEST), st.integers(0, 5000))
def test_no_cut_makes_the_reader_fail(data: bytes, place: int) -> None:
    assert read_things("some file", data[: place % len(data)], (PASSWORD,))


def test_no_secret_is_shown_by_what_was_read() -> None:
    found = read_all([("key", clear(LEAF.key))], (PASSWORD,))
    shown = repr(found)
    assert "-----BEGIN" not in shown
    assert str(LEAF.key.private_numbers().private_value) not in shown
    assert PASSWORD.reveal() not in shown


def test_a_folder_is_read_with_what_is_below_it(tmp_path: Path) -> None:
    below = tmp_path / "below"
    below.mkdir()
    (tmp_path / "ca.crt").write_bytes(pem(CA.certificate))
    (below / "server.key").write_bytes(clear(LEAF.key))
    (tmp_path / "README").write_text("These are the keys.")
    found = read_files([tmp_path])
    assert [Path(thing.origin.file).name for thing in found.things] == [
        *("README", "ca.crt", "server.key")
    ]


@pytest.mark.parametrize("kind", ["pipe", "device", "nothing"])
def test_pipes_and_devices_are_refused_without_waiting(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "some"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path = Path("/dev/zero")
    with pytest.raises(UsageError) as caught:
        read_files([path])
    assert str(path) in caught.value.message
    with pytest.raises(OSError, match=r"."):
        CappedFiles().read(str(path))
