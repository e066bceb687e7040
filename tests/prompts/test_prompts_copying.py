"""The last question line by line: a copy of the CA, a plain no, or the warning that is left."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wizard.engine.events import Result
from wizard.engine.making.made import CA_CERTIFICATE, CA_KEY, CA_PASSWORD
from wizard.engine.papers.outcome import ClientKit, Outcome
from wizard.engine.watching.boards import LinkBoard, ProofBoard
from wizard.model.secrets import Secrets
from wizard.pki.authority import authority_certificate_pem, authority_key_pem, make_authority
from wizard.prompts import LineAsker
from wizard.prompts.copying import ask_for_copy
from wizard.prompts.ending import say_outcome
from wizard.secret import Secret

PASSWORD = Secret("k9WmQz7Rt2XvB4nYk9WmQz7Rt2XvB4nY")


@pytest.fixture
def ended(tmp_path: Path) -> Outcome:
    place = tmp_path / "ca"
    place.mkdir(mode=0o700)
    authority = make_authority("payments", datetime.now(UTC))
    (place / CA_CERTIFICATE).write_bytes(authority_certificate_pem(authority))
    (place / CA_KEY).write_bytes(authority_key_pem(authority, PASSWORD))
    (place / CA_PASSWORD).write_text(PASSWORD.reveal())
    return Outcome(
        command_name="apply",
        cluster="payments",
        result=Result.OK,
        run="20261122-090000-abcd",
        authority_folder=place,
        links=LinkBoard(()),
        proof=ProofBoard(),
        files={},
        kit=ClientKit(folder=tmp_path / "client-kit", handed=("ca.pem: for everybody.",)),
        wants_copy=True,
    )


def asked(ended: Outcome, *lines: str) -> str:
    shown = io.StringIO()
    asker = LineAsker(io.StringIO("".join(f"{line}\n" for line in lines)), shown)
    home = {"HOME": str((ended.authority_folder or Path("/")).parent)}
    ask_for_copy(asker, ended, Secrets(), home)
    assert PASSWORD.reveal() not in shown.getvalue()
    return shown.getvalue()


def test_enter_saves_it_where_it_is_offered(ended: Outcome, tmp_path: Path) -> None:
    shown = asked(ended, "")
    copy = tmp_path / "neo4j-tls-payments-ca-20261122-090000-abcd"
    assert {one.name for one in copy.iterdir()} == {CA_CERTIFICATE, CA_KEY}
    assert "read back and opened" in " ".join(shown.split())


def test_another_place_is_asked_for_until_it_will_do(ended: Outcome, tmp_path: Path) -> None:
    shown = " ".join(asked(ended, str(tmp_path), "/no/such/folder", str(tmp_path / "mine")).split())
    assert "nothing is overwritten" in shown
    assert "There is no folder" in shown
    assert (tmp_path / "mine" / CA_KEY).is_file()


def test_a_no_has_to_be_typed_and_an_end_of_input_warns(ended: Outcome, tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    assert "ca-copy-missing" not in asked(ended, "no copy")
    assert "cp -pR" in asked(ended)
    assert set(tmp_path.iterdir()) == before


def test_the_ending_names_the_kit_and_whom_it_is_for(ended: Outcome) -> None:
    shown = io.StringIO()
    say_outcome(LineAsker(io.StringIO(), shown), ended, practice=False)
    assert f"in {ended.kit.folder if ended.kit else ''}:" in shown.getvalue()
    assert "ca.pem: for everybody." in shown.getvalue()
