"""The judge is judged: it is all there, it reads as Java reads, and what is wrong does not pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import judge_links
import pytest
from judge_artifacts import VERSIONS, Installed, MissingToolError, install
from judge_bench import Bench, Case, Dial
from judge_cases import CASES
from judge_practice import Played, Practice
from judge_process import BrokenJudgeError, Judge
from judge_run import judge_case

from wizard.errors import ConfError
from wizard.model.version import Version
from wizard.neo4j.conf import Conf

pytestmark = pytest.mark.timeout(900)

REAL_CONFS = Path(__file__).resolve().parents[3] / "shared" / "real-confs"
FIVE = Version(5, 26, 30)


@pytest.fixture(scope="module")
def judge(installed: dict[Version, Installed]) -> Iterator[Judge]:
    with Judge(installed[FIVE]) as running:
        yield running


def named(name: str) -> Case:
    return next(case for case in CASES if case.name == name)


def test_there_are_enough_cases_and_each_is_told_apart() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)
    assert {version.major for version in VERSIONS} == {4, 5, 2025, 2026}


def test_a_case_that_is_right_has_no_differences(judge: Judge, tmp_path: Path) -> None:
    rows = judge_case(judge, named("links: one CA"), tmp_path / "case")
    assert [row.differences for row in rows] == [()] * 4


def test_a_case_that_expects_what_neo4j_does_not_do_fails(judge: Judge, tmp_path: Path) -> None:
    wrong = replace(named("key: password wrong"), starts="yes")
    rows = judge_case(judge, wrong, tmp_path / "case")
    assert any("expected: yes" in text for row in rows for text in row.differences)


def test_a_verdict_of_ours_that_is_wrong_fails(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge_links, "check_peer", lambda *_args, **_named: None)
    rows = judge_case(judge, named("links: server1 is of a foreign CA"), tmp_path / "case")
    assert sum(bool(row.differences) for row in rows) == 2


def test_words_of_ours_that_are_wrong_fail(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge_links, "check_peer", lambda *_args, **_named: "something else")
    rows = judge_case(judge, named("links: server1 is of a foreign CA"), tmp_path / "case")
    assert any("words" in text for row in rows for text in row.differences)


def test_a_link_that_could_not_be_judged_fails(judge: Judge, tmp_path: Path) -> None:
    def without_key(bench: Bench) -> None:
        bench.one.drop("private.key")

    dial = Dial(client="server2", server="server1", gets_in=False)
    case = Case(name="broken", change=without_key, starts="policy", servers=2, dials=(dial,))
    rows = judge_case(judge, case, tmp_path / "case")
    assert [row.differences for row in rows[:2]] == [(), ()]
    assert rows[2].differences == ("not judged: a server of this link did not start",)


@pytest.fixture(scope="module")
def practice() -> Iterator[Practice]:
    with Practice() as running:
        yield running


def test_the_practice_cluster_agrees_where_all_is_right(
    judge: Judge, practice: Practice, tmp_path: Path
) -> None:
    rows = judge_case(judge, named("door: strangers at REQUIRE"), tmp_path / "case", practice)
    assert [row.differences for row in rows] == [()] * 11
    assert "-" not in {row.practice for row in rows}


def test_a_practice_cluster_with_other_files_fails(
    judge: Judge, practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play = practice.play

    def play_others(bench: Bench) -> dict[str, Played]:
        bench.one.trust()
        bench.two.show(bench.leaf(bench.two, names=("elsewhere",)))
        return play(bench)

    monkeypatch.setattr(practice, "play", play_others)
    rows = judge_case(judge, named("links: one CA"), tmp_path / "case", practice)
    assert "trust anchors" in rows[0].differences[0]
    assert rows[1].differences == ()
    assert [text.split(":")[0] for row in rows[2:] for text in row.differences] == [
        "not judged"
    ] * 2


def test_a_practice_cluster_that_lets_others_in_fails(
    judge: Judge, practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play = practice.play

    def play_others(bench: Bench) -> dict[str, Played]:
        for server in bench.servers:
            server.say("client_auth", "NONE")
            server.write_conf()
        return play(bench)

    monkeypatch.setattr(practice, "play", play_others)
    rows = judge_case(judge, named("door: strangers at REQUIRE"), tmp_path / "case", practice)
    wrong = {row.question for row in rows if row.differences}
    assert {"stranger none", "stranger foreign-ca", "stranger expired"} <= wrong


def test_a_judge_without_neo4j_gives_no_verdict(installed: dict[Version, Installed]) -> None:
    empty = replace(installed[FIVE], class_path="/nowhere")
    with Judge(empty) as broken, pytest.raises(BrokenJudgeError):
        broken.forget()


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("NEO4J_TLS_JUDGE_CACHE", str(tmp_path / "cache"))
    with pytest.raises(MissingToolError, match=r"mvn|JDK"):
        install(VERSIONS[:1])


@pytest.mark.parametrize(
    "raw",
    [
        b"a=b\nc : d\ne f\n\tg\t=\th \n",
        b"#=a\n!b\n a\\=b=c\\\n   d\n",
        b"a=1\na=2\r\nb=\\u0041\\t\rc=\xe9\n",
        b"=x\n:y\n\\ =z\na\\\n",
        b"a=\\uZZZZ\n",
    ],
)
def test_a_neo4j_conf_is_read_as_java_reads_it(judge: Judge, raw: bytes) -> None:
    answer = judge.properties(raw)
    if "error" in answer:
        with pytest.raises(ConfError):
            Conf.parse(raw)
    else:
        assert dict(Conf.parse(raw).values) == answer["values"]


def test_real_neo4j_confs_are_read_as_java_reads_them(judge: Judge) -> None:
    files = [path for path in sorted(REAL_CONFS.glob("**/*")) if path.is_file()]
    if not files:
        pytest.skip("the collection of real neo4j.conf files is not beside this tree")
    read = 0
    for path in files:
        try:
            ours = dict(Conf.parse(path.read_bytes()).values)
        except ConfError:
            continue
        assert ours == judge.properties(path.read_bytes())["values"], path.name
        read += 1
    assert read
