"""What the doctor says of files themselves: who can read them, what seals them, what they cost."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pki_bringing import OLD_SEAL, PASSWORD, clear, kubernetes_yaml, pem, store
from pki_everything import Way, lay_out, make_all
from pki_making import NOW, make, make_ca

from wizard.model.problems import Problem, Severity
from wizard.model.settings import KeyAlgorithm
from wizard.model.version import Version
from wizard.pki.brought.disk import CappedFiles, read_files
from wizard.pki.brought.reading import read_all
from wizard.pki.doctor.examination import Terms, examine
from wizard.pki.doctor.policy import examine_policy
from wizard.pki.java import opened_keys

CA = make_ca("the CA")
LEAF = make("server1", CA, dns=("server1.example",))
NEWEST = Version(2026, 8)
TERMS = Terms(version=NEWEST, now=NOW)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody can enter; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        folder.chmod(0o755)
        if not all(above.stat().st_mode & 0o001 for above in folder.parents):
            pytest.fail("the temporary folder itself is closed, and nothing in it is open to all")
        yield folder


def exposed(problems: tuple[Problem, ...]) -> list[str]:
    return [one.file or "" for one in problems if one.code == "key-open-to-all"]


@pytest.mark.parametrize(("mode", "told"), [(0o644, True), (0o604, True), (0o640, False)])
def test_a_key_that_everybody_can_read_is_told(open_folder: Path, mode: int, told: bool) -> None:  # noqa: FBT001
    path = open_folder / "private.key"
    path.write_bytes(clear(LEAF.key))
    (open_folder / "public.crt").write_bytes(pem(LEAF.certificate))
    (open_folder / "public.crt").chmod(0o644)
    path.chmod(mode)
    assert exposed(examine(read_files([open_folder]), TERMS).problems) == [str(path)] * told
    open_folder.chmod(0o700)
    assert exposed(examine(read_files([open_folder]), TERMS).problems) == []


def test_a_key_inside_a_secret_or_a_policy_folder_counts_too(open_folder: Path) -> None:
    secret = open_folder / "secret.yaml"
    secret.write_bytes(kubernetes_yaml(tls_key=clear(LEAF.key)))
    secret.chmod(0o644)
    (problem,) = [
        one
        for one in examine(read_files([secret]), TERMS).problems
        if one.code == "key-open-to-all"
    ]
    assert problem.hint.endswith(f"chmod o= {secret}")
    way = Way(trust="private-ca", algorithm=KeyAlgorithm.EC_P256, password=None)
    folder = lay_out(make_all(way), open_folder)["server1"]
    files = CappedFiles()
    for mode, count in ((0o644, 1), (0o400, 0)):
        (folder / "private.key").chmod(mode)
        seen = examine_policy(files, str(folder), TERMS, files.is_open_to_all)
        assert len(exposed(seen.problems)) == count


def notes_of(data: bytes) -> dict[str, Problem]:
    found = examine(read_all([("server.p12", data)], (PASSWORD,)), TERMS)
    return {one.code: one for one in found.problems}


def test_an_old_seal_is_told_with_who_opens_it(tmp_path: Path) -> None:
    assert "pkcs12-sealed-poorly" not in notes_of(store(LEAF, CA.certificate))
    des = notes_of(store(LEAF, CA.certificate, seal=OLD_SEAL))["pkcs12-sealed-poorly"]
    assert "3DES" in des.message
    assert "as well" in des.message
    (tmp_path / "key").write_bytes(clear(LEAF.key))
    (tmp_path / "crt").write_bytes(pem(LEAF.certificate))
    words = ["openssl", "pkcs12", "-export", "-legacy", "-inkey", "key", "-in", "crt"]
    words += ["-passout", "env:PASSWORD", "-out", "old.p12"]
    given = {**os.environ, "PASSWORD": PASSWORD.reveal()}
    subprocess.run(words, check=True, cwd=tmp_path, env=given, timeout=60)
    told = notes_of((tmp_path / "old.p12").read_bytes())
    assert "3DES and RC2 with 40 bits" in told["pkcs12-sealed-poorly"].message
    assert "-legacy -in FILE" in told["pkcs12-not-loaded"].hint
    base = ["openssl", "pkcs12", "-in", "old.p12", "-passin", "env:PASSWORD", "-nokeys"]
    ended = [
        subprocess.run([*base, *more], cwd=tmp_path, env=given, capture_output=True, timeout=60,
                       check=False).returncode
        for more in ([], ["-legacy"])
    ]  # fmt: skip
    assert ended[0] != 0 == ended[1]
    program = shutil.which("keytool")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("keytool is missing, and its opinion was not asked")
        pytest.skip("keytool is not installed: its opinion is not asked")
    listing = [program, "-list", "-keystore", "old.p12", "-storepass:env", "PASSWORD"]
    subprocess.run(listing, check=True, cwd=tmp_path, env=given, capture_output=True, timeout=60)


@pytest.mark.parametrize("sealed", [False, True])
def test_a_key_is_opened_once_for_all_versions(
    sealed: bool,  # noqa: FBT001
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    password = PASSWORD if sealed else None
    way = Way(trust="private-ca", algorithm=KeyAlgorithm.EC_P256, password=password)
    folder = lay_out(make_all(way), tmp_path)["server1"]
    opened: list[object] = []
    really = opened_keys._open

    def counted(*arguments: object) -> object:
        opened.append(arguments)
        return really(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(opened_keys, "_open", counted)
    terms = Terms(version=NEWEST, now=NOW, password=password)
    seen = examine_policy(CappedFiles(), str(folder), terms)
    assert len(opened) == 1
    line = next(line for one in seen.descriptions for line in one.lines if "Loads" in line)
    assert line.count("yes") == (3 if sealed else 4)


def test_each_finding_ends_with_what_to_do() -> None:
    wrong = pem(make("server1", CA, dns=("server_1",), ends=NOW).certificate)
    found = examine(read_all([("a", wrong), ("b", store(LEAF)), ("c", b"x")]), TERMS).problems
    assert len(found) > 3
    for one in found:
        if one.severity is not Severity.NOTE:
            assert one.message.endswith(".")
            assert one.hint
