"""Lines that a backslash at the end of the line before has made a part of its value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wizard.model.problems import Severity
from wizard.neo4j.lint.finding import Edit, Finding
from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.lint.text import telling
from wizard.neo4j.lint.text.kinds import SSL, setting_in
from wizard.neo4j.properties import LINE, Element

_WINDOWS = re.compile(r"[=:][ \t\f]*[A-Za-z]:\\")


def swallowed_lines(reading: Reading) -> Iterator[Finding]:
    """Yield each setting or comment that belongs to the value before it."""
    for element in reading.elements:
        if element.key is None or "\\" not in element.source:
            continue
        natural = LINE.findall(element.source)
        for offset, line in enumerate(natural[1:], start=1):
            if (finding := _finding(reading, element, natural, offset, line)) is not None:
                yield finding
                break


def _finding(
    reading: Reading, element: Element, natural: list[str], offset: int, line: str
) -> Finding | None:
    swallowed = setting_in(line)
    is_comment = line.lstrip(" \t\f").startswith(("#", "!"))
    if swallowed is None and not is_comment:
        return None
    owner = telling.name(element.key or "")
    what = (
        f"this comment is a part of the value of {owner}"
        if swallowed is None
        else f"{telling.name(swallowed)} is no setting but a part of the value of {owner}"
    )
    is_certain = swallowed is not None or (offset == 1 and _WINDOWS.search(natural[0]))
    is_policy = swallowed is not None and swallowed.startswith(SSL)
    return telling.finding(
        reading,
        Severity.ERROR if is_policy else Severity.WARNING,
        "line-swallowed",
        f"The line above ends in a backslash, so {what}.",
        f"Remove the backslash at the end of line {element.line + offset - 1}.",
        line=element.line + offset,
        key=swallowed,
        edits=[_split(element, natural, offset)] if is_certain else (),
    )


def _split(element: Element, natural: list[str], offset: int) -> Edit:
    """Give the swallowed setting its own line; the backslash of a Windows path becomes a slash."""
    before = "".join(natural[:offset]).rstrip("\r\n").removesuffix("\\")
    if offset == 1 and _WINDOWS.search(natural[0]):
        before += "/"
    after = "".join(natural[offset:]).rstrip("\r\n")
    return Edit(element.line, f"{before.rstrip()}\n{after}")
