"""Waiting until started servers are a cluster: slow is not failed, and failing needs evidence."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from wizard.engine.cancel import Cancel
from wizard.engine.events import Event, Verdict
from wizard.engine.probing.matrix import Probed
from wizard.engine.proving.reading import meanwhile, read_logs
from wizard.engine.watching.following import LogBook, Watch

LOOK_S = 1.0
PROBE_AFTER_S = 5.0
PERSISTS_S = 10.0
"""How long our own servers may refuse each other before it counts: the last one to start needs
that long to open its ports and to be dialled again."""
LAST_LOOK_S = 2.0
"""How long lines are waited for that were written while the workstation was asleep."""


class Formation(StrEnum):
    """How the waiting ended."""

    FORMED = "formed"
    FAILED = "failed"
    SLOW = "slow"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What the waiting looks at.

    Attributes:
        servers: every server that was started.
        silent: those whose user log can't be followed, so that only being up counts.
        running: asks which of the servers have a process.
        probe: shows our own identity to every port once.
        timeout_s: after how long the waiting is given up.
    """

    servers: Sequence[str]
    silent: frozenset[str]
    running: Callable[[], dict[str, bool]]
    probe: Callable[[], Iterable[Probed]]
    watch: Watch
    book: LogBook
    cancel: Cancel
    timeout_s: float


class _Evidence:
    """What may become evidence of a failure when it is seen again."""

    def __init__(self) -> None:
        self.missing: frozenset[str] = frozenset()
        self.refused_since: float | None = None


def wait_until_formed(waiting: Waiting) -> Generator[Event, None, Formation]:
    """Follow the logs until every server says that it started, or something shows it never will.

    Evidence is a refusal to start in a log, a process that is gone when looked at twice, or a
    refused handshake between our own servers that persists.
    """
    begun = time.monotonic()
    next_look, next_probe = begun + LOOK_S, begun + PROBE_AFTER_S
    evidence = _Evidence()
    while True:
        yield from _read(waiting, 0.2)
        now = time.monotonic()
        if waiting.cancel.is_set:
            return Formation.INTERRUPTED
        looks = now >= next_look and not waiting.book.gave_up()
        gone = looks and (yield from _meanwhile(waiting, _is_gone, evidence))
        if gone or waiting.book.gave_up():
            yield from _read(waiting, 1.0)
            return Formation.FAILED
        if _all_started(waiting):
            return Formation.FORMED
        if now >= next_probe:
            next_probe = now + PROBE_AFTER_S
            if (yield from _meanwhile(waiting, _refusal_persists, evidence)):
                return Formation.FAILED
        if now >= next_look:
            next_look = now + LOOK_S
        if now - begun > waiting.timeout_s:
            return (yield from _last_look(waiting))


def _last_look(waiting: Waiting) -> Generator[Event, None, Formation]:
    """Read what was logged while nobody looked: the workstation may have been asleep till now."""
    ends = time.monotonic() + LAST_LOOK_S
    while time.monotonic() < ends and not waiting.cancel.is_set:
        yield from _read(waiting, 0.2)
        if waiting.book.gave_up():
            return Formation.FAILED
        if _all_started(waiting):
            return Formation.FORMED
    return Formation.INTERRUPTED if waiting.cancel.is_set else Formation.SLOW


def _read(waiting: Waiting, timeout_s: float) -> Generator[Event, None, None]:
    return read_logs(waiting.watch, waiting.book, timeout_s)


def _meanwhile(
    waiting: Waiting, look: Callable[[Waiting, _Evidence], bool], evidence: _Evidence
) -> Generator[Event, None, bool]:
    return meanwhile(waiting.watch, waiting.book, partial(look, waiting, evidence))


def wait_for_links(waiting: Waiting, timeout_s: float) -> Generator[Event, None, None]:
    """Go on reading until every link was logged; lines that stay away are no failure."""
    ends = time.monotonic() + timeout_s
    while waiting.book.links_seen() < waiting.book.links_to_come() and not waiting.cancel.is_set:
        if (left := ends - time.monotonic()) <= 0:
            return
        yield from _read(waiting, min(0.2, left))


def is_refusal(test: Probed) -> bool:
    """Whether a port was reached and did not take our identity, or served another leaf."""
    answered = test.probe.verdict in {Verdict.REFUSED, Verdict.PLAINTEXT, Verdict.ACCEPTED}
    return test.reached and answered and test.probe.ok is False


def _all_started(waiting: Waiting) -> bool:
    talking = set(waiting.servers) - waiting.silent
    return talking <= set(waiting.book.started) and (not waiting.silent or _silent_up(waiting))


def _silent_up(waiting: Waiting) -> bool:
    """A server without a log to follow has started when it takes our identity on every port."""
    of_silent = [test for test in waiting.probe() if test.probe.server in waiting.silent]
    return all(test.probe.ok for test in of_silent)


def _is_gone(waiting: Waiting, evidence: _Evidence) -> bool:
    running = waiting.running()
    missing = frozenset(name for name in waiting.servers if running.get(name) is False)
    gone = bool(missing & evidence.missing)
    evidence.missing = missing
    return gone


def _refusal_persists(waiting: Waiting, evidence: _Evidence) -> bool:
    now = time.monotonic()
    if not any(is_refusal(test) for test in waiting.probe()):
        evidence.refused_since = None
        return False
    if evidence.refused_since is None:
        evidence.refused_since = now
    return now - evidence.refused_since >= PERSISTS_S
