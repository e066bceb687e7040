"""How a check of SSL policies says what it found, and how Neo4j says it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wizard.model.problems import Problem, Severity
from wizard.model.text import shown
from wizard.neo4j.lint.finding import Edit, Finding
from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.properties import Element, terminator

_SECRET = re.compile(r"(?i)pass(?:word|wd|phrase)?")
_NAME_LIMIT = 200


def tell(
    reading: Reading,
    severity: Severity,
    code: str,
    message: str,
    hint: str,
    *,
    line: int | None = None,
    key: str | None = None,
    evidence: str = "",
    edits: Sequence[Edit] = (),
) -> Finding:
    """Return a finding; the line is that of the key unless it is given."""
    return Finding(
        Problem(
            code=code,
            severity=severity,
            message=message,
            hint=hint,
            key=None if key is None else named(key),
            file=reading.file,
            line=reading.line_of(key) if line is None and key is not None else line,
            evidence=shown(evidence),
        ),
        tuple(edits),
    )


def named(key: str) -> str:
    """Return a key as it may be shown: what stands behind the word password may be one."""
    match = _SECRET.search(key)
    if match is not None and match.end() + 2 < len(key):
        key = key[: match.end()] + "…"
    return shown(key, _NAME_LIMIT)


def words_on_unknown(reading: Reading, key: str) -> str:
    """Return Neo4j's words on a setting it does not know; they are the same, but for strictness.

    Config of 3.5.35 and of neo4j-configuration 4.4.48, 5.1.0 and 2026.08.1, asked.
    """
    key, setting = named(key), reading.rules.strict_settings[0]
    if reading.rules.named_policies:
        if not reading.is_strict:
            return f"Unknown config option: {key}"
        return (
            f"Unknown config option '{key}'. To resolve either remove it from your configuration "
            f"or set '{setting}' to false."
        )
    words = f"Unrecognized setting. No declared setting with name: {key}"
    if reading.is_strict and reading.rules.strict_by_default:
        words += f". Cleanup the config or disable '{setting}' to continue."
    return words


def rewritten(element: Element, old: str, new: str) -> tuple[Edit, ...]:
    """Return the edit that puts new text for old at the first place where it stands, if it does.

    What is written with escapes is left to a person.
    """
    text = element.source.removesuffix(terminator(element.source))
    if old not in text:
        return ()
    return (Edit(element.line, text.replace(old, new, 1)),)
