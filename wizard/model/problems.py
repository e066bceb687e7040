"""What can be wrong: a problem with a stable code, one sentence, evidence and the way out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a problem weighs: only errors and warnings make an exit code of 1."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong, on one server, with the way out.

    Attributes:
        code: stable and kebab-case; scripts may rely on it.
        message: one full sentence, already safe to show.
        hint: one full sentence saying what to do.
        server: the server's name, or None when it concerns the whole cluster.
        evidence: the log line or observation it was read from, already safe to show.
        blocks: whether apply refuses to start while it stands.
    """

    code: str
    severity: Severity
    message: str
    hint: str = ""
    server: str | None = None
    key: str | None = None
    file: str | None = None
    line: int | None = None
    evidence: str = ""
    blocks: bool = False


def blocker(
    server: str | None, code: str, message: str, hint: str, file: str | None = None
) -> Problem:
    """Return a problem that must be mended before anything may change."""
    return Problem(
        code=code,
        severity=Severity.ERROR,
        message=message,
        hint=hint,
        server=server,
        file=file,
        blocks=True,
    )
