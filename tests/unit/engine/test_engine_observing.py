"""What a server's logs say of it, whichever of them says it, in the order in which it happened."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from test_engine_login import facts_of

from wizard.engine.diagnosis import ServerObservation
from wizard.engine.proving.observing import observe
from wizard.engine.watching.following import seen_line
from wizard.model.settings import ServerSettings, Settings
from wizard.neo4j.logs.failures import Failed
from wizard.neo4j.logs.lines import LogReader

SETTINGS = Settings(cluster="payments", servers=(ServerSettings(name="server1", ssh="server1"),))
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LOST = "INFO  [c.n.c.c.c.s.RaftState] [system/00000000] Leader changed from RaftMemberId{1} to null"
KNOWN = "INFO  [c.n.c.d.d.TopologyState] Leader for {00000000}/system is now LeaderInfo{x} on s ?"
OTHER = "INFO  [c.n.c.c.c.s.RaftState] [neo4j/12345678] First leader elected: RaftMemberId{1}"


def observed(user: tuple[str, ...] = (), debug: tuple[str, ...] = ()) -> ServerObservation:
    """Each line is preceded by its second."""
    seen = []
    for source, log in (("neo4j.log", user), ("debug.log", debug)):
        reader = LogReader()
        for line in log:
            second, _, text = line.partition(" ")
            raw = f"2026-03-01 10:00:{second}.000+0000 {text}" if second.isdigit() else line
            seen.append(seen_line("server1", source, raw.encode(), reader))
    facts = {"server1": facts_of("server1", 7687)}
    return observe(facts, SETTINGS, now=NOW, lines=seen).servers["server1"]


@pytest.mark.parametrize(
    ("debug", "lacks"),
    [
        ((f"02 {LOST}",), "lacks it"),
        ((f"02 {LOST}", f"03 {KNOWN}"), "has one"),
        ((f"02 {LOST}", f"03 {OTHER}"), "lacks it"),
        (
            ("02 INFO [o.n.c.c.c.s.RaftState] Leader changed from MemberId{e7f79e48} to null",),
            "lacks it",
        ),
        ((f"00 {LOST}",), "has one"),
    ],
    ids=["lost", "found again", "another database's", "3.5", "before it started"],
)
def test_a_leader_that_is_lost_is_missed_until_the_same_database_has_one(
    debug: tuple[str, ...], lacks: str
) -> None:
    one = observed(("00 INFO  Starting...", "01 INFO  Started."), debug)
    assert one.has_started
    assert one.lacks_leader is (lacks == "lacks it")


def test_debug_log_of_3_5_repeats_what_neo4j_log_has_told_before_the_start() -> None:
    waiting = "INFO  Waiting to hear from leader..."
    again = "05 INFO [o.n.c.d.CoreMonitor] Waiting to hear from leader..."
    told = observed(("01 INFO  Starting...", f"05 {waiting}", "09 INFO  Started."), (again,))
    assert not told.lacks_leader
    assert observed(("01 INFO  Starting...", f"05 {waiting}"), (again,)).lacks_leader


def test_a_failure_in_a_stack_trace_has_the_time_of_the_line_above_it() -> None:
    channel = "[id: 0x1, L:/127.0.0.1:1 - R:server2/127.0.0.2:7000]"
    failed = f"07 ERROR [c.n.c.p.h.H] Exception in outbound for channel: {channel}"
    cause = "Caused by: No subject alternative DNS name matching server2 found."
    (failure,) = observed(("01 INFO  Starting...",), (failed, cause)).failures
    assert isinstance(failure, Failed)
    assert failure.told_at == datetime(2026, 3, 1, 10, 0, 7, tzinfo=UTC)
