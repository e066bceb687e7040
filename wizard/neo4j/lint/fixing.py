"""Mends what can be mended without a person: never what may have been meant as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from wizard.model.problems import Problem
from wizard.model.version import Version
from wizard.neo4j.lint import findings
from wizard.neo4j.lint.finding import Edit, Finding
from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.properties import terminator

_MOST_ROUNDS = 8
"""One edit can uncover another mistake; more than a few layers do not lie on one line."""

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """A neo4j.conf after mending.

    Attributes:
        raw: the bytes of the mended file; the same as before when nothing could be mended.
        mended: the problems that are gone, with the lines they stood on when they were mended.
        left: what `lint` says of the mended file.
    """

    raw: bytes = field(repr=False)
    mended: tuple[Problem, ...]
    left: tuple[Problem, ...]


def fixed(raw: bytes, version: Version, *, file: str | None = None) -> Fixed:
    """Mend a neo4j.conf; mending it again changes nothing.

    Args:
        raw: the bytes of the file.
        version: the version that would read it.
        file: what the problems call the file, already safe to show.

    Raises:
        BlockedError: when nothing is known about the version.
    """
    mended: list[Problem] = []
    found = findings(raw, version, file=file)
    for _ in range(_MOST_ROUNDS):
        chosen = _that_agree(found)
        if not chosen:
            break
        edits = [edit for finding in chosen for edit in finding.edits]
        raw = _edited(Reading.of(raw, version), edits)
        mended += [finding.problem for finding in chosen]
        found = findings(raw, version, file=file)
    left = tuple(finding.problem for finding in found)
    return Fixed(raw=raw, mended=tuple(mended), left=left)


def _that_agree(found: Iterable[Finding]) -> list[Finding]:
    """Return the findings with edits of which no two touch the same line."""
    touched: set[int] = set()
    chosen = []
    for finding in found:
        lines = {edit.line for edit in finding.edits}
        if lines and not lines & touched:
            touched |= lines
            chosen.append(finding)
    return chosen


def _edited(reading: Reading, edits: Sequence[Edit]) -> bytes:
    """Return the bytes with the elements replaced; every other byte stays as it is."""
    by_line = {edit.line: edit.source for edit in edits}
    natural = _LINE.findall(reading.raw)
    encoding = reading.encoding
    pieces: list[bytes] = []
    ends = [element.line - 1 for element in reading.elements[1:]] + [len(natural)]
    for element, end in zip(reading.elements, ends, strict=True):
        source = by_line.get(element.line)
        if element.line not in by_line:
            pieces += natural[element.line - 1 : end]
        elif source is not None:
            ending = terminator(element.source)
            pieces.append(((ending or "\n").join(source.split("\n")) + ending).encode(encoding))
    return b"".join(pieces)
