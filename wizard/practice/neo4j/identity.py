"""Who a simulated server is: its id on disk, its version's words, and where its members are."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from pathlib import Path

from wizard.model.version import Version
from wizard.neo4j.conf import Conf
from wizard.neo4j.policy.reader import values_of
from wizard.neo4j.versions import rules_for

_MEMBER = re.compile(r"(?P<host>[^,:\s]+):(?P<port>\d{1,5})")


@dataclass(frozen=True, slots=True)
class Member:
    """A server of the cluster, as neo4j.conf names it for discovery."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def server_id(home: Path) -> str:
    """Return the id of this server; it is made at the first start and kept."""
    path = home / "data" / "server_id"
    if not path.exists():
        path.write_text(str(uuid.uuid4()), encoding="ascii")
    return path.read_text(encoding="ascii")


def members(conf: Conf, version: Version) -> tuple[Member, ...]:
    """Return the servers that discovery asks first, this one among them.

    Operations Manual, Clustering, Discovery, resolver type LIST.
    """
    found = _MEMBER.finditer(values_of(conf, version).get(rules_for(version).members, ""))
    return tuple(Member(one["host"], int(one["port"])) for one in found)
