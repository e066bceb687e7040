"""Takes up a run of another workstation where its servers have everything it needs to go ahead.

The plan is made once more, from the answers and from what the servers were before the run, and has
to come to the very same: the same files, folders and neo4j.conf. What was made is known by the
hashes that the servers tell.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Generator, Mapping
from dataclasses import replace

from wizard.engine.changes.putting_back import problem_from
from wizard.engine.events import Event, ProblemFound, Result, Said
from wizard.engine.making.bringing import material_of
from wizard.engine.parallel import together
from wizard.engine.planned import connect, opened, settings_of
from wizard.engine.records.course import course_of
from wizard.engine.records.journal import read_journal
from wizard.engine.records.recorded import Leaf
from wizard.engine.records.runs import run_to_resume
from wizard.engine.request import Request
from wizard.engine.returning.adopting import Known, Told, names_run, run_on_servers
from wizard.engine.returning.interrupted import as_it_stands
from wizard.engine.returning.nothing_found import nothing_found
from wizard.engine.returning.resume import resume
from wizard.engine.session import Session
from wizard.errors import AnswerError, BlockedError
from wizard.model.facts import ServerFacts
from wizard.model.settings import Settings, TrustModel
from wizard.pki.supply.supplied import Material
from wizard.planning.plan import FileRole, Plan, ServerPlan
from wizard.planning.planner import make_plan, with_run
from wizard.remote.run_folders import RunFolder, original_conf


class OnlyUndoError(BlockedError):
    """The way ahead is closed from this workstation.

    Args:
        told: the run.
        message: one full sentence saying why.
        code: the stable problem code.
        instead: what would open it, as a full sentence.
    """

    def __init__(self, told: Told, message: str, code: str, instead: str = "") -> None:
        back = f"Put every server back with `neo4j-tls undo --answers FILE {told.run}`."
        super().__init__(message, hint=f"{instead} {back}".strip(), code=code)
        self.told = told


class _NothingLeft(Exception):  # noqa: N818 - it leaves a block, it is no error of its own
    """The run has come to its end, as far as its servers show."""


def resume_from_servers(request: Request) -> Generator[Event, None, Result]:
    """Go on with the run that the servers tell of; it may be another workstation's.

    Raises:
        WizardError: as for `resume`, and where what the servers tell does not fit the answers.
    """
    settings = settings_of(request)
    with opened(request, settings) as session:
        if not (yield from connect(session)):
            return Result.UNREACHABLE
        session.survey()
        try:
            run = run_on_servers(request, session, lambda told: _known(request, session, told))
        except OnlyUndoError as error:
            yield ProblemFound(problem=problem_from(error))
            return Result.STOPPED if _touched(session, error.told) else Result.PROBLEMS
        except _NothingLeft:
            yield Said(
                message="Every server runs with its changed neo4j.conf, so nothing is left to do;"
                " `neo4j-tls verify` proves it."
            )
            return Result.OK
        if run is None:
            run = run_to_resume(request.environ, request.run, settings.cluster)
        if run is None:
            return (yield from nothing_found(request, session, "resume"))
        yield Said(message=f"Going on with run {run.id} of the cluster {run.cluster}.")
        if course_of(read_journal(run.journal_file)).adopted:
            yield Said(
                message="It was begun on another workstation: which certificates were made is known"
                " by each server's own word."
            )
        going_on = resume(replace(request, session=session), run)
        return (yield from as_it_stands(run, going_on, session))


def _known(request: Request, session: Session, told: Told) -> Known:
    """Return the whole plan of a run, and what was made for it.

    Raises:
        OnlyUndoError: it can't be known, or a server lacks something.
    """
    _all_there(session, told)
    settings = settings_of(request)
    material = _brought(request, settings, told)
    facts = tuple(_as_before(session, told))
    plan = with_run(make_plan(settings, facts, material=material), told.run)
    blocked = [problem.message for problem in plan.problems if problem.blocks]
    if blocked or not all(_is_same(one, told.folders.get(one.server)) for one in plan.servers):
        raise OnlyUndoError(
            told,
            blocked[0]
            if blocked
            else f"The run {told.run} was made from other answers, or the servers have changed.",
            "answers-changed",
        )
    _same_brought(told, plan)
    return _recorded(told, plan)


def _brought(request: Request, settings: Settings, told: Told) -> Material | None:
    """Read the certificates that the answers name, where the run uses such.

    Raises:
        OnlyUndoError: they are not to be had here.
    """
    if settings.trust is TrustModel.REQUEST:
        raise OnlyUndoError(
            told,
            f"The keys and requests of the run {told.run} are kept on another workstation.",
            "answers-changed",
            "Go on with it there.",
        )
    try:
        return material_of(request, settings)
    except AnswerError as error:
        message = f"The run {told.run} uses certificates that were brought: {error.message}"
        raise OnlyUndoError(told, message, error.code, _BRING) from error


def _same_brought(told: Told, plan: Plan) -> None:
    """Refuse where what the answers bring is not what was put on the servers."""
    for one in plan.servers:
        if one.brought and one.brought.fingerprint != told.folders[one.server].fingerprint:
            raise OnlyUndoError(
                told,
                f"{one.brought.file} is not the certificate that the run {told.run} has put on"
                f" {one.server}.",
                "material-changed",
                _BRING,
            )


_BRING = (
    "Bring the very keys and certificates that the run was begun with, and name them in the"
    " answers (trust.material)."
)


def _all_there(session: Session, told: Told) -> None:
    """Refuse where a server has nothing of the run, or a neo4j.conf that is of nobody."""
    committed = 0
    for name in sorted(told.members):
        folder = told.folders.get(name)
        if folder is None:
            words = f"{name} has nothing of the run {told.run}, or not any more."
            raise OnlyUndoError(told, words, "staged-lost")
        digest = _digest(session.facts[name])
        if digest not in (folder.before, folder.after):
            words = f"neo4j.conf on {name} was edited after the run {told.run} had been prepared."
            raise OnlyUndoError(told, words, "conf-changed")
        committed += digest == folder.after and session.facts[name].running
    if committed == len(told.members):
        raise _NothingLeft


def _as_before(session: Session, told: Told) -> list[ServerFacts]:
    """Return what the servers were before the run."""
    changed = [
        n for n, folder in told.folders.items() if _digest(session.facts[n]) != folder.before
    ]
    originals = together(
        changed,
        lambda name: session.held(
            name, lambda: original_conf(session.connections[name], told.folders[name])
        ),
    )
    if (error := originals.first_error()) is not None:
        raise OnlyUndoError(told, error.message, error.code) from error
    return [
        replace(
            facts,
            conf=originals.answers.get(name, facts.conf),
            running=told.members[name],
        )
        for name, facts in session.facts.items()
    ]


def _is_same(one: ServerPlan, folder: RunFolder | None) -> bool:
    files = {file.path for file in one.files if file.role is not FileRole.DIRECTORY}
    return (
        folder is not None
        and files == set(folder.sent)
        and one.base_directory == folder.base_directory
        and one.conf_sha256 == folder.before
    )


def _recorded(told: Told, plan: Plan) -> Known:
    folders = told.folders
    sent: Mapping[str, Mapping[str, object]] = {
        name: {"conf": one.after, "files": dict(one.sent)} for name, one in folders.items()
    }
    leaves = {
        name: Leaf(fingerprint=one.fingerprint, not_after=one.not_after)
        for name, one in folders.items()
    }
    return Known(plan=dataclasses.asdict(plan), leaves=leaves, sent=sent)


def _touched(session: Session, told: Told) -> bool:
    """Whether a server stands or runs otherwise than before the run."""
    return any(
        names_run(session.facts[name], told.run) or (ran and not session.facts[name].running)
        for name, ran in told.members.items()
    )


def _digest(facts: ServerFacts) -> str:
    return hashlib.sha256(facts.conf).hexdigest()
