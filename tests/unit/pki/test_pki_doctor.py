"""The doctor tells what is wrong with keys and certificates, and nothing of what is right."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st
from pki_bringing import PASSWORD, clear, pem, store
from pki_making import CLIENT_ONLY, DAY, NOW, SERVER_ONLY, Made, make, make_ca, make_crl

from wizard.model.problems import Severity
from wizard.model.settings import KeyAlgorithm, Subject, TrustModel
from wizard.model.version import Version
from wizard.pki.authority import authority_certificate_pem, authority_key_pem, make_authority
from wizard.pki.brought.reading import read_all
from wizard.pki.doctor.examination import Terms, examine
from wizard.pki.doctor.policy import examine_policy
from wizard.pki.keys import private_key_pem
from wizard.pki.loader.files import LocalFiles
from wizard.pki.material import LeafRequest, make_material
from wizard.secret import Secret

HOST = "server1.example"
YEAR = timedelta(days=365)
CA = make_ca("the CA", ends=NOW + 9 * YEAR)
OTHER_CA = make_ca("another CA", ends=NOW + 9 * YEAR)
BETWEEN = make_ca("in between", CA, ends=NOW + 9 * YEAR)
NEWEST = Version(2026, 8)
VERSIONS = (Version(4, 4), Version(5, 26), NEWEST)


def leaf(issuer: Made | None = CA, **changes: object) -> Made:
    return make("server1", issuer, **{"dns": (HOST,), "ends": NOW + YEAR, **changes})  # type: ignore[arg-type]


GOOD = leaf()


def codes(
    *files: bytes,
    severity: Severity | None = None,
    version: Version = NEWEST,
    host: str | None = HOST,
    password: Secret | None = None,
) -> set[str]:
    """Return the codes of all errors and warnings, or of one severity."""
    named = [(f"file{number}", data) for number, data in enumerate(files)]
    brought = read_all(named, () if password is None else (password,))
    terms = Terms(version=version, now=NOW, host=host, password=password)
    wanted = (Severity.ERROR, Severity.WARNING) if severity is None else (severity,)
    return {one.code for one in examine(brought, terms).problems if one.severity in wanted}


def set_of(server: Made, *above: Made) -> tuple[bytes, ...]:
    return (clear(server.key), pem(server.certificate), *(pem(one.certificate) for one in above))


@pytest.mark.parametrize("version", [Version(3, 5), *VERSIONS], ids=str)
def test_nothing_is_said_of_what_is_right(version: Version) -> None:
    assert codes(*set_of(GOOD, CA), version=version) == set()
    assert codes(*set_of(leaf(BETWEEN), BETWEEN, CA), version=version) == set()


def pem_crl(issuer: Made, *revoked: Made, **changes: object) -> bytes:
    return make_crl(issuer, *revoked, **changes).public_bytes(Encoding.PEM)  # type: ignore[arg-type]


PUBLIC = GOOD.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


OLD = make_ca("old", ends=NOW - DAY / 2)
STRICT = make_ca("strict", path_length=0)
MIDDLE = make_ca("middle", STRICT)
ODD = make_ca("odd", critical_oid="1.2.3")
MUTE = make_ca("mute", key_cert_sign=False)
TWIN = pem(make("server2", CA, key=GOOD.key).certificate)
MARKED = b"\xef\xbb\xbf" + pem(CA.certificate)
WRONG_ORDER = pem(GOOD.certificate, CA.certificate, BETWEEN.certificate)
TWICE = pem(GOOD.certificate, GOOD.certificate, CA.certificate)
TOGETHER = clear(GOOD.key) + pem(GOOD.certificate)


@pytest.mark.parametrize(
    ("code", "severity", "files"),
    [
        ("leaf-expired", "error", set_of(leaf(ends=NOW - DAY / 2), CA)),
        ("leaf-not-yet-valid", "error", set_of(leaf(begins=NOW + DAY), CA)),
        ("leaf-expires-soon", "warning", set_of(leaf(ends=NOW + 9 * DAY), CA)),
        ("no-client-auth-eku", "error", set_of(leaf(usages=SERVER_ONLY), CA)),
        ("no-server-auth-eku", "error", set_of(leaf(usages=CLIENT_ONLY), CA)),
        ("no-client-auth-eku", "warning", set_of(leaf(None, usages=SERVER_ONLY))),
        ("no-extended-usage", "note", set_of(leaf(usages=None), CA)),
        ("key-usage-refused", "error", set_of(leaf(digital_signature=False), CA)),
        ("name-not-covered", "error", set_of(leaf(dns=("server2.example",)), CA)),
        ("name-only-in-cn", "warning", set_of(leaf(dns=()), CA)),
        ("name-wildcard", "warning", set_of(leaf(dns=("*.example",)), CA)),
        ("name-never-matches", "warning", set_of(leaf(dns=(HOST, "server_1.example")), CA)),
        ("name-never-matches", "warning", set_of(leaf(dns=(HOST, "10.0.0.1")), CA)),
        ("name-never-matches", "warning", set_of(leaf(dns=(HOST, f"{HOST}.")), CA)),
        ("leaf-is-ca", "warning", set_of(leaf(None, ca=True))),
        ("chain-refused", "error", set_of(leaf(critical_oid="1.2.3.4"), CA)),
        ("trusted-lacks-peer", "error", set_of(GOOD, OTHER_CA)),
        ("trusted-lacks-peer", "error", set_of(leaf(BETWEEN), CA)),
        ("issuer-not-given", "note", set_of(GOOD)),
        ("key-does-not-match", "error", (clear(leaf().key), *set_of(GOOD, CA)[1:])),
        ("key-shared", "warning", (*set_of(GOOD, CA), TWIN)),
        ("chain-out-of-order", "error", (WRONG_ORDER,)),
        ("chain-out-of-order", "error", (TWICE,)),
        ("ca-expired", "warning", set_of(leaf(OLD), OLD)),
        ("ca-limit-broken", "warning", set_of(leaf(MIDDLE), MIDDLE, STRICT)),
        ("ca-extension-unknown", "warning", set_of(leaf(ODD), ODD)),
        ("ca-may-not-sign", "error", set_of(leaf(MUTE), MUTE)),
        ("public-authority", "warning", (pem(make_ca("ISRG Root X1").certificate),)),
        ("authority-key", "note", (clear(CA.key), pem(CA.certificate))),
        ("crl-stale", "error", (*set_of(GOOD, CA), pem_crl(CA, ends=NOW - DAY / 2))),
        ("crl-stale", "error", (*set_of(leaf(BETWEEN), BETWEEN, CA), pem_crl(CA))),
        ("crl-turns-checks-on", "note", (*set_of(GOOD, CA), pem_crl(CA))),
        ("leaf-revoked", "error", (*set_of(GOOD, CA), pem_crl(CA, GOOD))),
        ("pkcs12-not-loaded", "error", (store(GOOD, password=None), pem(CA.certificate))),
        ("certificate-form-refused", "error", (*set_of(GOOD), MARKED)),
        ("certificate-form-refused", "error", (TOGETHER, pem(CA.certificate))),
        ("public-key-only", "warning", (*set_of(GOOD, CA), PUBLIC)),
        ("not-a-key-or-certificate", "note", (*set_of(GOOD, CA), b"Read me.")),
        ("not-a-key-or-certificate", "error", (b"Read me.",)),
    ],
)  # fmt: skip
def test_each_fault_is_told(code: str, severity: str, files: tuple[bytes, ...]) -> None:
    assert code in codes(*files, severity=Severity(severity))


WEAK = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - the point


def keyed(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, issuer: Made = CA) -> Made:
    return leaf(issuer, key=key)


@pytest.mark.parametrize(
    ("key", "severity"),
    [
        (ec.generate_private_key(ec.SECP256K1()), "error"),
        (ec.generate_private_key(ec.BrainpoolP256R1()), "error"),
        (WEAK, "warning"),
        (ec.generate_private_key(ec.SECP521R1()), ""),
        (rsa.generate_private_key(public_exponent=65537, key_size=2048), ""),
    ],
)
def test_weak_keys_and_curves_are_told(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, severity: str
) -> None:
    files = set_of(keyed(key), CA)
    told = codes(*files) & {"key-weak", "key-type-refused"}
    assert bool(told) == bool(severity)
    if severity:
        assert codes(*files, severity=Severity(severity)) & told


def test_an_edwards_key_is_loaded_by_no_version_from_5_on() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    data = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    assert {"key-type-refused", "key-form-refused"} <= codes(data, version=Version(5, 26))


FORMS = {
    "plain": (clear(GOOD.key), None, "yes yes yes yes"),
    "sealed": (private_key_pem(GOOD.key, PASSWORD), PASSWORD, "no yes yes yes"),
    "sealed, unopened": (private_key_pem(GOOD.key, PASSWORD), None, "no yes yes yes"),
    "traditional": (clear(GOOD.key, PrivateFormat.TraditionalOpenSSL), None, "no yes yes yes"),
    "OpenSSH": (clear(GOOD.key, PrivateFormat.OpenSSH), None, "no no no no"),
    "behind a certificate": (
        pem(GOOD.certificate) + clear(GOOD.key), None, "yes no no no",
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_which_versions_load_a_key_is_told(form: str) -> None:
    data, password, expected = FORMS[form]
    brought = read_all([("key", data)], () if password is None else (password,))
    terms = Terms(version=NEWEST, now=NOW, password=password)
    described = next(
        one for one in examine(brought, terms).descriptions if "Private key" in one.title
    )
    line = next(line for line in described.lines if line.startswith("Loads"))
    assert [part.rpartition(" ")[2] for part in line.rstrip(".").split(", ")] == expected.split()


def test_a_wrong_password_is_an_error_and_a_missing_one_a_note() -> None:
    files = (private_key_pem(GOOD.key, PASSWORD), *set_of(GOOD, CA)[1:])
    assert "key-password-wrong" in codes(*files, password=Secret("wrong"))
    assert codes(*files) == set()
    assert "key-password-missing" in codes(*files, severity=Severity.NOTE)


def test_java_s_carelessness_is_said_where_we_are_stricter() -> None:
    brought = read_all([("leaf", pem(leaf(None, ca=True).certificate))])
    found = examine(brought, Terms(version=NEWEST, now=NOW)).problems
    assert all("stricter" not in one.evidence for one in found if one.severity is Severity.ERROR)


REQUESTS = tuple(
    LeafRequest(
        server=name,
        subject=Subject(common_name=name),
        dns_names=(f"{name}.example",),
        ip_addresses=("10.0.0.1",),
        password=PASSWORD,
    )
    for name in ("server1", "server2", "server3")
)
AUTHORITY = make_authority("payments", NOW)


@pytest.fixture(params=[TrustModel.PRIVATE_CA, TrustModel.SELF_SIGNED])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The policy directory that the wizard writes for server1."""
    made = make_material(
        REQUESTS,
        trust=request.param,
        algorithm=KeyAlgorithm.EC_P256,
        now=NOW,
        lifetime_days=730,
        authority=AUTHORITY if request.param is TrustModel.PRIVATE_CA else None,
    )["server1"]
    (tmp_path / "trusted").mkdir()
    (tmp_path / "revoked").mkdir()
    (tmp_path / "private.key").write_bytes(made.private_key_pem.reveal())
    (tmp_path / "public.crt").write_bytes(made.certificate_pem)
    for name, data in made.trusted:
        (tmp_path / "trusted" / name).write_bytes(data)
    return tmp_path


def judged(folder: Path, version: Version = NEWEST, password: Secret | None = PASSWORD) -> set[str]:
    terms = Terms(version=version, now=NOW, host=HOST, password=password)
    found = examine_policy(LocalFiles(), str(folder), terms).problems
    return {one.code for one in found if one.severity is not Severity.NOTE}


@pytest.mark.parametrize("version", VERSIONS, ids=str)
@pytest.mark.parametrize("password", [PASSWORD, None], ids=["opened", "sealed"])
def test_what_the_wizard_writes_is_well(
    folder: Path, version: Version, password: Secret | None
) -> None:
    assert judged(folder, version, password) == set()


def test_the_wizards_own_ca_is_well() -> None:
    sealed = authority_key_pem(AUTHORITY, PASSWORD)
    assert codes(authority_certificate_pem(AUTHORITY), sealed, password=PASSWORD) == set()


FAULTS = {
    "stray file": ("trusted/notes.txt", b"Read me.", "trusted-stray-file"),
    "key in trusted": ("trusted/private.key", clear(GOOD.key), "trusted-stray-file"),
    "certificate in revoked": ("revoked/a.crt", pem(GOOD.certificate), "certificate-in-revoked"),
    "stale list": ("revoked/a.crl", pem_crl(CA, ends=NOW - DAY / 2), "crl-stale"),
    "other key": ("private.key", clear(GOOD.key), "key-does-not-match"),
    "damaged certificate": ("public.crt", b"-----BEGIN CERTIFICATE-----\n", "block-damaged"),
    "foreign certificate": ("public.crt", pem(GOOD.certificate), "trusted-lacks-peer"),
    "a leaf trusted": ("trusted/b.crt", pem(GOOD.certificate), "leaf-trusted-without-ca"),
    "a public CA trusted": (
        "trusted/web.crt", pem(make_ca("DigiCert Global Root G2").certificate), "public-authority",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_each_fault_of_a_policy_directory_is_told(
    fault: str, version: Version, folder: Path
) -> None:
    path, data, code = FAULTS[fault]
    (folder / path).write_bytes(data)
    assert code in judged(folder, version)


@pytest.mark.parametrize(
    ("gone", "code"),
    [("private.key", "key-unreadable"), ("public.crt", "certificate-unreadable")],
)
def test_a_missing_file_of_a_policy_directory_is_told(gone: str, code: str, folder: Path) -> None:
    (folder / gone).unlink()
    assert code in judged(folder)


def test_an_empty_and_a_missing_trusted_are_told(folder: Path) -> None:
    for path in (folder / "trusted").iterdir():
        path.unlink()
    assert "trusted-empty" in judged(folder)
    (folder / "trusted").rmdir()
    assert "trusted-missing" in judged(folder)


@given(st.lists(st.binary(max_size=120), max_size=4), st.sampled_from(VERSIONS))
def test_no_bytes_make_the_doctor_fail(files: list[bytes], version: Version) -> None:
    codes(*files, version=version)


@given(st.integers(0, 3000), st.integers(0, 255))
def test_no_flipped_byte_makes_the_doctor_fail(place: int, value: int) -> None:
    data = GOOD.certificate.public_bytes(Encoding.DER)
    place %= len(data)
    changed = data[:place] + bytes((value,)) + data[place + 1 :]
    codes(changed, pem(CA.certificate), clear(GOOD.key))
