"""Quotes around a value: Neo4j takes them for a part of it."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.model.problems import Severity
from wizard.neo4j.conf import is_command
from wizard.neo4j.lint.finding import Edit, Finding
from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.lint.text import telling
from wizard.neo4j.lint.text.kinds import is_certain, is_free, is_path, is_secret, is_switch
from wizard.neo4j.lint.text.refusals import needs_path, refuses_no_switch
from wizard.neo4j.properties import Element

_PAIRS = {'"': '"', "'": "'", "\u201c": "\u201d", "\u2018": "\u2019"}
_SHORTEST = 2


def quoted_values(reading: Reading) -> Iterator[Finding]:
    """Yield each value that stands in quotes as a whole."""
    for element in reading.elements:
        # Nearly no value begins with a quote; the rest is for those that do.
        if element.key is None or element.value[:1] not in _PAIRS or is_free(element.key):
            continue
        inner = _inside(element.value.strip())
        if inner is not None:
            yield _finding(reading, element, element.key, inner)


def _inside(value: str) -> str | None:
    """Return what stands between the quotes, or None when they don't enclose all of it."""
    if len(value) < _SHORTEST or value[-1] != _PAIRS[value[0]]:
        return None
    inner = value[1:-1]
    return None if value[0] in inner or value[-1] in inner else inner


def _finding(reading: Reading, element: Element, key: str, inner: str) -> Finding:
    is_refused = is_switch(inner) and refuses_no_switch(reading, key)
    what = "a part of the password" if is_secret(key) else "a part of the value"
    end = f", so {telling.starts_not(reading)}" if is_refused else ""
    is_clear = is_certain(inner) or is_command(inner) or is_path(key)
    return telling.finding(
        reading,
        Severity.ERROR if is_refused or needs_path(reading, key) else Severity.WARNING,
        "value-in-quotes",
        f"Neo4j takes the quotes around the value of {telling.name(key)} for {what}{end}.",
        "Remove the quotes.",
        line=element.line,
        key=key,
        edits=_edits(element, inner) if is_clear else (),
    )


def _edits(element: Element, inner: str) -> list[Edit]:
    source = element.source.rstrip("\r\n")
    bare = source.rstrip(" \t\f")
    quoted = f"{element.value.strip()[0]}{inner}{element.value.strip()[-1]}"
    if not bare.endswith(quoted) or "\n" in source or "\r" in source:
        return []
    return [Edit(element.line, bare.removesuffix(quoted) + inner)]
