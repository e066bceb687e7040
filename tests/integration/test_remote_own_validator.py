"""A server's own validate-config, by a real sshd: believed, bounded, and kept from the real."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from cuts import Scene
from fake_neo4j import make_home, snapshot
from sshd import Sshd, running_sshd
from waiting import until

from wizard.errors import RemoteError
from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings, ServerSettings
from wizard.remote.connection import Connection
from wizard.remote.own_validator import Word, ask_validator
from wizard.remote.ssh.host_keys import HostKeys
from wizard.remote.ssh.login import connect
from wizard.remote.steps import StageFile, StageOrder, restore, stage

pytestmark = pytest.mark.sshd

RUN = "20261122-101500-ab12"
PASSWORD = b"dbms.ssl.policy.cluster.private_key_password=CanaryKeyPassword\n"
GOOD = 'echo "No issues found."; echo "Validation successful."'


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
def home(tmp_path: Path, connection: Connection) -> Iterator[Path]:
    """A home whose changed neo4j.conf is staged."""
    made = make_home(tmp_path / "a home with spaces")
    conf = made / "conf" / "neo4j.conf"
    base = made / "certificates" / f"cluster-{RUN}"
    order = StageOrder(
        run=RUN,
        server="server1",
        of_the_run=("server1",),
        home=str(made),
        conf_file=str(conf),
        certificates=str(made / "certificates"),
        base_directory=str(base),
        conf=conf.read_bytes() + PASSWORD,
        conf_sha256=hashlib.sha256(conf.read_bytes()).hexdigest(),
        conf_mode=0o600,
        owner_uid=os.getuid(),
        owner_gid=os.getgid(),
        files=(
            StageFile(path=".", mode=0o755, content=None),
            StageFile(path="private.key", mode=0o400, content=b"key"),
        ),
    )
    stage(connection, order)
    yield made
    restore(connection, RUN, "server1")


def validator(home: Path, *lines: str) -> Path:
    file = home / "bin" / "neo4j-admin"
    file.write_text("\n".join(("#!/bin/sh", *lines)) + "\n")
    file.chmod(0o755)
    return file


def test_it_sees_the_staged_file_in_a_folder_that_is_gone_afterwards(
    connection: Connection, home: Path, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    validator(
        home,
        f'{{ echo "$NEO4J_CONF"; echo "$@"; cat "$NEO4J_CONF/neo4j.conf"; }} >"{seen}"',
        GOOD,
    )
    before = snapshot(home)
    assert ask_validator(connection, RUN, "server1").word is Word.PASSED
    folder, words, *conf = seen.read_text().splitlines()
    assert words == "server validate-config"
    assert conf[-1] == "dbms.ssl.policy.cluster.private_key_password=stand-in"
    assert Path(folder).resolve() != (home / "conf").resolve()
    assert not Path(folder).exists()
    assert snapshot(home) == before
    assert "Canary" not in seen.read_text()


def test_what_it_refuses_is_told_in_its_own_words(connection: Connection, home: Path) -> None:
    complaint = "Error: the setting at line $(wc -l <$NEO4J_CONF/neo4j.conf) is wrong\033[31m"
    validator(
        home,
        "grep -q private_key_password $NEO4J_CONF/neo4j.conf || { " + GOOD + "; exit 0; }",
        f'echo "1 issue found."; printf "{complaint}\\n"; exit 1',
    )
    verdict = ask_validator(connection, RUN, "server1")
    assert verdict.word is Word.REFUSED
    assert len(verdict.refused) == 1
    assert verdict.refused[0].startswith("the setting at line ")
    assert "\033" not in verdict.refused[0]


def test_what_was_wrong_before_is_not_held_against_the_change(
    connection: Connection, home: Path
) -> None:
    validator(
        home,
        'echo "1 issue found."; echo "Error: line $(wc -l <$NEO4J_CONF/neo4j.conf): old"; exit 1',
    )
    verdict = ask_validator(connection, RUN, "server1")
    assert verdict.word is Word.PASSED
    assert len(verdict.standing) == 1


@pytest.mark.parametrize(
    "lines",
    [
        ("exit 0",),
        ("echo java: not found >&2", "exit 127"),
        ("kill -9 $$",),
        ("yes 'Warning: endless' | head -c 90000000",),
    ],
)
def test_a_strange_one_keeps_nobody_from_going_on(
    connection: Connection, home: Path, lines: tuple[str, ...]
) -> None:
    validator(home, *lines)
    assert ask_validator(connection, RUN, "server1").word in {Word.PASSED, Word.UNCLEAR}


def test_one_that_hangs_is_ended_with_what_it_started(
    connection: Connection, home: Path, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    validator(home, "trap '' TERM INT HUP", f'sleep 600 & echo $! $$ >"{pids}"', "wait")
    assert ask_validator(connection, RUN, "server1", seconds=2).word is Word.LATE
    for pid in pids.read_text().split():
        until(lambda pid=pid: not _runs(pid), "what the validator started has ended")


def _runs(pid: str) -> bool:
    try:
        state = Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_without_one_and_with_commands_nothing_is_run(connection: Connection, home: Path) -> None:
    assert ask_validator(connection, RUN, "server1").word is Word.ABSENT
    validator(home, "exit 1")
    staged = home / "conf" / ".neo4j-tls" / f"neo4j.conf.{RUN}"
    staged.write_bytes(staged.read_bytes() + b"a.b=$(touch /tmp/never)\n")
    assert ask_validator(connection, RUN, "server1").word is Word.HOLDS_COMMANDS


def test_what_it_leaves_in_its_folder_is_not_written_through(
    connection: Connection, home: Path, tmp_path: Path
) -> None:
    target = tmp_path / "of root"
    target.write_text("kept")
    validator(home, f"ln -sf '{target}' \"$NEO4J_CONF/neo4j.conf\"", "echo Error: no", "exit 1")
    assert ask_validator(connection, RUN, "server1").word is Word.PASSED
    assert target.read_text() == "kept"


def test_a_file_that_is_put_in_the_place_of_the_staged_one_is_not_shown_to_it(
    connection: Connection, home: Path, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    validator(home, f'cat "$NEO4J_CONF/neo4j.conf" >"{seen}"', GOOD)
    staged = home / "conf" / ".neo4j-tls" / f"neo4j.conf.{RUN}"
    kept = staged.rename(tmp_path / "kept")
    staged.symlink_to("/etc/shadow")
    with pytest.raises(RemoteError) as caught:
        ask_validator(connection, RUN, "server1")
    assert caught.value.code == "conf-changed"
    assert not seen.exists()
    staged.unlink()
    kept.rename(staged)


def test_the_password_is_in_no_folder_for_temporary_files(tmp_path: Path) -> None:
    seen, temporary = tmp_path / "seen", tmp_path / "temporary"
    temporary.mkdir()
    home = make_home(tmp_path / "a home")
    validator(home, f'grep -rlE "client_auth=REQUIRE" "{temporary}" >"{seen}"', GOOD)
    environment = {"TMPDIR": str(temporary)}
    with running_sshd(tmp_path / "sshd", environment=environment) as sshd:
        one = Scene(sshd=sshd, home=home)
        with contextlib.closing(one.log_in()) as connection:
            stage(connection, one.order())
            assert ask_validator(connection, RUN, "server1").word is Word.PASSED
    assert [Path(line).name for line in seen.read_text().splitlines()] == ["neo4j.conf"]
    assert list(temporary.iterdir()) == []
    assert list(sshd.home.rglob("*.part")) == []


def test_a_link_that_takes_the_place_of_a_file_meanwhile_is_not_read(tmp_path: Path) -> None:
    """Whoever owns the folder of neo4j.conf could so have root read any file to Neo4j's user."""
    secret, tools = tmp_path / "of root", tmp_path / "tools"
    secret.write_text("never")
    tools.mkdir()
    home = make_home(tmp_path / "a home")
    logs = home / "conf" / "server-logs.xml"
    logs.write_text("logs")
    copies = f"case $* in *server-logs.xml*) ln -sf '{secret}' '{logs}' ;; esac"
    (tools / "cp").write_text(f'#!/bin/sh\n{copies}\nexec /bin/cp "$@"\n')
    (tools / "cp").chmod(0o755)
    seen = tmp_path / "seen"
    validator(home, f'cd "$NEO4J_CONF"; [ -L server-logs.xml ] && echo a link >"{seen}"', GOOD)
    with running_sshd(
        tmp_path / "sshd", environment={"PATH": f"{tools}:/usr/sbin:/usr/bin:/sbin:/bin"}
    ) as sshd:
        one = Scene(sshd=sshd, home=home)
        with contextlib.closing(one.log_in()) as connection:
            stage(connection, one.order())
            assert ask_validator(connection, RUN, "server1").word is Word.PASSED
    assert seen.read_text() == "a link\n"
