"""What part a server plays in its cluster, as far as its neo4j.conf alone decides it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from wizard.model.version import Version

_MODE = "dbms.mode"
_FIRST_WITHOUT_MODES = Version(5, 0)


class ServerMode(StrEnum):
    """Neo4j 4's `dbms.mode`; from 5.0 on every Enterprise server is a primary to its peers."""

    CORE = "CORE"
    READ_REPLICA = "READ_REPLICA"
    SINGLE = "SINGLE"


def server_mode(values: Mapping[str, str], version: Version) -> ServerMode:
    """Return the mode of a server.

    Operations Manual 4.4, "Configuration settings", `dbms.mode`: SINGLE unless it is set. Manual 5,
    "Clustering": the setting is gone, and each Enterprise server opens all cluster ports.
    """
    if version >= _FIRST_WITHOUT_MODES:
        return ServerMode.CORE
    said = values.get(_MODE, "").strip().upper()
    return next((mode for mode in ServerMode if mode.value == said), ServerMode.SINGLE)
