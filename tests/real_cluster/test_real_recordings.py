"""The recordings of a real cluster: complete, small, neutral, and read aright by the wizard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from real_faults import CULPRIT, FAULTS

from wizard.neo4j.log_failures import Failed, LogLine
from wizard.neo4j.log_lines import LogReader, PolicyLoaded, Started

RECORDINGS = Path(__file__).parent / "recordings"
SERVERS = ("server1", "server2", "server3")

CODES = {
    "expired": "leaf-expired",
    "foreign-ca": "trusted-lacks-peer",
    "wrong-name": "name-not-covered",
    "no-client-auth": "no-client-auth-eku",
    "one-plaintext": "plaintext-server",
    "trusted-lacks-peer": "trusted-lacks-peer",
    "stale-crl": "crl-stale",
    "word-of-4-0": "setting-refused",
}
"""The problem that one of the servers' logs has to lead to."""


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
    assert CODES.keys() == {fault.name for fault in FAULTS if not fault.forms}


_UNKNOWN_YET = pytest.mark.xfail(
    strict=True, reason="3.5's 'Invalid setting name' is not among the sentences that are known"
)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=_UNKNOWN_YET if name == "word-of-4-0" else ()) for name in CODES],
)
def test_the_wizard_reads_the_cause_out_of_what_a_real_cluster_logged(name: str) -> None:
    codes = {meaning.code for meaning in _all_meanings(name) if isinstance(meaning, Failed)}
    assert CODES[name] in codes


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
