"""A run that waits becomes the walk's own: its answers, and what it needs once more."""

from __future__ import annotations

from screens.earlier import RESUME, UNDO
from screens.journey import Journey
from wizard.engine.records.earlier import Waiting, waiting_run
from wizard.engine.records.runs import Run
from wizard.interview.answers import for_interview, load
from wizard.interview.fields import SecretField
from wizard.interview.layout import ASK
from wizard.interview.welcome import OWN


def take_up(journey: Journey, run: Run) -> None:
    """Walk on with the answers that a run has kept.

    Raises:
        WizardError: they can't be read.
    """
    answers = load(run.answers_file)
    journey.leave_run()
    journey.given = for_interview(answers).with_answers({"walk": OWN, "ca_password": ASK})


def secrets_for(journey: Journey, run: Run, command: str) -> tuple[SecretField, ...]:
    """Return the questions for what a run needs once more.

    Raises:
        WizardError: its records or its secrets file can't be read.
    """
    from wizard.engine.returning.asking import secrets_to_ask  # noqa: PLC0415 - cryptography

    undoing = command == UNDO
    return secrets_to_ask(run, journey.settings(), journey.secrets(), undoing=undoing)


def waiting_here(journey: Journey) -> Waiting | None:
    """Return the run of this walk's cluster that waits to be resumed or put back, if any."""
    return waiting_run(journey.surroundings, journey.settings().cluster)


def run_for(journey: Journey, command: str) -> str | None:
    """Return the run that a wish of the last screen is about, over connections of its own.

    Those of the run before may be what it stopped for.
    """
    if command not in (RESUME, UNDO):
        return None
    journey.close_session()
    waiting = waiting_here(journey)
    return waiting.run.id if waiting is not None else None
