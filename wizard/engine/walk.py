"""The commands as whole streams of events: from Started to Finished, whatever happens between.

Every front end reads these; an error a person can act on becomes a problem and an exit code.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import replace

from wizard.engine.changes.applying import apply_plan
from wizard.engine.changes.putting_back import problem_from
from wizard.engine.events import (
    EXIT_CODES,
    Event,
    Finished,
    ProblemFound,
    Result,
    Said,
    Started,
)
from wizard.engine.making.bringing import material_of
from wizard.engine.papers.chronicle import Chronicle, chronicled
from wizard.engine.planned import (
    approval_told,
    connect,
    is_blocked,
    opened,
    plan_events,
    plan_from,
    settings_of,
)
from wizard.engine.proving.verify import known_of, verify
from wizard.engine.records.runs import Run, all_runs, new_run_id, run_to_resume, run_to_undo
from wizard.engine.request import Request
from wizard.engine.returning.interrupted import as_it_stands
from wizard.engine.returning.resume import resume
from wizard.engine.returning.resume_elsewhere import resume_from_servers
from wizard.engine.returning.undo import undo, undo_from_servers
from wizard.errors import WizardError
from wizard.planning.plan import RUN

Find = Callable[[Mapping[str, str], str | None, str | None], Run | None]
Body = Callable[[], Generator[Event, None, Result]]

_RESULTS = {code: result for result, code in EXIT_CODES.items()}


def plan_walk(request: Request) -> Iterator[Event]:
    """Say what would change, server by server; nothing is written anywhere.

    No event has a time, and the run is called RUN, so that equal answers give equal events.
    """

    def body() -> Generator[Event, None, Result]:
        settings = settings_of(request)
        material = material_of(request, settings)
        with opened(request, settings) as session:
            if not (yield from connect(session)):
                return Result.UNREACHABLE
            plan = plan_from(request, session, material)
        request.keep_plan(plan)
        yield from plan_events(plan)
        yield from approval_told(plan)
        return Result.PROBLEMS if is_blocked(plan) else Result.OK

    yield from _whole("plan", RUN, body)


def apply_walk(request: Request) -> Iterator[Event]:
    """Encrypt the cluster and prove it, or put every server back."""
    run = new_run_id(request.clock())

    def body() -> Generator[Event, None, Result]:
        with opened(request, settings_of(request)) as session:
            return (yield from apply_plan(request, session, run))

    yield from _timed(request, _whole("apply", run, body))


def verify_walk(request: Request) -> Iterator[Event]:
    """Probe every cluster port and read the logs; nothing is changed."""

    def body() -> Generator[Event, None, Result]:
        settings = settings_of(request)
        chronicle = Chronicle("verify", settings)
        with opened(request, settings) as session:
            result = yield from chronicled(chronicle, verify(request, session))
        known, _damaged = known_of(request, session.facts.values())
        run = known.run
        request.keep_outcome(
            chronicle.outcome(
                result, run=run.id if run else None, folder=run.folder if run else None
            )
        )
        return result

    yield from _timed(request, _whole("verify", None, body))


def undo_walk(request: Request) -> Iterator[Event]:
    """Put every server of a run back; without one there is nothing to do, and that is fine."""
    cluster = request.settings.cluster if request.settings else None

    def body() -> Generator[Event, None, Result]:
        if request.from_servers:
            return (yield from undo_from_servers(request))
        run = run_to_undo(request.environ, request.run, cluster)
        if run is None:
            yield Said(message="There is nothing to undo.")
            return Result.OK
        yield Said(message=f"Undoing run {run.id} of the cluster {run.cluster}.")
        return (yield from as_it_stands(run, undo(request, run)))

    named = request.run if request.from_servers else _named(request, cluster, run_to_undo)
    yield from _timed(request, _whole("undo", named, body))


def resume_walk(request: Request) -> Iterator[Event]:
    """Bring a run that was cut off to its end; without one there is nothing to do."""
    cluster = request.settings.cluster if request.settings else None

    def body() -> Generator[Event, None, Result]:
        if request.from_servers:
            return (yield from resume_from_servers(request))
        run = run_to_resume(request.environ, request.run, cluster)
        if run is None:
            yield Said(message="There is nothing to resume.")
            return Result.OK
        yield Said(message=f"Going on with run {run.id} of the cluster {run.cluster}.")
        return (yield from as_it_stands(run, resume(request, run)))

    named = request.run if request.from_servers else _named(request, cluster, run_to_resume)
    yield from _timed(request, _whole("resume", named, body))


def runs_walk(request: Request) -> Iterator[Event]:
    """List the runs of this workstation, oldest first."""

    def body() -> Generator[Event, None, Result]:
        runs = all_runs(request.environ)
        for run in runs:
            yield Said(message=f"{run.id}  {run.cluster}  {run.state}")
        if not runs:
            yield Said(message="There are no runs on this workstation yet.")
        return Result.OK

    yield from _timed(request, _whole("runs", None, body))


def _whole(command: str, run: str | None, body: Body) -> Iterator[Event]:
    """Frame a command: Started first, Finished last, an error as a problem before it."""
    yield Started(command=command, run=run)
    try:
        result = yield from body()
    except WizardError as error:
        yield ProblemFound(problem=problem_from(error))
        result = _RESULTS.get(error.exit_code, Result.REFUSED)
    yield Finished(result=result, exit_code=EXIT_CODES[result])


def _timed(request: Request, events: Iterator[Event]) -> Iterator[Event]:
    for event in events:
        yield event if event.at is not None else replace(event, at=request.clock())


def _named(request: Request, cluster: str | None, find: Find) -> str | None:
    """Return the id of the run that is meant where it can be told; the body says why it can't."""
    try:
        run = find(request.environ, request.run, cluster)
    except WizardError:
        return None
    return run.id if run else None
