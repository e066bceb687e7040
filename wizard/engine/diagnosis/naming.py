"""Causes in the names by which servers are dialled: unknown ones, and one name for two servers."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.engine.diagnosis.leaves import described
from wizard.engine.diagnosis.observations import Observations, ServerObservation
from wizard.engine.diagnosis.problem import error
from wizard.model.problems import Problem, Severity
from wizard.model.text import shown
from wizard.pki.inspect import names_cover_all


def names_in_vain(seen: Observations, one: ServerObservation) -> frozenset[str]:
    """Return the names a server advertises that none of its peers can resolve; of several peers.

    Where their logs tell of a link to it, Neo4j does resolve them.
    """
    peers = [peer for peer in seen.running if peer is not one]
    if len(peers) < 2 or any(one.server in peer.linked for peer in peers):  # noqa: PLR2004 - several
        return frozenset()
    return frozenset(
        name for name in one.addresses if all(shown(name) in peer.unresolved for peer in peers)
    )


def advertises_in_vain(seen: Observations) -> Iterator[Problem]:
    """A server says that it is reached by a name that nobody knows."""
    for one in seen.servers.values():
        if names := names_in_vain(seen, one):
            told = ", ".join(map(shown, sorted(names)))
            yield error(
                one.server,
                "name-not-resolved",
                f"{one.server} advertises {told}, which none of its peers can resolve, so none"
                " reaches it.",
                "Correct the advertised addresses in its neo4j.conf, or add the name to the DNS or"
                " the /etc/hosts of every server.",
            )


def names_unknown(seen: Observations) -> Iterator[Problem]:
    """A server can't resolve a name that it has to dial.

    Where its log tells of links, Neo4j does resolve them: Java may look elsewhere than the login.
    """
    vain = {shown(name) for one in seen.servers.values() for name in names_in_vain(seen, one)}
    for one in seen.running:
        unknown = [name for name in one.unresolved if name not in vain]
        if unknown and not one.linked:
            yield error(
                one.server,
                "name-not-resolved",
                f"{one.server} can't resolve {', '.join(unknown)}, so it can't reach its"
                " peers by the names they advertise.",
                "Add the names to the DNS that this server asks, or to its /etc/hosts.",
            )


def namesakes(seen: Observations, one: ServerObservation) -> tuple[str, ...]:
    """Return the other servers that advertise an address of this one."""
    own = {(port.host.lower(), port.port) for port in one.ports}
    others = (other for other in seen.servers.values() if other is not one)
    return tuple(
        other.server
        for other in others
        if own & {(port.host.lower(), port.port) for port in other.ports}
    )


def advertises_anothers(seen: Observations) -> Iterator[Problem]:
    """Two servers advertise one address; the one whose certificate is not for it is at fault."""
    for one in seen.servers.values():
        same = namesakes(seen, one)
        blamed = _blamed(seen, one, same) if same else None
        if not same or one.server != (blamed or min(one.server, *same)):
            continue
        everyone = ", ".join(sorted((one.server, *same)))
        yield Problem(
            code="address-duplicate",
            severity=Severity.ERROR,
            message=f"{everyone} advertise the same address, so their peers can't tell them apart."
            + (f" The certificate of {blamed} is for another one." if blamed else ""),
            hint="Give every server its own name or address in the advertised_address settings of"
            " its neo4j.conf.",
            server=blamed,
            evidence=shown(", ".join(one.addresses)),
        )


def _blamed(seen: Observations, one: ServerObservation, same: tuple[str, ...]) -> str | None:
    """Return the one of some namesakes whose certificate does not hold what it advertises."""
    group = (one, *(seen.servers[name] for name in same))
    strange = [
        each.server
        for each in group
        if described(each.certificate) and not names_cover_all(each.certificate, each.addresses)
    ]
    return strange[0] if len(strange) == 1 else None
