"""The whole walk on a practice cluster: real SSH, real TLS, and every byte put back."""

from __future__ import annotations

import os
import select
import signal
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from wizard.engine.cancel import Cancel
from wizard.engine.events import (
    ChangePlanned,
    ChangeStarted,
    Event,
    Finished,
    Link,
    ProbeKind,
    ProblemFound,
    Said,
    Started,
    Verdict,
    to_json,
)
from wizard.engine.papers.outcome import Outcome
from wizard.engine.records import journal
from wizard.engine.records.journal import read_journal
from wizard.engine.records.runs import RunState, all_runs
from wizard.engine.request import Request
from wizard.engine.walk import apply_walk, plan_walk, runs_walk, undo_walk, verify_walk
from wizard.engine.watching.boards import LinkBoard, ProofBoard
from wizard.interview.answers import load, parse, to_toml
from wizard.interview.secrets_file import load_secrets
from wizard.model.settings import ClientAuth, PolicySettings, TrustModel
from wizard.practice.cluster import PracticeCluster

Walk = Callable[[Request], Iterator[Event]]
THREE = ("server1", "server2", "server3")


def tree(home: Path) -> dict[str, tuple[Any, ...]]:
    """Everything undo promises to put back: names, modes, owners, times and bytes."""
    found = {}
    for folder in (home / "conf", home / "certificates"):
        for path in (folder, *folder.rglob("*")):
            if path.exists():
                at = path.lstat()
                content = path.read_bytes() if stat.S_ISREG(at.st_mode) else b""
                found[str(path)] = (at.st_mode, at.st_uid, at.st_gid, at.st_mtime_ns, content)
    return found


def trees(cluster: PracticeCluster) -> dict[str, dict[str, tuple[Any, ...]]]:
    return {server.name: tree(Path(server.home)) for server in cluster.servers}


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


def told(walk: Walk, request: Request) -> list[Event]:
    events = [*walk(request)]
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)
    return events


def exit_code(events: list[Event]) -> int:
    assert isinstance(events[-1], Finished)
    return events[-1].exit_code


def problems(events: list[Event]) -> set[tuple[str, str | None]]:
    found = [event.problem for event in events if isinstance(event, ProblemFound)]
    return {(problem.code, problem.server) for problem in found}


def boards(events: list[Event]) -> tuple[LinkBoard, ProofBoard]:
    links, proof = LinkBoard(THREE), ProofBoard()
    for event in events:
        links.feed(event)
        proof.feed(event)
    return links, proof


def test_there_and_back_again() -> None:
    with PracticeCluster() as cluster:
        before, kept = trees(cluster), list[Outcome]()
        request = request_for(cluster, keep_outcome=kept.append)

        applied = told(apply_walk, request)
        assert exit_code(applied) == 0
        links, proof = boards(applied)
        assert links.summary == "6 of 6 links"
        assert proof.counts == (96, 0, 0)
        assert len(proof.rows) == 12
        assert trees(cluster) != before

        (outcome,) = kept
        assert outcome.run_folder is not None
        assert {path.name for path in outcome.files.values()} == {
            "answers.toml", "report.md", "boards.svg", "expiry.ics",
        }  # fmt: skip
        assert all(path.exists() for path in outcome.files.values())

        verified = told(verify_walk, request)
        assert exit_code(verified) == 0
        assert boards(verified)[1].counts == (96, 0, 0)

        again = told(apply_walk, request)
        assert exit_code(again) == 0
        assert not [event for event in again if isinstance(event, (ChangePlanned, ChangeStarted))]
        assert trees(cluster) != before

        assert exit_code(told(undo_walk, replace(request, settings=None))) == 0
        assert trees(cluster) == before
        assert [run.state for run in all_runs(request.environ)] == [RunState.UNDONE]
        assert exit_code(told(undo_walk, request)) == 0

        plain = told(verify_walk, request)
        assert exit_code(plain) == 1
        assert problems(plain) == {("policy-not-enabled", server) for server in THREE}
        (listed,) = [event for event in told(runs_walk, request) if isinstance(event, Said)]
        assert "undone" in listed.message


def test_a_server_that_ends_under_the_eyes_of_verify_is_named() -> None:
    with PracticeCluster() as cluster:
        request = request_for(cluster)
        assert exit_code(told(apply_walk, request)) == 0
        events = list[Event]()
        for event in verify_walk(request):
            if isinstance(event, Link) and not any(isinstance(e, Link) for e in events):
                kill_neo4j(Path(cluster.servers[1].home))
            events.append(event)
    assert exit_code(events) == 1
    assert ("start-failed", "server2") in problems(events)


def kill_neo4j(home: Path) -> None:
    """End a server's Neo4j without a word, as an out-of-memory killer does."""
    number = int((home / "run" / "neo4j.pid").read_text())
    watched = os.pidfd_open(number)
    os.kill(number, signal.SIGKILL)
    assert select.select([watched], [], [], 10)[0], "the process did not end"
    os.close(watched)


def test_the_records_hold_the_way_and_no_secret() -> None:
    with PracticeCluster() as cluster:
        request = request_for(cluster)
        assert exit_code(told(apply_walk, request)) == 0
        (run,) = all_runs(request.environ)
        kinds = [*read_journal(run.journal_file).kinds()]
        assert kinds[0] == "begun"
        assert kinds[-1] == "applied"
        assert kinds.count("intent") == kinds.count("done") == 15

        passwords = {
            line.partition("=")[2].strip()
            for server in cluster.servers
            for line in (Path(server.conf) / "neo4j.conf").read_text().splitlines()
            if "private_key_password" in line
        }
        assert len(passwords) == 3
        needles = [*passwords, *(s.reveal() for s in request.secrets.common.values())]
        written = [path for path in run.folder.rglob("*") if path.is_file()]
        assert {path.name for path in written} >= {"journal.jsonl", "plan.json", "ca.crt", "ca.key"}
        for path in written:
            content = path.read_bytes()
            assert [needle for needle in needles if needle.encode() in content] == [], path
            assert path.stat().st_mode & 0o077 == 0


def test_a_plan_is_the_same_twice_and_has_no_time() -> None:
    with PracticeCluster(2) as cluster:
        before = trees(cluster)
        request = request_for(cluster)
        first = [to_json(event) for event in told(plan_walk, request)]
        assert first == [to_json(event) for event in told(plan_walk, request)]
        assert not [line for line in first if "at" in line]
        assert first[0]["run"] == "RUN"
        assert trees(cluster) == before
        assert all_runs(request.environ) == ()


@pytest.mark.parametrize(
    ("fault", "code"),
    [("wrong-password", "key-password-wrong"), ("client-auth-none", "client-auth-not-required")],
)
def test_what_fails_is_named_and_every_server_put_back(fault: str, code: str) -> None:
    with PracticeCluster(faults=[f"{fault}@server2"]) as cluster:
        before, request = trees(cluster), request_for(cluster)
        applied = told(apply_walk, request)
        assert exit_code(applied) == 3
        assert (code, "server2") in problems(applied)
        assert not {server for _code, server in problems(applied) if server} - {"server2"}
        assert trees(cluster) == before
        assert [run.state for run in all_runs(request.environ)] == [RunState.REVERTED]
        assert exit_code(told(undo_walk, request)) == 0


@pytest.mark.parametrize("choice", [ClientAuth.NONE, ClientAuth.OPTIONAL])
def test_asking_for_no_certificate_is_the_users_right_and_a_standing_problem(
    choice: ClientAuth,
) -> None:
    with PracticeCluster() as cluster:
        request = request_for(cluster)
        assert request.settings is not None
        lax = replace(request.settings, policy=PolicySettings(client_auth=choice))
        request = replace(request, settings=lax)
        applied = told(apply_walk, request)
        assert exit_code(applied) == 0
        assert "client-auth-not-required" in {code for code, _server in problems(applied)}
        verified = told(verify_walk, request)
        assert exit_code(verified) == 1
        assert ("client-auth-not-required", "server1") in problems(verified)


@pytest.mark.parametrize("servers", [1, 3])
def test_self_signed_certificates_are_proved_too(servers: int) -> None:
    with PracticeCluster(servers) as cluster:
        request = request_for(cluster)
        assert request.settings is not None
        settings = replace(request.settings, trust=TrustModel.SELF_SIGNED)
        applied = told(apply_walk, replace(request, settings=settings))
        assert exit_code(applied) == 0
        _links, proof = boards(applied)
        names = {one.name for one in cluster.servers}
        for server in cluster.servers:
            others = (names - {server.name}) or names
            (trusted,) = Path(server.home).glob("certificates/cluster-*/trusted")
            assert {file.name for file in trusted.iterdir()} == {f"{n}.crt" for n in others}
            shown = proof.probes(server.name, 7000, ProbeKind.OURS)
            assert {probe.origin for probe in shown if probe.ok} == others
            assert proof.cell(server.name, 7000, ProbeKind.NONE).text == "✓ refused"


def test_a_no_to_the_plan_changes_nothing() -> None:
    with PracticeCluster(2) as cluster:
        before = trees(cluster)
        request = request_for(cluster, confirm=lambda _plan: False)
        assert exit_code(told(apply_walk, request)) == 130
        assert trees(cluster) == before
        assert all_runs(request.environ) == ()


@pytest.mark.parametrize("moment", ["stage:server1", "commit:server1", "start:server1"])
def test_a_wish_to_stop_at_any_step_puts_every_server_back(moment: str) -> None:
    with PracticeCluster(2) as cluster:
        before, cancel = trees(cluster), Cancel()
        request = request_for(cluster, cancel=cancel)
        events = []
        for event in apply_walk(request):
            events.append(event)
            if isinstance(event, ChangeStarted) and event.change == moment:
                cancel.set()
        assert exit_code(events) == 130
        assert trees(cluster) == before


def test_a_reader_that_leaves_half_way_leaves_nothing_half_done() -> None:
    with PracticeCluster(2) as cluster:
        before = trees(cluster)
        events = apply_walk(request_for(cluster))
        for event in events:
            if isinstance(event, ChangeStarted) and event.change == "start:server2":
                break
        events.close()  # type: ignore[attr-defined]
        assert trees(cluster) == before


def test_a_reader_that_leaves_an_undo_half_way_leaves_nothing_half_done() -> None:
    with PracticeCluster(2) as cluster:
        before, request = trees(cluster), request_for(cluster)
        assert exit_code(told(apply_walk, request)) == 0
        events = undo_walk(request)
        for event in events:
            if isinstance(event, ChangeStarted) and event.change.startswith("restore:"):
                break
        events.close()  # type: ignore[attr-defined]
        assert trees(cluster) == before
        assert [run.state for run in all_runs(request.environ)] == [RunState.UNDONE]


def test_a_workstation_without_room_puts_every_server_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keep = journal._write_whole
    full: list[bytes] = []

    def kept(descriptor: int, content: bytes) -> None:
        if full or b"commit:server2" in content:
            full.append(content)
            raise OSError(28, "No space left on device")
        keep(descriptor, content)

    with PracticeCluster(2) as cluster:
        before, request = trees(cluster), request_for(cluster)
        with monkeypatch.context() as patched:
            patched.setattr(journal, "_write_whole", kept)
            with pytest.raises(OSError, match="No space"):
                told(apply_walk, request)
        assert full
        assert trees(cluster) == before
        assert [run.state for run in all_runs(request.environ)] == [RunState.UNFINISHED]
        assert exit_code(told(undo_walk, request)) == 0
        assert trees(cluster) == before


def test_a_served_leaf_that_is_not_the_made_one_is_named_by_verify() -> None:
    with PracticeCluster() as cluster:
        request = request_for(cluster)
        assert exit_code(told(apply_walk, request)) == 0
        cluster.set_faults(["swapped-certificate@server3"])
        cluster.restart("server3")
        verified = told(verify_walk, request)
        assert exit_code(verified) == 1
        assert ("leaf-not-ours", "server3") in problems(verified)
        assert not {server for _code, server in problems(verified)} - {"server3"}


def test_a_stopped_server_is_named_and_the_rest_is_probed() -> None:
    with PracticeCluster(encrypted=True) as cluster:
        cluster.stop("server2")
        verified = told(verify_walk, request_for(cluster))
        assert exit_code(verified) == 1
        assert ("server-not-running", "server2") in problems(verified)
        _links, proof = boards(verified)
        (probe,) = proof.probes("server1", 7000, ProbeKind.NONE)
        assert probe.verdict is Verdict.REFUSED
