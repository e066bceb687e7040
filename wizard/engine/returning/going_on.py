"""Goes on with a run whose way ahead is open, from what is observed on its servers."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from datetime import timedelta

from wizard.engine.changes.carrying import carried_through
from wizard.engine.changes.ending import half_way
from wizard.engine.events import Event, ProblemFound, Result, Said
from wizard.engine.papers.chronicle import Chronicle
from wizard.engine.prepared import from_records
from wizard.engine.records.course import Course, Entry, course_of
from wizard.engine.records.journal import Journal, Kind, read_journal
from wizard.engine.records.plan_records import moved, plan_of, staged_lost
from wizard.engine.records.recorded import authority_of, leaves_of
from wizard.engine.records.runs import Run
from wizard.engine.request import Request
from wizard.engine.returning.sighting import Stand, Way, sight, way_of
from wizard.engine.session import Session
from wizard.model.problems import Problem, Severity
from wizard.planning.plan import Plan

ENOUGH = timedelta(days=7)
"""A leaf that ends sooner is not put to use: the run has waited for too long."""


class Afresh(Exception):  # noqa: N818 - it leaves a block, it is no error of its own
    """What the run had made is lost: it is to be put back, and made anew."""


def go_on(
    request: Request, session: Session, run: Run, chronicle: Chronicle
) -> Generator[Event, None, Result]:
    """Do what is left of a run, prove it, and leave its papers.

    Args:
        request: the command.
        session: an open one that has surveyed.
        run: one that goes ahead; the workstation's lock is held.
        chronicle: has heard what was told so far.

    Raises:
        Afresh: nothing was stopped yet, and a server lacks what only this run could have given it.
        JournalError: the records are damaged; nothing was touched.
    """
    plan, reading = plan_of(run), read_journal(run.journal_file)
    course = course_of(reading)
    if Kind.MATERIAL not in reading.kinds() and not (course.stop_begun or course.adopted):
        raise Afresh  # it was cut off before anything was made, and again when taken up
    authority, without = authority_of(run, request.secrets)
    prepared = from_records(plan, reading, session, authority, request.clock())
    stands = sight(session, prepared)
    way, entry = way_of(course, stands)
    if way is Way.AFRESH:
        raise Afresh
    found = [*_closed(run, plan, stands, way), *_outlived(request, session, run, plan)]
    if found:
        yield from map(_told, found)
        return (yield from _only_undo(run, course))
    yield from _begun(stands, entry, without if authority is None else "")
    request.cancel.check()
    with Journal(run.journal_file, request.clock) as journal:
        journal.write(Kind.RESUMED)
        return (
            yield from carried_through(
                request,
                session,
                plan,
                prepared,
                journal=journal,
                chronicle=chronicle,
                folder=run.folder,
                entry=entry,
                in_outage=course.stop_begun,
            )
        )


def _begun(stands: Mapping[str, Stand], entry: Entry, without: str) -> Generator[Event, None, None]:
    committed = sorted(name for name, one in stands.items() if one is Stand.COMMITTED)
    if entry is Entry.START:
        yield Said(
            message="Every server has its changed neo4j.conf; they are started now, and proved."
        )
    else:
        have = f"; neo4j.conf is changed already on {', '.join(committed)}" if committed else ""
        yield Said(message=f"Everything is staged as it was sent, on {len(stands)} servers{have}.")
    if without:
        yield Said(message=f"Our own certificate will not be tested: {without}.")


def _closed(
    run: Run, plan: Plan, stands: Mapping[str, Stand], way: Way
) -> Generator[Problem, None, None]:
    """Name what keeps the run from going on, server by server."""
    if way is not Way.CLOSED:
        return
    for one in plan.servers:
        stand = stands[one.server]
        if stand is Stand.MOVED:
            yield moved(run, one)
        elif stand in (Stand.APART, Stand.BROKEN):
            yield staged_lost(run, one.server)


def _outlived(
    request: Request, session: Session, run: Run, plan: Plan
) -> Generator[Problem, None, None]:
    """Name what has changed since the run was made, so that its plan holds no more."""
    back = f"Take it back with `neo4j-tls undo {run.id}`, then apply anew."
    for one in plan.servers:
        version = session.facts[one.server].version
        if version != one.version:
            yield Problem(
                code="version-changed",
                severity=Severity.ERROR,
                message=f"{one.server} has Neo4j {version} now; the run {run.id} was made for"
                f" {one.version}.",
                hint=back,
                server=one.server,
            )
    ends = min(leaf.not_after for leaf in leaves_of(run).values())
    if ends - request.clock() < ENOUGH:
        yield Problem(
            code="expiry-near",
            severity=Severity.ERROR,
            message=f"A certificate of the run {run.id} ends on {ends:%Y-%m-%d}.",
            hint=back,
        )


def _only_undo(run: Run, course: Course) -> Generator[Event, None, Result]:
    if not (course.stop_begun or course.adopted):
        yield Said(message="Nothing that runs was changed.")
        return Result.PROBLEMS
    yield from half_way(run.id)
    return Result.STOPPED


def _told(problem: Problem) -> ProblemFound:
    return ProblemFound(problem=problem)
