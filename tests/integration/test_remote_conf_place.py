"""Where neo4j.conf is a link, a folder, mounted, shared or read-only: seen on a real sshd."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_neo4j import CONF, make_home, snapshot
from sshd import Sshd, running_sshd

from wizard.errors import ConfError, RemoteError
from wizard.model.facts import ConfKind, ConfPlace, ServerFacts
from wizard.model.problems import Problem
from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings, ServerSettings, Settings
from wizard.planning.planner import make_plan
from wizard.remote.connection import Connection
from wizard.remote.ssh.host_keys import HostKeys
from wizard.remote.ssh.login import connect
from wizard.remote.steps import StageFile, StageOrder, commit, restore, stage
from wizard.remote.survey import survey

pytestmark = pytest.mark.sshd

RUN = "20261122-101500-ab12"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_home(tmp_path / "a home")


@pytest.fixture
def conf(home: Path) -> Path:
    return home / "conf" / "neo4j.conf"


@contextlib.contextmanager
def entered(sshd: Sshd) -> Iterator[Connection]:
    connection = connect(
        AccessSettings(identity_file=str(sshd.identity_file)),
        ServerSettings(name="server1", ssh=sshd.ssh),
        Secrets(),
        HostKeys([sshd.known_hosts], sshd.directory / "own"),
        10,
    )
    with contextlib.closing(connection):
        yield connection


def look(tmp_path: Path, home: Path, *mounts: str, **answers: str) -> ServerFacts:
    """Survey a home, with these commands run before sshd starts, in a mount namespace of its own.

    The namespace, and every mount in it, ends with sshd.
    """
    with (
        running_sshd(
            tmp_path / "sshd", environment={"NEO4J_HOME": str(home)}, within=namespace(*mounts)
        ) as sshd,
        entered(sshd) as connection,
    ):
        return survey(connection, ServerSettings(name="server1", ssh=sshd.ssh, **answers), ())


def namespace(*mounts: str) -> tuple[str, ...]:
    if not mounts:
        return ()
    possible = shutil.which("unshare") and os.geteuid() == 0
    if not possible or subprocess.run(["unshare", "-m", "true"], check=False).returncode:
        not_here("only root, where unshare may make a mount namespace, can mount for this test")
    script = "set -e\n" + "\n".join(mounts) + '\nexec "$@"'
    return ("unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh")


def not_here(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def blockers(facts: ServerFacts) -> list[Problem]:
    """What keeps the wizard from planning a change on this server, because of its place."""
    servers = (ServerSettings(name="server1", ssh="a@h:22"),)
    plan = make_plan(Settings(cluster="payments", servers=servers), [facts])
    assert bool(plan.changes) is not any(problem.blocks for problem in plan.problems)
    return [problem for problem in plan.problems if problem.blocks]


def codes(facts: ServerFacts) -> list[str]:
    return [problem.code for problem in blockers(facts)]


def test_a_plain_file_is_nothing_to_speak_of(tmp_path: Path, home: Path) -> None:
    facts = look(tmp_path, home)
    assert facts.conf_place in (ConfPlace(mounted=False), ConfPlace(mounted=None))
    assert codes(facts) == []


def test_a_chain_of_links_is_followed_to_its_end(tmp_path: Path, home: Path, conf: Path) -> None:
    real = tmp_path / "real place" / "cluster.conf"
    real.parent.mkdir()
    conf.rename(real)
    between = tmp_path / "between"
    between.symlink_to("real place/cluster.conf")
    conf.symlink_to(os.path.relpath(between, conf.parent))
    facts = look(tmp_path, home)
    assert facts.conf_file == str(real)
    assert facts.conf == CONF
    assert [Path(link).name for link in facts.conf_place.links] == ["neo4j.conf", "between"]
    assert facts.conf_place.strange_link is None
    assert codes(facts) == []


@pytest.mark.parametrize("target", ["nowhere", "neo4j.conf", "gone/away.conf"])
def test_links_that_lead_nowhere_are_refused(
    tmp_path: Path, home: Path, conf: Path, target: str
) -> None:
    conf.unlink()
    conf.symlink_to(target)
    facts = look(tmp_path, home)
    assert facts.conf_place.kind is ConfKind.MISSING
    assert codes(facts) == ["conf-is-link"]


def test_a_link_into_a_checkout_is_warned_of(tmp_path: Path, home: Path, conf: Path) -> None:
    checkout = tmp_path / "puppet repo"
    (checkout / "files").mkdir(parents=True)
    (checkout / ".git").mkdir()
    conf.rename(checkout / "files" / "neo4j.conf")
    conf.symlink_to(checkout / "files" / "neo4j.conf")
    facts = look(tmp_path, home)
    assert facts.conf_place.checkout == str(checkout)
    assert codes(facts) == []


def test_a_file_that_is_no_link_may_stand_in_a_checkout(tmp_path: Path, home: Path) -> None:
    (home / ".git").mkdir()
    assert look(tmp_path, home).conf_place.checkout is None


def test_a_link_that_a_stranger_owns_is_refused(tmp_path: Path, home: Path, conf: Path) -> None:
    if os.geteuid() != 0:
        not_here("only root can give a link to another user")
    real = tmp_path / "shadow"
    conf.rename(real)
    conf.symlink_to(real)
    os.lchown(conf, 65534, 65534)
    facts = look(tmp_path, home)
    assert facts.conf_place.strange_link == str(conf)
    assert codes(facts) == ["conf-link-strange"]


def test_a_hard_link_is_refused_because_it_would_be_parted(
    tmp_path: Path, home: Path, conf: Path
) -> None:
    os.link(conf, tmp_path / "the other name")
    facts = look(tmp_path, home)
    assert facts.conf_place.hard_links == 2
    assert codes(facts) == ["conf-hard-linked"]


@pytest.mark.parametrize("named", [False, True])
def test_a_folder_of_settings_is_refused(
    tmp_path: Path,
    home: Path,
    conf: Path,
    named: bool,  # noqa: FBT001 - a column of the table
) -> None:
    conf.unlink()
    conf.mkdir()
    (conf / "server.default_advertised_address").write_text("db1", "ascii")
    answers = {"conf": str(conf)} if named else {}
    facts = look(tmp_path, home, **answers)
    assert facts.conf_place.kind is ConfKind.FOLDER
    assert codes(facts) == ["conf-is-folder"]


def test_a_file_larger_than_any_neo4j_conf_is_not_read(
    tmp_path: Path, home: Path, conf: Path
) -> None:
    conf.write_bytes(b"#" * (4 * 1024 * 1024 + 1))
    with pytest.raises(ConfError, match="larger than 4 MiB"):
        look(tmp_path, home)


def test_a_bind_mount_of_the_file_is_refused(tmp_path: Path, home: Path, conf: Path) -> None:
    source = tmp_path / "from outside"
    source.write_bytes(CONF)
    facts = look(tmp_path, home, f"mount --bind '{source}' '{conf}'")
    assert facts.conf_place.mounted
    (problem,) = blockers(facts)
    assert problem.code == "conf-is-mounted"
    assert str(conf.parent) in problem.hint


def test_odd_characters_of_a_mount_point_are_understood(tmp_path: Path) -> None:
    home = make_home(tmp_path / "tab\tand \\134 blank")
    conf = home / "conf" / "neo4j.conf"
    facts = look(tmp_path, home, f"mount --bind '{conf}' '{conf}'")
    assert facts.conf_place.mounted
    # The same letters with the escape taken for what it stands for are another place.
    other = make_home(tmp_path / "tab\tand \\ blank")
    assert not look(tmp_path, other, f"mount --bind '{conf}' '{conf}'").conf_place.mounted


def test_a_link_to_a_bind_mount_is_refused_too(tmp_path: Path, home: Path, conf: Path) -> None:
    real = tmp_path / "real.conf"
    conf.rename(real)
    conf.symlink_to(real)
    facts = look(tmp_path, home, f"mount --bind '{real}' '{real}'")
    assert facts.conf_place.mounted


def test_a_mounted_folder_is_as_good_as_any(tmp_path: Path, home: Path, conf: Path) -> None:
    facts = look(tmp_path, home, f"mount --bind '{conf.parent}' '{conf.parent}'")
    assert facts.conf_place.mounted is False
    assert codes(facts) == []


@pytest.mark.parametrize("folder", ["conf", "certificates", ""])
def test_a_read_only_file_system_is_refused(tmp_path: Path, home: Path, folder: str) -> None:
    place = home / folder
    mounts = (f"mount --bind '{place}' '{place}'", f"mount -o remount,ro,bind '{place}'")
    facts = look(tmp_path, home, *mounts)
    assert codes(facts) == ["read-only"]
    (problem,) = blockers(facts)
    assert str(place) in problem.message


def test_a_read_only_mount_above_does_not_count_when_a_writable_one_lies_over_it(
    tmp_path: Path, home: Path
) -> None:
    mounts = (
        f"mount --bind '{home}' '{home}'",
        f"mount --bind '{home}/conf' '{home}/conf'",
        f"mount --bind '{home}/certificates' '{home}/certificates'",
        f"mount -o remount,ro,bind '{home}'",
    )
    assert codes(look(tmp_path, home, *mounts)) == []


def test_without_a_list_of_mounts_nothing_is_known_and_nothing_refused(
    tmp_path: Path, home: Path, conf: Path
) -> None:
    facts = look(
        tmp_path,
        home,
        f"mount --bind '{conf}' '{conf}'",
        "mount -t tmpfs none /proc",
    )
    assert facts.conf_place.mounted is None
    assert codes(facts) == []


def test_even_a_mount_that_came_after_the_survey_is_never_written_over(
    tmp_path: Path, home: Path, conf: Path
) -> None:
    before = snapshot(home)
    inode = conf.stat().st_ino
    order = StageOrder(
        run=RUN,
        server="server1",
        of_the_run=("server1 root@10.0.0.1:22",),
        home=str(home),
        conf_file=str(conf),
        certificates=str(home / "certificates"),
        base_directory=str(home / "certificates" / f"cluster-{RUN}"),
        conf=CONF + b"dbms.ssl.policy.cluster.enabled=true\n",
        conf_sha256=hashlib.sha256(CONF).hexdigest(),
        conf_mode=0o640,
        owner_uid=os.getuid(),
        owner_gid=os.getgid(),
        files=(StageFile(path=".", mode=0o755, content=None),),
    )
    within = namespace(f"mount --bind '{conf}' '{conf}'")
    with running_sshd(tmp_path / "sshd", within=within) as sshd, entered(sshd) as connection:
        stage(connection, order)
        with pytest.raises(RemoteError):
            commit(connection, order)
        assert conf.read_bytes() == CONF
        restore(connection, RUN, "server1")
    assert conf.stat().st_ino == inode
    assert snapshot(home) == before
