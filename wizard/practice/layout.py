"""What a practice cluster consists of and where each piece stands below its one directory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wizard.errors import UsageError
from wizard.model.version import Version
from wizard.neo4j.versions import refusal, rules_for

DOMAIN = "practice.internal"
LOGIN = "practice"
MARKER = ".neo4j-tls-practice"
"""The file that says a directory is a practice directory; the host holds a lock on it."""
MOST_SERVERS = 9
CLUSTER_NAME = "practice"


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeServer:
    """One server of a practice cluster.

    Attributes:
        address: the advertised host name, which only the practice cluster resolves.
        ip: the loopback address behind it.
        ssh: `practice@IP:PORT`.
        home: NEO4J_HOME; conf and logs: the folders below it.
        neo4j: the version, such as `5.26.0`.
        ports: by channel: discovery (before 2025), cluster, raft, routing, bolt.
    """

    name: str
    address: str
    ip: str
    ssh: str
    home: str
    conf: str
    logs: str
    neo4j: str
    ports: Mapping[str, int]

    @property
    def ssh_port(self) -> int:
        """The port of its SSH server."""
        return int(self.ssh.rpartition(":")[2])

    @property
    def folder(self) -> Path:
        """The login's home directory."""
        return Path(self.home).parent

    def as_json(self) -> dict[str, object]:
        """Return what `practice --serve` tells of this server."""
        shown = ("name", "address", "ssh", "home", "conf", "logs", "neo4j")
        return {name: getattr(self, name) for name in shown} | {"ports": dict(self.ports)}

    def to_dict(self) -> dict[str, object]:
        """Return every field, for the line between the wizard and the practice host."""
        return self.as_json() | {"ip": self.ip}


def server_at(
    directory: Path, number: int, version: Version, ip: str, ports: Mapping[str, int]
) -> PracticeServer:
    """Return server NUMBER below a practice directory; `ports` also holds its `ssh` port."""
    home = directory / f"server{number}" / "neo4j"
    return PracticeServer(
        name=f"server{number}",
        address=f"server{number}.{DOMAIN}",
        ip=ip,
        ssh=f"{LOGIN}@{ip}:{ports['ssh']}",
        home=str(home),
        conf=str(home / "conf"),
        logs=str(home / "logs"),
        neo4j=str(version),
        ports={name: port for name, port in ports.items() if name != "ssh"},
    )


def parse_version(text: str) -> Version:
    """Read the version to practise with.

    Raises:
        UsageError: when it is no version, or one that the practice cluster can't play.
    """
    version = Version.parse(text)
    if version is None or refusal(version) is not None:
        raise UsageError(
            f"The practice cluster can't play Neo4j {text!r}.",
            hint="Give 3.5, 4.0 to 4.4, any 5.x such as 5.26, or a 2025 or 2026 version such as "
            "2025.06.",
        )
    return version


def has_discovery_port(version: Version) -> bool:
    """Whether servers of this version listen for discovery on a port of its own."""
    return rules_for(version).has_discovery_port
