"""A run's steps against a real sshd: what is put there, and that all of it can be taken back."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fake_neo4j import make_home, snapshot
from sshd import Sshd, running_sshd

from wizard.errors import RemoteError
from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings, ServerSettings
from wizard.remote.connection import Connection
from wizard.remote.ssh import execution
from wizard.remote.ssh.host_keys import HostKeys
from wizard.remote.ssh.login import connect
from wizard.remote.steps import (
    Service,
    StageFile,
    StageOrder,
    commit,
    is_running,
    read_tail,
    restore,
    stage,
    start,
    stop,
    validate,
)

pytestmark = pytest.mark.sshd

RUN = "20261122-101500-ab12"
KEY = b"-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n"


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with running_sshd(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture
def connection(sshd: Sshd, tmp_path: Path) -> Iterator[Connection]:
    opened = connect(
        AccessSettings(identity_file=str(sshd.identity_file)),
        ServerSettings(name="server1", ssh=sshd.ssh),
        Secrets(),
        HostKeys([sshd.known_hosts], tmp_path / "own"),
        10,
    )
    yield opened
    opened.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_home(tmp_path / "a home with spaces, książki")


def order_for(home: Path, **changes: object) -> StageOrder:
    conf = home / "conf" / "neo4j.conf"
    order = StageOrder(
        run=RUN,
        server="server1",
        of_the_run=("server1 root@10.0.0.1:22", "server2 root@10.0.0.2:22"),
        home=str(home),
        conf_file=str(conf),
        certificates=str(home / "certificates"),
        base_directory=str(home / "certificates" / f"cluster-{RUN}"),
        conf=conf.read_bytes() + b"dbms.ssl.policy.cluster.client_auth=REQUIRE\n",
        conf_sha256=hashlib.sha256(conf.read_bytes()).hexdigest(),
        conf_mode=0o600,
        owner_uid=os.getuid(),
        owner_gid=os.getgid(),
        files=(
            StageFile(path=".", mode=0o755, content=None),
            StageFile(path="trusted", mode=0o755, content=None),
            StageFile(path="revoked", mode=0o755, content=None),
            StageFile(path="private.key", mode=0o400, content=KEY),
            StageFile(path="public.crt", mode=0o644, content=b"certificate\n" * 900),
            StageFile(path="trusted/ca.crt", mode=0o644, content=b"ca\n"),
        ),
    )
    return dataclasses.replace(order, **changes)


def test_staging_replaces_nothing_and_everything_lands_with_its_mode(
    connection: Connection, home: Path
) -> None:
    before = snapshot(home)
    order = order_for(home)
    report = stage(connection, order)
    after = snapshot(home)
    base = Path(order.base_directory)
    assert (base / "private.key").read_bytes() == KEY
    assert (base / "private.key").stat().st_mode & 0o777 == 0o400
    assert base.stat().st_mode & 0o777 == 0o755
    staged = home / "conf" / ".neo4j-tls" / f"neo4j.conf.{RUN}"
    assert staged.read_bytes() == order.conf
    assert staged.stat().st_mode & 0o777 == 0o600
    assert {path for path in before if before[path][0] != after[path][0]} == set()
    assert report.sha256[str(base / "private.key")] == hashlib.sha256(KEY).hexdigest()
    undo = Path(report.undo)
    assert undo.stat().st_mode & 0o777 == 0o700
    assert (undo / "original.conf").read_bytes() == (home / "conf" / "neo4j.conf").read_bytes()
    restore(connection, RUN, "server1")


def test_stage_commit_restore_leaves_the_tree_as_it_was(
    connection: Connection, home: Path, sshd: Sshd
) -> None:
    before, login_before = snapshot(home), snapshot(sshd.home)
    order = order_for(home)
    stage(connection, order)
    validate(connection, order)
    commit(connection, order)
    assert (home / "conf" / "neo4j.conf").read_bytes() == order.conf
    assert snapshot(home) != before
    assert restore(connection, RUN, "server1").restored
    assert snapshot(home) == before
    assert snapshot(sshd.home) == login_before


@pytest.mark.skipif(
    os.geteuid() != 0 and os.environ.get("CI") != "true", reason="only root works for another user"
)
@pytest.mark.parametrize("certificates", ["there", "missing"])
def test_what_root_puts_there_belongs_to_the_one_who_runs_neo4j(
    connection: Connection, home: Path, certificates: str
) -> None:
    if certificates == "missing":
        (home / "certificates" / "bolt.crt").unlink()
        (home / "certificates").rmdir()
    for path in [home, *home.rglob("*")]:
        stat = path.stat()
        os.chown(path, 12345, 23456)
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    before = snapshot(home)
    order = order_for(home, owner_uid=12345, owner_gid=23456)
    stage(connection, order)
    stage(connection, order)
    validate(connection, order)
    lock = home / "conf" / ".neo4j-tls"
    assert (lock.stat().st_uid, lock.stat().st_mode & 0o777) == (0, 0o700)
    commit(connection, order)
    after = snapshot(home)
    assert len(after) > len(before) + 5
    assert {(uid, gid) for _, _, uid, gid, _ in after.values()} == {(12345, 23456)}
    restore(connection, RUN, "server1")
    assert snapshot(home) == before


def test_every_step_can_be_done_again(connection: Connection, home: Path) -> None:
    before = snapshot(home)
    order = order_for(home)
    stage(connection, order)
    stage(connection, order)
    validate(connection, order)
    commit(connection, order)
    commit(connection, order)
    validate(connection, order)
    assert restore(connection, RUN, "server1").restored
    assert not restore(connection, RUN, "server1").restored
    assert snapshot(home) == before


def test_a_certificates_folder_we_made_goes_again(connection: Connection, home: Path) -> None:
    (home / "certificates" / "bolt.crt").unlink()
    (home / "certificates").rmdir()
    os.utime(home, ns=(1_500_000_000_000_000_001, 1_500_000_000_000_000_001))
    before = snapshot(home)
    stage(connection, order_for(home))
    assert (home / "certificates").stat().st_mode & 0o777 == 0o755
    restore(connection, RUN, "server1")
    assert snapshot(home) == before


def test_two_servers_of_one_login_have_their_own_way_back(
    connection: Connection, tmp_path: Path, sshd: Sshd
) -> None:
    homes = [make_home(tmp_path / name) for name in ("one", "two")]
    before, login_before = [snapshot(home) for home in homes], snapshot(sshd.home)
    for number, home in enumerate(homes, 1):
        stage(connection, order_for(home, server=f"server{number}"))
        commit(connection, order_for(home, server=f"server{number}"))
    for number in (1, 2):
        restore(connection, RUN, f"server{number}")
    assert [snapshot(home) for home in homes] == before
    assert snapshot(sshd.home) == login_before


def test_a_conf_that_moved_since_the_survey_is_refused(connection: Connection, home: Path) -> None:
    order = order_for(home)
    (home / "conf" / "neo4j.conf").write_bytes(b"edited=yes\n")
    before = snapshot(home)
    with pytest.raises(RemoteError) as caught:
        stage(connection, order)
    assert caught.value.code == "conf-changed"
    assert snapshot(home) == before


def test_a_conf_that_moves_between_stage_and_commit_is_refused(
    connection: Connection, home: Path
) -> None:
    order = order_for(home)
    stage(connection, order)
    (home / "conf" / "neo4j.conf").write_bytes(b"edited=yes\n")
    for step in (validate, commit):
        with pytest.raises(RemoteError) as caught:
            step(connection, order)
        assert caught.value.code == "conf-changed"
    restore(connection, RUN, "server1")
    # It was never replaced, so the edit stays, and everything of the run is gone.
    assert (home / "conf" / "neo4j.conf").read_bytes() == b"edited=yes\n"
    assert not Path(order.base_directory).exists()
    assert not (home / "conf" / ".neo4j-tls").exists()


def test_a_conf_that_was_edited_after_the_commit_is_not_overwritten(
    connection: Connection, home: Path
) -> None:
    order = order_for(home)
    stage(connection, order)
    commit(connection, order)
    (home / "conf" / "neo4j.conf").write_bytes(b"edited=yes\n")
    with pytest.raises(RemoteError) as caught:
        restore(connection, RUN, "server1")
    assert caught.value.code == "conf-changed"
    assert (home / "conf" / "neo4j.conf").read_bytes() == b"edited=yes\n"
    (home / "conf" / "neo4j.conf").write_bytes(order.conf)
    restore(connection, RUN, "server1")


def test_a_folder_of_somebody_else_is_refused(connection: Connection, home: Path) -> None:
    order = order_for(home)
    Path(order.base_directory).mkdir()
    before = snapshot(home)
    with pytest.raises(RemoteError) as caught:
        stage(connection, order)
    assert caught.value.code == "path-exists"
    assert snapshot(home) == before


@pytest.mark.skipif(
    os.geteuid() != 0 and os.environ.get("CI") != "true",
    reason="only root can make a link that belongs to another",
)
def test_a_planted_link_is_refused_and_its_target_stays(
    connection: Connection, home: Path, tmp_path: Path
) -> None:
    target = tmp_path / "etc"
    target.mkdir()
    (home / "certificates" / "bolt.crt").unlink()
    (home / "certificates").rmdir()
    (home / "certificates").symlink_to(target)
    os.lchown(home / "certificates", 12345, 12345)
    with pytest.raises(RemoteError) as caught:
        stage(connection, order_for(home))
    assert caught.value.code == "link"
    assert list(target.iterdir()) == []


@pytest.mark.parametrize("place", ["fresh", "lock"])
def test_a_folder_that_is_swapped_for_a_link_under_our_hands_is_not_followed(
    connection: Connection, home: Path, tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "etc"
    target.mkdir()
    name = "${lock##*/}" if place == "lock" else "$fresh"
    swap = f'rmdir "./{name}" && ln -s \'{target}\' "./{name}"\n'
    text = execution.script_text("stage").decode("utf-8")
    assert text.count(f'enter "{name}"') == 1
    swapped = text.replace(f'enter "{name}"', swap + f'enter "{name}"')
    careless = swapped.replace(' && [ "$PWD" = "$above/$1" ]', "")
    assert careless != swapped
    order = order_for(home)
    for script in (swapped, careless):
        with monkeypatch.context() as patch, contextlib.suppress(RemoteError):
            patch.setattr(
                execution, "script_text", lambda _, _dialect, one=script: one.encode("utf-8")
            )
            stage(connection, order)
        assert (list(target.iterdir()) == []) == (script == swapped)
        for link in (Path(order.base_directory), home / "conf" / ".neo4j-tls"):
            if link.is_symlink():
                link.unlink()
        restore(connection, RUN, "server1")


def test_of_two_runs_at_once_one_is_told_to_wait(connection: Connection, home: Path) -> None:
    before = snapshot(home)
    folder = home / "certificates"
    orders = [
        order_for(home, run=run, base_directory=str(folder / f"cluster-{run}"))
        for run in (RUN, "20261122-101501-cd34")
    ]

    def attempt(order: StageOrder) -> str:
        try:
            stage(connection, order)
        except RemoteError as error:
            return error.code
        return "staged"

    with ThreadPoolExecutor(2) as pool:
        told = dict(zip((order.run for order in orders), pool.map(attempt, orders), strict=True))
    assert sorted(told.values()) == ["busy", "staged"]
    for order in sorted(orders, key=lambda order: told[order.run]):
        restore(connection, order.run, "server1")
        if told[order.run] == "busy":
            assert (home / "conf" / ".neo4j-tls").exists()
    assert snapshot(home) == before


def test_a_damaged_file_is_noticed(connection: Connection, home: Path) -> None:
    order = order_for(home)
    stage(connection, order)
    certificate = Path(order.base_directory) / "public.crt"
    certificate.write_bytes(b"something else\n")
    with pytest.raises(RemoteError) as caught:
        validate(connection, order)
    assert caught.value.code == "mismatch"
    restore(connection, RUN, "server1")


def test_a_foreign_file_in_our_folder_is_left_and_told(connection: Connection, home: Path) -> None:
    order = order_for(home)
    stage(connection, order)
    foreign = Path(order.base_directory) / "notes.txt"
    foreign.write_text("mine", "ascii")
    report = restore(connection, RUN, "server1")
    assert report.left == (order.base_directory,)
    assert foreign.read_text("ascii") == "mine"
    assert [path.name for path in Path(order.base_directory).iterdir()] == ["notes.txt"]


def test_a_damaged_original_is_never_restored(connection: Connection, home: Path) -> None:
    order = order_for(home)
    undo = Path(stage(connection, order).undo)
    commit(connection, order)
    saved = (undo / "original.conf").read_bytes()
    (undo / "original.conf").write_bytes(b"tampered\n")
    with pytest.raises(RemoteError) as caught:
        restore(connection, RUN, "server1")
    assert caught.value.code == "undo-damaged"
    assert (home / "conf" / "neo4j.conf").read_bytes() == order.conf
    (undo / "original.conf").write_bytes(saved)
    (undo / "undo.sh").write_bytes(f"touch {home}/tampered\n".encode())
    with pytest.raises(RemoteError) as caught:
        validate(connection, order)
    assert caught.value.code == "mismatch"
    assert restore(connection, RUN, "server1").restored
    assert not (home / "tampered").exists()


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_undo_sh_works_without_the_wizard_and_asks_first(
    connection: Connection, home: Path, shell: str
) -> None:
    before = snapshot(home)
    order = order_for(home)
    undo = stage(connection, order).undo
    commit(connection, order)
    command = [shell, f"{undo}/undo.sh"]
    no = subprocess.run(command, input=b"no\n", capture_output=True, check=False)
    assert no.returncode == 3
    assert b"server2 root@10.0.0.2:22" in no.stdout
    assert (home / "conf" / "neo4j.conf").read_bytes() == order.conf
    yes = subprocess.run(command, input=b"yes\n", capture_output=True, check=True)
    assert yes.stderr == b""
    assert snapshot(home) == before
    assert not Path(undo).exists()


def test_start_tells_where_the_logs_ended_and_stop_waits_for_the_end(
    connection: Connection, home: Path
) -> None:
    service = Service(service="bin", home=str(home), conf_file=str(home / "conf/neo4j.conf"))
    logs = [str(home / "logs" / name) for name in ("debug.log", "neo4j.log")]
    assert not is_running(connection, service)
    assert start(connection, service, logs) == {logs[0]: len(b"an old line\n"), logs[1]: 0}
    assert is_running(connection, service)
    assert start(connection, service, logs)[logs[1]] == len(b"Started.\n")
    assert read_tail(connection, logs[1], 9) == b"Started.\n"
    stop(connection, service, 10)
    assert not is_running(connection, service)
    stop(connection, service, 10)


def test_a_start_that_fails_says_why(connection: Connection, home: Path) -> None:
    (home / "refuse-start").touch()
    service = Service(service="bin", home=str(home), conf_file=str(home / "conf/neo4j.conf"))
    with pytest.raises(RemoteError, match="Invalid value for setting") as caught:
        start(connection, service, [])
    assert caught.value.code == "start-failed"


def test_a_server_that_does_not_end_is_reported_and_never_killed(
    connection: Connection, home: Path
) -> None:
    service = Service(service="bin", home=str(home), conf_file=str(home / "conf/neo4j.conf"))
    start(connection, service, [])
    (home / "refuse-stop").touch()
    with pytest.raises(RemoteError) as caught:
        stop(connection, service, 0)
    assert caught.value.code == "still-running"
    assert is_running(connection, service)
    (home / "refuse-stop").unlink()
    stop(connection, service, 10)


def cut_stages(every: int) -> list[bytes]:
    """The stage script ended before each (or every n-th) thing it changes, as by a lost connection.

    What only looks changes nothing, so that a cut there is the same as one at the next change.
    """
    whole = execution.script_text("stage").splitlines(keepends=True)
    head = whole.index(b"make_own_folder() {\n")
    changes = re.compile(rb"\b(mkdir|mv|touch|cp|tar|chmod|chown|cat|rm|printf|sync|say end)\b")
    places = [n for n in range(head, len(whole)) if changes.search(whole[n])]
    texts = [b"".join([*whole[:n], b"kill -9 $$\n", *whole[n:]]) for n in places]
    return [text for text in texts if _is_script(text)][::every]


def _is_script(text: bytes) -> bool:
    checked = subprocess.run(["sh", "-n"], input=text, capture_output=True, check=False)
    return checked.returncode == 0


def is_cut_off(connection: Connection, order: StageOrder, text: bytes) -> bool:
    """Run a stage that ends early, unless its way does not lead through the place."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(execution, "script_text", lambda _, _dialect: text)
        try:
            stage(connection, order)
        except RemoteError:
            return True
    return False


@pytest.mark.parametrize("every", [1, 2])
def test_a_stage_that_is_cut_off_anywhere_can_be_taken_back(
    connection: Connection, home: Path, sshd: Sshd, every: int
) -> None:
    if every > 1:
        (home / "certificates" / "bolt.crt").unlink()
        (home / "certificates").rmdir()
    before = snapshot(home)
    order = order_for(home)
    cuts = 0
    for text in cut_stages(every):
        cuts += is_cut_off(connection, order, text)
        assert (home / "conf" / "neo4j.conf").read_bytes() != order.conf
        restore(connection, RUN, "server1")
        assert snapshot(home) == before, text
        assert list(sshd.home.iterdir()) == [], text
    assert cuts > 16 / every
    stage(connection, order)
    restore(connection, RUN, "server1")


def test_a_stage_that_is_cut_off_anywhere_can_be_done_again(
    connection: Connection, home: Path
) -> None:
    before = snapshot(home)
    order = order_for(home)
    for text in cut_stages(3):
        is_cut_off(connection, order, text)
        stage(connection, order)
        restore(connection, RUN, "server1")
        assert snapshot(home) == before, text


def test_an_undo_that_is_cut_off_anywhere_can_be_done_again(
    connection: Connection, home: Path
) -> None:
    before = snapshot(home)
    order = order_for(home)
    whole = execution.script_text("undo").splitlines(keepends=True)
    changes = re.compile(rb"\b(mkdir|mv|touch|cp|rm|rmdir)\b")
    texts = [
        b"".join([*whole[:n], b"kill -9 $$\n", *whole[n:]])
        for n in range(len(whole))
        if changes.search(whole[n]) and whole[n - 1].rstrip()[-1:] not in b"|&\\"
    ]
    cuts = [text for text in texts if _is_script(text)]
    assert len(cuts) > 15
    for cut in cuts:
        undo = Path(stage(connection, order).undo)
        commit(connection, order)
        (undo / "undo.sh").write_bytes(cut)
        command = ["sh", str(undo / "undo.sh")]
        subprocess.run(command, input=b"yes\n", capture_output=True, check=False)
        restore(connection, RUN, "server1")
        assert snapshot(home) == before, cut[-300:]
        assert not undo.exists()
