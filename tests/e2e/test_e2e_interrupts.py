"""Interrupted at any moment, an apply leaves every server as it was, or undo makes it so."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from black_box import COMMAND, LONG_ENOUGH_S, Entry, Served, served, wizard
from waiting import started, until

MOMENTS: dict[str, tuple[str, str]] = {
    "before anything is known": ("started", ""),
    "the first stage": ("change_started", "stage:"),
    "the first validation": ("change_started", "validate:"),
    "the first stop": ("change_started", "stop:"),
    "the first commit": ("change_started", "commit:"),
    "one server is switched": ("change_finished", "commit:"),
    "the first start": ("change_started", "start:"),
    "the proof": ("probe", ""),
}

SIGNALS = [(signal.SIGINT, moment) for moment in MOMENTS] + [
    (number, moment)
    for number in (signal.SIGTERM, signal.SIGHUP)
    for moment in ("the first stop", "one server is switched")
]
SWITCHED = ("one server is switched", "the first start", "the proof")
"""The moments at which at least one neo4j.conf is the changed one."""


Trees = dict[str, dict[str, Entry]]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Served]:
    with served() as running:
        yield running


@pytest.fixture
def before(cluster: Served) -> Trees:
    return cluster.trees()


@dataclass
class Stopped:
    """A command that was interfered with: how it ended, and what it had said."""

    exit_code: int
    events: list[dict[str, Any]]


Process = subprocess.Popen[str]
Blow = tuple[str, Callable[[Process], None]]
"""A moment, and what happens to the process when it comes."""


def struck(*blows: Blow, command: tuple[str, ...]) -> Stopped:
    """Run a command, and let each thing happen as soon as it says that the moment has come."""
    events: list[dict[str, Any]] = []
    waiting = list(blows)
    with started(
        [*COMMAND, *command, "--yes", "--json"],
        seconds=LONG_ENOUGH_S,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        while not process.stdout.closed and (line := process.stdout.readline()):
            events.append(json.loads(line))
            if waiting and is_moment(events[-1], waiting[0][0]):
                waiting.pop(0)[1](process)
        exit_code = process.wait(LONG_ENOUGH_S)
    assert not waiting, f"{waiting[0][0]} never came; the last events: {events[-8:]}"
    return Stopped(exit_code, events)


def is_moment(event: dict[str, Any], moment: str) -> bool:
    name, change = MOMENTS.get(moment) or ("change_started", moment)
    return event["event"] == name and event.get("change", "").startswith(change)


def gets(*numbers: signal.Signals) -> Callable[[Process], None]:
    def send(process: Process) -> None:
        for number in numbers:
            process.send_signal(number)

    return send


def loses_its_reader(process: Process) -> None:
    assert process.stdout is not None
    process.stdout.close()


def apply_to(cluster: Served) -> tuple[str, ...]:
    return ("apply", "--answers", str(cluster.answers))


def assert_as_before(cluster: Served, before: Trees) -> None:
    """Every file has its bytes, mode, owner and time, and the servers speak plaintext again."""
    assert cluster.trees() == before
    assert not [path for home in cluster.homes for path in home.parent.glob(".neo4j-tls")]
    for home in cluster.homes:
        assert (Path("/proc") / (home / "run" / "neo4j.pid").read_text().strip()).exists()
    for server in cluster.servers:
        ip = server["ssh"].partition("@")[2].rpartition(":")[0]
        for channel in ("discovery", "cluster", "raft", "routing"):
            place = (ip, server["ports"][channel])
            until(partial(speaks_plaintext, *place), f"{place} speaks plaintext", 60)


def speaks_plaintext(ip: str, port: int) -> bool:
    try:
        with socket.create_connection((ip, port), timeout=20) as pipe:
            pipe.sendall(b'NEO4J_CLUSTER{"protocol": "raft"}\n')
            return pipe.recv(4096).startswith(b"NEO4J_CLUSTER{")
    except ConnectionError:
        return False


def assert_told_as_before(cluster: Served) -> None:
    """The wizard itself, asked to verify, finds what it found at first."""
    verified = wizard("verify", "--answers", cluster.answers, "--json")
    assert verified.exit_code == 1, verified.stdout
    wrong = {(code, server) for code, server in verified.problems if code != "backup"}
    assert {server for code, server in wrong if code == "policy-not-enabled"} == {
        server["name"] for server in cluster.servers
    }
    assert "server-not-running" not in {code for code, _server in wrong}


@pytest.mark.parametrize(("number", "moment"), SIGNALS)
def test_a_polite_signal_puts_every_server_back(
    cluster: Served, before: Trees, number: signal.Signals, moment: str
) -> None:
    ended = struck((moment, gets(number)), command=apply_to(cluster))
    last = {"event": "finished", "result": "interrupted", "exit_code": 130}
    assert ended.events[-1] == ended.events[-1] | last
    assert ended.exit_code == 130
    assert_as_before(cluster, before)


def test_signals_while_it_puts_back_change_nothing(cluster: Served, before: Trees) -> None:
    every = gets(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    blows = (("the first start", every), ("restore:", every), ("start:", every))
    ended = struck(*blows, command=apply_to(cluster))
    assert ended.exit_code == ended.events[-1]["exit_code"] == 130
    assert_as_before(cluster, before)


def test_a_reader_that_leaves_does_not_leave_it_half_done(cluster: Served, before: Trees) -> None:
    struck(("the first start", loses_its_reader), command=apply_to(cluster))
    assert_as_before(cluster, before)
    assert_told_as_before(cluster)
    undone = wizard("undo", "--yes", "--json")
    assert (undone.exit_code, undone.of("change_started")) == (0, [])


@pytest.mark.parametrize("moment", MOMENTS)
def test_after_a_kill_undo_puts_every_server_back(
    cluster: Served, before: Trees, moment: str
) -> None:
    ended = struck((moment, gets(signal.SIGKILL)), command=apply_to(cluster))
    assert ended.exit_code == -signal.SIGKILL
    assert (cluster.trees() != before) >= (moment in SWITCHED)
    undone = wizard("undo", "--yes", "--json")
    assert undone.exit_code == 0, undone.stdout
    assert_as_before(cluster, before)
    assert "unfinished" not in wizard("runs").stdout


def test_a_kill_while_it_puts_back_and_another_in_undo_lose_nothing(
    cluster: Served, before: Trees
) -> None:
    killed = gets(signal.SIGKILL)
    blows = (("the first start", gets(signal.SIGINT)), ("restore:", killed))
    assert struck(*blows, command=apply_to(cluster)).exit_code == -signal.SIGKILL
    for moment in ("restore:", "start:"):
        assert struck((moment, killed), command=("undo",)).exit_code == -signal.SIGKILL
    assert wizard("undo", "--yes", "--json").exit_code == 0
    assert_as_before(cluster, before)


def test_an_interrupted_undo_tells_where_it_stands(cluster: Served, before: Trees) -> None:
    assert wizard(*apply_to(cluster), "--yes", "--json").exit_code == 0
    ended = struck(("restore:", gets(signal.SIGTERM)), command=("undo",))
    assert ended.exit_code == ended.events[-1]["exit_code"]
    assert ended.exit_code in (0, 4, 130)
    assert wizard("undo", "--yes", "--json").exit_code == 0
    assert_as_before(cluster, before)
