"""The plan of a recorded run as a value again, and how it compares with one made now."""

from __future__ import annotations

from dataclasses import replace

from wizard.engine.records.reviving import revived
from wizard.engine.records.runs import Run, RunState
from wizard.errors import JournalError
from wizard.model.problems import Problem, Severity
from wizard.planning.plan import Plan, ServerPlan
from wizard.planning.planner import with_run


def plan_of(run: Run) -> Plan:
    """Return the plan of a run as it was made.

    Raises:
        JournalError: it is missing, damaged, or of a version of the wizard that knew less.
    """
    try:
        return revived(Plan, run.recorded_plan())
    except ValueError as error:
        raise JournalError(
            f"The plan of run {run.id} can't be read: {error}.",
            hint=f"Put it back with `neo4j-tls undo {run.id}`, then run apply anew.",
        ) from error


def left_standing(run: Run, plan: Plan) -> Problem | None:
    """Say why a run that waits keeps a plan from being carried out; None where it is that plan.

    A run that has staged everything is gone on with when nothing has moved since. One that
    stopped half-way has to be resumed or undone first: what its servers show now is no ground to
    begin from.
    """
    if run.state is not RunState.STAGED:
        return _problem(
            run,
            "run-unfinished",
            f"The run {run.id} on this cluster is not finished, so nothing else is begun.",
            "",
        )
    recorded = plan_of(run)
    fresh = with_run(plan, run.id)
    before = {one.server: one for one in recorded.servers}
    for one in fresh.servers:
        known = before.get(one.server)
        if known is not None and known.conf_sha256 != one.conf_sha256:
            return moved(run, one)
    alike = tuple(map(_still, fresh.servers)) == tuple(map(_still, recorded.servers))
    if not alike or fresh.settings != recorded.settings:
        return _problem(
            run,
            "answers-changed",
            f"The run {run.id} was staged from other answers, or the servers have changed since.",
            "",
        )
    return None


def moved(run: Run, one: ServerPlan) -> Problem:
    """Return what to tell of a neo4j.conf that is not the one a run was made for."""
    return _problem(
        run,
        "conf-changed",
        f"{one.conf_file} on {one.server} was edited after the run {run.id} had been prepared.",
        one.server,
    )


def staged_lost(run: Run, server: str = "") -> Problem:
    """Return what to tell where something that a run had staged is gone."""
    where = server or "a server"
    words = f"What the run {run.id} had put on {where} is not there any more."
    return _problem(run, "staged-lost", words, server)


def _problem(run: Run, code: str, message: str, server: str) -> Problem:
    going_on = f"Go on with `neo4j-tls resume {run.id}`, or take" if not server else "Take"
    return Problem(
        code=code,
        severity=Severity.ERROR,
        message=message,
        hint=f"{going_on} it back with `neo4j-tls undo {run.id}`, then apply anew.",
        server=server or None,
    )


def _still(one: ServerPlan) -> ServerPlan:
    """Return a server's plan without what may change and is no matter: whether it runs."""
    return replace(one, running=True)
