"""Where an installation keeps things (Operations Manual, Default file locations)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from posixpath import join

from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.neo4j.policy.reader import values_of
from wizard.neo4j.versions import rules_for

CERTIFICATES = "certificates"


class UserLog(Enum):
    """Where the user log goes: its lines are text in every version and packaging."""

    FILE = auto()
    JOURNAL = auto()
    STANDARD_OUTPUT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where things stand; every path is absolute.

    Attributes:
        home: NEO4J_HOME.
        neo4j_log: the user log, or None where no file holds it.
        user_log: what does.
        user: the login that runs Neo4j, or None where it is whoever starts it.
    """

    home: str
    conf_file: str
    certificates: str
    logs: str
    neo4j_log: str | None
    user_log: UserLog = UserLog.FILE
    user: str | None = None

    @property
    def debug_log(self) -> str:
        """The debug log; from 2025.01 on it is JSON (`VersionRules.json_debug_log`)."""
        return join(self.logs, "debug.log")


def tarball(home: str) -> Layout:
    """Return the layout of an unpacked archive, on Windows too: everything below NEO4J_HOME."""
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
    user_log=UserLog.JOURNAL,
    user="neo4j",
)
"""The Debian and RPM packages; neo4j.log goes to the journal of the unit `neo4j`."""

DOCKER = Layout(
    home="/var/lib/neo4j",
    conf_file="/var/lib/neo4j/conf/neo4j.conf",
    certificates="/var/lib/neo4j/certificates",
    logs="/logs",
    neo4j_log=None,
    user_log=UserLog.STANDARD_OUTPUT,
    user="neo4j",
)
"""The container image: neo4j.conf is a copy of the one below /conf, made at each start, and
variables of the environment override it; the certificates are a link to what is mounted at /ssl."""


def logs_of(conf: Conf, version: Version, home: str, default: str) -> str:
    """Return the log folder neo4j.conf names, or the layout's own."""
    return join(home, values_of(conf, version).get(rules_for(version).logs_directory) or default)
