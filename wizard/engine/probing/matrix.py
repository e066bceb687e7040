"""Every probe of a cluster: ours between each ordered pair of servers, strangers on each port."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field

from wizard.engine.events import Probe, ProbeKind, Verdict
from wizard.engine.probing.answer import Answer, Pipe
from wizard.engine.probing.door import Closed, Opener, open_door, open_own_door
from wizard.engine.probing.handshake import shake_hands
from wizard.engine.probing.raw import probe_old_tls, probe_plaintext
from wizard.model.cluster import ClusterPort
from wizard.pki.probe_identities import ProbeIdentity

THREADS = 16

STRANGERS = tuple(kind for kind in ProbeKind if kind is not ProbeKind.OURS)
_IDENTIFIED = (ProbeKind.OURS, ProbeKind.FOREIGN_CA, ProbeKind.SELF_MADE, ProbeKind.EXPIRED)
Identities = Mapping[ProbeKind, ProbeIdentity]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One cluster port of one server, and the leaf it should serve (SHA-256, hex) if known."""

    server: str
    port: ClusterPort
    leaf: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """A probe as everybody sees it, and what diagnosis needs besides.

    Attributes:
        leaf: the DER bytes of the certificate the port served, or None.
        reason: what TLS said, in OpenSSL's words.
        reached: whether there was a connection at all.
        spoke_tls: whether any TLS record came back.
    """

    probe: Probe
    leaf: bytes | None = None
    reason: str = ""
    reached: bool = True
    spoke_tls: bool = True


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


def probe_own(laboratory: Laboratory, targets: Sequence[Target]) -> Iterator[Probed]:
    """Show our own identity to every port, from every other server."""
    origins = sorted({target.server for target in targets})
    tasks = [
        _Task(origin=origin, target=target, kind=ProbeKind.OURS)
        for origin in origins
        for target in targets
        if origin != target.server or len(origins) == 1
    ]
    return _run(laboratory, tasks)


def probe_strangers(laboratory: Laboratory, targets: Sequence[Target]) -> Iterator[Probed]:
    """Show what must be refused to every port, each from one other server."""
    origins = sorted({target.server for target in targets})
    after = dict(zip(origins, [*origins[1:], *origins[:1]], strict=True))
    tasks = [
        _Task(origin=after[target.server], target=target, kind=kind)
        for target in targets
        for kind in STRANGERS
    ]
    return _run(laboratory, tasks)


def _run(laboratory: Laboratory, tasks: Sequence[_Task]) -> Iterator[Probed]:
    with ThreadPoolExecutor(THREADS) as pool:
        futures = [pool.submit(_test, laboratory, task) for task in tasks]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            for future in futures:
                future.cancel()


def _test(laboratory: Laboratory, task: _Task) -> Probed:
    origin, answer, reached = _ask(laboratory, task)
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
        ok=judge(task.kind, verdict, fingerprint, task.target.leaf),
        fingerprint=fingerprint,
        detail=answer.reason,
    )
    return Probed(
        probe=probe,
        leaf=answer.leaf,
        reason=answer.reason,
        reached=reached,
        spoke_tls=answer.spoke_tls,
    )


def judge(
    kind: ProbeKind, verdict: Verdict, fingerprint: str | None, leaf: str | None
) -> bool | None:
    """Say whether an answer is as it must be; None when it proves nothing."""
    if verdict in {Verdict.FILTERED, Verdict.TIMEOUT, Verdict.NOT_TESTED}:
        return None
    if kind is not ProbeKind.OURS:
        return verdict is Verdict.REFUSED
    return verdict is Verdict.ACCEPTED and (leaf is None or fingerprint == leaf)


def _ask(laboratory: Laboratory, task: _Task) -> tuple[str, Answer, bool]:
    identity = laboratory.shown(task.kind, task.origin)
    if task.kind in _IDENTIFIED and identity is None:
        missing = Answer(verdict=Verdict.NOT_TESTED, reason="there is no identity to show")
        return task.origin, missing, False
    port, origin = task.target.port, task.origin

    def once(probe: Callable[[Pipe], Answer]) -> tuple[str, Answer, bool]:
        if (origin, port.host) in laboratory.unresolved:
            door = open_own_door(laboratory.openers, task.target.server, port)
        else:
            door = open_door(laboratory.openers, origin, port)
        if isinstance(door, Closed):
            return door.origin, Answer(verdict=door.verdict, reason=door.reason), False
        try:
            return door.origin, probe(door.pipe), True
        finally:
            door.pipe.close()

    if task.kind is ProbeKind.PLAINTEXT:
        return _settled(once(probe_plaintext), once)
    if task.kind is ProbeKind.OLD_TLS:
        return _settled(once(probe_old_tls), once)
    return _shaken(identity, once)


_Once = Callable[[Callable[[Pipe], Answer]], tuple[str, Answer, bool]]


def _shaken(identity: ProbeIdentity | None, once: _Once) -> tuple[str, Answer, bool]:
    """Shake hands; what TLS 1.3 leaves open, TLS 1.2 decides inside its handshake.

    A port that hangs up on a ClientHello without one TLS record proves nothing by that; if it
    answers Neo4j's own plaintext greeting, it speaks plaintext.
    """
    origin, answer, reached = once(lambda pipe: shake_hands(pipe, identity))
    if not reached or answer.verdict is not Verdict.NOT_TESTED:
        return origin, answer, reached
    if answer.spoke_tls:
        second = once(lambda pipe: shake_hands(pipe, identity, only_tls_1_2=True))
        return second if second[1].leaf else (origin, answer, reached)
    _, plain, asked = once(probe_plaintext)
    if asked and plain.verdict is Verdict.PLAINTEXT:
        return origin, plain, True
    return origin, answer, True


def _settled(first: tuple[str, Answer, bool], once: _Once) -> tuple[str, Answer, bool]:
    """Decide what a silent port means: an unencrypted one, unless it speaks TLS to others."""
    origin, answer, reached = first
    if not reached or answer.verdict is not Verdict.TIMEOUT:
        return first
    _, greeted, _ = once(lambda pipe: shake_hands(pipe, None))
    if greeted.spoke_tls or greeted.verdict is Verdict.TIMEOUT:
        return first
    plain = Answer(verdict=Verdict.PLAINTEXT, reason="it took bytes that are not TLS")
    return origin, plain, reached
