"""The one way a text from outside becomes safe to show: a log line, a banner, a file name.

A terminal obeys escape sequences and reorders text by invisible characters; here every such
character becomes a visible mark, so that what a person reads is what was sent.
"""

from __future__ import annotations

import unicodedata

_MARKS_PER_LETTER = 4
_TAB = " " * 4  # stack traces are indented by tabs
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters that count as letters or marks and yet draw nothing."""

_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls, format (bidi, zero width), surrogates, private, unassigned and line separators:
Unicode Standard, section 4.5, General Category."""


def shown(raw: bytes | str, limit: int = 8192) -> str:
    r"""Return a text from outside as one line that can't move the cursor or hide anything.

    Bytes are read as UTF-8; what is not UTF-8 becomes `\xNN`. One line end at the end is dropped.
    A tab becomes four blanks, other control characters `\xNN`, other unseen characters `<U+NNNN>`.
    A text of more than `limit` characters is cut, and its end says how much is missing.
    """
    text = raw.decode("utf-8", errors="backslashreplace") if isinstance(raw, bytes) else raw
    text = text.removesuffix("\n").removesuffix("\r").replace("\t", _TAB)
    kept = text[:limit]
    if not (kept.isascii() and kept.isprintable()):
        kept = "".join(_visible(kept))
    missing = len(text) - limit
    if len(kept) > limit:
        missing = max(missing, 0) + len(kept) - limit
        kept = kept[:limit]
    return kept if missing <= 0 else f"{kept}… +{missing} characters"


def _visible(text: str) -> list[str]:
    """Return each character as it may be shown; stacked accents beyond a few are marked too."""
    pieces = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        unseen = category in _UNSEEN_CATEGORIES or character in _INVISIBLE
        pieces.append(_mark(character) if unseen or marks > _MARKS_PER_LETTER else character)
    return pieces


def _mark(character: str) -> str:
    """Return the visible stand-in of one character."""
    point = ord(character)
    return f"\\x{point:02x}" if point <= 0xFF else f"<U+{point:04X}>"  # noqa: PLR2004 - one byte
