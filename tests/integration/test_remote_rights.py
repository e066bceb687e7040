"""Who may use what is put on a server: owner, mode, access list, attributes, label; real sshd."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from cuts import RUN, SERVER, Scene
from fake_neo4j import make_home, snapshot
from local_way import LocalConnection, Machine
from sshd import running_sshd

from wizard.errors import RemoteError
from wizard.model.settings import Become, ServerSettings
from wizard.remote.staging import StageOrder, commit, stage, validate
from wizard.remote.steps import restore, start, stop
from wizard.remote.survey import survey

pytestmark = pytest.mark.sshd

OWNER, GROUP, STRANGE, FRIEND, FRIENDS = 12345, 23456, 34567, 1111, 2222
SELINUX = {
    "selinuxenabled": "exit $(cat {here}/off)",
    "restorecon": """case $* in
*-n*) [ "$2$4" = "-v$(cat {here}/own)" ] && echo "Would relabel $4" ;;
*) echo "$PWD $*" >>{here}/asked ;;
esac""",
}
"""Stand-ins for the tools of SELinux, which no kernel of a test machine has on."""


@pytest.fixture(autouse=True)
def tools() -> None:
    missing = [one for one in ("setfacl", "setfattr", "busybox") if not shutil.which(one)]
    if os.geteuid() != 0 or missing:
        fails = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        fails("this test needs root, setfacl, setfattr and busybox")


def ran(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=20).stdout


def rights(path: Path) -> tuple[str, ...]:
    """Who may do what with a file, and what else is noted on it."""
    named = ran("getfattr", "--absolute-names", "-d", "-m", "^user", "-e", "hex", path)
    return ran("getfacl", "-pn", path), "\n".join(
        line for line in named.splitlines() if "=" in line
    )


def all_rights(folder: Path) -> dict[str, tuple[str, ...]]:
    return {str(path): rights(path) for path in [folder, *folder.rglob("*")]}


@contextlib.contextmanager
def scene(folder: Path, userland: str = "GNU", tools: Path | None = None) -> Iterator[Scene]:
    """A Neo4j of another user than the login's, whose neo4j.conf somebody else may read, too."""
    first = [str(tools)] if tools else []
    environment = {"PATH": ":".join([*first, "/usr/sbin:/usr/bin:/sbin:/bin"])}
    if userland == "busybox":
        environment = {"PATH": str(busybox_in(folder / "bin"))}
    home = make_home(folder / "a home")
    conf = home / "conf" / "neo4j.conf"
    time = conf.stat().st_mtime_ns
    for path in [home, *home.rglob("*")]:
        stat = path.stat()
        os.chown(path, OWNER, GROUP)
        os.utime(path, ns=(stat.st_mtime_ns, stat.st_mtime_ns))
    conf.chmod(0o644)
    ran("setfacl", "-m", f"u:{FRIEND}:r,g:{FRIENDS}:r", conf)
    ran("setfattr", "-n", "user.kept by", "-v", "a = b", conf)
    os.utime(conf, ns=(time, time))
    with running_sshd(folder / "sshd", environment=environment) as sshd:
        yield Scene(sshd=sshd, home=home)


def busybox_in(folder: Path) -> Path:
    """A folder with every tool of busybox, and those for access lists and attributes."""
    folder.mkdir()
    busybox = shutil.which("busybox") or ""
    for name in ran(busybox, "--list").split():
        (folder / name).symlink_to(busybox)
    for name in ("getfacl", "setfacl", "getfattr", "setfattr"):
        (folder / name).symlink_to(shutil.which(name) or "")
    return folder


def order_of(one: Scene, mode: int = 0o640) -> StageOrder:
    return replace(one.order(), owner_uid=OWNER, owner_gid=GROUP, conf_mode=mode)


def carried_out(one: Scene, order: StageOrder) -> Path:
    with contextlib.closing(one.log_in()) as connection:
        stage(connection, order)
        validate(connection, order)
        commit(connection, order)
    return Path(order.conf_file)


def put_back(one: Scene) -> None:
    with contextlib.closing(one.log_in()) as connection:
        assert restore(connection, RUN, SERVER).restored


@pytest.mark.parametrize("userland", ["GNU", "busybox"])
def test_the_changed_conf_may_be_used_by_the_same_and_the_original_again(
    tmp_path: Path, userland: str
) -> None:
    with scene(tmp_path, userland) as one:
        before, stood = one.trees(), all_rights(one.home)
        conf = carried_out(one, order_of(one))
        acl, named = rights(conf)
        assert f"user:{FRIEND}:r--\n" in acl
        assert acl == stood[str(conf)][0].replace("other::r", "other::-")
        assert named == stood[str(conf)][1]
        assert "user.kept by=" in named
        put_back(one)
        assert all_rights(one.home) == stood
        assert one.trees() == before


def test_the_survey_tells_whom_an_access_list_lets_read_the_conf(tmp_path: Path) -> None:
    with scene(tmp_path) as one, contextlib.closing(one.log_in()) as connection:
        conf = one.home / "conf" / "neo4j.conf"
        server = ServerSettings(name=SERVER, ssh=one.sshd.ssh, home=str(one.home))
        ran("setfacl", "-m", "u:nobody:rw,m::r", conf)
        told = survey(connection, server, ()).conf_place.access_list
        assert [(one.group, one.number, one.name, one.reads) for one in told] == [
            (False, FRIEND, str(FRIEND), True),
            (False, 65534, "nobody", True),
            (True, GROUP, str(GROUP), True),
            (True, FRIENDS, str(FRIENDS), True),
        ]
        ran("setfacl", "-m", "m::-", conf)
        told = survey(connection, server, ()).conf_place.access_list
        assert [one.reads for one in told] == [False] * 4
        ran("setfacl", "-b", conf)
        assert survey(connection, server, ()).conf_place.access_list == ()


def test_a_login_folder_that_keeps_no_access_lists_loses_none(tmp_path: Path) -> None:
    with scene(tmp_path) as one:
        stood = all_rights(one.home)
        ran("mount", "-t", "ramfs", "none", one.sshd.home)
        try:
            before = one.trees()
            conf = carried_out(one, order_of(one, 0o600))
            assert "mask::---" in rights(conf)[0]
            put_back(one)
            assert one.trees() == before
        finally:
            ran("umount", "--lazy", one.sshd.home)
        assert all_rights(one.home) == stood


@pytest.mark.parametrize("userland", ["GNU", "busybox"])
@pytest.mark.parametrize("certificates", ["there", "missing"])
def test_what_folders_hand_down_opens_nothing_of_ours(
    tmp_path: Path, userland: str, certificates: str
) -> None:
    with scene(tmp_path, userland) as one:
        conf = one.home / "conf" / "neo4j.conf"
        ran("setfacl", "-b", conf)
        if certificates == "missing":
            shutil.rmtree(one.home / "certificates")
        for folder in (one.home, conf.parent, one.home / "certificates", one.sshd.home):
            if folder.exists():
                ran("setfacl", "-m", f"d:u:{FRIEND}:rwx,d:g::rwx,d:o:rwx", folder)
        order = order_of(one)
        with contextlib.closing(one.log_in()) as connection:
            undo = Path(stage(connection, order).undo)
        staged = conf.parent / ".neo4j-tls" / f"neo4j.conf.{RUN}"
        base = Path(order.base_directory)
        for path in [staged.parent, staged, base, *base.rglob("*")]:
            assert str(FRIEND) not in rights(path)[0], path
        for folder in (undo, undo.parent, undo.parent.parent, staged.parent):
            assert folder.stat().st_mode & 0o777 == 0o700, folder
        put_back(one)


def test_a_conf_that_its_owner_may_only_read_is_changed_all_the_same(tmp_path: Path) -> None:
    drop = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", "--")
    home = make_home(tmp_path / "a home")
    conf = home / "conf" / "neo4j.conf"
    conf.chmod(0o440)
    with running_sshd(tmp_path / "sshd", within=drop) as sshd:
        one = Scene(sshd=sshd, home=home)
        before = one.trees()
        carried_out(one, replace(one.order(), conf_mode=0o400))
        assert conf.stat().st_mode & 0o777 == 0o400
        put_back(one)
        assert one.trees() == before


def with_selinux(folder: Path, *, off: bool = False, own: Sequence[Path] = ()) -> Path:
    """Tools that tell what they were asked; `own` is labelled otherwise than its policy says."""
    folder.mkdir()
    (folder / "off").write_text(f"{int(off)}")
    (folder / "own").write_text("".join(map(str, own)))
    for name, text in SELINUX.items():
        tool = folder / name
        tool.write_text("#!/bin/sh\n" + text.replace("{here}", f"'{folder}'") + "\n")
        tool.chmod(0o755)
    return folder


def asked(folder: Path) -> list[str]:
    """What restorecon was to set, in order."""
    place = folder / "asked"
    return place.read_text().splitlines() if place.exists() else []


def test_labels_are_set_as_the_policy_says_where_selinux_is_on(tmp_path: Path) -> None:
    tools = with_selinux(tmp_path / "tools")
    with scene(tmp_path, tools=tools) as one:
        order = order_of(one)
        conf = carried_out(one, order)
        # With -F it would also reset a customizable type, which -n is silent on: restorecon(8).
        folder, file = asked(tools)
        assert folder == f"{order.base_directory} -R ."
        assert file.endswith(f" -- {conf}")
        assert "-F" not in file
        put_back(one)


@pytest.mark.parametrize("off", [True, False])
def test_labels_that_somebody_chose_are_left_alone(
    tmp_path: Path,
    off: bool,  # noqa: FBT001 - a column of the table
) -> None:
    home = tmp_path / "a home"
    conf = home / "conf" / "neo4j.conf"
    tools = with_selinux(tmp_path / "tools", off=off, own=[] if off else [conf])
    with scene(tmp_path, tools=tools) as one:
        carried_out(one, order_of(one))
        assert [line for line in asked(tools) if str(conf) in line] == []
        assert (asked(tools) == []) is off
        put_back(one)


class AsOwner(LocalConnection):
    """A login as the owner of neo4j.conf, who is in no group but one of its own."""

    def _started(self, output: int | socket.socket) -> subprocess.Popen[bytes]:
        who = (f"--reuid={OWNER}", f"--regid={STRANGE}", "--clear-groups")
        return subprocess.Popen(
            ["setpriv", *who, "sh", "-c", self.dialect.line(Become.NONE, "")],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.PIPE,
            cwd=self._machine.folder,
            env=dict(self._machine.environment),
        )


@pytest.mark.parametrize("group", [GROUP, STRANGE])
def test_a_changed_conf_that_another_group_would_read_is_not_made(group: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        top.chmod(0o755)
        one = Scene(sshd=None, home=make_home(top / "a home"))  # type: ignore[arg-type]
        login, conf = top / "login", one.home / "conf" / "neo4j.conf"
        login.mkdir()
        for path in [login, one.home, *one.home.rglob("*")]:
            os.chown(path, OWNER, STRANGE)
        os.chown(conf, OWNER, group)
        conf.chmod(0o640)
        before = snapshot(one.home), snapshot(login)
        machine = Machine(folder=login, environment={"HOME": str(login)}, hosts={})
        connection, order = AsOwner(SERVER, machine), order_of(one)
        if group == STRANGE:
            stage(connection, order)
        else:
            with pytest.raises(RemoteError) as caught:
                stage(connection, order)
            assert caught.value.code == "group-lost"
        assert restore(connection, RUN, SERVER).restored
        assert (snapshot(one.home), snapshot(login)) == before


@pytest.mark.parametrize("userland", ["GNU", "busybox"])
def test_links_that_others_put_into_our_folder_lead_nowhere(tmp_path: Path, userland: str) -> None:
    """The folder is Neo4j's user's from the first staging on; a second comes, or a way back."""
    other = tmp_path / "of root"
    other.mkdir()
    (other / "ca.crt").write_text("kept")
    with scene(tmp_path, userland) as one:
        order, before = order_of(one), one.trees()
        trusted = Path(order.base_directory) / "trusted"
        with contextlib.closing(one.log_in()) as connection:
            for act in (
                lambda: stage(connection, order),
                lambda: restore(connection, RUN, SERVER),
            ):
                stage(connection, order)
                shutil.rmtree(trusted)
                trusted.symlink_to(other)
                act()
                assert [path.name for path in other.iterdir()] == ["ca.crt"]
                assert (other / "ca.crt").read_text() == "kept"
        assert one.trees() == before


def test_what_is_left_in_our_folder_belongs_to_the_one_it_belonged_to(tmp_path: Path) -> None:
    with scene(tmp_path) as one:
        base = Path(order_of(one).base_directory)
        with contextlib.closing(one.log_in()) as connection:
            stage(connection, order_of(one))
            (base / "notes").write_text("theirs")
            assert restore(connection, RUN, SERVER).left == (str(base),)
        stat = base.stat()
        assert (stat.st_uid, stat.st_gid, stat.st_mode & 0o777) == (OWNER, GROUP, 0o755)


def test_a_link_in_the_place_of_our_folder_is_told(tmp_path: Path) -> None:
    with scene(tmp_path) as one:
        base = Path(order_of(one).base_directory)
        with contextlib.closing(one.log_in()) as connection:
            stage(connection, order_of(one))
            base.symlink_to(base.rename(tmp_path / "elsewhere"))
            assert restore(connection, RUN, SERVER).left == (str(base),)
        assert (tmp_path / "elsewhere" / "private.key").exists()


@pytest.mark.parametrize("language", ["C.UTF-8", ""])
def test_neo4j_is_started_in_the_language_of_the_login(tmp_path: Path, language: str) -> None:
    home = make_home(tmp_path / "a home")
    neo4j = home / "bin" / "neo4j"
    noting = 'case $1 in\nst*) echo "$1 ${LC_ALL-none}" >>"$home/asked" ;;\nesac\ncase $1 in'
    neo4j.write_text(neo4j.read_text("ascii").replace("case $1 in", noting, 1))
    environment = {"LC_ALL": language} if language else {}
    with running_sshd(tmp_path / "sshd", environment=environment) as sshd:
        one = Scene(sshd=sshd, home=home)
        with contextlib.closing(one.log_in()) as connection:
            stage(connection, one.order())
            start(connection, one.service, [])
            stop(connection, one.service, 10)
            restore(connection, RUN, SERVER)
    seen = {tuple(line.split()) for line in (home / "asked").read_text("ascii").splitlines()}
    assert {("start", language or "none"), ("stop", language or "none")} <= seen
    assert len({spoken for _, spoken in seen}) == 1
