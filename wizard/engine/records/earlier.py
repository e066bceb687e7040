"""What the last run on this workstation left standing, in words, and who works on it now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wizard.engine.records.course import Direction, course_of
from wizard.engine.records.journal import read_journal
from wizard.engine.records.runs import BEGUN, OPEN, Run, RunState, all_runs, only_wizard
from wizard.errors import WizardError
from wizard.model.text import shown

DAY = len("2026-11-22")
UNREADABLE = (
    "! The records of an earlier run on this computer can't be read; `neo4j-tls runs` "
    "says which. Look at them before you begin another run."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A run that waits to be resumed or put back, in words for whoever decides about it.

    Attributes:
        head: how it stands, in one sentence.
        state: what that means for the servers now.
        resume: what resuming does.
        undo: what putting back does; empty where resuming is just that.
    """

    run: Run
    head: str
    state: str
    resume: str
    undo: str


def earlier_run(environ: Mapping[str, str]) -> str:
    """Return a sentence about the last run that still stands, or nothing."""
    try:
        run = _last(environ)
        return _sentence(run, at_work=is_worked_on(environ, run)) if run else ""
    except (WizardError, OSError):
        return UNREADABLE


def waiting_run(environ: Mapping[str, str], cluster: str | None = None) -> Waiting | None:
    """Return the last run that waits and that no wizard works on; None where records are damaged.

    Args:
        environ: names the state folder.
        cluster: only the runs of this cluster; None for any.
    """
    try:
        run = _last(environ, cluster)
        if run is None or run.state not in BEGUN or is_worked_on(environ, run):
            return None
        return _in_words(run)
    except (WizardError, OSError):
        return None


def is_worked_on(environ: Mapping[str, str], run: Run) -> bool:
    """Whether a wizard of this workstation is working on the cluster of a run just now.

    Raises:
        OSError: the locks can't be read.
    """
    if run.state not in BEGUN:
        return False
    try:
        with only_wizard(environ, run.cluster):
            return False
    except WizardError:
        return True


def _last(environ: Mapping[str, str], cluster: str | None = None) -> Run | None:
    standing = [run for run in all_runs(environ) if run.state in OPEN]
    standing = [run for run in standing if cluster in {None, run.cluster}]
    unfinished = [run for run in standing if run.state in BEGUN]
    return next(reversed(unfinished or standing), None)


def _in_words(run: Run) -> Waiting:
    cluster, day = shown(run.cluster), shown(run.begun[:DAY])
    course = course_of(read_journal(run.journal_file))
    if course.direction is not Direction.FORWARD:
        return Waiting(
            run=run,
            head=f"! Putting {cluster} back, begun on {day}, was cut off.",
            state="Some servers may have their original files again, and others not yet; they may "
            "be stopped. Nothing is lost: every original is kept on its server until it is back.",
            resume="puts the other servers back, too, and starts what ran before.",
            undo="",
        )
    back = "gives every server its original files and starts what ran before."
    if run.state is RunState.STAGED:
        return Waiting(
            run=run,
            head=f"! The run on {cluster} of {day} is staged, and waits for its window.",
            state="The new files lie beside the old ones; no server was stopped, and Neo4j has not "
            "noticed.",
            resume="stops every server, switches neo4j.conf, starts them, and proves it.",
            undo="takes the new files away again; no server is stopped.",
        )
    state = (
        "Servers may be stopped, or have their new neo4j.conf while others have not."
        if course.stop_begun
        else "No server was stopped yet."
    )
    return Waiting(
        run=run,
        head=f"! The run on {cluster} of {day} stopped half-way.",
        state=f"{state} Nothing is lost: every original is kept on its own server.",
        resume="looks at every server, does what is left, and proves it; if something fails, it "
        "puts every server back.",
        undo=back if course.stop_begun else "takes the new files away again.",
    )


def _sentence(run: Run, *, at_work: bool) -> str:
    cluster, day = shown(run.cluster), shown(run.begun[:DAY])
    if at_work:
        return f"· Another wizard is working on {cluster} now, since {day}: run {run.id}."
    if run.state is RunState.UNFINISHED:
        return (
            f"! An earlier run on {cluster}, begun on {day}, stopped half-way. Go on with it: "
            f"neo4j-tls resume {run.id} - or put every server back: neo4j-tls undo {run.id}"
        )
    if run.state is RunState.STAGED:
        return (
            f"! A run on {cluster} was staged on {day}, and no server was stopped yet. Do the "
            f"rest: neo4j-tls resume {run.id} - or take it back: neo4j-tls undo {run.id}"
        )
    return (
        f"· The cluster {cluster} was encrypted on {day}; this puts it back: "
        f"neo4j-tls undo {run.id}"
    )
