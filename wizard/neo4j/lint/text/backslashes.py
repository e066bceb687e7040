r"""Backslashes: Java drops them, makes signs of `\t` and `\n`, and stops at a bad `\u`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wizard.model.problems import Severity
from wizard.neo4j.lint.finding import Edit, Finding
from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.lint.text import telling
from wizard.neo4j.lint.text.kinds import is_path, is_secret
from wizard.neo4j.lint.text.refusals import needs_path
from wizard.neo4j.properties import Element, Malformed

_ENTRY = re.compile(r"([ \t\f]*[^ \t\f=:#!\\]+[ \t\f]*[=:][ \t\f]*)(.*)", re.DOTALL)
_PART = r"[^\\:*?\"<>|\r\n]+"
_ON_WINDOWS = re.compile(rf"[A-Za-z]:\\(?!\\){_PART}(?:\\{_PART})*\\?")
# A backslash that is not part of a pair, before something it does not have to protect.
_LOST = re.compile(r"(?<!\\)(?:\\\\)*\\(?![\\\r\n=:#! ]|u[0-9A-Fa-f]{4})")


def malformed_escapes(reading: Reading) -> Iterator[Finding]:
    r"""Yield each `\u` that is no character, on which no version starts."""
    for element in reading.elements:
        if isinstance(element, Malformed):
            yield telling.finding(
                reading,
                Severity.ERROR,
                "escape-malformed",
                f"A \\u without four hexadecimal digits behind it stands here, so Neo4j "
                f"{reading.version} can't read the file and refuses to start.",
                "Write paths with forward slashes, and any other backslash twice.",
                line=element.line,
                edits=_with_slashes(element),
            )


def lost_backslashes(reading: Reading) -> Iterator[Finding]:
    """Yield each value that loses a backslash without having been meant to."""
    for element in reading.elements:
        if element.key is None or "\\" not in element.source:
            continue
        match = _ENTRY.fullmatch(element.source.rstrip("\r\n"))
        if match is not None and _LOST.search(match[2]):
            yield _lost(reading, element, element.key, match[2])


def _lost(reading: Reading, element: Element, key: str, written: str) -> Finding:
    if is_path(key) or _ON_WINDOWS.fullmatch(written.strip()):
        severity, code = Severity.WARNING, "backslash-in-path"
        if needs_path(reading, key):
            severity = Severity.ERROR
        hint = "Write paths with forward slashes; Neo4j takes them on Windows too."
    elif is_secret(key):
        severity, code = Severity.WARNING, "backslash-in-secret"
        hint = "Write each backslash that belongs to the secret twice."
    else:
        severity, code = Severity.NOTE, "backslash-dropped"
        hint = "Write the backslash twice where it is meant, or leave it out."
    reads = "without its backslash" if is_secret(key) else f"as {telling.value(key, element.value)}"
    return telling.finding(
        reading,
        severity,
        code,
        f"A single backslash is no part of a value, so Neo4j reads {telling.name(key)} {reads}.",
        hint,
        line=element.line,
        key=key,
        edits=_with_slashes(element) if code == "backslash-in-path" else (),
    )


def _with_slashes(element: Element) -> list[Edit]:
    """Write a Windows path with forward slashes; nothing else is certain enough to change."""
    source = element.source.rstrip("\r\n")
    match = _ENTRY.fullmatch(source)
    if match is None or _ON_WINDOWS.fullmatch(match[2]) is None:
        return []
    return [Edit(element.line, match[1] + match[2].replace("\\", "/"))]
