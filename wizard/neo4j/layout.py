"""Where an installation keeps things (Operations Manual, Default file locations)."""

from __future__ import annotations

from dataclasses import dataclass
from posixpath import join

from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.neo4j.versions import rules_for

CERTIFICATES = "certificates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where things stand; every path is absolute.

    Attributes:
        home: NEO4J_HOME.
        neo4j_log: the user log, or None where systemd keeps it in its journal.
    """

    home: str
    conf_file: str
    certificates: str
    logs: str
    neo4j_log: str | None


def tarball(home: str) -> Layout:
    """Return the layout of an unpacked archive: everything below NEO4J_HOME."""
    logs = join(home, "logs")
    return Layout(
        home=home,
        conf_file=join(home, "conf", "neo4j.conf"),
        certificates=join(home, CERTIFICATES),
        logs=logs,
        neo4j_log=join(logs, "neo4j.log"),
    )


PACKAGE = Layout(
    home="/var/lib/neo4j",
    conf_file="/etc/neo4j/neo4j.conf",
    certificates="/var/lib/neo4j/certificates",
    logs="/var/log/neo4j",
    neo4j_log=None,
)
"""The Debian and RPM packages; neo4j.log goes to the journal of the unit `neo4j`."""


def logs_of(conf: Conf, version: Version, home: str, default: str) -> str:
    """Return the log folder neo4j.conf names, or the layout's own."""
    return join(home, conf.get(rules_for(version).logs_directory) or default)
