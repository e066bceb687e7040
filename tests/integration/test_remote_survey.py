"""The survey on a real sshd: what it finds, what it refuses, and that it changes nothing."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from fake_neo4j import CONF, make_home, snapshot
from sshd import Sshd, running_sshd

from wizard.errors import AnswerError, ConfError
from wizard.model.facts import Edition, Platform, ServerFacts
from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings, ServerSettings
from wizard.model.version import Version
from wizard.remote.ssh.host_keys import HostKeys
from wizard.remote.ssh.login import connect
from wizard.remote.survey import survey

pytestmark = pytest.mark.sshd


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_home(tmp_path / "a home")


@contextlib.contextmanager
def running(tmp_path: Path, **environment: str) -> Iterator[Sshd]:
    with running_sshd(tmp_path / "sshd", environment=environment) as server:
        yield server


def look(sshd: Sshd, names: tuple[str, ...] = (), **answers: str) -> ServerFacts:
    server = ServerSettings(name="server1", ssh=sshd.ssh, **answers)
    connection = connect(
        AccessSettings(identity_file=str(sshd.identity_file)),
        server,
        Secrets(),
        HostKeys([sshd.known_hosts], sshd.directory / "own"),
        10,
    )
    with contextlib.closing(connection):
        return survey(connection, server, names)


def test_everything_a_plan_needs_is_found_through_neo4j_home(tmp_path: Path, home: Path) -> None:
    before = snapshot(home)
    with (
        running(tmp_path, NEO4J_HOME=str(home)) as sshd,
        socket.create_server(("127.0.0.1", 0)) as s,
    ):
        facts = look(sshd, ("localhost", "127.0.0.9", "no.such.invalid"))
        port = s.getsockname()[1]
    assert (facts.platform, facts.edition) == (Platform.SERVER, Edition.ENTERPRISE)
    assert facts.version == Version(5, 26, 1)
    assert (facts.home, facts.service, facts.running) == (str(home), "bin", False)
    assert facts.conf == CONF
    assert facts.conf_file == str(home / "conf" / "neo4j.conf")
    assert (facts.conf_stat.mode, facts.conf_is_link) == (0o640, False)
    assert facts.certificates == str(home / "certificates")
    assert facts.certificates_stat is not None
    assert facts.logs == str(home / "logs")
    assert facts.neo4j_log == str(home / "logs" / "neo4j.log")
    assert facts.login == sshd.user
    assert facts.resolved["127.0.0.9"] == ("127.0.0.9",)
    assert facts.resolved["no.such.invalid"] == ()
    assert facts.resolved["localhost"]
    assert abs(facts.clock_offset_s) < 5
    assert facts.free_kib > 0
    assert ("127.0.0.1", port) in facts.listening
    assert facts.policy_files is None
    assert facts.managed_by is None
    assert snapshot(home) == before


def test_an_answer_comes_before_anything_that_is_found(tmp_path: Path, home: Path) -> None:
    other = make_home(tmp_path / "other", conf=b"# Managed by Puppet, do not edit\n")
    (other / "elsewhere").mkdir()
    (other / "conf" / "neo4j.conf").rename(other / "elsewhere" / "neo4j.conf")
    with running(tmp_path, NEO4J_HOME=str(home)) as sshd:
        facts = look(sshd, home=str(other), conf=str(other / "elsewhere"), logs="/var/log/other")
        assert facts.home == str(other)
        assert facts.conf_file == str(other / "elsewhere" / "neo4j.conf")
        assert facts.logs == "/var/log/other"
        assert facts.managed_by == "Puppet"


def test_a_home_below_the_logins_own_is_found(tmp_path: Path) -> None:
    with running(tmp_path) as sshd:
        home = make_home(sshd.home / "neo4j-enterprise-5.26.1")
        assert look(sshd).home == str(home)


def test_nothing_found_names_the_answer_that_is_missing(tmp_path: Path) -> None:
    with running(tmp_path) as sshd:
        for answers in ({}, {"home": str(tmp_path / "no such")}):
            with pytest.raises(AnswerError) as caught:
                look(sshd, **answers)
            assert caught.value.key == "servers.server1.home"


def test_a_missing_conf_is_said_so(tmp_path: Path, home: Path) -> None:
    (home / "conf" / "neo4j.conf").unlink()
    with (
        running(tmp_path, NEO4J_HOME=str(home)) as sshd,
        pytest.raises(ConfError, match=r"neo4j\.conf"),
    ):
        look(sshd)


def test_a_conf_that_is_a_link_is_followed_and_told(tmp_path: Path, home: Path) -> None:
    real = tmp_path / "real.conf"
    (home / "conf" / "neo4j.conf").rename(real)
    (home / "conf" / "neo4j.conf").symlink_to(real)
    with running(tmp_path, NEO4J_HOME=str(home)) as sshd:
        facts = look(sshd)
    assert (facts.conf_is_link, facts.conf_file) == (True, str(real))


def test_community_edition_is_recognised(tmp_path: Path) -> None:
    home = make_home(tmp_path / "community", edition="community")
    with running(tmp_path, NEO4J_HOME=str(home)) as sshd:
        assert look(sshd).edition is Edition.COMMUNITY


def test_a_running_neo4j_is_seen(tmp_path: Path, home: Path) -> None:
    subprocess.run([home / "bin" / "neo4j", "start"], check=True)
    try:
        with running(tmp_path, NEO4J_HOME=str(home)) as sshd:
            assert look(sshd).running
    finally:
        subprocess.run([home / "bin" / "neo4j", "stop"], check=True)


def test_the_policy_folder_is_read_and_the_key_never(tmp_path: Path, home: Path) -> None:
    folder = home / "certificates" / "cluster"
    (folder / "trusted" / "a folder").mkdir(parents=True)
    (folder / "public.crt").write_bytes(b"certificate\n")
    (folder / "private.key").write_bytes(b"canary-of-the-key\n")
    (folder / "trusted" / "ca one.crt").write_bytes(b"\x00\xffca\n")
    (folder / "trusted" / ".hidden").write_bytes(b"")
    with running(tmp_path, NEO4J_HOME=str(home)) as sshd:
        facts = look(sshd)
    files = facts.policy_files
    assert files is not None
    assert files.directory == str(folder)
    assert files.public_certificate == b"certificate\n"
    assert files.private_key_exists
    trusted: Mapping[str, bytes] = files.trusted or {}
    assert dict(trusted) == {"ca one.crt": b"\x00\xffca\n", ".hidden": b"", "a folder": b""}
    assert "canary" not in repr(facts)


SYSTEMCTL = """#!/bin/sh
case "$*" in
"show -p LoadState neo4j") echo LoadState=loaded ;;
"show -p Environment neo4j") echo 'Environment="NEO4J_CONF=@CONF@" "NEO4J_HOME=@HOME@"' ;;
"is-active neo4j") echo active ;;
*) exit 1 ;;
esac
"""


def test_a_unit_of_systemd_tells_its_folders(tmp_path: Path) -> None:
    home = make_home(tmp_path / "lib")
    (home / "conf").rename(tmp_path / "etc")
    tools = tmp_path / "tools"
    tools.mkdir()
    text = SYSTEMCTL.replace("@CONF@", str(tmp_path / "etc")).replace("@HOME@", str(home))
    (tools / "systemctl").write_text(text, "ascii")
    (tools / "systemctl").chmod(0o755)
    with running(tmp_path, PATH=f"{tools}:/usr/bin:/bin") as sshd:
        facts = look(sshd)
    assert (facts.home, facts.service, facts.running) == (str(home), "systemd:neo4j", True)
    assert facts.conf_file == str(tmp_path / "etc" / "neo4j.conf")
    assert facts.neo4j_log is None


EXEC_START = "{ path=/usr/bin/neo4j ; argv[]=/usr/bin/neo4j console @FLAG@ ; ignore_errors=no }"


@pytest.mark.parametrize(
    ("flag", "seen"), [("--expand-commands", True), ("", False), ("--expand-commands-not", False)]
)
def test_a_unit_of_systemd_tells_whether_commands_are_run(
    tmp_path: Path,
    flag: str,
    seen: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    home = make_home(tmp_path / "lib")
    tools = tmp_path / "tools"
    tools.mkdir()
    text = SYSTEMCTL.replace("@CONF@", str(home / "conf")).replace("@HOME@", str(home))
    told = EXEC_START.replace("@FLAG@", flag)
    unit = f""""show -p ExecStart neo4j") echo 'ExecStart={told}' ;;\n*) exit 1"""
    text = text.replace("*) exit 1", unit)
    (tools / "systemctl").write_text(text, "ascii")
    (tools / "systemctl").chmod(0o755)
    with running(tmp_path, PATH=f"{tools}:/usr/bin:/bin") as sshd:
        facts = look(sshd)
    assert (facts.service, facts.expands_commands) == ("systemd:neo4j", seen)


def test_names_that_do_not_resolve_do_not_add_up(tmp_path: Path, home: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "getent").write_text("#!/bin/sh\nsleep 1\n", "ascii")
    (tools / "getent").chmod(0o755)
    names = tuple(f"name{number}.example" for number in range(12))
    with running(tmp_path, NEO4J_HOME=str(home), PATH=f"{tools}:/usr/bin:/bin") as sshd:
        start = time.monotonic()
        facts = look(sshd, names)
        assert time.monotonic() - start < 5
    assert set(facts.resolved) == set(names)


def test_a_windows_server_is_recognised_by_its_shell(tmp_path: Path) -> None:
    words = "'sh' is not recognized as an internal or external command, operable program"
    with running_sshd(
        tmp_path / "sshd", options=(f'ForceCommand echo "{words}" >&2; exit 1',)
    ) as sshd:
        assert look(sshd).platform is Platform.WINDOWS
