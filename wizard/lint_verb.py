"""The verb `lint`: what Neo4j would do with a neo4j.conf, and what it would silently ignore."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from wizard.beside import write_beside
from wizard.engine.events import (
    EXIT_CODES,
    Event,
    Finished,
    ProblemFound,
    Result,
    Said,
    Started,
    to_json,
)
from wizard.errors import BlockedError, UsageError
from wizard.model.problems import Problem, Severity
from wizard.model.text import shown
from wizard.model.version import Version
from wizard.neo4j.conf import MAX_BYTES
from wizard.neo4j.lint import lint
from wizard.neo4j.lint.fixing import Fixed, fixed
from wizard.neo4j.lint.text.another_file import is_binary
from wizard.neo4j.versions import NEWEST_KNOWN, VersionRules, rules_for
from wizard.plain_file import PlainFile, read_plain_file

_FOLDER = (
    "Neo4j 4 and later can take a folder of files with one setting each; name one neo4j.conf here."
)


def main(options: Namespace) -> int:
    """Print what is wrong with a neo4j.conf; with --fix, put a mended copy beside it.

    Raises:
        UsageError: the file can't be read, is no text, or the version is not known.
    """
    rules = _rules(options.neo4j)
    path = Path(options.conf)
    content = read_plain_file(path, most_bytes=MAX_BYTES, folder_hint=_FOLDER)
    name = shown(str(path))
    if is_binary(content.raw):
        raise UsageError(f"{name} is no text, and so no neo4j.conf.", hint="Name the neo4j.conf.")
    options.begun = True
    result = Result.OK
    for event in _events(options, rules, path, content):
        if isinstance(event, Finished):
            result = event.result
        _write(event, as_json=options.json)
    return EXIT_CODES[result]


def _rules(text: str) -> VersionRules:
    version = Version.parse(text)
    if version is None:
        raise UsageError(
            f"{shown(text)!r} is no version of Neo4j.",
            hint="Give one such as 4.4, 5.26 or 2025.10.",
        )
    try:
        return rules_for(version)
    except BlockedError as error:
        raise UsageError(error.message, hint="Give one such as 4.4, 5.26 or 2025.10.") from error


def _events(
    options: Namespace, rules: VersionRules, path: Path, content: PlainFile
) -> Iterator[Event]:
    now, name = datetime.now(UTC), shown(str(path))
    yield Started(command="lint", at=now)
    if rules.newer_than_known:
        yield Said(
            message=f"Neo4j {rules.version} is newer than what is known here; the rules of "
            f"{NEWEST_KNOWN} are used.",
            at=now,
        )
    if options.fix:
        mended = fixed(content.raw, rules.version, file=name)
        problems = mended.left
        for sentence in _of_mending(path, content, mended):
            yield Said(message=sentence, at=now)
    else:
        problems = lint(content.raw, rules.version, file=name)
    problems = (*_of_the_mode(content, problems, name, rules.command_conf_mode), *problems)
    for problem in problems:
        yield ProblemFound(problem=problem, at=now)
    result = Result.PROBLEMS if _is_wrong(problems) else Result.OK
    yield Said(message=_closing(rules, problems), at=now)
    yield Finished(result=result, exit_code=EXIT_CODES[result], at=now)


def _of_the_mode(
    content: PlainFile, problems: Sequence[Problem], name: str, most: int
) -> Iterator[Problem]:
    """Yield a note where Neo4j would expand no command, because the file is open to others."""
    if not content.mode & ~most or not any(p.code == "command-in-value" for p in problems):
        return
    yield Problem(
        code="mode-forbids-commands",
        severity=Severity.NOTE,
        message=f"{name} has mode {content.mode:04o}; if that is the file Neo4j reads, it runs no "
        "command for it and refuses to start.",
        hint=f"Give it mode {most:04o}, or a tighter one.",
        file=name,
    )


def _of_mending(path: Path, content: PlainFile, mended: Fixed) -> Iterator[str]:
    """Write the mended copy and yield what was done, sentence by sentence."""
    if not mended.mended:
        yield "There is nothing that could be mended without you, so no file was written."
        return
    for problem in mended.mended:
        place = "" if problem.line is None else f"Line {problem.line}: "
        yield f"Mended. {place}{problem.message}"
    copy = write_beside(path, mended.raw, content)
    yield f"The mended copy is {shown(str(copy.path))}; {shown(str(path))} is as it was."
    if not copy.is_owned_alike:
        yield "The copy belongs to you and only you can read it: its owner could not be set."


def _is_wrong(problems: Sequence[Problem]) -> bool:
    return any(problem.severity is not Severity.NOTE for problem in problems)


def _closing(rules: VersionRules, problems: Sequence[Problem]) -> str:
    counted = Counter(problem.severity for problem in problems)
    words = [
        f"{counted[severity]} {severity.value}{'' if counted[severity] == 1 else 's'}"
        for severity in Severity
        if counted[severity]
    ]
    if not _is_wrong(problems):
        more = f" There are {words[0]} to read." if words else ""
        more = more.replace("There are 1 note", "There is 1 note")
        return f"Nothing wrong: Neo4j {rules.version} takes this file as it stands.{more}"
    listed = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
    return f"Found {listed} for Neo4j {rules.version}."


def _write(event: Event, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(to_json(event)), flush=True)  # noqa: T201 - the result
    sentence = _sentence(event)
    if sentence:
        print(sentence, file=sys.stderr if as_json else sys.stdout)


def _sentence(event: Event) -> str:
    if isinstance(event, Said):
        return event.message
    if not isinstance(event, ProblemFound):
        return ""
    problem = event.problem
    place = "The file" if problem.line is None else f"Line {problem.line}"
    evidence = f"\n  Neo4j says: {problem.evidence}" if problem.evidence else ""
    return (
        f"{place}, {problem.severity} {problem.code}: {problem.message}{evidence}\n  {problem.hint}"
    )
