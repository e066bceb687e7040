"""An apply in its change window, event by event: what is told, in which order, and how long."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from wizard.engine.events import (
    ChangeFinished,
    ChangeStarted,
    Event,
    Finished,
    Probe,
    Said,
    to_json,
)
from wizard.engine.papers.outcome import Outcome
from wizard.engine.request import Request
from wizard.engine.walk import apply_walk
from wizard.interview.answers import load, parse, to_toml
from wizard.interview.secrets_file import load_secrets
from wizard.practice.cluster import PracticeCluster

SECONDARY = "server2"


@pytest.fixture(scope="module")
def walked() -> Iterator[tuple[list[Event], Outcome]]:
    """The events and the outcome of one apply, with a server that only copies."""
    with PracticeCluster() as cluster:
        conf = Path(next(one.home for one in cluster.servers if one.name == SECONDARY))
        conf = conf / "conf" / "neo4j.conf"
        raw = conf.read_bytes()
        assert b"mode_constraint=NONE" in raw
        conf.write_bytes(raw.replace(b"mode_constraint=NONE", b"mode_constraint=SECONDARY"))
        answers = load(cluster.answers_path)
        settings = parse(answers)
        assert settings.secrets_file is not None
        kept: list[Outcome] = []
        request = Request(
            settings=settings,
            secrets=load_secrets(Path(settings.secrets_file)),
            environ=dict(os.environ),
            answers_toml=to_toml(answers),
            formation_timeout_s=60,
            keep_outcome=kept.append,
        )
        events = [*apply_walk(request)]
        assert isinstance(events[-1], Finished)
        assert events[-1].exit_code == 0
        yield events, kept[0]


def places(events: list[Event], kind: type[ChangeStarted | ChangeFinished]) -> dict[str, int]:
    return {event.change: at for at, event in enumerate(events) if isinstance(event, kind)}


def said(events: list[Event]) -> list[str]:
    return [event.message for event in events if isinstance(event, Said) and not event.source]


def test_the_secondary_is_down_before_any_other_is_asked(
    walked: tuple[list[Event], Outcome],
) -> None:
    events, _outcome = walked
    began, ended = places(events, ChangeStarted), places(events, ChangeFinished)
    others = ("server1", "server3")
    assert all(ended[f"stop:{SECONDARY}"] < began[f"stop:{name}"] for name in others)
    last = max(ended[f"stop:{name}"] for name in (*others, SECONDARY))
    assert all(last < at for change, at in began.items() if change.startswith("commit:"))


def test_neo4j_itself_was_asked_about_the_changed_conf(
    walked: tuple[list[Event], Outcome],
) -> None:
    events, _outcome = walked
    at = {
        event.server: at
        for at, event in enumerate(events)
        if isinstance(event, Said) and "finds nothing wrong" in event.message
    }
    assert set(at) == {"server1", "server2", "server3"}
    assert max(at.values()) < min(
        v for k, v in places(events, ChangeStarted).items() if "stop" in k
    )


def test_the_way_back_is_told_before_anything_is_changed(
    walked: tuple[list[Event], Outcome],
) -> None:
    events, outcome = walked
    before = said(events[: min(places(events, ChangeStarted).values())])
    for name in ("server1", "server2", "server3"):
        assert any(f"sh ~/.neo4j-tls/{outcome.run}/{name}/undo.sh" in line for line in before)
    assert any(line.endswith(f"neo4j-tls undo {outcome.run}") for line in before)


def test_the_outage_is_foretold_and_measured(walked: tuple[list[Event], Outcome]) -> None:
    events, outcome = walked
    (told,) = [
        event for event in events if isinstance(event, Said) and event.downtime_s is not None
    ]
    assert told.downtime_s == outcome.downtime_s
    assert 0 < (outcome.downtime_s or 0) < outcome.expected_s[1]
    stops = [at for change, at in places(events, ChangeStarted).items() if "stop" in change]
    assert any("seconds. Estimated from the servers' own logs" in line for line in said(events))
    first = min(at for at, event in enumerate(events) if isinstance(event, Probe))
    assert min(stops) < events.index(told) < first
    assert to_json(told)["downtime_s"] == told.downtime_s
    assert outcome.downtime_words in outcome.files["report"].read_text()
