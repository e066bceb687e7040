"""What Neo4j would do with a neo4j.conf, and what it would silently ignore.

Every check reads the file as the version does and yields findings; nothing here opens a file.
"""

from __future__ import annotations

from wizard.model.problems import Problem, Severity
from wizard.model.version import Version
from wizard.neo4j.lint.echoes import without_echoes
from wizard.neo4j.lint.finding import Check, Finding
from wizard.neo4j.lint.policy import POLICY_CHECKS
from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.lint.text import TEXT_CHECKS
from wizard.neo4j.lint.text.another_file import foreign_settings, other_file

CHECKS: tuple[Check, ...] = TEXT_CHECKS + POLICY_CHECKS
"""Every check there is."""


def lint(raw: bytes, version: Version, *, file: str | None = None) -> tuple[Problem, ...]:
    """Return what is wrong with a neo4j.conf, in the order of its lines.

    What concerns the whole file comes first. A file that is no neo4j.conf has exactly one error.

    Args:
        raw: the bytes of the file.
        version: the version that would read it.
        file: what the problems call the file, already safe to show.

    Raises:
        BlockedError: when nothing is known about the version.
    """
    return tuple(finding.problem for finding in findings(raw, version, file=file))


def findings(raw: bytes, version: Version, *, file: str | None = None) -> tuple[Finding, ...]:
    """Return the problems of a neo4j.conf with the edits that mend them; else as `lint`."""
    if (other := other_file(raw, file)) is not None:
        return (Finding(other),)
    reading = Reading.of(raw, version, file)
    foreign = foreign_settings(reading)
    if foreign is not None and foreign.severity is Severity.ERROR:
        return (Finding(foreign),)
    found = [] if foreign is None else [Finding(foreign)]
    found += [finding for check in CHECKS for finding in check(reading)]
    return tuple(sorted(without_echoes(found), key=lambda finding: finding.problem.line or 0))
