"""Makes a problem about one server; the way every cause here speaks."""

from __future__ import annotations

from wizard.model.problems import Problem, Severity
from wizard.model.text import shown
from wizard.neo4j.logs.lines import Failed, problem_of

_EVIDENCE = 300


def error(server: str, code: str, message: str, hint: str, evidence: str = "") -> Problem:
    """Return a problem that stops the cluster from being encrypted and proved."""
    return Problem(
        code=code,
        severity=Severity.ERROR,
        message=message,
        hint=hint,
        server=server,
        evidence=shown(evidence, _EVIDENCE),
    )


def warning(server: str, code: str, message: str, hint: str, evidence: str = "") -> Problem:
    """Return a problem the cluster works with."""
    return Problem(
        code=code,
        severity=Severity.WARNING,
        message=message,
        hint=hint,
        server=server,
        evidence=shown(evidence, _EVIDENCE),
    )


def note(server: str, code: str, message: str, hint: str) -> Problem:
    """Return something worth knowing that makes nothing fail."""
    return Problem(code=code, severity=Severity.NOTE, message=message, hint=hint, server=server)


def from_log(server: str, line: Failed) -> Problem:
    """Return the problem a log line stands for, with Neo4j's own words as evidence."""
    told = problem_of(line)
    code, sentence, hint = told or (line.code, "Neo4j reports a failure.", "Read its log.")
    return error(server, code, f"{server}: {sentence}", hint, line.text)
