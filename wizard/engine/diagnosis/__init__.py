"""Joins everything that was seen into problems that name a cause and a server.

A cause is a small pure function over the observations. The first group knows causes for certain;
each later one speaks only of servers that those before it have not explained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from wizard.engine.diagnosis import (
    between,
    ciphers,
    discovery,
    drifting,
    joining,
    naming,
    policy,
    refusing,
    serving,
    starting,
    trusting,
    unproved,
)
from wizard.engine.diagnosis.observations import Observations, ServerObservation
from wizard.model.problems import Problem, Severity

__all__ = [
    "BETWEEN",
    "CERTAIN",
    "FALLBACK",
    "LAST",
    "Observations",
    "ServerObservation",
    "diagnose",
]

Cause = Callable[[Observations], Iterator[Problem]]

CERTAIN: tuple[Cause, ...] = (
    starting.refused_setting,
    starting.refused_start,
    starting.gone,
    joining.clock_is_wrong,
    naming.advertises_anothers,
    naming.advertises_in_vain,
    naming.names_unknown,
    policy.not_enabled,
    policy.trusted_folder,
    policy.log_tells_of_trust,
    policy.asks_nobody,
    ciphers.cipher_of_another_key,
    ciphers.no_common_cipher,
    ciphers.no_common_version,
    serving.speaks_plaintext,
    serving.serves_expired_leaf,
    serving.serves_other_leaf,
    serving.key_of_another,
    serving.name_not_covered,
    serving.one_way_leaf,
    serving.lets_strangers_in,
    serving.speaks_old_tls,
    joining.not_listening,
    joining.filtered,
    discovery.discovery_in_plaintext,
)

BETWEEN: tuple[Cause, ...] = (trusting.would_not_trust, between.log_tells_of_a_peer)

FALLBACK: tuple[Cause, ...] = (refusing.refused_ours, refusing.refused_without_probe)

LAST: tuple[Cause, ...] = (
    joining.waits_for_others,
    joining.has_no_leader,
    joining.not_joined,
    unproved.not_proved,
    drifting.key_will_not_open,
    drifting.changed_since,
    drifting.changed_on_disk,
    drifting.not_reloaded,
    joining.strangers,
    joining.logs_unread,
)
"""What may be a mere consequence of what any server suffers from."""


def diagnose(seen: Observations) -> tuple[Problem, ...]:
    """Return every problem, each once: errors first, and of them the certain causes."""
    found: tuple[Problem, ...] = ()
    for causes in (CERTAIN, BETWEEN, FALLBACK, LAST):
        serious = _with_an_error(seen, found)
        told = {p.server for p in found if p.severity is not Severity.NOTE and p.server}
        rest = replace(seen, explained=frozenset(serious), named=frozenset(told))
        found = _once((*found, *(problem for cause in causes for problem in cause(rest))))
    return tuple(sorted(found, key=lambda problem: _ORDER.index(problem.severity)))


_ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


def _with_an_error(seen: Observations, found: tuple[Problem, ...]) -> set[str]:
    """Return the servers of which an error is told; one that names none is of them all."""
    errors = [problem.server for problem in found if problem.severity is Severity.ERROR]
    return {*filter(None, errors), *(seen.servers if None in errors else ())}


def _once(problems: Iterator[Problem] | tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Keep the first problem of each code on each server."""
    kept: dict[tuple[str, str | None], Problem] = {}
    for problem in problems:
        kept.setdefault((problem.code, problem.server), problem)
    return tuple(kept.values())
