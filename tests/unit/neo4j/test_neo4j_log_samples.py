"""Every line of real logs that tells of TLS or the cluster is understood, or known as neutral."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wizard.engine.watching.following import seen_line
from wizard.neo4j.logs.failures import Failed
from wizard.neo4j.logs.lines import LogReader

ROOT = Path(__file__).parents[3]
REAL = ROOT.parent / "shared" / "real-logs"
RECORDED = ROOT / "tests" / "real_cluster" / "recordings"

RELEVANT = re.compile(
    r"ssl|tls|certificate|handshake|raft|cluster|core member|discover|leader|connected|started"
    r"|stopp|polic|lost|bootstrap|waiting|ServerId|endpoint|catchup|joined|bound to|channel",
    re.IGNORECASE,
)

NEUTRAL = re.compile(
    r"VM Arguments|\[classpath\]|The license agreement"  # of the machine
    r"|Discovery resolver type|Resolved endpoints|Discovering |Attempting to connect to the other"
    r"|Setup complete with mode|Cluster state version|Finished migrating|Generated new ServerId"
    r"|Using serializer|Publishing initial data|pdating leader info|is requested to transition"
    r"|Creating db=|\] Started$|Database \{\w+\}/|Server \{\w+\}/|Cluster discovery service"
    r"|Core topology changed|Target membership|info=CoreServerInfo|catchupServer=|refuseToBeLeader"
    r"|(?:Discovery|Raft|Transaction):\s+listen=|Stopping log shipper|Should vote for raft"
    r"|Step down event|Scheduling handshake|L:/[\d.]+:7687 "  # the last is a Bolt client's
    r"|Client Connector Addresses|Error when negotiating protocol stack|ClientHandshakeException"
    r"|StoreCopyClient\] Connection refused|match index not progressing"
    r"|CoreLife@"  # one of many causes of one failure, whose first line is known
    r"|Exception in (?:in|out)bound for channel"  # the line below it says what it is about
)
"""What tells nothing about who is linked to whom, who is up, or why not."""


def samples() -> list[Path]:
    if not REAL.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("the real log excerpts are missing")
        pytest.skip("needs the real log excerpts beside the repository")
    return [*sorted(REAL.glob("*.log")), *sorted(RECORDED.rglob("*.log"))]


def unclassified(log: Path) -> Iterator[str]:
    reader = LogReader()
    for line in log.read_text("utf-8", errors="replace").splitlines():
        understood = reader.read(line) is not None
        is_frame = line.lstrip().startswith(("at ", "#", "..."))
        is_talk = RECORDED in log.parents and " INFO " in line
        if (
            not (understood or is_frame or is_talk)
            and RELEVANT.search(line)
            and not NEUTRAL.search(line)
        ):
            yield f"{log.parent.name}/{log.name}: {line[:200]}"


def test_no_relevant_line_of_a_real_log_is_unknown() -> None:
    logs = samples()
    assert len(logs) > 60
    assert [line for log in logs for line in unclassified(log)] == []


def test_a_line_that_nobody_knows_would_be_found(tmp_path: Path) -> None:
    log = tmp_path / "debug.log"
    log.write_text("2026-03-01 10:00:00.000+0000 WARN  [c.n.X] Raft ate the certificates\n")
    assert len([*unclassified(log)]) == 1


def test_json_that_lost_its_end_still_tells_why() -> None:
    trace = "a.b.C: Error\n\tat a.b\nCaused by: java.io.IOException: No space left on device\n"
    line = json.dumps({"time": "x", "level": "ERROR", "message": "Failed", "stacktrace": trace})
    found = LogReader().read(line[:-4])
    assert isinstance(found, Failed)
    assert found.code == "disk-full"


PIECES = st.sampled_from(
    [
        b"2026-03-01 10:00:00.000+0000 INFO  ",
        b"2026-99-99 99:99:99.999+9999 ERROR [a.b] ",
        b"Connected to ", b"/10.0.0.1:7000 [RAFT version:1.0]", b"/[::1]:99999", b"Caused by: ",
        b"javax.net.ssl.SSLHandshakeException: ", b"Loaded SSL policy 'x' = SslPolicy{",
        b", ciphers=[a, b], tlsVersions=[], clientAuth=}", b"[id: 0x1, L:/1.2.3.4:7687 - R:/",
        b'{"time":"', b'","level":"ERROR","message":"', b'","stacktrace":"', b'"}', b"\xff\xfe\x00",
        b"\x1b]0;", b"{" * 999, b"Waiting for a total of 3 core members...", b"No name matching ",
    ]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.lists(st.one_of(PIECES, st.binary(max_size=40)), max_size=8), max_size=6))
def test_no_line_whatever_it_holds_ends_the_reading(lines: list[list[bytes]]) -> None:
    reader = LogReader()
    for line in lines:
        seen = seen_line("server1", "debug.log", b"".join(line), reader)
        assert "\x1b" not in seen.text
        assert "\n" not in seen.text


@pytest.mark.parametrize("piece", [b"Connected to ", b"a.b" * 9, b"[id: ", b'{"a":', b"(", b"\\n"])
def test_a_giant_line_is_read_in_no_time(piece: bytes) -> None:
    head = b"2026-03-01 10:00:00.000+0000 ERROR [a.b] "
    for line in (head + piece * 30_000, piece * 30_000):
        assert len(seen_line("server1", "debug.log", line, LogReader()).text) < 10_000
