"""Nothing of a real cluster outlives whoever runs it, however that ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from real_cores import RealCluster
from real_network import BRIDGE, NUMBERS, namespace
from real_server import until

pytestmark = [pytest.mark.sshd, pytest.mark.timeout(900)]

HERE = Path(__file__).parent
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


def _left() -> set[str]:
    """What there is of a network of ours."""
    listed = subprocess.run(["ip", "netns"], capture_output=True, text=True, check=True).stdout
    found = {word for word in listed.split() if word in map(namespace, NUMBERS)}
    return found | {str(path) for path in Path("/sys/class/net").glob("neo4jtls*")}


def test_a_cluster_ends_with_whoever_laid_it_even_when_that_is_killed(
    laid: Callable[[Path], AbstractContextManager[RealCluster]], tmp_path: Path
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
        assert Path(f"/sys/class/net/{BRIDGE}") in map(Path, _left())
        process.kill()
    until(lambda: not any(map(_alive, pids)), "processes are left", 20)
    until(lambda: not _left(), "a network is left", 20)
