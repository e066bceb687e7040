"""The same walk over three separate OpenSSH servers: own host keys, own homes, real logins."""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomli_w
from black_box import Served, served, tree, wizard
from sshd import Sshd, make_key, password_user, running_sshd

pytestmark = pytest.mark.sshd


@contextlib.contextmanager
def three_sshds(cluster: Served, folder: Path) -> Iterator[list[Sshd]]:
    """One sshd beside each practice server, all letting in one key; none knows the names."""
    identity = make_key(folder / "id_ed25519")
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(
                running_sshd(folder / server["name"], identity_file=identity, user="root")
            )
            for server in cluster.servers
        ]


def answers_for(cluster: Served, sshds: list[Sshd], folder: Path, user: str, **access: str) -> Path:
    """The practice cluster's answers, with its own SSH servers replaced by OpenSSH's."""
    answers = tomllib.loads(cluster.answers.read_text())
    known = folder / "known_hosts"
    known.write_text("".join(sshd.known_hosts.read_text() for sshd in sshds))
    answers["access"] = {"known_hosts": str(known), **access}
    for table, server, sshd in zip(answers["servers"], cluster.servers, sshds, strict=True):
        table |= {"ssh": f"{user}@{sshd.host}:{sshd.port}", "home": server["home"]}
    path = folder / "answers.toml"
    path.write_text(tomli_w.dumps(answers))
    path.chmod(0o600)
    return path


def secrets_file(folder: Path, **secrets: str) -> Path:
    path = folder / "secrets.toml"
    path.touch(mode=0o600)
    path.write_text(tomli_w.dumps(secrets))
    return path


def walk_and_back(cluster: Served, *with_answers: str | Path) -> None:
    before = {home: tree(home) for home in cluster.homes}
    applied = wizard("apply", *with_answers, "--yes", "--json")
    assert applied.exit_code == 0, applied.stdout + applied.stderr
    assert {home: tree(home) for home in cluster.homes} != before
    verified = wizard("verify", *with_answers, "--json")
    assert verified.exit_code == 0, verified.stdout
    assert wizard("undo", "--yes", "--json", *with_answers[2:]).exit_code == 0
    assert {home: tree(home) for home in cluster.homes} == before


def test_three_sshds_are_encrypted_with_a_key_login(tmp_path: Path) -> None:
    with served() as cluster, three_sshds(cluster, tmp_path) as sshds:
        identity = str(sshds[0].identity_file)
        answers = answers_for(cluster, sshds, tmp_path, "root", identity_file=identity)
        walk_and_back(cluster, "--answers", answers)
        assert not [path for sshd in sshds for path in sshd.home.rglob("*")]


def test_three_sshds_are_encrypted_with_a_password_login(tmp_path: Path) -> None:
    with (
        served() as cluster,
        three_sshds(cluster, tmp_path) as sshds,
        password_user(tmp_path, uid=0) as (user, password),
    ):
        answers = answers_for(cluster, sshds, tmp_path, user, password="ask")
        secrets = secrets_file(tmp_path, ssh_password=password)
        walk_and_back(cluster, "--answers", answers, "--secrets", secrets)


def test_where_no_server_forwards_what_is_not_proved_is_told_and_nothing_is_put_back(
    tmp_path: Path,
) -> None:
    identity = make_key(tmp_path / "id_ed25519")
    forbidding = ("AllowTcpForwarding no", "DisableForwarding yes")
    with served("--servers", "2") as cluster, contextlib.ExitStack() as stack:
        sshds = [
            stack.enter_context(
                running_sshd(
                    tmp_path / server["name"],
                    identity_file=identity,
                    user="root",
                    options=(line,),
                )
            )
            for server, line in zip(cluster.servers, forbidding, strict=True)
        ]
        answers = answers_for(cluster, sshds, tmp_path, "root", identity_file=str(identity))
        applied = wizard("apply", "--answers", answers, "--yes", "--json")
        assert applied.exit_code == 0, applied.stdout + applied.stderr
        verified = wizard("verify", "--answers", answers, "--json")
        assert verified.exit_code == 1, verified.stdout
        for ended in (applied, verified):
            probes = ended.of("probe")
            assert {(p["from"], p["verdict"]) for p in probes} == {("workstation", "not-tested")}
            assert ("ports-not-proved", None) in ended.problems
            assert "not-listening" not in {code for code, _ in ended.problems}


def test_a_login_without_rights_changes_nothing_and_a_wrong_password_is_told(
    tmp_path: Path,
) -> None:
    with (
        served() as cluster,
        three_sshds(cluster, tmp_path) as sshds,
        password_user(tmp_path) as (user, password),
    ):
        answers = answers_for(cluster, sshds, tmp_path, user, password="ask")
        before = {home: tree(home) for home in cluster.homes}
        wrong = secrets_file(tmp_path, ssh_password=password[::-1])
        refused = wizard("apply", "--answers", answers, "--secrets", wrong, "--yes", "--json")
        assert refused.exit_code == 5, refused.stdout
        assert ("login-refused", "server1") in refused.problems
        right = secrets_file(tmp_path, ssh_password=password)
        blind = wizard("apply", "--answers", answers, "--secrets", right, "--yes", "--json")
        assert blind.exit_code in (1, 2, 5), blind.stdout
        assert {home: tree(home) for home in cluster.homes} == before
        assert password not in refused.stdout + refused.stderr + blind.stdout + blind.stderr
