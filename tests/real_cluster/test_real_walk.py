"""The wizard's whole walk on a real cluster of the 3.5 line: plan, apply, proof, verify, undo.

The tests share one cluster and go through its life in the order of this file.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from black_box import COMMAND, Ended
from real_cores import RealCluster, values
from real_server import HOME, Server

from wizard.engine.events import Verdict
from wizard.engine.probing.answer import Answer
from wizard.engine.probing.handshake import shake_hands
from wizard.engine.probing.raw import probe_plaintext
from wizard.model.version import Version
from wizard.neo4j.addresses import bolt_port
from wizard.neo4j.conf import Conf
from wizard.neo4j.health import Expected, Question, problems_of, told_of
from wizard.practice.cluster import PracticeCluster

pytestmark = [pytest.mark.sshd, pytest.mark.timeout(900)]

DISCOVERY, CATCHUP, RAFT = 5000, 6000, 7000
_WALK_S = 400
Laid = Callable[[Path], AbstractContextManager[RealCluster]]
Matrix = Counter[tuple[str, str, str, bool | None]]


def _wizard(state: Path, *arguments: str | Path) -> Ended:
    """Run one verb as a person would, whose state directory is this one."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=_WALK_S,
        check=False,
        env=os.environ | {"XDG_STATE_HOME": str(state)},
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True, kw_only=True)
class Walk:
    """A real cluster that the wizard has encrypted, and what was said on the way.

    Attributes:
        before: of each neo4j.conf its bytes, mode and time of change.
        plain: what every port answered to Neo4j's own greeting before.
        open_: what verify said of the cluster while it was still in plaintext.
    """

    cluster: RealCluster
    state: Path
    before: dict[str, tuple[bytes, int, int]]
    plain: tuple[Answer, ...]
    open_: Ended
    plan: Ended
    apply: Ended

    def run(self, verb: str, *options: str) -> Ended:
        """Run a verb on this cluster, as JSON Lines."""
        return _wizard(self.state, verb, "--json", "--answers", self.cluster.answers, *options)


@pytest.fixture(scope="module")
def walk(laid: Laid, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """Form the cluster in plaintext, write, and let the wizard encrypt it with default answers."""
    folder = tmp_path_factory.mktemp("walk")
    with laid(folder / "real") as cluster:
        cluster.start()
        cluster.wait_until_formed()
        cluster.write("in plaintext")
        cluster.wait_until_read_everywhere("in plaintext")
        before = {server.name: _conf(server) for server in cluster.servers}
        common = ("--json", "--answers", cluster.answers)
        yield Walk(
            cluster=cluster,
            state=folder / "state",
            before=before,
            plain=tuple(
                _greeted(server.ip, port) for server in cluster.servers for port in (CATCHUP, RAFT)
            ),
            open_=_wizard(folder / "state", "verify", *common),
            plan=_wizard(folder / "state", "plan", *common),
            apply=_wizard(folder / "state", "apply", "--yes", *common),
        )


def _greeted(ip: str, port: int) -> Answer:
    with socket.create_connection((ip, port), timeout=10) as pipe:
        return probe_plaintext(pipe)


def _conf(server: Server) -> tuple[bytes, int, int]:
    stat = server.conf.stat()
    return server.conf.read_bytes(), stat.st_mode, stat.st_mtime_ns


def _matrix(ended: Ended, ports: dict[tuple[str, int], str]) -> Matrix:
    """How often each channel gave each kind of probe each verdict."""
    return Counter(
        (ports[probe["server"], probe["port"]], probe["kind"], probe["verdict"], probe.get("ok"))
        for probe in ended.of("probe")
    )


def _ports(cluster: RealCluster) -> dict[tuple[str, int], str]:
    channels = {DISCOVERY: "discovery", CATCHUP: "cluster", RAFT: "raft"}
    return {(s.name, port): name for s in cluster.servers for port, name in channels.items()}


def _without_discovery(matrix: Matrix) -> Matrix:
    return Counter({key: n for key, n in matrix.items() if key[0] != "discovery"})


def _notes(ended: Ended) -> set[str]:
    return {one["problem"] for one in ended.of("problem") if one["severity"] == "note"}


def test_before_it_the_wizard_sees_that_nothing_is_encrypted(walk: Walk) -> None:
    assert walk.open_.exit_code == 1
    assert {code for code, _server in walk.open_.problems} == {"policy-not-enabled"}


def test_the_plan_is_one_for_3_5_and_has_nothing_to_object_to(walk: Walk) -> None:
    assert walk.plan.exit_code == 0, walk.plan.stdout
    assert {one["severity"] for one in walk.plan.of("problem")} == {"note"}
    assert "key-without-password" in _notes(walk.plan)
    assert len(walk.plan.of("change_planned")) == 5 * 3


def test_apply_ends_well_with_every_link_logged(walk: Walk) -> None:
    assert walk.apply.exit_code == 0, walk.apply.stdout + walk.cluster.story()
    links = {(one["server"], one["peer"]) for one in walk.apply.of("link")}
    names = [server.name for server in walk.cluster.servers]
    assert links <= {(one, other) for one in names for other in names if one != other}
    # Who follows dials its leader; whether followers dial each other is chance in this code.
    assert len(links) >= 2 * (len(names) - 1), walk.apply.stdout
    assert not [one for one in walk.apply.of("probe") if one.get("ok") is False]


def test_neo4j_s_own_classes_have_loaded_what_the_wizard_made(walk: Walk) -> None:
    for server in walk.cluster.servers:
        last_start = server.log("debug.log").rpartition("Loaded SSL policy 'cluster' = ")[2]
        told = last_start.partition("\n")[0]
        assert f"Subject: CN={server.address}" in told
        assert "tlsVersions=[TLSv1.2], clientAuth=REQUIRE" in told
        conf = server.conf.read_text()
        assert f"dbms.ssl.policy.cluster.base_directory={HOME}/certificates/cluster-" in conf
        assert "enabled=true\ndbms.ssl" not in conf
        assert "private_key" not in conf


def test_a_write_goes_through_the_encrypted_links(walk: Walk) -> None:
    walk.cluster.wait_until_formed()
    walk.cluster.write("through TLS")
    walk.cluster.wait_until_read_everywhere("through TLS")
    walk.cluster.wait_until_read_everywhere("in plaintext")


def test_its_own_overview_calls_the_encrypted_cluster_healthy(walk: Walk) -> None:
    walk.cluster.wait_until_formed()
    addresses = {
        server.name: bolt_port(Conf.parse(server.conf.read_bytes()), Version(3, 5), "localhost")
        for server in walk.cluster.servers
    }
    expected = Expected(addresses={n: f"{at.host}:{at.port}" for n, at in addresses.items()})
    columns = ("id", "addresses", "role", "groups", "database")
    for server in walk.cluster.servers:
        asked = f"{Question.OVERVIEW.value} YIELD {', '.join(columns)}"
        rows = [dict(zip(columns, row, strict=True)) for row in server.ask(asked)]
        assert problems_of(told_of({Question.OVERVIEW: rows}), expected) == ()
        (missing,) = problems_of(told_of({Question.OVERVIEW: rows[1:]}), expected)[:1]
        assert missing.code == "server-not-in-cluster"


@pytest.fixture(scope="module")
def verified(walk: Walk) -> Ended:
    return walk.run("verify")


def test_verify_finds_nothing_wrong_and_says_what_this_build_can_not_do(verified: Ended) -> None:
    assert verified.exit_code == 0, verified.stdout
    (problem,) = verified.of("problem")
    assert (problem["problem"], problem["severity"]) == ("discovery-plaintext", "note")
    for server in ("server1", "server2", "server3"):
        assert server in problem["message"]


def test_real_ports_answer_as_those_of_the_practice_cluster_do(
    walk: Walk, verified: Ended, tmp_path: Path
) -> None:
    """Discovery alone differs: the closed 3.5 that is practised encrypts it, open code can't."""
    real = _matrix(verified, _ports(walk.cluster))
    with PracticeCluster(version="3.5") as running:
        ports = {
            (server.name, port): name
            for server in running.servers
            for name, port in server.ports.items()
        }
        common = ("--json", "--answers", running.answers_path)
        assert _wizard(tmp_path, "apply", "--yes", *common).exit_code == 0
        told = _wizard(tmp_path, "verify", *common)
    practised = _matrix(told, ports)
    assert told.exit_code == 0, told.stdout
    assert sum(_without_discovery(real).values()) == 2 * 3 * (2 + 6)
    assert _without_discovery(real) == _without_discovery(practised)
    discovery = {key[1:] for key in real if key[0] == "discovery"}
    assert {(verdict, ok) for _kind, verdict, ok in discovery} == {("plaintext", None)}
    assert {kind for kind, *_rest in discovery} == {kind for _channel, kind, *_ in practised}
    assert real != practised


def test_the_report_warns_of_discovery(walk: Walk) -> None:
    (report,) = (walk.state / "neo4j-tls" / "runs").glob("*/report.md")
    text = report.read_text()
    assert "discovery-plaintext" in text
    assert "Warning: discovery" in text.partition("## What stays unencrypted")[2]


def test_the_open_code_logs_its_links_in_its_own_words(walk: Walk) -> None:
    """Who waits for "Connected to" in this version's user log waits for ever."""
    for server in walk.cluster.servers:
        assert "Connected to " not in server.log("neo4j.log")
        assert "Handshake completed on channel" in server.log("debug.log")


def test_discovery_has_no_tls_whatever_it_is_asked(walk: Walk) -> None:
    for server in walk.cluster.servers:
        with socket.create_connection((server.ip, DISCOVERY), timeout=10) as pipe:
            assert not shake_hands(pipe, None).spoke_tls


def test_in_plaintext_every_port_took_part_in_the_talk(walk: Walk) -> None:
    assert len(walk.plain) == 2 * 3
    for answer in walk.plain:
        assert not answer.spoke_tls
        assert answer.verdict in {Verdict.PLAINTEXT, Verdict.TIMEOUT}


def test_a_second_apply_has_nothing_to_do(walk: Walk) -> None:
    again = walk.run("apply", "--yes")
    assert again.exit_code == 0, again.stdout
    assert not again.of("change_started")


def test_undo_brings_back_the_plaintext_cluster_with_all_its_data(walk: Walk) -> None:
    undone = _wizard(walk.state, "undo", "--yes", "--json")
    assert undone.exit_code == 0, undone.stdout
    for server in walk.cluster.servers:
        assert _conf(server) == walk.before[server.name]
        assert not [*(server.home / "certificates").glob("cluster*")]
    walk.cluster.wait_until_formed()
    for server in walk.cluster.servers:
        assert values(server) == ["in plaintext", "through TLS"]
    assert {code for code, _ in walk.run("verify").problems} == {"policy-not-enabled"}
