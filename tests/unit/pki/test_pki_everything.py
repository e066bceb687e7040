"""Whatever the wizard makes is taken by OpenSSL, by keytool, and by a linter of RFC 5280."""

from __future__ import annotations

import os
import shutil
import subprocess
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from pki_everything import DOMAIN, PASSWORD, Way, lay_out, make_all, ways
from pki_making import NOW, make, pem

from wizard.model.settings import KeyAlgorithm, Subject
from wizard.model.version import Version
from wizard.pki.authority import make_authority
from wizard.pki.doctor.examination import Terms
from wizard.pki.doctor.policy import examine_policy
from wizard.pki.keys import make_key
from wizard.pki.leaf import issue_leaf
from wizard.pki.loader.files import LocalFiles

Run = Callable[..., subprocess.CompletedProcess[str]]
EVERY_WAY = [*ways()]
CERTIFICATES = [way for way in EVERY_WAY if way.password is None]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Path]]:
    """The folders of both servers, by the way they were made."""
    return {str(way): lay_out(make_all(way), tmp_path_factory.mktemp("made")) for way in EVERY_WAY}


@pytest.fixture
def keytool() -> Run:
    """Run the keytool of the JDK; passwords go through the environment."""
    program = shutil.which("keytool")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("keytool is missing, and its opinion was not asked")
        pytest.skip("keytool is not installed: its opinion is not asked")

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, "-J-XX:TieredStopAtLevel=1", "-J-Duser.language=en", *map(str, words)],
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, "PASSWORD": PASSWORD.reveal()},
        )

    return run


@pytest.mark.parametrize("way", CERTIFICATES, ids=str)
@pytest.mark.parametrize("purpose", ["sslserver", "sslclient"])
def test_openssl_verifies_it_strictly_for_both_purposes(
    way: Way, purpose: str, made: dict[str, dict[str, Path]], openssl: Run
) -> None:
    one, two = made[str(way)].values()
    trusted = next((two / "trusted").iterdir())
    words = ("verify", "-x509_strict", "-purpose", purpose, "-CAfile", trusted)
    untrusted = ("-untrusted", one / "public.crt")
    if way.trust == "self-signed":
        words = (*words, "-check_ss_sig")
    names = ("-verify_hostname", f"server1.{DOMAIN}"), ("-verify_ip", "2001:db8::1")
    for name in names:
        done = openssl(*words, *untrusted, *name, one / "public.crt")
        assert done.returncode == 0, done.stderr
    wrong = openssl(*words, *untrusted, "-verify_hostname", "a.example", one / "public.crt")
    assert wrong.returncode != 0


@pytest.mark.parametrize("way", EVERY_WAY, ids=str)
def test_openssl_opens_the_key_and_it_is_the_certificate_s(
    way: Way, made: dict[str, dict[str, Path]], openssl: Run
) -> None:
    folder = made[str(way)]["server1"]
    secret = way.password.reveal() if way.password else ""
    key = openssl("pkey", "-in", folder / "private.key", "-passin", "env:PASSWORD", "-pubout",
                  password=secret)  # fmt: skip
    certificate = openssl("x509", "-in", folder / "public.crt", "-noout", "-pubkey")
    assert key.stdout == certificate.stdout != ""


@pytest.mark.parametrize("way", CERTIFICATES, ids=str)
def test_keytool_prints_and_imports_it(
    way: Way, made: dict[str, dict[str, Path]], keytool: Run, tmp_path: Path
) -> None:
    folder = made[str(way)]["server1"]
    printed = keytool("-printcert", "-file", folder / "public.crt").stdout
    for words in ("serverAuth", "clientAuth", f"DNSName: server1.{DOMAIN}", "IPAddress: 10.0.0.1"):
        assert words in printed
    assert "Warning" not in printed
    store = ("-keystore", tmp_path / "store.p12", "-storepass:env", "PASSWORD", "-noprompt")
    for trusted in (folder / "trusted").iterdir():
        done = keytool("-importcert", "-alias", trusted.stem, "-file", trusted, *store)
        assert done.returncode == 0, done.stdout
    assert "trustedCertEntry" in keytool("-list", *store[:-1]).stdout


def findings(*files: Path) -> int:
    """Lint one certificate, or an issuer and what it issued, and count what is found.

    That a key identifier was made in the usual way is told as well, and no finding.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the libraries it stands on
        from pkilint.bin import lint_pkix_cert, lint_pkix_signer_signee_cert_chain  # noqa: PLC0415
    program = lint_pkix_cert if len(files) == 1 else lint_pkix_signer_signee_cert_chain
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return program.main(["lint", "-s", "NOTICE", *map(str, files)])


@pytest.mark.parametrize("way", CERTIFICATES, ids=str)
def test_a_linter_of_rfc_5280_finds_nothing(
    way: Way, made: dict[str, dict[str, Path]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, other = made[str(way)].values()
    chain = [*sorted(folder.glob("chain*.crt"))]
    if way.trust != "self-signed":
        chain += [*(other / "trusted").iterdir()]
    found = sum(findings(one) for one in chain)
    found += sum(findings(above, below) for below, above in pairwise(chain))
    assert found == 0, capsys.readouterr().out


def test_the_linter_does_find_what_is_wrong(
    made: dict[str, dict[str, Path]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = next(iter(made.values()))["server1"]
    (folder / "bare.crt").write_bytes(pem(make("bare").certificate))
    assert findings(folder / "bare.crt") > 0
    assert findings(folder / "bare.crt", folder / "public.crt") > 0
    assert "subject" in capsys.readouterr().out


def test_only_a_name_of_one_label_displeases_it_which_clusters_have(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # RFC 5280 section 4.2.1.6 asks for the syntax of RFC 1034, where one label is a name.
    leaf = issue_leaf(
        make_authority("payments", NOW),
        key=make_key(KeyAlgorithm.EC_P256),
        subject=Subject(common_name="server1"),
        dns_names=("server1",),
        ip_addresses=(),
        now=NOW,
        lifetime_days=30,
    )
    (tmp_path / "leaf.crt").write_bytes(pem(leaf))
    assert findings(tmp_path / "leaf.crt") == 1
    assert "invalid_domain_name_syntax" in capsys.readouterr().out


@pytest.mark.parametrize("way", EVERY_WAY, ids=str)
def test_the_doctor_finds_it_well(way: Way, made: dict[str, dict[str, Path]]) -> None:
    for name, folder in made[str(way)].items():
        terms = Terms(
            version=Version(2026, 8),
            now=datetime.now(UTC),
            host=f"{name}.{DOMAIN}",
            password=way.password,
        )
        assert examine_policy(LocalFiles(), str(folder), terms).is_well


def test_every_kind_of_key_is_among_them() -> None:
    assert {way.algorithm for way in EVERY_WAY} == set(KeyAlgorithm)
