"""One server as the planner sees it: the answers about it, and its facts read and understood."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address

from wizard.errors import WizardError
from wizard.model.cluster import ClusterPort
from wizard.model.facts import ServerFacts
from wizard.model.problems import Problem, blocker
from wizard.model.settings import DETECT, ServerSettings, Settings
from wizard.model.version import Version
from wizard.neo4j.addresses import advertised_host, advertised_hosts, cluster_ports
from wizard.neo4j.conf import Conf
from wizard.neo4j.versions import refusal

_SSH = re.compile(r"(?:[^@]*@)?(?P<host>\[[^\]]+\]|[^:]+)(?::\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerView:
    """A server whose neo4j.conf and version are understood.

    Attributes:
        version: what to work for: what was found, or else what the answers say.
        address: what its peers dial, by the answers, neo4j.conf or the SSH address.
        ports: the ports the cluster policy protects.
        dialled: every host name and IP address its peers may dial, each once.
    """

    settings: ServerSettings
    facts: ServerFacts
    version: Version
    conf: Conf
    address: str
    ports: tuple[ClusterPort, ...]
    dialled: tuple[str, ...]

    @property
    def name(self) -> str:
        """The server's name in the answers."""
        return self.settings.name

    def resolve(self, host: str) -> frozenset[str]:
        """Return the addresses this server resolves a host name to; none when it can't."""
        found = self.facts.resolved.items()
        return frozenset(a for name, all_of in found if bare_host(name) == host for a in all_of)


def view_of(settings: Settings, server: ServerSettings, facts: ServerFacts) -> ServerView | Problem:
    """Return the server as it can be planned for, or what stands in the way."""
    version = version_of(settings, facts)
    if version is None:
        return blocker(
            server.name,
            "version-unsupported",
            f"The version of Neo4j on {server.name} could not be found out.",
            'Say it in the answers, for instance `neo4j = "5.26"`.',
        )
    if (reason := refusal(version)) is not None:
        return blocker(server.name, "version-unsupported", reason, "Leave this cluster as it is.")
    try:
        conf = Conf.parse(facts.conf)
    except WizardError as error:
        return blocker(
            server.name,
            error.code,
            f"On {server.name}: {error.message}",
            error.hint,
            facts.conf_file,
        )
    fallback = fallback_host(server)
    address = fallback
    if server.address == DETECT:
        address = advertised_host(conf, version) or fallback
    hosts = (address, *advertised_hosts(conf, version, address))
    return ServerView(
        settings=server,
        facts=facts,
        version=version,
        conf=conf,
        address=bare_host(address),
        ports=cluster_ports(conf, version, address),
        dialled=tuple(dict.fromkeys(bare_host(host) for host in hosts)),
    )


def fallback_host(server: ServerSettings) -> str:
    """Return what peers dial where neo4j.conf names no host: by the answers, or as SSH does."""
    return server.address if server.address != DETECT else ssh_host(server.ssh)


def version_of(settings: Settings, facts: ServerFacts) -> Version | None:
    """Return what was found when the answers agree or say nothing, else what the answers say."""
    found, wanted = facts.version, settings.neo4j
    if wanted is None or (found is not None and same_release(found, wanted)):
        return found
    return wanted


def same_release(one: Version, other: Version) -> bool:
    """Whether two versions differ at most in their patch."""
    return (one.major, one.minor) == (other.major, other.minor)


def ssh_host(target: str) -> str:
    """Return the host of `user@host:port`, or the alias."""
    match = _SSH.fullmatch(target)
    return target if match is None else match["host"].strip("[]")


def bare_host(host: str) -> str:
    """Return a host as it is compared: in small letters, without the dot of an absolute name."""
    return host.strip("[]").lower().removesuffix(".")


def is_ip(host: str) -> bool:
    """Whether a host is written as an IP address."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
