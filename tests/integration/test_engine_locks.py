"""A server is in the hands of one wizard at a time, also where the other one is elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from wizard.engine.changes.server_locks import STATION, NotLockedError, locked_servers
from wizard.engine.events import ChangeStarted, Event, Finished, ProblemFound
from wizard.engine.records.runs import RunState, all_runs
from wizard.engine.request import Request, never
from wizard.engine.session import Session
from wizard.engine.walk import apply_walk, undo_walk
from wizard.interview.answers import load, parse, to_toml
from wizard.interview.secrets_file import load_secrets
from wizard.practice.cluster import PracticeCluster

RUN = "20261122-101500-ab12"


@pytest.fixture(scope="module")
def cluster() -> Iterator[PracticeCluster]:
    with PracticeCluster(2) as running:
        yield running


@pytest.fixture
def logins(cluster: PracticeCluster) -> list[Path]:
    return [Path(server.home).parent for server in cluster.servers]


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
    )


@pytest.fixture
def session(request_: Request) -> Iterator[Session]:
    assert request_.settings is not None
    with Session(request_.settings, request_.secrets, never, request_.environ) as opened:
        opened.connect()
        yield opened


def confs(cluster: PracticeCluster) -> dict[str, str]:
    return {server.name: f"{server.conf}/neo4j.conf" for server in cluster.servers}


def elsewhere(request: Request, tmp_path: Path) -> Request:
    """The same request on another workstation."""
    return replace(request, environ={**request.environ, "XDG_STATE_HOME": str(tmp_path / "other")})


def told(events: Iterator[Event]) -> tuple[int, list[Event]]:
    heard = [*events]
    assert isinstance(heard[-1], Finished)
    return heard[-1].exit_code, heard


def test_another_workstation_waits_and_changes_nothing(
    cluster: PracticeCluster,
    logins: list[Path],
    request_: Request,
    session: Session,
    tmp_path: Path,
) -> None:
    with locked_servers(request_, session, RUN, confs(cluster)):
        assert all([*login.glob(".neo4j-tls/lock-*")] for login in logins)
        other = elsewhere(request_, tmp_path)
        code, events = told(apply_walk(other))
        assert code == 1
        (problem,) = [e.problem for e in events if isinstance(e, ProblemFound)][-1:]
        assert problem.code == "already-running"
        assert RUN in problem.message
        assert "lock-" in problem.hint
        assert not [event for event in events if isinstance(event, ChangeStarted)]
        assert [run.state for run in all_runs(other.environ)] == [RunState.REVERTED]
        assert all([*login.glob(".neo4j-tls/lock-*")] for login in logins)
    assert not [path for login in logins for path in login.glob(".neo4j-tls*")]


@pytest.mark.parametrize(
    ("process", "is_free"),
    [(2**22 + 1, True), (os.getppid(), False)],  # above PID_MAX_LIMIT of Linux; one that lives
    ids=["gone", "alive"],
)
def test_the_lock_of_a_process_that_is_gone_is_taken_over(
    cluster: PracticeCluster,
    logins: list[Path],
    request_: Request,
    session: Session,
    process: int,
    *,
    is_free: bool,
) -> None:
    with locked_servers(request_, session, RUN, confs(cluster)):
        files = [path for login in logins for path in login.glob(".neo4j-tls/lock-*")]
        run, station, own, *rest = files[0].read_text().split()
        assert (run, int(own)) == (RUN, os.getpid())
    for file in files:
        file.parent.mkdir(mode=0o700)
        file.write_text(" ".join([run, station, str(process), *rest]) + "\n")
    with ExitStack() as stack:
        if not is_free:
            stack.enter_context(pytest.raises(NotLockedError))
        with locked_servers(request_, session, "20261122-111500-ab12", confs(cluster)):
            assert is_free
            assert all("111500" in file.read_text() for file in files)
    for file in files:
        assert file.exists() is not is_free
        if not is_free:
            file.unlink()
            file.parent.rmdir()
        assert not file.parent.exists()


def test_what_an_apply_locked_is_free_afterwards(logins: list[Path], request_: Request) -> None:
    assert told(apply_walk(request_))[0] == 0
    assert not [path for login in logins for path in login.glob(".neo4j-tls/lock-*")]
    assert told(undo_walk(request_))[0] == 0
    assert not [path for login in logins for path in login.glob(".neo4j-tls*")]
    station = Path(request_.environ["XDG_STATE_HOME"]) / "neo4j-tls" / STATION
    assert station.stat().st_mode & 0o77 == 0
