"""Neo4j's loader: its order, its messages, and where 4.4 differs from 5 and later."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from pki_making import DAY, NOW, make, make_ca, make_crl, pem

from wizard.model.version import Version
from wizard.pki.keys import private_key_pem
from wizard.pki.loader.directory import (
    LoadedPolicy,
    LocalFiles,
    PolicyDirectory,
    PolicyLoadError,
    load_policy,
)
from wizard.secret import Secret

V4, V5, V2025 = Version(4, 4), Version(5, 26), Version(2025, 6)
ROOT = make_ca("root")
LEAF = make("n1", ROOT, dns=("n1",))
ALL = [V4, V5, V2025]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "cluster"
    (folder / "trusted").mkdir(parents=True)
    (folder / "revoked").mkdir()
    (folder / "trusted" / "ca.crt").write_bytes(pem(ROOT.certificate))
    (folder / "public.crt").write_bytes(pem(LEAF.certificate))
    (folder / "private.key").write_bytes(private_key_pem(LEAF.key, None))
    return folder


def load(
    base: Path, version: Version = V5, password: str | None = None, auth: str = "REQUIRE"
) -> LoadedPolicy:
    secret = None if password is None else Secret(password)
    policy = PolicyDirectory.standard(str(base), password=secret, client_auth=auth)
    return load_policy(LocalFiles(), policy, version, NOW)


def refusal(base: Path, version: Version = V5, password: str | None = None) -> PolicyLoadError:
    with pytest.raises(PolicyLoadError) as caught:
        load(base, version, password)
    return caught.value


@pytest.mark.parametrize("version", ALL)
def test_a_good_folder_loads(base: Path, version: Version) -> None:
    loaded = load(base, version)
    assert loaded.chain == (LEAF.certificate,)
    assert loaded.trust.anchors == (ROOT.certificate,)
    assert loaded.key_matches()
    assert b"PRIVATE KEY" in loaded.key_pem()


@pytest.mark.parametrize("version", ALL)
def test_a_missing_base_directory_is_named(tmp_path: Path, version: Version) -> None:
    error = refusal(tmp_path / "none", version)
    assert error.message == (
        f"Base directory '{tmp_path}/none' for SSL policy with name 'cluster' does not exist."
    )
    assert error.code == "base-directory-missing"


@pytest.mark.parametrize("version", ALL)
def test_a_missing_trusted_folder_is_an_empty_store(base: Path, version: Version) -> None:
    (base / "trusted" / "ca.crt").unlink()
    (base / "trusted").rmdir()
    assert load(base, version).trust.anchors == ()


@pytest.mark.parametrize("version", ALL)
def test_an_empty_trusted_folder_is_refused_under_require_only(
    base: Path, version: Version
) -> None:
    (base / "trusted" / "ca.crt").unlink()
    error = refusal(base, version)
    assert error.message == f"Failed to create trust manager based on: {base}/trusted"
    assert error.root_cause == (
        f"Client auth is required but no trust anchors found in: {base}/trusted"
    )
    assert error.code == "trusted-empty"
    assert load(base, version, auth="OPTIONAL").trust.anchors == ()


@pytest.mark.parametrize("version", ALL)
@pytest.mark.parametrize("name", ["README", "private.key", ".hidden", "crl.pem"])
def test_every_file_in_trusted_must_hold_certificates(
    base: Path, version: Version, name: str
) -> None:
    content = {"README": b"read me\n", "private.key": (base / "private.key").read_bytes()}
    crl = make_crl(ROOT).public_bytes(Encoding.PEM)
    (base / "trusted" / name).write_bytes(content.get(name, crl))
    error = refusal(base, version)
    assert f"Error loading certificate file: {base}/trusted/{name}" in error.caused_by[0]
    assert error.code == "trusted-stray-file"


def test_a_folder_in_trusted_is_refused(base: Path) -> None:
    (base / "trusted" / "more").mkdir()
    error = refusal(base)
    assert "Error loading certificate file" in error.caused_by[0]
    assert error.root_cause == "Is a directory"


def test_an_empty_line_behind_a_certificate_breaks_4_only(base: Path) -> None:
    (base / "trusted" / "ca.crt").write_bytes(pem(ROOT.certificate) + b"\n")
    assert refusal(base, V4).root_cause == "Empty input"
    assert load(base, V5).trust.anchors == (ROOT.certificate,)


def test_a_password_on_a_plain_key_stops_5_and_is_ignored_by_4(base: Path) -> None:
    assert load(base, V4, "needless").key_matches()
    error = refusal(base, V5, "needless")
    assert error.message == (
        f"Failed to load private key: {base}/private.key (using configured password)"
    )
    assert error.root_cause == "Passphrase was provided but found un-encrypted private key."
    assert error.code == "password-on-plain-key"
    assert "needless" not in str(error) + repr(error.caused_by)


@pytest.mark.parametrize("version", ALL)
def test_an_encrypted_key_opens_with_its_password_only(base: Path, version: Version) -> None:
    (base / "private.key").write_bytes(private_key_pem(LEAF.key, Secret("right-one")))
    assert load(base, version, "right-one").key_matches()
    error = refusal(base, version, "wrong-one")
    assert "Unable to decrypt private key." in error.caused_by[0]
    assert error.code == "key-password-wrong"


def test_a_missing_password_is_named_by_5_and_not_by_4(base: Path) -> None:
    (base / "private.key").write_bytes(private_key_pem(LEAF.key, Secret("right-one")))
    error = refusal(base, V5)
    assert error.message == f"Failed to load private key: {base}/private.key"
    assert error.root_cause == "Found encrypted private key but no passphrase was provided."
    assert error.code == "key-password-missing"
    assert "Unable to decrypt private key." in refusal(base, V4).caused_by[0]


def test_an_old_rsa_or_ec_key_form_is_read(base: Path) -> None:
    old = LEAF.key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    (base / "private.key").write_bytes(old)
    assert load(base, V5).key_matches()
    assert load(base, V4).key_matches()


@pytest.mark.parametrize(
    ("options", "opens"),
    [
        (("-v2", "aes-256-cbc"), True),
        (("-v2", "aes-128-cbc"), True),
        (("-v1", "PBE-SHA1-3DES"), True),
        (("-v2", "aes-192-cbc"), False),
        (("-v2", "des-ede3-cbc"), False),
        (("-scrypt",), False),
    ],
)
def test_5_opens_what_the_jdk_opens_and_4_all_but_scrypt(
    base: Path,
    options: tuple[str, ...],
    opens: bool,  # noqa: FBT001 - a row of the table
    openssl: Callable[..., object],
    java: Callable[..., str],
) -> None:
    plain = base / "plain"
    plain.write_bytes((base / "private.key").read_bytes())
    openssl("pkcs8", "-topk8", "-in", plain, *options, "-out", base / "private.key",
            "-passout", "env:PASSWORD", password="right-one")  # fmt: skip
    if "-scrypt" in options:
        assert refusal(base, V4, "right-one").code == "key-unreadable"
    else:
        assert load(base, V4, "right-one").key_matches()
    answer = java("key", base / "private.key", "right-one")
    assert answer.startswith("OK ") is opens
    if opens:
        assert load(base, V5, "right-one").key_matches()
        return
    error = refusal(base, V5, "right-one")
    assert error.caused_by[0] == "java.security.KeyException: Unable to decrypt private key."
    assert " <- ".join(error.caused_by[1:]) == answer
    assert error.code == "key-unreadable"


V25 = Version(2025, 1)
LEGACY = ("-provider", "legacy", "-provider", "default")
TOPK8 = ("pkcs8", "-topk8")


@pytest.mark.parametrize(
    ("options", "opening"),
    [
        (("ec", "-des", *LEGACY), (V4, V5, V25)),
        (("ec", "-aes192"), (V4, V5, V25)),
        (("ec", "-camellia128"), ()),
        ((*TOPK8, "-v1", "PBE-SHA1-RC4-40", *LEGACY), (V4, V5, V25)),
        ((*TOPK8, "-v1", "PBE-SHA1-RC2-128", *LEGACY), (V4, V5, V25)),
        ((*TOPK8, "-v1", "PBE-SHA1-2DES", *LEGACY), (V4,)),
        ((*TOPK8, "-v1", "PBE-SHA1-DES", *LEGACY), (V4,)),
        ((*TOPK8, "-v2", "rc2-cbc", *LEGACY), ()),
        ((*TOPK8, "-v2", "camellia-256-cbc"), ()),
        ((*TOPK8, "-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA512"), (V4, V5, V25)),
        ((*TOPK8, "-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA512-256"), (V25,)),
        ((*TOPK8, "-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA512-224"), (V25,)),
        ((*TOPK8, "-v2", "aes-256-cbc", "-v2prf", "hmacWithMD5"), ()),
    ],
)
def test_each_version_opens_what_its_own_classes_opened(
    base: Path,
    options: tuple[str, ...],
    opening: tuple[Version, ...],
    openssl: Callable[..., object],
) -> None:
    plain = base / "plain"
    plain.write_bytes((base / "private.key").read_bytes())
    openssl(*options, "-in", plain, "-out", base / "private.key",
            "-passout", "env:PASSWORD", password="right-one")  # fmt: skip
    for version in (V4, V5, V25):
        if version in opening:
            assert load(base, version, "right-one").key_matches()
            wrong = refusal(base, version, "wrong-one")
            assert wrong.message.endswith("private.key (using configured password)")
        else:
            assert refusal(base, version, "right-one").code == "key-unreadable"


def test_a_chain_of_4_is_read_line_by_line(base: Path) -> None:
    text = pem(LEAF.certificate, ROOT.certificate)
    (base / "public.crt").write_bytes(text.replace(b"-----\n-----BEGIN", b"----------BEGIN"))
    assert load(base, V4).chain == (LEAF.certificate,)
    assert refusal(base, V5).root_cause.startswith("Header and footer do not match")
    (base / "public.crt").write_bytes("é".encode("latin-1") + b"\n" + text)
    assert refusal(base, V4).root_cause == "Input length = 1"
    assert len(load(base, V5).chain) == 2


def test_a_letter_that_is_no_base64_stops_every_version(base: Path) -> None:
    lines = pem(ROOT.certificate).splitlines(keepends=True)
    (base / "trusted" / "ca.crt").write_bytes(b"".join([lines[0], b"!" + lines[1], *lines[2:]]))
    for version in (V4, V5, V25):
        assert refusal(base, version).root_cause == "Illegal base64 character 21"


def test_a_file_without_a_key_is_told_by_version(base: Path) -> None:
    (base / "private.key").write_bytes(pem(LEAF.certificate))
    assert refusal(base, V5).root_cause == (
        "Provided PEM does not contain a private key, found 'CERTIFICATE'."
    )
    assert refusal(base, V4).root_cause == "Unrecognized private key format."
    (base / "private.key").unlink()
    assert refusal(base).caused_by == (f"java.nio.file.NoSuchFileException: {base}/private.key",)


def test_trusted_is_read_before_the_key_and_the_key_before_the_chain(base: Path) -> None:
    (base / "public.crt").write_bytes(b"no certificate")
    assert "public certificate chain" in refusal(base).message
    (base / "private.key").write_bytes(b"no key")
    assert "private key" in refusal(base).message
    (base / "trusted" / "README").write_bytes(b"no certificate")
    assert "trust manager" in refusal(base).message


def test_a_chain_goes_from_the_leaf_up(base: Path, java: Callable[..., str]) -> None:
    (base / "public.crt").write_bytes(pem(LEAF.certificate, ROOT.certificate))
    assert len(load(base).chain) == 2
    assert java("keystore", base / "private.key", base / "public.crt") == "OK "
    for wrong in ((ROOT.certificate, LEAF.certificate), (LEAF.certificate, LEAF.certificate)):
        (base / "public.crt").write_bytes(pem(*wrong))
        assert refusal(base).root_cause == "Certificate chain is not valid"
        assert "Certificate chain is not valid" in java(
            "keystore", base / "private.key", base / "public.crt"
        )


@pytest.mark.parametrize("version", ALL)
def test_a_key_of_another_certificate_is_not_noticed_at_the_start(
    base: Path, version: Version
) -> None:
    (base / "private.key").write_bytes(private_key_pem(ROOT.key, None))
    assert not load(base, version).key_matches()


@pytest.mark.parametrize("version", ALL)
def test_a_certificate_in_revoked_stops_the_start(base: Path, version: Version) -> None:
    (base / "revoked" / "old.crt").write_bytes(pem(LEAF.certificate))
    error = refusal(base, version)
    assert error.message == f"Could not load CRL: {base}/revoked/old.crt"
    assert error.caused_by == (
        "java.security.cert.CRLException: Parsing error: algid parse error, not a sequence",
    )
    assert error.code == "certificate-in-revoked"


def test_a_crl_in_revoked_is_loaded_and_a_missing_folder_is_none(base: Path) -> None:
    crl = make_crl(ROOT)
    (base / "revoked" / "crl.pem").write_bytes(crl.public_bytes(Encoding.PEM))
    assert load(base).trust.crls == (crl,)
    (base / "revoked" / "crl.pem").unlink()
    (base / "revoked").rmdir()
    assert load(base).trust.crls == ()


def test_an_expired_own_leaf_loads_unless_trust_expired_is_off(base: Path) -> None:
    old = make("n1", ROOT, begins=NOW - 9 * DAY, ends=NOW - DAY)
    (base / "public.crt").write_bytes(pem(old.certificate))
    assert load(base).chain == (old.certificate,)
    standard = PolicyDirectory.standard(str(base))
    fields = {name: getattr(standard, name) for name in standard.__slots__}
    strict = PolicyDirectory(**{**fields, "trust_expired": False})
    with pytest.raises(PolicyLoadError) as caught:
        load_policy(LocalFiles(), strict, V5, NOW)
    assert caught.value.message == "Expired certificate"
    assert caught.value.code == "leaf-expired"


@pytest.mark.parametrize("version", [Version(4, 0), Version(4, 1, 13)])
def test_before_4_2_a_missing_trusted_folder_is_refused(base: Path, version: Version) -> None:
    (base / "trusted" / "ca.crt").unlink()
    (base / "trusted").rmdir()
    assert load(base, Version(4, 2)).trust.anchors == ()
    assert load(base, version, auth="NONE").trust.anchors == ()
    error = refusal(base, version)
    assert error.code == "trusted-missing"
    assert error.root_cause.startswith("Client auth is required but no trust anchors found in")
