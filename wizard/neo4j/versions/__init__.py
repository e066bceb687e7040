"""What differs between Neo4j versions, as data: one row a fact, each with its source."""

from __future__ import annotations

from wizard.neo4j.versions.conf_rules import Duplicates
from wizard.neo4j.versions.existing import NEWEST_KNOWN, OLDEST, is_known, refusal
from wizard.neo4j.versions.names import DEFAULT_PORTS
from wizard.neo4j.versions.ports import ServerMode
from wizard.neo4j.versions.rules import VersionRules, rules_for

__all__ = [
    "DEFAULT_PORTS",
    "NEWEST_KNOWN",
    "OLDEST",
    "Duplicates",
    "ServerMode",
    "VersionRules",
    "is_known",
    "refusal",
    "rules_for",
]
