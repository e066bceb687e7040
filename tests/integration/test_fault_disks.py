"""Disks of a server that are full, read-only, locked or swept: nothing is lost."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cuts import RUN, SERVER, Scene
from fake_neo4j import CONF, make_home, snapshot
from sshd import running_sshd

from wizard.errors import RemoteError
from wizard.remote.connection import Connection
from wizard.remote.own_validator import Word, ask_validator
from wizard.remote.staging import StageFile, commit, stage, validate
from wizard.remote.steps import is_running, restore, start, stop

pytestmark = pytest.mark.sshd


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with running_sshd(tmp_path / "sshd") as sshd:
        yield Scene(sshd=sshd, home=make_home(tmp_path / "a home"))


@pytest.fixture
def connection(scene: Scene) -> Iterator[Connection]:
    with contextlib.closing(scene.log_in()) as opened:
        yield opened


def needs(*tools: str) -> None:
    """Skip where root or a tool is missing; under CI that is a failure."""
    if os.geteuid() != 0 or not all(map(shutil.which, tools)):
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing(f"this test needs root, and {' and '.join(tools)}")


@contextlib.contextmanager
def small(place: Path, options: str) -> Iterator[None]:
    """Put a small file system in the place of a folder, holding the same."""
    needs("mount")
    kept = place.with_name(place.name + " kept")
    times = place.stat()
    shutil.copytree(place, kept, symlinks=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", place], check=True, timeout=20)
    try:
        shutil.copytree(kept, place, dirs_exist_ok=True, symlinks=True)
        os.utime(place, ns=(times.st_atime_ns, times.st_mtime_ns))
        yield
    finally:
        subprocess.run(["umount", "--lazy", place], check=True, timeout=20)
        shutil.rmtree(kept)


def refuses(act: Callable[[], object], *codes: str) -> None:
    """It fails as one of these, in a sentence."""
    with pytest.raises(RemoteError) as caught:
        act()
    assert caught.value.code in codes, caught.value.message
    assert caught.value.message.endswith(".")


FULL = {
    "certificates, no room": ("certificates", "size=1100k"),
    "certificates, no inodes": ("certificates", "size=8m,nr_inodes=4"),
    "conf, no room": ("conf", "size=1072k"),
    "conf, no inodes": ("conf", "size=8m,nr_inodes=4"),
    "certificates, nearly full": ("certificates", "size=512k"),
}


@pytest.mark.parametrize("case", FULL)
def test_a_full_disk_is_told_and_leaves_all_as_it_was(
    scene: Scene, connection: Connection, case: str
) -> None:
    folder, options = FULL[case]
    order = scene.order()
    big = StageFile(path="big.crt", mode=0o644, content=os.urandom(1_500_000))
    order = replace(order, files=(*order.files, big), conf=order.conf + b"#" * 1_500_000)
    with small(scene.home / folder, options):
        before = scene.trees()
        refuses(
            lambda: stage(connection, order),
            "too-little-space",
            "archive",
            "not-writable",
            "busy",
            "path-exists",
        )
        restore(connection, RUN, SERVER)
        assert scene.trees() == before


def test_a_login_folder_without_room_is_told_and_leaves_all_as_it_was(
    scene: Scene, connection: Connection
) -> None:
    with small(scene.sshd.home, "size=64k,nr_inodes=3"):
        before = scene.trees()
        refuses(lambda: stage(connection, scene.order()), "too-little-space", "not-ours")
        restore(connection, RUN, SERVER)
        assert scene.trees() == before


def test_a_disk_that_is_full_when_it_is_put_back_keeps_the_original(
    scene: Scene, connection: Connection
) -> None:
    order = scene.order()
    with small(scene.home / "conf", "size=2m"):
        before = scene.trees()
        undo = Path(stage(connection, order).undo)
        commit(connection, order)
        ballast = scene.home / "conf" / "ballast"
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(b"\0" * 4096):
                pass
        refuses(lambda: restore(connection, RUN, SERVER), "too-little-space", "not-writable")
        assert (undo / "original.conf").exists()
        assert (scene.home / "conf" / "neo4j.conf").read_bytes() == order.conf
        ballast.unlink()
        restore(connection, RUN, SERVER)
        assert scene.trees() == before


def test_a_login_folder_that_is_full_keeps_nobody_from_putting_back(
    scene: Scene, connection: Connection
) -> None:
    order = scene.order()
    before = scene.trees()
    with small(scene.sshd.home, "size=2m"):
        stage(connection, order)
        commit(connection, order)
        ballast = scene.sshd.home / "ballast"
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(b"\0" * 4096):
                pass
        restore(connection, RUN, SERVER)
        ballast.unlink()
        assert not (scene.sshd.home / ".neo4j-tls").exists()
    assert scene.trees() == before


@pytest.mark.parametrize("place", ["conf", "conf/neo4j.conf", "certificates"])
def test_what_is_made_immutable_is_told_and_stays(
    scene: Scene, connection: Connection, place: str
) -> None:
    needs("chattr")
    before, order = scene.trees(), scene.order()
    locked = scene.home / place
    if subprocess.run(["chattr", "+i", locked], check=False, timeout=20).returncode:
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing("the file system of this machine knows no immutable files")
    try:
        if place == "conf/neo4j.conf":
            stage(connection, order)
            refuses(lambda: commit(connection, order), "not-writable")
            assert snapshot(scene.home / "conf")["neo4j.conf"] == before[0]["conf/neo4j.conf"]
        else:
            refuses(lambda: stage(connection, order), "not-writable", "path-exists", "busy")
    finally:
        subprocess.run(["chattr", "-i", locked], check=True, timeout=20)
    restore(connection, RUN, SERVER)
    assert scene.trees() == before


def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    needs("setpriv")
    drop = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")
    with running_sshd(tmp_path / "sshd", within=(*drop, "--")) as sshd:
        made = Scene(sshd=sshd, home=make_home(tmp_path / "a home"))
        for folder in ("certificates", "conf"):
            before = made.trees()
            (made.home / folder).chmod(0o555)
            with contextlib.closing(made.log_in()) as connection:
                refuses(lambda at=connection: stage(at, made.order()), "not-writable")
            (made.home / folder).chmod(0o755)
            assert made.trees() == before


@pytest.mark.parametrize("folder", ["certificates", "conf"])
def test_a_folder_that_only_its_access_list_closes_is_told(tmp_path: Path, folder: str) -> None:
    needs("setpriv", "setfacl")
    drop = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")
    with running_sshd(tmp_path / "sshd", within=(*drop, "--")) as sshd:
        made = Scene(sshd=sshd, home=make_home(tmp_path / "a home"))
        place = made.home / folder
        os.chown(place, 12345, 12345)
        place.chmod(0o777)
        subprocess.run(["setfacl", "-m", "u:0:rx,m::rwx", place], check=True, timeout=20)
        before = made.trees()
        with contextlib.closing(made.log_in()) as connection:
            refuses(lambda: stage(connection, made.order()), "not-writable")
        assert made.trees() == before


@pytest.mark.parametrize("folder", ["certificates", "conf"])
def test_a_folder_that_was_mounted_read_only_meanwhile_is_told(tmp_path: Path, folder: str) -> None:
    needs("unshare", "mount")
    home = make_home(tmp_path / "a home")
    place = home / folder
    mounts = f"mount --bind '{place}' '{place}' && mount -o remount,ro,bind '{place}'"
    within = ("unshare", "--mount", "--propagation", "private", "sh", "-c")
    within = (*within, f'{mounts} && exec "$@"', "sh")
    with running_sshd(tmp_path / "sshd", within=within) as sshd:
        made = Scene(sshd=sshd, home=home)
        before = made.trees()
        with contextlib.closing(made.log_in()) as connection:
            refuses(lambda: stage(connection, made.order()), "not-writable")
        assert made.trees() == before


@pytest.mark.parametrize("large", ["certificate", "conf"])
def test_a_limit_that_the_free_space_does_not_show_is_told_and_leaves_all_as_it_was(
    tmp_path: Path, large: str
) -> None:
    """A quota could not be had; a limit on the size of a file also strikes in the midst of one."""
    needs("prlimit")
    limit = ("prlimit", f"--fsize={512 * 1024}", "--core=0", "--")
    with running_sshd(tmp_path / "sshd", within=limit) as sshd:
        made = Scene(sshd=sshd, home=make_home(tmp_path / "a home"))
        order = made.order()
        if large == "conf":
            order = replace(order, conf=order.conf + b"#" * 600_000)
        else:
            big = StageFile(path="big.crt", mode=0o644, content=os.urandom(600_000))
            order = replace(order, files=(*order.files, big))
        before = made.trees()
        with contextlib.closing(made.log_in()) as connection:
            refuses(lambda: stage(connection, order), "too-little-space", "archive")
            assert (made.home / "conf" / "neo4j.conf").read_bytes() == CONF
            restore(connection, RUN, SERVER)
            assert made.trees() == before
            stage(connection, made.order())
            restore(connection, RUN, SERVER)
        assert made.trees() == before


def test_a_restart_that_sweeps_temporary_files_loses_nothing(tmp_path: Path) -> None:
    place = tmp_path / "tmp"
    place.mkdir()
    with running_sshd(tmp_path / "sshd", environment={"TMPDIR": str(place)}) as sshd:
        made = Scene(sshd=sshd, home=make_home(tmp_path / "a home"))
        before, order = made.trees(), made.order()
        for step in (
            lambda at: start(at, made.service, []),
            lambda at: stage(at, order),
            lambda at: validate(at, order),
            lambda at: stop(at, made.service, 10),
            lambda at: commit(at, order),
            lambda at: start(at, made.service, []),
            lambda at: stop(at, made.service, 10),
            lambda at: restore(at, RUN, SERVER),
        ):
            with contextlib.closing(made.log_in()) as connection:
                step(connection)
            sshd.restart()
            shutil.rmtree(place)
            place.mkdir()
        assert made.trees() == before
        with contextlib.closing(made.log_in()) as connection:
            assert not is_running(connection, made.service)


def test_an_original_that_is_gone_is_told_and_the_conf_stays(
    scene: Scene, connection: Connection
) -> None:
    order = scene.order()
    undo = Path(stage(connection, order).undo)
    commit(connection, order)
    (undo / "original.conf").unlink()
    refuses(lambda: restore(connection, RUN, SERVER), "undo-damaged")
    assert (scene.home / "conf" / "neo4j.conf").read_bytes() == order.conf
    assert (undo / "manifest").exists()


def fill(folder: Path) -> list[Path]:
    """Take every byte and then every further file that the file system of a folder has."""
    made = [folder / "ballast"]
    with contextlib.suppress(OSError), made[0].open("wb", buffering=0) as file:
        while file.write(b"\0" * 4096):
            pass
    with contextlib.suppress(OSError):
        while True:
            made.append(folder / f"ballast{len(made)}")
            made[-1].touch()
    return [one for one in made if one.exists()]


def test_a_login_folder_that_fills_up_later_keeps_nobody_from_stopping_and_starting(
    scene: Scene, connection: Connection
) -> None:
    order, before = scene.order(), scene.trees()
    start(connection, scene.service, [])
    with small(scene.sshd.home, "size=2m,nr_inodes=200"):
        stage(connection, order)
        validate(connection, order)
        ballast = fill(scene.sshd.home)
        stop(connection, scene.service, 10)
        assert not is_running(connection, scene.service)
        commit(connection, order)
        start(connection, scene.service, [])
        assert is_running(connection, scene.service)
        stop(connection, scene.service, 10)
        restore(connection, RUN, SERVER)
        for one in ballast:
            one.unlink()
        assert not (scene.sshd.home / ".neo4j-tls").exists()
    assert scene.trees() == before


def test_a_login_folder_without_room_for_a_stop_is_told_before_anything_is_stopped(
    scene: Scene, connection: Connection
) -> None:
    order = scene.order()
    start(connection, scene.service, [])
    with small(scene.sshd.home, "size=2m,nr_inodes=200"):
        undo = Path(stage(connection, order).undo)
        shutil.rmtree(undo / "room")
        ballast = fill(scene.sshd.home)
        refuses(lambda: validate(connection, order), "too-little-space")
        refuses(lambda: stop(connection, scene.service, 10), "too-little-space")
        assert is_running(connection, scene.service)
        for one in ballast:
            one.unlink()
        validate(connection, order)
        stop(connection, scene.service, 10)
        restore(connection, RUN, SERVER)


def with_validator(one: Scene) -> None:
    """Neo4j's own validator, which wants some room for what it says."""
    file = one.home / "bin" / "neo4j-admin"
    file.write_text('#!/bin/sh\ngrep -q client_auth "$NEO4J_CONF/neo4j.conf"\n', "ascii")
    file.chmod(0o755)


def test_a_full_folder_for_temporary_files_keeps_nobody_from_anything(tmp_path: Path) -> None:
    place = tmp_path / "tmp"
    place.mkdir()
    with (
        running_sshd(tmp_path / "sshd", environment={"TMPDIR": str(place)}) as sshd,
        small(place, "size=64k,nr_inodes=50"),
    ):
        made = Scene(sshd=sshd, home=make_home(tmp_path / "a home"))
        with_validator(made)
        fill(place)
        before, order = made.trees(), made.order()
        unbound = replace(made.service, run="", server="")
        with contextlib.closing(made.log_in()) as connection:
            start(connection, unbound, [])
            stage(connection, order)
            validate(connection, order)
            assert ask_validator(connection, RUN, SERVER).word is Word.PASSED
            stop(connection, unbound, 10)
            restore(connection, RUN, SERVER)
        assert made.trees() == before


def test_without_any_folder_for_temporary_files_the_validator_is_not_asked(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    mktemp = tmp_path / "tools" / "mktemp"
    mktemp.write_text("#!/bin/sh\nexit 1\n", "ascii")
    mktemp.chmod(0o755)
    path = f"{mktemp.parent}:/usr/bin:/bin"
    with running_sshd(tmp_path / "sshd", environment={"PATH": path}) as sshd:
        made = Scene(sshd=sshd, home=make_home(tmp_path / "a home"))
        with_validator(made)
        before, order = snapshot(made.home), made.order()
        with contextlib.closing(made.log_in()) as connection:
            stage(connection, order)
            assert ask_validator(connection, RUN, SERVER).word is Word.NO_ROOM
            restore(connection, RUN, SERVER)
            assert snapshot(made.home) == before
            assert list(made.sshd.home.iterdir()) == []
            unbound = replace(made.service, run="", server="")
            refuses(lambda: start(connection, unbound, []), "too-little-space")
            assert not is_running(connection, unbound)
