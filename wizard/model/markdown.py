"""Texts from outside inside a Markdown page: read as text, and never as Markdown or HTML.

CommonMark 0.31, "Backslash escapes", "Code spans", "Fenced code blocks"; GitHub's extensions for
tables and for addresses that become links by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_SIGNS = re.compile(r"[\\`*_\[\]<>|~&#@$!]")
_LINK = re.compile(r"(?i)(?<=[a-z])://|\bwww\.|(?<=mailto):|(?<=xmpp):")
_LIST = re.compile(r"^(\s*)([-+=]|\d+[.)])")
_TICKS = re.compile(r"`+")
_LEAST_FENCE = 3


def inline(text: str) -> str:
    """Return a text for a paragraph, an item or a cell; its line breaks become blanks."""
    escaped = _SIGNS.sub(r"\\\g<0>", " ".join(text.split()))
    escaped = _LINK.sub(lambda match: re.sub(r"[:.]", r"\\\g<0>", match[0]), escaped)
    return _LIST.sub(lambda match: f"{match[1]}{match[2][:-1]}\\{match[2][-1]}", escaped)


def code(text: str, *, in_table: bool = False) -> str:
    """Return a text as a code span, whatever backticks it holds."""
    flat = " ".join(text.split()) or " "
    ticks = "`" * (1 + max((len(run) for run in _TICKS.findall(flat)), default=0))
    blank = " " if flat.startswith("`") or flat.endswith("`") else ""
    span = f"{ticks}{blank}{flat}{blank}{ticks}"
    return span.replace("|", "\\|") if in_table else span


def fenced(lines: Iterable[str], language: str = "text") -> list[str]:
    """Return lines as a block of code that none of them can end."""
    inside = list(lines)
    runs = [len(run) for line in inside for run in _TICKS.findall(line)]
    fence = "`" * max([_LEAST_FENCE, *(length + 1 for length in runs)])
    return [f"{fence}{language}", *inside, fence]
