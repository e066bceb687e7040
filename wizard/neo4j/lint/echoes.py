"""One mistake is told once: what is wrong with the text, not also with the value it makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from wizard.model.problems import Problem, Severity
from wizard.neo4j.lint.finding import Finding

CAUSES = frozenset(
    {"comment-in-value", "value-in-quotes", "unseen-blank", "blanks-after-path", "byte-order-mark"}
)
"""Mistakes in the text that make another value, or another name, of what was meant."""

ECHOES = frozenset({"setting-refused", "tls-version-unknown", "policy-name-misspelt"})
"""What is then wrong with the value or the name."""


def without_echoes(found: Sequence[Finding]) -> Iterator[Finding]:
    """Yield the findings but for echoes; a cause weighs as much as the echo it had."""
    causes = {f.problem.line for f in found if f.problem.code in CAUSES} - {None}
    echoes = {
        f.problem.line: f.problem
        for f in found
        if f.problem.code in ECHOES and f.problem.line in causes
    }
    for finding in found:
        line = finding.problem.line
        if line not in echoes or finding.problem.code not in CAUSES | ECHOES:
            yield finding
        elif finding.problem.code in CAUSES:
            yield replace(finding, problem=_weighed(finding.problem, echoes[line]))


def _weighed(cause: Problem, echo: Problem) -> Problem:
    is_heavier = echo.severity is Severity.ERROR
    return replace(
        cause,
        severity=Severity.ERROR if is_heavier else cause.severity,
        evidence=cause.evidence or echo.evidence,
    )
