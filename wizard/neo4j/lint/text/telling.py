"""How a finding about the text is put into words, with names and values as they may be shown."""

from __future__ import annotations

from collections.abc import Sequence

from wizard.model.problems import Problem, Severity
from wizard.model.text import shown
from wizard.neo4j.lint.finding import Edit, Finding
from wizard.neo4j.lint.policy.telling import named
from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.lint.text.kinds import is_secret

_LONGEST = 120
_LISTED = 5


def finding(
    reading: Reading,
    severity: Severity,
    code: str,
    message: str,
    hint: str,
    *,
    line: int | None = None,
    key: str | None = None,
    edits: Sequence[Edit] = (),
) -> Finding:
    """Return a finding; its key is made safe to show, its message must be so already."""
    problem = Problem(
        code=code,
        severity=severity,
        message=message,
        hint=hint,
        line=line,
        key=None if key is None else name(key),
        file=reading.file,
    )
    return Finding(problem, tuple(edits))


def name(key: str) -> str:
    """Return the name of a setting as it may be shown."""
    return named(key)


def value(key: str, text: str) -> str:
    """Return a value in quotes as it may be shown; nothing that could be a secret ever is."""
    if is_secret(key) or is_secret(text):
        return "a value that is not shown here"
    return f"`{shown(text, _LONGEST)}`"


def lines(numbers: Sequence[int]) -> str:
    """Return line numbers as words: `lines 3, 8 and 12`."""
    listed = [str(number) for number in numbers[:_LISTED]]
    if len(numbers) > _LISTED:
        listed.append(f"{len(numbers) - _LISTED} more")
    if len(listed) == 1:
        return f"line {listed[0]}"
    return f"lines {', '.join(listed[:-1])} and {listed[-1]}"


def starts_not(reading: Reading) -> str:
    """Return who refuses to start, as the beginning of a sentence."""
    return f"Neo4j {reading.version} refuses to start"
