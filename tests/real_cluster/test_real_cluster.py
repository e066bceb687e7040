"""The bed of the real cluster: the survey finds its servers, and nothing is left of it.

The walk on it is `test_real_walk.py`; one such cluster stands at a time on a machine.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tomllib
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from real_artifacts import POLICY
from real_cores import RealCluster
from real_network import BRIDGE, NUMBERS, namespace
from real_server import HOME, until
from waiting import started

from wizard.model.facts import Edition, Platform, ServerFacts
from wizard.model.secrets import Secrets
from wizard.model.settings import AccessSettings, ServerSettings
from wizard.model.version import Version
from wizard.remote.ssh.host_keys import HostKeys
from wizard.remote.ssh.login import connect
from wizard.remote.survey import survey

pytestmark = [pytest.mark.sshd, pytest.mark.timeout(900)]

HERE = Path(__file__).parent
_LAID_S = 300
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
    with started(
        [sys.executable, "-c", _RUNS_ON, str(tmp_path), str(HERE), str(HERE.parent)],
        seconds=_LAID_S,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        files = [tmp_path / f"server{number}" / "neo4j/run/neo4j.pid" for number in NUMBERS]
        pids = [int(file.read_text()) for file in files]
        assert all(map(_alive, pids))
        network = _network()
        assert len(network) == 7
        process.kill()
    until(lambda: not any(map(_alive, pids)), "processes are left", 20)
    until(lambda: not network & _network(), "a network is left", 20)
