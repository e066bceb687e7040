"""Forms that old programs, clusters and SSH write: opened in memory, and told apart."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    pkcs12,
)
from hypothesis import given
from hypothesis import strategies as st
from pki_bringing import (
    KEY_FORMS,
    PASSWORD,
    WHOLE,
    clear,
    der_bundle,
    kubernetes_yaml,
    open_ended,
    pem,
    store,
    streamed,
)
from pki_making import make, make_ca

from wizard.pki import ber
from wizard.pki.brought.blocks import pem_blocks
from wizard.pki.brought.kubernetes import secret_entries
from wizard.pki.brought.reading import read_all, read_things
from wizard.pki.brought.things import BroughtKey
from wizard.pki.der import DerError
from wizard.pki.pbes2 import pem_block
from wizard.secret import Secret

CA = make_ca("the CA")
LEAF = make("server1", CA, dns=("server1.example",))
OTHER = make("server2", CA, dns=("server2.example",))


@pytest.mark.parametrize("form", WHOLE)
def test_a_container_gives_its_key_and_all_certificates(form: str) -> None:
    found = read_all([("all", WHOLE[form](LEAF, [CA.certificate]))], (PASSWORD,))
    assert found.junk == ()
    assert {*found.distinct_certificates()} == {LEAF.certificate, CA.certificate}
    (key,) = found.keys
    assert key.key is not None
    assert key.key.private_numbers() == LEAF.key.private_numbers()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "data", [store(LEAF, CA.certificate), KEY_FORMS["PKCS#8 sealed as DER"](LEAF.key)]
)
def test_open_lengths_are_written_down_as_they_were(data: bytes) -> None:
    assert ber.to_der(data) == data
    assert ber.to_der(open_ended(data)) == data
    assert ber.to_der(open_ended(data) + b"more") == data


def test_a_streamed_bundle_keeps_what_is_signed_in_it() -> None:
    data = der_bundle(LEAF.certificate, CA.certificate)
    assert ber.to_der(streamed(data)) == data


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"\x30", b"\x30\x80", b"\x30\x80\x04", b"\x30\x05\x04\x01", b"\x04\x80\x00\x00"),
        *(b"\x1f\x81", b"\x30\x84\x00", b"\x30\x03\x30\x80\x04\x00\x00", b"\x24\x80\x04\x05a"),
    ],
)
def test_what_is_cut_short_is_refused(data: bytes) -> None:
    with pytest.raises(DerError):
        ber.to_der(data)


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail_otherwise_and_der_stays_as_it_is(data: bytes) -> None:
    try:
        written = ber.to_der(data)
    except DerError:
        return
    assert ber.to_der(written) == written


def test_openssl_streams_what_is_read_here(tmp_path: Path) -> None:
    for name, content in (("key", clear(LEAF.key)), ("crt", pem(LEAF.certificate))):
        (tmp_path / name).write_bytes(content)
    words = ["openssl", "cms", "-sign", "-stream", "-indef", "-nodetach", "-outform", "DER"]
    words += ["-signer", "crt", "-inkey", "key", "-in", "crt", "-out", "cms"]
    subprocess.run(words, check=True, cwd=tmp_path, timeout=60)
    raw = (tmp_path / "cms").read_bytes()
    assert raw[1] == 0x80
    assert read_all([("cms", raw)]).distinct_certificates() == (LEAF.certificate,)


def test_ssh_keygen_seals_what_is_opened_here(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(clear(LEAF.key))
    path.chmod(0o600)
    words = [shutil.which("ssh-keygen") or "ssh-keygen", "-q", "-p", "-P", ""]
    subprocess.run([*words, "-N", PASSWORD.reveal(), "-f", path], check=True, timeout=60)
    (found,) = read_things("key", path.read_bytes(), (Secret("wrong"), PASSWORD))
    assert isinstance(found, BroughtKey)
    assert found.key is not None
    assert found.encryption == "bcrypt and aes256-ctr"


def java_store() -> bytes:
    """Write two servers' keys into one store, as a Java key store holds them."""
    seal = BestAvailableEncryption(PASSWORD.reveal().encode())
    sealed = [
        one.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, seal) for one in (LEAF, OTHER)
    ]
    bag = bytes.fromhex("060b2a864886f70d010c0a0102")
    bags = b"".join(tlv(0x30, bag + tlv(0xA0, one)) for one in sealed)
    plain = bytes.fromhex("06092a864886f70d010701")
    content = tlv(0x30, plain + tlv(0xA0, tlv(0x04, tlv(0x30, bags))))
    with_certificates = pkcs12.serialize_key_and_certificates(
        None, None, LEAF.certificate, [OTHER.certificate, CA.certificate], seal
    )
    other = next(ber.parts(with_certificates)).inside[1].inside[1].inside[0].content
    (inner,) = next(ber.parts(other)).inside
    contents = tlv(0x30, content + inner.written)
    return tlv(0x30, b"\x02\x01\x03" + tlv(0x30, plain + tlv(0xA0, tlv(0x04, contents))))


def tlv(tag: int, content: bytes) -> bytes:
    return bytes((tag, 0x84)) + len(content).to_bytes(4, "big") + content


def test_every_key_of_a_store_with_several_is_found() -> None:
    found = read_all([("keystore.p12", java_store())], (PASSWORD,))
    numbers = [key.key.private_numbers() for key in found.keys if key.key]  # type: ignore[union-attr]
    assert numbers == [LEAF.key.private_numbers(), OTHER.key.private_numbers()]


def test_secrets_are_found_in_every_spelling_of_yaml() -> None:
    one = kubernetes_yaml(tls_crt=pem(LEAF.certificate), tls_key=clear(LEAF.key))
    documents = b"---\n" + one + b"---\n" + kubernetes_yaml(ca_crt=pem(CA.certificate))
    assert len(read_all([("two.yaml", documents)]).things) == 3
    indented = one.replace(b"\n", b"\n  ")
    listed = b"apiVersion: v1\nkind: List\nitems:\n- " + indented
    found = read_all([("list.yaml", listed)])
    assert [thing.origin.file for thing in found.things] == [
        *("list.yaml:server1-tls/tls.crt", "list.yaml:server1-tls/tls.key")
    ]
    text = pem(LEAF.certificate).decode().replace("\n", "\n    ")
    typed = f"kind: Secret\nstringData:\n  tls.crt: |\n    {text}\n"
    assert secret_entries(typed) == (("tls.crt", pem(LEAF.certificate)),)


def test_yaml_of_another_kind_is_left_alone() -> None:
    assert secret_entries("kind: ConfigMap\ndata:\n  tls.crt: eA==\n") is None
    assert secret_entries("kind: Secret\n\t- broken: [") is None


@pytest.mark.parametrize("form", KEY_FORMS)
def test_a_key_inside_a_secret_is_opened_like_any_other(form: str) -> None:
    secret = kubernetes_yaml(tls_key=KEY_FORMS[form](LEAF.key))
    (found,) = read_things("secret.yaml", secret, (PASSWORD,))
    assert isinstance(found, BroughtKey)
    assert found.key is not None


def test_a_point_that_no_library_reads_is_told_and_not_thrown() -> None:
    (block,) = pem_blocks(KEY_FORMS["OpenSSH"](LEAF.key).decode())
    content = (block.content or b"").replace(b"\0\0\0\x41\x04", b"\0\0\0\x41\x02")
    (found,) = read_things("key", pem_block("OPENSSH PRIVATE KEY", content))
    assert isinstance(found, BroughtKey)
    assert found.reason == "key-unreadable"
