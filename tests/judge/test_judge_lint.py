"""`neo4j-tls lint` against Neo4j's own classes: it misses no refusal and raises no false alarm."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import judge_lint
import pytest
from judge_artifacts import ALL_VERSIONS, THREE, Installed
from judge_bench import Bench
from judge_cases_conf import CONF_CASES
from judge_lint import Tally, compare
from judge_mutations import mutated
from judge_process import Judge

from wizard.model.version import Version

pytestmark = pytest.mark.timeout(900)  # the first run fetches and compiles

REAL_CONFS = Path(__file__).resolve().parents[3] / "shared" / "real-confs"
MUTATIONS = 100
"""How many files with chance mistakes each version gets."""

KNOWN_FALSE_ALARMS: dict[str, str] = {}
"""By the beginning of what the tally says: why lint may differ from Neo4j there."""


def real_confs() -> tuple[Path, ...]:
    """The collection beside this tree; under CI it has to be there."""
    found = tuple(sorted(REAL_CONFS.glob("*.conf")))
    if not found and os.environ.get("CI") == "true":
        pytest.fail("the collection of real neo4j.conf files is not beside this tree")
    return found


def bench_of(version: Version, folder: Path) -> Bench:
    """A server whose policy files are right, with the neo4j.conf of a cluster around the policy."""
    bench = Bench(folder, version, 1)
    bench.surround(
        (), {"discovery": 5000, "cluster": 6000, "raft": 7000, "routing": 7688, "bolt": 7687}
    )
    return bench


def unexplained(tally: Tally) -> list[str]:
    return [one for one in tally.wrong if not one.startswith(tuple(KNOWN_FALSE_ALARMS))]


@pytest.fixture(params=ALL_VERSIONS, ids=str)
def judge(request: pytest.FixtureRequest, installed: dict[Version, Installed]) -> Iterator[Judge]:
    with Judge(installed[request.param]) as running:
        yield running


def test_lint_and_neo4j_agree_on_every_case_of_neo4j_conf(judge: Judge, tmp_path: Path) -> None:
    tally = Tally()
    for number, case in enumerate(CONF_CASES):
        bench = bench_of(judge.version, tmp_path / str(number))
        case.change(bench)
        bench.one.write_conf()
        compare(judge, case.name, bench.one.conf, bench.one.home, tally)
    assert unexplained(tally) == []
    assert tally.refused >= 10
    assert tally.accepted >= 20


def test_lint_and_neo4j_agree_on_real_confs(judge: Judge, tmp_path: Path) -> None:
    tally = Tally()
    for conf in real_confs():
        compare(judge, conf.name, conf, tmp_path, tally)
    assert unexplained(tally) == []


def test_lint_and_neo4j_agree_on_chance_mistakes(judge: Judge, tmp_path: Path) -> None:
    tally = Tally()
    bench = bench_of(judge.version, tmp_path / "bench")
    bench.one.write_conf()
    sources = [bench.one.conf.read_bytes()] * 3 + [
        conf.read_bytes() for conf in real_confs() if conf.name != "git-lfs-pointer.conf"
    ]
    for seed in range(MUTATIONS):
        raw = mutated(sources[seed % len(sources)], seed)
        bench.one.conf.write_bytes(raw)
        compare(judge, f"mutation {seed}", bench.one.conf, bench.one.home, tally)
    assert unexplained(tally) == []
    assert min(tally.refused, tally.accepted) >= MUTATIONS // 20


def test_a_lint_that_sees_nothing_fails(
    installed: dict[Version, Installed], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge_lint, "lint", lambda *_arguments: ())
    with Judge(installed[ALL_VERSIONS[-1]]) as judge:
        tally = Tally()
        bench = bench_of(judge.version, tmp_path)
        bench.one.say("client_auth", "REQUIRED")
        bench.one.write_conf()
        compare(judge, "no lint", bench.one.conf, bench.one.home, tally)
    assert ["lint has no error" in one for one in tally.wrong] == [True]


def test_a_lint_that_cries_wolf_fails(
    installed: dict[Version, Installed], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = judge_lint.lint
    monkeypatch.setattr(judge_lint, "lint", lambda raw, _version: real(raw, THREE))
    with Judge(installed[ALL_VERSIONS[-1]]) as judge:
        tally = Tally()
        bench = bench_of(judge.version, tmp_path)
        bench.one.write_conf()
        compare(judge, "rules of 3.5", bench.one.conf, bench.one.home, tally)
    assert ["Neo4j starts" in one for one in tally.wrong] == [True]
