"""What part a server plays in its cluster, as far as its neo4j.conf alone decides it."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.model.version import Version
from wizard.neo4j.versions import ServerMode, rules_for

__all__ = ["ServerMode", "server_mode"]


def server_mode(values: Mapping[str, str], version: Version) -> ServerMode:
    """Return the mode of a server; from 5.0 on there is only one.

    Raises:
        BlockedError: when nothing is known about the version.
    """
    rules = rules_for(version)
    said = values.get(rules.mode_setting or "", "").strip().upper()
    return next((mode for mode in rules.modes if mode.value == said), rules.default_mode)
