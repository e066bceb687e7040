"""Lint and Neo4j on the same neo4j.conf: whoever of the two refuses it, the other must know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from judge_process import Judge, is_enterprise
from judge_verdicts import neo4j_start

from wizard.model.problems import Problem, Severity
from wizard.model.version import Version
from wizard.neo4j.lint import lint
from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.lint.text.names import known_names

_CLAIM = re.compile(r"(refuses|fails) to start|(does|will) not start|can't (start|read)")
_NAMED = re.compile(
    r"No declared setting with name: (?P<unknown>.*?)(?:\. Cleanup|$)"
    r"|Unknown config option '(?P<option>.*?)'"
    r"|Error evaluating value for setting '(?P<value>.*?)'"
    r"|Invalid connector setting: (?P<connector>\S+)"
    r"|(?:Bad value|Failed to validate|Invalid value) .*? for setting '(?P<bad>.*?)'",
    re.DOTALL,
)
_OF_FILES = re.compile(
    r"Failed to load|Failed to create trust manager|Base directory '|Could not load|Missing .* file"
)


_NOT_TOLD = "is a command, but config is not explicitly told to expand it"
"""Whether it was told so stands on a command line, not in the file: lint can only point at it."""


@dataclass(kw_only=True)
class Tally:
    """What came of many files.

    Attributes:
        wrong: where the two differ, as sentences.
        refused, accepted: how many files Neo4j refused and took, lint agreeing.
        beyond: how many it refused for a setting that lint has no list for.
    """

    wrong: list[str] = field(default_factory=list)
    refused: int = 0
    accepted: int = 0
    beyond: int = 0


def compare(judge: Judge, name: str, conf: Path, home: Path, tally: Tally) -> None:
    """Ask both about one file, and note in the tally what came of it."""
    raw = conf.read_bytes()
    answer = judge.load(name, conf, home)
    start = neo4j_start(answer)
    problems = lint(raw, judge.version)
    if start.outcome == "policy" and _OF_FILES.search(" ".join(start.words)):
        return  # what its files hold, and whether they are there, lint does not see
    if start.outcome in {"conf", "policy"}:
        if any(problem.severity is Severity.ERROR for problem in problems):
            tally.refused += 1
        elif (_NOT_TOLD in start.words[0] and problems) or is_beyond(
            start.words[0], raw, judge.version
        ):
            tally.beyond += 1
        else:
            tally.wrong.append(f"{name}: Neo4j says {start.words[0]}; lint has no error")
        return
    claims = [*claims_of(problems, judge.version)]
    if claims:
        said = "; ".join(f"{one.code}: {one.message}" for one in claims)
        tally.wrong.append(f"{name}: Neo4j starts ({start.outcome}); lint says {said}")
    else:
        tally.accepted += 1


def claims_of(problems: tuple[Problem, ...], version: Version) -> Iterator[Problem]:
    """Yield the errors that say Neo4j would not start, but for settings the judge never saw."""
    for problem in problems:
        is_unseen = problem.key is not None and is_enterprise(problem.key, version)
        is_claim = problem.severity is Severity.ERROR and _CLAIM.search(problem.message)
        if is_claim and not is_unseen:
            yield problem


def is_beyond(words: str, raw: bytes, version: Version) -> bool:
    """Whether Neo4j refuses a setting that is neither of an SSL policy nor of the cluster.

    There are hundreds of those, with a parser each: lint leaves them to Neo4j.
    """
    found = _NAMED.search(words)
    if found is None:
        return False
    key = next(text for text in found.groups() if text is not None)
    related = known_names(Reading.of(raw, version, None))
    return not key.startswith("dbms.ssl.policy.") and key not in related
