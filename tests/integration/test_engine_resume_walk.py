"""Staged by day and finished in the window; and what keeps a run from being gone on with."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from wizard.engine.cancel import Cancel
from wizard.engine.events import ChangeStarted, Event, Finished, ProblemFound, Said
from wizard.engine.records.journal import Journal, Kind
from wizard.engine.records.runs import Run, RunState, all_runs
from wizard.engine.request import Request
from wizard.engine.walk import apply_walk, resume_walk, undo_walk
from wizard.interview.answers import load, parse, to_toml
from wizard.interview.secrets_file import load_secrets
from wizard.practice.cluster import PracticeCluster

Walk = Callable[[Request], Iterator[Event]]


@pytest.fixture(scope="module")
def cluster() -> Iterator[PracticeCluster]:
    with PracticeCluster(2) as running:
        yield running


@pytest.fixture
def request_(cluster: PracticeCluster, own_home: Path) -> Request:
    assert own_home
    answers = load(cluster.answers_path)
    settings = parse(answers)
    assert settings.secrets_file is not None
    return Request(
        settings=settings,
        secrets=load_secrets(Path(settings.secrets_file)),
        environ=dict(os.environ),
        answers_toml=to_toml(answers),
        formation_timeout_s=60,
    )


def confs(cluster: PracticeCluster) -> list[Path]:
    return [Path(server.conf) / "neo4j.conf" for server in cluster.servers]


def seen(cluster: PracticeCluster) -> dict[str, tuple[Any, ...]]:
    """What a person sees of a server: its neo4j.conf and its process."""
    return {
        server.name: (
            conf.read_bytes(),
            conf.stat().st_mtime_ns,
            (Path(server.home) / "run" / "neo4j.pid").read_text(),
        )
        for server, conf in zip(cluster.servers, confs(cluster), strict=True)
    }


def told(walk: Walk, request: Request) -> tuple[int, list[Event]]:
    events = [*walk(request)]
    assert isinstance(events[-1], Finished)
    return events[-1].exit_code, events


def problems(events: list[Event]) -> set[tuple[str, str | None]]:
    found = [event.problem for event in events if isinstance(event, ProblemFound)]
    return {(one.code, one.server) for one in found if one.severity == "error"}


def changes(events: list[Event]) -> set[str]:
    found = [event.change for event in events if isinstance(event, ChangeStarted)]
    return {change.partition(":")[0] for change in found}


def the_run(request: Request) -> Run:
    (run,) = all_runs(request.environ)
    return run


@pytest.fixture
def staged(cluster: PracticeCluster, request_: Request) -> Iterator[Request]:
    """A request whose run is staged; whatever comes of it is put back."""
    before = seen(cluster)
    code, events = told(apply_walk, replace(request_, until_staged=True))
    assert code == 0
    assert changes(events) == {"stage", "validate"}
    assert seen(cluster) == before
    assert the_run(request_).state is RunState.STAGED
    said = [event.message for event in events if isinstance(event, Said)]
    assert any(f"neo4j-tls resume {the_run(request_).id}" in words for words in said)
    yield request_
    assert told(undo_walk, request_)[0] == 0
    assert not [path for conf in confs(cluster) for path in conf.parent.glob(".neo4j-tls*")]


@pytest.mark.parametrize("walk", [resume_walk, apply_walk])
def test_the_rest_is_done_in_the_window(
    cluster: PracticeCluster, staged: Request, walk: Walk
) -> None:
    before = seen(cluster)
    code, events = told(walk, staged)
    assert code == 0
    assert changes(events) == {"stop", "commit", "start"}
    assert the_run(staged).state is RunState.APPLIED
    assert all(b"cluster.enabled=true" in conf.read_bytes() for conf in confs(cluster))
    assert (the_run(staged).folder / "report.md").exists()
    assert told(undo_walk, staged)[0] == 0
    after = seen(cluster)
    assert {name: one[:2] for name, one in after.items()} == {
        name: one[:2] for name, one in before.items()
    }


@pytest.mark.parametrize("walk", [resume_walk, apply_walk])
def test_what_was_edited_meanwhile_is_not_overwritten(
    cluster: PracticeCluster, staged: Request, walk: Walk
) -> None:
    conf = confs(cluster)[1]
    original, at = conf.read_bytes(), conf.stat()
    edited = original + b"# added in the afternoon\n"
    conf.write_bytes(edited)
    try:
        before = seen(cluster)
        code, events = told(walk, staged)
        assert code == 1
        assert problems(events) == {("conf-changed", "server2")}
        assert changes(events) == set()
        assert seen(cluster) == before
        assert told(undo_walk, staged)[0] == 0
        assert conf.read_bytes() == edited
    finally:
        conf.write_bytes(original)
        os.utime(conf, ns=(at.st_atime_ns, at.st_mtime_ns))


def test_other_answers_do_not_go_on_with_what_was_staged(staged: Request) -> None:
    assert staged.settings is not None
    other = replace(staged, settings=replace(staged.settings, lifetime_days=30))
    code, events = told(apply_walk, other)
    assert (code, changes(events)) == (1, set())
    assert problems(events) == {("answers-changed", None)}


def test_a_run_that_stopped_half_way_keeps_another_from_beginning(
    cluster: PracticeCluster, staged: Request
) -> None:
    with Journal(the_run(staged).journal_file, staged.clock) as journal:
        journal.write(Kind.INTENT, server="server1", change="stop:server1")
    before = seen(cluster)
    code, events = told(apply_walk, staged)
    assert (code, changes(events)) == (1, set())
    assert problems(events) == {("run-unfinished", None)}
    assert seen(cluster) == before


def test_what_is_lost_after_the_stop_has_begun_leaves_only_undo(
    cluster: PracticeCluster, staged: Request
) -> None:
    with Journal(the_run(staged).journal_file, staged.clock) as journal:
        journal.write(Kind.INTENT, server="server1", change="stop:server1")
    (key,) = Path(cluster.servers[0].home).glob("certificates/cluster-*/private.key")
    key.unlink()
    before = seen(cluster)
    code, events = told(resume_walk, staged)
    assert (code, changes(events)) == (4, set())
    assert problems(events) == {("staged-lost", "server1")}
    assert seen(cluster) == before


def test_what_is_lost_before_that_is_made_afresh(cluster: PracticeCluster, staged: Request) -> None:
    (key,) = Path(cluster.servers[0].home).glob("certificates/cluster-*/private.key")
    key.unlink()
    code, events = told(resume_walk, staged)
    assert code == 0
    assert [run.state for run in all_runs(staged.environ)] == [RunState.REVERTED, RunState.APPLIED]
    assert {"restore", "stage", "start"} <= changes(events)


def test_without_a_run_there_is_nothing_to_resume(request_: Request) -> None:
    code, events = told(resume_walk, request_)
    assert (code, changes(events)) == (0, set())


def from_elsewhere(request: Request, folder: Path) -> Request:
    """The same answers on a workstation without records, where somebody asks to stop at once."""
    cancel = Cancel()
    cancel.set()
    environ = {**request.environ, "XDG_STATE_HOME": str(folder)}
    return replace(request, environ=environ, from_servers=True, cancel=cancel)


def test_an_interruption_elsewhere_tells_whether_something_is_half_way(
    cluster: PracticeCluster, staged: Request, tmp_path: Path
) -> None:
    before = seen(cluster)
    for at, walk in enumerate((undo_walk, resume_walk)):
        code, events = told(walk, from_elsewhere(staged, tmp_path / str(at)))
        assert (code, changes(events)) == (4, set())
        said = [event.message for event in events if isinstance(event, Said)]
        assert any(f"neo4j-tls undo {the_run(staged).id}" in words for words in said)
    assert seen(cluster) == before
    assert told(resume_walk, staged)[0] == 0
    code, events = told(undo_walk, from_elsewhere(staged, tmp_path / "whole"))
    assert (code, changes(events)) == (130, set())


def test_what_was_staged_years_ago_is_not_put_to_use(
    cluster: PracticeCluster, staged: Request
) -> None:
    before = seen(cluster)
    later = replace(staged, clock=lambda: datetime.now(UTC) + timedelta(days=728))
    for walk in (resume_walk, apply_walk):
        code, events = told(walk, later)
        assert (code, changes(events)) == (1, set())
        assert problems(events) == {("expiry-near", None)}
    assert seen(cluster) == before
