"""Causes that only a refused handshake or a log that goes on complaining tells of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wizard.engine.diagnosis.observations import Observations, ServerObservation
from wizard.engine.diagnosis.problem import error, from_log
from wizard.engine.events import ProbeKind, Verdict
from wizard.engine.probing.matrix import Probed
from wizard.model.problems import Problem
from wizard.neo4j.logs.lines import Failed
from wizard.neo4j.logs.problems import most_telling

_HEARSAY = 2
"""Up to this weight a line only tells that a peer refused; the peer's own line says why."""

_FAULTS_OF_THE_PEER = frozenset(
    {
        "key-does-not-match",
        "leaf-expired",
        "leaf-not-yet-valid",
        "leaf-revoked",
        "name-not-covered",
        "no-client-auth-eku",
        "plaintext-server",
        "trusted-lacks-peer",
    }
)
"""What a server logs of the certificate or the bytes that a peer has sent."""


def refused_ours(seen: Observations) -> Iterator[Problem]:
    """A port refuses our own identity, and nothing else explains it; its log may."""
    for one in seen.running:
        if one.server in seen.explained:
            continue
        refused = [
            test
            for test in seen.of(one.server, ProbeKind.OURS)
            if test.probe.verdict in {Verdict.REFUSED, Verdict.PLAINTEXT}
            and test.probe.ok is False
            and test.reached
        ]
        if not refused:
            continue
        line = most_telling(one.failures)
        if line is not None:
            yield from_log(one.server, line)
        else:
            yield _refuses(one, refused[0])


def _refuses(one: ServerObservation, test: Probed) -> Problem:
    return error(
        one.server,
        "handshake-refused",
        f"{one.server} refuses the certificates of its own cluster.",
        "Look at its trusted/ folder and its debug.log.",
        f"port {test.probe.port}: {test.reason}",
    )


def refused_without_probe(seen: Observations) -> Iterator[Problem]:
    """Without an identity of ours, a log that goes on complaining is the only witness."""
    tested = any(t.probe.ok is not None for s in seen.servers for t in seen.of(s, ProbeKind.OURS))
    heaviest = max((f.weight for s in seen.servers.values() for f in s.failures), default=0)
    for one in seen.running:
        unserved = not any(seen.leaves(one.server))
        if tested or one.server in seen.explained or not unserved or not one.encrypts:
            continue
        line = _own_failure(one)
        if line is not None and (line.weight >= heaviest or line.weight > _HEARSAY):
            yield from_log(_culprit(line, one, seen), line)


def _culprit(line: Failed, one: ServerObservation, seen: Observations) -> str:
    """Return the server at fault: for a certificate or plaintext that is not taken, the peer.

    A server that takes none of several peers' certificates is at fault itself.
    """
    if line.code not in _FAULTS_OF_THE_PEER or _is_hearsay(line):
        return one.server
    named = _named_by([line], seen)
    alike = [other for other in one.failures if other.code == line.code and not _is_hearsay(other)]
    return one.server if len(_named_by(alike, seen)) > 1 else next(iter(named), one.server)


def _is_hearsay(line: Failed) -> bool:
    return "Received fatal alert" in line.text


def _named_by(lines: Iterable[Failed], seen: Observations) -> set[str]:
    """Return the servers that lines name as the other end."""
    remotes = {line.remote for line in lines}
    return {one.server for one in seen.servers.values() if one.ip_addresses & remotes}


def _own_failure(one: ServerObservation) -> Failed | None:
    return most_telling(one.failures)
