"""What a case is made of: servers whose files are right, and one change that makes them wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from judge_certificates import Identity, Recipe, authority, pem, plain
from judge_process import HOSTS

from wizard.model.settings import ClientAuth
from wizard.model.version import Version
from wizard.neo4j.policy import PASSWORD, policy_settings
from wizard.practice.conf_text import conf_text
from wizard.practice.layout import PracticeServer, has_discovery_port

BASE = "certificates/cluster"
ADDRESSES = {name: address for address, name in HOSTS}


@dataclass(kw_only=True)
class Server:
    """One server's NEO4J_HOME while a case is being made.

    Attributes:
        name: `server1` and so on; it is dialled as `server1.cluster.test`.
        lines: what neo4j.conf says; None of a value takes a line away.
        raw: the whole of neo4j.conf but its surroundings, when a case is about its bytes.
        surroundings: what stands before it: the settings of a cluster without encryption.
        advertised: what its peers dial; ip: the address behind that; ports: by channel.
        peers: the other servers of the case.
    """

    name: str
    home: Path
    version: Version
    lines: list[str]
    raw: bytes | None = None
    surroundings: bytes = b""
    advertised: str = ""
    ip: str = ""
    ports: Mapping[str, int] = field(default_factory=dict)
    peers: tuple[Server, ...] = ()

    @property
    def address(self) -> str:
        """The name its peers dial unless a case says otherwise."""
        return f"{self.name}.cluster.test"

    @property
    def base(self) -> Path:
        """The policy's directory."""
        return self.home / BASE

    @property
    def conf(self) -> Path:
        """Its neo4j.conf."""
        return self.home / "conf" / "neo4j.conf"

    def put(self, path: str, content: bytes) -> None:
        """Write a file below the policy's directory."""
        target = self.base / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def drop(self, path: str) -> None:
        """Take a file, or a folder with its files, away."""
        target = self.base / path
        if target.is_dir():
            for inner in target.iterdir():
                inner.unlink()
            target.rmdir()
        else:
            target.unlink()

    def show(self, identity: Identity, *chain: x509.Certificate) -> None:
        """Put a key and its certificate in place, and what is sent along."""
        self.put("private.key", plain(identity.key))
        self.put("public.crt", pem(identity.certificate, *chain))

    def trust(self, *certificates: x509.Certificate) -> None:
        """Make trusted/ hold these certificates, one file each, and nothing else."""
        folder = self.base / "trusted"
        folder.mkdir(parents=True, exist_ok=True)
        for inner in folder.iterdir():
            inner.unlink()
        for number, certificate in enumerate(certificates):
            self.put(f"trusted/{number}.crt", pem(certificate))

    def say(self, suffix: str, value: str | None) -> None:
        """Set a line of the cluster policy, or take it away."""
        key = f"dbms.ssl.policy.cluster.{suffix}"
        self.lines = [line for line in self.lines if not line.startswith(f"{key}=")]
        if value is not None:
            self.lines.append(f"{key}={value}")

    def write_plaintext_conf(self) -> None:
        """Write the neo4j.conf of before: the cluster alone."""
        self.conf.parent.mkdir(parents=True, exist_ok=True)
        self.conf.write_bytes(self.surroundings)

    def write_conf(self) -> None:
        """Write neo4j.conf as it stands."""
        self.conf.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(f"{line}\n" for line in self.lines)
        self.conf.write_bytes(self.surroundings + (text.encode() if self.raw is None else self.raw))


class Bench:
    """A cluster whose files are right to begin with: a case makes something wrong with them."""

    def __init__(self, folder: Path, version: Version, count: int = 2) -> None:
        self.folder = folder
        self.version = version
        self.ca = authority()
        self.servers = tuple(self._server(f"server{number + 1}") for number in range(count))

    @property
    def one(self) -> Server:
        """The server that most cases are about."""
        return self.servers[0]

    @property
    def two(self) -> Server:
        """Its peer."""
        return self.servers[1]

    def surround(self, dials: Sequence[Dial], ports: Mapping[str, int]) -> None:
        """Put the settings of a cluster into every neo4j.conf, as a practice cluster has them."""
        asked = {dial.server: dial.host for dial in dials if dial.host}
        for server in self.servers:
            server.advertised = asked.get(server.name, server.address)
            server.ip = ADDRESSES.get(server.advertised, server.advertised)
            server.ports = ports
            server.peers = tuple(one for one in self.servers if one is not server)
        described = [_described(server) for server in self.servers]
        for server, own in zip(self.servers, described, strict=True):
            server.surroundings = conf_text(own, described, self.version).encode()

    def leaf(self, server: Server, **wrong: Any) -> Identity:
        """Make a leaf for a server; keyword arguments replace fields of its recipe."""
        fields: dict[str, Any] = {
            "common_name": server.name,
            "issuer": self.ca,
            "names": (server.address,),
            **wrong,
        }
        return Recipe(**fields).make()

    def _server(self, name: str) -> Server:
        lines = [
            f"{key}={value}"
            for key, value in policy_settings(
                self.version,
                base_directory=BASE,
                client_auth=ClientAuth.REQUIRE,
                verify_hostname=True,
                tls_versions=("TLSv1.2", "TLSv1.3"),
                with_password=False,
            )
            if key != PASSWORD
        ]
        server = Server(name=name, home=self.folder / name, version=self.version, lines=lines)
        server.show(self.leaf(server))
        server.trust(self.ca.certificate)
        (server.base / "revoked").mkdir()
        return server


def _described(server: Server) -> PracticeServer:
    return PracticeServer(
        name=server.name,
        address=server.advertised,
        ip=server.ip,
        ssh="",
        home=str(server.home),
        conf=str(server.conf.parent),
        logs=str(server.home / "logs"),
        neo4j=str(server.version),
        ports={
            channel: port
            for channel, port in server.ports.items()
            if channel != "discovery" or has_discovery_port(server.version)
        },
    )


@dataclass(frozen=True, kw_only=True)
class Dial:
    """One server dials another.

    Attributes:
        client: a server's name, or `plaintext` or `no-certificate`.
        host: what is dialled; None is the server's own name.
        gets_in: what Neo4j says, as this test's author knows it.
    """

    client: str
    server: str
    gets_in: bool
    host: str | None = None


Change = Callable[[Bench], None]


def steps(*changes: Change) -> Change:
    """Make one change after the other."""

    def change(bench: Bench) -> None:
        for one in changes:
            one(bench)

    return change


@dataclass(frozen=True, kw_only=True)
class Case:
    """One thing that is right or wrong.

    Attributes:
        name: what is right or wrong, in a few words.
        change: makes it so.
        starts: what becomes of server1, by Neo4j's word: `yes`, `conf` (Config refuses neo4j.conf),
            `policy` (the loader refuses), `off` (the cluster policy is not enabled).
        changed: what becomes of it from a version on, where that differs.
        dials: who dials whom once the servers have started.
        until: the first version it is no longer about.
        exact: whether every cause must have Neo4j's words; False where the inner ones are those
            of a library and differ from one JDK to the next. The outermost always must.
        strict: whether Config is told to refuse what it does not know; None leaves it to the
            version and to neo4j.conf. If so, no setting of ours may be one it ignores.
        strangers: which kinds of the wizard's probes get into server1; None asks none of them.
    """

    name: str
    change: Change
    starts: str = "yes"
    changed: tuple[tuple[Version, str], ...] = ()
    dials: Sequence[Dial] = ()
    servers: int = 1
    until: Version | None = None
    exact: bool = True
    strict: bool | None = None
    strangers: tuple[str, ...] | None = None

    def expected(self, version: Version) -> str:
        """Return how server1 starts in a version."""
        words = self.starts
        for first, other in self.changed:
            if version >= first:
                words = other
        return words
