"""A copy of the CA: private, complete, opened before it counts, and never over anything else."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from wizard.engine.events import Event, ProblemFound, Result
from wizard.engine.making.made import (
    CA_CERTIFICATE,
    CA_KEY,
    CA_PASSWORD,
    ISSUING_CERTIFICATE,
    ISSUING_KEY,
)
from wizard.engine.papers.ca_copy import MISSING, copied_words, copy_authority, seen_to
from wizard.engine.papers.outcome import Outcome
from wizard.engine.papers.report import report
from wizard.engine.records.recorded import ca_password, opened_authorities
from wizard.engine.request import Request
from wizard.engine.watching.boards import LinkBoard, ProofBoard
from wizard.errors import MaterialError
from wizard.model.problems import Severity
from wizard.model.secrets import Secrets
from wizard.pki.authority import authority_certificate_pem, authority_key_pem, make_authority
from wizard.pki.intermediate import make_intermediate
from wizard.secret import Secret

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PASSWORD = Secret("k9WmQz7Rt2XvB4nYk9WmQz7Rt2XvB4nY")
ROOT = make_authority("payments", NOW, path_length=1)
BELOW = make_intermediate(ROOT, "payments", NOW, dns_names=("cluster.example",))
SEALED = {
    CA_CERTIFICATE: authority_certificate_pem(ROOT),
    CA_KEY: authority_key_pem(ROOT, PASSWORD),
    ISSUING_CERTIFICATE: authority_certificate_pem(BELOW),
    ISSUING_KEY: authority_key_pem(BELOW, PASSWORD),
}
ALONE = (CA_CERTIFICATE, CA_KEY)


def kept(tmp_path: Path, names: tuple[str, ...] = ALONE, *, password: bool = True) -> Path:
    place = tmp_path / "ca"
    place.mkdir(mode=0o700)
    for name in names:
        (place / name).write_bytes(SEALED[name])
    if password:
        (place / CA_PASSWORD).write_text(PASSWORD.reveal() + "\n")
    return place


def outcome(place: Path | None, **changes: Any) -> Outcome:
    made = Outcome(
        command_name="apply",
        cluster="payments",
        result=Result.OK,
        run="20261122-090000-abcd",
        authority_not_after=NOW,
        authority_folder=place,
        links=LinkBoard(()),
        proof=ProofBoard(),
        files={},
    )
    return replace(made, **changes)


def through(request: Request, begun: Outcome) -> tuple[Outcome, list[Event]]:
    events: list[Event] = []
    steps: Generator[Event, None, Outcome] = seen_to(request, begun)
    while True:
        try:
            events.append(next(steps))
        except StopIteration as end:
            ended: Outcome = end.value
            return ended, events


@pytest.mark.parametrize("names", [ALONE, tuple(SEALED)])
def test_a_copy_is_private_complete_and_opens(tmp_path: Path, names: tuple[str, ...]) -> None:
    target = copy_authority(kept(tmp_path, names), tmp_path / "copy", Secrets())
    assert target.stat().st_mode & 0o777 == 0o700
    # The password stays behind: whoever finds the copy must not find what opens it.
    assert {path.name for path in target.iterdir()} == set(names)
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in target.iterdir())
    opened = opened_authorities(target, PASSWORD)
    assert len(opened) == len(names) // 2
    if len(opened) == 2:
        assert opened[1].above == ROOT.certificate


def test_a_typed_password_opens_it_too(tmp_path: Path) -> None:
    place = kept(tmp_path, password=False)
    secrets = Secrets(common={"ca_password": PASSWORD})
    assert copy_authority(place, tmp_path / "copy", secrets).is_dir()
    assert ca_password(place, Secrets()) is None


@pytest.mark.parametrize("stands", ["folder", "file", "dangling link"])
def test_nothing_is_overwritten(tmp_path: Path, stands: str) -> None:
    target = tmp_path / "copy"
    if stands == "folder":
        target.mkdir()
    elif stands == "file":
        target.write_text("mine")
    else:
        target.symlink_to(tmp_path / "nowhere")
    with pytest.raises(MaterialError, match="nothing is overwritten"):
        copy_authority(kept(tmp_path), target, Secrets())
    assert stands != "file" or target.read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_that_somebody_made_just_now_stays_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "copy"
    target.mkdir()
    (target / "mine").write_text("mine")
    place = kept(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "exists", lambda _path: False)
        with pytest.raises(MaterialError, match="can't be made"):
            copy_authority(place, target, Secrets())
    assert [path.name for path in target.iterdir()] == ["mine"]


def test_what_does_not_open_is_no_copy(tmp_path: Path) -> None:
    place, target = kept(tmp_path), tmp_path / "copy"
    wrong = Secrets(common={"ca_password": Secret("another-password-1")})
    with pytest.raises(MaterialError, match="No copy was saved") as caught:
        copy_authority(place, target, wrong)
    assert caught.value.code == MISSING
    assert "another-password-1" not in str(caught.value)
    assert not target.exists()
    with pytest.raises(MaterialError, match="There is no folder"):
        copy_authority(place, tmp_path / "no" / "copy", Secrets())


def test_unattended_it_is_saved_where_the_answers_say(tmp_path: Path) -> None:
    begun = outcome(kept(tmp_path), copy_to=tmp_path / "copy")
    ended, events = through(Request(), begun)
    assert not ended.wants_copy
    assert not any(isinstance(event, ProblemFound) for event in events)
    assert (tmp_path / "copy" / CA_KEY).is_file()
    # The same place again can't be taken: that is told, and nothing is overwritten.
    again, events = through(Request(), begun)
    assert again.wants_copy
    assert "nothing is overwritten" in again.problems[0].message


def test_unattended_without_a_place_it_is_a_warning_with_the_command(tmp_path: Path) -> None:
    place = kept(tmp_path)
    ended, events = through(Request(), outcome(place))
    (found,) = [event.problem for event in events if isinstance(event, ProblemFound)]
    assert (found.code, found.severity) == (MISSING, Severity.WARNING)
    assert f"cp -pR {place}" in found.hint
    assert ended.problems == (found,)
    assert ended.wants_copy


def test_where_a_person_is_asked_nothing_is_warned_of(tmp_path: Path) -> None:
    ended, events = through(Request(asks_for_copy=True), outcome(kept(tmp_path)))
    assert ended.wants_copy
    assert events == []


@pytest.mark.parametrize("why", ["no CA", "destroyed", "put back"])
def test_without_a_key_that_counts_no_copy_is_asked_for(tmp_path: Path, why: str) -> None:
    place = kept(tmp_path, ALONE if why == "put back" else (CA_CERTIFICATE,), password=False)
    result = Result.REVERTED if why == "put back" else Result.OK
    begun = outcome(None if why == "no CA" else place, result=result)
    ended, events = through(Request(), begun)
    assert not ended.wants_copy
    assert events == []
    assert ("was destroyed" in report(ended, NOW)) is (why == "destroyed")


def test_the_password_is_named_but_never_shown(tmp_path: Path) -> None:
    place = kept(tmp_path)
    words = copied_words(outcome(place), tmp_path / "copy")
    assert str(place / CA_PASSWORD) in words
    assert PASSWORD.reveal() not in words
