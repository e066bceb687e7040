"""A run that was only staged is taken up line by line, before anything else is asked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from test_prompts_practice import Person, state

from wizard.engine.records.journal import Kind
from wizard.engine.records.runs import RunState, all_runs, make_run_folder, record_start
from wizard.engine.request import Request
from wizard.engine.walk import apply_walk
from wizard.interview.answers import load, parse
from wizard.practice.cluster import PracticeCluster
from wizard.prompts import run
from wizard.prompts.taking_up import after


@pytest.fixture
def cluster() -> Iterator[PracticeCluster]:
    with PracticeCluster(1) as started:
        yield started


def test_it_waits_until_somebody_puts_it_back(cluster: PracticeCluster, tmp_path: Path) -> None:
    environ = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    before = state(cluster)
    answers = cluster.answers_path
    request = Request(
        settings=parse(load(answers)), environ=environ, answers_toml=answers.read_text()
    )
    [*_events] = apply_walk(replace(request, until_staged=True))
    assert state(cluster) != before
    hesitant = Person(**{"What now": "resume"})
    with pytest.raises(RuntimeError):
        run(None, asker=Impatient(hesitant), environ=environ)
    assert "Resume stops every server, switches neo4j.conf" in hesitant.text
    assert all_runs(environ)[0].state is RunState.STAGED
    assert after(Person(**{"What now": "later"}), environ, 4, "practice", practice=True) == 4
    person = Person(**{"What now": "undo", "Type yes": "yes"})
    assert run(None, asker=person, environ=environ) == 0
    assert state(cluster) == before


def test_answers_that_can_not_be_read_are_told_and_it_is_asked_again(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    clock = lambda: datetime(2026, 11, 22, 9, 0, tzinfo=UTC)  # noqa: E731 - a clock that stands
    folder = make_run_folder(environ, "20261122-090000-abcd")
    with record_start(folder, cluster="a", answers_toml="", plan={}, clock=clock) as journal:
        journal.write(Kind.INTENT, change="stage:server1")
    person = Person(**{"What now": "resume"})
    with pytest.raises(RuntimeError):
        run(None, asker=Impatient(person), environ=environ)
    assert "The answers of run 20261122-090000-abcd can't be read" in person.text


class Impatient:
    """Somebody who leaves at the second time of asking the same."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._asked = 0

    def say(self, text: str = "") -> None:
        self._person.say(text)

    def line(self, prompt: str) -> str:
        self._asked += prompt.startswith("What now")
        if self._asked > 1:
            raise RuntimeError
        return self._person.line(prompt)

    def hidden(self, prompt: str) -> str:
        return self.line(prompt)
