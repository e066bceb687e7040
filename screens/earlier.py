"""What the first screen says about the last run on this workstation, so that none is forgotten."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.engine.records.runs import BEGUN, OPEN, Run, RunState, all_runs
from wizard.errors import WizardError
from wizard.model.text import shown

DAY = len("2026-11-22")


def earlier_run(environ: Mapping[str, str]) -> str:
    """Return a sentence about the last run that still stands, or nothing."""
    try:
        standing = [run for run in all_runs(environ) if run.state in OPEN]
    except (WizardError, OSError):
        return (
            "! The records of an earlier run on this computer can't be read; `neo4j-tls runs` "
            "says which. Look at them before you begin another run."
        )
    unfinished = [run for run in standing if run.state in BEGUN]
    last = (unfinished or standing)[-1:]
    return _sentence(last[0]) if last else ""


def _sentence(run: Run) -> str:
    cluster, day = shown(run.cluster), shown(run.begun[:DAY])
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
