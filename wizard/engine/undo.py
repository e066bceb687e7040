"""Puts a recorded run back: every server of it, or none."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

from wizard.engine.events import Event, Result, Said
from wizard.engine.journal import Journal, Kind, read_journal
from wizard.engine.planned import connect, opened
from wizard.engine.putting_back import formers_of, put_back
from wizard.engine.request import Request
from wizard.engine.runs import OPEN, Run, only_wizard
from wizard.interview.answers import load, parse
from wizard.interview.secrets_file import load_secrets
from wizard.model.settings import Settings
from wizard.planning.plan import ChangeKind

_TOUCHING = (ChangeKind.STOP, ChangeKind.COMMIT, ChangeKind.START)


def undo(request: Request, run: Run) -> Generator[Event, None, Result]:
    """Stop every server of the run, put its files back, and start what ran before.

    Raises:
        JournalError: the run's records are damaged; nothing was touched.
        WizardError: another wizard works on this cluster, or an answer or secret is missing.
    """
    if run.state not in OPEN:
        yield Said(message=f"Nothing of run {run.id} is left to undo: it is {run.state}.")
        return Result.OK
    settings = request.settings or parse(load(run.answers_file))
    request = _with_secrets(request, settings, run)
    formers = formers_of(run)
    stop_first = _was_touched(run)
    with only_wizard(request.environ, run.cluster), opened(request, settings) as session:
        if not (yield from connect(session)):
            return Result.UNREACHABLE
        if request.cancel.is_set:
            return Result.INTERRUPTED
        with Journal(run.journal_file, request.clock) as journal:
            journal.write(Kind.UNDO_BEGUN)
            whole = yield from put_back(run.id, formers, session, journal, stop_first=stop_first)
            journal.write(Kind.UNDONE if whole else Kind.STOPPED)
    if not whole:
        return Result.STOPPED
    yield Said(message="Every server has its original files again.")
    return Result.OK


def _was_touched(run: Run) -> bool:
    """Whether the run went as far as stopping a server; before that, undo need not either."""
    intents = [
        str(record.values.get("change", ""))
        for record in read_journal(run.journal_file).records
        if record.kind == Kind.INTENT
    ]
    return any(change.partition(":")[0] in _TOUCHING for change in intents)


def _with_secrets(request: Request, settings: Settings, run: Run) -> Request:
    """Take the secrets file that the run's answers name, unless secrets were given."""
    given = request.secrets
    if given.common or given.by_server or settings.secrets_file is None:
        return request
    path = run.folder / Path(settings.secrets_file).expanduser()
    return replace(request, secrets=load_secrets(path))
