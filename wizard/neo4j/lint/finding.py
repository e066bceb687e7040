"""What a check hands back: a problem, and the edits that mend it without changing a meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.model.problems import Problem

if TYPE_CHECKING:
    from wizard.neo4j.lint.reading import Reading


@dataclass(frozen=True, slots=True)
class Edit:
    """Another text for one element of the file.

    Attributes:
        line: the number of the line where the element begins, from 1.
        source: what stands there afterwards, without a line terminator; None removes the element.
    """

    line: int
    source: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem, with the edits that mend it.

    Attributes:
        problem: what is wrong, with its line, key and the way out.
        edits: what `--fix` does about it; empty where a person has to decide.
    """

    problem: Problem
    edits: tuple[Edit, ...] = ()


Check = Callable[["Reading"], Iterator[Finding]]
"""Looks for one kind of mistake in a whole file."""
