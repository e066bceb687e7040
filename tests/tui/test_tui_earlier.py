"""Earlier runs are not forgotten, and practice never mixes with what is real."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from screens.journey import Journey
from screens.place import Left
from wizard.app import WizardApp
from wizard.engine.records.earlier import earlier_run
from wizard.engine.records.journal import Kind
from wizard.engine.records.runs import make_run_folder, record_start

RUN = "20261122-090000-abcd"


def keep_run(environ: dict[str, str], run: str, *kinds: Kind) -> None:
    folder = make_run_folder(environ, run)
    clock = lambda: datetime(2026, 11, 22, 9, 0, tzinfo=UTC)  # noqa: E731 - a clock that stands
    with record_start(folder, cluster="payments", answers_toml="", plan={}, clock=clock) as journal:
        for kind in kinds:
            journal.write(kind)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ((Kind.INTENT,), "! An earlier run on payments, begun on 2026-11-22, stopped half-way."),
        ((Kind.INTENT, Kind.STAGED), "! A run on payments was staged on 2026-11-22, and no server"),
        ((Kind.INTENT, Kind.APPLIED), "· The cluster payments was encrypted on 2026-11-22;"),
    ],
)
def test_a_run_that_stands_is_told_with_the_command_that_undoes_it(
    environ: dict[str, str], kinds: tuple[Kind, ...], said: str
) -> None:
    keep_run(environ, RUN, *kinds)
    assert earlier_run(environ).startswith(said)
    assert f"neo4j-tls undo {RUN}" in earlier_run(environ)


def test_what_was_undone_is_not_mentioned(environ: dict[str, str]) -> None:
    assert earlier_run(environ) == ""
    keep_run(environ, RUN, Kind.INTENT, Kind.APPLIED, Kind.UNDO_BEGUN, Kind.UNDONE)
    assert earlier_run(environ) == ""


def test_a_run_that_stopped_half_way_comes_before_one_that_stands(
    environ: dict[str, str],
) -> None:
    keep_run(environ, RUN, Kind.INTENT)
    keep_run(environ, "20261122-100000-abcd", Kind.INTENT, Kind.APPLIED)
    assert "stopped half-way" in earlier_run(environ)


def test_damaged_records_are_told_and_stop_nothing(environ: dict[str, str]) -> None:
    keep_run(environ, RUN, Kind.INTENT)
    journal = Path(environ["XDG_STATE_HOME"], "neo4j-tls", "runs", RUN, "journal.jsonl")
    journal.write_text("no journal\n" * 3)
    assert "can't be read" in earlier_run(environ)


async def test_the_first_screen_shows_it(
    application: WizardApp, until: Any, shown: Callable[[Any], str]
) -> None:
    keep_run(dict(application.journey.environ), RUN, Kind.INTENT)
    async with application.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: f"neo4j-tls undo {RUN}" in shown(application))


def test_after_practice_a_real_cluster_is_kept_in_the_persons_own_folder(world: Any) -> None:
    own = {"HOME": str(world.directory), "XDG_STATE_HOME": str(world.directory / "own")}
    journey = Journey(engine=world.engine(), environ=own)
    journey.settle(Left(forward=False, answers={"walk": "practice"}))
    journey.start_practice()
    assert journey.surroundings["XDG_STATE_HOME"] != own["XDG_STATE_HOME"]
    journey.settle(Left(forward=False, answers={"walk": "own"}))
    assert journey.surroundings["XDG_STATE_HOME"] == own["XDG_STATE_HOME"]
