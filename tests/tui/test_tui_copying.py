"""Before the last screen goes: a copy of the CA stands, or somebody typed that there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from test_tui_end import accept_until
from textual.widgets import Input

from screens.copying import CopyScreen
from screens.outcome import OutcomeScreen
from screens.tour import to_copy
from wizard.app import WizardApp
from wizard.engine.events import Result
from wizard.engine.making.made import CA_CERTIFICATE, CA_KEY, CA_PASSWORD
from wizard.engine.papers.outcome import ClientKit
from wizard.engine.watching.boards import LinkBoard, ProofBoard
from wizard.pki.authority import authority_certificate_pem, authority_key_pem, make_authority
from wizard.secret import Secret

PASSWORD = Secret("k9WmQz7Rt2XvB4nYk9WmQz7Rt2XvB4nY")


@pytest.fixture
def kept(world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the walk end with a CA that is on this computer alone, and not on practice."""
    place = tmp_path / "ca"
    place.mkdir(mode=0o700)
    authority = make_authority("practice", datetime.now(UTC))
    (place / CA_CERTIFICATE).write_bytes(authority_certificate_pem(authority))
    (place / CA_KEY).write_bytes(authority_key_pem(authority, PASSWORD))
    (place / CA_PASSWORD).write_text(PASSWORD.reveal())
    made = world.outcome
    kit = ClientKit(folder=tmp_path / "client-kit", handed=("ca.pem: for everybody.",))

    def outcome(*parts: Any) -> Any:
        return replace(made(*parts), authority_folder=place, wants_copy=True, kit=kit)

    monkeypatch.setattr(world, "outcome", outcome)
    monkeypatch.setattr("wizard.app.to_copy", on_a_real_cluster)
    return place


def on_a_real_cluster(before: Any, _journey: Any, running: Any, command: str) -> Any:
    own: Any = SimpleNamespace(on_practice=False)
    return to_copy(before, own, running, command)


def test_none_is_wanted_on_practice_or_after_an_undo(world: Any, kept: Path) -> None:
    outcome = world.outcome(Result.OK, LinkBoard(()), ProofBoard())
    assert outcome.authority_folder == kept
    running: Any = SimpleNamespace(outcome=outcome)
    for practice, command, wanted in ((False, "apply", True), (True, "apply", False)):
        journey: Any = SimpleNamespace(on_practice=practice)
        assert (to_copy(None, journey, running, command) is not None) is wanted
    verified: Any = SimpleNamespace(outcome=replace(outcome, wants_copy=False))
    assert on_a_real_cluster(outcome, None, verified, "verify") is outcome
    assert on_a_real_cluster(outcome, None, verified, "undo") is None


async def test_a_copy_is_saved_before_the_end(
    application: WizardApp, until: Any, shown: Callable[[Any], str], kept: Path
) -> None:
    async with application.run_test(size=(80, 24)) as pilot:
        await accept_until(pilot, until, OutcomeScreen)
        await until(pilot, lambda: application.focused is not None)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(application.screen, CopyScreen))
        await pilot.press("ctrl+q")
        assert isinstance(application.screen, CopyScreen)
        field = application.screen.query_one(Input)
        assert "neo4j-tls-practice-ca-20261122" in field.value
        field.value = str(kept)
        await pilot.press("enter")
        await until(pilot, lambda: "nothing is overwritten" in shown(application))
        field.value = str(kept.parent / "copy")
        await pilot.press("enter")
        await until(pilot, lambda: "read back and opened" in shown(application))
        await pilot.press("enter")
        await until(pilot, lambda: application._exit)
    assert application.return_value == 0
    assert (kept.parent / "copy" / CA_KEY).read_bytes() == (kept / CA_KEY).read_bytes()
    assert not (kept.parent / "copy" / CA_PASSWORD).exists()


@pytest.mark.usefixtures("kept")
async def test_it_can_be_read_on_and_refused_in_words(
    application: WizardApp, until: Any, shown: Callable[[Any], str]
) -> None:
    async with application.run_test(size=(80, 24)) as pilot:
        await accept_until(pilot, until, OutcomeScreen)
        await until(pilot, lambda: application.focused is not None)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(application.screen, CopyScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(application.screen, OutcomeScreen))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(application.screen, CopyScreen))
        field = application.screen.query_one(Input)
        field.value = ""
        await pilot.press("enter")
        await until(pilot, lambda: "Name a folder" in shown(application))
        field.value = "No copy."
        await pilot.press("enter")
        await until(pilot, lambda: application._exit)
    assert application.return_value == 0
