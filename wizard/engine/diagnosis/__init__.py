"""Joins everything that was seen into problems that name a cause and a server.

A cause is a small pure function over the observations. The first group knows causes for certain;
the second speaks only of servers that the first has not explained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from wizard.engine.diagnosis import discovery, policy, serving, starting, trusting
from wizard.engine.diagnosis.observations import Observations, ServerObservation
from wizard.model.problems import Problem, Severity

__all__ = ["CERTAIN", "FALLBACK", "Observations", "ServerObservation", "diagnose"]

Cause = Callable[[Observations], Iterator[Problem]]

CERTAIN: tuple[Cause, ...] = (
    starting.refused_setting,
    starting.refused_start,
    starting.gone,
    policy.not_enabled,
    policy.trusted_folder,
    policy.log_tells_of_trust,
    policy.asks_nobody,
    policy.no_common_version,
    serving.speaks_plaintext,
    serving.serves_expired_leaf,
    serving.serves_other_leaf,
    serving.key_of_another,
    serving.name_not_covered,
    serving.lets_strangers_in,
    serving.speaks_old_tls,
    trusting.would_not_trust,
    trusting.filtered,
    discovery.discovery_in_plaintext,
)

FALLBACK: tuple[Cause, ...] = (trusting.refused_ours, trusting.refused_without_probe)


def diagnose(seen: Observations) -> tuple[Problem, ...]:
    """Return every problem, each once, the certain causes first."""
    found = _once(problem for cause in CERTAIN for problem in cause(seen))
    serious = {p.server for p in found if p.severity is Severity.ERROR and p.server}
    rest = replace(seen, explained=frozenset(serious))
    return _once((*found, *(problem for cause in FALLBACK for problem in cause(rest))))


def _once(problems: Iterator[Problem] | tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Keep the first problem of each code on each server."""
    kept: dict[tuple[str, str | None], Problem] = {}
    for problem in problems:
        kept.setdefault((problem.code, problem.server), problem)
    return tuple(kept.values())
