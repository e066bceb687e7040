"""The expected outage: from the servers' own logs where they tell, and said how."""

from __future__ import annotations

import pytest
from planning_world import cluster, everywhere, settings

from wizard.neo4j.logs.durations import last_durations
from wizard.planning.downtime import DOWNTIME_S, outage_words, seconds_words
from wizard.planning.planner import make_plan
from wizard.planning.render import plan_text

LOG = """\
2026-01-05 10:00:00.000+0000 INFO  Starting...
2026-01-05 10:00:09.500+0000 INFO  Started.
2026-02-01 22:00:00.000+0000 INFO  Neo4j Server shutdown initiated by request
2026-02-01 22:00:01.000+0000 INFO  Stopping...
2026-02-01 22:00:04.250+0000 INFO  Stopped.
2026-02-01 22:10:00.000+0000 INFO  Starting...
2026-02-01 22:10:30.000+0000 INFO  Started.
"""


def test_the_last_whole_stop_and_start_are_read_from_a_log() -> None:
    assert last_durations(LOG.split("\n")) == (4.25, 30.0)


def log_of(*moments: str) -> str:
    return "\n".join(moment.replace(" ", "+0000 INFO  ") for moment in moments).replace("T", " ")


@pytest.mark.parametrize(
    ("log", "durations"),
    [
        (log_of(), (None, None)),
        (log_of("2026-01-05T10:00:00.000 Starting..."), (None, None)),
        (log_of("2026-01-05T10:00:09.500 Started."), (None, None)),
        (
            log_of(
                "2026-01-05T10:00:00.000 Starting...",
                "2026-01-05T10:00:01.000 Stopping...",
                "2026-01-05T10:00:02.000 Stopped.",
            ),
            (1.0, None),
        ),
        (
            log_of("2026-01-05T10:00:05.000 Starting...", "2026-01-05T10:00:00.000 Started."),
            (None, None),
        ),
        (log_of("2026-99-05T10:00:00.000 Starting..."), (None, None)),
        (
            log_of("2026-01-05T10:00:00.000 Starting...").replace("+0000", "-0100")
            + log_of("\n2026-01-05T11:00:05.000 Started."),
            (None, 5.0),
        ),
    ],
)
def test_half_a_story_tells_nothing(log: str, durations: tuple[float | None, ...]) -> None:
    assert last_durations(log.split("\n")) == durations


def test_the_slowest_server_counts_and_the_plan_says_so() -> None:
    facts = everywhere(last_stop_s=2.0, last_start_s=10.0)
    quick = make_plan(settings(), facts)
    slow = make_plan(settings(), [*facts[:2], *everywhere(last_stop_s=4.25, last_start_s=30.0)[2:]])
    assert quick.downtime_s < slow.downtime_s
    assert slow.downtime_s[0] >= 35
    assert slow.downtime_s[1] > slow.downtime_s[0]
    assert "own logs" in slow.downtime_why
    text = " ".join(" ".join(plan_text(slow)).split())
    assert slow.downtime_why in text


def test_one_server_without_a_word_makes_it_a_rough_one() -> None:
    plan = make_plan(settings(), cluster(last_start_s=3.0))
    assert plan.downtime_s == DOWNTIME_S
    assert "do not tell" in plan.downtime_why


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 second"), (42, "42 seconds"), (119.5, "2 minutes"), (125, "2 minutes 5 seconds")],
)
def test_times_are_told_as_people_do(seconds: float, words: str) -> None:
    assert seconds_words(seconds) == words
    assert words in outage_words(seconds, (1, 2))
