"""Stops and starts that go on without the connection that began them, and finish.sh."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from cuts import RUN, SERVER, Scene
from fake_neo4j import make_home, snapshot
from sshd import running_sshd
from waiting import until

from wizard.errors import RemoteError
from wizard.remote.connection import Connection
from wizard.remote.staging import commit, finish_script, stage
from wizard.remote.steps import is_running, restore, start, stop

pytestmark = pytest.mark.sshd

SLOW = """\
#!/bin/sh
home=$(cd "$(dirname "$0")/.." && pwd)
case $1 in
start | stop)
    echo "$1 $(id -u) $(umask)" >>"$home/asked"
    while [ -e "$home/hold-$1" ]; do sleep 0.05; done
    ;;
esac
exec "$home/bin/quick" "$1"
"""
"""A bin/neo4j that takes as long over its work as a test wants."""


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with running_sshd(tmp_path / "sshd") as sshd:
        home = make_home(tmp_path / "a home")
        shutil.move(home / "bin" / "neo4j", home / "bin" / "quick")
        (home / "bin" / "neo4j").write_text(SLOW, "ascii")
        (home / "bin" / "neo4j").chmod(0o755)
        made = Scene(sshd=sshd, home=home)
        yield made
        for hold in home.glob("hold-*"):
            hold.unlink()
        with contextlib.closing(made.log_in()) as connection:
            stop(connection, made.service, 10)
            restore(connection, RUN, SERVER)


@pytest.fixture
def connection(scene: Scene) -> Iterator[Connection]:
    with contextlib.closing(scene.log_in()) as opened:
        yield opened


def asked(scene: Scene) -> list[str]:
    """What bin/neo4j was asked to start and stop, in order."""
    place = scene.home / "asked"
    return [line.split()[0] for line in place.read_text("ascii").splitlines()]


def lose(scene: Scene, connection: Connection, word: str) -> None:
    """Wait until bin/neo4j is at work, then end every process that sshd has for the login."""
    until(lambda: (scene.home / "asked").exists() and word in asked(scene), f"{word} was not asked")
    pids = subprocess.check_output(
        ["pgrep", "-P", str(scene.sshd.process.pid)], text=True, timeout=20
    )
    for pid in pids.split():
        group = subprocess.check_output(["ps", "-o", "pid=", "--ppid", pid], text=True, timeout=20)
        for one in [*group.split(), pid]:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(os.getpgid(int(one)), signal.SIGHUP)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(os.getpgid(int(one)), signal.SIGKILL)
    connection.close()


def held_call(scene: Scene, connection: Connection, word: str) -> None:
    """Begin a stop or a start, and lose the connection while Neo4j is at it."""
    (scene.home / f"hold-{word}").touch()
    acts: dict[str, Callable[[], object]] = {
        "stop": lambda: stop(connection, scene.service, 30),
        "start": lambda: start(connection, scene.service, [f"{scene.home}/logs/neo4j.log"]),
    }
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(acts[word])
        lose(scene, connection, word)
        with pytest.raises(RemoteError) as caught:
            call.result(30)
    assert caught.value.code == "connection-lost"


@pytest.mark.parametrize("kept", ["in the folder of the run", "in a folder of its own"])
def test_a_stop_goes_on_without_its_connection(
    scene: Scene, connection: Connection, kept: str
) -> None:
    start(connection, scene.service, [])
    if kept == "in the folder of the run":
        stage(connection, scene.order())
    held_call(scene, connection, "stop")
    with contextlib.closing(scene.log_in()) as again:
        assert is_running(again, scene.service)
        (scene.home / "hold-stop").unlink()
        until(lambda: not is_running(again, scene.service), "Neo4j was not stopped")
        stop(again, scene.service, 10)
        assert asked(scene) == ["start", "stop"]


def test_a_stop_that_is_asked_again_waits_for_the_one_under_way(
    scene: Scene, connection: Connection
) -> None:
    start(connection, scene.service, [])
    stage(connection, scene.order())
    held_call(scene, connection, "stop")
    with contextlib.closing(scene.log_in()) as again:
        with ThreadPoolExecutor(1) as pool:
            second = pool.submit(stop, again, scene.service, 20)
            assert is_running(again, scene.service)
            assert not second.done()
            (scene.home / "hold-stop").unlink()
            second.result(30)
        assert not is_running(again, scene.service)
    assert asked(scene) == ["start", "stop"]


def test_a_start_goes_on_without_its_connection_and_keeps_its_marks(
    scene: Scene, connection: Connection
) -> None:
    stage(connection, scene.order())
    log = scene.home / "logs" / "neo4j.log"
    log.write_bytes(b"before\n")
    held_call(scene, connection, "start")
    with contextlib.closing(scene.log_in()) as again:
        (scene.home / "hold-start").unlink()
        until(lambda: is_running(again, scene.service), "Neo4j was not started")
        assert start(again, scene.service, [str(log)]) == {str(log): len(b"before\n")}
    assert asked(scene) == ["start"]


def test_marks_stay_those_of_the_start_until_it_is_stopped(
    scene: Scene, connection: Connection
) -> None:
    stage(connection, scene.order())
    log = scene.home / "logs" / "neo4j.log"
    log.write_bytes(b"before\n")
    for _ in range(2):
        assert start(connection, scene.service, [str(log)]) == {str(log): 7}
    stop(connection, scene.service, 10)
    assert start(connection, scene.service, [str(log)]) == {str(log): 16}


def test_a_restore_waits_for_the_start_that_is_under_way(
    scene: Scene, connection: Connection
) -> None:
    order = scene.order()
    before = snapshot(scene.home / "conf")
    stage(connection, order)
    commit(connection, order)
    held_call(scene, connection, "start")
    (scene.home / "hold-start").unlink()
    with contextlib.closing(scene.log_in()) as again:
        stop(again, scene.service, 20)
        assert not is_running(again, scene.service)
        assert asked(scene) == ["start", "stop"]
        restore(again, RUN, SERVER)
    assert snapshot(scene.home / "conf") == before


def test_work_that_was_killed_is_told_and_done_again(scene: Scene, connection: Connection) -> None:
    start(connection, scene.service, [])
    undo = Path(stage(connection, scene.order()).undo)
    held_call(scene, connection, "stop")
    os.kill(int((undo / "stop.work" / "pid").read_text("ascii")), signal.SIGKILL)
    (scene.home / "hold-stop").unlink()
    with contextlib.closing(scene.log_in()) as again:
        stop(again, scene.service, 10)
        assert not is_running(again, scene.service)


def test_nothing_is_left_in_the_folder_for_temporary_files(tmp_path: Path) -> None:
    place = tmp_path / "tmp"
    place.mkdir()
    with running_sshd(tmp_path / "sshd", environment={"TMPDIR": str(place)}) as sshd:
        made = Scene(sshd=sshd, home=make_home(tmp_path / "home of neo4j"))
        service = replace(made.service, run="", server="")
        with contextlib.closing(made.log_in()) as opened:
            for _ in range(2):
                start(opened, service, [])
            for _ in range(2):
                stop(opened, service, 10)
    assert list(place.iterdir()) == []


def test_neo4j_starts_with_the_rights_for_files_that_the_login_has(
    scene: Scene, connection: Connection
) -> None:
    start(connection, scene.service, [])
    own = subprocess.check_output(["sh", "-c", "umask"], text=True, timeout=20).strip()
    assert (scene.home / "asked").read_text("ascii").split()[2] == own != "0077"


SHELLS: Mapping[str, tuple[str, ...]] = {
    "dash": ("dash",),
    "bash": ("bash", "--posix"),
    "busybox": ("busybox", "sh"),
}


@pytest.mark.parametrize("shell", SHELLS)
def test_finish_sh_finishes_a_run_without_the_wizard(
    scene: Scene, connection: Connection, shell: str
) -> None:
    order = scene.order()
    start(connection, scene.service, [])
    undo = stage(connection, order).undo
    conf = scene.home / "conf" / "neo4j.conf"
    before = conf.read_bytes()

    def said(words: str) -> str:
        return subprocess.run(
            [*SHELLS[shell], f"{undo}/finish.sh"],
            input=words,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        ).stdout

    assert "you did not type yes" in said("no\n")
    assert (conf.read_bytes(), is_running(connection, scene.service)) == (before, True)
    stopped = said("yes\nlater\n")
    assert "server2 (b)" in stopped
    assert "was not started" in stopped
    assert (conf.read_bytes(), is_running(connection, scene.service)) == (order.conf, False)
    assert "is starting" in said("yes\nstart\n")
    assert is_running(connection, scene.service)
    assert "is finished" in said("")
    assert asked(scene) == ["start", "stop", "start"]
    assert not Path(undo, "room").exists(), "the room for this was not used"


def test_a_finish_sh_that_was_killed_while_it_started_leaves_nothing(
    scene: Scene, connection: Connection
) -> None:
    undo = Path(stage(connection, scene.order()).undo)
    hold = scene.home / "hold-start"
    hold.touch()
    killed = subprocess.Popen(
        ["sh", str(undo / "finish.sh")], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    assert killed.stdin is not None
    killed.stdin.write(b"yes\nstart\n")
    killed.stdin.close()
    until((undo / "said").exists, "it does not start Neo4j")
    killed.kill()
    killed.wait(20)
    hold.unlink()
    until((undo / "code").exists, "the start does not end")
    assert restore(connection, RUN, SERVER).left == ()
    assert not undo.parent.parent.exists()


def test_finish_sh_leaves_a_conf_that_somebody_edited(scene: Scene, connection: Connection) -> None:
    undo = stage(connection, scene.order()).undo
    conf = scene.home / "conf" / "neo4j.conf"
    kept = conf.read_bytes()
    conf.write_bytes(b"edited=yes\n")
    ended = subprocess.run(
        ["sh", f"{undo}/finish.sh"], input=b"yes\n", capture_output=True, timeout=60, check=False
    )
    assert (ended.returncode, conf.read_bytes()) == (3, b"edited=yes\n")
    assert b"was edited" in ended.stdout
    conf.write_bytes(kept)


@pytest.mark.parametrize("name", ["finish.sh", "undo.sh"])
def test_a_script_that_was_called_from_its_own_folder_keeps_its_turn(
    scene: Scene, connection: Connection, name: str
) -> None:
    undo = Path(stage(connection, scene.order()).undo)
    functions = finish_script().removesuffix(b'main "$@"\n')
    waits = subprocess.Popen(
        ["sh", f"./{name}"], cwd=undo, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    try:
        turn = scene.home / "turn"
        turn.write_text(f"{waits.pid}\n", "ascii")
        look = functions + b'at_work "$1" && echo at work\n'
        asked = ["sh", "-c", look.decode(), "sh", str(turn)]
        until(
            lambda: subprocess.check_output(asked, timeout=20) == b"at work\n",
            "it is not seen to be at work",
        )
    finally:
        waits.communicate(b"no\n", timeout=20)
        turn.unlink()


def test_finish_sh_stands_on_its_own() -> None:
    text = finish_script()
    assert text.startswith(b"#!/bin/sh\n")
    for name in (b"put_conf_in_place", b"stop_neo4j", b"start_neo4j", b"take_turn"):
        assert text.count(b"\n" + name + b"() {") == 1
