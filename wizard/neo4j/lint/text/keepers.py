"""Who else writes this file: tools that manage it, containers, and the wizard itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wizard.model.problems import Severity
from wizard.neo4j.conf import BEGIN, END, same_key
from wizard.neo4j.keepers import HEADER_LINES, keeper_named
from wizard.neo4j.lint.finding import Finding
from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.lint.text import telling
from wizard.neo4j.lint.text.kinds import SSL
from wizard.neo4j.properties import Element

_OF_A_CONTAINER = re.compile(r"[0-9a-f]{12}:\d{4,5}")
_DASHES = re.compile(r"[\s#>-]+")


def managed_by_a_tool(reading: Reading) -> Iterator[Finding]:
    """Yield a note when the head of the file says which tool writes it."""
    head = reading.elements[:HEADER_LINES]
    named = keeper_named((one.line, one.source) for one in head if one.key is None)
    if named is not None:
        line, tool = named
        yield telling.finding(
            reading,
            Severity.NOTE,
            "conf-managed",
            f"This file says that {tool} manages it, so a change made here may be undone by its "
            "next run.",
            f"Make changes where {tool} takes the file from.",
            line=line,
        )


def written_by_a_container(reading: Reading) -> Iterator[Finding]:
    """Yield a note when a container's start has written its own name into the addresses."""
    for element in reading.elements:
        key = element.key or ""
        if key.endswith("advertised_address") and _OF_A_CONTAINER.fullmatch(element.value.strip()):
            yield telling.finding(
                reading,
                Severity.NOTE,
                "container-wrote-this",
                "The start of a container seems to have written these lines: the host is a "
                "container's identifier, which changes with the container.",
                "Set the advertised addresses in the container's environment, not in this file.",
                line=element.line,
                key=key,
            )
            return


def wizards_block(reading: Reading) -> Iterator[Finding]:
    """Yield what is wrong with the block that the wizard keeps."""
    marks = [
        (element.line, element.source.strip())
        for element in reading.elements
        if element.key is None and element.source.strip() in (BEGIN, END)
    ]
    if not marks:
        return
    if [mark for _, mark in marks] != [BEGIN, END]:
        yield _broken(reading, marks[0][0])
        return
    (begin, _), (end, _) = marks
    for element in reading.elements:
        if begin < element.line < end and _is_foreign(element):
            yield _edited(reading, element)


def _is_foreign(element: Element) -> bool:
    if element.key is None:
        return _DASHES.sub("", element.source) != ""
    return not same_key(element.key).startswith(SSL + "cluster.")


def _broken(reading: Reading, line: int) -> Finding:
    return telling.finding(
        reading,
        Severity.WARNING,
        "wizard-block-broken",
        "The two marks around the wizard's own lines are not both there, once and in order, so "
        "the wizard can't tell its lines from yours.",
        f"Have the lines of the cluster policy stand between `{BEGIN}` and `{END}`.",
        line=line,
    )


def _edited(reading: Reading, element: Element) -> Finding:
    key = element.key
    what = "a comment" if key is None else telling.name(key)
    return telling.finding(
        reading,
        Severity.NOTE,
        "wizard-block-edited",
        f"Somebody has put {what} between the wizard's own lines.",
        "Move it out of the block: it belongs to you, and the block to the wizard.",
        line=element.line,
        key=key,
    )
