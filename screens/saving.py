"""Files a person asks for: the plan, the answers and the report, in the folder they are in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.engine.papers.outcome import Outcome
from wizard.engine.papers.report import report
from wizard.engine.places import write_private
from wizard.errors import WizardError
from wizard.interview.answers import to_toml
from wizard.planning.plan import Plan
from wizard.planning.render import plan_text

if TYPE_CHECKING:
    from screens.journey import Journey

MOST = 100


def write_beside(folder: Path, name: str, ending: str, text: str) -> Path:
    """Write a private file under a name that is still free; return its path.

    Raises:
        WizardError: it can't be written there; nothing is left behind.
    """
    for number in range(1, MOST):
        counted = name if number == 1 else f"{name}-{number}"
        path = folder / f"{counted}{ending}"
        try:
            write_private(path, text.encode())
        except FileExistsError:
            continue
        except OSError as error:
            break_reason = error.strerror or "it can't be written"
            raise WizardError(
                f"Nothing was saved in {folder}: {break_reason}.",
                hint="Start the wizard in a folder you may write to.",
            ) from error
        return path
    raise WizardError(f"Nothing was saved: {folder} holds {MOST} such files already.")


def save_plan(plan: Plan, journey: Journey, folder: Path) -> Path:
    """Save the plan as text, and the answers beside it; return the plan's path.

    Raises:
        WizardError: it can't be written there.
    """
    name = f"neo4j-tls-{plan.settings.cluster}"
    write_beside(folder, f"{name}-answers", ".toml", to_toml(journey.answers()))
    return write_beside(folder, f"{name}-plan", ".txt", "\n".join(plan_text(plan)) + "\n")


def save_report(outcome: Outcome, folder: Path) -> Path:
    """Save the report as Markdown; return its path.

    Raises:
        WizardError: it can't be written there.
    """
    name = f"neo4j-tls-{outcome.cluster}-report"
    return write_beside(folder, name, ".md", report(outcome, datetime.now(UTC)))
