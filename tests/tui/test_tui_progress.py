"""Progress in words: which step, how many servers, for how long, and how long it is down."""

from __future__ import annotations

from screens.progress_words import Doings, clock_words
from wizard.engine.events import (
    ChangeFailed,
    ChangeFinished,
    ChangeStarted,
    Probe,
    ProbeKind,
    Said,
    Verdict,
)

NAMES = ("server1", "server2")


class Clock:
    """A clock that stands still until it is set."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def began(kind: str, name: str) -> ChangeStarted:
    return ChangeStarted(server=name, change=f"{kind}:{name}", what=kind)


def ended(kind: str, name: str) -> ChangeFinished:
    return ChangeFinished(server=name, change=f"{kind}:{name}")


def test_each_server_shows_how_long_its_step_takes_and_took() -> None:
    clock = Clock()
    doings = Doings(NAMES, going_back=False, clock=clock)
    for name in NAMES:
        doings.note(began("stage", name))
    clock.now += 5
    doings.note(ended("stage", "server1"))
    clock.now += 70
    assert doings.content().plain.split("\n") == [
        "✓ server1  files written  0:05",
        "▸ server2  writing its files  1:15",
    ]
    assert doings.how_far((30, 90)) == "Step 1 of 6, 1 of 2 servers."


def test_the_outage_is_counted_from_the_first_stop_beside_what_was_expected() -> None:
    clock = Clock()
    doings = Doings(NAMES, going_back=False, clock=clock)
    doings.note(began("stop", "server1"))
    clock.now += 12
    doings.note(ended("stop", "server1"))
    doings.note(began("stop", "server2"))
    assert doings.how_far((30, 90)) == (
        "Step 3 of 6, 1 of 2 servers.  Down for 0:12; 0:30 to 1:30 expected."
    )
    clock.now += 30
    doings.note(Said(message="It was down.", downtime_s=40.2))
    clock.now += 100
    assert doings.how_far((30, 90)).endswith("Was down for 0:40; 0:30 to 1:30 expected.")
    assert doings.how_far(None).endswith("Was down for 0:40.")


def test_the_proof_is_the_last_step_and_the_way_back_is_none() -> None:
    doings = Doings(NAMES, going_back=False, clock=Clock())
    probe = Probe(
        origin="server1", server="server2", port=6000, kind=ProbeKind.OURS,
        expected=Verdict.ACCEPTED, verdict=Verdict.ACCEPTED, ok=True,
    )  # fmt: skip
    doings.note(probe)
    assert doings.how_far(None) == "Step 6 of 6."
    doings.note(began("stop", "server1"))
    doings.note(ChangeFailed(server="server1", change="stop:server1", message="It failed."))
    doings.note(began("restore", "server1"))
    assert doings.how_far(None) == "Down for 0:00."


def test_times_look_like_a_clocks() -> None:
    assert [clock_words(seconds) for seconds in (0, 9.9, 75, 3600)] == [
        "0:00", "0:09", "1:15", "60:00",
    ]  # fmt: skip
