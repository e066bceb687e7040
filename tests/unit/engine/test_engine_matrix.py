"""Many servers, silent ports and slow networks: what a proof asks, and how long it waits."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from wizard.engine.events import ProbeKind, Verdict
from wizard.engine.probing.extent import NEIGHBOURS, WHOLE, asked_from, extent_words
from wizard.engine.probing.matrix import (
    THREADS,
    Laboratory,
    Probed,
    Target,
    probe_own,
    probe_strangers,
)
from wizard.errors import RemoteError
from wizard.model.cluster import Channel, ClusterPort
from wizard.pki.authority import make_authority
from wizard.pki.probe_identities import ProbeIdentity, make_probe_identities

NOW = datetime.now(UTC)
MADE = make_probe_identities(make_authority("payments", NOW), NOW)
SILENT = "tcp-timeout"
CLOSED = "tcp-refused"


class Network:
    """Servers whose ports answer by a rule; counts who asked whom, and how many at once."""

    def __init__(self, code: Callable[[str, int], str]) -> None:
        self.asked: Counter[tuple[str, int]] = Counter()
        self.most_at_once = 0
        self._code, self._now, self._lock = code, 0, threading.Lock()

    def open_tcp(self, host: str, port: int, timeout_s: float, /) -> object:  # noqa: ARG002
        with self._lock:
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
            self.asked[host, port] += 1
        threading.Event().wait(0.001)
        with self._lock:
            self._now -= 1
        raise RemoteError("server", "no way", code=self._code(host, port))


def targets(servers: int, ports: tuple[int, ...] = (6000, 7000)) -> list[Target]:
    return [
        Target(
            server=f"server{number}",
            port=ClusterPort(
                channel=Channel.RAFT,
                host=f"server{number}.example",
                port=port,
                listen_host="0.0.0.0",  # noqa: S104 - read, not bound
                listen_port=port,
            ),
        )
        for number in range(1, servers + 1)
        for port in ports
    ]


def laboratory(network: Network, asked: list[Target]) -> Laboratory:
    found: dict[ProbeKind, ProbeIdentity | None] = {
        ProbeKind.OURS: MADE.ours,
        ProbeKind.FOREIGN_CA: MADE.foreign_ca,
        ProbeKind.SELF_MADE: MADE.self_made,
        ProbeKind.EXPIRED: MADE.expired,
    }
    identities = {kind: one for kind, one in found.items() if one is not None}
    openers = dict.fromkeys((one.server for one in asked), network)
    return Laboratory(openers=openers, identities=identities)  # type: ignore[arg-type]


def proof(network: Network, asked: list[Target]) -> list[Probed]:
    made = laboratory(network, asked)
    return [*probe_own(made, asked, patient=True), *probe_strangers(made, asked)]


def test_probes_grow_with_the_servers_and_not_with_their_square() -> None:
    counts = {}
    for servers in (25, 50, 100):
        network = Network(lambda _host, _port: CLOSED)
        tests = proof(network, targets(servers))
        counts[servers] = len(tests)
        assert network.most_at_once <= THREADS
        assert {t.probe.server for t in tests} == {one.server for one in targets(servers)}
    assert counts[50] == 2 * counts[25]
    assert counts[100] == 2 * counts[50]


@pytest.mark.parametrize("servers", [3, 12, 13, 100])
def test_in_a_large_cluster_everybody_asks_as_often_as_it_is_asked(servers: int) -> None:
    names = sorted(f"server{number}" for number in range(servers))
    askers = {name: asked_from(names, name) for name in names}
    times = Counter(origin for every in askers.values() for origin in every)
    assert set(times.values()) == {min(servers - 1, NEIGHBOURS if servers > 12 else servers)}
    assert all(name not in every for name, every in askers.items())
    assert {len(set(every)) for every in askers.values()} == set(times.values())


def test_what_a_large_cluster_is_spared_is_said() -> None:
    assert extent_words(WHOLE) is None
    words = extent_words(WHOLE + 1) or ""
    assert f"{WHOLE + 1} servers" in words
    assert f"asked by {NEIGHBOURS} others" in words


def test_a_server_alone_asks_itself() -> None:
    assert asked_from(["server1"], "server1") == ("server1",)


def test_a_server_that_drops_packets_is_waited_for_a_few_times_and_not_once_a_probe() -> None:
    servers = 100

    def code(host: str, _port: int) -> str:
        return SILENT if host == "server7.example" else CLOSED

    network = Network(code)
    tests = [test for test in proof(network, targets(servers)) if test.probe.server == "server7"]
    assert {test.probe.verdict for test in tests} == {Verdict.FILTERED}
    assert {test.probe.kind for test in tests} == {*ProbeKind}
    waits = max(network.asked["server7.example", port] for port in (6000, 7000))
    assert waits < len(tests) / 2
    assert waits <= THREADS  # what may have begun at once
    others = [n for (host, _), n in network.asked.items() if host != "server7.example"]
    assert min(others) == NEIGHBOURS + len(ProbeKind) - 1


def test_what_one_server_can_not_reach_is_still_asked_by_the_others() -> None:
    network = Network(lambda _host, port: SILENT if port == 7000 else CLOSED)
    tests = proof(network, targets(3))
    open_ = [t for t in tests if t.probe.port == 6000 and t.probe.kind is ProbeKind.OURS]
    assert {(t.probe.verdict, t.closed) for t in open_} == {(Verdict.REFUSED, True)}
    assert len(open_) == 6
