"""All facts about one version together."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.errors import BlockedError
from wizard.model.cluster import Channel
from wizard.model.version import Version
from wizard.neo4j.versions.commands import CommandFacts
from wizard.neo4j.versions.conf_rules import ConfFacts
from wizard.neo4j.versions.existing import FIRST_KNOWN, NEWEST_KNOWN, is_known, refusal
from wizard.neo4j.versions.keys import KeyFacts
from wizard.neo4j.versions.logs import LogFacts
from wizard.neo4j.versions.names import NameFacts
from wizard.neo4j.versions.ports import PortFacts
from wizard.neo4j.versions.tls import TlsFacts
from wizard.neo4j.versions.words import WordFacts


@dataclass(frozen=True, slots=True)
class VersionRules(
    NameFacts, PortFacts, ConfFacts, TlsFacts, KeyFacts, LogFacts, WordFacts, CommandFacts
):
    """The facts about one version; each is a row of the table its class holds."""

    version: Version

    @property
    def newer_than_known(self) -> bool:
        """Whether the rules of the newest known version stand in for this one's."""
        known = (NEWEST_KNOWN.major, NEWEST_KNOWN.minor)
        return (self.version.major, self.version.minor) > known

    @property
    def has_discovery_port(self) -> bool:
        """Whether there is a port for discovery alone (5000)."""
        return Channel.DISCOVERY in self.advertised


def rules_for(version: Version) -> VersionRules:
    """Return the rules of a version; a newer one than is known has the newest known rules.

    Raises:
        BlockedError: with code `version-unsupported`, when nothing is known about the version.
    """
    if not is_known(version):
        reason = refusal(version) or f"Neo4j {version} is older than {FIRST_KNOWN}."
        raise BlockedError(reason, code="version-unsupported")
    return VersionRules(version)
