"""What stands in neo4j.conf beside our lines, judged as it is and as it will be after the change.

What the change leaves as it is keeps its line; what the change mends is only a note; what would
keep Neo4j from starting afterwards stands in the way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from wizard.model.problems import Problem, Severity, blocker
from wizard.model.text import shown
from wizard.neo4j.lint import lint
from wizard.neo4j.policy import startup_refusal
from wizard.planning.conf_change import preview
from wizard.planning.plan import ServerPlan
from wizard.planning.view import ServerView

MENDED = "The planned change mends this; look at the preview before you say yes."

_OTHER_SCOPE = re.compile(r"dbms\.ssl\.policy\.(?!cluster\.)", re.IGNORECASE)


def of_lines(view: ServerView, plan: ServerPlan) -> Iterator[Problem]:
    """Yield the problems of one server's neo4j.conf, seen from after the change."""
    after = preview(view.conf, plan)
    refusal = startup_refusal(after, view.version, expand_commands=True, home=view.facts.home)
    standing = list(_lint(view, view.facts.conf))
    errors = 0
    for problem in _lint(view, after.to_bytes()):
        left = _taken(standing, problem)
        if left is None and problem.severity is Severity.NOTE and problem.line is not None:
            continue  # what is to be known of our own lines is said where they are chosen
        told = _as_it_stands(problem, left)
        blocks = told.severity is Severity.ERROR and _stops(told, refusal)
        errors += blocks
        yield replace(told, blocks=blocks)
    if refusal is not None and not errors:
        yield _refused(view, refusal)
    for problem in standing:
        if problem.severity is not Severity.NOTE:
            yield replace(problem, severity=Severity.NOTE, hint=MENDED)


def merged(problems: Iterable[Problem], servers: int) -> tuple[Problem, ...]:
    """Return the problems with each note that every server has told once, for the cluster."""
    found = tuple(problems)
    notes = [_anywhere(p) for p in found if p.severity is Severity.NOTE]
    common = {note for note in notes if servers > 1 and notes.count(note) == servers}
    merging = (_anywhere(p) if _anywhere(p) in common else p for p in found)
    return tuple(dict.fromkeys(merging))


def _lint(view: ServerView, raw: bytes) -> Iterator[Problem]:
    for problem in lint(raw, view.version, file=view.facts.conf_file):
        # Who keeps the file is told with all else that looks after the server.
        if problem.code != "conf-managed":
            yield replace(problem, server=view.name)


def _taken(standing: list[Problem], problem: Problem) -> Problem | None:
    """Take out of the standing problems the one that is this one, now at another line."""
    found = next((p for p in standing if (p.code, p.key) == (problem.code, problem.key)), None)
    if found is not None:
        standing.remove(found)
    return found


def _as_it_stands(problem: Problem, left: Problem | None) -> Problem:
    """Return a problem that stays, at the line where a person finds it now."""
    if left is None:
        return replace(problem, line=None)
    # It may weigh less once our lines stand beside it; then its words are others, too.
    return left if left.severity is problem.severity else replace(problem, line=left.line)


def _stops(problem: Problem, refusal: str | None) -> bool:
    """Whether an error is one of the start, and not of another policy that is only off."""
    return refusal is not None or _OTHER_SCOPE.match(problem.key or "") is None


def _refused(view: ServerView, refusal: str) -> Problem:
    told = blocker(
        view.name,
        "setting-refused",
        f"Neo4j on {view.name} would refuse to start again with this neo4j.conf.",
        "Correct the line that the evidence names.",
        view.facts.conf_file,
    )
    return replace(told, evidence=shown(refusal))


def _anywhere(problem: Problem) -> Problem:
    return replace(problem, server=None, file=None, line=None)
