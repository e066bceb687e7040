"""The gate before a change: a cluster that is not healthy by its own word is not touched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wizard.engine.login.asking import REFUSED, Health, ask_health
from wizard.engine.login.writing import LABEL
from wizard.engine.request import Request
from wizard.engine.session import Session
from wizard.errors import WizardError
from wizard.model.problems import Problem, Severity
from wizard.planning.plan import Plan

PROVED, NOT_PROVED = "health-proved", "health-not-proved"


def gated(plan: Plan, request: Request, session: Session) -> Plan:
    """Return the plan with what Neo4j says of its health; nothing is changed in an unhealthy one.

    Nothing is asked without a login, nor where there is nothing to change.
    """
    if plan.settings.login_user is None or not plan.changes:
        return plan
    health = ask_health(request, session)
    found = [_blocking(one) for one in findings(health)]
    blocked = any(one.blocks for one in found)
    if not blocked and is_proved(health):
        found.append(_WRITES)
    return replace(
        plan,
        problems=(*plan.problems, *found),
        changes=() if blocked else plan.changes,
        downtime_s=(0, 0) if blocked else plan.downtime_s,
    )


def findings(health: Health) -> tuple[Problem, ...]:
    """Return what came of asking: what is wrong, who was not asked, or that all is well."""
    refused = {n: e for n, e in health.silent.items() if e.code == REFUSED}
    others = {n: e for n, e in health.silent.items() if e.code != REFUSED}
    found = list(health.problems)
    if refused:
        found.append(_joined(REFUSED, Severity.ERROR, refused))
    if others:
        found.append(_joined(NOT_PROVED, Severity.NOTE, others))
    if not health.silent and not health.is_whole:
        found.append(_NO_OVERVIEW)
    if not found:
        found.append(_proved(health))
    return tuple(found)


def health_findings(request: Request, session: Session) -> tuple[Problem, ...]:
    """Ask and return what came of it; nothing without a login. It only reads."""
    if session.settings.login_user is None:
        return ()
    return findings(ask_health(request, session))


def is_proved(health: Health) -> bool:
    """Whether every server was asked, and none found anything wrong."""
    return bool(health.told) and health.is_whole and not health.silent and not health.problems


def was_proved(problems: Iterable[Problem]) -> bool:
    """Whether the problems of a plan say that the cluster was healthy before."""
    return any(one.code == PROVED for one in problems)


def _blocking(problem: Problem) -> Problem:
    return replace(problem, blocks=problem.severity is Severity.ERROR)


def _joined(code: str, severity: Severity, errors: dict[str, WizardError]) -> Problem:
    """Return one problem for all servers that gave no answer: the first one's reason stands."""
    server, error = next(iter(errors.items()))
    more = len(errors) - 1
    several = len({one.message for one in errors.values()}) > 1
    also = f" The same holds for {more} more {'server' if more == 1 else 'servers'}."
    begin = "Neo4j itself has not been asked whether it is healthy. " if code == NOT_PROVED else ""
    return Problem(
        code=code,
        severity=severity,
        message=f"{begin}{error.message}{also if several else ''}",
        hint=error.hint,
        server=None if more else server,
    )


def _proved(health: Health) -> Problem:
    count, databases = len(health.expected.addresses), len(health.databases)
    servers = "the one server" if count == 1 else f"all {count} servers"
    named = f" and all {databases} databases" if databases else ""
    return Problem(
        code=PROVED,
        severity=Severity.NOTE,
        message=f"Neo4j itself says that {servers}{named} are as they should be.",
    )


_NO_OVERVIEW = Problem(
    code=NOT_PROVED,
    severity=Severity.NOTE,
    message="No server could tell of the others: SHOW SERVERS and the cluster overview are not"
    " known to this Neo4j.",
    hint="Look at the cluster yourself first, and take a backup.",
)
_WRITES = Problem(
    code="proof-writes",
    severity=Severity.NOTE,
    message="The proof after the change writes one node with the label"
    f" {LABEL}, reads it on every server and deletes it again.",
)
