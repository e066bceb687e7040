"""The recordings of a real cluster: complete, small, neutral, and read aright by the wizard."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from real_faults import CULPRIT, FAULTS
from real_policy import LINES

from wizard.engine.diagnosis import Observations, ServerObservation, diagnose
from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.neo4j.logs.failures import Failed, LogLine
from wizard.neo4j.logs.lines import (
    ConnectedTo,
    LogReader,
    LostConnection,
    PolicyLoaded,
    Started,
)
from wizard.neo4j.policy import policy_of

RECORDINGS = Path(__file__).parent / "recordings"
SERVERS = ("server1", "server2", "server3")

RAFT = 7000
_CONF = "".join(f"{key}={value}\n" for key, value in LINES.items()).encode()

CODES = {fault.name: fault.code for fault in FAULTS if not fault.forms}
IN_LOGS = CODES | {
    "chain-incomplete": "trusted-lacks-peer",
    "one-plaintext": "plaintext-server",
}
"""The problem that the servers' logs alone lead to; files and settings say more of some."""


def _meanings(path: Path) -> list[LogLine]:
    reader = LogReader()
    lines = path.read_text("utf-8").splitlines()
    return [meaning for line in lines if (meaning := reader.read(line)) is not None]


def _all_meanings(name: str) -> list[LogLine]:
    return [
        meaning
        for path in sorted((RECORDINGS / name).rglob("*.log"))
        for meaning in _meanings(path)
    ]


@pytest.mark.parametrize("name", [fault.name for fault in FAULTS])
def test_a_recording_is_complete_small_and_names_no_machine(name: str) -> None:
    for server in SERVERS:
        for log in ("neo4j.log", "debug.log"):
            path = RECORDINGS / name / server / log
            text = path.read_text("utf-8")
            assert len(text) < 40_000, path
            assert not re.search(r"/(?:root|home|tmp|work|var)/", text), path


def test_every_fault_has_its_recording_and_no_recording_is_left_over() -> None:
    folders = {path.name for path in RECORDINGS.iterdir() if path.is_dir()}
    assert folders == {fault.name for fault in FAULTS}


@pytest.mark.parametrize("name", CODES)
def test_the_wizard_reads_the_cause_out_of_what_a_real_cluster_logged(name: str) -> None:
    codes = {meaning.code for meaning in _all_meanings(name) if isinstance(meaning, Failed)}
    assert IN_LOGS[name] in codes


def _observed(name: str) -> Observations:
    """What the wizard would have before it, had it nothing but these logs and each neo4j.conf."""
    policy = policy_of(Conf.parse(_CONF), Version(3, 5, 35), "/srv/neo4j")
    servers = {}
    for number, server in enumerate(SERVERS, 1):
        logs = [_meanings(RECORDINGS / name / server / log) for log in ("neo4j.log", "debug.log")]
        lines = [line for log in logs for line in log]
        ended = server == CULPRIT and any(f.ends for f in FAULTS if f.name == name)
        servers[server] = ServerObservation(
            server=server,
            running=not ended,
            policy=None if name == "one-plaintext" and server == CULPRIT else policy,
            failures=tuple(line for line in lines if isinstance(line, Failed)),
            addresses=(f"{server}.cluster.test",),
            ip_addresses=frozenset({f"10.213.7.1{number}"}),
        )
    return Observations(now=datetime(2026, 11, 22, tzinfo=UTC), servers=servers)


@pytest.mark.parametrize("name", CODES)
def test_the_diagnosis_names_the_fault_and_the_server_that_has_it(name: str) -> None:
    serious = {(p.code, p.server) for p in diagnose(_observed(name)) if p.severity != "note"}
    assert serious == {(IN_LOGS[name], CULPRIT)}


def test_the_diagnosis_has_nothing_to_say_of_a_cluster_that_forms() -> None:
    assert diagnose(_observed("forms")) == ()


def test_every_handshake_that_was_completed_counts_as_a_link_to_that_server() -> None:
    links = {
        (server, line.host)
        for server in SERVERS
        for line in _meanings(RECORDINGS / "forms" / server / "debug.log")
        if isinstance(line, ConnectedTo) and line.port == RAFT
    }
    assert ("server1", "server3.cluster.test") in links
    assert ("server3", "server1.cluster.test") in links
    assert {line.protocol for line in _all_meanings("forms") if isinstance(line, ConnectedTo)} == {
        "RAFT_1",
        "CATCHUP_1",
    }
    assert not [line for line in _meanings_of_the_culprit("foreign-ca") if _is_link(line)]


def test_a_lost_connection_is_told_with_name_and_address() -> None:
    lost = [line for line in _all_meanings("wrong-name") if isinstance(line, LostConnection)]
    assert {(line.host, line.ip, line.port) for line in lost} == {
        ("server3.cluster.test", "10.213.7.13", RAFT)
    }


def _meanings_of_the_culprit(name: str) -> list[LogLine]:
    return _meanings(RECORDINGS / name / CULPRIT / "debug.log")


def _is_link(line: LogLine) -> bool:
    return isinstance(line, ConnectedTo) and line.port == RAFT


def test_a_cluster_that_forms_logs_nothing_the_wizard_takes_for_a_failure() -> None:
    for server in SERVERS:
        user = _meanings(RECORDINGS / "forms" / server / "neo4j.log")
        debug = _meanings(RECORDINGS / "forms" / server / "debug.log")
        assert not [meaning for meaning in user + debug if isinstance(meaning, Failed)]
        assert [meaning for meaning in user if isinstance(meaning, Started)]
        assert [m.scope for m in debug if isinstance(m, PolicyLoaded)] == ["cluster"]


def test_the_refused_setting_ends_server3_before_it_starts() -> None:
    text = (RECORDINGS / "word-of-4-0" / CULPRIT / "neo4j.log").read_text("utf-8")
    assert "Invalid setting name: dbms.ssl.policy.cluster.enabled" in text
    assert "Started." not in text
