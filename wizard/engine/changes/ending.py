"""How a run ends: its papers, the last words to a person, and how to go on where it is not over."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

from wizard.engine.events import Event, Result, Said
from wizard.engine.making.kit import standing_kit
from wizard.engine.papers.ca_copy import seen_to
from wizard.engine.papers.chronicle import leave_papers
from wizard.engine.papers.outcome import Outcome
from wizard.engine.request import Request
from wizard.model.problems import Problem, Severity


def left(request: Request, outcome: Outcome, folder: Path) -> Generator[Event, None, Result]:
    """Leave the papers, tell what they are, and hand the outcome on."""
    outcome = replace(outcome, kit=standing_kit(folder) if _stands(outcome) else None)
    outcome = yield from seen_to(request, outcome)
    try:
        outcome = leave_papers(outcome, folder, request.clock())
    except OSError as error:
        yield Said(message=f"The report could not be written: {error.strerror}.")
    if outcome.result is Result.OK:
        yield from (Said(message=words) for words in _last_words(outcome))
    elif outcome.result is Result.STOPPED:
        yield from half_way(outcome.run or "")
    request.keep_outcome(outcome)
    return outcome.result


def half_way(run: str) -> Generator[Event, None, None]:
    """Say the two ways out of a run that stopped half-way."""
    yield Said(
        message=f"To go on from here: neo4j-tls resume {run}"
        f" - to put every server back: neo4j-tls undo {run}"
    )


def staged_only(run: str) -> Generator[Event, None, None]:
    """Say how to go on once everything is staged and nothing that runs has changed."""
    yield Said(message="Everything is staged and checked on every server; Neo4j has not noticed.")
    yield Said(
        message=f"In the change window, this does the rest: neo4j-tls resume {run}"
        f" - and this takes it away again: neo4j-tls undo {run}"
    )


def not_formed(run: str, waited_s: float) -> Problem:
    """Return what to tell of servers that did not form a cluster, with no sign of a failure."""
    return Problem(
        code="links-incomplete",
        severity=Severity.ERROR,
        message=f"The servers have not formed a cluster within {waited_s / 60:g} minutes, and"
        " nothing says that they failed.",
        hint=f"Wait for them and go on with `neo4j-tls resume {run}`, or put them back with"
        f" `neo4j-tls undo {run}`.",
    )


def _stands(outcome: Outcome) -> bool:
    return outcome.result in (Result.OK, Result.PROBLEMS, Result.STOPPED)


def _last_words(outcome: Outcome) -> list[str]:
    words = [f"{outcome.links.summary}; {outcome.proof.summary}."]
    if outcome.expiries:
        words.append(f"The first certificate expires on {min(outcome.expiries.values()):%Y-%m-%d}.")
    if outcome.authority_folder is not None:
        words.append(f"The certificate authority is in {outcome.authority_folder}")
    if outcome.kit is not None:
        words.append(f"For those who connect: {outcome.kit.folder}")
        words += outcome.kit.handed
    words += outcome.stays_unencrypted
    words.append(f"To put every server back: {outcome.undo_command}")
    if "report" in outcome.files:
        words.append(f"The report is {outcome.files['report']}")
    return words
