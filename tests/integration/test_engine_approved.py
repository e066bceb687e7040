"""What was approved is what is done: on real servers, from plan to apply, by number and by file."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from wizard.engine.events import (
    ChangeStarted,
    Event,
    Finished,
    ProblemFound,
    Said,
    Started,
)
from wizard.engine.request import Request
from wizard.engine.walk import apply_walk, plan_walk, resume_walk
from wizard.interview.answers import load, parse, to_toml
from wizard.interview.secrets_file import load_secrets
from wizard.planning.approval import Approval, approval_from
from wizard.planning.plan import Plan
from wizard.planning.ticket import plan_markdown
from wizard.practice.cluster import PracticeCluster


@pytest.fixture(scope="module")
def practice() -> Iterator[PracticeCluster]:
    with PracticeCluster() as cluster:
        yield cluster


def request_for(cluster: PracticeCluster, **changes: Any) -> Request:
    answers = load(cluster.answers_path)
    settings = parse(answers)
    assert settings.secrets_file is not None
    made = Request(
        settings=settings,
        secrets=load_secrets(Path(settings.secrets_file)),
        environ=dict(os.environ),
        answers_toml=to_toml(answers),
        formation_timeout_s=60,
    )
    return replace(made, **changes)


def planned(cluster: PracticeCluster) -> tuple[str, Plan]:
    kept: list[Plan] = []
    events = [*plan_walk(request_for(cluster, keep_plan=kept.append))]
    (sha,) = [event.plan for event in events if isinstance(event, Said) and event.plan]
    return sha, kept[0]


def tree(home: str) -> dict[str, tuple[Any, ...]]:
    found = {}
    for folder in (Path(home, "conf"), Path(home, "certificates")):
        for path in (folder, *folder.rglob("*")):
            if path.exists():
                at = path.lstat()
                content = path.read_bytes() if stat.S_ISREG(at.st_mode) else b""
                found[str(path)] = (at.st_mode, at.st_mtime_ns, content)
    return found


def add_a_byte(home: Path) -> Callable[[], object]:
    conf = home / "conf" / "neo4j.conf"
    before = conf.read_bytes()
    conf.write_bytes(before + b"\n")
    return lambda: conf.write_bytes(before)


def add_a_file(home: Path) -> Callable[[], object]:
    folder = home / "certificates"
    made = not folder.exists()
    folder.mkdir(exist_ok=True)
    (folder / "left.crt").write_bytes(b"")

    def take_away() -> None:
        (folder / "left.crt").unlink()
        if made:
            folder.rmdir()

    return take_away


@pytest.mark.parametrize(
    ("move", "part"),
    [(add_a_byte, "server2: neo4j.conf"), (add_a_file, "server2: certificates that stand")],
)
def test_apply_refuses_what_has_moved_since(
    practice: PracticeCluster, move: Callable[[Path], Callable[[], object]], part: str
) -> None:
    sha, plan = planned(practice)
    kept = approval_from(plan_markdown(plan))
    assert (kept.sha256, sha) == (sha, planned(practice)[0])
    put_back = move(Path(practice.servers[1].home))
    before = [tree(server.home) for server in practice.servers]
    for approved in (Approval(sha256=sha), kept):
        events = [*apply_walk(request_for(practice, approved=approved))]
        (problem,) = [
            e.problem
            for e in events
            if isinstance(e, ProblemFound) and e.problem.code == "plan-changed"
        ]
        assert not [e for e in events if isinstance(e, ChangeStarted)]
        assert isinstance(events[-1], Finished)
        assert events[-1].exit_code == 1
    assert part in problem.message
    assert "server1" not in problem.message
    assert [tree(server.home) for server in practice.servers] == before
    put_back()
    assert planned(practice)[0] == sha


def test_what_keeps_a_conf_has_to_be_suspended_by_a_persons_word(practice: PracticeCluster) -> None:
    conf = Path(practice.servers[2].home, "conf", "neo4j.conf")
    before = conf.read_bytes()
    conf.write_bytes(b"# Managed by Puppet\n" + before)
    standing = [tree(server.home) for server in practice.servers]
    events = [*apply_walk(request_for(practice))]
    blockers = [e.problem for e in events if isinstance(e, ProblemFound) and e.problem.blocks]
    assert [problem.code for problem in blockers] == ["conf-managed"]
    assert '["puppet"]' in blockers[0].hint
    assert isinstance(events[-1], Finished)
    assert events[-1].exit_code == 1
    assert [tree(server.home) for server in practice.servers] == standing

    toml = practice.answers_path.read_text() + '\n[apply]\nsuspended = ["puppet"]\n'
    settings = parse(load(toml))
    assert settings.suspended == ("puppet",)
    # The word is not part of what is approved: by file or typed, it is the same plan.
    approved = Approval(sha256=planned(practice)[0])
    for word in (
        {"settings": settings},
        {"suspended": lambda plan: plan.to_suspend == ("puppet",)},
    ):
        walk = apply_walk(request_for(practice, approved=approved, **word))
        assert begun(walk)
        walk.close()  # type: ignore[attr-defined]  # it is a generator
    conf.write_bytes(before)


def test_what_neo4j_itself_refuses_never_stops_a_server(practice: PracticeCluster) -> None:
    tool = Path(practice.servers[1].home, "bin", "neo4j-admin")
    before = tool.read_text()
    tool.write_text(
        "#!/bin/sh\ngrep -q ^dbms.ssl.policy.cluster.enabled $NEO4J_CONF/neo4j.conf || exit 0\n"
        'echo "1 issue found."; echo "Error: it is not to my taste"; exit 1\n'
    )
    standing = [tree(server.home) for server in practice.servers]
    events = [*apply_walk(request_for(practice))]
    tool.write_text(before)
    (problem,) = [
        e.problem
        for e in events
        if isinstance(e, ProblemFound) and e.problem.code == "setting-refused"
    ]
    assert problem.server == "server2"
    assert "it is not to my taste" in problem.message
    assert not [e for e in events if isinstance(e, ChangeStarted) and "stop" in e.change]
    assert isinstance(events[-1], Finished)
    assert events[-1].exit_code == 3
    assert [tree(server.home) for server in practice.servers] == standing


def test_a_run_staged_by_day_is_not_resumed_while_something_meddles(
    practice: PracticeCluster,
) -> None:
    before = [tree(server.home) for server in practice.servers]
    agent = practice.servers[2].folder / "proc" / "7" / "comm"
    agent.parent.mkdir(parents=True)
    agent.write_text("puppet\n")
    sha = planned(practice)[0]
    staged = [*apply_walk(request_for(practice, until_staged=True))]
    assert isinstance(staged[0], Started)
    assert isinstance(staged[-1], Finished)
    assert staged[-1].exit_code == 0
    # What was approved by day is still the plan, though its files stand there now.
    assert planned(practice)[0] == sha
    request = request_for(practice, settings=None, run=staged[0].run)
    held = [*resume_walk(request)]
    blockers = [e.problem.code for e in held if isinstance(e, ProblemFound) and e.problem.blocks]
    assert blockers == ["conf-managed"]
    assert not [event for event in held if isinstance(event, ChangeStarted)]
    walk = resume_walk(replace(request, suspended=lambda plan: plan.to_suspend == ("puppet",)))
    assert begun(walk)
    walk.close()  # type: ignore[attr-defined]  # it is a generator
    agent.unlink()
    assert [tree(server.home) for server in practice.servers] == before


def begun(events: Iterator[Event]) -> bool:
    """Go on to the first change; whoever then closes the walk has every server put back."""
    return any(isinstance(event, ChangeStarted) for event in events)
