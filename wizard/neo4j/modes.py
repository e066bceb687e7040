"""What part a server plays in its cluster, as far as its neo4j.conf alone decides it."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.model.version import Version
from wizard.neo4j.versions import ServerMode, rules_for

__all__ = ["ServerMode", "is_secondary", "server_mode"]

_SECONDARY = "SECONDARY"


def server_mode(values: Mapping[str, str], version: Version) -> ServerMode:
    """Return the mode of a server; from 5.0 on there is only one.

    Raises:
        BlockedError: when nothing is known about the version.
    """
    rules = rules_for(version)
    said = values.get(rules.mode_setting or "", "").strip().upper()
    return next((mode for mode in rules.modes if mode.value == said), rules.default_mode)


def is_secondary(values: Mapping[str, str], version: Version) -> bool:
    """Say whether a server only copies what the others commit, by its neo4j.conf alone.

    From 5.0 on the setting is what a server begins as; SHOW SERVERS may tell of a later choice.

    Raises:
        BlockedError: when nothing is known about the version.
    """
    if server_mode(values, version) is ServerMode.READ_REPLICA:
        return True
    said = values.get(rules_for(version).mode_constraint or "", "")
    return said.strip().upper() == _SECONDARY
