"""Three real cores: started, asked, stopped, and gone with whoever runs them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import sshd
import tomli_w
from real_artifacts import install
from real_network import NUMBERS, network
from real_server import HOME, BrokenClusterError, Server, open_server, until
from waiting import end

FORMED_S = 300
_TOLD = 1500


@dataclass(frozen=True, kw_only=True)
class RealCluster:
    """The servers, and what it takes to log in to them.

    Attributes:
        answers: an answers file of the wizard that leads here.
    """

    servers: tuple[Server, ...]
    answers: Path
    library: Path
    classes: Path

    def clear(self) -> None:
        """Stop what runs, for good, and make every NEO4J_HOME anew."""
        for server in self.servers:
            if pid := server.pid():
                server.run("kill", "-KILL", str(pid))
                until(lambda server=server: server.pid() is None, f"{server.name} lives", 20)  # type: ignore[misc]
            server.clear(self.library, self.classes)

    def start(self) -> None:
        """Start every Neo4j, and don't wait for it."""
        for server in self.servers:
            if server.neo4j("start"):
                raise BrokenClusterError(f"{server.name}: {server.log('neo4j.log')[-_TOLD:]}")

    def stop(self) -> None:
        """Stop every Neo4j as an admin would, all at once."""
        with ThreadPoolExecutor(len(self.servers)) as pool:
            codes = [*pool.map(lambda server: server.neo4j("stop"), self.servers)]
        if any(codes):
            raise BrokenClusterError(f"not every Neo4j has stopped: {codes}")

    def wait_until_formed(self) -> float:
        """Wait until every server answers and follows or is the one leader; return the seconds.

        Raises:
            BrokenClusterError: one has ended, or it took too long.
        """
        return until(self._formed, f"no cluster.\n{self.story()}", FORMED_S)

    def _formed(self) -> bool:
        for server in self.servers:
            if server.pid() is None:
                raise BrokenClusterError(f"{server.name} has ended.\n{self.story()}")
        return sorted(self.roles()) == ["FOLLOWER"] * (len(self.servers) - 1) + ["LEADER"]

    def roles(self) -> list[str]:
        """What each server that answers says it is."""
        return [role for server in self.servers if (role := _role(server))]

    def write(self, value: str) -> Server:
        """Write a node where the leader is, and return the leader."""
        leader = next(server for server in self.servers if _role(server) == "LEADER")
        leader.ask(f"CREATE (:TestNode {{value: '{value}'}})")
        return leader

    def wait_until_read_everywhere(self, value: str) -> None:
        """Wait until every server, asked alone, has the node."""
        for server in self.servers:
            until(
                lambda server=server: value in values(server),  # type: ignore[misc]
                f"{server.name} has no {value!r} but {values(server)}",
                30,
            )

    def story(self) -> str:
        """The ends of all logs, for whoever has to find out."""
        return "\n".join(
            f"--- {log} of {server.name}, process {server.pid()}\n{server.log(log)[-_TOLD:]}"
            for server in self.servers
            for log in ("neo4j.log", "debug.log")
        )


def values(server: Server) -> list[str]:
    """The values of all nodes one server has in its own copy of the data."""
    return [row[0] for row in server.ask("MATCH (n:TestNode) RETURN n.value ORDER BY n.value")]


def _role(server: Server) -> str | None:
    try:
        return str(server.ask("CALL dbms.cluster.role()")[0][0])
    except (OSError, BrokenClusterError):
        return None


@contextlib.contextmanager
def real_cluster(folder: Path) -> Iterator[RealCluster]:
    """Lay out a cluster in plaintext, not started yet; nothing of it is left afterwards.

    Raises:
        MissingToolError: this machine can't have one; the text says what it lacks.
    """
    library, classes = install()
    folder.mkdir(parents=True, exist_ok=True)
    identity = sshd.make_key(folder / "id_ed25519")
    with network():
        servers = tuple(
            open_server(number, folder / f"server{number}", identity) for number in NUMBERS
        )
        answers = _answers(folder, servers, identity)
        cluster = RealCluster(servers=servers, answers=answers, library=library, classes=classes)
        cluster.clear()
        try:
            yield cluster
        finally:
            for server in servers:
                server.sshd.terminate()
    for server in servers:
        end(server.sshd)


def _answers(folder: Path, servers: tuple[Server, ...], identity: Path) -> Path:
    known = folder / "known_hosts"
    known.write_text("".join(server.known_hosts_line() for server in servers))
    answers = {
        "format": 1,
        "neo4j": "3.5",
        "cluster": {"name": "real"},
        "servers": [
            {
                "name": server.name,
                "ssh": f"root@{server.ip}:22",
                "address": server.address,
                "home": HOME,
                "service": "bin",
            }
            for server in servers
        ],
        "access": {"identity_file": str(identity), "known_hosts": str(known)},
    }
    path = folder / "answers.toml"
    path.write_text(tomli_w.dumps(answers))
    path.chmod(0o600)
    return path
