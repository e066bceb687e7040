"""What a lost workstation had begun is ended from another one, either way, by the answers alone."""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from crash_bench import Ended, Nursery, applied, left_behind, nursery, original
from crash_practice import SERVERS, Bench, assert_killed, bench

STAGED, STOPPING, STOPPED, COMMITTING, STARTING = 7, 13, 15, 17, 21
"""Records of an apply to two servers."""
RESTORED = 1 + 2 * SERVERS
"""Records of an undo, once every server has its files again."""


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench(tmp_path_factory.mktemp("crash")) as made:
        yield made


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Nursery]:
    """A workstation that has never heard of anything."""
    with nursery(tmp_path) as runner:
        assert not runner.runs.exists()
        yield runner


@pytest.fixture(autouse=True)
def as_new(practice: Bench) -> Iterator[None]:
    """What the first workstation still has on record ends well, too."""
    yield
    practice.assert_as_before(practice.then("undo"))


def undo(practice: Bench, there: Nursery, *more: str, **where: float | bool) -> Ended:
    answers = practice.answers
    return there.run("undo", "--answers", answers, "--yes", "--json", *more, **where)


def last_run(practice: Bench) -> str:
    return max(path.name for path in practice.nursery.runs.iterdir())


def changes(ended: Ended) -> set[str]:
    started = [event for event in ended.events if event["event"] == "change_started"]
    return {event["change"].partition(":")[0] for event in started}


def problems(ended: Ended) -> list[str]:
    return [event["problem"] for event in ended.events if event["event"] == "problem"]


@pytest.mark.parametrize("record", [STAGED - 1, STOPPING, STARTING])
def test_a_run_cut_off_is_put_back_from_elsewhere(
    practice: Bench, elsewhere: Nursery, record: int
) -> None:
    assert_killed(practice.apply(record=record, before=False))
    ended = undo(practice, elsewhere, "--take-over", last_run(practice))
    practice.assert_as_before(ended)
    if record != STOPPING:  # then it may not even have been told
        assert ("start" in changes(ended)) is (record > STAGED)
    assert [path.name for path in elsewhere.runs.iterdir()] == [last_run(practice)]


def test_a_finished_run_is_undone_from_elsewhere(practice: Bench, elsewhere: Nursery) -> None:
    practice.assert_encrypted(practice.apply())
    practice.assert_as_before(undo(practice, elsewhere))
    again = undo(practice, elsewhere)
    assert (again.exit_code, changes(again)) == (0, set())


@pytest.mark.parametrize("record", [6])
def test_an_undo_from_elsewhere_may_be_cut_off_itself(
    practice: Bench, elsewhere: Nursery, record: int
) -> None:
    practice.assert_encrypted(practice.apply())
    assert_killed(undo(practice, elsewhere, record=record, before=False))
    practice.assert_as_before(undo(practice, elsewhere))


def test_an_undo_cut_off_before_its_start_is_told_as_what_is_seen(
    practice: Bench, elsewhere: Nursery
) -> None:
    practice.assert_encrypted(practice.apply())
    assert_killed(practice.then("undo", record=RESTORED, before=False))
    practice.let_scripts_end()
    assert original(practice.homes) == practice.before
    down = ["server-not-running"] * SERVERS
    seen = [(resume, (), 1), (undo, (), 1), (undo, ("--take-over", last_run(practice)), 0)]
    for verb, more, code in seen:
        ended = verb(practice, elsewhere, *more)
        assert (ended.exit_code, changes(ended)) == (code, set())
        assert problems(ended) == ["already-running"] * code + down
        assert all(f"{home}/bin/neo4j start" in ended.output for home in practice.homes)
    assert left_behind(practice.logins) == []


def test_the_locks_of_the_lost_workstation_are_taken_on_a_word_only(
    practice: Bench, elsewhere: Nursery
) -> None:
    assert_killed(practice.apply(record=STOPPED, before=False))
    before = applied(practice.homes)
    for more in ((), ("--take-over", "20250101-000000-abcd")):
        ended = undo(practice, elsewhere, *more)
        assert (ended.exit_code, changes(ended)) == (1, set())
        assert problems(ended) == ["already-running"]
        assert "--take-over" in ended.output
        assert applied(practice.homes) == before
    practice.assert_as_before(undo(practice, elsewhere, "--take-over", last_run(practice)))


def resume(practice: Bench, there: Nursery, *more: str, **where: float | bool) -> Ended:
    answers = practice.answers
    return there.run("resume", "--answers", answers, "--yes", "--json", *more, **where)


@pytest.mark.parametrize("record", [STAGED, COMMITTING])
def test_a_run_cut_off_goes_on_from_elsewhere(
    practice: Bench, elsewhere: Nursery, record: int
) -> None:
    assert_killed(practice.apply(record=record, before=False))
    ended = resume(practice, elsewhere, "--take-over", last_run(practice))
    practice.assert_encrypted(ended)
    assert "start" in changes(ended)
    assert not {"stage", "restore"} & changes(ended)
    assert ended.events[-1]["result"] == "ok"
    assert "Our own certificate will not be tested" in ended.output
    if record == STOPPING:
        practice.assert_as_before(elsewhere.run("undo", "--yes", "--json"))


def test_a_resume_from_elsewhere_may_be_cut_off_itself(practice: Bench, elsewhere: Nursery) -> None:
    assert_killed(practice.apply(record=STAGED, before=False))
    word = ("--take-over", last_run(practice))
    assert_killed(resume(practice, elsewhere, *word, record=6, before=False))
    practice.assert_encrypted(resume(practice, elsewhere))


def test_what_is_finished_is_not_touched_by_a_resume(practice: Bench, elsewhere: Nursery) -> None:
    practice.assert_encrypted(practice.apply())
    ended = resume(practice, elsewhere)
    assert (ended.exit_code, changes(ended)) == (0, set())
    assert not elsewhere.runs.exists()


@pytest.mark.parametrize(
    ("record", "problem"),
    [(STAGED, "staged-lost"), (STAGED, "conf-changed"), (COMMITTING, "conf-changed")],
)
def test_where_something_is_missing_only_undo_is_left(
    practice: Bench, elsewhere: Nursery, tmp_path: Path, record: int, problem: str
) -> None:
    assert_killed(practice.apply(record=record, before=False))
    practice.let_scripts_end()
    folder, away = practice.logins[1] / ".neo4j-tls" / last_run(practice), tmp_path / "away"
    if problem == "staged-lost":
        shutil.move(folder, away)
    conf = practice.homes[1] / "conf" / "neo4j.conf"
    content, at = conf.read_bytes(), conf.stat()
    if problem == "conf-changed":
        conf.write_bytes(content + b"# edited\n")
    before = original(practice.homes)
    ended = resume(practice, elsewhere, "--take-over", last_run(practice))
    assert (ended.exit_code, changes(ended)) == (1 if record == STAGED else 4, set())
    assert problems(ended) == [problem]
    assert "neo4j-tls undo --answers" in ended.output
    assert original(practice.homes) == before
    conf.write_bytes(content)
    os.utime(conf, ns=(at.st_atime_ns, at.st_mtime_ns))
    if away.exists():
        shutil.move(away, folder)


def test_other_answers_do_not_go_on_with_a_run(
    practice: Bench, elsewhere: Nursery, tmp_path: Path
) -> None:
    assert_killed(practice.apply(record=STAGED, before=False))
    answers = tomllib.loads(practice.answers.read_text())
    answers["trust"] = {"model": "self-signed"}
    path = tmp_path / "answers.toml"
    path.write_text(tomli_w.dumps(answers))
    ended = elsewhere.run("resume", "--answers", path, "--yes", "--json")
    assert (ended.exit_code, changes(ended)) == (1, set())
    assert problems(ended) == ["answers-changed"]


def one_less(answers: dict[str, Any]) -> None:
    del answers["servers"][1]


def one_more(answers: dict[str, Any]) -> None:
    answers["servers"].append({**answers["servers"][1], "name": "server3"})


def test_answers_that_name_other_servers_are_refused(
    practice: Bench, elsewhere: Nursery, tmp_path: Path
) -> None:
    practice.assert_encrypted(practice.apply())
    before = original(practice.homes)
    for change in (one_less, one_more):
        answers = tomllib.loads(practice.answers.read_text())
        change(answers)
        path = tmp_path / "answers.toml"
        path.write_text(tomli_w.dumps(answers))
        ended = elsewhere.run("undo", "--answers", path, "--yes", "--json")
        assert (ended.exit_code, changes(ended)) == (2, set())
        assert problems(ended) == ["run-does-not-fit"]
        assert original(practice.homes) == before
        assert not elsewhere.runs.exists()


STORIES = [
    ("/neo4j.conf", "/other.conf", 2, "run-does-not-fit"),
    ("member=server1 yes", "member=server1 no", 2, "run-does-not-fit"),
    ("member=server2", "member=../../etc", 5, "undo-damaged"),
    ("server=server1", "server=server2", 5, "undo-damaged"),
    ("complete=yes\n", "", 5, "undo-damaged"),
]
"""What stands in a manifest, what a server makes of it, and what that leads to."""


def test_a_server_that_tells_something_else_leads_nowhere(
    practice: Bench, elsewhere: Nursery
) -> None:
    practice.assert_encrypted(practice.apply())
    before = original(practice.homes)
    (manifest,) = practice.logins[0].glob(f".neo4j-tls/{last_run(practice)}/*/manifest")
    truth = manifest.read_text()
    for stands, told, code, problem in STORIES:
        assert stands in truth
        manifest.write_text(truth.replace(stands, told))
        ended = undo(practice, elsewhere)
        assert (ended.exit_code, changes(ended)) == (code, set()), told
        assert problems(ended) == [problem]
        assert original(practice.homes) == before
    manifest.write_text(truth)


def test_a_way_back_that_is_gone_keeps_the_others_from_going_alone(
    practice: Bench, elsewhere: Nursery, tmp_path: Path
) -> None:
    practice.assert_encrypted(practice.apply())
    place = practice.logins[1] / ".neo4j-tls" / last_run(practice)
    shutil.move(place, tmp_path / "away")
    before = original(practice.homes)
    ended = undo(practice, elsewhere)
    assert (ended.exit_code, changes(ended)) == (2, set())
    assert problems(ended) == ["run-does-not-fit"]
    assert original(practice.homes) == before
    shutil.move(tmp_path / "away", place)


def retold(login: Path, run: str, tell: Callable[[str], str]) -> None:
    """Let the manifest of a server say something else."""
    (manifest,) = login.glob(f".neo4j-tls/{run}/*/manifest")
    manifest.write_text(tell(manifest.read_text()))


def test_of_several_runs_one_has_to_be_named(practice: Bench, elsewhere: Nursery) -> None:
    practice.assert_encrypted(practice.apply())
    run, older = last_run(practice), "20250101-000000-abcd"
    for login in practice.logins:
        place = login / ".neo4j-tls"
        shutil.copytree(place / run, place / older, symlinks=True)
        retold(login, older, lambda text: text.replace(f"run={run}", f"run={older}"))
    before = original(practice.homes)
    ended = undo(practice, elsewhere)
    assert (ended.exit_code, changes(ended)) == (2, set())
    assert run in ended.output
    assert older in ended.output
    assert original(practice.homes) == before
    assert undo(practice, elsewhere, run).exit_code == 0
    for login in practice.logins:
        shutil.rmtree(login / ".neo4j-tls" / older)
        for left in login.glob(".neo4j-tls/.mtime"):
            left.unlink()
        (login / ".neo4j-tls").rmdir()
    assert original(practice.homes) == practice.before


def test_where_no_server_tells_of_a_run_nothing_is_done(
    practice: Bench, elsewhere: Nursery
) -> None:
    ended = undo(practice, elsewhere)
    assert (ended.exit_code, changes(ended), problems(ended)) == (0, set(), [])
    assert undo(practice, elsewhere, "20250101-000000-abcd").exit_code == 2
    assert not elsewhere.runs.exists()
