"""Puts a recorded run back: every server of it, or none."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path

from wizard.engine.changes.ending import half_way
from wizard.engine.changes.putting_back import Former, formers_of, put_back
from wizard.engine.changes.server_locks import locked_servers
from wizard.engine.events import Event, Result, Said
from wizard.engine.planned import connect, opened, settings_of
from wizard.engine.records.course import Course, Direction, course_of
from wizard.engine.records.journal import Journal, Kind, read_journal
from wizard.engine.records.runs import OPEN, Run, only_wizard, run_to_undo
from wizard.engine.request import Request
from wizard.engine.returning.adopting import fits_answers, names_run, run_on_servers
from wizard.engine.returning.interrupted import as_it_stands
from wizard.engine.returning.nothing_found import nothing_found
from wizard.engine.session import Session
from wizard.interview.answers import load, parse, to_toml
from wizard.interview.secrets_file import load_secrets


def undo(request: Request, run: Run) -> Generator[Event, None, Result]:
    """Stop every server of the run, put its files back, and start what ran before.

    Raises:
        JournalError: the run's records are damaged; nothing was touched.
        WizardError: another wizard works on this cluster, or an answer or secret is missing.
    """
    if run.state not in OPEN:
        yield Said(message=f"Nothing of run {run.id} is left to undo: it is {run.state}.")
        return Result.OK
    return (yield from put_run_back(recorded_request(request, run), run, Direction.UNDOING))


def put_run_back(
    request: Request, run: Run, direction: Direction
) -> Generator[Event, None, Result]:
    """Put every server of a run back; an apply that had failed stays one, also once it is back.

    Args:
        request: with the run's settings and secrets.
        run: what to put back.
        direction: UNDOING, or REVERTING where the run had turned back by itself.

    Raises:
        JournalError, WizardError: as for `undo`.
    """
    formers = formers_of(run)
    course = course_of(read_journal(run.journal_file))
    settings = settings_of(request)
    with only_wizard(request.environ, run.cluster), opened(request, settings) as session:
        if not (yield from connect(session)):
            return Result.UNREACHABLE
        if request.cancel.is_set:
            return Result.INTERRUPTED
        whole = yield from _to_its_end(
            _all_back(request, session, run, formers, replace(course, direction=direction))
        )
    if not whole:
        yield from half_way(run.id)
        return Result.STOPPED
    yield Said(message="Every server has its original files again.")
    return Result.OK if direction is Direction.UNDOING else Result.REVERTED


def _all_back(
    request: Request, session: Session, run: Run, formers: Sequence[Former], course: Course
) -> Generator[Event, None, bool]:
    """Put every server back, and write down whether all of them are as they were."""
    undoing = course.direction is Direction.UNDOING
    stop_first = course.stop_begun or (course.adopted and _touched(session, run.id, formers))
    confs = {former.server: former.service.conf_file for former in formers}
    # The last word is written when no lock is left on a server: it is the end of all work.
    with Journal(run.journal_file, request.clock) as journal:
        with locked_servers(request, session, run.id, confs, going_back=True):
            journal.write(Kind.UNDO_BEGUN if undoing else Kind.BACK_BEGUN)
            whole = yield from put_back(
                run.id,
                formers,
                session,
                journal,
                stop_first=stop_first,
                revive=course.adopted,
            )
        back = Kind.UNDONE if undoing else Kind.REVERTED
        journal.write(back if whole else Kind.STOPPED)
    return whole


def _to_its_end(work: Generator[Event, None, bool]) -> Generator[Event, None, bool]:
    """Tell what is done; once nobody listens any more, the rest of it is done all the same.

    Servers of which some are put back and others are not can't talk to each other.
    """
    while True:
        try:
            event = next(work)
        except StopIteration as end:
            return bool(end.value)
        try:
            yield event
        except GeneratorExit:
            for _unheard in work:
                pass
            raise


def undo_from_servers(request: Request) -> Generator[Event, None, Result]:
    """Put back the run that the servers tell of; it may be another workstation's.

    Where they tell of none, the last run of this workstation that is open may still have servers
    to start.

    Raises:
        WizardError: as for `undo`, and where what the servers tell does not fit the answers.
    """
    settings = settings_of(request)
    with opened(request, settings) as session:
        if not (yield from connect(session)):
            return Result.UNREACHABLE
        session.survey()
        run = run_on_servers(request, session)
        if run is None:
            run = run_to_undo(request.environ, request.run, settings.cluster)
            if run is not None:
                fits_answers(settings, run.id, {former.server for former in formers_of(run)})
        if run is None:
            return (yield from nothing_found(request, session, "undo"))
        yield Said(message=f"Undoing run {run.id} of the cluster {run.cluster}.")
        back = undo(replace(request, session=session), run)
        return (yield from as_it_stands(run, back, session))


def _touched(session: Session, run: str, formers: Sequence[Former]) -> bool:
    """Whether a server stands or runs otherwise than before the run, by its own looks."""
    facts = session.survey()
    return any(
        names_run(facts[one.server], run) or (one.ran and not facts[one.server].running)
        for one in formers
    )


def recorded_request(request: Request, run: Run) -> Request:
    """Return the request with the answers of a run, and the secrets file they name.

    What was given with the request itself comes first.

    Raises:
        AnswerError, SecretsError: the recorded answers or their secrets can't be read.
    """
    answers = load(run.answers_file)
    settings = request.settings or parse(answers)
    request = replace(
        request, settings=settings, answers_toml=request.answers_toml or to_toml(answers)
    )
    given = request.secrets
    if given.common or given.by_server or settings.secrets_file is None:
        return request
    path = run.folder / Path(settings.secrets_file).expanduser()
    return replace(request, secrets=load_secrets(path))
