"""Neo4j's own classes and the doctor, asked about the same policy directories."""

from __future__ import annotations

from pathlib import Path

import pytest
from judge_artifacts import Installed
from judge_bench import Bench
from judge_certificates import NOW, plain
from judge_process import Judge

from wizard.model.version import Version
from wizard.pki.doctor.examination import Terms
from wizard.pki.doctor.policy import examine_policy
from wizard.pki.keys import private_key_pem
from wizard.pki.loader.files import LocalFiles
from wizard.secret import Secret

pytestmark = pytest.mark.timeout(600)

ASKED = (Version(4, 4, 48), Version(5, 26, 30), Version(2026, 8, 1))
STOPS = frozenset(
    {
        *("trusted-stray-file", "trusted-empty", "certificate-in-revoked", "chain-out-of-order"),
        *("key-unreadable", "key-form-refused", "key-password-wrong", "certificate-unreadable"),
        *("block-damaged", "certificate-form-refused"),
    }
)
"""The codes that say Neo4j does not start."""


def _nothing(_bench: Bench) -> None:
    """Leave everything as it is."""


def _stray(bench: Bench) -> None:
    bench.one.put("trusted/notes.txt", b"Read me.\n")


def _blank_line(bench: Bench) -> None:
    name = next((bench.one.base / "trusted").iterdir())
    name.write_bytes(name.read_bytes() + b"\n")


def _revoked(bench: Bench) -> None:
    bench.one.put("revoked/a.crt", (bench.one.base / "public.crt").read_bytes())


def _twice(bench: Bench) -> None:
    leaf = (bench.one.base / "public.crt").read_bytes()
    bench.one.put("public.crt", leaf + leaf)


def _marked(bench: Bench) -> None:
    bench.one.put("public.crt", b"\xef\xbb\xbf" + (bench.one.base / "public.crt").read_bytes())


def _no_key(bench: Bench) -> None:
    bench.one.put("private.key", b"no key at all\n")


def _key_behind_certificate(bench: Bench) -> None:
    leaf = (bench.one.base / "public.crt").read_bytes()
    bench.one.put("private.key", leaf + (bench.one.base / "private.key").read_bytes())


CHANGES = (
    *(_nothing, _stray, _blank_line, _revoked, _twice, _marked, _no_key),
    _key_behind_certificate,
)


@pytest.mark.parametrize("version", ASKED, ids=str)
def test_the_doctor_says_what_neo4j_does(
    version: Version, installed: dict[Version, Installed], tmp_path: Path
) -> None:
    differing = []
    with Judge(installed[version]) as judge:
        for change in CHANGES:
            bench = Bench(tmp_path / change.__name__, version)
            bench.one.show(bench.leaf(bench.one))
            bench.one.trust(bench.ca.certificate)
            change(bench)
            bench.one.write_conf()
            said = judge.load("one", bench.one.conf, bench.one.home)
            terms = Terms(version=version, now=NOW)
            found = examine_policy(LocalFiles(), str(bench.one.base), terms).problems
            stops = {one.code for one in found} & STOPS
            if change is _marked and version.is_calendar and not said.get("failed"):
                continue  # JDK 25 reads behind a byte order mark; the doctor goes by older ones
            if bool(said.get("failed")) != bool(stops):
                differing.append((change.__name__, said.get("failed"), stops))
            judge.forget()
    assert differing == []


@pytest.mark.parametrize("version", ASKED, ids=str)
def test_a_sealed_key_is_judged_by_the_same_password(
    version: Version, installed: dict[Version, Installed], tmp_path: Path
) -> None:
    bench = Bench(tmp_path / "sealed", version)
    identity = bench.leaf(bench.one)
    bench.one.show(identity)
    bench.one.trust(bench.ca.certificate)
    bench.one.put("private.key", private_key_pem(identity.key, Secret("the-right-one")))
    with Judge(installed[version]) as judge:
        for password, works in (("the-right-one", True), ("a-wrong-one", False)):
            bench.one.say("private_key_password", password)
            bench.one.write_conf()
            said = judge.load("one", bench.one.conf, bench.one.home)
            terms = Terms(version=version, now=NOW, password=Secret(password))
            found = examine_policy(LocalFiles(), str(bench.one.base), terms).problems
            assert bool(said.get("failed")) is not works
            assert ("key-password-wrong" in {one.code for one in found}) is not works
    assert plain(identity.key)
