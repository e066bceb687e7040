"""A real cluster in plaintext, then encrypted by hand with the settings of 3.5: what the wizard's
own work has to come to.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from real_cores import RealCluster, values
from real_policy import files_by_wizard, lay

from wizard.engine.events import Verdict
from wizard.engine.probing.answer import Answer, Pipe
from wizard.engine.probing.handshake import shake_hands
from wizard.engine.probing.raw import probe_old_tls, probe_plaintext
from wizard.pki.authority import Authority
from wizard.pki.probe_identities import ProbeIdentities, make_probe_identities

pytestmark = [pytest.mark.sshd, pytest.mark.timeout(900)]

DISCOVERY, CATCHUP, RAFT = 5000, 6000, 7000


@dataclass(frozen=True)
class Seen:
    """A cluster, and what was seen while it was in plaintext.

    Attributes:
        plain: what every port answered to Neo4j's own greeting without TLS.
    """

    cluster: RealCluster
    authority: Authority
    plain: dict[tuple[str, int], Answer]


@pytest.fixture(scope="module")
def encrypted(
    laid: Callable[[Path], AbstractContextManager[RealCluster]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Seen]:
    """Form the cluster in plaintext, write, stop all, lay the policy by hand, form it again."""
    with laid(tmp_path_factory.mktemp("real")) as cluster:
        cluster.start()
        cluster.wait_until_formed()
        cluster.write("in plaintext")
        cluster.wait_until_read_everywhere("in plaintext")
        plain = {
            (server.name, port): _probe(server.ip, port, probe_plaintext)
            for server in cluster.servers
            for port in (CATCHUP, RAFT)
        }
        cluster.stop()
        authority, files = files_by_wizard(cluster.servers)
        for server in cluster.servers:
            lay(server, files[server.name])
        cluster.start()
        cluster.wait_until_formed()
        yield Seen(cluster, authority, plain)


def _probe(ip: str, port: int, probe: Callable[[Pipe], Answer]) -> Answer:
    with socket.create_connection((ip, port), timeout=10) as pipe:
        return probe(pipe)


def _answers(seen: Seen, probe: Callable[[Pipe], Answer]) -> dict[tuple[str, int], Verdict]:
    return {
        (server.name, port): _probe(server.ip, port, probe).verdict
        for server in seen.cluster.servers
        for port in (CATCHUP, RAFT)
    }


def _identities(seen: Seen) -> ProbeIdentities:
    return make_probe_identities(seen.authority, datetime.now(UTC))


def test_in_plaintext_every_port_takes_part_in_the_talk(encrypted: Seen) -> None:
    assert len(encrypted.plain) == 6
    for answer in encrypted.plain.values():
        assert not answer.spoke_tls
        assert answer.verdict in {Verdict.PLAINTEXT, Verdict.TIMEOUT}


def test_what_was_written_in_plaintext_is_still_there(encrypted: Seen) -> None:
    for server in encrypted.cluster.servers:
        assert "in plaintext" in values(server)


def test_a_write_goes_through_the_encrypted_links(encrypted: Seen) -> None:
    encrypted.cluster.write("through TLS")
    encrypted.cluster.wait_until_read_everywhere("through TLS")


def test_neo4j_says_that_it_has_loaded_the_policy(encrypted: Seen) -> None:
    for server in encrypted.cluster.servers:
        last_start = server.log("debug.log").rpartition("Loaded SSL policy 'cluster' = ")[2]
        assert f"Subject: CN={server.address}" in last_start.partition("\n")[0]


def test_a_certificate_of_the_ca_gets_in_on_every_port(encrypted: Seen) -> None:
    ours = _identities(encrypted).ours
    answers = _answers(encrypted, lambda pipe: shake_hands(pipe, ours))
    assert set(answers.values()) == {Verdict.ACCEPTED}, answers


@pytest.mark.parametrize("stranger", ["nobody", "foreign_ca", "self_made", "expired"])
def test_a_stranger_is_refused_on_every_port(encrypted: Seen, stranger: str) -> None:
    identity = getattr(_identities(encrypted), stranger, None)
    answers = _answers(encrypted, lambda pipe: shake_hands(pipe, identity))
    assert set(answers.values()) == {Verdict.REFUSED}, answers


@pytest.mark.parametrize("probe", [probe_plaintext, probe_old_tls])
def test_plaintext_and_old_tls_are_refused_on_every_port(
    encrypted: Seen, probe: Callable[[Pipe], Answer]
) -> None:
    answers = _answers(encrypted, probe)
    assert set(answers.values()) == {Verdict.REFUSED}, answers


def test_discovery_stays_in_plaintext_as_this_open_code_has_no_tls_for_it(encrypted: Seen) -> None:
    for server in encrypted.cluster.servers:
        answer = _probe(server.ip, DISCOVERY, lambda pipe: shake_hands(pipe, None))
        assert not answer.spoke_tls, answer


def test_the_open_code_prints_no_line_for_a_link(encrypted: Seen) -> None:
    """Who waits for "Connected to" in this version's logs waits for ever."""
    for server in encrypted.cluster.servers:
        assert "Connected to " not in server.log("neo4j.log")
        assert "Handshake completed on channel" in server.log("debug.log")
