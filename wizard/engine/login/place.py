"""Where a server's Neo4j listens for drivers, as its own neo4j.conf says."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.errors import BlockedError, ConfError, HealthError
from wizard.kit.bolt import BoltLevel, bolt_level
from wizard.model.facts import ServerFacts
from wizard.neo4j.addresses import bolt_port
from wizard.neo4j.conf import Conf
from wizard.neo4j.versions import rules_for

_EVERYWHERE = frozenset({"0.0.0.0", "::", "0:0:0:0:0:0:0:0", ""})  # noqa: S104 - it is read, not bound
_UNSAID = "localhost"
"""Operations Manual, Configuration settings: `server.default_advertised_address` by default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoltPlace:
    """Bolt as it is reached on the server itself.

    Attributes:
        encrypted: whether it takes TLS only.
        advertised: `host:port` by which the server is known to the others.
    """

    host: str
    port: int
    encrypted: bool
    advertised: str


def bolt_place(facts: ServerFacts) -> BoltPlace:
    """Read it.

    Raises:
        HealthError: Bolt is switched off, or the file or the version is not understood.
    """
    if facts.version is None:
        raise HealthError(f"The version of Neo4j on {facts.server} is not known.")
    try:
        conf = Conf.parse(facts.conf)
        port = bolt_port(conf, facts.version, _UNSAID)
        said = conf.get(f"{rules_for(facts.version).bolt}.enabled", "true") or ""
        level = bolt_level(conf, facts.version)
    except (BlockedError, ConfError) as error:
        raise HealthError(error.message, hint=error.hint) from error
    if said.strip().lower() == "false":
        raise HealthError(
            f"Bolt is switched off in the neo4j.conf of {facts.server}.",
            hint="Neo4j answers questions about its health in Bolt alone.",
        )
    return BoltPlace(
        host="127.0.0.1" if port.listen_host in _EVERYWHERE else port.listen_host,
        port=port.listen_port,
        encrypted=level is BoltLevel.REQUIRED,
        advertised=f"{port.host}:{port.port}",
    )
