"""An error or a problem as a sentence, with the way out under it."""

from __future__ import annotations

from textual.content import Content

from screens.widgets.flowing import Flowing
from screens.widgets.tones import MUTED
from wizard.errors import WizardError
from wizard.model.problems import Problem, Severity

SIGNS = {
    Severity.ERROR: ("✗", "$text-error"),
    Severity.WARNING: ("!", "$text-warning"),
    Severity.NOTE: ("·", MUTED),
}


def problem_content(problem: Problem) -> Content:
    """Draw a problem: sign and server, the sentence, the way out, the evidence."""
    sign, colour = SIGNS[problem.severity]
    where = f"{problem.server}: " if problem.server else ""
    words = problem.message.removeprefix(where)
    lines = [Content.assemble((f"{sign} ", colour), (where, "bold"), words)]
    if problem.file:
        line = f", line {problem.line}" if problem.line else ""
        lines.append(Content.styled(f"  {problem.file}{line}", MUTED))
    if problem.hint:
        lines.append(Content.styled(f"  → {problem.hint}", MUTED))
    if problem.evidence:
        lines.append(Content.styled(f"  “{problem.evidence}”", MUTED))
    return Content("\n").join(lines)


def error_content(error: WizardError) -> Content:
    """Draw an error a person can act on, with its code for whoever searches for it."""
    server = getattr(error, "server", None) or getattr(error, "key", None)
    where = f"{server}: " if server and str(server) not in error.message else ""
    lines = [Content.assemble(("✗ ", "$text-error"), (where, "bold"), error.message)]
    if error.hint:
        lines.append(Content(f"  → {error.hint}"))
    lines.append(Content.styled(f"  ({error.code})", MUTED))
    return Content("\n").join(lines)


class ProblemBox(Flowing):
    """Hidden until something is wrong."""

    def __init__(self) -> None:
        super().__init__("", classes="problem-box")
        self.display = False

    def show(self, error: WizardError) -> None:
        """Show an error, and bring it into sight."""
        self.update(error_content(error))
        self.display = True
        self.call_after_refresh(self.scroll_visible, animate=False)

    def clear(self) -> None:
        """Hide it again."""
        self.display = False
