"""A real cluster: found by the survey, in plaintext, encrypted by hand with the settings of 3.5 -
what the wizard's own work has to come to - and nothing left of it.

All in one file, because there is one such cluster at a time on a machine; the one that most tests
share stands from its first test to the end, so those that lay their own come before it.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from real_artifacts import POLICY
from real_cores import RealCluster, values
from real_network import BRIDGE, NUMBERS, namespace
from real_policy import files_by_wizard, lay
from real_server import HOME, until

from wizard.engine.events import Verdict
from wizard.engine.probing.answer import Answer, Pipe
from wizard.engine.probing.handshake import shake_hands
from wizard.engine.probing.raw import probe_old_tls, probe_plaintext
from wizard.model.facts import Edition, Platform, ServerFacts
from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings, ServerSettings
from wizard.model.version import Version
from wizard.pki.authority import Authority
from wizard.pki.probe_identities import ProbeIdentities, make_probe_identities
from wizard.remote.host_keys import HostKeys
from wizard.remote.login import connect
from wizard.remote.survey import survey

pytestmark = [pytest.mark.sshd, pytest.mark.timeout(900)]

DISCOVERY, CATCHUP, RAFT = 5000, 6000, 7000
HERE = Path(__file__).parent
Laid = Callable[[Path], AbstractContextManager[RealCluster]]


def _look(cluster: RealCluster, own: Path, names: tuple[str, ...]) -> list[ServerFacts]:
    answers = tomllib.loads(cluster.answers.read_text())
    access = AccessSettings(identity_file=answers["access"]["identity_file"])
    keys = HostKeys([Path(answers["access"]["known_hosts"])], own)
    found = []
    for server in answers["servers"]:
        settings = ServerSettings(name=server["name"], ssh=server["ssh"], home=server["home"])
        with contextlib.closing(connect(access, settings, Secrets(), keys, 10)) as connection:
            found.append(survey(connection, settings, names))
    return found


def test_the_survey_finds_three_enterprise_servers_of_3_5(laid: Laid, tmp_path: Path) -> None:
    with laid(tmp_path / "real") as cluster:
        names = tuple(server.address for server in cluster.servers)
        facts = _look(cluster, tmp_path / "own", names)
        expected = {server.address: (server.ip,) for server in cluster.servers}
    for server, one in zip(cluster.servers, facts, strict=True):
        assert (one.platform, one.edition) == (Platform.SERVER, Edition.ENTERPRISE)
        assert one.version == Version.parse(POLICY)
        assert (one.home, one.service, one.running) == (HOME, "bin", False)
        assert f"default_advertised_address={server.address}".encode() in one.conf
        assert one.resolved == expected
        assert (server.ip, 22) in one.listening


_RUNS_ON = """
import sys
sys.path[:0] = sys.argv[2:]
from pathlib import Path
from real_cores import real_cluster
with real_cluster(Path(sys.argv[1])) as cluster:
    for server in cluster.servers:
        server.run("sh", "-c", "sleep 3600 >/dev/null 2>&1 & echo $! >/srv/neo4j/run/neo4j.pid")
    print("ready", flush=True)
    sys.stdin.read()
"""


def _alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def _network() -> set[int]:
    """The identities of all there is of a network of ours; another one would have others."""
    spaces = [Path("/run/netns", namespace(number)) for number in NUMBERS]
    found = {path.stat().st_ino for path in spaces if path.exists()}
    cards = Path("/sys/class/net").glob(f"{BRIDGE[:-1]}*/ifindex")
    return found | {int(card.read_text()) for card in cards}


def test_a_cluster_ends_with_whoever_laid_it_even_when_that_is_killed(
    laid: Laid, tmp_path: Path
) -> None:
    with laid(tmp_path / "other"):  # skips or fails where there can be none
        pass
    process = subprocess.Popen(
        [sys.executable, "-c", _RUNS_ON, str(tmp_path), str(HERE), str(HERE.parent)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process, process.stdin, process.stdout:
        assert process.stdout.readline() == b"ready\n"
        files = [tmp_path / f"server{number}" / "neo4j/run/neo4j.pid" for number in NUMBERS]
        pids = [int(file.read_text()) for file in files]
        assert all(map(_alive, pids))
        network = _network()
        assert len(network) == 7
        process.kill()
    until(lambda: not any(map(_alive, pids)), "processes are left", 20)
    until(lambda: not network & _network(), "a network is left", 20)


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
    laid: Laid,
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
