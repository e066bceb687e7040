"""The word of Neo4j after a change: waited for, for a cluster that has just started is busy."""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass

from wizard.engine.events import Event, ProblemFound, Result, Said
from wizard.engine.login.asking import Health, ask_health
from wizard.engine.login.gate import findings, is_proved, was_proved
from wizard.engine.login.speaking import SILENT
from wizard.engine.login.writing import write_and_read_back
from wizard.engine.request import Request
from wizard.engine.session import Session
from wizard.model.problems import Problem, Severity
from wizard.planning.plan import Plan

AGAIN_S = 2.0
OPENS_S = 60.0
"""How long Bolt may take to answer where it did before the change."""

PERSISTS_S = 60.0
"""How long Neo4j has to say that a database has failed before it counts."""

FAILED = frozenset({"database-failed"})
"""What Neo4j does not mend by waiting: the only word of its own that undoes a change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """How it ended: None for a result that stands, else what the change has to end with."""

    result: Result | None = None
    problems: tuple[Problem, ...] = ()


def prove_with_login(
    request: Request, session: Session, plan: Plan
) -> Generator[Event, None, Word]:
    """Ask until everything is healthy, then write and read back; without a login do nothing.

    Slow is not failed: what may come by itself is waited for as long as a formation may take, and
    then nothing is taken back. Where Neo4j can't be asked nothing is held against the change.
    """
    if plan.settings.login_user is None:
        return Word()
    yield Said(message="Now Neo4j itself is asked how its servers and databases are.")
    begun = time.monotonic()
    patience = OPENS_S if was_proved(plan.problems) else 0.0
    failing_since: float | None = None
    while True:
        health = ask_health(request, session)
        now = time.monotonic()
        failed = any(one.code in FAILED for one in health.problems)
        failing_since = (failing_since or now) if failed else None
        if _is_enough(health, now - begun > patience):
            return (yield from _told(request, session, health))
        if failing_since is not None and now - failing_since >= PERSISTS_S:
            return Word(result=Result.REVERTED, problems=health.problems)
        if now - begun > request.formation_timeout_s:
            return Word(result=Result.STOPPED, problems=health.problems)
        if request.cancel.wait(AGAIN_S):
            return Word(result=Result.INTERRUPTED)


def _is_enough(health: Health, patience_is_over: bool) -> bool:  # noqa: FBT001 - its one caller names it
    """Whether asking again would tell nothing else."""
    may_answer_yet = any(error.code == SILENT for error in health.silent.values())
    return is_proved(health) or (not health.problems and (patience_is_over or not may_answer_yet))


def _told(request: Request, session: Session, health: Health) -> Generator[Event, None, Word]:
    for problem in findings(health):
        if is_proved(health):
            yield Said(message=problem.message)
        else:
            yield ProblemFound(problem=_as_note(problem))
    if health.told:
        yield from write_and_read_back(request, session, health)
    return Word()


def _as_note(problem: Problem) -> Problem:
    """Return what kept Neo4j from being asked, as no more than that."""
    return Problem(
        code=problem.code,
        severity=Severity.NOTE,
        message=problem.message,
        hint=problem.hint,
        server=problem.server,
    )
