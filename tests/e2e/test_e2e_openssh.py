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


def test_three_sshds_are_encrypted_with_a_password_login_and_sudo_free(tmp_path: Path) -> None:
    with (
        served() as cluster,
        three_sshds(cluster, tmp_path) as sshds,
        password_user(tmp_path) as (user, password),
    ):
        answers = answers_for(cluster, sshds, tmp_path, user, password="ask")
        secrets = tmp_path / "secrets.toml"
        secrets.touch(mode=0o600)
        secrets.write_text(tomli_w.dumps({"ssh_password": password}))
        ended = wizard("plan", "--answers", answers, "--secrets", secrets, "--json")
        # The login works; a user who may not read neo4j.conf is told so, and nothing is changed.
        assert ended.exit_code == 5, ended.stdout
        assert password not in ended.stdout + ended.stderr
