"""Comments behind a value: there are none in neo4j.conf, so they are a part of the value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wizard.model.problems import Severity
from wizard.neo4j.conf import is_command
from wizard.neo4j.lint.finding import Edit, Finding
from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.lint.text import telling
from wizard.neo4j.lint.text.kinds import is_certain, is_secret, is_switch
from wizard.neo4j.lint.text.refusals import refuses_no_address, refuses_no_switch
from wizard.neo4j.properties import Element

_COMMENT = re.compile(r"(?:^|[ \t\f]+)#(?=[ \t\f<]|$).*|[ \t\f]+#.*|[ \t\f]+//[ \t\f].*", re.DOTALL)
_IN_SOURCE = re.compile(r"[ \t\f]+(#|//[ \t\f]).*", re.DOTALL)


def comments_behind_values(reading: Reading) -> Iterator[Finding]:
    """Yield each value that holds what was meant as a comment."""
    for element in reading.elements:
        if element.key is None or ("#" not in element.value and "//" not in element.value):
            continue
        match = _COMMENT.search(element.value)
        if match is not None:
            yield _finding(reading, element, element.key, element.value[: match.start()])


def _finding(reading: Reading, element: Element, key: str, meant: str) -> Finding:
    is_address = refuses_no_address(reading, key)
    is_refused = is_address or (is_switch(meant) and refuses_no_switch(reading, key))
    is_clear = is_refused or is_certain(meant) or is_command(meant)
    edits = [_edit(element, key)] if is_clear else []
    quoted = "" if is_secret(key) else f": the value is {telling.value(key, element.value)}"
    end = f", so {telling.starts_not(reading)}" if is_refused else ""
    return telling.finding(
        reading,
        Severity.ERROR if is_refused else Severity.WARNING,
        "comment-in-value",
        f"Neo4j knows no comment behind a value and takes all of the line as the value of "
        f"{telling.name(key)}{quoted}{end}.",
        "Put the comment on a line of its own, above the setting.",
        line=element.line,
        key=key,
        edits=[edit for edit in edits if edit is not None],
    )


def _edit(element: Element, key: str) -> Edit | None:
    """Take the comment away; None where its place in the source is not certain."""
    source = element.source.rstrip("\r\n")
    found = _IN_SOURCE.search(source, source.find(key) + len(key))
    if found is None or "\n" in source or "\r" in source:
        return None
    comment = found[0].strip(" \t\f").rstrip("\\")
    return Edit(element.line, f"# {comment.lstrip('#/ ')}\n{source[: found.start()]}")
