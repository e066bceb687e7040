"""Problems of what was brought, in the one shape that a plan holds."""

from __future__ import annotations

from dataclasses import replace

from wizard.model.problems import Problem, Severity

SEALED = ("key-password-missing", "key-password-wrong")
"""The problems of what is there and can't be opened."""

OPEN_THEM = "Give its password as material_passphrase in the secrets file, or type it when asked."


def of_server(problem: Problem, server: str | None) -> Problem:
    """Return a finding of the doctor as a server's; what Neo4j or a peer refuses blocks."""
    return replace(problem, server=server, blocks=problem.severity is Severity.ERROR)


def softened(problem: Problem) -> Problem:
    """Return a finding about a file that no server needs: it never stands in the way."""
    if problem.severity is Severity.ERROR:
        return replace(problem, severity=Severity.WARNING)
    return problem
