"""What is done with a run that was cut off: the way it was going, and what its servers show."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.engine import walk
from wizard.engine.events import Event, Finished, Result, Said
from wizard.engine.records.course import Course, Direction, Entry, course_of
from wizard.engine.records.journal import Journal, Kind, read_journal
from wizard.engine.records.reviving import revived
from wizard.engine.records.runs import (
    Run,
    RunState,
    make_run_folder,
    new_run_id,
    open_run,
    record_start,
    run_that_waits,
    run_to_resume,
    run_to_undo,
)
from wizard.engine.request import Request
from wizard.engine.returning.sighting import Stand, Way, way_of
from wizard.errors import CancelledError, UsageError
from wizard.model.settings import PolicySettings, ServerSettings, Settings, Subject
from wizard.model.version import Version

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
FORWARD = Course(direction=Direction.FORWARD, stop_begun=False)
STOPPING = Course(direction=Direction.FORWARD, stop_begun=True)

Step = tuple[Kind, str]


def course(tmp_path: Path, *steps: Step) -> Course:
    path = tmp_path / "journal.jsonl"
    with Journal(path, lambda: NOON) as journal:
        for kind, change in steps:
            journal.write(kind, **({"change": change} if change else {}))
    return course_of(read_journal(path))


STAGED: tuple[Step, ...] = ((Kind.INTENT, "stage:a"), (Kind.DONE, "stage:a"))
STOPPED: tuple[Step, ...] = (*STAGED, (Kind.INTENT, "stop:a"))


@pytest.mark.parametrize(
    ("steps", "direction", "stop_begun"),
    [
        (STAGED, Direction.FORWARD, False),
        (STOPPED, Direction.FORWARD, True),
        ((*STOPPED, (Kind.BACK_BEGUN, "")), Direction.REVERTING, True),
        ((*STOPPED, (Kind.INTENT, "restore:a")), Direction.REVERTING, True),
        ((*STOPPED, (Kind.UNDO_BEGUN, "")), Direction.UNDOING, True),
        ((*STOPPED, (Kind.BACK_BEGUN, ""), (Kind.UNDO_BEGUN, "")), Direction.UNDOING, True),
        ((*STAGED, (Kind.UNDO_BEGUN, ""), (Kind.STOPPED, "")), Direction.UNDOING, False),
        ((*STAGED, (Kind.AFRESH, ""), (Kind.INTENT, "restore:a")), Direction.FORWARD, False),
        (
            (*STAGED, (Kind.AFRESH, ""), (Kind.INTENT, "restore:a"), (Kind.UNDO_BEGUN, "")),
            Direction.UNDOING,
            False,
        ),
    ],
)
def test_who_once_turned_back_goes_on_going_back(
    tmp_path: Path, *, steps: tuple[Step, ...], direction: Direction, stop_begun: bool
) -> None:
    assert course(tmp_path, *steps) == Course(direction=direction, stop_begun=stop_begun)


def stands(*each: Stand) -> dict[str, Stand]:
    return {f"server{number}": one for number, one in enumerate(each, start=1)}


@pytest.mark.parametrize(
    ("seen", "course", "way"),
    [
        (stands(Stand.APART, Stand.APART), FORWARD, (Way.AFRESH, Entry.STAGE)),
        (stands(Stand.STAGED, Stand.APART), FORWARD, (Way.AFRESH, Entry.STAGE)),
        (stands(Stand.STAGED, Stand.STAGED), FORWARD, (Way.ON, Entry.STOP)),
        (stands(Stand.STAGED, Stand.STAGED), STOPPING, (Way.ON, Entry.STOP)),
        (stands(Stand.STAGED, Stand.COMMITTED), STOPPING, (Way.ON, Entry.STOP)),
        (stands(Stand.COMMITTED, Stand.COMMITTED), STOPPING, (Way.ON, Entry.START)),
        (stands(Stand.STAGED, Stand.APART), STOPPING, (Way.CLOSED, Entry.STAGE)),
        (stands(Stand.COMMITTED, Stand.APART), FORWARD, (Way.CLOSED, Entry.STAGE)),
        (stands(Stand.STAGED, Stand.MOVED), FORWARD, (Way.CLOSED, Entry.STAGE)),
        (stands(Stand.COMMITTED, Stand.BROKEN), STOPPING, (Way.CLOSED, Entry.STAGE)),
    ],
)
def test_the_servers_decide(seen: dict[str, Stand], course: Course, way: tuple[Way, Entry]) -> None:
    assert way_of(course, seen) == way


@given(
    st.lists(st.sampled_from(Stand), min_size=1, max_size=4), st.sampled_from((FORWARD, STOPPING))
)
def test_the_way_ahead_is_only_open_where_every_server_has_everything(
    each: list[Stand], forward: Course
) -> None:
    seen = stands(*each)
    way, _entry = way_of(forward, seen)
    assert (way is Way.ON) == (set(each) <= {Stand.STAGED, Stand.COMMITTED})
    # What was stopped is never made anew with other keys, and no edited neo4j.conf is overwritten.
    assert not (way is Way.AFRESH and (forward.stop_begun or Stand.MOVED in each))
    for direction in (Direction.UNDOING, Direction.REVERTING):
        back = dataclasses.replace(forward, direction=direction)
        assert way_of(back, seen)[0] is Way.BACK


@given(
    st.builds(
        Settings,
        cluster=st.text(min_size=1),
        servers=st.tuples(st.builds(ServerSettings, name=st.text(), ssh=st.text())),
        neo4j=st.none() | st.builds(Version, st.integers(0, 3000), st.integers(0, 30)),
        subject=st.builds(Subject, country=st.text()),
        policy=st.builds(PolicySettings, tls_versions=st.none() | st.tuples(st.text(), st.text())),
        shared_ca_accepted=st.booleans(),
    )
)
def test_a_recorded_value_comes_back_equal(settings: Settings) -> None:
    text = json.dumps(dataclasses.asdict(settings), default=str)
    assert revived(Settings, json.loads(text)) == settings


@pytest.mark.parametrize(
    "raw",
    [None, [], {}, {"cluster": "a"}, {"cluster": 1, "servers": []}, {"cluster": "a", "servers": 3}],
)
def test_what_is_no_such_value_is_refused(raw: object) -> None:
    with pytest.raises(ValueError, match=r"is no|is missing"):
        revived(Settings, raw)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"XDG_STATE_HOME": str(tmp_path / "state")}


def made(environ: dict[str, str], cluster: str, *kinds: Kind, minute: int = 0) -> str:
    run_id = new_run_id(NOON + timedelta(minutes=minute))
    folder = make_run_folder(environ, run_id)
    with record_start(
        folder, cluster=cluster, answers_toml="", plan={}, clock=lambda: NOON
    ) as journal:
        for kind in kinds:
            journal.write(kind)
    return run_id


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ((Kind.INTENT, Kind.STAGED), RunState.STAGED),
        ((Kind.INTENT, Kind.STAGED, Kind.RESUMED), RunState.STAGED),
        ((Kind.INTENT, Kind.STAGED, Kind.RESUMED, Kind.INTENT), RunState.UNFINISHED),
        ((Kind.INTENT, Kind.BACK_BEGUN), RunState.UNFINISHED),
        ((Kind.INTENT, Kind.AFRESH), RunState.UNFINISHED),
        ((Kind.INTENT, Kind.AFRESH, Kind.REVERTED), RunState.REVERTED),
    ],
)
def test_the_journal_says_where_it_stands(
    environ: dict[str, str], kinds: tuple[Kind, ...], state: RunState
) -> None:
    run_id = made(environ, "payments", *kinds)
    run = run_to_undo(environ, run_id)
    assert run is not None
    assert open_run(run.folder).state is state


def test_resume_takes_the_last_run_that_is_not_finished(environ: dict[str, str]) -> None:
    made(environ, "payments", Kind.INTENT, Kind.APPLIED)
    assert run_to_resume(environ, None) is None
    waits = made(environ, "payments", Kind.INTENT, minute=1)
    made(environ, "payments", Kind.INTENT, Kind.APPLIED, minute=2)
    found = run_to_resume(environ, None)
    assert found is not None
    assert found.id == waits
    assert run_that_waits(environ, "payments") == found
    assert run_that_waits(environ, "orders") is None


def test_a_run_that_touched_nothing_counts_only_where_it_is_the_last(
    environ: dict[str, str],
) -> None:
    first = made(environ, "payments")
    found = run_to_resume(environ, None)
    assert found is not None
    assert found.id == first
    made(environ, "payments", Kind.INTENT, Kind.UNDONE, minute=1)
    assert run_to_resume(environ, None) is None


def test_runs_of_several_clusters_have_to_be_named(environ: dict[str, str]) -> None:
    one = made(environ, "payments", Kind.INTENT)
    made(environ, "orders", Kind.INTENT, Kind.STAGED, minute=1)
    with pytest.raises(UsageError) as refused:
        run_to_resume(environ, None)
    assert refused.value.exit_code == 2
    assert one in refused.value.message
    named = run_to_resume(environ, one)
    assert named is not None
    assert named.cluster == "payments"
    of_one = run_to_resume(environ, None, "orders")
    assert of_one is not None
    assert of_one.state is RunState.STAGED


@pytest.mark.parametrize("verb", ["undo", "resume"])
@pytest.mark.parametrize("by_error", [True, False])
@pytest.mark.parametrize(("last", "exit_code"), [(Kind.INTENT, 4), (Kind.STAGED, 130)])
def test_a_run_that_stood_half_way_is_half_way_still_when_nothing_was_begun(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    verb: str,
    by_error: bool,
    last: Kind,
    exit_code: int,
) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    run = make_run_folder(environ, new_run_id(NOON))
    with record_start(
        run, cluster="payments", answers_toml="", plan={}, clock=lambda: NOON
    ) as journal:
        journal.write(last, change="stop:a")

    def interrupted(_request: Request, _run: Run) -> Generator[Event, None, Result]:
        yield Said(message="Looking at the servers.")
        if by_error:
            raise CancelledError("Interrupted.")
        return Result.INTERRUPTED

    monkeypatch.setattr(walk, verb, interrupted)
    walks = {"undo": walk.undo_walk, "resume": walk.resume_walk}
    *events, finished = walks[verb](Request(environ=environ))
    assert isinstance(finished, Finished)
    assert finished.exit_code == exit_code
    told = any(isinstance(one, Said) and "neo4j-tls resume" in one.message for one in events)
    assert told == (exit_code == 4)
