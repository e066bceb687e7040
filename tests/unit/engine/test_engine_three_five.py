"""What 3.5 needs of the proof: discovery that may be plain, slow ports, logs without a start."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from wizard.engine.diagnosis import Observations, ServerObservation, diagnose
from wizard.engine.events import Probe, ProbeKind, Verdict
from wizard.engine.probing import matrix
from wizard.engine.probing.matrix import (
    Laboratory,
    Probed,
    Target,
    probe_own,
    probe_strangers,
)
from wizard.engine.proving.needs import targets_of
from wizard.engine.watching.boards import ProofBoard
from wizard.engine.watching.following import from_one_start, since_last_start
from wizard.model.cluster import Channel, ClusterPort
from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.neo4j.logs.lines import TlsFailure
from wizard.neo4j.policy import policy_of
from wizard.pki.authority import make_authority
from wizard.pki.probe_identities import ProbeIdentity, make_probe_identities

NOW = datetime.now(UTC)
Serve = Callable[[socket.socket, int], None]
Listen = Callable[[Serve], int]


@pytest.fixture
def listen() -> Iterator[Listen]:
    """Serve each connection of a port in a thread, with its number from 0 on."""
    with ExitStack() as stack:

        def start(serve: Serve) -> int:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

            def accept() -> None:
                count = 0
                while True:
                    try:
                        connection, _ = listener.accept()
                    except OSError:
                        return
                    connection.settimeout(20)
                    threading.Thread(target=one, args=(connection, count), daemon=True).start()
                    count += 1

            def one(connection: socket.socket, number: int) -> None:
                with connection:
                    serve(connection, number)

            threading.Thread(target=accept, daemon=True).start()
            return int(listener.getsockname()[1])

        yield start


class Direct:
    """A connection that reaches ports without SSH."""

    def open_tcp(self, host: str, port: int, timeout_s: float) -> socket.socket:
        return socket.create_connection((host, port), timeout_s)


@pytest.fixture(scope="module")
def identities() -> dict[ProbeKind, ProbeIdentity]:
    made = make_probe_identities(make_authority("payments", NOW), NOW)
    assert made.ours is not None
    assert made.expired is not None
    return {
        ProbeKind.OURS: made.ours,
        ProbeKind.FOREIGN_CA: made.foreign_ca,
        ProbeKind.SELF_MADE: made.self_made,
        ProbeKind.EXPIRED: made.expired,
    }


def hazelcast(connection: socket.socket, _number: int) -> None:
    """Answer as Hazelcast does to its like; be silent to whatever else comes."""
    while (said := connection.recv(4096)) != b"":
        if said == b"HZC":
            connection.sendall(said)


def port_of(number: int, channel: Channel = Channel.DISCOVERY) -> ClusterPort:
    return ClusterPort(
        channel=channel, host="127.0.0.1", port=number, listen_host="", listen_port=number
    )


def test_only_the_discovery_of_3_5_may_be_plain() -> None:
    ports = {"server1": (port_of(5000), port_of(6000, Channel.CLUSTER))}
    for version, expected in (
        (Version(3, 5), [True, False]),
        (Version(4, 0), [False, False]),
        (None, [False, False]),
    ):
        found = targets_of(ports, {}, {"server1": version})
        assert [target.may_be_plain for target in found] == expected


def test_discovery_that_speaks_plaintext_proves_neither_good_nor_bad(
    listen: Listen, identities: dict[ProbeKind, ProbeIdentity]
) -> None:
    target = Target(server="server1", port=port_of(listen(hazelcast)), may_be_plain=True)
    laboratory = Laboratory(openers={"server1": Direct()}, identities=identities)
    tests = [*probe_own(laboratory, [target]), *probe_strangers(laboratory, [target])]
    assert {test.probe.kind for test in tests} == set(ProbeKind)
    assert {(test.probe.verdict, test.probe.ok) for test in tests} == {(Verdict.PLAINTEXT, None)}
    assert codes(tests) == {("discovery-plaintext", None)}


def test_a_discovery_port_that_hangs_up_is_not_excused(
    listen: Listen, identities: dict[ProbeKind, ProbeIdentity]
) -> None:
    target = Target(server="server1", port=port_of(listen(lambda *_: None)), may_be_plain=True)
    laboratory = Laboratory(openers={"server1": Direct()}, identities=identities)
    (test,) = probe_own(laboratory, [target])
    assert (test.probe.verdict, test.probe.ok) == (Verdict.REFUSED, False)
    assert "discovery-plaintext" not in {code for code, _ in codes([test])}


def test_a_port_that_is_slow_at_first_is_asked_again_where_there_is_patience(
    listen: Listen,
    identities: dict[ProbeKind, ProbeIdentity],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usual = matrix._Patience(timeout_s=0.3, silence_s=0.3)
    monkeypatch.setattr(matrix, "_USUAL", usual)

    def slow_at_first(connection: socket.socket, number: int) -> None:
        while number == 0 and connection.recv(4096):
            pass

    laboratory = Laboratory(openers={"server1": Direct()}, identities=identities)
    for patient, expected in ((False, Verdict.TIMEOUT), (True, Verdict.REFUSED)):
        target = Target(server="server1", port=port_of(listen(slow_at_first), Channel.RAFT))
        (test,) = probe_own(laboratory, [target], patient=patient)
        assert test.probe.verdict is expected


def codes(tests: list[Probed]) -> set[tuple[str, str | None]]:
    lines = b"causal_clustering.ssl_policy=cluster\ndbms.ssl.policy.cluster.base_directory=/c\n"
    one = ServerObservation(
        server="server1",
        running=True,
        has_started=True,
        policy=policy_of(Conf.parse(lines), Version(3, 5), "/n"),
        failures=(TlsFailure(code="trusted-lacks-peer", text="Empty chain", weight=4),),
    )
    raft = Probe(
        origin="server2",
        server="server1",
        port=7000,
        kind=ProbeKind.OURS,
        expected=Verdict.ACCEPTED,
        verdict=Verdict.ACCEPTED,
        ok=True,
    )
    seen = Observations(now=NOW, servers={"server1": one}, tests=(*tests, Probed(probe=raft)))
    return {(problem.code, problem.server) for problem in diagnose(seen)}


def test_the_board_tells_plaintext_from_no_answer() -> None:
    board = ProofBoard()
    for port, verdict in ((5000, Verdict.PLAINTEXT), (6000, Verdict.TIMEOUT)):
        board.feed(
            Probe(
                origin="server2",
                server="server1",
                port=port,
                kind=ProbeKind.OURS,
                expected=Verdict.ACCEPTED,
                verdict=verdict,
                ok=None,
            )
        )
    assert "1 without an answer, 1 met plaintext" in board.summary


def test_a_debug_log_that_tells_of_no_start_counts_from_the_user_log_s_last_one() -> None:
    user = (
        b"2026-11-22 05:00:00.000+0000 INFO  Starting...\n"
        b"2026-11-22 06:00:00.000+0000 INFO  Starting...\n"
    )
    policy = b"INFO [o.n.k.c.s.SslPolicyLoader] Loaded SSL policy 'cluster' = SslPolicy{}\n"
    refused = b"javax.net.ssl.SSLHandshakeException: Empty client certificate chain\n"
    debug = (
        b"2026-11-22 05:30:00.000+0000 "
        + policy
        + refused
        + b"2026-11-22 06:00:01.000+0000 "
        + policy
    )
    logs = [
        since_last_start("server1", "neo4j.log", user),
        since_last_start("server1", "debug.log", debug),
    ]
    assert any("Empty client" in seen.text for seen in logs[1])
    kept = from_one_start(logs)
    assert [seen.text[11:13] for seen in kept] == ["06", "06"]
    assert any("Empty client" in seen.text for seen in from_one_start(logs[1:]))
