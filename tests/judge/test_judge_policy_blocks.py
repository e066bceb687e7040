"""What the wizard writes into neo4j.conf, in every form it can take, before every version.

Each version's own classes load it under strict validation, and lint has nothing to say about it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from judge_artifacts import ALL_VERSIONS, Installed
from judge_bench import BASE, Bench
from judge_process import Judge

from wizard.errors import ConfError
from wizard.model.problems import Severity
from wizard.model.settings import ClientAuth
from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.neo4j.lint import lint
from wizard.neo4j.policy import PASSWORD, policy_settings
from wizard.neo4j.versions import rules_for
from wizard.pki.keys import private_key_pem
from wizard.secret import Secret

pytestmark = pytest.mark.timeout(900)  # the first run fetches and compiles

REAL_CONFS = Path(__file__).resolve().parents[3] / "shared" / "real-confs"
PORTS = {"discovery": 5000, "cluster": 6000, "raft": 7000, "routing": 7688, "bolt": 7687}
TLS = (("TLSv1.2",), ("TLSv1.3",), ("TLSv1.2", "TLSv1.3"))
Form = tuple[ClientAuth, bool, tuple[str, ...], bool]
"""client_auth, verify_hostname, tls_versions, and whether the key has a password."""
PLAIN: Form = (ClientAuth.REQUIRE, True, ("TLSv1.2",), False)
TYPED = 'uZ4!tq-Kd9#rw=Pm:x\\2"'


@pytest.fixture(params=ALL_VERSIONS, ids=str)
def judge(request: pytest.FixtureRequest, installed: dict[Version, Installed]) -> Iterator[Judge]:
    with Judge(installed[request.param]) as running:
        yield running


def forms(version: Version) -> Iterator[Form]:
    passwords = (False, True) if rules_for(version).key_passwords else (False,)
    return product(ClientAuth, (False, True), TLS, passwords)


def server(version: Version, folder: Path, *, sealed: bool) -> Bench:
    bench = Bench(folder, version, 1)
    bench.surround((), PORTS)
    leaf = bench.leaf(bench.one)
    bench.one.show(leaf)
    if sealed:
        bench.one.put("private.key", private_key_pem(leaf.key, Secret(TYPED)))
    return bench


def written(conf: bytes, version: Version, form: Form) -> bytes:
    """The conf after the wizard, which never writes a password for a key that has none."""
    client_auth, verify_hostname, tls_versions, sealed = form
    lines = policy_settings(
        version,
        base_directory=BASE,
        client_auth=client_auth,
        verify_hostname=verify_hostname,
        tls_versions=tls_versions,
        with_password=sealed,
    )
    said = [(key, TYPED if value is None else value) for key, value in lines]
    gone = () if sealed else (PASSWORD,)
    return Conf.parse(conf).with_settings(said, removed=gone).to_bytes()


def test_every_form_of_the_policy_is_loaded_strictly_and_lints_to_nothing(
    judge: Judge, tmp_path: Path
) -> None:
    version, asked = judge.version, 0
    benches = {
        sealed: server(version, tmp_path / str(sealed), sealed=sealed) for sealed in (False, True)
    }
    for client_auth, verify, tls_versions, sealed in forms(version):
        one = benches[sealed].one
        raw = written(one.surroundings, version, (client_auth, verify, tls_versions, sealed))
        one.conf.parent.mkdir(exist_ok=True)
        one.conf.write_bytes(raw)
        answer = judge.load("one", one.conf, one.home, strict=True)
        assert "policy" in answer, (client_auth, verify, tls_versions, sealed, answer)
        assert answer["policy"]["client_auth"] == client_auth.value
        assert answer["policy"]["verify_hostname"] is verify
        assert tuple(answer["policy"]["tls_versions"]) == tls_versions
        assert answer["unknown"] == []
        assert answer["settings"]["has_password"] is sealed
        told = {
            code
            for code in problems(raw, version) - problems(one.surroundings, version)
            if not is_asked_for(code, client_auth, tls_versions)
        }
        assert told == set(), (client_auth, verify, tls_versions, sealed)
        asked += 1
    assert asked == len(ClientAuth) * 2 * len(TLS) * (2 if rules_for(version).key_passwords else 1)


def problems(raw: bytes, version: Version) -> set[str]:
    return {one.code for one in lint(raw, version) if one.severity is not Severity.NOTE}


def is_asked_for(code: str, client_auth: ClientAuth, tls_versions: tuple[str, ...]) -> bool:
    """What lint warns of although it is written as it was answered: the user's right."""
    if client_auth is not ClientAuth.REQUIRE and code == "client-auth-not-required":
        return True
    return "TLSv1.3" in tls_versions and code == "tls-version-new"


def test_the_policy_is_loaded_beside_what_stands_in_real_confs(
    judge: Judge, tmp_path: Path
) -> None:
    version = judge.version
    confs = sorted(REAL_CONFS.glob("*.conf"))
    if not confs:
        assert os.environ.get("CI") != "true", "the real neo4j.conf files are not beside this tree"
        pytest.skip("the collection of real neo4j.conf files is not beside this tree")
    bench = server(version, tmp_path, sealed=False)
    bench.one.conf.parent.mkdir()
    fitting = 0
    for conf in confs:
        bench.one.conf.write_bytes(conf.read_bytes())
        if "refused" in judge.load("before", bench.one.conf, bench.one.home):
            continue  # it is for another version
        try:
            raw = written(conf.read_bytes(), version, PLAIN)
        except ConfError:
            assert conf.name == "git-lfs-pointer.conf"
            continue
        bench.one.conf.write_bytes(raw)
        answer = judge.load("after", bench.one.conf, bench.one.home)
        ours = neo4j_says(answer)
        assert ours.get("client_auth") == "REQUIRE", (conf.name, answer)
        assert ours["verify_hostname"] == "true"
        assert ours["base_directory"] == str(bench.one.base)
        # These names are verified although peers dial addresses: that is what was answered.
        added = problems(raw, version) - problems(conf.read_bytes(), version)
        assert added <= {"hostname-of-ip-address"}, conf.name
        fitting += 1
    assert fitting >= 2


def neo4j_says(answer: dict[str, object]) -> dict[str, object]:
    """What Config reads of the policy; other policies in a real conf lack their files here."""
    settings = answer.get("settings")
    return settings if isinstance(settings, dict) else {}


def test_a_block_for_another_version_is_not_loaded(
    installed: dict[Version, Installed], tmp_path: Path
) -> None:
    three, last = ALL_VERSIONS[0], ALL_VERSIONS[-1]
    bench = server(last, tmp_path, sealed=False)
    bench.one.conf.parent.mkdir()
    bench.one.conf.write_bytes(written(b"", last, PLAIN))
    with Judge(installed[three]) as judge:
        assert "policy" not in judge.load("one", bench.one.conf, bench.one.home, strict=True)
    assert lint(bench.one.conf.read_bytes(), three)


def test_a_value_that_cannot_be_carried_is_not_written() -> None:
    with pytest.raises(ConfError):
        Conf.parse(b"").with_settings([(PASSWORD, " edged ")])
