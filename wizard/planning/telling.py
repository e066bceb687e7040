"""Problems by their weight: what must be mended first, what will bite, what is good to know."""

from __future__ import annotations

from wizard.model.problems import Problem, Severity


def warning(
    server: str | None, code: str, message: str, hint: str, file: str | None = None
) -> Problem:
    """Return a problem that does not stand in the way, and will bite."""
    return Problem(
        code=code, severity=Severity.WARNING, message=message, hint=hint, server=server, file=file
    )


def note(
    server: str | None, code: str, message: str, hint: str, file: str | None = None
) -> Problem:
    """Return what is good to know."""
    return Problem(
        code=code, severity=Severity.NOTE, message=message, hint=hint, server=server, file=file
    )
