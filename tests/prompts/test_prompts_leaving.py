"""Who leaves in the middle: what was begun is put back, and what stands half-way is told so."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
from test_prompts_practice import Person

from wizard.engine.events import Event, Finished, Result, Said
from wizard.engine.records.journal import Kind
from wizard.engine.records.runs import make_run_folder, record_start
from wizard.engine.request import Request
from wizard.planning.plan import Plan
from wizard.prompts import taking_up
from wizard.prompts.walk import carry_out
from wizard.signals import ENDING


class Gone(Person):
    """Somebody whose terminal is closed: nothing can be said any more."""

    def say(self, text: str = "") -> None:
        raise OSError(text)


class Leaving(Person):
    """Somebody who says something once, and then leaves in one way or another."""

    def __init__(self, way: type[BaseException], **answers: str) -> None:
        super().__init__(**answers)
        self._way, self._asked = way, 0

    def line(self, prompt: str) -> str:
        self._asked += prompt.startswith("What now")
        if self._asked > 1:
            raise self._way
        return super().line(prompt)


def test_a_walk_is_closed_before_its_session_where_the_terminal_is_gone() -> None:
    order: list[str] = []

    def walk(_request: Request) -> Iterator[Event]:
        try:
            yield Said(message="Stopping Neo4j.")
        finally:
            order.append("put back")

    def carried_out() -> None:
        try:
            carry_out(Gone(), Request(), walk, practice=True)
        finally:
            order.append("session closed")

    with pytest.raises(OSError, match="Stopping"):
        carried_out()
    assert order == ["put back", "session closed"]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A state folder with a run that stopped half-way."""
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    clock = lambda: datetime(2026, 11, 22, 9, 0, tzinfo=UTC)  # noqa: E731 - a clock that stands
    folder = make_run_folder(environ, "20261122-090000-abcd")
    with record_start(folder, cluster="a", answers_toml="", plan={}, clock=clock) as journal:
        journal.write(Kind.INTENT, change="stop:server1")
    return environ


@pytest.mark.parametrize("way", [EOFError, KeyboardInterrupt])
def test_a_run_that_stopped_half_way_is_left_with_that_exit_code(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, way: type[BaseException]
) -> None:
    monkeypatch.setattr(taking_up, "_taken_up", lambda *_given, **_named: taking_up.STOPPED)
    person = Leaving(way, **{"What now": "resume"})
    assert taking_up.take_up(person, environ) == taking_up.STOPPED


def test_leaving_right_after_an_apply_that_stopped_keeps_its_exit_code(
    environ: dict[str, str],
) -> None:
    person = Leaving(KeyboardInterrupt)
    person._asked = 1
    assert taking_up.after(person, environ, taking_up.STOPPED, "a", practice=False) == 4


def test_who_wants_to_go_back_leaves_the_run_for_later(environ: dict[str, str]) -> None:
    person = Leaving(AssertionError, **{"What now": "back"})
    assert taking_up.take_up(person, environ) is None


def test_leaving_at_the_first_question_is_an_interruption(environ: dict[str, str]) -> None:
    person = Leaving(KeyboardInterrupt)
    person._asked = 1
    with pytest.raises(KeyboardInterrupt):
        taking_up.take_up(person, environ)


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_lets_a_walk_come_to_its_own_end(number: signal.Signals) -> None:
    def walk(request: Request) -> Iterator[Event]:
        signal.raise_signal(number)
        assert request.cancel.wait(10), "the wish never arrived"
        yield Said(message="Every server has its original files again.")
        yield Finished(result=Result.INTERRUPTED, exit_code=130)

    person = Person()
    assert carry_out(person, Request(), walk, practice=True) == 130
    assert "original files again" in person.text


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_ends_a_question_in_the_middle_of_a_walk(number: signal.Signals) -> None:
    def ask(_plan: object) -> bool:
        signal.raise_signal(number)
        raise AssertionError("somebody still waits for a line")

    def walk(request: Request) -> Iterator[Event]:
        assert not request.suspended(cast("Plan", None))
        assert request.cancel.is_set
        yield Finished(result=Result.INTERRUPTED, exit_code=130)

    before = signal.getsignal(number)
    request = Request(suspended=ask)
    assert carry_out(Person(), request, walk, practice=True) == 130
    assert signal.getsignal(number) is before
