"""Letters outside ASCII, byte order marks and blanks that nobody sees."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wizard.model.problems import Severity
from wizard.neo4j.lint.finding import Edit, Finding
from wizard.neo4j.lint.reading import Reading
from wizard.neo4j.lint.text import telling
from wizard.neo4j.lint.text.kinds import is_of_neo4j, is_path, is_secret
from wizard.neo4j.lint.text.refusals import refuses_unknown
from wizard.neo4j.properties import ENCODING, Element

BOM = b"\xef\xbb\xbf"
_UNSEEN = "\u00a0\u2007\u202f\u3000\u200b\u200c\u200d\u2060\ufeff"
_AT_EDGES = re.compile(
    rf"^[{_UNSEEN} \t\f]+|[{_UNSEEN} \t\f]+$|(?<=[=:])[{_UNSEEN} \t\f]+|[{_UNSEEN} \t\f]+(?=[=:])"
)
_OUTSIDE = re.compile(r"[^\x00-\x7f]")
_LAST_OF_PLANE = 0xFFFF


def byte_order_mark(reading: Reading) -> Iterator[Finding]:
    """Yield a byte order mark: Neo4j takes it for the first letters of the first setting."""
    if not reading.raw.startswith(BOM):
        return
    first = reading.elements[0]
    meant = (first.key or "").lstrip("\ufeff\xef\xbb\xbf")
    if refuses_unknown(reading, first.key or ""):
        severity = Severity.ERROR
        what = f"makes an unknown setting of its first line, and {telling.starts_not(reading)}"
    elif is_of_neo4j(meant):
        severity = Severity.WARNING
        what = f"makes an unknown name of {telling.name(meant)}, which Neo4j then ignores"
    else:
        severity, what = Severity.NOTE, "makes an unknown setting of its first line"
    yield telling.finding(
        reading,
        severity,
        "byte-order-mark",
        f"The file begins with a byte order mark that {what}.",
        "Save the file without it: as UTF-8, not as `UTF-8 with BOM`.",
        line=1,
        edits=[Edit(1, first.source.rstrip("\r\n").lstrip("\ufeff\xef\xbb\xbf"))],
    )


def wrong_letters(reading: Reading) -> Iterator[Finding]:
    """Yield each setting whose letters this version reads as others than were written."""
    for element in reading.elements:
        if element.key is None or element.source.isascii() or _begins_with_bom(element):
            continue
        if reading.rules.reads_utf8:
            if "\ufffd" in element.source:
                yield _lost(reading, element, element.key)
        elif (meant := _as_utf8(element.source)) is not None and not _has_unseen(meant):
            yield _mojibake(reading, element, element.key, meant)


def unseen_blanks(reading: Reading) -> Iterator[Finding]:
    """Yield each setting with blanks that no editor shows, such as come with pasted text."""
    for element in reading.elements:
        if element.key is None or element.source.isascii() or _begins_with_bom(element):
            continue
        meant = _as_utf8(element.source) or element.source
        if _has_unseen(meant):
            yield _unseen(reading, element, element.key, meant.rstrip("\r\n"))


def _begins_with_bom(element: Element) -> bool:
    return element.line == 1 and element.source.startswith(("\ufeff", "\xef\xbb\xbf"))


def _has_unseen(text: str) -> bool:
    return any(letter in _UNSEEN for letter in text)


def _as_utf8(source: str) -> str | None:
    """Return what ISO-8859-1 text was meant to be, if its bytes are UTF-8."""
    try:
        return source.encode(ENCODING).decode()
    except UnicodeError:
        return None


def _lost(reading: Reading, element: Element, key: str) -> Finding:
    return telling.finding(
        reading,
        Severity.WARNING,
        "not-utf-8",
        f"{telling.name(key)} holds bytes that are no UTF-8, which is what Neo4j "
        f"{reading.version} reads: it takes each for a replacement character.",
        "Save the file as UTF-8, or write such letters as \\u and four hexadecimal digits.",
        line=element.line,
        key=key,
    )


def _mojibake(reading: Reading, element: Element, key: str, meant: str) -> Finding:
    reads = "" if is_secret(key) else f" and here reads {telling.value(key, element.value)}"
    can_change = not (is_secret(key) or is_path(key) or "\\" in meant)
    return telling.finding(
        reading,
        Severity.WARNING,
        "letters-misread",
        f"{telling.name(key)} holds letters in UTF-8, but Neo4j {reading.version} takes "
        f"neo4j.conf for ISO-8859-1{reads}.",
        "Use ASCII alone, or write such letters as \\u and four hexadecimal digits.",
        line=element.line,
        key=key,
        edits=[Edit(element.line, _escaped(meant.rstrip("\r\n")))] if can_change else (),
    )


def _unseen(reading: Reading, element: Element, key: str, meant: str) -> Finding:
    cleaned = _AT_EDGES.sub("", meant)
    is_clear = cleaned.isascii() and not is_secret(key) and "\n" not in meant and "\r" not in meant
    in_key = not key.isascii()
    is_refused = in_key and refuses_unknown(reading, key)
    ends = f"; {telling.starts_not(reading)}" if is_refused else ""
    where = "the name" if in_key else "the value"
    return telling.finding(
        reading,
        Severity.ERROR if is_refused else Severity.WARNING,
        "unseen-blank",
        f"A blank that editors don't show, such as a no-break space, is a part of {where} of "
        f"{telling.name(key)}{ends}.",
        "Type the line again by hand, with plain blanks.",
        line=element.line,
        key=key,
        edits=[Edit(element.line, cleaned)] if is_clear else (),
    )


def _escaped(text: str) -> str:
    return _OUTSIDE.sub(lambda match: _escape(match[0]), text)


def _escape(letter: str) -> str:
    point = ord(letter)
    if point <= _LAST_OF_PLANE:
        return f"\\u{point:04x}"
    pair = letter.encode("utf-16-be")
    return f"\\u{pair[:2].hex()}\\u{pair[2:].hex()}"
