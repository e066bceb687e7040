"""One server of the real cluster: an installation in its own namespaces, and an sshd before it."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import sshd
from real_artifacts import HERE
from real_network import NUMBERS, host_name, ip_address, namespace

HOME = "/srv/neo4j"
"""NEO4J_HOME as every server sees it: each has its own behind this name."""

_CONF = """\
# A core of the real cluster
dbms.mode=CORE
dbms.connectors.default_listen_address=0.0.0.0
dbms.connectors.default_advertised_address={name}
dbms.connector.bolt.enabled=true
dbms.connector.http.enabled=true
dbms.connector.https.enabled=false
causal_clustering.initial_discovery_members={members}
causal_clustering.minimum_core_cluster_size_at_formation=3
causal_clustering.leader_election_timeout=2s
dbms.memory.pagecache.size=16m
dbms.security.auth_enabled=false
dbms.backup.enabled=false
dbms.udc.enabled=false
metrics.enabled=false
"""
_FOLDERS = ("bin", "certificates", "conf", "data", "import", "logs", "plugins", "run")
_NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_ANSWER_S = 20


class BrokenClusterError(Exception):
    """The real cluster did not do what a test stands on; the text says what its logs say."""


def until(condition: Callable[[], bool], what: str, deadline_s: float) -> float:
    """Wait for a condition and return the seconds it took.

    Raises:
        BrokenClusterError: it did not come true in time.
    """
    begun, pause = monotonic(), Event()
    while not condition():
        if monotonic() - begun > deadline_s:
            raise BrokenClusterError(f"after {deadline_s:.0f} seconds: {what}")
        pause.wait(0.2)
    return monotonic() - begun


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server whose sshd runs; Neo4j itself may or may not.

    Attributes:
        folder: everything of it, as this machine sees it.
    """

    number: int
    folder: Path
    sshd: subprocess.Popen[bytes]

    @property
    def name(self) -> str:
        return f"server{self.number}"

    @property
    def address(self) -> str:
        return host_name(self.number)

    @property
    def ip(self) -> str:
        return ip_address(self.number)

    @property
    def home(self) -> Path:
        """NEO4J_HOME as this machine sees it."""
        return self.folder / "neo4j"

    @property
    def conf(self) -> Path:
        return self.home / "conf" / "neo4j.conf"

    def known_hosts_line(self) -> str:
        """Its host key, as known_hosts has it."""
        words = (self.folder / "host_key.pub").read_text().split()
        return f"{self.ip} {words[0]} {words[1]}\n"

    def run(self, *command: str, timeout_s: float = 150) -> subprocess.CompletedProcess[str]:
        """Run a command where the sshd runs: same network, same view of the disk."""
        enter = ["nsenter", "-t", str(self.sshd.pid), "-n", "-m", "--"]
        return subprocess.run(
            [*enter, *command],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=timeout_s,
            check=False,
        )

    def neo4j(self, word: str) -> int:
        """Run bin/neo4j with a word and return its exit code."""
        return self.run(f"{HOME}/bin/neo4j", word).returncode

    def pid(self) -> int | None:
        """The process of Neo4j, or None where none runs."""
        if self.neo4j("status"):
            return None
        return int((self.home / "run" / "neo4j.pid").read_text())

    def memory_mib(self) -> int:
        """The resident memory of Neo4j's process."""
        status = Path(f"/proc/{self.pid()}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) // 1024

    def log(self, name: str) -> str:
        """What stands in neo4j.log or debug.log so far."""
        path = self.home / "logs" / name
        return path.read_text("utf-8", errors="replace") if path.exists() else ""

    def ask(self, *statements: str) -> list[list[Any]]:
        """Run Cypher over HTTP and return the rows of the last statement.

        Raises:
            OSError: it can't be reached, or gave no answer.
            BrokenClusterError: it refused a statement.
        """
        body = {"statements": [{"statement": statement} for statement in statements]}
        request = urllib.request.Request(
            f"http://{self.ip}:7474/db/data/transaction/commit",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with _NO_PROXY.open(request, timeout=_ANSWER_S) as answer:
            said = json.load(answer)
        if said["errors"]:
            raise BrokenClusterError(f"{self.name}: {said['errors'][0]['message']}")
        return [row["row"] for row in said["results"][-1]["data"]]

    def clear(self, library: Path, classes: Path) -> None:
        """Make its NEO4J_HOME anew: plaintext, never started."""
        self.home.mkdir(exist_ok=True)
        for old in self.home.iterdir():
            shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()
        for name in _FOLDERS:
            (self.home / name).mkdir()
        (self.home / "lib").symlink_to(library)
        (self.home / "classes").symlink_to(classes)
        shutil.copy(HERE / "neo4j.sh", self.home / "bin" / "neo4j")
        members = ",".join(f"{host_name(number)}:5000" for number in NUMBERS)
        self.conf.write_text(_CONF.format(name=self.address, members=members))


def open_server(number: int, folder: Path, identity_file: Path) -> Server:
    """Start the sshd of a server, which lets one key in and outlives no namespace."""
    (folder / "neo4j").mkdir(parents=True)
    (folder / "login").mkdir(mode=0o700)
    sshd.make_key(folder / "host_key")
    shutil.copyfile(f"{identity_file}.pub", folder / "authorized_keys")
    settings = (
        f"ListenAddress {ip_address(number)}:22",
        f"HostKey {folder}/host_key",
        f"AuthorizedKeysFile {folder}/authorized_keys",
        "PidFile none",
        "PermitRootLogin yes",
        "PasswordAuthentication no",
        "StrictModes no",
        "UsePAM no",
        "MaxStartups 100",
        f"SetEnv HOME={folder}/login",
    )
    (folder / "sshd_config").write_text("\n".join([*settings, ""]))
    Path("/run/sshd").mkdir(mode=0o755, parents=True, exist_ok=True)
    script = (
        'mount -t tmpfs none /srv && mkdir /srv/neo4j && mount --bind "$0/neo4j" /srv/neo4j'
        f' && exec {sshd.SSHD} -D -e -f "$0/sshd_config"'
    )
    with (folder / "sshd.log").open("wb") as log:
        process = subprocess.Popen(
            ["ip", "netns", "exec", namespace(number), "sh", "-c", script, str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    server = Server(number=number, folder=folder, sshd=process)
    until(lambda: _listens(server), f"the sshd of {server.name} is not up", 10)
    return server


def _listens(server: Server) -> bool:
    return "Server listening" in (server.folder / "sshd.log").read_text(errors="replace")
