"""`apply --until staged` and `resume` as their users run them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomli_w
from black_box import Served, served, wizard


@pytest.fixture(scope="module")
def cluster() -> Iterator[Served]:
    with served("--servers", "2") as running:
        yield running


def test_staged_by_day_resumed_in_the_window_and_undone(cluster: Served, tmp_path: Path) -> None:
    before = cluster.trees()
    answers = tomllib.loads(cluster.answers.read_text())
    secrets = Path(answers["secrets"])
    (tmp_path / "beside.toml").touch(mode=0o600)
    (tmp_path / "beside.toml").write_text(secrets.read_text())
    own = tmp_path / "answers.toml"
    own.write_text(tomli_w.dumps({**answers, "secrets": "beside.toml"}))

    staged = wizard("apply", "--answers", own, "--until", "staged", "--yes", "--json")
    assert staged.exit_code == 0, staged.stdout
    run = staged.events[0]["run"]
    assert {event["change"].partition(":")[0] for event in staged.of("change_started")} == {
        "stage",
        "validate",
    }
    assert "staged" in wizard("runs").stdout

    resumed = wizard("resume", "--yes")
    assert resumed.exit_code == 0, resumed.stdout + resumed.stderr
    assert "2 of 2 links" in resumed.stdout
    assert "applied" in wizard("runs").stdout

    again = wizard("resume", run, "--yes", "--json")
    assert again.exit_code == 0
    assert again.events[0] == again.events[0] | {"command": "resume", "run": run}
    assert not again.of("change_started")

    assert wizard("undo", "--yes").exit_code == 0
    assert cluster.trees() == before


def test_nobody_to_ask_and_no_such_run_are_refused() -> None:
    assert wizard("resume", "20200101-000000-0000", "--yes").exit_code == 2
    nobody = wizard("resume")
    assert nobody.exit_code == 2
    assert "--yes" in nobody.stderr
    nothing = wizard("resume", "--yes", "--json")
    assert (nothing.exit_code, nothing.of("change_started")) == (0, [])
    assert wizard("apply", "--answers", "x", "--until", "started").exit_code == 2
