"""Asking Neo4j with its real driver, through a tunnel: what is told, and that nothing hangs."""

from __future__ import annotations

import builtins
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fake_bolt import Answer, FakeBolt, listening
from waiting import until

from wizard.engine.cancel import Cancel
from wizard.engine.events import Event, ProblemFound, Result, Said
from wizard.engine.login import asking, proof
from wizard.engine.login.asking import Health, ask_health
from wizard.engine.login.gate import findings, gated
from wizard.engine.login.proof import Word, prove_with_login
from wizard.engine.login.tunnel import Tunnel
from wizard.engine.request import Request
from wizard.engine.session import Session
from wizard.errors import RemoteError
from wizard.model.facts import Edition, FileStat, Platform, ServerFacts
from wizard.model.problems import Severity
from wizard.model.secrets import Secrets
from wizard.model.settings import ServerSettings, Settings
from wizard.model.version import Version
from wizard.planning.plan import RUN, Change, ChangeKind, Plan
from wizard.secret import Secret

NAMES = ("server1", "server2", "server3")
CANARY = "the right one"


class Direct:
    """A connection that reaches ports without SSH."""

    def open_tcp(self, host: str, port: int, timeout_s: float) -> Any:
        try:
            opened = socket.create_connection((host, port), timeout_s)
        except OSError as error:
            raise RemoteError("server", "Nothing listens there.", code="tcp-refused") from error
        return SimpleNamespace(
            recv=opened.recv,
            sendall=opened.sendall,
            settimeout=opened.settimeout,
            close=lambda: _closed(opened),
        )


def _closed(opened: socket.socket) -> None:
    with suppress(OSError):
        opened.shutdown(socket.SHUT_RDWR)
    opened.close()


class Cluster:
    """Three Neo4j that answer as a healthy cluster does, or as a test has it."""

    def __init__(self, stack: ExitStack) -> None:
        self.nodes: set[str] = set()
        self.health = dict.fromkeys(NAMES, "Available")
        self.status = dict.fromkeys(NAMES, "online")
        self.deaf: set[str] = set()
        self.failure: tuple[str, str] | None = None
        self.leader = "server2"
        self.bolts = {name: FakeBolt(answer=self._answers(name)) for name in NAMES}
        self.ports = {
            name: stack.enter_context(listening(bolt)) for name, bolt in self.bolts.items()
        }

    def _answers(self, name: str) -> Callable[[str, dict[str, Any]], Answer]:
        return lambda statement, given: self._answer(name, statement, given)

    def _answer(self, name: str, statement: str, given: dict[str, Any]) -> Answer:
        if self.failure is not None:
            return self.failure
        if statement.startswith("SHOW SERVERS"):
            return [
                {"name": n, "address": self.address(n), "state": "Enabled", "health": h}
                for n, h in self.health.items()
            ]
        if statement.startswith("SHOW DATABASES"):
            return [
                {
                    "name": "neo4j",
                    "type": "standard",
                    "access": "read-write",
                    "address": self.address(n),
                    "role": "primary",
                    "writer": n == self.leader,
                    "requestedStatus": "online",
                    "currentStatus": status,
                    "statusMessage": "",
                    "default": True,
                    "currentPrimariesCount": 3,
                    "requestedPrimariesCount": 3,
                }
                for n, status in self.status.items()
            ]
        return self._data(name, statement, given["proof"])

    def _data(self, name: str, statement: str, proof_value: str) -> Answer:
        if statement.startswith("MATCH") and "DELETE" not in statement:
            return [{"proof": v} for v in self.nodes if v == proof_value and name not in self.deaf]
        if name != self.leader:
            return ("Neo.ClientError.Cluster.NotALeader", "No write operations are allowed here.")
        change = self.nodes.discard if "DELETE" in statement else self.nodes.add
        change(proof_value)
        return [{"proof": proof_value}]

    def address(self, name: str) -> str:
        return f"127.0.0.1:{self.ports[name]}"

    def session(self, user: str | None = "neo4j", *more: str) -> Session:
        settings = Settings(
            cluster="payments",
            servers=tuple(ServerSettings(name=name, ssh=name) for name in NAMES),
            login_user=user,
        )
        facts = {name: facts_of(name, self.ports[name], *more) for name in NAMES}
        direct = dict.fromkeys(NAMES, Direct())
        made = SimpleNamespace(settings=settings, facts=facts, connections=direct)
        return cast("Session", made)


def facts_of(name: str, port: int, *more: str) -> ServerFacts:
    lines = ("server.default_listen_address=0.0.0.0", *more)
    address = f"server.bolt.listen_address=127.0.0.1:{port}"
    advertised = f"server.bolt.advertised_address=127.0.0.1:{port}"
    return ServerFacts(
        server=name,
        platform=Platform.SERVER,
        edition=Edition.ENTERPRISE,
        version=Version(5, 26),
        login="admin",
        home="/opt/neo4j",
        home_stat=FileStat(mode=0o755, uid=1, gid=1),
        conf_file="/opt/neo4j/conf/neo4j.conf",
        conf="\n".join((*lines, address, advertised, "")).encode(),
        conf_stat=FileStat(mode=0o644, uid=1, gid=1),
        conf_is_link=False,
        certificates="/opt/neo4j/certificates",
        certificates_stat=None,
        logs="/opt/neo4j/logs",
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


def request(password: str = CANARY, **changes: Any) -> Request:
    secrets = Secrets(common={"neo4j_password": Secret(password)} if password else {})
    return replace(Request(secrets=secrets, formation_timeout_s=20), **changes)


def plan_for(session: Session) -> Plan:
    change = Change(id="stop:server1", server="server1", kind=ChangeKind.STOP, what="", undo="")
    return Plan(
        settings=session.settings,
        run=RUN,
        servers=(),
        changes=(change,),
        problems=(),
        stays_unencrypted=(),
        downtime_s=(30, 300),
        verify_hostname=True,
        verify_hostname_why="",
        tls_versions=(),
    )


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    before = threading.active_count()
    with ExitStack() as stack:
        yield Cluster(stack)
    until(lambda: threading.active_count() <= before, "threads are left behind")


def codes(health: Health) -> list[tuple[str, Severity]]:
    return [(one.code, one.severity) for one in findings(health)]


def proved(session: Session, asked: Request, plan: Plan) -> tuple[list[Event], Word]:
    steps, events = prove_with_login(asked, session, plan), []
    while True:
        try:
            events.append(next(steps))
        except StopIteration as end:
            return events, end.value


def test_a_healthy_cluster_is_proved_and_opens_the_gate(cluster: Cluster) -> None:
    session = cluster.session()
    health = ask_health(request(), session)
    assert not health.silent
    assert codes(health) == [("health-proved", Severity.NOTE)]
    after = gated(plan_for(session), request(), session)
    assert [one.code for one in after.problems] == ["health-proved", "proof-writes"]
    assert after.changes
    assert not cluster.nodes


def test_an_unhealthy_cluster_closes_the_gate(cluster: Cluster) -> None:
    cluster.health["server3"] = "Unavailable"
    session = cluster.session()
    after = gated(plan_for(session), request(), session)
    assert [(one.code, one.server, one.blocks) for one in after.problems] == [
        ("server-not-available", "server3", True)
    ]
    assert after.changes == ()


def test_a_wrong_password_closes_the_gate_after_one_try(cluster: Cluster) -> None:
    session = cluster.session()
    after = gated(plan_for(session), request("a wrong one"), session)
    (problem,) = after.problems
    assert (problem.code, problem.blocks) == ("neo4j-login-refused", True)
    assert "a wrong one" not in f"{problem}"
    assert [bolt.logins for bolt in cluster.bolts.values()] == [1, 1, 1]


def test_nobody_is_asked_without_a_login_or_a_change(cluster: Cluster) -> None:
    without = cluster.session(None)
    plan = plan_for(without)
    assert gated(plan, request(), without) is plan
    session = cluster.session()
    nothing = replace(plan_for(session), changes=())
    assert gated(nothing, request(), session) is nothing
    assert not any(bolt.heard for bolt in cluster.bolts.values())


@pytest.mark.parametrize(
    "more", ["server.bolt.enabled=false", "server.bolt.tls_level=REQUIRED"], ids=["off", "tls"]
)
def test_where_bolt_does_not_answer_health_is_not_proved(cluster: Cluster, more: str) -> None:
    session = cluster.session("neo4j", more)
    assert codes(ask_health(request(), session)) == [("health-not-proved", Severity.NOTE)]


def test_where_nothing_listens_or_no_password_was_given_health_is_not_proved(
    cluster: Cluster,
) -> None:
    session = cluster.session()
    assert codes(ask_health(request(""), session)) == [("health-not-proved", Severity.NOTE)]
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    session.facts["server2"] = facts_of("server2", port)
    found = findings(ask_health(request(), session))
    assert ("health-not-proved", "server2") in {(one.code, one.server) for one in found}


def test_without_the_driver_a_person_is_told_how_to_get_it(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *more: Any, **named: Any) -> Any:
        if name == "neo4j":
            raise ImportError(name)
        return real(name, *more, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    (problem,) = findings(ask_health(request(), cluster.session()))
    assert problem.code == "health-not-proved"
    assert "pip install 'neo4j-tls-wizard[login]'" in problem.hint


def test_a_user_without_rights_is_told_which_right_is_missing(cluster: Cluster) -> None:
    cluster.failure = ("Neo.ClientError.Security.Forbidden", "Not allowed \x1b[2J")
    (problem,) = findings(ask_health(request(), cluster.session()))
    assert (problem.code, problem.severity) == ("health-not-proved", Severity.NOTE)
    assert "SHOW SERVERS" in problem.hint


def test_what_neo4j_answers_is_made_safe_to_show(cluster: Cluster) -> None:
    cluster.failure = ("Neo.DatabaseError.General.UnknownError", "\x1b]0;owned\x07 \u202e")
    (problem,) = findings(ask_health(request(), cluster.session()))
    assert problem.message.isprintable()
    assert "owned" in problem.message


def test_a_neo4j_that_never_answers_costs_one_time_limit(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "ASK_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        session = cluster.session()
        session.facts["server1"] = facts_of("server1", silent.getsockname()[1])
        health = ask_health(request(), session)
    assert set(health.silent) == {"server1"}


def test_the_proof_writes_at_the_leader_reads_everywhere_and_leaves_nothing(
    cluster: Cluster,
) -> None:
    session = cluster.session()
    events, word = proved(session, request(), plan_for(session))
    assert word == Word()
    said = [event.message for event in events if isinstance(event, Said)]
    assert said[-1] == (
        "A node written on server2 was read on server1, server3, and deleted again."
    )
    assert not cluster.nodes
    assert sum("CREATE" in one for one in cluster.bolts["server2"].heard) == 1


def test_the_leader_is_found_even_where_nobody_names_it(cluster: Cluster) -> None:
    session = cluster.session()
    told_wrong = Cluster.address
    cluster.address = lambda _name: "localhost:7687"  # type: ignore[method-assign]
    try:
        events, word = proved(session, request(), plan_for(session))
    finally:
        cluster.address = told_wrong.__get__(cluster)  # type: ignore[method-assign]
    assert word == Word()
    assert any(isinstance(one, Said) and "deleted again" in one.message for one in events), events
    assert not cluster.nodes


def test_a_node_that_does_not_arrive_is_told_and_takes_nothing_back(cluster: Cluster) -> None:
    cluster.deaf.add("server3")
    session = cluster.session()
    events, word = proved(session, request(), plan_for(session))
    (problem,) = [one.problem for one in events if isinstance(one, ProblemFound)]
    assert (problem.code, problem.severity) == ("write-not-proved", Severity.WARNING)
    assert "server3" in problem.message
    assert word.result is None
    assert not cluster.nodes


def test_a_cluster_that_is_slow_is_waited_for_and_taken_as_it_comes(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "AGAIN_S", 0.05)
    cluster.health["server1"] = "Unavailable"
    session = cluster.session()
    bolt = cluster.bolts["server1"]
    original = bolt.answer

    def recovers(statement: str, given: dict[str, Any]) -> Answer:
        if len(bolt.heard) > 6:
            cluster.health["server1"] = "Available"
        return original(statement, given)

    bolt.answer = recovers
    _events, word = proved(session, request(), plan_for(session))
    assert word == Word()


@pytest.mark.parametrize(
    ("status", "timeout_s", "result"),
    [("store copying", 0.2, Result.STOPPED), ("dirty", 60.0, Result.REVERTED)],
)
def test_slow_stops_and_only_what_neo4j_calls_failed_is_put_back(
    cluster: Cluster,
    monkeypatch: pytest.MonkeyPatch,
    status: str,
    timeout_s: float,
    result: Result,
) -> None:
    monkeypatch.setattr(proof, "AGAIN_S", 0.05)
    monkeypatch.setattr(proof, "PERSISTS_S", 0.3)
    cluster.status["server1"] = status
    session = cluster.session()
    asked = request(formation_timeout_s=timeout_s)
    _events, word = proved(session, asked, plan_for(session))
    assert word.result is result
    assert {one.server for one in word.problems} == {"server1"}


def test_bolt_that_opens_late_is_waited_for_and_a_missing_password_is_not(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "AGAIN_S", 0.05)
    session = cluster.session()
    plan = gated(plan_for(session), request(), session)
    before = sum(bolt.logins for bolt in cluster.bolts.values())
    _events, word = proved(session, request(""), plan)
    assert word == Word()
    assert sum(bolt.logins for bolt in cluster.bolts.values()) == before
    opens, good = session.facts["server1"], cluster.bolts["server1"]
    with socket.create_server(("127.0.0.1", 0)) as gone:
        late = gone.getsockname()[1]
    session.facts["server1"] = facts_of("server1", late)
    steps = prove_with_login(request(), session, plan)
    assert isinstance(next(steps), Said)
    timer = threading.Timer(0.5, session.facts.__setitem__, ("server1", opens))
    timer.start()
    said = [event.message for event in steps if isinstance(event, Said)]
    timer.join(10)
    assert any("deleted again" in one for one in said)
    assert good.heard


def test_a_wish_to_stop_ends_the_waiting(cluster: Cluster) -> None:
    cluster.status["server1"] = "store copying"
    session, cancel = cluster.session(), Cancel()
    cancel.set()
    _events, word = proved(session, request(cancel=cancel), plan_for(session))
    assert word.result is Result.INTERRUPTED


def test_the_tunnel_lets_one_in_and_turns_others_away(cluster: Cluster) -> None:
    with (
        Tunnel(Direct(), "127.0.0.1", cluster.ports["server1"], 20) as tunnel,
        socket.create_connection(("127.0.0.1", tunnel.port), 5),
    ):
        assert _turned_away(tunnel.port)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", tunnel.port), 5)


_KNOCKS = """
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5) as first:
    first.sendall(bytes.fromhex("6060b01700000404") + bytes(12))
    print(len(first.recv(4)))
"""
"""Greets as a driver does (Bolt, handshake), and tells how much is answered."""


def test_another_program_that_comes_first_is_turned_away_and_the_driver_let_in(
    cluster: Cluster,
) -> None:
    with Tunnel(Direct(), "127.0.0.1", cluster.ports["server1"], 20) as tunnel:
        knock = [sys.executable, "-c", _KNOCKS, str(tunnel.port)]
        told = subprocess.run(knock, capture_output=True, text=True, timeout=20, check=False)
        assert told.stdout.strip() in {"", "0"}, told
        with socket.create_connection(("127.0.0.1", tunnel.port), 5) as own:
            own.settimeout(20)
            own.sendall(bytes.fromhex("6060b01700000404") + bytes(12))
            assert own.recv(1)


@pytest.mark.parametrize("seconds", [20.0, 0.1], ids=["open", "its time is over"])
def test_the_port_of_a_tunnel_is_nobody_elses_until_it_is_closed(
    cluster: Cluster, seconds: float
) -> None:
    with (
        Tunnel(Direct(), "127.0.0.1", cluster.ports["server1"], seconds) as tunnel,
        socket.create_connection(("127.0.0.1", tunnel.port), 5) as first,
    ):
        first.settimeout(20)
        assert seconds > 1 or first.recv(1) == b""
        assert _turned_away(tunnel.port)
        with pytest.raises(OSError, match="in use"):
            socket.create_server(("127.0.0.1", tunnel.port))


def _turned_away(port: int) -> bool:
    """Whether a connection is ended at once, without a word."""
    with socket.create_connection(("127.0.0.1", port), 5) as late, suppress(ConnectionError):
        return late.recv(1) == b""
    return True
