"""Names and addresses looked up from a real server: one round trip, both ways, nothing guessed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sshd import running_sshd

from wizard.engine.session import Session
from wizard.engine.standing import Standing
from wizard.model.facts import Platform, ReverseName
from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings, ServerSettings, Settings
from wizard.model.version import Version
from wizard.practice.cluster import PracticeCluster
from wizard.remote.connection import Connection
from wizard.remote.name_answers import NameAnswers, ask_names
from wizard.remote.ssh.host_keys import HostKeys
from wizard.remote.ssh.login import connect

pytestmark = pytest.mark.sshd

GETENT = """#!/bin/sh
case "$1 $2" in
"ahosts db1.example") printf '10.0.0.1        STREAM db1.example\\n10.0.0.1        DGRAM\\n' ;;
"ahosts moved.example") echo '10.0.0.99       STREAM moved.example' ;;
"hosts 10.0.0.1") echo '10.0.0.1        db1.example db1' ;;
"hosts 10.0.0.2") echo '10.0.0.2        moved.example' ;;
"ahosts 10.0.0."[12]) echo "$2        STREAM" ;;
*) exit 2 ;;
esac
"""


@contextlib.contextmanager
def entered(directory: Path, **environment: str) -> Iterator[Connection]:
    with running_sshd(directory / "sshd", environment=environment) as sshd:
        connection = connect(
            AccessSettings(identity_file=str(sshd.identity_file)),
            ServerSettings(name="server1", ssh=sshd.ssh),
            Secrets(),
            HostKeys([sshd.known_hosts], sshd.directory / "own"),
            10,
        )
        with contextlib.closing(connection):
            yield connection


@pytest.fixture
def answers(tmp_path: Path) -> NameAnswers:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "getent").write_text(GETENT, "ascii")
    (tools / "getent").chmod(0o755)
    names = ("db1.example", "10.0.0.1", "10.0.0.2", "10.0.0.3", "gone.example", "fd00::1")
    with entered(tmp_path, PATH=f"{tools}:/usr/bin:/bin") as connection:
        return ask_names(connection, names)


def test_names_lead_to_addresses_and_unknown_ones_to_none(answers: NameAnswers) -> None:
    assert answers.resolved["db1.example"] == ("10.0.0.1",)
    assert answers.resolved["gone.example"] == ()


def test_addresses_have_the_names_a_server_finds_for_them(answers: NameAnswers) -> None:
    assert answers.reverse == {
        "10.0.0.1": ReverseName(name="db1.example", confirmed=True),
        "10.0.0.2": ReverseName(name="moved.example", confirmed=False),
    }


def test_a_system_without_getent_answers_nothing(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("sh", "od", "tr"):
        (tools / tool).symlink_to(f"/usr/bin/{tool}")
    with entered(tmp_path, PATH=str(tools)) as connection:
        answers = ask_names(connection, ("localhost", "127.0.0.1"))
    assert (answers.resolved, answers.reverse) == ({}, {})


def test_every_server_looks_up_what_every_conf_says_and_is_watched() -> None:
    from wizard.interview.answers import load, parse  # noqa: PLC0415 - beside their only use

    with PracticeCluster(servers=2) as cluster:
        settings = parse(load(cluster.answers_path))
        conf = Path(cluster.servers[0].conf)
        conf = conf / "neo4j.conf" if conf.is_dir() else conf
        conf.write_text(
            conf.read_text("utf-8").replace(
                "dbms.cluster.discovery.endpoints=",
                "dbms.cluster.discovery.endpoints=only-here.invalid:5000,",
            ),
            "utf-8",
        )
        told: list[tuple[str, Standing]] = []
        environ = {"HOME": str(cluster.directory), "XDG_STATE_HOME": str(cluster.directory / "s")}
        with Session(settings, Secrets(), lambda _key: False, environ) as session:
            session.watch = lambda server, standing: told.append((server, standing))
            session.connect()
            assert session.unreached == {}
            facts = session.survey()
    for one in facts.values():
        for server in cluster.servers:
            assert one.resolved[server.address], "each server is asked about every other"
        assert one.resolved["only-here.invalid"] == ()
    for server in ("server1", "server2"):
        assert [standing for name, standing in told if name == server] == [
            Standing.CONNECTING,
            Standing.KEY_SEEN,
            Standing.LOGGING_IN,
            Standing.LOGGED_IN,
            Standing.LOOKING,
            Standing.LOOKED_AT,
        ]


def test_a_server_that_is_not_worked_on_is_not_asked(tmp_path: Path) -> None:
    words = "'sh' is not recognized as an internal or external command, operable program"
    lines = (f'ForceCommand echo "{words}" >&2; exit 1',)
    with running_sshd(tmp_path / "sshd", options=lines) as sshd:
        settings = Settings(
            cluster="payments",
            servers=(ServerSettings(name="server1", ssh=sshd.ssh),),
            access=AccessSettings(
                identity_file=str(sshd.identity_file), known_hosts=str(sshd.known_hosts)
            ),
            neo4j=Version(5, 26),
        )
        environ = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "s")}
        with Session(settings, Secrets(), lambda _key: False, environ) as session:
            session.connect()
            assert session.survey()["server1"].platform is Platform.WINDOWS
