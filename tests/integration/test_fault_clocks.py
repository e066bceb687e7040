"""Clocks of servers that are wrong, and that somebody sets while we wait: seen by a real sshd."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cuts import SERVER, Scene
from fake_neo4j import make_home
from sshd import running_sshd

from wizard.model.settings import ServerSettings, Settings
from wizard.planning.planner import make_plan
from wizard.remote.steps import is_running, start, stop
from wizard.remote.survey import survey

pytestmark = pytest.mark.sshd

WRONG = """#!/bin/sh
real=$(/bin/date "$@")
case $* in *%s*) echo $((real + {seconds})) ;; *) echo "$real" ;; esac
"""
LEAPING = """#!/bin/sh
echo >>"$HOME/looks"
echo $(($(/bin/date +%s) + 3600 * $(wc -l <"$HOME/looks")))
"""
"""A clock that is set an hour ahead between any two looks at it."""


@contextlib.contextmanager
def clock(folder: Path, date: str) -> Iterator[Scene]:
    """A server whose date(1) is another one."""
    tool = folder / "tools" / "date"
    tool.parent.mkdir()
    tool.write_text(date, "ascii")
    tool.chmod(0o755)
    path = f"{tool.parent}:/usr/bin:/bin"
    with running_sshd(folder / "sshd", environment={"PATH": path}) as sshd:
        yield Scene(sshd=sshd, home=make_home(folder / "a home"))


@pytest.mark.parametrize(
    ("seconds", "severity", "words"),
    [
        (7200, "error", "seconds ahead of this computer's"),
        (-7200, "error", "seconds behind this computer's"),
        (-120, "warning", "seconds behind this computer's"),
    ],
)
def test_a_wrong_clock_is_measured_and_told(
    tmp_path: Path, seconds: int, severity: str, words: str
) -> None:
    with (
        clock(tmp_path, WRONG.replace("{seconds}", str(seconds))) as one,
        contextlib.closing(one.log_in()) as connection,
    ):
        server = ServerSettings(name=SERVER, ssh=one.sshd.ssh, home=str(one.home))
        facts = survey(connection, server, ())
    assert abs(facts.clock_offset_s - seconds) < 30
    plan = make_plan(Settings(cluster="payments", servers=(server,)), [facts])
    (problem,) = [one for one in plan.problems if one.code == "clock-skew"]
    assert problem.severity == severity
    assert words in problem.message
    assert bool(plan.changes) is (severity == "warning")


def test_a_clock_that_is_set_ends_no_wait_before_its_time(tmp_path: Path) -> None:
    with clock(tmp_path, LEAPING) as one, contextlib.closing(one.log_in()) as connection:
        neo4j = one.home / "bin" / "neo4j"
        quick = neo4j.read_text("ascii")
        neo4j.write_text(quick.replace("case $1 in", "[ $1 = status ] || sleep 0.4\ncase $1 in"))
        service = replace(one.service, run="", server="")
        start(connection, service, [])
        assert is_running(connection, service)
        stop(connection, service, 10)
        assert not is_running(connection, service)
