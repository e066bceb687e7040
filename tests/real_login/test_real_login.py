"""A real Neo4j asked through a real sshd: logins, rows, writes, with and without TLS."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from community_server import Community
from sshd import Sshd

from wizard.engine.events import Event, ProblemFound, Said
from wizard.engine.login.asking import SYSTEM, ask_health, conversation_with
from wizard.engine.login.gate import findings, is_proved
from wizard.engine.login.speaking import UnknownStatementError
from wizard.engine.login.writing import LABEL, write_and_read_back
from wizard.engine.request import Request
from wizard.engine.session import Session
from wizard.model.facts import Edition, FileStat, Platform, ServerFacts
from wizard.model.problems import Severity
from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings, ServerSettings, Settings
from wizard.remote.connection import Connection
from wizard.remote.ssh.host_keys import HostKeys
from wizard.remote.ssh.login import connect
from wizard.secret import Secret

pytestmark = [pytest.mark.sshd, pytest.mark.timeout(900)]  # the first run fetches and compiles


@pytest.fixture
def connection(sshd: Sshd, tmp_path: Path) -> Iterator[Connection]:
    known = HostKeys([sshd.known_hosts], tmp_path / "own")
    access = AccessSettings(identity_file=str(sshd.identity_file))
    server = ServerSettings(name="server1", ssh=sshd.ssh)
    with contextlib.closing(connect(access, server, Secrets(), known, 10)) as opened:
        yield opened


def session(community: Community, *opened: Connection, user: str = "neo4j") -> Session:
    """What a survey would have left: every connection leads to the same Neo4j."""
    names = [f"server{number}" for number, _ in enumerate(opened, start=1)]
    settings = Settings(
        cluster="real",
        servers=tuple(ServerSettings(name=name, ssh=name) for name in names),
        login_user=user,
    )
    made = SimpleNamespace(
        settings=settings,
        facts={name: facts(community, name) for name in names},
        connections=dict(zip(names, opened, strict=True)),
    )
    return cast("Session", made)


def facts(community: Community, name: str) -> ServerFacts:
    mine = FileStat(mode=0o755, uid=1, gid=1)
    return ServerFacts(
        server=name,
        platform=Platform.SERVER,
        edition=Edition.COMMUNITY,
        version=community.installed.version,
        login="root",
        home=str(community.home),
        home_stat=mine,
        conf_file=str(community.home / "conf" / "neo4j.conf"),
        conf=community.conf,
        conf_stat=mine,
        conf_is_link=False,
        certificates=str(community.home / "certificates"),
        certificates_stat=None,
        logs=str(community.home / "logs"),
        neo4j_log=None,
        service="bin",
        running=True,
        managed_by=None,
        resolved={},
        clock_offset_s=0.0,
        free_kib=1,
        listening=(),
        policy_files=None,
    )


def request(community: Community, password: str | None = None) -> Request:
    given = Secret(password or community.password)
    return Request(secrets=Secrets(common={"neo4j_password": given}))


def test_a_real_server_tells_that_its_databases_are_online(
    community: Community, connection: Connection
) -> None:
    health = ask_health(request(community), session(community, connection))
    assert not health.silent
    (told,) = health.told.values()
    assert told.copies is not None
    assert {(one.database, one.current, one.writer) for one in told.copies} == {
        ("neo4j", "online", True),
        ("system", "online", True),
    }
    assert {one.address for one in told.copies} == set(health.expected.addresses.values())
    assert is_proved(health)
    assert [one.code for one in findings(health)] == ["health-proved"]


def test_a_server_that_tells_of_no_cluster_proves_nothing_about_one(
    community: Community, connection: Connection
) -> None:
    pair = session(community, connection, connection)
    with (
        conversation_with(request(community), pair, "server1") as conversation,
        pytest.raises(UnknownStatementError),
    ):
        conversation.ask("CALL dbms.cluster.overview()", SYSTEM)
    health = ask_health(request(community), pair)
    assert all(told.members is None for told in health.told.values())
    assert [(p.code, p.severity) for p in findings(health)] == [
        ("health-not-proved", Severity.NOTE)
    ]


def test_a_wrong_password_is_refused_and_named_as_that(
    community: Community, connection: Connection
) -> None:
    (problem,) = findings(ask_health(request(community, "wrong"), session(community, connection)))
    assert (problem.code, problem.severity) == ("neo4j-login-refused", Severity.ERROR)


def test_a_password_that_has_to_be_changed_first_is_told_as_that(
    community: Community, connection: Connection
) -> None:
    create = "CREATE USER fresh IF NOT EXISTS SET PASSWORD $password CHANGE REQUIRED"
    asked = request(community)
    with conversation_with(asked, session(community, connection), "server1") as conversation:
        conversation.ask(create, SYSTEM, password="to be changed")
    with_fresh = session(community, connection, user="fresh")
    (problem,) = findings(ask_health(request(community, "to be changed"), with_fresh))
    assert problem.code == "neo4j-login-refused"
    assert "change the password first" in problem.message


def test_a_node_is_written_read_and_deleted(community: Community, connection: Connection) -> None:
    pair = session(community, connection, connection)
    asked = request(community)
    events: list[Event] = [*write_and_read_back(asked, pair, ask_health(asked, pair))]
    assert not [one for one in events if isinstance(one, ProblemFound)]
    assert any(isinstance(one, Said) and "deleted again" in one.message for one in events)
    with conversation_with(asked, pair, "server1") as conversation:
        assert conversation.ask(f"MATCH (node:{LABEL}) RETURN node", "neo4j") == ()
        (row,) = conversation.ask("RETURN $text AS text", "neo4j", text="' OR 1=1 //")
    assert row == {"text": "' OR 1=1 //"}


def test_where_bolt_takes_tls_only_it_is_spoken_in_tls(
    community: Community, connection: Connection
) -> None:
    one = session(community, connection)
    conf = community.conf.replace(b"tls_level=OPTIONAL", b"tls_level=REQUIRED")
    one.facts["server1"] = replace(one.facts["server1"], conf=conf)
    assert is_proved(ask_health(request(community), one))
