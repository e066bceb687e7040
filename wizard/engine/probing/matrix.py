"""Every probe of a cluster: ours between each ordered pair of servers, strangers on each port."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import partial

from wizard.engine.events import Probe, ProbeKind, Verdict
from wizard.engine.probing.answer import Answer, Pipe
from wizard.engine.probing.asking import settled, shaken
from wizard.engine.probing.door import (
    WORKSTATION,
    Closed,
    Opener,
    Workstation,
    open_door,
    open_own_door,
)
from wizard.engine.probing.extent import asked_from
from wizard.engine.probing.handshake import TIMEOUT_S
from wizard.engine.probing.raw import (
    SILENCE_S,
    probe_discovery,
    probe_old_tls,
    probe_plaintext,
)
from wizard.engine.probing.silence import NOT_ASKED_AGAIN, Silence
from wizard.engine.probing.target import Target
from wizard.pki.probe_identities import ProbeIdentity

THREADS = 16

STRANGERS = tuple(kind for kind in ProbeKind if kind is not ProbeKind.OURS)
_IDENTIFIED = (ProbeKind.OURS, ProbeKind.FOREIGN_CA, ProbeKind.SELF_MADE, ProbeKind.EXPIRED)
Identities = Mapping[ProbeKind, ProbeIdentity]

__all__ = [
    "Laboratory",
    "Probed",
    "Target",
    "is_tolerated",
    "judge",
    "probe_own",
    "probe_strangers",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """A probe as everybody sees it, and what diagnosis needs besides.

    Attributes:
        leaf: the DER bytes of the certificate the port served, or None.
        reason: what TLS said, in OpenSSL's words.
        reached: whether there was a connection at all.
        spoke_tls: whether any TLS record came back.
        closed: whether nothing listens there, as a server saw it.
        issuers: the names (DER) of whom it would accept certificates from, where it told.
    """

    probe: Probe
    leaf: bytes | None = None
    reason: str = ""
    reached: bool = True
    spoke_tls: bool = True
    closed: bool = False
    issuers: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Laboratory:
    """What probes need.

    Attributes:
        openers: the servers' connections, by name.
        identities: what is shown, by kind.
        own: what stands in for ours where no CA can issue one: each server's own, by its name.
        unresolved: the names a server can't resolve, as (server, name): peers are not dialled by
            them from there, each is asked by its own connection instead.
    """

    openers: Mapping[str, Opener]
    identities: Identities
    own: Mapping[str, ProbeIdentity] = field(default_factory=dict)
    unresolved: frozenset[tuple[str, str]] = frozenset()

    def shown(self, kind: ProbeKind, origin: str) -> ProbeIdentity | None:
        """Return what a probe of this kind shows when a server makes it, or None for nothing."""
        own = self.own.get(origin) if kind is ProbeKind.OURS else None
        return own or self.identities.get(kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    origin: str
    target: Target
    kind: ProbeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class _Patience:
    """How long a port may think, in seconds: over a handshake, and over bytes that are none."""

    timeout_s: float
    silence_s: float


_USUAL = _Patience(timeout_s=TIMEOUT_S, silence_s=SILENCE_S)
_PATIENT = _Patience(timeout_s=10.0, silence_s=5.0)
"""A JVM that has just started on a busy machine was seen to need 3 seconds for its first alert."""

_AT_EASE = 4
"""How many of the slow ports are asked at a time."""


def probe_own(
    laboratory: Laboratory,
    targets: Sequence[Target],
    *,
    patient: bool = False,
    silent: Silence | None = None,
) -> Iterator[Probed]:
    """Show our own identity to every port, from every other server.

    Args:
        laboratory: what is shown, and from where.
        targets: the ports.
        patient: whether a port that was too slow is asked once more, and given more time.
        silent: what remembers the silent ports, for the strangers that are shown to them next.
    """
    origins = sorted({target.server for target in targets})
    askers = {server: asked_from(origins, server) for server in origins}
    most = max(map(len, askers.values()), default=0)
    # One server after the other asks every port, so that a silent one is known before most wait.
    tasks = [
        _Task(origin=askers[target.server][turn], target=target, kind=ProbeKind.OURS)
        for turn in range(most)
        for target in targets
        if turn < len(askers[target.server])
    ]
    return _run(laboratory, tasks, silent or Silence(), patient=patient)


def probe_strangers(
    laboratory: Laboratory, targets: Sequence[Target], silent: Silence | None = None
) -> Iterator[Probed]:
    """Show what must be refused to every port, each from one other server."""
    origins = sorted({target.server for target in targets})
    after = dict(zip(origins, [*origins[1:], *origins[:1]], strict=True))
    tasks = [
        _Task(origin=after[target.server], target=target, kind=kind)
        for kind in STRANGERS
        for target in targets
    ]
    return _run(laboratory, tasks, silent or Silence(), patient=True)


def _run(
    laboratory: Laboratory, tasks: Sequence[_Task], silent: Silence, *, patient: bool
) -> Iterator[Probed]:
    slow: list[_Task] = []
    for task, test in _round(laboratory, tasks, _USUAL, THREADS, silent):
        if patient and test.probe.verdict is Verdict.TIMEOUT:
            slow.append(task)
        else:
            yield test
    yield from (test for _, test in _round(laboratory, slow, _PATIENT, _AT_EASE, silent))


def _round(
    laboratory: Laboratory,
    tasks: Sequence[_Task],
    patience: _Patience,
    threads: int,
    silent: Silence,
) -> Iterator[tuple[_Task, Probed]]:
    with ThreadPoolExecutor(threads) as pool:
        futures = {pool.submit(_test, laboratory, task, patience, silent): task for task in tasks}
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:
            for future in futures:
                future.cancel()


def _test(laboratory: Laboratory, task: _Task, patience: _Patience, silent: Silence) -> Probed:
    if silent.presumes(task.origin, task.target):
        origin, answer, reached = task.origin, NOT_ASKED_AGAIN, False
    else:
        origin, answer, reached = _ask(laboratory, task, patience, silent.workstation)
        if reached or origin != WORKSTATION:
            silent.note(task.origin, task.target, answer.verdict, reached=reached)
    fingerprint = hashlib.sha256(answer.leaf).hexdigest() if answer.leaf else None
    verdict = answer.verdict
    if task.kind is ProbeKind.OURS and reached and verdict is Verdict.NOT_TESTED:
        verdict = Verdict.REFUSED
    if task.kind is not ProbeKind.OURS and not reached and verdict is Verdict.REFUSED:
        verdict = Verdict.NOT_TESTED  # a closed port turned nobody away
    expected = Verdict.ACCEPTED if task.kind is ProbeKind.OURS else Verdict.REFUSED
    probe = Probe(
        origin=origin,
        server=task.target.server,
        port=task.target.port.port,
        kind=task.kind,
        expected=expected,
        verdict=verdict,
        ok=None
        if is_tolerated(task.target, verdict)
        else judge(task.kind, verdict, fingerprint, task.target.leaf),
        fingerprint=fingerprint,
        detail=answer.reason,
    )
    return Probed(
        probe=probe,
        leaf=answer.leaf,
        reason=answer.reason,
        reached=reached,
        spoke_tls=answer.spoke_tls,
        closed=not reached and answer.verdict is Verdict.REFUSED,
        issuers=answer.issuers,
    )


def is_tolerated(target: Target, verdict: Verdict) -> bool:
    """Whether a port speaks plaintext because its build of Neo4j can't do better there."""
    return target.may_be_plain and verdict is Verdict.PLAINTEXT


def judge(
    kind: ProbeKind, verdict: Verdict, fingerprint: str | None, leaf: str | None
) -> bool | None:
    """Say whether an answer is as it must be; None when it proves nothing."""
    if verdict in {Verdict.FILTERED, Verdict.TIMEOUT, Verdict.NOT_TESTED}:
        return None
    if kind is not ProbeKind.OURS:
        return verdict is Verdict.REFUSED
    return verdict is Verdict.ACCEPTED and (leaf is None or fingerprint == leaf)


def _ask(
    laboratory: Laboratory, task: _Task, patience: _Patience, workstation: Workstation
) -> tuple[str, Answer, bool]:
    identity = laboratory.shown(task.kind, task.origin)
    if task.kind in _IDENTIFIED and identity is None:
        missing = Answer(verdict=Verdict.NOT_TESTED, reason="there is no identity to show")
        return task.origin, missing, False
    port, origin = task.target.port, task.origin

    def once(probe: Callable[[Pipe], Answer]) -> tuple[str, Answer, bool]:
        if (origin, port.host) in laboratory.unresolved:
            door = open_own_door(laboratory.openers, task.target.server, port, workstation)
        else:
            door = open_door(laboratory.openers, origin, port, workstation)
        if isinstance(door, Closed):
            return door.origin, Answer(verdict=door.verdict, reason=door.reason), False
        try:
            return door.origin, probe(door.pipe), True
        finally:
            door.pipe.close()

    if task.target.may_be_plain:
        greeted = once(probe_discovery)
        if greeted[1].verdict is Verdict.PLAINTEXT:
            return greeted
    if task.kind is ProbeKind.PLAINTEXT:
        return settled(once(partial(probe_plaintext, silence_s=patience.silence_s)), once)
    if task.kind is ProbeKind.OLD_TLS:
        return settled(once(partial(probe_old_tls, silence_s=patience.silence_s)), once)
    return shaken(identity, once, patience.timeout_s)
