"""What people bring is read in every form, told apart, and refused where it costs too much."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st
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
from wizard.pki.brought.limits import MOST_CERTIFICATES, MOST_FILE_BYTES
from wizard.pki.brought.reading import read_all, read_things
from wizard.pki.brought.things import BroughtKey, Junk
from wizard.pki.key_shapes import (
    EncryptedKey,
    Pbes2,
    Pbkdf2,
    PseudoRandom,
    algorithm,
    rsa_private_key,
)
from wizard.pki.pbes2 import AES_256_CBC, PBES2, PBKDF2, pem_block
from wizard.secret import Secret

CA = make_ca("the CA")
LEAF = make("server1", CA, dns=("server1.example",))
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
BOMB_S = 2.0
HMAC_SHA256 = "1.2.840.113549.2.9"


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
        (b"kind: Secret\ndata:\n  tls.crt: eA==\n", "not-a-key-or-certificate"),
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


def sealed_with(rounds: int) -> bytes:
    function = PseudoRandom(algorithm=x509.ObjectIdentifier(HMAC_SHA256), parameters=asn1.Null())
    derivation = Pbkdf2(salt=b"s" * 16, rounds=rounds, length=None, function=function)
    parts = Pbes2(
        derivation=algorithm(PBKDF2, derivation), cipher=algorithm(AES_256_CBC, b"i" * 16)
    )
    sealed = EncryptedKey(encryption=algorithm(PBES2, parts), data=b"x" * 64)
    return pem_block("ENCRYPTED PRIVATE KEY", asn1.encode_der(sealed))


def scrypt_with(cost: int) -> bytes:
    name = bytes.fromhex("06092b06010401da47040b")
    number = cost.to_bytes(cost.bit_length() // 8 + 1)
    inside = b"\x04\x04salt" + tlv(0x02, number) + b"\x02\x01\x08\x02\x01\x01"
    derivation = tlv(0x30, name + tlv(0x30, inside))
    cipher = tlv(0x30, bytes.fromhex("060960864801650304012a") + tlv(0x04, b"i" * 16))
    scheme = tlv(0x30, bytes.fromhex("06092a864886f70d01050d") + tlv(0x30, derivation + cipher))
    return tlv(0x30, scheme + tlv(0x04, b"x" * 64))


def tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 + len(length))) + length + content


def nested(depth: int) -> bytes:
    content = b"\x30\x00"
    for _ in range(depth):
        content = tlv(0x30, content)
    return content


def huge_rsa() -> bytes:
    number = (1 << 40_000) + 1
    return pem_block("RSA PRIVATE KEY", rsa_private_key((number, 3), (number,) * 6))


def pkcs12_bomb() -> bytes:
    """Write a key store whose MAC asks for 2^31 - 1 rounds."""
    data = store(LEAF, CA.certificate)
    spent = b"\x02\x02\x08\x00"  # 2048, as cryptography writes it
    assert data.endswith(spent)
    inside = data[4:-4] + b"\x02\x04\x7f\xff\xff\xff"
    # The three sequences around the MAC grow by two bytes: only the outer one is read before.
    mac = inside.rindex(bytes.fromhex("3041"))
    inside = inside[:mac] + b"\x30\x43" + inside[mac + 2 :]
    return tlv(0x30, inside)


@pytest.mark.parametrize(
    "bomb",
    [
        sealed_with((1 << 31) - 1),
        scrypt_with(1 << 30),
        nested(5000),
        huge_rsa(),
        pkcs12_bomb(),
        pem(LEAF.certificate) * (MOST_CERTIFICATES + 1),
        b"-----BEGIN X-----\n-----END X-----\n" * 20_000,
        b"-----BEGIN CERTIFICATE-----" * 30_000,
        b"{" * 100_000,
        b'{"data":' * 50_000,
    ],
    ids=[
        *("PBKDF2", "scrypt", "nesting", "RSA", "PKCS#12", "certificates", "blocks", "begins"),
        *("braces", "JSON"),
    ],
)
def test_a_bomb_is_refused_at_once(bomb: bytes) -> None:
    began = time.monotonic()
    found = read_things("bomb", bomb, (PASSWORD,))
    assert time.monotonic() - began < BOMB_S
    assert any(isinstance(thing, Junk) for thing in found)


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
