"""The practice cluster's 3.5 against recordings of a real one: same words, levels and classes."""

from __future__ import annotations

import re
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
from test_real_recordings import RECORDINGS, SERVERS

from wizard.practice.cluster import PracticeCluster
from wizard.practice.layout import PracticeServer

_DEADLINE_S = 30
_VARYING = (
    (re.compile(r"^\d{4}-\d\d-\d\d [0-9:.]+\+0000"), "TIME"),
    (re.compile(r"server\d\.[a-z.]+(?=[:/])|server\d\.[a-z.]+(?= found)"), "NAME"),
    (re.compile(r"0x[0-9a-f]+"), "ID"),
    (re.compile(r"\d+\.\d+\.\d+\.\d+"), "IP"),
    (re.compile(r":\d{2,5}\b"), ":PORT"),
    (re.compile(r" [-!] R:"), " - R:"),
    (re.compile(r"(?<=record: )[0-9a-f]+"), "BYTES"),
    (re.compile(r"(?<=NotAfter: ).*"), "DATE"),
    (re.compile(r"keyCertChain=.*?, ciphers"), "keyCertChain=CHAIN, ciphers"),
    (re.compile(r"Neo4j \d\.[0-9.]+"), "Neo4j VERSION"),
    (re.compile(r"LifecycleManagingDatabase@[0-9a-f]+"), "LifecycleManagingDatabase"),
)
_CHANNEL = re.compile(r" for channel: \[[^\]]*\] ")
_JSSE = "javax.net.ssl.SSLHandshakeException: "
_UNRECORDED = {"Connection closed while SSL/TLS handshake was in progress"}
"""No recording has a server that dials one which speaks plaintext."""

_TOLD = re.compile(
    r"Exception in |SslPolicyLoader|Failed to start|(?:Starting|Started)\.|=== Neo4j |Remote inter"
)
"""The lines that are compared: what the wizard reads, and what leads a person to the cause."""


def _shape(line: str) -> str:
    for pattern, word in _VARYING:
        line = pattern.sub(word, line)
    return line.rstrip()


def _shapes(folder: Path) -> set[str]:
    """The shapes of the lines that are compared, of both logs."""
    lines = [line for log in folder.glob("*.log") for line in log.read_text("utf-8").splitlines()]
    return {_shape(line) for line in lines if _TOLD.search(line) and line[:1].isdigit()}


def _recorded(name: str) -> set[str]:
    return {shape for server in SERVERS for shape in _shapes(RECORDINGS / name / server)}


def _practised(servers: tuple[PracticeServer, ...], wanted: str) -> set[str]:
    """Wait until a line of this kind was logged, and return the shapes of all."""
    ends, pause = monotonic() + _DEADLINE_S, Event()
    while True:
        found = {shape for server in servers for shape in _shapes(Path(server.logs))}
        if any(wanted in shape for shape in found):
            return found
        assert monotonic() < ends, found
        pause.wait(0.1)


def test_a_cluster_that_forms_says_what_a_real_one_says() -> None:
    with PracticeCluster(version="3.5", encrypted=True) as cluster:
        practised = _practised(cluster.servers, "Remote interface available")
    recorded = _recorded("forms")
    assert practised <= recorded
    assert any("Loaded SSL policy 'cluster'" in shape for shape in practised)


def _parts(shapes: set[str]) -> tuple[set[str], set[str]]:
    """What stands before the reason of a failed handshake, and the reasons."""
    split = [_CHANNEL.split(shape, maxsplit=1) for shape in shapes if _CHANNEL.search(shape)]
    return {head for head, _ in split}, {reason.removeprefix(_JSSE) for _, reason in split}


@pytest.mark.parametrize(
    ("fault", "recording", "wanted"),
    [
        ("expired-leaf", "expired", "validity check failed"),
        ("plaintext", "one-plaintext", "NotSslRecordException"),
    ],
)
def test_a_fault_is_logged_as_a_real_cluster_logs_it(
    fault: str, recording: str, wanted: str
) -> None:
    """Who dials whom is chance in a real cluster, so words and directions may come from any."""
    with PracticeCluster(version="3.5", encrypted=True, faults=[f"{fault}@server3"]) as cluster:
        practised = _practised(cluster.servers, wanted)
    failed = {shape for shape in practised if "Exception in " in shape}
    telling = {shape for shape in failed if wanted in shape and "HandshakeServer" in shape}
    assert telling
    assert telling <= _recorded(recording)
    every = {shape for path in RECORDINGS.iterdir() for shape in _recorded(path.name)}
    (heads, reasons), (all_heads, all_reasons) = _parts(failed), _parts(every)
    assert heads <= all_heads
    assert reasons - _UNRECORDED <= all_reasons
    # Another fault's recording has other words: the comparison can fail.
    assert not telling & _recorded("trusted-lacks-peer")
