"""Everything that was seen of a cluster, in one value: what the causes are looked for in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from wizard.engine.events import ProbeKind
from wizard.engine.probing.matrix import Probed
from wizard.model.cluster import ClusterPort
from wizard.model.version import Version
from wizard.neo4j.logs.lines import Failed, Hindrance, LoaderError, PolicyLoaded, StartFailed
from wizard.neo4j.policy import ClusterPolicy

CHANGED = "changed-on-disk"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerObservation:
    """One server as the survey, its log and the run's records show it.

    Attributes:
        running: whether the process is up; None when nobody could look.
        was_stopped: whether its log ends with an orderly stop.
        has_started: whether the last thing its log tells of the process is that it is up.
        starts_at: when it began to start, by its own clock.
        waits_for: how many servers it waits for, itself included; None when it does not wait.
        lacks_leader: whether the last it says is that it has heard of no leader.
        linked: the peers it is connected to by its log.
        unread: what could not be read of its logs, each as a sentence.
        knocked: who was refused by it and is no server of the cluster, by address.
        clock_offset_s: its clock minus the workstation's, in seconds.
        unresolved: the peers' names that it can't resolve.
        in_force: the policy that its process has loaded, by its log.
        misspelt: settings of SSL policies in neo4j.conf that Neo4j ignores.
        other_scopes: the SSL policies other than the cluster's that are enabled.
        policy: what neo4j.conf says of the cluster policy, or None when it could not be read.
        conf_problem: Neo4j's own words about a setting it refuses, or nothing.
        certificate: the bytes of public.crt, or None when unreadable.
        trusted: what stands in trusted/; None when there is no such folder.
        files_seen: whether the policy's folder could be looked at.
        failures: what its log complains of since the last start.
        leaf_made: SHA-256 of the leaf the last applied run made for it, or None.
        addresses: every name peers dial it by.
        ip_addresses: what these names lead to.
    """

    server: str
    version: Version | None = None
    running: bool | None = None
    was_stopped: bool = False
    has_started: bool = False
    starts_at: datetime | None = None
    waits_for: int | None = None
    lacks_leader: bool = False
    linked: frozenset[str] = frozenset()
    unread: tuple[str, ...] = ()
    knocked: tuple[str, ...] = ()
    clock_offset_s: float = 0.0
    unresolved: tuple[str, ...] = ()
    in_force: PolicyLoaded | None = None
    misspelt: tuple[str, ...] = ()
    other_scopes: tuple[str, ...] = ()
    policy: ClusterPolicy | None = None
    conf_problem: str = ""
    certificate: bytes | None = None
    trusted: Mapping[str, bytes] | None = None
    files_seen: bool = False
    failures: tuple[Failed, ...] = ()
    leaf_made: str | None = None
    addresses: tuple[str, ...] = ()
    ports: tuple[ClusterPort, ...] = ()
    ip_addresses: frozenset[str] = frozenset()

    @property
    def encrypts(self) -> bool:
        """Whether neo4j.conf switches the cluster policy on."""
        return self.policy is not None and self.policy.enabled

    @property
    def fatal(self) -> tuple[Failed, ...]:
        """The lines in which Neo4j refuses to start, with what stood in its way."""
        said = [line for line in self.failures if isinstance(line, (LoaderError, StartFailed))]
        if not said and (self.running is not False or self.was_stopped):
            return ()
        return tuple(line for line in self.failures if isinstance(line, Hindrance) or line in said)

    @property
    def tls_versions(self) -> tuple[str, ...]:
        """The TLS versions its process speaks, or else those that neo4j.conf names."""
        if self.in_force is not None and self.in_force.tls_versions:
            return self.in_force.tls_versions
        return self.policy.tls_versions if self.policy is not None else ()

    @property
    def ciphers(self) -> tuple[str, ...] | None:
        """The only cipher suites it allows, or None where Java's own hold."""
        if self.in_force is not None and self.in_force.tls_versions:
            return self.in_force.ciphers
        return self.policy.ciphers if self.policy is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drifted:
    """A file that is not as the run that encrypts the cluster has left it, and what shows that.

    Attributes:
        file: its path as seen from the policy's folder, or `neo4j.conf`.
        code: `changed-on-disk`, or what Neo4j stumbles over at its next start because of it.
    """

    file: str
    evidence: str
    code: str = CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Observations:
    """A whole cluster at one moment.

    Attributes:
        drift: what has changed on the disks since that run, by server.
        explained: the servers of which an error is told already, and no consequence of it need be.
        named: those of which any problem is told already.
    """

    now: datetime
    servers: Mapping[str, ServerObservation]
    tests: tuple[Probed, ...] = ()
    drift: Mapping[str, tuple[Drifted, ...]] = field(default_factory=dict)
    explained: frozenset[str] = field(default_factory=frozenset)
    named: frozenset[str] = field(default_factory=frozenset)

    def of(self, server: str, *kinds: ProbeKind) -> Iterator[Probed]:
        """Yield the probes of a server's ports; of these kinds, or all."""
        for test in self.tests:
            if test.probe.server == server and (not kinds or test.probe.kind in kinds):
                yield test

    def leaves(self, server: str) -> Iterator[bytes]:
        """Yield each certificate (DER) the server's ports served, once."""
        yield from dict.fromkeys(test.leaf for test in self.of(server) if test.leaf is not None)

    @property
    def running(self) -> Iterator[ServerObservation]:
        """The servers that are up, or that nobody could ask."""
        return (one for one in self.servers.values() if one.running is not False)
