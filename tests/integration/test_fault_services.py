"""A service manager that refuses, hangs, forgets or brings Neo4j back: told in its words."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cuts import RUN, SERVER, Scene
from fake_neo4j import make_home
from sshd import running_sshd

from wizard.errors import RemoteError
from wizard.remote.connection import Connection
from wizard.remote.staging import commit, stage
from wizard.remote.steps import Service, is_running, restore, start, stop

pytestmark = pytest.mark.sshd

SYSTEMCTL = r"""#!/bin/sh
# Stands in for systemctl(1): knows one unit, whose process sleeps; files beside it say what is odd.
here=$(dirname "$0")/..
up() { [ -s "$here/pid" ] && kill -0 "$(cat "$here/pid")" 2>/dev/null; }
run() { sleep 600 </dev/null >/dev/null 2>&1 & echo $! >"$here/pid"; }
echo "$*" >>"$here/asked"
case $1 in
show) up && echo "MainPID=$(cat "$here/pid")" || echo MainPID=0 ;;
is-active)
    [ -e "$here/activating" ] && { echo activating; exit 3; }
    up && echo active || { echo inactive; exit 3; }
    ;;
start)
    [ -e "$here/limit" ] && { echo "Start request repeated too quickly." >&2; exit 1; }
    [ -e "$here/hang" ] && sleep 30
    up || run
    ;;
stop)
    [ -e "$here/missing" ] && { echo "Unit $3 not loaded." >&2; exit 5; }
    [ -e "$here/denied" ] && { echo "Interactive authentication required." >&2; exit 1; }
    [ -e "$here/slow" ] && exit 0
    kill "$(cat "$here/pid")"
    [ -e "$here/watchdog" ] && run
    ;;
esac
exit 0
"""


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A server whose Neo4j is a unit of a stand-in for systemd."""

    scene: Scene
    folder: Path
    connection: Connection

    @property
    def service(self) -> Service:
        """The unit."""
        return replace(self.scene.service, service="systemd:neo4j")

    def odd(self, what: str) -> Path:
        """Make the service manager do something odd from now on."""
        (self.folder / what).touch()
        return self.folder / what

    def asked(self, word: str) -> int:
        """How often systemctl was asked for that."""
        lines = (self.folder / "asked").read_text("ascii").splitlines()
        return sum(line.split()[0] == word for line in lines)


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[Unit]:
    folder = tmp_path / "manager"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "systemctl").write_text(SYSTEMCTL, "ascii")
    (folder / "bin" / "systemctl").chmod(0o755)
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    with running_sshd(tmp_path / "sshd", environment={"PATH": path}) as sshd:
        scene = Scene(sshd=sshd, home=make_home(tmp_path / "a home"))
        with contextlib.closing(scene.log_in()) as connection:
            made = Unit(scene=scene, folder=folder, connection=connection)
            start(connection, made.service, [])
            yield made
            for oddity in folder.iterdir():
                if oddity.name not in {"bin", "pid", "asked"}:
                    oddity.unlink()
            stop(connection, made.service, 10)


def refused(unit: Unit, what: str, code: str, timeout_s: float = 10) -> str:
    """The words of a stop that fails."""
    unit.odd(what)
    with pytest.raises(RemoteError) as caught:
        stop(unit.connection, unit.service, timeout_s)
    assert caught.value.code == code
    return caught.value.message


def test_a_unit_is_stopped_and_started(unit: Unit) -> None:
    assert is_running(unit.connection, unit.service)
    stop(unit.connection, unit.service, 10)
    assert not is_running(unit.connection, unit.service)
    start(unit.connection, unit.service, [])
    assert is_running(unit.connection, unit.service)


@pytest.mark.parametrize(
    ("what", "words"), [("missing", "not loaded"), ("denied", "authentication required")]
)
def test_a_stop_that_is_refused_is_told_in_the_managers_words(
    unit: Unit, what: str, words: str
) -> None:
    assert words in refused(unit, what, "service")
    assert is_running(unit.connection, unit.service)


def test_a_unit_that_does_not_stop_in_time_is_never_killed(unit: Unit) -> None:
    refused(unit, "slow", "still-running", 1)
    assert is_running(unit.connection, unit.service)
    assert unit.asked("kill") == 0


def test_a_unit_that_something_starts_again_is_told(unit: Unit) -> None:
    assert "started again" in refused(unit, "watchdog", "still-running")
    assert is_running(unit.connection, unit.service)


def test_a_start_beyond_the_limit_is_told_in_the_managers_words(unit: Unit) -> None:
    stop(unit.connection, unit.service, 10)
    unit.odd("limit")
    with pytest.raises(RemoteError, match="repeated too quickly") as caught:
        start(unit.connection, unit.service, [])
    assert caught.value.code == "start-failed"


def test_a_start_that_hangs_is_given_up_and_can_be_asked_again(
    unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop(unit.connection, unit.service, 10)
    hang = unit.odd("hang")
    monkeypatch.setattr("wizard.remote.steps._START_TIMEOUT_S", 1.0)
    begun = time.monotonic()
    with pytest.raises(RemoteError) as caught:
        start(unit.connection, unit.service, [])
    assert caught.value.code == "start-failed"
    assert time.monotonic() - begun < 25
    hang.unlink()
    start(unit.connection, unit.service, [])
    assert is_running(unit.connection, unit.service)


def test_a_unit_that_still_activates_counts_as_running(unit: Unit) -> None:
    stop(unit.connection, unit.service, 10)
    slow = unit.odd("activating")
    assert is_running(unit.connection, unit.service)
    slow.unlink()
    assert not is_running(unit.connection, unit.service)


def test_a_run_on_a_unit_goes_there_and_back(unit: Unit) -> None:
    before, order = unit.scene.trees(), unit.scene.order()
    stage(unit.connection, order)
    stop(unit.connection, unit.service, 10)
    commit(unit.connection, order)
    start(unit.connection, unit.service, [])
    stop(unit.connection, unit.service, 10)
    restore(unit.connection, RUN, SERVER)
    assert unit.scene.trees() == before
