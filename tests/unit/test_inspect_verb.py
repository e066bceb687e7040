"""The verb `inspect`: exit codes, words for people and for programs, and no password in between."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wizard import cli, inspect_verb
from wizard.model.settings import KeyAlgorithm, Subject, TrustModel
from wizard.pki.authority import make_authority
from wizard.pki.material import LeafRequest, make_material
from wizard.secret import Secret

PASSWORD = "k9WmQz7Rt2XvB4nY"
HOST = "server1.example"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What the wizard writes for one server, its key sealed."""
    now = datetime.now(UTC)
    request = LeafRequest(
        server="server1",
        subject=Subject(common_name="server1"),
        dns_names=(HOST,),
        ip_addresses=(),
        password=Secret(PASSWORD),
    )
    made = make_material(
        [request],
        trust=TrustModel.PRIVATE_CA,
        algorithm=KeyAlgorithm.EC_P256,
        now=now,
        lifetime_days=730,
        authority=make_authority("payments", now),
    )["server1"]
    folder = tmp_path / "cluster"
    (folder / "trusted").mkdir(parents=True)
    (folder / "private.key").write_bytes(made.private_key_pem.reveal())
    (folder / "public.crt").write_bytes(made.certificate_pem)
    for name, data in made.trusted:
        (folder / "trusted" / name).write_bytes(data)
    return folder


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    path = tmp_path / "secrets.toml"
    path.write_text(f'key_password = "{PASSWORD}"\n')
    path.chmod(0o600)
    return path


@pytest.fixture(autouse=True)
def nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspect_verb, "_somebody_is_there", lambda: False)


def inspect(*words: object) -> int:
    return cli.main(["inspect", *map(str, words)])


@pytest.mark.parametrize("version", ["4.4", "5.26", "2025.10", "2026.08.1"])
def test_what_the_wizard_writes_ends_with_0(folder: Path, secrets: Path, version: str) -> None:
    assert inspect(folder, "--server", HOST, "--neo4j", version, "--secrets", secrets) == 0
    assert inspect(folder, "--neo4j", version) == 0
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert inspect(*files, "--server", HOST, "--secrets", secrets, "--neo4j", version) == 0


def test_a_fault_ends_with_1_and_is_told_with_its_fix(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "trusted" / "notes.txt").write_text("Read me.")
    assert inspect(folder, "--server", "other.example") == 1
    shown = capsys.readouterr().out
    assert "is not for other.example" in shown
    assert "Take out of trusted/ what is no certificate" in shown
    assert "Judged for Neo4j" in shown.splitlines()[-1]


def test_programs_get_the_frame_of_every_verb(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert inspect(folder, "--server", "other.example", "--json") == 1
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert events[0]["event"] == "started"
    assert events[0]["schema"] == 1
    assert events[0]["command"] == "inspect"
    assert events[-1]["event"] == "finished"
    assert (events[-1]["result"], events[-1]["exit_code"]) == ("problems", 1)
    problems = [event for event in events if event["event"] == "problem"]
    (told,) = [one for one in problems if one["severity"] == "error"]
    assert told["problem"] == "name-not-covered"
    assert told["file"].endswith("public.crt")


def test_a_wrong_password_is_told_and_never_shown(
    folder: Path, secrets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets.write_text('key_password = "canary-of-a-password"\n')
    assert inspect(folder, "--secrets", secrets) == 1
    shown = "".join(capsys.readouterr())
    assert "does not open this private key" in shown
    assert "canary" not in shown


def test_a_person_is_asked_for_the_password_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    def typed(question: str) -> str:
        asked.append(question)
        return PASSWORD

    monkeypatch.setattr(inspect_verb, "_somebody_is_there", lambda: True)
    monkeypatch.setattr(inspect_verb.getpass, "getpass", typed)
    assert inspect(folder) == 0
    assert len(asked) == 1
    assert "no password was given" not in capsys.readouterr().out


def test_nobody_is_asked_where_nothing_is_sealed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspect_verb, "_somebody_is_there", lambda: True)
    monkeypatch.setattr(inspect_verb.getpass, "getpass", lambda _: pytest.fail("asked"))
    assert inspect(folder / "public.crt") == 0


@pytest.mark.parametrize("words", [["/dev/zero"], ["nowhere"], ["pipe"], []])
def test_what_can_not_be_read_ends_with_2(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert inspect(*words) == 2


@pytest.mark.parametrize("version", ["9", "5", "x", "1.0", "2024.1", "6.0"])
def test_a_version_that_is_none_ends_with_2(version: str, folder: Path) -> None:
    assert inspect(folder, "--neo4j", version) == 2


def test_a_secrets_file_that_others_can_read_is_refused(folder: Path, secrets: Path) -> None:
    secrets.chmod(0o644)
    assert inspect(folder, "--secrets", secrets) == 2


def test_a_huge_file_is_refused_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    huge = tmp_path / "huge.pem"
    with huge.open("wb") as file:
        file.truncate(1 << 33)
    assert inspect(huge) == 1
    assert "larger than 1 MiB" in capsys.readouterr().out


def test_names_from_outside_can_not_move_the_cursor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "evil\x1b[31m.key").write_bytes(b"no key")
    inspect(tmp_path)
    assert "\x1b" not in capsys.readouterr().out
