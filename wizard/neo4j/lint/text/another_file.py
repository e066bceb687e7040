"""Files that are no neo4j.conf at all, told by their first bytes; everything else is moot then."""

from __future__ import annotations

import re

from wizard.model.problems import Problem, Severity
from wizard.neo4j.conf import MAX_BYTES
from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.lint.text.kinds import is_of_neo4j
from wizard.neo4j.lint.text.refusals import refuses_unknown

_BEGINNINGS = (
    (re.compile(rb"version https://git-lfs"), "a Git LFS pointer to a file that was never fetched"),
    (re.compile(rb"\xff\xfe|\xfe\xff|(?:[ -~]\0){8}|(?:\0[ -~]){8}"), "text in UTF-16"),
    (re.compile(rb"\s*<(?:!doctype|html|head|body)\b", re.IGNORECASE), "a web page"),
    (re.compile(rb"\s*<[?!a-z]", re.IGNORECASE), "XML"),
    (re.compile(rb"\s*\{\s*(?:\"|\})|\s*\[\s*[\"{\]]"), "JSON"),
    (re.compile(rb"\s*-----BEGIN [A-Z0-9 ]+-----"), "a key or a certificate in PEM"),
    (re.compile(rb"#!"), "a script"),
    (re.compile(rb"(?:\s*#[^\n]*\n|\s*\n)*---[ \t]*\r?\n"), "YAML"),
    (re.compile(rb"(?:\s*#[^\n]*\n|\s*\n)*[A-Za-z_]\w*:[ \t]*\r?\n[ \t]+(?:-|[\w.\"']+:)"), "YAML"),
)
_UNSEEN = re.compile(r"^[^!-~]+")
_CONTROLS = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0C, 0x0D, 0x1B})
_MOST_CONTROLS = 0.01


def other_file(raw: bytes, file: str | None = None) -> Problem | None:
    """Return the one problem of a file that is no neo4j.conf, or None when it may be one."""
    what = _kind(raw)
    return None if what is None else _problem(f"This is no neo4j.conf: it is {what}.", file)


def is_binary(raw: bytes) -> bool:
    """Whether more control characters stand in it than any text would hold; UTF-16 is text."""
    if any(beginning.match(raw) for beginning, _ in _BEGINNINGS):
        return False
    controls = len(raw) - len(raw.translate(None, _CONTROLS))
    return controls > len(raw) * _MOST_CONTROLS


def foreign_settings(reading: Reading) -> Problem | None:
    """Return the one problem of a file with settings of which none is Neo4j's.

    An error where Neo4j refuses them, else a warning: it starts with all its defaults.
    """
    keys = [element.key for element in reading.elements if element.key is not None]
    if not keys or any(is_of_neo4j(_UNSEEN.sub("", key)) for key in keys):
        return None
    if any(refuses_unknown(reading, key) for key in keys):
        return _problem(
            f"This is no neo4j.conf: Neo4j {reading.version} knows none of its settings and "
            "refuses to start.",
            reading.file,
        )
    return Problem(
        code="no-setting-of-neo4j",
        severity=Severity.WARNING,
        message=f"None of the settings in this file is one of Neo4j's, so Neo4j {reading.version} "
        "would start with all its defaults.",
        hint="Check that this is the file that Neo4j reads.",
        file=reading.file,
    )


def _kind(raw: bytes) -> str | None:
    for beginning, what in _BEGINNINGS:
        if beginning.match(raw):
            return what
    if len(raw) > MAX_BYTES:
        return "larger than one megabyte, as no neo4j.conf is"
    return "binary data, not text" if is_binary(raw) else None


def _problem(message: str, file: str | None) -> Problem:
    return Problem(
        code="not-a-conf",
        severity=Severity.ERROR,
        message=message,
        hint="Name the neo4j.conf that Neo4j reads: plain text with one setting a line.",
        file=file,
    )
