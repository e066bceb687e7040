"""A connection that is lost on the way is made again, and a wish to stop is heard at once."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from wizard.engine import session as session_module
from wizard.engine.cancel import Cancel
from wizard.engine.changes.changing import Heard
from wizard.engine.events import (
    ChangeFinished,
    ChangeStarted,
    Event,
    Finished,
    ProblemFound,
    Said,
)
from wizard.engine.parallel import Emit, on_each
from wizard.engine.proving import forming
from wizard.engine.records.runs import RunState, all_runs
from wizard.engine.request import Request, never
from wizard.engine.session import Session
from wizard.engine.walk import apply_walk, undo_walk
from wizard.errors import HostKeyChangedError, RemoteError
from wizard.interview.answers import load, parse, to_toml
from wizard.interview.secrets_file import load_secrets
from wizard.practice.cluster import PracticeCluster

KINDS = ("stage", "validate", "stop", "commit", "start")


@pytest.fixture(scope="module")
def cluster() -> Iterator[PracticeCluster]:
    with PracticeCluster(2) as running:
        yield running


@pytest.fixture
def request_(cluster: PracticeCluster, own_home: Path) -> Iterator[Request]:
    assert own_home
    answers = load(cluster.answers_path)
    settings = parse(answers)
    assert settings.secrets_file is not None
    secrets, environ = load_secrets(Path(settings.secrets_file)), dict(os.environ)
    with Session(settings, secrets, never, environ) as session:
        request = Request(
            settings=settings,
            secrets=secrets,
            environ=environ,
            session=session,
            answers_toml=to_toml(answers),
            formation_timeout_s=60,
        )
        yield request
        assert code_of([*undo_walk(request)]) == 0


def code_of(events: list[Event]) -> int:
    assert isinstance(events[-1], Finished)
    return events[-1].exit_code


def cut(request: Request, server: str) -> None:
    assert request.session is not None
    request.session.connections[server].transport.close()


def applied(request: Request, is_moment: Callable[[Event], bool]) -> list[Event]:
    """Apply, and lose the connection to server2 when the moment has come."""
    events: list[Event] = []
    cuts = 0
    for event in apply_walk(request):
        events.append(event)
        if not cuts and is_moment(event):
            cuts += 1
            cut(request, "server2")
    assert cuts
    return events


@pytest.mark.parametrize("kind", KINDS)
def test_a_connection_lost_in_any_change_is_made_again(request_: Request, kind: str) -> None:
    moment = f"{kind}:server1"
    events = applied(request_, lambda e: isinstance(e, ChangeStarted) and e.change == moment)
    assert code_of(events) == 0


def test_logs_are_followed_again_over_the_next_connection(request_: Request) -> None:
    moment = "start:server2"
    events = applied(request_, lambda e: isinstance(e, ChangeFinished) and e.change == moment)
    assert code_of(events) == 0


def test_a_server_that_stays_away_is_told_and_the_others_are_not_left_alone(
    cluster: PracticeCluster, request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without another connection the same cut ends it, half-way and told so."""
    with monkeypatch.context() as patch:
        patch.setattr(Session, "_connect_again", lambda *_given: False)
        events = applied(
            request_, lambda e: isinstance(e, ChangeStarted) and e.change == "commit:server1"
        )
    assert code_of(events) == 4
    said = [event.message for event in events if isinstance(event, Said)]
    assert any("neo4j-tls resume" in words for words in said)
    assert cluster


def test_a_server_that_is_lost_at_its_start_is_no_reason_to_stop_the_others(
    request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Session, "_connect_again", lambda *_given: False)
        events = applied(
            request_, lambda e: isinstance(e, ChangeFinished) and e.change == "commit:server2"
        )
    assert code_of(events) == 4
    said = [event.message for event in events if isinstance(event, Said)]
    assert not any("back as it was" in words for words in said)
    assert any("neo4j-tls resume" in words for words in said)
    by_hand = [words for words in said if words.startswith("On server2 itself")]
    assert ["/server2/undo.sh" in words for words in by_hand] == [True]


def test_a_server_that_comes_back_with_another_host_key_is_told_and_left_alone(
    request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who answers in its place says nothing of the server: the others are not put back for it."""

    def changed(name: str) -> None:
        raise HostKeyChangedError(name, f"The host key of {name} is not the one that was known.")

    with monkeypatch.context() as patch:
        assert request_.session is not None
        patch.setattr(request_.session._reconnecting, "_log_in", changed)
        events = applied(
            request_, lambda e: isinstance(e, ChangeFinished) and e.change == "commit:server2"
        )
    assert code_of(events) == 4
    found = {event.problem.code for event in events if isinstance(event, ProblemFound)}
    assert "host-key-changed" in found
    said = [event.message for event in events if isinstance(event, Said)]
    assert not any("back as it was" in words for words in said)


def test_one_server_out_of_reach_at_the_start_leaves_all_untouched(
    cluster: PracticeCluster, request_: Request
) -> None:
    assert request_.settings is not None
    first, second = request_.settings.servers
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and nobody listens
        away = replace(second, ssh=f"practice@127.0.0.1:{taken.getsockname()[1]}")
        settings = replace(request_.settings, servers=(first, away))
        logins = [Path(one.home).parent for one in cluster.servers]
        before = [sorted(login.glob(".neo4j-tls*")) for login in logins]
        confs = [Path(one.conf, "neo4j.conf").read_bytes() for one in cluster.servers]
        runs = all_runs(request_.environ)
        events = [*apply_walk(replace(request_, settings=settings, session=None))]
    assert code_of(events) == 5
    assert not any(isinstance(event, ChangeStarted) for event in events)
    told = [event.problem for event in events if isinstance(event, ProblemFound)]
    assert [(one.code, one.server) for one in told] == [("unreachable", "server2")]
    assert [sorted(login.glob(".neo4j-tls*")) for login in logins] == before
    assert [Path(one.conf, "neo4j.conf").read_bytes() for one in cluster.servers] == confs
    assert all_runs(request_.environ) == runs


def test_a_reader_that_leaves_a_slow_cluster_leaves_it_as_it_is(
    cluster: PracticeCluster, request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slow is not failed, whether anybody is still there to hear it or not."""
    monkeypatch.setattr(forming, "LAST_LOOK_S", 0.0)
    events = apply_walk(replace(request_, formation_timeout_s=0))
    for event in events:
        if isinstance(event, ProblemFound) and event.problem.code == "links-incomplete":
            break
    else:
        pytest.fail("the cluster formed at once")
    assert isinstance(events, Generator)
    events.close()
    assert all_runs(request_.environ)[-1].state is RunState.UNFINISHED
    confs = [Path(one.conf, "neo4j.conf").read_bytes() for one in cluster.servers]
    assert all(b"cluster.enabled=true" in conf for conf in confs)


def test_only_a_lost_connection_is_made_again(
    request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = request_.session
    assert session is not None
    session.connect()
    monkeypatch.setattr(session_module, "AGAIN_S", 0.0)
    tries = []

    def refused() -> None:
        tries.append(1)
        raise RemoteError("server1", "No.", code="service")

    with pytest.raises(RemoteError):
        session.held("server1", refused)
    assert len(tries) == 1


def test_a_wish_to_stop_is_heard_while_a_change_goes_on() -> None:
    cancel, go_on = Cancel(), threading.Event()
    heard: list[Event] = []

    def slow(_name: str, _emit: Emit) -> None:
        assert go_on.wait(20), "nobody said that the wish was heard"

    cancel.set()
    for event in on_each(["server1"], slow, pulse=Heard(cancel)):
        heard.append(event)
        go_on.set()
    assert [event.message for event in heard if isinstance(event, Said)] == [
        "Stopping after this change; then every server is put back."
    ]
