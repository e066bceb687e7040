"""Carries a run through from any phase on, and leaves its papers: for apply and for resume."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from pathlib import Path

from wizard.engine.changes.apply import Apply
from wizard.engine.changes.downtime import measured
from wizard.engine.changes.ending import left, staged_only
from wizard.engine.changes.server_locks import NotLockedError, locked_servers
from wizard.engine.events import Event, Result
from wizard.engine.making.made import CA_CERTIFICATE, CA_FOLDER
from wizard.engine.papers.chronicle import Chronicle, chronicled
from wizard.engine.papers.outcome import ServerOutcome
from wizard.engine.prepared import Prepared
from wizard.engine.records.course import Entry
from wizard.engine.records.journal import Journal, Kind
from wizard.engine.records.recorded import leaves_of
from wizard.engine.records.runs import open_run
from wizard.engine.request import Request
from wizard.engine.session import Session
from wizard.errors import MaterialError
from wizard.pki.inspect import load_chain
from wizard.planning.plan import Plan
from wizard.planning.render import trusted_words


def carried_through(
    request: Request,
    session: Session,
    plan: Plan,
    prepared: Prepared,
    *,
    journal: Journal,
    chronicle: Chronicle,
    folder: Path,
    entry: Entry = Entry.STAGE,
    in_outage: bool = False,
) -> Generator[Event, None, Result]:
    """Make the changes that are left, prove them, and write down what it came to.

    Args:
        request: the command.
        session: an open one that has surveyed.
        plan: what to carry out, with its run's id.
        prepared: what goes to the servers.
        journal: the open journal of the run.
        chronicle: has heard what was told so far.
        folder: the run's, which holds its CA and the record of its leaves.
        entry: the first phase that is left.
        in_outage: whether servers were stopped before, so that nobody can tell for how long.
    """
    changes = _changes(request, session, plan, prepared, journal=journal, entry=entry)
    told = changes if in_outage else measured(plan, request.clock, changes)
    result = yield from chronicled(chronicle, told)
    if request.until_staged and entry is Entry.STAGE and result is Result.OK:
        yield from staged_only(plan.run)
        return result
    place = folder / CA_FOLDER
    outcome = chronicle.outcome(
        result,
        run=plan.run,
        folder=folder,
        servers=_servers(plan, folder),
        authority_not_after=_last_moment(place / CA_CERTIFICATE),
        authority_folder=place if place.is_dir() else None,
        stays_unencrypted=plan.stays_unencrypted,
        expected_s=plan.downtime_s,
        trusted=trusted_words(plan),
    )
    return (yield from left(request, outcome, folder))


def _changes(
    request: Request,
    session: Session,
    plan: Plan,
    prepared: Prepared,
    *,
    journal: Journal,
    entry: Entry,
) -> Generator[Event, None, Result]:
    """Make the changes while the servers are locked for everybody else."""
    if entry is Entry.STAGE:
        journal.write(Kind.LOCKING)
    confs = {one.server: one.conf_file for one in plan.servers}
    last_word: Kind | None = None
    try:
        with locked_servers(request, session, plan.run, confs):
            apply = Apply(request, session, plan, prepared, journal, entry=entry)
            try:
                return (yield from apply.run())
            finally:
                last_word = apply.last_word
    except NotLockedError:
        if entry is Entry.STAGE:
            last_word = Kind.REVERTED
        raise
    finally:
        if last_word is not None:
            journal.write(last_word)


def _servers(plan: Plan, folder: Path) -> tuple[ServerOutcome, ...]:
    leaves = leaves_of(open_run(folder))
    return tuple(
        ServerOutcome(
            server=one.server,
            address=one.address,
            fingerprint=leaves[one.server].fingerprint,
            not_after=leaves[one.server].not_after,
        )
        for one in plan.servers
    )


def _last_moment(certificate: Path) -> datetime | None:
    try:
        return load_chain(certificate.read_bytes())[0].not_valid_after_utc
    except (OSError, MaterialError):
        return None
