"""What an interruption leaves: a run that stood half-way before still does, and that is told."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress

from wizard.engine.changes.ending import half_way
from wizard.engine.changes.putting_back import formers_of
from wizard.engine.events import Event, Result
from wizard.engine.records.runs import Run, RunState, open_run
from wizard.engine.returning.adopting import names_run
from wizard.engine.session import Session
from wizard.errors import CancelledError, JournalError


def as_it_stands(
    run: Run, work: Generator[Event, None, Result], session: Session | None = None
) -> Generator[Event, None, Result]:
    """Do work on a run; interrupted before it began, a run that stood half-way still does.

    Args:
        run: the run that is taken up.
        work: what is done with it.
        session: one that has surveyed, where only the servers tell how far the run had come.

    Raises:
        CancelledError: it was interrupted, and nothing is half-done.
    """
    try:
        result = yield from work
    except CancelledError:
        if not _is_half_way(run, session):
            raise
        result = Result.INTERRUPTED
    if result is Result.INTERRUPTED and _is_half_way(run, session):
        yield from half_way(run.id)
        return Result.STOPPED
    return result


def _is_half_way(run: Run, session: Session | None) -> bool:
    """Whether a run is neither whole nor back, by its records and by what was surveyed."""
    if open_run(run.folder).state is not RunState.UNFINISHED:
        return False
    return session is None or not _is_whole(run, session)


def _is_whole(run: Run, session: Session) -> bool:
    """Whether every server has the neo4j.conf of a run, and runs where it ran before."""
    with suppress(JournalError, KeyError):
        return all(
            names_run(session.facts[one.server], run.id)
            and (session.facts[one.server].running or not one.ran)
            for one in formers_of(run)
        )
    return False
