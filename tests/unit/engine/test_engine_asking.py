"""What is asked for once more before a run is taken up: what it needs, and nothing besides."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wizard.engine.making.made import CA_FOLDER, CA_KEY, CA_PASSWORD
from wizard.engine.records.journal import Kind
from wizard.engine.records.runs import Run, make_run_folder, open_run, record_start
from wizard.engine.returning.asking import secrets_to_ask
from wizard.model.secrets import Secrets
from wizard.model.settings import (
    AccessSettings,
    Become,
    KeyPassword,
    ServerSettings,
    Settings,
    TrustModel,
)
from wizard.secret import Secret

SERVERS = (ServerSettings(name="server1", ssh="a@b"), ServerSettings(name="server2", ssh="a@c"))
PLAIN = Settings(cluster="payments", servers=SERVERS)
ASKING = replace(
    PLAIN,
    access=AccessSettings(ask_password=True, become=Become.SUDO_PASSWORD),
    key_password=KeyPassword.ASK,
    login_user="neo4j",
    trust=TrustModel.EXISTING,
)
STAGING = ((Kind.INTENT, "stage:server1"),)
STOPPING = (*STAGING, (Kind.INTENT, "stop:server1"))
BACK = (*STOPPING, (Kind.UNDO_BEGUN, ""))


def run_of(folder: Path, *steps: tuple[Kind, str]) -> Run:
    clock = lambda: datetime(2026, 11, 22, 9, 0, tzinfo=UTC)  # noqa: E731 - a clock that stands
    place = make_run_folder({"XDG_STATE_HOME": str(folder)}, "20261122-090000-abcd")
    with record_start(place, cluster="a", answers_toml="", plan={}, clock=clock) as journal:
        for kind, change in steps:
            journal.write(kind, change=change)
    (place / CA_FOLDER).mkdir()
    (place / CA_FOLDER / CA_KEY).write_text("a key")
    return open_run(place)


def asked(
    run: Run, settings: Settings, secrets: Secrets | None = None, *, undoing: bool = False
) -> set[str]:
    fields = secrets_to_ask(run, settings, secrets or Secrets(), undoing=undoing)
    assert all(field.applies({}) for field in fields)
    return {field.secret for field in fields}


@pytest.mark.parametrize(
    ("steps", "undoing", "names"),
    [
        (STAGING, False, {"key_password", "neo4j_password", "ca_password", "material_passphrase"}),
        (STOPPING, False, {"neo4j_password", "ca_password"}),
        (STOPPING, True, set()),
        (BACK, False, set()),
    ],
)
def test_only_what_the_way_needs_is_asked_for(
    tmp_path: Path, steps: tuple[tuple[Kind, str], ...], names: set[str], *, undoing: bool
) -> None:
    run = run_of(tmp_path, *steps)
    logins = {"ssh_password", "sudo_password"}
    assert asked(run, ASKING, undoing=undoing) == names | logins
    given = Secrets({name: Secret("known") for name in names | logins})
    assert asked(run, ASKING, given, undoing=undoing) <= {"ca_password"}


def test_a_password_that_lies_beside_the_authority_is_not_asked_for(tmp_path: Path) -> None:
    run = run_of(tmp_path, *STOPPING)
    assert asked(run, PLAIN) == {"ca_password"}
    (run.folder / CA_FOLDER / CA_PASSWORD).write_text("it")
    assert asked(run, PLAIN) == set()


@pytest.mark.parametrize("form", [(), ("-m", "PEM", "-t", "rsa", "-b", "2048")])
@pytest.mark.parametrize("passphrase", ["", "Horse-battery"])
def test_a_passphrase_is_asked_for_where_the_key_has_one(
    tmp_path: Path, form: tuple[str, ...], passphrase: str
) -> None:
    key = tmp_path / "id"
    kind = form or ("-t", "ed25519")
    command = ["ssh-keygen", "-q", *kind, "-N", passphrase, "-f", str(key)]
    subprocess.run(command, check=True, timeout=60)
    settings = replace(PLAIN, access=AccessSettings(identity_file=str(key)))
    run = run_of(tmp_path, *STOPPING)
    assert ("identity_passphrase" in asked(run, settings, undoing=True)) is bool(passphrase)
