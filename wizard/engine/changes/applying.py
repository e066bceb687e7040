"""The whole of an apply around its changes: plan, yes, records, changes, papers."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

from wizard.engine.changes.carrying import carried_through
from wizard.engine.events import Event, ProblemFound, Result, Said
from wizard.engine.login.gate import NOT_PROVED, PROVED
from wizard.engine.making.bringing import material_of
from wizard.engine.making.checking import check_made
from wizard.engine.making.key_progress import in_sight
from wizard.engine.making.made import CA_PASSWORD, Made, keep_made, make
from wizard.engine.making.waiting import make_requests, waiting_room, waiting_words
from wizard.engine.papers.chronicle import Chronicle, chronicled
from wizard.engine.planned import connect, is_blocked, plan_events, plan_from, settings_of
from wizard.engine.prepared import Prepared, from_made, hashes_of
from wizard.engine.records.journal import Journal, Kind
from wizard.engine.records.keeping import THE_RUN, keeping
from wizard.engine.records.plan_records import left_standing, staged_lost
from wizard.engine.records.recorded import write_identities
from wizard.engine.records.runs import (
    Run,
    make_run_folder,
    only_wizard,
    record_start,
    run_that_waits,
)
from wizard.engine.request import Request
from wizard.engine.returning.going_on import Afresh, go_on
from wizard.engine.session import Session
from wizard.model.problems import Problem, Severity
from wizard.pki.supply.supplied import Material
from wizard.planning.approval import departure
from wizard.planning.keeping import held_back
from wizard.planning.outside import NOT_REQUESTED, waits_for_requests
from wizard.planning.plan import Plan
from wizard.planning.planner import with_run
from wizard.planning.rescue import rescue_sentences


def apply_plan(request: Request, session: Session, run: str) -> Generator[Event, None, Result]:
    """Plan, ask once, and carry it out; before the yes nothing is written anywhere.

    Raises:
        WizardError: something was wrong before the first change; nothing was changed.
    """
    settings = settings_of(request)
    chronicle = Chronicle("apply", settings)
    material = material_of(request, settings)
    if not (yield from connect(session)):
        return Result.UNREACHABLE
    planned = plan_from(request, session, material)
    plan = with_run(planned, run)
    if waits_for_requests(plan):
        return (yield from _requested(request, plan, chronicle))
    yield from chronicled(chronicle, _shown(plan))
    waiting = run_that_waits(request.environ, plan.settings.cluster)
    if (yield from _hindered(request, planned, waiting)):
        return Result.PROBLEMS
    if not plan.changes:
        yield Said(message="Everything is in place already: 0 changes.")
        request.keep_outcome(chronicle.outcome(Result.OK))
        return Result.OK
    if not (yield from _agreed(request, plan)):
        return Result.INTERRUPTED
    with only_wizard(request.environ, plan.settings.cluster):
        work = (
            _carried_out(request, session, plan, chronicle, material)
            if waiting is None
            else _gone_on(request, session, waiting, chronicle)
        )
        return (yield from work)


def _agreed(request: Request, plan: Plan) -> Generator[Event, None, bool]:
    """Ask for the one yes."""
    request.cancel.check()
    agreed = request.confirm(plan)
    if not agreed:
        yield Said(message="Nothing was changed.")
    request.cancel.check()
    return agreed


def _gone_on(
    request: Request, session: Session, waiting: Run, chronicle: Chronicle
) -> Generator[Event, None, Result]:
    """Do the rest of what was staged before, from these very answers."""
    yield Said(message=f"Run {waiting.id} has staged this already; going on with it.")
    try:
        return (yield from go_on(request, session, waiting, chronicle))
    except Afresh:
        yield ProblemFound(problem=staged_lost(waiting))
        return Result.PROBLEMS


def _hindered(request: Request, plan: Plan, waiting: Run | None) -> Generator[Event, None, bool]:
    """Tell what keeps this plan from being carried out; with nothing to change, nothing does."""
    blocked = is_blocked(plan)
    departed = request.approved and departure(request.approved, plan)
    if departed and (blocked or plan.changes):
        yield ProblemFound(problem=departed)
        return True
    standing = left_standing(waiting, plan) if waiting is not None and plan.changes else None
    if standing is not None:
        yield ProblemFound(problem=standing)
    kept = _kept(request, plan) and not blocked
    if kept:
        yield ProblemFound(problem=held_back(plan))
    return blocked or kept or standing is not None


def _kept(request: Request, plan: Plan) -> bool:
    """Whether something may meddle that nobody has suspended; staging alone stops no server."""
    return bool(plan.to_suspend) and not request.until_staged and not request.suspended(plan)


def _shown(plan: Plan) -> Generator[Event, None, Result]:
    yield from plan_events(plan)
    if plan.changes and not any(p.code in (PROVED, NOT_PROVED) for p in plan.problems):
        yield ProblemFound(problem=_HEALTH)
    return Result.OK


def _requested(
    request: Request, plan: Plan, chronicle: Chronicle
) -> Generator[Event, None, Result]:
    """Make the requests that are missing; no server is changed, and so nothing is asked."""
    request.cancel.check()
    rest = replace(plan, problems=tuple(p for p in plan.problems if p.code != NOT_REQUESTED))
    yield from chronicled(chronicle, _shown(rest))
    room = waiting_room(request.environ, plan.settings.cluster)
    with only_wizard(request.environ, plan.settings.cluster):
        made = yield from in_sight(
            request,
            [one.server for one in plan.servers if not room.has_request(one.server)],
            plan.settings.algorithm,
            lambda told: make_requests(plan, request.secrets, request.environ, told),
        )
    yield from map(_said, waiting_words(room, made))
    return Result.OK


def _carried_out(
    request: Request,
    session: Session,
    plan: Plan,
    chronicle: Chronicle,
    material: Material | None,
) -> Generator[Event, None, Result]:
    now = request.clock()
    yield from map(_said, rescue_sentences(plan))
    yield Said(
        message="Making the keys and the certificates."
        if material is None
        else "Writing the keys and the certificates anew, as Neo4j loads them."
    )
    made = yield from in_sight(
        request,
        [one.server for one in plan.servers],
        plan.settings.algorithm,
        lambda told: make(plan, session.facts, request.secrets, now, told, brought=material),
    )
    check_made(plan, made, now)
    prepared = from_made(plan, made, session, now)
    journal, folder, authority_folder = _recorded(request, plan, made, prepared)
    with journal:
        if authority_folder and made.ca_password_generated:
            yield from chronicled(chronicle, _password_note(authority_folder / CA_PASSWORD))
        return (
            yield from carried_through(
                request,
                session,
                plan,
                prepared,
                journal=journal,
                chronicle=chronicle,
                folder=folder,
            )
        )


def _recorded(
    request: Request, plan: Plan, made: Made, prepared: Prepared
) -> tuple[Journal, Path, Path | None]:
    """Write down everything that has to outlive this process, before a server is touched."""
    with keeping(THE_RUN):
        folder = make_run_folder(request.environ, plan.run)
        authority_folder = keep_made(made, plan, folder)
        write_identities(folder, made)
        journal = record_start(
            folder,
            cluster=plan.settings.cluster,
            answers_toml=request.answers_toml,
            plan=dataclasses.asdict(plan),
            clock=request.clock,
        )
        journal.write(Kind.MATERIAL, fingerprints=prepared.leaves, sent=hashes_of(prepared))
    return journal, folder, authority_folder


def _said(message: str) -> Said:
    return Said(message=message)


def _password_note(place: Path) -> Generator[Event, None, Result]:
    yield ProblemFound(
        problem=Problem(
            code="ca-password-generated",
            severity=Severity.NOTE,
            message=f"A password for the certificate authority's key was generated; it is in"
            f" {place}.",
            hint="Move it into your password safe, and delete the file.",
        )
    )
    return Result.OK


_HEALTH = Problem(
    code=NOT_PROVED,
    severity=Severity.NOTE,
    message="Nobody asked Neo4j itself whether the cluster is healthy before the change.",
    hint="Look at SHOW SERVERS first, and take a backup. With `[neo4j_login]` in the answers the"
    " wizard asks Neo4j itself.",
)
