"""Secrets come only from a file that nobody else can read, and no message repeats them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from wizard.errors import SecretsError
from wizard.interview.secrets_file import load_secrets
from wizard.secret import Secret

CANARY = "canary-5c1f"


def written(tmp_path: Path, text: str, mode: int = 0o600) -> Path:
    path = tmp_path / "secrets.toml"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_servers_own_secret_comes_before_the_common_one(tmp_path: Path) -> None:
    text = f'ssh_password = "{CANARY}"\nca_password = "b"\n[servers.db2]\nssh_password = "own"\n'
    secrets = load_secrets(written(tmp_path, text))
    assert secrets.of("ssh_password", "db1") == Secret(CANARY)
    assert secrets.of("ssh_password", "db2") == Secret("own")
    assert secrets.of("ca_password", "db2") == Secret("b")
    assert secrets.of("sudo_password") is None
    assert CANARY not in repr(secrets)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620, 0o601, 0o777])
def test_a_file_that_is_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(SecretsError, match="open to others") as caught:
        load_secrets(written(tmp_path, f'ssh_password = "{CANARY}"', mode))
    assert "chmod 600" in caught.value.hint


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_closed_file_is_read(tmp_path: Path, mode: int) -> None:
    assert load_secrets(written(tmp_path, 'ssh_password = "x"', mode)).of("ssh_password")


def test_a_link_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(written(tmp_path, 'ssh_password = "x"'))
    with pytest.raises(SecretsError):
        load_secrets(link)


def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    for path in (pipe, tmp_path):
        with pytest.raises(SecretsError, match="regular file"):
            load_secrets(path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_somebody_elses_file_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, 'ssh_password = "x"')
    os.chown(path, 12345, 12345)
    with pytest.raises(SecretsError, match="another user"):
        load_secrets(path)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (f'ssh_pasword = "{CANARY}"', "ssh_pasword"),
        (f'[servers.db1]\npassword = "{CANARY}"', "servers.db1.password"),
        (f'[server.db1]\nssh_password = "{CANARY}"', "server"),
        ("ssh_password = 5", "ssh_password"),
        ('ssh_password = ""', "ssh_password"),
        ("servers = 1", "tables"),
        ("servers.a = 1", "servers.a"),
        (f'ssh_password = "{CANARY}', "TOML"),
    ],
)
def test_a_wrong_name_or_value_is_refused_without_repeating_it(
    tmp_path: Path, text: str, named: str
) -> None:
    with pytest.raises(SecretsError) as caught:
        load_secrets(written(tmp_path, text))
    assert named in caught.value.message
    told = f"{caught.value.message}{caught.value.hint}{caught.value.__cause__!r}"
    assert CANARY not in told


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SecretsError, match=r"none\.toml"):
        load_secrets(tmp_path / "none.toml")
