"""Values that a command is to work out, and what was meant as one but is none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wizard.model.problems import Severity
from wizard.neo4j.conf import is_command
from wizard.neo4j.lint.finding import Finding
from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.lint.text import telling
from wizard.neo4j.lint.text.kinds import is_free, is_secret
from wizard.neo4j.properties import Element

_VARIABLE = re.compile(r"\$\{\w+[^}]*\}|\$[A-Za-z_]\w*|%\w+%")


def commands(reading: Reading) -> Iterator[Finding]:
    """Yield one note on all values that Neo4j runs a command for."""
    found = [e for e in reading.elements if e.key is not None and is_command(e.value)]
    if not found or not reading.rules.expands_commands:
        return
    where = telling.lines([element.line for element in found])
    yield telling.finding(
        reading,
        Severity.NOTE,
        "command-in-value",
        f"Neo4j works out {where} by a command: it starts only with --expand-commands, and with a "
        f"neo4j.conf of mode {reading.rules.command_conf_mode:04o} or tighter that belongs to the "
        "user or group it runs as.",
        "Give --expand-commands to every neo4j-admin that reads this file as well, such as a "
        "backup job of cron; without it that job fails.",
        line=found[0].line,
        key=found[0].key if len(found) == 1 else None,
    )


def no_commands(reading: Reading) -> Iterator[Finding]:
    """Yield each value that looks like a command or a variable and is taken as it stands."""
    for element in reading.elements:
        if element.key is None or ("$" not in element.value and "%" not in element.value):
            continue
        what = _kind(reading, element.key, element.value.strip())
        if what is not None:
            yield _literal(reading, element, element.key, what)


def _kind(reading: Reading, key: str, value: str) -> str | None:
    if is_command(value):
        return None if reading.rules.expands_commands else "a command"
    if is_free(key):
        return None
    if "$(" in value and not is_secret(key):
        return "a command"
    host, _, port = value.rpartition(":")
    bare = host if port.isdecimal() else value
    return "a variable" if _VARIABLE.fullmatch(bare) and not is_secret(key) else None


def _literal(reading: Reading, element: Element, key: str, what: str) -> Finding:
    hint = (
        "Make the whole value one command, `$(...)`, with nothing before or behind it."
        if reading.rules.expands_commands
        else "Write the value itself into neo4j.conf."
    )
    return telling.finding(
        reading,
        Severity.WARNING,
        "command-not-run",
        f"The value of {telling.name(key)} looks like {what}, but Neo4j {reading.version} takes "
        f"it as it stands: {telling.value(key, element.value)}.",
        hint,
        line=element.line,
        key=key,
    )
