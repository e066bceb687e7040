"""What a line of Neo4j's logs can tell, as values."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.neo4j.logs.failures import LogLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Starting(LogLine):
    """The process began to start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(LogLine):
    """The server says it is up; its links to peers may still be missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping(LogLine):
    """The server was asked to stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped(LogLine):
    """The server has stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingForPeers(LogLine):
    """The server waits until enough others have joined; `expected` counts itself too."""

    expected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bootstrapped(LogLine):
    """This server formed a database's cluster; `database` is empty in 3.5."""

    database: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteInterface(LogLine):
    """The address of the HTTP interface: the last line of a start."""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLoaded(LogLine):
    """An SSL policy was loaded, as it is in force from this start on.

    Attributes:
        scope: in small letters; in 3.5 the policy's name.
        tls_versions: those that are spoken; empty where the line does not tell.
        ciphers: the only suites allowed; None where Java's own hold, or the line does not tell.
        client_auth: `REQUIRE`, `OPTIONAL` or `NONE`; empty where the line does not tell.
    """

    scope: str
    tls_versions: tuple[str, ...] = ()
    ciphers: tuple[str, ...] | None = None
    client_auth: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingForLeader(LogLine):
    """The server is in the cluster and has heard of no leader yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectedTo(LogLine):
    """A connection to a peer stands. It is printed without TLS too, so it proves nothing alone.

    Attributes:
        host: the peer's advertised name; empty when it advertises an IP address.
        protocol: what is spoken, such as `RAFT version:1.0`, or `RAFT_1` in the open code of 3.4.
    """

    host: str
    ip: str
    port: int
    protocol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LostConnection(LogLine):
    """A connection to a peer is gone."""

    host: str
    ip: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedToConnect(LogLine):
    """A peer could not be dialled and will be tried again."""

    host: str
    ip: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ThisServer(LogLine):
    """The server says which one it is; `identity` is short, as Neo4j shortens it."""

    identity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening(LogLine):
    """One of the cluster's listeners is up; `listener` is such as `raft-server`."""

    listener: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member(LogLine):
    """Discovery tells of another server; `is_there` is False when it is lost."""

    address: str
    is_there: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderKnown(LogLine):
    """The server has heard who leads a database; 3.5 has one only, and names none."""

    database: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderLost(LogLine):
    """Nobody leads a database any more, as far as the server knows."""

    database: str = ""
