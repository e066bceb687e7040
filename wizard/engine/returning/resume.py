"""Takes up a run that was cut off, wherever that was: ahead to its end, or back to its beginning.

What decides is observed on the servers; see `sighting`. A run that was going back goes on going
back, as what it was: an undo, or an apply that had failed. One that was going ahead does the
phases that are left, and puts every server back on positive evidence of a failure, as apply does.
Private keys are kept on no workstation: where the run was cut off before everything was staged, it
is put back and applied anew with other keys, under a run of its own. After the stop has begun
everything is staged everywhere, and nothing is missing.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from wizard.engine.changes.applying import apply_plan
from wizard.engine.changes.ending import half_way
from wizard.engine.changes.putting_back import formers_of, put_back
from wizard.engine.changes.server_locks import locked_servers
from wizard.engine.events import Event, ProblemFound, Result, Said
from wizard.engine.papers.chronicle import Chronicle
from wizard.engine.planned import connect, opened, settings_of
from wizard.engine.records.course import Direction, course_of
from wizard.engine.records.journal import Journal, Kind, read_journal
from wizard.engine.records.plan_records import plan_of
from wizard.engine.records.runs import BEGUN, Run, RunState, new_run_id, only_wizard
from wizard.engine.request import Request
from wizard.engine.returning.going_on import Afresh, go_on
from wizard.engine.returning.undo import put_run_back, recorded_request
from wizard.engine.session import Session
from wizard.planning.keeping import held_back, to_suspend


def resume(request: Request, run: Run) -> Generator[Event, None, Result]:
    """Bring a run to an end.

    Raises:
        JournalError: the run's records are damaged; nothing was touched.
        WizardError: another wizard works on this cluster, or an answer or secret is missing.
    """
    if run.state not in (*BEGUN, RunState.UNTOUCHED):
        yield Said(message=f"Nothing of run {run.id} is left to do: it is {run.state}.")
        return Result.OK
    request = recorded_request(request, run)
    direction = course_of(read_journal(run.journal_file)).direction
    if direction is not Direction.FORWARD:
        yield Said(message="It was on its way back, and goes on from there.")
        return (yield from put_run_back(request, run, direction))
    with opened(request, settings_of(request)) as session:
        return (yield from _ahead(request, session, run))


def _ahead(request: Request, session: Session, run: Run) -> Generator[Event, None, Result]:
    with only_wizard(request.environ, run.cluster):
        if not (yield from connect(session)):
            return Result.UNREACHABLE
        session.survey()
        request.cancel.check()
        if (yield from _meddled(request, session, run)):
            return Result.PROBLEMS
        try:
            # The outcome is that of the apply which was begun.
            chronicle = Chronicle("apply", settings_of(request))
            if run.state is not RunState.UNTOUCHED:
                return (yield from go_on(request, session, run, chronicle))
        except Afresh:
            pass
        if not (yield from _taken_back(request, session, run)):
            return Result.STOPPED
    fresh = new_run_id(request.clock())
    yield Said(message=f"Run {run.id} had not staged everything; it begins anew as run {fresh}.")
    return (yield from apply_plan(request, session, fresh))


def _meddled(request: Request, session: Session, run: Run) -> Generator[Event, None, bool]:
    """Tell what has to be suspended before the stop; once that has begun, going on is safer."""
    words = to_suspend(settings_of(request), tuple(session.facts.values()))
    course = course_of(read_journal(run.journal_file))
    begun = course.stop_begun or (course.adopted and _is_down(session, run))
    if not words or begun or run.state is RunState.UNTOUCHED:
        return False
    plan = replace(plan_of(run), to_suspend=words)
    if request.suspended(plan):
        return False
    yield ProblemFound(problem=held_back(plan))
    return True


def _is_down(session: Session, run: Run) -> bool:
    """Whether a server that ran before does not."""
    return any(one.ran and not session.facts[one.server].running for one in formers_of(run))


def _taken_back(request: Request, session: Session, run: Run) -> Generator[Event, None, bool]:
    """Take away what was staged; no server was stopped, and none is."""
    formers = formers_of(run)
    confs = {former.server: former.service.conf_file for former in formers}
    with Journal(run.journal_file, request.clock) as journal:
        with locked_servers(request, session, run.id, confs, going_back=True):
            journal.write(Kind.AFRESH)
            whole = yield from put_back(run.id, formers, session, journal, stop_first=False)
        journal.write(Kind.REVERTED if whole else Kind.STOPPED)
    if not whole:
        yield from half_way(run.id)
    return whole
