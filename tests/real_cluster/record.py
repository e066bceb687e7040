"""Make the recordings again: what a real cluster logs when it forms, and with each fault.

    python tests/real_cluster/record.py [--verify-only] [NAME]...

While each of these clusters stands, `verify` is run on it and has to name the fault alone. It needs
root, Java, Maven and OpenSSH, and about a minute for each recording.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), *(str(HERE.parent / one) for one in ("", "judge", "e2e"))]

from black_box import COMMAND  # noqa: E402 - the path comes first
from real_artifacts import CORE, POLICY  # noqa: E402
from real_cores import RealCluster, real_cluster  # noqa: E402
from real_faults import CULPRIT, FAULTS, Fault  # noqa: E402
from real_server import BrokenClusterError, Server, until  # noqa: E402

RECORDINGS = HERE / "recordings"

_STORY = re.compile(
    r"\[o\.n\.(?:c\.|k\.c\.s\.|ssl)|SslPolicy|Failed to start|Starting\.\.\.|Started\."
)
"""Which lines of debug.log are kept: those of the cluster and of the SSL policies."""

_FRAME = re.compile(r"\s+(?:at |\.\.\. \d+ more|\.\.\. \d+ common)")
_VARYING = re.compile(r"0x[0-9a-f]+|\d+|\{[0-9a-f]{8}\}")
_TROUBLE = re.compile(r"javax\.net\.ssl|NotSslRecord|CertPathValidator|Failed handshake")
_MOST_OF_A_KIND = 3
_TROUBLE_S = 150
_HALF_S = 30
_NOT_KEPT = "--verify-only"
_VERIFY_S = 120


def main(arguments: list[str]) -> None:
    names, keeps = [one for one in arguments if one != _NOT_KEPT], _NOT_KEPT not in arguments
    wanted = [fault for fault in FAULTS if not names or fault.name in names]
    amiss = 0
    with tempfile.TemporaryDirectory() as folder, real_cluster(Path(folder)) as cluster:
        for fault in wanted:
            cluster.clear()
            fault.lay(cluster.servers)
            cluster.start()
            sys.stdout.write(f"{fault.name}: {_wait(cluster, fault)}\n")
            sys.stdout.flush()
            for server in cluster.servers if keeps else ():
                _keep(server, RECORDINGS / fault.name / server.name, fault)
            told, wanted_told = _verified(cluster), _wanted(fault)
            amiss += told != wanted_told
            sys.stdout.write(f"    verify: {sorted(told)}, expected {sorted(wanted_told)}\n")
            sys.stdout.flush()
    sys.exit(f"verify told {amiss} of {len(wanted)} otherwise than expected" if amiss else 0)


def _wanted(fault: Fault) -> set[tuple[str, str]]:
    return set() if fault.forms else {(fault.code, CULPRIT)}


def _verified(cluster: RealCluster) -> set[tuple[str, str]]:
    """Run `verify` as a person would, and return its problems and their servers."""
    done = subprocess.run(
        [*COMMAND, "verify", "--json", "--answers", str(cluster.answers)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=_VERIFY_S,
        check=False,
        env=os.environ | {"XDG_STATE_HOME": str(cluster.answers.parent / "state")},
    )
    told = [one for line in done.stdout.splitlines() if (one := json.loads(line))]
    problems = [one for one in told if one["event"] == "problem"]
    for one in problems:
        sys.stdout.write(f"    {one['severity']}: {one['message']} {one.get('hint', '')}\n")
    return {(p["problem"], p.get("server") or "") for p in problems if p["severity"] != "note"}


def _wait(cluster: RealCluster, fault: Fault) -> str:
    """Wait until the logs tell what there is to tell; say in a few words how it ended."""
    if fault.forms:
        seconds = cluster.wait_until_formed()
        cluster.write("written through encrypted links")
        cluster.wait_until_read_everywhere("written through encrypted links")
        return f"formed in {seconds:.0f} s"
    culprit = next(server for server in cluster.servers if server.name == CULPRIT)
    others = [server for server in cluster.servers if server is not culprit]
    seconds = until(
        lambda: culprit.pid() is None or (_in_trouble([culprit]) and _in_trouble(others)),
        f"no trouble.\n{cluster.story()}",
        _TROUBLE_S,
    )
    if culprit.pid() is None:
        return f"{CULPRIT} ended within {seconds:.0f} s"
    try:
        until(lambda: "LEADER" in cluster.roles(), "no leader", _HALF_S)
    except BrokenClusterError:
        return f"trouble after {seconds:.0f} s, no cluster"
    return f"trouble after {seconds:.0f} s, then {cluster.roles()}"


def _in_trouble(servers: list[Server]) -> bool:
    return any(_TROUBLE.search(server.log("debug.log")) for server in servers)


def _keep(server: Server, folder: Path, fault: Fault) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("neo4j.log", "debug.log"):
        header = (
            f"# {name} of {server.name}, whole lines left out, none changed. {fault.sentence}\n"
            f"# Clustering of Neo4j {CORE}, SSL policies of Neo4j {POLICY}; see ../../README.md\n"
        )
        lines = shortened(server.log(name), whole=name == "neo4j.log")
        (folder / name).write_text(header + "".join(f"{line}\n" for line in lines), "utf-8")


def shortened(log: str, *, whole: bool) -> list[str]:
    """Leave out stack frames, repetitions and, unless whole, what is not about the cluster."""
    kept, seen, follows = [], Counter[str](), whole
    for line in log.splitlines():
        if re.match(r"\d{4}-\d\d-\d\d ", line):
            shape = _VARYING.sub("", line)
            seen[shape] += 1
            follows = bool(whole or _STORY.search(line)) and seen[shape] <= _MOST_OF_A_KIND
        if follows and not _FRAME.match(line):
            kept.append(line)
    return kept


if __name__ == "__main__":
    main(sys.argv[1:])
