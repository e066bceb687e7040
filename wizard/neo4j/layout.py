"""Where an installation keeps things (Operations Manual, Default file locations)."""

from __future__ import annotations

from posixpath import join

from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.neo4j.policy.reader import values_of
from wizard.neo4j.versions import rules_for

CERTIFICATES = "certificates"


def logs_of(conf: Conf, version: Version, home: str, default: str) -> str:
    """Return the log folder neo4j.conf names, or the layout's own."""
    return join(home, values_of(conf, version).get(rules_for(version).logs_directory) or default)
