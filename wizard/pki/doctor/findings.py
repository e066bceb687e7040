"""What the doctor hands back: descriptions and problems, as frozen values safe to show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from wizard.model.problems import Problem, Severity
from wizard.model.text import shown
from wizard.pki.brought.things import Origin

JAVA_IS_CARELESS = "Java accepts it; this is stricter."
"""Evidence of a problem that Java, and so Neo4j, would let pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """One thing in words.

    Attributes:
        file: as problems name it.
        origin: where it stands, in words.
        title: what it is, and whose.
        lines: what else is worth knowing, one sentence or fact each.
    """

    file: str
    origin: str
    title: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """All that was found out; the worst problem decides."""

    descriptions: tuple[Description, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_well(self) -> bool:
        """Whether nothing but notes was found."""
        return all(problem.severity is Severity.NOTE for problem in self.problems)


def error(origin: Origin, code: str, message: str, hint: str, evidence: str = "") -> Problem:
    """Return what stops Neo4j, or keeps every peer out."""
    return replace(_problem(origin, code, message, hint, evidence), severity=Severity.ERROR)


def warning(origin: Origin, code: str, message: str, hint: str, evidence: str = "") -> Problem:
    """Return what works today, and is weak, insecure or will bite."""
    return replace(_problem(origin, code, message, hint, evidence), severity=Severity.WARNING)


def note(origin: Origin, code: str, message: str, hint: str = "", evidence: str = "") -> Problem:
    """Return what is good to know."""
    return _problem(origin, code, message, hint, evidence)


def day(moment: datetime) -> str:
    """Return a date as it is shown."""
    return f"{moment:%Y-%m-%d}"


def _problem(origin: Origin, code: str, message: str, hint: str, evidence: str) -> Problem:
    return Problem(
        code=code,
        severity=Severity.NOTE,
        message=message,
        hint=hint,
        file=origin.shown_file,
        evidence=shown(evidence, 1000),
    )
