"""When one look at a port leaves a question open: the second look that settles it."""

from __future__ import annotations

from collections.abc import Callable

from wizard.engine.events import Verdict
from wizard.engine.probing.answer import Answer, Pipe
from wizard.engine.probing.handshake import shake_hands
from wizard.engine.probing.raw import probe_plaintext
from wizard.pki.probe_identities import ProbeIdentity

Once = Callable[[Callable[[Pipe], Answer]], tuple[str, Answer, bool]]


def shaken(
    identity: ProbeIdentity | None, once: Once, timeout_s: float
) -> tuple[str, Answer, bool]:
    """Shake hands; what TLS 1.3 leaves open, TLS 1.2 decides inside its handshake.

    A port that hangs up on a ClientHello without one TLS record proves nothing by that; if it
    answers Neo4j's own plaintext greeting, it speaks plaintext.
    """
    origin, answer, reached = once(lambda pipe: shake_hands(pipe, identity, timeout_s=timeout_s))
    if not reached or answer.verdict is not Verdict.NOT_TESTED:
        return origin, answer, reached
    if answer.spoke_tls:
        second = once(
            lambda pipe: shake_hands(pipe, identity, timeout_s=timeout_s, only_tls_1_2=True)
        )
        return second if second[1].leaf else (origin, answer, reached)
    _, plain, asked = once(probe_plaintext)
    if asked and plain.verdict is Verdict.PLAINTEXT:
        return origin, plain, True
    return origin, answer, True


def settled(first: tuple[str, Answer, bool], once: Once) -> tuple[str, Answer, bool]:
    """Decide what a silent port means: an unencrypted one, unless it speaks TLS to others."""
    origin, answer, reached = first
    if not reached or answer.verdict is not Verdict.TIMEOUT:
        return first
    _, greeted, _ = once(lambda pipe: shake_hands(pipe, None))
    if greeted.spoke_tls or greeted.verdict is Verdict.TIMEOUT:
        return first
    plain = Answer(verdict=Verdict.PLAINTEXT, reason="it took bytes that are not TLS")
    return origin, plain, reached
