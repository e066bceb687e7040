"""A wrong answer is refused by name, before any server hears of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from black_box import wizard

GOOD = """
format = 1
[cluster]
name = "payments"
[[servers]]
name = "server1"
ssh = "admin@127.0.0.1:1"
[[servers]]
name = "server2"
ssh = "admin@127.0.0.1:1"
[access]
identity_file = "/dev/null"
"""

REFUSED = {
    "format": (GOOD.replace("format = 1", "format = 2"), "format"),
    "no name": (GOOD.replace('name = "payments"', ""), "cluster.name"),
    "no ssh": (
        GOOD.replace('name = "server2"\nssh = "admin@127.0.0.1:1"', 'name = "server2"'),
        "servers.server2.ssh",
    ),
    "unknown key": (GOOD + '[subject]\ncontry = "GB"\n', "subject.contry"),
    "unknown table": (GOOD + "[policies]\n", "policies"),
    "wrong type": (GOOD + '[keys]\nlifetime_days = "long"\n', "keys.lifetime_days"),
    "bad country": (GOOD + '[subject]\ncountry = "Atlantis"\n', "subject.country"),
    "bad label": (GOOD.replace('name = "server2"', 'name = "Server 2"'), "servers"),
    "same name": (GOOD.replace('name = "server2"', 'name = "server1"'), "servers"),
    "bad address": (
        GOOD.replace('name = "server2"', 'name = "server2"\naddress = "a_b.example"'),
        "servers.server2.address",
    ),
    "a secret": (GOOD + '[access.x]\npassword = "hunter2hunter2"\n', "access"),
    "bad client_auth": (GOOD + '[policy]\nclient_auth = "REQUIRED"\n', "policy.client_auth"),
    "bad version": (GOOD.replace("format = 1", 'format = 1\nneo4j = "five"'), "neo4j"),
    "not TOML": ("format = = 1", "answers"),
}


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "answers.toml"
    path.write_text(text)
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("verb", ["plan", "apply", "verify"])
@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_answer_is_named(tmp_path: Path, verb: str, case: str) -> None:
    text, key = REFUSED[case]
    ended = wizard(verb, "--answers", written(tmp_path, text), "--json")
    assert ended.exit_code == 2, ended.stdout
    problem = ended.of("problem")[0]
    assert problem["key"].startswith(key)
    assert problem["message"].endswith(".")
    assert ended.events[-1] == ended.events[-1] | {"event": "finished", "result": "refused"}


def test_good_answers_get_as_far_as_the_servers(tmp_path: Path) -> None:
    assert wizard("plan", "--answers", written(tmp_path, GOOD), "--json").exit_code == 5


def test_a_missing_answers_file_is_named(tmp_path: Path) -> None:
    ended = wizard("plan", "--answers", tmp_path / "none.toml")
    assert ended.exit_code == 2
    assert "none.toml" in ended.stderr


def test_secrets_that_others_can_read_are_refused(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets.toml"
    secrets.write_text('ssh_password = "hunter2hunter2"\n')
    secrets.chmod(0o644)
    ended = wizard("plan", "--answers", written(tmp_path, GOOD), "--secrets", secrets, "--json")
    assert ended.exit_code == 2
    assert "hunter2hunter2" not in ended.stdout + ended.stderr


@pytest.mark.parametrize("line", [["nonsense"], ["apply"], ["plan", "--answers"], ["--colour"]])
def test_a_wrong_command_line_is_refused(line: list[str]) -> None:
    assert wizard(*line).exit_code == 2


def test_help_and_version_answer() -> None:
    assert "practice" in wizard("--help").stdout
    assert wizard("--version").exit_code == 0
