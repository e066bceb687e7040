"""What a server's Bolt connector offers to drivers, read from its neo4j.conf."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.neo4j.versions import rules_for

_OPTIONAL_BEFORE = 4


class BoltLevel(StrEnum):
    """`tls_level` of Bolt: what a driver can, or has to, speak."""

    DISABLED = "DISABLED"
    OPTIONAL = "OPTIONAL"
    REQUIRED = "REQUIRED"


def bolt_level(conf: Conf, version: Version) -> BoltLevel:
    """Return what Bolt offers; without a word in neo4j.conf, or an unknown one, it is plaintext.

    Source: Operations Manual, configuration settings, `server.bolt.tls_level`: DISABLED by default
    from 4.0 on. Version 3.5 offers both unless it is told otherwise (OPTIONAL by default).
    """
    said = conf.get(f"{rules_for(version).bolt}.tls_level")
    default = BoltLevel.OPTIONAL if version.major < _OPTIONAL_BEFORE else BoltLevel.DISABLED
    try:
        return BoltLevel((said or default).strip().upper())
    except ValueError:
        return default


def weakest(levels: Sequence[BoltLevel]) -> BoltLevel:
    """Return what a driver can count on at every server: it is sent from one to the next.

    Some encrypted and some not is no state a driver can work with; it is told as DISABLED.
    """
    if BoltLevel.DISABLED in levels or not levels:
        return BoltLevel.DISABLED
    return BoltLevel.OPTIONAL if BoltLevel.OPTIONAL in levels else BoltLevel.REQUIRED
