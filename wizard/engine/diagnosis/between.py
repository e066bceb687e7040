"""Causes between two servers that only the log of one of them tells: no probe of ours meets them.

A stranger can't make a server write these lines: a name is looked for by who dials alone, and only
a certificate of a trusted authority is looked up in a revocation list.
"""

from __future__ import annotations

from collections.abc import Iterator

from wizard.engine.diagnosis.observations import Observations, ServerObservation
from wizard.engine.diagnosis.problem import error
from wizard.model.problems import Problem
from wizard.neo4j.logs.lines import Failed

_NAME, _REVOKED = "name-not-covered", "leaf-revoked"


def log_tells_of_a_peer(seen: Observations) -> Iterator[Problem]:
    """A server goes on refusing a peer for its name, or because a revocation list has it."""
    for one in seen.running:
        for line in reversed(one.failures):
            peer = _peer(seen, line) if line.code in {_NAME, _REVOKED} else None
            if peer is None or peer is one or _is_over(line, one, peer):
                continue
            yield (_misnamed if line.code == _NAME else _revoked)(one, peer, line)


def _misnamed(one: ServerObservation, peer: ServerObservation, line: Failed) -> Problem:
    return error(
        peer.server,
        _NAME,
        f"{one.server} refuses {peer.server}: its certificate does not hold the name that"
        f" {one.server} finds for it.",
        "Issue it a certificate whose SAN holds every advertised address. Where it advertises an IP"
        " address, Java looks up the name of that address (reverse DNS) and wants it in the SAN,"
        " too.",
        line.text,
    )


def _revoked(one: ServerObservation, peer: ServerObservation, line: Failed) -> Problem:
    return error(
        peer.server,
        _REVOKED,
        f"{one.server} refuses {peer.server}: the certificate of {peer.server} is on a revocation"
        f" list in revoked/ of {one.server}.",
        f"Issue {peer.server} another certificate; if the list is wrong, take it out of revoked/.",
        line.text,
    )


def _peer(seen: Observations, line: Failed) -> ServerObservation | None:
    """Return the server at the other end, which is none of those that are explained already."""
    found = (one for one in seen.servers.values() if line.remote in one.ip_addresses)
    peer = next(found, None) if line.remote else None
    return None if peer is not None and peer.server in seen.explained else peer


def _is_over(line: Failed, one: ServerObservation, peer: ServerObservation) -> bool:
    """Whether the peer was linked, or has started anew, since."""
    began, told = peer.starts_at, line.told_at
    return peer.server in one.linked or (began is not None and told is not None and told < began)
