"""The verb `inspect`: would Neo4j load these keys and certificates, would its peers accept them.

Reads files and nothing else; no server is asked. stdout holds the findings, with --json as the
same lines of JSON that every verb prints.
"""

from __future__ import annotations

import getpass
import json
import os
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from wizard.engine.events import Event, Finished, ProblemFound, Result, Said, Started, to_json
from wizard.errors import UsageError
from wizard.interview.secrets_file import load_secrets
from wizard.model.problems import Problem, Severity
from wizard.model.secrets import Secrets
from wizard.model.text import shown
from wizard.model.version import Version
from wizard.neo4j.versions import NEWEST_KNOWN, is_known
from wizard.pki.brought.disk import CappedFiles, read_files
from wizard.pki.doctor.examination import Terms, examine
from wizard.pki.doctor.findings import Description, Examination
from wizard.pki.doctor.policy import examine_policy
from wizard.secret import Secret

_SIGNS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.NOTE: "·"}
_NAMES_OF_PASSWORDS = ("key_password", "ca_password")


def main(options: Namespace) -> int:
    """Judge what is named on the command line; return 0 when nothing but notes was found.

    Raises:
        UsageError: a file can't be read, or the version is none.
        SecretsError: the secrets file is refused.
    """
    passwords = _passwords(options)
    terms = Terms(
        version=_version(options.neo4j),
        now=datetime.now(UTC),
        host=options.server,
        password=passwords[0] if passwords else None,
    )
    found = _examined(options.files, terms, passwords)
    if not passwords and _needs_password(found) and _somebody_is_there():
        typed = Secret(getpass.getpass("Password of the private key (Enter to go on without): "))
        if typed:
            found = _examined(options.files, replace(terms, password=typed), (typed,))
    exit_code = 0 if found.is_well else 1
    if options.json:
        _tell_programs(options, found, exit_code)
    else:
        _tell_people(found, terms)
    return exit_code


def _examined(names: Sequence[str], terms: Terms, passwords: Sequence[Secret]) -> Examination:
    """Judge each policy directory by itself, and all other files together."""
    paths = [Path(name) for name in names]
    folders = [path for path in paths if _is_policy(path)]
    others = [path for path in paths if path not in folders]
    files = CappedFiles()
    parts = [examine_policy(files, str(folder), terms, files.is_open_to_all) for folder in folders]
    if others:
        parts.append(examine(read_files(others, passwords), terms))
    return Examination(
        descriptions=tuple(one for part in parts for one in part.descriptions),
        problems=tuple(one for part in parts for one in part.problems),
    )


def _is_policy(path: Path) -> bool:
    """Say whether a folder looks like that of an SSL policy, of which one part may be missing."""
    parts = [
        (path / "private.key").is_file(),
        (path / "public.crt").is_file(),
        (path / "trusted").is_dir(),
    ]
    return sum(parts) > 1


def _passwords(options: Namespace) -> tuple[Secret, ...]:
    secrets = load_secrets(Path(options.secrets)) if options.secrets else Secrets()
    tables = (secrets.common, *secrets.by_server.values())
    found = [table[name] for name in _NAMES_OF_PASSWORDS for table in tables if name in table]
    return tuple(dict.fromkeys(found))


def _version(text: str | None) -> Version:
    if text is None:
        return NEWEST_KNOWN
    version = Version.parse(text)
    if version is None or not is_known(version):
        raise UsageError(
            f"{shown(text, 40)!a} is no version of Neo4j that this wizard knows.",
            hint="Write it like 4.4, 5.26 or 2025.10; 3.5 is the oldest one known.",
        )
    return version


def _needs_password(found: Examination) -> bool:
    return any(problem.code == "key-password-missing" for problem in found.problems)


def _somebody_is_there() -> bool:
    return os.isatty(0) and os.isatty(2)


def _tell_programs(options: Namespace, found: Examination, exit_code: int) -> None:
    for event in _events(found, exit_code):
        options.begun = True
        print(json.dumps(to_json(event), ensure_ascii=True), flush=True)  # noqa: T201 - the result


def _events(found: Examination, exit_code: int) -> Iterator[Event]:
    now = datetime.now(UTC)
    yield Started(command="inspect", at=now)
    for described in found.descriptions:
        for line in (f"{described.title}.", *described.lines):
            yield Said(message=line, source=described.origin, at=now)
    for problem in found.problems:
        yield ProblemFound(problem=problem, at=now)
    result = Result.OK if exit_code == 0 else Result.PROBLEMS
    yield Finished(result=result, exit_code=exit_code, at=now)


def _tell_people(found: Examination, terms: Terms) -> None:
    """Print a short block for each file: what it is, then what is wrong with it."""
    files = [one.file for one in found.descriptions] + [one.file or "" for one in found.problems]
    for file in dict.fromkeys(files):
        blocks = [one for one in found.descriptions if one.file == file]
        for described in blocks:
            _say_description(described)
        if file and not blocks:
            _say(f"{file}:")
        for problem in found.problems:
            if (problem.file or "") == file:
                _say_problem(problem)
        _say("")
    _say(_summary(found, terms))


def _say_description(described: Description) -> None:
    _say(f"{described.origin}: {described.title}")
    for line in described.lines:
        _say(f"    {line}")


def _say_problem(problem: Problem) -> None:
    _say(f"  {_SIGNS[problem.severity]} {problem.message}")
    if problem.evidence:
        _say(f"      ({problem.evidence})")
    if problem.hint:
        _say(f"      {problem.hint}")


def _summary(found: Examination, terms: Terms) -> str:
    judged = f"Judged for Neo4j {terms.version}"
    if found.is_well:
        return f"{judged}: nothing is wrong."
    errors = sum(one.severity is Severity.ERROR for one in found.problems)
    warnings = sum(one.severity is Severity.WARNING for one in found.problems)
    return f"{judged}: {_count(errors, 'error')}, {_count(warnings, 'warning')}."


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def _say(line: str) -> None:
    print(line, flush=True, file=sys.stdout)  # noqa: T201 - the result
