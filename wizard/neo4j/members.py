"""Whom a server asks first for the others: the hosts of the lists of members in neo4j.conf."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wizard.model.version import Version
from wizard.neo4j.conf import Conf, is_command
from wizard.neo4j.versions import rules_for

_ENTRY = re.compile(r"(?:\[(?P<six>[^\]]*)\]|(?P<name>[^:\[\]\s]*))(?::\d{1,5})?")
_SECOND_LIST = "dbms.cluster.discovery.v2.endpoints"
"""Operations Manual 5, Discovery: read beside the first list from 5.23, on the cluster port."""

_RESOLVERS = ("causal_clustering.discovery_type", "dbms.cluster.discovery.resolver_type")
"""Operations Manual 4.4 and 5, Discovery: with any but LIST the entries are not dialled as such."""


def member_hosts(conf: Conf, version: Version) -> tuple[str, ...]:
    """Return the hosts a server dials as they stand in its lists of members, each once.

    Raises:
        BlockedError: when the version is not worked on.
    """
    resolver = next((conf.get(key, "") for key in _RESOLVERS if key in conf.values), "LIST") or ""
    if resolver.strip().upper() != "LIST":
        return ()
    lists = (rules_for(version).members, _SECOND_LIST)
    return tuple(dict.fromkeys(h for key in lists for h in _hosts(conf.get(key, "") or "")))


def _hosts(listed: str) -> Iterator[str]:
    if is_command(listed):
        return
    for entry in listed.split(","):
        match = _ENTRY.fullmatch(entry.strip())
        if match is not None and (host := match["six"] or match["name"]):
            yield host
