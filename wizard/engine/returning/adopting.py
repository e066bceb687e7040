"""Finds a run of another workstation on its servers, and begins records of it here.

Nothing a server tells of paths is used: where things are, the survey says, and what a manifest
says has to agree with it. Which servers belong together, and which of them ran, all have to tell
alike: one server put back alone could not talk to the others.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from wizard.engine.parallel import together
from wizard.engine.places import make_private_folder, runs_directory, sync_folder, write_private
from wizard.engine.planned import settings_of
from wizard.engine.prepared import Sent
from wizard.engine.records.journal import Journal, Kind
from wizard.engine.records.keeping import THE_RUN, keeping
from wizard.engine.records.recorded import Leaf, write_leaves
from wizard.engine.records.runs import Run, open_run
from wizard.engine.request import Request
from wizard.engine.session import Session
from wizard.errors import RemoteError, UnreachableError, UsageError
from wizard.model.facts import ServerFacts
from wizard.model.settings import Settings
from wizard.model.text import shown
from wizard.remote.run_folders import RunFolder, run_folders

Folders = Mapping[str, RunFolder]
"""One run, by the servers that tell of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was found of a run: all its servers, and the folders of those that have one."""

    run: str
    members: Mapping[str, bool]
    folders: Folders


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the records of a run are begun with.

    Attributes:
        plan: as JSON takes it; for undo its servers are enough.
        leaves: by server, the leaf that it got; sent: by server, hashes of what it got.
    """

    plan: Mapping[str, object]
    leaves: Mapping[str, Leaf] = field(default_factory=dict)
    sent: Sent = field(default_factory=dict)


def run_on_servers(
    request: Request, session: Session, known: Callable[[Told], Known] | None = None
) -> Run | None:
    """Return the run that the servers tell of, with records of it here; None if there is none.

    Args:
        request: with the answers, and the run's id where a person named one.
        session: an open one that has surveyed.
        known: returns what a run that is not recorded here is to be recorded with; by default
            what undo needs.

    Raises:
        UsageError: they tell of several and none was named, or what they tell does not fit the
            answers or one another; nothing was changed.
        UnreachableError: a server could not be looked at.
        JournalError: the records can't be kept.
    """
    found = _runs(session)
    if request.run is not None:
        found = {run: folders for run, folders in found.items() if run == request.run}
    if not found:
        return None
    if len(found) > 1:
        raise UsageError(
            f"The servers have the way back of several runs: {', '.join(sorted(found))}.",
            hint="Name the one you mean after the answers, the last one first.",
            code="run-unknown",
        )
    ((run, folders),) = found.items()
    members = _members(run, folders)
    _fits(request, session, run, folders, members)
    place = runs_directory(request.environ) / run
    if not (place / "journal.jsonl").exists():
        told = Told(run=run, members=members, folders=folders)
        _adopt(request, place, known(told) if known else _for_undo(session, told))
    return open_run(place)


def _runs(session: Session) -> Mapping[str, Folders]:
    """Ask every server; return what each run's servers tell of it."""
    looked = together(
        session.facts,
        lambda name: session.held(name, lambda: run_folders(session.connections[name])),
    )
    if (error := looked.first_error()) is not None:
        if isinstance(error, RemoteError):
            raise UnreachableError(error.server, error.message, hint=error.hint, code=error.code)
        raise error
    runs: dict[str, dict[str, RunFolder]] = {}
    for name, folders in looked.answers.items():
        for folder in folders:
            runs.setdefault(folder.run, {})[name] = folder
    return runs


def _members(run: str, folders: Folders) -> Mapping[str, bool]:
    """Return the servers of a run and whether each ran before, as all of them tell it."""
    first, *others = (folders[name] for name in sorted(folders))
    for other in others:
        if other.members != first.members:
            raise _unfit(
                f"{first.server} and {other.server} do not tell the same of the run {run}:"
                " which servers belong to it, and which of them ran."
            )
    return first.members


def _fits(
    request: Request, session: Session, run: str, folders: Folders, members: Mapping[str, bool]
) -> None:
    """Refuse a run that these answers do not wholly describe."""
    fits_answers(settings_of(request), run, members)
    for name, facts in sorted(session.facts.items()):
        told = folders.get(name)
        if told is None and names_run(facts, run):
            raise _unfit(
                f"neo4j.conf on {name} is of the run {run}, but its way back is not there."
            )
        if told is not None and (told.home, told.conf_file) != (facts.home, facts.conf_file):
            raise _unfit(
                f"The run {run} changed {shown(told.conf_file, 200)} on {name}, and the answers"
                f" lead to {shown(facts.conf_file, 200)}."
            )


def fits_answers(settings: Settings, run: str, members: Collection[str]) -> None:
    """Make sure that the answers name the servers of a run, all of them and no other.

    Raises:
        UsageError: they do not; nothing was changed.
    """
    named = {server.name for server in settings.servers}
    if more := sorted(set(members) - named):
        raise _unfit(
            f"The run {run} changed {', '.join(more)}, too, and the answers do not name it; put"
            " back without it, the others could not talk to it."
        )
    if more := sorted(named - set(members)):
        raise _unfit(f"The answers name {', '.join(more)}, which is not of the run {run}.")


def names_run(facts: ServerFacts, run: str) -> bool:
    """Whether the present neo4j.conf of a server is that of a run."""
    return f"cluster-{run}".encode() in facts.conf


def _unfit(message: str) -> UsageError:
    return UsageError(
        message,
        hint="Nothing was changed. Use the answers the run was made from.",
        code="run-does-not-fit",
    )


def _adopt(request: Request, place: Path, known: Known) -> None:
    """Write down what is known; a folder that is there, is whole."""
    draft = place.with_name(f".{place.name}")
    with keeping(THE_RUN):
        make_private_folder(place.parent)
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir(mode=0o700)
        plan = json.dumps(known.plan, indent=1, sort_keys=True, default=str, ensure_ascii=True)
        write_private(draft / "plan.json", plan.encode() + b"\n")
        write_private(draft / "answers.toml", request.answers_toml.encode())
        write_leaves(draft, known.leaves)
        with Journal(draft / "journal.jsonl", request.clock) as journal:
            write = partial(journal.write, run=place.name)
            write(Kind.BEGUN, cluster=settings_of(request).cluster)
            write(Kind.ADOPTED)
            if known.sent:
                prints = {name: leaf.fingerprint for name, leaf in known.leaves.items()}
                write(Kind.MATERIAL, fingerprints=prints, sent=known.sent)
        draft.rename(place)
        sync_folder(place.parent)


def _for_undo(session: Session, told: Told) -> Known:
    """Return what undo needs to know."""
    servers = [
        _server(session.facts[name], ran=told.members[name]) for name in sorted(told.members)
    ]
    return Known(plan={"run": told.run, "servers": servers})


def _server(facts: ServerFacts, *, ran: bool) -> dict[str, object]:
    """Return what undo needs to know of a server."""
    return {
        "server": facts.server,
        "service": facts.service,
        "expands_commands": facts.expands_commands,
        "home": facts.home,
        "conf_file": facts.conf_file,
        "logs": facts.logs,
        "neo4j_log": facts.neo4j_log,
        "running": ran,
    }
