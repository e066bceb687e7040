"""neo4j.conf as java.util.Properties reads it, line by line and without losing a byte.

The library knows keys, separators and escapes; this adapter decides which lines belong together,
because java.util.Properties and the library differ there: after a line that is a lone backslash
Java starts afresh (so a comment may follow), and it does so in time linear in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import javaproperties

from wizard.errors import ConfError

ENCODING = "iso-8859-1"
"""What java.util.Properties.load(InputStream) decodes with (its class documentation)."""

LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
"""A natural line with its terminator; only the last one may have none."""

_BLANKS = " \t\f"

_PLAIN = re.compile(r"([^ \t\f\\=:]+)[ \t\f]*(?:[=:][ \t\f]*)?([^\\]*)", re.DOTALL)
"""An entry that holds no backslash; key and value are what stands there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One entry, comment or blank stretch, with the exact text it was read from.

    Attributes:
        source: the text, with continuation lines and line terminators.
        line: the number of its first natural line, from 1.
        key: the decoded key, or None when it is a comment or blank.
        value: the decoded value; trailing blanks belong to it.
    """

    source: str = field(repr=False)
    line: int
    key: str | None = None
    value: str = field(default="", repr=False)


class Malformed(Element):
    r"""A line that stops Java: no four hexadecimal digits follow its `\u`. It has no key."""

    __slots__ = ()


def read_elements(text: str) -> Iterator[Element]:
    r"""Split the text of a neo4j.conf into elements; their sources joined are the text.

    Raises:
        ConfError: at a `\u` that four hexadecimal digits do not follow, which stops Neo4j too.
    """
    for element in read_leniently(text):
        if isinstance(element, Malformed):
            raise ConfError(
                f"Line {element.line} of neo4j.conf holds a \\u that is not followed by four "
                "hexadecimal digits, so Neo4j can't read the file.",
                hint="Write the backslash twice, or use forward slashes in paths.",
            )
        yield element


def read_leniently(text: str) -> Iterator[Element]:
    """Split a text as `read_elements` does, but go on after what stops Java."""
    line = 1
    read = 0
    for source, logical, height in _logical_lines(text):
        read += len(source)
        if read == len(text) and not logical and "\\" in source and source[-2:] != "\r\n":
            # At the end of a file Java makes an entry with an empty key of a lone backslash.
            yield Element(source=source, line=line, key="")
        else:
            yield _element(source, logical, line)
        line += height


def _element(source: str, logical: str, line: int) -> Element:
    # Nearly every line is a comment or needs no unescaping, and the library is slow on those.
    if not logical or logical[0] in "#!":
        return Element(source=source, line=line)
    if (plain := _PLAIN.fullmatch(logical)) is not None:
        return Element(source=source, line=line, key=plain[1], value=plain[2])
    try:
        # A final newline keeps the library from seeing the end of a file here.
        parsed = next(javaproperties.parse(logical + "\n"))
    except javaproperties.InvalidUEscapeError:
        return Malformed(source=source, line=line)
    if isinstance(parsed, javaproperties.KeyValue):
        return Element(source=source, line=line, key=parsed.key, value=parsed.value)
    return Element(source=source, line=line)


def _logical_lines(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield each logical line as (source, joined text without continuations, natural lines)."""
    sources: list[str] = []
    parts: list[str] = []
    for natural in LINE.findall(text):
        content = natural.rstrip("\r\n").lstrip(_BLANKS)
        is_comment = not parts and content.startswith(("#", "!"))
        if not parts and (is_comment or not content.endswith("\\")):
            yield natural, content, 1
            continue
        continued = is_continued(content)
        sources.append(natural)
        parts.append(content[:-1] if continued else content)
        # A line of nothing but a backslash starts nothing: Java reads the next one afresh.
        if continued and (len(parts) > 1 or parts[0]):
            continue
        yield "".join(sources), "".join(parts), len(sources)
        sources, parts = [], []
    if sources:
        yield "".join(sources), "".join(parts), len(sources)


def terminator(source: str) -> str:
    """Return what ends the last line of a source; empty at the end of some files."""
    last = LINE.findall(source)[-1]
    return str(last[len(last.rstrip("\r\n")) :])


def is_continued(line: str) -> bool:
    """Whether a line (without terminator) ends in an odd number of backslashes."""
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1
